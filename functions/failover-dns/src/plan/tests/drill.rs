//! Drills, and the question where traffic goes.

use expect_test::expect;
use shared::fault::FaultClass;
use shared::kinds::dns::Side;

use super::{Table, check, decided};
use crate::examples::*;
use crate::world::{Place, Recall, World};

const DRILLED: &str = ", may-drill: true";

#[test]
fn a_drill_says_whether_a_fail_over_would_work() {
    let mut table = Table::default();
    let rule = weights(DRILLED);
    let mut there = world(weighted_place(&rule, 100, 0));
    table.row(&by_hand(&rule, "drill"), &there);
    // Hold-down passes: what the drill looks for does not.
    there.recall = Recall::Known(remembered(vec![moved(Side::Primary, 1, false)]));
    table.row(&by_hand(&rule, "drill"), &there);
    there.health.secondary = Some(Ok(unhealthy()));
    table.row(&by_hand(&rule, "drill"), &there);
    there.health.secondary = Some(Err(fault(FaultClass::Throttled)));
    table.row(&by_hand(&rule, "drill"), &there);
    let gone = World { ..world(Place::Records(found(&rule, vec![vec![], vec![]]))) };
    table.row(&by_hand(&rule, "drill"), &gone);
    table.row(&by_hand(&rule, "drill"), &world(weighted_place(&rule, 0, 100)));
    table.is(expect![[r#"
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse standby-unproven
          a fail-over would not work now: nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        wait evidence-unseen
          whether a fail-over would work now is not known: how healthy the secondary is could not be seen: failed to list the records of www.example.com: no answer
        refuse record-missing
          a fail-over would not work now: its set `blue` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

#[test]
fn only_a_target_that_says_so_is_drilled() {
    let rule = weights("");
    check(
        &by_hand(&rule, "drill"),
        &world(weighted_place(&rule, 100, 0)),
        expect![[r#"
        refuse drill-not-allowed
          the target does not say `may-drill: true`
          next: add `may-drill: true` to the target in the playbook
    "#]],
    );
}

#[test]
fn what_keeps_a_distribution_from_taking_names_is_found_out_in_the_drill() {
    let mut table = Table::default();
    let rule = domains(DRILLED);
    let mut there = world(domain(&rule, Side::Primary, Side::Primary, true));
    table.row(&by_hand(&rule, "drill"), &there);
    there.obstacle = Ok(Some((Side::Secondary, "its certificate does not cover www.example.com".to_owned())));
    table.row(&by_hand(&rule, "drill"), &there);
    table.is(expect![[r#"
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse distribution-unfit
          a fail-over would not work now: the distribution of the secondary cannot take the names: its certificate does not cover www.example.com
          next: see the prerequisites of `distribution-domain` in docs/failing-over.md
    "#]]);
}

/// Nobody has seen who else has the names: that is no proof that nobody has, nor that somebody has.
#[test]
fn a_drill_that_did_not_see_who_has_the_names_has_not_passed() {
    let mut table = Table::default();
    let rule = domains(DRILLED);
    let mut there = world(domain(&rule, Side::Primary, Side::Primary, true));
    there.obstacle = Err(fault(FaultClass::Denied));
    table.row(&by_hand(&rule, "drill"), &there);
    there.obstacle = Err(fault(FaultClass::Throttled));
    table.row(&by_hand(&rule, "drill"), &there);
    // What is known to be in the way is said first: that does not pass by itself.
    there.health.secondary = Some(Ok(unhealthy()));
    table.row(&by_hand(&rule, "drill"), &there);
    let moved = domain(&rule, Side::Secondary, Side::Secondary, true);
    table.row(&by_hand(&rule, "drill"), &World { place: Ok(moved), ..there });
    table.is(expect![[r#"
        refuse access-denied
          whether a fail-over would work now is not known: whether the other distribution can take the names could not be seen: failed to list the records of www.example.com: no answer
        wait throttled
          whether a fail-over would work now is not known: whether the other distribution can take the names could not be seen: failed to list the records of www.example.com: no answer
        refuse standby-unproven
          a fail-over would not work now: nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

#[test]
fn the_status_says_where_traffic_goes() {
    let rule = weights("");
    let status = |primary, secondary| {
        decided(&by_hand(&rule, "status"), &world(weighted_place(&rule, primary, secondary)))
    };
    let said = [status(100, 0), status(0, 100), status(0, 0)].concat();
    expect![[r#"
        hold status
          traffic goes to the primary
        hold status
          traffic goes to the secondary
        hold status
          traffic goes to neither side alone
    "#]]
    .assert_eq(&said);
}
