//! Makes what the production playbook names, before the stack is deployed: buckets that send their events to
//! EventBridge, distributions, services with their clusters and scalable targets, databases, and zones with their records.
//! AWS picks the ids of distributions, zones and health checks itself, so that the functions read a copy of the playbook
//! with the ids of this cloud.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, bail};
use aws_sdk_cloudfront::types::{
    DefaultCacheBehavior, DistributionConfig, Origin, Origins, S3OriginConfig, ViewerProtocolPolicy,
};
use serde_json::json;
use shared::kinds::distribution::Cache;
use shared::playbook::Playbook;

use super::Clients;

/// A target of the end-to-end tests whose distribution the function's role does not allow.
pub const FORBIDDEN: &str = "somebody-elses-site";
/// The evidence of the production playbook that the local cloud does not have: no checkers look at anything there. An alarm
/// on their metric, as AWS would have it too, takes its place.
const CHECKED: &str = "evidence: {health-check: 11111111-2222-3333-4444-555555555555}";
const ALARMED: &str = "evidence: {alarm: weather-secondary-health, region: us-east-1}";
/// What the end-to-end tests need beside the production playbook.
const OF_THE_TESTS: &str = include_str!("../../e2e/playbook.yaml");

/// Makes the resources; writes `playbook.yaml` and, for the deployment's parameters, `resources.json`.
///
/// # Errors
/// When the playbook is wrong or the local cloud refuses.
pub async fn prepare(for_tests: bool) -> anyhow::Result<()> {
    let clients = Clients::connect().await?;
    let mut text = together(&playbook_of("prod")?, &renamed(&playbook_of("dev")?))?;
    if for_tests {
        text = together(&text, OF_THE_TESTS)?;
    }
    text = text.replace(CHECKED, ALARMED);
    let playbook = Playbook::parse(&text).context("parse the playbook")?;

    let mut buckets = BTreeSet::new();
    let mut arns = Vec::new();
    for (name, distribution) in playbook.distributions() {
        let Cache::Distribution(id) = &distribution.cache else {
            bail!("target `{name}` is a tenant, and the demo makes none yet");
        };
        let sources: Vec<&str> = distribution.sources.iter().map(|source| source.bucket.as_str()).collect();
        let origin = sources.first().copied().unwrap_or("origin");
        let (made, arn) = clients.make_distribution(name.as_str(), origin).await?;
        text = text.replace(id.as_str(), &made);
        if name.as_str() != FORBIDDEN {
            arns.push(arn);
        }
        buckets.extend(sources);
    }
    for bucket in &buckets {
        clients.make_bucket(bucket).await?;
    }

    let text = clients.make_zones(&playbook, text).await?;
    let names =
        clients.make_records(&Playbook::parse(&text).context("parse the playbook of this cloud")?).await?;

    let resources = json!({
        "distribution_arns": arns,
        "site_buckets": buckets,
        "service_arns": clients.make_services(&playbook).await?,
        "database_arns": clients.make_databases(&playbook).await?,
        "names": names,
    });
    for (name, text) in [("playbook.yaml", text), ("resources.json", resources.to_string())] {
        let file = clients.folder.join(name);
        std::fs::write(&file, text).with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

fn playbook_of(environment: &str) -> anyhow::Result<String> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../playbooks").join(environment).join("playbook.yaml");
    std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))
}

/// The playbook of development with other names for its targets: here it shares a stack with that of production.
fn renamed(playbook: &str) -> String {
    let lines =
        playbook.lines().map(|line| match line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) {
            Some(name) if name.starts_with(|c: char| c.is_ascii_lowercase()) => format!("  {name}-dev:\n"),
            _ => format!("{line}\n"),
        });
    lines.collect()
}

/// A playbook with the targets and the routes of another, which has nothing else.
fn together(playbook: &str, other: &str) -> anyhow::Result<String> {
    const TARGETS: &str = "\ntargets:\n";
    const ROUTES: &str = "\nroutes:\n";
    let (_, other) = other.split_once(TARGETS).context("the other playbook has no targets")?;
    let (targets, routes) = other.split_once(ROUTES).unwrap_or((other, ""));
    let (head, tail) = playbook.split_once(TARGETS).context("the playbook has no targets")?;
    let tail = match tail.split_once(ROUTES) {
        Some((before, after)) => format!("{before}{ROUTES}{routes}{after}"),
        None => format!("{tail}{ROUTES}{routes}"),
    };
    Ok(format!("{head}{TARGETS}{targets}\n{tail}"))
}

impl Clients {
    async fn make_bucket(&self, bucket: &str) -> anyhow::Result<()> {
        self.s3
            .create_bucket()
            .bucket(bucket)
            .send()
            .await
            .with_context(|| format!("create bucket {bucket}"))?;
        self.notify_bus(bucket).await
    }

    /// Gives the id and the ARN of a new distribution.
    async fn make_distribution(&self, name: &str, bucket: &str) -> anyhow::Result<(String, String)> {
        let origin = Origin::builder()
            .id(bucket)
            .domain_name(format!("{bucket}.s3.us-east-1.amazonaws.com"))
            .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
            .build()?;
        let behavior = DefaultCacheBehavior::builder()
            .target_origin_id(bucket)
            .viewer_protocol_policy(ViewerProtocolPolicy::RedirectToHttps)
            .build()?;
        let config = DistributionConfig::builder()
            .caller_reference(name)
            .comment(name)
            .enabled(true)
            .origins(Origins::builder().quantity(1).items(origin).build()?)
            .default_cache_behavior(behavior)
            .build()?;
        let created = self.cloudfront.create_distribution().distribution_config(config).send().await;
        let created = created.with_context(|| format!("create the distribution of `{name}`"))?;
        let distribution = created.distribution.context("CloudFront made no distribution")?;
        Ok((distribution.id, distribution.arn))
    }
}
