//! The cold starts of functions: a bare function, and each of the others beside its requests to AWS made bare, in every
//! round, so that a slow minute is slow for all of them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tests::process::FunctionProcess;
use tests::runtime_api::{Answer, InvokeOptions, RuntimeApi};
use tests::stand_in::{Recorded, Service, StandIn};

use crate::bare::Bare;
use crate::figures::{ATTEMPTS, Limit, Times, bytes_to_json, zipped};
use crate::subjects::{INVALIDATE_CACHE, PLAYBOOK, Subject};

/// The most that a cold start with its calls may take, against a bare function and the bare calls together, where AWS
/// answers as fast as `PROMPT`.
const MOST_TIME: f64 = 2.0;

/// How long an AWS takes to answer that is as fast as none is (the timer makes nearly 2 ms of it): DynamoDB, the fastest of the services that are asked,
/// promises single-digit milliseconds
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html>).
const PROMPT: Duration = Duration::from_millis(1);

/// The most memory that a function may ever hold, in bytes.
const MOST_MEMORY: u64 = 16 * 1024 * 1024;

/// How often everything is measured.
const ROUNDS: usize = 100;

/// What was measured.
pub(crate) struct Measured {
    /// From the start of the bare function to its first answer.
    pub(crate) echo: Times,
    pub(crate) functions: Vec<OfFunction>,
}

/// What was measured of one function.
pub(crate) struct OfFunction {
    pub(crate) subject: &'static Subject,
    /// Where AWS answers at once.
    pub(crate) at_once: SideBySide,
    /// Where AWS takes `PROMPT` to answer.
    pub(crate) prompt: SideBySide,
    peak_memory: u64,
    zipped: u64,
}

/// A function, and what it is measured against.
pub(crate) struct SideBySide {
    /// The function's requests to AWS, made without the function.
    pub(crate) calls: Times,
    /// From the start of the function to its first answer, or to the request with which its work is done.
    pub(crate) function: Times,
    /// The median of the bare function.
    echo: f64,
}

/// Measures functions, each with its binary and its playbook, against the bare one, on a quiet machine if it can be had.
pub(crate) async fn measure(
    echo: &Path,
    functions: &[(&'static Subject, PathBuf, &PathBuf)],
) -> anyhow::Result<Measured> {
    // The first starts fill the page cache, and show what the functions ask of AWS.
    let playbook = Path::new(PLAYBOOK);
    let echo = Candidate { subject: &INVALIDATE_CACHE, binary: echo, playbook, requests: Vec::new() };
    echo.start(Duration::ZERO).await?;
    let mut candidates = Vec::new();
    for (subject, binary, playbook) in functions {
        let mut candidate = Candidate { subject, binary, playbook, requests: Vec::new() };
        candidate.requests = subject.counted(candidate.start(Duration::ZERO).await?.requests)?;
        candidates.push(candidate);
    }
    let mut measured = rounds(&echo, &candidates).await?;
    for _ in 1..ATTEMPTS {
        if !measured.disturbed() {
            break;
        }
        measured = rounds(&echo, &candidates).await?;
    }
    Ok(measured)
}

/// A function that is measured, and what it asks of AWS.
struct Candidate<'a> {
    subject: &'static Subject,
    binary: &'a Path,
    playbook: &'a Path,
    requests: Vec<Recorded>,
}

/// What the rounds have found of one function.
#[derive(Default)]
struct Found {
    at_once: Pairs,
    prompt: Pairs,
    peak_memory: u64,
}

/// The times of the rounds, with AWS as fast in all of them.
#[derive(Default)]
struct Pairs {
    calls: Vec<Duration>,
    function: Vec<Duration>,
}

async fn rounds(echo: &Candidate<'_>, candidates: &[Candidate<'_>]) -> anyhow::Result<Measured> {
    let mut echoes = Vec::new();
    let mut found: Vec<Found> = candidates.iter().map(|_| Found::default()).collect();
    for _ in 0..ROUNDS {
        echoes.push(echo.start(Duration::ZERO).await?.took);
        for (candidate, Found { at_once, prompt, peak_memory }) in candidates.iter().zip(&mut found) {
            for (pace, pairs) in [(Duration::ZERO, at_once), (PROMPT, prompt)] {
                pairs.calls.push(candidate.call(pace).await?);
                let started = candidate.start(pace).await?;
                pairs.function.push(started.took);
                *peak_memory = started.peak_memory.max(*peak_memory);
            }
        }
    }
    let echo = Times::new(echoes);
    let median = echo.percentile(50);
    let mut functions = Vec::new();
    for (Candidate { subject, binary, .. }, found) in candidates.iter().zip(found) {
        functions.push(OfFunction {
            subject,
            at_once: SideBySide::new(median, found.at_once),
            prompt: SideBySide::new(median, found.prompt),
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

impl Candidate<'_> {
    /// Starts the binary as Lambda does and waits for its first answer, or for the request with which its work is done.
    /// `pace` is how long AWS takes to answer.
    async fn start(&self, pace: Duration) -> anyhow::Result<Started> {
        let Self { subject, binary, .. } = self;
        let (api, aws) = (RuntimeApi::start().await?, StandIn::start().await?);
        aws.answer_after(pace);
        (subject.prepare)(&aws);
        let endpoint = aws.endpoint();
        let playbook = self.playbook.to_str().context("a path that is no text")?;
        let own = [("AWS_ENDPOINT_URL", endpoint.as_str()), ("LAMPLIGHTER_PLAYBOOK", playbook)];
        let variables = [&own, subject.variables].concat();

        let begin = Instant::now();
        let mut process = FunctionProcess::start(binary, &api, &variables)?;
        let answer = process.invoke(&api, subject.command, InvokeOptions::default()).await?;
        let answered = begin.elapsed();

        if let Answer::FunctionError(error) = answer {
            bail!("{} failed: {error:?}", binary.display());
        }
        let done = subject.done_with.and_then(|operation| aws.answered_at(operation));
        let took = done.map_or(answered, |done| done.duration_since(begin));
        let peak_memory = process.peak_memory_kib()? * 1024;
        process.end().await?;
        Ok(Started { took, peak_memory, requests: aws.requests() })
    }

    /// The same requests by a plain HTTP client, on a connection of its own.
    async fn call(&self, pace: Duration) -> anyhow::Result<Duration> {
        let aws = StandIn::start().await?;
        aws.answer_after(pace);
        (self.subject.prepare)(&aws);
        let begin = Instant::now();
        Bare::connect(&aws).await?.repeat(&self.requests).await?;
        Ok(begin.elapsed())
    }
}

impl Subject {
    /// The requests whose time counts, if there are no more of them than there may be.
    fn counted(&self, mut requests: Vec<Recorded>) -> anyhow::Result<Vec<Recorded>> {
        let (name, most) = (self.name, self.most_requests);
        ensure!(!requests.is_empty(), "{name} asked nothing of AWS");
        ensure!(requests.len() <= most, "{name} sent {} requests, not {most}", requests.len());
        if !self.asks.is_empty() {
            let beside = [Service::DynamoDb, Service::Sns];
            let asked = requests.iter().filter(|request| !beside.contains(&request.service));
            let mut asked: Vec<&str> = asked.map(|request| request.operation.as_str()).collect();
            asked.sort_unstable();
            ensure!(asked == self.asks, "{name} asked {asked:?}");
        }
        if let Some(operation) = self.done_with {
            let last = requests.iter().rposition(|request| request.operation == operation);
            requests.truncate(last.with_context(|| format!("{name} asked no {operation}"))? + 1);
        }
        Ok(requests)
    }
}

impl Measured {
    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        self.echo.disturbed() || self.functions.iter().any(|one| one.at_once.function.disturbed())
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

impl SideBySide {
    fn new(echo: f64, Pairs { calls, function }: Pairs) -> Self {
        Self { calls: Times::new(calls), function: Times::new(function), echo }
    }

    fn ratio(&self) -> f64 {
        self.function.percentile(50) / (self.echo + self.calls.percentile(50))
    }

    fn to_json(&self, most: f64) -> Value {
        let ratio = self.ratio();
        json!({
            "milliseconds": {"call": self.calls.to_json(), "function": self.function.to_json()},
            "ratio": {"measured": ratio, "limit": most, "kept": ratio <= most},
        })
    }
}

impl OfFunction {
    /// The limits, and how near they are.
    pub(crate) fn limits(&self) -> [Limit; 4] {
        [
            Limit {
                name: "time / (echo + calls), AWS answers after 1 ms",
                measured: self.prompt.ratio(),
                most: MOST_TIME,
            },
            Limit {
                name: "time / (echo + calls), AWS answers at once",
                measured: self.at_once.ratio(),
                most: self.subject.most_at_once,
            },
            Limit::of_bytes("peak memory, MiB", self.peak_memory, MOST_MEMORY),
            Limit::of_bytes("zipped, MiB", self.zipped, self.subject.most_zipped),
        ]
    }

    fn to_json(&self, all: &Measured) -> Value {
        json!({
            "function": self.subject.name,
            "rounds": self.at_once.function.rounds(),
            "disturbed": all.disturbed(),
            "echo": all.echo.to_json(),
            "answers-at-once": self.at_once.to_json(self.subject.most_at_once),
            "answers-after-1-ms": self.prompt.to_json(MOST_TIME),
            "peak_memory_bytes": bytes_to_json(self.peak_memory, MOST_MEMORY),
            "zipped_bytes": bytes_to_json(self.zipped, self.subject.most_zipped),
        })
    }
}
