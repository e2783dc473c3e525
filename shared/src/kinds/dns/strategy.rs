//! How traffic is moved from one side to the other.

use std::net::{Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::Deserialize;

use super::evidence::HttpsUrl;
use super::name::RecordName;
use super::{Sides, ZoneId};
use crate::kinds::database::{RegionCode, is_name};
use crate::kinds::distribution::{BucketName, DistributionId};
use crate::kinds::text::text_type;
use crate::period::Period;

/// How traffic is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strategy {
    /// The weights of two weighted sets of each record, all records in one change. Needs Route 53's control plane.
    RecordWeights(Sides<WeightedSide>),
    /// What each record answers, all records in one change. Needs Route 53's control plane. In the records' order.
    RecordTargets(Vec<Turn>),
    /// The primary's health check is forced to be unhealthy. Needs Route 53's control plane.
    HealthCheck(HealthCheckId),
    /// An object in the standby Region, which an inverted health check of the primary looks for. Needs S3 there alone.
    StandbyObject(StandbyObject),
    /// Routing controls of the Application Recovery Controller. Needs one of the cluster's endpoints alone.
    RoutingControl {
        /// The control of each side.
        controls: Sides<ControlArn>,
        /// The cluster's endpoints. Asking for them is control plane, so they are told.
        endpoints: Vec<ClusterEndpoint>,
    },
    /// The names are moved between two distributions, then the records follow. Needs the control planes of CloudFront
    /// and Route 53.
    DistributionDomain(Sides<DistributionId>),
}

impl Strategy {
    /// Whether a move needs the control plane of Route 53 or CloudFront.
    #[must_use]
    pub fn needs_control_plane(&self) -> bool {
        !matches!(self, Self::StandbyObject(_) | Self::RoutingControl { .. })
    }

    /// Its word in the playbook.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RecordWeights(_) => "record-weights",
            Self::RecordTargets(_) => "record-targets",
            Self::HealthCheck(_) => "health-check",
            Self::StandbyObject(_) => "standby-object",
            Self::RoutingControl { .. } => "routing-control",
            Self::DistributionDomain(_) => "distribution-domain",
        }
    }
}

/// One side of weighted records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedSide {
    /// Which of the sets of each record it is.
    pub set_identifier: SetIdentifier,
    /// Its weight while traffic goes there, 1 to 255, where no earlier one is known.
    pub weight: u8,
}

/// What a record answers, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Which of the record's sets it is, where there are several: the one with the failover role `PRIMARY`, say.
    pub set_identifier: Option<SetIdentifier>,
    /// What it answers on each side.
    pub answers: Sides<Answer>,
}

/// What a record answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These values.
    Values {
        /// The values: at least one.
        values: Vec<RecordValue>,
        /// How long resolvers keep them, where the record was an alias and so has no TTL.
        ttl: Option<Period>,
    },
    /// What another name of AWS answers.
    Alias(Alias),
}

/// A name of AWS whose answer is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(expecting = "an alias, as `{zone: Z2FDTNDATAQYW2, name: d111111abcdef8.cloudfront.net}`")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alias {
    /// The zone of that name: `Z2FDTNDATAQYW2` for CloudFront.
    pub zone: ZoneId,
    /// The name.
    pub name: RecordName,
    /// Whether the record counts as unhealthy when that name does. Must be `false` for CloudFront.
    #[serde(default)]
    pub evaluate_target_health: bool,
}

/// The object that moves traffic by being there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(expecting = "an object, as `{bucket: weather-standby, key: fail-over, region: us-west-2}`")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandbyObject {
    /// A bucket in the standby Region that is for this object alone, as health checkers must be able to read it.
    pub bucket: BucketName,
    /// The object's key.
    pub key: ObjectKey,
    /// The bucket's Region.
    pub region: RegionCode,
}

/// An endpoint of a cluster of the Application Recovery Controller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    expecting = "an endpoint, as `{endpoint: https://0123abcd.route53-recovery-cluster.us-west-2.amazonaws.com/v1, region: us-west-2}`"
)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClusterEndpoint {
    /// Its address.
    pub endpoint: HttpsUrl,
    /// Its Region.
    pub region: RegionCode,
}

text_type!(
    /// What tells the sets of one record apart. Source: Route 53 API reference, `ResourceRecordSet`.
    SetIdentifier,
    "a set identifier: 1 to 128 characters",
    |text| (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control)
);
text_type!(
    /// The id of a health check. Source: Route 53 API reference, `HealthCheck`.
    HealthCheckId,
    "the id of a health check, as `11111111-2222-3333-4444-555555555555`",
    |text| text.len() <= 64 && text.contains('-') && is_name(text, "")
);
text_type!(
    /// A routing control. Source: Application Recovery Controller API reference, `UpdateRoutingControlState`.
    ControlArn,
    "the ARN of a routing control, as `arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/4567ef01`",
    |text| text.len() <= 255
        && text.starts_with("arn:")
        && text.contains(":route53-recovery-control:")
        && text.contains("/routingcontrol/")
        && text.chars().all(|c| c.is_ascii_graphic())
);
text_type!(
    /// An object's key. Source: S3 user guide, "naming objects".
    ObjectKey,
    "an object's key: 1 to 1024 letters, digits and `!-_.*'()/`, no `/` first",
    |text| (1..=1024).contains(&text.len())
        && !text.starts_with('/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "!-_.*'()/".contains(c))
);
text_type!(
    /// What a record without an alias answers: an address, or a name.
    RecordValue,
    "an IPv4 address, an IPv6 address, or a name, as the record's type wants it",
    |text| !text.is_empty() && text.len() <= 255 && text.chars().all(|c| c.is_ascii_graphic())
);

impl RecordValue {
    /// Whether it is a value of an A record.
    pub(super) fn is_ipv4(&self) -> bool {
        self.as_str().parse::<Ipv4Addr>().is_ok()
    }

    /// Whether it is a value of an AAAA record.
    pub(super) fn is_ipv6(&self) -> bool {
        self.as_str().parse::<Ipv6Addr>().is_ok()
    }

    /// Whether it is a value of a CNAME record.
    pub(super) fn is_name(&self) -> bool {
        RecordName::try_from(self.as_str().to_owned()).is_ok() && !self.is_ipv4()
    }
}
