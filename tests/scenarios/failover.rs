//! Names at work: alarms, people and schedules move them to a secondary and back, by every means there is.

mod crossroads;
mod dying;
mod dying_later;
mod every_event;
mod flapping;
mod guards;
mod hands;
mod led;
mod ledger_down;
mod mortal;
mod moves;
mod others;
mod peers;
mod records;
mod reports;
mod stages;
mod two_stacks;

use std::fs;

use failover_dns::fake::FakeDns;
use failover_dns::handler::{Mover, handle};
use failover_dns::world::{Dns, HealthState, RecordSet};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::ids::TargetName;
use shared::kinds::dns::{Dns as Rule, Side, Strategy};
use shared::playbook::Playbook;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;
use shell::ledger::{Ledger, Mark, Pause};

use self::crossroads::{furnish, leads_to};
use crate::site::{Outcome, root};

/// How long an invocation may take: a lease that nobody gave back has ended then.
const INVOCATION: SignedDuration = SignedDuration::from_secs(20);

/// When most stories begin.
const NINE: &str = "2026-11-21T09:00:00Z";

/// A deployed function, its ledger, and what leads traffic around it.
struct Helm {
    mover: Mover<'static, FakeLedger, FakeDns>,
    mode: Mode,
}

impl Helm {
    /// What a playbook describes, with traffic at the primaries and everybody healthy for an hour.
    fn of(playbook: &str, now: &str) -> Self {
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(playbook).unwrap()));
        let dns = FakeDns::new(now.parse().unwrap());
        for (_, rule) in playbook.all_dns() {
            furnish(&dns, rule);
        }
        let helm =
            Self { mover: Mover { ledger: Some(FakeLedger::default()), dns, playbook }, mode: Mode::Apply };
        for (target, _) in playbook.all_dns() {
            for side in Side::ALL {
                helm.becomes_ago(target.as_str(), side, HealthState::Healthy, SignedDuration::from_hours(1));
            }
        }
        helm
    }

    /// One target, `www`, of a strategy, with further keys of YAML, each after a comma. It fails back by itself.
    fn with(strategy: &str, further: &str) -> Self {
        Self::of(&playbook_of(strategy, further), NINE)
    }

    /// The same world and ledger after a deployment of another playbook, or of the same.
    fn redeployed(self, playbook: &str) -> Self {
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(playbook).unwrap()));
        Self { mover: Mover { playbook, ..self.mover }, ..self }
    }

    fn without_ledger(mut self) -> Self {
        self.mover.ledger = None;
        self
    }

    /// Nobody remembers anything.
    fn with_an_empty_ledger(mut self) -> Self {
        self.mover.ledger = Some(FakeLedger::default());
        self
    }

    fn in_plan_mode(self) -> Self {
        Self { mode: Mode::Plan, ..self }
    }

    fn dns(&self) -> &FakeDns {
        &self.mover.dns
    }

    fn ledger(&self) -> &FakeLedger {
        self.mover.ledger.as_ref().unwrap()
    }

    fn rule(&self, target: &str) -> &'static Rule {
        self.mover.playbook.dns(&TargetName::parse(target).unwrap()).unwrap().1
    }

    /// So many minutes pass.
    fn passes(&self, minutes: i64) {
        self.dns().advance(SignedDuration::from_mins(minutes));
    }

    /// A side of a target becomes healthy, or not, now.
    fn becomes(&self, side: Side, state: HealthState) {
        self.becomes_ago("www", side, state, SignedDuration::ZERO);
    }

    fn becomes_ago(&self, target: &str, side: Side, state: HealthState, ago: SignedDuration) {
        self.dns().set_health(self.rule(target).evidence.of(side), state, self.dns().now() - ago);
    }

    /// The primary goes down, and its alarm says so.
    async fn goes_down(&self) -> Outcome {
        self.becomes(Side::Primary, HealthState::Unhealthy);
        self.alarmed().await
    }

    /// The order that an alarm of just now has made.
    async fn alarmed(&self) -> Outcome {
        self.gets(&by_alarm("fail-over", self.dns().now())).await
    }

    /// An operator orders something.
    async fn ordered(&self, action: &str) -> Outcome {
        let id = format!("{action}-{}", self.dns().now());
        self.gets(&json!({"action": action, "target": "www", "id": id})).await
    }

    /// The same by force.
    async fn forced(&self, action: &str) -> Outcome {
        let id = format!("{action}-{}", self.dns().now());
        let command = json!({"action": action, "target": "www", "id": id, "force": true, "reason": "I know"});
        self.gets(&command).await
    }

    /// The look of every minute.
    async fn looks(&self) -> Outcome {
        self.gets(&minute(self.dns().now())).await
    }

    /// So many minutes pass, with a look at the end of each. What was not held, with its minute.
    async fn looks_for(&self, minutes: i64) -> Vec<String> {
        let mut lines = Vec::new();
        for minute in 1..=minutes {
            self.passes(1);
            let looked = self.looks().await;
            if looked.reports.iter().any(|report| !report.quiet) || !looked.returned.is_empty() {
                lines.push(format!("{minute}: {}", looked.line()));
            }
        }
        lines
    }

    /// The function gets an event.
    async fn gets(&self, event: &Value) -> Outcome {
        gets(&self.mover, self.mode, self.dns(), event).await
    }

    /// Where the traffic of `www` goes: `primary`, `secondary`, `both`, `nowhere`, …
    fn at(&self) -> String {
        leads_to(self.dns(), self.rule("www"))
    }

    /// What is remembered of `www`.
    fn memory(&self) -> Option<Value> {
        self.ledger().saved_value("dns/www")
    }

    /// Somebody wants nothing to be done for an hour.
    async fn is_paused(&self, scope: &str) {
        let since = self.dns().now();
        let pause = Pause {
            scope: scope.to_owned(),
            since,
            until: since + SignedDuration::from_hours(1),
            reason: "we look into it".to_owned(),
            who: "ada".to_owned(),
        };
        assert_eq!(self.ledger().pause(&pause).await.unwrap(), None);
    }

    /// Somebody begins a fail-over and dies before it is made, and nobody sends it again.
    async fn begins_in_vain(&self) {
        let mut memory = self.memory().unwrap_or_else(|| json!({}));
        let at = self.dns().now();
        memory["begun"] = json!({"at": at, "to": "secondary", "command": "in-vain", "by_hand": false});
        let saved = Mark::Resaved { key: "dns/www".to_owned(), value: memory };
        self.ledger().mark(&[saved], at).await.unwrap();
    }

    /// Somebody leads traffic to neither side alone.
    fn goes_astray(&self) {
        let rule = self.rule("www");
        for set in self.dns().all_sets(&rule.zone) {
            let weight = set.weight.map(|_| 0);
            let values = if weight.is_none() { vec!["192.0.2.99".to_owned()] } else { set.values.clone() };
            let alias = set.alias.clone().filter(|_| weight.is_some());
            self.dns().put_set(&rule.zone, RecordSet { weight, values, alias, ..set });
        }
        if let Strategy::RoutingControl { controls, .. } = &rule.strategy {
            Side::ALL.into_iter().for_each(|side| self.dns().set_control(controls.of(side), true));
        }
    }

    /// What was done that must never be.
    fn is_blameless(&self) {
        assert_eq!(self.dns().violations(), [""; 0]);
    }
}

/// A function gets an event, at the time of what surrounds it.
async fn gets<L: Ledger, D: Dns>(
    mover: &Mover<'static, L, D>,
    mode: Mode,
    dns: &FakeDns,
    event: &Value,
) -> Outcome {
    let now = dns.now();
    let arrival = decode(event, "request-1").unwrap_or_else(|error| Arrival {
        answer: Answer::Reports,
        records: vec![Record { id: "request-1".to_owned(), receives: 1, content: Err(error) }],
    });
    let mut invocation = Invocation::for_tests(arrival, mode);
    invocation.began_at = now;
    invocation.deadline = Deadline::new(now + INVOCATION, Clock::of(|| Timestamp::UNIX_EPOCH));
    let settled = handle(mover, &invocation).await;
    let id = |record: usize| invocation.arrival.records[record].id.clone();
    Outcome {
        reports: settled.reports,
        returned: settled.unacknowledged.into_iter().map(id).collect(),
        calls: dns.take_calls(),
    }
}

/// The means, each with a target of its own.
const STRATEGIES: [&str; 6] = [
    "record-weights",
    "record-targets",
    "health-check",
    "standby-object",
    "routing-control",
    "distribution-domain",
];

/// A playbook whose only target, `www`, has a strategy, and further keys of YAML, each after a comma.
fn playbook_of(strategy: &str, further: &str) -> String {
    let mut records = "[{name: www.example.com, type: A}, {name: www.example.com, type: AAAA}]";
    let (mut primary, mut secondary, mut own) = (String::new(), String::new(), "");
    let arn = |end: &str| {
        format!(
            ", routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{end}'"
        )
    };
    match strategy {
        "record-weights" => {
            primary = ", set-identifier: blue, weight: 100".to_owned();
            secondary = ", set-identifier: green, weight: 50".to_owned();
        }
        "record-targets" => {
            records = "[{name: www.example.com, type: A, set-identifier: europe, primary: {alias: {zone: Z35SXDOTRQ7X7K, name: one.elb.example.com, evaluate-target-health: true}}, secondary: {values: [192.0.2.2, 192.0.2.3], ttl: 30s}}, {name: www.example.com, type: AAAA, primary: {values: ['2001:db8::1']}, secondary: {values: ['2001:db8::2']}}]";
        }
        "health-check" => primary = ", health-check: 99999999-2222-3333-4444-555555555555".to_owned(),
        "standby-object" => {
            own = ", standby-object: {bucket: standby-switch, key: failed-over, region: us-west-2}";
        }
        "routing-control" => {
            (primary, secondary) = (arn("aaaa"), arn("bbbb"));
            own = ", cluster-endpoints: [{endpoint: 'https://one.example.com/v1', region: us-east-1}, {endpoint: 'https://two.example.com/v1', region: us-west-2}, {endpoint: 'https://three.example.com/v1', region: eu-west-1}]";
        }
        _ => {
            primary = ", distribution: E1EXAMPLE".to_owned();
            secondary = ", distribution: E2EXAMPLE".to_owned();
        }
    }
    let failback = if further.contains("failback") {
        ""
    } else {
        ", failback: {how: automatic, after-healthy-for: 15m}"
    };
    let drill = if further.contains("may-drill") { "" } else { ", may-drill: true" };
    format!(
        "{{version: 1, targets: {{www: {{kind: dns, zone: Z1EXAMPLE, records: {records}, strategy: {strategy}, \
         primary: {{evidence: {{alarm: www-primary-health}}{primary}}}, \
         secondary: {{evidence: {{health-check: 11111111-2222-3333-4444-555555555555}}{secondary}}}\
         {own}{failback}{drill}{further}}}}}}}"
    )
}

/// An order by the queue, that an alarm of a time has made.
fn by_alarm(action: &str, at: Timestamp) -> Value {
    let origin = json!({"source": "alarm", "correlation": format!("cause-{at}"), "alarm": "www-primary-health", "route": "primary-down", "at": at});
    let command =
        json!({"action": action, "target": "www", "id": format!("{action}-{at}"), "origin": origin});
    queued(&format!("message-{action}-{at}"), 1, &command)
}

/// What the schedule sends every minute.
fn minute(at: Timestamp) -> Value {
    let command =
        json!({"action": "reconcile", "id": format!("reconcile-{at}"), "origin": {"source": "schedule"}});
    queued(&format!("message-reconcile-{at}"), 1, &command)
}

/// A command in a message of its own.
fn queued(message: &str, receives: u32, command: &Value) -> Value {
    batch([(message, receives, command)])
}

/// Messages of a queue: their ids, how often they were received, and their bodies.
fn batch<'m>(messages: impl IntoIterator<Item = (&'m str, u32, &'m Value)>) -> Value {
    let message = |(id, receives, body): (&str, u32, &Value)| {
        json!({
            "messageId": id,
            "receiptHandle": "handle",
            "body": body.to_string(),
            "attributes": {"ApproximateReceiveCount": receives.to_string(), "SentTimestamp": "1795251600000"},
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-failover-dns.fifo",
            "awsRegion": "us-east-1",
        })
    };
    json!({"Records": messages.into_iter().map(message).collect::<Vec<_>>()})
}

fn playbook(environment: &str) -> String {
    fs::read_to_string(root().join(format!("playbooks/{environment}/playbook.yaml"))).unwrap()
}

/// A file of `events/failover-dns`.
fn event(name: &str) -> Value {
    let path = root().join(format!("events/failover-dns/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}
