//! What the tests of this crate have in common: a service of a playbook, orders to it, and the world around it.

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::command::{Command, Mode, RawCommand, Source};
use shared::ids::{CommandId, TargetName};
use shared::kinds::service::{Scale, Service};
use shared::playbook::Playbook;

use crate::fake::FakeService;
use crate::memory::{Boost, Boosted, Memory, Parked, Size};
use crate::order::Order;
use crate::world::{Found, Scaling, Suspended, World};

/// The keys of the service in these tests.
pub(crate) const KEYS: &str = "
    cluster: portfolio-dev
    service: api
    bounds: {floor: 1, ceiling: 10, largest-step: 4}
    time-zone: America/New_York
    holidays: [2026-12-25]
    profiles: {day: {min: 3, max: 8}, night: {min: 1, max: 4, desired: 1}}
    may-park: true
";

/// When everything happens in these tests.
pub(crate) fn now() -> Timestamp {
    time("2026-11-21T09:00:00Z")
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The service `api`, with further keys of the playbook.
pub(crate) fn service_with(further: &str) -> Service {
    let text = format!("version: 1\ntargets:\n  api:\n    kind: service{KEYS}    {further}\n");
    let playbook = Playbook::parse(&text).unwrap();
    let services = playbook.services(&target()).unwrap();
    services[0].1.clone()
}

pub(crate) fn service() -> Service {
    service_with("")
}

pub(crate) fn target() -> TargetName {
    TargetName::parse("api").unwrap()
}

/// An order of an operator, from a command without a target.
pub(crate) fn order<'p>(service: &'p Service, id: &str, command: &Value) -> Order<'p> {
    let Value::Object(mut fields) = command.clone() else { panic!("no object") };
    fields.insert("target".to_owned(), json!("api"));
    let raw = RawCommand { fields, fallback_id: CommandId::parse(id).unwrap(), source: Source::Operator };
    let Command { id, target, action, reason, mode, origin } = raw.decode::<Scale>().unwrap();
    let delivery = format!("delivery-of-{id}");
    Order { id, target, group: None, service, action, mode, origin, reason, delivery }
}

/// The same order from a schedule.
pub(crate) fn scheduled(mut order: Order<'_>) -> Order<'_> {
    order.origin.source = Source::Schedule;
    order
}

/// The same order as a dry run.
pub(crate) fn dry(mut order: Order<'_>) -> Order<'_> {
    order.mode = Mode::Plan;
    order
}

/// A world in which nothing is remembered.
pub(crate) fn world(service: FakeService) -> World {
    World {
        found: Found::Service(service.state),
        memory: Memory::default(),
        policies: Some(service.policies),
        scheduled: Some(service.scheduled),
        holiday: None,
        now: now(),
    }
}

pub(crate) fn size(desired: u32, min: u32, max: u32) -> Size {
    Size { desired, scaling: Some(Scaling { min, max, suspended: Suspended::default() }) }
}

pub(crate) fn tasks(desired: u32) -> Size {
    Size { desired, scaling: None }
}

/// Parked in the evening before, by another command.
pub(crate) fn parked(size: Size) -> Memory {
    let parked =
        Parked { found: size.clone(), size, by: "evening".to_owned(), at: time("2026-11-21T01:00:00Z") };
    Memory { service: service().resource_id(), parked: Some(parked), boosted: None }
}

/// Under boosts: id, floor and end of each.
pub(crate) fn boosted(base: Size, left: Size, boosts: &[(&str, u32, &str)]) -> Memory {
    let boosts = boosts.iter().map(|(id, floor, until)| Boost {
        id: (*id).to_owned(),
        correlation: format!("cause-of-{id}"),
        floor: *floor,
        until: time(until),
    });
    let boosted = Boosted { found: base.clone(), base, left, boosts: boosts.collect() };
    Memory { service: service().resource_id(), parked: None, boosted: Some(boosted) }
}
