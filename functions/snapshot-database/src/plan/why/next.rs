//! What a person can do about what is left undone.

use serde_json::json;

use super::{Fact, Left, Why};

/// What a person can do about a quota.
pub const MORE_ROOM: &str = "raise the quota of manual snapshots in Service Quotas, or keep fewer of them";

impl Why {
    /// What a person can do about what is left undone.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        if let Fact::Paused(pause) = &self.fact {
            let resume = json!({"action": "resume", "scope": pause.scope});
            return Some(format!("to end the pause, invoke route-alarm with {resume}"));
        }
        if let Some(next) = self.fact.next() {
            return Some(next.to_owned());
        }
        let first = if let Fact::Left(left) = &self.fact { Some(left) } else { None };
        first.into_iter().chain(&self.left).find_map(Left::next).map(str::to_owned)
    }
}

impl Fact {
    /// What a person can do about what is so, where that is more than what is left undone asks for.
    fn next(&self) -> Option<&'static str> {
        if let Self::DrillEnded { drill, .. } = self {
            if !drill.passed {
                return Some(
                    "look at the events of the scratch database in RDS, then send `verify` for another drill; else the next schedule of it tries again",
                );
            }
            return drill.is_too_slow().then_some(
                "give the drill, and the database, a larger class, or change `restore-objective`",
            );
        }
        matches!(self, Self::AlreadyCopied { .. })
            .then_some("for a snapshot of this moment, send `take` with a `label`: then RDS takes one")
    }
}

impl Left {
    fn next(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => Some(
                "was it deleted? `docs/restoring-databases.md` is how to get it back; else name a database of this Region",
            ),
            Self::NothingSelected { .. } => Some(
                "give a database the tag; were they deleted, `docs/restoring-databases.md` is how to get them back",
            ),
            Self::Member { .. } => Some("name the cluster in the playbook, as `cluster`"),
            Self::Stopped(_) => Some("start the database; RDS starts it by itself after seven days"),
            Self::Unusable { .. } => {
                Some("look at the database in the RDS console: this does not pass by itself")
            }
            Self::Late { .. } => {
                Some("look at the snapshot and its database in the RDS console: a large one may take hours")
            }
            Self::AutomatedLate { .. } => Some(
                "look at the backup retention period and the events of the database: RDS has made no newer one",
            ),
            Self::CameToNothing { .. } => {
                Some("look at the events of the database; `reconcile` takes another one")
            }
            Self::NoAutomated(_) => {
                Some("give the database a backup retention period, or say `snapshots: take`")
            }
            Self::Quota { .. } | Self::Headroom { .. } => Some(MORE_ROOM),
            Self::KeyMissing { .. } => {
                Some("add `kms-key` to the copy in the playbook: a key of that Region")
            }
            Self::GovCloud { .. } => {
                Some("take the copy out of the playbook; copy by hand with a presigned URL")
            }
            Self::CopyToHome { .. } => Some("name another Region in `copies`"),
            Self::Unverified { .. } => Some(
                "look at the named snapshots; good ones of the next nights replace them, or now one of `take` with a `label`",
            ),
            Self::NoGood { .. } => Some(
                "send `take` with a `label`: it is copied to each Region as the playbook says now; `reconcile` says what is in the way",
            ),
            Self::LedgerUnset => {
                Some("set `LAMPLIGHTER_LEDGER_TABLE`, or take `restore-drill` out of the playbook")
            }
            Self::Busy { is_late: true, .. } => {
                Some("look at the database in the RDS console: how long will it be busy?")
            }
            Self::Busy { .. }
            | Self::Waiting { .. }
            | Self::Unseen { .. }
            | Self::NotCopied { .. }
            | Self::Theirs { .. }
            | Self::Failed { .. } => None,
        }
    }
}
