//! ECS: tasks that stopped though nobody stopped them, services that cannot start or place theirs, failed deployments.

use serde_json::Value;

use super::super::fields::{detail, first_resource, named, text};
use super::{Found, NoticeKind};
use crate::ids::shorten;

pub(super) fn from_event(detail_type: &str, value: &Value) -> Option<Found> {
    match detail_type {
        "ECS Task State Change" => task(value),
        "ECS Service Action" => service_action(value),
        "ECS Deployment State Change" => deployment(value),
        _ => None,
    }
}

/// A task that stopped by itself, or that its service stopped for its health. What the scheduler or a person stops
/// otherwise is no failure, nor is an end with exit code 0.
fn task(value: &Value) -> Option<Found> {
    let detail = detail(value);
    if text(detail, "lastStatus") != Some("STOPPED") {
        return None;
    }
    let reason = text(detail, "stoppedReason");
    let containers = detail.get("containers").and_then(Value::as_array);
    let failed: Vec<String> = containers.into_iter().flatten().filter_map(failed_container).collect();
    let how = match text(detail, "stopCode") {
        Some("TaskFailedToStart") => "could not start",
        Some("SpotInterruption" | "TerminationNotice" | "InfrastructureHealth") => "lost its capacity",
        Some("ServiceSchedulerInitiated") if begins(reason, UNHEALTHY) => "was stopped",
        Some("EssentialContainerExited") if !failed.is_empty() => "failed",
        // Before there were stop codes the reason alone told.
        None if !failed.is_empty() && begins(reason, EXITED) => "failed",
        _ => return None,
    };
    let service = text(detail, "group").and_then(|group| group.strip_prefix("service:"));
    let family = || text(detail, "taskDefinitionArn").and_then(family);
    let task = || text(detail, "taskArn").or_else(|| first_resource(value)).and_then(last_part);
    let resource = named(service.or_else(family).or_else(task)?);
    let why = [reason.map(plain), (!failed.is_empty()).then(|| shorten(&failed.join(", ")))];
    let why: Vec<String> = why.into_iter().flatten().collect();
    let why = if why.is_empty() { String::new() } else { format!(": {}", why.join("; ")) };
    let sentence = format!("a task of `{}`{} {how}{why}", shorten(&resource), in_cluster(detail));
    let at = text(detail, "stoppedAt").and_then(|at| at.parse().ok());
    Some(Found { kind: NoticeKind::TaskFailure, resource, text: sentence, at })
}

/// How ECS begins the reason of a task one of whose essential containers has ended.
const EXITED: &str = "Essential container";

/// How the service scheduler begins the reason of a task that failed the health checks of its load balancer or its
/// container; the rule of the template looks for it too.
const UNHEALTHY: &str = "Task failed";

fn begins(reason: Option<&str>, with: &str) -> bool {
    reason.is_some_and(|reason| reason.starts_with(with))
}

fn failed_container(container: &Value) -> Option<String> {
    let reason = text(container, "reason");
    let code = container.get("exitCode").and_then(Value::as_i64);
    if code.is_none_or(|code| code == 0) && !reason.is_some_and(|reason| reason.contains("OutOfMemory")) {
        return None;
    }
    let code = code.map_or_else(|| "ended".to_owned(), |code| format!("exited with {code}"));
    let reason = reason.map(|reason| format!(" ({})", plain(reason))).unwrap_or_default();
    Some(format!("`{}` {code}{reason}", shorten(text(container, "name").unwrap_or("a container"))))
}

/// What the scheduler says of a service: its errors, and that it cannot start tasks, which is only a warning.
fn service_action(value: &Value) -> Option<Found> {
    let detail = detail(value);
    let name = text(detail, "eventName")?;
    let what = match (name, text(detail, "eventType")) {
        ("SERVICE_DEPLOYMENT_FAILED", _) => return deployment(value),
        ("SERVICE_TASK_PLACEMENT_FAILURE", _) => "ECS cannot place a task of".to_owned(),
        ("SERVICE_TASK_START_IMPAIRED", _) => "ECS cannot start the tasks of".to_owned(),
        (name, Some("ERROR")) => format!("ECS reports {} on", shorten(name)),
        _ => return None,
    };
    found(value, NoticeKind::TaskFailure, (&what, ""), "createdAt")
}

fn deployment(value: &Value) -> Option<Found> {
    let detail = detail(value);
    if text(detail, "eventName") != Some("SERVICE_DEPLOYMENT_FAILED") {
        return None;
    }
    let id = text(detail, "deploymentId").map(|id| format!(" {}", shorten(id))).unwrap_or_default();
    found(value, NoticeKind::DeploymentFailure, (&format!("deployment{id} of"), " failed"), "updatedAt")
}

/// A notice about the service that the event names, with the reason that it gives.
///
/// Its name stands between the two halves of the sentence.
fn found(value: &Value, kind: NoticeKind, (what, how): (&str, &str), time: &str) -> Option<Found> {
    let detail = detail(value);
    let resource = named(first_resource(value).and_then(service)?);
    let reason = text(detail, "reason").map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
    let sentence = format!("{what} `{}`{}{how}{reason}", shorten(&resource), in_cluster(detail));
    let at = text(detail, time).and_then(|at| at.parse().ok());
    Some(Found { kind, resource, text: sentence, at })
}

/// `…:service/CLUSTER/NAME`, or `…:service/NAME` of old.
fn service(arn: &str) -> Option<&str> {
    last_part(arn.split_once(":service/")?.1)
}

/// `…:task-definition/FAMILY:REVISION`
fn family(arn: &str) -> Option<&str> {
    let family = arn.split_once(":task-definition/")?.1.split(':').next();
    family.filter(|family| !family.is_empty())
}

fn last_part(arn: &str) -> Option<&str> {
    arn.rsplit('/').next().filter(|part| !part.trim().is_empty())
}

fn in_cluster(detail: &Value) -> String {
    let cluster = text(detail, "clusterArn").and_then(last_part);
    cluster.map(|cluster| format!(" in cluster `{}`", shorten(cluster))).unwrap_or_default()
}

/// A reason as part of a sentence.
fn plain(reason: &str) -> String {
    shorten(reason.trim().trim_end_matches('.'))
}
