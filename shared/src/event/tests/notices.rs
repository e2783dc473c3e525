//! Notices: what operators are told of, and what is left alone.

use serde_json::json;

use super::*;

fn notice(payload: &Value) -> Option<Notice> {
    match &events_of(payload)[..] {
        [Event::Notice(notice)] => Some(Notice::clone(notice)),
        [Event::Database(_) | Event::Foreign(_)] => None,
        other => panic!("{other:?}"),
    }
}

fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut payload = payload(name).clone();
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

fn mail(text: &str, subject: &str) -> Option<Notice> {
    let message = json!({"Type": "Notification", "MessageId": "n-1", "Message": text, "Subject": subject});
    notice(&json!({"Records": [{"EventSource": "aws:sns", "Sns": message}]}))
}

#[test]
fn the_id_is_that_of_the_event_or_of_what_it_came_in() {
    let id = |name: &str| notice(payload(name)).unwrap().id.to_string();
    let own =
        |name: &str, pointer: &str| payload(name).pointer(pointer).unwrap().as_str().unwrap().to_owned();
    for (name, pointer) in [
        ("database-failover-eventbridge", "/id"),
        ("certificate-expired", "/id"),
        ("database-failover-in-sns", "/Records/0/Sns/MessageId"),
        ("budget-actual-in-sns", "/Records/0/Sns/MessageId"),
        ("budget-forecast-in-sqs", "/Records/0/messageId"),
        ("database-failover-old-in-sqs", "/Records/0/messageId"),
    ] {
        assert_eq!(id(name), own(name, pointer), "{name}");
    }
    // A notification is one happening, however many queues it is sent to.
    let body: Value = serde_json::from_str(&own("budget-sns-in-sqs", "/Records/0/body")).unwrap();
    assert_eq!(id("budget-sns-in-sqs"), body["MessageId"].as_str().unwrap());
}

#[test]
fn a_budget_is_known_by_its_name_in_each_place_where_it_stands() {
    for (text, subject, name) in [
        ("AWS Budget Notification\nBudget Name: a\n", "", Some("a")),
        ("AWS Budget Notification\r\n  Budget Name:  My Monthly Budget \r\n", "", Some("My Monthly Budget")),
        (
            "AWS Budget Notification\nwhen the ACTUAL Cost associated with your b c budget is greater",
            "",
            Some("b c"),
        ),
        (
            "AWS Budget Notification\nassociated with your \nMy Budget budget exceeds 80% of your budget",
            "",
            Some("My Budget"),
        ),
        (
            "AWS Budget Notification\nassociated with your c budget has grown: your budget is spent",
            "",
            Some("c"),
        ),
        ("AWS Budget Notification\n", "AWS Budgets: d has exceeded your alert threshold", Some("d")),
        ("anything", "AWS Budgets: e has exceeded your alert threshold", Some("e")),
        ("AWS Budget Notification\nBudget Name:\nBudget Type: Cost", "", None),
        ("AWS Budget Notification\nassociated with your  budget is", "", None),
        ("AWS Budget Notification\n", "AWS Budgets: your report", None),
    ] {
        let found = mail(text, subject);
        assert_eq!(found.map(|notice| notice.resource).as_deref(), name, "{text}");
    }
    for (text, account) in [
        ("AWS Account 123456789012\n", Some("123456789012")),
        ("AWS Account: 123456789012", Some("123456789012")),
        ("AWS Account unknown\n", None),
        ("AWS Account 12345678901\n", None),
        ("", None),
    ] {
        let notice = mail(&format!("AWS Budget Notification\n{text}\nBudget Name: a"), "").unwrap();
        assert_eq!(notice.account.as_deref(), account, "{text}");
    }
}

#[test]
fn only_failovers_of_databases_are_told_of() {
    let category = |category: &str, event: &str| {
        let mut payload = with("database-failover-eventbridge", "/detail/EventCategories", json!([category]));
        payload["detail"]["EventID"] = event.into();
        notice(&payload).is_some()
    };
    assert!(category("failover", "RDS-EVENT-9999"));
    assert!(category("notification", "RDS-EVENT-0013"));
    assert!(!category("availability", "RDS-EVENT-0006"));
    for detail_type in ["RDS DB Snapshot Event", "RDS DB Parameter Group Event"] {
        assert_eq!(notice(&with("database-failover-eventbridge", "/detail-type", detail_type.into())), None);
    }
    // Without ARNs the identifier serves, without its prefix.
    let mut bare = payload("database-failover-eventbridge").clone();
    bare["detail"].as_object_mut().unwrap().shift_remove("SourceArn");
    bare["resources"] = json!([]);
    assert_eq!(notice(&bare).unwrap().resource, "weather-tracker-postgres-prod");
    bare["detail"].as_object_mut().unwrap().shift_remove("SourceIdentifier");
    assert_eq!(notice(&bare), None);
}

#[test]
fn a_task_that_somebody_stopped_is_no_failure() {
    let stopped = |code: Value, exit: Value, reason: &str| {
        let mut payload = with("task-out-of-memory", "/detail/stopCode", code);
        payload["detail"]["containers"] = json!([{"name": "api", "exitCode": exit, "reason": reason}]);
        notice(&payload).map(|notice| (notice.kind, notice.resource))
    };
    let failed = Some((NoticeKind::TaskFailure, "api".to_owned()));
    for (code, exit, reason, expected) in [
        (json!("TaskFailedToStart"), json!(null), "", &failed),
        (json!("SpotInterruption"), json!(0), "", &failed),
        (json!("TerminationNotice"), json!(143), "", &failed),
        (json!("EssentialContainerExited"), json!(1), "", &failed),
        (json!("EssentialContainerExited"), json!(null), "OutOfMemoryError: killed", &failed),
        (json!("EssentialContainerExited"), json!(0), "", &None),
        (json!("EssentialContainerExited"), json!(null), "", &None),
        (json!("ServiceSchedulerInitiated"), json!(143), "", &None),
        (json!("InfrastructureHealth"), json!(null), "", &failed),
        (json!("UserInitiated"), json!(137), "", &None),
        (json!("SomethingNew"), json!(1), "", &None),
        // Before there were stop codes.
        (json!(null), json!(1), "", &failed),
        (json!(null), json!(0), "", &None),
    ] {
        assert_eq!(&stopped(code.clone(), exit, reason), expected, "{code} {reason}");
    }
    // The notice of an interruption comes two minutes before the end, which comes too.
    assert_eq!(notice(&with("task-lost-its-capacity", "/detail/lastStatus", "RUNNING".into())), None);
}

/// The stop code is that of a scale-in or a deployment too: only the reason tells them apart.
#[test]
fn a_task_that_its_service_stopped_for_its_health_has_failed() {
    let stopped = |code: &str, reason: Value| {
        let mut payload = with("task-stopped-by-scheduler", "/detail/stoppedReason", reason);
        payload["detail"]["stopCode"] = code.into();
        notice(&payload).is_some()
    };
    for (reason, is_told) in [
        (json!("Task failed ELB health checks in (elb portfolio)"), true),
        (json!("Task failed container health checks"), true),
        (json!("Scaling activity initiated by deployment ecs-svc/6512234589012345678"), false),
        (json!("Scaling activity initiated by (deployment ecs-svc/6512234589012345678)"), false),
        (json!(null), false),
    ] {
        assert_eq!(stopped("ServiceSchedulerInitiated", reason.clone()), is_told, "{reason}");
    }
    assert!(!stopped("UserInitiated", "Task failed my own checks".into()), "a person may give any reason");
}

#[test]
fn a_task_is_known_by_its_service_or_its_family() {
    let mut payload = payload("task-cannot-start").clone();
    let mut named = |pointer: &str, value: Value| {
        *payload.pointer_mut(pointer).unwrap() = value;
        notice(&payload).map(|notice| notice.resource)
    };
    assert_eq!(named("/detail/group", "family:portfolio-api".into()).unwrap(), "portfolio-api");
    assert_eq!(named("/detail/group", Value::Null).unwrap(), "portfolio-api");
    assert_eq!(named("/detail/taskDefinitionArn", Value::Null).unwrap(), "c13b4cb40f1f4fe4a2971f76ae5a47ad");
    assert!(named("/detail/taskArn", Value::Null).is_some());
    assert_eq!(named("/resources", json!([])), None);
    let old =
        with("task-start-impaired", "/resources/0", "arn:aws:ecs:us-east-1:123456789012:service/api".into());
    assert_eq!(notice(&old).unwrap().resource, "api");
}

#[test]
fn what_the_scheduler_says_of_a_service_is_told_if_it_is_an_error() {
    let action = |name: &str, kind: &str| {
        let mut payload = with("task-placement-failure", "/detail/eventName", name.into());
        payload["detail"]["eventType"] = kind.into();
        notice(&payload).map(|notice| notice.kind)
    };
    assert_eq!(action("SERVICE_TASK_CONFIGURATION_FAILURE", "ERROR"), Some(NoticeKind::TaskFailure));
    assert_eq!(action("SERVICE_TASK_START_IMPAIRED", "WARN"), Some(NoticeKind::TaskFailure));
    assert_eq!(action("SERVICE_DEPLOYMENT_FAILED", "ERROR"), Some(NoticeKind::DeploymentFailure));
    assert_eq!(action("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", "WARN"), None);
    assert_eq!(action("SERVICE_STEADY_STATE", "INFO"), None);
}

#[test]
fn a_certificate_is_told_of_by_the_day() {
    let text =
        |days: Value| notice(&with("certificate-expires-soon", "/detail/DaysToExpiry", days)).unwrap().text;
    for (days, end) in [
        (json!(0), "expires today"),
        (json!(1), "expires in 1 day"),
        (json!(45), "expires in 45 days"),
        (json!("x"), "expires soon"),
    ] {
        assert!(text(days).ends_with(end), "{end}");
    }
    let nameless = with("certificate-expired", "/detail/CommonName", Value::Null);
    assert_eq!(notice(&nameless).unwrap().resource, "61f50cd4-45b9-4259-b049-d0a53682fa4b");
}

#[test]
fn a_notice_stays_short_whatever_it_is_made_of() {
    let long = "x".repeat(50_000);
    for (name, payload) in ALARMS.iter() {
        if !matches!(decode(payload, REQUEST).unwrap().records[0].content.as_deref(), Ok([Event::Notice(_)]))
        {
            continue;
        }
        let mut places = Vec::new();
        mutations::pointers(payload, "", &mut places);
        for place in places {
            let mut damaged = payload.clone();
            let value = damaged.pointer_mut(&place).unwrap();
            if value.is_string() {
                *value = format!("{}{long}", value.as_str().unwrap()).into();
            }
            for record in decode(&damaged, REQUEST).unwrap().records {
                if let Ok([Event::Notice(notice)]) = record.content.as_deref() {
                    assert!(notice.text.chars().count() < 1_000, "{name} {place}");
                    assert!(notice.resource.chars().count() <= 300, "{name} {place}");
                }
            }
        }
    }
}
