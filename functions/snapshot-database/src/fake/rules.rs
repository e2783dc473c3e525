//! RDS's rules for taking, copying and deleting snapshots.

use jiff::SignedDuration;
use shared::fault::FaultClass;
use shared::kinds::database::{OUR_TAGS, RegionCode};

use super::lives::{Then, What};
use super::model::{Held, Model, Source};
use super::shapes::{arn_parts, is_gov, is_identifier, snapshot_arn};
use crate::names::{COPY_OF, HOME, OWNER, TAKEN_AT, TARGET};
use crate::world::{Copy, Create, DatabaseId, Family, Meaning, Origin, Outcome, Snapshot, Tags};

pub(super) const REJECTED: Meaning = Meaning::Common(FaultClass::Rejected);
pub(super) const NOT_FOUND: Meaning = Meaning::Common(FaultClass::NotFound);

impl Model {
    pub(super) fn create(&mut self, create: &Create) -> Result<Outcome, Meaning> {
        let Create { of, name, tags } = create;
        let home = self.home.clone();
        if let Some(known) = self.known(&home, of, name, (&OWNER, tags))? {
            return Ok(known);
        }
        let source = &self.databases.get(of).ok_or(NOT_FOUND)?.thing.database;
        if source.member_of.is_some() {
            return Err(REJECTED);
        }
        if !matches!(source.status.as_str(), "available" | "storage-optimization") {
            return Err(Meaning::WrongState);
        }
        if self.shelf(&home, of.family).is_full() {
            return Err(Meaning::QuotaReached);
        }
        let snapshot = self.snapshot_of(of, name.clone(), tags.clone()).ok_or(NOT_FOUND)?;
        if let Some(source) = self.databases.get_mut(of) {
            "backing-up".clone_into(&mut source.thing.database.status);
        }
        let fails = self.dice.hits(self.failing_snapshots);
        let then = if fails { Then::Failed } else { Then::Available(self.now) };
        let takes = self.times.snapshot.pick(&mut self.dice);
        self.hold(home, snapshot, takes, then);
        Ok(Outcome::Done)
    }

    pub(super) fn copy(&mut self, copy: &Copy) -> Result<Outcome, Meaning> {
        let Copy { of, region, name, source_arn, kms_key, option_group, tags } = copy;
        if let Some(known) = self.known(region, of, name, (&[TARGET, HOME, COPY_OF], tags))? {
            return Ok(known);
        }
        let (from, source_name) = arn_parts(source_arn, of.family).ok_or(REJECTED)?;
        let source = self.shelf(&from, of.family).find_mut(source_name).ok_or(NOT_FOUND)?.thing.clone();
        if source.of != *of || (from != *region && (is_gov(&from) || is_gov(region))) {
            return Err(REJECTED);
        }
        let Some(taken_at) = source.taken_at.filter(|_| source.status == "available") else {
            return Err(Meaning::WrongState);
        };
        let is_far = from != *region;
        let lacks_key = is_far && source.encrypted && kms_key.is_none();
        let lacks_group = is_far && source.option_group.is_some() && option_group.is_none();
        let encrypts_cluster = of.family == Family::Cluster && !source.encrypted && kms_key.is_some();
        if lacks_key || lacks_group || encrypts_cluster {
            return Err(REJECTED);
        }
        let arn = kms_key.as_deref().filter(|key| key.starts_with("arn:"));
        if arn.is_some_and(|arn| arn.split(':').nth(3) != Some(region.as_str())) {
            return Err(Meaning::KeyUnusable);
        }
        let shelf = self.shelf(region, of.family);
        if shelf.in_flight.len() >= of.family.copies_at_once() {
            self.over_budget += 1;
            return Err(Meaning::QuotaReached);
        }
        if shelf.is_full() {
            return Err(Meaning::QuotaReached);
        }
        let made_of = Source { region: from, name: source.name.clone() };
        shelf.in_flight.insert(name.clone(), made_of);
        let taken_at = match of.family {
            Family::Instance => taken_at,
            // RDS keeps no other time of a cluster's copy than its own; the adapter reads the tag.
            Family::Cluster => tags.get(TAKEN_AT).and_then(|at| at.parse().ok()).unwrap_or(self.now),
        };
        let made = Snapshot {
            name: name.clone(),
            arn: snapshot_arn(region, of.family, name),
            origin: Origin::Manual,
            source: (is_far || of.family == Family::Cluster).then(|| source_arn.clone()),
            status: "copying".to_owned(),
            taken_at: Some(taken_at),
            progress: 0,
            encrypted: source.encrypted || kms_key.is_some(),
            kms_key: kms_key.clone().or(source.kms_key),
            option_group: option_group.clone().or(source.option_group),
            tags: tags.clone(),
            ..source
        };
        let fails = self.dice.hits(self.failing_copies);
        let then = if fails { Then::Failed } else { Then::Available(taken_at) };
        let takes = self.times.copy.pick(&mut self.dice);
        self.hold(region.clone(), made, takes, then);
        Ok(Outcome::Done)
    }

    /// Whether a snapshot of that name is there: of the same database, and with the same tag, it counts as done.
    fn known(
        &mut self,
        region: &RegionCode,
        of: &DatabaseId,
        name: &str,
        (same, tags): (&[&str], &Tags),
    ) -> Result<Option<Outcome>, Meaning> {
        let most = match of.family {
            Family::Instance => 255,
            Family::Cluster => 63,
        };
        if !is_identifier(name, most) {
            return Err(REJECTED);
        }
        match self.shelf(region, of.family).find_mut(name) {
            Some(Held { thing, .. })
                if thing.of == *of
                    && same.iter().all(|key| thing.tag(key) == tags.get(*key).map(String::as_str)) =>
            {
                Ok(Some(Outcome::Already))
            }
            Some(_) => Err(Meaning::NameTaken),
            None => Ok(None),
        }
    }

    fn hold(&mut self, region: RegionCode, snapshot: Snapshot, takes: SignedDuration, then: Then) {
        let (family, name) = (snapshot.of.family, snapshot.name.clone());
        let life = Some(self.begin(takes, What::Snapshot(region.clone(), family, name.clone()), then));
        self.shelf(&region, family).manual.insert(name, Held { thing: snapshot, life });
    }

    pub(super) fn delete(
        &mut self,
        region: &RegionCode,
        family: Family,
        name: &str,
    ) -> Result<Outcome, Meaning> {
        let Some(held) = self.shelf(region, family).find_mut(name) else { return Ok(Outcome::Already) };
        let snapshot = held.thing.clone();
        if snapshot.origin == Origin::Automated {
            return Err(REJECTED);
        }
        if matches!(snapshot.status.as_str(), "creating" | "deleting") {
            return Err(Meaning::WrongState);
        }
        self.judge_deletion(region, &snapshot);
        let takes = self.times.deletion.pick(&mut self.dice);
        if takes.is_zero() {
            self.remove_snapshot(region, family, name);
            return Ok(Outcome::Done);
        }
        self.copy_ends(region, family, name, false);
        self.end_copies_of(&Source { region: region.clone(), name: name.to_owned() }, family);
        let life = self.begin(takes, What::Snapshot(region.clone(), family, name.to_owned()), Then::Gone);
        if let Some(held) = self.shelf(region, family).find_mut(name) {
            "deleting".clone_into(&mut held.thing.status);
            held.life = Some(life);
        }
        Ok(Outcome::Done)
    }

    /// Notes a deletion that must never be.
    fn judge_deletion(&mut self, region: &RegionCode, snapshot: &Snapshot) {
        let (family, name) = (snapshot.of.family, &snapshot.name);
        let mut wrongs = Vec::new();
        let has_our_tags = snapshot.tags.keys().any(|key| key.starts_with(OUR_TAGS));
        let is_from_here = snapshot.tag(HOME) == Some(self.home.as_str());
        let is_stranger = self.strangers.contains(&(region.clone(), family, name.clone()));
        if !has_our_tags || !is_from_here || is_stranger {
            wrongs.push("a foreign snapshot");
        }
        let strangers = self.strangers.clone();
        let rivals = self.shelf(region, family).manual.values().map(|held| &held.thing);
        let mut rivals = rivals.filter(|rival| {
            !strangers.contains(&(region.clone(), family, rival.name.clone()))
                && rival.of == snapshot.of
                && rival.name != *name
                && rival.is_good()
                && rival.tag(TARGET) == snapshot.tag(TARGET)
                && rival.taken_at >= snapshot.taken_at
        });
        if snapshot.is_good() && rivals.next().is_none() {
            wrongs.push("the newest good snapshot");
        }
        let source = Source { region: region.clone(), name: name.clone() };
        if self.is_in_flight(&source, family) {
            wrongs.push("the source of a copy in progress");
        }
        if snapshot.status == "copying" {
            wrongs.push("a copy in progress");
        }
        self.violations.extend(wrongs.into_iter().map(|wrong| format!("deleted {wrong}: {region} {name}")));
    }
}
