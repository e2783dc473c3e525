//! Happenings that are no alarms but that operators are told about: a budget, a failover, a failed task.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::CommandId;

/// Something that happened to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// To what: the name of a budget, of a database or cluster, of a service or task group, a domain name.
    pub resource: String,
    /// The account.
    pub account: Option<String>,
    /// The code of the Region.
    pub region: Option<String>,
    /// When, where the notice says so.
    pub at: Option<Timestamp>,
    /// The id of the event, or of the message that it came in.
    pub id: CommandId,
    /// What happened, in an operator's words.
    pub text: String,
    /// The replay of an archive that brought it.
    pub replay: Option<String>,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// AWS Budgets: a budget reached a threshold.
    Budget,
    /// RDS: an instance or a cluster fails over, or failed to.
    DatabaseFailover,
    /// ECS: a task stopped that nobody stopped, or cannot be started or placed.
    TaskFailure,
    /// ECS: a deployment failed, and is rolled back where its service says so.
    DeploymentFailure,
    /// ACM: a certificate expires soon, or has expired.
    CertificateExpiry,
}

impl NoticeKind {
    /// The kind as it is written in the playbook.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::DatabaseFailover => "database-failover",
            Self::TaskFailure => "task-failure",
            Self::DeploymentFailure => "deployment-failure",
            Self::CertificateExpiry => "certificate-expiry",
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
