//! Application Auto Scaling: scalable targets, and what else acts on them.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::config::Builder;
use aws_sdk_applicationautoscaling::primitives::DateTime;
use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget, ScheduledAction as Described, ServiceNamespace, SuspendedState,
};
use jiff::Timestamp;
use shared::kinds::service::Service;

use super::ecs::Findings;
use super::{AwsUntil, count, fault, number};
use crate::world::{Bounds, Fault, Found, Policy, Scaling, ScheduledAction, Suspended};

/// How many scalable targets one call asks for: Application Auto Scaling's limit.
const AT_ONCE: usize = 50;

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

impl AwsUntil<'_> {
    /// Adds the scalable targets of the services that there are.
    pub(super) async fn add_scaling(&self, findings: &mut Findings) {
        let is_service = |found: &Result<Found, Fault>| matches!(found, Ok(Found::Service(_)));
        let ids: Vec<String> =
            findings.iter().filter(|(_, found)| is_service(found)).map(|(id, _)| id.clone()).collect();
        for asked in ids.chunks(AT_ONCE) {
            let targets = self.describe_targets(asked).await;
            for id in asked {
                match (&targets, findings.get_mut(id)) {
                    (Ok(targets), Some(Ok(Found::Service(state)))) => {
                        state.scaling = targets.get(id).cloned()
                    }
                    (Err(fault), Some(found)) => *found = Err(fault.clone()),
                    _ => {}
                }
            }
        }
    }

    /// The scalable targets that there are of these, by their resource ids.
    async fn describe_targets(&self, ids: &[String]) -> Result<BTreeMap<String, Scaling>, Fault> {
        const OPERATION: &str = "describe scalable targets";
        let targets = every_page(async |page| {
            let request = self.aws.autoscaling.describe_scalable_targets();
            let request = request.service_namespace(ServiceNamespace::Ecs).scalable_dimension(DIMENSION);
            let request = request.set_resource_ids(Some(ids.to_vec())).set_next_token(page);
            let settings = self.autoscaling_settings(OPERATION)?;
            let answer = request.customize().config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(OPERATION.to_owned(), &error))?;
            Ok((answer.scalable_targets, answer.next_token))
        });
        let targets = targets.await?.into_iter();
        Ok(targets.map(|target| (target.resource_id.clone(), scaling(&target))).collect())
    }

    pub(super) async fn describe_policies(&self, service: &Service) -> Result<Vec<Policy>, Fault> {
        let operation = || format!("describe the scaling policies of {}", service.resource_id());
        let policies = every_page(async |page| {
            let request = self.aws.autoscaling.describe_scaling_policies().resource_id(service.resource_id());
            let request = request.service_namespace(ServiceNamespace::Ecs).scalable_dimension(DIMENSION);
            let settings = self.autoscaling_settings(&operation())?;
            let answer = request.set_next_token(page).customize().config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(operation(), &error))?;
            Ok((answer.scaling_policies, answer.next_token))
        });
        Ok(policies.await?.iter().map(Policy::from).collect())
    }

    pub(super) async fn describe_scheduled_actions(
        &self,
        service: &Service,
    ) -> Result<Vec<ScheduledAction>, Fault> {
        let operation = || format!("describe the scheduled actions of {}", service.resource_id());
        let actions = every_page(async |page| {
            let request =
                self.aws.autoscaling.describe_scheduled_actions().resource_id(service.resource_id());
            let request = request.service_namespace(ServiceNamespace::Ecs).scalable_dimension(DIMENSION);
            let settings = self.autoscaling_settings(&operation())?;
            let answer = request.set_next_token(page).customize().config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(operation(), &error))?;
            Ok((answer.scheduled_actions, answer.next_token))
        });
        Ok(actions.await?.into_iter().map(scheduled).collect())
    }

    /// Sets the bounds of a scalable target; it would make one where there is none.
    pub(super) async fn register_target(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault> {
        let operation = || format!("set the bounds of {}", service.resource_id());
        let request = self.aws.autoscaling.register_scalable_target().resource_id(service.resource_id());
        let request = request.service_namespace(ServiceNamespace::Ecs).scalable_dimension(DIMENSION);
        let request = request.min_capacity(number(bounds.min)).max_capacity(number(bounds.max));
        let request = request.set_suspended_state(bounds.suspended.map(SuspendedState::from));
        let settings = self.autoscaling_settings(&operation())?;
        let answer = request.customize().config_override(settings).send().await;
        answer.map(drop).map_err(|error| fault(operation(), &error))
    }

    fn autoscaling_settings(&self, operation: &str) -> Result<Builder, Fault> {
        Ok(Builder::new().timeout_config(self.timeouts(operation)?))
    }
}

/// What all pages list. `ask` gets the token of a page, and says what it lists and which is the next.
///
/// The SDK's paginators take no settings of an operation, and so would ask beyond the deadline.
async fn every_page<T>(
    ask: impl AsyncFn(Option<String>) -> Result<(Option<Vec<T>>, Option<String>), Fault>,
) -> Result<Vec<T>, Fault> {
    let (mut all, mut page) = (Vec::new(), None);
    loop {
        let (listed, next) = ask(page).await?;
        all.extend(listed.into_iter().flatten());
        page = next;
        if page.is_none() {
            return Ok(all);
        }
    }
}

fn scaling(target: &ScalableTarget) -> Scaling {
    Scaling {
        min: count(target.min_capacity),
        max: count(target.max_capacity),
        suspended: target.suspended_state().map(Suspended::from).unwrap_or_default(),
    }
}

impl From<&SuspendedState> for Suspended {
    fn from(state: &SuspendedState) -> Self {
        Self {
            dynamic_in: state.dynamic_scaling_in_suspended == Some(true),
            dynamic_out: state.dynamic_scaling_out_suspended == Some(true),
            scheduled: state.scheduled_scaling_suspended == Some(true),
        }
    }
}

impl From<Suspended> for SuspendedState {
    fn from(suspended: Suspended) -> Self {
        Self::builder()
            .dynamic_scaling_in_suspended(suspended.dynamic_in)
            .dynamic_scaling_out_suspended(suspended.dynamic_out)
            .scheduled_scaling_suspended(suspended.scheduled)
            .build()
    }
}

fn scheduled(action: Described) -> ScheduledAction {
    let bounds = action.scalable_target_action;
    ScheduledAction {
        name: action.scheduled_action_name,
        schedule: action.schedule,
        time_zone: action.timezone,
        min: bounds.as_ref().and_then(|bounds| bounds.min_capacity).map(count),
        max: bounds.as_ref().and_then(|bounds| bounds.max_capacity).map(count),
        ends: action.end_time.as_ref().and_then(timestamp),
    }
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}
