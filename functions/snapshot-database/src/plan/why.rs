//! The reasons of this function.

use std::fmt;

use jiff::SignedDuration;
use shared::ids::shorten;
use shared::kinds::database::RegionCode;
use shared::plan::Why as PlanWhy;
use shared::report::named;
use shell::ledger::Pause;

use crate::world::{DatabaseId, Family};

/// Why a command ends as it does, and what it leaves undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The reason.
    pub fact: Fact,
    /// What is left undone, and why.
    pub left: Vec<Left>,
}

impl From<Fact> for Why {
    fn from(fact: Fact) -> Self {
        Self { fact, left: Vec::new() }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Snapshots are taken.
    Taken(usize),
    /// They were taken by this very command.
    AlreadyTaken(usize),
    /// Copies are begun.
    Copying(usize),
    /// Every snapshot is where it should be, or on its way.
    NothingToCopy,
    /// Copies wait for others to end.
    CopiesWaiting,
    /// Snapshots are deleted.
    Expired(usize),
    /// All that there are are kept.
    NothingToExpire(usize),
    /// Snapshots are as they should be.
    Verified(usize),
    /// A restore is begun.
    DrillStarted(DatabaseId),
    /// One is going on.
    DrillRunning(DatabaseId),
    /// Whatever was next was done.
    Reconciled {
        /// Snapshots taken that were missed.
        taken: usize,
        /// Copies begun.
        copied: usize,
        /// Snapshots deleted.
        deleted: usize,
        /// Steps of drills.
        drills: usize,
    },
    /// A restore drill has ended.
    DrillEnded {
        /// Whose snapshot was restored.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Whether a database came of it.
        passed: bool,
        /// How long it took, in seconds.
        seconds: i64,
        /// How long it may take, in seconds.
        objective: Option<i64>,
    },
    /// There is nothing to do.
    InOrder,
    /// Only what is left undone is to be told.
    Left(Left),
    /// Somebody wants nothing to be done.
    Paused(Pause),
    /// Somebody else works on the target.
    LeaseBusy {
        /// Who.
        owner: String,
    },
    /// The ledger does not answer.
    LedgerUnavailable(String),
}

/// Something that is left undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// There is no such database.
    Missing(DatabaseId),
    /// No database has the tag.
    NothingSelected {
        /// The tag.
        tag: String,
    },
    /// It is in a cluster, and backed up with it.
    Member {
        /// The instance.
        of: DatabaseId,
        /// The cluster.
        cluster: String,
    },
    /// It is stopped.
    Stopped(DatabaseId),
    /// It is in a state that does not pass by itself.
    Unusable {
        /// Which.
        of: DatabaseId,
        /// RDS's word.
        status: String,
    },
    /// It is busy with something that passes.
    Busy {
        /// Which.
        of: DatabaseId,
        /// RDS's word.
        status: String,
    },
    /// It has no automated snapshot that could be copied.
    NoAutomated(DatabaseId),
    /// There are as many manual snapshots in a Region as there may be.
    Quota {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
        /// The quota.
        most: u32,
    },
    /// A Region's key is not in the playbook, and the snapshots are encrypted.
    KeyMissing {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
    },
    /// Copies to or from GovCloud need a presigned URL.
    GovCloud {
        /// Where.
        region: RegionCode,
    },
    /// A Region is the home Region.
    CopyToHome {
        /// Which.
        region: RegionCode,
    },
    /// Copies wait until others have ended.
    Waiting {
        /// Where.
        region: RegionCode,
        /// Of which family.
        family: Family,
        /// How many.
        copies: usize,
    },
    /// What a Region holds could not be seen.
    Unseen {
        /// Which.
        region: RegionCode,
        /// The `why.code` of it.
        code: &'static str,
        /// Whether that passes.
        passes: bool,
        /// Why.
        words: String,
    },
    /// A snapshot is kept although its time is over, as its copy is not there or not good.
    NotCopied {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Where the copy should be.
        region: RegionCode,
    },
    /// A snapshot is not as it should be.
    Unverified {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Where.
        region: RegionCode,
        /// What is wrong with it.
        faults: Vec<String>,
    },
    /// There is no good snapshot of a database.
    NoGood {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
    },
    /// A drill is asked for, and there is no ledger to note it in.
    LedgerUnset,
    /// The quota of manual snapshots is nearly used up.
    Headroom {
        /// Where.
        region: RegionCode,
        /// Of which family.
        family: Family,
        /// How many there are.
        used: u32,
        /// How many there may be.
        most: u32,
    },
}

impl Left {
    /// The `why.code` of a command that could do nothing because of it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "database-missing",
            Self::NothingSelected { .. } => "nothing-selected",
            Self::Member { .. } => "aurora-member",
            Self::Stopped(_) => "database-stopped",
            Self::Unusable { .. } => "database-unusable",
            Self::Busy { .. } => "database-busy",
            Self::NoAutomated(_) => "no-automated-snapshot",
            Self::Quota { .. } => "snapshot-quota",
            Self::KeyMissing { .. } => "kms-key-missing",
            Self::GovCloud { .. } => "govcloud-unsupported",
            Self::CopyToHome { .. } => "copy-to-home",
            Self::Waiting { .. } => "copies-waiting",
            Self::Unseen { code, .. } => code,
            Self::NotCopied { .. } => "not-copied",
            Self::Unverified { .. } => "unverified",
            Self::NoGood { .. } => "no-good-snapshot",
            Self::LedgerUnset => "ledger-unset",
            Self::Headroom { .. } => "quota-headroom",
        }
    }

    /// What it means for the command.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Waiting { .. } | Self::NotCopied { .. } | Self::Headroom { .. } => Weight::Note,
            Self::Busy { .. } | Self::Unseen { passes: true, .. } => Weight::Passes,
            Self::Missing(_)
            | Self::NothingSelected { .. }
            | Self::Member { .. }
            | Self::Stopped(_)
            | Self::Unusable { .. }
            | Self::NoAutomated(_)
            | Self::Quota { .. }
            | Self::KeyMissing { .. }
            | Self::GovCloud { .. }
            | Self::CopyToHome { .. }
            | Self::Unseen { passes: false, .. }
            | Self::Unverified { .. }
            | Self::NoGood { .. }
            | Self::LedgerUnset => Weight::Stays,
        }
    }
}

/// What something left undone means for the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is said, and nothing else.
    Note,
    /// The command cannot do it, and sending it again cannot help.
    Stays,
    /// It passes with time: the command is redelivered for it.
    Passes,
}

impl Why {
    /// What a person can do about what is left undone.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        let first = match &self.fact {
            Fact::Left(left) => Some(left),
            _ => None,
        };
        first.into_iter().chain(&self.left).find_map(Left::next).map(str::to_owned)
    }
}

impl Left {
    fn next(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => {
                Some("name a database of this Region in the playbook, or take the target out of it")
            }
            Self::NothingSelected { .. } => {
                Some("give a database the tag, or take the target out of the playbook")
            }
            Self::Member { .. } => Some("name the cluster in the playbook, as `cluster`"),
            Self::Stopped(_) => Some("start the database; RDS starts it by itself after seven days"),
            Self::Unusable { .. } => {
                Some("look at the database in the RDS console: this does not pass by itself")
            }
            Self::NoAutomated(_) => {
                Some("give the database a backup retention period, or say `snapshots: take`")
            }
            Self::Quota { .. } | Self::Headroom { .. } => {
                Some("raise the quota of manual snapshots in Service Quotas, or keep fewer of them")
            }
            Self::KeyMissing { .. } => {
                Some("add `kms-key` to the copy in the playbook: a key of that Region")
            }
            Self::GovCloud { .. } => {
                Some("take the copy out of the playbook; copy by hand with a presigned URL")
            }
            Self::CopyToHome { .. } => Some("name another Region in `copies`"),
            Self::Unverified { .. } => {
                Some("look at the named snapshots; good ones of the next nights replace them")
            }
            Self::NoGood { .. } => Some("send `take`, or look why the last snapshots came to nothing"),
            Self::LedgerUnset => {
                Some("set `LAMPLIGHTER_LEDGER_TABLE`, or take `restore-drill` out of the playbook")
            }
            Self::Busy { .. } | Self::Waiting { .. } | Self::Unseen { .. } | Self::NotCopied { .. } => None,
        }
    }
}

impl PlanWhy for Why {
    fn code(&self) -> &'static str {
        match &self.fact {
            Fact::Taken(_) => "taken",
            Fact::AlreadyTaken(_) => "already-taken",
            Fact::Copying(_) => "copying",
            Fact::NothingToCopy => "nothing-to-copy",
            Fact::CopiesWaiting => "copies-waiting",
            Fact::Expired(_) => "expired",
            Fact::NothingToExpire(_) => "nothing-to-expire",
            Fact::Verified(_) => "verified",
            Fact::DrillStarted(_) => "drill-started",
            Fact::DrillRunning(_) => "drill-running",
            Fact::Reconciled { .. } => "reconciled",
            Fact::DrillEnded { passed: false, .. } => "drill-failed",
            Fact::DrillEnded { seconds, objective: Some(objective), .. } if seconds > objective => {
                "drill-too-slow"
            }
            Fact::DrillEnded { .. } => "drill-passed",
            Fact::InOrder => "in-order",
            Fact::Left(left) => left.code(),
            Fact::Paused(_) => "paused",
            Fact::LeaseBusy { .. } => "lease-busy",
            Fact::LedgerUnavailable(_) => shell::ledger::UNAVAILABLE,
        }
    }
}

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
            Self::AlreadyTaken(count) => {
                write!(f, "{} of this command {} there already", snapshots(*count), are(*count))
            }
            Self::Copying(count) => write!(f, "began {}", copies(*count)),
            Self::NothingToCopy => {
                f.write_str("every snapshot that should be elsewhere is there or on its way")
            }
            Self::CopiesWaiting => f.write_str("no copy can be begun now"),
            Self::Expired(count) => write!(f, "deleted {}", snapshots(*count)),
            Self::NothingToExpire(count) => write!(f, "{} {} kept", snapshots(*count), are(*count)),
            Self::Verified(count) => write!(f, "{} {} as it should be", snapshots(*count), are(*count)),
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
                        "snapshot `{snapshot}` of {of} was restored in {took:#}, and the objective is {objective:#}"
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
            Self::Busy { of, status } => {
                write!(f, "{of} is `{}`: a snapshot can be taken when it is available", shorten(status))
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
