//! The port on ECS, Application Auto Scaling and EventBridge Scheduler.

mod autoscaling;
mod ecs;
mod policies;
mod quota;

use std::sync::Arc;

use aws_sdk_ecs::config::timeout::TimeoutConfig;
use aws_sdk_ecs::error::{ProvideErrorMetadata, SdkError};
use shared::fault::FaultClass;
use shared::kinds::service::Service;
use shell::aws::{CallCounter, SdkConfig, timeouts, words};
use shell::clock::Deadline;
use shell::config::Schedules;
use shell::schedules::{Made, OneTime, ScheduleFault, Scheduler};

use self::quota::QuotasStay;
use crate::world::{Bounds, Counts, Fault, Found, Policy, ScheduledAction, Services, State};

/// The clients, for as long as the process lives. All of them are of one Region.
#[derive(Debug)]
pub struct Aws {
    ecs: aws_sdk_ecs::Client,
    autoscaling: aws_sdk_applicationautoscaling::Client,
    /// `None` where nothing is said about schedules.
    scheduler: Option<Scheduler>,
}

impl Aws {
    /// Builds the clients.
    #[must_use]
    pub fn new(sdk: &SdkConfig, calls: &CallCounter, schedules: Option<Schedules>) -> Self {
        let ecs = aws_sdk_ecs::config::Builder::from(sdk).interceptor(calls.clone()).build();
        let autoscaling = aws_sdk_applicationautoscaling::config::Builder::from(sdk)
            .interceptor(calls.clone())
            .retry_classifier(QuotasStay)
            .build();
        Self {
            ecs: aws_sdk_ecs::Client::from_conf(ecs),
            autoscaling: aws_sdk_applicationautoscaling::Client::from_conf(autoscaling),
            scheduler: schedules.map(|schedules| Scheduler::new(sdk, calls.clone(), schedules)),
        }
    }

    /// The port, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> AwsUntil<'_> {
        AwsUntil { aws: self, deadline }
    }
}

/// The port, for as long as an invocation lasts.
#[derive(Debug)]
pub struct AwsUntil<'a> {
    aws: &'a Aws,
    deadline: Deadline,
}

impl Services for AwsUntil<'_> {
    async fn observe(&self, services: &[&Service]) -> Vec<Result<Found, Fault>> {
        let mut found = self.describe_services(services).await;
        self.add_scaling(&mut found).await;
        let of = |service: &&Service| {
            let unsaid = || Err(unsaid(format!("describe {}", service.resource_id())));
            found.get(&service.resource_id()).cloned().unwrap_or_else(unsaid)
        };
        services.iter().map(of).collect()
    }

    async fn policies(&self, service: &Service) -> Result<Vec<Policy>, Fault> {
        self.describe_policies(service).await
    }

    async fn scheduled(&self, service: &Service) -> Result<Vec<ScheduledAction>, Fault> {
        self.describe_scheduled_actions(service).await
    }

    async fn set_bounds(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault> {
        self.register_target(service, bounds).await
    }

    async fn count(&self, service: &Service) -> Result<Counts, Fault> {
        let operation = || format!("count the tasks of {}", service.resource_id());
        let mut found = self.describe_services(&[service]).await;
        match found.remove(&service.resource_id()) {
            Some(Ok(Found::Service(State { desired, running, pending, .. }))) => {
                Ok(Counts { desired, running, pending })
            }
            Some(Ok(Found::Missing(words))) => Err(failed(operation(), FaultClass::NotFound, words)),
            Some(Err(fault)) => Err(fault),
            None => Err(unsaid(operation())),
        }
    }

    async fn set_desired(&self, service: &Service, desired: u32) -> Result<Counts, Fault> {
        self.update_service(service, desired).await
    }

    async fn send_at(&self, schedule: &OneTime) -> Result<Made, Fault> {
        let Some(scheduler) = &self.aws.scheduler else {
            let operation = format!("make the schedule {}", schedule.name);
            return Err(failed(operation, FaultClass::NotFound, "`LAMPLIGHTER_SCHEDULE_GROUP` is not set"));
        };
        scheduler.make(schedule, &self.deadline).await.map_err(|fault| {
            let ScheduleFault { operation, class, source } = fault;
            Fault { operation, class, source: source.into() }
        })
    }
}

impl AwsUntil<'_> {
    /// The time limits of an operation that is begun now.
    fn timeouts(&self, operation: &str) -> Result<TimeoutConfig, Fault> {
        timeouts(&self.deadline).map_err(|reason| Fault {
            operation: operation.to_owned(),
            class: None,
            source: Arc::new(reason),
        })
    }
}

/// Classifies an error of a service. The one place where codes are read: their HTTP status is 400 for nearly all.
fn fault<E>(operation: String, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let class = match error.code() {
        Some(
            "ClusterNotFoundException"
            | "ObjectNotFoundException"
            | "ServiceNotActiveException"
            | "ServiceNotFoundException",
        ) => FaultClass::NotFound,
        Some("InternalServiceException" | "ServerException") => FaultClass::Unavailable,
        code => FaultClass::of(code, status),
    };
    failed(operation, class, words(error))
}

/// An answer that leaves out what was asked for.
fn unsaid(operation: String) -> Fault {
    failed(operation, FaultClass::Unknown, "the answer does not say what became of it")
}

fn failed(operation: String, class: FaultClass, words: impl Into<String>) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = words.into().into();
    Fault { operation, class: Some(class), source: source.into() }
}

/// AWS's counts are signed, and never negative.
fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// A count as AWS takes it.
fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
