//! The port on Route 53, CloudWatch, S3, the Application Recovery Controller and CloudFront, and on a plain request.
//!
//! A file for each of them: `route53`, `alarms`, `checks` and `probe` (the evidence), `s3`, `controls`, `cloudfront`. What
//! their refusals mean is in `fault`.

mod alarms;
mod checks;
mod cloudfront;
mod controls;
mod fault;
mod probe;
mod route53;
mod s3;
mod sets;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_route53::config::timeout::TimeoutConfig;
use aws_sdk_route53::primitives::DateTime;
use aws_sdk_route53recoverycluster::config::retry::RetryConfig;
use jiff::Timestamp;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, Evidence, HealthCheckId, HttpsUrl, RecordName, Sides, StandbyObject, ZoneId,
};
use shell::aws::{CallCounter, SdkConfig, timeouts};
use shell::clock::{Deadline, OutOfTime};

use self::checks::Turns;
use crate::world::{
    Change, Check, Conflict, Distribution, Dns, Fault, Health, Meaning, Object, Outcome, Owner, RecordSet,
};

/// The clients, for as long as the process lives. Each is built when it is first asked for: a target needs two or three.
#[derive(Debug)]
pub struct Aws {
    sdk: SdkConfig,
    calls: CallCounter,
    cloudfront: OnceCell<aws_sdk_cloudfront::Client>,
    cloudwatch: OnceCell<aws_sdk_cloudwatch::Client>,
    clusters: OnceCell<aws_sdk_route53recoverycluster::Client>,
    route53: OnceCell<aws_sdk_route53::Client>,
    s3: OnceCell<aws_sdk_s3::Client>,
    turns: Turns,
}

impl Aws {
    /// Keeps what clients are built from.
    #[must_use]
    pub fn new(sdk: &SdkConfig, calls: &CallCounter) -> Self {
        Self {
            sdk: sdk.clone(),
            calls: calls.clone(),
            cloudfront: OnceCell::new(),
            cloudwatch: OnceCell::new(),
            clusters: OnceCell::new(),
            route53: OnceCell::new(),
            s3: OnceCell::new(),
            turns: Turns::default(),
        }
    }

    /// The port, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> AwsUntil<'_> {
        AwsUntil { aws: self, deadline, seen: RefCell::default(), silent: RefCell::default() }
    }

    fn cloudfront(&self) -> &aws_sdk_cloudfront::Client {
        self.cloudfront.get_or_init(|| {
            let config = aws_sdk_cloudfront::config::Builder::from(&self.sdk);
            aws_sdk_cloudfront::Client::from_conf(config.interceptor(self.calls.clone()).build())
        })
    }

    /// Its requests say of which Region they are.
    fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        self.cloudwatch.get_or_init(|| {
            let config = aws_sdk_cloudwatch::config::Builder::from(&self.sdk);
            aws_sdk_cloudwatch::Client::from_conf(config.interceptor(self.calls.clone()).build())
        })
    }

    /// Its requests say to which endpoint they go. It tries nothing again: there is another endpoint to try.
    fn clusters(&self) -> &aws_sdk_route53recoverycluster::Client {
        self.clusters.get_or_init(|| {
            let config = aws_sdk_route53recoverycluster::config::Builder::from(&self.sdk)
                .retry_config(RetryConfig::disabled())
                .interceptor(self.calls.clone());
            aws_sdk_route53recoverycluster::Client::from_conf(config.build())
        })
    }

    fn route53(&self) -> &aws_sdk_route53::Client {
        self.route53.get_or_init(|| {
            let config = aws_sdk_route53::config::Builder::from(&self.sdk);
            aws_sdk_route53::Client::from_conf(config.interceptor(self.calls.clone()).build())
        })
    }

    /// Its requests say of which Region they are. A stand-in knows no buckets by their host names.
    fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            let config = aws_sdk_s3::config::Builder::from(&self.sdk)
                .force_path_style(self.sdk.endpoint_url().is_some())
                .interceptor(self.calls.clone());
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }
}

/// The port, for as long as an invocation lasts.
#[derive(Debug)]
pub struct AwsUntil<'a> {
    aws: &'a Aws,
    deadline: Deadline,
    /// What the checkers of each health check said.
    seen: RefCell<BTreeMap<HealthCheckId, Health>>,
    /// Endpoints of clusters that did not answer.
    silent: RefCell<BTreeSet<HttpsUrl>>,
}

impl Dns for AwsUntil<'_> {
    async fn sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Fault> {
        self.list_sets(zone, name).await
    }

    async fn change(&self, zone: &ZoneId, sets: &[RecordSet], comment: &str) -> Result<Change, Fault> {
        self.upsert(zone, sets, comment).await
    }

    async fn progress(&self, id: &str) -> Result<Change, Fault> {
        self.get_change(id).await
    }

    async fn check(&self, id: &HealthCheckId) -> Result<Check, Fault> {
        self.get_check(id).await
    }

    async fn set_check(&self, id: &HealthCheckId, check: &Check) -> Result<(), Fault> {
        self.update_check(id, check).await
    }

    async fn find_object(&self, object: &StandbyObject) -> Result<Object, Fault> {
        self.head(object).await
    }

    async fn put_object(&self, object: &StandbyObject, text: &str, owner: &Owner) -> Result<Outcome, Fault> {
        self.put(object, text, owner).await
    }

    async fn remove_object(&self, object: &StandbyObject) -> Result<(), Fault> {
        self.delete(object).await
    }

    async fn controls(
        &self,
        controls: &Sides<ControlArn>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<Sides<bool>, Fault> {
        self.get_controls(controls, endpoints).await
    }

    async fn set_controls(
        &self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<(), Fault> {
        self.update_controls(controls, on, endpoints).await
    }

    async fn distribution(&self, id: &DistributionId) -> Result<Distribution, Fault> {
        self.get_distribution(id).await
    }

    async fn move_name(&self, name: &RecordName, to: &DistributionId, etag: &str) -> Result<String, Fault> {
        self.update_domain(name, to, etag).await
    }

    async fn conflicts(&self, name: &RecordName, to: &DistributionId) -> Result<Vec<Conflict>, Fault> {
        self.list_conflicts(name, to).await
    }

    async fn health(&self, evidence: &Evidence, from: Option<Timestamp>) -> Result<Health, Fault> {
        match evidence {
            Evidence::Alarm { name, region } => self.alarm_health(name, region.as_ref(), from).await,
            Evidence::HealthCheck(id) => self.check_health(id, from).await,
            Evidence::Https(url) => self.probe(url).await,
        }
    }
}

impl AwsUntil<'_> {
    /// The time limits of an operation that is begun now.
    fn timeouts(&self, operation: &str) -> Result<TimeoutConfig, Fault> {
        timeouts(&self.deadline).map_err(|reason| out_of_time(operation, reason))
    }
}

fn out_of_time(operation: &str, reason: OutOfTime) -> Fault {
    Fault { operation: operation.to_owned(), meaning: Meaning::OutOfTime, source: Arc::new(reason) }
}

/// A time as AWS writes it.
fn time(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// A time as AWS takes it.
fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millisecond())
}

#[cfg(test)]
mod tests;
