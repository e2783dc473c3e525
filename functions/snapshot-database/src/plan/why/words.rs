//! The reasons of this function in words: what is so.

use std::fmt::{self, Write as _};

use jiff::SignedDuration;
use shared::ids::shorten;
use shared::report::named;

use super::{Automated, Ended, Fact, Left, Upkeep, Why};

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fact)?;
        f.write_str(&self.left_in_words())
    }
}

/// How many of those that are left for the same reason are told one by one.
const NAMED_OF_A_KIND: usize = 4;

impl Why {
    /// What is left undone, after a semicolon: the first few for each reason, and how many more, so that no reason is
    /// hidden behind another.
    #[must_use]
    pub fn left_in_words(&self) -> String {
        let mut kinds: Vec<(&'static str, Vec<&Left>)> = Vec::new();
        for left in &self.left {
            match kinds.iter_mut().find(|(code, _)| *code == left.code()) {
                Some((_, of_kind)) => of_kind.push(left),
                None => kinds.push((left.code(), vec![left])),
            }
        }
        let mut words = String::new();
        for (code, of_kind) in kinds {
            words.extend(of_kind.iter().take(NAMED_OF_A_KIND).map(|left| format!("; {left}")));
            if let Some(more) = of_kind.len().checked_sub(NAMED_OF_A_KIND).filter(|more| *more > 0) {
                let rest = of_kind.iter().skip(NAMED_OF_A_KIND).filter_map(|left| left.about());
                let mut names: Vec<String> = rest.map(|of| format!("`{}`", of.name)).collect();
                names.dedup();
                let of = if names.is_empty() { String::new() } else { format!(": {}", named(&names, ", ")) };
                let _infallible = write!(words, "; and {more} more of `{code}`{of}");
            }
        }
        words
    }

    /// What would be done: a drill has ended already, whether that is noted or not.
    #[must_use]
    pub fn in_words_of_a_plan(&self) -> String {
        let Fact::DrillEnded { drill, also } = &self.fact else { return format!("if carried out: {self}") };
        let also = also.to_string();
        let also = if also.is_empty() { also } else { format!("; {also}") };
        let left = self.left_in_words();
        format!("{drill}; if carried out: noted it, deleted the scratch database{also}{left}")
    }

    /// Whether all that keeps a command from its end passes with time.
    #[must_use]
    pub fn passes(&self) -> bool {
        let own = if let Fact::Left(left) = &self.fact { Some(left) } else { None };
        let stays = |left: &Left| matches!(left, Left::Unseen { is_transient: false, .. });
        !own.into_iter().chain(&self.left).any(stays)
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { count, automated } => write!(f, "took {}{automated}", snapshots(*count)),
            Self::AlreadyTaken(count) => write!(f, "{} {} there already", snapshots(*count), are(*count)),
            Self::AlreadyCopied { already, automated } => {
                if *already > 0 {
                    write!(f, "{} {} there already", snapshots(*already), are(*already))?;
                } else {
                    f.write_str("nothing was taken")?;
                }
                write!(f, "{automated}")
            }
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
            Self::Reconciled(upkeep) => write!(f, "{upkeep}"),
            Self::DrillEnded { drill, also } => {
                let rest = also.to_string();
                if rest.is_empty() { write!(f, "{drill}") } else { write!(f, "{drill}; also {rest}") }
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
                "copies to {region} are not supported: in GovCloud they need a presigned URL, and none go into China or out of it"
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

impl fmt::Display for Automated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.before > 0 {
            let databases =
                if self.before == 1 { "1 database" } else { &format!("{} databases", self.before) };
            write!(f, "; of {databases} RDS has made no automated snapshot since the last was copied")?;
        }
        match self.data_of {
            Some(at) if self.before > 0 => write!(f, ", with the data of {at:.0} or newer"),
            Some(at) => write!(f, "; automated ones are copied, with the data of {at:.0} or newer"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Upkeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { taken, copied, deleted, drills, .. } = *self;
        let were = if taken == 1 { "was" } else { "were" };
        let data = self.data_of.map_or_else(String::new, |at| format!(" (the data of {at:.0} or newer)"));
        let parts = [
            (taken, format!("took {} that {were} missed{data}", snapshots(taken))),
            (copied, format!("began {}", copies(copied))),
            (drills, "went on with a restore drill".to_owned()),
            (deleted, format!("deleted {}", snapshots(deleted))),
        ];
        let done = parts.into_iter().filter(|(count, _)| *count > 0);
        f.write_str(&done.map(|(_, part)| part).collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, snapshot) = (&self.of, &self.snapshot);
        let took = SignedDuration::from_secs(self.seconds);
        if !self.passed {
            return write!(
                f,
                "the restore drill failed: no database came of snapshot `{snapshot}` of {of} in {took:#}"
            );
        }
        if self.is_too_slow() {
            f.write_str("the restore was too slow: ")?;
        }
        write!(f, "snapshot `{snapshot}` of {of} was restored in {took:#} at most")?;
        match self.objective.map(SignedDuration::from_secs) {
            Some(objective) if self.is_too_slow() => write!(f, ", and the objective is {objective:#}"),
            Some(objective) => write!(f, ", within the objective of {objective:#}"),
            None => Ok(()),
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
