//! The ledger on DynamoDB: one table, described in `aws/item.rs`. The only files of the ledger that name the SDK.

mod answer;
mod item;
mod read;
mod write;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;

use self::answer::{Cancelled, fault, in_the_way};
use self::item::{Item, item, key, millis, record};
use self::write::{Writer, names};
use super::record::{COOLDOWNS, Key, PAUSES, PROPOSALS, REPORTS, Record, SAVED, kept};
use super::rules::{Verdict, guarded, judge, judge_all, marked, outlasts, overview};
use super::{Denial, Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Proposal, Saved, trying};
use crate::aws::{CallCounter, SdkConfig, timeouts};
use crate::clock::Deadline;

/// How often a write is sent again that was refused for another one's sake.
///
/// So often that a `pause` gets through a storm of alarms whose transactions all check that item: each of those lasts
/// for some milliseconds, about as long as the way to DynamoDB and back, so the tries pace themselves. None is begun
/// beyond the deadline, and what never got through is delivered again.
const SENT_AGAIN: usize = 8;

/// The ledger, for as long as the process lives.
#[derive(Debug)]
pub struct DynamoLedger {
    client: Client,
    table: String,
}

impl DynamoLedger {
    /// Builds the client.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: String, calls: CallCounter) -> Self {
        let config = Builder::from(sdk).interceptor(calls).build();
        Self { client: Client::from_conf(config), table }
    }

    /// The ledger, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> DynamoLedgerUntil<'_> {
        DynamoLedgerUntil { client: &self.client, table: &self.table, deadline }
    }
}

/// The ledger, for as long as an invocation lasts.
#[derive(Debug)]
pub struct DynamoLedgerUntil<'a> {
    client: &'a Client,
    table: &'a str,
    deadline: Deadline,
}

impl DynamoLedgerUntil<'_> {
    /// The settings of an operation that is begun now.
    fn settings(&self, operation: &'static str) -> Result<Builder, LedgerFault> {
        match timeouts(&self.deadline) {
            Ok(timeouts) => Ok(Builder::new().timeout_config(timeouts)),
            Err(reason) => Err(LedgerFault { operation, class: None, source: reason.into() }),
        }
    }

    /// Sends a transaction once.
    ///
    /// The SDK gives it a token that all its own attempts carry, since it makes the body before the first of them:
    /// an attempt after one whose answer was lost is told that all is done, and is not denied by its own claim.
    /// Here every call is a transaction of its own.
    async fn transact(
        &self,
        operation: &'static str,
        parts: Vec<TransactWriteItem>,
    ) -> Result<Result<(), Cancelled>, LedgerFault> {
        let settings = self.settings(operation)?;
        let request = self.client.transact_write_items().set_transact_items(Some(parts));
        match request.customize().config_override(settings).send().await {
            Ok(_) => Ok(Ok(())),
            Err(error) => Cancelled::of(operation, error).map(Err),
        }
    }

    /// Carries out a write of one item, again if a transaction was about the same item at that moment: the SDK does
    /// not do that by itself.
    async fn unless_busy<T>(
        &self,
        write: impl AsyncFn() -> Result<T, LedgerFault>,
    ) -> Result<T, LedgerFault> {
        let mut sent_again = 0;
        loop {
            match write().await {
                Err(fault) if fault.class == Some(FaultClass::Conflict) && sent_again < SENT_AGAIN => {
                    sent_again += 1;
                }
                answer => return answer,
            }
        }
    }
}

impl Ledger for DynamoLedgerUntil<'_> {
    async fn enter(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        const OPERATION: &str = trying::ENTER;
        let guards = guarded(guards, now).map_err(|error| error.in_an(OPERATION))?;
        if guards.is_empty() {
            return Ok(Entry::Entered);
        }
        let writer = Writer { table: self.table, now };
        let parts = guards.iter().map(|(key, guard)| writer.guard(key, guard));
        let parts: Vec<_> = parts.collect::<Result<_, _>>().map_err(|error| unbuilt(OPERATION, error))?;
        let mut sent_again = 0;
        loop {
            let Err(cancelled) = self.transact(OPERATION, parts.clone()).await? else {
                return Ok(Entry::Entered);
            };
            let denials = denials(&guards, &cancelled, now)?;
            if !denials.is_empty() {
                return Ok(Entry::Denied(denials));
            }
            if !passes(&cancelled) || sent_again == SENT_AGAIN {
                return Err(cancelled.into_fault(OPERATION));
            }
            sent_again += 1;
        }
    }

    async fn look(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        let guards = guarded(guards, now).map_err(|error| error.in_an(trying::LOOK))?;
        if guards.is_empty() {
            return Ok(Entry::Entered);
        }
        let records = self.read(trying::LOOK, guards.iter().map(|(key, _)| key)).await?;
        Ok(judge_all(&guards, &records, now).0)
    }

    async fn mark(&self, marks: &[Mark], now: Timestamp) -> Result<(), LedgerFault> {
        const OPERATION: &str = trying::MARK;
        let writer = Writer { table: self.table, now };
        let parts = marked(marks, now).into_iter().map(|(key, mark)| writer.mark(&key, mark));
        let mut parts: Vec<_> = parts.collect::<Result<_, _>>().map_err(|error| unbuilt(OPERATION, error))?;
        let mut sent_again = 0;
        while !parts.is_empty() {
            let Err(cancelled) = self.transact(OPERATION, parts.clone()).await? else { break };
            // Somebody else has the lease by now, or the report is not the last: that is as good as done.
            let moot: Vec<usize> = cancelled.failed_conditions().map(|(index, _)| index).collect();
            let sent = parts.len();
            let numbered = parts.into_iter().enumerate();
            parts = numbered.filter(|(index, _)| !moot.contains(index)).map(|(_, part)| part).collect();
            if parts.len() == sent {
                if !passes(&cancelled) || sent_again == SENT_AGAIN {
                    return Err(cancelled.into_fault(OPERATION));
                }
                sent_again += 1;
            }
        }
        Ok(())
    }

    async fn save(&self, key: &str, value: &Value) -> Result<Value, LedgerFault> {
        const OPERATION: &str = trying::SAVE;
        const NOTHING_YET: &str = "attribute_not_exists(#pk)";
        let (under, saved) = (Key::saved(key), Record::Saved(Ok(value.clone())));
        self.unless_busy(async || {
            let settings = self.settings(OPERATION)?;
            let item = item(&under, &saved, Timestamp::UNIX_EPOCH);
            let request = self.client.put_item().table_name(self.table).set_item(Some(item));
            let request = request
                .condition_expression(NOTHING_YET)
                .set_expression_attribute_names(names([NOTHING_YET]))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            let Err(error) = request.customize().config_override(settings).send().await else {
                return Ok(value.clone());
            };
            match in_the_way(&error).map(|older| decoded(OPERATION, older)).transpose()? {
                Some((_, Record::Saved(older))) => {
                    older.map_err(|unreadable| unreadable.in_the_way(OPERATION))
                }
                _ => Err(fault(OPERATION, error)),
            }
        })
        .await
    }

    async fn saved(&self, key: &str) -> Result<Option<Saved>, LedgerFault> {
        Ok(self.get(trying::SAVED, &Key::saved(key)).await?.and_then(Record::into_saved))
    }

    async fn saved_under(&self, prefix: &str) -> Result<Vec<(String, Saved)>, LedgerFault> {
        let records = self.list(trying::SAVED_UNDER, SAVED, prefix).await?;
        Ok(records.into_iter().filter_map(|(key, record)| Some((key.sk, record.into_saved()?))).collect())
    }

    async fn pause(&self, pause: &Pause) -> Result<Option<Pause>, LedgerFault> {
        const OPERATION: &str = trying::PAUSE;
        const NONE_OUTLASTS: &str = "attribute_not_exists(#until) OR #until <= :until OR #until <= :since";
        let (under, record) = (Key::pause(&pause.scope), Record::Pause(pause.clone()));
        self.unless_busy(async || {
            let settings = self.settings(OPERATION)?;
            let item = item(&under, &record, pause.since);
            let request = self.client.put_item().table_name(self.table).set_item(Some(item));
            let request = request
                .condition_expression(NONE_OUTLASTS)
                .set_expression_attribute_names(names([NONE_OUTLASTS]))
                .expression_attribute_values(":until", millis(pause.until))
                .expression_attribute_values(":since", millis(pause.since))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            let Err(error) = request.customize().config_override(settings).send().await else {
                return Ok(None);
            };
            match in_the_way(&error).map(|there| decoded(OPERATION, there)).transpose()? {
                Some((_, Record::Pause(there))) if outlasts(&there, pause) => Ok(Some(there)),
                _ => Err(fault(OPERATION, error)),
            }
        })
        .await
    }

    async fn resume(&self, scope: &str, now: Timestamp) -> Result<Option<Pause>, LedgerFault> {
        let under = Key::pause(scope);
        self.unless_busy(async || {
            let settings = self.settings(trying::RESUME)?;
            let request = self.client.delete_item().table_name(self.table).set_key(Some(key(&under)));
            let request = request.return_values(ReturnValue::AllOld).customize();
            let answer = request.config_override(settings).send().await;
            let ended = answer.map_err(|error| fault(trying::RESUME, error))?.attributes;
            match ended.map(|ended| decoded(trying::RESUME, &ended)).transpose()? {
                Some((_, Record::Pause(pause))) if pause.until > kept(now) => Ok(Some(pause)),
                _ => Ok(None),
            }
        })
        .await
    }

    async fn proposal(&self, id: &str) -> Result<Option<Proposal>, LedgerFault> {
        match self.get(trying::PROPOSAL, &Key::proposal(id)).await? {
            Some(Record::Proposal(proposal)) => Ok(Some(proposal)),
            _ => Ok(None),
        }
    }

    async fn overview(&self, now: Timestamp) -> Result<Overview, LedgerFault> {
        let mut records = Vec::new();
        for partition in [PAUSES, COOLDOWNS, PROPOSALS, REPORTS] {
            records.extend(self.list(trying::OVERVIEW, partition, "").await?);
        }
        Ok(overview(records.iter().map(|(_, record)| record), now))
    }
}

/// Why guards were denied, by what DynamoDB found where their conditions failed.
fn denials(
    guards: &[(Key, &Guard)],
    cancelled: &Cancelled,
    now: Timestamp,
) -> Result<Vec<Denial>, LedgerFault> {
    const OPERATION: &str = trying::ENTER;
    let mut denials = Vec::new();
    for (index, found) in cancelled.failed_conditions() {
        let found = found.map(|found| decoded(OPERATION, found)).transpose()?.map(|(_, record)| record);
        match guards.get(index).map(|(_, guard)| judge(guard, found.as_ref(), now)) {
            Some(Verdict::Denied(denial)) => denials.push(denial),
            _ => {
                let source =
                    format!("the condition of guard {index} failed, and nothing that was found says why");
                return Err(LedgerFault {
                    operation: OPERATION,
                    class: Some(FaultClass::Unknown),
                    source: source.into(),
                });
            }
        }
    }
    Ok(denials)
}

/// Whether the same transaction may pass at once.
fn passes(cancelled: &Cancelled) -> bool {
    matches!(cancelled.class(), FaultClass::Conflict | FaultClass::Throttled)
}

fn decoded(operation: &'static str, item: &Item) -> Result<(Key, Record), LedgerFault> {
    let class = Some(FaultClass::Unknown);
    record(item).map_err(|error| LedgerFault { operation, class, source: error.into() })
}

fn unbuilt(operation: &'static str, error: BuildError) -> LedgerFault {
    LedgerFault { operation, class: Some(FaultClass::Rejected), source: error.into() }
}

#[cfg(test)]
mod tests;
