//! Routes that only report: what happened, in an operator's words.

use super::{Station, deliveries, event, raised};

const TOLD: &str = "
routes:
  - {name: budget, when: {budget: '*'}, report: the budget is nearly spent}
  - {name: failover, when: {event: database-failover}, report: the database has failed over}
  - {name: task, when: {event: task-failure, resource: '*portfolio*'}, report: a task failed}
  - {name: deployment, when: {event: deployment-failure}, report: a deployment failed}
  - {name: certificate, when: {event: certificate-expiry}, report: renew the certificate}
  - {name: alarm, when: {alarm: origin-5xx}, report: look at the origin}
";

#[tokio::test]
async fn what_happened_is_told_in_the_words_of_the_route_and_of_aws() {
    for (name, words) in [
        ("budget-actual-in-sns", "the budget is nearly spent: budget of `status-page-monthly`"),
        ("budget-forecast-in-sqs", "the budget is nearly spent: budget of `"),
        ("budget-sns-in-sqs", "the budget is nearly spent: budget of `"),
        ("database-failover-eventbridge", "the database has failed over: database-failover of `"),
        ("database-failover-in-sns", "the database has failed over: database-failover of `"),
        ("task-failed", "a task failed: task-failure of `"),
        ("deployment-failed", "a deployment failed: deployment-failure of `"),
        ("certificate-expires-soon", "renew the certificate: certificate-expiry of `"),
    ] {
        let station = Station::with(TOLD);
        let outcome = station.gets("09:00:20", "r-1", &event(name)).await;
        assert_eq!(outcome.verdict(), ("held", "reported"), "{name}");
        let report = outcome.report();
        assert!(report.why.text.starts_with(words), "{name}: {}", report.why.text);
        assert!(report.is_published() && outcome.returned.is_empty());
        assert!(station.sent().is_empty() && station.schedules().is_empty());
    }
}

#[tokio::test]
async fn an_alarm_that_is_only_reported_is_told_once_for_its_three_deliveries() {
    let station = Station::with(TOLD);
    let mut codes = Vec::new();
    for (way, event) in deliveries(&raised(0)) {
        codes.push(station.gets("09:00:01", way, &event).await.report().why.code);
    }
    assert_eq!(codes, ["reported", "already-routed", "already-routed"]);
    let other = station.gets("09:20:00", "late", &raised(0).by_bus()).await;
    assert!(other.report().why.text.contains("takes care of it"), "{}", other.report().why.text);
}

#[tokio::test]
async fn a_delivery_that_may_not_have_told_it_tells_it_again() {
    // Nobody can know whether a report was published before the invocation died: rather twice than never.
    let station = Station::with(TOLD);
    for time in ["09:00:01", "09:01:01"] {
        assert_eq!(station.gets(time, "r-1", &raised(0).by_bus()).await.verdict(), ("held", "reported"));
    }
}

#[tokio::test]
async fn a_cooldown_keeps_a_report_from_ringing_again() {
    let station = Station::with(&TOLD.replace("look at the origin}", "look at the origin, cooldown: 10m}"));
    assert_eq!(station.gets("09:00:01", "r-1", &raised(0).by_bus()).await.verdict(), ("held", "reported"));
    assert_eq!(
        station.gets("09:05:01", "r-2", &raised(300).by_bus()).await.verdict(),
        ("refused", "cooldown")
    );
    assert_eq!(station.gets("09:10:01", "r-3", &raised(600).by_bus()).await.verdict(), ("held", "reported"));
}

#[tokio::test]
async fn a_replayed_failover_is_no_failover_of_today() {
    let station = Station::with(TOLD);
    let outcome = station.gets("12:00:00", "r-1", &event("database-failover-replayed")).await;
    assert_eq!(outcome.verdict(), ("held", "replayed"));
}

#[tokio::test]
async fn a_notice_can_send_a_command_and_sends_it_once() {
    let routes = "
routes:
  - name: purge
    when: {event: deployment-failure}
    then: [{action: invalidate, target: weather-site, everything: true}]
";
    let station = Station::with(routes);
    let first = station.gets("09:00:20", "r-1", &event("deployment-failed")).await;
    assert_eq!(first.verdict(), ("acted", "routed"));
    for request in ["r-1", "r-2"] {
        let again = station.gets("09:00:30", request, &event("deployment-failed")).await;
        assert_eq!(again.verdict(), ("held", "already-routed"));
    }
    assert_eq!(station.sent(), ["weather-site apply purge"]);
}
