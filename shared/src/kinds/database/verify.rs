//! How it is proven that snapshots are good.

use schemars::JsonSchema;
use serde::Deserialize;

use super::is_name;
use crate::kinds::text::text_type;
use crate::period::Period;

/// How it is proven that snapshots are good.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Verify {
    /// Whether status, encryption, key, size, engine and tags are compared with the source. `true` where it is left out.
    pub metadata: bool,
    /// How often one is restored into a scratch database, which is then deleted. Never where it is left out.
    pub restore_drill: Option<RestoreDrill>,
    /// How long a restore may take.
    pub restore_objective: Option<Period>,
    /// The subnet group of the scratch database. The default one where it is left out.
    pub subnet_group: Option<SubnetGroup>,
    /// The class of the scratch instance, as `db.t4g.medium`; the source's where it is left out.
    pub class: Option<InstanceClass>,
    /// The security groups of the scratch database. The VPC's default where it is left out.
    pub security_groups: Vec<SecurityGroup>,
}

impl Default for Verify {
    fn default() -> Self {
        Self {
            metadata: true,
            restore_drill: None,
            restore_objective: None,
            subnet_group: None,
            class: None,
            security_groups: Vec::new(),
        }
    }
}

/// How often a restore is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreDrill {
    /// Every month.
    Monthly,
    /// Every quarter.
    Quarterly,
}

text_type!(
    /// A DB subnet group. Source: RDS API reference, `CreateDBSubnetGroup`.
    SubnetGroup,
    "the name of a DB subnet group: 1 to 255 letters, digits, spaces and `._-`",
    |text| is_name(text, " ._")
);
text_type!(
    /// The class of an instance.
    InstanceClass,
    "the class of an instance, as `db.t4g.medium`",
    |text| text.starts_with("db.") && is_name(text, ".")
);
text_type!(
    /// The id of a security group.
    SecurityGroup,
    "the id of a security group, as `sg-0123456789abcdef0`",
    |text| text.strip_prefix("sg-").is_some_and(|id| is_name(id, ""))
);
