//! The decision: whether traffic moves, and how. Pure; the world and the time are arguments.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod guards;
mod led;
mod place;
mod reconcile;
mod step;
mod targets;
mod way;
mod weights;
mod why;

use shared::kinds::dns::{Failover, How, Side, Strategy};
use shared::plan::Plan;

pub use self::guards::{Telling, telling};
pub use self::led::{aliases, would_follow};
pub use self::place::names_of;
use self::reconcile::reconcile;
pub use self::reconcile::{Due, due_by};
pub use self::step::{Noted, Step, answer};
pub use self::why::{Place as StatusPlace, Why};
use crate::order::Order;
use crate::world::{Leads, Memory, Move, Object, Place, World};

/// Decides about one order.
///
/// | order | acted | held | refused | waits |
/// | --- | --- | --- | --- | --- |
/// | `fail-over` | `failed-over`, `name-moved`, `record-pointed` | `already-there`, `deploying`, `hold-down` | `standby-unproven`, `alarm-before-move`, `moves-used-up`, `record-missing`, `record-unfit`, `distribution-unfit` | `evidence-unseen`, the place cannot be seen |
/// | `fail-back` | `failed-back`, `name-moved`, `record-pointed` | `already-there`, `deploying`, `not-yet`, `hold-down` | `primary-unproven`, `failback-manual`, `moved-by-hand`, `nothing-saved`, `ledger-unset`, the same | the same, `ledger-unavailable` |
/// | `status` | | `status` | | |
/// | `drill` | | `drill-passed`, `already-there` | `drill-not-allowed`, what a fail-over would be refused with | the same, nobody saw who has the names, or the records |
/// | `reconcile` | whatever is to be ended or taken back | `in-order`, `not-yet`, `deploying`, `hold-down` | as those | as those |
///
/// The guards of what comes by itself (hold-down, moves a day, an alarm of before the last move) do not keep a person from
/// anything; evidence does, unless the order is forced.
pub fn plan(order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    let plan = match order.action {
        Failover::Over { .. } => toward(Side::Secondary, order, world),
        Failover::Back { .. } => toward(Side::Primary, order, world),
        Failover::Status => Ok(Plan::Hold { why: Why::Status(where_it_is(order, world)) }),
        Failover::Drill => drill(order, world),
        Failover::Reconcile => reconcile(order, world).or_else(|why| guards::told_once(order, world, why)),
    };
    plan.unwrap_or_else(|why| against(*why))
}

/// The plan for an order that something is in the way of.
fn against(why: Why) -> Plan<Step, Why> {
    if matches!(why, Why::HoldDown { .. } | Why::NotYet { .. } | Why::Deploying { .. }) {
        Plan::Hold { why }
    } else if why.passes() {
        Plan::Wait { why }
    } else {
        Plan::Refuse { why }
    }
}

type Decision = Result<Plan<Step, Why>, Box<Why>>;

/// Moves traffic to a side, if it is not there and nothing is in the way.
fn toward(to: Side, order: &Order<'_>, world: &World) -> Decision {
    let place = seen(world)?;
    let memory = world.recall.memory();
    let leads = place::leads(order.rule, place, memory)?;
    match leads {
        Leads::To(side) if side == to => return Ok(already_there(side, order, world)),
        Leads::Toward(side) if side == to => {
            guards::can_restore(to, order, world)?;
            return follow(to, world, place);
        }
        Leads::To(_) | Leads::Toward(_) | Leads::Astray | Leads::Unasked => {}
    }
    // What was done and taken back is not done again because its message comes again.
    if let Some(at) = memory.and_then(|memory| memory.made_by(&order.id, to)) {
        return Ok(Plan::Hold { why: Why::AlreadyDone { at } });
    }
    if let Err(why) = guards::by_itself(to, leads, order, world) {
        // So that it is done when the time is over, although nobody says it again.
        if let (Why::HoldDown { until, .. }, Side::Secondary, Some(_)) = (&*why, to, memory) {
            return Ok(guards::put_off(order, world, *until));
        }
        return Err(why);
    }
    let proof = guards::proof(to, order, world)?;
    let way = way::way(order.rule, place, to, memory, order.action.is_forced())?;
    let why = if place::must_follow(place, to) { Why::NameMoved { to } } else { Why::Moved { to, proof } };
    Ok(act(noted(way, to, leads, order, world), why))
}

/// Holds what is there; and makes good that the same order was not noted when it has moved it.
fn already_there(side: Side, order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    let memory = world.recall.memory();
    let unnoted = memory.and_then(|memory| Some((memory, unnoted(side, memory, order, world)?)));
    if let Some((memory, made)) = unnoted {
        let step = Step::Note { memory: memory.clone().with(made), what: Noted::Move };
        return Plan::Act { steps: vec![step], why: Why::MadeBefore { to: side } };
    }
    let last = memory.and_then(Memory::last).filter(|last| last.to == side);
    Plan::Hold { why: Why::AlreadyThere { side, since: last.map(|last| last.at) } }
}

/// The move of an earlier delivery of this order that nobody came to note: begun, and found made; or the object there bears
/// it.
fn unnoted(side: Side, memory: &Memory, order: &Order<'_>, world: &World) -> Option<Move> {
    let begun = memory.begun.as_ref().filter(|begun| begun.to == side && begun.command == order.id);
    if begun.is_some() {
        return begun.cloned();
    }
    let put_by = |object: &Object| matches!(object, Object::PutBy(owner) if *owner == order.owner());
    let is_own = matches!(&world.place, Ok(Place::Object(Some(object))) if put_by(object));
    if !is_own || memory.made_by(&order.id, side).is_some() {
        return None;
    }
    Some(Move {
        at: world.now,
        to: side,
        command: order.id.clone(),
        by_hand: order.is_by_hand(),
        unsure: false,
    })
}

/// Puts what is noted around the steps that move traffic; without a ledger there is nothing to note it in.
fn noted(way: way::Way, to: Side, leads: Leads, order: &Order<'_>, world: &World) -> Vec<Step> {
    let Some(memory) = world.recall.memory() else { return way.steps };
    if way.steps.is_empty() {
        return way.steps;
    }
    let mut memory = memory.clone();
    let mut steps = Vec::new();
    let by_hand = order.is_by_hand();
    // To set the controls needs no look, and does not tell whether it changed anything.
    let is_told = !matches!(order.rule.strategy, Strategy::RoutingControl { .. });
    let unsure = to == Side::Secondary && !by_hand && !is_told && leads != Leads::To(Side::Primary);
    // Who carries the order again knows what was seen when it was begun.
    let begun = memory.begun.as_ref().filter(|begun| begun.command == order.id && begun.to == to);
    let unsure = begun.map_or(unsure, |begun| begun.unsure);
    let last = Move { at: world.now, to, command: order.id.clone(), by_hand, unsure };
    // Who finds traffic astray knows no better way back than the one that is saved.
    let is_back = memory.last().is_some_and(|last| last.to == Side::Primary);
    let is_known = memory.before.is_none() || leads == Leads::To(Side::Primary) || is_back;
    if to == Side::Secondary && way.before.is_some() {
        if is_known {
            memory.before = way.before;
        }
        memory.begun = Some(last.clone());
        steps.push(Step::Save(memory.clone()));
    } else if is_begun_first(to, order) {
        memory.begun = Some(last.clone());
        steps.push(Step::Note { memory: memory.clone(), what: Noted::Begun });
    }
    let mut memory = memory.with(last);
    let must_follow = world.place.as_ref().is_ok_and(|place| place::must_follow(place, to));
    memory.unfinished = must_follow.then_some(to);
    steps.extend(way.steps);
    steps.push(Step::Note { memory, what: Noted::Move });
    steps
}

/// Whether a move is noted before it is made, although nothing is to be saved: so that the second stage is left to the
/// next look where somebody dies in between, and that a redelivery knows its own move when it sees the controls.
fn is_begun_first(to: Side, order: &Order<'_>) -> bool {
    match order.rule.strategy {
        Strategy::DistributionDomain(_) => true,
        Strategy::RoutingControl { .. } => to == Side::Secondary && looks_meanwhile(order),
        Strategy::RecordWeights(_)
        | Strategy::RecordTargets(_)
        | Strategy::HealthCheck(_)
        | Strategy::StandbyObject(_) => false,
    }
}

/// Whether it counts who has moved traffic, where the move itself does not tell: then it is looked at while the evidence
/// is.
#[must_use]
pub fn looks_meanwhile(order: &Order<'_>) -> bool {
    let is_untold = matches!(order.rule.strategy, Strategy::RoutingControl { .. });
    is_untold && order.rule.failback.how == How::Automatic && !order.is_by_hand()
}

/// The second stage: the names are there, and the records follow as soon as the distribution is deployed.
fn follow(to: Side, world: &World, place: &Place) -> Decision {
    let Place::Domain { distributions, .. } = place else { return Ok(Plan::Hold { why: Why::InOrder }) };
    if !distributions.of(to).deployed {
        return Err(Box::new(Why::Deploying { to }));
    }
    let memory = world.recall.memory();
    let mut steps = way::follow(place, to, memory)?;
    if let (Some(memory), false) = (memory, steps.is_empty()) {
        steps.push(Step::Note { memory: guards::ended_at(to, memory), what: Noted::Followed });
    }
    Ok(act(steps, Why::RecordPointed { to }))
}

fn act(steps: Vec<Step>, why: Why) -> Plan<Step, Why> {
    if steps.iter().any(Step::moves) { Plan::Act { steps, why } } else { Plan::Hold { why: Why::InOrder } }
}

/// Everything of a fail-over but the change.
fn drill(order: &Order<'_>, world: &World) -> Decision {
    if !order.rule.may_drill {
        return Err(Box::new(Why::DrillNotAllowed));
    }
    if let Ok(Some((side, what))) = &world.obstacle {
        let why = Why::DistributionUnfit { side: *side, what: what.clone() };
        return Err(Box::new(Why::DrillFailed(Box::new(why))));
    }
    let unled = would_follow(order, world).err();
    if let Some(why) = unled.clone().filter(|why| why.unseen().is_none()) {
        return Err(Box::new(Why::DrillFailed(why)));
    }
    // What a person could do now: hold-down and the day's moves pass, what the drill looks for does not.
    let by_hand =
        Order { origin: guards::by_hand(&order.origin), ..order.to(Failover::Over { force: false }) };
    match plan(&by_hand, world) {
        Plan::Act { .. } => {
            if let Err(fault) = &world.obstacle {
                return Err(Box::new(Why::DrillFailed(Box::new(Why::NamesUnseen(fault.clone())))));
            }
            if let Some(why) = unled {
                return Err(Box::new(Why::DrillFailed(why)));
            }
            let proof = guards::proof(Side::Secondary, &by_hand, world)?;
            Ok(Plan::Hold { why: Why::DrillPassed { proof: proof.unwrap_or_default() } })
        }
        Plan::Hold { why } => Ok(Plan::Hold { why }),
        Plan::Refuse { why } | Plan::Wait { why } => Err(Box::new(Why::DrillFailed(Box::new(why)))),
    }
}

fn where_it_is(order: &Order<'_>, world: &World) -> StatusPlace {
    match seen(world).and_then(|place| place::leads(order.rule, place, world.recall.memory())) {
        Ok(Leads::To(side)) => StatusPlace::At(side),
        Ok(Leads::Toward(_) | Leads::Astray) => StatusPlace::Between,
        Ok(Leads::Unasked) | Err(_) => StatusPlace::Unseen,
    }
}

/// Where a target leads, for reports; `None` where it cannot be told.
#[must_use]
pub fn leads(order: &Order<'_>, world: &World) -> Option<Leads> {
    place::leads(order.rule, world.place.as_ref().ok()?, world.recall.memory()).ok()
}

/// How long resolvers keep what the records say now, in seconds: where no move reads them, what the playbook says.
#[must_use]
pub fn ttl(order: &Order<'_>, world: &World) -> i64 {
    world.place.as_ref().map_or(order.rule.ttl.as_secs(), |place| place::ttl(order.rule, place))
}

fn seen(world: &World) -> Result<&Place, Box<Why>> {
    world.place.as_ref().map_err(|fault| Box::new(Why::PlaceUnseen(fault.clone())))
}

#[cfg(test)]
mod tests;
