//! What every ledger must do with more than one list of guards.

use serde_json::json;

use super::words::*;
use crate::ledger::{Denial, Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Saved};

/// One guard that denies keeps the others from being taken down.
pub(crate) async fn denied_guards_take_nothing_down(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    ledger.pause(&pause("all")).await?;
    let others = [claim("one"), newest("09:00:00"), cooldown("09:30:00"), count(1), propose()];
    let mut asked = others.to_vec();
    asked.push(not_paused("all"));
    asked.push(lease("one", "09:05:00"));
    let denied = Entry::Denied(vec![Denial::Paused(pause("all"))]);
    assert_eq!(ledger.enter(&asked, nine()).await?, denied);
    assert_eq!(ledger.resume("all", nine()).await?, Some(pause("all")));
    assert_eq!(ledger.enter(&asked, nine()).await?, Entry::Entered);
    Ok(())
}

/// Marks of which one is moot: the others are carried out.
pub(crate) async fn a_moot_mark_keeps_no_other_from_being_made(
    ledger: &impl Ledger,
) -> Result<(), LedgerFault> {
    let guards = [claim("one"), lease("two", "09:05:00"), newest("09:00:00"), cooldown("09:30:00")];
    ledger.enter(&guards, nine()).await?;
    let marks = [
        Mark::Released { target: "weather-site".to_owned(), owner: "one".to_owned() },
        Mark::Done { key: "work".to_owned() },
        Mark::Sent { proposal: "gone".to_owned() },
        Mark::Reported(report("09:00:01", "routed")),
        Mark::Reported(report("09:00:00", "older")),
        Mark::PutBack { key: "nothing".to_owned() },
        seen("08:59:59"),
        rest("09:29:59"),
        Mark::Unrest { key: "route#two".to_owned(), until: at("09:30:00") },
    ];
    for _ in 0..2 {
        ledger.mark(&marks, nine()).await?;
        let denied = ledger.look(&[claim("three"), lease("three", "09:09:00")], nine()).await?;
        let until = at("09:05:00");
        let leased = Denial::Leased { target: "weather-site".to_owned(), owner: "two".to_owned(), until };
        assert_eq!(denied, Entry::Denied(vec![claimed(true), leased]));
        assert_eq!(ledger.overview(nine()).await?.reports, [report("09:00:01", "routed")]);
        assert_eq!(ledger.proposal("gone").await?, None);
        let denied = ledger.look(&[newest("08:59:59"), cooldown("10:00:00")], nine()).await?;
        assert_eq!(denied, Entry::Denied(vec![Denial::Older { newest: nine() }, cooling()]));
    }
    ledger.mark(&[Mark::Reported(report("08:59:59", "older"))], nine()).await?;
    ledger.mark(&[], nine()).await?;
    assert_eq!(ledger.overview(nine()).await?.reports, [report("09:00:01", "routed")]);
    ledger.mark(&[Mark::Reported(report("09:00:02", "cooldown"))], nine()).await?;
    assert_eq!(ledger.overview(nine()).await?.reports, [report("09:00:02", "cooldown")]);
    Ok(())
}

/// The same record in one list of marks, in both orders.
pub(crate) async fn of_two_marks_about_one_time_the_later_counts(
    ledger: &impl Ledger,
) -> Result<(), LedgerFault> {
    let denied = Entry::Denied(vec![Denial::Older { newest: at("09:00:01") }, cooling()]);
    for later_first in [true, false] {
        let mut marks = [seen("09:00:01"), rest("09:30:00"), seen("09:00:00"), rest("09:29:00")];
        marks.rotate_left(if later_first { 0 } else { 2 });
        ledger.mark(&marks, nine()).await?;
        assert_eq!(ledger.look(&[newest("09:00:00"), cooldown("10:00:00")], nine()).await?, denied);
        ledger.mark(&[unrest("09:30:00")], nine()).await?;
        assert_eq!(ledger.overview(nine()).await?, Overview::default());
    }
    Ok(())
}

/// A pause that would end before one that is in force does not begin, and its author is told of that one.
pub(crate) async fn a_pause_is_cut_short_by_its_end_only(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    assert_eq!(ledger.pause(&pause("all")).await?, None);
    assert_eq!(ledger.pause(&until("10:59:59.999")).await?, Some(pause("all")));
    assert_eq!(ledger.overview(nine()).await?.pauses, [pause("all")]);
    let elsewhere = Pause { scope: "weather-site".to_owned(), ..until("10:30:00") };
    assert_eq!(ledger.pause(&elsewhere).await?, None);
    assert_eq!(ledger.pause(&until("11:00:00")).await?, None);
    assert_eq!(ledger.pause(&until("11:00:00")).await?, None);
    assert_eq!(ledger.pause(&pause("all")).await?, None);
    assert_eq!(ledger.pause(&until("11:00:00.001")).await?, None);
    assert_eq!(ledger.pause(&pause("all")).await?, Some(until("11:00:00.001")));

    assert_eq!(ledger.resume("all", nine()).await?, Some(until("11:00:00.001")));
    assert_eq!(ledger.pause(&until("10:30:00")).await?, None);
    // One that lasts for nothing: only what has ended makes way for it.
    let nothing = |since: &str| Pause { since: at(since), until: nine(), ..pause("all") };
    assert_eq!(ledger.pause(&nothing("10:29:59.999")).await?, Some(until("10:30:00")));
    assert_eq!(ledger.pause(&nothing("10:30:00")).await?, None);
    assert_eq!(ledger.overview(nine()).await?.pauses, [elsewhere]);
    Ok(())
}

/// The oldest saved value stays until it is put back.
pub(crate) async fn the_oldest_value_is_the_one_saved(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    let [oldest, newer] = [json!({"min": 2, "max": null}), json!([1])];
    assert_eq!(ledger.saved("size").await?, None);
    assert_eq!(ledger.save("size", &oldest).await?, oldest);
    assert_eq!(ledger.save("size", &newer).await?, oldest);
    assert_eq!(ledger.saved("size").await?, Some(Ok(oldest)));
    ledger.mark(&[Mark::PutBack { key: "size".to_owned() }], nine()).await?;
    assert_eq!(ledger.saved("size").await?, None);
    assert_eq!(ledger.save("size", &newer).await?, newer);
    Ok(())
}

/// A saved value is replaced by a mark, listed with those of its kind, and forgotten for good.
pub(crate) async fn saved_values_are_replaced_and_listed(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    let resaved = |key: &str, n: i32| Mark::Resaved { key: key.to_owned(), value: json!({"n": n}) };
    let put_back = |key: &str| Mark::PutBack { key: key.to_owned() };
    let value = |n: i32| json!({"n": n});
    assert_eq!(ledger.saved_under("service/").await?, []);
    ledger.save("service/b", &value(1)).await?;
    ledger.save("other/a", &value(2)).await?;
    ledger.enter(&[Guard::Cooldown { key: "service/c".to_owned(), until: at("09:30:00") }], nine()).await?;
    let marks = [resaved("service/b", 3), resaved("service/a", 4), resaved("service", 5)];
    for _ in 0..2 {
        ledger.mark(&marks, nine()).await?;
        let saved = [("service/a".to_owned(), Ok(value(4))), ("service/b".to_owned(), Ok(value(3)))];
        assert_eq!(ledger.saved_under("service/").await?, saved);
        assert_eq!(ledger.saved("service/b").await?, Some(Ok(value(3))));
    }
    assert_eq!(ledger.save("service/a", &value(6)).await?, value(4));
    let keys = |saved: Vec<(String, Saved)>| saved.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(ledger.saved_under("").await?), ["other/a", "service", "service/a", "service/b"]);

    // Of two marks about one value the later counts.
    let marks =
        [resaved("service/a", 7), put_back("service/a"), put_back("service/b"), resaved("service/b", 8)];
    ledger.mark(&marks, nine()).await?;
    assert_eq!(ledger.saved_under("service/").await?, [("service/b".to_owned(), Ok(value(8)))]);

    let long = format!("service/{}", "x".repeat(3_000));
    ledger.mark(&[resaved(&long, 9)], nine()).await?;
    let saved = ledger.saved_under("service/x").await?;
    assert_eq!(saved.len(), 1);
    for key in [&long, &saved[0].0] {
        assert_eq!(ledger.saved(key).await?, Some(Ok(value(9))));
    }
    ledger.mark(&[put_back(&saved[0].0)], nine()).await?;
    assert_eq!(ledger.saved(&long).await?, None);
    Ok(())
}

/// What is in force is listed while it is, and a proposal is known for longer.
pub(crate) async fn an_overview_has_what_is_in_force(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    assert_eq!(ledger.overview(nine()).await?, Overview::default());
    for scope in ["weather-site", "all"] {
        ledger.pause(&pause(scope)).await?;
    }
    ledger.enter(&[cooldown("09:30:00"), propose(), claim("one"), count(9)], nine()).await?;
    let lengths = |overview: &Overview| {
        (overview.pauses.len(), overview.cooldowns.len(), overview.approvals.len(), overview.reports.len())
    };
    let overview = ledger.overview(at("09:29:59.999")).await?;
    assert_eq!(overview.pauses, [pause("all"), pause("weather-site")]);
    assert_eq!(
        (overview.cooldowns[0].key.as_str(), overview.cooldowns[0].until),
        ("route#one", at("09:30:00"))
    );
    assert_eq!(lengths(&overview), (2, 1, 1, 0));
    assert_eq!(lengths(&ledger.overview(at("09:30:00")).await?), (2, 0, 1, 0));
    assert_eq!(lengths(&ledger.overview(at("10:00:00")).await?), (2, 0, 0, 0));
    assert_eq!(lengths(&ledger.overview(at("11:00:00")).await?), (0, 0, 0, 0));
    assert_eq!(ledger.resume("all", at("11:00:00")).await?, None);
    assert_eq!(ledger.resume("weather-site", at("10:59:59")).await?, Some(pause("weather-site")));
    assert_eq!(ledger.resume("weather-site", at("10:59:59")).await?, None);

    assert_eq!(ledger.enter(&[approve("bob")], nine()).await?, Entry::Entered);
    ledger.mark(&[Mark::Sent { proposal: "k7m2p".to_owned() }], nine()).await?;
    assert_eq!(lengths(&ledger.overview(nine()).await?), (0, 1, 0, 0));
    let approved = ledger.proposal("k7m2p").await?.unwrap();
    assert_eq!((approved.approved_by.as_deref(), approved.sent), (Some("bob"), true));
    assert_eq!(approved.what, json!({"target": "weather-site", "n": 1}));
    Ok(())
}

/// Two guards that would write one record are a mistake, and a name may be as long as it likes.
pub(crate) async fn guards_are_about_records_of_their_own(ledger: &impl Ledger) -> Result<(), LedgerFault> {
    for twice in [[claim("one"), claim("two")], [propose(), approve("bob")], [count(1), count(1)]] {
        let fault = ledger.enter(&twice, nine()).await.unwrap_err();
        assert!(!fault.class.unwrap().is_transient(), "{fault}");
        assert!(ledger.look(&twice, nine()).await.is_err());
    }
    let long =
        |last: &str| Guard::Cooldown { key: format!("{}{last}", "é".repeat(3_000)), until: at("09:30:00") };
    let longer = [long("a"), long("b"), not_paused(&"x".repeat(2_000))];
    assert_eq!(ledger.enter(&longer, nine()).await?, Entry::Entered);
    let Entry::Denied(denials) = ledger.enter(&longer[..1], nine()).await? else {
        panic!("it is cooling down")
    };
    let Denial::CoolingDown { key, .. } = &denials[0] else { panic!("{denials:?}") };
    assert_eq!(key.chars().count(), 3_001);
    Ok(())
}
