//! What is known of a service just now, and the port by which it is learned and changed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::fault::FaultClass;
use shared::kinds::service::Service;
use shell::ledger::Denial;
use shell::schedules::{Made, OneTime};

use crate::memory::Memory;

/// What was observed about one service just now. It may have changed since: scaling policies and people are at it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// What ECS and Application Auto Scaling said.
    pub found: Found,
    /// What the ledger remembers.
    pub memory: Memory,
    /// The scaling policies, where somebody looked.
    pub policies: Option<Vec<Policy>>,
    /// The scheduled actions, where somebody looked.
    pub scheduled: Option<Vec<ScheduledAction>>,
    /// The holiday that it is in the service's own zone.
    pub holiday: Option<Date>,
    /// When.
    pub now: Timestamp,
}

/// What the ledger said to the guards of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// All of them let it pass, and are taken down; this is what it remembers.
    Passed(Memory),
    /// Some denied it, and nothing is taken down.
    Denied(Vec<Denial>),
    /// It did not answer: these are its words, or the network's.
    Silent(String),
    /// What it remembers cannot be understood.
    Unreadable(String),
    /// There is none.
    Unset,
}

/// What there is in place of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The service.
    Service(State),
    /// ECS does not know it, or not its cluster: these are its words.
    Missing(String),
}

/// A service as ECS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// `ACTIVE`, `DRAINING`, `INACTIVE`; free text.
    pub status: String,
    /// How many tasks should run.
    pub desired: u32,
    /// How many do.
    pub running: u32,
    /// How many are about to.
    pub pending: u32,
    /// Whether it runs one task on every instance, so that it has no desired count to set.
    pub daemon: bool,
    /// Who deploys it.
    pub controller: Controller,
    /// How its newest deployment fares.
    pub deployment: Deployment,
    /// Its scalable target.
    pub scaling: Option<Scaling>,
}

impl State {
    /// The status of a service that can be scaled.
    pub const ACTIVE: &str = "ACTIVE";
}

/// Who deploys a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Controller {
    /// ECS itself.
    Ecs,
    /// AWS `CodeDeploy`.
    CodeDeploy,
    /// Somebody's own program.
    External,
}

/// How the newest deployment of a service fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// It is complete, or ECS does not say.
    Steady,
    /// It goes on.
    Running,
    /// It failed: ECS starts no tasks for it.
    Failed,
}

/// A scalable target of Application Auto Scaling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaling {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What is suspended.
    #[serde(default)]
    pub suspended: Suspended,
}

/// The kinds of scaling that are suspended on a scalable target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspended {
    /// Policies remove no tasks.
    pub dynamic_in: bool,
    /// Policies add no tasks.
    pub dynamic_out: bool,
    /// Scheduled actions do nothing, and are not made up for.
    pub scheduled: bool,
}

impl Suspended {
    /// Everything: nothing but a command of ours, or a person, changes the size.
    pub const ALL: Self = Self { dynamic_in: true, dynamic_out: true, scheduled: true };
}

/// A scaling policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it does, as `keeps ECSServiceAverageCPUUtilization at 70`.
    pub what: String,
    /// Whether it may remove tasks.
    pub scales_in: bool,
}

/// A scheduled action on a scalable target. Lamplighter makes none, so it is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledAction {
    /// Its name.
    pub name: String,
    /// When: `at(…)`, `rate(…)` or `cron(…)`.
    pub schedule: String,
    /// The zone of that; UTC where it names none.
    pub time_zone: Option<String>,
    /// The min that it sets.
    pub min: Option<u32>,
    /// The max that it sets.
    pub max: Option<u32>,
    /// When it is over.
    pub ends: Option<Timestamp>,
}

impl ScheduledAction {
    /// Whether it may still do something. A zone or a time that cannot be read counts as the future.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        if self.ends.is_some_and(|ends| ends <= now) {
            return false;
        }
        let Some(at) = self.schedule.strip_prefix("at(").and_then(|rest| rest.strip_suffix(')')) else {
            return true;
        };
        let zone = self.time_zone.as_deref().map_or(Ok(TimeZone::UTC), TimeZone::get);
        let (Ok(zone), Ok(at)) = (zone, at.parse::<DateTime>()) else {
            return true;
        };
        zone.to_timestamp(at).is_ok_and(|at| at > now)
    }

    /// Whether it would set other bounds than these.
    #[must_use]
    pub fn sets_other_than(&self, min: u32, max: u32) -> bool {
        self.min.is_some_and(|other| other != min) || self.max.is_some_and(|other| other != max)
    }
}

/// How many tasks there are, after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How many should run.
    pub desired: u32,
    /// How many do.
    pub running: u32,
    /// How many are about to.
    pub pending: u32,
}

/// The bounds that a scalable target gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// What is suspended; `None` leaves that as it is.
    pub suspended: Option<Suspended>,
}

/// ECS services with their scalable targets.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Services {
    /// Looks at services. One answer for each, in their order.
    ///
    /// # Guarantees
    /// As few calls as there can be: one for ten services of a cluster, one for fifty scalable targets.
    ///
    /// # Assumptions
    /// What it says may be a moment old.
    async fn observe(&self, services: &[&Service]) -> Vec<Result<Found, Fault>>;

    /// Reads the scaling policies of a service's scalable target, every page.
    ///
    /// # Errors
    /// When Application Auto Scaling, or the time, does not allow it.
    async fn policies(&self, service: &Service) -> Result<Vec<Policy>, Fault>;

    /// Reads the scheduled actions of a service's scalable target, every page.
    ///
    /// # Errors
    /// When Application Auto Scaling, or the time, does not allow it.
    async fn scheduled(&self, service: &Service) -> Result<Vec<ScheduledAction>, Fault>;

    /// Sets the bounds of the scalable target that there is. Application Auto Scaling then brings the desired count
    /// between them.
    ///
    /// # Errors
    /// When Application Auto Scaling, or the time, does not allow it.
    async fn set_bounds(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault>;

    /// Counts the tasks of a service once more.
    ///
    /// # Errors
    /// When ECS, or the time, does not allow it, or the service is gone.
    async fn count(&self, service: &Service) -> Result<Counts, Fault>;

    /// Sets the desired count. That starts no deployment.
    ///
    /// # Errors
    /// When ECS, or the time, does not allow it.
    async fn set_desired(&self, service: &Service, desired: u32) -> Result<Counts, Fault>;

    /// Makes a schedule that sends a command once, and then is gone. Says whether there was one of this name.
    ///
    /// # Errors
    /// When EventBridge Scheduler, or the time, does not allow it.
    async fn send_at(&self, schedule: &OneTime) -> Result<Made, Fault>;
}

/// Something that did not work.
#[derive(Debug, Clone, thiserror::Error)]
#[error("failed to {operation}")]
pub struct Fault {
    /// What was tried, and on what.
    pub operation: String,
    /// What kind of trouble it is. `None`: the invocation ends too soon to try.
    pub class: Option<FaultClass>,
    /// AWS's own words, or the network's.
    #[source]
    pub source: std::sync::Arc<dyn std::error::Error + Send + Sync>,
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
