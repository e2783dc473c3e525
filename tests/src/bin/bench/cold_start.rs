//! The cold starts of functions: a bare function, and each of the others beside its requests to AWS made bare, in every
//! round, so that a slow minute is slow for all of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use serde_json::{Value, json};
use tests::process::FunctionProcess;
use tests::runtime_api::{Answer, InvokeOptions, RuntimeApi};
use tests::stand_in::{EcsService, Recorded, ScalableTarget, StandIn};

use crate::bare::Bare;
use crate::figures::{ATTEMPTS, Limit, Times, bytes_to_json, zipped};

/// The most that a cold start with its calls may take, against a bare function and the bare calls together.
const MOST_TIME: f64 = 2.0;

/// The most memory that a function may ever hold, in bytes.
const MOST_MEMORY: u64 = 16 * 1024 * 1024;

/// The most that a deployment package may have, in bytes.
const MOST_ZIPPED: u64 = 4 * 1024 * 1024;

/// How often everything is measured.
const ROUNDS: usize = 100;

/// The playbook that the functions find.
const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../playbooks/prod/playbook.yaml");

/// A function, and what it is measured with.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    /// What its calls are, for the table.
    pub(crate) calls: &'static str,
    /// The most of them that it may send.
    most_requests: usize,
    /// What it is asked to do.
    command: &'static str,
    /// Its environment, beside the playbook.
    variables: &'static [(&'static str, &'static str)],
    /// What it finds at AWS.
    prepare: fn(&StandIn),
}

/// One call, and nothing to remember.
pub(crate) static INVALIDATE_CACHE: Subject = Subject {
    name: "invalidate-cache",
    calls: "call: CreateInvalidation over plain HTTP",
    most_requests: 1,
    command: include_str!("../../../../events/invalidate-cache/command-paths.json"),
    variables: &[],
    prepare: |_| {},
};

/// The guards are passed, the service and its scalable target are read and changed, and it is noted that this is done.
pub(crate) static SCALE_SERVICE: Subject = Subject {
    name: "scale-service",
    calls: "calls: those of a set over plain HTTP",
    most_requests: 7,
    command: r#"{"action": "set", "target": "platform-api", "min": 2, "max": 8, "desired": 3}"#,
    variables: &[
        ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
        ("LAMPLIGHTER_SCHEDULE_GROUP", "lamplighter"),
        ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/end-boosts"),
        ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:sqs:us-east-1:123456789012:scale-service.fifo"),
    ],
    prepare: |aws| {
        aws.put_service(EcsService::new("ecs-platform-prod", "api", 1));
        aws.put_scalable_target("ecs-platform-prod", "api", ScalableTarget::new(1, 10));
    },
};

/// What was measured.
pub(crate) struct Measured {
    /// From the start of the bare function to its first answer.
    pub(crate) echo: Times,
    pub(crate) functions: Vec<OfFunction>,
}

/// What was measured of one function.
pub(crate) struct OfFunction {
    pub(crate) subject: &'static Subject,
    /// The function's requests to AWS, made without the function.
    pub(crate) calls: Times,
    /// From the start of the function to its first answer.
    pub(crate) function: Times,
    /// The median of the bare function.
    echo: f64,
    peak_memory: u64,
    zipped: u64,
}

/// Measures functions against the bare one, on a quiet machine if it can be had.
pub(crate) async fn measure(
    echo: &Path,
    functions: &[(&'static Subject, PathBuf)],
) -> anyhow::Result<Measured> {
    // The first starts fill the page cache, and show what the functions ask of AWS.
    start(echo, &INVALIDATE_CACHE).await?;
    let mut candidates = Vec::new();
    for (subject, binary) in functions {
        let Started { requests, .. } = start(binary, subject).await?;
        ensure!(!requests.is_empty(), "{} asked nothing of AWS", subject.name);
        candidates.push(Candidate { subject, binary, requests });
    }
    let mut measured = rounds(echo, &candidates).await?;
    for _ in 1..ATTEMPTS {
        if !measured.disturbed() {
            break;
        }
        measured = rounds(echo, &candidates).await?;
    }
    Ok(measured)
}

/// A function that is measured, and what it asks of AWS.
struct Candidate<'a> {
    subject: &'static Subject,
    binary: &'a Path,
    requests: Vec<Recorded>,
}

/// What the rounds have found of one function.
#[derive(Default)]
struct Found {
    calls: Vec<Duration>,
    function: Vec<Duration>,
    peak_memory: u64,
}

async fn rounds(echo: &Path, candidates: &[Candidate<'_>]) -> anyhow::Result<Measured> {
    let mut echoes = Vec::new();
    let mut found: Vec<Found> = candidates.iter().map(|_| Found::default()).collect();
    for _ in 0..ROUNDS {
        echoes.push(start(echo, &INVALIDATE_CACHE).await?.took);
        for (candidate, found) in candidates.iter().zip(&mut found) {
            found.calls.push(call(candidate).await?);
            let started = start(candidate.binary, candidate.subject).await?;
            found.function.push(started.took);
            found.peak_memory = found.peak_memory.max(started.peak_memory);
        }
    }
    let echo = Times::new(echoes);
    let mut functions = Vec::new();
    for (Candidate { subject, binary, .. }, found) in candidates.iter().zip(found) {
        functions.push(OfFunction {
            subject,
            calls: Times::new(found.calls),
            function: Times::new(found.function),
            echo: echo.percentile(50),
            peak_memory: found.peak_memory,
            zipped: zipped(binary)?,
        });
    }
    Ok(Measured { echo, functions })
}

/// One cold start.
struct Started {
    took: Duration,
    peak_memory: u64,
    requests: Vec<Recorded>,
}

/// Starts a binary as Lambda does and waits for its first answer.
async fn start(binary: &Path, subject: &Subject) -> anyhow::Result<Started> {
    let (api, aws) = (RuntimeApi::start().await?, StandIn::start().await?);
    (subject.prepare)(&aws);
    let endpoint = aws.endpoint();
    let own = [("AWS_ENDPOINT_URL", endpoint.as_str()), ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK)];
    let variables = [&own, subject.variables].concat();

    let begin = Instant::now();
    let mut process = FunctionProcess::start(binary, &api, &variables)?;
    let answer = process.invoke(&api, subject.command, InvokeOptions::default()).await?;
    let took = begin.elapsed();

    if let Answer::FunctionError(error) = answer {
        bail!("{} failed: {error:?}", binary.display());
    }
    let peak_memory = process.peak_memory_kib()? * 1024;
    process.end().await?;
    let (requests, most) = (aws.requests(), subject.most_requests);
    ensure!(requests.len() <= most, "{} sent {} requests, not {most}", binary.display(), requests.len());
    Ok(Started { took, peak_memory, requests })
}

/// The same requests by a plain HTTP client, on a connection of its own.
async fn call(candidate: &Candidate<'_>) -> anyhow::Result<Duration> {
    let aws = StandIn::start().await?;
    (candidate.subject.prepare)(&aws);
    let begin = Instant::now();
    Bare::connect(&aws).await?.repeat(&candidate.requests).await?;
    Ok(begin.elapsed())
}

impl Measured {
    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        self.echo.disturbed() || self.functions.iter().any(|one| one.function.disturbed())
    }

    /// The first function, with each of the others as a part under its name.
    pub(crate) fn to_json(&self) -> Value {
        let mut functions = self.functions.iter().map(|one| (one.subject.name, one.to_json(self)));
        let mut results = functions.next().map(|(_, results)| results).unwrap_or_default();
        for (name, one) in functions {
            results[name] = one;
        }
        results
    }
}

impl OfFunction {
    fn ratio(&self) -> f64 {
        self.function.percentile(50) / (self.echo + self.calls.percentile(50))
    }

    /// The limits, and how near they are.
    pub(crate) fn limits(&self) -> [Limit; 3] {
        [
            Limit {
                name: "time: from start to answer / (echo + calls)",
                measured: self.ratio(),
                most: MOST_TIME,
            },
            Limit::of_bytes("peak memory, MiB", self.peak_memory, MOST_MEMORY),
            Limit::of_bytes("zipped, MiB", self.zipped, MOST_ZIPPED),
        ]
    }

    fn to_json(&self, all: &Measured) -> Value {
        let ratio = self.ratio();
        json!({
            "function": self.subject.name,
            "rounds": self.function.rounds(),
            "disturbed": all.disturbed(),
            "milliseconds": {
                "echo": all.echo.to_json(),
                "call": self.calls.to_json(),
                "function": self.function.to_json(),
            },
            "ratio": {"measured": ratio, "limit": MOST_TIME, "kept": ratio <= MOST_TIME},
            "peak_memory_bytes": bytes_to_json(self.peak_memory, MOST_MEMORY),
            "zipped_bytes": bytes_to_json(self.zipped, MOST_ZIPPED),
        })
    }
}
