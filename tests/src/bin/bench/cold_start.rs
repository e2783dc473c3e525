//! The cold start of `invalidate-cache`: all three measurements in every round, so that a slow minute is slow for each
//! of them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tests::process::FunctionProcess;
use tests::runtime_api::{Answer, InvokeOptions, RuntimeApi};
use tests::stand_in::{Recorded, StandIn};
use tokio::net::TcpStream;

use crate::figures::{ATTEMPTS, Limit, Times, bytes_to_json, zipped};

/// The most that a cold start with its call may take, against a bare function and the bare call together.
const MOST_TIME: f64 = 2.0;

/// The most memory that the function may ever hold, in bytes.
const MOST_MEMORY: u64 = 16 * 1024 * 1024;

/// The most that a deployment package may have, in bytes.
const MOST_ZIPPED: u64 = 4 * 1024 * 1024;

/// How often everything is measured.
const ROUNDS: usize = 100;

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
        .body(Full::new(recorded.body.clone()))?;
    let response = client.send_request(request).await?;
    ensure!(response.status() == 201, "the bare call was answered with {}", response.status());
    response.into_body().collect().await?;
    let took = begin.elapsed();
    connection.abort();
    Ok(took)
}

impl Measured {
    /// Whether something else on the machine got in the way.
    pub(crate) fn disturbed(&self) -> bool {
        self.echo.disturbed() || self.function.disturbed()
    }

    fn ratio(&self) -> f64 {
        self.function.percentile(50) / (self.echo.percentile(50) + self.call.percentile(50))
    }

    /// The limits, and how near they are.
    pub(crate) fn limits(&self) -> [Limit; 3] {
        [
            Limit { name: "time: invalidate-cache / (echo + call)", measured: self.ratio(), most: MOST_TIME },
            Limit::of_bytes("peak memory, MiB", self.peak_memory, MOST_MEMORY),
            Limit::of_bytes("zipped, MiB", self.zipped, MOST_ZIPPED),
        ]
    }

    pub(crate) fn to_json(&self) -> Value {
        let ratio = self.ratio();
        json!({
            "function": "invalidate-cache",
            "rounds": self.echo.rounds(),
            "disturbed": self.disturbed(),
            "milliseconds": {
                "echo": self.echo.to_json(),
                "call": self.call.to_json(),
                "function": self.function.to_json(),
            },
            "ratio": {"measured": ratio, "limit": MOST_TIME, "kept": ratio <= MOST_TIME},
            "peak_memory_bytes": bytes_to_json(self.peak_memory, MOST_MEMORY),
            "zipped_bytes": bytes_to_json(self.zipped, MOST_ZIPPED),
        })
    }
}
