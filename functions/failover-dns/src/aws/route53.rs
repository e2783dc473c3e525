//! Records and health checks of Route 53.

use aws_sdk_route53::config::Builder;
use aws_sdk_route53::error::SdkError;
use aws_sdk_route53::operation::change_resource_record_sets::ChangeResourceRecordSetsError;
use aws_sdk_route53::types::{Change as OneChange, ChangeAction, ChangeBatch, ChangeInfo, ChangeStatus};
use shared::fault::FaultClass;
use shared::kinds::dns::{HealthCheckId, RecordName, ZoneId};

use super::AwsUntil;
use super::fault::{failed, fault, unsaid};
use super::sets::{ours, theirs};
use crate::world::{Change, Check, Fault, Meaning, RecordSet};

/// How many sets a page has. A name has a few of them, and what follows it in the zone is read for nothing.
const PAGE: i32 = 100;

/// The longest comment of a change. Source: Route 53 API reference, `ChangeBatch`.
const LONGEST_COMMENT: usize = 256;

impl AwsUntil<'_> {
    /// Route 53 begins at the name, or behind it, and goes on to the end of the zone.
    pub(super) async fn list_sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Fault> {
        let operation = format!("list the records of `{name}` in zone {zone}");
        let mut found = Vec::new();
        let (mut start, mut kind, mut identifier) = (name.to_string(), None, None);
        loop {
            let request = self.aws.route53().list_resource_record_sets().hosted_zone_id(zone.as_str());
            let request = request.start_record_name(start).set_start_record_type(kind).max_items(PAGE);
            let request = request.set_start_record_identifier(identifier);
            let answer = request.customize().config_override(self.in_route53(&operation)?).send().await;
            let answer = answer.map_err(|error| fault(&operation, &error))?;
            for set in answer.resource_record_sets {
                if !name.is(&set.name) {
                    return Ok(found);
                }
                found.push(ours(set));
            }
            match answer.next_record_name.filter(|next| answer.is_truncated && name.is(next)) {
                Some(next) => start = next,
                None => return Ok(found),
            }
            (kind, identifier) = (answer.next_record_type, answer.next_record_identifier);
        }
    }

    /// The SDK waits and tries again when an earlier change of the zone is not complete.
    pub(super) async fn upsert(
        &self,
        zone: &ZoneId,
        sets: &[RecordSet],
        comment: &str,
    ) -> Result<Change, Fault> {
        let operation = format!("change the records of zone {zone}");
        let mut batch =
            ChangeBatch::builder().comment(comment.chars().take(LONGEST_COMMENT).collect::<String>());
        for set in sets {
            let change = theirs(set).and_then(|set| {
                OneChange::builder().action(ChangeAction::Upsert).resource_record_set(set).build()
            });
            batch = batch.changes(change.map_err(|error| unfit(&operation, &error))?);
        }
        let batch = batch.build().map_err(|error| unfit(&operation, &error))?;
        let request = self.aws.route53().change_resource_record_sets().hosted_zone_id(zone.as_str());
        let request = request.change_batch(batch).customize().config_override(self.in_route53(&operation)?);
        match request.send().await {
            Ok(answer) => answer.change_info.map(change).ok_or_else(|| unsaid(&operation)),
            Err(error) => Err(match what_is_wrong(&error) {
                Some(words) => failed(&operation, Meaning::ChangeRefused, words),
                None => fault(&operation, &error),
            }),
        }
    }

    pub(super) async fn get_change(&self, id: &str) -> Result<Change, Fault> {
        let operation = format!("see how far change {id} is");
        let request = self.aws.route53().get_change().id(id);
        let answer = request.customize().config_override(self.in_route53(&operation)?).send().await;
        let answer = answer.map_err(|error| fault(&operation, &error))?;
        answer.change_info.map(change).ok_or_else(|| unsaid(&operation))
    }

    pub(super) async fn get_check(&self, id: &HealthCheckId) -> Result<Check, Fault> {
        let operation = format!("describe health check {id}");
        let request = self.aws.route53().get_health_check().health_check_id(id.as_str());
        let answer = request.customize().config_override(self.in_route53(&operation)?).send().await;
        let answer = answer.map_err(|error| fault(&operation, &error))?;
        let check = answer.health_check.ok_or_else(|| unsaid(&operation))?;
        let config = check.health_check_config.ok_or_else(|| unsaid(&operation))?;
        Ok(Check {
            version: check.health_check_version,
            kind: config.r#type.as_str().to_owned(),
            disabled: config.disabled.unwrap_or_default(),
            inverted: config.inverted.unwrap_or_default(),
        })
    }

    /// What the request does not name stays as it is.
    pub(super) async fn update_check(&self, id: &HealthCheckId, check: &Check) -> Result<(), Fault> {
        let operation = format!("change health check {id}");
        let request = self.aws.route53().update_health_check().health_check_id(id.as_str());
        let request = request.health_check_version(check.version);
        let request = request.disabled(check.disabled).inverted(check.inverted);
        let answer = request.customize().config_override(self.in_route53(&operation)?).send().await;
        answer.map(drop).map_err(|error| fault(&operation, &error))
    }

    /// The settings of an operation that is begun now.
    pub(super) fn in_route53(&self, operation: &str) -> Result<Builder, Fault> {
        Ok(Builder::new().timeout_config(self.timeouts(operation)?))
    }
}

fn change(info: ChangeInfo) -> Change {
    let id = info.id.strip_prefix("/change/").unwrap_or(&info.id).to_owned();
    Change { id, in_sync: info.status == ChangeStatus::Insync }
}

fn unfit(operation: &str, error: &dyn std::error::Error) -> Fault {
    failed(operation, Meaning::Common(FaultClass::Rejected), error.to_string())
}

/// Route 53's words on every change that it does not like, where it refused them.
///
/// It sends this one error in a form of its own, which the SDK does not read.
fn what_is_wrong(error: &SdkError<ChangeResourceRecordSetsError>) -> Option<String> {
    let read = error.as_service_error().and_then(|error| match error {
        ChangeResourceRecordSetsError::InvalidChangeBatch(refused) => Some(refused),
        _ => None,
    });
    let body = error.raw_response().and_then(|answer| answer.body().bytes()).map(String::from_utf8_lossy);
    let mut messages = body
        .as_deref()
        .filter(|body| read.is_some() || body.contains("<InvalidChangeBatch"))
        .map(|body| body.split("<Message>").skip(1).filter_map(|rest| rest.split_once("</Message>")))?
        .map(|(message, _)| plain(message))
        .collect::<Vec<_>>();
    if messages.is_empty() {
        messages.extend(read.and_then(|refused| refused.message()).map(str::to_owned));
    }
    Some(format!("InvalidChangeBatch: {}", messages.join("; ")))
}

/// The text of an element of XML, on one line.
fn plain(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(text, |text, (escaped, plain)| text.replace(escaped, plain))
}
