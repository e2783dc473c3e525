//! The services with somebody else at them, who changes one just before the function makes a call.

use std::cell::RefCell;
use std::fmt;

use scale_service::fake::FakeServices;
use scale_service::world::{Bounds, Counts, Fault, Found, Policy, ScheduledAction, Services};
use shared::kinds::service::Service;
use shell::schedules::{Made, OneTime};

type Change = Box<dyn FnOnce(&FakeServices)>;

/// The services, and what is about to happen to them.
#[derive(Default)]
pub(super) struct Crowd {
    pub(super) services: FakeServices,
    change: RefCell<Option<(&'static str, Change)>>,
}

impl fmt::Debug for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crowd").field("services", &self.services).finish_non_exhaustive()
    }
}

impl Crowd {
    /// Something happens just before the next call of this name.
    pub(super) fn before(&self, call: &'static str, change: impl FnOnce(&FakeServices) + 'static) {
        *self.change.borrow_mut() = Some((call, Box::new(change)));
    }

    fn come(&self, call: &str) {
        let due = self.change.borrow_mut().take_if(|(awaited, _)| *awaited == call);
        if let Some((_, change)) = due {
            change(&self.services);
        }
    }
}

impl Services for Crowd {
    async fn observe(&self, services: &[&Service]) -> Vec<Result<Found, Fault>> {
        self.come("observe");
        self.services.observe(services).await
    }

    async fn policies(&self, service: &Service) -> Result<Vec<Policy>, Fault> {
        self.come("policies");
        self.services.policies(service).await
    }

    async fn scheduled(&self, service: &Service) -> Result<Vec<ScheduledAction>, Fault> {
        self.come("scheduled");
        self.services.scheduled(service).await
    }

    async fn set_bounds(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault> {
        self.come("set-bounds");
        self.services.set_bounds(service, bounds).await
    }

    async fn count(&self, service: &Service) -> Result<Counts, Fault> {
        self.come("count");
        self.services.count(service).await
    }

    async fn set_desired(&self, service: &Service, desired: u32) -> Result<Counts, Fault> {
        self.come("set-desired");
        self.services.set_desired(service, desired).await
    }

    async fn send_at(&self, schedule: &OneTime) -> Result<Made, Fault> {
        self.come("send-at");
        self.services.send_at(schedule).await
    }
}
