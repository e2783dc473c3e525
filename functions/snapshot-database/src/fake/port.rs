//! The port's operations: each notes its call and may be made to fail; what it may do then is in `rules` and `scratch`.

use std::sync::Arc;

use shared::fault::FaultClass;
use shared::kinds::database::RegionCode;

use super::FakeRds;
use super::faults::Fate;
use super::model::Model;
use crate::world::{
    Copy, Create, Database, DatabaseId, Family, Fault, Listed, Meaning, Member, Origin, Outcome, Quota,
    Quotas, Rds, Restore, Snapshot,
};

impl FakeRds {
    /// Notes a call, and carries it out unless it is to fail.
    fn call<T>(
        &self,
        operation: &'static str,
        on: String,
        work: impl FnOnce(&mut Model) -> Result<T, Meaning>,
    ) -> Result<T, Fault> {
        let mut model = self.model.borrow_mut();
        let call = format!("{operation} {on}");
        *model.tally.entry(operation).or_default() += 1;
        let fate = model.faults.fate(&call);
        model.calls.push(call.clone());
        if let Fate::Failed(meaning) = fate {
            return Err(fault(call, meaning));
        }
        let done = work(&mut model);
        if fate == Fate::Unheard {
            return Err(fault(call, Meaning::Common(FaultClass::Unavailable)));
        }
        done.map_err(|meaning| fault(call, meaning))
    }

    /// The same for what changes something.
    fn change(
        &self,
        operation: &'static str,
        on: String,
        work: impl FnOnce(&mut Model) -> Result<Outcome, Meaning>,
    ) -> Result<Outcome, Fault> {
        let effect = format!("{operation} {on}");
        self.call(operation, on, |model| {
            let outcome = work(model)?;
            if outcome == Outcome::Done {
                model.effects.push(effect);
            }
            Ok(outcome)
        })
    }
}

impl Rds for FakeRds {
    fn home(&self) -> &RegionCode {
        &self.home
    }

    async fn database(&self, id: &DatabaseId) -> Result<Option<Database>, Fault> {
        self.call("database", on(id), |model| {
            Ok(model.databases.get(id).map(|held| held.thing.database.clone()))
        })
    }

    async fn databases(&self, family: Family) -> Result<Vec<Database>, Fault> {
        self.call("databases", family.noun().to_owned(), |model| {
            let of_it = model.databases.iter().filter(|(id, _)| id.family == family);
            Ok(of_it.map(|(_, held)| held.thing.database.clone()).collect())
        })
    }

    async fn snapshots(
        &self,
        region: &RegionCode,
        listed: &Listed,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault> {
        let (family, of, text) = match listed {
            Listed::Of(id) => (id.family, Some(id), on(id)),
            Listed::All(family) => (*family, None, family.noun().to_owned()),
        };
        self.call("snapshots", format!("{region} {text}"), |model| {
            let all = model.shelf(region, family).of(origin).values().map(|held| &held.thing);
            Ok(all.filter(|snapshot| of.is_none_or(|of| snapshot.of == *of)).cloned().collect())
        })
    }

    async fn quotas(&self, region: &RegionCode) -> Result<Quotas, Fault> {
        self.call("quotas", region.to_string(), |model| {
            if model.hides_quotas {
                return Ok(Quotas::new());
            }
            let quota = |family| {
                let shelf = model.shelf(region, family);
                (family, Quota { used: shelf.used(), most: shelf.most })
            };
            Ok(Family::ALL.map(quota).into_iter().collect())
        })
    }

    async fn create(&self, create: &Create) -> Result<Outcome, Fault> {
        let Create { of, name, .. } = create;
        self.change("create", format!("{} {name}", on(of)), |model| model.create(create))
    }

    async fn copy(&self, copy: &Copy) -> Result<Outcome, Fault> {
        let Copy { of, region, name, .. } = copy;
        self.change("copy", format!("{region} {} {name}", of.family.noun()), |model| model.copy(copy))
    }

    async fn delete(&self, region: &RegionCode, family: Family, name: &str) -> Result<Outcome, Fault> {
        let on = format!("{region} {} {name}", family.noun());
        self.change("delete", on, |model| model.delete(region, family, name))
    }

    async fn restore(&self, restore: &Restore) -> Result<Outcome, Fault> {
        let on = format!("{} from {}", on(&restore.scratch), restore.snapshot);
        self.change("restore", on, |model| model.restore(restore))
    }

    async fn add_member(&self, member: &Member) -> Result<Outcome, Fault> {
        let on = format!("{} to {}", member.name, member.cluster);
        self.change("add-member", on, |model| model.add_member(member))
    }

    async fn delete_scratch(&self, scratch: &DatabaseId) -> Result<Outcome, Fault> {
        self.change("delete-scratch", on(scratch), |model| model.delete_scratch(scratch))
    }
}

fn on(id: &DatabaseId) -> String {
    format!("{} {}", id.family.noun(), id.name)
}

fn fault(operation: String, meaning: Meaning) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "made to fail".into();
    Fault { operation, meaning, source: Arc::from(source) }
}
