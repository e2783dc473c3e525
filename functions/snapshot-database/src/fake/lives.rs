//! What takes time: snapshots, copies, scratch databases and deletions begin, and end when their time has come.

use jiff::{SignedDuration, Timestamp};
use shared::kinds::database::RegionCode;

use super::faults::Dice;
use super::model::Model;
use crate::world::{DatabaseId, Family};

/// Between which times something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// At least this long.
    pub least: SignedDuration,
    /// At most this long.
    pub most: SignedDuration,
}

impl Span {
    /// Always so many minutes.
    #[must_use]
    pub fn minutes(minutes: i64) -> Self {
        Self::between(minutes, minutes)
    }

    /// From so many minutes to so many.
    #[must_use]
    pub fn between(least: i64, most: i64) -> Self {
        Self { least: SignedDuration::from_mins(least), most: SignedDuration::from_mins(most) }
    }

    pub(super) fn pick(self, dice: &mut Dice) -> SignedDuration {
        let more = u64::try_from((self.most - self.least).as_secs()).unwrap_or(0);
        self.least + SignedDuration::from_secs(i64::try_from(dice.below(more + 1)).unwrap_or(0))
    }
}

/// How long everything takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// A snapshot.
    pub snapshot: Span,
    /// A copy.
    pub copy: Span,
    /// A restore, and the instance of a scratch cluster.
    pub restore: Span,
    /// A deletion, of whatever it is.
    pub deletion: Span,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            snapshot: Span::minutes(5),
            copy: Span::minutes(30),
            restore: Span::minutes(20),
            deletion: Span::minutes(0),
        }
    }
}

/// Something that RDS tells in an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// When it happened.
    pub at: Timestamp,
    /// Where: the event is told there.
    pub region: RegionCode,
    /// RDS's id of it, as `RDS-EVENT-0042`.
    pub id: &'static str,
    /// Of which family the snapshot is.
    pub family: Family,
    /// The snapshot's identifier.
    pub snapshot: String,
    /// The snapshot's ARN.
    pub arn: String,
}

/// What ends at a time.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) what: What,
    pub(super) then: Then,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Snapshot(RegionCode, Family, String),
    Database(DatabaseId),
}

/// What it is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// There, since this time.
    Available(Timestamp),
    Failed,
    Gone,
}

impl Model {
    /// Lets a life begin that ends after a while; the number is its own.
    pub(super) fn begin(&mut self, after: SignedDuration, what: What, then: Then) -> u64 {
        self.lives += 1;
        self.due.insert((self.now + after, self.lives), Due { what, then });
        self.lives
    }

    pub(super) fn advance(&mut self, by: SignedDuration) {
        let until = self.now + by;
        while let Some(next) = self.due.first_entry().filter(|next| next.key().0 <= until) {
            let ((at, life), due) = next.remove_entry();
            self.now = self.now.max(at);
            match due.what {
                What::Snapshot(region, family, name) => {
                    self.snapshot_ends(&region, family, &name, life, due.then);
                }
                What::Database(id) => self.database_ends(&id, life, due.then),
            }
        }
        self.now = until;
    }

    pub(super) fn fail_coming(&mut self, region: &RegionCode, family: Family, name: &str) {
        let life = self.shelf(region, family).find_mut(name).and_then(|held| held.life);
        let mut due = self.due.iter_mut();
        if let Some((_, due)) = due.find(|((_, number), _)| Some(*number) == life) {
            due.then = Then::Failed;
        }
    }

    fn snapshot_ends(&mut self, region: &RegionCode, family: Family, name: &str, life: u64, then: Then) {
        let Some(held) = self.shelf(region, family).find_mut(name) else { return };
        if held.life != Some(life) {
            return;
        }
        held.life = None;
        let snapshot = &mut held.thing;
        let (of, was_copy) = (snapshot.of.clone(), snapshot.status == "copying");
        match then {
            Then::Available(taken_at) => {
                "available".clone_into(&mut snapshot.status);
                snapshot.taken_at = Some(taken_at);
                snapshot.progress = 100;
            }
            Then::Failed => "failed".clone_into(&mut snapshot.status),
            Then::Gone => {
                self.remove_snapshot(region, family, name);
                return;
            }
        }
        if was_copy {
            self.copy_ends(region, family, name, then != Then::Failed);
            return;
        }
        if let Some(source) = self.databases.get_mut(&of).filter(|held| held.life.is_none()) {
            let status = &mut source.thing.database.status;
            if status == "backing-up" {
                "available".clone_into(status);
            }
        }
        if then != Then::Failed {
            self.happens(region, family, name, created(family));
        }
    }

    /// A copy is no longer in progress.
    pub(super) fn copy_ends(&mut self, region: &RegionCode, family: Family, name: &str, well: bool) {
        let Some(source) = self.shelf(region, family).in_flight.remove(name) else { return };
        // No event tells the end of a cluster's copy.
        let id = match (family, source.region == *region, well) {
            (Family::Cluster, _, _) => return,
            (Family::Instance, true, true) => "RDS-EVENT-0197",
            (Family::Instance, true, false) => "RDS-EVENT-0190",
            (Family::Instance, false, true) => "RDS-EVENT-0060",
            (Family::Instance, false, false) => "RDS-EVENT-0061",
        };
        self.happens(region, family, name, id);
    }

    fn database_ends(&mut self, id: &DatabaseId, life: u64, then: Then) {
        let Some(held) = self.databases.get_mut(id).filter(|held| held.life == Some(life)) else { return };
        held.life = None;
        match then {
            Then::Available(since) => {
                let database = &mut held.thing.database;
                "available".clone_into(&mut database.status);
                database.created = Some(since);
                if database.member_of.is_none() {
                    self.back_up(id);
                }
            }
            Then::Failed => "failed".clone_into(&mut held.thing.database.status),
            Then::Gone => self.remove_database(id),
        }
    }

    pub(super) fn happens(&mut self, region: &RegionCode, family: Family, name: &str, id: &'static str) {
        let (snapshot, arn) = (name.to_owned(), super::snapshot_arn(region, family, name));
        let happening = Happening { at: self.now, region: region.clone(), id, family, snapshot, arn };
        self.happenings.push(happening);
    }
}

fn created(family: Family) -> &'static str {
    match family {
        Family::Instance => "RDS-EVENT-0042",
        Family::Cluster => "RDS-EVENT-0075",
    }
}
