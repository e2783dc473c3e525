//! Distributions, and who has a name.

use aws_sdk_cloudfront::config::Builder;
use aws_sdk_cloudfront::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudfront::types::{DistributionResourceId, DomainConflict};
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::RecordName;

use super::AwsUntil;
use super::fault::{failed, fault, unsaid};
use crate::world::{Conflict, Distribution, Fault, Meaning};

impl AwsUntil<'_> {
    pub(super) async fn get_distribution(&self, id: &DistributionId) -> Result<Distribution, Fault> {
        let operation = format!("describe distribution {}", id.as_str());
        let request = self.aws.cloudfront().get_distribution().id(id.as_str());
        let answer = request.customize().config_override(self.in_cloudfront(&operation)?).send().await;
        let answer = answer.map_err(|error| fault(&operation, &error))?;
        let distribution = answer.distribution.ok_or_else(|| unsaid(&operation))?;
        let config = distribution.distribution_config.ok_or_else(|| unsaid(&operation))?;
        Ok(Distribution {
            domain: distribution.domain_name,
            names: config.aliases.and_then(|aliases| aliases.items).unwrap_or_default(),
            deployed: distribution.status == "Deployed",
            enabled: config.enabled,
            etag: answer.e_tag.ok_or_else(|| unsaid(&operation))?,
        })
    }

    pub(super) async fn update_domain(
        &self,
        name: &RecordName,
        to: &DistributionId,
        etag: &str,
    ) -> Result<String, Fault> {
        let operation = format!("move the name {name} to distribution {}", to.as_str());
        let request = self.aws.cloudfront().update_domain_association().domain(plain(name));
        let request = request.target_resource(resource(to)).if_match(etag);
        match request.customize().config_override(self.in_cloudfront(&operation)?).send().await {
            Ok(answer) => answer.e_tag.ok_or_else(|| unsaid(&operation)),
            Err(error) => {
                let fault = refused(&operation, &error);
                if !may_be_of_the_owner(&error) {
                    return Err(fault);
                }
                match self.foreign_owner(name, to).await {
                    Some(Conflict { resource, account }) => {
                        let words =
                            format!("{}: `{resource}` of account {account} has the name", fault.source);
                        Err(failed(&operation, Meaning::OtherAccount, words))
                    }
                    None => Err(fault),
                }
            }
        }
    }

    /// What of another account has a name. Where that cannot be seen, the refusal itself must do.
    async fn foreign_owner(&self, name: &RecordName, to: &DistributionId) -> Option<Conflict> {
        let operation = format!("see whose account distribution {} is in", to.as_str());
        let request = self.aws.cloudfront().get_distribution().id(to.as_str());
        let answer = request.customize().config_override(self.in_cloudfront(&operation).ok()?).send().await;
        let arn = answer.ok()?.distribution?.arn;
        let ours = arn.split(':').nth(4).filter(|account| !account.is_empty())?;
        let found = self.domain_conflicts(name, to).await.ok()?;
        // A wildcard that covers it is another name.
        let of_the_name = found.into_iter().filter(|found| name.is(&found.domain)).map(conflict);
        of_the_name.into_iter().find(|one| one.is_foreign_to(ours))
    }

    pub(super) async fn list_conflicts(
        &self,
        name: &RecordName,
        to: &DistributionId,
    ) -> Result<Vec<Conflict>, Fault> {
        Ok(self.domain_conflicts(name, to).await?.into_iter().map(conflict).collect())
    }

    /// What has a name or one that overlaps it, all pages.
    async fn domain_conflicts(
        &self,
        name: &RecordName,
        to: &DistributionId,
    ) -> Result<Vec<DomainConflict>, Fault> {
        let operation = format!("see which distributions have the name {name}");
        let (mut found, mut page) = (Vec::new(), None);
        loop {
            let request = self.aws.cloudfront().list_domain_conflicts().domain(plain(name));
            let request = request.domain_control_validation_resource(resource(to)).set_marker(page);
            let answer = request.customize().config_override(self.in_cloudfront(&operation)?).send().await;
            let answer = answer.map_err(|error| refused(&operation, &error))?;
            found.extend(answer.domain_conflicts.into_iter().flatten());
            page = answer.next_marker.filter(|marker| !marker.is_empty());
            if page.is_none() {
                return Ok(found);
            }
        }
    }

    fn in_cloudfront(&self, operation: &str) -> Result<Builder, Fault> {
        Ok(Builder::new().timeout_config(self.timeouts(operation)?))
    }
}

/// CloudFront writes names without the dot at their end.
fn plain(name: &RecordName) -> &str {
    name.as_str().strip_suffix('.').unwrap_or(name.as_str())
}

fn conflict(found: DomainConflict) -> Conflict {
    Conflict { resource: found.resource_id, account: found.account_id }
}

fn resource(id: &DistributionId) -> DistributionResourceId {
    DistributionResourceId::builder().distribution_id(id.as_str()).build()
}

/// Whether a refusal may be because of who has the name: no page says with which code one of another account's is refused.
fn may_be_of_the_owner<E>(error: &SdkError<E>) -> bool
where
    SdkError<E>: ProvideErrorMetadata,
{
    match error.code() {
        Some("CNAMEAlreadyExists" | "IllegalUpdate") => true,
        Some("AccessDenied") => !is_of_the_role(error.message()),
        _ => false,
    }
}

/// Whether the words of a denial are those for a role without the permission.
fn is_of_the_role(words: Option<&str>) -> bool {
    words.unwrap_or_default().to_ascii_lowercase().contains("not authorized")
}

/// A refusal of a name: for what is wrong with it or the distribution, or because the role may not ask.
///
/// CloudFront has one code for a role without the permission and for a name that nobody has proven to be theirs.
fn refused<E>(operation: &str, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let fault = fault(operation, error);
    let words = error.message().unwrap_or_default().to_ascii_lowercase();
    let is_of_the_name = || {
        !is_of_the_role(error.message())
            && ["certificate", "alias", "cname", "domain"].iter().any(|said| words.contains(said))
    };
    match error.code() {
        Some("CNAMEAlreadyExists" | "IllegalUpdate" | "InvalidArgument" | "InvalidViewerCertificate") => {
            Fault { meaning: Meaning::ChangeRefused, ..fault }
        }
        Some("AccessDenied") if is_of_the_name() => Fault { meaning: Meaning::ChangeRefused, ..fault },
        _ => fault,
    }
}
