//! Why an order ended as it did, for machines and for people.

use std::fmt;

use jiff::Timestamp;
use shared::ids::{TargetName, shorten};
use shared::period::Period;
use shared::plan::Why as PlanWhy;
use shared::report::NOT_FOR_US;
use shell::ledger::{Pause, UNAVAILABLE, UNSET};

/// Why an order ended as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A command was sent.
    Routed {
        /// What happened.
        what: String,
        /// The route.
        route: String,
        /// The function whose queue has it.
        function: String,
    },
    /// A command was sent although the ledger could not be asked.
    RoutedWithoutLedger {
        /// The route.
        route: String,
        /// The function whose queue has it.
        function: String,
    },
    /// A command was sent to be planned, and waits for somebody to approve it.
    ApprovalAsked {
        /// What happened.
        what: String,
        /// The route.
        route: String,
        /// The id of the approval.
        approval: String,
        /// Until when it can be approved.
        until: Timestamp,
    },
    /// The alarm must be in its state for some time first.
    HoldDown {
        /// The route.
        route: String,
        /// For how long.
        period: Period,
        /// When the router looks again.
        until: Timestamp,
    },
    /// The alarm's actions are muted.
    Muted {
        /// Until when.
        until: Timestamp,
        /// Whether the router looks again then.
        looks_again: bool,
    },
    /// The alarm's actions are suppressed.
    Suppressed {
        /// By what.
        by: String,
    },
    /// The same command was sent for the same change of the alarm, or is being sent.
    AlreadyRouted {
        /// By another delivery.
        by: Option<String>,
        /// Whether it was sent.
        done: bool,
    },
    /// An earlier route orders the same for the same signal.
    OrderedBy {
        /// It.
        route: String,
    },
    /// Something newer was seen.
    Stale {
        /// What happened.
        what: String,
        /// When the newer thing did.
        newest: Timestamp,
    },
    /// A replay from an archive.
    Replayed {
        /// The route.
        route: String,
        /// The replay.
        by: String,
    },
    /// Nothing in the playbook is about it.
    NoRoute {
        /// What happened.
        what: String,
        /// Routes that are about other transitions of the alarm.
        others: Vec<TargetName>,
        /// Why people are not told, if they are not.
        quiet: Option<&'static str>,
    },
    /// The route only reports.
    Reported {
        /// The route's own words.
        text: String,
        /// What happened.
        what: String,
        /// AWS's own explanation.
        explanation: Option<String>,
    },
    /// Somebody else's business.
    NotForUs,
    /// A pause is in force.
    Paused {
        /// It.
        pause: Pause,
    },
    /// The route, or the target, rests.
    Cooldown {
        /// The route.
        route: String,
        /// What rests.
        key: String,
        /// Until when.
        until: Timestamp,
    },
    /// Enough were sent in this hour.
    MaxPerHour {
        /// By what.
        key: String,
        /// How many are enough.
        limit: u32,
    },
    /// Somebody else works on the target.
    LeaseBusy {
        /// On what.
        target: String,
        /// Who.
        owner: String,
        /// Until when.
        until: Timestamp,
    },
    /// The ledger does not answer.
    LedgerUnavailable {
        /// Its words, or the network's.
        reason: String,
    },
    /// There is no ledger.
    LedgerUnset,
    /// Schedules cannot be made.
    SchedulesUnset,
}

/// The codes of refusals that come again until somebody repairs the stack.
pub const LASTING: [&str; 2] = [UNSET, "schedules-unset"];

impl PlanWhy for Why {
    fn lasts(&self) -> bool {
        LASTING.contains(&self.code())
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Routed { .. } => "routed",
            Self::RoutedWithoutLedger { .. } => "routed-without-ledger",
            Self::ApprovalAsked { .. } => "approval-asked",
            Self::HoldDown { .. } => "hold-down",
            Self::Muted { .. } => "muted",
            Self::Suppressed { .. } => "suppressed",
            Self::AlreadyRouted { .. } | Self::OrderedBy { .. } => "already-routed",
            Self::Stale { .. } => "stale",
            Self::Replayed { .. } => "replayed",
            Self::NoRoute { .. } => "no-route",
            Self::Reported { .. } => "reported",
            Self::NotForUs => NOT_FOR_US,
            Self::Paused { .. } => "paused",
            Self::Cooldown { .. } => "cooldown",
            Self::MaxPerHour { .. } => "max-per-hour",
            Self::LeaseBusy { .. } => "lease-busy",
            Self::LedgerUnavailable { .. } => UNAVAILABLE,
            Self::LedgerUnset => UNSET,
            Self::SchedulesUnset => "schedules-unset",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Routed { what, route, function } => {
                write!(f, "{what}: sent to {function} by route `{route}`")
            }
            Self::RoutedWithoutLedger { route, function } => write!(
                f,
                "sent to {function} by route `{route}` although the ledger could not be asked: \
                 pauses, cooldowns and hourly limits were not looked at"
            ),
            Self::ApprovalAsked { what, route, approval, until } => write!(
                f,
                "{what}: route `{route}` wants approval {approval} by {}; only a plan was ordered so far",
                shown(*until)
            ),
            Self::HoldDown { route, period, until } => write!(
                f,
                "route `{route}` waits until the alarm has been in its state for {period}; \
                 nothing is sent before it looks again at {}",
                shown(*until)
            ),
            Self::Muted { until, looks_again: true } => {
                write!(f, "the alarm's actions are muted; the router looks again at {}", shown(*until))
            }
            Self::Muted { until, looks_again: false } => write!(
                f,
                "the alarm's actions are muted until {}; nobody looks again then, as no schedules are configured",
                shown(*until)
            ),
            Self::Suppressed { by } => write!(f, "the alarm's actions are suppressed ({by})"),
            Self::AlreadyRouted { done: true, .. } => {
                f.write_str("the same was sent before for the same change of this alarm")
            }
            Self::AlreadyRouted { done: false, by } => {
                let by = by.as_deref().map_or(String::new(), |by| format!(" {}", shorten(by)));
                write!(f, "another delivery{by} of the same change of this alarm takes care of it")
            }
            Self::OrderedBy { route } => {
                write!(
                    f,
                    "route `{route}` orders the same for the same change; its report says what became of it"
                )
            }
            Self::Stale { what, newest } => {
                write!(f, "{what}, but it was seen in a newer state of {}", shown(*newest))
            }
            Self::Replayed { route, by } => {
                write!(f, "a replay ({by}), and route `{route}` does not say `replays: true`")
            }
            Self::NoRoute { what, others, quiet } => {
                write!(f, "{what}: no route of the playbook matches")?;
                if !others.is_empty() {
                    let names: Vec<&str> = others.iter().map(TargetName::as_str).collect();
                    write!(f, " (about other transitions of it: {})", names.join(", "))?;
                }
                match quiet {
                    Some(quiet) => write!(f, "; {quiet}"),
                    None => Ok(()),
                }
            }
            Self::Reported { text, what, explanation } => {
                write!(f, "{text}: {what}")?;
                match explanation {
                    Some(explanation) => write!(f, " ({})", shorten(explanation)),
                    None => Ok(()),
                }
            }
            Self::NotForUs => f.write_str("not for this function: an alarm of a scaling policy"),
            Self::Paused { pause } => write!(
                f,
                "{} is paused by {} until {}: {}",
                if pause.scope == "all" { "everything" } else { &pause.scope },
                shorten(&pause.who),
                shown(pause.until),
                shorten(&pause.reason)
            ),
            Self::Cooldown { route, key, until } => match key.strip_prefix("target/") {
                Some(target) => {
                    write!(f, "target `{target}` was sent a command and rests until {}", shown(*until))
                }
                None => write!(f, "route `{route}` has acted and rests until {}", shown(*until)),
            },
            Self::MaxPerHour { key, limit } => match key.strip_prefix("route/") {
                Some(route) => write!(f, "route `{route}` has had its {limit} of this hour"),
                None => write!(f, "all routes together have had their {limit} of this hour"),
            },
            Self::LeaseBusy { target, owner, until } => {
                write!(f, "{owner} works on `{target}` until {}", shown(*until))
            }
            Self::LedgerUnavailable { reason } => write!(f, "nothing was sent: {reason}"),
            Self::LedgerUnset => f.write_str(
                "nothing was sent: `LAMPLIGHTER_LEDGER_TABLE` is not set, and routes need the ledger",
            ),
            Self::SchedulesUnset => f.write_str(
                "nothing was sent: `LAMPLIGHTER_SCHEDULE_GROUP` is not set, and a hold-down needs it",
            ),
        }
    }
}

/// A time as people read it: to the second.
fn shown(time: Timestamp) -> String {
    format!("{time:.0}")
}
