//! What the refusals of all these services mean here.

use aws_sdk_route53::error::{ProvideErrorMetadata, SdkError};
use shared::fault::FaultClass;
use shell::aws::words;

use crate::world::{Fault, Meaning};

/// Says what an error means. The one place where codes are read that mean the same wherever they come from.
pub(super) fn fault<E>(operation: &str, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let class = match error.code() {
        Some(
            "ConditionalRequestConflict"
            | "HealthCheckVersionMismatch"
            | "InvalidIfMatchVersion"
            | "PriorRequestNotComplete",
        ) => FaultClass::Conflict,
        // Their status is 400, which says nothing.
        Some("NoSuchHostedZone" | "NoSuchHealthCheck" | "NoSuchChange" | "ResourceNotFoundException") => {
            FaultClass::NotFound
        }
        Some("EndpointTemporarilyUnavailableException" | "InternalServerException") => {
            FaultClass::Unavailable
        }
        code => match FaultClass::of(code, status(error)) {
            // Not the service's own answer, so it does not say what there is.
            FaultClass::NotFound if code.is_none() => FaultClass::Unknown,
            class => class,
        },
    };
    failed(operation, Meaning::Common(class), words(error))
}

/// The HTTP status of the answer, if there was one.
pub(super) fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// An answer that leaves out what was asked for.
pub(super) fn unsaid(operation: &str) -> Fault {
    failed(operation, Meaning::Common(FaultClass::Unknown), "the answer does not say what was asked")
}

pub(super) fn failed(operation: &str, meaning: Meaning, words: impl Into<String>) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = words.into().into();
    Fault { operation: operation.to_owned(), meaning, source: source.into() }
}
