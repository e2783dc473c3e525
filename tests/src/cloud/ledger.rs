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
}

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
