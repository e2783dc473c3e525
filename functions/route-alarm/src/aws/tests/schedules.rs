//! Schedules that wake the router once: what is asked of the shell's scheduler, and what its faults become.

use serde_json::json;

use super::*;

fn wake() -> Wake {
    let at = "2026-11-21T09:05:00.345Z".parse().unwrap();
    Wake { name: "hold-down-1".to_owned(), at, input: json!({"action": "recheck"}) }
}

#[test]
fn a_wake_is_a_schedule_in_a_group_of_its_own() {
    let OneTime { name, at, input, message_group } = one_time(&wake());
    assert_eq!((name.as_str(), message_group.as_str()), ("hold-down-1", "hold-down-1"));
    assert_eq!((at, input), (wake().at, wake().input));
}

#[test]
fn a_schedulers_fault_is_a_fault_of_the_way_out() {
    for (class, code, is_transient) in [
        (Some(FaultClass::Throttled), "throttled", true),
        (Some(FaultClass::Denied), "access-denied", false),
        (None, "deadline", true),
    ] {
        let (operation, source) = ("make the schedule hold-down-1".to_owned(), "no".into());
        let fault = Fault::from(ScheduleFault { operation, class, source });
        assert_eq!(shown(&fault), (class, "failed to make the schedule hold-down-1: no".to_owned()));
        assert_eq!((fault.code(), fault.is_transient()), (code, is_transient));
    }
}

#[tokio::test]
async fn nothing_is_made_without_a_group() {
    let fault = Rules::default().clients().until(left(60)).wake_at(&wake()).await.unwrap_err();
    let text = "failed to make the schedule hold-down-1: `LAMPLIGHTER_SCHEDULE_GROUP` is not set";
    assert_eq!(shown(&fault), (Some(FaultClass::NotFound), text.to_owned()));
}
