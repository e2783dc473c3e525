//! Scalable targets, as Application Auto Scaling keeps them for ECS services: whoever sets their bounds has the desired
//! count between them at once. No policy and no scheduled action ever does anything here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ecs::Ecs;
use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply, StandIn};
use crate::loopback::reply;

/// A scalable target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalableTarget {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What is suspended: policies that remove tasks, policies that add some, scheduled actions.
    pub suspended: [bool; 3],
}

impl ScalableTarget {
    /// Bounds with nothing suspended.
    #[must_use]
    pub fn new(min: u32, max: u32) -> Self {
        Self { min, max, suspended: [false; 3] }
    }
}

/// The members of `SuspendedState`, in the order of [`ScalableTarget::suspended`].
const SUSPENDED: [&str; 3] =
    ["DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"];

/// The most resource ids of one request, and the most on a page. Source: Application Auto Scaling API reference.
const MOST_IDS: usize = 50;
const PAGE: usize = 50;
const PAGE_OF_POLICIES: usize = 10;

const DIMENSION: &str = "ecs:service:DesiredCount";
const ARN: &str = "arn:aws:application-autoscaling:us-east-1:123456789012";

/// The scalable targets by resource id, with their policies and scheduled actions.
#[derive(Debug, Default)]
pub(super) struct AutoScaling {
    targets: BTreeMap<String, ScalableTarget>,
    /// By resource id and name, as they are described.
    policies: BTreeMap<(String, String), Value>,
    scheduled: BTreeMap<(String, String), Value>,
    /// What requests registered that was not there.
    registered: Vec<String>,
    /// How many items a page has; none: as many as a page of AWS.
    page: Option<usize>,
}

impl AutoScaling {
    pub(super) fn answer(&mut self, request: &Recorded, ecs: &mut Ecs) -> Reply {
        let body = request.json();
        let answer = match request.operation.as_str() {
            _ if body["ServiceNamespace"] != "ecs" => Err(invalid("the stand-in knows the namespace ecs")),
            "DescribeScalableTargets" => self.describe(&body),
            "DescribeScalingPolicies" => {
                self.list(&body, "ScalingPolicies", PAGE_OF_POLICIES, named(&self.policies, &body))
            }
            "DescribeScheduledActions" => {
                self.list(&body, "ScheduledActions", PAGE, named(&self.scheduled, &body))
            }
            "RegisterScalableTarget" => self.register(&body, ecs),
            _ => Err(invalid("the stand-in registers and describes")),
        };
        match answer {
            Ok(answer) => reply(200, "application/x-amz-json-1.1", answer.to_string()),
            Err(fault) => errors::error(Service::AutoScaling, fault),
        }
    }

    fn describe(&self, request: &Value) -> Result<Value, Fault> {
        let ids: Option<Vec<&str>> =
            request["ResourceIds"].as_array().map(|ids| ids.iter().filter_map(Value::as_str).collect());
        if ids.as_ref().is_some_and(|ids| ids.len() > MOST_IDS) {
            return Err(invalid(
                "1 validation error detected: Value at 'resourceIds' failed to satisfy constraint: Member must \
                 have length less than or equal to 50",
            ));
        }
        if ids.is_none() && !request["ScalableDimension"].is_null() {
            return Err(invalid("a scalable dimension needs resource ids"));
        }
        let wanted =
            self.targets.iter().filter(|(id, _)| ids.as_ref().is_none_or(|ids| ids.contains(&id.as_str())));
        let found = wanted.map(|(id, target)| {
            json!({
                "ServiceNamespace": "ecs",
                "ResourceId": id,
                "ScalableDimension": DIMENSION,
                "MinCapacity": target.min,
                "MaxCapacity": target.max,
                "RoleARN": "arn:aws:iam::123456789012:role/ecs-autoscale",
                "CreationTime": 1_795_165_200.345,
                "SuspendedState": suspended_state(target.suspended),
                "ScalableTargetARN": arn(id),
            })
        });
        self.list(request, "ScalableTargets", PAGE, found.collect())
    }

    /// One page of what was found. A token is the number of the first item behind it.
    fn list(&self, request: &Value, member: &str, most: usize, found: Vec<Value>) -> Result<Value, Fault> {
        let asked = request["MaxResults"].as_u64().and_then(|asked| usize::try_from(asked).ok());
        if asked.is_some_and(|asked| !(1..=most).contains(&asked)) {
            return Err(invalid("MaxResults is out of range"));
        }
        let page = [asked, self.page, Some(most)].into_iter().flatten().min().unwrap_or(most);
        let start = match &request["NextToken"] {
            Value::Null => 0,
            token => {
                let start = token.as_str().and_then(|token| token.parse().ok());
                let start = start.filter(|start| (1..found.len()).contains(start));
                start.ok_or(Fault::new(400, "InvalidNextTokenException", "the token is not valid"))?
            }
        };
        let end = found.len().min(start + page);
        let mut answer = json!({member: found[start..end]});
        if end < found.len() {
            answer["NextToken"] = end.to_string().into();
        }
        Ok(answer)
    }

    fn register(&mut self, request: &Value, ecs: &mut Ecs) -> Result<Value, Fault> {
        let id = request["ResourceId"].as_str().unwrap_or_default();
        let (cluster, service) =
            parts(id).ok_or(invalid("Unsupported service namespace, resource type or id"))?;
        if request["ScalableDimension"] != DIMENSION {
            return Err(invalid("Unsupported scalable dimension"));
        }
        if !ecs.has(cluster, service) {
            return Err(invalid("ECS service doesn't exist"));
        }
        let capacity = |member: &str| match &request[member] {
            Value::Null => Ok(None),
            value => value
                .as_u64()
                .and_then(|value| u32::try_from(value).ok())
                .map(Some)
                .ok_or(invalid("a capacity must be 0 or more")),
        };
        let (min, max) = (capacity("MinCapacity")?, capacity("MaxCapacity")?);
        let there = self.targets.get(id).copied();
        let known = |asked: Option<u32>, there: Option<u32>| {
            asked.or(there).ok_or(invalid("a new scalable target needs MinCapacity and MaxCapacity"))
        };
        let min = known(min, there.map(|there| there.min))?;
        let max = known(max, there.map(|there| there.max))?;
        if min > max {
            return Err(invalid("Maximum capacity cannot be less than minimum capacity"));
        }
        let suspended = match &request["SuspendedState"] {
            Value::Null => there.map_or([false; 3], |there| there.suspended),
            state => suspended_in(state)?,
        };
        if self.targets.insert(id.to_owned(), ScalableTarget { min, max, suspended }).is_none() {
            self.registered.push(id.to_owned());
        }
        // Also where the request has no bounds. Source: RegisterScalableTarget, its first paragraphs.
        ecs.clamp(cluster, service, min, max);
        Ok(json!({"ScalableTargetARN": arn(id)}))
    }
}

/// The items of the resource that a request names, or all.
fn named(items: &BTreeMap<(String, String), Value>, request: &Value) -> Vec<Value> {
    let id = request["ResourceId"].as_str();
    items.iter().filter(|((of, _), _)| id.is_none_or(|id| of == id)).map(|(_, item)| item.clone()).collect()
}

/// Cluster and service in `service/cluster/service`.
fn parts(id: &str) -> Option<(&str, &str)> {
    let (cluster, service) = id.strip_prefix("service/")?.split_once('/')?;
    (!cluster.is_empty() && !service.is_empty() && !service.contains('/')).then_some((cluster, service))
}

fn suspended_state(suspended: [bool; 3]) -> Value {
    SUSPENDED.into_iter().zip(suspended).map(|(member, is)| (member.to_owned(), Value::Bool(is))).collect()
}

/// What AWS makes of a state with only some members is not written down, so nobody may count on it.
fn suspended_in(state: &Value) -> Result<[bool; 3], Fault> {
    let mut suspended = [false; 3];
    for (member, is) in SUSPENDED.into_iter().zip(&mut suspended) {
        *is =
            state[member].as_bool().ok_or(invalid("the stand-in wants to hear of all three suspensions"))?;
    }
    Ok(suspended)
}

fn arn(id: &str) -> String {
    format!("{ARN}:scalable-target/{}", id.replace('/', "-"))
}

fn invalid(message: &'static str) -> Fault {
    Fault::new(400, "ValidationException", message)
}

fn resource(cluster: &str, service: &str) -> String {
    format!("service/{cluster}/{service}")
}

/// Application Auto Scaling.
impl StandIn {
    /// Registers a service's scalable target behind the functions' back. The desired count stays as it is.
    pub fn put_scalable_target(&self, cluster: &str, service: &str, target: ScalableTarget) {
        self.state().autoscaling.targets.insert(resource(cluster, service), target);
    }

    /// The scalable target of a service, if it has one.
    #[must_use]
    pub fn scalable_target(&self, cluster: &str, service: &str) -> Option<ScalableTarget> {
        self.state().autoscaling.targets.get(&resource(cluster, service)).copied()
    }

    /// The resource ids of the scalable targets that were not there before a request registered them.
    #[must_use]
    pub fn newly_registered(&self) -> Vec<String> {
        self.state().autoscaling.registered.clone()
    }

    /// Puts a scaling policy there. It is described as given, with what all policies have.
    pub fn put_scaling_policy(&self, cluster: &str, service: &str, name: &str, policy: &Value) {
        let item = described(cluster, service, "Policy", name, policy);
        self.state().autoscaling.policies.insert((resource(cluster, service), name.to_owned()), item);
    }

    /// Puts a scheduled action there. It is described as given, with what all scheduled actions have.
    pub fn put_scheduled_action(&self, cluster: &str, service: &str, name: &str, action: &Value) {
        let item = described(cluster, service, "ScheduledAction", name, action);
        self.state().autoscaling.scheduled.insert((resource(cluster, service), name.to_owned()), item);
    }

    /// Ends the pages of every list of Application Auto Scaling after so many items.
    pub fn page_scaling_after(&self, items: usize) {
        self.state().autoscaling.page = Some(items);
    }
}

fn described(cluster: &str, service: &str, kind: &str, name: &str, item: &Value) -> Value {
    let mut item = item.clone();
    item[format!("{kind}Name")] = name.into();
    item[format!("{kind}ARN")] = format!("{ARN}:{kind}:{name}").into();
    item["ServiceNamespace"] = "ecs".into();
    item["ResourceId"] = resource(cluster, service).into();
    item["ScalableDimension"] = DIMENSION.into();
    item["CreationTime"] = json!(1_795_165_200.345);
    item
}

#[cfg(test)]
mod tests;
