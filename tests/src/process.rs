//! A function's binary as Lambda runs it: a process with the Runtime API's variables and nothing else of ours.

use std::fmt::Display;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::runtime_api::{Answer, InvokeOptions, RuntimeApi};

/// What Lambda sets for every function; the credentials are the examples of AWS's documentation.
const VARIABLES: [(&str, &str); 9] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "under-test"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
    ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
    ("AWS_SESSION_TOKEN", SESSION_TOKEN),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
];

/// The id of the key that the function signs with.
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// The key: it must never be seen again.
pub const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The session's token: neither must this.
pub const SESSION_TOKEN: &str = "FwoGZXIvYXdzEXAMPLETOKEN";

/// A running function. It is killed when it is dropped.
#[derive(Debug)]
pub struct FunctionProcess {
    child: Child,
    stdout: JoinHandle<std::io::Result<Vec<String>>>,
    stderr: JoinHandle<std::io::Result<Vec<String>>>,
}

/// A function that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// The lines of its log.
    pub stdout: Vec<String>,
    /// What it wrote to standard error.
    pub stderr: Vec<String>,
}

impl FunctionProcess {
    /// Starts a binary under a Runtime API, with more variables or other values.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub fn start(binary: &Path, api: &RuntimeApi, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = Command::new(binary);
        command.env_clear().envs(VARIABLES).env("AWS_LAMBDA_RUNTIME_API", api.address().to_string());
        command.envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("start {}", binary.display()))?;
        let stdout = tokio::spawn(lines(child.stdout.take().context("take standard output")?));
        let stderr = tokio::spawn(lines(child.stderr.take().context("take standard error")?));
        Ok(Self { child, stdout, stderr })
    }

    /// The most memory that it ever held, in KiB: `VmHWM`. Linux only.
    ///
    /// # Errors
    /// When it has ended.
    pub fn peak_memory_kib(&self) -> anyhow::Result<u64> {
        let id = self.child.id().context("the function has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).context("read its status")?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("find VmHWM")?;
        Ok(peak.trim().trim_end_matches(" kB").parse()?)
    }

    /// Hands it an event and waits for the answer.
    ///
    /// # Errors
    /// When it ends instead, or does not answer.
    pub async fn invoke(
        &mut self,
        api: &RuntimeApi,
        event: impl Display,
        options: InvokeOptions,
    ) -> anyhow::Result<Answer> {
        tokio::select! {
            answer = api.invoke(event, options) => answer,
            ended = self.ended() => bail!("the function ended instead of answering: {:?}", ended?),
        }
    }

    /// Waits for it to end of its own accord.
    ///
    /// # Errors
    /// When its output cannot be read.
    pub async fn wait(mut self) -> anyhow::Result<Ended> {
        self.ended().await
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it had ended already.
    pub async fn end(mut self) -> anyhow::Result<Ended> {
        ensure!(self.child.try_wait()?.is_none(), "the function ended before its time");
        self.child.start_kill().context("kill the function")?;
        self.ended().await
    }

    async fn ended(&mut self) -> anyhow::Result<Ended> {
        let status = self.child.wait().await.context("wait for the function")?;
        Ok(Ended { status, stdout: (&mut self.stdout).await??, stderr: (&mut self.stderr).await?? })
    }
}

impl Ended {
    /// The log, every line of which must be a JSON object.
    ///
    /// # Errors
    /// When one is not.
    pub fn log(&self) -> anyhow::Result<Vec<Value>> {
        let parse = |line: &String| serde_json::from_str(line).with_context(|| format!("not JSON: {line}"));
        self.stdout.iter().map(parse).collect()
    }
}

async fn lines(stream: impl AsyncRead + Unpin) -> std::io::Result<Vec<String>> {
    let mut reader = BufReader::new(stream).lines();
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line().await? {
        lines.push(line);
    }
    Ok(lines)
}
