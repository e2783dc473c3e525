//! An alarm becomes an effect in another service, once, and both functions say so under one correlation.

use serde_json::{Value, json};
use tests::alarms::StateChange;
use tests::cloud::reports::SeenReport;
use tests::cloud::{Cloud, Function, eventually};

use crate::context::{SOON, about, by_function, read_back, with_cloud};

#[test]
fn an_alarm_reaches_its_effect_and_one_correlation_joins_the_reports() {
    with_cloud("alarm", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-outage").await?;
        cloud.make_alarm("e2e-outage").await?;
        cloud.set_alarm("e2e-outage", "OK").await?;
        cloud.set_alarm("e2e-outage", "ALARM").await?;
        let reports = outcomes.take(2, SOON, about("e2e-outage", &["routed", "invalidated"])).await?;
        let (routed, invalidated) = by_function(reports);
        assert_eq!((routed.verdict.as_str(), routed.action.as_str()), ("acted", "route"));
        assert_eq!(routed.attributes["function"], "route-alarm");
        assert_eq!(invalidated.correlation, routed.correlation);
        assert_eq!((routed.source.as_str(), invalidated.source.as_str()), ("alarm", "alarm"));
        let logged = cloud.logged_reports(Function::RouteAlarm, "routed").await?;
        assert!(
            logged.iter().any(|report| report["correlation"] == routed.correlation.as_str()),
            "{logged:?}"
        );
        let (_, paths) = read_back(cloud, vec![invalidated]).await?;
        assert_eq!(paths, ["/*"]);
        assert_eq!(cloud.invalidation_count("e2e-outage").await?, before + 1);
        nothing_is_left(cloud).await
    });
}

#[test]
fn the_same_alarm_by_topic_bus_and_call_is_one_command() {
    with_cloud("three-ways", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-once").await?;
        let change = StateChange::now("e2e-once", "OK", "ALARM");
        tokio::try_join!(cloud.tell_topic(&change), cloud.tell_bus(&change), cloud.call_router(&change))?;
        let codes = ["routed", "already-routed", "invalidated"];
        let reports = outcomes.take(4, 2 * SOON, about("e2e-once", &codes)).await?;
        let mut seen: Vec<&str> = reports.iter().map(|report| report.why.code.as_str()).collect();
        seen.sort_unstable();
        assert_eq!(seen, ["already-routed", "already-routed", "invalidated", "routed"]);
        let first = &reports[0].correlation;
        assert!(reports.iter().all(|report| report.correlation == *first), "{reports:?}");
        assert_eq!(cloud.invalidation_count("e2e-once").await?, before + 1);
        nothing_is_left(cloud).await
    });
}

#[test]
fn a_flapping_alarm_acts_once_and_says_why_not_again() {
    with_cloud("flapping", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-flapping").await?;
        for round in 0..3_i64 {
            let mut change = StateChange::now("e2e-flapping", "OK", "ALARM");
            change.at = change.at.checked_add(jiff::SignedDuration::from_millis(round))?;
            cloud.tell_topic(&change).await?;
            let code = if round == 0 { "routed" } else { "cooldown" };
            let reports = outcomes.take(1, SOON, about("e2e-flapping", &[code])).await?;
            assert_eq!(reports.len(), 1, "round {round}");
            assert_eq!(reports[0].verdict, if round == 0 { "acted" } else { "refused" });
        }
        let done = outcomes.take(1, SOON, about("e2e-flapping", &["invalidated"])).await?;
        assert_eq!(done.len(), 1);
        assert_eq!(cloud.invalidation_count("e2e-flapping").await?, before + 1);
        Ok(())
    });
}

#[test]
fn an_alarm_that_no_route_wants_is_told_to_people_once_an_hour() {
    with_cloud("no-route", async |cloud, outcomes| {
        let ours =
            |report: &SeenReport| report.why.code == "no-route" && report.why.text.contains("e2e-nobodys");
        let logged = async || {
            let reports = cloud.logged_reports(Function::RouteAlarm, "no-route").await?;
            let ours = reports.iter().filter(|report| report.to_string().contains("e2e-nobodys"));
            anyhow::Ok(ours.count())
        };
        for (from, to, count) in [("OK", "ALARM", 1), ("INSUFFICIENT_DATA", "ALARM", 2)] {
            cloud.tell_topic(&StateChange::now("e2e-nobodys", from, to)).await?;
            let seen = eventually(SOON, async || Ok((logged().await? == count).then_some(()))).await?;
            assert!(seen.is_some(), "no report on the change from {from}");
        }
        // Both have been handled by now: a second report would be there.
        let told = outcomes.take(2, 2 * SOON / 10, ours).await?;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].verdict, "held");
        Ok(())
    });
}

#[test]
fn a_budget_is_reported_in_the_words_of_its_route() {
    with_cloud("budget", async |cloud, outcomes| {
        let text = "AWS Budget Notification November 21, 2026\nAWS Account 123456789012\n\nDear AWS Customer,\n\n\
                    Budget Name: e2e-monthly\nBudget Type: Cost\nBudgeted Amount: $200.00\nAlert Type: ACTUAL\n\
                    Alert Threshold: > $160.00\nACTUAL Amount: $172.40\n";
        cloud.publish("AlarmsTopicArn", text).await?;
        let reports = outcomes.take(1, SOON, |report| report.why.code == "reported").await?;
        assert_eq!(reports.len(), 1);
        assert_eq!((reports[0].verdict.as_str(), reports[0].function.as_str()), ("held", "route-alarm"));
        assert!(reports[0].why.text.contains("somebody should look"), "{}", reports[0].why.text);
        Ok(())
    });
}

#[test]
fn what_is_no_alarm_at_all_ends_in_the_dead_letter_queue() {
    with_cloud("no-alarm", async |cloud, outcomes| {
        cloud.set_visibility("AlarmsUrl", 2).await?;
        cloud.send_message("AlarmsUrl", "{\"e2e-truncated\": [").await?;
        let dead = eventually(2 * SOON, async || {
            Ok(cloud.peek_messages("AlarmsDeadLettersUrl", "e2e-truncated").await?.pop())
        })
        .await?;
        cloud.set_visibility("AlarmsUrl", 45).await?;
        assert!(dead.is_some(), "the bad message is in no dead-letter queue");
        let failed = outcomes.take(5, SOON, |report| report.why.code == "undecodable-event").await?;
        assert_eq!(failed.len(), 5, "it was delivered as often as the queue allows");
        cloud.empty("AlarmsDeadLettersUrl").await
    });
}

/// No alarm waits, is in work or was given up; the ledger remembers what was done.
async fn nothing_is_left(cloud: &Cloud) -> anyhow::Result<()> {
    let empty = eventually(SOON, async || {
        let (alarms, dead) =
            (cloud.backlog("AlarmsUrl").await?, cloud.backlog("AlarmsDeadLettersUrl").await?);
        let failures = cloud.backlog("RouteAlarmFailuresUrl").await?;
        let left = alarms.visible + alarms.in_flight + dead.visible + failures.visible;
        Ok((left == 0).then_some(()))
    });
    anyhow::ensure!(empty.await?.is_some(), "an alarm is left in a queue");
    let items = cloud.ledger_items().await?;
    // The size of a parked service is kept until it is restored.
    let expires = |item: &Value| item["expires_at"].as_u64().is_some() || item["pk"] == "saved";
    anyhow::ensure!(
        !items.is_empty() && items.iter().all(expires),
        "the ledger keeps something for ever: {}",
        json!(items)
    );
    Ok(())
}
