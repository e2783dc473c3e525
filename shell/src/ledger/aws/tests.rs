//! The adapter on the wire: exact requests out, real bodies of DynamoDB in.

mod refused;
mod requests;
mod single;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

use super::super::Unreadable;
use super::super::tests::words::*;
use super::*;
use crate::clock::Clock;

/// DynamoDB answering by these rules, with a minute left.
async fn with<T>(rules: &[&Rule], work: impl AsyncFn(&DynamoLedgerUntil<'_>) -> T) -> T {
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, rules, |config| config
        .retry_config(RetryConfig::disabled()));
    let deadline = Deadline::new(at("09:01:00"), Clock::of(nine));
    work(&DynamoLedgerUntil { client: &client, table: "ledger", deadline }).await
}

fn answer(status: u16, body: &Value) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body.to_string()))
}

fn refusal(status: u16, code: &str, message: &str) -> HttpResponse {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{code}");
    answer(status, &json!({"__type": kind, "message": message}))
}

/// A transaction that is cancelled for these reasons, with what was found.
fn cancelled(reasons: &[(&str, Option<Value>)]) -> HttpResponse {
    let codes: Vec<&str> = reasons.iter().map(|(code, _)| *code).collect();
    let reasons = reasons.iter().map(|(code, found)| match (*code, found) {
        ("None", _) => json!({"Code": "None"}),
        (code, None) => json!({"Code": code, "Message": "The conditional request failed"}),
        (code, Some(found)) => {
            json!({"Code": code, "Item": found, "Message": "The conditional request failed"})
        }
    });
    answer(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": reasons.collect::<Vec<_>>(),
            "Message": format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                codes.join(", ")
            ),
        }),
    )
}

/// The transactions that were sent.
#[derive(Debug, Clone, Default)]
struct Sent(Arc<Mutex<Vec<TransactWriteItemsInput>>>);

impl Sent {
    /// A rule that takes transactions down, and answers them one after the other.
    fn answering(&self, answers: &[Answer]) -> Rule {
        let sent = self.clone();
        let rule = mock!(Client::transact_write_items).match_requests(move |input| {
            sent.0.lock().unwrap().push(input.clone());
            true
        });
        let mut sequence = rule.sequence();
        for answer in answers {
            sequence = sequence.http_response(*answer);
        }
        sequence.build()
    }

    /// What was sent, readably: a line for each part.
    fn lines(&self) -> Vec<Vec<String>> {
        let sent = self.0.lock().unwrap();
        sent.iter().map(|input| input.transact_items().iter().map(line).collect()).collect()
    }
}

/// An answer of DynamoDB.
type Answer = fn() -> HttpResponse;

fn ok() -> HttpResponse {
    answer(200, &json!({}))
}

/// A part of a transaction in one line.
fn line(part: &TransactWriteItem) -> String {
    let (what, written, condition, names, values) = if let Some(put) = part.put() {
        (
            "put",
            shown(put.item()),
            put.condition_expression(),
            put.expression_attribute_names(),
            put.expression_attribute_values(),
        )
    } else if let Some(check) = part.condition_check() {
        (
            "check",
            shown(check.key()),
            Some(check.condition_expression()),
            check.expression_attribute_names(),
            check.expression_attribute_values(),
        )
    } else if let Some(delete) = part.delete() {
        (
            "delete",
            shown(delete.key()),
            delete.condition_expression(),
            delete.expression_attribute_names(),
            delete.expression_attribute_values(),
        )
    } else {
        let update = part.update().unwrap();
        let written = format!("{} {}", shown(update.key()), update.update_expression());
        (
            "update",
            written,
            update.condition_expression(),
            update.expression_attribute_names(),
            update.expression_attribute_values(),
        )
    };
    let names = names.map(BTreeMap::from_iter).unwrap_or_default();
    let plain = names.iter().all(|(placeholder, name)| placeholder.strip_prefix('#') == Some(name.as_str()));
    assert!(plain, "{names:?}");
    let names: Vec<&str> = names.into_keys().map(String::as_str).collect();
    let values = values.map(shown).unwrap_or_default();
    format!("{what} {written} if {} with {} {values}", condition.unwrap_or("-"), names.join(" "))
}

fn shown(values: &Item) -> String {
    let values = BTreeMap::from_iter(values).into_iter().map(|(name, value)| match value {
        AttributeValue::N(digits) => format!("{name}={digits}"),
        AttributeValue::S(text) => format!("{name}={text:?}"),
        AttributeValue::Bool(flag) => format!("{name}={flag}"),
        other => panic!("{other:?}"),
    });
    format!("{{{}}}", values.collect::<Vec<_>>().join(", "))
}
