//! The same again: once is enough.

use serde_json::Value;

use super::{Stage, boost, command, end_of, line, only, park, profile, restore, set};

/// Every action, what has to come before it, and what becomes of it when it is ordered anew.
fn actions() -> [(&'static str, Vec<Value>, Value, &'static str); 7] {
    [
        ("set", vec![], set(5), "held already-so"),
        ("profile", vec![], profile("day"), "held already-so"),
        ("boost", vec![], boost(2), "acted boosted"),
        ("park", vec![], park(), "held already-parked"),
        ("restore", vec![park()], restore(), "refused nothing-saved"),
        ("end of a boost", vec![boost(2)], end_of("before-0"), "held superseded"),
        ("end of one of two", vec![boost(2), boost(1)], end_of("before-0"), "held superseded"),
    ]
}

/// A stage on which everything has happened that comes before an action.
async fn ready(target: &str, before: &[Value]) -> Stage {
    let stage = Stage::new();
    for (number, action) in before.iter().enumerate() {
        let order = of(target, &format!("before-{number}"), action);
        assert!(only(&stage.gets("08:50:00", "r", &order).await).starts_with("acted"));
    }
    stage
}

fn of(target: &str, id: &str, action: &Value) -> Value {
    let mut order = command(id, action);
    order["target"] = target.into();
    order
}

#[tokio::test]
async fn every_order_twice_has_the_effects_of_once() {
    for target in ["api", "worker"] {
        for (name, before, action, anew) in actions() {
            let stage = ready(target, &before).await;
            let order = of(target, "c-1", &action);
            let first = only(&stage.gets("09:00:00", "r-1", &order).await);
            assert!(first.starts_with("acted "), "{name} of {target}: {first}");
            let once = stage.snapshot();
            for (time, request) in [("09:00:01", "r-1"), ("09:00:02", "r-2"), ("09:10:00", "r-1")] {
                let again = only(&stage.gets(time, request, &order).await);
                assert_eq!(again, "held already-done", "{name} of {target}");
                assert_eq!(stage.snapshot(), once, "{name} of {target}");
            }
            // As another command it is another wish, which most find fulfilled.
            let other = stage.gets("09:11:00", "r-3", &of(target, "c-2", &action)).await;
            assert!(line(&other[0]).starts_with(anew), "{name} of {target}: {}", line(&other[0]));
            assert_eq!(stage.snapshot() == once, name != "boost", "{name} of {target}");
        }
    }
}

#[tokio::test]
async fn what_was_held_or_done_is_not_looked_at_again_and_what_was_refused_is() {
    let stage = Stage::new();
    stage.gets("09:00:00", "r-1", &command("c-1", &set(3))).await;
    stage.services().take_calls();
    assert_eq!(only(&stage.gets("09:00:01", "r-2", &command("c-1", &set(3))).await), "held already-done");
    assert!(stage.services().take_calls().is_empty());

    let restoring = command("c-2", &restore());
    assert_eq!(only(&stage.gets("09:00:02", "r-3", &restoring).await), "refused nothing-saved");
    assert_eq!(stage.ledger().claim("scale-service/api/c-2"), None);
    stage.gets("09:00:03", "r-4", &command("c-3", &park())).await;
    let again = only(&stage.gets("09:00:04", "r-3", &restoring).await);
    assert_eq!(again, "acted restored: set-bounds applied, set-desired applied, forget-size applied");
}

#[tokio::test]
async fn whoever_is_done_gives_the_lease_back() {
    let stage = Stage::new();
    for (number, action) in [set(5), set(40), restore(), boost(1), park(), park()].iter().enumerate() {
        stage.gets("09:00:00", &format!("r-{number}"), &command(&format!("c-{number}"), action)).await;
        assert_eq!(stage.ledger().lease("api"), None, "{action}");
    }
}
