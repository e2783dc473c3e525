//! The port in memory: a small model of ECS and Application Auto Scaling, which can be made to fail at any call.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use shared::fault::FaultClass;
use shared::kinds::service::Service;
use shell::schedules::{Made, OneTime};

use crate::world::{
    Bounds, Controller, Counts, Deployment, Fault, Found, Policy, Scaling, ScheduledAction, Services, State,
    Suspended,
};

/// A model of the services that there are.
#[derive(Debug, Default)]
pub struct FakeServices(RefCell<Model>);

#[derive(Debug, Default)]
struct Model {
    services: BTreeMap<String, FakeService>,
    schedules: BTreeMap<String, OneTime>,
    calls: Vec<String>,
    failures: Vec<(String, Option<FaultClass>)>,
    dies_after: Option<usize>,
}

/// A service of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeService {
    /// As ECS describes it.
    pub state: State,
    /// The policies of its scalable target.
    pub policies: Vec<Policy>,
    /// The scheduled actions of its scalable target.
    pub scheduled: Vec<ScheduledAction>,
}

impl FakeService {
    /// A service that runs this many tasks, without a scalable target.
    #[must_use]
    pub fn of(desired: u32) -> Self {
        let state = State {
            status: State::ACTIVE.to_owned(),
            desired,
            running: desired,
            pending: 0,
            daemon: false,
            controller: Controller::Ecs,
            deployment: Deployment::Steady,
            scaling: None,
        };
        Self { state, policies: Vec::new(), scheduled: Vec::new() }
    }

    /// The same with a scalable target.
    #[must_use]
    pub fn scaled(desired: u32, min: u32, max: u32) -> Self {
        let mut service = Self::of(desired);
        service.state.scaling = Some(Scaling { min, max, suspended: Suspended::default() });
        service
    }
}

impl FakeServices {
    /// Puts a service there, in place of the one of the same name.
    pub fn put(&self, service: &Service, fake: FakeService) {
        self.0.borrow_mut().services.insert(service.resource_id(), fake);
    }

    /// Changes a service behind Lamplighter's back.
    ///
    /// # Panics
    /// When there is no such service.
    pub fn change(&self, service: &Service, change: impl FnOnce(&mut FakeService)) {
        let mut model = self.0.borrow_mut();
        match model.services.get_mut(&service.resource_id()) {
            Some(fake) => change(fake),
            None => panic!("the model has no {}", service.resource_id()),
        }
    }

    /// A service as it is now.
    #[must_use]
    pub fn state(&self, service: &Service) -> Option<State> {
        self.0.borrow().services.get(&service.resource_id()).map(|fake| fake.state.clone())
    }

    /// The one-time schedules, by name.
    #[must_use]
    pub fn schedules(&self) -> Vec<OneTime> {
        self.0.borrow().schedules.values().cloned().collect()
    }

    /// The calls since this was asked last, as `set-bounds service/c/s`.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.borrow_mut().calls)
    }

    /// Makes the next call that begins so fail, once; `None`: there was no time for it.
    pub fn fail_next(&self, call: &str, class: Option<FaultClass>) {
        self.0.borrow_mut().failures.push((call.to_owned(), class));
    }

    /// Makes every call fail after this many.
    pub fn die_after(&self, calls: Option<usize>) {
        self.0.borrow_mut().dies_after = calls;
    }

    /// Notes a call, and carries it out unless it is to fail.
    fn call<T>(&self, call: String, work: impl FnOnce(&mut Model) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut model = self.0.borrow_mut();
        let failing = model.failures.iter().position(|(failing, _)| call.starts_with(failing.as_str()));
        let failure = failing.map(|position| model.failures.remove(position).1);
        let failure = failure.or((model.dies_after == Some(0)).then_some(Some(FaultClass::Unavailable)));
        if let Some(class) = failure {
            return Err(fault(&call, class));
        }
        model.dies_after = model.dies_after.map(|left| left - 1);
        model.calls.push(call);
        work(&mut model)
    }
}

impl Services for FakeServices {
    async fn observe(&self, services: &[&Service]) -> Vec<Result<Found, Fault>> {
        let ids: Vec<String> = services.iter().map(|service| service.resource_id()).collect();
        if ids.is_empty() {
            return Vec::new();
        }
        let found = self.call(format!("observe {}", ids.join(" ")), |model| {
            let find = |id: &String| match model.services.get(id) {
                Some(fake) => Found::Service(fake.state.clone()),
                None => Found::Missing(format!("MISSING: {id}")),
            };
            Ok(ids.iter().map(find).collect::<Vec<_>>())
        });
        match found {
            Ok(found) => found.into_iter().map(Ok).collect(),
            Err(fault) => services.iter().map(|_| Err(fault.clone())).collect(),
        }
    }

    async fn policies(&self, service: &Service) -> Result<Vec<Policy>, Fault> {
        let id = service.resource_id();
        self.call(format!("policies {id}"), |model| Ok(known(model, &id)?.policies.clone()))
    }

    async fn scheduled(&self, service: &Service) -> Result<Vec<ScheduledAction>, Fault> {
        let id = service.resource_id();
        self.call(format!("scheduled {id}"), |model| Ok(known(model, &id)?.scheduled.clone()))
    }

    async fn set_bounds(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault> {
        let id = service.resource_id();
        self.call(format!("set-bounds {id}"), |model| {
            let state = &mut known(model, &id)?.state;
            let suspended = state.scaling.as_ref().map(|scaling| scaling.suspended).unwrap_or_default();
            let Bounds { min, max, suspended: asked } = *bounds;
            if min > max {
                return Err(fault("set-bounds", Some(FaultClass::Rejected)));
            }
            state.scaling = Some(Scaling { min, max, suspended: asked.unwrap_or(suspended) });
            state.desired = state.desired.clamp(min, max);
            Ok(())
        })
    }

    async fn count(&self, service: &Service) -> Result<Counts, Fault> {
        let id = service.resource_id();
        self.call(format!("count {id}"), |model| {
            let State { desired, running, pending, .. } = known(model, &id)?.state;
            Ok(Counts { desired, running, pending })
        })
    }

    async fn set_desired(&self, service: &Service, desired: u32) -> Result<Counts, Fault> {
        let id = service.resource_id();
        self.call(format!("set-desired {id}"), |model| {
            let state = &mut known(model, &id)?.state;
            if state.daemon {
                return Err(fault("set-desired", Some(FaultClass::Rejected)));
            }
            state.desired = desired;
            Ok(Counts { desired, running: state.running, pending: state.pending })
        })
    }

    async fn send_at(&self, schedule: &OneTime) -> Result<Made, Fault> {
        self.call(format!("send-at {}", schedule.name), |model| {
            if model.schedules.contains_key(&schedule.name) {
                return Ok(Made::Already);
            }
            model.schedules.insert(schedule.name.clone(), schedule.clone());
            Ok(Made::Now)
        })
    }
}

fn known<'m>(model: &'m mut Model, id: &str) -> Result<&'m mut FakeService, Fault> {
    model.services.get_mut(id).ok_or_else(|| fault(id, Some(FaultClass::NotFound)))
}

fn fault(operation: &str, class: Option<FaultClass>) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "made to fail".into();
    Fault { operation: operation.to_owned(), class, source: Arc::from(source) }
}
