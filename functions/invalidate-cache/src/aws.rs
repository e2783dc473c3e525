//! The port on CloudFront. The only file of this function that names the SDK.

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::config::Builder;
use aws_sdk_cloudfront::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudfront::types::{Invalidation as Found, InvalidationBatch, InvalidationSummary, Paths};
use jiff::Timestamp;
use shared::fault::FaultClass;
use shared::kinds::distribution::Cache;
use shell::aws::{CallCounter, SdkConfig, timeouts};
use shell::clock::Deadline;

use crate::world::{Distributions, Fault, InProgress, Invalidation, MOST_READ, Meaning, Request};

/// CloudFront, for as long as the process lives.
#[derive(Debug)]
pub struct CloudFront {
    client: Client,
}

impl CloudFront {
    /// Builds the client.
    #[must_use]
    pub fn new(sdk: &SdkConfig, calls: CallCounter) -> Self {
        let config = Builder::from(sdk).interceptor(calls).build();
        Self { client: Client::from_conf(config) }
    }

    /// CloudFront, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> CloudFrontUntil<'_> {
        CloudFrontUntil { client: &self.client, deadline }
    }
}

/// CloudFront, for as long as an invocation lasts.
#[derive(Debug)]
pub struct CloudFrontUntil<'a> {
    client: &'a Client,
    deadline: Deadline,
}

impl CloudFrontUntil<'_> {
    /// The settings of an operation that is begun now.
    fn settings(&self, operation: &'static str, cache: &Cache) -> Result<Builder, Fault> {
        match timeouts(&self.deadline) {
            Ok(timeouts) => Ok(Builder::new().timeout_config(timeouts)),
            Err(reason) => Err(Fault {
                operation,
                cache: cache.id().to_owned(),
                meaning: Meaning::OutOfTime,
                source: reason.into(),
            }),
        }
    }

    /// The newest invalidations: one page of the list, which has them newest first.
    async fn list(&self, cache: &Cache) -> Result<Vec<InvalidationSummary>, Fault> {
        const OPERATION: &str = "list the invalidations";
        let settings = self.settings(OPERATION, cache)?;
        let list = match cache {
            Cache::Distribution(id) => {
                let request = self.client.list_invalidations().distribution_id(id.as_str());
                let answer = request.customize().config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation_list
            }
            Cache::Tenant(id) => {
                let request = self.client.list_invalidations_for_distribution_tenant().id(id.as_str());
                let answer = request.customize().config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation_list
            }
        };
        Ok(list.and_then(|list| list.items).unwrap_or_default())
    }

    async fn get(&self, cache: &Cache, invalidation: &str) -> Result<Invalidation, Fault> {
        const OPERATION: &str = "read an invalidation";
        let settings = self.settings(OPERATION, cache)?;
        let found = match cache {
            Cache::Distribution(id) => {
                let request = self.client.get_invalidation().distribution_id(id.as_str()).id(invalidation);
                let answer = request.customize().config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation
            }
            Cache::Tenant(id) => {
                let request = self.client.get_invalidation_for_distribution_tenant();
                let request = request.distribution_tenant_id(id.as_str()).id(invalidation);
                let answer = request.customize().config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation
            }
        };
        found.map(decoded).ok_or_else(|| empty_answer(OPERATION, cache))
    }
}

impl Distributions for CloudFrontUntil<'_> {
    async fn create(&self, request: &Request) -> Result<Invalidation, Fault> {
        const OPERATION: &str = "create an invalidation";
        let Request { cache, items, caller_reference } = request;
        let batch = batch(items, caller_reference)
            .map_err(|error| Fault { source: error.into(), ..empty_answer(OPERATION, cache) })?;
        let settings = self.settings(OPERATION, cache)?;
        let created = match cache {
            Cache::Distribution(id) => {
                let request = self.client.create_invalidation().distribution_id(id.as_str());
                let request = request.invalidation_batch(batch).customize();
                let answer = request.config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation
            }
            Cache::Tenant(id) => {
                let request = self.client.create_invalidation_for_distribution_tenant().id(id.as_str());
                let request = request.invalidation_batch(batch).customize();
                let answer = request.config_override(settings).send().await;
                answer.map_err(|error| fault(OPERATION, cache, error))?.invalidation
            }
        };
        created.map(decoded).ok_or_else(|| empty_answer(OPERATION, cache))
    }

    async fn in_progress(&self, cache: &Cache) -> Result<InProgress, Fault> {
        let list = self.list(cache).await?;
        let ids: Vec<String> = list
            .into_iter()
            .filter(|summary| summary.status == IN_PROGRESS)
            .map(|summary| summary.id)
            .collect();
        if ids.len() > MOST_READ {
            return Ok(InProgress::TooMany);
        }
        let mut invalidations = Vec::with_capacity(ids.len());
        for id in ids {
            invalidations.push(self.get(cache, &id).await?);
        }
        Ok(InProgress::Read(invalidations))
    }

    async fn find(&self, cache: &Cache, caller_reference: &str) -> Result<Option<Invalidation>, Fault> {
        for summary in self.list(cache).await?.into_iter().take(MOST_READ) {
            let invalidation = self.get(cache, &summary.id).await?;
            if invalidation.caller_reference == caller_reference {
                return Ok(Some(invalidation));
            }
        }
        Ok(None)
    }
}

/// The status of an invalidation that is not complete.
const IN_PROGRESS: &str = "InProgress";

fn batch(
    items: &[String],
    caller_reference: &str,
) -> Result<InvalidationBatch, aws_sdk_cloudfront::error::BuildError> {
    let quantity = i32::try_from(items.len()).unwrap_or(i32::MAX);
    let paths = Paths::builder().quantity(quantity).set_items(Some(items.to_vec())).build()?;
    InvalidationBatch::builder().paths(paths).caller_reference(caller_reference).build()
}

fn decoded(found: Found) -> Invalidation {
    let Found { id, status, create_time, invalidation_batch, .. } = found;
    let (caller_reference, paths) = match invalidation_batch {
        Some(batch) => (batch.caller_reference, batch.paths.and_then(|paths| paths.items)),
        None => (String::new(), None),
    };
    let created_at =
        Timestamp::new(create_time.secs(), i32::try_from(create_time.subsec_nanos()).unwrap_or(0));
    Invalidation {
        id,
        status,
        created_at: created_at.ok(),
        caller_reference,
        items: paths.unwrap_or_default(),
    }
}

/// Classifies an error of CloudFront. The one place where its codes are read: some are not in the SDK's model.
fn fault<E>(operation: &'static str, cache: &Cache, error: SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let code = error.code();
    let about_reference =
        || error.message().is_some_and(|message| message.to_ascii_lowercase().contains("caller reference"));
    let meaning = match code {
        Some("TooManyInvalidationsInProgress") => Meaning::NoRoom,
        Some("BatchTooLarge") => Meaning::BatchTooLarge,
        Some("InvalidationBatchAlreadyExists") => Meaning::ReferenceUsed,
        Some("InvalidArgument") if about_reference() => Meaning::ReferenceUsed,
        other => Meaning::Common(FaultClass::of(other, status(&error))),
    };
    let text = match (code, error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => DisplayErrorContext(&error).to_string(),
    };
    Fault { operation, cache: cache.id().to_owned(), meaning, source: text.into() }
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// An answer without the invalidation that it should have.
fn empty_answer(operation: &'static str, cache: &Cache) -> Fault {
    Fault {
        operation,
        cache: cache.id().to_owned(),
        meaning: Meaning::Common(FaultClass::Unknown),
        source: "the answer has no invalidation in it".into(),
    }
}

#[cfg(test)]
mod tests;
