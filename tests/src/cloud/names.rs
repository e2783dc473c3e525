//! Names that lead to a primary or to a secondary: makes what the playbook's targets need, and reads back where each leads.
//!
//! Zones, alarms, distributions and objects are at ministack. The checkers of health checks are at moto alone, which a
//! test lets the function ask instead. What is made is in `made`.

mod made;

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use aws_sdk_lambda::types::Environment;
use aws_sdk_route53::types::{HealthCheckConfig, ResourceRecordSet};
use shared::kinds::dns::{Dns, Side, Strategy};

use super::{Cloud, Function};

/// The variable that says who is asked about names.
const ASKED: &str = "AWS_ENDPOINT_URL_ROUTE_53";

/// What a name leads to: a record set as Route 53 lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of Route 53")]
pub struct SeenSet {
    pub name: String,
    pub kind: String,
    pub set_identifier: String,
    pub weight: Option<i64>,
    pub ttl: Option<i64>,
    /// Its values, or the name of its alias.
    pub answers: Vec<String>,
    /// All that Route 53 says of it.
    pub whole: String,
}

impl Cloud {
    /// The sets of a target's records, in the order of its zone.
    ///
    /// # Errors
    /// When the playbook has no such target, or the local cloud refuses; so for everything here.
    pub async fn records(&self, target: &str) -> anyhow::Result<Vec<SeenSet>> {
        let rule = self.names(target)?;
        let request = self.clients.route53.list_resource_record_sets().hosted_zone_id(rule.zone.as_str());
        let listed = request.send().await.with_context(|| format!("list the records of `{target}`"))?;
        let is_meant = |set: &ResourceRecordSet| {
            let kind = set.r#type.as_str();
            rule.records.iter().any(|one| one.kind.as_str() == kind && one.name.is(&set.name))
        };
        Ok(listed.resource_record_sets.into_iter().filter(is_meant).map(seen).collect())
    }

    /// The ids of a target's distributions, by side, each with the alternate domain names that it has.
    ///
    /// # Errors
    /// As above.
    pub async fn distributions_of(&self, target: &str) -> anyhow::Result<[(String, Vec<String>); 2]> {
        let Strategy::DistributionDomain(sides) = &self.names(target)?.strategy else {
            bail!("`{target}` has no distributions");
        };
        let of = async |side: Side| {
            let found = self.clients.cloudfront.get_distribution().id(sides.of(side).as_str()).send().await;
            let found = found.with_context(|| format!("describe a distribution of `{target}`"))?.distribution;
            let found = found.context("an answer without a distribution")?;
            let aliases = found.distribution_config.and_then(|config| config.aliases);
            let names = aliases.and_then(|aliases| aliases.items).unwrap_or_default();
            anyhow::Ok((found.domain_name, names))
        };
        Ok([of(Side::Primary).await?, of(Side::Secondary).await?])
    }

    /// The settings of the check that a target forces.
    ///
    /// # Errors
    /// As above.
    pub async fn forced_check(&self, target: &str) -> anyhow::Result<HealthCheckConfig> {
        let Strategy::HealthCheck(id) = &self.names(target)?.strategy else {
            bail!("`{target}` forces no health check");
        };
        let found = self.clients.health_checks.get_health_check().health_check_id(id.as_str()).send().await;
        let found = found.with_context(|| format!("describe the health check of `{target}`"))?.health_check;
        found.and_then(|check| check.health_check_config).context("a check without settings")
    }

    /// Whether a target's standby object is there.
    ///
    /// # Errors
    /// As above.
    pub async fn has_standby_object(&self, target: &str) -> anyhow::Result<bool> {
        let Strategy::StandbyObject(object) = &self.names(target)?.strategy else {
            bail!("`{target}` has no standby object");
        };
        let request = self.clients.s3.list_objects_v2().bucket(object.bucket.as_str());
        let listed = request.send().await.with_context(|| format!("list the bucket of `{target}`"))?;
        let mut keys = listed.contents.unwrap_or_default().into_iter().filter_map(|found| found.key);
        Ok(keys.any(|key| key == object.key.as_str()))
    }

    /// Lets the function ask moto about names, which alone has health checks with a status; or ministack, which alone
    /// checks permissions.
    ///
    /// # Errors
    /// As above.
    pub async fn names_at_moto(&self, at_moto: bool) -> anyhow::Result<()> {
        let function = self.stack.output(Function::FailoverDns.output())?;
        let request = self.clients.lambda.get_function_configuration().function_name(function);
        let found = request.send().await.context("read the function's environment")?.environment;
        let mut variables: BTreeMap<String, String> =
            found.and_then(|found| found.variables).unwrap_or_default().into_iter().collect();
        if at_moto {
            variables.insert(ASKED.to_owned(), self.clients.moto.clone());
        } else {
            variables.remove(ASKED);
        }
        let environment = Environment::builder().set_variables(Some(variables.into_iter().collect())).build();
        let request = self.clients.lambda.update_function_configuration().function_name(function);
        let sent = request.environment(environment).send().await;
        sent.map(drop).context("set the function's environment")
    }

    /// What the playbook says of a target's names.
    ///
    /// # Errors
    /// When it has no such target.
    pub fn names(&self, target: &str) -> anyhow::Result<&Dns> {
        let found = self.playbook.all_dns().find(|(name, _)| name.as_str() == target);
        found.map(|(_, rule)| rule).with_context(|| format!("the playbook has no names `{target}`"))
    }
}

fn seen(set: ResourceRecordSet) -> SeenSet {
    let values = set.resource_records.iter().flatten().map(|record| record.value.clone());
    let alias = set.alias_target.iter().map(|alias| alias.dns_name.clone());
    SeenSet {
        name: set.name.clone(),
        kind: set.r#type.as_str().to_owned(),
        set_identifier: set.set_identifier.clone().unwrap_or_default(),
        weight: set.weight,
        ttl: set.ttl,
        answers: values.chain(alias).collect(),
        whole: format!("{set:?}"),
    }
}
