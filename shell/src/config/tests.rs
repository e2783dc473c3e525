//! The environment: what is read of it, and what is said of what cannot be.

use super::*;

fn load(variables: &[(&str, &str)]) -> Result<Config, String> {
    let variable =
        |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let read = |path: &Path| match path.to_str() {
        Some("/opt/playbook.yaml") => Ok("{version: 1, targets: {}}".to_owned()),
        Some("/bad.yaml") => Ok("version: 7".to_owned()),
        _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
    };
    Config::from(&variable, read, Playbook::parse).map_err(|error| Chain(&error).to_string())
}

#[test]
fn an_empty_environment_is_enough_where_the_layer_is() {
    let config = load(&[]).unwrap();
    assert_eq!(config.mode, Mode::Apply);
    assert_eq!((config.outcomes_topic, config.chat_topic, config.stack), (None, None, None));
    let config = load(&[("LAMPLIGHTER_STACK", "lamplighter-prod")]).unwrap();
    assert_eq!(config.stack.as_deref(), Some("lamplighter-prod"));
}

#[test]
fn bad_values_are_named_with_what_was_expected() {
    for (variable, expected) in [
        (("LAMPLIGHTER_MODE", "dry"), "`LAMPLIGHTER_MODE` is `dry`; expected `apply` or `plan`"),
        (
            ("LAMPLIGHTER_CHAT_TOPIC", "chat"),
            "`LAMPLIGHTER_CHAT_TOPIC` is `chat`; expected the ARN of an SNS topic",
        ),
        (
            ("LAMPLIGHTER_STACK", "prod stack"),
            "`LAMPLIGHTER_STACK` is `prod stack`; expected the name of a stack",
        ),
        (
            ("LAMPLIGHTER_PLAYBOOK", "/none.yaml"),
            "`LAMPLIGHTER_PLAYBOOK`: cannot read `/none.yaml`; expected the playbook of a Lambda layer there: entity not found",
        ),
        (
            ("LAMPLIGHTER_PLAYBOOK", "/bad.yaml"),
            "`LAMPLIGHTER_PLAYBOOK`: `/bad.yaml` is no playbook; check it with `cargo xtask check`: version 7; expected 1 at line 1, column 10",
        ),
    ] {
        assert_eq!(load(&[variable]).unwrap_err(), expected);
    }
}

fn given<'v>(variables: &'v [(&'v str, &'v str)]) -> impl Fn(&str) -> Option<String> + 'v {
    |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn queues_are_pairs_of_function_and_url() {
    let queues = |text| queues_of(&given(&[("LAMPLIGHTER_QUEUES", text)])).map_err(|error| error.to_string());
    let found = queues("invalidate-cache=https://sqs/a.fifo, scale-service=https://sqs/b.fifo").unwrap();
    assert_eq!(found["scale-service"], "https://sqs/b.fifo");
    let expected = "expected `function=queue-url` pairs, comma-separated, each function once";
    for (text, shown) in
        [("a", "a"), ("a=b", "a=b"), ("=https://x", "=https://x"), ("a=https://x,a=https://y", "a=https://y")]
    {
        assert_eq!(queues(text).unwrap_err(), format!("`LAMPLIGHTER_QUEUES` is `{shown}`; {expected}"));
    }
    let error = queues_of(&given(&[])).unwrap_err().to_string();
    assert_eq!(error, format!("`LAMPLIGHTER_QUEUES` is not set; {expected}"));
}

#[test]
fn schedules_are_described_as_a_whole_or_not_at_all() {
    let all = [
        ("LAMPLIGHTER_SCHEDULE_GROUP", "checks"),
        ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/r"),
        ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:lambda:us-east-1:123456789012:function:f"),
    ];
    assert_eq!(schedules_of(&given(&[])).unwrap(), None);
    assert_eq!(schedules_of(&given(&all)).unwrap().unwrap().group, "checks");
    for missing in 0..all.len() {
        let mut some = all.to_vec();
        let (name, _) = some.remove(missing);
        let error = schedules_of(&given(&some)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{name}` is not set; expected ")), "{error}");
    }
    let only = [("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", "arn:aws:sqs:us-east-1:123456789012:dead")];
    let error = schedules_of(&given(&only)).unwrap_err().to_string();
    let expected = "expected the name of a schedule group, beside the others of its kind";
    assert_eq!(error, format!("`LAMPLIGHTER_SCHEDULE_GROUP` is not set; {expected}"));
}

#[test]
fn schedules_call_a_function_or_a_queue() {
    let with = |target| {
        let role = ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/r");
        let variables =
            [("LAMPLIGHTER_SCHEDULE_GROUP", "checks"), role, ("LAMPLIGHTER_SCHEDULE_TARGET", target)];
        let schedules = schedules_of(&given(&variables));
        schedules.map(|schedules| schedules.unwrap().target).map_err(|error| error.to_string())
    };
    for good in [
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:sqs:us-east-1:123456789012:commands.fifo",
        "arn:aws-cn:sqs:cn-north-1:123456789012:commands",
    ] {
        assert_eq!(with(good).unwrap(), good);
    }
    let expected = "expected the ARN of a Lambda function or an SQS queue";
    for bad in
        ["commands", "arn:aws:sns:us-east-1:123456789012:topic", "https://sqs/commands.fifo", "arn:aws"]
    {
        assert_eq!(with(bad).unwrap_err(), format!("`LAMPLIGHTER_SCHEDULE_TARGET` is `{bad}`; {expected}"));
    }
}

#[test]
fn what_schedules_could_not_send_is_kept_in_a_standard_queue_or_nowhere() {
    let with = |queue: Option<&str>| {
        let mut variables = vec![
            ("LAMPLIGHTER_SCHEDULE_GROUP", "checks"),
            ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/r"),
            ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:sqs:us-east-1:123456789012:commands.fifo"),
        ];
        variables.extend(queue.map(|queue| ("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", queue)));
        let schedules = schedules_of(&given(&variables));
        schedules.map(|schedules| schedules.unwrap().dead_letters).map_err(|error| error.to_string())
    };
    assert_eq!(with(None).unwrap(), None);
    for good in ["arn:aws:sqs:us-east-1:123456789012:dead", "arn:aws-cn:sqs:cn-north-1:123456789012:dead"] {
        assert_eq!(with(Some(good)).unwrap().as_deref(), Some(good));
    }
    let expected = "expected the ARN of a standard SQS queue: the dead-letter queue of EventBridge Scheduler must be one";
    for bad in [
        "arn:aws:sqs:us-east-1:123456789012:dead.fifo",
        "arn:aws:sns:us-east-1:123456789012:dead",
        "https://sqs/dead",
        "arn:aws:sqs",
    ] {
        let error = with(Some(bad)).unwrap_err();
        assert_eq!(error, format!("`LAMPLIGHTER_SCHEDULE_DEAD_LETTERS` is `{bad}`; {expected}"));
    }
}
