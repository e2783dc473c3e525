//! Rules of `template-us-east-1.yaml`: what happens there reaches the router at home, each way once, and nothing loops.
//! No stand-in sends changes of alarms to a bus, so that the rules are tried on the events as AWS recorded them.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

pub(crate) mod pattern;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shared::event::{Event, decode};
use shared::kinds::dns::{Evidence, Side};

use crate::watch::{of_type, playbook, template};

/// A template as it is deployed: in this account, beside a home stack of this name.
fn deployed(file: &str, region: &str) -> Value {
    let text = template(file).to_string();
    let text = text.replace("${HomeStackName}", "lamplighter-prod");
    let text = text
        .replace("\"AWS::AccountId\"", "\"123456789012\"")
        .replace("\"AWS::Region\"", &json!(region).to_string());
    let own = if file == "template.yaml" { "lamplighter-prod" } else { "lamplighter-prod-us-east-1" };
    serde_json::from_str(&text.replace("${AWS::StackName}", own)).expect("still JSON")
}

fn far() -> Value {
    deployed("template-us-east-1.yaml", "us-east-1")
}

fn home() -> Value {
    deployed("template.yaml", "eu-west-1")
}

fn takes(template: &Value, event: &Value) -> bool {
    let rule = &template["Resources"]["AlarmEventsRule"]["Properties"];
    pattern::matches(&rule["EventPattern"], event)
}

/// Every event of the bus that is recorded for the router.
fn recorded() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/route-alarm");
    let files = fs::read_dir(folder).expect("recorded events").map(|entry| entry.expect("a file").path());
    let events = files.map(|file| {
        let text = fs::read_to_string(&file).expect("a readable event");
        (file.display().to_string(), serde_json::from_str(&text).expect("JSON"))
    });
    events.filter(|(_, event): &(_, Value)| event["detail-type"].is_string()).collect()
}

fn decoded(event: &Value) -> Option<Event> {
    let arrival = decode(event, "request-1").expect("an event");
    arrival.records.into_iter().next()?.content.ok()?.into_iter().next()
}

#[test]
fn every_alarm_of_us_east_1_is_sent_home_and_heard_there() {
    let (far, home) = (far(), home());
    let mut sent = 0;
    for (file, event) in recorded() {
        let alarm = match decoded(&event) {
            Some(Event::Alarm(alarm)) => Some(alarm),
            _ => None,
        };
        let is_of_scaling = alarm.as_ref().is_some_and(|alarm| alarm.name.starts_with("TargetTracking-"));
        let is_wanted = alarm.is_some() && !is_of_scaling;
        let is_of_here = event["region"] == "us-east-1" && event["account"] == "123456789012";
        assert_eq!(takes(&far, &event), is_wanted && is_of_here, "{file}");
        // A bus hands an event on as it is: the Region is that of the alarm, and there the router looks for it.
        assert_eq!(takes(&home, &event), is_wanted, "{file}");
        if takes(&far, &event) {
            assert_eq!(alarm.expect("an alarm").region.as_deref(), Some("us-east-1"), "{file}");
            sent += 1;
        }
    }
    assert!(sent >= 10, "only {sent} events are tried");
}

#[test]
fn alarms_about_lamplighter_itself_are_heard_by_no_rule() {
    let (far, home) = (far(), home());
    let (_, mut event) =
        recorded().into_iter().find(|(file, _)| file.ends_with("metric-eventbridge.json")).expect("it");
    assert!(takes(&far, &event) && takes(&home, &event));
    let alarms = of_type(&far, "AWS::CloudWatch::Alarm");
    let own: Vec<&Value> = alarms
        .values()
        .map(|alarm| &alarm["Properties"])
        .filter(|alarm| alarm["AlarmActions"] == json!(["OperatorsTopic"]))
        .collect();
    assert_eq!(own.len(), 1);
    for alarm in own {
        event["detail"]["alarmName"] = alarm["AlarmName"].clone();
        assert!(!takes(&far, &event) && !takes(&home, &event), "{}", alarm["AlarmName"]);
    }
    event["detail"]["alarmName"] = json!("lamplighter-dev-undelivered-events");
    assert!(!takes(&far, &event) && !takes(&home, &event), "another stack would be heard");
}

#[test]
fn alarms_are_sent_to_the_bus_at_home_and_nowhere_else() {
    let template = template("template-us-east-1.yaml");
    let bus = "arn:${AWS::Partition}:events:${HomeRegion}:${AWS::AccountId}:event-bus/default";
    let rule_arn =
        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${AWS::StackName}-alarm-events";
    let rule = &template["Resources"]["AlarmEventsRule"]["Properties"];
    assert_eq!(rule["Name"], "${AWS::StackName}-alarm-events");
    let [target] = &rule["Targets"].as_array().expect("targets")[..] else { panic!("more than one target") };
    assert_eq!((&target["Arn"], &target["RoleArn"]), (&json!(bus), &json!("AlarmEventsRole.Arn")));
    assert_eq!(target["DeadLetterConfig"]["Arn"], "UndeliveredEvents.Arn");
    assert_eq!(
        target["RetryPolicy"],
        json!({"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400})
    );

    let role = &template["Resources"]["AlarmEventsRole"]["Properties"];
    let trust = &role["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trust[0]["Principal"], json!({"Service": "events.amazonaws.com"}));
    assert_eq!(trust[0]["Condition"]["ArnEquals"]["aws:SourceArn"], rule_arn);
    assert_eq!(trust[0]["Condition"]["StringEquals"]["aws:SourceAccount"], "AWS::AccountId");
    let allowed = &role["Policies"][0]["PolicyDocument"]["Statement"];
    let expected =
        json!([{"Sid": "SendAlarmsHome", "Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}]);
    assert_eq!(allowed, &expected);
    assert_eq!(role["Policies"].as_array().map(Vec::len), Some(1));
    assert_eq!(role["ManagedPolicyArns"], Value::Null);
}

#[test]
fn at_home_nothing_is_sent_to_the_bus_that_it_came_from() {
    let template = template("template-us-east-1.yaml");
    assert_eq!(template["Conditions"]["HomeIsElsewhere"], json!([["HomeRegion", "AWS::Region"]]));
    for name in ["AlarmEventsRule", "AlarmEventsRole"] {
        assert_eq!(template["Resources"][name]["Condition"], "HomeIsElsewhere", "{name}");
    }
}

#[test]
fn the_topic_tells_the_queue_of_alarms_at_home() {
    let (far, home) = (far(), home());
    let subscription = &far["Resources"]["AlarmsSubscription"]["Properties"];
    let queue = &home["Resources"]["Alarms"]["Properties"]["QueueName"];
    let queue = queue.as_str().expect("a name");
    let endpoint = format!("arn:${{AWS::Partition}}:sqs:${{HomeRegion}}:${{AWS::AccountId}}:{queue}");
    assert_eq!(subscription["Endpoint"], endpoint);
    assert_eq!(
        (&subscription["Protocol"], &subscription["TopicArn"]),
        (&json!("sqs"), &json!("AlarmsTopic"))
    );
    assert_eq!(subscription["RawMessageDelivery"], Value::Null);
    assert_eq!(subscription["RedrivePolicy"]["deadLetterTargetArn"], "UndeliveredEvents.Arn");
}

#[test]
fn what_could_not_be_sent_home_is_kept_and_told_to_people() {
    let template = template("template-us-east-1.yaml");
    let resources = &template["Resources"];
    let queue = &resources["UndeliveredEvents"]["Properties"];
    assert_eq!(
        (&queue["MessageRetentionPeriod"], &queue["SqsManagedSseEnabled"]),
        (&json!(1_209_600), &json!(true))
    );
    assert_eq!(queue["FifoQueue"], Value::Null, "neither EventBridge nor SNS sends a message group");

    let statements =
        resources["UndeliveredEventsPolicy"]["Properties"]["PolicyDocument"]["Statement"].as_array();
    let let_in: BTreeSet<(&str, &str)> = statements
        .expect("statements")
        .iter()
        .map(|it| {
            let source = it["Condition"]["ArnEquals"]["aws:SourceArn"].as_str().expect("a source");
            assert_eq!(
                (&it["Action"], &it["Resource"]),
                (&json!("sqs:SendMessage"), &json!("UndeliveredEvents.Arn"))
            );
            (it["Principal"]["Service"].as_str().expect("a service"), source)
        })
        .collect();
    let rule =
        "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${AWS::StackName}-alarm-events";
    assert_eq!(let_in, [("events.amazonaws.com", rule), ("sns.amazonaws.com", "AlarmsTopic")].into());

    let alarm = &resources["UndeliveredEventsAlarm"]["Properties"];
    assert_eq!(alarm["Dimensions"], json!([{"Name": "QueueName", "Value": "UndeliveredEvents.QueueName"}]));
    assert_eq!(alarm["MetricName"], "ApproximateNumberOfMessagesVisible");
    assert_eq!((&alarm["Threshold"], &alarm["AlarmActions"]), (&json!(0), &json!(["OperatorsTopic"])));
}

#[test]
fn topics_are_encrypted_with_a_key_that_cloudwatch_may_use() {
    let template = template("template-us-east-1.yaml");
    let topics = of_type(&template, "AWS::SNS::Topic");
    assert_eq!(topics.keys().copied().collect::<Vec<_>>(), ["AlarmsTopic", "OperatorsTopic"]);
    for (name, topic) in &topics {
        assert_eq!(topic["Properties"]["KmsMasterKeyId"], "TopicsKey", "{name}");
    }
    let this_account = json!({"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}});
    let key = &template["Resources"]["TopicsKey"]["Properties"];
    assert_eq!(key["EnableKeyRotation"], true);
    let [_, alarms] = &key["KeyPolicy"]["Statement"].as_array().expect("statements")[..] else {
        panic!("{key}")
    };
    assert_eq!(alarms["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}));
    assert_eq!(alarms["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
    assert_eq!(alarms["Condition"], this_account);
    let policies = of_type(&template, "AWS::SNS::TopicPolicy");
    assert_eq!(policies.len(), topics.len());
    for (name, policy) in policies {
        let statement = &policy["Properties"]["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Principal"], json!({"Service": "cloudwatch.amazonaws.com"}), "{name}");
        assert_eq!(
            (&statement["Action"], &statement["Condition"]),
            (&json!("sns:Publish"), &this_account),
            "{name}"
        );
    }
}

#[test]
fn what_a_fail_over_takes_for_evidence_there_is_there() {
    let template = template("template-us-east-1.yaml");
    let alarms = of_type(&template, "AWS::CloudWatch::Alarm");
    let names: BTreeSet<&str> =
        alarms.values().filter_map(|it| it["Properties"]["AlarmName"].as_str()).collect();
    let playbook = playbook();
    let mut found = 0;
    for (target, dns) in playbook.all_dns() {
        for side in Side::ALL {
            if let Evidence::Alarm { name, region: Some(region) } = dns.evidence.of(side) {
                assert_eq!(region.as_str(), "us-east-1", "{target}");
                assert!(names.contains(name.as_str()), "{target} looks for {}", name.as_str());
                found += 1;
            }
        }
    }
    assert_eq!(found, 1);
}
