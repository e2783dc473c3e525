//! ECS: services, and how many tasks of them should run.

use std::collections::BTreeMap;

use aws_sdk_ecs::operation::describe_services::DescribeServicesOutput;
use aws_sdk_ecs::types::{
    DeploymentControllerType, DeploymentRolloutState, Failure, SchedulingStrategy, Service as Described,
};
use shared::fault::FaultClass;
use shared::kinds::service::Service;
use shell::aws::words;

use super::{AwsUntil, count, failed, fault, number, unsaid};
use crate::world::{Controller, Counts, Deployment, Fault, Found, State};

/// How many services of a cluster one call describes: ECS's limit.
const AT_ONCE: usize = 10;

/// What there is in place of each service, by its resource id.
pub(super) type Findings = BTreeMap<String, Result<Found, Fault>>;

impl AwsUntil<'_> {
    /// Describes services, each once, without their scalable targets. What fails for one cluster fails for no other,
    /// and what the role may not describe is none of its neighbours' business.
    pub(super) async fn describe_services(&self, services: &[&Service]) -> Findings {
        let mut clusters: BTreeMap<&str, BTreeMap<&str, &Service>> = BTreeMap::new();
        for service in services {
            clusters.entry(service.cluster.as_str()).or_default().insert(service.service.as_str(), service);
        }
        let mut findings = Findings::new();
        for (cluster, services) in clusters {
            let services: Vec<&Service> = services.into_values().collect();
            for asked in services.chunks(AT_ONCE) {
                let described = self.describe_chunk(cluster, asked).await;
                if asked.len() > 1 && described.values().all(is_denied) {
                    for one in asked.chunks(1) {
                        findings.extend(self.describe_chunk(cluster, one).await);
                    }
                } else {
                    findings.extend(described);
                }
            }
        }
        findings
    }

    /// Describes so many services as one call takes. One that the role may not describe makes ECS refuse all of them.
    async fn describe_chunk(&self, cluster: &str, services: &[&Service]) -> Findings {
        let answer = self.describe_at_once(cluster, services).await;
        let of = |service: &&Service| match &answer {
            Ok(answer) => (service.resource_id(), answer.about(service)),
            Err(fault) => (service.resource_id(), Err(fault.clone())),
        };
        services.iter().map(of).collect()
    }

    async fn describe_at_once(&self, cluster: &str, services: &[&Service]) -> Result<Answer, Fault> {
        let operation = || format!("describe services of cluster {cluster}");
        let names = services.iter().map(|service| service.service.as_str().to_owned()).collect();
        let request = self.aws.ecs.describe_services().cluster(cluster).set_services(Some(names));
        let settings = self.ecs_settings(&operation())?;
        match request.customize().config_override(settings).send().await {
            Ok(answer) => Ok(Answer::Described(answer)),
            Err(error)
                if error.as_service_error().is_some_and(|error| error.is_cluster_not_found_exception()) =>
            {
                Ok(Answer::NoCluster(words(&error)))
            }
            Err(error) => Err(fault(operation(), &error)),
        }
    }

    pub(super) async fn update_service(&self, service: &Service, desired: u32) -> Result<Counts, Fault> {
        let operation = || format!("set the desired count of {}", service.resource_id());
        let request = self.aws.ecs.update_service().cluster(service.cluster.as_str());
        let request = request.service(service.service.as_str()).desired_count(number(desired));
        let settings = self.ecs_settings(&operation())?;
        let answer = request.customize().config_override(settings).send().await;
        let answer = answer.map_err(|error| fault(operation(), &error))?;
        let updated = answer.service.ok_or_else(|| unsaid(operation()))?;
        Ok(Counts {
            desired: count(updated.desired_count),
            running: count(updated.running_count),
            pending: count(updated.pending_count),
        })
    }

    fn ecs_settings(&self, operation: &str) -> Result<aws_sdk_ecs::config::Builder, Fault> {
        Ok(aws_sdk_ecs::config::Builder::new().timeout_config(self.timeouts(operation)?))
    }
}

fn is_denied(found: &Result<Found, Fault>) -> bool {
    matches!(found, Err(fault) if fault.class == Some(FaultClass::Denied))
}

/// What ECS answers when services of a cluster are to be described.
enum Answer {
    /// Each of them is described, or is among the failures.
    Described(DescribeServicesOutput),
    /// There is no such cluster, in these words.
    NoCluster(String),
}

impl Answer {
    fn about(&self, service: &Service) -> Result<Found, Fault> {
        let missing = |words: &str| Ok(Found::Missing(format!("cluster {}: {words}", service.cluster)));
        let answer = match self {
            Self::Described(answer) => answer,
            Self::NoCluster(words) => return missing(words),
        };
        let name = service.service.as_str();
        let found = answer.services().iter().find(|described| described.service_name() == Some(name));
        if let Some(described) = found {
            return Ok(Found::Service(state(described)));
        }
        let operation = format!("describe {}", service.resource_id());
        let Some(failure) = answer.failures().iter().find(|failure| is_of(failure, name)) else {
            return Err(unsaid(operation));
        };
        let parts = [failure.reason(), failure.detail(), failure.arn()];
        let words = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
        match failure.reason() {
            Some("MISSING") => missing(&words),
            _ => Err(failed(operation, FaultClass::Unknown, words)),
        }
    }
}

/// A failure tells its service by an ARN alone. Old ones end in the name too, but lack the cluster.
fn is_of(failure: &Failure, name: &str) -> bool {
    failure.arn().and_then(|arn| arn.rsplit('/').next()) == Some(name)
}

fn state(described: &Described) -> State {
    let controller = controller(described);
    State {
        status: described.status().unwrap_or_default().to_owned(),
        desired: count(described.desired_count),
        running: count(described.running_count),
        pending: count(described.pending_count),
        daemon: described.scheduling_strategy() == Some(&SchedulingStrategy::Daemon),
        controller,
        deployment: match controller {
            Controller::Ecs => deployment(described),
            // They have task sets in place of deployments.
            Controller::CodeDeploy | Controller::External => Deployment::Steady,
        },
        scaling: None,
    }
}

fn controller(described: &Described) -> Controller {
    match described.deployment_controller().map(|controller| controller.r#type()) {
        None | Some(DeploymentControllerType::Ecs) => Controller::Ecs,
        Some(DeploymentControllerType::CodeDeploy) => Controller::CodeDeploy,
        Some(_) => Controller::External,
    }
}

/// How the deployment fares that all tasks are to be of. Behind a Classic load balancer ECS does not say.
fn deployment(described: &Described) -> Deployment {
    let newest = described.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"));
    match newest.and_then(|deployment| deployment.rollout_state()) {
        Some(DeploymentRolloutState::Failed) => Deployment::Failed,
        Some(DeploymentRolloutState::InProgress) => Deployment::Running,
        _ => Deployment::Steady,
    }
}
