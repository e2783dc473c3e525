//! ACM: certificates that expire soon, or have expired.

use serde_json::Value;

use super::super::fields::{detail, first_resource, named, text};
use super::{Found, NoticeKind};
use crate::ids::shorten;

pub(super) fn from_event(detail_type: &str, value: &Value) -> Option<Found> {
    let detail = detail(value);
    let when = match detail_type {
        "ACM Certificate Approaching Expiration" => {
            match detail.get("DaysToExpiry").and_then(Value::as_i64) {
                Some(0) => "expires today".to_owned(),
                Some(1) => "expires in 1 day".to_owned(),
                Some(days) => format!("expires in {days} days"),
                None => "expires soon".to_owned(),
            }
        }
        "ACM Certificate Expired" => "has expired".to_owned(),
        _ => return None,
    };
    let id = first_resource(value).and_then(|arn| arn.rsplit('/').next());
    let resource = named(text(detail, "CommonName").or(id)?);
    let of_id = id.map(|id| format!(" ({})", shorten(id))).unwrap_or_default();
    let text = format!("the certificate of `{}`{of_id} {when}", shorten(&resource));
    Some(Found { kind: NoticeKind::CertificateExpiry, resource, text, at: None })
}
