//! Routing controls, at whichever endpoint of the cluster answers.

use std::time::Duration;

use aws_sdk_route53recoverycluster::config::{Builder, Region};
use aws_sdk_route53recoverycluster::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_route53recoverycluster::operation::update_routing_control_states::UpdateRoutingControlStatesError;
use aws_sdk_route53recoverycluster::types::{RoutingControlState, UpdateRoutingControlStateEntry};
use shared::fault::FaultClass;
use shared::kinds::dns::{ClusterEndpoint, ControlArn, Side, Sides};

use super::fault::{failed, fault, unsaid};
use super::{AwsUntil, out_of_time};
use crate::world::{Fault, Meaning};

/// The longest that one endpoint is waited for: a cluster has five of them, and an invocation 20 s.
const LONGEST: Duration = Duration::from_secs(3);

impl AwsUntil<'_> {
    pub(super) async fn get_controls(
        &self,
        controls: &Sides<ControlArn>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<Sides<bool>, Fault> {
        let operation = "see which routing controls are on";
        let ask = async |control: &ControlArn, settings: Builder| {
            let request = self.aws.clusters().get_routing_control_state();
            let request = request.routing_control_arn(control.as_str());
            let answer = request.customize().config_override(settings).send().await;
            match answer.map_err(|error| fault(operation, &error))?.routing_control_state {
                RoutingControlState::On => Ok(true),
                RoutingControlState::Off => Ok(false),
                _ => Err(unsaid(operation)),
            }
        };
        self.first_that_answers(operation, endpoints, async |settings: Builder| {
            let (primary, secondary) =
                tokio::join!(ask(&controls.primary, settings.clone()), ask(&controls.secondary, settings));
            Ok(Sides { primary: primary?, secondary: secondary? })
        })
        .await
    }

    pub(super) async fn update_controls(
        &self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<(), Fault> {
        let operation = "set the routing controls";
        let entry = |side: Side| {
            let state = if *on.of(side) { RoutingControlState::On } else { RoutingControlState::Off };
            UpdateRoutingControlStateEntry::builder()
                .routing_control_arn(controls.of(side).as_str())
                .routing_control_state(state)
                .build()
        };
        let entries = Side::ALL.into_iter().map(entry).collect::<Result<Vec<_>, _>>();
        let entries = entries
            .map_err(|error| failed(operation, Meaning::Common(FaultClass::Rejected), error.to_string()))?;
        self.first_that_answers(operation, endpoints, async |settings: Builder| {
            let request = self.aws.clusters().update_routing_control_states();
            let request = request.set_update_routing_control_state_entries(Some(entries.clone()));
            let answer = request.customize().config_override(settings).send().await;
            answer.map(drop).map_err(|error| refused(operation, &error))
        })
        .await
    }

    /// Asks one endpoint after the other until one answers, be it with a refusal: all of them would refuse. Those that
    /// have not answered this invocation come last.
    async fn first_that_answers<T>(
        &self,
        operation: &str,
        endpoints: &[&ClusterEndpoint],
        ask: impl AsyncFn(Builder) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut endpoints = endpoints.to_vec();
        endpoints.sort_by_key(|endpoint| self.silent.borrow().contains(&endpoint.endpoint));
        let mut said = Vec::new();
        let mut last = Meaning::Common(FaultClass::Rejected);
        for (tried, endpoint) in endpoints.iter().enumerate() {
            let fault = match ask(self.at(endpoint, endpoints.len() - tried, operation)?).await {
                Err(fault) if is_of_the_endpoint(&fault) => fault,
                answer => return answer,
            };
            self.silent.borrow_mut().insert(endpoint.endpoint.clone());
            said.push(format!("{}: {}", endpoint.region, fault.source));
            last = fault.meaning;
        }
        let words = if said.is_empty() { "there is no endpoint".to_owned() } else { said.join("; ") };
        Err(failed(operation, last, words))
    }

    /// The settings of a request to an endpoint, where so many are still to be tried.
    fn at(&self, endpoint: &ClusterEndpoint, left: usize, operation: &str) -> Result<Builder, Fault> {
        let allowance = self.deadline.allowance().map_err(|reason| out_of_time(operation, reason))?;
        let share = allowance / u32::try_from(left).unwrap_or(u32::MAX).max(1);
        let share = share.min(LONGEST);
        let timeouts = self.timeouts(operation)?.into_builder();
        let timeouts = timeouts.operation_attempt_timeout(share).operation_timeout(share).build();
        let region = Region::new(endpoint.region.to_string());
        // A stand-in without TLS is every endpoint; nothing else that the environment says is of these.
        let stand_in = self.aws.sdk.endpoint_url().filter(|address| address.starts_with("http:"));
        let address = stand_in.unwrap_or(endpoint.endpoint.as_str());
        Ok(Builder::new().endpoint_url(address).region(region).timeout_config(timeouts))
    }
}

/// Whether another endpoint may well do what this one did not.
fn is_of_the_endpoint(fault: &Fault) -> bool {
    matches!(
        fault.meaning,
        Meaning::Common(FaultClass::Throttled | FaultClass::Unavailable | FaultClass::Unknown)
    )
}

/// A conflict is one with a safety rule, unless it is said to be one with another request.
fn refused(operation: &str, error: &SdkError<UpdateRoutingControlStatesError>) -> Fault {
    let fault = fault(operation, error);
    let words = error.message().unwrap_or_default().to_ascii_lowercase();
    let is_another_request = ["same time", "concurrent", "retry"].iter().any(|said| words.contains(said));
    if error.code() == Some("ConflictException") && !is_another_request {
        return Fault { meaning: Meaning::SafetyRule, ..fault };
    }
    fault
}
