//! CloudFront's and SNS's HTTP on loopback, as far as the functions speak it: the wire, not the SDK's types.
//!
//! It keeps what it is told, honours caller references as CloudFront does, remembers every request, and fails, stalls
//! or hangs up when a test says so. Nothing is signed in vain, but no signature is checked.

mod cloudfront;
mod sns;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use hyper::Request;
use hyper::body::Bytes;

pub use self::cloudfront::Limits;
pub use self::sns::Published;
pub use self::wire::{Batch, Recorded, Service};
use crate::loopback::{Reply, Server};

/// An AWS of two services. The functions reach it by `AWS_ENDPOINT_URL`.
#[derive(Debug)]
pub struct StandIn {
    server: Server,
    state: Arc<Mutex<State>>,
}

/// An error of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the status and the members of the error's body")]
pub struct Fault {
    pub status: u16,
    pub code: &'static str,
    pub message: &'static str,
}

/// The errors that the functions tell apart, with the status and the words of the service.
#[expect(missing_docs, reason = "the names are the codes")]
impl Fault {
    pub const ACCESS_DENIED: Self = Self::new(403, "AccessDenied", "Access denied.");
    pub const BATCH_TOO_LARGE: Self =
        Self::new(413, "BatchTooLarge", "Your request contains too many invalidation paths.");
    pub const INVALID_ARGUMENT: Self =
        Self::new(400, "InvalidArgument", "Your request contains one or more invalid invalidation paths.");
    pub const INVALIDATION_BATCH_ALREADY_EXISTS: Self = Self::new(
        400,
        "InvalidationBatchAlreadyExists",
        "The specified invalidation batch already exists with other paths.",
    );
    pub const NO_SUCH_DISTRIBUTION: Self =
        Self::new(404, "NoSuchDistribution", "The specified distribution does not exist.");
    pub const SERVICE_UNAVAILABLE: Self =
        Self::new(503, "ServiceUnavailable", "CloudFront is temporarily unavailable.");
    pub const THROTTLING: Self = Self::new(400, "Throttling", "Rate exceeded");
    pub const TOO_MANY_INVALIDATIONS_IN_PROGRESS: Self = Self::new(
        400,
        "TooManyInvalidationsInProgress",
        "Processing your request will cause you to exceed the maximum number of in-progress invalidations.",
    );

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }
}

/// What happens to a request instead of being served, or before it is.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Fault(Fault),
    Delay(Duration),
    HangUp,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Recorded>,
    troubles: BTreeMap<String, VecDeque<Trouble>>,
    cloudfront: cloudfront::CloudFront,
    sns: sns::Sns,
}

impl StandIn {
    /// Starts it on a free port, with no invalidation in progress. Every distribution, tenant and topic exists.
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

    /// The messages that were published.
    #[must_use]
    pub fn published(&self) -> Vec<Published> {
        self.state().sns.published.clone()
    }

    /// Enforces CloudFront's limits on what is in progress, which are off otherwise.
    pub fn enforce(&self, limits: Limits) {
        self.state().cloudfront.limits = Some(limits);
    }

    /// Puts an invalidation in progress that somebody else asked for.
    pub fn begin_invalidation(&self, distribution: &str, paths: &[&str]) {
        let mut state = self.state();
        let caller_reference = format!("elsewhere-{}", state.requests.len());
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        state.cloudfront.begin(distribution, Batch { caller_reference, paths });
    }

    /// Completes all invalidations.
    pub fn complete_invalidations(&self) {
        self.state().cloudfront.complete();
    }

    /// Lets the next requests of an operation fail.
    pub fn fail_next(&self, operation: &str, times: usize, fault: Fault) {
        self.trouble(operation, times, Trouble::Fault(fault));
    }

    /// Lets the next request of an operation wait before it is served.
    pub fn delay_next(&self, operation: &str, delay: Duration) {
        self.trouble(operation, 1, Trouble::Delay(delay));
    }

    /// Lets the next requests of an operation end without an answer.
    pub fn hang_up_next(&self, operation: &str, times: usize) {
        self.trouble(operation, times, Trouble::HangUp);
    }

    fn trouble(&self, operation: &str, times: usize, trouble: Trouble) {
        let mut state = self.state();
        let waiting = state.troubles.entry(operation.to_owned()).or_default();
        waiting.extend(std::iter::repeat_n(trouble, times));
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
        state.troubles.get_mut(&recorded.operation).and_then(VecDeque::pop_front)
    };
    match trouble {
        Some(Trouble::Fault(fault)) => return wire::error(recorded.service, fault),
        Some(Trouble::HangUp) => return None,
        Some(Trouble::Delay(delay)) => tokio::time::sleep(delay).await,
        None => {}
    }
    let mut state = lock(&state);
    match recorded.service {
        Service::CloudFront => state.cloudfront.answer(&recorded),
        Service::Sns => state.sns.answer(&recorded),
    }
}
