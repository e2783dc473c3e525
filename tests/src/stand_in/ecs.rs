//! Services, as ECS keeps them: a desired count is taken at once, and tasks start and stop when a test says so.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply, StandIn};
use crate::loopback::reply;

/// A service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcsService {
    /// The name of its cluster, which exists as long as a service is in it.
    pub cluster: String,
    /// Its name.
    pub name: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: &'static str,
    /// How many tasks should run.
    pub desired: u32,
    /// How many do.
    pub running: u32,
    /// How many are about to.
    pub pending: u32,
    /// Whether it runs a task on every instance, and takes no desired count.
    pub daemon: bool,
    /// Its deployment controller; none: not said, which is ECS.
    pub controller: Option<&'static str>,
    /// The state of its newest deployment; none: not said, as behind a Classic Load Balancer.
    pub rollout: Option<&'static str>,
}

impl EcsService {
    /// An active service that runs as many tasks as it should.
    pub fn new(cluster: impl Into<String>, name: impl Into<String>, desired: u32) -> Self {
        Self {
            cluster: cluster.into(),
            name: name.into(),
            status: "ACTIVE",
            desired,
            running: desired,
            pending: 0,
            daemon: false,
            controller: None,
            rollout: Some("COMPLETED"),
        }
    }

    fn describe(&self) -> Value {
        let Self { cluster, name, desired, running, pending, .. } = self;
        let deployment = |status: &str, rollout: Option<&str>| {
            let mut deployment = json!({
                "id": format!("ecs-svc/{status}"), "status": status, "desiredCount": desired,
                "runningCount": running, "pendingCount": pending, "failedTasks": 0, "createdAt": MADE_AT,
            });
            if let Some(state) = rollout {
                deployment["rolloutState"] = state.into();
            }
            deployment
        };
        // While a deployment runs, the one before it is there too; which comes first is not promised.
        let mut deployments = match self.rollout {
            Some("IN_PROGRESS") => vec![deployment("ACTIVE", Some("COMPLETED"))],
            _ => Vec::new(),
        };
        deployments.push(deployment("PRIMARY", self.rollout));
        if self.status == "INACTIVE" || self.controller.is_some_and(|controller| controller != "ECS") {
            deployments.clear();
        }
        let mut service = json!({
            "serviceArn": format!("{ARN}:service/{cluster}/{name}"),
            "serviceName": name,
            "clusterArn": format!("{ARN}:cluster/{cluster}"),
            "status": self.status,
            "desiredCount": desired,
            "runningCount": running,
            "pendingCount": pending,
            "schedulingStrategy": if self.daemon { "DAEMON" } else { "REPLICA" },
            "deployments": deployments,
            "createdAt": MADE_AT,
        });
        if let Some(controller) = self.controller {
            service["deploymentController"] = json!({"type": controller});
        }
        service
    }
}

const ARN: &str = "arn:aws:ecs:us-east-1:123456789012";

/// When everything was made: seconds since the epoch, as JSON 1.1 tells times.
const MADE_AT: f64 = 1_795_165_200.345;

/// The most services of one request. Source: ECS API reference, `DescribeServices`.
const MOST_SERVICES: usize = 10;

/// The services by cluster and name.
#[derive(Debug, Default)]
pub(super) struct Ecs {
    services: BTreeMap<(String, String), EcsService>,
}

impl Ecs {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let body = request.json();
        let answer = match request.operation.as_str() {
            "DescribeServices" => self.describe(&body),
            "UpdateService" => self.update(&body),
            _ => Err(invalid("the stand-in describes and updates services")),
        };
        match answer {
            Ok(answer) => reply(200, "application/x-amz-json-1.1", answer.to_string()),
            Err(fault) => errors::error(Service::Ecs, fault),
        }
    }

    fn describe(&self, request: &Value) -> Result<Value, Fault> {
        let cluster = self.cluster(request)?;
        let asked = request["services"].as_array().map_or(&[][..], Vec::as_slice);
        if asked.is_empty() {
            return Err(invalid("Services cannot be empty."));
        }
        if asked.len() > MOST_SERVICES {
            return Err(invalid("service names can have at most 10 items."));
        }
        let (mut services, mut failures) = (Vec::new(), Vec::new());
        // No order is promised, so it is not the order of the request.
        for name in asked.iter().rev().map(name_in) {
            match self.services.get(&(cluster.to_owned(), name.to_owned())) {
                Some(service) => services.push(service.describe()),
                None => failures
                    .push(json!({"arn": format!("{ARN}:service/{cluster}/{name}"), "reason": "MISSING"})),
            }
        }
        Ok(json!({"services": services, "failures": failures}))
    }

    fn update(&mut self, request: &Value) -> Result<Value, Fault> {
        let place = (self.cluster(request)?.to_owned(), name_in(&request["service"]).to_owned());
        let service = self.services.get_mut(&place).ok_or(Fault::SERVICE_NOT_FOUND)?;
        if service.status != "ACTIVE" {
            return Err(Fault::SERVICE_NOT_ACTIVE);
        }
        if let Some(desired) = request["desiredCount"].as_i64() {
            if service.daemon {
                return Err(invalid(
                    "The daemon scheduling strategy does not support a desired count for services. Remove the \
                     desired count value and try again",
                ));
            }
            service.desired =
                u32::try_from(desired).map_err(|_| invalid("Desired count cannot be negative."))?;
        }
        Ok(json!({"service": service.describe()}))
    }

    /// The cluster of a request: `default` where it names none.
    fn cluster<'r>(&self, request: &'r Value) -> Result<&'r str, Fault> {
        let cluster = if request["cluster"].is_null() { "default" } else { name_in(&request["cluster"]) };
        let exists = self.services.keys().any(|(there, _)| there == cluster);
        if exists { Ok(cluster) } else { Err(Fault::CLUSTER_NOT_FOUND) }
    }

    /// Whether there is a service, by its name in a cluster.
    pub(super) fn has(&self, cluster: &str, name: &str) -> bool {
        self.services.contains_key(&(cluster.to_owned(), name.to_owned()))
    }

    /// Brings the desired count of an active service into these bounds, as Application Auto Scaling does.
    pub(super) fn clamp(&mut self, cluster: &str, name: &str, min: u32, max: u32) {
        let service = self.services.get_mut(&(cluster.to_owned(), name.to_owned()));
        if let Some(service) = service.filter(|service| service.status == "ACTIVE") {
            service.desired = service.desired.clamp(min, max);
        }
    }
}

/// The name in a name or an ARN.
fn name_in(value: &Value) -> &str {
    value.as_str().and_then(|text| text.rsplit('/').next()).unwrap_or_default()
}

fn invalid(message: &'static str) -> Fault {
    Fault::new(400, "InvalidParameterException", message)
}

/// ECS.
impl StandIn {
    /// Puts a service there, in place of the one of its name.
    pub fn put_service(&self, service: EcsService) {
        let place = (service.cluster.clone(), service.name.clone());
        self.state().ecs.services.insert(place, service);
    }

    /// A service as it is now, if it is there.
    #[must_use]
    pub fn service(&self, cluster: &str, name: &str) -> Option<EcsService> {
        self.state().ecs.services.get(&(cluster.to_owned(), name.to_owned())).cloned()
    }

    /// Lets all tasks start and stop that should.
    pub fn settle_services(&self) {
        for service in self.state().ecs.services.values_mut() {
            (service.running, service.pending) = (service.desired, 0);
        }
    }
}

#[cfg(test)]
mod tests;
