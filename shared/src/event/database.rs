//! RDS and Aurora: what EventBridge, or an event subscription through SNS, tells of databases and their snapshots.
//!
//! Failovers are in `notice::database`, as operators are told about those.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::arn;
use super::fields::{detail, first_resource, named, text};
use super::open::Wrapper;
use crate::ids::{CommandId, shorten};

/// Something that happened to a database or to a snapshot of one: a hint, as RDS promises neither order nor delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseChange {
    /// The same for the same happening, however often and by whichever way it is told.
    pub id: CommandId,
    /// To what it happened.
    pub about: About,
    /// The identifier that RDS knows it by. That of an automated snapshot begins with `rds:`.
    pub name: String,
    /// The code of the Region: for a copy, the one that it is copied to.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// What happened, as `RDS-EVENT-0042`. EventBridge leaves it out of many events.
    pub event: Option<String>,
    /// When, where the event says so.
    pub at: Option<Timestamp>,
    /// What happened, in RDS's words.
    pub text: String,
}

/// What something happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// An instance, be it in a cluster or not.
    Instance,
    /// A cluster.
    Cluster,
    /// A snapshot of an instance.
    Snapshot,
    /// A snapshot of a cluster.
    ClusterSnapshot,
}

impl About {
    fn of_event(detail_type: &str) -> Option<Self> {
        match detail_type {
            "RDS DB Instance Event" => Some(Self::Instance),
            "RDS DB Cluster Event" => Some(Self::Cluster),
            "RDS DB Snapshot Event" => Some(Self::Snapshot),
            "RDS DB Cluster Snapshot Event" => Some(Self::ClusterSnapshot),
            _ => None,
        }
    }

    fn of_subscription(source: &str) -> Option<Self> {
        match source {
            "db-instance" => Some(Self::Instance),
            "db-cluster" => Some(Self::Cluster),
            "db-snapshot" => Some(Self::Snapshot),
            "db-cluster-snapshot" => Some(Self::ClusterSnapshot),
            _ => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "db",
            Self::Cluster => "cluster",
            Self::Snapshot => "snapshot",
            Self::ClusterSnapshot => "cluster-snapshot",
        }
    }

    /// The name of something. The identifier goes before the ARN, as that of an automated snapshot may lack the
    /// `rds:` that is part of its name; to databases RDS may add one, which is none of theirs.
    fn name(self, arn: Option<&str>, identifier: Option<&str>) -> Option<String> {
        let of_arn = || arn?.splitn(RESOURCE_PART + 1, ':').nth(RESOURCE_PART);
        let name = identifier.or_else(of_arn)?.trim();
        let name = match self {
            Self::Instance | Self::Cluster => name.strip_prefix("rds:").unwrap_or(name),
            Self::Snapshot | Self::ClusterSnapshot => name,
        };
        Some(named(name)).filter(|name| !name.is_empty())
    }
}

/// Where the name is in `arn:PARTITION:rds:REGION:ACCOUNT:TYPE:NAME`; a name may have a colon itself.
const RESOURCE_PART: usize = 6;

/// Opens an event of EventBridge, if it is about a database or a snapshot.
pub(super) fn from_bus(value: &Value, wrapper: &Wrapper) -> Option<DatabaseChange> {
    let about = text(value, "detail-type").and_then(About::of_event)?;
    let detail = detail(value);
    let arn = text(detail, "SourceArn").or_else(|| first_resource(value));
    let (region, account) = arn.map_or((None, None), arn::region_and_account);
    let time = |value, field| text(value, field)?.parse().ok();
    let told = Told {
        region: text(value, "region").or(region),
        account: text(value, "account").or(account),
        event: text(detail, "EventID"),
        at: time(detail, "Date").or_else(|| time(value, "time")),
        message: text(detail, "Message"),
        delivery: text(value, "id").unwrap_or(wrapper.id.as_str()),
    };
    Some(told.of(about, about.name(arn, text(detail, "SourceIdentifier"))?))
}

/// Opens the message of an event subscription, if it is about a database or a snapshot.
pub(super) fn from_subscription(value: &Value, wrapper: &Wrapper) -> Option<DatabaseChange> {
    let about = text(value, "Event Source").and_then(About::of_subscription)?;
    let arn = text(value, "Source ARN");
    let (region, account) = arn.map_or((None, None), arn::region_and_account);
    let told = Told {
        region: region.or_else(|| region_of_link(text(value, "Identifier Link")?)),
        account,
        event: text(value, "Event ID").map(event_of_link),
        at: text(value, "Event Time").and_then(time).or(wrapper.sent),
        message: text(value, "Event Message"),
        delivery: wrapper.id.as_str(),
    };
    Some(told.of(about, about.name(arn, text(value, "Source ID"))?))
}

/// What either way tells.
struct Told<'v> {
    region: Option<&'v str>,
    account: Option<&'v str>,
    event: Option<&'v str>,
    at: Option<Timestamp>,
    message: Option<&'v str>,
    delivery: &'v str,
}

impl Told<'_> {
    fn of(&self, about: About, name: String) -> DatabaseChange {
        let event = self.event.filter(|event| is_event(event));
        let message = self.message.unwrap_or("an event that does not say what happened");
        let moment = self.at.map_or_else(|| self.delivery.to_owned(), |at| at.to_string());
        let what = event.unwrap_or(message);
        let id = ["rds", about.as_str(), self.region.unwrap_or_default(), &name, &moment, what];
        DatabaseChange {
            id: CommandId::derived(id),
            about,
            region: self.region.map(named),
            account: self.account.map(named),
            event: event.map(str::to_owned),
            at: self.at,
            text: shorten(message.trim().trim_end_matches('.')),
            name,
        }
    }
}

/// The id of an event, which is the last part of an address of the documentation.
pub(super) fn event_of_link(link: &str) -> &str {
    link.rsplit('#').next().unwrap_or(link).trim()
}

/// A subscription writes `2026-01-02 03:04:05.678`, in UTC without saying so.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    Some(text.trim().parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The Region in the link to the console: old subscriptions have no ARN.
pub(super) fn region_of_link(link: &str) -> Option<&str> {
    let region = link.split_once("region=")?.1.split(['#', '&']).next()?;
    Some(region).filter(|region| !region.is_empty())
}

fn is_event(text: &str) -> bool {
    let number = text.strip_prefix("RDS-EVENT-");
    number.is_some_and(|number| (1..=8).contains(&number.len()) && number.chars().all(|c| c.is_ascii_digit()))
}
