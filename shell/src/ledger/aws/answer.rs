//! What DynamoDB's refusals mean.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use shared::fault::FaultClass;

use super::super::LedgerFault;
use super::item::Item;
use crate::aws::words;

/// Why a transaction was cancelled: one reason for each of its parts, in their order.
#[derive(Debug)]
pub(super) struct Cancelled {
    reasons: Vec<CancellationReason>,
    text: String,
}

impl Cancelled {
    /// Tells a cancelled transaction from other errors.
    pub(super) fn of(
        operation: &'static str,
        error: SdkError<TransactWriteItemsError>,
    ) -> Result<Self, LedgerFault> {
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                Ok(Self { reasons: cancelled.cancellation_reasons().to_vec(), text: words(&error) })
            }
            _ => Err(fault(operation, error)),
        }
    }

    /// The parts whose condition did not hold, with what is kept there.
    pub(super) fn failed_conditions(&self) -> impl Iterator<Item = (usize, Option<&Item>)> {
        let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
        let reasons = self.reasons.iter().enumerate();
        reasons.filter(move |(_, reason)| failed(reason)).map(|(index, reason)| (index, reason.item()))
    }

    /// What kind of trouble it is, conditions aside. What will not pass with time comes first.
    pub(super) fn class(&self) -> FaultClass {
        let classes = self.reasons.iter().filter_map(|reason| match reason.code() {
            None | Some("None" | "ConditionalCheckFailed") => None,
            Some("TransactionConflict") => Some(FaultClass::Conflict),
            Some("ThrottlingError" | "ProvisionedThroughputExceeded" | "RequestLimitExceeded") => {
                Some(FaultClass::Throttled)
            }
            Some("AccessDenied") => Some(FaultClass::Denied),
            Some(_) => Some(FaultClass::Rejected),
        });
        let patience = |class: &FaultClass| (class.is_transient(), *class == FaultClass::Conflict);
        classes.min_by_key(patience).unwrap_or(FaultClass::Unknown)
    }

    pub(super) fn into_fault(self, operation: &'static str) -> LedgerFault {
        LedgerFault { operation, class: Some(self.class()), source: self.text.into() }
    }
}

/// What was found where the condition of a put did not hold.
pub(super) fn in_the_way(error: &SdkError<PutItemError>) -> Option<&Item> {
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refusal)) => refusal.item(),
        _ => None,
    }
}

/// Classifies an error of DynamoDB. The one place where its codes are read.
pub(super) fn fault<E>(operation: &'static str, error: SdkError<E>) -> LedgerFault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let class = match error.code() {
        Some("TransactionConflictException" | "TransactionInProgressException") => FaultClass::Conflict,
        Some("ResourceNotFoundException") => FaultClass::NotFound,
        code => FaultClass::of(code, status),
    };
    LedgerFault { operation, class: Some(class), source: words(&error).into() }
}
