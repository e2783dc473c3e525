//! What a test does to databases and snapshots behind the functions' back, and what it finds.

use jiff::Timestamp;

use super::{Rds, RdsDatabase, RdsFamily, RdsSnapshot};
use crate::stand_in::StandIn;

/// RDS.
impl StandIn {
    /// Puts a database there, in place of the one of its name.
    pub fn put_database(&self, database: RdsDatabase) {
        self.state().rds.databases.insert(database.place(), database);
    }

    /// A database as it is now, if it is there.
    #[must_use]
    pub fn database(&self, family: RdsFamily, region: &str, name: &str) -> Option<RdsDatabase> {
        self.state().rds.databases.get(&(family, region.to_owned(), name.to_owned())).cloned()
    }

    /// Every database of every Region: instances first, then by Region and name.
    #[must_use]
    pub fn databases(&self) -> Vec<RdsDatabase> {
        self.state().rds.databases.values().cloned().collect()
    }

    /// Deletes a database at once. Its snapshots stay.
    pub fn drop_database(&self, family: RdsFamily, region: &str, name: &str) {
        self.state().rds.databases.remove(&(family, region.to_owned(), name.to_owned()));
    }

    /// Puts a snapshot there, in place of the one of its name.
    pub fn put_snapshot(&self, snapshot: RdsSnapshot) {
        self.state().rds.snapshots.insert(snapshot.place(), snapshot);
    }

    /// A snapshot as it is now, if it is there.
    #[must_use]
    pub fn snapshot(&self, family: RdsFamily, region: &str, name: &str) -> Option<RdsSnapshot> {
        self.state().rds.snapshots.get(&(family, region.to_owned(), name.to_owned())).cloned()
    }

    /// Every snapshot of every Region: those of instances first, then by Region and name.
    #[must_use]
    pub fn snapshots(&self) -> Vec<RdsSnapshot> {
        self.state().rds.snapshots.values().cloned().collect()
    }

    /// Lets all snapshots and copies be there that were begun. Their databases are available again.
    pub fn complete_snapshots(&self) {
        self.state().rds.end_snapshots("available");
    }

    /// Lets all snapshots and copies fail that were begun.
    pub fn fail_snapshots(&self) {
        self.state().rds.end_snapshots("failed");
    }

    /// Lets all databases be there that were restored or made, and all be gone that were deleted.
    pub fn settle_databases(&self) {
        self.state().rds.settle_databases();
    }

    /// Makes every snapshot older by so many seconds, as if the time had passed.
    pub fn age_snapshots(&self, seconds: i64) {
        let earlier = |time: Timestamp| {
            Timestamp::from_second(time.as_second() - seconds).unwrap_or(Timestamp::UNIX_EPOCH)
        };
        for snapshot in self.state().rds.snapshots.values_mut() {
            (snapshot.created, snapshot.original) = (earlier(snapshot.created), earlier(snapshot.original));
        }
    }

    /// How many manual snapshots of each family there may be in a Region.
    pub fn limit_snapshots(&self, most: usize) {
        self.state().rds.most_snapshots = most;
    }

    /// Ends the pages of every list of RDS after so many items.
    pub fn page_rds_after(&self, items: usize) {
        self.state().rds.page = Some(items);
    }
}

impl Rds {
    pub(super) fn settle_databases(&mut self) {
        self.databases.retain(|_, database| database.status != "deleting");
        for database in self.databases.values_mut() {
            if database.status == "creating" {
                database.status = "available".to_owned();
            }
        }
    }

    pub(super) fn end_snapshots(&mut self, status: &str) {
        for snapshot in self.snapshots.values_mut().filter(|snapshot| snapshot.is_coming()) {
            status.clone_into(&mut snapshot.status);
        }
        for database in self.databases.values_mut() {
            if database.status == "backing-up" {
                database.status = "available".to_owned();
            }
        }
    }
}
