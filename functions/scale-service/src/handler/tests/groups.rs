//! Groups: an order and a report for each member, whatever becomes of the others.

use expect_test::{Expect, expect};
use serde_json::Value;
use shared::fault::FaultClass;
use shared::report::Report;

use super::{Stage, boost, command, line, park, restore, set};
use crate::examples::{size, tasks};

fn to_both(id: &str, action: &Value) -> Value {
    let mut order = command(id, action);
    order["target"] = "both".into();
    order
}

fn lines(reports: &[Report]) -> String {
    let lines = reports.iter().map(|report| format!("{}: {}", report.subject.target, line(report)));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn every_service_of_a_group_is_scaled_and_all_are_looked_at_together() {
    let stage = Stage::new();
    let reports = stage.gets("09:00:00", "r-1", &to_both("c-1", &park())).await;
    expect![[r#"
        api: acted parked: save-size applied, set-bounds applied, set-desired applied
        worker: acted parked: save-size applied, set-desired applied"#]]
    .assert_eq(&lines(&reports));
    assert_eq!((stage.size().desired, stage.other_size()), (0, tasks(0)));
    expect![[r#"
        observe service/portfolio-dev/api service/portfolio-dev/worker
        set-bounds service/portfolio-dev/api
        set-desired service/portfolio-dev/api
        set-desired service/portfolio-dev/worker"#]]
    .assert_eq(&stage.services().take_calls().join("\n"));
    let reports = stage.gets("09:10:00", "r-2", &to_both("c-2", &restore())).await;
    expect![[r#"
        api: acted restored: set-bounds applied, set-desired applied, forget-size applied
        worker: acted restored: set-desired applied, forget-size applied"#]]
    .assert_eq(&lines(&reports));
    assert_eq!((stage.size(), stage.other_size()), (size(3, 2, 8), tasks(2)));
}

/// One member has trouble; the redelivery does what is missing, and only that.
async fn check(trouble: impl Fn(&Stage), action: &Value, expected: Expect) -> Stage {
    let stage = Stage::new();
    trouble(&stage);
    let order = to_both("c-1", action);
    let first = lines(&stage.gets("09:00:00", "r-1", &order).await);
    let second = lines(&stage.gets("09:01:30", "r-1", &order).await);
    expected.assert_eq(&format!("{first}\nagain\n{second}"));
    stage
}

#[tokio::test]
async fn a_member_that_fails_or_is_refused_does_not_stop_the_others() {
    let denied = Some(FaultClass::Denied);
    let stage = check(
        |stage| stage.services().fail_next("set-desired service/portfolio-dev/api", denied),
        &set(5),
        expect![[r#"
            api: failed access-denied: set-desired failed
            worker: acted set: set-desired applied
            again
            api: acted set: set-desired applied
            worker: held already-done"#]],
    )
    .await;
    assert_eq!((stage.size().desired, stage.other_size().desired), (5, 5));
    check(
        |stage| stage.services().fail_next("set-desired service/portfolio-dev/worker", denied),
        &set(5),
        expect![[r#"
            api: acted set: set-desired applied
            worker: failed access-denied: set-desired failed
            again
            api: held already-done
            worker: acted set: set-desired applied"#]],
    )
    .await;
    check(
        |stage| stage.services().change(stage.api(), |found| found.state.daemon = true),
        &boost(1),
        expect![[r#"
            api: refused daemon-service
            worker: acted boosted: save-size applied, schedule-restore applied, set-desired applied
            again
            api: refused daemon-service
            worker: held already-done"#]],
    )
    .await;
    check(
        |stage| stage.services().fail_next("observe", denied),
        &set(5),
        expect![[r#"
        api: failed access-denied
        worker: failed access-denied
        again
        api: acted set: set-desired applied
        worker: acted set: set-desired applied"#]],
    )
    .await;
}

#[tokio::test]
async fn a_member_that_was_done_as_such_is_held_when_its_group_is_ordered_the_same() {
    let stage = Stage::new();
    stage.gets("09:00:00", "r-1", &command("c-0", &park())).await;
    let reports = stage.gets("09:00:00", "r-2", &to_both("c-1", &park())).await;
    expect![[r#"
        api: held already-parked
        worker: acted parked: save-size applied, set-desired applied"#]]
    .assert_eq(&lines(&reports));
}
