//! Rules of what joins an alarm to the functions: topic, queue, rules, router, ledger, schedules.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::model::{OWN, Template, allowed, events, is_fifo, permissions, statements, texts};

/// The function that sends commands to the others.
const ROUTER: &str = "RouteAlarmFunction";
/// How the names of all stacks begin, so that no router hears another's alarms.
const EVERY_STACK: &str = "lamplighter-";
/// What the router's name and the stack's name make.
const ROUTER_ARN: &str =
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-route-alarm";

#[test]
fn every_subscription_of_a_queue_is_let_in_and_keeps_what_it_could_not_deliver() {
    let template = Template::read();
    let subscriptions = template.of_type("AWS::SNS::Subscription");
    assert!(!subscriptions.is_empty());
    for (name, subscription) in subscriptions.into_iter().filter(|(_, one)| one["Protocol"] != "email") {
        assert_eq!(subscription["Protocol"], "sqs", "{name}");
        let (queue, _) = template.queue(&subscription["Endpoint"]);
        let (dead_letters, properties) =
            template.queue(&subscription["RedrivePolicy"]["deadLetterTargetArn"]);
        assert!(!is_fifo(&properties), "{name}: SNS sends no message group");
        for queue in [queue, dead_letters] {
            assert!(lets_in(&template, &queue, "sns.amazonaws.com", &subscription["TopicArn"]), "{queue}");
        }
    }
}

/// Every topic of this account, in whichever Region.
const TOPICS_OF_THIS_ACCOUNT: &str = "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*";

/// Whether a queue's policy lets a service send to it, for this very source or for every topic of the account.
fn lets_in(template: &Template, queue: &str, service: &str, source: &Value) -> bool {
    let policies = template.of_type("AWS::SQS::QueuePolicy");
    let of_queue = policies.values().filter(|policy| texts(&policy["Queues"]).contains(&queue));
    of_queue.flat_map(|policy| statements(&policy["PolicyDocument"]["Statement"])).any(|statement| {
        let condition = &statement["Condition"];
        let sources = texts(&condition["ArnEquals"]["aws:SourceArn"]);
        let every_topic = condition["ArnLike"]["aws:SourceArn"] == TOPICS_OF_THIS_ACCOUNT;
        texts(&statement["Principal"]["Service"]).contains(&service)
            && texts(&statement["Action"]) == ["sqs:SendMessage"]
            && (every_topic || source.as_str().is_some_and(|source| sources.contains(&source)))
    })
}

#[test]
fn topics_of_other_regions_reach_the_queue_of_alarms() {
    let template = Template::read();
    let elsewhere = json!("arn:aws:sns:us-east-1:123456789012:edge-alarms");
    assert!(lets_in(&template, "Alarms", "sns.amazonaws.com", &elsewhere));
    let dead_letters = ["AlarmsDeadLetters", "UndeliveredEvents"];
    assert!(dead_letters.iter().all(|queue| !lets_in(&template, queue, "sns.amazonaws.com", &elsewhere)));
}

#[test]
fn the_router_reaches_the_commands_of_every_other_function_and_no_other_queue() {
    let template = Template::read();
    let mut pairs = Vec::new();
    let mut queues = BTreeSet::new();
    for (name, function) in template.functions().into_iter().filter(|(name, _)| *name != ROUTER) {
        let folder = function["CodeUri"].as_str().and_then(|uri| uri.strip_prefix("functions/"));
        for event in events(function).filter(|event| event["Type"] == "SQS") {
            let (queue, properties) = template.queue(&event["Properties"]["Queue"]);
            if is_fifo(&properties) {
                pairs.push(format!("{}=${{{queue}}}", folder.unwrap_or(name)));
                queues.insert(format!("{queue}.Arn"));
            }
        }
    }
    let router = template.functions()[ROUTER];
    let told = texts(&router["Environment"]["Variables"]["LAMPLIGHTER_QUEUES"]);
    let ["EveryFunction", all, alone] = told[..] else { panic!("{told:?}") };
    assert_eq!(all.split(',').collect::<BTreeSet<_>>(), pairs.iter().map(String::as_str).collect());
    assert_eq!(alone, "failover-dns=${FailoverDnsCommands}");

    let failures = router["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"].as_str();
    queues.insert(failures.expect("a queue of failures").to_owned());
    assert_eq!(allowed(&template, "RouteAlarmRole", "sqs:SendMessage"), queues);
}

#[test]
fn the_bus_brings_every_alarm_but_those_that_would_loop() {
    let template = Template::read();
    let rule = template.of_type("AWS::Events::Rule")["AlarmEventsRule"];
    assert_eq!(
        rule["EventPattern"]["detail"]["alarmName"],
        json!([{"anything-but": {"prefix": [EVERY_STACK, OWN, "TargetTracking-"]}}])
    );
    let own = template.own_alarms();
    for (name, alarm) in template.of_type("AWS::CloudWatch::Alarm") {
        let topic = if own.contains_key(name) { "OperatorsTopic" } else { "AlarmsTopic" };
        assert_eq!(texts(&alarm["AlarmActions"]), [topic], "{name}");
    }
    assert_eq!(template.0["Conditions"]["HasAlarmEvents"], json!(["AlarmEvents", "on"]));
}

#[test]
fn alarms_and_notices_of_this_account_reach_the_router() {
    let template = Template::read();
    let alarms = events(template.functions()[ROUTER]).next().expect("a queue of alarms").clone();
    for (name, rule) in template.of_type("AWS::Events::Rule") {
        let of_alarms = name.ends_with("NoticesRule") || name == "AlarmEventsRule";
        assert_eq!(rule["Targets"][0]["Arn"] == alarms["Properties"]["Queue"], of_alarms, "{name}");
    }
    let permissions = template.of_type("AWS::Lambda::Permission");
    let direct = permissions.values().filter(|permission| permission["FunctionName"] == ROUTER);
    let direct: Vec<_> = direct.collect();
    assert_eq!(direct.len(), 1);
    assert_eq!(direct[0]["Principal"], "lambda.alarms.cloudwatch.amazonaws.com");
    assert_eq!(direct[0]["SourceAccount"], "AWS::AccountId");
}

#[test]
fn the_ledger_forgets_by_itself_and_can_be_restored() {
    let template = Template::read();
    for (name, table) in template.of_type("AWS::DynamoDB::Table") {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{name}");
        assert_eq!(table["TimeToLiveSpecification"], json!({"AttributeName": "expires_at", "Enabled": true}));
        assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{name}");
        assert_eq!(table["SSESpecification"]["SSEEnabled"], true, "{name}");
        let keys =
            json!([{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]);
        assert_eq!(table["KeySchema"], keys, "{name}");
        assert_eq!(
            table["TableName"],
            Value::Null,
            "{name}: a kept table would stand in the way of the next"
        );
        let resource = &template.0["Resources"][name];
        // A first deployment that fails leaves none behind.
        assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
}

#[test]
fn a_function_touches_the_ledger_when_it_is_told_its_name_and_not_otherwise() {
    let template = Template::read();
    for (name, function) in template.functions() {
        let told = &function["Environment"]["Variables"]["LAMPLIGHTER_LEDGER_TABLE"];
        let role = function["Role"].as_str().and_then(|arn| arn.strip_suffix(".Arn")).expect("a role");
        let tables = allowed(&template, role, "dynamodb:");
        let expected: BTreeSet<String> =
            told.as_str().map(|table| format!("{table}.Arn")).into_iter().collect();
        assert_eq!(tables, expected, "{name}");
    }
    let shared = &template.0["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(shared["LAMPLIGHTER_LEDGER_TABLE"], Value::Null);
}

#[test]
fn a_check_calls_the_router_or_is_kept_and_does_nothing_else() {
    let template = Template::read();
    let variables = &template.functions()[ROUTER]["Environment"]["Variables"];
    let role = &template.of_type("AWS::IAM::Role")["SchedulerRole"];
    assert_eq!(variables["LAMPLIGHTER_SCHEDULE_ROLE"], "SchedulerRole.Arn");
    assert_eq!(variables["LAMPLIGHTER_SCHEDULE_TARGET"], ROUTER_ARN);
    assert_eq!(template.functions()[ROUTER]["FunctionName"], "${AWS::StackName}-route-alarm");
    assert_eq!(allowed(&template, "SchedulerRole", "lambda:"), [ROUTER_ARN.to_owned()].into());
    assert_eq!(allowed(&template, "SchedulerRole", "sqs:"), ["SchedulesDeadLetters.Arn".to_owned()].into());
    let actions: Vec<&str> = permissions(role).into_iter().flat_map(|one| texts(&one["Action"])).collect();
    assert_eq!(actions, ["lambda:InvokeFunction", "sqs:SendMessage"]);

    let trust = statements(&role["AssumeRolePolicyDocument"]["Statement"])[0];
    assert_eq!(trust["Principal"]["Service"], "scheduler.amazonaws.com");
    assert_eq!(trust["Condition"]["StringEquals"]["aws:SourceAccount"], "AWS::AccountId");
    let group = variables["LAMPLIGHTER_SCHEDULE_GROUP"].as_str().expect("a group");
    assert_eq!(trust["Condition"]["ArnEquals"]["aws:SourceArn"], format!("{group}.Arn"));
    assert!(template.of_type("AWS::Scheduler::ScheduleGroup").contains_key(group));

    let within = format!(
        "arn:${{AWS::Partition}}:scheduler:${{AWS::Region}}:${{AWS::AccountId}}:schedule/${{{group}}}/*"
    );
    assert_eq!(allowed(&template, "RouteAlarmRole", "scheduler:"), [within].into());
}

#[test]
fn the_router_may_look_at_alarms_of_every_kind_and_at_their_contributors() {
    let template = Template::read();
    for action in ["cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmContributors"] {
        let role = permissions(template.of_type("AWS::IAM::Role")["RouteAlarmRole"]);
        let of_action = |statement: &&Value| texts(&statement["Action"]).contains(&action);
        let allowed: Vec<_> = role.into_iter().filter(of_action).collect();
        // On anything less, composite alarms are hidden.
        assert!(matches!(allowed[..], [statement] if statement["Resource"] == "*"), "{action}");
    }
}

#[test]
fn a_role_is_handed_on_to_one_service_only() {
    let template = Template::read();
    for (name, role) in template.of_type("AWS::IAM::Role") {
        for statement in permissions(role) {
            if texts(&statement["Action"]).contains(&"iam:PassRole") {
                assert_eq!(texts(&statement["Action"]).len(), 1, "{name}");
                assert!(statement["Condition"]["StringEquals"]["iam:PassedToService"].is_string(), "{name}");
            }
        }
    }
}
