//! Published messages, as a subscriber of every topic would get them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::wire::errors::error;
use super::wire::{REQUEST_ID, Recorded, Service, xml};
use super::{Fault, Reply};

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The ARN of the topic.
    pub topic: String,
    /// The body.
    pub message: Value,
    /// The string attributes.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
pub(super) struct Sns {
    pub(super) published: Vec<Published>,
}

impl Sns {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let entries: Vec<String> = match request.operation.as_str() {
            "Publish" => vec![String::new()],
            "PublishBatch" => batch_entries(&request.fields),
            _ => return error(Service::Sns, Fault::new(400, "InvalidAction", "the stand-in only publishes")),
        };
        let mut publish = |entry: &String| {
            self.published.push(published(request, entry));
            let id = format!("<MessageId>{:08}</MessageId>", self.published.len());
            match request.fields.get(&format!("{entry}Id")) {
                Some(name) => format!("<member><Id>{name}</Id>{id}</member>"),
                None => id,
            }
        };
        let mut results: String = entries.iter().map(&mut publish).collect();
        let operation = &request.operation;
        if operation == "PublishBatch" {
            results = format!("<Successful>{results}</Successful><Failed/>");
        }
        xml(
            200,
            &format!(
                r#"<{operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{operation}Result>{results}</{operation}Result><ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"#
            ),
        )
    }
}

/// The prefixes of the fields of a batch's entries.
fn batch_entries(fields: &BTreeMap<String, String>) -> Vec<String> {
    let prefix = |n| format!("PublishBatchRequestEntries.member.{n}.");
    (1..).map(prefix).take_while(|prefix| fields.contains_key(&format!("{prefix}Id"))).collect()
}

fn published(request: &Recorded, prefix: &str) -> Published {
    let field = |name: String| request.fields.get(&format!("{prefix}{name}"));
    let attribute = |n: usize| {
        let name = field(format!("MessageAttributes.entry.{n}.Name"))?;
        let value = field(format!("MessageAttributes.entry.{n}.Value.StringValue"))?;
        Some((name.clone(), value.clone()))
    };
    let message = field("Message".to_owned()).cloned().unwrap_or_default();
    Published {
        topic: request.resource.clone(),
        message: serde_json::from_str(&message).unwrap_or(Value::String(message)),
        attributes: (1..).map_while(attribute).collect(),
    }
}
