//! Zones, health checks and records, as the targets of a playbook need them.

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use aws_sdk_cloudfront::types::DistributionResourceId;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, HealthCheckConfig, HealthCheckType, ResourceRecord,
    ResourceRecordSet, ResourceRecordSetFailover,
};
use serde::Serialize;
use shared::kinds::dns::{Answer, Dns, Evidence, Record, RecordType, Side, Strategy};
use shared::playbook::Playbook;

use crate::cloud::Clients;

/// The zone of every distribution.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// How long resolvers keep the records that are made here, in seconds.
const TTL: i64 = 60;
/// What the sides of weighted records weigh at first.
const WEIGHTS: [(Side, i64); 2] = [(Side::Primary, 90), (Side::Secondary, 10)];
/// The parameters of the deployment that names need.
#[derive(Debug, Default, Serialize)]
pub(in crate::cloud) struct NameArns {
    hosted_zone_arns: BTreeSet<String>,
    record_names: BTreeSet<String>,
    health_check_arns: BTreeSet<String>,
    forced_health_check_arns: BTreeSet<String>,
    standby_object_arns: BTreeSet<String>,
}

impl Clients {
    /// Makes the zones and the health checks that a playbook names, and gives the playbook with their ids.
    pub(in crate::cloud) async fn make_zones(
        &self,
        playbook: &Playbook,
        mut text: String,
    ) -> anyhow::Result<String> {
        let zones: BTreeSet<&str> = playbook.all_dns().map(|(_, rule)| rule.zone.as_str()).collect();
        for zone in zones {
            let request = self.route53.create_hosted_zone().name("example.com").caller_reference(zone);
            let made = request.send().await.with_context(|| format!("make the zone {zone}"))?.hosted_zone;
            let made = made.context("an answer without a zone")?.id;
            text = text.replace(zone, made.trim_start_matches("/hostedzone/"));
        }
        for check in playbook.all_dns().flat_map(|(_, rule)| checks(rule)).collect::<BTreeSet<_>>() {
            let config = HealthCheckConfig::builder()
                .r#type(HealthCheckType::Https)
                .fully_qualified_domain_name("www.example.com")
                .resource_path("/health")
                .build()?;
            let request = self.health_checks.create_health_check().caller_reference(check);
            let made = request.health_check_config(config).send().await;
            let made = made.with_context(|| format!("make the health check {check}"))?.health_check;
            text = text.replace(check, &made.context("an answer without a health check")?.id);
        }
        Ok(text)
    }

    /// Makes the records of a playbook that has the ids of this cloud, as its targets need them: they lead to the primary.
    pub(in crate::cloud) async fn make_records(&self, playbook: &Playbook) -> anyhow::Result<NameArns> {
        let mut arns = NameArns::default();
        for (name, rule) in playbook.all_dns() {
            let sets = self.first_sets(rule).await.with_context(|| format!("make `{name}`"))?;
            let changes = sets
                .into_iter()
                .map(|set| Change::builder().action(ChangeAction::Upsert).resource_record_set(set).build());
            let batch =
                ChangeBatch::builder().set_changes(Some(changes.collect::<Result<_, _>>()?)).build()?;
            let request = self.route53.change_resource_record_sets().hosted_zone_id(rule.zone.as_str());
            request
                .change_batch(batch)
                .send()
                .await
                .with_context(|| format!("make the records of `{name}`"))?;
            arns.hosted_zone_arns.insert(format!("arn:aws:route53:::hostedzone/{}", rule.zone));
            arns.record_names
                .extend(rule.records.iter().map(|record| record.name.as_str().to_ascii_lowercase()));
            let check = |id: &str| format!("arn:aws:route53:::healthcheck/{id}");
            arns.health_check_arns.extend(evidence(rule).map(check));
            if let Strategy::HealthCheck(id) = &rule.strategy {
                arns.forced_health_check_arns.insert(check(id.as_str()));
            }
            if let Strategy::StandbyObject(object) = &rule.strategy {
                let bucket = object.bucket.as_str();
                let made = self.s3.create_bucket().bucket(bucket).send().await;
                made.with_context(|| format!("create bucket {bucket}"))?;
                let arn = format!("arn:aws:s3:::{bucket}");
                arns.standby_object_arns.extend([format!("{arn}/{}", object.key), arn]);
            }
        }
        Ok(arns)
    }

    async fn first_sets(&self, rule: &Dns) -> anyhow::Result<Vec<ResourceRecordSet>> {
        let mut sets = Vec::new();
        for (index, record) in rule.records.iter().enumerate() {
            let plain = values(record, Side::Primary, TTL)?;
            match &rule.strategy {
                Strategy::RecordWeights(sides) => {
                    for (side, weight) in WEIGHTS {
                        let mut set = values(record, side, TTL)?;
                        set.set_identifier = Some(sides.of(side).set_identifier.to_string());
                        set.weight = Some(weight);
                        sets.push(set);
                    }
                }
                Strategy::RecordTargets(turns) => {
                    let answer = turns.get(index).context("a record without answers")?;
                    sets.push(answering(plain, answer.answers.of(Side::Primary))?);
                }
                Strategy::DistributionDomain(distributions) => {
                    let primary = distributions.primary.as_str();
                    let domain = self.domain(primary).await?;
                    self.give_name(primary, record.name.as_str()).await?;
                    sets.push(alias(plain, CLOUDFRONT_ZONE, &domain, false)?);
                }
                Strategy::HealthCheck(id) => sets.extend(pair(record, id.as_str())?),
                Strategy::StandbyObject(object) => {
                    let host = format!("{}.s3.{}.amazonaws.com", object.bucket, object.region);
                    let path = format!("/{}", object.key);
                    sets.extend(pair(record, &self.watcher(&host, &path).await?)?);
                }
                Strategy::RoutingControl { .. } => bail!("the local cloud has no routing controls"),
            }
        }
        Ok(sets)
    }

    /// A health check on an object, beside the records. Deployments invert it; ministack cannot say of one that it is.
    async fn watcher(&self, host: &str, path: &str) -> anyhow::Result<String> {
        let config = HealthCheckConfig::builder().r#type(HealthCheckType::Https);
        let config = config.fully_qualified_domain_name(host).resource_path(path).build()?;
        let request = self.route53.create_health_check().caller_reference(host).health_check_config(config);
        let made = request.send().await.with_context(|| format!("make the health check on {host}{path}"))?;
        Ok(made.health_check.context("an answer without a health check")?.id)
    }

    async fn domain(&self, distribution: &str) -> anyhow::Result<String> {
        let found = self.cloudfront.get_distribution().id(distribution).send().await;
        let found = found.with_context(|| format!("describe the distribution {distribution}"))?.distribution;
        Ok(found.context("an answer without a distribution")?.domain_name)
    }

    async fn give_name(&self, distribution: &str, name: &str) -> anyhow::Result<()> {
        let target = DistributionResourceId::builder().distribution_id(distribution).build();
        let request = self.cloudfront.update_domain_association().domain(name).target_resource(target);
        request.send().await.map(drop).with_context(|| format!("give {distribution} the name {name}"))
    }
}

/// The health checks of a target.
fn checks(rule: &Dns) -> impl Iterator<Item = &str> {
    let forced = match &rule.strategy {
        Strategy::HealthCheck(id) => Some(id.as_str()),
        _ => None,
    };
    evidence(rule).chain(forced)
}

/// The health checks that show how healthy a side is.
fn evidence(rule: &Dns) -> impl Iterator<Item = &str> {
    Side::ALL.into_iter().filter_map(|side| match rule.evidence.of(side) {
        Evidence::HealthCheck(id) => Some(id.as_str()),
        Evidence::Alarm { .. } | Evidence::Https(_) => None,
    })
}

/// A record that answers something of a side.
fn values(record: &Record, side: Side, ttl: i64) -> anyhow::Result<ResourceRecordSet> {
    let value = match (record.kind, side) {
        (RecordType::A, Side::Primary) => "192.0.2.1",
        (RecordType::A, Side::Secondary) => "198.51.100.1",
        (RecordType::Aaaa, Side::Primary) => "2001:db8::1",
        (RecordType::Aaaa, Side::Secondary) => "2001:db8::2",
        (RecordType::Cname, Side::Primary) => "primary.example.com",
        (RecordType::Cname, Side::Secondary) => "secondary.example.com",
        (other, _) => bail!("the local cloud makes no records of type {}", other.as_str()),
    };
    let set = ResourceRecordSet::builder().name(record.name.as_str()).r#type(record.kind.as_str().into());
    let value = ResourceRecord::builder().value(value).build()?;
    Ok(set.ttl(ttl).resource_records(value).build()?)
}

/// A failover pair, whose primary has a health check.
fn pair(record: &Record, health_check: &str) -> anyhow::Result<[ResourceRecordSet; 2]> {
    let of = |side: Side, role: ResourceRecordSetFailover| {
        let mut set = values(record, side, TTL)?;
        set.set_identifier = Some(side.as_str().to_owned());
        set.failover = Some(role);
        anyhow::Ok(set)
    };
    let mut primary = of(Side::Primary, ResourceRecordSetFailover::Primary)?;
    primary.health_check_id = Some(health_check.to_owned());
    Ok([primary, of(Side::Secondary, ResourceRecordSetFailover::Secondary)?])
}

fn answering(mut set: ResourceRecordSet, answer: &Answer) -> anyhow::Result<ResourceRecordSet> {
    match answer {
        Answer::Alias(target) => {
            alias(set, target.zone.as_str(), target.name.as_str(), target.evaluate_target_health)
        }
        Answer::Values { values, .. } => {
            let values = values.iter().map(|value| ResourceRecord::builder().value(value.as_str()).build());
            set.resource_records = Some(values.collect::<Result<_, _>>()?);
            Ok(set)
        }
    }
}

fn alias(
    mut set: ResourceRecordSet,
    zone: &str,
    name: &str,
    evaluate: bool,
) -> anyhow::Result<ResourceRecordSet> {
    let alias = AliasTarget::builder().hosted_zone_id(zone).dns_name(name);
    let alias = alias.evaluate_target_health(evaluate).build()?;
    (set.alias_target, set.resource_records, set.ttl) = (Some(alias), None, None);
    Ok(set)
}
