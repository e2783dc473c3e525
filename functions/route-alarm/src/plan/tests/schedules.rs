//! What is put off, and the schedule that brings it back.

use super::*;

#[test]
fn without_schedules_a_hold_down_sends_nothing_and_a_mute_says_that_nobody_looks_again() {
    for (order, expected) in [
        (
            hold_down(),
            expect![
                "refuse schedules-unset: nothing was sent: `LAMPLIGHTER_SCHEDULE_GROUP` is not set, and a hold-down needs it"
            ],
        ),
        (
            mute(),
            expect![
                "hold muted: the alarm's actions are muted until 2026-11-21T10:00:00Z; nobody looks again then, as no schedules are configured"
            ],
        ),
    ] {
        let world = World { schedules: false, ..world(Passed) };
        expected.assert_eq(&line(&plan(&order, &world)));
    }
    let denied = World { schedules: false, ..world(Denied(vec![older()])) };
    assert_eq!(plan(&hold_down(), &denied).why().code(), "stale");
}

#[test]
fn a_schedule_is_the_same_for_the_same_alarm_state_route_and_cause_whatever_brought_it() {
    let wake = |order: &Order<'_>| match plan(order, &world(Passed)) {
        Plan::Act { mut steps, .. } => match steps.remove(0) {
            Step::ScheduleRecheck(wake) => wake,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    let first = wake(&hold_down());
    let later = World { delivery: "d-2".to_owned(), now: at("09:03:00"), ..world(Passed) };
    let Plan::Act { steps, .. } = plan(&hold_down(), &later) else { panic!("it was planned at first") };
    assert_eq!(steps, [Step::ScheduleRecheck(first.clone())]);
    assert!(first.name.len() <= 64 && first.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));

    let other_time = of_alarm(shared::event::Alarm { at: at("09:00:00.001"), ..alarm() });
    let other_alarm = of_alarm(shared::event::Alarm { contributor: Some("c".to_owned()), ..alarm() });
    let others = [
        Order { signal: &other_time, ..hold_down() },
        Order { signal: &other_alarm, ..hold_down() },
        Order { route: Some(crate::examples::route("asks")), ..hold_down() },
        mute(),
    ];
    for other in &others {
        assert_ne!(wake(other).name, first.name);
    }
    expect![[r#"
        {
          "action": "recheck",
          "id": "recheck-8157d39fb8ecd708cc094c1643052a84",
          "route": "purge",
          "alarm": {
            "name": "a",
            "arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a",
            "account": "123456789012",
            "region": "us-east-1",
            "metrics": [
              {
                "namespace": "AWS/CloudFront",
                "name": "5xxErrorRate",
                "dimensions": {
                  "DistributionId": "E1EXAMPLE"
                }
              }
            ],
            "from": "OK",
            "to": "ALARM",
            "at": "2026-11-21T09:00:00Z",
            "reason": "1 datapoint was above 10.0"
          },
          "origin": {
            "source": "schedule",
            "correlation": "c582d3c473a8301f755b5d411745eda3"
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&first.input).unwrap());
    assert_eq!(wake(&mute()).input.get("route"), None);
}

#[test]
fn a_step_shows_what_it_sends_to_whom_and_a_schedule_when_it_wakes() {
    let steps = [send(), propose(), hold_down()].map(|order| match plan(&order, &world(Passed)) {
        Plan::Act { steps, .. } => json!({steps[0].name(): steps[0].details()}).to_string(),
        other => panic!("{other:?}"),
    });
    expect![[r#"
        {"send-command":{"function":"invalidate-cache","action":"invalidate","target":"site","id":"4b374928cf5be08b82c9d52418c87b27","command_mode":"apply"}}
        {"send-command":{"function":"invalidate-cache","action":"invalidate","target":"site","id":"0015e7e88e024134009ea7d632ed967f","command_mode":"plan"}}
        {"schedule-recheck":{"schedule":"hold-down-8157d39fb8ecd708cc094c1643052a84","at":"2026-11-21T09:05:00Z"}}"#]].assert_eq(&steps.join("\n"));
}
