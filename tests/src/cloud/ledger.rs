//! The ledger, read item by item as DynamoDB has it.

use std::collections::BTreeMap;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

use super::Cloud;

impl Cloud {
    /// Every item of the ledger; lists, sets and binary values are left out.
    ///
    /// # Errors
    /// When the local cloud refuses.
    pub async fn ledger_items(&self) -> anyhow::Result<Vec<Value>> {
        let request = self.clients.dynamodb.scan().table_name(self.stack.output("LedgerTableName")?);
        let mut items = request.consistent_read(true).into_paginator().items().send();
        let mut read = Vec::new();
        while let Some(item) = items.next().await {
            read.push(object(item.context("read the ledger")?.into_iter().collect()));
        }
        Ok(read)
    }

    /// A value that is saved in the ledger.
    ///
    /// # Errors
    /// As above.
    pub async fn saved(&self, key: &str) -> anyhow::Result<Option<Value>> {
        let request = self.clients.dynamodb.get_item().table_name(self.stack.output("LedgerTableName")?);
        let [pk, sk] = [SAVED, key].map(|text| AttributeValue::S(text.to_owned()));
        let found = request.key("pk", pk).key("sk", sk).consistent_read(true).send().await;
        let item = found.with_context(|| format!("read {key} from the ledger"))?.item.unwrap_or_default();
        let value = item.get("value").and_then(|value| value.as_s().ok());
        value.map(|text| serde_json::from_str(text).with_context(|| format!("read {key}"))).transpose()
    }

    /// Changes a saved value behind the functions' back.
    ///
    /// # Errors
    /// As above, and when nothing is saved under this key.
    pub async fn tamper(&self, key: &str, value: &Value) -> anyhow::Result<()> {
        let request = self.clients.dynamodb.update_item().table_name(self.stack.output("LedgerTableName")?);
        let [pk, sk, text] = [SAVED, key, &value.to_string()].map(|text| AttributeValue::S(text.to_owned()));
        let request = request.key("pk", pk).key("sk", sk).condition_expression("attribute_exists(pk)");
        let request = request.update_expression("SET #value = :value");
        let request =
            request.expression_attribute_names("#value", "value").expression_attribute_values(":value", text);
        request.send().await.map(|_| ()).with_context(|| format!("change {key} of the ledger"))
    }
}

/// The partition of saved values.
const SAVED: &str = "saved";

fn object(attributes: BTreeMap<String, AttributeValue>) -> Value {
    let fields = attributes.into_iter().filter_map(|(name, attribute)| Some((name, value(attribute)?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn value(attribute: AttributeValue) -> Option<Value> {
    Some(match attribute {
        AttributeValue::S(text) => Value::String(text),
        AttributeValue::N(number) => serde_json::from_str(&number).ok()?,
        AttributeValue::Bool(truth) => Value::Bool(truth),
        AttributeValue::Null(_) => Value::Null,
        AttributeValue::M(fields) => object(fields.into_iter().collect()),
        _ => return None,
    })
}
