//! Rules of names: each kind has a length that AWS takes, and the stack's name is a part of most.

use std::path::Path;

use super::model::{Template, texts};

#[test]
fn the_longest_name_of_a_stack_is_the_one_that_the_page_tells() {
    let template = Template::read();
    let kinds = [
        ("AWS::SQS::Queue", "QueueName", 80),
        ("AWS::Serverless::Function", "FunctionName", 64),
        ("AWS::Events::Rule", "Name", 64),
        ("AWS::Scheduler::ScheduleGroup", "Name", 64),
        ("AWS::SNS::Topic", "TopicName", 256),
        ("AWS::CloudWatch::Alarm", "AlarmName", 255),
        ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
        ("AWS::KMS::Alias", "AliasName", 256),
        ("AWS::Serverless::LayerVersion", "LayerName", 140),
    ];
    let left = kinds.iter().flat_map(|(kind, field, limit)| {
        let names: Vec<&str> =
            template.of_type(kind).into_values().flat_map(|it| texts(&it[field])).collect();
        assert!(!names.is_empty(), "{kind} has no {field}");
        let of_stack = names.into_iter().filter(|name| name.contains("${AWS::StackName}"));
        of_stack.map(|name| limit + "${AWS::StackName}".len() - name.len()).collect::<Vec<_>>()
    });
    let longest = left.min().expect("names");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let page = std::fs::read_to_string(page).expect("the page is readable");
    assert!(page.contains(&format!("at most {longest} characters")), "{longest}");
}
