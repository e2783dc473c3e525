//! Happenings that are no alarms but that operators are told about: a budget, a failover, a failed task.

mod budget;
mod certificate;
mod containers;
mod database;

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use budget::from_mail;
pub(super) use database::from_subscription;

use super::arn;
use super::fields::{first_resource, said, text};
use super::open::Wrapper;
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

/// What the decoder of one service makes of an event.
struct Found {
    kind: NoticeKind,
    resource: String,
    text: String,
    /// When, where the service says it more exactly than the envelope.
    at: Option<Timestamp>,
}

/// Opens an event of EventBridge, if it is one that operators are told about.
pub(super) fn from_bus(value: &Value, wrapper: &Wrapper) -> Option<Notice> {
    let (source, detail_type) = (text(value, "source")?, text(value, "detail-type")?);
    let Found { kind, resource, text: what, at } = match source {
        "aws.acm" => certificate::from_event(detail_type, value)?,
        "aws.ecs" => containers::from_event(detail_type, value)?,
        "aws.rds" => database::from_event(detail_type, value)?,
        _ => return None,
    };
    let (region, account) = first_resource(value).map_or((None, None), arn::region_and_account);
    Some(Notice {
        kind,
        resource,
        account: text(value, "account").or(account).map(str::to_owned),
        region: text(value, "region").or(region).map(str::to_owned),
        at: at.or_else(|| text(value, "time")?.parse().ok()),
        id: text(value, "id").map_or_else(|| wrapper.id.clone(), CommandId::from_aws),
        text: what,
        replay: said(value.get("replay-name")),
    })
}
