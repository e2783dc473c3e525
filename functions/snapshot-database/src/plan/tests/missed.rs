//! What `reconcile` takes because no schedule did.

use expect_test::{Expect, expect};
use shared::plan::Plan;

use super::{check, decided};
use crate::examples::{
    With as _, at_home, automated, coming, failed, foreign, in_state, instance, labelled, night, ordered,
    ours, plain, rule, time, weather,
};
use crate::names::COMMAND;
use crate::plan::{Step, plan};
use crate::world::{Database, Snapshot};

fn after(snapshots: Vec<Snapshot>, expected: Expect) {
    let plain = plain();
    check(&ordered(&plain, "reconcile"), &at_home(snapshots), expected);
}

#[test]
fn the_first_snapshot_is_taken_without_anybodys_order() {
    after(
        vec![],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-5300b97361880c34"}
              took 1 snapshot that was missed
        "#]],
    );
    // Somebody else's are theirs, and may be gone tomorrow.
    after(
        vec![foreign(&weather(), "by-hand", "21T11:00")],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-5300b97361880c34"}
              took 1 snapshot that was missed
        "#]],
    );
}

/// The objective is 26 hours, and `reconcile` comes every hour: at 25 hours it is the last chance.
#[test]
fn another_is_taken_before_the_objective_is_broken() {
    after(
        vec![ours(&weather(), "weather-20", "20T11:01")],
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    after(
        vec![ours(&weather(), "weather-20", "20T11:00")],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-fb6dfb75cddd1dc7"}
              took 1 snapshot that was missed
        "#]],
    );
    after(
        vec![ours(&weather(), "weather-18", "18T11:00"), night(&weather(), 17)],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-e16825a2e1fd6134"}
              delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
              took 1 snapshot that was missed, deleted 1 snapshot
        "#]],
    );
    after(
        vec![labelled("release", ours(&weather(), "weather-20", "20T23:00"))],
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

#[test]
fn one_on_its_way_is_waited_for() {
    after(
        vec![coming("creating", ours(&weather(), "weather-21", "21T11:55"))],
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    after(
        vec![coming("pending", ours(&weather(), "weather-21", "21T11:55")), night(&weather(), 18)],
        expect![[r#"
            refuse snapshot-late
              instance `weather` has no good snapshot within its objective, and `weather-21` is still `pending`
        "#]],
    );
    after(
        vec![coming("creating", foreign(&weather(), "by-hand", "21T11:55"))],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-5300b97361880c34"}
              took 1 snapshot that was missed
        "#]],
    );
}

#[test]
fn where_the_newest_has_failed_another_is_taken_and_the_failed_one_goes() {
    after(
        vec![night(&weather(), 20), failed(night(&weather(), 21))],
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-98682200a1f47fa6"}
              delete-snapshot {"instance":"weather","snapshot":"weather-21","region":"us-east-1","because":"failed"}
              took 1 snapshot that was missed, deleted 1 snapshot; snapshot `weather-21` of instance `weather` in us-east-1 has failed; RDS does not say why
        "#]],
    );
}

/// However often it fails: the attempt has another name than the one that failed before it, which is gone by then.
#[test]
fn every_attempt_has_a_name_of_its_own() {
    let plain = plain();
    let reconcile = ordered(&plain, "reconcile");
    let mut seen = Vec::new();
    let mut there = vec![night(&weather(), 20)];
    for _ in 0..5 {
        let line = decided(&reconcile, &at_home(there.clone()));
        let name = line.split("\"snapshot\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(line.contains("create-snapshot") && !seen.contains(&name), "{line}");
        let Plan::Act { steps, .. } = plan(&reconcile, &at_home(there.clone())) else { panic!() };
        let Some(Step::Create(create)) = steps.into_iter().next() else { panic!() };
        let made = ours(&weather(), &create.tags[COMMAND], "21T11:59");
        assert_eq!(made.name, name);
        there = vec![night(&weather(), 20), failed(made)];
        seen.push(name);
    }
}

/// Another might be no better, and the next no better than that: `verify` and the metric tell people.
#[test]
fn one_that_is_not_as_it_should_be_is_not_made_up_for_by_one_after_the_other() {
    let odd = night(&weather(), 21).with(|snapshot| snapshot.progress = 80);
    after(
        vec![night(&weather(), 19), odd],
        expect![[r#"
            refuse unverified
              `weather-21` in us-east-1: is available, and only 80 % of it is there
        "#]],
    );
}

#[test]
fn the_objective_is_the_playbooks() {
    for (objective, at, expected) in [
        (
            "2d",
            "19T14:00",
            expect![[r#"
            hold in-order
              nothing is to be taken, copied or deleted
        "#]],
        ),
        (
            "2d",
            "19T12:30",
            expect![[r#"
                act reconciled
                  create-snapshot {"instance":"weather","snapshot":"weather-ce75dff719e24569"}
                  took 1 snapshot that was missed
            "#]],
        ),
        (
            "4h",
            "21T08:59",
            expect![[r#"
                act reconciled
                  create-snapshot {"instance":"weather","snapshot":"weather-ce75dff719e24569"}
                  took 1 snapshot that was missed
            "#]],
        ),
    ] {
        let rule = rule(&format!("instance: weather, retention: {{days: 3}}, objective: {objective}"));
        check(&ordered(&rule, "reconcile"), &at_home(vec![ours(&weather(), "last", at)]), expected);
    }
}

/// Every event of a new snapshot makes `reconcile` look: it must not answer each with another snapshot.
#[test]
fn an_objective_of_less_than_an_hour_does_not_take_one_after_the_other() {
    for objective in ["1h", "30m", "10m"] {
        let rule = rule(&format!("instance: weather, retention: {{days: 3}}, objective: {objective}"));
        let fresh = at_home(vec![ours(&weather(), "fresh", "21T11:57")]);
        let line = decided(&ordered(&rule, "reconcile"), &fresh);
        assert!(line.starts_with("hold in-order"), "{objective}: {line}");
        let old = at_home(vec![ours(&weather(), "old", "21T11:29")]);
        let line = decided(&ordered(&rule, "reconcile"), &old);
        assert!(line.starts_with("act reconciled"), "{objective}: {line}");
    }
}

/// By then nothing is in order any more, though there is nothing to do but to wait.
#[test]
fn one_that_is_late_is_told_while_another_is_coming() {
    let coming = || coming("creating", ours(&weather(), "weather-21", "21T11:55"));
    after(
        vec![coming(), night(&weather(), 19)],
        expect![[r#"
        refuse snapshot-late
          instance `weather` has no good snapshot within its objective, and `weather-21` is still `creating`
    "#]],
    );
    after(
        vec![coming(), ours(&weather(), "young", "20T10:01")],
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    let plain = plain();
    let new = at_home(vec![coming()]).with(|world| world.databases[0].created = Some(time("20T09:59")));
    check(
        &ordered(&plain, "reconcile"),
        &new,
        expect![[r#"
        refuse snapshot-late
          instance `weather` has no good snapshot within its objective, and `weather-21` is still `creating`
    "#]],
    );
}

#[test]
fn a_busy_database_whose_snapshot_is_late_is_told() {
    let plain = plain();
    let busy =
        |snapshot: Snapshot| at_home(vec![snapshot]).with(|world| world.databases = while_it_is("modifying"));
    check(
        &ordered(&plain, "reconcile"),
        &busy(night(&weather(), 19)),
        expect![[r#"
        refuse database-busy
          instance `weather` is `modifying`: a snapshot can be taken when it is available, and it has no good one within its objective
    "#]],
    );
    check(
        &ordered(&plain, "reconcile"),
        &busy(ours(&weather(), "young", "20T10:01")),
        expect![[r#"
        hold database-busy
          instance `weather` is `modifying`: a snapshot can be taken when it is available
    "#]],
    );
}

#[test]
fn what_passes_only_when_somebody_does_something_is_no_busy_database() {
    let plain = plain();
    for status in ["storage-full", "insufficient-capacity", "inaccessible-encryption-credentials-recoverable"]
    {
        let there = at_home(vec![]).with(|world| world.databases = while_it_is(status));
        let line = decided(&ordered(&plain, "reconcile"), &there);
        assert!(line.starts_with("refuse database-unusable"), "{line}");
    }
}

fn while_it_is(status: &str) -> Vec<Database> {
    vec![in_state(status, instance("weather"))]
}

#[test]
fn a_database_that_can_have_none_now_is_looked_at_again() {
    let plain = plain();
    let reconcile = ordered(&plain, "reconcile");
    for (status, expected) in [
        (
            "backing-up",
            expect![[r#"
                hold database-busy
                  instance `weather` is `backing-up`: a snapshot can be taken when it is available
            "#]],
        ),
        (
            "stopped",
            expect![[r#"
            refuse database-stopped
              instance `weather` is stopped, and RDS takes no snapshot of it until it is started
        "#]],
        ),
        (
            "failed",
            expect![[r#"
            refuse database-unusable
              instance `weather` is `failed`
        "#]],
        ),
    ] {
        check(&reconcile, &at_home(vec![]).with(|world| world.databases = while_it_is(status)), expected);
        // It is nobody's concern while the newest is young.
        let young = at_home(vec![night(&weather(), 21)]).with(|world| world.databases = while_it_is(status));
        let line = decided(&reconcile, &young);
        assert!(line.starts_with("hold in-order\n  nothing"), "{status}: {line}");
    }
}

#[test]
fn the_newest_automated_one_is_copied_where_the_playbook_says_so() {
    let rule = rule("instance: weather, snapshots: copy-automated, retention: {days: 3}");
    let reconcile = ordered(&rule, "reconcile");
    let there = at_home(vec![night(&weather(), 19)]).with(|world| {
        world.automated = vec![automated(&weather(), "21T03:10")];
    });
    check(
        &reconcile,
        &there,
        expect![[r#"
            act reconciled
              copy-snapshot {"instance":"weather","snapshot":"weather-4ab5b687d6e83395","to":"us-east-1"}
              took 1 snapshot that was missed (the data of 2026-11-21T03:10:00Z or newer)
        "#]],
    );
    check(
        &reconcile,
        &at_home(vec![]),
        expect![[r#"
        refuse no-automated-snapshot
          instance `weather` has no automated snapshot that could be copied
    "#]],
    );
}

#[test]
fn a_clock_that_is_behind_takes_no_snapshot() {
    let plain = plain();
    let early = at_home(vec![night(&weather(), 21)]).with(|world| world.now = time("20T00:00"));
    check(
        &ordered(&plain, "reconcile"),
        &early,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

/// RDS has made none for days: the newest is copied, and people are told.
#[test]
fn an_automated_snapshot_that_is_late_is_told() {
    let rule = rule("instance: weather, snapshots: copy-automated, retention: {days: 3}");
    let there =
        |copied| at_home(copied).with(|world| world.automated = vec![automated(&weather(), "18T03:10")]);
    check(
        &ordered(&rule, "reconcile"),
        &there(vec![]),
        expect![[r#"
            act reconciled
              copy-snapshot {"instance":"weather","snapshot":"weather-d0cb99b3e1f0b194","to":"us-east-1"}
              took 1 snapshot that was missed (the data of 2026-11-18T03:10:00Z or newer); `rds:weather-2026-11-18-03-10`, the newest automated snapshot of instance `weather`, is older than the objective: 80h
        "#]],
    );
    let Plan::Act { steps, .. } = plan(&ordered(&rule, "take"), &there(vec![])) else { panic!() };
    let Some(Step::Copy(copy)) = steps.first() else { panic!() };
    let copied = foreign(&weather(), &copy.name, "18T03:10").with(|it| it.tags = copy.tags.clone());
    check(
        &ordered(&rule, "take"),
        &there(vec![copied]),
        expect![[r#"
        refuse automated-snapshot-late
          `rds:weather-2026-11-18-03-10`, the newest automated snapshot of instance `weather`, is older than the objective: 80h
    "#]],
    );
}
