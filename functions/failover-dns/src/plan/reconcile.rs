//! What the look of every minute does: what is next of a move, a fail-over that was put off, and the way back.

use jiff::Timestamp;
use shared::kinds::dns::{Failover, How, Side, Strategy};
use shared::plan::Plan;

use super::step::Step;
use super::why::Why;
use super::{Decision, act, already_there, follow, guards, noted, place, seen, toward, way};
use crate::order::Order;
use crate::world::{Leads, Memory, Place, World};

/// What is next without anybody's order: the second stage, a fail-over that was put off, or the way back.
pub(super) fn reconcile(order: &Order<'_>, world: &World) -> Decision {
    let Some(due) = due_by(order, world.recall.memory(), world.now) else {
        return Ok(Plan::Hold { why: Why::InOrder });
    };
    match due {
        Due::Follow => {
            let place = seen(world)?;
            match place::leads(order.rule, place, world.recall.memory())? {
                // Without a ledger nobody knows whether they were left there, or led elsewhere on purpose.
                Leads::Toward(to) if world.recall.memory().is_none() && !place::were_left(place, to) => {
                    Ok(Plan::Hold { why: Why::InOrder })
                }
                Leads::Toward(to) => follow(to, world, place),
                Leads::To(side) => Ok(guards::followed(side, world)),
                Leads::Astray => resume(order, world, place),
                Leads::Unasked => Ok(Plan::Hold { why: Why::InOrder }),
            }
        }
        Due::Over => {
            let is_well = guards::is_well(Side::Primary, world);
            // Somebody else may have moved it meanwhile, or an earlier delivery of this very look.
            match place::leads(order.rule, seen(world)?, world.recall.memory()) {
                Ok(Leads::To(Side::Secondary)) => return Ok(over_already(order, world)),
                Ok(Leads::Toward(Side::Secondary)) if is_well => return Ok(over_already(order, world)),
                Ok(_) | Err(_) => {}
            }
            if is_well {
                return Ok(guards::forget_put_off(world, Why::PutOffNoLonger));
            }
            if let Some(Err(fault)) = world.health.of(Side::Primary)
                && fault.is_transient()
            {
                // Nobody knows whether it is still needed; the next look may.
                return Err(Box::new(Why::EvidenceUnseen { side: Side::Primary, fault: fault.clone() }));
            }
            toward(Side::Secondary, &order.to(Failover::Over { force: false }), world)
        }
        Due::Back => {
            // It may have been moved by hand meanwhile, and not by this function.
            match place::leads(order.rule, seen(world)?, world.recall.memory())? {
                Leads::To(Side::Secondary) => {
                    toward(Side::Primary, &order.to(Failover::Back { force: false }), world)
                }
                Leads::To(Side::Primary) => Ok(guards::returned(world)),
                Leads::Toward(_) | Leads::Astray | Leads::Unasked => Ok(Plan::Hold { why: Why::InOrder }),
            }
        }
    }
}

/// Forgets a fail-over that was put off, as traffic goes there already; or notes it, where it was this look that made it.
fn over_already(order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    match already_there(Side::Secondary, order, world) {
        Plan::Hold { why } => guards::forget_put_off(world, why),
        made @ (Plan::Act { .. } | Plan::Refuse { .. } | Plan::Wait { .. }) => made,
    }
}

/// What may be due for a target although nobody orders it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The records must follow the names.
    Follow,
    /// A fail-over that was put off can be done.
    Over,
    /// The way back may be open.
    Back,
}

/// What may be due, from what is remembered alone: so that a look at nothing costs nothing.
#[must_use]
pub fn due_by(order: &Order<'_>, memory: Option<&Memory>, now: Timestamp) -> Option<Due> {
    let is_staged = matches!(order.rule.strategy, Strategy::DistributionDomain(_));
    let Some(memory) = memory else { return is_staged.then_some(Due::Follow) };
    if memory.unfinished.is_some() || memory.begun.is_some() {
        return Some(Due::Follow);
    }
    if memory.pending.as_ref().is_some_and(|pending| pending.not_before <= now) {
        return Some(Due::Over);
    }
    let last = memory.last()?;
    let goes_back = order.rule.failback.how == How::Automatic && last.to == Side::Secondary && last.is_own();
    let goes_back = goes_back && !memory.returned;
    goes_back.then_some(Due::Back)
}

/// Goes on with names of which some have moved: whoever moved them had passed every guard, and died or was held up.
fn resume(order: &Order<'_>, world: &World, place: &Place) -> Decision {
    let memory = world.recall.memory();
    let Some(begun) = memory.and_then(|memory| memory.begun.as_ref()) else {
        return Ok(Plan::Hold { why: Why::InOrder });
    };
    let way = way::way(order.rule, place, begun.to, memory, order.action.is_forced())?;
    let is_names = way.steps.iter().any(|step| matches!(step, Step::MoveName { .. }));
    if !is_names {
        return Ok(guards::begun_in_vain(world));
    }
    // It stays the move of whoever began it.
    let origin = if begun.by_hand { guards::by_hand(&order.origin) } else { order.origin.clone() };
    let beginner = Order { id: begun.command.clone(), origin, ..order.clone() };
    let steps = noted(way, begun.to, Leads::Astray, &beginner, world);
    Ok(act(steps, Why::NameMoved { to: begun.to }))
}
