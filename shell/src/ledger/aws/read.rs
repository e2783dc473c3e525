//! Reading the table, always as it is now.

use std::collections::{BTreeMap, HashMap};

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

    /// All records of a partition whose sort key begins so, in the order of their keys. An empty beginning, which
    /// DynamoDB takes for no key: all of them.
    pub(super) async fn list(
        &self,
        operation: &'static str,
        partition: &str,
        beginning: &str,
    ) -> Result<Vec<(Key, Record)>, LedgerFault> {
        const ONE_PARTITION: &str = "#pk = :pk";
        const FROM_A_BEGINNING: &str = "#pk = :pk AND begins_with(#sk, :beginning)";
        let (condition, beginning) = match beginning {
            "" => (ONE_PARTITION, None),
            _ => (FROM_A_BEGINNING, Some((":beginning".to_owned(), text(beginning)))),
        };
        let values: HashMap<_, _> =
            [(":pk".to_owned(), text(partition))].into_iter().chain(beginning).collect();
        let (mut records, mut after) = (Vec::new(), None);
        loop {
            let settings = self.settings(operation)?;
            let request = self.client.query().table_name(self.table).consistent_read(true);
            let request = request
                .key_condition_expression(condition)
                .set_expression_attribute_names(names([condition]))
                .set_expression_attribute_values(Some(values.clone()))
                .set_exclusive_start_key(after);
            let answer = request.customize().config_override(settings).send().await;
            let page = answer.map_err(|error| fault(operation, error))?;
            for found in page.items.unwrap_or_default() {
                records.push(decoded(operation, &found)?);
            }
            after = page.last_evaluated_key.filter(|key| !key.is_empty());
            if after.is_none() {
                return Ok(records);
            }
        }
    }
}
