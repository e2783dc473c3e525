//! What the ledger and AWS say, and the port by which commands and schedules leave.

use jiff::Timestamp;
use serde_json::Value;
use shared::event::{Alarm, AlarmState};
use shared::fault::FaultClass;
use shared::ids::TargetName;
use shared::period::Period;
use shared::routing::Dispatch;
use shell::ledger::Denial;
pub use shell::schedules::Made;

/// What is known when something is decided about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// What the ledger said.
    pub ledger: Seen,
    /// Whether schedules can be made.
    pub schedules: bool,
    /// The delivery that is being worked on.
    pub delivery: String,
    /// When.
    pub now: Timestamp,
}

/// What the ledger said to the guards of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All of them let it pass, and are taken down.
    Passed,
    /// Some denied it, and nothing is taken down.
    Denied(Vec<Denial>),
    /// It was not asked: an earlier route, this one, orders the same for the same signal.
    OrderedBy(Option<TargetName>),
    /// It did not answer: these are its words, or the network's.
    Silent(String),
    /// There is none.
    Unset,
}

/// The way out: queues, schedules, and the alarms themselves.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Outside {
    /// Sends commands to the queue of a function, in their order. Gives one answer for each.
    ///
    /// # Guarantees
    /// The same command again within five minutes is taken, and delivered once. Behind a command that is not taken, no
    /// other for its target is sent.
    async fn send(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Fault>>;

    /// Makes a schedule that wakes the router once, and then is gone. Says whether there was one of this name.
    ///
    /// # Errors
    /// When EventBridge Scheduler, or the time, does not allow it.
    async fn wake_at(&self, wake: &Wake) -> Result<Made, Fault>;

    /// Asks CloudWatch for an alarm's state.
    ///
    /// # Errors
    /// When CloudWatch, or the time, does not allow it.
    async fn state_of(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault>;
}

/// A command that a queue has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id.
    pub message: String,
}

/// A schedule that wakes the router once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wake {
    /// Its name: the same for the same occasion.
    pub name: String,
    /// When, to the minute.
    pub at: Timestamp,
    /// What the router gets.
    pub input: Value,
}

/// The state of an alarm, as CloudWatch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentState {
    /// The state.
    pub state: AlarmState,
    /// Since when, where CloudWatch says so.
    pub since: Option<Timestamp>,
    /// What keeps its actions from running, if something does.
    pub silenced: Option<String>,
}

impl CurrentState {
    /// Whether the alarm is in another state than it was, or has been in another one meanwhile.
    #[must_use]
    pub fn has_left(&self, alarm: &Alarm) -> bool {
        let moved = |since: Timestamp| since > A_SECOND.after(alarm.at);
        self.state != alarm.to || self.since.is_some_and(moved)
    }
}

/// Some answers cut times to the second.
const A_SECOND: Period = Period::SECOND;

/// Something that did not work outside.
#[derive(Debug, thiserror::Error)]
#[error("failed to {operation}")]
pub struct Fault {
    /// What was tried, and on what.
    pub operation: String,
    /// What kind of trouble it is. `None`: the invocation ends too soon to try.
    pub class: Option<FaultClass>,
    /// AWS's own words, or the network's.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl Fault {
    /// The `why.code` of an order that failed with this.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.class.map_or("deadline", FaultClass::code)
    }

    /// Whether the same may well succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.class.is_none_or(FaultClass::is_transient)
    }
}
