//! Services at work: schedules, alarms and people order sizes, boosts, nights and mornings.

mod crowd;

mod boosts;
mod broken;
mod clocks;
mod every_event;
mod groups;
mod holidays;
mod others;
mod overlaps;
mod parking;
mod reports;
mod sizes;
mod targets;
mod twice;

use std::fs;

use jiff::{SignedDuration, Timestamp};
use scale_service::admission::Means;
use scale_service::fake::{FakeService, FakeServices};
use scale_service::handler::{Scaler, handle};
use scale_service::memory::Memory;
use scale_service::world::{Scaling, State};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::ids::TargetName;
use shared::kinds::service::Service;
use shared::playbook::Playbook;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;

use self::crowd::Crowd;
use crate::site::{Outcome, root};

/// How long an invocation may take: a lease that nobody gave back has ended then.
const INVOCATION: SignedDuration = SignedDuration::from_secs(60);

/// A deployed function, its ledger, and the services around it.
struct Fleet {
    scaler: Scaler<'static, FakeLedger, Crowd>,
}

impl Fleet {
    /// What `playbooks/prod` describes, each service with 3 tasks between 2 and 8.
    fn prod() -> Self {
        let fleet = Self::of(&playbook("prod"));
        fleet.put("platform-api", FakeService::scaled(3, 2, 8));
        fleet.put("portfolio-api", FakeService::scaled(3, 2, 8));
        fleet
    }

    /// What `playbooks/dev` describes, the service with 3 tasks between 2 and 4.
    fn dev() -> Self {
        let fleet = Self::of(&playbook("dev"));
        fleet.put("portfolio-api", FakeService::scaled(3, 2, 4));
        fleet
    }

    /// What a playbook describes, without a service.
    fn of(playbook: &str) -> Self {
        let means = Means { ledger: true, schedules: true };
        let (ledger, services) = (Some(FakeLedger::default()), Crowd::default());
        Self { scaler: Scaler { ledger, services, playbook: leaked(playbook), means } }
    }

    /// The same world and the same ledger, after a deployment of another playbook.
    fn redeployed(self, playbook: &str) -> Self {
        Self { scaler: Scaler { playbook: leaked(playbook), ..self.scaler } }
    }

    fn ledger(&self) -> &FakeLedger {
        self.scaler.ledger.as_ref().unwrap()
    }

    fn services(&self) -> &FakeServices {
        &self.scaler.services.services
    }

    /// The service of a target's name.
    fn service(&self, target: &str) -> &'static Service {
        self.scaler.playbook.services(&TargetName::parse(target).unwrap()).unwrap()[0].1
    }

    /// Whether the playbook has a target.
    fn has(&self, target: &str) -> bool {
        self.scaler.playbook.services(&TargetName::parse(target).unwrap()).is_ok()
    }

    fn put(&self, target: &str, fake: FakeService) {
        self.services().put(self.service(target), fake);
    }

    /// Somebody changes a service just before the function makes a call.
    fn before(&self, call: &'static str, target: &str, change: impl FnOnce(&mut FakeService) + 'static) {
        let service = self.service(target);
        self.scaler.services.before(call, |services| services.change(service, change));
    }

    fn change(&self, target: &str, change: impl FnOnce(&mut FakeService)) {
        self.services().change(self.service(target), change);
    }

    fn state(&self, target: &str) -> State {
        self.services().state(self.service(target)).unwrap()
    }

    /// The size of a service, as `3 in 2..8`, or `3` without a scalable target.
    fn size(&self, target: &str) -> String {
        let State { desired, scaling, .. } = self.state(target);
        let bounds = scaling.map(|Scaling { min, max, .. }| format!(" in {min}..{max}"));
        format!("{desired}{}", bounds.unwrap_or_default())
    }

    /// What is saved of a service.
    fn saved(&self, target: &str) -> Option<Value> {
        self.ledger().saved_value(&Memory::key(&TargetName::parse(target).unwrap()))
    }

    /// The function gets an event at a time.
    async fn gets(&self, time: &str, event: &Value) -> Outcome {
        self.gets_at(time.parse().unwrap(), event).await
    }

    async fn gets_at(&self, now: Timestamp, event: &Value) -> Outcome {
        let arrival = decode(event, "request-1").unwrap_or_else(|error| Arrival {
            answer: Answer::Reports,
            records: vec![Record { id: "request-1".to_owned(), receives: 1, content: Err(error) }],
        });
        let mut invocation = Invocation::for_tests(arrival, Mode::Apply);
        invocation.began_at = now;
        invocation.deadline = Deadline::new(now + INVOCATION, Clock::of(|| Timestamp::UNIX_EPOCH));
        let settled = handle(&self.scaler, &invocation).await;
        let id = |record: usize| invocation.arrival.records[record].id.clone();
        Outcome {
            reports: settled.reports,
            returned: settled.unacknowledged.into_iter().map(id).collect(),
            calls: self.services().take_calls(),
        }
    }
}

/// A playbook that lives as long as the process, as it does in the function.
fn leaked(text: &str) -> &'static Playbook {
    let playbook = Playbook::parse(text).unwrap();
    playbook.check_zones().unwrap();
    Box::leak(Box::new(playbook))
}

fn playbook(environment: &str) -> String {
    fs::read_to_string(root().join(format!("playbooks/{environment}/playbook.yaml"))).unwrap()
}

/// A file of `events/scale-service`.
fn event(name: &str) -> Value {
    let path = root().join(format!("events/scale-service/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The command in a file of one message.
fn command_of(name: &str) -> Value {
    serde_json::from_str(event(name)["Records"][0]["body"].as_str().unwrap()).unwrap()
}

/// A command by the queue, in a message of its own.
fn queued(message: &str, command: &Value) -> Value {
    batch(&[(message, command)])
}

/// Commands by the queue, each in the message group of its target.
fn batch(commands: &[(&str, &Value)]) -> Value {
    let mut batch = event("schedule-night-in-sqs");
    let model = batch["Records"][0].take();
    let message = |(id, command): &(&str, &Value)| {
        let mut message = model.clone();
        message["messageId"] = json!(id);
        message["body"] = json!(command.to_string());
        message["attributes"]["MessageGroupId"] = json!(command["target"].as_str().unwrap_or("none"));
        message
    };
    batch["Records"] = commands.iter().map(message).collect();
    batch
}

/// The night or the morning of a day, as the schedule in `file` sends it at that time.
fn by_schedule(file: &str, time: &str) -> Value {
    let mut command = command_of(file);
    let (name, _) = command["id"].as_str().unwrap().split_once("-2026").unwrap();
    let name = name.to_owned();
    command["id"] = json!(format!("{name}-{time}"));
    queued(&format!("message-{name}-{time}"), &command)
}
