//! Who may pass before anything of AWS is looked at: what the playbook and the environment forbid, and what the ledger
//! says.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

use jiff::Timestamp;
use shared::command::Source;
use shared::kinds::service::Scale;
use shared::plan::Plan;
use shell::ledger::{Denial, Guard};

use crate::FUNCTION;
use crate::memory::Memory;
use crate::order::Order;
use crate::plan::{Fact, Step, Why, refuse};
use crate::world::Seen;

/// What the environment lets this function do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Whether there is a ledger.
    pub ledger: bool,
    /// Whether one-time schedules can be made.
    pub schedules: bool,
}

/// Says what is forbidden whatever the world is like.
///
/// | condition, in this order | decision | `why.code` |
/// | --- | --- | --- |
/// | `park` of a service without `may-park` | refuse | `may-not-park` |
/// | `set` of a number outside the playbook's bounds | refuse | `outside-bounds` |
/// | no ledger, and it is `boost`, `park` or `restore` | refuse | `ledger-unset` |
/// | no schedules, and it is `boost` | refuse | `schedules-unset` |
#[must_use]
pub fn forbidden(order: &Order<'_>, means: Means) -> Option<Plan<Step, Why>> {
    let Order { action, service, .. } = order;
    let bounds = service.bounds;
    let fact = match action {
        Scale::Park if !service.may_park => Fact::MayNotPark,
        Scale::Set(size) => {
            let (what, value) = size.numbers().find(|(_, value)| !bounds.allow(*value))?;
            Fact::OutsideBounds { what, value, bounds }
        }
        Scale::Boost { .. } | Scale::Park | Scale::Restore(_) if !means.ledger => Fact::LedgerUnset,
        Scale::Boost { .. } if !means.schedules => Fact::SchedulesUnset,
        Scale::Profile(_) | Scale::Boost { .. } | Scale::Park | Scale::Restore(_) => return None,
    };
    Some(refuse(fact))
}

/// The guards that the ledger is asked to pass: pauses, the lease and the claim.
///
/// A person who orders something knows of the pause, or is told by `status`; what comes by itself is stopped by it.
/// Lease and claim end at `until`, when this invocation has ended one way or the other.
#[must_use]
pub fn guards(order: &Order<'_>, until: Timestamp) -> Vec<Guard> {
    let mut guards = Vec::new();
    if order.origin.source != Source::Operator {
        let group = order.group.as_ref().map(|group| group.as_str());
        let scopes = ["all", FUNCTION, order.target.as_str()].into_iter().chain(group);
        guards.extend(scopes.map(|scope| Guard::NotPaused { scope: scope.to_owned() }));
    }
    let owner = order.delivery.clone();
    guards.push(Guard::Lease { target: order.target.to_string(), owner: owner.clone(), until });
    guards.push(Guard::Claim { key: claim(order), owner, until });
    guards
}

/// What makes it the same piece of work.
#[must_use]
pub fn claim(order: &Order<'_>) -> String {
    format!("{FUNCTION}/{}/{}", order.target, order.id)
}

/// Says whether an order passes, and what is remembered about its service.
///
/// | the ledger, in this order | decision | `why.code` |
/// | --- | --- | --- |
/// | does not answer | wait | `ledger-unavailable` |
/// | remembers what cannot be understood | refuse | `saved-unreadable` |
/// | has the order as done | hold | `already-done` |
/// | has a pause | refuse | `paused` |
/// | has somebody else at work on the target | wait | `lease-busy` |
///
/// # Errors
/// The decision, where it does not pass.
pub fn admit(seen: Seen) -> Result<Memory, Box<Plan<Step, Why>>> {
    let denials = match seen {
        Seen::Passed(memory) => return Ok(memory),
        Seen::Unset => return Ok(Memory::default()),
        Seen::Silent(words) => return Err(Box::new(wait(Fact::LedgerUnavailable { words }))),
        Seen::Unreadable(words) => return Err(Box::new(refuse(Fact::SavedUnreadable { words }))),
        Seen::Denied(denials) => denials,
    };
    if denials.iter().any(|denial| matches!(denial, Denial::Claimed { done: true, .. })) {
        return Err(Box::new(Plan::Hold { why: Why::from(Fact::AlreadyDone) }));
    }
    for denial in &denials {
        if let Denial::Paused(pause) = denial {
            return Err(Box::new(refuse(Fact::Paused { pause: pause.clone() })));
        }
    }
    let mut busy = Fact::LeaseBusy { owner: "unknown".to_owned(), until: Timestamp::UNIX_EPOCH };
    for denial in denials {
        if let Denial::Leased { owner, until, .. } | Denial::Claimed { owner, until, .. } = denial {
            busy = Fact::LeaseBusy { owner, until };
        }
    }
    Err(Box::new(wait(busy)))
}

fn wait(fact: Fact) -> Plan<Step, Why> {
    Plan::Wait { why: Why::from(fact) }
}

#[cfg(test)]
mod tests;
