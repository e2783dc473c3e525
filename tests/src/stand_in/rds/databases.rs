//! Databases: listed, restored from snapshots, and deleted.

use super::{Rds, RdsDatabase, RdsFamily, field, identifier, tags};
use crate::stand_in::Fault;
use crate::stand_in::wire::Recorded;

impl Rds {
    pub(super) fn describe_databases(&self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = field(request, &format!("{}Identifier", family.database())).map(str::to_ascii_lowercase);
        let is_asked_for = |database: &&RdsDatabase| {
            (database.family, &database.region) == (family, &request.region)
                && name.as_ref().is_none_or(|name| *name == database.name)
        };
        let found = self.databases.values().filter(is_asked_for);
        let found: Vec<String> = found.map(|database| self.described(database)).collect();
        if name.is_some() && found.is_empty() {
            return Err(family.no_database());
        }
        self.list(request, &format!("{}s", family.database()), &found)
    }

    pub(super) fn restore(&mut self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = identifier(request, &format!("{}Identifier", family.database()))?;
        let from = match family {
            RdsFamily::Instance => identifier(request, "DBSnapshotIdentifier")?,
            RdsFamily::Cluster => identifier(request, "SnapshotIdentifier")?,
        };
        if self.databases.contains_key(&(family, request.region.clone(), name.clone())) {
            return Err(family.database_exists());
        }
        let place = (family, request.region.clone(), from);
        let snapshot = self.snapshots.get(&place).ok_or(family.no_snapshot())?;
        if snapshot.status != "available" {
            return Err(family.snapshot_state("The snapshot is not in available state."));
        }
        let engine = field(request, "Engine").unwrap_or(&snapshot.engine);
        if engine != snapshot.engine {
            return Err(Fault::invalid("The engine is not compatible with the one of the snapshot."));
        }
        let version = field(request, "EngineVersion").unwrap_or(&snapshot.engine_version);
        let own_tags = tags(request);
        let class = field(request, "DBInstanceClass").or(field(request, "DBClusterInstanceClass"));
        let mut restored = RdsDatabase {
            family,
            status: "creating".to_owned(),
            engine: engine.to_owned(),
            engine_version: version.to_owned(),
            kms_key: snapshot.kms_key.clone(),
            option_group: snapshot.option_group.clone(),
            tags: if own_tags.is_empty() { snapshot.tags.clone() } else { own_tags },
            ..RdsDatabase::instance(&request.region, &name)
        };
        if let Some(class) = class {
            class.clone_into(&mut restored.class);
        }
        Ok(self.make(restored))
    }

    /// The stand-in makes only instances of clusters.
    pub(super) fn create_member(&mut self, request: &Recorded) -> Result<String, Fault> {
        const FAMILY: RdsFamily = RdsFamily::Instance;
        let name = identifier(request, "DBInstanceIdentifier")?;
        let cluster = identifier(request, "DBClusterIdentifier")?;
        if self.databases.contains_key(&(FAMILY, request.region.clone(), name.clone())) {
            return Err(FAMILY.database_exists());
        }
        let place = (RdsFamily::Cluster, request.region.clone(), cluster.clone());
        let of = self.databases.get(&place).ok_or(RdsFamily::Cluster.no_database())?;
        if of.status != "available" {
            return Err(RdsFamily::Cluster.database_state("The cluster is not in available state."));
        }
        if field(request, "Engine") != Some(&of.engine) {
            return Err(Fault::combination("The engine is not the one of the cluster."));
        }
        let member = RdsDatabase {
            family: FAMILY,
            name,
            status: "creating".to_owned(),
            member_of: Some(cluster),
            class: field(request, "DBInstanceClass").unwrap_or_default().to_owned(),
            tags: tags(request),
            ..of.clone()
        };
        Ok(self.make(member))
    }

    pub(super) fn delete_database(&mut self, family: RdsFamily, request: &Recorded) -> Result<String, Fault> {
        let name = identifier(request, &format!("{}Identifier", family.database()))?;
        if field(request, "SkipFinalSnapshot") != Some("true") {
            return Err(Fault::combination(
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            ));
        }
        let place = (family, request.region.clone(), name);
        let database = self.databases.get(&place).ok_or(family.no_database())?;
        match database.status.as_str() {
            "deleting" => return Err(family.database_state("It is already being deleted.")),
            "creating" => return Err(family.database_state("It is being created; try again later.")),
            _ => {}
        }
        let is_there = |name: &&str| {
            let place = (RdsFamily::Instance, request.region.clone(), (*name).to_owned());
            self.databases.get(&place).is_some_and(|member| member.status != "deleting")
        };
        if self.members(database).iter().any(is_there) {
            return Err(family.database_state(
                "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
            ));
        }
        let deleting = RdsDatabase { status: "deleting".to_owned(), ..database.clone() };
        Ok(self.make(deleting))
    }

    fn make(&mut self, database: RdsDatabase) -> String {
        let described = self.described(&database);
        self.databases.insert(database.place(), database);
        described
    }

    fn described(&self, database: &RdsDatabase) -> String {
        database.describe(&self.members(database))
    }

    /// The instances in a cluster.
    fn members(&self, cluster: &RdsDatabase) -> Vec<&str> {
        let is_in = |member: &&RdsDatabase| {
            cluster.family == RdsFamily::Cluster
                && member.region == cluster.region
                && member.member_of.as_ref() == Some(&cluster.name)
        };
        self.databases.values().filter(is_in).map(|member| member.name.as_str()).collect()
    }
}
