//! What becomes of orders from their arrival to the report, with the services and the ledger in memory.

mod conflicts;
mod dry;
mod dying;
mod groups;
mod ledger;
mod mortal;
mod properties;
mod reconcile;
mod twice;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::decode;
use shared::kinds::service::Service;
use shared::playbook::Playbook;
use shared::report::Report;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;

use self::mortal::Mortal;
use super::{Scaler, handle};
use crate::admission::Means;
use crate::examples::{KEYS, target};
use crate::fake::{FakeService, FakeServices};
use crate::memory::{Memory, Size};

/// How long an invocation may take: a lease that nobody gave back has ended then.
const INVOCATION: SignedDuration = SignedDuration::from_secs(60);

/// A deployed function, its ledger, and its services: `api` with a scalable target, `worker` without one.
struct Stage {
    mortal: Mortal,
    playbook: &'static Playbook,
    has_ledger: bool,
}

impl Stage {
    fn new() -> Self {
        Self::with("")
    }

    /// The same with further keys of both services.
    fn with(further: &str) -> Self {
        let worker = KEYS.replace("service: api", "service: worker");
        let text = format!(
            "version: 1
targets:
  api:
    kind: service{KEYS}    {further}
  worker:
    kind: service{worker}    {further}
  both: {{kind: service-group, services: [api, worker]}}
"
        );
        // It lives as long as the process, as it does in the function.
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(&text).unwrap()));
        let stage = Self { mortal: Mortal::default(), playbook, has_ledger: true };
        stage.services().put(stage.api(), FakeService::scaled(3, 2, 8));
        stage.services().put(stage.worker(), FakeService::of(2));
        stage
    }

    fn without_ledger(self) -> Self {
        Self { has_ledger: false, ..self }
    }

    fn services(&self) -> &FakeServices {
        &self.mortal.services
    }

    fn ledger(&self) -> &FakeLedger {
        &self.mortal.ledger
    }

    fn api(&self) -> &'static Service {
        self.playbook.services(&target()).unwrap()[0].1
    }

    fn worker(&self) -> &'static Service {
        let both = shared::ids::TargetName::parse("both").unwrap();
        self.playbook.services(&both).unwrap()[1].1
    }

    fn scaler(&self) -> Scaler<'static, &Mortal, &Mortal> {
        let means = Means { ledger: self.has_ledger, schedules: true };
        let ledger = self.has_ledger.then_some(&self.mortal);
        Scaler { ledger, services: &self.mortal, playbook: self.playbook, means }
    }

    /// The function gets a command at a time of the day. What has no id of its own is known by the request's.
    async fn gets(&self, time: &str, request: &str, command: &Value) -> Vec<Report> {
        self.gets_at(at(time), request, command).await
    }

    async fn gets_at(&self, now: Timestamp, request: &str, command: &Value) -> Vec<Report> {
        let arrival = decode(command, request).unwrap();
        let mut invocation = Invocation::for_tests(arrival, Mode::Apply);
        invocation.began_at = now;
        invocation.deadline = Deadline::new(now + INVOCATION, Clock::of(|| Timestamp::UNIX_EPOCH));
        let settled = handle(&self.scaler(), &invocation).await;
        let failed = settled.reports.iter().any(|report| report.error.is_some());
        assert_eq!(!settled.unacknowledged.is_empty(), failed, "what failed comes again, and nothing else");
        settled.reports
    }

    /// The size of `api` now.
    fn size(&self) -> Size {
        Size::of(&self.services().state(self.api()).unwrap())
    }

    /// The size of `worker` now.
    fn other_size(&self) -> Size {
        Size::of(&self.services().state(self.worker()).unwrap())
    }

    /// What the ledger remembers about `api`.
    fn memory(&self) -> Memory {
        let saved = self.ledger().saved_value(&Memory::key(&target()));
        saved.map(|saved| serde_json::from_value(saved).unwrap()).unwrap_or_default()
    }

    /// Everything that can be seen from outside: both sizes, the schedules, and what is saved.
    fn snapshot(&self) -> String {
        let saved = ["service/api", "service/worker"].map(|key| self.ledger().saved_value(key));
        let schedules = self.services().schedules();
        format!("{:?}\n{:?}\n{schedules:?}\n{saved:?}", self.size(), self.other_size())
    }
}

/// What a call of the fakes comes to: it never waits.
fn now<T>(call: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(call).as_mut().poll(&mut context) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the fakes wait for nothing"),
    }
}

/// A time of the day of all tests.
fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

/// A command with an id.
fn command(id: &str, action: &Value) -> Value {
    let mut command = json!({"target": "api", "id": id});
    command.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
    command
}

fn set(desired: u32) -> Value {
    json!({"action": "set", "desired": desired})
}

fn boost(add: u32) -> Value {
    json!({"action": "boost", "add": add, "for": "30m"})
}

fn profile(name: &str) -> Value {
    json!({"action": "profile", "profile": name})
}

fn park() -> Value {
    json!({"action": "park"})
}

fn restore() -> Value {
    json!({"action": "restore"})
}

fn end_of(boost: &str) -> Value {
    json!({"action": "restore", "of": boost})
}

/// A report in one line: the verdict with its code, and what became of each step.
fn line(report: &Report) -> String {
    let steps =
        report.steps.iter().map(|step| format!("{} {}", step.step, json!(step.status).as_str().unwrap()));
    let steps = steps.collect::<Vec<_>>().join(", ");
    let separator = if steps.is_empty() { "" } else { ": " };
    format!("{} {}{separator}{steps}", report.verdict, report.why.code)
}

/// The only report in one line.
fn only(reports: &[Report]) -> String {
    let [report] = reports else { panic!("{} reports", reports.len()) };
    line(report)
}

#[tokio::test]
async fn a_report_says_what_was_before_what_is_after_and_why_it_was_asked_for() {
    let stage = Stage::new();
    let mut launch = command("c-1", &json!({"action": "set", "min": 4, "max": 9, "desired": 5}));
    launch["reason"] = json!("launch of the new site");
    let reports = stage.gets("09:00:00", "r", &launch).await;
    assert_eq!(only(&reports), "acted set: set-bounds applied, set-desired applied");
    let report = &reports[0];
    let before = json!({"min": 2, "max": 8, "desired": 3, "running": 3, "pending": 0});
    assert_eq!(report.before, Some(before));
    assert_eq!(report.after, Some(json!({"min": 4, "max": 9, "desired": 5, "running": 3, "pending": 0})));
    assert!(report.why.text.ends_with("(asked for because: launch of the new site)"), "{}", report.why.text);
    assert_eq!(stage.services().take_calls().len(), 3);
}
