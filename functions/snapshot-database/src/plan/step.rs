//! The effects of this function.

use serde_json::{Map, Value, json};
use shared::kinds::database::RegionCode;
use shared::plan::Step as PlanStep;

use crate::names::LABEL;
use crate::world::{Copy, Create, DatabaseId, LastDrill, Member, Restore};

/// One effect: absolute, so that doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Takes a snapshot.
    Create(Create),
    /// Begins a copy.
    Copy(Copy),
    /// Deletes a snapshot.
    Delete {
        /// Of which database it is.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
        /// What it is called.
        name: String,
        /// Why it need not be kept.
        because: Because,
    },
    /// Begins to restore a snapshot into a scratch database.
    Restore {
        /// Whose snapshot it is.
        of: DatabaseId,
        /// The request.
        request: Restore,
    },
    /// Gives a scratch cluster its instance.
    AddMember {
        /// Whose snapshot was restored.
        of: DatabaseId,
        /// The request.
        request: Member,
    },
    /// Notes how a drill ended. It comes before the scratch database is deleted.
    NoteDrill {
        /// Whose snapshot was restored.
        of: DatabaseId,
        /// How it ended.
        drill: LastDrill,
    },
    /// Deletes a scratch database.
    DeleteScratch {
        /// Whose snapshot was restored.
        of: DatabaseId,
        /// The scratch database.
        scratch: DatabaseId,
    },
}

/// Why a snapshot need not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Its time is over.
    Expired,
    /// It came to nothing.
    Failed,
}

impl Step {
    /// The database that it is about: what fails for one is no reason to leave out another.
    #[must_use]
    pub fn of(&self) -> &DatabaseId {
        match self {
            Self::Create(Create { of, .. })
            | Self::Copy(Copy { of, .. })
            | Self::Delete { of, .. }
            | Self::Restore { of, .. }
            | Self::AddMember { of, .. }
            | Self::NoteDrill { of, .. }
            | Self::DeleteScratch { of, .. } => of,
        }
    }
}

/// What stops when one of it fails: the same kind of step, for the same database, in the same Region.
pub type Line<'s> = (&'s DatabaseId, &'static str, Option<&'s RegionCode>);

impl Step {
    /// The line that it stands in. Lines do not hang on each other: what cannot be taken is no reason to keep what has
    /// expired, least of all where a quota is full.
    #[must_use]
    pub fn line(&self) -> Line<'_> {
        let (kind, region) = match self {
            Self::Create(_) => ("take", None),
            Self::Copy(Copy { region, .. }) => ("copy", Some(region)),
            Self::Delete { region, .. } => ("delete", Some(region)),
            Self::Restore { .. }
            | Self::AddMember { .. }
            | Self::NoteDrill { .. }
            | Self::DeleteScratch { .. } => ("drill", None),
        };
        (self.of(), kind, region)
    }
}

impl PlanStep for Step {
    fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create-snapshot",
            Self::Copy(_) => "copy-snapshot",
            Self::Delete { .. } => "delete-snapshot",
            Self::Restore { .. } => "restore-scratch",
            Self::AddMember { .. } => "add-scratch-member",
            Self::NoteDrill { .. } => "note-drill",
            Self::DeleteScratch { .. } => "delete-scratch",
        }
    }

    fn details(&self) -> Map<String, Value> {
        let mut details = Map::new();
        let mut put = |name: &str, value: Value| drop(details.insert(name.to_owned(), value));
        put(self.of().family.noun(), json!(self.of().name));
        match self {
            Self::Create(Create { name, tags, .. }) => {
                put("snapshot", json!(name));
                if let Some(label) = tags.get(LABEL) {
                    put("label", json!(label));
                }
            }
            Self::Copy(Copy { region, name, .. }) => {
                put("snapshot", json!(name));
                put("to", json!(region));
            }
            Self::Delete { region, name, because, .. } => {
                put("snapshot", json!(name));
                put("region", json!(region));
                put(
                    "because",
                    json!(match because {
                        Because::Expired => "expired",
                        Because::Failed => "failed",
                    }),
                );
            }
            Self::Restore { request, .. } => {
                put("snapshot", json!(request.snapshot));
                put("scratch", json!(request.scratch.name));
            }
            Self::AddMember { request, .. } => put("scratch", json!(request.name)),
            Self::NoteDrill { drill, .. } => {
                put("snapshot", json!(drill.snapshot));
                put("passed", json!(drill.passed));
                put("seconds", json!(drill.seconds));
            }
            Self::DeleteScratch { scratch, .. } => put("scratch", json!(scratch.name)),
        }
        details
    }
}
