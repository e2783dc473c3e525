//! The outputs of the deployed stack, by which its parts are found.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// The outputs of the stack.
#[derive(Debug)]
pub struct Stack(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

impl Stack {
    /// Reads them as `sam list stack-outputs --output json` wrote them.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        let outputs: Vec<Output> =
            serde_json::from_str(&text).with_context(|| format!("parse {}", file.display()))?;
        Ok(Self(outputs.into_iter().map(|output| (output.output_key, output.output_value)).collect()))
    }

    /// The value of one output.
    ///
    /// # Errors
    /// When the template has no such output.
    pub fn output(&self, name: &str) -> anyhow::Result<&str> {
        self.0.get(name).map(String::as_str).with_context(|| format!("the stack has no output `{name}`"))
    }
}

/// A function of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `failover-dns`.
    FailoverDns,
    /// `invalidate-cache`.
    InvalidateCache,
    /// `route-alarm`.
    RouteAlarm,
    /// `scale-service`.
    ScaleService,
    /// `snapshot-database`.
    SnapshotDatabase,
}

impl Function {
    /// The output that names it.
    pub(super) fn output(self) -> &'static str {
        match self {
            Self::FailoverDns => "FailoverDnsFunctionName",
            Self::InvalidateCache => "InvalidateCacheFunctionName",
            Self::RouteAlarm => "RouteAlarmFunctionName",
            Self::ScaleService => "ScaleServiceFunctionName",
            Self::SnapshotDatabase => "SnapshotDatabaseFunctionName",
        }
    }
}

/// A FIFO queue of commands; the message group is the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commands {
    /// Those for `failover-dns`.
    FailoverDns,
    /// Those for `invalidate-cache`.
    InvalidateCache,
    /// Those for `scale-service`.
    ScaleService,
    /// Those for `snapshot-database`.
    SnapshotDatabase,
}

impl Commands {
    /// The output with its URL.
    pub(super) fn url(self) -> &'static str {
        match self {
            Self::FailoverDns => "FailoverDnsCommandsUrl",
            Self::InvalidateCache => "InvalidateCacheCommandsUrl",
            Self::ScaleService => "ScaleServiceCommandsUrl",
            Self::SnapshotDatabase => "SnapshotDatabaseCommandsUrl",
        }
    }

    /// The output with its ARN.
    pub(super) fn arn(self) -> &'static str {
        match self {
            Self::FailoverDns => "FailoverDnsCommandsArn",
            Self::InvalidateCache => "InvalidateCacheCommandsArn",
            Self::ScaleService => "ScaleServiceCommandsArn",
            Self::SnapshotDatabase => "SnapshotDatabaseCommandsArn",
        }
    }
}
