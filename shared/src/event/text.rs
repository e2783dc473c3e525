//! The mails that AWS itself sends through SNS as plain text.

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
    None
}
