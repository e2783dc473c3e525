//! What keeps traffic from moving.

use jiff::Timestamp;
use shared::command::{Origin, Source};
use shared::kinds::dns::{Failover, How, Side, Strategy};
use shared::plan::{Plan, Why as _};

use super::step::{Noted, Step};
use super::why::Why;
use crate::order::Order;
use crate::world::{HealthState, Leads, Memory, Move, Object, Pending, Place, Recall, World};

type Guard = Result<(), Box<Why>>;

/// The guards of what comes by itself; a person knows of all that.
pub(super) fn by_itself(to: Side, leads: Leads, order: &Order<'_>, world: &World) -> Guard {
    can_restore(to, order, world)?;
    if order.is_by_hand() {
        return Ok(());
    }
    if to == Side::Primary {
        back_by_itself(leads, order, world)?;
    }
    let Some(memory) = world.recall.memory() else { return Ok(()) };
    let Some(last) = memory.last() else { return Ok(()) };
    if let Some(alarm) = order.origin.at.filter(|alarm| *alarm <= last.at) {
        // It may have seen what the way back by itself did not: whether the primary is down is looked at once more.
        if to == Side::Secondary && last.to == Side::Primary && !last.by_hand {
            let until = order.rule.hold_down.after(last.at).max(world.now);
            return Err(Box::new(Why::HoldDown { until, kept: false }));
        }
        return Err(Box::new(Why::AlarmBeforeMove { alarm, moved: last.at }));
    }
    let most = order.rule.max_moves_a_day.get();
    // The way back leaves one for the next outage.
    let kept = usize::from(to == Side::Primary);
    let made = memory.moves_by_itself(world.now);
    if made + kept >= usize::try_from(most).unwrap_or(usize::MAX) {
        return Err(Box::new(Why::MovesUsedUp { made, most }));
    }
    let until = order.rule.hold_down.after(last.at);
    if until > world.now {
        return Err(Box::new(Why::HoldDown { until, kept: false }));
    }
    Ok(())
}

/// What the ledger keeps of the time before is given back exactly, so the way back waits until it can be read.
pub(super) fn can_restore(to: Side, order: &Order<'_>, world: &World) -> Guard {
    let is_kept =
        !matches!(order.rule.strategy, Strategy::StandbyObject(_) | Strategy::RoutingControl { .. });
    let is_kept = is_kept && to == Side::Primary && !order.action.is_forced();
    match &world.recall {
        Recall::Silent(words) if is_kept => Err(Box::new(Why::LedgerUnavailable(words.clone()))),
        Recall::Silent(_) | Recall::Unset | Recall::Known(_) => Ok(()),
    }
}

/// Data may have to be brought back first, and whoever moved it by hand has a reason.
fn back_by_itself(leads: Leads, order: &Order<'_>, world: &World) -> Guard {
    if order.rule.failback.how == How::Manual {
        return Err(Box::new(Why::FailbackManual));
    }
    let memory = match &world.recall {
        Recall::Known(memory) => memory,
        Recall::Unset => return Err(Box::new(Why::LedgerUnset)),
        Recall::Silent(words) => return Err(Box::new(Why::LedgerUnavailable(words.clone()))),
    };
    match memory.last().filter(|last| last.to == Side::Secondary) {
        Some(last) if last.by_hand => Err(Box::new(Why::MovedByHand { at: Some(last.at) })),
        Some(last) if last.unsure => Err(Box::new(Why::MovedByHand { at: None })),
        Some(last) if (leads != Leads::Astray || is_begun(memory, Side::Primary)) && !memory.returned => {
            others_object(world, last).map_or(Ok(()), |why| Err(Box::new(why)))
        }
        Some(_) | None => Err(Box::new(Why::MovedByHand { at: None })),
    }
}

/// What tells that the object there is not the one of a move: its removal would undo what somebody else has done.
fn others_object(world: &World, last: &Move) -> Option<Why> {
    let Ok(Place::Object(Some(object))) = &world.place else { return None };
    match object {
        Object::Unmarked => Some(Why::OthersObject { by: None }),
        Object::PutBy(owner) if owner.order != last.command => {
            Some(Why::OthersObject { by: Some(owner.order.clone()) })
        }
        Object::PutBy(_) | Object::Absent => None,
    }
}

/// Whether a move to a side was begun, and is not noted as made.
pub(super) fn is_begun(memory: &Memory, to: Side) -> bool {
    memory.begun.as_ref().is_some_and(|begun| begun.to == to)
}

/// What shows that a side is well enough to be moved to; `None` if nothing needs to, as the order is forced.
pub(super) fn proof(to: Side, order: &Order<'_>, world: &World) -> Result<Option<String>, Box<Why>> {
    if order.action.is_forced() {
        return Ok(None);
    }
    let health = match world.health.of(to) {
        Some(Ok(health)) => health,
        Some(Err(fault)) => return Err(Box::new(Why::EvidenceUnseen { side: to, fault: fault.clone() })),
        None => return Err(unproven(to, "nobody looked", None)),
    };
    let is_well = health.state == HealthState::Healthy;
    if to == Side::Secondary {
        return if is_well { Ok(Some(health.words.clone())) } else { Err(unproven(to, &health.words, None)) };
    }
    let Some(needed) = order.rule.failback.after_healthy_for else {
        return if is_well { Ok(Some(health.words.clone())) } else { Err(unproven(to, &health.words, None)) };
    };
    let since = health.since.filter(|_| is_well).map(|since| since.max(earliest(order, world)));
    let back_at = since.map(|since| needed.after(since));
    match back_at {
        Some(back_at) if back_at <= world.now => {
            Ok(Some(format!("{}, for {needed} and longer", health.words)))
        }
        _ if order.is_by_hand() => Err(unproven(to, &health.words, back_at)),
        _ => Err(Box::new(Why::NotYet { since, back_at, words: health.words.clone() })),
    }
}

/// From when on the primary's health counts: what was seen before a fail-over did not keep it from being needed. A person
/// may know better.
fn earliest(order: &Order<'_>, world: &World) -> Timestamp {
    let last = world.recall.memory().and_then(Memory::last);
    let last = last.filter(|last| last.to == Side::Secondary && !order.is_by_hand());
    last.map_or(Timestamp::MIN, |last| last.at)
}

fn unproven(side: Side, words: &str, earliest: Option<Timestamp>) -> Box<Why> {
    Box::new(Why::Unproven { side, words: words.to_owned(), earliest })
}

/// Whether a side was seen to be healthy.
pub(super) fn is_well(side: Side, world: &World) -> bool {
    matches!(world.health.of(side), Some(Ok(health)) if health.state == HealthState::Healthy)
}

/// Notes a fail-over that must wait, unless it is noted already.
pub(super) fn put_off(order: &Order<'_>, world: &World, until: Timestamp) -> Plan<Step, Why> {
    let memory = world.recall.memory().cloned().unwrap_or_default();
    let why = Why::HoldDown { until, kept: true };
    if memory.pending.as_ref().is_some_and(|pending| pending.not_before == until) {
        return Plan::Hold { why };
    }
    let pending = Some(Pending::new(&order.id, &order.origin, until));
    Plan::Act { steps: vec![Step::Note { memory: Memory { pending, ..memory }, what: Noted::PutOff }], why }
}

/// Forgets a fail-over that had to wait, and says why it is not needed.
pub(super) fn forget_put_off(world: &World, why: Why) -> Plan<Step, Why> {
    let memory = world.recall.memory().cloned().unwrap_or_default();
    let steps = vec![Step::Note { memory: Memory { pending: None, ..memory }, what: Noted::NotNeeded }];
    Plan::Act { steps, why }
}

/// Forgets that the records were to follow: they have, or need not any more.
pub(super) fn followed(side: Side, world: &World) -> Plan<Step, Why> {
    let is_due = |memory: &Memory| memory.unfinished.is_some() || memory.begun.is_some();
    note_where(world, is_due, Noted::Followed, |memory| *memory = ended_at(side, memory))
}

/// Forgets a move that was begun: traffic is at neither side, so it was not made, and is in the way of what else is due.
pub(super) fn begun_in_vain(world: &World) -> Plan<Step, Why> {
    note_where(world, |memory| memory.begun.is_some(), Noted::InVain, |memory| memory.begun = None)
}

/// What is remembered when names and records are at a side: also a move there that nobody came to note.
pub(super) fn ended_at(side: Side, memory: &Memory) -> Memory {
    let memory = memory.clone();
    let memory = match memory.begun.clone().filter(|begun| begun.to == side) {
        Some(begun) => memory.with(begun),
        None => memory,
    };
    Memory { unfinished: None, begun: None, ..memory }
}

/// Notes that traffic is back although nothing here has brought it there, so that nobody looks for the way back.
pub(super) fn returned(world: &World) -> Plan<Step, Why> {
    note_where(world, |memory| !memory.returned, Noted::Returned, |memory| memory.returned = true)
}

/// Tells what is in the way of a look every minute once, and not every minute.
pub(super) fn told_once(
    order: &Order<'_>,
    world: &World,
    why: Box<Why>,
) -> Result<Plan<Step, Why>, Box<Why>> {
    if !why.is_refusal() {
        return Err(why);
    }
    match telling(order, world.recall.memory(), why.code()) {
        Telling::Aloud => Err(why),
        Telling::Once(step) => Ok(Plan::Act { steps: vec![*step], why: *why }),
        Telling::Told => Ok(Plan::Hold { why: *why }),
    }
}

/// How a refusal is told.
#[derive(Debug, PartialEq, Eq)]
pub enum Telling {
    /// Each time: somebody has asked, or nobody remembers.
    Aloud,
    /// This once, which the step notes.
    Once(Box<Step>),
    /// It was told.
    Told,
}

/// How a refusal is told that has this code, be it the plan's or AWS's.
#[must_use]
pub fn telling(order: &Order<'_>, memory: Option<&Memory>, code: &str) -> Telling {
    let is_only_a_look = order.action == Failover::Reconcile && !order.is_by_hand();
    match memory.filter(|_| is_only_a_look) {
        None => Telling::Aloud,
        Some(memory) if memory.told.as_deref() == Some(code) => Telling::Told,
        Some(memory) => {
            let memory = Memory { told: Some(code.to_owned()), ..memory.clone() };
            Telling::Once(Box::new(Step::Note { memory, what: Noted::Told }))
        }
    }
}

fn note_where(
    world: &World,
    is_so: impl Fn(&Memory) -> bool,
    what: Noted,
    change: impl Fn(&mut Memory),
) -> Plan<Step, Why> {
    let Some(memory) = world.recall.memory().filter(|memory| is_so(memory)) else {
        return Plan::Hold { why: Why::InOrder };
    };
    let mut memory = memory.clone();
    change(&mut memory);
    Plan::Act { steps: vec![Step::Note { memory, what }], why: Why::InOrder }
}

/// The same origin, as if a person had given the order.
pub(super) fn by_hand(origin: &Origin) -> Origin {
    Origin { source: Source::Operator, ..origin.clone() }
}
