//! Names are failed over and back, and where they lead is read back from Route 53, CloudFront and S3.
//!
//! Each strategy has a test, but for routing controls: nothing here serves those.

mod strategies;

use std::time::Duration;

use serde_json::{Value, json};
use tests::alarms::StateChange;
use tests::cloud::names::SeenSet;
use tests::cloud::reports::SeenReport;
use tests::cloud::{Cloud, Commands, Function, eventually};

use crate::context::{self, SOON, about, by_function, deliver, one, outcome, with_cloud};

const QUEUE: Commands = Commands::FailoverDns;

/// CloudWatch of the local cloud tells times in whole seconds: two changes of a state within one are of the same time.
const ANOTHER_SECOND: Duration = Duration::from_millis(1100);

/// How long `e2e-www` must have been healthy.
const HEALTHY_FOR: Duration = Duration::from_secs(10);

/// Orders something as an operator, and gives the report.
async fn order(cloud: &Cloud, order: &Value) -> anyhow::Result<SeenReport> {
    one(context::order(cloud, Function::FailoverDns, order).await?)
}

/// Makes the alarms of both sides of a target, all well.
async fn both_well(cloud: &Cloud, target: &str) -> anyhow::Result<()> {
    for side in ["primary", "standby"] {
        let name = format!("{target}-{side}");
        cloud.make_alarm(&name).await?;
        cloud.set_alarm(&name, "OK").await?;
    }
    tokio::time::sleep(ANOTHER_SECOND).await;
    Ok(())
}

/// The weights of each set.
fn weights(sets: &[SeenSet]) -> Vec<(&str, &str, Option<i64>)> {
    sets.iter().map(|set| (set.kind.as_str(), set.set_identifier.as_str(), set.weight)).collect()
}

/// What the schedule of every minute sends, with an id of its own.
fn look(target: &str, number: usize) -> Value {
    json!({"action": "reconcile", "target": target, "id": format!("e2e-look-{target}-{number}"), "origin": {"source": "schedule"}})
}

#[test]
fn an_alarm_on_the_primary_moves_www_and_its_recovery_moves_it_back_after_the_stated_time() {
    with_cloud("failover", async |cloud, outcomes| {
        let (target, alarm) = ("e2e-www", "e2e-www-primary");
        both_well(cloud, target).await?;
        let before = cloud.records(target).await?;
        let first = [("A", "primary", Some(90)), ("A", "secondary", Some(10))];
        assert_eq!(weights(&before)[..2], first, "{before:?}");

        cloud.set_alarm(alarm, "ALARM").await?;
        let reports = outcomes.take(2, SOON, about(target, &["routed", "failed-over"])).await?;
        let (routed, moved) = by_function(reports);
        assert_eq!(outcome(&moved), ("acted", "failed-over"), "{moved:?}");
        assert_eq!(
            (moved.correlation.as_str(), moved.source.as_str()),
            (routed.correlation.as_str(), "alarm")
        );
        assert_eq!(moved.attributes["function"], "failover-dns");
        let change = moved.steps.iter().find(|step| step["step"] == "change-records").cloned();
        assert_eq!(change.unwrap_or_default()["route53"], "PENDING");
        let over = cloud.records(target).await?;
        let expected = [
            ("A", "primary", Some(0)),
            ("A", "secondary", Some(10)),
            ("AAAA", "primary", Some(0)),
            ("AAAA", "secondary", Some(10)),
        ];
        assert_eq!(weights(&over), expected);
        for (before, over) in before.iter().zip(&over) {
            let weight = |weight: Option<i64>| format!("weight: {weight:?}");
            assert_eq!(before.whole.replace(&weight(before.weight), &weight(over.weight)), over.whole);
        }

        // It goes on and off: nothing moves.
        tokio::time::sleep(ANOTHER_SECOND).await;
        cloud.tell_topic(&StateChange::now(alarm, "OK", "ALARM")).await?;
        let again = one(outcomes.take(1, SOON, about(target, &["already-there"])).await?)?;
        assert_eq!(again.verdict, "held", "{again:?}");
        assert_eq!(cloud.records(target).await?, over);

        cloud.set_alarm(alarm, "OK").await?;
        let well = std::time::Instant::now();
        let back = comes_back(cloud, outcomes, target).await?;
        assert!(well.elapsed() >= HEALTHY_FOR - ANOTHER_SECOND, "it was back after {:?}", well.elapsed());
        assert_eq!(
            (outcome(&back), back.source.as_str()),
            (("acted", "failed-back"), "schedule"),
            "{back:?}"
        );
        assert_eq!(cloud.records(target).await?, before);
        assert!(!cloud.logged_reports(Function::FailoverDns, "not-yet").await?.is_empty());
        nothing_is_left(cloud).await
    });
}

/// Looks again and again, as the schedule does, until it is back.
async fn comes_back(
    cloud: &Cloud,
    outcomes: &mut tests::cloud::reports::Outcomes<'_>,
    target: &str,
) -> anyhow::Result<SeenReport> {
    for number in 0..30 {
        let look = look(target, number);
        cloud.send_command(QUEUE, &look, &format!("{number}-{target}")).await?;
        let reports = outcomes.take(1, 2 * ANOTHER_SECOND, about(target, &["failed-back"])).await?;
        if !reports.is_empty() {
            return one(reports);
        }
    }
    anyhow::bail!("it does not come back")
}

#[test]
fn without_evidence_nothing_moves_but_by_force_and_a_drill_says_so_before() {
    with_cloud("unproven", async |cloud, outcomes| {
        let target = "e2e-unproven";
        cloud.make_alarm("e2e-unproven-primary").await?;
        let before = cloud.records(target).await?;
        let over = json!({"action": "fail-over", "target": target, "id": "e2e-unproven", "origin": {"source": "alarm"}});
        let report = deliver(cloud, outcomes, QUEUE, &over).await?;
        assert_eq!(outcome(&report), ("refused", "standby-unproven"), "{report:?}");
        let drill = order(cloud, &json!({"action": "drill", "target": target})).await?;
        assert_eq!(outcome(&drill), ("refused", "standby-unproven"), "{drill:?}");
        cloud.make_alarm("e2e-unproven-standby").await?;
        cloud.set_alarm("e2e-unproven-standby", "OK").await?;
        let drill = order(cloud, &json!({"action": "drill", "target": target})).await?;
        assert_eq!(outcome(&drill), ("held", "drill-passed"), "{drill:?}");
        cloud.set_alarm("e2e-unproven-standby", "ALARM").await?;
        let status = order(cloud, &json!({"action": "status", "target": target})).await?;
        let state = status.state.clone().unwrap_or_default();
        assert_eq!(
            (&state["at"], &state["fail_over"]["code"]),
            (&json!("primary"), &json!("standby-unproven"))
        );
        assert_eq!(cloud.records(target).await?, before);

        let forced = json!({"action": "fail-over", "target": target, "force": true, "reason": "a test"});
        let report = order(cloud, &forced).await?;
        assert_eq!(outcome(&report), ("acted", "failed-over"), "{report:?}");
        let forced = json!({"action": "fail-back", "target": target, "force": true, "reason": "a test"});
        let report = order(cloud, &forced).await?;
        assert_eq!(outcome(&report), ("acted", "failed-back"), "{report:?}");
        assert_eq!(cloud.records(target).await?, before);
        nothing_is_left(cloud).await
    });
}

/// No command waits, is in work or was given up.
async fn nothing_is_left(cloud: &Cloud) -> anyhow::Result<()> {
    let empty = eventually(SOON, async || {
        let commands = cloud.backlog("FailoverDnsCommandsUrl").await?;
        let mut left = commands.visible + commands.in_flight;
        for queue in ["FailoverDnsCommandsDeadLettersUrl", "FailoverDnsFailuresUrl"] {
            left += cloud.backlog(queue).await?.visible;
        }
        Ok((left == 0).then_some(()))
    });
    anyhow::ensure!(empty.await?.is_some(), "something is left in a queue");
    Ok(())
}
