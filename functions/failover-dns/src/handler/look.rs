//! Looks at what an order's decision needs, all of it at once.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use shared::kinds::dns::{Dns as Rule, Evidence, Failover, RecordName, Side, Sides, Strategy, normal};
use shell::config::Chain;
use tokio::time::timeout;
use tracing::warn;

use super::{Mover, in_turn};
use crate::order::Order;
use crate::plan::{Due, aliases, due_by, looks_meanwhile, names_of};
use crate::world::{Conflict, Dns, Fault, Found, Health, Memory, Place, Recall, RecordSet, World};

/// How long a move waits at most, when all else is known, for a look on which it does not depend: enough for a first
/// connection to an endpoint in another Region, and nothing to somebody who waits for a name to move.
const GRACE: Duration = Duration::from_millis(500);

/// What is to be looked at.
#[derive(Debug, Default, Clone, Copy)]
struct Needs {
    /// Where traffic goes. What moves traffic without a control plane is only asked as `asks` says.
    place: bool,
    asks: Asks,
    primary: Wanted,
    secondary: Wanted,
    /// Whether another distribution could take the names.
    conflicts: bool,
    /// The records, also where something else is changed: no move waits for them.
    records: bool,
}

/// Whether the means that need no control plane are asked where traffic goes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Asks {
    #[default]
    Not,
    /// While the evidence is looked at, and hardly longer: nothing depends on it.
    Meanwhile,
    /// Whatever it takes.
    First,
}

/// What is wanted of a side's evidence.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    /// How healthy it is now.
    Now,
    /// Also for how long.
    Since,
}

impl<L, D: Dns> Mover<'_, L, D> {
    /// Looks at places and evidence. What one of them does not show keeps nothing from the others.
    pub(super) async fn look(&self, order: &Order<'_>, recall: Recall, now: Timestamp) -> World {
        let needs = needs(order, recall.memory(), now);
        let from = order.rule.failback.after_healthy_for.map(|period| period.before(now));
        let evidence = |side: Side, wanted: Wanted| {
            self.evidence(order.rule.evidence.of(side), wanted, from.filter(|_| side == Side::Primary))
        };
        let place = self.place(order, needs);
        let rest = async {
            tokio::join!(
                evidence(Side::Primary, needs.primary),
                evidence(Side::Secondary, needs.secondary),
                self.obstacle(order, needs),
                self.led(order, needs),
            )
        };
        let (place, (primary, secondary, obstacle, records)) = if needs.asks == Asks::Meanwhile {
            let (place, rest) = meanwhile(place, rest).await;
            (place.unwrap_or(Ok(Place::Controls(None))), rest)
        } else {
            tokio::join!(place, rest)
        };
        World { now, place, health: Sides { primary, secondary }, recall, obstacle, records }
    }

    async fn evidence(
        &self,
        evidence: &Evidence,
        wanted: Wanted,
        from: Option<Timestamp>,
    ) -> Option<Result<Health, Fault>> {
        match wanted {
            Wanted::Nothing => None,
            Wanted::Now => Some(self.dns.health(evidence, None).await),
            Wanted::Since => Some(self.dns.health(evidence, from).await),
        }
    }

    async fn place(&self, order: &Order<'_>, needs: Needs) -> Result<Place, Fault> {
        let rule = order.rule;
        match &rule.strategy {
            Strategy::RecordWeights(_) | Strategy::RecordTargets(_) if needs.place => {
                self.records(order).await.map(Place::Records)
            }
            Strategy::HealthCheck(id) if needs.place => self.dns.check(id).await.map(Place::Check),
            Strategy::StandbyObject(object) if needs.asks == Asks::First => {
                self.dns.find_object(object).await.map(|found| Place::Object(Some(found)))
            }
            Strategy::RoutingControl { controls, endpoints } if needs.asks != Asks::Not => {
                match self.dns.controls(controls, &in_turn(order, endpoints)).await {
                    Ok(on) => Ok(Place::Controls(Some(on))),
                    // To set them needs no look.
                    Err(fault) if matches!(order.action, Failover::Over { .. }) => {
                        warn!("{}", Chain(&fault));
                        Ok(Place::Controls(None))
                    }
                    Err(fault) => Err(fault),
                }
            }
            Strategy::DistributionDomain(sides) if needs.place => {
                let (primary, secondary, records) = tokio::join!(
                    self.dns.distribution(&sides.primary),
                    self.dns.distribution(&sides.secondary),
                    self.records(order),
                );
                let distributions = Sides { primary: primary?, secondary: secondary? };
                Ok(Place::Domain { distributions, records: records? })
            }
            Strategy::RoutingControl { .. } => Ok(Place::Controls(None)),
            _ => Ok(Place::Object(None)),
        }
    }

    /// The sets of each record, with one list for each name.
    async fn records(&self, order: &Order<'_>) -> Result<Vec<Found>, Fault> {
        let mut sets = Vec::new();
        for name in names_of(order.rule) {
            sets.extend(self.dns.sets(&order.rule.zone, name).await?);
        }
        let of = |record: &shared::kinds::dns::Record| {
            let of_it = sets.iter().filter(|set| set.is_of(&record.name, record.kind));
            Found { record: record.clone(), sets: of_it.cloned().collect() }
        };
        Ok(order.rule.records.iter().map(of).collect())
    }

    /// Every set of the names of records that are led by something else, and of the names that they are aliases of.
    async fn led(&self, order: &Order<'_>, needs: Needs) -> Option<Result<Vec<RecordSet>, Fault>> {
        let is_led = matches!(
            order.rule.strategy,
            Strategy::HealthCheck(_) | Strategy::StandbyObject(_) | Strategy::RoutingControl { .. }
        );
        if needs.records && is_led { Some(self.with_aliased(order.rule).await) } else { None }
    }

    async fn with_aliased(&self, rule: &Rule) -> Result<Vec<RecordSet>, Fault> {
        let mut names: Vec<RecordName> = names_of(rule).into_iter().cloned().collect();
        let mut sets = Vec::new();
        let mut next = 0;
        while let Some(name) = names.get(next) {
            let found = self.dns.sets(&rule.zone, name).await?;
            for alias in aliases(&rule.zone, &found) {
                // A name that the playbook could not have is one that nobody can ask for either.
                let alias = RecordName::try_from(normal(alias)).ok();
                names.extend(alias.filter(|alias| !names.iter().any(|name| name.is(alias.as_str()))));
            }
            sets.extend(found);
            next += 1;
        }
        Ok(sets)
    }

    /// Whether the secondary's distribution could take each name, as far as CloudFront says so beforehand.
    async fn obstacle(&self, order: &Order<'_>, needs: Needs) -> Result<Option<(Side, String)>, Fault> {
        let Strategy::DistributionDomain(sides) = &order.rule.strategy else { return Ok(None) };
        if !needs.conflicts {
            return Ok(None);
        }
        let is_ours = |one: &Conflict| one.is_of(&sides.primary) || one.is_of(&sides.secondary);
        for name in names_of(order.rule) {
            match self.dns.conflicts(name, &sides.secondary).await {
                Ok(found) => {
                    let stranger = found.into_iter().find(|one| !is_ours(one));
                    if let Some(stranger) = stranger {
                        let (resource, account) = (stranger.resource, stranger.account);
                        let what = format!("{name} is also claimed by `{resource}` of account {account}");
                        return Ok(Some((Side::Secondary, what)));
                    }
                }
                // A certificate that does not cover the name is no trouble of the question.
                Err(fault) if fault.is_refusal() => {
                    return Ok(Some((Side::Secondary, Chain(&fault).to_string())));
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }
}

/// What a look has shown when another one has ended, or shortly after.
async fn meanwhile<P, R>(look: impl Future<Output = P>, other: impl Future<Output = R>) -> (Option<P>, R) {
    let (mut look, mut other) = (pin!(look), pin!(other));
    tokio::select! {
        biased;
        found = &mut look => (Some(found), other.await),
        ended = &mut other => (timeout(GRACE, look).await.ok(), ended),
    }
}

fn needs(order: &Order<'_>, memory: Option<&Memory>, now: Timestamp) -> Needs {
    // The first move waits for nothing that the way there does not need; a further one looks whether traffic is there. Of
    // an object the request to put it says that by itself.
    let was_moved = match memory {
        Some(memory) => memory.last().is_some_and(|last| last.to == Side::Secondary),
        None => matches!(order.rule.strategy, Strategy::RoutingControl { .. }),
    };
    let asks = match was_moved {
        true => Asks::First,
        false if looks_meanwhile(order) => Asks::Meanwhile,
        false => Asks::Not,
    };
    let over = Needs { place: true, asks, secondary: Wanted::Now, ..Needs::default() };
    let back = Needs { place: true, asks: Asks::First, primary: Wanted::Since, ..Needs::default() };
    let all = Needs { secondary: Wanted::Now, ..back };
    match order.action {
        Failover::Over { force: true } => Needs { secondary: Wanted::Nothing, ..over },
        Failover::Over { force: false } => over,
        Failover::Back { force: true } => Needs { primary: Wanted::Nothing, ..back },
        Failover::Back { force: false } => back,
        Failover::Status => Needs { records: true, ..all },
        Failover::Drill if !order.rule.may_drill => Needs::default(),
        Failover::Drill => Needs { conflicts: true, records: true, ..all },
        Failover::Reconcile => match due_by(order, memory, now) {
            None => Needs::default(),
            Some(Due::Follow) => Needs { place: true, asks: Asks::First, ..Needs::default() },
            Some(Due::Over) => Needs { primary: Wanted::Now, asks: Asks::First, ..over },
            Some(Due::Back) => back,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something that takes a while.
    async fn after(millis: u64) -> u64 {
        timeout(Duration::from_millis(millis), std::future::pending::<()>()).await.unwrap_err();
        millis
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_beside_the_evidence_may_take_a_moment_longer_and_no_more() {
        for (look, other, seen) in
            [(10, 20, Some(10)), (20, 10, Some(20)), (509, 10, Some(509)), (511, 10, None), (60_000, 0, None)]
        {
            let began = tokio::time::Instant::now();
            assert_eq!(meanwhile(after(look), after(other)).await, (seen, other), "{look} and {other}");
            assert!(began.elapsed() <= Duration::from_millis(other) + GRACE);
        }
    }
}
