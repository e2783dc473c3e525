//! The functions that are measured by their cold starts, and what each is measured with.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tests::stand_in::{AlarmKind, EcsService, HealthCheck, RdsDatabase, ScalableTarget, StandIn};

/// The playbook that the functions find.
pub(crate) const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../playbooks/prod/playbook.yaml");
/// What `failover-dns` finds in it besides: strategies that production does not have.
const NAMES: &str = include_str!("names.yaml");

/// The most that a deployment package may have, in bytes.
const MOST_ZIPPED: u64 = 4 * 1024 * 1024;

/// A function, and what it is measured with.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    /// What its calls are, for the table.
    pub(crate) calls: &'static str,
    /// The most that its cold start may take, against a bare function and the bare calls together, where AWS answers
    /// at once. Then a bare call takes a fifteenth of a millisecond, and one of the SDK four times that: the more calls
    /// a function makes, the more of its time is the SDK's, and this bound is there to notice when its own grows.
    pub(crate) most_at_once: f64,
    /// The most of them that it may send.
    pub(crate) most_requests: usize,
    /// What it asks, each as often as it may, beside the ledger and the outcomes; nothing: that is not looked at.
    pub(crate) asks: &'static [&'static str],
    /// The operation with which its work is done, so that what comes after it does not count; `None`: its answer.
    pub(crate) done_with: Option<&'static str>,
    /// The most that its deployment package may have, in bytes.
    pub(crate) most_zipped: u64,
    /// What it is asked to do.
    pub(crate) command: &'static str,
    /// Its environment, beside the playbook.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// What it finds at AWS.
    pub(crate) prepare: fn(&StandIn),
}

/// One call, and nothing to remember.
pub(crate) static INVALIDATE_CACHE: Subject = Subject {
    name: "invalidate-cache",
    calls: "CreateInvalidation over plain HTTP",
    most_at_once: 2.0,
    most_requests: 1,
    asks: &[],
    done_with: None,
    most_zipped: MOST_ZIPPED,
    command: include_str!("../../../../events/invalidate-cache/command-paths.json"),
    variables: &[],
    prepare: |_| {},
};

/// The guards are passed, the service and its scalable target are read and changed, and it is noted that this is done.
pub(crate) static SCALE_SERVICE: Subject = Subject {
    name: "scale-service",
    calls: "the calls of a set over plain HTTP",
    most_at_once: 3.0,
    most_requests: 7,
    asks: &[],
    done_with: None,
    most_zipped: MOST_ZIPPED,
    command: r#"{"action": "set", "target": "platform-api", "min": 2, "max": 8, "desired": 3}"#,
    variables: &[
        ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
        ("LAMPLIGHTER_SCHEDULE_GROUP", "lamplighter"),
        ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/end-boosts"),
        ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:sqs:us-east-1:123456789012:scale-service.fifo"),
        ("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", "arn:aws:sqs:us-east-1:123456789012:schedules-dead-letters"),
    ],
    prepare: |aws| {
        aws.put_service(EcsService::new("ecs-platform-prod", "api", 1));
        aws.put_scalable_target("ecs-platform-prod", "api", ScalableTarget::new(1, 10));
    },
};

/// The database, its snapshots and the quotas are looked at, and one is taken.
pub(crate) static SNAPSHOT_DATABASE: Subject = Subject {
    name: "snapshot-database",
    calls: "the calls of a take over plain HTTP",
    most_at_once: 3.0,
    most_requests: 6,
    asks: &[],
    done_with: None,
    most_zipped: MOST_ZIPPED,
    command: r#"{"action": "take", "target": "metrics-db", "label": "before-release-42"}"#,
    variables: &[("LAMPLIGHTER_LEDGER_TABLE", "ledger")],
    prepare: |aws| aws.put_database(RdsDatabase::instance("us-east-1", "external-metrics-prod")),
};

/// It links seven services of the SDK.
const MOST_ZIPPED_WITH_NAMES: u64 = 5 * 1024 * 1024;

/// The guards are passed, two names are listed, and the weights of three records are changed at once.
pub(crate) static RECORD_WEIGHTS: Subject = Subject {
    name: "failover-dns/record-weights",
    calls: "weights: its calls over plain HTTP",
    most_at_once: 3.0,
    most_requests: 10,
    asks: &[
        "ChangeResourceRecordSets",
        "GetChange",
        "GetHealthCheckStatus",
        "ListResourceRecordSets",
        "ListResourceRecordSets",
    ],
    done_with: Some("ChangeResourceRecordSets"),
    most_zipped: MOST_ZIPPED_WITH_NAMES,
    command: r#"{"action": "fail-over", "target": "bench-weights"}"#,
    variables: &[("LAMPLIGHTER_LEDGER_TABLE", "ledger")],
    prepare: |aws| {
        aws.put_health_check(HealthCheck::new("11111111-2222-3333-4444-555555555555"));
        for (name, kind, value) in
            [("www", "A", "192.0.2.1"), ("www", "AAAA", "2001:db8::1"), ("api", "A", "192.0.2.1")]
        {
            for (side, weight) in [("primary", 100), ("secondary", 0)] {
                let set = format!(
                    "<ResourceRecordSet><Name>{name}.example.com.</Name><Type>{kind}</Type>\
                     <SetIdentifier>{side}</SetIdentifier><Weight>{weight}</Weight><TTL>60</TTL><ResourceRecords>\
                     <ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
                );
                aws.put_records("Z1BENCHEXAMPLE", &set);
            }
        }
    },
};

/// The guards are passed, and both controls are turned at the first endpoint.
pub(crate) static ROUTING_CONTROL: Subject = Subject {
    name: "failover-dns/routing-control",
    calls: "controls: its calls over plain HTTP",
    most_at_once: 3.0,
    most_requests: 6,
    asks: &["DescribeAlarms", "UpdateRoutingControlStates"],
    done_with: Some("UpdateRoutingControlStates"),
    most_zipped: MOST_ZIPPED_WITH_NAMES,
    command: r#"{"action": "fail-over", "target": "bench-controls"}"#,
    variables: &[("LAMPLIGHTER_LEDGER_TABLE", "ledger")],
    prepare: |aws| {
        aws.set_alarm(AlarmKind::Metric, "standby-health", "OK", 1_795_251_600_000);
        for (side, on) in [("primary", true), ("secondary", false)] {
            let arn = format!(
                "arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{side}"
            );
            aws.put_routing_control(&arn, on);
        }
    },
};

/// The guards are passed, and the object is put.
pub(crate) static STANDBY_OBJECT: Subject = Subject {
    name: "failover-dns/standby-object",
    calls: "object: its calls over plain HTTP",
    most_at_once: 3.0,
    most_requests: 6,
    asks: &["DescribeAlarms", "PutObject"],
    done_with: Some("PutObject"),
    most_zipped: MOST_ZIPPED_WITH_NAMES,
    command: r#"{"action": "fail-over", "target": "bench-object"}"#,
    variables: &[("LAMPLIGHTER_LEDGER_TABLE", "ledger")],
    prepare: |aws| aws.set_alarm(AlarmKind::Metric, "standby-health", "OK", 1_795_251_600_000),
};

/// Writes the playbook that `failover-dns` finds into a folder, and says where.
pub(crate) fn playbook_with_names(folder: &Path) -> anyhow::Result<PathBuf> {
    const TARGETS: &str = "\ntargets:\n";
    let production = std::fs::read_to_string(PLAYBOOK).with_context(|| format!("read {PLAYBOOK}"))?;
    let (head, targets) = production.split_once(TARGETS).context("the playbook has no targets")?;
    let file = folder.join("playbook.yaml");
    let text = format!("{head}{TARGETS}{NAMES}{targets}");
    std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    Ok(file)
}
