//! Rules of `template.yaml`: what AWS accepts without a word, and what then loses events or permits too much.

mod databases;
mod environments;
mod lengths;
mod model;
mod names;
mod own_alarms;
mod production;
mod routing;
mod schedule;
mod schedules;
mod services;
mod topics;
mod variables;
mod zones;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use model::{Template, events, is_fifo, number, of_stack, statements, texts};

/// How long a message that is not gathered in a window may stay invisible beyond the function's timeout.
const MARGIN: u64 = 15;
/// The same where people wait for seconds.
const SHORT_MARGIN: u64 = 5;
/// Source: Lambda developer guide, "Using Lambda with Amazon SQS": six times the timeout, and the window.
const VISIBILITY_FACTOR: u64 = 6;
/// Source: the same page: at least five receives before a message is given up.
const FEWEST_RECEIVES: u64 = 5;
/// How the names of actions begin that change nothing; all others need named resources.
const READ_VERBS: [&str; 4] = ["Get", "List", "Describe", "Receive"];

#[test]
fn every_function_has_a_resource_and_every_resource_a_function() {
    let template = Template::read();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let folders: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("functions/ is readable")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
        .collect();
    let mut resources = BTreeSet::new();
    for (name, function) in template.functions() {
        let words =
            name.strip_suffix("Function").unwrap_or_else(|| panic!("`{name}` does not end in `Function`"));
        let folder: String = words
            .char_indices()
            .flat_map(|(at, c)| {
                (c.is_ascii_uppercase() && at > 0).then_some('-').into_iter().chain([c.to_ascii_lowercase()])
            })
            .collect();
        assert_eq!(function["CodeUri"], format!("functions/{folder}"), "{name}");
        resources.insert(folder);
    }
    assert_eq!(resources, folders);
}

#[test]
fn every_queue_mapping_reports_what_failed_of_a_batch() {
    for (_, mapping, queue, _) in Template::read().queue_mappings() {
        assert_eq!(
            mapping["FunctionResponseTypes"],
            serde_json::json!(["ReportBatchItemFailures"]),
            "{queue}"
        );
    }
}

#[test]
fn every_queue_that_wakes_a_function_gives_up_into_a_queue_of_its_kind() {
    let template = Template::read();
    for (_, _, name, queue) in template.queue_mappings() {
        let redrive = &queue["RedrivePolicy"];
        assert!(number(&redrive["maxReceiveCount"]) >= FEWEST_RECEIVES, "{name}");
        let (dead_letters, properties) = template.queue(&redrive["deadLetterTargetArn"]);
        assert_eq!(is_fifo(&properties), is_fifo(&queue), "{name} and {dead_letters}");
        assert_eq!(
            properties["MessageRetentionPeriod"], 1_209_600,
            "{dead_letters}: fourteen days, the longest"
        );
    }
}

#[test]
fn a_message_stays_invisible_for_longer_than_the_function_may_work() {
    let template = Template::read();
    for (function, mapping, name, queue) in template.queue_mappings() {
        let (timeout, visible_after) = (number(&function["Timeout"]), number(&queue["VisibilityTimeout"]));
        let window = &mapping["MaximumBatchingWindowInSeconds"];
        if window.is_null() {
            let margin = if name == names::COMMANDS { SHORT_MARGIN } else { MARGIN };
            assert_eq!(visible_after, timeout + margin, "{name}");
        } else {
            let longest =
                window.as_str().map_or(window, |parameter| &template.0["Parameters"][parameter]["MaxValue"]);
            assert_eq!(visible_after, VISIBILITY_FACTOR * timeout + number(longest), "{name}");
        }
    }
}

#[test]
fn commands_are_carried_out_one_by_one() {
    for (_, mapping, name, queue) in Template::read().queue_mappings() {
        assert!(mapping["BatchSize"] == 1 || !is_fifo(&queue), "{name}");
    }
}

#[test]
fn the_same_command_sent_twice_is_one_message() {
    for (_, _, name, queue) in Template::read().queue_mappings() {
        assert_eq!(queue["ContentBasedDeduplication"] == true, is_fifo(&queue), "{name}");
    }
}

#[test]
fn every_function_keeps_the_asynchronous_invocations_that_it_gave_up() {
    let template = Template::read();
    for (name, function) in template.functions() {
        let on_failure = &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"];
        assert_eq!(on_failure["Type"], "SQS", "{name}");
        let (queue, _) = template.queue(&on_failure["Destination"]);
        assert!(!queue.is_empty());
    }
}

#[test]
fn every_topic_that_wakes_a_function_keeps_what_it_could_not_deliver() {
    let template = Template::read();
    for (name, function) in template.functions() {
        for event in events(function).filter(|event| event["Type"] == "SNS") {
            let (_, queue) = template.queue(&event["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]);
            assert!(!is_fifo(&queue), "{name}: SNS sends no message group");
        }
    }
}

#[test]
fn every_rule_tries_again_and_keeps_what_it_could_not_deliver() {
    let template = Template::read();
    let rules = template.of_type("AWS::Events::Rule");
    assert!(!rules.is_empty());
    for (name, rule) in rules {
        for target in rule["Targets"].as_array().expect("targets") {
            let (_, queue) = template.queue(&target["DeadLetterConfig"]["Arn"]);
            assert!(!is_fifo(&queue), "{name}: EventBridge sends undelivered events to standard queues only");
            assert!(number(&target["RetryPolicy"]["MaximumRetryAttempts"]) > 0, "{name}");
            assert!(number(&target["RetryPolicy"]["MaximumEventAgeInSeconds"]) >= 3600, "{name}");
        }
    }
}

#[test]
fn every_queue_of_lost_work_has_an_alarm_that_reaches_people() {
    let template = Template::read();
    let woken: BTreeSet<String> = template.queue_mappings().into_iter().map(|(_, _, name, _)| name).collect();
    let alarms = template.of_type("AWS::CloudWatch::Alarm");
    for name in template.of_type("AWS::SQS::Queue").into_keys().filter(|name| !woken.contains(*name)) {
        let dimensions = serde_json::json!([{"Name": "QueueName", "Value": format!("{name}.QueueName")}]);
        let alarm = alarms.values().find(|alarm| alarm["Dimensions"] == dimensions);
        let alarm = alarm.unwrap_or_else(|| panic!("no alarm watches `{name}`"));
        assert_eq!(alarm["MetricName"], "ApproximateNumberOfMessagesVisible", "{name}");
        assert_eq!(alarm["AlarmActions"], serde_json::json!(["OperatorsTopic"]), "{name}");
    }
}

#[test]
fn people_hear_of_reports_that_could_not_be_published() {
    let template = Template::read();
    for (name, function) in template.functions() {
        let folder = function["CodeUri"].as_str().and_then(|uri| uri.strip_prefix("functions/"));
        let dimensions = of_stack(&[("function", folder.expect("a folder"))]);
        assert!(template.rings_above_zero("Lamplighter", "UnpublishedReports", &dimensions), "{name}");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shell/src/telemetry/metrics.rs");
    let code = std::fs::read_to_string(file).expect("the code of metrics is readable");
    for name in ["Lamplighter", "UnpublishedReports", "stack"] {
        assert!(code.contains(&format!("\"{name}\"")), "the code counts no `{name}`");
    }
}

#[test]
fn alarms_on_metrics_of_our_own_are_about_this_stack() {
    let template = Template::read();
    let shared = &template.0["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(shared["LAMPLIGHTER_STACK"], "AWS::StackName");
    let of_our_own: Vec<&Value> = metrics(&template.0).collect();
    assert!(!of_our_own.is_empty());
    for metric in of_our_own {
        assert_eq!(metric["Dimensions"][0], of_stack(&[])[0], "{metric}");
    }
}

/// Everything that names our namespace: alarms, and the metrics within them.
fn metrics(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    let inner: Box<dyn Iterator<Item = &Value>> = match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    };
    let own = (value["Namespace"] == "Lamplighter").then_some(value);
    Box::new(own.into_iter().chain(inner.flat_map(metrics)))
}

#[test]
fn alarms_are_quiet_without_data_and_tell_people_when_they_are_over() {
    for (name, alarm) in Template::read().own_alarms() {
        // When nobody measures how old snapshots are, they may be of any age.
        let without_data = if alarm["MetricName"] == databases::AGE { "breaching" } else { "notBreaching" };
        assert_eq!(alarm["TreatMissingData"], without_data, "{name}");
        assert_eq!(texts(&alarm["AlarmActions"]), ["OperatorsTopic"], "{name}");
        assert_eq!(alarm["OKActions"], alarm["AlarmActions"], "{name}");
    }
}

#[test]
fn roles_name_what_they_write_to() {
    let template = Template::read();
    let roles = template.of_type("AWS::IAM::Role");
    for (name, function) in template.functions() {
        let role = function["Role"].as_str().and_then(|arn| arn.strip_suffix(".Arn"));
        let role =
            role.and_then(|role| roles.get(role)).unwrap_or_else(|| panic!("{name} has no role of its own"));
        assert_eq!(role["ManagedPolicyArns"], Value::Null, "{name}: managed policies allow every resource");
    }
    let policies = roles.values().flat_map(|role| role["Policies"].as_array().into_iter().flatten());
    for statement in policies.flat_map(|policy| statements(&policy["PolicyDocument"]["Statement"])) {
        let actions = texts(&statement["Action"]);
        assert!(!actions.is_empty(), "{statement}");
        for action in &actions {
            assert!(!action.contains('*'), "{action}");
        }
        let only_reads = actions.iter().all(|action| {
            let verb = action.split_once(':').map_or(*action, |(_, verb)| verb);
            READ_VERBS.iter().any(|read| verb.starts_with(read))
        });
        let everywhere = texts(&statement["Resource"]).contains(&"*");
        assert!(only_reads || !everywhere, "{actions:?} on every resource");
        assert_ne!(statement["Resource"], Value::Null, "{actions:?} on no resource");
    }
}

#[test]
fn every_function_says_how_much_it_needs_and_keeps_its_log_for_a_while() {
    let template = Template::read();
    let groups = template.of_type("AWS::Logs::LogGroup");
    for (name, function) in template.functions() {
        assert!(number(&function["MemorySize"]) >= 128, "{name}");
        assert!(number(&function["Timeout"]) > 0, "{name}");
        assert_eq!(function["LoggingConfig"]["LogFormat"], "JSON", "{name}");
        let group = function["LoggingConfig"]["LogGroup"].as_str().and_then(|group| groups.get(group));
        let group = group.unwrap_or_else(|| panic!("{name} has no log group of its own"));
        assert_eq!(group["RetentionInDays"], "LogRetention", "{name}");
        assert_eq!(texts(&group["KmsKeyId"]), ["HasLogKey", "LogKeyArn", "AWS::NoValue"], "{name}");
    }
}

/// People and Terraform find what they need by the outputs, not by guessing names.
#[test]
fn whatever_somebody_sends_to_reads_from_or_calls_is_an_output() {
    let template = Template::read();
    let outputs = template.0["Outputs"].as_object().expect("outputs");
    let kinds = [
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::Serverless::Function",
    ];
    for name in kinds.iter().flat_map(|kind| template.of_type(kind).into_keys()) {
        let of_it = |output: &&Value| output["Value"] == name || output["Value"] == format!("{name}.Arn");
        let outputs: Vec<&Value> = outputs.values().filter(of_it).collect();
        assert!(!outputs.is_empty(), "no output tells of `{name}`");
        for output in outputs {
            assert_eq!(output["Condition"], template.0["Resources"][name]["Condition"], "{name}");
            assert!(output["Description"].is_string(), "{name}");
        }
    }
}
