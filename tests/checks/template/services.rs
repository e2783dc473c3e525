//! Rules of what `scale-service` may do, and of what its one-time schedules may.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::model::{Template, allowed, permissions, statements, texts};

const FUNCTION: &str = "ScaleServiceFunction";
const ROLE: &str = "ScaleServiceRole";
const SCALABLE_TARGETS: &str =
    "arn:${AWS::Partition}:application-autoscaling:${AWS::Region}:${AWS::AccountId}:scalable-target/*";

/// The statements that allow an action, each with the condition of the template that it stands under.
fn allowing<'a>(role: &'a Value, action: &str) -> Vec<(Option<&'a str>, &'a Value)> {
    let list = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("statements");
    let under = |entry: &'a Value| entry.get(0).and_then(Value::as_str);
    let pairs = list.iter().flat_map(|entry| {
        statements(entry).into_iter().map(move |statement| (under(entry), statement)).collect::<Vec<_>>()
    });
    pairs.filter(|(_, statement)| texts(&statement["Action"]).contains(&action)).collect()
}

#[test]
fn it_changes_no_service_but_those_of_the_parameter() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    for action in ["ecs:UpdateService", "ecs:DescribeServices"] {
        let found = allowing(role, action);
        let [(Some("HasServices"), statement)] = found[..] else { panic!("{action}: {found:?}") };
        assert_eq!(statement["Resource"], "ServiceArns", "{action}");
    }
    assert_eq!(template.0["Parameters"]["ServiceArns"]["Type"], "CommaDelimitedList");
    assert_eq!(template.0["Parameters"]["ServiceArns"]["Default"], "");
    assert_eq!(
        template.0["Conditions"]["HasServices"],
        json!(["EveryFunction", [[["", "ServiceArns"], ""]]])
    );
}

#[test]
fn it_changes_bounds_of_ecs_services_only_and_never_makes_or_deletes_what_scales_them() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let found = allowing(role, "application-autoscaling:RegisterScalableTarget");
    let [(Some("HasServices"), statement)] = found[..] else { panic!("{found:?}") };
    assert_eq!(texts(&statement["Action"]).len(), 1);
    assert_eq!(statement["Resource"], SCALABLE_TARGETS);
    let only_ecs = json!({"StringEquals": {
        "application-autoscaling:service-namespace": "ecs",
        "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
    }});
    assert_eq!(statement["Condition"], only_ecs);

    let actions = permissions(role).into_iter().flat_map(|statement| texts(&statement["Action"]));
    let of_scaling: BTreeSet<&str> =
        actions.filter_map(|a| a.strip_prefix("application-autoscaling:")).collect();
    let expected = [
        "DescribeScalableTargets",
        "DescribeScalingPolicies",
        "DescribeScheduledActions",
        "RegisterScalableTarget",
    ];
    assert_eq!(of_scaling, expected.into());
}

#[test]
fn what_it_writes_to_is_its_own() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let actions = permissions(role).into_iter().flat_map(|statement| texts(&statement["Action"]));
    let services: BTreeSet<&str> = actions.filter_map(|action| action.split(':').next()).collect();
    let known =
        ["application-autoscaling", "dynamodb", "ecs", "iam", "kms", "logs", "scheduler", "sns", "sqs"];
    assert_eq!(services, known.into());

    let on = |actions| allowed(&template, ROLE, actions);
    assert_eq!(on("dynamodb:"), ["LedgerTable.Arn".to_owned()].into());
    assert_eq!(on("sqs:SendMessage"), ["ScaleServiceFailures.Arn".to_owned()].into());
    assert_eq!(on("sqs:ReceiveMessage"), ["ScaleServiceCommands.Arn".to_owned()].into());
    assert_eq!(on("sns:"), ["OutcomesTopic".to_owned(), "ChatTopic".to_owned()].into());
    assert_eq!(on("logs:"), ["ScaleServiceLogs.Arn".to_owned()].into());
}

#[test]
fn the_end_of_a_boost_is_sent_to_its_own_queue() {
    let template = Template::read();
    let variables = &template.functions()[FUNCTION]["Environment"]["Variables"];
    let text = |name: &str| variables[name].as_str().expect("a variable").to_owned();
    let (group, role) = (text("LAMPLIGHTER_SCHEDULE_GROUP"), text("LAMPLIGHTER_SCHEDULE_ROLE"));
    assert_eq!(text("LAMPLIGHTER_SCHEDULE_TARGET"), "ScaleServiceCommands.Arn");

    let within = format!(
        "arn:${{AWS::Partition}}:scheduler:${{AWS::Region}}:${{AWS::AccountId}}:schedule/${{{group}}}/*"
    );
    assert_eq!(allowed(&template, ROLE, "scheduler:"), [within].into());
    assert_eq!(allowed(&template, ROLE, "iam:PassRole"), [role.clone()].into());

    let role = role.strip_suffix(".Arn").expect("the ARN of a role");
    let may = allowed(&template, role, "");
    assert_eq!(may, ["ScaleServiceCommands.Arn".to_owned(), "SchedulesDeadLetters.Arn".to_owned()].into());
    let trust =
        statements(&template.of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"])[0];
    assert_eq!(trust["Principal"]["Service"], "scheduler.amazonaws.com");
    assert_eq!(trust["Condition"]["StringEquals"]["aws:SourceAccount"], "AWS::AccountId");
    let groups = texts(&trust["Condition"]["ArnEquals"]["aws:SourceArn"]);
    assert!(groups.contains(&format!("{group}.Arn").as_str()), "{groups:?}");
    assert!(groups.iter().all(|group| group.ends_with(".Arn")), "{groups:?}");
}
