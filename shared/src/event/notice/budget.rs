//! AWS Budgets: a mail in plain English, through SNS.

use super::super::fields::named;
use super::super::open::Wrapper;
use super::{Notice, NoticeKind};
use crate::ids::shorten;

/// Opens a mail of AWS Budgets, if it tells which budget it is about.
pub(in crate::event) fn from_mail(mail: &str, subject: Option<&str>, wrapper: &Wrapper) -> Option<Notice> {
    let subject = subject.unwrap_or_default();
    if !mail.starts_with("AWS Budget") && !subject.starts_with("AWS Budget") {
        return None;
    }
    let name = line(mail, "Budget Name").or_else(|| in_prose(mail)).or_else(|| in_subject(subject))?;
    Some(Notice {
        kind: NoticeKind::Budget,
        resource: named(name),
        account: account(mail).map(str::to_owned),
        region: None,
        at: wrapper.sent,
        id: wrapper.id.clone(),
        text: sentence(mail, name),
        replay: None,
    })
}

/// What stands behind a label: `Budget Type: Cost`.
fn line<'m>(mail: &'m str, label: &str) -> Option<&'m str> {
    let found = mail.lines().find_map(|line| line.trim().strip_prefix(label)?.trim_start().strip_prefix(':'));
    found.map(str::trim).filter(|found| !found.is_empty())
}

/// `… when the ACTUAL Cost associated with your NAME budget is greater than …`, where NAME may hold the word too.
fn in_prose(mail: &str) -> Option<&str> {
    let rest = mail.split_once("associated with your")?.1;
    let verbs = [" budget is ", " budget has ", " budget exceed", " budget will "];
    let end = verbs.iter().filter_map(|verb| rest.find(verb)).min()?;
    Some(rest[..end].trim()).filter(|name| !name.is_empty())
}

/// `AWS Budgets: NAME has exceeded your alert threshold`
fn in_subject(subject: &str) -> Option<&str> {
    let (name, _) = subject.strip_prefix("AWS Budgets:")?.split_once(" has exceeded ")?;
    Some(name.trim()).filter(|name| !name.is_empty())
}

/// `AWS Account 123456789012`
fn account(mail: &str) -> Option<&str> {
    let rest = mail.split_once("AWS Account")?.1.trim_start_matches([':', ' ']);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|digits| digits.len() == 12)
}

/// Budget, type, amount and thresholds, as far as the mail has them.
fn sentence(mail: &str, name: &str) -> String {
    // What is measured is `ACTUAL Amount` or `FORECASTED Amount`, and otherwise named for budgets of usage.
    let alert = line(mail, "Alert Type");
    let amount = alert.and_then(|alert| Some((alert, line(mail, &format!("{alert} Amount"))?)));
    let mut parts = Vec::new();
    parts.extend(line(mail, "Budget Type").map(|kind| format!("type {}", shorten(kind))));
    parts.extend(amount.map(|(alert, amount)| format!("{} amount {}", lower(alert), shorten(amount))));
    parts.extend(line(mail, "Alert Threshold").map(|threshold| format!("threshold {}", shorten(threshold))));
    parts.extend(line(mail, "Budgeted Amount").map(|amount| format!("budgeted {}", shorten(amount))));
    if parts.is_empty() {
        parts.extend(asked(mail).map(shorten));
    }
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("budget `{}` has reached a threshold{parts}", shorten(name))
}

/// `ACTUAL`, as a word of a sentence.
fn lower(alert: &str) -> String {
    shorten(&alert.to_lowercase())
}

/// What was asked for, from the mail's first sentence: `the ACTUAL Cost … is greater than $0.16 for the month`.
fn asked(mail: &str) -> Option<&str> {
    let rest = mail.split_once("alert you when ")?.1;
    rest.split(". ").next().and_then(|sentence| sentence.lines().next())
}
