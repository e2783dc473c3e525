//! What AWS services send through SNS in forms of their own: plain text, and JSON without an envelope.

use serde_json::{Map, Value};

use crate::ids::shorten;

/// Says what a text is, where it is one of AWS's own mails.
pub(super) fn known_mail(message: &str, subject: Option<&str>) -> Option<String> {
    let starts =
        |start: &str| message.starts_with(start) || subject.is_some_and(|subject| subject.starts_with(start));
    if starts("AWS Budget Notification") || starts("AWS Budgets") {
        return Some("a notification of AWS Budgets".to_owned());
    }
    if message.starts_with("StackId=") || starts("AWS CloudFormation Notification") {
        return Some("a stack event of CloudFormation".to_owned());
    }
    if message
        .starts_with("This is a message to notify that RDS will attempt to send you event notifications")
    {
        return Some("a test notification of RDS".to_owned());
    }
    None
}

/// Says what a JSON object is, where a service of AWS makes it.
pub(super) fn known_notification(fields: &Map<String, Value>) -> Option<String> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    if let Some(event) = text("Event").filter(|event| event.starts_with("autoscaling:")) {
        return Some(format!("a notification of Auto Scaling: {}", shorten(event)));
    }
    if let Some(kind) = text("notificationType").filter(|_| fields.contains_key("mail")) {
        return Some(format!("a notification of SES: {}", shorten(kind)));
    }
    if let Some(trigger) = text("eventTriggerName").filter(|_| fields.contains_key("deploymentId")) {
        return Some(format!("a notification of CodeDeploy: {}", shorten(trigger)));
    }
    (fields.contains_key("approval") && fields.contains_key("consoleLink"))
        .then(|| "a request for approval of CodePipeline".to_owned())
}
