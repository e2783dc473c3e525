//! What reports say must be so: what passes by itself, what comes next, and of which moment the state is.

use expect_test::expect;
use serde_json::json;
use shared::fault::FaultClass;
use shared::report::{StepReport, StepStatus};

use super::super::report::{self, Done};
use super::{Stage, command, read, reconcile_all, to};
use crate::examples::{at_home, copy_of, home, night, ordered, plain, weather, west};
use crate::fake::{cluster, instance};
use crate::plan::{Because, Fact, Step, Why};
use crate::world::{Meaning, Origin};

#[tokio::test]
async fn a_region_that_the_role_may_not_see_does_not_pass_by_itself() {
    let stage = Stage::new();
    stage.has([17, 20, 21].map(|day| night(&weather(), day)));
    for action in ["expire", "reconcile"] {
        stage.rds().fail_next_of("snapshots us-west-2", Meaning::Common(FaultClass::Denied));
        let [report] = stage.gets("r-1", &command(action, action)).await.try_into().unwrap();
        let next = report.next.unwrap();
        assert_eq!((report.verdict.as_str(), report.why.code), ("failed", "access-denied"), "{action}");
        assert!(next.starts_with("it will fail again until the cause is repaired"), "{action}: {next}");
    }
}

#[tokio::test]
async fn no_copy_is_promised_that_cannot_be_made() {
    let stage = Stage::of(
        "
  weather-db:
    kind: database
    instance: weather
    retention: {days: 3}
    copies: [{region: us-gov-west-1, retention: {days: 2}}]
",
    );
    stage.rds().put(instance("weather"));
    let taken = stage.gets("r-1", &command("c-1", "take")).await;
    assert_eq!(
        taken[0].next.as_deref(),
        Some("RDS has it available in its time; the hourly `reconcile` looks after the rest")
    );
}

/// Somebody looks for the database after the report said that something was deleted: of which moment is `state`?
#[tokio::test]
async fn a_state_beside_what_was_done_says_that_it_is_of_before() {
    let stage = Stage::new();
    stage.has([16, 17, 20, 21].map(|day| night(&weather(), day)));
    for day in [20, 21] {
        stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), day), &west()));
    }
    let acted = stage.gets("r-1", &command("c-1", "expire")).await;
    assert_eq!(acted[0].state.as_ref().unwrap()["as_of"], json!("before"), "{}", read(&acted));
    let held = stage.gets("r-2", &command("c-2", "expire")).await;
    assert_eq!(held[0].state.as_ref().unwrap().get("as_of"), None, "{}", read(&held));
}

/// The first command of the guide for a lost database.
#[tokio::test]
async fn a_database_that_is_lost_leads_to_its_snapshots_and_to_the_guide() {
    let stage = Stage::of(
        "
  weather-db:
    kind: database
    instance: weather
    retention: {days: 3}
",
    );
    stage.rds().put(cluster("platform"));
    stage.has([night(&weather(), 21)]);
    let mut verify = command("c-1", "verify");
    verify["mode"] = json!("plan");
    let lost = stage.gets("r-1", &verify).await;
    expect![[r#"
        refused verify weather-db: there is no instance `weather` (database-missing)
          next: was it deleted? `docs/restoring-databases.md` is how to get it back; else name a database of this Region
    "#]].assert_eq(&read(&lost));
    let row = &lost[0].state.as_ref().unwrap()["backups"][0];
    assert_eq!((&row["gone"], &row["region"]), (&json!(true), &json!(home())));
    assert_eq!(row["newest"], json!(night(&weather(), 21).name));
}

/// Another invocation was a moment faster with some of three.
#[test]
fn one_other_is_one() {
    let plain = plain();
    let order = ordered(&plain, "expire");
    let delete = |name: &str| Step::Delete {
        of: weather(),
        region: home(),
        name: name.to_owned(),
        because: Because::Expired,
    };
    let steps = ["a", "b", "c"].map(delete);
    let text = |statuses: [StepStatus; 3]| {
        let done = steps.iter().zip(statuses).map(|(step, status)| StepReport::new(step, status)).collect();
        let done = Done { steps: done, faults: Vec::new() };
        report::applied(&order, &at_home(vec![]), &steps, done, Why::from(Fact::Expired(3))).why.text
    };
    let [applied, already] = [StepStatus::Applied, StepStatus::Already];
    let one = text([applied, applied, already]);
    assert_eq!(one, "2 of 3 steps were applied, the other needed nothing");
    let two = text([applied, already, already]);
    assert_eq!(two, "1 of 3 steps were applied, the others needed nothing");
}

/// A target that names a database has it to itself, whoever is asked.
#[tokio::test]
async fn a_database_that_a_target_names_is_taken_once() {
    let stage = Stage::of(
        "
  fleet-db:
    kind: database
    all-tagged: {backup: nightly}
    retention: {days: 3}
  weather-db:
    kind: database
    instance: weather
    retention: {days: 3}
",
    );
    for name in ["weather", "other"] {
        stage.rds().put(instance(name).tagged("backup", "nightly"));
    }
    stage.gets("r-1", &to("fleet-db", "c-1", "take")).await;
    stage.gets("r-2", &reconcile_all("hour-1")).await;
    let taken = stage.rds().all_snapshots(&home(), Origin::Manual);
    let of: Vec<&str> = taken.iter().map(|snapshot| snapshot.of.name.as_str()).collect();
    assert_eq!(of, ["other", "weather"]);
}
