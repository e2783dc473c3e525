//! The clock, and the time that an invocation has left. The only file that reads the clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock: the system's, or a test's.
#[derive(Debug, Clone, Copy)]
pub struct Clock(fn() -> Timestamp);

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
        Self(Timestamp::now)
    }

    /// A clock that says what a test wants.
    #[must_use]
    pub fn of(now: fn() -> Timestamp) -> Self {
        Self(now)
    }

    /// The time now.
    #[must_use]
    pub fn now(self) -> Timestamp {
        (self.0)()
    }
}

/// When the invocation will be cut off.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Timestamp,
    clock: Clock,
    longest: Duration,
}

/// What is kept back of every invocation to report and to answer.
const RESERVE: Duration = Duration::from_millis(500);

/// An operation is not begun with less time than this: one request to AWS takes well under a second as a rule.
const LEAST: Duration = Duration::from_secs(1);

impl Deadline {
    /// The time at which the invocation will be cut off.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// A deadline by a clock.
    #[must_use]
    pub fn new(at: Timestamp, clock: Clock) -> Self {
        Self { at, clock, longest: Duration::MAX }
    }

    /// A deadline that leaves something of this one's time for what comes after it.
    #[must_use]
    pub fn before(&self, rest: Duration) -> Self {
        let at = SignedDuration::try_from(rest).ok().and_then(|rest| self.at.checked_sub(rest).ok());
        Self { at: at.unwrap_or(self.at), ..*self }
    }

    /// The same deadline, and no operation takes longer than this: for what is useful, and not worth waiting for.
    #[must_use]
    pub fn patient_for(&self, longest: Duration) -> Self {
        Self { longest, ..*self }
    }

    /// The time that an operation begun now may take.
    ///
    /// # Errors
    /// When it is too little to begin one.
    pub fn allowance(&self) -> Result<Duration, OutOfTime> {
        let left = self.at.duration_since(self.clock.now()).try_into().unwrap_or(Duration::ZERO);
        match left.checked_sub(RESERVE) {
            Some(allowance) if allowance >= LEAST => Ok(allowance.min(self.longest)),
            _ => Err(OutOfTime { left }),
        }
    }
}

/// The invocation ends too soon to begin an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only {} ms are left of this invocation", .left.as_millis())]
pub struct OutOfTime {
    left: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_not_begun_that_cannot_end_in_time() {
        let clock = Clock::of(|| Timestamp::UNIX_EPOCH);
        let after = |ms| Deadline::new(Timestamp::from_millisecond(ms).unwrap(), clock).allowance();
        assert_eq!(after(10_000), Ok(Duration::from_millis(9_500)));
        assert_eq!(after(1_500), Ok(Duration::from_millis(1_000)));
        assert_eq!(after(1_499).unwrap_err().to_string(), "only 1499 ms are left of this invocation");
        assert_eq!(after(-5).unwrap_err().to_string(), "only 0 ms are left of this invocation");
        let hasty = Deadline::new(Timestamp::from_millisecond(10_000).unwrap(), clock);
        let hasty = hasty.patient_for(Duration::from_secs(2));
        assert_eq!(hasty.allowance(), Ok(Duration::from_secs(2)));
    }
}
