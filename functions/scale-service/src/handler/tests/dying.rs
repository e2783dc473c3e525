//! The process dies at each of its calls, and the next delivery makes good exactly what was missing.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::fault::FaultClass;

use super::mortal::Death;
use super::{Stage, boost, command, end_of, only, park, profile, restore, set};

/// Every action that changes something, and what has to come before it.
fn actions() -> [(&'static str, Vec<Value>, Value); 9] {
    [
        ("set", vec![], json!({"action": "set", "min": 4, "max": 9, "desired": 5})),
        ("set under a boost", vec![boost(2)], json!({"action": "set", "min": 3, "max": 9, "desired": 5})),
        ("profile", vec![], profile("day")),
        ("profile under a boost", vec![boost(2)], profile("day")),
        ("boost", vec![], boost(2)),
        ("second boost", vec![boost(2)], boost(1)),
        ("park", vec![], park()),
        ("restore", vec![park()], restore()),
        ("end of a boost", vec![boost(2)], end_of("before-0")),
    ]
}

async fn ready(target: &str, before: &[Value]) -> Stage {
    let stage = Stage::new();
    for (number, action) in before.iter().enumerate() {
        let mut order = command(&format!("before-{number}"), action);
        order["target"] = target.into();
        stage.gets("08:50:00", "r", &order).await;
    }
    stage
}

#[tokio::test]
async fn at_whatever_call_it_dies_the_redelivery_ends_where_the_first_would_have() {
    let mut deaths = 0;
    for target in ["api", "worker"] {
        for (name, before, action) in actions() {
            let mut order = command("c-1", &action);
            order["target"] = target.into();
            let reference = ready(target, &before).await;
            assert!(only(&reference.gets("09:00:00", "r-1", &order).await).starts_with("acted "), "{name}");
            for death in [Death::Before, Death::After] {
                for call in 0.. {
                    let case = format!("{name} of {target}, dies {death:?} call {call}");
                    let stage = ready(target, &before).await;
                    stage.mortal.dies_at(call, death);
                    let first = only(&stage.gets("09:00:00", "r-1", &order).await);
                    if !stage.mortal.revives() {
                        assert!(first.starts_with("acted "), "{case}: {first}");
                        break;
                    }
                    deaths += 1;
                    let second = only(&stage.gets("09:00:00", "r-1", &order).await);
                    assert!(!second.starts_with("failed"), "{case}: {second}");
                    assert_eq!(stage.snapshot(), reference.snapshot(), "{case}: {first}, then {second}");
                    let third = only(&stage.gets("09:00:00", "r-1", &order).await);
                    assert_eq!(third, "held already-done", "{case}");
                    assert_eq!(stage.snapshot(), reference.snapshot(), "{case}, then again");
                }
            }
        }
    }
    assert!(deaths > 150, "{deaths} deaths");
}

/// A step fails, and the next delivery comes when the first one's lease has ended.
async fn check(action: &Value, failing: &str, expected: Expect) {
    let stage = Stage::new();
    let order = command("c-1", action);
    if *action == restore() {
        stage.gets("08:50:00", "r-0", &command("c-0", &park())).await;
    }
    stage.services().fail_next(failing, Some(FaultClass::Throttled));
    let first = only(&stage.gets("09:00:00", "r-1", &order).await);
    let second = only(&stage.gets("09:01:30", "r-2", &order).await);
    expected.assert_eq(&format!("{first}\n{second}"));
}

#[tokio::test]
async fn a_report_says_which_steps_were_applied_and_which_were_not_attempted() {
    check(&boost(2), "observe", expect![[r#"
        failed throttled
        acted boosted: save-size applied, schedule-restore applied, set-bounds applied, set-desired already"#]]).await;
    check(&boost(2), "send-at", expect![[r#"
        failed throttled: save-size applied, schedule-restore failed, set-bounds not-attempted, set-desired not-attempted
        acted boosted: schedule-restore applied, set-bounds applied, set-desired already"#]]).await;
    check(&boost(2), "set-bounds", expect![[r#"
        failed throttled: save-size applied, schedule-restore applied, set-bounds failed, set-desired not-attempted
        acted boosted: schedule-restore already, set-bounds applied, set-desired already"#]]).await;
    check(
        &park(),
        "set-bounds",
        expect![[r#"
        failed throttled: save-size applied, set-bounds failed, set-desired not-attempted
        acted parked: set-bounds applied, set-desired applied"#]],
    )
    .await;
    check(
        &park(),
        "set-desired",
        expect![[r#"
        failed throttled: save-size applied, set-bounds applied, set-desired failed
        held already-parked"#]],
    )
    .await;
    check(
        &restore(),
        "set-bounds",
        expect![[r#"
        failed throttled: set-bounds failed, set-desired not-attempted, forget-size not-attempted
        acted restored: set-bounds applied, set-desired applied, forget-size applied"#]],
    )
    .await;
    check(
        &restore(),
        "set-desired",
        expect![[r#"
        failed throttled: set-bounds applied, set-desired failed, forget-size not-attempted
        acted restored: set-desired applied, forget-size applied"#]],
    )
    .await;
    check(
        &profile("day"),
        "scheduled",
        expect![[r#"
        failed throttled
        acted profile-set: set-bounds applied"#]],
    )
    .await;
}

#[tokio::test]
async fn a_failure_says_whether_it_passes_by_itself() {
    for (class, code, words) in [
        (Some(FaultClass::Throttled), "throttled", "delivered again"),
        (Some(FaultClass::Unavailable), "unavailable", "delivered again"),
        (None, "deadline", "delivered again"),
        (Some(FaultClass::Denied), "access-denied", "until the cause is repaired"),
        (Some(FaultClass::Rejected), "rejected", "until the cause is repaired"),
    ] {
        let stage = Stage::new();
        stage.services().fail_next("set-desired", class);
        let reports = stage.gets("09:00:00", "r-1", &command("c-1", &set(5))).await;
        assert_eq!(only(&reports), format!("failed {code}: set-desired failed"));
        let report = &reports[0];
        assert!(report.next.as_ref().unwrap().contains(words), "{code}: {:?}", report.next);
        assert!(report.error.as_ref().unwrap().text.contains("made to fail"), "{code}");
        assert!(report.before.is_some() && report.after.is_none(), "{code}");
    }
}
