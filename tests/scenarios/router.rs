//! The router at work: alarms and orders come in, commands and schedules go out.

mod approvals;
mod deliveries;
mod every_event;
mod guardrails;
mod hold_down;
mod ledger_down;
mod mutes;
mod no_route;
mod notices;
mod pauses;
mod routes;
mod storm;
mod twice;

use std::collections::BTreeSet;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use route_alarm::fake::{Delivered, FakeOutside};
use route_alarm::handler::{Router, handle};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::playbook::Playbook;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;
use tests::alarms::StateChange;

use crate::site::{Outcome, root};

/// The targets of most stories.
const SITES: &str = "
version: 1
targets:
  weather-site: {kind: distribution, distribution: E1WEATHEREXAMPLE}
  weather-site-secondary: {kind: distribution, distribution: E2WEATHEREXAMPLE}
";

/// A route of most stories: `purge`, for alarms `origin-5xx`.
const PURGE: &str = "
routes:
  - name: purge
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
";

/// How long an invocation may take: who has claimed something then is done with it, or dead.
const INVOCATION: SignedDuration = SignedDuration::from_secs(60);

/// A deployed router, its ledger, and the queues, schedules and alarms around it.
struct Station {
    router: Router<'static, FakeLedger, FakeOutside>,
    mode: Mode,
}

impl Station {
    /// Two sites, and these routes and guardrails.
    fn with(routes: &str) -> Self {
        Self::of(&format!("{SITES}{routes}"))
    }

    /// What a playbook describes.
    fn of(playbook: &str) -> Self {
        // It lives as long as the process, as it does in the function.
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(playbook).unwrap()));
        let functions: &'static BTreeSet<String> =
            Box::leak(Box::new(BTreeSet::from(["invalidate-cache".to_owned()])));
        let (ledger, outside) = (Some(FakeLedger::default()), FakeOutside::default());
        let router = Router { ledger, outside, playbook, functions, schedules: true };
        Self { router, mode: Mode::Apply }
    }

    fn without_ledger(mut self) -> Self {
        self.router.ledger = None;
        self
    }

    fn without_schedules(mut self) -> Self {
        self.router.schedules = false;
        self
    }

    fn in_plan_mode(self) -> Self {
        Self { mode: Mode::Plan, ..self }
    }

    fn ledger(&self) -> &FakeLedger {
        self.router.ledger.as_ref().unwrap()
    }

    fn outside(&self) -> &FakeOutside {
        &self.router.outside
    }

    /// The router gets an event at a time of the day. What has no id of its own is known by the request's.
    async fn gets(&self, time: &str, request: &str, event: &Value) -> Outcome {
        let arrival = decode(event, request).unwrap_or_else(|error| Arrival {
            answer: Answer::Reports,
            records: vec![Record { id: request.to_owned(), receives: 1, content: Err(error) }],
        });
        let mut invocation = Invocation::for_tests(arrival, self.mode);
        invocation.began_at = at(time);
        invocation.deadline =
            Deadline::new(invocation.began_at + INVOCATION, Clock::of(|| Timestamp::UNIX_EPOCH));
        self.outside().set_time(invocation.began_at);
        let settled = handle(&self.router, &invocation).await;
        let id = |record: usize| invocation.arrival.records[record].id.clone();
        let mut calls = self.router.ledger.as_ref().map_or_else(Vec::new, FakeLedger::take_calls);
        calls.extend(self.outside().take_calls());
        Outcome {
            reports: settled.reports,
            returned: settled.unacknowledged.into_iter().map(id).collect(),
            calls,
        }
    }

    /// What the queues have delivered: target, mode and route of each.
    fn sent(&self) -> Vec<String> {
        let line = |Delivered { group, body, .. }: &Delivered| {
            let mode = body.get("mode").and_then(Value::as_str).unwrap_or("apply");
            format!("{group} {mode} {}", body["origin"]["route"].as_str().unwrap())
        };
        self.outside().delivered().iter().map(line).collect()
    }

    /// The names of the schedules that were made.
    fn schedules(&self) -> Vec<String> {
        self.outside().schedules().into_iter().map(|wake| wake.name).collect()
    }

    /// The answer to `status`.
    async fn status(&self, time: &str) -> Value {
        let outcome = self.gets(time, "request-status", &json!({"action": "status"})).await;
        assert_eq!(outcome.verdict(), ("held", "status"));
        outcome.report().state.clone().unwrap()
    }
}

/// A time of the day of all stories.
fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

/// The alarm `origin-5xx` goes from OK to ALARM, so many seconds after nine o'clock and 345 ms.
fn raised(second: i64) -> StateChange {
    alarm("origin-5xx", second)
}

/// The same of another alarm.
fn alarm(name: impl Into<String>, second: i64) -> StateChange {
    StateChange { at: at("09:00:00.345") + SignedDuration::from_secs(second), ..StateChange::raised(name, 0) }
}

/// It goes back.
fn recovered(second: i64) -> StateChange {
    StateChange { from: "ALARM", to: "OK", ..raised(second) }
}

/// One change in all three deliveries.
fn deliveries(change: &StateChange) -> [(&'static str, Value); 3] {
    [("by-topic", change.by_topic()), ("by-bus", change.by_bus()), ("by-alarm", change.by_alarm())]
}

/// A file of `events/route-alarm`.
fn event(name: &str) -> Value {
    let path = root().join(format!("events/route-alarm/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
