//! Routes: which alarms and notices become which commands, and how carefully.

mod command;
mod pattern;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

pub use command::RoutedCommand;
pub use pattern::{AlarmPattern, Fit, Glob, NoticePattern, SCALING_ALARMS, When};

use crate::ids::TargetName;
use crate::period::Period;

/// One row of the playbook: when this happens, do that.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "RouteKeys")]
#[schemars(with = "RouteKeys")]
pub struct Route {
    /// Its name, which reports and commands carry.
    pub name: TargetName,
    /// What it is about.
    pub when: When,
    /// What it does.
    pub then: Then,
    /// How long it rests for a target after it has sent it a command.
    pub cooldown: Option<Period>,
    /// How long an alarm must have been in its state before anything is sent.
    pub hold_down: Option<Period>,
    /// The most commands that it sends in an hour.
    pub max_per_hour: Option<NonZeroU32>,
    /// Whether somebody must approve each command, and within what time.
    pub approve_within: Option<Period>,
    /// Whether events replayed from an archive count.
    pub replays: bool,
    /// Where it stands in the playbook: line and column.
    pub(super) position: (u64, u64),
}

/// What a route does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Sends these commands.
    Send(Vec<RoutedCommand>),
    /// Sends nothing, and reports with these words.
    Report(String),
}

impl Route {
    /// The commands that it sends; none when it only reports.
    #[must_use]
    pub fn commands(&self) -> &[RoutedCommand] {
        match &self.then {
            Then::Send(commands) => commands,
            Then::Report(_) => &[],
        }
    }
}

/// The keys of a route.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RouteKeys {
    /// Its name, in the form of a target's name.
    #[schemars(with = "TargetName")]
    name: Spanned<TargetName>,
    /// What it is about.
    when: When,
    /// The commands that it sends. This or `report`.
    #[serde(default)]
    then: Vec<RoutedCommand>,
    /// It only reports, with these words. This or `then`.
    report: Option<String>,
    /// How long it rests for a target after it has sent it a command.
    cooldown: Option<Period>,
    /// How long an alarm must have been in its state before anything is sent; precise to a minute.
    hold_down: Option<Period>,
    /// The most commands that it sends in a clock hour.
    max_per_hour: Option<NonZeroU32>,
    /// Whether somebody must approve each command: it is planned first.
    #[serde(default)]
    approve: bool,
    /// How long it can be approved. 1h where it is left out.
    approve_within: Option<Period>,
    /// Whether events replayed from an archive count.
    #[serde(default)]
    replays: bool,
}

impl TryFrom<RouteKeys> for Route {
    type Error = String;

    fn try_from(keys: RouteKeys) -> Result<Self, String> {
        let RouteKeys { name, when, then, report, cooldown, hold_down, max_per_hour, .. } = keys;
        let position = (name.referenced.line(), name.referenced.column());
        let name = name.value;
        let wrong = |what: &str| Err(format!("route `{name}` has {what}"));
        let then = match (then.is_empty(), report) {
            (false, None) => Then::Send(then),
            (true, Some(text)) if !text.trim().is_empty() => Then::Report(text),
            (true, Some(_)) => return wrong("an empty `report`; expected words for people"),
            (true, None) => return wrong("neither commands in `then` nor a `report`; expected one of them"),
            (false, Some(_)) => return wrong("both `then` and `report`; expected one of them"),
        };
        if matches!(then, Then::Report(_)) && (keys.approve || max_per_hour.is_some() || hold_down.is_some())
        {
            return wrong(
                "`approve`, `max-per-hour` or `hold-down` beside `report`; it sends nothing to limit",
            );
        }
        if matches!(when, When::Notice(_)) && hold_down.is_some() {
            return wrong(
                "a `hold-down`, which only an alarm can have: nothing else has a state to look at again",
            );
        }
        if keys.approve_within.is_some() && !keys.approve {
            return wrong("`approve-within` without `approve: true`");
        }
        let approve_within = keys.approve.then(|| keys.approve_within.unwrap_or(Period::HOUR));
        let replays = keys.replays;
        Ok(Self { name, when, then, cooldown, hold_down, max_per_hour, approve_within, replays, position })
    }
}

#[cfg(test)]
mod tests;
