//! RDS and Aurora: failovers, as EventBridge and as an event subscription through SNS tell of them.

use serde_json::Value;

use super::super::database::{event_of_link, region_of_link, time};
use super::super::fields::{detail, first_resource, named, text};
use super::super::open::Wrapper;
use super::{Found, Notice, NoticeKind, arn};
use crate::ids::shorten;

/// The events of the category `failover`, of instances and of clusters (RDS user guide, "event categories and event
/// messages"): a subscription names no category.
const FAILOVERS: [&str; 12] = [
    "RDS-EVENT-0013",
    "RDS-EVENT-0015",
    "RDS-EVENT-0034",
    "RDS-EVENT-0049",
    "RDS-EVENT-0050",
    "RDS-EVENT-0051",
    "RDS-EVENT-0065",
    "RDS-EVENT-0069",
    "RDS-EVENT-0070",
    "RDS-EVENT-0071",
    "RDS-EVENT-0072",
    "RDS-EVENT-0073",
];

pub(super) fn from_event(detail_type: &str, value: &Value) -> Option<Found> {
    if !["RDS DB Instance Event", "RDS DB Cluster Event"].contains(&detail_type) {
        return None;
    }
    let detail = detail(value);
    let event = text(detail, "EventID");
    let categories = detail.get("EventCategories").and_then(Value::as_array);
    if !categories.is_some_and(|categories| categories.iter().any(|category| category == "failover"))
        && !event.is_some_and(|event| FAILOVERS.contains(&event))
    {
        return None;
    }
    let arn = text(detail, "SourceArn").or_else(|| first_resource(value));
    let resource = database(arn, text(detail, "SourceIdentifier"))?;
    let text_of = sentence(&resource, text(detail, "Message"), event);
    let at = text(detail, "Date").and_then(|date| date.parse().ok());
    Some(Found { kind: NoticeKind::DatabaseFailover, resource, text: text_of, at })
}

/// Opens the message of an event subscription, if it tells of a failover.
pub(in crate::event) fn from_subscription(value: &Value, wrapper: &Wrapper) -> Option<Notice> {
    let event = event_of_link(text(value, "Event ID")?);
    if !FAILOVERS.contains(&event) {
        return None;
    }
    let arn = text(value, "Source ARN");
    let (region, account) = arn.map_or((None, None), arn::region_and_account);
    let resource = database(arn, text(value, "Source ID"))?;
    let what = sentence(&resource, text(value, "Event Message"), Some(event));
    Some(Notice {
        kind: NoticeKind::DatabaseFailover,
        resource,
        account: account.map(str::to_owned),
        region: region.or_else(|| region_of_link(text(value, "Identifier Link")?)).map(str::to_owned),
        at: text(value, "Event Time").and_then(time).or(wrapper.sent),
        id: wrapper.id.clone(),
        text: what,
        replay: None,
    })
}

/// The name of the instance or cluster. The identifier has an `rds:` before it in some samples, the ARN never.
fn database(arn: Option<&str>, identifier: Option<&str>) -> Option<String> {
    let of_arn = arn.and_then(|arn| arn.rsplit(':').next()).filter(|name| !name.trim().is_empty());
    let identifier = identifier.map(|identifier| identifier.strip_prefix("rds:").unwrap_or(identifier));
    of_arn.or(identifier).map(named)
}

fn sentence(database: &str, message: Option<&str>, event: Option<&str>) -> String {
    let message = shorten(message.unwrap_or("a failover").trim_end_matches('.'));
    let event = event.map(|event| format!(" ({})", shorten(event))).unwrap_or_default();
    format!("database `{}`: {message}{event}", shorten(database))
}
