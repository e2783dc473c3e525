//! Health checks as evidence: what their checkers see now, and since when.

use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::error::ProvideErrorMetadata;
use aws_sdk_route53::types::HealthCheckObservation;
use jiff::{SignedDuration, Timestamp};
use shared::kinds::dns::HealthCheckId;
use tokio::sync::Mutex;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::fault::fault;
use super::{AwsUntil, date_time, time};
use crate::world::{Fault, Health, HealthState};

/// How far apart two questions about the status of a health check are. Source: Route 53 developer guide, "throttling":
/// one a second, of the whole account.
const APART: std::time::Duration = std::time::Duration::from_secs(1);

/// How often one question is put: the SDK's own number, but each waits for its turn.
const ATTEMPTS: usize = 3;

/// A check is healthy when more checkers than this, in percent, say so. Source: Route 53 developer guide, "how Route 53
/// determines whether a health check is healthy".
const ENOUGH: usize = 18;

/// Where Route 53's metrics are. Source: Route 53 developer guide, "monitoring health checks using CloudWatch".
const METRICS_REGION: &str = "us-east-1";

/// How long the metric may be silent in between.
const SILENCE: SignedDuration = SignedDuration::from_mins(3);

/// How long it may be silent at last: it comes some minutes late.
const LAG: SignedDuration = SignedDuration::from_mins(5);

/// The time that one answer covers: it has at most 1,440 values. Source: CloudWatch API reference,
/// `GetMetricStatistics`.
const PAGE: SignedDuration = SignedDuration::from_mins(1_440);

/// Lets questions about the status of health checks through, one a second in this process.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Option<Interval>>);

/// Waits until a second after the last question.
async fn next(turn: &mut Option<Interval>) {
    let turn = turn.get_or_insert_with(|| {
        let mut turn = interval(APART);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        turn
    });
    turn.tick().await;
}

impl AwsUntil<'_> {
    pub(super) async fn check_health(
        &self,
        id: &HealthCheckId,
        from: Option<Timestamp>,
    ) -> Result<Health, Fault> {
        let health = self.status_of(id).await?;
        let Some(from) = from.filter(|_| health.state == HealthState::Healthy) else {
            return Ok(health);
        };
        let since = self.healthy_since(id, from).await?;
        Ok(Health { since, ..health })
    }

    /// What the checkers say. Route 53 is asked once an invocation: both sides may have the same evidence.
    async fn status_of(&self, id: &HealthCheckId) -> Result<Health, Fault> {
        let mut turn = self.aws.turns.0.lock().await;
        if let Some(seen) = self.seen.borrow().get(id) {
            return Ok(seen.clone());
        }
        let mut attempt = 1;
        let health = loop {
            next(&mut turn).await;
            match self.ask_status(id).await {
                Err(fault) if fault.is_transient() && attempt < ATTEMPTS => attempt += 1,
                answer => break answer?,
            }
        };
        self.seen.borrow_mut().insert(id.clone(), health.clone());
        Ok(health)
    }

    async fn ask_status(&self, id: &HealthCheckId) -> Result<Health, Fault> {
        let operation = format!("see what the checkers of health check {id} say");
        let request = self.aws.route53().get_health_check_status().health_check_id(id.as_str());
        let settings = self.in_route53(&operation)?.retry_config(RetryConfig::disabled());
        match request.customize().config_override(settings).send().await {
            Ok(answer) => Ok(health(id, &answer.health_check_observations)),
            Err(error) => match error.as_service_error() {
                Some(refused) if refused.is_no_such_health_check() => {
                    Ok(Health::now(HealthState::Unknown, &format!("there is no health check {id}")))
                }
                Some(refused) if refused.is_invalid_input() => {
                    let why = refused.message().unwrap_or("no reason given");
                    let words =
                        format!("health check {id} has no status, as a calculated one has none: {why}");
                    Ok(Health::now(HealthState::Unknown, &words))
                }
                _ => Err(fault(&operation, &error)),
            },
        }
    }

    /// Since when the check has been healthy, looking back to `from`.
    async fn healthy_since(&self, id: &HealthCheckId, from: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let operation = format!("read the metric of health check {id}");
        let check = Dimension::builder().name("HealthCheckId").value(id.as_str()).build();
        let (now, mut start, mut points) = (self.deadline.at(), from, Vec::new());
        while start < now {
            let end = start.checked_add(PAGE).map_or(now, |end| end.min(now));
            let request = self.aws.cloudwatch().get_metric_statistics().namespace("AWS/Route53");
            let request = request.metric_name("HealthCheckStatus").dimensions(check.clone());
            let request = request.start_time(date_time(start)).end_time(date_time(end));
            let request = request.period(60).statistics(Statistic::Minimum);
            let settings = self.in_cloudwatch(Some(METRICS_REGION), &operation)?;
            let answer = request.customize().config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(&operation, &error))?;
            let read = |point: &aws_sdk_cloudwatch::types::Datapoint| {
                Some((time(point.timestamp()?)?, point.minimum()? >= 1.0))
            };
            points.extend(answer.datapoints().iter().filter_map(read));
            start = end;
        }
        points.sort_unstable();
        Ok(since(&points, from, now))
    }
}

fn health(id: &HealthCheckId, observations: &[HealthCheckObservation]) -> Health {
    let says_so = |observation: &&HealthCheckObservation| {
        let report = observation.status_report().and_then(|report| report.status());
        report.is_some_and(|words| words.starts_with("Success"))
    };
    let (all, healthy) = (observations.len(), observations.iter().filter(says_so).count());
    if all == 0 {
        return Health::now(HealthState::Unknown, &format!("no checker of health check {id} says anything"));
    }
    if healthy * 100 > all * ENOUGH {
        return Health::now(HealthState::Healthy, &format!("{healthy} of {all} checkers say so"));
    }
    Health::now(HealthState::Unhealthy, &format!("only {healthy} of {all} checkers say that it is healthy"))
}

/// Since when each value is good and none is missing, by values in the order of their time. The clock is not read here:
/// `now` may be a little too late, which makes it stricter.
fn since(points: &[(Timestamp, bool)], from: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if points.is_empty() {
        return None;
    }
    let (mut since, mut last) = (Some(from), from);
    for &(at, is_good) in points {
        if at.duration_since(last) > SILENCE {
            since = None;
        }
        since = if is_good { Some(since.unwrap_or(at)) } else { None };
        last = at;
    }
    since.filter(|_| now.duration_since(last) <= LAG)
}
