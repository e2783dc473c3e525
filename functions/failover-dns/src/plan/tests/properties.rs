//! What must hold for any records.

use proptest::prelude::*;
use shared::kinds::dns::{Dns, Failover, RecordType, Side};
use shared::plan::Plan;

use crate::examples::*;
use crate::fake::{aliased, simple};
use crate::order::Order;
use crate::plan::{Step, leads, plan};
use crate::world::{Alias, Cidr, Found, GeoLocation, Leads, Memory, Place, Recall, RecordSet, World};

/// Whatever else a set may have that is nobody's business here.
fn dressed(set: RecordSet) -> impl Strategy<Value = RecordSet> {
    let health_check = proptest::option::of("[0-9a-f]{8}-[0-9a-f]{4}");
    let place = proptest::option::of("[A-Z]{2}");
    (health_check, place, any::<bool>(), 1..86_400_i64, proptest::bool::ANY).prop_map(
        move |(health_check, country, cidr, ttl, upper)| {
            let mut set = RecordSet { health_check, ..set.clone() };
            set.geo_location =
                country.map(|country| GeoLocation { country: Some(country), ..GeoLocation::default() });
            set.cidr = cidr.then(|| Cidr { collection: "c".to_owned(), location: "l".to_owned() });
            set.ttl = set.ttl.map(|_| ttl);
            if upper {
                set.name = set.name.to_uppercase();
            }
            set
        },
    )
}

fn weighted_sets() -> impl Strategy<Value = Vec<Vec<RecordSet>>> {
    let weight = prop_oneof![Just(0_i64), Just(1), 2..=255_i64];
    let of = |kind: RecordType| {
        (weight.clone(), weight.clone(), proptest::option::of(weight.clone())).prop_flat_map(
            move |(primary, secondary, third)| {
                let mut sets = pair(kind, primary, secondary);
                // Somebody else's set of the same name.
                sets.extend(third.map(|weight| RecordSet {
                    set_identifier: Some("red".to_owned()),
                    weight: Some(weight),
                    ..sets[0].clone()
                }));
                sets.into_iter().map(dressed).collect::<Vec<_>>()
            },
        )
    };
    (of(RecordType::A), of(RecordType::Aaaa)).prop_map(|(a, aaaa)| vec![a, aaaa])
}

fn simple_sets() -> impl Strategy<Value = Vec<Vec<RecordSet>>> {
    let values = prop_oneof![
        Just(vec!["192.0.2.1"]),
        Just(vec!["192.0.2.2"]),
        Just(vec!["192.0.2.7", "192.0.2.8"]),
        Just(vec![])
    ];
    let set = values.prop_flat_map(|values| {
        let plain = simple("www.example.com", RecordType::A, &values);
        let set = if values.is_empty() {
            let set = aliased(plain, "Z35SXDOTRQ7X7K", "lb.example.com");
            let alias = set.alias.clone().map(|alias| Alias { evaluate_target_health: true, ..alias });
            RecordSet { alias, ..set }
        } else {
            plain
        };
        dressed(set)
    });
    set.prop_map(|set| vec![vec![set]])
}

/// Carries out a plan in a model, each step twice: what there is then, what is remembered, and how many changes it took.
fn carried_out(order: &Order<'_>, world: &World) -> (World, usize) {
    let mut next = world.clone();
    let Plan::Act { steps, .. } = plan(order, world) else { return (next, 0) };
    let changes = steps.iter().filter(|step| step.moves()).count();
    for step in steps.into_iter().flat_map(|step| [step.clone(), step]) {
        match step {
            Step::ChangeRecords { after, .. } => {
                let Ok(Place::Records(found)) = &mut next.place else { panic!() };
                for set in found.iter_mut().flat_map(|found| &mut found.sets) {
                    if let Some(new) = after.iter().find(|new| new.is_same_set(set)) {
                        *set = new.clone();
                    }
                }
            }
            Step::Save(memory) | Step::Note { memory, .. } => next.recall = Recall::Known(memory),
            other => panic!("{other:?}"),
        }
    }
    (next, changes)
}

fn sets(world: &World) -> Vec<RecordSet> {
    let Ok(Place::Records(found)) = &world.place else { panic!() };
    found.iter().flat_map(|found: &Found| found.sets.clone()).collect()
}

/// The set without what a strategy may change.
fn rest(set: &RecordSet, by_weight: bool) -> RecordSet {
    if by_weight {
        RecordSet { weight: None, ..set.clone() }
    } else {
        RecordSet { values: Vec::new(), alias: None, ttl: None, ..set.clone() }
    }
}

/// There and back.
fn there_and_back(rule: &Dns, place: Place, by_weight: bool) -> Result<(), TestCaseError> {
    let (over, back) = (by_hand(rule, "fail-over"), by_hand(rule, "fail-back"));
    let start = world(place);
    let led = leads(&over, &start);
    let (there, changes) = carried_out(&over, &start);
    prop_assert!(changes <= 1, "one change for all records");
    prop_assert_eq!(leads(&over, &there), Some(Leads::To(Side::Secondary)));
    prop_assert!(matches!(plan(&over, &there), Plan::Hold { .. }), "a plan after its own effects holds");
    for (was, is) in sets(&start).iter().zip(&sets(&there)) {
        prop_assert_eq!(rest(was, by_weight), rest(is, by_weight), "nothing else changes");
    }
    if by_weight {
        let weights = |identifier| {
            let sets = sets(&there).into_iter();
            sets.filter(move |set| set.set_identifier.as_deref() == Some(identifier)).map(|set| set.weight)
        };
        prop_assert!(weights("blue").all(|weight| weight == Some(0)));
        prop_assert!(weights("green").all(|weight| weight > Some(0)), "never both sides at zero");
    }
    let (again, changes) = carried_out(&back, &there);
    prop_assert!(changes <= 1);
    prop_assert!(matches!(plan(&back, &again), Plan::Hold { .. }), "a plan after its own effects holds");
    let arrived = leads(&back, &again);
    if led == Some(Leads::To(Side::Primary)) {
        prop_assert_eq!(sets(&again), sets(&start), "every record is exactly what it was");
    }
    if by_weight {
        prop_assert_eq!(arrived, Some(Leads::To(Side::Primary)));
    }
    for (was, is) in sets(&start).iter().zip(&sets(&again)) {
        prop_assert_eq!(rest(was, by_weight), rest(is, by_weight), "nothing else changes");
    }
    Ok(())
}

proptest! {
    #[test]
    fn weights_go_there_and_come_back(sets in weighted_sets()) {
        let rule = weights("");
        let place = Place::Records(found(&rule, sets));
        there_and_back(&rule, place, true)?;
    }

    #[test]
    fn answers_go_there_and_come_back(sets in simple_sets()) {
        let rule = targets("");
        let place = Place::Records(found(&rule, sets));
        there_and_back(&rule, place, false)?;
    }

    /// What comes by itself moves nothing that its guards do not let pass, whatever is remembered.
    #[test]
    fn no_alarm_moves_more_often_than_it_may(minutes in proptest::collection::vec((1..3_000_i64, any::<bool>()), 0..12)) {
        let rule = weights("");
        let mut moves: Vec<_> = minutes.into_iter().map(|(minutes, by_hand)| moved(Side::Primary, minutes, by_hand)).collect();
        moves.sort_by_key(|one| one.at);
        let memory = Memory { moves, ..Memory::default() };
        let world = World { recall: Recall::Known(memory.clone()), ..world(weighted_place(&rule, 100, 0)) };
        if let Plan::Act { steps, .. } = plan(&alarmed(&rule), &world)
            && steps.iter().any(Step::moves)
        {
            prop_assert!(memory.moves_by_itself(now()) < 4);
            prop_assert!(memory.last().is_none_or(|last| last.at < ago(1) && rule.hold_down.after(last.at) <= now()));
        }
    }

    /// An operator is never held up by what holds up alarms.
    #[test]
    fn a_person_is_only_asked_for_evidence(minutes in proptest::collection::vec(0..3_000_i64, 0..12), force: bool) {
        let rule = weights("");
        let moves = minutes.into_iter().map(|minutes| moved(Side::Primary, minutes, false)).collect();
        let world = World { recall: Recall::Known(remembered(moves)), ..world(weighted_place(&rule, 100, 0)) };
        let order = by_hand(&rule, "fail-over").to(Failover::Over { force });
        let is_act = matches!(plan(&order, &world), Plan::Act { .. });
        prop_assert!(is_act);
    }
}
