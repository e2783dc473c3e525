//! What the ledger remembers about a service: the size to go back to. One value a service, under one key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::ids::TargetName;

use crate::world::{Scaling, State};

/// What is remembered about one service. Nothing at all where it is neither parked nor boosted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The service that it is about, as Application Auto Scaling names it: the playbook may name another by now.
    #[serde(default)]
    pub service: String,
    /// The size that it had when it was parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
    /// The boosts that have not ended, and the size under them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boosted: Option<Boosted>,
}

impl Memory {
    /// Where the ledger keeps what it remembers about all services.
    pub const ALL: &str = "service/";

    /// Where the ledger keeps what it remembers about one.
    #[must_use]
    pub fn key(target: &TargetName) -> String {
        format!("{}{target}", Self::ALL)
    }

    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { parked, boosted, service: _ } = self;
        parked.is_none() && boosted.is_none()
    }
}

/// A service that was parked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The size to restore.
    pub size: Size,
    /// The size that was found: another one only if boosts were running.
    pub found: Size,
    /// The id of the command that parked it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A service under boosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boosted {
    /// The size to go back to when the last of them ends.
    pub base: Size,
    /// The size that was found when it was changed last, by a boost or by a profile under them.
    pub found: Size,
    /// The size that it was given then.
    pub left: Size,
    /// The boosts, oldest first; at least one.
    pub boosts: Vec<Boost>,
}

impl Boosted {
    /// The highest floor of all boosts: what they keep until the last of them ends.
    #[must_use]
    pub fn floor(&self) -> u32 {
        self.boosts.iter().map(|boost| boost.floor).max().unwrap_or(0)
    }

    /// The highest floor that a service of this size has reached: that of a boost which died on its way counts only once
    /// its next delivery has raised it, and one that somebody has gone below counts no more.
    #[must_use]
    pub fn floor_in_force(&self, now: &Size) -> u32 {
        let reached = now.scaling.as_ref().map_or(now.desired, |scaling| scaling.min);
        let floors = self.boosts.iter().map(|boost| boost.floor).filter(|floor| *floor <= reached);
        floors.max().unwrap_or(0)
    }

    /// When the last of them ends.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.boosts.iter().map(|boost| boost.until).max()
    }
}

/// A boost that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boost {
    /// The id of its command.
    pub id: String,
    /// What joins its end to its cause.
    pub correlation: String,
    /// The min, or the desired count where there is no scalable target, that it asked for.
    pub floor: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// A size as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// How many tasks should run.
    pub desired: u32,
    /// The scalable target, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
}

impl Size {
    /// The size of a service now.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self { desired: state.desired, scaling: state.scaling.clone() }
    }

    /// Whether two are the same as far as somebody set them: the bounds, or, without a scalable target, the desired
    /// count. Scaling policies change the desired count between the bounds, and that is nobody's wish.
    #[must_use]
    pub fn is_set_like(&self, other: &Self) -> bool {
        match (&self.scaling, &other.scaling) {
            (Some(one), Some(other)) => (one.min, one.max) == (other.min, other.max),
            (None, None) => self.desired == other.desired,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}
