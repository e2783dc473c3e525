//! The process dies at each of its calls, and the next delivery makes good exactly what was missing.

use super::mortal::Death;
use super::{Stage, command, minutes, only, to};
use crate::examples::{copy_of, failed, hours, night, weather, west};
use crate::fake::instance;

fn ready(action: &str) -> Stage {
    let stage = if action == "verify" { Stage::with(super::drills::TARGETS) } else { Stage::new() };
    stage.has([10, 11, 18, 20].map(|day| night(&weather(), day)));
    stage.rds().put_snapshot(&west(), failed(copy_of(&night(&weather(), 20), &west())));
    stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), 18), &west()));
    stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), 10), &west()));
    stage
}

/// Everything, but for the time at which a drill was begun.
async fn comes_to(stage: &Stage, order: &serde_json::Value) -> String {
    for _ in 0..3 {
        stage.gets("r-1", order).await;
    }
    stage.picture()
}

#[tokio::test]
async fn at_whatever_call_it_dies_the_redelivery_ends_where_the_first_would_have() {
    let mut deaths = 0;
    for action in ["take", "copy", "expire", "verify", "reconcile"] {
        let order = command("c-1", action);
        let reference = ready(action);
        assert!(only(&reference.gets("r-1", &order).await).starts_with("acted "), "{action}");
        let reference = comes_to(&reference, &order).await;
        for death in [Death::Before, Death::After] {
            for call in 0.. {
                let case = format!("{action}, dies {death:?} call {call}");
                let stage = ready(action);
                stage.mortal.dies_at(call, death);
                let first = only(&stage.gets("r-1", &order).await);
                if !stage.mortal.revives() {
                    assert!(first.starts_with("acted "), "{case}: {first}");
                    break;
                }
                deaths += 1;
                let second = only(&stage.gets("r-1", &order).await);
                assert!(!second.starts_with("failed"), "{case}: {first}, then {second}");
                assert_eq!(comes_to(&stage, &order).await, reference, "{case}: {first}, then {second}");
                assert_eq!(stage.ledger().lease("weather-db"), None, "{case}");
            }
        }
    }
    assert!(deaths > 60, "{deaths} deaths");
}

/// A lease that a dead process did not give back keeps others out only until that process would have ended.
#[tokio::test]
async fn another_delivery_goes_on_when_the_lease_has_ended() {
    let stage = Stage::new();
    stage.mortal.dies_at(4, Death::After);
    stage.gets("r-1", &command("c-1", "take")).await;
    assert!(stage.mortal.revives());
    assert_eq!(only(&stage.gets("r-2", &command("c-2", "reconcile")).await), "failed lease-busy");
    stage.rds().advance(minutes(1));
    let later = only(&stage.gets("r-2", &command("c-2", "reconcile")).await);
    assert!(!later.starts_with("failed"), "{later}");
}

/// Days in which every tenth call fails: in the end all is as it should be, and nothing was lost.
#[tokio::test]
async fn with_faults_at_every_turn_it_still_comes_right() {
    for seed in 0..20 {
        let stage = Stage::new();
        stage.rds().put(instance("other"));
        stage.rds().seed(seed);
        stage.rds().fail_often(100, crate::examples::THROTTLED);
        stage.rds().fail_some(100, 100);
        for hour in 0..24 * 8 {
            stage.gets("r", &super::reconcile_all(&format!("hour-{hour}"))).await;
            stage.rds().advance(hours(1));
            // RDS says `available` again some time after a snapshot of which nothing came.
            for database in stage.rds().all_databases().iter().filter(|it| it.status == "backing-up") {
                stage
                    .rds()
                    .change_database(&database.id, |it| "available".clone_into(&mut it.database.status));
            }
        }
        stage.rds().fail_often(0, crate::examples::THROTTLED);
        stage.rds().fail_some(0, 0);
        for hour in 0..30 {
            stage.gets("r", &super::reconcile_all(&format!("last-{hour}"))).await;
            stage.rds().advance(hours(1));
        }
        let reports = stage.gets("r", &to("weather-db", "look", "verify")).await;
        assert_eq!(only(&reports), "held verified", "seed {seed}: {}", super::read(&reports));
        assert_eq!(stage.rds().over_budget(), 0, "seed {seed}");
        assert!(!stage.snapshots().contains("failed"), "seed {seed}: {}", stage.snapshots());
        let kept = stage.snapshots().lines().count();
        assert!((8..=14).contains(&kept), "seed {seed}: {kept} of two targets\n{}", stage.snapshots());
    }
}
