//! AWS's HTTP on loopback, as far as the functions speak it: the wire, not the SDK's types.
//!
//! It keeps what it is told, honours caller references, conditions, request tokens, deduplication ids and bounds as the
//! services do, remembers every request, and fails, stalls or hangs up when a test says so. Nothing is signed in vain,
//! but no signature is checked.

mod autoscaling;
mod cloudfront;
mod cloudwatch;
mod controls;
mod dynamodb;
mod ecs;
mod fault;
mod rds;
mod route53;
mod routing_controls;
mod s3;
mod scheduler;
mod sns;
mod sqs;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use hyper::Request;
use hyper::body::Bytes;

pub use self::autoscaling::ScalableTarget;
pub use self::cloudfront::Limits;
pub use self::cloudwatch::AlarmKind;
pub use self::ecs::EcsService;
pub use self::fault::{Fault, Moment};
use self::fault::{Silence, Trouble};
pub use self::rds::{RdsDatabase, RdsFamily, RdsSnapshot};
pub use self::route53::HealthCheck;
pub use self::sns::Published;
pub use self::sqs::{Refused, Sent};
pub use self::wire::{Batch, Recorded, Service};
use crate::loopback::{Reply, Server};
use crate::recorder::Record;

/// An AWS of a few services. The functions reach it by `AWS_ENDPOINT_URL`.
#[derive(Debug)]
pub struct StandIn {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    record: Option<Record>,
    requests: Vec<Recorded>,
    answered: BTreeMap<String, Instant>,
    troubles: BTreeMap<String, VecDeque<Trouble>>,
    down: BTreeMap<Service, Trouble>,
    silence: Option<Silence>,
    silent: bool,
    pace: Duration,
    autoscaling: autoscaling::AutoScaling,
    cloudfront: cloudfront::CloudFront,
    cloudwatch: cloudwatch::CloudWatch,
    dynamodb: dynamodb::DynamoDb,
    ecs: ecs::Ecs,
    rds: rds::Rds,
    route53: route53::Route53,
    routing_controls: routing_controls::RoutingControls,
    s3: s3::S3,
    scheduler: scheduler::Scheduler,
    sns: sns::Sns,
    sqs: sqs::Sqs,
}

impl StandIn {
    /// Starts it on a free port, with nothing in it. Every distribution, tenant, topic, table and queue exists.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start() -> anyhow::Result<Self> {
        let state = Arc::new(Mutex::new(State { record: Record::of_these_tests()?, ..State::default() }));
        let server = Server::start({
            let state = Arc::clone(&state);
            move |request| serve(Arc::clone(&state), request)
        });
        Ok(Self { server: server.await.context("start a stand-in for AWS")?, state })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The value of `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Every request, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().requests.clone()
    }

    /// Every request since it was last asked so, in the order of arrival. They are forgotten.
    pub fn take_requests(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.state().requests)
    }

    /// The requests of one operation.
    #[must_use]
    pub fn requests_of(&self, operation: &str) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.operation == operation).collect()
    }

    /// The operations that were asked of a service, in the order of arrival.
    #[must_use]
    pub fn operations(&self, service: Service) -> Vec<String> {
        let of_service = self.requests().into_iter().filter(|request| request.service == service);
        of_service.map(|request| request.operation).collect()
    }

    /// When an operation was answered last, if it was.
    #[must_use]
    pub fn answered_at(&self, operation: &str) -> Option<Instant> {
        self.state().answered.get(operation).copied()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// Whether this request is met by silence, and when.
    fn silence(&mut self) -> Option<Moment> {
        let silence = self.silence.as_mut()?;
        if silence.left > 0 {
            silence.left -= 1;
            return None;
        }
        Some(silence.moment)
    }

    fn answer(&mut self, recorded: &Recorded) -> Reply {
        match recorded.service {
            Service::AutoScaling => self.autoscaling.answer(recorded, &mut self.ecs),
            Service::CloudFront => self.cloudfront.answer(recorded),
            Service::CloudWatch => self.cloudwatch.answer(recorded),
            Service::DynamoDb => self.dynamodb.answer(recorded),
            Service::Ecs => self.ecs.answer(recorded),
            Service::Rds => self.rds.answer(recorded),
            Service::Route53 => self.route53.answer(recorded),
            Service::RoutingControls => self.routing_controls.answer(recorded),
            Service::S3 => self.s3.answer(recorded),
            Service::Scheduler => self.scheduler.answer(recorded),
            Service::Sns => self.sns.answer(recorded),
            Service::Sqs => self.sqs.answer(recorded),
        }
    }
}

async fn serve(state: Arc<Mutex<State>>, request: Request<Bytes>) -> Reply {
    let recorded = wire::read(&request);
    let (trouble, silence, pace) = {
        let mut state = lock(&state);
        if let Some(record) = &state.record {
            record.note(&request);
        }
        state.requests.push(recorded.clone());
        let next = state.troubles.get_mut(&recorded.operation).and_then(VecDeque::pop_front);
        let trouble = next.or_else(|| state.down.get(&recorded.service).copied());
        (trouble, state.silence(), state.pace)
    };
    if let Some(moment) = silence {
        {
            let mut state = lock(&state);
            if moment == Moment::AfterIt {
                drop(state.answer(&recorded));
            }
            state.silent = true;
        }
        return std::future::pending().await;
    }
    if !pace.is_zero() {
        tokio::time::sleep(pace).await;
    }
    match trouble {
        Some(Trouble::Fault(fault)) => return wire::errors::error(recorded.service, fault),
        Some(Trouble::HangUp) => return None,
        Some(Trouble::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Trouble::LoseAnswer) | None => {}
    }
    let answer = {
        let mut state = lock(&state);
        let answer = state.answer(&recorded);
        state.answered.insert(recorded.operation, Instant::now());
        answer
    };
    answer.filter(|_| !matches!(trouble, Some(Trouble::LoseAnswer)))
}
