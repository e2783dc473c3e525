//! Reading the table, always as it is now.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use shared::fault::FaultClass;

use super::super::LedgerFault;
use super::super::record::{Key, Record};
use super::answer::fault;
use super::item::{key, text};
use super::write::names;
use super::{DynamoLedgerUntil, decoded, unbuilt};

/// How often DynamoDB is asked for the rest of what it was asked for.
const ASKED_AGAIN: usize = 3;

impl DynamoLedgerUntil<'_> {
    /// The records under these keys, as they are now.
    pub(super) async fn read(
        &self,
        operation: &'static str,
        keys: impl Iterator<Item = &Key>,
    ) -> Result<BTreeMap<Key, Record>, LedgerFault> {
        let mut records = BTreeMap::new();
        let mut wanted = KeysAndAttributes::builder().consistent_read(true);
        for under in keys {
            wanted = wanted.keys(key(under));
        }
        let mut wanted = Some(wanted.build().map_err(|error| unbuilt(operation, error))?);
        for _ in 0..=ASKED_AGAIN {
            let Some(keys) = wanted.take() else { break };
            let settings = self.settings(operation)?;
            let request = self.client.batch_get_item().request_items(self.table, keys).customize();
            let answer = request.config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(operation, error))?;
            let items = answer.responses.and_then(|mut tables| tables.remove(self.table));
            for found in items.unwrap_or_default() {
                let (key, record) = decoded(operation, &found)?;
                records.insert(key, record);
            }
            wanted = answer.unprocessed_keys.and_then(|mut tables| tables.remove(self.table));
        }
        match wanted {
            None => Ok(records),
            Some(keys) => Err(LedgerFault {
                operation,
                class: Some(FaultClass::Throttled),
                source: format!("{} items were never read", keys.keys.len()).into(),
            }),
        }
    }

    /// The record under a key, as it is now.
    pub(super) async fn get(
        &self,
        operation: &'static str,
        under: &Key,
    ) -> Result<Option<Record>, LedgerFault> {
        let settings = self.settings(operation)?;
        let request = self.client.get_item().table_name(self.table).set_key(Some(key(under)));
        let request = request.consistent_read(true).customize();
        let answer = request.config_override(settings).send().await;
        let found = answer.map_err(|error| fault(operation, error))?.item;
        found.map(|found| Ok(decoded(operation, &found)?.1)).transpose()
    }

    /// All records of a partition, in the order of their keys.
    pub(super) async fn list(
        &self,
        operation: &'static str,
        partition: &str,
        records: &mut Vec<Record>,
    ) -> Result<(), LedgerFault> {
        const ONE_PARTITION: &str = "#pk = :pk";
        let mut after = None;
        loop {
            let settings = self.settings(operation)?;
            let request = self.client.query().table_name(self.table).consistent_read(true);
            let request = request
                .key_condition_expression(ONE_PARTITION)
                .set_expression_attribute_names(names([ONE_PARTITION]))
                .expression_attribute_values(":pk", text(partition))
                .set_exclusive_start_key(after);
            let answer = request.customize().config_override(settings).send().await;
            let page = answer.map_err(|error| fault(operation, error))?;
            for found in page.items.unwrap_or_default() {
                records.push(decoded(operation, &found)?.1);
            }
            after = page.last_evaluated_key.filter(|key| !key.is_empty());
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
