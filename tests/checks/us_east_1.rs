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
use shared::playbook::route::When;

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

/// The rules that send home, each with the end of its name. Those that hear at home what they send are called alike.
const RULES: [(&str, &str); 2] =
    [("AlarmEventsRule", "alarm-events"), ("CertificateNoticesRule", "certificate-notices")];

fn takes_by(template: &Value, rule: &str, event: &Value) -> bool {
    pattern::matches(&template["Resources"][rule]["Properties"]["EventPattern"], event)
}

fn takes(template: &Value, event: &Value) -> bool {
    takes_by(template, "AlarmEventsRule", event)
}

/// The ARN of a rule of the stack.
fn rule_arn(name: &str) -> String {
    format!(
        "arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{AWS::StackName}}-{name}"
    )
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

/// CloudFront's certificates are there, and nobody else hears that ACM cannot renew one.
#[test]
fn every_notice_of_a_certificate_of_us_east_1_is_sent_home_and_heard_there() {
    let (far, home) = (far(), home());
    let mut sent = 0;
    for (file, event) in recorded() {
        let is_wanted = event["source"] == "aws.acm" && matches!(decoded(&event), Some(Event::Notice(_)));
        assert_eq!(takes_by(&home, "CertificateNoticesRule", &event), is_wanted, "{file}");
        for region in ["us-east-1", "eu-west-1"] {
            let mut event = event.clone();
            event["region"] = json!(region);
            let is_of_here = region == "us-east-1" && event["account"] == "123456789012";
            assert_eq!(takes_by(&far, "CertificateNoticesRule", &event), is_wanted && is_of_here, "{file}");
        }
        sent += usize::from(is_wanted);
    }
    assert!(sent >= 2, "only {sent} events are tried");
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
fn events_are_sent_to_the_bus_at_home_and_nowhere_else() {
    let template = template("template-us-east-1.yaml");
    let bus = "arn:${AWS::Partition}:events:${HomeRegion}:${AWS::AccountId}:event-bus/default";
    for (id, name) in RULES {
        let rule = &template["Resources"][id]["Properties"];
        assert_eq!(rule["Name"], format!("${{AWS::StackName}}-{name}"));
        let [target] = &rule["Targets"].as_array().expect("targets")[..] else {
            panic!("more than one target")
        };
        assert_eq!((&target["Arn"], &target["RoleArn"]), (&json!(bus), &json!("HomeBusRole.Arn")), "{id}");
        assert_eq!(target["DeadLetterConfig"]["Arn"], "UndeliveredEvents.Arn", "{id}");
        let retries = json!({"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400});
        assert_eq!(target["RetryPolicy"], retries, "{id}");
    }
    let role = &template["Resources"]["HomeBusRole"]["Properties"];
    let trust = &role["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trust[0]["Principal"], json!({"Service": "events.amazonaws.com"}));
    let rules = json!(RULES.map(|(_, name)| rule_arn(name)));
    assert_eq!(trust[0]["Condition"]["ArnEquals"]["aws:SourceArn"], rules);
    assert_eq!(trust[0]["Condition"]["StringEquals"]["aws:SourceAccount"], "AWS::AccountId");
    let allowed = &role["Policies"][0]["PolicyDocument"]["Statement"];
    let expected =
        json!([{"Sid": "SendEventsHome", "Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}]);
    assert_eq!(allowed, &expected);
    assert_eq!(role["Policies"].as_array().map(Vec::len), Some(1));
    assert_eq!(role["ManagedPolicyArns"], Value::Null);
}

#[test]
fn at_home_nothing_is_sent_to_the_bus_that_it_came_from() {
    let (far, home) = (template("template-us-east-1.yaml"), template("template.yaml"));
    assert_eq!(far["Conditions"]["HomeIsElsewhere"], json!([["HomeRegion", "AWS::Region"]]));
    for (name, _) in RULES {
        assert_eq!(far["Resources"][name]["Condition"], "HomeIsElsewhere", "{name}");
        let targets = &home["Resources"][name]["Properties"]["Targets"];
        assert_eq!(targets[0]["Arn"], "Alarms.Arn", "{name}");
    }
    assert_eq!(far["Resources"]["HomeBusRole"]["Condition"], "HomeIsElsewhere");
    assert_eq!(of_type(&far, "AWS::Events::Rule").len(), RULES.len());
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
    let let_in: BTreeSet<(&str, String)> = statements
        .expect("statements")
        .iter()
        .map(|it| {
            let sources = &it["Condition"]["ArnEquals"]["aws:SourceArn"];
            assert_eq!(
                (&it["Action"], &it["Resource"]),
                (&json!("sqs:SendMessage"), &json!("UndeliveredEvents.Arn"))
            );
            (it["Principal"]["Service"].as_str().expect("a service"), sources.to_string())
        })
        .collect();
    let rules = json!(RULES.map(|(_, name)| rule_arn(name))).to_string();
    let topic = json!("AlarmsTopic").to_string();
    assert_eq!(let_in, [("events.amazonaws.com", rules), ("sns.amazonaws.com", topic)].into());

    let alarm = &resources["UndeliveredEventsAlarm"]["Properties"];
    assert_eq!(alarm["Dimensions"], json!([{"Name": "QueueName", "Value": "UndeliveredEvents.QueueName"}]));
    assert_eq!(alarm["MetricName"], "ApproximateNumberOfMessagesVisible");
    assert_eq!((&alarm["Threshold"], &alarm["AlarmActions"]), (&json!(0), &json!(["OperatorsTopic"])));
}

#[test]
fn topics_are_encrypted_with_a_key_that_publishers_may_use() {
    let template = template("template-us-east-1.yaml");
    let topics = of_type(&template, "AWS::SNS::Topic");
    assert_eq!(topics.keys().copied().collect::<Vec<_>>(), ["AlarmsTopic", "OperatorsTopic"]);
    for (name, topic) in &topics {
        assert_eq!(topic["Properties"]["KmsMasterKeyId"], "TopicsKey", "{name}");
    }
    let this_account = json!({"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}});
    let both = json!({"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]});
    let key = &template["Resources"]["TopicsKey"]["Properties"];
    assert_eq!(key["EnableKeyRotation"], true);
    let [_, services] = &key["KeyPolicy"]["Statement"].as_array().expect("statements")[..] else {
        panic!("{key}")
    };
    assert_eq!(services["Principal"], both);
    assert_eq!(services["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
    assert_eq!(services["Condition"], this_account);
    let cloudwatch = json!({"Service": "cloudwatch.amazonaws.com"});
    let policies = of_type(&template, "AWS::SNS::TopicPolicy");
    assert_eq!(policies.len(), topics.len());
    for (name, principal) in [("AlarmsTopicPolicy", both), ("OperatorsTopicPolicy", cloudwatch)] {
        let statements = policies[name]["Properties"]["PolicyDocument"]["Statement"].as_array();
        let [statement] = &statements.expect("statements")[..] else { panic!("{name}") };
        assert_eq!(statement["Principal"], principal, "{name}");
        assert_eq!((&statement["Action"], &statement["Condition"]), (&json!("sns:Publish"), &this_account));
    }
}

/// AWS Budgets writes a mail's text, and the topic of whichever Region puts its envelope around it.
#[test]
fn a_budget_of_us_east_1_is_heard_at_home_and_has_a_route() {
    let far = far();
    let budget = far["Resources"]["StatusBudget"]["Properties"]["Budget"]["BudgetName"].as_str();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/route-alarm/budget-sns-in-sqs.json");
    let text = fs::read_to_string(file).expect("a readable event");
    let topic = ":123456789012:lamplighter-prod-us-east-1-alarms";
    let text = text.replace(":123456789012:operators", topic);
    assert!(text.contains(topic));
    let mut event: Value = serde_json::from_str(&text).expect("JSON");
    event["Records"][0]["awsRegion"] = json!("eu-west-1");
    let Some(Event::Notice(notice)) = decoded(&event) else { panic!("no notice") };
    assert!(format!("{notice:?}").contains(budget.expect("a name")), "{notice:?}");
    let playbook = playbook();
    let routes = playbook.routes.iter().filter(|route| match &route.when {
        When::Alarm(_) => false,
        When::Notice(pattern) => pattern.matches(&notice),
    });
    assert_eq!(routes.map(|route| route.name.as_str()).collect::<Vec<_>>(), ["status-page-budget"]);
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
