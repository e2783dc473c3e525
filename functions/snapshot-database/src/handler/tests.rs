//! What becomes of orders from their arrival to the report, with RDS and the ledger in memory.

mod drills;
mod dry;
mod dying;
mod faults;
mod ledger;
mod many;
mod mortal;
mod twice;
mod way;
mod words;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::decode;
use shared::kinds::database::RegionCode;
use shared::playbook::Playbook;
use shared::report::{Report, StepReport};
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;

use self::mortal::Mortal;
use super::{Keeper, handle};
use crate::examples::{LEDGER_TABLE, home, readable, time};
use crate::fake::{FakeRds, cluster, instance};
use crate::world::{Family, Origin, Snapshot};

/// How long an invocation may take: a lease that nobody gave back has ended then.
const INVOCATION: SignedDuration = SignedDuration::from_secs(60);

/// Two targets: an instance whose snapshots are copied, and a cluster.
const TARGETS: &str = "
  weather-db:
    kind: database
    instance: weather
    retention: {days: 3, keep-at-least: 2}
    copies: [{region: us-west-2, retention: {days: 2}}]
  platform-db:
    kind: database
    cluster: platform
    retention: {days: 3}
";

/// A deployed function, its ledger, and RDS with the databases of its targets.
struct Stage {
    mortal: Mortal,
    playbook: &'static Playbook,
    has_ledger: bool,
}

impl Stage {
    fn new() -> Self {
        Self::with(TARGETS)
    }

    /// The same with other targets, and without their databases.
    fn of(targets: &str) -> Self {
        let text = format!("version: 1\ntargets:{targets}");
        // It lives as long as the process, as it does in the function.
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(&text).unwrap()));
        let rds = FakeRds::new(home().as_str(), time("21T12:00"));
        Self { mortal: Mortal::new(rds), playbook, has_ledger: true }
    }

    /// The same with other targets, and the instance `weather` and the cluster `platform`.
    fn with(targets: &str) -> Self {
        let stage = Self::of(targets);
        stage.rds().put(instance("weather"));
        stage.rds().put(cluster("platform"));
        stage
    }

    fn without_ledger(self) -> Self {
        Self { has_ledger: false, ..self }
    }

    fn rds(&self) -> &FakeRds {
        &self.mortal.rds
    }

    fn ledger(&self) -> &FakeLedger {
        &self.mortal.ledger
    }

    /// The function gets an event now. What has no id of its own is known by the request's.
    async fn gets(&self, request: &str, event: &Value) -> Vec<Report> {
        let arrival = decode(event, request).unwrap();
        let mut invocation = Invocation::for_tests(arrival, Mode::Apply);
        let now = self.rds().now();
        invocation.began_at = now;
        invocation.deadline = Deadline::new(now + INVOCATION, Clock::of(|| jiff::Timestamp::UNIX_EPOCH));
        let ledger = self.has_ledger.then_some(&self.mortal);
        let ledger_table = self.has_ledger.then_some(LEDGER_TABLE);
        let keeper = Keeper { ledger, ledger_table, rds: &self.mortal, playbook: self.playbook };
        let settled = handle(&keeper, &invocation).await;
        let failed = settled.reports.iter().any(|report| report.error.is_some());
        assert_eq!(!settled.unacknowledged.is_empty(), failed, "what failed comes again, and nothing else");
        assert_eq!(self.rds().violations(), Vec::<String>::new());
        settled.reports
    }

    /// Every manual snapshot: where, what, its state, and whose copy it is not said.
    fn snapshots(&self) -> String {
        let line = |region: &RegionCode, snapshot: &Snapshot| {
            format!("{region} {} {}\n", snapshot.name, snapshot.status)
        };
        let regions = [home(), crate::examples::west()];
        let all = regions.iter().flat_map(|region| {
            let all = self.rds().all_snapshots(region, Origin::Manual);
            all.into_iter().map(move |snapshot| line(region, &snapshot))
        });
        // As they are read, so that the digits in their names decide nothing.
        let mut lines: Vec<String> = all.map(|line| readable(&line)).collect();
        lines.sort();
        lines.concat()
    }

    /// Everything that can be seen from outside.
    fn picture(&self) -> String {
        format!("{}{:?}", self.snapshots(), self.rds().all_databases())
    }

    /// Puts a good snapshot of ours into the home Region.
    fn has(&self, snapshots: impl IntoIterator<Item = Snapshot>) {
        for snapshot in snapshots {
            self.rds().put_snapshot(&home(), snapshot);
        }
    }

    fn is_full(&self, most: u32) {
        for family in Family::ALL {
            self.rds().set_quota(&home(), family, most);
        }
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

/// An order to `weather-db`.
fn command(id: &str, action: &str) -> Value {
    to("weather-db", id, action)
}

fn to(target: &str, id: &str, action: &str) -> Value {
    json!({"target": target, "id": id, "action": action})
}

/// The order of the hourly schedule.
fn reconcile_all(id: &str) -> Value {
    json!({"action": "reconcile", "id": id, "origin": {"source": "schedule"}})
}

fn scheduled(mut command: Value) -> Value {
    command["origin"] = json!({"source": "schedule"});
    command
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
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

/// Reports as people read them.
fn read(reports: &[Report]) -> String {
    let step = |step: &StepReport| {
        let status = json!(step.status);
        let details = Value::Object(step.details.clone());
        format!("  {} {}: {details}\n", step.step, status.as_str().unwrap())
    };
    let one = |report: &Report| {
        let quietly = if report.quiet { "(quietly) " } else { "" };
        let steps: String = report.steps.iter().map(step).collect();
        let next = report.next.as_ref().map(|next| format!("  next: {next}\n")).unwrap_or_default();
        format!("{quietly}{report}\n{steps}{next}")
    };
    readable(&reports.iter().map(one).collect::<String>())
}
