//! The port's operations: each notes its call and may be made to fail; what it does then is in the other modules.

use std::sync::Arc;

use jiff::Timestamp;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, Evidence, HealthCheckId, RecordName, Sides, StandbyObject, ZoneId,
};

use super::faults::{Api, Fate};
use super::model::{Model, NOT_FOUND, UNAVAILABLE, object_key};
use super::{FakeDns, Hook};
use crate::world::{
    Change, Check, Conflict, Distribution, Dns, Fault, Health, Meaning, Object, Outcome, Owner, RecordSet,
};

impl FakeDns {
    /// Notes a call, and carries it out unless it is to fail.
    fn call<T>(
        &self,
        apis: &[Api],
        operation: &'static str,
        on: &str,
        work: impl FnOnce(&mut Model) -> Result<T, Meaning>,
    ) -> Result<T, Fault> {
        let call = format!("{operation} {on}");
        self.let_somebody_in(&call);
        let mut model = self.model.borrow_mut();
        *model.tally.entry(operation).or_default() += 1;
        let fate = model.faults.fate(apis, &call);
        model.calls.push(call.clone());
        if let Fate::Failed(meaning) = fate {
            return Err(fault(call, meaning));
        }
        let done = work(&mut model);
        if fate == Fate::Unheard {
            return Err(fault(call, UNAVAILABLE));
        }
        done.map_err(|meaning| fault(call, meaning))
    }

    /// The same for what changes something.
    fn effect<T>(
        &self,
        api: Api,
        operation: &'static str,
        on: &str,
        work: impl FnOnce(&mut Model) -> Result<T, Meaning>,
    ) -> Result<T, Fault> {
        self.call(&[api], operation, on, |model| {
            let done = work(model)?;
            model.effects.push(format!("{operation} {on}"));
            Ok(done)
        })
    }

    /// Runs what was to be done before this call, which may look at the model and change it.
    fn let_somebody_in(&self, call: &str) {
        let hooks = self.hooks.take();
        let (due, later) = hooks.into_iter().partition(|(named, _)| call.starts_with(named.as_str()));
        self.hooks.replace(later);
        let due: Vec<(String, Hook)> = due;
        due.into_iter().for_each(|(_, Hook(somebody))| somebody(self));
    }
}

impl Dns for FakeDns {
    async fn sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Fault> {
        self.call(&[Api::Route53], "sets", &format!("{zone} {name}"), |model| model.sets(zone, name))
    }

    async fn change(&self, zone: &ZoneId, sets: &[RecordSet], comment: &str) -> Result<Change, Fault> {
        self.effect(Api::Route53, "change", zone.as_str(), |model| model.change(zone, sets, comment))
    }

    async fn progress(&self, id: &str) -> Result<Change, Fault> {
        self.call(&[Api::Route53], "progress", id, |model| model.progress(id))
    }

    async fn check(&self, id: &HealthCheckId) -> Result<Check, Fault> {
        self.call(&[Api::Route53], "check", id.as_str(), |model| {
            model.checks.get(id).cloned().ok_or(NOT_FOUND)
        })
    }

    async fn set_check(&self, id: &HealthCheckId, check: &Check) -> Result<(), Fault> {
        self.effect(Api::Route53, "set-check", id.as_str(), |model| model.set_check(id, check))
    }

    async fn find_object(&self, object: &StandbyObject) -> Result<Object, Fault> {
        self.call(&[Api::S3], "find-object", &path(object), |model| Ok(model.find_object(object)))
    }

    async fn put_object(&self, object: &StandbyObject, text: &str, owner: &Owner) -> Result<Outcome, Fault> {
        let path = path(object);
        self.call(&[Api::S3], "put-object", &path, |model| {
            let outcome = model.put_object(object, text, owner);
            if outcome == Outcome::Done {
                model.effects.push(format!("put-object {path}"));
            }
            Ok(outcome)
        })
    }

    async fn remove_object(&self, object: &StandbyObject) -> Result<(), Fault> {
        self.effect(Api::S3, "remove-object", &path(object), |model| {
            model.objects.remove(&object_key(object));
            Ok(())
        })
    }

    async fn controls(
        &self,
        controls: &Sides<ControlArn>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<Sides<bool>, Fault> {
        self.call(&[Api::Recovery], "controls", &both(controls), |model| {
            model.reach(endpoints)?;
            model.control_states(controls)
        })
    }

    async fn set_controls(
        &self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<(), Fault> {
        self.effect(Api::Recovery, "set-controls", &both(controls), |model| {
            model.reach(endpoints)?;
            model.set_controls(controls, on)
        })
    }

    async fn distribution(&self, id: &DistributionId) -> Result<Distribution, Fault> {
        self.call(&[Api::CloudFront], "distribution", id.as_str(), |model| {
            model.find_distribution(id).ok_or(NOT_FOUND)
        })
    }

    async fn move_name(&self, name: &RecordName, to: &DistributionId, etag: &str) -> Result<String, Fault> {
        self.effect(Api::CloudFront, "move-name", &format!("{name} to {to}"), |model| {
            model.move_name(name, to, etag)
        })
    }

    async fn conflicts(&self, name: &RecordName, to: &DistributionId) -> Result<Vec<Conflict>, Fault> {
        self.call(&[Api::CloudFront], "conflicts", &format!("{name} with {to}"), |model| {
            model.conflicts(name, to)
        })
    }

    async fn health(&self, evidence: &Evidence, from: Option<Timestamp>) -> Result<Health, Fault> {
        let (apis, on): (&[Api], _) = match (evidence, from) {
            (Evidence::Alarm { name, .. }, _) => (&[Api::CloudWatch], name.as_str()),
            (Evidence::HealthCheck(id), None) => (&[Api::Route53], id.as_str()),
            // What it showed before is a metric of CloudWatch.
            (Evidence::HealthCheck(id), Some(_)) => (&[Api::Route53, Api::CloudWatch], id.as_str()),
            (Evidence::Https(url), _) => (&[Api::Https], url.as_str()),
        };
        self.call(apis, "health", on, |model| Ok(model.health(evidence, from)))
    }
}

fn path(object: &StandbyObject) -> String {
    format!("{}/{}", object.bucket, object.key)
}

/// The ends of both ARNs.
fn both(controls: &Sides<ControlArn>) -> String {
    let end = |control: &ControlArn| control.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    format!("{} {}", end(&controls.primary), end(&controls.secondary))
}

fn fault(operation: String, meaning: Meaning) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "made to fail".into();
    Fault { operation, meaning, source: Arc::from(source) }
}
