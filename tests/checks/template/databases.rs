//! Rules of what `snapshot-database` may do, of when it is woken, and of the alarms on what it measures.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::time;
use serde_json::{Value, json};
use shared::period::Period;

use super::model::{Template, allowed, events, number, of_stack, permissions, texts};
use super::schedule::{Schedule, playbook};

/// The metric of the age of the newest good snapshot.
pub(super) const AGE: &str = "NewestSnapshotAge";
/// The metric of how long a restore took.
const RESTORE: &str = "RestoreDuration";
/// The metric of whether a restore drill has failed.
const DRILL_FAILED: &str = "RestoreDrillFailed";
const FUNCTION: &str = "SnapshotDatabaseFunction";
const ROLE: &str = "SnapshotDatabaseRole";
/// The tag of everything that is ours, and that of scratch databases.
const OURS: &str = "lamplighter:target";
const SCRATCH: &str = "lamplighter:drill";
/// The tag that says which Region's function has made it.
const HOME: &str = "lamplighter:home";
/// The tag that says which stack has made a scratch database; what the version before made has none.
const LEDGER: &str = "lamplighter:ledger";

/// The ARN of something of RDS in a Region.
fn arn(region: &str, rest: &str) -> String {
    format!("arn:${{AWS::Partition}}:rds:{region}:${{AWS::AccountId}}:{rest}")
}

/// The statements of the role that allow an action on something that begins so.
fn allowing<'a>(template: &'a Template, action: &str, resource: &str) -> Vec<&'a Value> {
    let statements = permissions(template.of_type("AWS::IAM::Role")[ROLE]).into_iter();
    let of_action = statements.filter(|statement| texts(&statement["Action"]).contains(&action));
    of_action
        .filter(|statement| texts(&statement["Resource"]).iter().any(|one| one.starts_with(resource)))
        .collect()
}

/// Whether a statement counts only where a tag is there.
fn needs_tag(statement: &Value, of: &str, tag: &str) -> bool {
    statement["Condition"]["Null"][format!("aws:{of}Tag/{tag}")] == "false"
}

/// Whether a statement counts only for what this stack's Region has made.
fn is_of_home(statement: &Value) -> bool {
    statement["Condition"]["StringEquals"][format!("aws:ResourceTag/{HOME}")] == "AWS::Region"
}

#[test]
fn it_takes_snapshots_of_the_databases_of_the_parameter_only() {
    let template = Template::read();
    let home = ["snapshot:*", "cluster-snapshot:*"].map(|rest| arn("${AWS::Region}", rest));
    for action in ["rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot"] {
        let expected: BTreeSet<String> = home.iter().cloned().chain(["DatabaseArns".to_owned()]).collect();
        assert_eq!(allowed(&template, ROLE, action), expected, "{action}");
        for statement in allowing(&template, action, "") {
            assert!(needs_tag(statement, "Request", OURS), "{statement}");
        }
    }
    assert_eq!(template.0["Parameters"]["DatabaseArns"]["Default"], "");
    assert_eq!(
        template.0["Conditions"]["HasDatabases"],
        json!(["EveryFunction", [[["", "DatabaseArns"], ""]]])
    );
}

#[test]
fn it_deletes_nothing_that_does_not_bear_its_tags() {
    let template = Template::read();
    for action in ["rds:DeleteDBSnapshot", "rds:DeleteDBClusterSnapshot"] {
        let statements = allowing(&template, action, "");
        assert_eq!(statements.len(), 1, "{action}");
        assert!(needs_tag(statements[0], "Resource", OURS) && is_of_home(statements[0]), "{action}");
    }
    for action in ["rds:DeleteDBInstance", "rds:DeleteDBCluster"] {
        for kind in ["db:", "cluster:"] {
            for statement in allowing(&template, action, &arn("${AWS::Region}", kind)) {
                assert!(needs_tag(statement, "Resource", SCRATCH) && is_of_home(statement), "{action}");
                let ledger =
                    &statement["Condition"]["StringEqualsIfExists"][format!("aws:ResourceTag/{LEDGER}")];
                assert_eq!(ledger, "LedgerTable", "{action}");
                let names = texts(&statement["Resource"]);
                assert!(names.iter().all(|name| name.ends_with(":lamplighter-drill-*")), "{names:?}");
            }
        }
    }
    // A statement on the final snapshot deletes no cluster by itself.
    let all = allowed(&template, ROLE, "rds:Delete");
    let ours = ["snapshot:*", "cluster-snapshot:*"].map(|rest| arn("*", rest));
    let scratch = ["db:lamplighter-drill-*", "cluster:lamplighter-drill-*", "cluster-snapshot:*"];
    let scratch = scratch.map(|rest| arn("${AWS::Region}", rest));
    assert_eq!(all, ours.into_iter().chain(scratch).collect());
}

#[test]
fn it_copies_to_the_regions_of_the_parameter_and_tags_every_copy() {
    let template = Template::read();
    for action in ["rds:CopyDBSnapshot", "rds:CopyDBClusterSnapshot"] {
        for statement in allowing(&template, action, &arn("*", "")) {
            assert_eq!(statement["Condition"]["StringEquals"]["aws:RequestedRegion"], "BackupRegions");
            assert!(needs_tag(statement, "Request", OURS), "{action}");
        }
        assert_eq!(allowing(&template, action, "").len(), 2, "{action}");
    }
    for statement in allowing(&template, "rds:AddTagsToResource", "") {
        let of_snapshots = needs_tag(statement, "Request", OURS);
        assert!(of_snapshots || needs_tag(statement, "Request", SCRATCH), "{statement}");
    }
}

#[test]
fn a_restore_makes_a_scratch_database_of_one_of_our_snapshots() {
    let template = Template::read();
    for action in
        ["rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBClusterFromSnapshot", "rds:CreateDBInstance"]
    {
        for statement in allowing(&template, action, "") {
            for resource in texts(&statement["Resource"]) {
                let what = resource.strip_prefix(&arn("${AWS::Region}", "")).expect("of the home Region");
                let is_good = match what.split(':').next() {
                    Some("db" | "cluster") => {
                        let private = &statement["Condition"]["BoolIfExists"]["rds:PubliclyAccessible"];
                        what.ends_with(":lamplighter-drill-*")
                            && needs_tag(statement, "Request", SCRATCH)
                            && private == "false"
                    }
                    Some("snapshot" | "cluster-snapshot") => needs_tag(statement, "Resource", OURS),
                    Some("og" | "pg" | "cluster-pg" | "subgrp") => needs_tag(statement, "Request", SCRATCH),
                    _ => false,
                };
                assert!(is_good, "{action} on {resource}");
            }
        }
    }
}

#[test]
fn what_it_writes_to_is_its_own() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let actions = permissions(role).into_iter().flat_map(|statement| texts(&statement["Action"]));
    let services: BTreeSet<&str> = actions.filter_map(|action| action.split(':').next()).collect();
    assert_eq!(services, ["dynamodb", "kms", "logs", "rds", "sns", "sqs"].into());

    let on = |actions| allowed(&template, ROLE, actions);
    assert_eq!(on("dynamodb:"), ["LedgerTable.Arn".to_owned()].into());
    assert_eq!(on("sqs:SendMessage"), ["SnapshotDatabaseFailures.Arn".to_owned()].into());
    let queues = ["SnapshotDatabaseCommands.Arn".to_owned(), "DatabaseEvents.Arn".to_owned()];
    assert_eq!(on("sqs:ReceiveMessage"), queues.into());
    assert_eq!(on("sns:"), ["OutcomesTopic".to_owned(), "ChatTopic".to_owned()].into());
    assert_eq!(on("logs:"), ["SnapshotDatabaseLogs.Arn".to_owned()].into());
    assert_eq!(on("kms:"), ["BackupKeyArns".to_owned(), "TopicsKey.Arn".to_owned()].into());
}

#[test]
fn it_lends_keys_to_rds_and_uses_none_itself() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let mut lent = BTreeSet::new();
    for statement in permissions(role).into_iter().filter(|one| one["Resource"] == "BackupKeyArns") {
        for action in texts(&statement["Action"]) {
            lent.insert(action);
            let condition = &statement["Condition"];
            assert_eq!(condition["StringLike"]["kms:ViaService"], "rds.*.${AWS::URLSuffix}", "{action}");
            let for_rds = condition["Bool"]["kms:GrantIsForAWSResource"] == "true";
            assert_eq!(for_rds, action == "kms:CreateGrant", "{action}");
        }
    }
    assert_eq!(lent, ["kms:CreateGrant", "kms:DescribeKey"].into());
}

#[test]
fn without_databases_it_may_touch_nothing_of_rds() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let list = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("statements");
    for entry in list {
        let under = entry.get(0).and_then(Value::as_str);
        let of = |service: &str| entry.to_string().contains(&format!("\"{service}:"));
        if entry["Sid"] == "UseTheKeyOfTheTopics" {
            continue;
        }
        let expected = if of("kms") { "HasBackupKeys" } else { "HasDatabases" };
        let is_under = under.is_some_and(|one| one == expected || one == "DatabaseCopies");
        assert_eq!(is_under, of("rds") || of("kms"), "{entry}");
    }
    assert_eq!(template.0["Conditions"]["DatabaseCopies"], json!(["HasBackupRegions", "HasDatabases"]));
}

#[test]
fn events_of_databases_and_snapshots_of_both_families_wake_it() {
    let template = Template::read();
    let rule = template.of_type("AWS::Events::Rule")["DatabaseEventsRule"];
    assert_eq!(rule["EventPattern"]["source"], json!(["aws.rds"]));
    let kinds: BTreeSet<&str> = texts(&rule["EventPattern"]["detail-type"]).into_iter().collect();
    let expected = ["DB Snapshot", "DB Cluster Snapshot", "DB Instance", "DB Cluster"];
    let expected: Vec<String> = expected.iter().map(|kind| format!("RDS {kind} Event")).collect();
    assert_eq!(kinds, expected.iter().map(String::as_str).collect());
    assert_eq!(rule["EventPattern"]["detail"], Value::Null, "a filter would miss what has another category");

    let function = template.functions()[FUNCTION];
    let queue = &rule["Targets"][0]["Arn"];
    let mapping = events(function).find(|event| event["Properties"]["Queue"] == *queue);
    let mapping = &mapping.expect("a mapping of the events")["Properties"];
    assert!(number(&mapping["BatchSize"]) >= 100);
    assert_eq!(mapping["MaximumBatchingWindowInSeconds"], "DatabaseEventWindow");
}

#[test]
fn every_database_has_a_snapshot_each_night_and_is_proven_each_month() {
    let template = Template::read();
    for environment in ["dev", "staging", "prod"] {
        let playbook = playbook(environment);
        let mut expected: BTreeSet<(String, String)> = BTreeSet::new();
        for (name, _) in playbook.databases() {
            expected.extend(["take", "verify"].map(|action| (action.to_owned(), name.to_string())));
        }
        let schedules = Schedule::all(&template).into_iter();
        let found: BTreeSet<(String, String)> = schedules
            .filter(|schedule| schedule.is_under("HasDatabases") && schedule.is_in(environment))
            .filter_map(|schedule| {
                let action = schedule.command()["action"].as_str().expect("an action").to_owned();
                Some((action, schedule.about()?.to_string()))
            })
            .collect();
        assert_eq!(found, expected, "{environment}");
    }
}

#[test]
fn snapshots_are_taken_and_proven_outside_the_windows_of_rds() {
    let schedules = Schedule::all(&Template::read()).into_iter();
    let at_hours =
        schedules.filter(|schedule| schedule.is_under("HasDatabases") && !schedule.is_at_intervals());
    for schedule in at_hours {
        let windows = time(3, 0, 0, 0)..time(5, 0, 0, 0);
        assert!(!windows.contains(&schedule.time()), "{}: backups and maintenance", schedule.name);
        let days: Vec<&str> = schedule.expression().split(' ').skip(2).take(3).collect();
        let is_take = schedule.command()["action"] == "take";
        assert_eq!(days, [if is_take { "*" } else { "2" }, "*", "?"], "{}", schedule.name);
    }
}

#[test]
fn every_snapshot_of_production_that_gets_too_old_is_told_to_people() {
    let template = Template::read();
    let mut expected = BTreeMap::new();
    for (name, database) in playbook("prod").databases() {
        let home = "AWS::Region".to_owned();
        let regions = database.copies.iter().map(|copy| copy.region.to_string());
        for region in [home].into_iter().chain(regions) {
            expected.insert(vec![name.to_string(), region], seconds(database.objective));
        }
    }
    assert_eq!(thresholds(&template, AGE, &["target", "region"]), expected);
    for (name, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        if alarm["MetricName"] == AGE {
            // Hourly measures, of which one may fall into the next hour of the clock.
            assert_eq!(number(&alarm["Period"]), 3600, "{name}");
            assert!(number(&alarm["EvaluationPeriods"]) > number(&alarm["DatapointsToAlarm"]), "{name}");
            assert_eq!(template.0["Resources"][name]["Condition"], "ProdDatabases", "{name}");
        }
    }
}

#[test]
fn every_restore_that_takes_too_long_is_told_to_people() {
    let mut expected = BTreeMap::new();
    for (name, database) in playbook("prod").databases() {
        if let Some(objective) = database.verify.restore_objective {
            expected.insert(vec![name.to_string()], seconds(objective));
        }
    }
    assert_eq!(thresholds(&Template::read(), RESTORE, &["target"]), expected);
}

/// One alarm for all targets: what a playbook adds is watched without anybody's doing.
#[test]
fn every_drill_that_fails_is_told_to_people() {
    let template = Template::read();
    let alarm = template.of_type("AWS::CloudWatch::Alarm")["SnapshotDatabaseDrillsAlarm"];
    let function = of_stack(&[("function", "snapshot-database")]);
    assert_eq!((&alarm["MetricName"], &alarm["Dimensions"]), (&json!(DRILL_FAILED), &function));
    assert_eq!(
        (&alarm["Statistic"], &alarm["ComparisonOperator"]),
        (&json!("Maximum"), &json!("GreaterThanThreshold"))
    );
    assert_eq!((number(&alarm["Threshold"]), &alarm["AlarmActions"]), (0, &json!(["OperatorsTopic"])));
}

#[test]
fn the_code_measures_what_the_alarms_watch() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions/snapshot-database/src");
    let code = ["plan/state.rs", "handler/report.rs"].map(|file| fs::read_to_string(folder.join(file)));
    let code = code.map(|text| text.expect("a file of code is readable")).concat();
    for word in [AGE, RESTORE, DRILL_FAILED, "target", "region"] {
        assert!(code.contains(&format!("\"{word}\"")), "the code knows no `{word}`");
    }
}

fn seconds(period: Period) -> u64 {
    u64::try_from(period.after(Timestamp::UNIX_EPOCH).as_second()).expect("no negative length")
}

/// The thresholds of the alarms on a metric of the function, by the values of its other dimensions.
fn thresholds(template: &Template, metric: &str, dimensions: &[&str]) -> BTreeMap<Vec<String>, u64> {
    let alarms = template.of_type("AWS::CloudWatch::Alarm").into_iter();
    alarms
        .filter(|(_, alarm)| alarm["MetricName"] == metric)
        .map(|(name, alarm)| {
            assert_eq!(alarm["Namespace"], "Lamplighter", "{name}");
            assert_eq!(alarm["Statistic"], "Maximum", "{name}");
            assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{name}");
            let given = alarm["Dimensions"].as_array().expect("dimensions");
            let value = |name: &str| {
                let found = given.iter().find(|one| one["Name"] == name).expect("a dimension");
                found["Value"].as_str().expect("a value").to_owned()
            };
            assert_eq!(value("function"), "snapshot-database", "{name}");
            assert_eq!(value("stack"), "AWS::StackName", "{name}");
            assert_eq!(given.len(), dimensions.len() + 2, "{name}");
            (dimensions.iter().map(|one| value(one)).collect(), number(&alarm["Threshold"]))
        })
        .collect()
}
