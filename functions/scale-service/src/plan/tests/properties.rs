//! What holds whatever the world and the order.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::kinds::service::{Bounds as Limits, OnDrift, Scale, Service};
use shared::plan::Plan;

use super::super::plan;
use crate::examples::{now, order, service, target};
use crate::fake::FakeService;
use crate::memory::{Boost, Boosted, Memory, Parked, Size};
use crate::order::Order;
use crate::plan::Step;
use crate::world::{Bounds, Deployment, Found, Policy, Scaling, ScheduledAction, State, Suspended, World};

const MOST: u32 = 14;

fn a_service() -> impl Strategy<Value = Service> {
    (0..3_u32, 4..12_u32, 1..6_u32, any::<bool>(), any::<bool>()).prop_map(
        |(floor, ceiling, largest_step, takes_over, keeps)| {
            let on_drift = if keeps { OnDrift::Keep } else { OnDrift::Restore };
            let bounds = Limits { floor, ceiling, largest_step };
            let mut service = Service { bounds, takes_over, on_drift, ..service() };
            for profile in service.profiles.values_mut() {
                profile.min = profile.min.clamp(floor, ceiling);
                profile.max = profile.max.clamp(profile.min, ceiling);
                profile.desired = profile.desired.map(|desired| desired.clamp(profile.min, profile.max));
            }
            service
        },
    )
}

fn a_command() -> impl Strategy<Value = Value> {
    let number = || proptest::option::of(0..MOST);
    prop_oneof![
        (number(), number(), number())
            .prop_filter("one at least", |(min, max, desired)| min.or(*max).or(*desired).is_some())
            .prop_filter("in order", |(min, max, desired)| {
                let (least, most) = (min.unwrap_or(0), max.unwrap_or(MOST));
                least <= most && desired.is_none_or(|desired| (least..=most).contains(&desired))
            })
            .prop_map(|(min, max, desired)| {
                let mut set = json!({"action": "set"});
                for (name, number) in [("min", min), ("max", max), ("desired", desired)] {
                    if let Some(number) = number {
                        set[name] = json!(number);
                    }
                }
                set
            }),
        prop_oneof!["day", "night"].prop_map(|name| json!({"action": "profile", "profile": name})),
        (1..9_u32).prop_map(|add| json!({"action": "boost", "add": add, "for": "30m"})),
        (1..300_u32).prop_map(|percent| json!({"action": "boost", "percent": percent, "for": "30m"})),
        Just(json!({"action": "park"})),
        Just(json!({"action": "restore"})),
        prop_oneof!["a", "b", "c"].prop_map(|id| json!({"action": "restore", "of": id})),
    ]
}

fn a_scaling() -> impl Strategy<Value = Scaling> {
    let suspended = prop_oneof![
        Just(Suspended::ALL),
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(dynamic_in, dynamic_out, scheduled)| {
            Suspended { dynamic_in, dynamic_out, scheduled }
        }),
    ];
    (0..MOST, 0..MOST, suspended).prop_map(|(one, other, suspended)| Scaling {
        min: one.min(other),
        max: one.max(other),
        suspended,
    })
}

fn a_size() -> impl Strategy<Value = Size> {
    (0..MOST, proptest::option::of(a_scaling())).prop_map(|(desired, scaling)| Size { desired, scaling })
}

/// What boosts make of a size.
fn raised(base: &Size, by: u32) -> Size {
    let scaling = base.scaling.as_ref().map(|scaling| {
        let min = scaling.min + by;
        Scaling { min, max: scaling.max.max(min), ..scaling.clone() }
    });
    let desired = scaling.as_ref().map_or(base.desired + by, |it| base.desired.clamp(it.min, it.max));
    Size { desired, scaling }
}

fn a_memory() -> impl Strategy<Value = Memory> {
    let until = prop_oneof!["2026-11-21T08:50:00Z", "2026-11-21T09:20:00Z"];
    let boost = (prop_oneof!["a", "b"], 0..MOST, until).prop_map(|(id, floor, until)| Boost {
        id,
        correlation: "c".to_owned(),
        floor,
        until: until.parse().unwrap(),
    });
    prop_oneof![
        Just(Memory::default()),
        (a_size(), a_size(), prop_oneof!["evening", "order"]).prop_map(|(size, found, by)| Memory {
            service: service().resource_id(),
            parked: Some(Parked { size, found, by, at: Timestamp::UNIX_EPOCH }),
            boosted: None,
        }),
        (a_size(), a_size(), 0..MOST, proptest::collection::vec(boost, 1..3)).prop_map(
            |(base, found, raise, boosts)| {
                let left = raised(&base, raise);
                let boosted = Some(Boosted { base, found, left, boosts });
                Memory { service: service().resource_id(), parked: None, boosted }
            }
        ),
    ]
}

fn a_world() -> impl Strategy<Value = World> {
    let deployment =
        prop_oneof![Just(Deployment::Steady), Just(Deployment::Running), Just(Deployment::Failed)];
    (a_size(), a_memory(), deployment, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(size, memory, deployment, has_policy, has_schedule, is_holiday)| {
            let is_off = size.scaling.as_ref().is_some_and(|scaling| scaling.max == 0);
            let state = State {
                desired: if is_off { 0 } else { size.desired },
                scaling: size.scaling,
                deployment,
                ..FakeService::of(0).state
            };
            let policy = Policy { name: "cpu".to_owned(), what: String::new(), scales_in: true };
            let action = ScheduledAction {
                name: "theirs".to_owned(),
                schedule: "rate(1 day)".to_owned(),
                time_zone: None,
                min: Some(1),
                max: None,
                ends: None,
            };
            World {
                found: Found::Service(state),
                memory,
                policies: Some(has_policy.then_some(policy).into_iter().collect()),
                scheduled: Some(has_schedule.then_some(action).into_iter().collect()),
                holiday: is_holiday.then(|| "2026-12-25".parse().unwrap()),
                now: now(),
            }
        },
    )
}

/// The world after steps, as AWS and the ledger leave it.
fn after(world: &World, steps: &[Step]) -> World {
    let mut world = world.clone();
    let Found::Service(state) = &mut world.found else { return world };
    for step in steps {
        match step {
            Step::SaveSize(memory) | Step::ForgetSize(memory) => world.memory = memory.clone(),
            Step::ScheduleRestore(_) => {}
            Step::SetBounds(Bounds { min, max, suspended }) => {
                let scaling = state.scaling.as_mut().expect("bounds are set where there are some");
                (scaling.min, scaling.max) = (*min, *max);
                scaling.suspended = suspended.unwrap_or(scaling.suspended);
                state.desired = state.desired.clamp(*min, *max);
            }
            Step::SetDesired { desired, toward } => {
                if !toward.is_met(*desired, state.desired) {
                    state.desired = *desired;
                }
            }
        }
    }
    world
}

fn steps(order: &Order<'_>, world: &World) -> Vec<Step> {
    match plan(order, world) {
        Plan::Act { steps, .. } => steps,
        Plan::Hold { .. } | Plan::Refuse { .. } | Plan::Wait { .. } => Vec::new(),
    }
}

fn state(world: &World) -> &State {
    match &world.found {
        Found::Service(state) => state,
        Found::Missing(_) => panic!("it is there"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_leaves_the_bounds_or_takes_more_than_the_largest_step(
        service in a_service(), command in a_command(), world in a_world(),
    ) {
        let order = order(&service, "order", &command);
        let Limits { floor, ceiling, largest_step } = service.bounds;
        let found = state(&world);
        let is_limited = matches!(order.action, Scale::Set(_) | Scale::Profile(_) | Scale::Boost { .. });
        for step in steps(&order, &world) {
            match step {
                _ if order.action == Scale::Park => match step {
                    Step::SetBounds(Bounds { min, max, .. }) => prop_assert_eq!((min, max), (0, 0)),
                    Step::SetDesired { desired, .. } => prop_assert_eq!(desired, 0),
                    _ => {}
                },
                Step::SetBounds(Bounds { min, max, .. }) => {
                    let was = found.scaling.as_ref().expect("there are bounds to set");
                    let limits = floor..=ceiling;
                    prop_assert!(min <= max, "{min} {max}");
                    prop_assert!(min == was.min || limits.contains(&min), "{min}");
                    prop_assert!(max == was.max || limits.contains(&max), "{max}");
                    prop_assert!(!is_limited || min <= was.min.max(found.desired + largest_step), "{min}");
                }
                Step::SetDesired { desired, .. } => {
                    prop_assert!((floor..=ceiling).contains(&desired), "{desired}");
                    prop_assert!(!is_limited || desired.abs_diff(found.desired) <= largest_step, "{desired}");
                }
                Step::SaveSize(_) | Step::ScheduleRestore(_) | Step::ForgetSize(_) => {}
            }
        }
    }

    #[test]
    fn steps_come_in_their_order(service in a_service(), command in a_command(), world in a_world()) {
        let rank = |step: &Step| match step {
            Step::SaveSize(_) => 0,
            Step::ScheduleRestore(_) => 1,
            Step::SetBounds(_) => 2,
            Step::SetDesired { .. } => 3,
            Step::ForgetSize(_) => 4,
        };
        let ranks: Vec<u8> = steps(&order(&service, "order", &command), &world).iter().map(rank).collect();
        prop_assert!(ranks.is_sorted_by(|one, other| one < other), "{ranks:?}");
    }

    /// A boost's own end may be made once more, and a restore finds nothing saved: both under the claim, which is in
    /// the ledger. Everything else holds by what it finds.
    #[test]
    fn a_plan_after_its_own_effects_changes_nothing(
        service in a_service(), command in a_command(), world in a_world(),
    ) {
        let order = order(&service, "order", &command);
        let first = steps(&order, &world);
        if first.is_empty() {
            return Ok(());
        }
        let then = after(&world, &first);
        let again = steps(&order, &then);
        let is_harmless = |step: &Step| matches!(step, Step::ScheduleRestore(_));
        prop_assert!(again.iter().all(is_harmless), "{first:?}, then {again:?}");
        prop_assert_eq!(Size::of(state(&after(&then, &again))), Size::of(state(&then)));
    }

    /// Whichever steps were applied before the process died, the next delivery ends where the first would have.
    #[test]
    fn a_plan_that_died_between_two_steps_ends_where_it_would_have(
        service in a_service(), command in a_command(), world in a_world(), died_after in 0..5_usize,
    ) {
        let order = order(&service, "order", &command);
        let all = steps(&order, &world);
        if died_after >= all.len() {
            return Ok(());
        }
        let whole = after(&world, &all);
        let partly = after(&world, &all[..died_after]);
        let healed = after(&partly, &steps(&order, &partly));
        prop_assert_eq!(Size::of(state(&healed)), Size::of(state(&whole)));
        // Set to nothing, it is taken for parked as it was: what was saved stays.
        let is_at_zero = state(&whole).desired == 0;
        prop_assert!(is_at_zero || healed.memory.is_empty() == whole.memory.is_empty());
    }

    #[test]
    fn park_then_restore_gives_back_the_exact_size_wherever_each_dies(
        found in a_size(), parking_dies in 0..4_usize, restoring_dies in 0..4_usize, restores in any::<bool>(),
        lowered in 1..MOST,
    ) {
        let on_drift = if restores { OnDrift::Restore } else { OnDrift::Keep };
        // Application Auto Scaling keeps a count between its bounds, so that there is no other to give back.
        let between = found.scaling.as_ref().map_or(found.desired, |it| found.desired.clamp(it.min, it.max));
        let found = Size { desired: between, ..found };
        let bounds = Limits { floor: 0, ceiling: MOST, largest_step: 1 };
        let service = Service { bounds, on_drift, ..service() };
        let fake = FakeService::of(found.desired);
        let start = crate::examples::world(FakeService {
            state: State { scaling: found.scaling.clone(), ..fake.state.clone() },
            ..fake
        });
        let park = order(&service, "park", &json!({"action": "park"}));
        let restore = order(&service, "restore", &json!({"action": "restore"}));
        let run = |order: &Order<'_>, world: &World, dies: usize| {
            let all = steps(order, world);
            let partly = after(world, &all[..dies.min(all.len())]);
            let whole = after(&partly, &steps(order, &partly));
            after(&whole, &steps(order, &whole))
        };
        let asleep = run(&park, &start, parking_dies);
        if asleep.memory.is_empty() {
            prop_assert_eq!(found.desired, 0, "there was something to save");
            return Ok(());
        }
        prop_assert_eq!(state(&asleep).desired, 0);
        let awake = run(&restore, &asleep, restoring_dies);
        prop_assert_eq!(Size::of(state(&awake)), found.clone());
        prop_assert!(awake.memory.is_empty());

        // Where the playbook's ceiling is lower by then, it is cut to it, and not taken for somebody else's.
        let service = Service { bounds: Limits { ceiling: lowered, ..bounds }, ..service.clone() };
        let restore = order(&service, "restore", &json!({"action": "restore"}));
        let awake = run(&restore, &asleep, restoring_dies);
        let cut = Size {
            desired: found.desired.min(lowered),
            scaling: found.scaling.map(|it| Scaling {
                min: it.min.min(lowered),
                max: it.max.min(lowered),
                ..it
            }),
        };
        prop_assert_eq!(Size::of(state(&awake)), cut);
    }
}

#[test]
fn a_boosts_schedule_has_a_name_that_scheduler_takes() {
    let longest = shared::ids::TargetName::parse(&"a".repeat(40)).unwrap();
    let boost = Boost { id: "x".repeat(128), correlation: String::new(), floor: 1, until: now() };
    for target in [&target(), &longest] {
        assert!(super::super::boosts::end_of(target, &boost).name.len() <= 64);
    }
}

/// Dynamic scaling was suspended by somebody, scheduled scaling is by the profile: together that looks like parking's.
#[test]
fn a_profile_that_takes_over_a_woken_service_suspends_the_same_wherever_it_dies() {
    let suspended = Suspended { dynamic_in: true, dynamic_out: true, scheduled: false };
    let size = Size { desired: 0, scaling: None };
    let parked = Parked { size: size.clone(), found: size, by: "evening".to_owned(), at: now() };
    let action = ScheduledAction {
        name: "theirs".to_owned(),
        schedule: "rate(1 day)".to_owned(),
        time_zone: None,
        min: Some(1),
        max: None,
        ends: None,
    };
    let world = World {
        found: Found::Service(State {
            scaling: Some(Scaling { min: 0, max: 1, suspended }),
            ..FakeService::of(3).state
        }),
        memory: Memory { service: service().resource_id(), parked: Some(parked), boosted: None },
        policies: Some(Vec::new()),
        scheduled: Some(vec![action]),
        holiday: None,
        now: now(),
    };
    let service = Service { takes_over: true, ..service() };
    let order = order(&service, "order", &json!({"action": "profile", "profile": "day"}));
    let all = steps(&order, &world);
    assert!(all.len() > 1, "{all:?}");
    for died_after in 0..all.len() {
        let partly = after(&world, &all[..died_after]);
        let healed = after(&partly, &steps(&order, &partly));
        assert_eq!(Size::of(state(&healed)), Size::of(state(&after(&world, &all))), "after {died_after}");
    }
}
