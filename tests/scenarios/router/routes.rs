//! From an alarm to the commands of its routes, and on to their effect.

use serde_json::json;
use shared::event::decode;

use super::{PURGE, Station, deliveries, event, raised, recovered};
use crate::site::{ONE, SITE, Site, queued};

const TWO_TARGETS: &str = "
routes:
  - name: purge
    when: {alarm: origin-5xx}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, paths: [/index.html], reason: the page of errors}
";

#[tokio::test]
async fn one_alarm_by_topic_bus_and_call_in_every_order_causes_each_command_once() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (station, ways) = (Station::with(TWO_TARGETS), deliveries(&raised(0)));
        for (position, way) in order.into_iter().enumerate() {
            let (request, event) = &ways[way];
            let outcome = station.gets("09:00:01", request, event).await;
            let expected = if position == 0 { ("acted", "routed") } else { ("held", "already-routed") };
            assert_eq!(outcome.verdicts(), [expected, expected], "{order:?} {request}");
            assert!(outcome.returned.is_empty());
        }
        assert_eq!(station.sent(), ["weather-site apply purge", "weather-site-secondary apply purge"]);
    }
}

#[tokio::test]
async fn the_files_of_one_change_in_three_deliveries_are_one_change() {
    let station = Station::with(&PURGE.replace("origin-5xx", "portfolio-api-5xx"));
    for (name, expected) in [
        ("same-by-eventbridge", "routed"),
        ("same-by-sns", "already-routed"),
        ("same-direct", "already-routed"),
    ] {
        assert_eq!(station.gets("10:15:31", name, &event(name)).await.report().why.code, expected);
    }
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn the_commands_of_one_alarm_are_sent_together_and_the_ledger_is_written_twice_for_each() {
    let station = Station::with(TWO_TARGETS);
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.calls, ["enter", "enter", "mark", "mark", "send 2 to invalidate-cache"]);
    let again = station.gets("09:00:02", "r-2", &raised(0).by_alarm()).await;
    assert_eq!(again.calls, ["enter", "enter"]);
}

#[tokio::test]
async fn one_correlation_joins_all_deliveries_reports_and_commands_of_an_alarm() {
    let station = Station::with(TWO_TARGETS);
    let mut correlations = Vec::new();
    for (request, event) in deliveries(&raised(0)) {
        let outcome = station.gets("09:00:01", request, &event).await;
        correlations.extend(outcome.reports.into_iter().map(|report| report.subject.correlation));
    }
    for command in station.outside().delivered() {
        correlations.push(command.body["origin"]["correlation"].as_str().unwrap().to_owned());
    }
    assert_eq!(correlations.len(), 8);
    correlations.dedup();
    assert_eq!(correlations.len(), 1);
    // Its next change is another story.
    let next = station.gets("09:05:01", "r-9", &recovered(300).by_bus()).await;
    assert_ne!(next.report().subject.correlation, correlations[0]);
}

#[tokio::test]
async fn a_command_says_what_why_and_whence() {
    let station = Station::with(TWO_TARGETS);
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let [first, second] = station.outside().delivered().try_into().unwrap();
    let report = &outcome.reports[0];
    assert_eq!(
        first.body,
        json!({
            "action": "invalidate",
            "target": "weather-site",
            "everything": true,
            "id": report.subject.id,
            "reason": "alarm `origin-5xx` went from OK to ALARM",
            "origin": {
                "source": "alarm",
                "correlation": report.subject.correlation,
                "alarm": "origin-5xx",
                "route": "purge",
                "at": "2026-11-21T09:00:00.345Z",
            },
        })
    );
    assert_eq!((first.function.as_str(), first.group.as_str()), ("invalidate-cache", "weather-site"));
    assert_eq!(
        (&second.body["reason"], &second.body["paths"]),
        (&json!("the page of errors"), &json!(["/index.html"]))
    );
    assert_ne!(first.deduplication, second.deduplication);
    assert_eq!(report.steps[0].details["message"], "message-1");
    assert_eq!(report.before.as_ref().unwrap()["from"], "OK");
}

#[tokio::test]
async fn an_alarm_reaches_its_effect_and_one_correlation_joins_both_reports() {
    let station = Station::with(PURGE);
    let routed = station.gets("09:00:01", "r-1", &raised(0).by_topic()).await;
    let [command] = station.outside().delivered().try_into().unwrap();

    let site = Site::with(ONE);
    let effect = site.gets(&queued(&command.body)).await;
    assert_eq!(effect.verdict(), ("acted", "invalidated"));
    assert_eq!(site.only(SITE).items, ["/*"]);
    let (routed, effect) = (routed.report(), effect.report());
    assert_eq!(effect.subject.correlation, routed.subject.correlation);
    assert_eq!((&effect.subject.id, effect.subject.source), (&routed.subject.id, routed.subject.source));
    assert!(effect.why.text.contains("alarm `origin-5xx` went from OK to ALARM"), "{}", effect.why.text);

    // And should the queue deliver it a second time, or the router send it again after all: one effect.
    let again = site.gets_at("2026-11-21T09:02:00Z", &queued(&command.body)).await;
    assert_eq!(again.verdict(), ("held", "already-invalidated"));
    site.only(SITE);
}

#[tokio::test]
async fn every_body_that_is_sent_is_one_that_the_function_takes() {
    let routes = "
routes:
  - name: everything
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
  - name: paths-and-tags
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, paths: [/a, '/b/*'], tags: [product-7], reason: r}]
  - name: asks
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, paths: [/c]}]
    approve: true
";
    let station = Station::with(routes);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let site = Site::with(ONE);
    let mut verdicts = Vec::new();
    for command in station.outside().delivered() {
        verdicts.push(site.gets(&queued(&command.body)).await.verdict());
    }
    assert_eq!(verdicts, [("acted", "invalidated"), ("acted", "invalidated"), ("planned", "invalidated")]);
}

#[tokio::test]
async fn two_routes_with_the_same_command_send_it_once_and_only_one_says_so() {
    let routes = "
routes:
  - name: by-name
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
  - name: by-metric
    when: {metric: 5xxErrorRate}
    then: [{action: invalidate, target: weather-site, everything: true}]
";
    let station = Station::with(routes);
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdicts(), [("acted", "routed"), ("held", "already-routed")]);
    assert_eq!(station.sent(), ["weather-site apply by-name"]);
    assert!(outcome.reports[1].why.text.starts_with("route `by-name` orders the same"));
}

#[tokio::test]
async fn a_route_that_may_not_act_leaves_the_same_command_to_another_that_may() {
    let routes = "
routes:
  - name: rests
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
    max-per-hour: 1
  - name: acts
    when: {metric: 5xxErrorRate}
    then: [{action: invalidate, target: weather-site, everything: true}]
";
    let station = Station::with(routes);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let outcome = station.gets("09:10:01", "r-2", &raised(600).by_bus()).await;
    assert_eq!(outcome.verdicts(), [("refused", "max-per-hour"), ("acted", "routed")]);
    assert_eq!(station.sent(), ["weather-site apply rests", "weather-site apply acts"]);
}

#[tokio::test]
async fn an_alarm_of_another_region_with_the_same_name_is_another_alarm() {
    let station = Station::with(&PURGE.replace("origin-5xx", "status-page-alb-5xx"));
    let there = event("other-region-eventbridge");
    let here = there.to_string().replace("eu-central-1", "us-east-1").parse().unwrap();
    for (request, event) in [("r-1", there), ("r-2", here)] {
        let outcome = station.gets("09:00:13", request, &event).await;
        assert_eq!(outcome.verdict(), ("acted", "routed"), "{request}");
    }
    let [one, other] = station.outside().delivered().try_into().unwrap();
    assert_ne!(one.deduplication, other.deduplication);
}

#[tokio::test]
async fn each_contributor_of_an_alarm_is_routed_for_itself() {
    let station = Station::with(&PURGE.replace("origin-5xx", "external-metrics-latency"));
    let names = [
        "contributor-eventbridge",
        "contributor-other-eventbridge",
        "contributor-in-sns",
        "contributor-direct",
    ];
    let mut codes = Vec::new();
    for name in names {
        codes.push(station.gets("09:00:13", name, &event(name)).await.report().why.code);
    }
    assert_eq!(codes, ["routed", "routed", "already-routed", "already-routed"]);
}

#[tokio::test]
async fn the_delayed_action_of_a_composite_alarm_acts_and_its_suppressed_event_does_not() {
    let station =
        Station::with(&PURGE.replace("{alarm: origin-5xx}", "{alarm: weather-site-down, from: [OK]}"));
    let suppressed = station.gets("09:00:13", "r-1", &event("composite-suppressed-eventbridge")).await;
    assert_eq!(suppressed.verdict(), ("held", "suppressed"));
    assert!(station.sent().is_empty());
    for (name, expected) in [
        ("composite-delayed-eventbridge", "routed"),
        ("composite-delayed-in-sns", "already-routed"),
        ("composite-delayed-direct", "already-routed"),
    ] {
        assert_eq!(station.gets("09:02:13", name, &event(name)).await.report().why.code, expected, "{name}");
    }
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn a_new_alarm_that_finds_all_well_is_no_recovery() {
    let station = Station::with(&PURGE.replace("{alarm: origin-5xx}", "{alarm: '*', to: [OK]}"));
    for name in ["first-ok-eventbridge", "first-ok-in-sns"] {
        let outcome = station.gets("09:30:00", name, &event(name)).await;
        assert_eq!(outcome.verdict(), ("held", "no-route"), "{name}");
    }
    let recovery = station.gets("09:30:00", "r-2", &event("recovery-direct")).await;
    assert_eq!(recovery.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn a_replay_acts_only_where_the_route_says_so_and_never_a_second_time() {
    let replayed = event("replayed-eventbridge");
    let station = Station::with(&PURGE.replace("origin-5xx", "weather-origin-5xx"));
    assert_eq!(station.gets("12:00:00", "r-1", &replayed).await.verdict(), ("held", "replayed"));
    assert!(station.sent().is_empty() && station.ledger().size() == 0);

    let station =
        Station::with(&format!("{}    replays: true\n", PURGE.replace("origin-5xx", "weather-origin-5xx")));
    assert_eq!(station.gets("12:00:00", "r-1", &replayed).await.verdict(), ("acted", "routed"));
    assert_eq!(station.gets("12:30:00", "r-2", &replayed).await.verdict(), ("held", "already-routed"));
    // What was acted on when it happened is not acted on when it is replayed.
    let original = station.gets("12:31:00", "r-3", &event("metric-direct")).await;
    assert_eq!(original.verdict(), ("held", "already-routed"));
}

#[tokio::test]
async fn plan_mode_says_what_would_be_sent_and_writes_nothing() {
    let routes = format!("{TWO_TARGETS}    cooldown: 30m\n    max-per-hour: 4\n");
    let station = Station::with(&routes).in_plan_mode();
    for (request, event) in deliveries(&raised(0)) {
        let outcome = station.gets("09:00:01", request, &event).await;
        assert_eq!(outcome.verdicts(), [("planned", "routed"), ("planned", "routed")]);
        assert_eq!(outcome.calls, ["look", "look"]);
        assert_eq!(outcome.reports[0].steps[0].details["target"], "weather-site");
    }
    assert_eq!((station.ledger().size(), station.sent().len()), (0, 0));
}

#[tokio::test]
async fn an_alarm_that_is_redelivered_as_the_same_message_keeps_its_delivery_in_every_envelope() {
    // Whoever takes up its own claim again must be known by the same name.
    let change = raised(0);
    for event in [change.by_topic(), queued(&change.notification()), queued(&change.by_bus())] {
        let [one, other] = ["request-1", "request-2"].map(|request| decode(&event, request).unwrap());
        assert_eq!(one.records[0].id, other.records[0].id);
    }
}
