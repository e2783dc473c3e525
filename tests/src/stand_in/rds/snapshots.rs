//! Snapshots: listed, taken, copied and deleted.

use jiff::Timestamp;

use super::shapes::place_in;
use super::{Rds, RdsFamily, RdsSnapshot, field, identifier, needed, tags};
use crate::stand_in::Fault;
use crate::stand_in::wire::Recorded;

impl Rds {
    pub(super) fn describe_snapshots(&self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = field(request, &format!("{}Identifier", family.snapshot())).map(str::to_ascii_lowercase);
        let of = field(request, &format!("{}Identifier", family.database())).map(str::to_ascii_lowercase);
        let kind = field(request, "SnapshotType");
        let is_asked_for = |snapshot: &&RdsSnapshot| {
            (snapshot.family, &snapshot.region) == (family, &request.region)
                && name.as_ref().is_none_or(|name| *name == snapshot.name)
                && of.as_ref().is_none_or(|of| *of == snapshot.of)
                // Where a request does not say, it asks for these two.
                && kind.map_or(snapshot.kind != "awsbackup", |kind| kind == snapshot.kind)
        };
        let found: Vec<String> =
            self.snapshots.values().filter(is_asked_for).map(RdsSnapshot::describe).collect();
        if name.is_some() && found.is_empty() {
            return Err(family.no_snapshot());
        }
        self.list(request, &format!("{}s", family.snapshot()), &found)
    }

    pub(super) fn create_snapshot(&mut self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = self.free_name(family, request, &format!("{}Identifier", family.snapshot()))?;
        let of = identifier(request, &format!("{}Identifier", family.database()))?;
        let place = (family, request.region.clone(), of);
        let database = self.databases.get_mut(&place).ok_or(family.no_database())?;
        if family == RdsFamily::Instance && database.member_of.is_some() {
            return Err(Fault::invalid(
                "The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use \
                 the CreateDBClusterSnapshot API instead.",
            ));
        }
        if database.status != "available" {
            return Err(family.database_state("The database is not in available state."));
        }
        database.status = "backing-up".to_owned();
        let snapshot = RdsSnapshot {
            status: "creating".to_owned(),
            tags: tags(request),
            ..RdsSnapshot::of(database, &name, Timestamp::now())
        };
        Ok(self.begin(snapshot))
    }

    pub(super) fn copy_snapshot(&mut self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = self.free_name(family, request, &format!("Target{}Identifier", family.snapshot()))?;
        let source = needed(request, &format!("Source{}Identifier", family.snapshot()))?;
        let here = || (family, request.region.clone(), source.to_ascii_lowercase());
        let place = if source.starts_with("arn:") { place_in(source) } else { Some(here()) };
        let place = place.filter(|(of, ..)| *of == family);
        let place = place.ok_or(Fault::invalid("The source is not the ARN of a snapshot of this family."))?;
        let source = self.snapshots.get(&place).ok_or(family.no_snapshot())?;
        if source.status != "available" {
            return Err(family.snapshot_state("The source snapshot is not available."));
        }
        let is_elsewhere = source.region != request.region;
        let in_progress = self.snapshots.values().filter(|snapshot| {
            (snapshot.family, &snapshot.region) == (family, &request.region) && snapshot.status == "copying"
        });
        if is_elsewhere && in_progress.count() >= family.copies_at_once() {
            return Err(Fault::COPY_QUOTA_EXCEEDED);
        }
        let key = field(request, "KmsKeyId");
        let own_tags = tags(request);
        let inherited = field(request, "CopyTags") == Some("true") && own_tags.is_empty();
        let copy = RdsSnapshot {
            region: request.region.clone(),
            name,
            kind: "manual".to_owned(),
            status: "copying".to_owned(),
            created: Timestamp::now(),
            kms_key: key_of_copy(source, &request.region, key)?,
            option_group: field(request, "OptionGroupName").unwrap_or(&source.option_group).to_owned(),
            tags: if inherited { source.tags.clone() } else { own_tags },
            copy_of: Some(source.arn()),
            ..source.clone()
        };
        Ok(self.begin(copy))
    }

    /// A snapshot that is being copied takes its copies with it; a copy that is not all there is given up.
    pub(super) fn delete_snapshot(&mut self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = identifier(request, &format!("{}Identifier", family.snapshot()))?;
        let place = (family, request.region.clone(), name);
        let snapshot = self.snapshots.get(&place).ok_or(family.no_snapshot())?;
        if snapshot.kind != "manual" {
            return Err(family.snapshot_state("Only manual snapshots can be deleted."));
        }
        if !matches!(snapshot.status.as_str(), "available" | "copying" | "failed") {
            return Err(family.snapshot_state("The snapshot is not in available state."));
        }
        let arn = snapshot.arn();
        for copy in self.snapshots.values_mut() {
            if copy.status == "copying" && copy.copy_of.as_ref() == Some(&arn) {
                copy.status = "failed".to_owned();
            }
        }
        let gone = self.snapshots.remove(&place);
        Ok(gone.map(|gone| gone.describe()).unwrap_or_default())
    }

    pub(super) fn quotas(&self, request: &Recorded) -> String {
        let quota = |name: &str, family| {
            format!(
                "<AccountQuota><AccountQuotaName>{name}</AccountQuotaName><Used>{}</Used><Max>{}</Max></AccountQuota>",
                self.manual(family, &request.region),
                self.most_snapshots
            )
        };
        let quotas = [
            quota("ManualSnapshots", RdsFamily::Instance),
            quota("ManualClusterSnapshots", RdsFamily::Cluster),
        ];
        format!("<AccountQuotas>{}</AccountQuotas>", quotas.concat())
    }

    fn begin(&mut self, snapshot: RdsSnapshot) -> String {
        let described = snapshot.describe();
        self.snapshots.insert(snapshot.place(), snapshot);
        described
    }

    /// The name of a snapshot that is to be made, where there is room for one more.
    fn free_name(&self, family: RdsFamily, request: &Recorded, name: &str) -> Result<String, Fault> {
        let name = identifier(request, name)?;
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_good = name.len() <= family.longest_name()
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(is_letter)
            && !name.contains("--")
            && !name.ends_with('-');
        if !is_good {
            return Err(Fault::invalid("The identifier is not a valid one for a snapshot."));
        }
        if self.snapshots.contains_key(&(family, request.region.clone(), name.clone())) {
            return Err(family.snapshot_exists());
        }
        if self.manual(family, &request.region) >= self.most_snapshots {
            return Err(Fault::SNAPSHOT_QUOTA_EXCEEDED);
        }
        Ok(name)
    }

    fn manual(&self, family: RdsFamily, region: &str) -> usize {
        let counts = |snapshot: &&RdsSnapshot| {
            (snapshot.family, snapshot.region.as_str(), snapshot.kind.as_str()) == (family, region, "manual")
        };
        self.snapshots.values().filter(counts).count()
    }
}

/// The key of a copy. Source: RDS API reference, `CopyDBSnapshot`, `CopyDBClusterSnapshot`.
fn key_of_copy(source: &RdsSnapshot, region: &str, key: Option<&str>) -> Result<Option<String>, Fault> {
    let is_foreign = |key: &str| key.starts_with("arn:") && key.split(':').nth(3) != Some(region);
    match (&source.kms_key, key) {
        (_, Some(key)) if is_foreign(key) => Err(Fault::KMS_KEY_NOT_ACCESSIBLE),
        (None, Some(_)) if source.family == RdsFamily::Cluster => {
            Err(Fault::combination("An unencrypted DB cluster snapshot cannot be copied with a KMS key."))
        }
        (_, Some(key)) => Ok(Some(key.to_owned())),
        (Some(_), None) if source.region != region => Err(Fault::KMS_KEY_NOT_ACCESSIBLE),
        (own, None) => Ok(own.clone()),
    }
}
