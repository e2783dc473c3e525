//! Events of an EventBridge bus, and of EventBridge Scheduler.

use aws_lambda_events::eventbridge::EventBridgeEvent;
use serde::Deserialize;
use serde_json::Value;

use super::fields::text;
use super::open::Wrapper;
use super::{CustomEvent, Event, UndecodableEvent, alarm, database, notice, objects};
use crate::command::{RawCommand, Source};
use crate::ids::{CommandId, shorten};

/// Opens an event with a `detail-type`.
///
/// Which service's it is decides; the rest of the envelope is read by those that need it.
pub(super) fn event(
    layer: &'static str,
    value: &Value,
    wrapper: &Wrapper,
) -> Result<Vec<Event>, UndecodableEvent> {
    let kind = (text(value, "source").unwrap_or_default(), text(value, "detail-type").unwrap_or_default());
    let foreign = |what: String| Ok(vec![Event::Foreign(what)]);
    match kind {
        ("aws.s3", "Object Created" | "Object Deleted") => objects::from_bus(layer, &envelope(layer, value)?),
        ("aws.cloudwatch", "CloudWatch Alarm State Change" | "CloudWatch Alarm Contributor State Change") => {
            alarm::from_event(layer, value)
        }
        ("aws.cloudwatch", detail_type @ "CloudWatch Alarm Configuration Change") => foreign(format!(
            "{detail_type}: an alarm was made, changed or deleted, which is no change of its state"
        )),
        ("aws.scheduler" | "aws.events", "Scheduled Event") => {
            foreign("the default event of a schedule: give the schedule an `Input` with a command".to_owned())
        }
        (source, detail_type) if source.starts_with("aws.") => {
            let notice = notice::from_bus(value, wrapper).map(|notice| Event::Notice(Box::new(notice)));
            let change = || database::from_bus(value, wrapper).filter(|_| source == "aws.rds");
            match notice.or_else(|| change().map(|change| Event::Database(Box::new(change)))) {
                Some(event) => Ok(vec![event]),
                None => foreign(format!("{}: {}", shorten(source), shorten(detail_type))),
            }
        }
        _ => Ok(vec![custom(envelope(layer, value)?, wrapper)]),
    }
}

fn envelope(layer: &'static str, value: &Value) -> Result<EventBridgeEvent<Value>, UndecodableEvent> {
    EventBridgeEvent::deserialize(value)
        .map_err(|error| UndecodableEvent::new(layer, shorten(&error.to_string()), "an EventBridge event"))
}

/// An event of somebody's program. One whose `detail` has an `action` is a command.
fn custom(event: EventBridgeEvent<Value>, wrapper: &Wrapper) -> Event {
    let id = event.id.as_deref().map_or_else(|| wrapper.id.clone(), CommandId::from_aws);
    let detail = event.detail.as_object().cloned().unwrap_or_default();
    if detail.contains_key("action") {
        return Event::Command(RawCommand { fields: detail, fallback_id: id, source: Source::Queue });
    }
    Event::Custom(CustomEvent { id, source: event.source, detail_type: event.detail_type, detail })
}
