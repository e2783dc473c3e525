//! Rules of schedules: a command that fits its target, at an hour that its service's zone has every day, sent to the
//! queue of the target's function, and not lost without a word.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use shared::command::{Action, RawCommand, Source};
use shared::ids::{CommandId, TargetName};
use shared::kinds::database::Backup;
use shared::kinds::service::Scale;

use super::model::{Template, allowed, is_fifo, number, statements, texts};
use super::schedule::{QUEUES, SCHEDULED_TIME, Schedule, is_both};
use super::zones::{YEARS, days_without_one};

/// The commands that may be without a target, each with the queues that take it so. Their name is the group of their
/// messages.
const OF_ALL: [(&str, &[&str]); 2] = [
    ("reconcile", &["ScaleServiceCommands", "SnapshotDatabaseCommands", "FailoverDnsCommands"]),
    ("drill", &["FailoverDnsCommands"]),
];
/// The seconds after which a command that could not be sent is none any more: by then the next may have been sent.
const LATEST: u64 = 3600;
/// The fields that every command has.
const COMMON: [&str; 6] = ["action", "target", "id", "reason", "mode", "origin"];

#[test]
fn no_schedule_sends_what_a_role_that_may_touch_nothing_cannot_carry_out() {
    let template = Template::read();
    for schedule in Schedule::all(&template) {
        let (queue, _) = template.queue(&schedule.target()["Arn"]);
        let (_, has) = QUEUES.iter().find(|(name, _)| *name == queue).expect("a queue of commands");
        assert!(schedule.is_under(has), "{}", schedule.name);
    }
    // The tags are not read: an `!Or` of the same parts would look the same.
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let text = fs::read_to_string(file).expect("template.yaml is readable");
    let conditions = template.0["Conditions"].as_object().expect("conditions");
    for (name, parts) in conditions {
        if let [is, has] = texts(parts)[..]
            && is_both(&[is, has])
        {
            let line = format!("\n  {name}: !And [!Condition {is}, !Condition {has}]\n");
            assert!(text.contains(&line), "{name}");
        }
    }
}

#[test]
fn every_schedule_sends_a_command_that_fits_its_target_to_the_queue_of_its_function() {
    let template = Template::read();
    let router = template.functions()["RouteAlarmFunction"];
    let queues = texts(&router["Environment"]["Variables"]["LAMPLIGHTER_QUEUES"]).concat();
    for schedule in Schedule::all(&template) {
        let name = &schedule.name;
        let (queue, _) = template.queue(&schedule.target()["Arn"]);
        let mut fields = schedule.command();
        let Some(target) = schedule.about() else {
            let takes = OF_ALL.iter().find(|(action, _)| fields["action"] == *action);
            assert!(takes.is_some_and(|(_, queues)| queues.contains(&queue.as_str())), "{name}: {queue}");
            assert!(fields.keys().all(|field| COMMON.contains(&field.as_str())), "{name}: {fields:?}");
            continue;
        };
        let (action, source) = match queue.as_str() {
            "ScaleServiceCommands" => decoded(name, &fields, Scale::name),
            _ => decoded(name, &fields, Backup::name),
        };
        assert_eq!(source, Source::Schedule, "{name}");
        fields.retain(|field, _| !COMMON.contains(&field.as_str()));
        for playbook in schedule.playbooks() {
            let of_playbook =
                playbook.targets.get(&target).unwrap_or_else(|| panic!("{name}: no `{target}`"));
            let fits = of_playbook.check(&playbook, action, fields.clone());
            fits.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(queues.contains(&format!("{}=${{{queue}}}", of_playbook.function())), "{name}");
        }
    }
}

/// The name of a command's action, and where the command comes from.
fn decoded<A: Action>(
    name: &str,
    fields: &Map<String, Value>,
    action: impl Fn(&A) -> &'static str,
) -> (&'static str, Source) {
    let raw = RawCommand {
        fields: fields.clone(),
        fallback_id: CommandId::derived(["none"]),
        source: Source::Queue,
    };
    let command = raw.decode::<A>().unwrap_or_else(|error| panic!("{name}: {error}"));
    (action(&command.action), command.origin.source)
}

#[test]
fn a_schedule_that_fires_twice_sends_one_command() {
    let mut named = std::collections::BTreeSet::new();
    for schedule in Schedule::all(&Template::read()) {
        let name = &schedule.name;
        let written: Value = serde_json::from_str(schedule.input()).expect("an input in JSON");
        let id = written["id"].as_str().expect("an id");
        let own = id.strip_suffix(&format!("-{SCHEDULED_TIME}"));
        let own = own.unwrap_or_else(|| panic!("{name}: `{id}` does not end in the scheduled time"));
        assert!(named.insert(own.to_owned()), "{name}: two schedules make the ids `{own}-…`");
        // An id of another execution or attempt is another command.
        assert_eq!(schedule.input().matches("<aws.").count(), 1, "{name}");
    }
}

#[test]
fn commands_of_a_schedule_keep_their_order_with_the_others_of_their_target() {
    for schedule in Schedule::all(&Template::read()) {
        let group = schedule.target()["SqsParameters"]["MessageGroupId"].as_str().expect("a message group");
        let (about, command) = (schedule.about(), schedule.command());
        let of_all = command["action"].as_str().expect("an action");
        assert_eq!(group, about.as_ref().map_or(of_all, TargetName::as_str), "{}", schedule.name);
    }
}

#[test]
fn every_schedule_is_in_the_zone_of_its_services() {
    for schedule in Schedule::all(&Template::read()) {
        let Some(target) = schedule.about() else {
            assert_eq!(schedule.zone(), "UTC", "{}: what has no zone of its own", schedule.name);
            continue;
        };
        if schedule.is_under("HasDatabases") {
            assert_eq!(schedule.zone(), "UTC", "{}: the windows of RDS are in UTC", schedule.name);
            continue;
        }
        for playbook in schedule.playbooks() {
            for (name, service) in playbook.services(&target).expect("services") {
                assert_eq!(schedule.zone(), service.time_zone.as_str(), "{} and `{name}`", schedule.name);
            }
        }
    }
}

#[test]
fn no_schedule_is_at_an_hour_that_daylight_saving_skips_or_repeats() {
    let schedules = Schedule::all(&Template::read()).into_iter();
    for schedule in schedules.filter(|schedule| !schedule.is_at_intervals()) {
        let time = schedule.time();
        let zone = jiff::tz::TimeZone::get(schedule.zone()).expect("a zone of the IANA database");
        let days = days_without_one(time, &zone, YEARS);
        assert_eq!(days, [], "{}: {time} in {}", schedule.name, schedule.zone());
    }
}

#[test]
fn every_schedule_is_on_time_or_not_at_all_and_keeps_what_it_could_not_send() {
    let template = Template::read();
    for schedule in Schedule::all(&template) {
        let name = &schedule.name;
        assert_eq!(schedule.properties["FlexibleTimeWindow"], json!({"Mode": "OFF"}), "{name}");
        let retry = &schedule.target()["RetryPolicy"];
        assert!(number(&retry["MaximumRetryAttempts"]) > 0, "{name}");
        assert!((60..=LATEST).contains(&number(&retry["MaximumEventAgeInSeconds"])), "{name}");
        let (_, queue) = template.queue(&schedule.target()["DeadLetterConfig"]["Arn"]);
        assert!(!is_fifo(&queue), "{name}: Scheduler sends undelivered commands to standard queues only");
        assert_eq!(queue["MessageRetentionPeriod"], 1_209_600, "{name}: fourteen days, the longest");
    }
}

#[test]
fn every_schedule_may_send_its_command_and_what_it_could_not_send() {
    let template = Template::read();
    let roles = template.of_type("AWS::IAM::Role");
    for schedule in Schedule::all(&template) {
        let name = &schedule.name;
        let role =
            schedule.target()["RoleArn"].as_str().and_then(|arn| arn.strip_suffix(".Arn")).expect("a role");
        let queues = allowed(&template, role, "sqs:SendMessage");
        for queue in [&schedule.target()["Arn"], &schedule.target()["DeadLetterConfig"]["Arn"]] {
            assert!(queues.contains(queue.as_str().expect("a queue")), "{name}: {queue}");
        }
        let trust = statements(&roles[role]["AssumeRolePolicyDocument"]["Statement"])[0];
        let group = schedule.properties["GroupName"].as_str().expect("a group");
        let trusted = texts(&trust["Condition"]["ArnEquals"]["aws:SourceArn"]);
        assert!(trusted.contains(&format!("{group}.Arn").as_str()), "{name}: {role} trusts {trusted:?}");
    }
}

#[test]
fn one_time_schedules_too_keep_what_they_could_not_send() {
    let template = Template::read();
    let mut make_them = Vec::new();
    for (name, function) in template.functions() {
        let variable =
            |last: &str| &function["Environment"]["Variables"][format!("LAMPLIGHTER_SCHEDULE_{last}")];
        let Some(role) = variable("ROLE").as_str().and_then(|arn| arn.strip_suffix(".Arn")) else { continue };
        let (queue, properties) = template.queue(variable("DEAD_LETTERS"));
        assert!(
            !is_fifo(&properties),
            "{name}: Scheduler sends undelivered commands to standard queues only"
        );
        assert_eq!(properties["MessageRetentionPeriod"], 1_209_600, "{name}: fourteen days, the longest");
        // One that is there under a condition could be missing where the function is.
        assert_eq!(template.0["Resources"][&queue]["Condition"], Value::Null, "{name}");
        assert!(allowed(&template, role, "sqs:SendMessage").contains(&format!("{queue}.Arn")), "{name}");
        make_them.push(name);
    }
    assert_eq!(make_them, ["RouteAlarmFunction", "ScaleServiceFunction"]);
}

#[test]
fn people_hear_of_schedules_of_every_group_that_could_not_call_their_target() {
    let template = Template::read();
    let groups = template.of_type("AWS::Scheduler::ScheduleGroup");
    assert_eq!(groups.len(), 5);
    for group in groups.keys() {
        let dimensions = json!([{"Name": "ScheduleGroup", "Value": group}]);
        for metric in ["TargetErrorCount", "InvocationDroppedCount"] {
            assert!(template.rings_above_zero("AWS/Scheduler", metric, &dimensions), "{group}: {metric}");
        }
    }
    for schedule in Schedule::all(&template) {
        let group = schedule.properties["GroupName"].as_str().expect("a group");
        assert!(groups.contains_key(group), "{}", schedule.name);
    }
}
