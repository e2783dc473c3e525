//! The effects of this function.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::plan::Step as PlanStep;
use shell::schedules::OneTime;

use crate::memory::{Memory, Size};
use crate::world::{Bounds, Suspended};

/// One effect: absolute, so that doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Remembers the size to go back to. It comes before every change.
    SaveSize(Memory),
    /// Makes the schedule that ends a boost.
    ScheduleRestore(OneTime),
    /// Sets the bounds of the scalable target. It comes before the desired count.
    SetBounds(Bounds),
    /// Sets the desired count.
    SetDesired {
        /// How many tasks should run.
        desired: u32,
        /// Whether fewer or more are wrong.
        toward: Toward,
    },
    /// Forgets the size to go back to, or one of several boosts: this is what is remembered after it. It comes last, in
    /// one write with the claim, so that whoever finds nothing saved knows that the order was carried out.
    ForgetSize(Memory),
}

/// What a desired count is set for. Application Auto Scaling brings the count between new bounds by itself, and policies
/// may have changed it since it was looked at: it is looked at again, so that no task of theirs is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toward {
    /// It is to be this one.
    Exactly,
    /// It is to be this one or more: nothing is set where it is.
    AtLeast,
    /// It is to be this one or less: nothing is set where it is.
    AtMost,
}

impl Toward {
    /// Whether a count needs no change.
    #[must_use]
    pub fn is_met(self, wanted: u32, found: u32) -> bool {
        match self {
            Self::Exactly => found == wanted,
            Self::AtLeast => found >= wanted,
            Self::AtMost => found <= wanted,
        }
    }
}

impl PlanStep for Step {
    fn name(&self) -> &'static str {
        match self {
            Self::SaveSize(_) => "save-size",
            Self::ScheduleRestore(_) => "schedule-restore",
            Self::SetBounds(_) => "set-bounds",
            Self::SetDesired { .. } => "set-desired",
            Self::ForgetSize(_) => "forget-size",
        }
    }

    fn details(&self) -> Map<String, Value> {
        let mut details = Map::new();
        let mut put = |name: &str, value: Value| drop(details.insert(name.to_owned(), value));
        match self {
            Self::SaveSize(memory) => {
                if let Some(parked) = &memory.parked {
                    put("size", shown(&parked.size));
                }
                if let Some(boosted) = &memory.boosted {
                    put("size", shown(&boosted.base));
                    put("boosts", json!(boosted.boosts.iter().map(|boost| &boost.id).collect::<Vec<_>>()));
                }
            }
            Self::ScheduleRestore(OneTime { name, at, .. }) => {
                put("schedule", json!(name));
                put("at", json!(seconds(*at)));
            }
            Self::SetBounds(Bounds { min, max, suspended }) => {
                put("min", json!(min));
                put("max", json!(max));
                if let Some(suspended) = suspended {
                    put("suspended", json!(names(*suspended)));
                }
            }
            Self::SetDesired { desired, toward: _ } => put("desired", json!(desired)),
            Self::ForgetSize(memory) => {
                if let Some(boosted) = &memory.boosted {
                    put("boosts", json!(boosted.boosts.iter().map(|boost| &boost.id).collect::<Vec<_>>()));
                }
            }
        }
        details
    }
}

/// A size as reports show it.
#[must_use]
pub(crate) fn shown(size: &Size) -> Value {
    let mut shown = Map::new();
    if let Some(scaling) = &size.scaling {
        shown.insert("min".to_owned(), json!(scaling.min));
        shown.insert("max".to_owned(), json!(scaling.max));
    }
    shown.insert("desired".to_owned(), json!(size.desired));
    if let Some(suspended) = size.scaling.as_ref().map(|scaling| scaling.suspended)
        && suspended != Suspended::default()
    {
        shown.insert("suspended".to_owned(), json!(names(suspended)));
    }
    Value::Object(shown)
}

/// What is suspended, in words.
#[must_use]
pub(crate) fn names(suspended: Suspended) -> Vec<&'static str> {
    let Suspended { dynamic_in, dynamic_out, scheduled } = suspended;
    let all = [("dynamic-in", dynamic_in), ("dynamic-out", dynamic_out), ("scheduled", scheduled)];
    all.into_iter().filter_map(|(name, is)| is.then_some(name)).collect()
}

/// A time as people are told of it.
#[must_use]
pub(crate) fn seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}
