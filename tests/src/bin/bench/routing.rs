//! Ten thousand alarms through `route-alarm`, a hundred of them in a round, side by side with the bare calls that they
//! cost: the requests of the function, sent once more by a plain HTTP client to an AWS of its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};
use tests::alarms::{Message, batch, fleet};
use tests::process::FunctionProcess;
use tests::runtime_api::{Answer, InvokeOptions, RuntimeApi};
use tests::stand_in::StandIn;

use crate::bare::Bare;
use crate::figures::{ATTEMPTS, Limit, Times, bytes_to_json, zipped};

/// The most that routing may take, against its bare calls. On loopback a bare call takes a twentieth of a millisecond
/// and one of the SDK, which is signed, timed and counted, four times that; with decoding, deciding and the log of a
/// report it comes to 4.6 to 5.4. A quarter more is left to the machine.
const MOST_TIME: f64 = 7.0;

/// The most calls that an alarm may cost: its guards, its command, and that it was sent.
const MOST_CALLS: f64 = 3.0;

/// The most memory that the function may ever hold, in bytes.
const MOST_MEMORY: u64 = 32 * 1024 * 1024;

/// The most that a deployment package may have, in bytes: it links five services of the SDK.
const MOST_ZIPPED: u64 = 4 * 1024 * 1024 + 512 * 1024;

/// How many alarms there are, how many of them in a round, and how many of those in a batch of SQS.
const ALARMS: usize = 10_000;
const ROUND: usize = 100;
const BATCH: usize = 10;

const PLAYBOOK: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/route-alarm/tests/binary/playbook.yaml");

const VARIABLES: [(&str, &str); 7] = [
    ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK),
    (
        "LAMPLIGHTER_QUEUES",
        "invalidate-cache=https://sqs.us-east-1.amazonaws.com/123456789012/invalidate-cache.fifo",
    ),
    ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
    ("LAMPLIGHTER_SCHEDULE_GROUP", "lamplighter"),
    ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/wake-router"),
    ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:lambda:us-east-1:123456789012:function:route-alarm"),
    ("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", "arn:aws:sqs:us-east-1:123456789012:schedules-dead-letters"),
];

/// What was measured.
pub(crate) struct Measured {
    /// A round's requests to AWS, made without the function.
    pub(crate) calls: Times,
    /// A round through the function.
    pub(crate) function: Times,
    calls_per_alarm: f64,
    peak_memory: u64,
    zipped: u64,
}

/// Measures the function, on a quiet machine if it can be had.
pub(crate) async fn measure(function: &Path) -> anyhow::Result<Measured> {
    let mut measured = rounds(function).await?;
    for _ in 1..ATTEMPTS {
        if !measured.disturbed() {
            break;
        }
        measured = rounds(function).await?;
    }
    Ok(measured)
}

async fn rounds(function: &Path) -> anyhow::Result<Measured> {
    let (api, aws, other_aws) =
        (RuntimeApi::start().await?, StandIn::start().await?, StandIn::start().await?);
    let mut bare = Bare::connect(&other_aws).await?;
    let endpoint = aws.endpoint();
    let variables = [&[("AWS_ENDPOINT_URL", endpoint.as_str())], &VARIABLES[..]].concat();
    let mut process = FunctionProcess::start(function, &api, &variables)?;
    let (mut calls, mut functions, mut requests) = (Vec::new(), Vec::new(), 0);
    for round in fleet(ALARMS).chunks(ROUND) {
        functions.push(route(&mut process, &api, round).await?);
        let asked = aws.take_requests();
        requests += asked.len();
        let begin = Instant::now();
        bare.repeat(&asked).await?;
        calls.push(begin.elapsed());
        other_aws.take_requests();
    }
    let peak_memory = process.peak_memory_kib()? * 1024;
    process.end().await?;

    let sent = aws.sent();
    let distinct: BTreeSet<&str> = sent.iter().filter_map(|sent| sent.body["id"].as_str()).collect();
    ensure!(
        (sent.len(), distinct.len()) == (ALARMS, ALARMS),
        "{ALARMS} alarms caused {} commands, {} of them distinct",
        sent.len(),
        distinct.len()
    );
    Ok(Measured {
        calls: Times::new(calls),
        function: Times::new(functions),
        calls_per_alarm: requests as f64 / ALARMS as f64,
        peak_memory,
        zipped: zipped(function)?,
    })
}

/// Hands over messages batch by batch. None of them may come back.
async fn route(
    process: &mut FunctionProcess,
    api: &RuntimeApi,
    messages: &[Message],
) -> anyhow::Result<Duration> {
    let events: Vec<Value> = messages.chunks(BATCH).map(batch).collect();
    let begin = Instant::now();
    for event in events {
        let answer = process.invoke(api, event, InvokeOptions::default()).await?;
        let expected = Answer::Response(json!({"batchItemFailures": []}));
        ensure!(answer == expected, "a batch was answered with {answer:?}");
    }
    Ok(begin.elapsed())
}

impl Measured {
    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        self.calls.disturbed() || self.function.disturbed()
    }

    fn ratio(&self) -> f64 {
        self.function.percentile(50) / self.calls.percentile(50)
    }

    /// How many alarms a second went through the function, and would have if it were nothing but its calls.
    pub(crate) fn per_second(&self) -> [f64; 2] {
        [&self.function, &self.calls].map(|times| ROUND as f64 * 1_000.0 / times.percentile(50))
    }

    /// The limits, and how near they are.
    pub(crate) fn limits(&self) -> [Limit; 4] {
        [
            Limit { name: "time: route-alarm / its bare calls", measured: self.ratio(), most: MOST_TIME },
            Limit { name: "calls for an alarm", measured: self.calls_per_alarm, most: MOST_CALLS },
            Limit::of_bytes("peak memory, MiB", self.peak_memory, MOST_MEMORY),
            Limit::of_bytes("zipped, MiB", self.zipped, MOST_ZIPPED),
        ]
    }

    pub(crate) fn to_json(&self) -> Value {
        let (ratio, [function, calls]) = (self.ratio(), self.per_second());
        json!({
            "function": "route-alarm",
            "rounds": self.function.rounds(),
            "disturbed": self.disturbed(),
            "alarms": {"all": ALARMS, "round": ROUND, "batch": BATCH},
            "calls_per_alarm": {
                "measured": self.calls_per_alarm,
                "limit": MOST_CALLS,
                "kept": self.calls_per_alarm <= MOST_CALLS,
            },
            "milliseconds": {"calls": self.calls.to_json(), "function": self.function.to_json()},
            "alarms_per_second": {"calls": calls, "function": function},
            "ratio": {"measured": ratio, "limit": MOST_TIME, "kept": ratio <= MOST_TIME},
            "peak_memory_bytes": bytes_to_json(self.peak_memory, MOST_MEMORY),
            "zipped_bytes": bytes_to_json(self.zipped, MOST_ZIPPED),
        })
    }
}
