//! Services are scaled by schedules, alarms and people, and what they are afterwards is read back from ECS and
//! Application Auto Scaling.

mod boosts;
mod parking;

use serde_json::{Value, json};
use tests::cloud::reports::{Outcomes, SeenReport};
use tests::cloud::services::{POLICY, Size};
use tests::cloud::{Cloud, Commands, Function};

use crate::context::{self, SCHEDULE, one, outcome, with_cloud};

/// A command with an id of its own, as a schedule sends it.
fn scheduled(id: &str, target: &str, action: &str, fields: &Value) -> Value {
    let mut command = json!({"action": action, "target": target, "id": id, "origin": {"source": "schedule"}});
    if let (Some(command), Some(fields)) = (command.as_object_mut(), fields.as_object()) {
        command.extend(fields.clone());
    }
    command
}

/// Orders something as an operator, and gives the reports.
async fn order(cloud: &Cloud, order: &Value) -> anyhow::Result<Vec<SeenReport>> {
    context::order(cloud, Function::ScaleService, order).await
}

/// Orders something of one service as an operator, and gives the report.
async fn order_one(cloud: &Cloud, command: &Value) -> anyhow::Result<SeenReport> {
    one(order(cloud, command).await?)
}

/// Sends a command to the FIFO queue, and gives the report. The same command may be sent again.
async fn deliver(cloud: &Cloud, outcomes: &mut Outcomes<'_>, command: &Value) -> anyhow::Result<SeenReport> {
    context::deliver(cloud, outcomes, Commands::ScaleService, command).await
}

#[test]
fn a_schedule_scales_up_in_the_morning_and_another_down_in_the_evening() {
    with_cloud("hours", async |cloud, outcomes| {
        for (profile, size) in [("day", Size::scaled(3, 8, 3)), ("night", Size::scaled(1, 2, 1))] {
            let id = format!("e2e-{profile}");
            let command = scheduled(&id, "e2e-office", "profile", &json!({"profile": profile}));
            cloud.schedule_once(Commands::ScaleService, &id, &command).await?;
            let report = one(outcomes.take(1, SCHEDULE, |report| report.id == id).await?)?;
            assert_eq!(outcome(&report), ("acted", "profile-set"), "{report:?}");
            assert_eq!((report.source.as_str(), report.target.as_str()), ("schedule", "e2e-office"));
            assert_eq!(report.attributes["function"], "scale-service");
            let after = report.after.unwrap_or_default();
            assert_eq!(after["desired"], size.desired, "{after}");
            assert_eq!(cloud.size("e2e-office").await?, size);
        }
        Ok(())
    });
}

#[test]
fn a_schedule_that_fires_twice_acts_once() {
    with_cloud("fires-twice", async |cloud, outcomes| {
        let command = scheduled("e2e-again", "e2e-again", "profile", &json!({"profile": "day"}));
        let first = deliver(cloud, outcomes, &command).await?;
        assert_eq!(outcome(&first), ("acted", "profile-set"), "{first:?}");
        // Whatever was done since, the second does not undo it.
        cloud.resize("e2e-again", Size::scaled(3, 9, 4)).await?;
        let second = deliver(cloud, outcomes, &command).await?;
        assert_eq!(outcome(&second), ("held", "already-done"), "{second:?}");
        assert_eq!(cloud.size("e2e-again").await?, Size::scaled(3, 9, 4));
        Ok(())
    });
}

#[test]
fn a_group_is_served_in_order_and_one_missing_service_does_not_stop_the_rest() {
    with_cloud("group", async |cloud, _| {
        let command = json!({"action": "profile", "target": "e2e-group", "profile": "day"});
        let reports = order(cloud, &command).await?;
        let seen: Vec<_> =
            reports.iter().map(|report| (report.target.as_str(), report.why.code.as_str())).collect();
        let expected = [
            ("e2e-second-plain", "profile-set"),
            ("e2e-gone", "service-missing"),
            ("e2e-first", "profile-set"),
        ];
        assert_eq!(seen, expected);
        assert!(reports.is_sorted_by_key(|report| &report.started_at), "{reports:?}");
        assert_eq!(cloud.size("e2e-second-plain").await?, Size::plain(3));
        assert_eq!(cloud.size("e2e-first").await?, Size::scaled(2, 4, 2));
        Ok(())
    });
}

#[test]
fn nothing_leaves_the_bounds_of_the_playbook_or_takes_more_than_the_largest_step() {
    with_cloud("bounds", async |cloud, _| {
        let before = cloud.size("e2e-limited").await?;
        for (fields, code) in [
            (json!({"max": 11}), "outside-bounds"),
            (json!({"min": 0}), "outside-bounds"),
            (json!({"desired": before.desired + 5}), "step-too-large"),
        ] {
            let mut command = json!({"action": "set", "target": "e2e-limited"});
            command
                .as_object_mut()
                .expect("an object")
                .extend(fields.as_object().cloned().unwrap_or_default());
            let report = order_one(cloud, &command).await?;
            assert_eq!(outcome(&report), ("refused", code), "{report:?}");
            assert_eq!(cloud.size("e2e-limited").await?, before);
        }
        let command = json!({"action": "set", "target": "e2e-limited", "min": 2, "max": 6, "desired": 5});
        assert_eq!(outcome(&order_one(cloud, &command).await?), ("acted", "set"));
        assert_eq!(cloud.size("e2e-limited").await?, Size::scaled(2, 6, 5));
        assert_eq!(outcome(&order_one(cloud, &command).await?), ("held", "already-so"));
        Ok(())
    });
}

#[test]
fn a_scheduled_action_of_somebody_else_is_respected_unless_the_playbook_takes_over() {
    with_cloud("other-schedules", async |cloud, _| {
        for target in ["e2e-fought", "e2e-taken"] {
            cloud.schedule_action(target, "night-of-terraform", 1, 1).await?;
        }
        let before = cloud.size("e2e-fought").await?;
        let command = json!({"action": "profile", "target": "e2e-fought", "profile": "day"});
        let report = order_one(cloud, &command).await?;
        assert_eq!(outcome(&report), ("refused", "other-schedule"), "{report:?}");
        assert!(report.why.text.contains("night-of-terraform"), "{}", report.why.text);
        assert_eq!(cloud.size("e2e-fought").await?, before);

        let command = json!({"action": "profile", "target": "e2e-taken", "profile": "day"});
        let report = order_one(cloud, &command).await?;
        assert_eq!(outcome(&report), ("acted", "profile-set"), "{report:?}");
        let after = cloud.size("e2e-taken").await?;
        assert_eq!(after.suspending([false, false, false]), Size::scaled(2, 4, 2));
        assert_eq!(after.scaling.map(|scaling| scaling.suspended), Some([false, false, true]));
        Ok(())
    });
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_policies_and_scheduled_actions_do_next() {
    with_cloud("dry-run-of-a-service", async |cloud, outcomes| {
        cloud.schedule_action("e2e-fought", "night-of-terraform", 1, 1).await?;
        let before = cloud.size("e2e-fought").await?;
        let schedules = cloud.schedules("BoostsGroupName").await?.len();
        let ledger = cloud.saved("service/e2e-fought").await?;
        let boost = json!({"add": 2, "for": "30m", "mode": "plan"});
        let command = scheduled("e2e-dry-run", "e2e-fought", "boost", &boost);
        let report = deliver(cloud, outcomes, &command).await?;
        assert_eq!((report.verdict.as_str(), report.mode.as_str()), ("planned", "plan"), "{report:?}");
        let steps: Vec<_> = report.steps.iter().map(|step| (&step["step"], &step["status"])).collect();
        let planned = json!("planned");
        let names = ["save-size", "schedule-restore", "set-bounds", "set-desired"].map(|name| json!(name));
        assert_eq!(steps, names.iter().map(|name| (name, &planned)).collect::<Vec<_>>());
        let next = report.next.unwrap_or_default();
        assert!(next.contains(POLICY) && next.contains("night-of-terraform"), "{next}");

        assert_eq!(cloud.size("e2e-fought").await?, before);
        assert_eq!(cloud.schedules("BoostsGroupName").await?.len(), schedules);
        assert_eq!(cloud.saved("service/e2e-fought").await?, ledger);
        Ok(())
    });
}
