//! What `scale-service` can be asked to do with a service or a group.

use std::num::NonZeroU32;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::ProfileName;
use super::size::Count;
use crate::command::{Action, InvalidCommand, decode_fields, one_of};
use crate::ids::CommandId;
use crate::period::Period;

/// What `scale-service` can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// Give it this size.
    Set(Size),
    /// Give it the size with this name.
    Profile(ProfileName),
    /// Raise its floor for a while.
    Boost {
        /// By how much.
        increase: Increase,
        /// For how long.
        lasts: Period,
    },
    /// Scale it to nothing, and remember its size.
    Park,
    /// Put back what it was before.
    Restore(Of),
}

/// A size, or a part of one: at least one number, `min` at most `max`, and `desired` between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The fewest tasks; `None`: as it is.
    pub min: Option<u32>,
    /// The most tasks; `None`: as it is.
    pub max: Option<u32>,
    /// How many to run; `None`: as many as there are.
    pub desired: Option<u32>,
}

impl Size {
    /// The numbers that are given, each with the name of its field.
    pub fn numbers(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let Self { min, max, desired } = *self;
        let named = [("min", min), ("max", max), ("desired", desired)];
        named.into_iter().filter_map(|(name, number)| Some((name, number?)))
    }
}

/// How much a boost adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Increase {
    /// So many tasks.
    Add(NonZeroU32),
    /// So much of what there is, rounded up.
    Percent(NonZeroU32),
}

/// What is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// That it was parked.
    Park,
    /// The boost whose command had this id.
    Boost(CommandId),
}

/// The shortest boost: a new task needs minutes before it helps.
pub const SHORTEST_BOOST: Period = Period::FIVE_MINUTES;

/// The longest boost: what is needed for longer belongs into a profile.
pub const LONGEST_BOOST: Period = Period::DAY;

impl Scale {
    /// The action's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Profile(_) => "profile",
            Self::Boost { .. } => "boost",
            Self::Park => "park",
            Self::Restore(_) => "restore",
        }
    }
}

impl Action for Scale {
    const NAMES: &'static [&'static str] = &["set", "profile", "boost", "park", "restore"];

    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand> {
        match name {
            "set" => decode_fields::<SetFields>(fields)?.size().map(Self::Set),
            "profile" => {
                let ProfileFields { profile } = decode_fields(fields)?;
                let missing = || InvalidCommand::new("profile", None, "a profile of the service");
                profile.ok_or_else(missing).map(Self::Profile)
            }
            "boost" => decode_fields::<BoostFields>(fields)?.boost(),
            "park" => decode_fields::<NoFields>(fields).map(|NoFields {}| Self::Park),
            "restore" => {
                let RestoreFields { of } = decode_fields(fields)?;
                Ok(Self::Restore(of.filter(|of| of.as_str() != "park").map_or(Of::Park, Of::Boost)))
            }
            _ => Err(InvalidCommand::new("action", Some(&json!(name)), one_of(Self::NAMES))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFields {
    min: Option<Count>,
    max: Option<Count>,
    desired: Option<Count>,
}

impl SetFields {
    fn size(self) -> Result<Size, InvalidCommand> {
        let [min, max, desired] =
            [self.min, self.max, self.desired].map(|count| count.map(|Count(count)| count));
        if (min, max, desired) == (None, None, None) {
            return Err(InvalidCommand::new("min", None, "one or more of `min`, `max` and `desired`"));
        }
        let wrong = |field: &str, number: u32, expected: String| {
            Err(InvalidCommand::new(field, Some(&json!(number)), expected))
        };
        match (min, max, desired) {
            (Some(min), Some(max), _) if min > max => {
                wrong("min", min, format!("at most `max`, which is {max}"))
            }
            (Some(min), _, Some(desired)) if desired < min => {
                wrong("desired", desired, format!("at least `min`, which is {min}"))
            }
            (_, Some(max), Some(desired)) if desired > max => {
                wrong("desired", desired, format!("at most `max`, which is {max}"))
            }
            (min, max, desired) => Ok(Size { min, max, desired }),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFields {
    profile: Option<ProfileName>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoostFields {
    add: Option<Count>,
    percent: Option<Count>,
    #[serde(rename = "for")]
    lasts: Option<Period>,
}

impl BoostFields {
    fn boost(self) -> Result<Scale, InvalidCommand> {
        let at_least_one = |field: &str, Count(count): Count| {
            let none = || InvalidCommand::new(field, Some(&json!(count)), "a whole number, 1 or more");
            NonZeroU32::new(count).ok_or_else(none)
        };
        let increase = match (self.add, self.percent) {
            (Some(add), None) => Increase::Add(at_least_one("add", add)?),
            (None, Some(percent)) => Increase::Percent(at_least_one("percent", percent)?),
            (None, None) => return Err(InvalidCommand::new("add", None, "either `add` or `percent`")),
            (Some(_), Some(Count(percent))) => {
                let expected = "no `percent` beside `add`: one of them";
                return Err(InvalidCommand::new("percent", Some(&json!(percent)), expected));
            }
        };
        let expected = "a length of time from 5m to 24h";
        let lasts = self.lasts.ok_or_else(|| InvalidCommand::new("for", None, expected))?;
        if !(SHORTEST_BOOST..=LONGEST_BOOST).contains(&lasts) {
            return Err(InvalidCommand::new("for", Some(&json!(lasts)), expected));
        }
        Ok(Scale::Boost { increase, lasts })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RestoreFields {
    of: Option<CommandId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}
