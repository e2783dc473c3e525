//! What the stories happen at: a playbook, a CloudFront, and a function that gets events.

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, slice};

use invalidate_cache::fake::FakeDistributions;
use invalidate_cache::handler::handle;
use invalidate_cache::world::Invalidation;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::playbook::Playbook;
use shared::report::Report;
use shell::Invocation;

/// The distribution of `weather-site`.
pub(crate) const SITE: &str = "E1WEATHEREXAMPLE";

/// The distribution of `weather-site-secondary`, which serves the same bucket.
pub(crate) const SECONDARY: &str = "E2WEATHEREXAMPLE";

/// A playbook with one distribution.
pub(crate) const ONE: &str = "
version: 1
targets:
  weather-site:
    kind: distribution
    distribution: E1WEATHEREXAMPLE
    sources: [{bucket: weather-assets, prefix: assets/, path: /assets/}]
";

/// A deployed function and the world that it acts on.
pub(crate) struct Site {
    playbook: Playbook,
    mode: Mode,
    pub(crate) cloudfront: FakeDistributions,
}

/// What became of one invocation.
pub(crate) struct Outcome {
    /// The reports, in their order.
    pub(crate) reports: Vec<Report>,
    /// The ids of the records that come back: messages of a queue, or the whole invocation.
    pub(crate) returned: Vec<String>,
    /// The calls that were made to CloudFront.
    pub(crate) calls: Vec<String>,
}

impl Site {
    /// What `playbooks/prod` describes.
    pub(crate) fn prod() -> Self {
        Self::with(&fs::read_to_string(root().join("playbooks/prod/playbook.yaml")).unwrap())
    }

    /// What a playbook describes, with a CloudFront that keeps to its limits.
    pub(crate) fn with(playbook: &str) -> Self {
        let cloudfront = FakeDistributions::with_limits();
        Self { playbook: Playbook::parse(playbook).unwrap(), mode: Mode::Apply, cloudfront }
    }

    /// The same with the function in plan mode.
    pub(crate) fn in_plan_mode(self) -> Self {
        Self { mode: Mode::Plan, ..self }
    }

    /// The function gets an event at nine o'clock.
    pub(crate) async fn gets(&self, event: &Value) -> Outcome {
        self.gets_at("2026-11-21T09:00:00Z", event).await
    }

    /// The function gets an event.
    pub(crate) async fn gets_at(&self, time: &str, event: &Value) -> Outcome {
        let request_id = "request-1".to_owned();
        let arrival = decode(event, &request_id).unwrap_or_else(|error| Arrival {
            answer: Answer::Reports,
            records: vec![Record { id: request_id, receives: 1, content: Err(error) }],
        });
        let mut invocation = Invocation::for_tests(arrival, self.mode);
        invocation.began_at = time.parse().unwrap();
        self.cloudfront.set_time(invocation.began_at);
        let settled = handle(&self.cloudfront, &self.playbook, &invocation).await;
        let id = |record: usize| invocation.arrival.records[record].id.clone();
        Outcome {
            reports: settled.reports,
            returned: settled.unacknowledged.into_iter().map(id).collect(),
            calls: self.cloudfront.take_calls(),
        }
    }

    /// The items of each invalidation of a distribution, oldest first.
    pub(crate) fn items(&self, distribution: &str) -> Vec<Vec<String>> {
        self.cloudfront
            .invalidations(distribution)
            .into_iter()
            .map(|invalidation| invalidation.items)
            .collect()
    }

    /// The only invalidation of a distribution.
    pub(crate) fn only(&self, distribution: &str) -> Invalidation {
        let mut invalidations = self.cloudfront.invalidations(distribution);
        assert_eq!(invalidations.len(), 1, "{invalidations:?}");
        invalidations.remove(0)
    }
}

impl Outcome {
    /// The only report.
    pub(crate) fn report(&self) -> &Report {
        let [report] = self.reports.as_slice() else { panic!("{} reports", self.reports.len()) };
        report
    }

    /// Verdicts and codes, in the order of the reports.
    pub(crate) fn verdicts(&self) -> Vec<(&'static str, &'static str)> {
        self.reports.iter().map(|report| (report.verdict.as_str(), report.why.code)).collect()
    }

    /// All reports in one line, and how many records are returned.
    pub(crate) fn line(&self) -> String {
        let reports = self.reports.iter().map(|report| {
            let target = report.subject.target.as_str();
            let target = if target == "none" { String::new() } else { format!(" {target}") };
            format!("{} {}{target}", report.verdict, report.why.code)
        });
        let reports = reports.collect::<Vec<_>>().join(", ");
        match self.returned.len() {
            0 => reports,
            count => format!("{reports} [{count} returned]"),
        }
    }

    /// The only verdict with its code.
    pub(crate) fn verdict(&self) -> (&'static str, &'static str) {
        let report = self.report();
        (report.verdict.as_str(), report.why.code)
    }
}

/// The names of the files of a folder of `events/`, in order.
pub(crate) fn events_of(function: &str) -> Vec<String> {
    let files = fs::read_dir(root().join("events").join(function)).unwrap();
    let name = |file: std::io::Result<fs::DirEntry>| {
        file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()
    };
    let mut names: Vec<String> = files.map(name).collect();
    names.sort();
    names
}

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file of `events/invalidate-cache`.
pub(crate) fn event(name: &str) -> Value {
    let path = root().join(format!("events/invalidate-cache/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// A command to `weather-site`, with these fields besides.
pub(crate) fn command(fields: Value) -> Value {
    let mut command = json!({"action": "invalidate", "target": "weather-site"});
    command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    command
}

/// A change of an object of `weather-assets`, by EventBridge.
pub(crate) fn change(key: &str) -> Value {
    static CHANGE: LazyLock<Value> = LazyLock::new(|| event("s3-eventbridge"));
    let mut change = CHANGE.clone();
    change["detail"]["object"]["key"] = json!(key);
    change
}

/// Messages `m-0`, `m-1`, … of a standard queue.
pub(crate) fn queue(bodies: &[Value]) -> Value {
    redelivered(1, bodies)
}

/// The same, received for the `times`-th time.
pub(crate) fn redelivered(times: u32, bodies: &[Value]) -> Value {
    let messages = bodies.iter().enumerate().map(|(index, body)| message(&format!("m-{index}"), times, body));
    json!({"Records": messages.collect::<Vec<_>>()})
}

/// One message of a standard queue.
pub(crate) fn message(id: &str, times: u32, body: &Value) -> Value {
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    static MESSAGE: LazyLock<Value> = LazyLock::new(|| event("sqs-redelivered")["Records"][0].take());
    let mut message = MESSAGE.clone();
    message["messageId"] = json!(id);
    message["body"] = json!(body);
    message["attributes"]["ApproximateReceiveCount"] = json!(times.to_string());
    message
}

/// One body in a queue's batch of one.
pub(crate) fn queued(body: &Value) -> Value {
    queue(slice::from_ref(body))
}

/// A time, for invalidations that are there already.
pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Names of messages `m-0` to one before `m-<n>`.
pub(crate) fn messages(indices: impl IntoIterator<Item = usize>) -> Vec<String> {
    indices.into_iter().map(|index| format!("m-{index}")).collect()
}
