//! How large a service may be: its bounds, and the sizes that have names.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::ids::InvalidId;

/// What no command goes beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "BoundsKeys")]
#[schemars(with = "BoundsKeys")]
pub struct Bounds {
    /// The fewest tasks, unless it is parked.
    pub floor: u32,
    /// The most tasks.
    pub ceiling: u32,
    /// The most tasks that one command adds or takes.
    pub largest_step: u32,
}

impl Bounds {
    /// Whether a number of tasks is within them.
    #[must_use]
    pub fn allow(&self, tasks: u32) -> bool {
        (self.floor..=self.ceiling).contains(&tasks)
    }
}

/// The most that a count can be: AWS counts tasks in 32 bits with a sign.
const MOST: u32 = i32::MAX.unsigned_abs();

/// A number of tasks or of percent, of which serde's own words would say that it is no `u32`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Count(pub(super) u32);

impl TryFrom<Value> for Count {
    type Error = InvalidId;

    fn try_from(value: Value) -> Result<Self, InvalidId> {
        match value.as_u64().and_then(|count| u32::try_from(count).ok()) {
            Some(count) if count <= MOST => Ok(Self(count)),
            Some(_) | None => {
                let found = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                Err(InvalidId::new(&found, "a whole number from 0 to 2147483647"))
            }
        }
    }
}

/// The bounds of a service.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct BoundsKeys {
    /// The fewest tasks, unless it is parked.
    #[schemars(with = "u32")]
    floor: Count,
    /// The most tasks.
    #[schemars(with = "NonZeroU32")]
    ceiling: Count,
    /// The most tasks that one command adds or takes.
    #[schemars(with = "NonZeroU32")]
    largest_step: Count,
}

impl TryFrom<BoundsKeys> for Bounds {
    type Error = String;

    fn try_from(keys: BoundsKeys) -> Result<Self, String> {
        let BoundsKeys { floor: Count(floor), ceiling: Count(ceiling), largest_step: Count(largest_step) } =
            keys;
        for (key, count) in [("ceiling", ceiling), ("largest-step", largest_step)] {
            if count == 0 {
                return Err(format!("`{key}` is 0; expected at least 1"));
            }
        }
        if floor > ceiling {
            return Err(format!("`floor` is {floor}; expected at most the ceiling, {ceiling}"));
        }
        Ok(Self { floor, ceiling, largest_step })
    }
}

/// A size with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "ProfileKeys")]
#[schemars(with = "ProfileKeys")]
pub struct Profile {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// How many to run; `None`: as many as there are, if that is within.
    pub desired: Option<u32>,
}

/// A size of a service.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ProfileKeys {
    /// The fewest tasks.
    #[schemars(with = "u32")]
    min: Count,
    /// The most tasks.
    #[schemars(with = "u32")]
    max: Count,
    /// How many to run. Left out: as many as there are, if that is within `min` and `max`.
    #[schemars(with = "Option<u32>")]
    desired: Option<Count>,
}

impl TryFrom<ProfileKeys> for Profile {
    type Error = String;

    fn try_from(keys: ProfileKeys) -> Result<Self, String> {
        let ProfileKeys { min: Count(min), max: Count(max), desired } = keys;
        let desired = desired.map(|Count(desired)| desired);
        if min > max {
            return Err(format!("`min` is {min}; expected at most `max`, which is {max}"));
        }
        match desired {
            Some(desired) if !(min..=max).contains(&desired) => {
                Err(format!("`desired` is {desired}; expected {min} to {max}, as `min` and `max` say"))
            }
            Some(_) | None => Ok(Self { min, max, desired }),
        }
    }
}
