//! Names are failed over and back, and where they lead is read back from Route 53, CloudFront and S3.
//!
//! Each strategy has a test, but for routing controls: nothing here serves those.

mod strategies;

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};
use tests::alarms::StateChange;
use tests::cloud::names::SeenSet;
use tests::cloud::reports::{Outcomes, SeenReport};
use tests::cloud::{Cloud, Commands, Function, eventually};

use crate::context::{self, SOON, about, by_function, deliver, one, outcome, with_cloud};

const QUEUE: Commands = Commands::FailoverDns;

/// CloudWatch of the local cloud tells times in whole seconds: two changes of a state within one are of the same time.
const ANOTHER_SECOND: Duration = Duration::from_millis(1100);

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

/// The primary's alarm rings, and the router orders a fail-over: its report, and that of the order.
async fn rings(
    cloud: &Cloud,
    outcomes: &mut Outcomes<'_>,
    target: &str,
    code: &str,
) -> anyhow::Result<(SeenReport, SeenReport)> {
    cloud.set_alarm(&format!("{target}-primary"), "ALARM").await?;
    let (routed, moved) = by_function(outcomes.take(2, SOON, about(target, &["routed", code])).await?);
    assert_eq!(outcome(&moved), ("acted", code), "{moved:?}");
    assert_eq!((moved.correlation.as_str(), moved.source.as_str()), (routed.correlation.as_str(), "alarm"));
    Ok((routed, moved))
}

/// Looks again and again, as the schedule does each minute, until a report has this code.
async fn looks(
    cloud: &Cloud,
    outcomes: &mut Outcomes<'_>,
    target: &str,
    code: &str,
) -> anyhow::Result<SeenReport> {
    for number in 0..30 {
        let id = format!("e2e-look-{target}-{code}-{number}");
        let look =
            json!({"action": "reconcile", "target": target, "id": id, "origin": {"source": "schedule"}});
        cloud.send_command(QUEUE, &look, &format!("{}-{id}", jiff::Timestamp::now())).await?;
        let reports = outcomes.take(1, 2 * ANOTHER_SECOND, about(target, &[code])).await?;
        if !reports.is_empty() {
            let report = one(reports)?;
            assert_eq!(
                (outcome(&report), report.source.as_str()),
                (("acted", code), "schedule"),
                "{report:?}"
            );
            return Ok(report);
        }
    }
    anyhow::bail!("no look comes to `{code}`")
}

/// The primary recovers, and the names come back in these stages: not before it has been healthy for the stated time.
async fn recovers(
    cloud: &Cloud,
    outcomes: &mut Outcomes<'_>,
    target: &str,
    stages: &[&str],
) -> anyhow::Result<()> {
    let after = cloud.names(target)?.failback.after_healthy_for.context("no time is stated")?;
    let after = Duration::from_secs(after.as_secs().unsigned_abs());
    tokio::time::sleep(ANOTHER_SECOND).await;
    cloud.set_alarm(&format!("{target}-primary"), "OK").await?;
    let well = Instant::now();
    for (index, code) in stages.iter().enumerate() {
        looks(cloud, outcomes, target, code).await?;
        let waited = well.elapsed();
        assert!(index > 0 || waited >= after - ANOTHER_SECOND, "`{target}` goes back after {waited:?}");
    }
    let early = cloud.logged_reports(Function::FailoverDns, "not-yet").await?;
    assert!(early.iter().any(|report| report["target"] == target), "no look came early: {early:?}");
    Ok(())
}

/// The weights of each set.
fn weights(sets: &[SeenSet]) -> Vec<(&str, &str, Option<i64>)> {
    sets.iter().map(|set| (set.kind.as_str(), set.set_identifier.as_str(), set.weight)).collect()
}

#[test]
fn an_alarm_on_the_primary_moves_www_and_its_recovery_moves_it_back_after_the_stated_time() {
    with_cloud("failover", async |cloud, outcomes| {
        let target = "e2e-www";
        both_well(cloud, target).await?;
        let before = cloud.records(target).await?;
        let first = [("A", "primary", Some(90)), ("A", "secondary", Some(10))];
        assert_eq!(weights(&before)[..2], first, "{before:?}");

        let (_, moved) = rings(cloud, outcomes, target, "failed-over").await?;
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
        cloud.tell_topic(&StateChange::now("e2e-www-primary", "OK", "ALARM")).await?;
        let again = one(outcomes.take(1, SOON, about(target, &["already-there"])).await?)?;
        assert_eq!(again.verdict, "held", "{again:?}");
        assert_eq!(cloud.records(target).await?, over);

        recovers(cloud, outcomes, target, &["failed-back"]).await?;
        assert_eq!(cloud.records(target).await?, before);
        nothing_is_left(cloud).await
    });
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
