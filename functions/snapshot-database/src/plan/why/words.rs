//! The reasons of this function in words: what is so.

use std::fmt;

use jiff::SignedDuration;
use shared::ids::shorten;
use shared::report::named;

use super::{Fact, Left, Why};

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fact)?;
        let left: Vec<String> = self.left.iter().map(Left::to_string).collect();
        if left.is_empty() { Ok(()) } else { write!(f, "; {}", named(&left, "; ")) }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(count) => write!(f, "took {}", snapshots(*count)),
            Self::AlreadyTaken(count) => write!(f, "{} {} there already", snapshots(*count), are(*count)),
            Self::Copying { begun, cleared: 0 } => write!(f, "began {}", copies(*begun)),
            Self::Copying { begun, cleared } => {
                if *begun > 0 {
                    write!(f, "began {}, ", copies(*begun))?;
                }
                write!(f, "deleted {cleared} that had failed: the next look begins what is missing")
            }
            Self::NothingToCopy => {
                f.write_str("every snapshot that should be elsewhere is there or on its way")
            }
            Self::CopiesWaiting => f.write_str("no copy can be begun now"),
            Self::Expired(count) => write!(f, "deleted {}", snapshots(*count)),
            Self::NothingToExpire(count) => write!(f, "{} {} kept", snapshots(*count), are(*count)),
            Self::Verified { fine: 1, compared: true } => f.write_str("1 snapshot is as it should be"),
            Self::Verified { fine, compared: true } => {
                write!(f, "{} are as they should be", snapshots(*fine))
            }
            Self::Verified { fine, compared: false } => write!(
                f,
                "{} {} available; with `metadata: false` nothing else was looked at",
                snapshots(*fine),
                are(*fine)
            ),
            Self::DrillStarted(of) => write!(f, "began to restore the newest good snapshot of {of}"),
            Self::DrillRunning(of) => write!(f, "a restore drill of {of} is going on"),
            Self::Reconciled { taken, copied, deleted, drills } => {
                let parts = [
                    (
                        *taken,
                        format!(
                            "took {} that {} missed",
                            snapshots(*taken),
                            if *taken == 1 { "was" } else { "were" }
                        ),
                    ),
                    (*copied, format!("began {}", copies(*copied))),
                    (*drills, "went on with a restore drill".to_owned()),
                    (*deleted, format!("deleted {}", snapshots(*deleted))),
                ];
                let done: Vec<String> =
                    parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
                f.write_str(&done.join(", "))
            }
            Self::DrillEnded { of, snapshot, passed, seconds, objective } => {
                let took = SignedDuration::from_secs(*seconds);
                match (passed, objective.map(SignedDuration::from_secs)) {
                    (false, _) => write!(f, "no database came of snapshot `{snapshot}` of {of} in {took:#}"),
                    (true, Some(objective)) if took > objective => write!(
                        f,
                        "snapshot `{snapshot}` of {of} was restored in {took:#} at most, and the objective is {objective:#}"
                    ),
                    (true, Some(objective)) => write!(
                        f,
                        "snapshot `{snapshot}` of {of} was restored in {took:#} at most, within the objective of {objective:#}"
                    ),
                    (true, None) => {
                        write!(f, "snapshot `{snapshot}` of {of} was restored in {took:#} at most")
                    }
                }
            }
            Self::InOrder => f.write_str("nothing is to be taken, copied or deleted"),
            Self::Left(left) => write!(f, "{left}"),
            Self::Paused(pause) => write!(
                f,
                "paused for `{}` until {:.0} by {}: {}",
                pause.scope,
                pause.until,
                shorten(&pause.who),
                shorten(&pause.reason)
            ),
            Self::LeaseBusy { owner } => {
                write!(f, "another delivery works on the target: {}", shorten(owner))
            }
            Self::LedgerUnavailable(words) => f.write_str(words),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(of) => write!(f, "there is no {of}"),
            Self::NothingSelected { tag } => write!(f, "no database has the tag {tag}"),
            Self::Member { of, cluster } => {
                write!(f, "{of} is in cluster `{cluster}`: name the cluster, which is backed up as a whole")
            }
            Self::Stopped(of) => {
                write!(f, "{of} is stopped, and RDS takes no snapshot of it until it is started")
            }
            Self::Unusable { of, status } => write!(f, "{of} is `{}`", shorten(status)),
            Self::Busy { of, status, is_late } => {
                write!(f, "{of} is `{}`: a snapshot can be taken when it is available", shorten(status))?;
                if *is_late { f.write_str(", and it has no good one within its objective") } else { Ok(()) }
            }
            Self::Late { of, snapshot, status } => write!(
                f,
                "{of} has no good snapshot within its objective, and `{snapshot}` is still `{}`",
                shorten(status)
            ),
            Self::AutomatedLate { of, snapshot, age } => {
                let hours = SignedDuration::from_hours(age.as_hours());
                write!(
                    f,
                    "`{snapshot}`, the newest automated snapshot of {of}, is older than the objective: {hours:#}"
                )
            }
            Self::Failed { of, snapshot, region } => {
                write!(f, "snapshot `{snapshot}` of {of} in {region} has failed; RDS does not say why")
            }
            Self::CameToNothing { of, snapshot } => {
                write!(f, "snapshot `{snapshot}` of {of} has failed; RDS does not say why")
            }
            Self::NoAutomated(of) => write!(f, "{of} has no automated snapshot that could be copied"),
            Self::Quota { of, region, most } => write!(
                f,
                "no snapshot of {of} in {region}: there are {most} manual {} snapshots, as many as the quota allows",
                of.family.noun()
            ),
            Self::KeyMissing { of, region } => write!(
                f,
                "{of} is encrypted, and its copies to {region} need `kms-key` in the playbook: a key of that Region"
            ),
            Self::GovCloud { region } => write!(
                f,
                "copies between {region} and other Regions are not supported: in GovCloud they need a presigned URL"
            ),
            Self::CopyToHome { region } => write!(f, "{region} is the home Region: nothing is copied there"),
            Self::Waiting { region, family, copies } => write!(
                f,
                "{copies} more to {region} wait: at most {} copies of {} snapshots go there at once",
                family.copies_at_once(),
                family.noun()
            ),
            Self::Unseen { region, words, .. } => write!(f, "{region} could not be seen: {}", shorten(words)),
            Self::NotCopied { snapshot, region, .. } => {
                write!(f, "`{snapshot}` is kept, as {region} has no good copy of it yet")
            }
            Self::Theirs { of, snapshot, region, status } => write!(
                f,
                "nothing of {of} expires while somebody else's `{snapshot}` in {region} is `{}`: it may be a copy",
                shorten(status)
            ),
            Self::Unverified { snapshot, region, faults, .. } => {
                write!(f, "`{snapshot}` in {region}: {}", named(faults, ", "))
            }
            Self::NoGood { of, region } => write!(f, "{of} has no good snapshot in {region}"),
            Self::LedgerUnset => {
                f.write_str("a restore drill is noted in the ledger: set `LAMPLIGHTER_LEDGER_TABLE`")
            }
            Self::Headroom { region, family, used, most } => write!(
                f,
                "{used} of {most} manual {} snapshots in {region} are used: ask AWS for more, or keep fewer",
                family.noun()
            ),
        }
    }
}

fn snapshots(count: usize) -> String {
    if count == 1 { "1 snapshot".to_owned() } else { format!("{count} snapshots") }
}

fn copies(count: usize) -> String {
    if count == 1 { "1 copy".to_owned() } else { format!("{count} copies") }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
