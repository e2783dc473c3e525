//! Several services as one target. That its members are services is checked with the whole playbook.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::ids::TargetName;

/// Several services as one, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "GroupKeys")]
#[schemars(with = "GroupKeys")]
pub struct ServiceGroup {
    /// Targets of kind `service`, at least one and each once.
    pub services: Vec<TargetName>,
    /// Where each stands in the playbook: line and column.
    pub(crate) positions: Vec<(u64, u64)>,
}

/// The keys of a target of kind `service-group`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GroupKeys {
    /// Targets of kind `service`, each once. They are served in this order.
    #[schemars(with = "BTreeSet<TargetName>", length(min = 1))]
    services: Vec<Spanned<TargetName>>,
}

impl TryFrom<GroupKeys> for ServiceGroup {
    type Error = &'static str;

    fn try_from(keys: GroupKeys) -> Result<Self, Self::Error> {
        if keys.services.is_empty() {
            return Err("`services` is an empty list; expected at least one target of kind `service`");
        }
        let positions = keys.services.iter().map(|name| (name.referenced.line(), name.referenced.column()));
        let positions = positions.collect();
        Ok(Self { services: keys.services.into_iter().map(|name| name.value).collect(), positions })
    }
}
