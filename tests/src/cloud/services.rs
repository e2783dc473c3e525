//! ECS services with their scalable targets: makes those that the playbook names, changes them as a person would, and
//! reads back what became of them. In the local cloud nothing acts on min and max, and no task ever runs.

use std::fmt;

use anyhow::{Context, ensure};
use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ScalableTargetAction,
    ServiceNamespace, SuspendedState, TargetTrackingScalingPolicyConfiguration,
};
use aws_sdk_ecs::types::ContainerDefinition;
use shared::kinds::service::Service;
use shared::playbook::Playbook;

use super::{Clients, Cloud};

/// The end of the name of a service that has no scalable target: its desired count is all that can be set.
const PLAIN: &str = "-plain";
/// The end of the name of a service that the playbook names and that there is not.
const GONE: &str = "-gone";
/// The scaling policy of every scalable target.
pub const POLICY: &str = "cpu-at-70";
const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

/// How big a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many tasks should run.
    pub desired: i32,
    /// The scalable target, where there is one.
    pub scaling: Option<Scaling>,
}

/// A scalable target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaling {
    /// The fewest tasks.
    pub min: i32,
    /// The most tasks.
    pub max: i32,
    /// Whether policies that scale in, policies that scale out, and scheduled actions are suspended.
    pub suspended: [bool; 3],
}

impl Size {
    /// A size with a scalable target of which nothing is suspended.
    #[must_use]
    pub const fn scaled(min: i32, max: i32, desired: i32) -> Self {
        Self { desired, scaling: Some(Scaling { min, max, suspended: [false; 3] }) }
    }

    /// The same, with this suspended on its scalable target.
    #[must_use]
    pub const fn suspending(mut self, suspended: [bool; 3]) -> Self {
        if let Some(scaling) = &mut self.scaling {
            scaling.suspended = suspended;
        }
        self
    }

    /// A size without a scalable target.
    #[must_use]
    pub const fn plain(desired: i32) -> Self {
        Self { desired, scaling: None }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Scaling { min, max, suspended }) = &self.scaling {
            write!(f, "min {min}, max {max}, ")?;
            let kinds = ["scaling in", "scaling out", "scheduled actions"];
            for (kind, _) in kinds.iter().zip(suspended).filter(|(_, is)| **is) {
                write!(f, "{kind} suspended, ")?;
            }
        }
        write!(f, "{} desired", self.desired)
    }
}

impl Clients {
    /// Makes the services of a playbook, each as small as its bounds allow, and gives their ARNs.
    pub(super) async fn make_services(&self, playbook: &Playbook) -> anyhow::Result<Vec<String>> {
        let family = "lamplighter-example";
        let container = ContainerDefinition::builder().name("main").image("example.com/main").memory(128);
        let request = self.ecs.register_task_definition().family(family);
        let registered = request.container_definitions(container.build()).send().await;
        registered.context("register a task definition")?;

        let mut arns = Vec::new();
        for (name, service) in playbook.all_services() {
            // A cluster that is there already is given back.
            let made = self.ecs.create_cluster().cluster_name(service.cluster.as_str()).send().await;
            made.with_context(|| format!("make the cluster of `{name}`"))?;
            if name.as_str().ends_with(GONE) {
                continue;
            }
            let (floor, ceiling) =
                (i32::try_from(service.bounds.floor)?, i32::try_from(service.bounds.ceiling)?);
            let desired = floor.max(1);
            let request = self.ecs.create_service().cluster(service.cluster.as_str());
            let request = request.service_name(service.service.as_str()).task_definition(family);
            let made = request.desired_count(desired).send().await;
            let made = made.with_context(|| format!("make the service of `{name}`"))?;
            arns.push(made.service.and_then(|service| service.service_arn).context("a service without ARN")?);
            if !name.as_str().ends_with(PLAIN) {
                self.set_scaling(service, &Scaling { min: floor, max: ceiling, suspended: [false; 3] })
                    .await?;
                self.make_policy(service).await?;
            }
            if service.takes_over {
                self.schedule_action(service, "hours-of-terraform", floor, ceiling.min(4)).await?;
            }
        }
        Ok(arns)
    }

    async fn set_scaling(&self, service: &Service, scaling: &Scaling) -> anyhow::Result<()> {
        let Scaling { min, max, suspended: [dynamic_in, dynamic_out, scheduled] } = *scaling;
        let suspended = SuspendedState::builder()
            .dynamic_scaling_in_suspended(dynamic_in)
            .dynamic_scaling_out_suspended(dynamic_out)
            .scheduled_scaling_suspended(scheduled)
            .build();
        let request = self.scaling.register_scalable_target().service_namespace(ServiceNamespace::Ecs);
        let request = request.resource_id(service.resource_id()).scalable_dimension(DIMENSION);
        let request = request.min_capacity(min).max_capacity(max).suspended_state(suspended);
        let sent = request.send().await;
        sent.map(|_| ()).with_context(|| format!("set the bounds of {}", service.resource_id()))
    }

    async fn make_policy(&self, service: &Service) -> anyhow::Result<()> {
        let metric = PredefinedMetricSpecification::builder()
            .predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization)
            .build()?;
        let tracking = TargetTrackingScalingPolicyConfiguration::builder()
            .target_value(70.0)
            .predefined_metric_specification(metric)
            .build()?;
        let request = self.scaling.put_scaling_policy().service_namespace(ServiceNamespace::Ecs);
        let request = request.resource_id(service.resource_id()).scalable_dimension(DIMENSION);
        let request = request.policy_name(POLICY).policy_type(PolicyType::TargetTrackingScaling);
        let sent = request.target_tracking_scaling_policy_configuration(tracking).send().await;
        sent.map(|_| ()).with_context(|| format!("make the scaling policy of {}", service.resource_id()))
    }

    async fn schedule_action(&self, service: &Service, name: &str, min: i32, max: i32) -> anyhow::Result<()> {
        let action = ScalableTargetAction::builder().min_capacity(min).max_capacity(max).build();
        let request = self.scaling.put_scheduled_action().service_namespace(ServiceNamespace::Ecs);
        let request = request.resource_id(service.resource_id()).scalable_dimension(DIMENSION);
        let request = request.scheduled_action_name(name).schedule("cron(0 20 * * ? *)");
        let sent = request.scalable_target_action(action).send().await;
        sent.map(|_| ()).with_context(|| format!("make the scheduled action {name}"))
    }
}

impl Cloud {
    /// The size of a service, as ECS and Application Auto Scaling have it now.
    ///
    /// # Errors
    /// When the playbook has no such service, or the local cloud refuses; so for everything here.
    pub async fn size(&self, target: &str) -> anyhow::Result<Size> {
        let service = self.service(target)?;
        let request = self.clients.ecs.describe_services().cluster(service.cluster.as_str());
        let described = request.services(service.service.as_str()).send().await;
        let described = described.with_context(|| format!("describe the service of `{target}`"))?;
        let found = described.services.unwrap_or_default().pop();
        let desired = found.with_context(|| format!("`{target}` is no service of ECS"))?.desired_count;

        let request = self.clients.scaling.describe_scalable_targets();
        let request = request.service_namespace(ServiceNamespace::Ecs).scalable_dimension(DIMENSION);
        let described = request.resource_ids(service.resource_id()).send().await;
        let described = described.with_context(|| format!("describe the scalable target of `{target}`"))?;
        let scaling = described.scalable_targets.unwrap_or_default().pop().map(|found| {
            let suspended = found.suspended_state.map_or([None; 3], |state| {
                [
                    state.dynamic_scaling_in_suspended,
                    state.dynamic_scaling_out_suspended,
                    state.scheduled_scaling_suspended,
                ]
            });
            let suspended = suspended.map(Option::unwrap_or_default);
            Scaling { min: found.min_capacity, max: found.max_capacity, suspended }
        });
        Ok(Size { desired, scaling })
    }

    /// Gives a service a size, as a person does at the console.
    ///
    /// # Errors
    /// As above, and when it should get a scalable target.
    pub async fn resize(&self, target: &str, size: Size) -> anyhow::Result<()> {
        let service = self.service(target)?;
        let has_scaling = self.size(target).await?.scaling.is_some();
        ensure!(size.scaling.is_some() == has_scaling, "`{target}` has a scalable target: {has_scaling}");
        if let Some(scaling) = &size.scaling {
            self.clients.set_scaling(service, scaling).await?;
        }
        let request = self.clients.ecs.update_service().cluster(service.cluster.as_str());
        let sent = request.service(service.service.as_str()).desired_count(size.desired).send().await;
        sent.map(|_| ()).with_context(|| format!("set the desired count of `{target}`"))
    }

    /// Makes a scheduled action on the scalable target of a service, as another tool does.
    ///
    /// # Errors
    /// As above.
    pub async fn schedule_action(&self, target: &str, name: &str, min: i32, max: i32) -> anyhow::Result<()> {
        self.clients.schedule_action(self.service(target)?, name, min, max).await
    }

    fn service(&self, target: &str) -> anyhow::Result<&Service> {
        let found = self.playbook.all_services().find(|(name, _)| name.as_str() == target);
        found.map(|(_, service)| service).with_context(|| format!("the playbook has no service `{target}`"))
    }
}
