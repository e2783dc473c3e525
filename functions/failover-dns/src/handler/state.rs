//! What there is, for reports.

use serde_json::{Map, Value, json};
use shared::kinds::dns::{Failover, Record, Side};
use shared::plan::{Plan, Step as _, Why as _};
use shared::report::{Verdict, put_values};
use shell::config::Chain;

use crate::order::Order;
use crate::plan::{Step, Why, answer, leads, plan, would_follow};
use crate::world::{
    Distribution, Fault, Health, HealthState, Leads, Object, Place, Recall, RecordSet, World,
};

/// Where a target leads, and what of it would be changed: whole, so that it can be put back by hand.
pub(super) fn place(order: &Order<'_>, world: &World) -> Value {
    let mut said = object(json!({"at": at(order, world)}));
    match &world.place {
        Ok(Place::Records(found) | Place::Domain { records: found, .. }) => {
            let sets = found.iter().flat_map(|found| &found.sets).map(|set| json!(set));
            put_values(&mut said, "records", sets);
        }
        Ok(Place::Check(check)) => {
            said.insert("disabled".to_owned(), json!(check.disabled));
            said.insert("inverted".to_owned(), json!(check.inverted));
        }
        Ok(Place::Object(_) | Place::Controls(_)) => {}
        Err(fault) => {
            said.insert("unseen".to_owned(), json!(Chain(fault).to_string()));
        }
    }
    if let Ok(Place::Domain { distributions, .. }) = &world.place {
        for side in Side::ALL {
            let of = distributions.of(side);
            said.insert(side.as_str().to_owned(), seen(of));
        }
    }
    Value::Object(said)
}

fn at(order: &Order<'_>, world: &World) -> &'static str {
    match leads(order, world) {
        Some(Leads::To(side)) => side.as_str(),
        Some(Leads::Toward(_) | Leads::Astray) => "between",
        Some(Leads::Unasked) => "not-asked",
        None => "unknown",
    }
}

/// The answer to `status`: where it leads, how healthy both sides are, and what a fail-over would do now.
pub(super) fn state(order: &Order<'_>, world: &World) -> Value {
    let mut state = object(json!({"at": at(order, world), "strategy": order.rule.strategy.as_str()}));
    if let Some(sets) = records(order, world) {
        let sets = sets.into_iter().map(|set| {
            let mut said = object(json!({"name": set.name, "type": set.kind, "answer": answer(set)}));
            let further = [
                ("set_identifier", json!(set.set_identifier)),
                ("failover", json!(set.failover)),
                ("weight", json!(set.weight)),
                ("ttl", json!(set.ttl)),
                ("health_check", json!(set.health_check)),
            ];
            said.extend(
                further
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.to_owned(), value)),
            );
            Value::Object(said)
        });
        put_values(&mut state, "records", sets);
    }
    state.extend(means(world));
    let evidence = |side: Side| world.health.of(side).as_ref().map(|seen| health(order, world, seen));
    state.insert(
        "evidence".to_owned(),
        json!({"primary": evidence(Side::Primary), "secondary": evidence(Side::Secondary)}),
    );
    match would_follow(order, world) {
        Err(why) if why.unseen().is_some() => {
            state.insert("records_unseen".to_owned(), json!(why.to_string()))
        }
        Err(why) => state.insert("records_unfit".to_owned(), json!(why.to_string())),
        Ok(()) => None,
    };
    if let Err(fault) = &world.obstacle {
        state.insert("names_unseen".to_owned(), json!(Chain(fault).to_string()));
    }
    if let Recall::Silent(words) = &world.recall {
        state.insert("ledger_unseen".to_owned(), json!(words));
    }
    if let Some(memory) = world.recall.memory() {
        if let Some(pending) = &memory.pending {
            state.insert("put_off_until".to_owned(), json!(format!("{:.0}", pending.not_before)));
        }
        if let Some(last) = memory.last() {
            let moved = json!({"to": last.to, "at": format!("{:.0}", last.at), "by_hand": last.by_hand, "command": last.command});
            let mut moved = object(moved);
            if last.unsure {
                moved.insert("unsure".to_owned(), json!(true));
            }
            state.insert("last_move".to_owned(), Value::Object(moved));
        }
        let moves =
            json!({"in_24_hours": memory.moves_by_itself(world.now), "at_most": order.rule.max_moves_a_day});
        state.insert("moves_by_itself".to_owned(), moves);
    }
    let over = plan(&order.to(Failover::Over { force: false }), world);
    let mut would = object(
        json!({"verdict": verdict_of(&over), "code": over.why().code(), "text": over.why().to_string()}),
    );
    if let Plan::Act { steps, why } = &over {
        would.insert("text".to_owned(), json!(format!("if carried out: {why}")));
        let steps = steps.iter().map(|step| {
            let mut said = object(json!({"step": step.name()}));
            said.extend(step.details());
            Value::Object(said)
        });
        would.insert("steps".to_owned(), json!(steps.collect::<Vec<_>>()));
    }
    state.insert("fail_over".to_owned(), Value::Object(would));
    Value::Object(state)
}

/// The sets of a target's records, also where something else is changed that they follow.
fn records<'w>(order: &Order<'_>, world: &'w World) -> Option<Vec<&'w RecordSet>> {
    let is_named = |set: &&RecordSet| {
        order.rule.records.iter().any(|record: &Record| set.is_of(&record.name, record.kind))
    };
    match (&world.place, &world.records) {
        (Ok(Place::Records(found) | Place::Domain { records: found, .. }), _) => {
            Some(found.iter().flat_map(|found| &found.sets).collect())
        }
        (_, Some(Ok(sets))) => Some(sets.iter().filter(is_named).collect()),
        _ => None,
    }
}

/// What else than records shows where traffic goes.
fn means(world: &World) -> Map<String, Value> {
    let said = match &world.place {
        Ok(Place::Check(check)) => json!({"disabled": check.disabled, "inverted": check.inverted}),
        Ok(Place::Object(Some(found))) => match found {
            Object::Absent => json!({"object_is_there": false}),
            Object::Unmarked => json!({"object_is_there": true}),
            Object::PutBy(owner) => json!({"object_is_there": true, "object_put_by": owner.order}),
        },
        Ok(Place::Controls(Some(on))) => {
            json!({"controls_on": {"primary": on.primary, "secondary": on.secondary}})
        }
        Ok(Place::Domain { distributions, .. }) => {
            json!({"distributions": {"primary": seen(&distributions.primary), "secondary": seen(&distributions.secondary)}})
        }
        Ok(Place::Records(_) | Place::Object(None) | Place::Controls(None)) => json!({}),
        Err(fault) => json!({"unseen": Chain(fault).to_string()}),
    };
    object(said)
}

fn seen(distribution: &Distribution) -> Value {
    json!({"domain": distribution.domain, "names": distribution.names, "deployed": distribution.deployed})
}

fn verdict_of(plan: &Plan<Step, Why>) -> Verdict {
    match plan {
        Plan::Act { .. } => Verdict::Planned,
        Plan::Hold { .. } => Verdict::Held,
        Plan::Refuse { .. } => Verdict::Refused,
        Plan::Wait { .. } => Verdict::Failed,
    }
}

fn health(order: &Order<'_>, world: &World, seen: &Result<Health, Fault>) -> Value {
    match seen {
        Ok(health) => {
            let state = match health.state {
                HealthState::Healthy => "healthy",
                HealthState::Unhealthy => "unhealthy",
                HealthState::Unknown => "unknown",
            };
            let mut said = object(json!({"state": state, "text": health.words}));
            if let Some(since) = health.since {
                // Nobody looked further back than that.
                let asked = order.rule.failback.after_healthy_for.map(|period| period.before(world.now));
                let or_earlier = if asked.is_some_and(|asked| since <= asked) { " or earlier" } else { "" };
                said.insert("since".to_owned(), json!(format!("{since:.0}{or_earlier}")));
            }
            Value::Object(said)
        }
        Err(fault) => json!({"state": "unseen", "text": Chain(fault).to_string()}),
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(map) = value { map } else { Map::new() }
}
