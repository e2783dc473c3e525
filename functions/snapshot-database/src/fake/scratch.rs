//! RDS's rules for scratch databases: they take their time, and a cluster goes after its instances.

use super::lives::{Then, What};
use super::model::{Held, Model};
use super::rules::{NOT_FOUND, REJECTED};
use super::shapes::{FakeDatabase, is_identifier};
use crate::names::{OWNER, is_scratch};
use crate::world::{Database, DatabaseId, Family, Meaning, Member, Outcome, Restore, Snapshot};

impl Model {
    pub(super) fn restore(&mut self, restore: &Restore) -> Result<Outcome, Meaning> {
        let Restore { scratch, snapshot, engine, engine_version, class, tags, .. } = restore;
        if !is_identifier(&scratch.name, 63) {
            return Err(REJECTED);
        }
        if let Some(held) = self.databases.get(scratch) {
            let there = &held.thing.database.tags;
            let is_same = OWNER.iter().all(|key| there.get(*key) == tags.get(*key));
            return if is_same { Ok(Outcome::Already) } else { Err(Meaning::NameTaken) };
        }
        let home = self.home.clone();
        let from = self.shelf(&home, scratch.family).find_mut(snapshot).ok_or(NOT_FOUND)?.thing.clone();
        if from.status != "available" {
            return Err(Meaning::WrongState);
        }
        if scratch.family == Family::Cluster
            && (*engine != from.engine || *engine_version != from.engine_version)
        {
            return Err(REJECTED);
        }
        let class = match scratch.family {
            Family::Instance => {
                let source = self.databases.get(&from.of);
                class.clone().or_else(|| source.and_then(|source| source.thing.database.class.clone()))
            }
            Family::Cluster => None,
        };
        let database = Database {
            id: scratch.clone(),
            status: "creating".to_owned(),
            member_of: None,
            members: Vec::new(),
            created: None,
            engine: from.engine,
            class,
            option_group: from.option_group,
            tags: tags.clone(),
        };
        let Snapshot { kms_key, engine_version, storage, .. } = from;
        self.appear(FakeDatabase { database, kms_key, engine_version, storage });
        Ok(Outcome::Done)
    }

    pub(super) fn add_member(&mut self, member: &Member) -> Result<Outcome, Meaning> {
        let Member { cluster, name, engine, class, tags } = member;
        let id = DatabaseId { family: Family::Instance, name: name.clone() };
        if let Some(held) = self.databases.get(&id) {
            let is_same = held.thing.database.member_of.as_deref() == Some(cluster);
            return if is_same { Ok(Outcome::Already) } else { Err(Meaning::NameTaken) };
        }
        let cluster_id = DatabaseId { family: Family::Cluster, name: cluster.clone() };
        let held = self.databases.get_mut(&cluster_id).ok_or(NOT_FOUND)?;
        let of = &mut held.thing.database;
        if of.status != "available" {
            return Err(Meaning::WrongState);
        }
        if *engine != of.engine || !is_identifier(name, 63) {
            return Err(REJECTED);
        }
        of.members.push(name.clone());
        let database = Database {
            id,
            status: "creating".to_owned(),
            member_of: Some(cluster.clone()),
            members: Vec::new(),
            created: None,
            engine: engine.clone(),
            class: Some(class.clone()),
            option_group: None,
            tags: tags.clone(),
        };
        let made = FakeDatabase { database, ..held.thing.clone() };
        self.appear(made);
        Ok(Outcome::Done)
    }

    fn appear(&mut self, made: FakeDatabase) {
        let id = made.database.id.clone();
        let takes = self.times.restore.pick(&mut self.dice);
        let life = Some(self.begin(takes, What::Database(id.clone()), Then::Available(self.now + takes)));
        self.databases.insert(id, Held { thing: made, life });
    }

    pub(super) fn delete_scratch(&mut self, scratch: &DatabaseId) -> Result<Outcome, Meaning> {
        let Some(held) = self.databases.get(scratch) else { return Ok(Outcome::Already) };
        let database = &held.thing.database;
        if database.status == "deleting" {
            return Ok(Outcome::Already);
        }
        let is_going = |name: &String| {
            let id = DatabaseId { family: Family::Instance, name: name.clone() };
            self.databases.get(&id).is_none_or(|member| member.thing.database.status == "deleting")
        };
        if database.status == "creating" || !database.members.iter().all(is_going) {
            return Err(Meaning::WrongState);
        }
        if !is_scratch(database) {
            self.violations.push(format!("deleted a database that is no scratch: {scratch}"));
        }
        let takes = self.times.deletion.pick(&mut self.dice);
        if takes.is_zero() {
            self.remove_database(scratch);
            return Ok(Outcome::Done);
        }
        let life = Some(self.begin(takes, What::Database(scratch.clone()), Then::Gone));
        if let Some(held) = self.databases.get_mut(scratch) {
            "deleting".clone_into(&mut held.thing.database.status);
            held.life = life;
        }
        Ok(Outcome::Done)
    }
}
