//! What keeps the router from acting: a pause, a missing approval, an alarm that is over before its time has come.

use serde_json::{Value, json};
use tests::alarms::StateChange;
use tests::cloud::reports::SeenReport;
use tests::cloud::{Cloud, Function, eventually};

use crate::context::{SCHEDULE, SOON, about, read_back, with_cloud};

/// Orders something of the router, and gives its report.
async fn order(cloud: &Cloud, order: &Value) -> anyhow::Result<Value> {
    let mut answer = cloud.invoke(Function::RouteAlarm, order).await?;
    anyhow::ensure!(answer.function_error.is_none(), "{}", answer.payload);
    Ok(answer.payload["reports"][0].take())
}

#[test]
fn nothing_is_sent_during_a_pause_and_all_again_after_it() {
    with_cloud("pause", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-paused").await?;
        let pause =
            json!({"action": "pause", "scope": "e2e-paused", "for": "10m", "reason": "a test", "who": "e2e"});
        let report = order(cloud, &pause).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("acted"), &json!("pause-begun")),
            "{report}"
        );

        cloud.tell_topic(&StateChange::now("e2e-paused", "OK", "ALARM")).await?;
        let refused = outcomes.take(1, SOON, about("e2e-paused", &["paused"])).await?;
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].verdict, "refused");
        assert!(refused[0].why.text.contains("a test"), "{}", refused[0].why.text);
        let status = order(cloud, &json!({"action": "status"})).await?;
        assert_eq!((&status["verdict"], &status["why"]["code"]), (&json!("held"), &json!("status")));
        let pauses = status["state"]["pauses"].as_array().expect("the pauses");
        assert!(
            pauses.iter().any(|pause| pause["scope"] == "e2e-paused" && pause["who"] == "e2e"),
            "{status}"
        );

        let report = order(cloud, &json!({"action": "resume", "scope": "e2e-paused", "who": "e2e"})).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("acted"), &json!("pause-ended")),
            "{report}"
        );
        let report = order(cloud, &json!({"action": "resume", "scope": "e2e-paused"})).await?;
        assert_eq!(report["why"]["code"], "not-paused", "{report}");
        assert_eq!(cloud.invalidation_count("e2e-paused").await?, before);

        cloud.tell_topic(&StateChange::now("e2e-paused", "OK", "ALARM")).await?;
        let reports = outcomes.take(2, SOON, about("e2e-paused", &["routed", "invalidated"])).await?;
        assert_eq!(reports.len(), 2, "{reports:?}");
        assert_eq!(cloud.invalidation_count("e2e-paused").await?, before + 1);
        let status = order(cloud, &json!({"action": "status"})).await?;
        assert!(status["state"].to_string().contains(&reports[0].correlation), "{status}");
        Ok(())
    });
}

#[test]
fn a_command_that_needs_approval_is_planned_first_and_sent_when_approved_once() {
    with_cloud("approval", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-approved").await?;
        cloud.tell_topic(&StateChange::now("e2e-approved", "OK", "ALARM")).await?;
        let asked = outcomes.take(1, SOON, about("e2e-approved", &["approval-asked"])).await?;
        let planned = outcomes
            .take(1, SOON, |report| report.target == "e2e-approved" && report.function == "invalidate-cache");
        let planned = planned.await?;
        assert_eq!((asked.len(), planned.len()), (1, 1));
        assert_eq!((asked[0].verdict.as_str(), planned[0].verdict.as_str()), ("acted", "planned"));
        assert_eq!(asked[0].correlation, planned[0].correlation);
        let approval = planned[0].approval.clone().expect("the plan says how to approve it");
        assert_eq!(asked[0].approval.as_ref(), Some(&approval));
        assert!(
            planned[0].next.as_ref().is_some_and(|next| next.contains(&approval)),
            "{:?}",
            planned[0].next
        );
        assert_eq!(cloud.invalidation_count("e2e-approved").await?, before);

        let mut approve = json!({"action": "approve", "approval": approval, "who": "e2e", "mode": "plan"});
        let report = order(cloud, &approve).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("planned"), &json!("approved")),
            "{report}"
        );
        approve["mode"] = json!("apply");
        let report = order(cloud, &approve).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("acted"), &json!("approved")),
            "{report}"
        );
        let done = outcomes.take(1, SOON, about("e2e-approved", &["invalidated"])).await?;
        assert_eq!(done[0].correlation, asked[0].correlation);
        let (_, paths) = read_back(cloud, done).await?;
        assert_eq!(paths, ["/*"]);

        let again = order(cloud, &approve).await?;
        assert_eq!(
            (&again["verdict"], &again["why"]["code"]),
            (&json!("held"), &json!("already-approved")),
            "{again}"
        );
        let unknown = order(cloud, &json!({"action": "approve", "approval": "0123456789ab"})).await?;
        assert_eq!(
            (&unknown["verdict"], &unknown["why"]["code"]),
            (&json!("refused"), &json!("approval-unknown"))
        );
        assert_eq!(cloud.invalidation_count("e2e-approved").await?, before + 1);
        Ok(())
    });
}

/// Sets an alarm and waits until the router has put it off; gives what the router will be called with.
async fn put_off(cloud: &Cloud, alarm: &str) -> anyhow::Result<Value> {
    cloud.make_alarm(alarm).await?;
    cloud.set_alarm(alarm, "OK").await?;
    cloud.set_alarm(alarm, "ALARM").await?;
    let scheduled = eventually(SOON, async || {
        let schedules = cloud.schedules("ScheduleGroupName").await?;
        Ok(schedules.into_iter().find(|one| one.input["alarm"]["name"] == alarm))
    });
    let scheduled = scheduled.await?.ok_or_else(|| anyhow::anyhow!("no schedule looks at {alarm} again"))?;
    assert_eq!(scheduled.input["action"], "recheck");
    let kept_in = cloud.stack.output("SchedulesDeadLettersUrl")?.rsplit('/').next();
    assert_eq!(scheduled.dead_letters.as_deref(), kept_in);
    Ok(scheduled.input)
}

#[test]
fn an_alarm_that_lasts_is_acted_upon_when_it_is_looked_at_again() {
    with_cloud("hold-down", async |cloud, outcomes| {
        let before = cloud.invalidation_count("e2e-held").await?;
        let recheck = put_off(cloud, "e2e-held").await?;
        let waits =
            |report: &SeenReport| report.why.code == "hold-down" && report.why.text.contains("e2e-held");
        let waiting = outcomes.take(1, SOON, waits).await?;
        assert_eq!(waiting.len(), 1);
        assert_eq!(cloud.invalidation_count("e2e-held").await?, before);

        let codes = ["routed", "invalidated"];
        let done = outcomes.take(2, 2 * SCHEDULE, about("e2e-held", &codes)).await?;
        assert_eq!(done.len(), 2, "{done:?}");
        assert!(done.iter().all(|report| report.correlation == waiting[0].correlation), "{done:?}");
        let again = order(cloud, &recheck).await?;
        assert_eq!(again["why"]["code"], "already-routed", "{again}");
        assert_eq!(cloud.invalidation_count("e2e-held").await?, before + 1);
        Ok(())
    });
}

#[test]
fn an_alarm_that_is_over_or_gone_when_it_is_looked_at_again_causes_nothing() {
    with_cloud("state-left", async |cloud, _| {
        let before = cloud.invalidation_count("e2e-left").await?;
        let recheck = put_off(cloud, "e2e-left").await?;
        cloud.set_alarm("e2e-left", "OK").await?;
        let report = order(cloud, &recheck).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("held"), &json!("state-left")),
            "{report}"
        );
        cloud.delete_alarm("e2e-left").await?;
        let report = order(cloud, &recheck).await?;
        assert_eq!(
            (&report["verdict"], &report["why"]["code"]),
            (&json!("held"), &json!("alarm-gone")),
            "{report}"
        );
        assert_eq!(cloud.invalidation_count("e2e-left").await?, before);
        Ok(())
    });
}
