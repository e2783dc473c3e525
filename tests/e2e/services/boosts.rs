//! Boosts begin by an alarm or an order, and end by themselves whatever happens to their schedule.

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::cloud::services::Size;
use tests::cloud::{Cloud, Function, Scheduled, eventually};

use super::{deliver, one, order_one, outcome, scheduled};
use crate::context::{SCHEDULE, SOON, about, by_function, with_cloud};

const BOOSTS: &str = "BoostsGroupName";

/// The schedules that end the boosts of a service.
async fn ends_of(cloud: &Cloud, target: &str) -> anyhow::Result<Vec<Scheduled>> {
    let mut schedules = cloud.schedules(BOOSTS).await?;
    schedules.retain(|schedule| schedule.input["target"] == target);
    Ok(schedules)
}

/// The schedule that ends the only boost of a service.
async fn end_of(cloud: &Cloud, target: &str) -> anyhow::Result<Scheduled> {
    let [end] = <[Scheduled; 1]>::try_from(ends_of(cloud, target).await?)
        .map_err(|schedules| anyhow::anyhow!("not one schedule but {schedules:?}"))?;
    Ok(end)
}

#[test]
fn an_alarm_boosts_a_service_and_the_boost_ends_by_itself() {
    with_cloud("boost", async |cloud, outcomes| {
        cloud.make_alarm("e2e-slow").await?;
        cloud.set_alarm("e2e-slow", "OK").await?;
        cloud.set_alarm("e2e-slow", "ALARM").await?;
        let reports = outcomes.take(2, SOON, about("e2e-slow", &["routed", "boosted"])).await?;
        let (routed, boosted) = by_function(reports);
        assert_eq!(
            (outcome(&boosted), boosted.source.as_str()),
            (("acted", "boosted"), "alarm"),
            "{boosted:?}"
        );
        assert_eq!(boosted.correlation, routed.correlation);
        assert_eq!(cloud.size("e2e-slow").await?, Size::scaled(3, 10, 3));

        let end = end_of(cloud, "e2e-slow").await?;
        assert!(end.deletes_itself, "{end:?}");
        assert_eq!(end.target, cloud.stack.output("ScaleServiceCommandsArn")?);
        assert_eq!(end.message_group.as_deref(), Some("e2e-slow"));
        let kept_in = cloud.stack.output("SchedulesDeadLettersUrl")?.rsplit('/').next();
        assert_eq!(end.dead_letters.as_deref(), kept_in);
        let at: jiff::civil::DateTime =
            end.expression.trim_start_matches("at(").trim_end_matches(')').parse().context("a time")?;
        let lasts = at.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().duration_since(Timestamp::now());
        assert!((28..=31).contains(&lasts.as_mins()), "it ends in {lasts:#}");
        let expected = json!({
            "action": "restore", "target": "e2e-slow", "of": boosted.id, "id": end.input["id"],
            "origin": {"source": "schedule", "correlation": boosted.correlation},
        });
        assert_eq!(end.input, expected);

        cloud.fire_now(BOOSTS, &end.name).await?;
        let ended = one(outcomes.take(1, SCHEDULE, about("e2e-slow", &["boost-ended"])).await?)?;
        assert_eq!((ended.verdict.as_str(), ended.source.as_str()), ("acted", "schedule"), "{ended:?}");
        assert_eq!(ended.correlation, boosted.correlation);
        // The scaling policy removes the tasks that are too many; here nothing does.
        assert_eq!(cloud.size("e2e-slow").await?, Size::scaled(1, 10, 3));
        let gone = async || Ok(ends_of(cloud, "e2e-slow").await?.is_empty().then_some(()));
        assert!(eventually(SOON, gone).await?.is_some(), "the schedule is still there");
        assert_eq!(cloud.saved("service/e2e-slow").await?, None);
        nothing_is_left(cloud).await
    });
}

#[test]
fn a_boost_whose_schedule_got_lost_is_ended_by_the_reconciliation() {
    with_cloud("lost-end", async |cloud, outcomes| {
        let boost = json!({"action": "boost", "target": "e2e-lost", "percent": 200, "for": "5m"});
        let report = order_one(cloud, &boost).await?;
        assert_eq!(
            (outcome(&report), report.source.as_str()),
            (("acted", "boosted"), "operator"),
            "{report:?}"
        );
        assert_eq!(cloud.size("e2e-lost").await?, Size::scaled(3, 10, 3));
        let end = end_of(cloud, "e2e-lost").await?;
        cloud.delete_schedule(BOOSTS, &end.name).await?;

        let reconcile = json!({"action": "reconcile"});
        let report = order_one(cloud, &reconcile).await?;
        assert_eq!(outcome(&report), ("held", "nothing-overdue"), "{report:?}");
        assert_eq!(cloud.size("e2e-lost").await?, Size::scaled(3, 10, 3));

        let key = "service/e2e-lost";
        let mut memory = cloud.saved(key).await?.context("nothing is remembered about the boost")?;
        let ago = Timestamp::now().checked_sub(SignedDuration::from_mins(10))?;
        memory["boosted"]["boosts"][0]["until"] = json!(ago);
        cloud.tamper(key, &memory).await?;
        cloud.invoke(Function::ScaleService, &reconcile).await?;
        let ended = one(outcomes.take(1, SOON, about("e2e-lost", &["boost-ended"])).await?)?;
        assert_eq!((ended.verdict.as_str(), ended.action.as_str()), ("acted", "restore"), "{ended:?}");
        assert_eq!(cloud.size("e2e-lost").await?.scaling, Size::scaled(1, 10, 3).scaling);
        assert_eq!(cloud.saved(key).await?, None);
        Ok(())
    });
}

#[test]
fn two_boosts_keep_the_higher_floor_until_the_last_one_ends() {
    with_cloud("overlap", async |cloud, outcomes| {
        let boost = |add: u32, lasts: &str| json!({"action": "boost", "target": "e2e-over", "add": add, "for": lasts});
        order_one(cloud, &boost(3, "30m")).await?;
        assert_eq!(cloud.size("e2e-over").await?, Size::scaled(4, 10, 4));
        let higher = end_of(cloud, "e2e-over").await?;
        order_one(cloud, &boost(1, "60m")).await?;
        assert_eq!(cloud.size("e2e-over").await?, Size::scaled(5, 10, 5));
        let mut ends = ends_of(cloud, "e2e-over").await?;
        ends.retain(|end| end.name != higher.name);
        let last = one_schedule(ends)?;

        let report = deliver(cloud, outcomes, &higher.input).await?;
        assert_eq!(outcome(&report), ("acted", "boost-continues"), "{report:?}");
        assert_eq!(cloud.size("e2e-over").await?, Size::scaled(5, 10, 5));
        let report = deliver(cloud, outcomes, &last.input).await?;
        assert_eq!(outcome(&report), ("acted", "boost-ended"), "{report:?}");
        assert_eq!(cloud.size("e2e-over").await?.scaling, Size::scaled(1, 10, 5).scaling);
        Ok(())
    });
}

#[test]
fn without_a_scalable_target_a_boost_raises_the_desired_count_and_gives_it_back() {
    with_cloud("boost-plain", async |cloud, outcomes| {
        let boost = scheduled("e2e-boost-plain", "e2e-boost-plain", "boost", &json!({"add": 2, "for": "5m"}));
        let report = deliver(cloud, outcomes, &boost).await?;
        assert_eq!(outcome(&report), ("acted", "boosted"), "{report:?}");
        assert_eq!(cloud.size("e2e-boost-plain").await?, Size::plain(3));
        let again = deliver(cloud, outcomes, &boost).await?;
        assert_eq!(outcome(&again), ("held", "already-done"), "{again:?}");
        assert_eq!(cloud.size("e2e-boost-plain").await?, Size::plain(3));

        let end = end_of(cloud, "e2e-boost-plain").await?;
        let report = deliver(cloud, outcomes, &end.input).await?;
        assert_eq!(outcome(&report), ("acted", "boost-ended"), "{report:?}");
        assert_eq!(cloud.size("e2e-boost-plain").await?, Size::plain(1));
        Ok(())
    });
}

#[test]
fn a_boost_during_a_pause_is_refused_and_a_person_may_boost_all_the_same() {
    with_cloud("quiet", async |cloud, outcomes| {
        let before = cloud.size("e2e-quiet").await?;
        let pause =
            json!({"action": "pause", "scope": "e2e-quiet", "for": "10m", "reason": "a test", "who": "e2e"});
        let paused = cloud.invoke(Function::RouteAlarm, &pause).await?;
        assert_eq!(paused.payload["reports"][0]["why"]["code"], "pause-begun", "{}", paused.payload);
        let boost = scheduled("e2e-quiet", "e2e-quiet", "boost", &json!({"add": 2, "for": "5m"}));
        let report = deliver(cloud, outcomes, &boost).await?;
        assert_eq!(outcome(&report), ("refused", "paused"), "{report:?}");
        assert!(report.why.text.contains("a test"), "{}", report.why.text);
        assert_eq!(cloud.size("e2e-quiet").await?, before);
        assert!(ends_of(cloud, "e2e-quiet").await?.is_empty());

        let boost = json!({"action": "boost", "target": "e2e-quiet", "add": 2, "for": "5m"});
        let report = order_one(cloud, &boost).await?;
        assert_eq!(outcome(&report), ("acted", "boosted"), "{report:?}");
        cloud.invoke(Function::RouteAlarm, &json!({"action": "resume", "scope": "e2e-quiet"})).await?;
        Ok(())
    });
}

fn one_schedule(schedules: Vec<Scheduled>) -> anyhow::Result<Scheduled> {
    let [schedule] = <[Scheduled; 1]>::try_from(schedules)
        .map_err(|schedules| anyhow::anyhow!("not one schedule but {schedules:?}"))?;
    Ok(schedule)
}

/// No command waits, is in work or was given up.
async fn nothing_is_left(cloud: &Cloud) -> anyhow::Result<()> {
    let empty = eventually(SOON, async || {
        let commands = cloud.backlog("ScaleServiceCommandsUrl").await?;
        let dead = cloud.backlog("ScaleServiceCommandsDeadLettersUrl").await?;
        let failures = cloud.backlog("ScaleServiceFailuresUrl").await?;
        let left = commands.visible + commands.in_flight + dead.visible + failures.visible;
        Ok((left == 0).then_some(()))
    });
    anyhow::ensure!(empty.await?.is_some(), "a command is left in a queue");
    Ok(())
}
