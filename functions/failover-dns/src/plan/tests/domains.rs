//! Names between distributions: they move first, and the records follow.

use expect_test::expect;
use shared::kinds::dns::{RecordType, Side};

use super::{Table, check};
use crate::examples::*;
use crate::fake::simple;
use crate::world::{Memory, Place, Recall, World};

#[test]
fn names_move_first_and_records_follow() {
    let mut table = Table::default();
    let rule = domains("");
    let place = |names, records, deployed| domain(&rule, names, records, deployed);
    table.row(&alarmed(&rule), &world(place(Side::Primary, Side::Primary, true)));
    table.row(&alarmed(&rule), &world(place(Side::Secondary, Side::Primary, false)));
    table.row(&alarmed(&rule), &world(place(Side::Secondary, Side::Primary, true)));
    table.row(&alarmed(&rule), &world(place(Side::Secondary, Side::Secondary, true)));
    table.is(expect![[r#"
        act name-moved
          save-before {"records":2}
          move-name {"name":"www.example.com","distribution":"E2SECONDARY"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          the names are at the distribution of the secondary now; the records still point at the other
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        hold deploying
          the names are moved, and CloudFront has not deployed the distribution of the secondary yet
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
          note-end {}
          the records point at the distribution of the secondary now, as the names do
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

#[test]
fn a_cname_follows_its_name_as_a_value() {
    let sides = (", distribution: E1PRIMARY", ", distribution: E2SECONDARY");
    let rule = rule("[{name: www.example.com, type: CNAME}]", "distribution-domain", sides.0, sides.1, "");
    let mut place = domain(&rule, Side::Secondary, Side::Primary, true);
    if let Place::Domain { records, .. } = &mut place {
        let set = simple("www.example.com", RecordType::Cname, &["dprimary.cloudfront.net"]);
        *records = found(&rule, vec![vec![set]]);
    }
    check(
        &alarmed(&rule),
        &world(place),
        expect![[r#"
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"CNAME","answer":{"from":["dprimary.cloudfront.net"],"to":["dsecondary.cloudfront.net"]}}]}
          note-end {}
          the records point at the distribution of the secondary now, as the names do
    "#]],
    );
}

#[test]
fn a_disabled_distribution_takes_no_names() {
    let rule = domains("");
    let mut place = domain(&rule, Side::Primary, Side::Primary, true);
    if let Place::Domain { distributions, .. } = &mut place {
        distributions.secondary.enabled = false;
    }
    check(
        &alarmed(&rule),
        &world(place),
        expect![[r#"
        refuse distribution-unfit
          the distribution of the secondary cannot take the names: it is disabled
          next: see the prerequisites of `distribution-domain` in docs/failing-over.md
    "#]],
    );
}

#[test]
fn names_go_back_in_stages_too() {
    let mut table = Table::default();
    let rule = domains("");
    let place = |names, records, deployed| domain(&rule, names, records, deployed);
    table.row(&by_hand(&rule, "fail-back"), &world(place(Side::Secondary, Side::Secondary, true)));
    table.row(&by_hand(&rule, "fail-back"), &world(place(Side::Primary, Side::Secondary, false)));
    table.row(&by_hand(&rule, "fail-back"), &world(place(Side::Primary, Side::Secondary, true)));
    table.is(expect![[r#"
        act name-moved
          note-begin {"to":"primary"}
          move-name {"name":"www.example.com","distribution":"E1PRIMARY"}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          the names are at the distribution of the primary now; the records still point at the other
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        hold deploying
          the names are moved, and CloudFront has not deployed the distribution of the primary yet
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dsecondary.cloudfront.net."},"to":{"alias":"dprimary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dsecondary.cloudfront.net."},"to":{"alias":"dprimary.cloudfront.net"}}}]}
          note-end {}
          the records point at the distribution of the primary now, as the names do
    "#]]);
}

#[test]
fn records_follow_names() {
    let mut table = Table::default();
    let rule = domains("");
    let unfinished = |place| {
        let memory = Memory {
            unfinished: Some(Side::Secondary),
            ..remembered(vec![moved(Side::Secondary, 3, false)])
        };
        World { recall: Recall::Known(memory), ..world(place) }
    };
    let place = |records, deployed| domain(&rule, Side::Secondary, records, deployed);
    table.row(&reconcile(&rule), &unfinished(place(Side::Primary, false)));
    table.row(&reconcile(&rule), &unfinished(place(Side::Primary, true)));
    // Without a ledger nobody knows, and so it is looked at each time.
    let unknown = World { recall: Recall::Unset, ..world(place(Side::Primary, true)) };
    table.row(&reconcile(&rule), &unknown);
    let unknown = World { recall: Recall::Unset, ..world(Place::Object(None)) };
    table.row(&reconcile(&rule), &unknown);
    table.is(expect![[r#"
        hold deploying
          the names are moved, and CloudFront has not deployed the distribution of the secondary yet
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
          note-end {}
          the records point at the distribution of the secondary now, as the names do
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
          the records point at the distribution of the secondary now, as the names do
        hold in-order
          nothing is to be ended or taken back
    "#]]);
}

/// Whoever moved some of the names had passed every guard, and died or was held up.
#[test]
fn names_of_which_some_have_moved_go_on() {
    let mut table = Table::default();
    let records = "[{name: www.example.com, type: A}, {name: api.example.com, type: A}]";
    let sides = (", distribution: E1PRIMARY", ", distribution: E2SECONDARY");
    let rule = rule(records, "distribution-domain", sides.0, sides.1, "");
    let mut place = domain(&rule, Side::Primary, Side::Primary, true);
    if let Place::Domain { distributions, .. } = &mut place {
        distributions.secondary.names.push("api.example.com".to_owned());
    }
    let begun = Some(moved(Side::Secondary, 1, false));
    let with = |begun| World {
        recall: Recall::Known(Memory { begun, ..Memory::default() }),
        ..world(place.clone())
    };
    table.row(&reconcile(&rule), &with(begun));
    table.row(&reconcile(&rule), &with(None));
    table.is(expect![[r#"
        act name-moved
          save-before {"records":2}
          move-name {"name":"www.example.com","distribution":"E2SECONDARY"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          the names are at the distribution of the secondary now; the records still point at the other
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        hold in-order
          nothing is to be ended or taken back
    "#]]);
}
