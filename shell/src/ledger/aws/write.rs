//! Guards and marks as the parts of a transaction: their conditions are the rules in DynamoDB's words.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    Update,
};
use jiff::Timestamp;

use super::super::record::{Key, Record, json};
use super::super::rules::{UNKNOWN_OWNER, fresh};
use super::super::{Cooldown, Guard, Mark};
use super::item::{expires_at, item, key, millis, number, text};

/// What lasts until a time is not there, or has ended.
const ENDED: &str = "attribute_not_exists(#until) OR #until <= :now";

/// Nothing is kept that happened later.
const NOT_LATER: &str = "attribute_not_exists(#at) OR #at <= :at";

/// No cooldown is kept that lasts longer.
const NOT_LONGER: &str = "attribute_not_exists(#until) OR #until <= :until";

/// With `attribute_not_exists`, since nothing is not less than anything.
const BELOW_LIMIT: &str = "attribute_not_exists(#count) OR #count < :limit";

/// A refusal says what is there.
const WITH_WHAT_IS_KEPT: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// Values for the placeholders of an expression.
type Values = Vec<(&'static str, AttributeValue)>;

/// Writes into one table, at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) table: &'a str,
    pub(super) now: Timestamp,
}

impl Writer<'_> {
    /// A guard. When its condition fails, the answer carries what is kept.
    pub(super) fn guard(self, under: &Key, guard: &Guard) -> Result<TransactWriteItem, BuildError> {
        let now = (":now", millis(self.now));
        match guard {
            Guard::Claim { owner, until, .. } => {
                let claim = Record::Claim { owner: owner.clone(), until: *until, done: false };
                self.put(under, &claim, Some("attribute_not_exists(#pk)"), vec![])
            }
            Guard::Newest { at, .. } => {
                self.put(under, &Record::Newest { at: *at }, Some(NOT_LATER), vec![(":at", millis(*at))])
            }
            Guard::NotPaused { .. } => self.check(under, ENDED, vec![now]),
            Guard::Cooldown { key, until } => {
                let cooldown = Record::Cooldown(Cooldown { key: key.clone(), until: *until });
                self.put(under, &cooldown, Some(ENDED), vec![now])
            }
            Guard::HourlyCount { limit, .. } => {
                let below = if *limit == 0 { "#count < :limit" } else { BELOW_LIMIT };
                let mut values = vec![(":one", number(1)), (":limit", number(*limit))];
                values.extend(self.expiry(&Record::Count(1)));
                self.update(under, "SET #expires_at = :expires_at ADD #count :one", Some(below), values)
            }
            Guard::Lease { owner, until, .. } => {
                let lease = Record::Lease { owner: owner.clone(), until: *until };
                let free = "attribute_not_exists(#owner) OR #owner = :owner OR #until <= :now";
                self.put(under, &lease, Some(free), vec![(":owner", text(owner)), now])
            }
            Guard::Propose(proposal) => {
                let proposal = fresh(proposal);
                let mut values = vec![
                    (":id", text(&proposal.id)),
                    (":since", millis(proposal.since)),
                    (":until", millis(proposal.until)),
                    (":what", text(&json(&proposal.what))),
                    (":sent", AttributeValue::Bool(false)),
                ];
                values.extend(self.expiry(&Record::Proposal(proposal)));
                let update = "SET #id = if_not_exists(#id, :id), \
                              #since = if_not_exists(#since, :since), \
                              #until = if_not_exists(#until, :until), \
                              #what = if_not_exists(#what, :what), \
                              #sent = if_not_exists(#sent, :sent), \
                              #expires_at = if_not_exists(#expires_at, :expires_at)";
                self.update(under, update, Some("attribute_not_exists(#what) OR #what = :what"), values)
            }
            Guard::Approve { who, .. } => {
                let open = "#until > :now AND attribute_not_exists(#approved_by)";
                self.update(under, "SET #approved_by = :who", Some(open), vec![(":who", text(who)), now])
            }
        }
    }

    /// A mark. When its condition fails, there is nothing to do about it any more.
    pub(super) fn mark(self, under: &Key, mark: &Mark) -> Result<TransactWriteItem, BuildError> {
        match mark {
            Mark::Done { .. } => {
                let owner = UNKNOWN_OWNER.to_owned();
                let gone = Record::Claim { owner, until: self.now, done: true };
                let mut values = vec![
                    (":done", AttributeValue::Bool(true)),
                    (":owner", text(UNKNOWN_OWNER)),
                    (":now", millis(self.now)),
                ];
                values.extend(self.expiry(&gone));
                let update = "SET #done = :done, \
                              #owner = if_not_exists(#owner, :owner), \
                              #until = if_not_exists(#until, :now), \
                              #expires_at = if_not_exists(#expires_at, :expires_at)";
                self.update(under, update, None, values)
            }
            Mark::Uncounted { .. } => {
                let values = vec![(":less", AttributeValue::N("-1".to_owned())), (":none", number(0))];
                self.update(under, "ADD #count :less", Some("#count > :none"), values)
            }
            Mark::Withdrawn { owner, .. } => {
                let own = "#owner = :owner AND #done = :done";
                let values = vec![(":owner", text(owner)), (":done", AttributeValue::Bool(false))];
                self.delete(under, Some(own), values)
            }
            Mark::Released { owner, .. } => {
                let own = "attribute_not_exists(#owner) OR #owner = :owner";
                self.delete(under, Some(own), vec![(":owner", text(owner))])
            }
            Mark::Sent { .. } => {
                let values = vec![(":sent", AttributeValue::Bool(true))];
                self.update(under, "SET #sent = :sent", Some("attribute_exists(#id)"), values)
            }
            Mark::Seen { at, .. } => {
                self.put(under, &Record::Newest { at: *at }, Some(NOT_LATER), vec![(":at", millis(*at))])
            }
            Mark::Rest { key, until } => {
                let cooldown = Record::Cooldown(Cooldown { key: key.clone(), until: *until });
                self.put(under, &cooldown, Some(NOT_LONGER), vec![(":until", millis(*until))])
            }
            Mark::Unrest { until, .. } => {
                self.delete(under, Some("#until = :until"), vec![(":until", millis(*until))])
            }
            Mark::Reported(report) => {
                let values = vec![(":at", millis(report.at))];
                self.put(under, &Record::Report(report.clone()), Some(NOT_LATER), values)
            }
            Mark::Resaved { value, .. } => self.put(under, &Record::Saved(Ok(value.clone())), None, vec![]),
            Mark::PutBack { .. } => self.delete(under, None, vec![]),
        }
    }

    fn expiry(self, record: &Record) -> Option<(&'static str, AttributeValue)> {
        expires_at(record, self.now).map(|at| (":expires_at", at))
    }

    fn put(
        self,
        under: &Key,
        record: &Record,
        condition: Option<&str>,
        values: Values,
    ) -> Result<TransactWriteItem, BuildError> {
        let put = Put::builder()
            .table_name(self.table)
            .set_item(Some(item(under, record, self.now)))
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(names(condition))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(WITH_WHAT_IS_KEPT)
            .build()?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn check(self, under: &Key, condition: &str, values: Values) -> Result<TransactWriteItem, BuildError> {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key(under)))
            .condition_expression(condition)
            .set_expression_attribute_names(names([condition]))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(WITH_WHAT_IS_KEPT)
            .build()?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn update(
        self,
        under: &Key,
        update: &str,
        condition: Option<&str>,
        values: Values,
    ) -> Result<TransactWriteItem, BuildError> {
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(key(under)))
            .update_expression(update)
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(names([update].into_iter().chain(condition)))
            .set_expression_attribute_values(given(values))
            .return_values_on_condition_check_failure(WITH_WHAT_IS_KEPT)
            .build()?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn delete(
        self,
        under: &Key,
        condition: Option<&str>,
        values: Values,
    ) -> Result<TransactWriteItem, BuildError> {
        let delete = Delete::builder()
            .table_name(self.table)
            .set_key(Some(key(under)))
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(names(condition))
            .set_expression_attribute_values(given(values))
            .build()?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

/// What each `#name` of some expressions stands for: the attribute of that name, so that no reserved word is ever
/// written plainly. DynamoDB wants exactly those that are used, and no empty list.
pub(super) fn names<'a>(expressions: impl IntoIterator<Item = &'a str>) -> Option<HashMap<String, String>> {
    let mut names = HashMap::new();
    for expression in expressions {
        for after in expression.split('#').skip(1) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            names.insert(format!("#{}", &after[..end]), after[..end].to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

fn given(values: Values) -> Option<HashMap<String, AttributeValue>> {
    let values: HashMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (!values.is_empty()).then_some(values)
}
