//! How the health of a side is known.

use schemars::JsonSchema;
use serde::Deserialize;

use super::strategy::HealthCheckId;
use crate::kinds::database::RegionCode;
use crate::kinds::text::text_type;

/// How the health of a side is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "EvidenceKeys")]
#[schemars(with = "EvidenceKeys")]
pub enum Evidence {
    /// An alarm: healthy while it is `OK`.
    Alarm {
        /// Its name.
        name: AlarmName,
        /// Its Region; `None`: the function's own. Alarms on Route 53 health checks are in `us-east-1`.
        region: Option<RegionCode>,
    },
    /// What the checkers of a health check see. It has no status if it is a calculated one.
    HealthCheck(HealthCheckId),
    /// What a request to this address is answered now: healthy from 200 to 399.
    Https(HttpsUrl),
}

/// The keys of evidence. One of `alarm`, `health-check` and `https`.
#[derive(Deserialize, JsonSchema)]
#[serde(expecting = "evidence, as `{alarm: primary-down}`")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EvidenceKeys {
    /// An alarm's name: the side is healthy while it is `OK`.
    alarm: Option<AlarmName>,
    /// With `alarm`: its Region, where it is not the function's own.
    region: Option<RegionCode>,
    /// A health check of Route 53 that is not a calculated one.
    health_check: Option<HealthCheckId>,
    /// An address that is asked when the question arises.
    https: Option<HttpsUrl>,
}

impl TryFrom<EvidenceKeys> for Evidence {
    type Error = String;

    fn try_from(keys: EvidenceKeys) -> Result<Self, String> {
        let EvidenceKeys { alarm, region, health_check, https } = keys;
        if region.is_some() && alarm.is_none() {
            return Err("`region` without `alarm`; expected it only beside that".to_owned());
        }
        match (alarm, health_check, https) {
            (Some(name), None, None) => Ok(Self::Alarm { name, region }),
            (None, Some(id), None) => Ok(Self::HealthCheck(id)),
            (None, None, Some(url)) => Ok(Self::Https(url)),
            (None, None, None) => {
                Err("none of `alarm`, `health-check` and `https`; expected one of them".to_owned())
            }
            _ => Err("more than one of `alarm`, `health-check` and `https`; expected only one".to_owned()),
        }
    }
}

text_type!(
    /// The name of a CloudWatch alarm. Source: CloudWatch API reference, `PutMetricAlarm`.
    AlarmName,
    "the name of an alarm: 1 to 255 characters",
    |text| (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control)
);
text_type!(
    /// An address that is reached by HTTPS.
    HttpsUrl,
    "an address that begins with `https://` and a host, without a user and at most 2048 characters long",
    |text| text.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && text.len() <= 2048 && text.chars().all(|c| c.is_ascii_graphic())
    })
);
