//! What evidence shows: its history as a test tells it, told as the function is told it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::kinds::dns::Evidence;

use super::model::Model;
use crate::world::{Health, HealthState};

/// What evidence shows from each time on.
pub(super) type Timeline = BTreeMap<Timestamp, HealthState>;

impl Model {
    pub(super) fn health(&self, evidence: &Evidence, from: Option<Timestamp>) -> Health {
        let nothing = Timeline::new();
        let timeline = self.timelines.get(evidence).filter(|_| !self.is_mute(evidence)).unwrap_or(&nothing);
        let past: Vec<_> = timeline.range(..=self.now).map(|(at, state)| (*at, *state)).collect();
        let state = past.last().map_or(HealthState::Unknown, |(_, state)| *state);
        let began_at = past.iter().rev().take_while(|(_, past)| *past == state).last().map(|(at, _)| *at);
        let since = match (evidence, state) {
            // An answer of this moment says nothing of the minutes before it.
            (Evidence::Https(_), _) | (_, HealthState::Unknown) => None,
            _ => from.and_then(|from| began_at.map(|began_at| began_at.max(from))),
        };
        Health { since, ..Health::now(state, &words(evidence, state)) }
    }

    /// Whether it is a health check that shows nothing: a calculated one, or one that is disabled.
    fn is_mute(&self, evidence: &Evidence) -> bool {
        match evidence {
            Evidence::HealthCheck(id) => {
                self.checks.get(id).is_some_and(|check| check.disabled || check.kind == "CALCULATED")
            }
            Evidence::Alarm { .. } | Evidence::Https(_) => false,
        }
    }
}

fn words(evidence: &Evidence, state: HealthState) -> String {
    let by_state = |healthy: &str, unhealthy: &str, unknown: &str| {
        let words = match state {
            HealthState::Healthy => healthy,
            HealthState::Unhealthy => unhealthy,
            HealthState::Unknown => unknown,
        };
        words.to_owned()
    };
    match evidence {
        Evidence::Alarm { name, .. } => {
            format!("alarm `{name}` is {}", by_state("OK", "ALARM", "INSUFFICIENT_DATA"))
        }
        Evidence::HealthCheck(_) => {
            by_state("16 of 16 checkers say so", "0 of 16 checkers say so", "no checker says anything")
        }
        Evidence::Https(url) => format!("{url} answers {}", by_state("200", "503", "nothing")),
    }
}
