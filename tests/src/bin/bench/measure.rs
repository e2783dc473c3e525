//! The measurements: all three in every round, so that a slow minute is slow for each of them.

use std::io::{Cursor, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tests::process::FunctionProcess;
use tests::runtime_api::{Answer, InvokeOptions, RuntimeApi};
use tests::stand_in::{Recorded, StandIn};
use tokio::net::TcpStream;
use zip::write::SimpleFileOptions;

use crate::{MOST_MEMORY, MOST_TIME, MOST_ZIPPED};

/// How often everything is measured.
const ROUNDS: usize = 100;

/// How often the rounds are begun anew because the machine was busy.
const ATTEMPTS: usize = 3;

/// A median this many times the best is not the program's doing: it waited for the processor.
const BUSY: f64 = 1.25;

/// What the function is asked to do.
const COMMAND: &str = include_str!("../../../../events/invalidate-cache/command-paths.json");

/// The playbook that it finds.
const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../playbooks/prod/playbook.yaml");

/// What was measured.
pub(crate) struct Measured {
    /// From the start of the bare function to its first answer.
    pub(crate) echo: Times,
    /// The function's request to AWS, made without the function.
    pub(crate) call: Times,
    /// From the start of the function to its first answer.
    pub(crate) function: Times,
    peak_memory: u64,
    zipped: u64,
}

/// How long something took, in all rounds, shortest first.
pub(crate) struct Times(Vec<Duration>);

/// Something measured and the most that it may be.
pub(crate) struct Limit {
    pub(crate) name: &'static str,
    pub(crate) measured: f64,
    pub(crate) most: f64,
}

/// Measures a function against the bare one, on a quiet machine if it can be had.
pub(crate) async fn measure(echo: &Path, function: &Path) -> anyhow::Result<Measured> {
    // The first starts fill the page cache, and show what the function asks of AWS.
    start(echo).await?;
    let request = start(function).await?.request.context("the function asked nothing of AWS")?;
    let mut measured = rounds(echo, function, &request).await?;
    for _ in 1..ATTEMPTS {
        if !measured.disturbed() {
            break;
        }
        measured = rounds(echo, function, &request).await?;
    }
    Ok(measured)
}

async fn rounds(echo: &Path, function: &Path, request: &Recorded) -> anyhow::Result<Measured> {
    let (mut echoes, mut calls, mut functions) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak_memory = 0;
    for _ in 0..ROUNDS {
        echoes.push(start(echo).await?.took);
        calls.push(call(request).await?);
        let started = start(function).await?;
        functions.push(started.took);
        peak_memory = peak_memory.max(started.peak_memory);
    }
    Ok(Measured {
        echo: Times::new(echoes),
        call: Times::new(calls),
        function: Times::new(functions),
        peak_memory,
        zipped: zipped(function)?,
    })
}

/// One cold start.
struct Started {
    took: Duration,
    peak_memory: u64,
    /// The only request to AWS.
    request: Option<Recorded>,
}

/// Starts a binary as Lambda does and waits for its first answer.
async fn start(binary: &Path) -> anyhow::Result<Started> {
    let (api, aws) = (RuntimeApi::start().await?, StandIn::start().await?);
    let endpoint = aws.endpoint();
    let variables = [("AWS_ENDPOINT_URL", endpoint.as_str()), ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK)];

    let begin = Instant::now();
    let mut process = FunctionProcess::start(binary, &api, &variables)?;
    let answer = process.invoke(&api, COMMAND, InvokeOptions::default()).await?;
    let took = begin.elapsed();

    if let Answer::FunctionError(error) = answer {
        bail!("{} failed: {error:?}", binary.display());
    }
    let peak_memory = process.peak_memory_kib()? * 1024;
    process.end().await?;
    let mut requests = aws.requests();
    ensure!(requests.len() <= 1, "{} sent {} requests", binary.display(), requests.len());
    Ok(Started { took, peak_memory, request: requests.pop() })
}

/// The same request by a plain HTTP client, on a connection of its own.
async fn call(recorded: &Recorded) -> anyhow::Result<Duration> {
    let aws = StandIn::start().await?;
    let begin = Instant::now();
    let stream = TcpStream::connect(aws.address()).await?;
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::post(format!("/2020-05-31/distribution/{}/invalidation", recorded.resource))
        .header("host", aws.address().to_string())
        .header("content-type", "application/xml")
        .body(Full::new(Bytes::from(recorded.body.clone())))?;
    let response = client.send_request(request).await?;
    ensure!(response.status() == 201, "the bare call was answered with {}", response.status());
    response.into_body().collect().await?;
    let took = begin.elapsed();
    connection.abort();
    Ok(took)
}

/// The size of a deployment package with nothing but this binary in it.
fn zipped(binary: &Path) -> anyhow::Result<u64> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    package.start_file("bootstrap", SimpleFileOptions::default().unix_permissions(0o755))?;
    package.write_all(&std::fs::read(binary).with_context(|| format!("read {}", binary.display()))?)?;
    Ok(package.finish()?.into_inner().len().try_into()?)
}

impl Times {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    /// The time in milliseconds that this part of the rounds did not exceed: half of them, nine tenths.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let last = self.0.len() - 1;
        self.0[last * percent / 100].as_secs_f64() * 1_000.0
    }

    fn to_json(&self) -> Value {
        json!({"best": self.percentile(0), "median": self.percentile(50), "p90": self.percentile(90)})
    }
}

impl Measured {
    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        [&self.echo, &self.function].iter().any(|times| times.percentile(50) > BUSY * times.percentile(0))
    }

    /// The limits, and how near they are.
    pub(crate) fn limits(&self) -> [Limit; 3] {
        let bare = self.echo.percentile(50) + self.call.percentile(50);
        let time = self.function.percentile(50) / bare;
        let mebibytes = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
        let limit = |name, measured, most| Limit { name, measured, most };
        [
            limit("time: invalidate-cache / (echo + call)", time, MOST_TIME),
            limit("peak memory, MiB", mebibytes(self.peak_memory), mebibytes(MOST_MEMORY)),
            limit("zipped, MiB", mebibytes(self.zipped), mebibytes(MOST_ZIPPED)),
        ]
    }

    pub(crate) fn to_json(&self) -> Value {
        let [time, memory, zipped] = self.limits().map(|limit| limit.kept());
        let [ratio, ..] = self.limits();
        json!({
            "function": "invalidate-cache",
            "rounds": self.echo.0.len(),
            "disturbed": self.disturbed(),
            "milliseconds": {
                "echo": self.echo.to_json(),
                "call": self.call.to_json(),
                "function": self.function.to_json(),
            },
            "ratio": {"measured": ratio.measured, "limit": MOST_TIME, "kept": time},
            "peak_memory_bytes": {"measured": self.peak_memory, "limit": MOST_MEMORY, "kept": memory},
            "zipped_bytes": {"measured": self.zipped, "limit": MOST_ZIPPED, "kept": zipped},
        })
    }
}

impl Limit {
    pub(crate) fn kept(&self) -> bool {
        self.measured <= self.most
    }
}
