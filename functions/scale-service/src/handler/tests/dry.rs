//! Dry runs: they say what would be done and what comes after it, and leave no trace.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Stage, boost, command, end_of, line, only, park, profile, restore, set};
use crate::world::{Policy, ScheduledAction};

fn dry(id: &str, action: &Value) -> Value {
    let mut order = command(id, action);
    order["mode"] = "plan".into();
    order
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_writes_nothing() {
    for (before, action, expected) in [
        (vec![], set(5), expect!["planned set: set-desired planned"]),
        (vec![], profile("day"), expect!["planned profile-set: set-bounds planned"]),
        (
            vec![],
            boost(2),
            expect![
                "planned boosted: save-size planned, schedule-restore planned, set-bounds planned, set-desired planned"
            ],
        ),
        (
            vec![],
            park(),
            expect!["planned parked: save-size planned, set-bounds planned, set-desired planned"],
        ),
        (
            vec![park()],
            restore(),
            expect!["planned restored: set-bounds planned, set-desired planned, forget-size planned"],
        ),
        (
            vec![boost(2)],
            end_of("before-0"),
            expect!["planned boost-ended: set-bounds planned, set-desired planned, forget-size planned"],
        ),
        (vec![], set(40), expect!["refused outside-bounds"]),
        (vec![], restore(), expect!["refused nothing-saved"]),
        (vec![], set(3), expect!["held already-so"]),
    ] {
        let stage = Stage::new();
        for (number, action) in before.iter().enumerate() {
            stage.gets("08:50:00", "r", &command(&format!("before-{number}"), action)).await;
        }
        let (world, records) = (stage.snapshot(), stage.ledger().size());
        let [lease, _] = [stage.ledger().lease("api"), stage.ledger().lease("worker")];
        let report = only(&stage.gets("09:00:00", "r-1", &dry("c-1", &action)).await);
        expected.assert_eq(&report);
        assert_eq!((stage.snapshot(), stage.ledger().size()), (world, records), "{action}");
        assert_eq!(stage.ledger().lease("api"), lease, "{action}");
        // It claims nothing either: the same command can be meant in earnest.
        let earnest = only(&stage.gets("09:00:01", "r-1", &command("c-1", &action)).await);
        // Application Auto Scaling has lifted the count to the new min before it is set.
        let earnest =
            earnest.replace("acted", "planned").replace("applied", "planned").replace("already", "planned");
        assert_eq!(earnest.replace("held planned-so", "held already-so"), report);
    }
}

async fn told(action: &Value, expected: Expect) {
    let stage = Stage::new();
    stage.services().change(stage.api(), |found| {
        found.policies = vec![Policy {
            name: "cpu".to_owned(),
            what: "keeps ECSServiceAverageCPUUtilization at 70".to_owned(),
            scales_in: true,
        }];
        let action = |name: &str, schedule: &str, zone: Option<&str>| ScheduledAction {
            name: name.to_owned(),
            schedule: schedule.to_owned(),
            time_zone: zone.map(str::to_owned),
            min: Some(3),
            max: None,
            ends: None,
        };
        found.scheduled = vec![
            action("evening", "cron(0 18 ? * MON-FRI *)", Some("Europe/Berlin")),
            action("long-ago", "at(2026-01-01T00:00:00)", None),
        ];
    });
    let reports = stage.gets("09:00:00", "r-1", &dry("c-1", action)).await;
    let before = reports[0].before.as_ref().unwrap();
    let next = reports[0].next.as_ref().unwrap();
    let (policies, scheduled) = (&before["policies"], &before["scheduled_actions"]);
    expected.assert_eq(&format!("{next}\n{policies}\n{scheduled}"));
}

#[tokio::test]
async fn a_dry_run_tells_which_policies_and_scheduled_actions_come_after_it() {
    told(&set(5), expect![[r#"
        nothing was changed; send the command without `mode: plan` to carry it out; by themselves: policy `cpu` keeps ECSServiceAverageCPUUtilization at 70; scheduled action `evening` sets min 3 at cron(0 18 ? * MON-FRI *) Europe/Berlin
        [{"name":"cpu","what":"keeps ECSServiceAverageCPUUtilization at 70"}]
        [{"name":"evening","schedule":"cron(0 18 ? * MON-FRI *)","time_zone":"Europe/Berlin","min":3},{"name":"long-ago","schedule":"at(2026-01-01T00:00:00)","time_zone":"UTC","min":3}]"#]]).await;
    told(&boost(2), expect![[r#"
        nothing was changed; send the command without `mode: plan` to carry it out; by themselves: policy `cpu` keeps ECSServiceAverageCPUUtilization at 70; scheduled action `evening` sets min 3 at cron(0 18 ? * MON-FRI *) Europe/Berlin
        [{"name":"cpu","what":"keeps ECSServiceAverageCPUUtilization at 70"}]
        [{"name":"evening","schedule":"cron(0 18 ? * MON-FRI *)","time_zone":"Europe/Berlin","min":3},{"name":"long-ago","schedule":"at(2026-01-01T00:00:00)","time_zone":"UTC","min":3}]"#]]).await;
}

#[tokio::test]
async fn a_dry_run_is_disturbed_by_nobody_and_says_what_the_real_one_would_meet() {
    let stage = Stage::new();
    stage.gets("09:00:00", "r-1", &command("c-1", &set(5))).await;
    assert_eq!(only(&stage.gets("09:00:01", "r-2", &dry("c-1", &set(5))).await), "held already-done");
    let mut refused = dry("c-2", &set(6));
    refused["origin"] = json!({"source": "schedule"});
    let pause = shell::ledger::Pause {
        scope: "all".to_owned(),
        since: super::at("08:00:00"),
        until: super::at("10:00:00"),
        reason: "release".to_owned(),
        who: "ada".to_owned(),
    };
    super::now(shell::ledger::Ledger::pause(stage.ledger(), &pause)).unwrap();
    assert_eq!(line(&stage.gets("09:00:02", "r-3", &refused).await[0]), "refused paused");
}

/// As many as Application Auto Scaling allows, with names as long as it allows, and then some.
#[tokio::test]
async fn a_report_on_a_scalable_target_with_many_policies_and_actions_stays_small() {
    let (stage, long) = (Stage::new(), "é".repeat(1_600));
    let policy = |n: usize| Policy { name: format!("{n}{long}"), what: long.clone(), scales_in: true };
    let action = |n: usize| ScheduledAction {
        name: format!("{n}{long}"),
        schedule: format!("cron({long})"),
        time_zone: Some(long.clone()),
        min: Some(2),
        max: Some(8),
        ends: None,
    };
    stage.services().change(stage.api(), |found| {
        found.policies = (0..51).map(policy).collect();
        found.scheduled = (0..200).map(action).collect();
    });
    let reports = stage.gets("09:00:00", "r-1", &dry("c-1", &set(5))).await;
    assert_eq!(only(&reports), "planned set: set-desired planned");
    let before = reports[0].before.as_ref().unwrap();
    for (list, total) in [("policies", 51), ("scheduled_actions", 200)] {
        assert_eq!(before[list].as_array().unwrap().len(), 50, "{list}");
        assert_eq!(before[format!("{list}_total")], total);
    }
    let next = reports[0].next.as_ref().unwrap();
    assert!(next.ends_with("; and 241 more"), "{next}");
    let length = json!(reports[0]).to_string().len();
    assert!(length < 200_000, "{length}");
}
