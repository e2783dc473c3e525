//! What holds whatever is ordered, in whatever sequence, however often it is delivered and wherever it dies.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::kinds::service::{Bounds, Service};

use super::mortal::Death;
use super::{Stage, at, command, end_of, now, park, profile, restore};
use crate::memory::{Memory, Size};
use crate::world::{Scaling, Suspended};

/// Something that happens at a service.
#[derive(Debug, Clone)]
enum Happens {
    /// A command arrives, and perhaps again.
    Ordered { action: Value, dies: Option<(usize, Death)>, deliveries: usize },
    /// The end of a boost arrives: one of those that were made.
    Ends { which: usize, deliveries: usize },
    /// Overdue boosts are looked for.
    Reconciled,
    /// Scaling policies change the desired count, where they may.
    Scaled { desired: u32 },
    /// Somebody changes the size by hand, within the playbook's bounds.
    ByHand { min: u32, max: u32, desired: u32 },
    /// Time passes.
    Later { minutes: i64 },
}

fn happens() -> impl Strategy<Value = Happens> {
    let action = prop_oneof![
        2 => (1..=10_u32).prop_map(|desired| json!({"action": "set", "desired": desired})),
        1 => (1..=5_u32, 5..=10_u32).prop_map(|(min, max)| json!({"action": "set", "min": min, "max": max})),
        2 => prop_oneof!["day", "night"].prop_map(|name| profile(&name)),
        4 => (1..=5_u32).prop_map(|add| json!({"action": "boost", "add": add, "for": "30m"})),
        4 => Just(park()),
        4 => Just(restore()),
    ];
    let death = prop_oneof![Just(Death::Before), Just(Death::After)];
    let dies = prop_oneof![2 => Just(None), 1 => (0..9_usize, death).prop_map(Some)];
    prop_oneof![
        8 => (action, dies, 1..=2_usize)
            .prop_map(|(action, dies, deliveries)| Happens::Ordered { action, dies, deliveries }),
        2 => (0..4_usize, 1..=2_usize).prop_map(|(which, deliveries)| Happens::Ends { which, deliveries }),
        1 => Just(Happens::Reconciled),
        1 => (1..=10_u32).prop_map(|desired| Happens::Scaled { desired }),
        1 => (1..=10_u32, 1..=10_u32, 1..=10_u32).prop_map(|(one, other, desired)| {
            let (min, max) = (one.min(other), one.max(other));
            Happens::ByHand { min, max, desired: desired.clamp(min, max) }
        }),
        2 => (1..=40_i64).prop_map(|minutes| Happens::Later { minutes }),
    ]
}

/// A stage in the course of a story.
struct Story {
    stage: Stage,
    target: &'static str,
    now: Timestamp,
    ordered: usize,
    boosts: Vec<String>,
    /// The size that a restore has to give back, unless somebody changes something before it.
    saved: Option<Size>,
}

impl Story {
    fn new(target: &'static str, further: &str) -> Self {
        let stage = Stage::with(further);
        Self { stage, target, now: at("09:00:00"), ordered: 0, boosts: Vec::new(), saved: None }
    }

    fn service(&self) -> &'static Service {
        if self.target == "api" { self.stage.api() } else { self.stage.worker() }
    }

    fn size(&self) -> Size {
        if self.target == "api" { self.stage.size() } else { self.stage.other_size() }
    }

    fn memory(&self) -> Memory {
        let saved = self.stage.ledger().saved_value(&format!("service/{}", self.target));
        saved.map(|saved| serde_json::from_value(saved).unwrap()).unwrap_or_default()
    }

    /// A command arrives. The lease of a process that died before has ended.
    fn gets(&mut self, request: &str, order: &Value) -> Vec<String> {
        self.now += SignedDuration::from_secs(61);
        let reports = now(self.stage.gets_at(self.now, request, order));
        assert!(!reports.is_empty(), "{order}: no report");
        reports.iter().map(super::line).collect()
    }

    fn go_on(&mut self, happens: &Happens) {
        match happens {
            Happens::Ordered { action, dies, deliveries } => {
                self.ordered += 1;
                let id = format!("c-{}", self.ordered);
                let mut order = command(&id, action);
                order["target"] = self.target.into();
                if action["action"] == "boost" {
                    self.boosts.push(id.clone());
                }
                let (before, memory) = (self.size(), self.memory());
                if let Some((call, death)) = dies {
                    self.stage.mortal.dies_at(*call, *death);
                }
                let mut told = self.gets(&id, &order);
                self.stage.mortal.revives();
                for _ in 1..*deliveries {
                    told = self.gets(&id, &order);
                }
                self.saved_or_restored(before, &memory, action, &told[0]);
            }
            Happens::Ends { which, deliveries } => {
                let Some(boost) = self.boosts.get(*which).cloned() else { return };
                let mut order = command(&format!("end-{boost}"), &end_of(&boost));
                order["target"] = self.target.into();
                for _ in 0..*deliveries {
                    let told = self.gets("end", &order);
                    assert!(!told[0].starts_with("failed"), "{told:?}");
                }
            }
            Happens::Reconciled => {
                let told = self.gets("t", &json!({"action": "reconcile"}));
                assert!(told.iter().all(|line| !line.starts_with("failed")), "{told:?}");
            }
            Happens::Scaled { desired } => self.stage.services().change(self.service(), |found| {
                if let Some(Scaling { min, max, suspended }) = found.state.scaling
                    && suspended == Suspended::default()
                {
                    found.state.desired = (*desired).clamp(min, max);
                }
            }),
            Happens::ByHand { min, max, desired } => {
                self.saved = None;
                self.stage.services().change(self.service(), |found| {
                    found.state.desired = *desired;
                    if let Some(scaling) = &mut found.state.scaling {
                        *scaling = Scaling { min: *min, max: *max, ..scaling.clone() };
                    }
                });
            }
            Happens::Later { minutes } => self.now += SignedDuration::from_mins(*minutes),
        }
    }

    /// Keeps in mind what was saved, and compares what is given back with it.
    fn saved_or_restored(&mut self, before: Size, memory: &Memory, action: &Value, told: &str) {
        match (&memory.parked, self.memory().parked) {
            (None, Some(parked)) => {
                let saved = parked.size;
                // Bound by bound, what was found or what was under the boosts.
                let base = memory.boosted.as_ref().map_or(&before, |boosted| &boosted.base);
                let numbers: [fn(&Size) -> Option<u32>; 2] = [
                    |size| size.scaling.as_ref().map(|scaling| scaling.min),
                    |size| size.scaling.as_ref().map(|scaling| scaling.max),
                ];
                for number in numbers {
                    let known = [number(&before), number(base)];
                    assert!(known.contains(&number(&saved)), "saved: {saved:?}, {told}");
                }
                self.saved = Some(saved);
            }
            (Some(_), None) => {
                let saved = self.saved.take();
                // Any other order found it running, and made an end of its parking.
                if let Some(saved) = saved.filter(|_| action["action"] == "restore") {
                    assert_eq!(self.size(), saved, "what was saved is given back: {told}");
                }
            }
            (Some(earlier), Some(parked)) if earlier.by != parked.by => {
                // It was running, as an order that was to wake it died on its way: that size counts.
                assert!(parked.size.desired == before.desired && parked.size.is_set_like(&before), "{told}");
                self.saved = self.saved.take().map(|_| parked.size);
            }
            (None, None) | (Some(_), Some(_)) => {}
        }
    }

    /// Within the playbook's bounds, or parked.
    fn check(&self) {
        let Bounds { floor, ceiling, .. } = self.stage.api().bounds;
        let Size { desired, scaling } = self.size();
        let memory = self.memory();
        let numbers = scaling.map_or(vec![desired], |scaling| vec![desired, scaling.min, scaling.max]);
        for number in numbers {
            let is_parked = number == 0 && memory.parked.is_some();
            assert!(is_parked || (floor..=ceiling).contains(&number), "{number} of {:?}", self.size());
        }
        assert!(memory.parked.is_none() || memory.boosted.is_none(), "{memory:?}");
    }
}

fn every_story_ends_well(target: &'static str, further: &str, story: &[Happens]) {
    let mut it = Story::new(target, further);
    for happens in story {
        it.go_on(happens);
        it.check();
    }
    // In the end what is parked is restored, and every boost is overdue.
    let mut last = command("last", &restore());
    last["target"] = target.into();
    let (before, memory) = (it.size(), it.memory());
    let told = it.gets("last", &last);
    it.saved_or_restored(before, &memory, &restore(), &told[0]);
    it.now += SignedDuration::from_hours(1);
    it.gets("t-1", &json!({"action": "reconcile"}));
    it.check();
    assert!(it.memory().is_empty(), "{:?}", it.memory());
    assert_ne!(it.size().desired, 0);
    assert_eq!(it.stage.ledger().lease(target), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_a_scalable_target_no_size_is_lost_and_no_bound_is_left(
        story in proptest::collection::vec(happens(), 1..20), restores in any::<bool>(),
    ) {
        every_story_ends_well("api", if restores { "on-drift: restore" } else { "" }, &story);
    }

    #[test]
    fn without_a_scalable_target_no_size_is_lost_and_no_bound_is_left(
        story in proptest::collection::vec(happens(), 1..20), restores in any::<bool>(),
    ) {
        every_story_ends_well("worker", if restores { "on-drift: restore" } else { "" }, &story);
    }
}
