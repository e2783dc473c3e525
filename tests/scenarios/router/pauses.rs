//! Pauses: somebody wants nothing to be done for a while.

use serde_json::{Value, json};
use shared::fault::FaultClass;
use shared::report::ErrorType;

use super::{PURGE, Station, alarm, event, raised};

fn pause(scope: &str) -> Value {
    json!({"action": "pause", "scope": scope, "for": "1h", "reason": "release 42", "who": "ada"})
}

fn resume(scope: &str) -> Value {
    json!({"action": "resume", "scope": scope, "who": "ben"})
}

/// The station's second target has a route too.
const BOTH: &str = "
routes:
  - name: purge
    when: {alarm: 'origin-*'}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, everything: true}
";

#[tokio::test]
async fn a_pause_of_everything_a_function_or_a_target_stops_what_it_names() {
    for (scope, expected) in [
        ("all", [("refused", "paused"); 2]),
        ("invalidate-cache", [("refused", "paused"); 2]),
        ("weather-site", [("refused", "paused"), ("acted", "routed")]),
    ] {
        let station = Station::with(BOTH);
        let begun = station.gets("09:00:00", "p-1", &pause(scope)).await;
        assert_eq!(begun.verdict(), ("acted", "pause-begun"));
        assert_eq!(begun.report().after.as_ref().unwrap()["pause"]["until"], "2026-11-21T10:00:00Z");
        let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
        assert_eq!(outcome.verdicts(), expected, "{scope}");
        let text = &outcome.reports[0].why.text;
        assert!(text.contains("by ada until 2026-11-21T10:00:00Z: release 42"), "{text}");
        assert!(outcome.reports[0].next.as_ref().unwrap().contains("resume"));
        assert!(outcome.returned.is_empty());
    }
}

#[tokio::test]
async fn a_pause_ends_by_itself_or_by_resume() {
    let station = Station::with(PURGE);
    station.gets("09:00:00", "p-1", &pause("all")).await;
    let inside = station.gets("09:59:59.999", "r-1", &raised(3_599).by_bus()).await;
    assert_eq!(inside.verdict(), ("refused", "paused"));
    let outside = station.gets("10:00:00", "r-2", &alarm("origin-5xx", 3_599).by_alarm()).await;
    assert_eq!(outside.verdict(), ("acted", "routed"));

    let station = Station::with(PURGE);
    station.gets("09:00:00", "p-1", &pause("all")).await;
    let ended = station.gets("09:10:00", "p-2", &resume("all")).await;
    assert_eq!(ended.verdict(), ("acted", "pause-ended"));
    assert!(ended.report().why.text.contains("ben ended the pause of all that ada began: release 42"));
    assert_eq!(station.gets("09:10:01", "r-1", &raised(600).by_bus()).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn resume_ends_only_the_pause_that_it_names() {
    let station = Station::with(PURGE);
    station.gets("09:00:00", "p-1", &pause("all")).await;
    station.gets("09:00:01", "p-2", &pause("weather-site")).await;
    assert_eq!(station.gets("09:00:02", "p-3", &resume("all")).await.verdict(), ("acted", "pause-ended"));
    assert_eq!(station.gets("09:00:03", "r-1", &raised(0).by_bus()).await.verdict(), ("refused", "paused"));
    let none = station.gets("09:00:04", "p-4", &resume("invalidate-cache")).await;
    assert_eq!(none.verdict(), ("held", "not-paused"));
    // One that has ended by itself is not in force either.
    assert_eq!(
        station.gets("10:00:01", "p-5", &resume("weather-site")).await.verdict(),
        ("held", "not-paused")
    );
}

#[tokio::test]
async fn an_order_that_comes_again_neither_lengthens_a_pause_nor_ends_another() {
    let station = Station::with(PURGE);
    station.gets("09:00:00", "p-1", &pause("all")).await;
    assert_eq!(station.gets("09:30:00", "p-1", &pause("all")).await.verdict(), ("held", "already-done"));
    assert_eq!(station.status("09:30:01").await["pauses"][0]["until"], "2026-11-21T10:00:00Z");
    station.gets("09:40:00", "p-2", &resume("all")).await;
    station.gets("09:41:00", "p-3", &pause("all")).await;
    assert_eq!(station.gets("09:42:00", "p-2", &resume("all")).await.verdict(), ("held", "already-done"));
    assert_eq!(station.status("09:43:00").await["pauses"][0]["until"], "2026-11-21T10:41:00Z");
    // A new order for the same replaces it.
    station.gets("09:50:00", "p-4", &pause("all")).await;
    assert_eq!(station.status("09:51:00").await["pauses"][0]["until"], "2026-11-21T10:50:00Z");
}

#[tokio::test]
async fn orders_of_different_kinds_may_share_an_id() {
    // A script names both after its release.
    let station = Station::with(PURGE);
    let [mut begin, mut end] = [pause("all"), resume("all")];
    begin["id"] = json!("release-42");
    end["id"] = json!("release-42");
    assert_eq!(station.gets("09:00:00", "p-1", &begin).await.verdict(), ("acted", "pause-begun"));
    assert_eq!(station.gets("09:10:00", "p-2", &end).await.verdict(), ("acted", "pause-ended"));
    assert_eq!(station.status("09:11:00").await["pauses"], json!([]));
}

#[tokio::test]
async fn a_crash_in_the_middle_of_an_order_is_made_good_when_it_comes_again() {
    for call in ["enter", "pause", "mark"] {
        let station = Station::with(PURGE);
        station.ledger().lose_answer_of_next(call);
        let first = station.gets("09:00:00", "p-1", &pause("all")).await;
        assert_eq!((first.verdict(), first.returned.len()), (("failed", "ledger-unavailable"), 1), "{call}");
        let again = station.gets("09:01:00", "p-1", &pause("all")).await;
        assert!(again.returned.is_empty(), "{call}");
        assert_eq!(
            station.gets("09:02:00", "r-1", &raised(0).by_bus()).await.verdict(),
            ("refused", "paused")
        );
    }
}

#[tokio::test]
async fn a_scope_that_nothing_is_called_is_an_error_that_names_what_there_is() {
    let station = Station::with(PURGE);
    for order in [pause("wether-site"), resume("wether-site"), pause("failover-dns")] {
        let outcome = station.gets("09:00:00", "p-1", &order).await;
        assert_eq!((outcome.verdict(), outcome.returned.len()), (("failed", "invalid-command"), 1));
        assert_eq!(outcome.report().error.as_ref().unwrap().kind, ErrorType::InvalidCommand);
        let expected = "expected `all`, a target (weather-site, weather-site-secondary) or a function (invalidate-cache)";
        assert!(outcome.report().why.text.ends_with(expected), "{}", outcome.report().why.text);
    }
    assert_eq!(station.ledger().size(), 0);
}

#[tokio::test]
async fn a_pause_says_why_and_for_how_long() {
    let station = Station::with(PURGE);
    for (name, field) in [
        ("command-pause-without-reason", "reason"),
        ("command-pause-bad-duration", "for"),
        ("command-pause-unknown-field", "until"),
    ] {
        let outcome = station.gets("09:00:00", "p-1", &event(name)).await;
        assert_eq!(outcome.verdict(), ("failed", "invalid-command"), "{name}");
        assert!(outcome.report().why.text.starts_with(&format!("field `{field}`")), "{name}");
    }
    assert_eq!(station.ledger().size(), 0);
}

#[tokio::test]
async fn the_files_of_orders_do_what_they_say() {
    let station = Station::with(PURGE);
    for (name, expected) in [
        ("command-pause", ("acted", "pause-begun")),
        ("command-pause-target", ("acted", "pause-begun")),
        ("command-pause-function", ("acted", "pause-begun")),
        ("schedule-pause", ("acted", "pause-begun")),
        ("command-status", ("held", "status")),
        ("command-resume", ("acted", "pause-ended")),
        ("command-approve", ("refused", "approval-unknown")),
        ("command-of-another-function", ("failed", "invalid-command")),
    ] {
        assert_eq!(station.gets("09:00:00", name, &event(name)).await.verdict(), expected, "{name}");
    }
    let status = station.status("09:00:01").await;
    let scopes: Vec<&Value> =
        status["pauses"].as_array().unwrap().iter().map(|pause| &pause["scope"]).collect();
    assert_eq!(scopes, ["invalidate-cache", "weather-site"]);
}

#[tokio::test]
async fn a_paused_command_neither_rests_nor_counts_and_the_next_alarm_after_the_pause_acts() {
    let station = Station::with(&format!("{PURGE}    cooldown: 30m\n    max-per-hour: 1\n"));
    station.gets("09:00:00", "p-1", &pause("all")).await;
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    station.gets("09:01:00", "p-2", &resume("all")).await;
    assert_eq!(station.gets("09:01:02", "r-2", &raised(60).by_bus()).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn a_pause_begun_between_a_crash_and_its_redelivery_counts() {
    let station = Station::with(PURGE);
    station.outside().fail_next("send", FaultClass::Throttled);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    station.gets("09:00:30", "p-1", &pause("weather-site")).await;
    let again = station.gets("09:01:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(again.verdict(), ("refused", "paused"));
    assert!(station.sent().is_empty());
}

#[tokio::test]
async fn a_pause_stops_no_report() {
    let routes = "{routes: [{name: told, when: {alarm: origin-5xx}, report: look at the origin}], targets: {}, version: 1}";
    let station = Station::of(routes);
    station.gets("09:00:00", "p-1", &pause("all")).await;
    assert_eq!(station.gets("09:00:01", "r-1", &raised(0).by_bus()).await.verdict(), ("held", "reported"));
    assert_eq!(
        station.gets("09:00:02", "r-2", &alarm("b", 0).by_bus()).await.verdict(),
        ("held", "no-route")
    );
}

#[tokio::test]
async fn in_plan_mode_no_pause_begins_and_none_ends() {
    let station = Station::with(PURGE);
    let mut dry = pause("all");
    dry["mode"] = json!("plan");
    assert_eq!(station.gets("09:00:00", "p-1", &dry).await.verdict(), ("planned", "pause-begun"));
    assert_eq!(station.ledger().size(), 0);
    station.gets("09:00:01", "p-2", &pause("all")).await;
    let mut dry = resume("all");
    dry["mode"] = json!("plan");
    assert_eq!(station.gets("09:00:02", "p-3", &dry).await.verdict(), ("planned", "pause-ended"));
    assert_eq!(station.gets("09:00:03", "r-1", &raised(0).by_bus()).await.verdict(), ("refused", "paused"));
    // What was tried dry can be ordered for real under the same id.
    assert_eq!(station.gets("09:00:04", "p-3", &resume("all")).await.verdict(), ("acted", "pause-ended"));
}

#[tokio::test]
async fn status_shows_who_paused_what_why_and_until_when() {
    let station = Station::with(PURGE);
    station.gets("09:00:00", "p-1", &pause("weather-site")).await;
    let state = station.status("09:01:00").await;
    assert_eq!(
        state["pauses"],
        json!([{
            "scope": "weather-site",
            "since": "2026-11-21T09:00:00Z",
            "until": "2026-11-21T10:00:00Z",
            "reason": "release 42",
            "who": "ada",
        }])
    );
}

#[tokio::test]
async fn a_shorter_pause_does_not_cut_a_longer_one_short_and_a_longer_one_lengthens_it() {
    let station = Station::with(PURGE);
    let lasting = |period: &str, who: &str| json!({"action": "pause", "scope": "all", "for": period, "reason": "release", "who": who});
    station.gets("09:00:00", "p-1", &lasting("2h", "ada")).await;
    let shorter = station.gets("09:10:00", "p-2", &lasting("30m", "ben")).await;
    assert_eq!(shorter.verdict(), ("held", "pause-in-force"));
    assert!(shorter.report().why.text.contains("by ada until 2026-11-21T11:00:00Z"));
    assert_eq!(station.status("09:11:00").await["pauses"][0]["who"], "ada");
    let longer = station.gets("09:20:00", "p-3", &lasting("2h", "ben")).await;
    assert_eq!(longer.verdict(), ("acted", "pause-begun"));
    assert_eq!(station.status("09:21:00").await["pauses"][0]["until"], "2026-11-21T11:20:00Z");
    // What has ended by itself keeps nobody from a short one.
    let later = station.gets("11:20:00", "p-4", &lasting("5m", "ada")).await;
    assert_eq!(later.verdict(), ("acted", "pause-begun"));
}
