//! Several targets at once, and events of RDS, all of which together are one look.

use expect_test::expect;
use serde_json::{Value, json};

use super::{Stage, line, read, reconcile_all};
use crate::examples::{coming, copy_of, foreign, home, instance_id, named, ours_of, west};
use crate::fake::instance;
use crate::world::{DatabaseId, Family, Origin, Snapshot};

/// So many targets of an instance each, every one with snapshots of two nights.
fn fleet(targets: usize) -> Stage {
    let target = |n: usize| {
        format!(
            "
  db-{n:02}:
    kind: database
    instance: i{n:02}
    retention: {{days: 3}}
    copies: [{{region: us-west-2, retention: {{days: 3}}}}]"
        )
    };
    let stage = Stage::of(&((0..targets).map(target).collect::<String>() + "\n"));
    for n in 0..targets {
        let name = format!("i{n:02}");
        stage.rds().put(instance(&name));
        let of = instance_id(&name);
        stage.has(nights(n, &of));
    }
    stage
}

/// The snapshots of two nights that are of such a target.
fn nights(n: usize, of: &DatabaseId) -> [Snapshot; 2] {
    let target = named(&format!("db-{n:02}"));
    [20, 21].map(|day| ours_of(target, of, &format!("{}-{day}", of.name), &format!("{day}T01:30")))
}

#[tokio::test]
async fn the_budget_of_copies_is_shared_by_the_targets_of_one_invocation() {
    let stage = fleet(15);
    for n in 0..3 {
        stage.rds().put_snapshot(
            &west(),
            coming("copying", foreign(&instance_id("other"), &format!("o-{n}"), "20T01:30")),
        );
    }
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    let begun = stage.rds().all_snapshots(&west(), Origin::Manual).len();
    assert_eq!((reports.len(), begun, stage.rds().over_budget()), (15, 20, 0));
    let lines: Vec<String> = reports.iter().map(line).collect();
    assert_eq!(lines[0], "acted reconciled: copy-snapshot applied, copy-snapshot applied");
    assert_eq!(lines[8], "acted reconciled: copy-snapshot applied");
    assert_eq!(lines[9], "held copies-waiting");
    assert!(reports[8].why.text.contains("1 more to us-west-2 wait"), "{}", reports[8].why.text);
    assert!(reports[9].why.text.contains("2 more to us-west-2 wait"), "{}", reports[9].why.text);
}

#[tokio::test]
async fn the_quota_is_shared_by_the_targets_of_one_invocation() {
    let stage = fleet(6);
    stage.rds().set_quota(&west(), Family::Instance, 7);
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    let begun = stage.rds().all_snapshots(&west(), Origin::Manual).len();
    assert_eq!((begun, stage.rds().over_budget()), (7, 0));
    let lines: Vec<String> = reports.iter().map(line).collect();
    assert_eq!(
        lines[2..5],
        [
            "acted reconciled: copy-snapshot applied, copy-snapshot applied",
            "acted reconciled: copy-snapshot applied",
            "refused snapshot-quota",
        ]
    );
}

/// One describe of each kind for all targets together, however many there are.
#[tokio::test]
async fn all_targets_are_looked_at_with_the_calls_of_one() {
    let stage = fleet(12);
    for n in 0..12 {
        let of = instance_id(&format!("i{n:02}"));
        for snapshot in nights(n, &of) {
            stage.rds().put_snapshot(&west(), copy_of(&snapshot, &west()));
        }
    }
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    assert!(
        reports.iter().all(|report| line(report) == "held in-order" && report.quiet),
        "{}",
        read(&reports)
    );
    expect![[r#"
        databases instance
        databases cluster
        snapshots us-east-1 instance
        snapshots us-west-2 instance
        quotas us-east-1
        quotas us-west-2"#]]
    .assert_eq(&stage.rds().take_calls().join("\n"));
}

fn event(id: &str, snapshot: &str) -> Value {
    json!({
        "id": id,
        "source": "aws.rds",
        "detail-type": "RDS DB Snapshot Event",
        "region": "us-east-1",
        "time": "2026-11-21T11:59:00Z",
        "detail": {
            "EventID": "RDS-EVENT-0042",
            "SourceIdentifier": snapshot,
            "SourceArn": format!("arn:aws:rds:us-east-1:123456789012:snapshot:{snapshot}"),
            "Date": "2026-11-21T11:59:00Z",
            "Message": "Manual snapshot created",
        },
    })
}

fn batch(bodies: &[Value]) -> Value {
    let message = |(index, body): (usize, &Value)| {
        json!({
            "messageId": format!("m-{index}"),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:rds-events",
            "body": body.to_string(),
            "attributes": {},
        })
    };
    json!({"Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>()})
}

#[tokio::test]
async fn all_events_of_a_batch_are_one_look_at_the_targets_that_they_may_mean() {
    let stage = fleet(5);
    let events = ["i01-0123456789abcdef", "i03-0123456789abcdef", "i01-0123456789abcdef"];
    let events: Vec<Value> =
        events.iter().enumerate().map(|(n, name)| event(&format!("e-{n}"), name)).collect();
    let reports = stage.gets("r-1", &batch(&events)).await;
    expect![[r#"
        acted reconcile db-01: began 2 copies (reconciled)
          copy-snapshot applied: {"instance":"i01","snapshot":"i01-21","to":"us-west-2"}
          copy-snapshot applied: {"instance":"i01","snapshot":"i01-20","to":"us-west-2"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
        acted reconcile db-03: began 2 copies (reconciled)
          copy-snapshot applied: {"instance":"i03","snapshot":"i03-21","to":"us-west-2"}
          copy-snapshot applied: {"instance":"i03","snapshot":"i03-20","to":"us-west-2"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&reports));
    assert!(reports.iter().all(|report| report.subject.records == Some(3)));
    assert_eq!(stage.rds().tally()["databases"], 2, "of each family once");
    // The same events again change nothing.
    let effects = stage.rds().effects().len();
    let again = stage.gets("r-2", &batch(&events)).await;
    assert!(again.iter().all(|report| report.quiet), "{}", read(&again));
    assert_eq!(stage.rds().effects().len(), effects);
    assert_eq!(stage.rds().all_snapshots(&home(), Origin::Manual).len(), 10);
}

#[tokio::test]
async fn events_of_somebody_else_make_no_call() {
    let stage = fleet(2);
    let reports = stage.gets("r-1", &batch(&[event("e-1", "somebody-elses")])).await;
    expect![[r#"
        held none none: not for this function: RDS: `somebody-elses`: Manual snapshot created (not-for-us)
    "#]]
    .assert_eq(&read(&reports));
    assert!(stage.rds().take_calls().is_empty());
}

/// Where one look fails, all its events come again, and nothing else of the batch.
#[tokio::test]
async fn what_fails_of_a_batch_comes_again() {
    let stage = fleet(2);
    stage.rds().fail_next_of("databases ", crate::examples::THROTTLED);
    let reports =
        stage.gets("r-1", &batch(&[event("e-1", "i00-0123456789abcdef"), event("e-2", "other-1")])).await;
    expect![[r#"
        held none none: not for this function: RDS: `other-1`: Manual snapshot created (not-for-us)
        failed reconcile db-00: failed to databases instance: made to fail (throttled)
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]]
    .assert_eq(&read(&reports));
}
