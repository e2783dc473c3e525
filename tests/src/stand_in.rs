//! AWS's HTTP on loopback, as far as the functions speak it: the wire, not the SDK's types.
//!
//! It keeps what it is told, honours caller references, conditions, request tokens and deduplication ids as the
//! services do, remembers every request, and fails, stalls or hangs up when a test says so. Nothing is signed in vain,
//! but no signature is checked.

mod cloudfront;
mod cloudwatch;
mod controls;
mod dynamodb;
mod fault;
mod scheduler;
mod sns;
mod sqs;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use hyper::Request;
use hyper::body::Bytes;

pub use self::cloudfront::Limits;
pub use self::cloudwatch::AlarmKind;
pub use self::fault::Fault;
use self::fault::Trouble;
pub use self::sns::Published;
pub use self::sqs::{Refused, Sent};
pub use self::wire::{Batch, Recorded, Service};
use crate::loopback::{Reply, Server};

/// An AWS of a few services. The functions reach it by `AWS_ENDPOINT_URL`.
#[derive(Debug)]
pub struct StandIn {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Recorded>,
    troubles: BTreeMap<String, VecDeque<Trouble>>,
    down: BTreeMap<Service, Trouble>,
    cloudfront: cloudfront::CloudFront,
    cloudwatch: cloudwatch::CloudWatch,
    dynamodb: dynamodb::DynamoDb,
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
        let state = Arc::new(Mutex::new(State::default()));
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

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(state: Arc<Mutex<State>>, request: Request<Bytes>) -> Reply {
    let recorded = wire::read(&request);
    let trouble = {
        let mut state = lock(&state);
        state.requests.push(recorded.clone());
        let next = state.troubles.get_mut(&recorded.operation).and_then(VecDeque::pop_front);
        next.or_else(|| state.down.get(&recorded.service).copied())
    };
    match trouble {
        Some(Trouble::Fault(fault)) => return wire::errors::error(recorded.service, fault),
        Some(Trouble::HangUp) => return None,
        Some(Trouble::Delay(delay)) => tokio::time::sleep(delay).await,
        Some(Trouble::LoseAnswer) | None => {}
    }
    let mut state = lock(&state);
    let answer = match recorded.service {
        Service::CloudFront => state.cloudfront.answer(&recorded),
        Service::CloudWatch => state.cloudwatch.answer(&recorded),
        Service::DynamoDb => state.dynamodb.answer(&recorded),
        Service::Scheduler => state.scheduler.answer(&recorded),
        Service::Sns => state.sns.answer(&recorded),
        Service::Sqs => state.sqs.answer(&recorded),
    };
    answer.filter(|_| !matches!(trouble, Some(Trouble::LoseAnswer)))
}
