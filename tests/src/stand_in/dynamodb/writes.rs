//! Writes of one item: what they would make of it, and whether their condition holds.

use serde_json::{Value, json};

use super::expression::{holds, updated};
use super::tokens::Placeholders;
use super::{DynamoDb, Invalid, Item, Key, Refusal, key, text};

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Put,
    Update,
    Delete,
    Check,
}

impl Kind {
    /// The kind of a transaction's part, and the part.
    pub(super) fn of(write: &Value) -> Result<(Self, &Value), Invalid> {
        let kinds = [
            ("Put", Self::Put),
            ("Update", Self::Update),
            ("Delete", Self::Delete),
            ("ConditionCheck", Self::Check),
        ];
        let mut given = kinds.into_iter().filter_map(|(name, kind)| Some((kind, write.get(name)?)));
        match (given.next(), given.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Invalid("a part of a transaction is one write".to_owned())),
        }
    }
}

/// A write that is ready to be carried out.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) table: String,
    pub(super) key: Key,
    pub(super) old: Option<Item>,
    pub(super) new: Option<Item>,
    /// Whether its condition holds.
    pub(super) passed: bool,
    /// Whether the item is shown when it does not.
    shows: bool,
}

impl Write {
    pub(super) fn prepare(of: &DynamoDb, kind: Kind, request: &Value) -> Result<Self, Refusal> {
        let table = text(&request["TableName"])?.to_owned();
        let place = if kind == Kind::Put { &request["Item"] } else { &request["Key"] };
        let key = key(place)?;
        let old = of.item(&table, &key).cloned();
        let mut placeholders = Placeholders::of(request);
        let before = old.clone().unwrap_or_default();
        let passed = holds(&request["ConditionExpression"], &mut placeholders, &before)?;
        let new = match kind {
            Kind::Put => request["Item"].as_object().cloned(),
            Kind::Update => {
                let mut item = before;
                item.extend(place.as_object().cloned().into_iter().flatten());
                let made = updated(&request["UpdateExpression"], &mut placeholders, &item)?;
                if made.get("pk") != item.get("pk") || made.get("sk") != item.get("sk") {
                    return Err(Invalid("This attribute is part of the key".to_owned()).into());
                }
                Some(made)
            }
            Kind::Delete => None,
            Kind::Check if request["ConditionExpression"].is_null() => {
                return Err(Invalid("a condition check needs a condition".to_owned()).into());
            }
            Kind::Check => old.clone(),
        };
        placeholders.all_used()?;
        let shows = request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
        Ok(Self { table, key, old, new, passed, shows })
    }

    /// The item as it is, if that was asked for.
    pub(super) fn shown(&self) -> Value {
        self.old.clone().filter(|_| self.shows).into()
    }

    /// Why a transaction was cancelled, as far as this write goes.
    pub(super) fn reason(&self, conflict: bool) -> Value {
        match (conflict, self.passed) {
            (true, _) => {
                json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"})
            }
            (false, true) => json!({"Code": "None"}),
            (false, false) => {
                let mut reason =
                    json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"});
                if self.shows && self.old.is_some() {
                    reason["Item"] = self.shown();
                }
                reason
            }
        }
    }
}
