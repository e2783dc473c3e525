//! One-time schedules: something arrives once, at its minute, and the schedule is gone.

mod aws;

pub use aws::Scheduler;

use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;

/// A schedule that sends something once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTime {
    /// Its name: the same for the same occasion. At most 64 letters, digits, `-`, `_` or `.`.
    pub name: String,
    /// When, to the full minute after it.
    pub at: Timestamp,
    /// What arrives.
    pub input: Value,
    /// The message group that it arrives in, where the target is a FIFO queue.
    pub message_group: String,
}

impl OneTime {
    /// The time in Scheduler's words: the full minute after it, so that nothing arrives early.
    fn expression(&self) -> String {
        const MINUTE: i64 = 60;
        let second = self.at.as_second() + i64::from(self.at.subsec_nanosecond() > 0);
        let minute = second.div_euclid(MINUTE) + i64::from(second.rem_euclid(MINUTE) > 0);
        let full = Timestamp::from_second(minute * MINUTE).unwrap_or(self.at);
        full.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
    }
}

/// Whether something was made, or was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Now.
    Now,
    /// Before.
    Already,
}

/// A schedule that could not be made.
#[derive(Debug, thiserror::Error)]
#[error("failed to {operation}")]
pub struct ScheduleFault {
    /// What was tried, with the schedule's name.
    pub operation: String,
    /// What kind of trouble it is. `None`: the invocation ends too soon to try.
    pub class: Option<FaultClass>,
    /// EventBridge Scheduler's own words, or the network's.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_for_the_full_minute_and_never_early() {
        for (at, expected) in [
            ("2026-11-21T09:00:00Z", "at(2026-11-21T09:00:00)"),
            ("2026-11-21T09:00:00.001Z", "at(2026-11-21T09:01:00)"),
            ("2026-11-21T09:00:59Z", "at(2026-11-21T09:01:00)"),
            ("2026-11-21T09:00:00+05:30", "at(2026-11-21T03:30:00)"),
        ] {
            let [name, message_group] = ["n", "g"].map(str::to_owned);
            let schedule = OneTime { name, at: at.parse().unwrap(), input: Value::Null, message_group };
            assert_eq!(schedule.expression(), expected);
        }
    }
}
