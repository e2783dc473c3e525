//! Rules of who may publish to topics and send to queues, and of how both are encrypted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::model::{Template, permissions, statements, texts};

/// The key of all topics.
const KEY: &str = "TopicsKey";
/// The service whose requests bear no source.
const EVENT_BRIDGE: &str = "events.amazonaws.com";

/// Who may publish to each topic: services, and roles of the stack.
fn publishers(template: &Template) -> BTreeMap<String, BTreeSet<String>> {
    let mut publishers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, policy) in template.of_type("AWS::SNS::TopicPolicy") {
        let topics = texts(&policy["Topics"]);
        let [topic] = topics[..] else { panic!("{name}: {topics:?}") };
        for statement in statements(&policy["PolicyDocument"]["Statement"]) {
            assert_eq!(
                (&statement["Effect"], &statement["Action"]),
                (&json!("Allow"), &json!("sns:Publish")),
                "{name}"
            );
            // SNS takes no policy that speaks of other topics.
            assert_eq!(statement["Resource"], topic, "{name}");
            let services = texts(&statement["Principal"]["Service"]);
            assert_eq!(is_narrowed(statement), !services.is_empty() && services != [EVENT_BRIDGE], "{name}");
            let roles =
                texts(&statement["Principal"]["AWS"]).into_iter().filter(|text| text.ends_with("Role.Arn"));
            let all = services.into_iter().chain(roles).map(str::to_owned);
            publishers.entry(topic.to_owned()).or_default().extend(all);
        }
    }
    publishers
}

fn is_narrowed(statement: &Value) -> bool {
    statement["Condition"] == json!({"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}})
}

fn set<const N: usize>(items: [&str; N]) -> BTreeSet<String> {
    items.map(str::to_owned).into()
}

#[test]
fn only_those_publish_that_have_something_to_say() {
    let template = Template::read();
    let functions = template.functions().into_values().filter_map(|function| function["Role"].as_str());
    let functions: BTreeSet<String> = functions.map(str::to_owned).collect();
    let expected = BTreeMap::from([
        (
            "AlarmsTopic",
            set(["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]),
        ),
        ("ChatTopic", functions.clone()),
        ("DeploysTopic", set(["codestar-notifications.amazonaws.com", EVENT_BRIDGE, "s3.amazonaws.com"])),
        ("OperatorsTopic", set(["cloudwatch.amazonaws.com"])),
        ("OutcomesTopic", functions),
    ]);
    let expected = expected.into_iter().map(|(topic, publishers)| (topic.to_owned(), publishers));
    assert_eq!(publishers(&template), expected.collect());
}

#[test]
fn every_topic_has_a_policy_and_is_encrypted_with_the_key_of_the_stack() {
    let template = Template::read();
    let topics: BTreeSet<String> = publishers(&template).into_keys().collect();
    let encrypted = template.of_type("AWS::SNS::Topic").into_iter();
    let encrypted = encrypted.filter(|(_, topic)| topic["KmsMasterKeyId"] == KEY);
    assert_eq!(encrypted.map(|(name, _)| name.to_owned()).collect::<BTreeSet<_>>(), topics);
    assert_eq!(template.of_type("AWS::SNS::Topic").len(), topics.len());
    assert_eq!(template.of_type("AWS::KMS::Key")[KEY]["EnableKeyRotation"], true);
}

/// Without the key, a service's message is dropped, and nobody is told.
#[test]
fn whoever_may_publish_may_use_the_key() {
    let template = Template::read();
    let mut may_use = BTreeSet::new();
    for statement in statements(&template.of_type("AWS::KMS::Key")[KEY]["KeyPolicy"]["Statement"]) {
        let services = texts(&statement["Principal"]["Service"]);
        if services.is_empty() {
            continue;
        }
        assert_eq!(texts(&statement["Action"]), ["kms:Decrypt", "kms:GenerateDataKey*"], "{statement}");
        assert_eq!(is_narrowed(statement), services != [EVENT_BRIDGE], "{statement}");
        may_use.extend(services.into_iter().map(str::to_owned));
    }
    let publishers = publishers(&template).into_values().flatten();
    let (roles, services): (BTreeSet<String>, _) = publishers.partition(|one| one.ends_with(".Arn"));
    assert_eq!(may_use, services);

    for role in roles {
        let role = role.strip_suffix(".Arn").expect("the ARN of a role");
        let uses = permissions(template.of_type("AWS::IAM::Role")[role]).into_iter();
        let uses: Vec<&Value> =
            uses.filter(|statement| statement["Resource"] == format!("{KEY}.Arn")).collect();
        let [uses] = uses[..] else { panic!("{role}: {uses:?}") };
        assert_eq!(texts(&uses["Action"]), ["kms:Decrypt", "kms:GenerateDataKey"], "{role}");
        let by_sns = json!({"StringEquals": {"kms:ViaService": "sns.${AWS::Region}.${AWS::URLSuffix}"}});
        assert_eq!(uses["Condition"], by_sns, "{role}");
    }
}

#[test]
fn every_queue_is_encrypted_with_a_key_that_every_service_may_use() {
    for (name, queue) in Template::read().of_type("AWS::SQS::Queue") {
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{name}");
    }
}

#[test]
fn policies_of_queues_let_in_this_account_only() {
    for (name, policy) in Template::read().of_type("AWS::SQS::QueuePolicy") {
        for statement in statements(&policy["PolicyDocument"]["Statement"]) {
            let condition = statement["Condition"].to_string();
            assert!(condition.contains("aws:SourceAccount") || condition.contains("aws:SourceArn"), "{name}");
            assert_eq!(texts(&statement["Action"]), ["sqs:SendMessage"], "{name}");
        }
    }
}
