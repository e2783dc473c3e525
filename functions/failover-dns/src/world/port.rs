//! The port to everything that leads traffic, and to what shows the health of a side.

use jiff::Timestamp;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, Evidence, HealthCheckId, RecordName, Sides, StandbyObject, ZoneId,
};

use super::{Check, Distribution, Fault, Health, Object, Owner, RecordSet};

/// What became of a request whose effect may have been there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done now.
    Done,
    /// The same delivery of the same order had done it before: it came again, or the answer to an earlier try was lost.
    Repeated,
    /// Somebody else had done it.
    Already,
}

/// A change of records that Route 53 has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id, as `C2682N5HXP0BZ4`.
    pub id: String,
    /// Whether all of Route 53's servers have it: `INSYNC`, not `PENDING`.
    pub in_sync: bool,
}

/// A distribution, or a tenant of one, that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its id, of which CloudFront shows the end alone, as `*******EXAMPLE`.
    pub resource: String,
    /// Its account, of which it shows no more.
    pub account: String,
}

impl Conflict {
    /// Whether it is a distribution, as far as its id can be read.
    #[must_use]
    pub fn is_of(&self, id: &DistributionId) -> bool {
        is_readable_as(&self.resource, id.as_str())
    }

    /// Whether it is in another account than this one, as far as that can be read.
    #[must_use]
    pub fn is_foreign_to(&self, account: &str) -> bool {
        !self.account.trim_start_matches('*').is_empty() && !is_readable_as(&self.account, account)
    }
}

/// Whether something of which the beginning may be hidden by `*` is what is known whole.
fn is_readable_as(shown: &str, whole: &str) -> bool {
    let end = shown.trim_start_matches('*');
    shown == whole || shown != end && !end.is_empty() && whole.ends_with(end)
}

/// Route 53, S3, the Application Recovery Controller, CloudFront and CloudWatch, as far as failing over needs them.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Dns {
    /// Every record set of a name, of whatever type, all pages.
    ///
    /// # Errors
    /// When Route 53, or the time, does not allow it.
    async fn sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Fault>;

    /// Writes record sets in one change: all, or none. Each is there already, and is written whole.
    ///
    /// # Errors
    /// When Route 53, or the time, does not allow it. A change of the same zone that is not complete is a conflict.
    async fn change(&self, zone: &ZoneId, sets: &[RecordSet], comment: &str) -> Result<Change, Fault>;

    /// How far a change has come.
    ///
    /// # Errors
    /// When Route 53, or the time, does not allow it.
    async fn progress(&self, id: &str) -> Result<Change, Fault>;

    /// A health check.
    ///
    /// # Errors
    /// When Route 53, or the time, does not allow it.
    async fn check(&self, id: &HealthCheckId) -> Result<Check, Fault>;

    /// Gives a health check other settings, if it still has the version that `check` has.
    ///
    /// # Errors
    /// When Route 53, or the time, does not allow it. Another version is a conflict.
    async fn set_check(&self, id: &HealthCheckId, check: &Check) -> Result<(), Fault>;

    /// Whether the standby object is there, and whose it is.
    ///
    /// # Errors
    /// When S3, or the time, does not allow it.
    async fn find_object(&self, object: &StandbyObject) -> Result<Object, Fault>;

    /// Puts the standby object, unless it is there, and notes with it whose it is.
    ///
    /// # Errors
    /// When S3, or the time, does not allow it; also when it is there and does not show whose it is.
    async fn put_object(&self, object: &StandbyObject, text: &str, owner: &Owner) -> Result<Outcome, Fault>;

    /// Removes the standby object. Nothing compares it with the one that was found: what somebody has written over it
    /// since is removed with it.
    ///
    /// # Errors
    /// When S3, or the time, does not allow it.
    async fn remove_object(&self, object: &StandbyObject) -> Result<(), Fault>;

    /// Whether each control is on, from the first endpoint that answers.
    ///
    /// # Errors
    /// When no endpoint answers in time, or one refuses.
    async fn controls(
        &self,
        controls: &Sides<ControlArn>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<Sides<bool>, Fault>;

    /// Sets both controls in one request, at the first endpoint that answers.
    ///
    /// # Errors
    /// When no endpoint answers in time, or one refuses.
    async fn set_controls(
        &self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<(), Fault>;

    /// A distribution of this account.
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it.
    async fn distribution(&self, id: &DistributionId) -> Result<Distribution, Fault>;

    /// Moves an alternate domain name to a distribution that still has this version. Returns its next version.
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it. Another version is a conflict.
    async fn move_name(&self, name: &RecordName, to: &DistributionId, etag: &str) -> Result<String, Fault>;

    /// Who has a name, or one that overlaps it, besides the distribution `to`, whose certificate must cover the name.
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it; also when the certificate does not cover the name.
    async fn conflicts(&self, name: &RecordName, to: &DistributionId) -> Result<Vec<Conflict>, Fault>;

    /// How healthy a side is. With `from`, also since when without a break, looking back no further than that.
    ///
    /// # Errors
    /// When what shows it, or the time, does not allow it. That it shows nothing is no error.
    async fn health(&self, evidence: &Evidence, from: Option<Timestamp>) -> Result<Health, Fault>;
}
