//! The handler, on the port and the ledger in memory: what it asks of both, and in which order.

mod calls;
mod conflicts;
mod documents;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::decode;
use shared::kinds::dns::{Dns as Rule, RecordType, Side, Strategy};
use shared::playbook::Playbook;
use shared::report::Report;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;

use super::{Mover, handle};
use crate::examples::{FORCED, now, pair, roles, target};
use crate::fake::{FakeDns, aliased, check, distribution, simple};
use crate::world::HealthState;

/// The function with one target, and the time.
struct Stage {
    mover: Mover<'static, FakeLedger, FakeDns>,
}

impl Stage {
    /// A target with traffic at its primary and both sides healthy, which fails back by itself.
    fn new(make: fn(&str) -> Rule) -> Self {
        let rule = make(", failback: {how: automatic, after-healthy-for: 15m}, may-drill: true");
        let dns = FakeDns::new(now());
        furnish(&dns, &rule);
        for side in Side::ALL {
            dns.set_health(
                rule.evidence.of(side),
                HealthState::Healthy,
                now() - SignedDuration::from_hours(1),
            );
        }
        let mut playbook = Playbook::parse("{version: 1, targets: {}}").unwrap();
        playbook.targets.insert(target().clone(), shared::playbook::Target::Dns(rule));
        let playbook: &'static Playbook = Box::leak(Box::new(playbook));
        Self { mover: Mover { ledger: Some(FakeLedger::default()), dns, playbook } }
    }

    fn dns(&self) -> &FakeDns {
        &self.mover.dns
    }

    fn ledger(&self) -> &FakeLedger {
        self.mover.ledger.as_ref().unwrap()
    }

    fn passes(&self, minutes: i64) {
        self.dns().advance(SignedDuration::from_mins(minutes));
    }

    /// What an operator's order comes to.
    async fn ordered(&self, action: &str) -> Report {
        self.gets(
            &json!({"action": action, "target": target(), "id": format!("{action}-{}", self.dns().now())}),
        )
        .await
    }

    async fn looks(&self) -> Report {
        self.gets(&json!({"action": "reconcile", "target": target(), "origin": {"source": "schedule"}})).await
    }

    async fn gets(&self, event: &Value) -> Report {
        let mut invocation = Invocation::for_tests(decode(event, "request-1").unwrap(), Mode::Apply);
        invocation.began_at = self.dns().now();
        let until = invocation.began_at + SignedDuration::from_secs(20);
        invocation.deadline = Deadline::new(until, Clock::of(|| Timestamp::UNIX_EPOCH));
        let [report] = handle(&self.mover, &invocation).await.reports.try_into().unwrap();
        report
    }

    /// The calls since they were asked for last: of AWS, and of the ledger.
    fn calls(&self) -> (Vec<String>, String) {
        let operation = |call: String| call.split(' ').next().unwrap_or_default().to_owned();
        let dns = self.dns().take_calls().into_iter().map(operation).collect();
        (dns, self.ledger().take_calls().join(" "))
    }
}

fn furnish(dns: &FakeDns, rule: &Rule) {
    dns.put_zone(&rule.zone);
    let sets = match &rule.strategy {
        Strategy::RecordWeights(_) => [pair(RecordType::A, 100, 0), pair(RecordType::Aaaa, 100, 0)].concat(),
        Strategy::RecordTargets(_) => vec![simple("www.example.com", RecordType::A, &["192.0.2.1"])],
        Strategy::HealthCheck(id) => {
            dns.put_check(id, check("HTTPS"));
            roles(Some(FORCED), None)
        }
        Strategy::StandbyObject(_) => roles(Some(FORCED), None),
        Strategy::RoutingControl { controls, .. } => {
            dns.set_control(&controls.primary, true);
            dns.set_control(&controls.secondary, false);
            roles(Some(FORCED), None)
        }
        Strategy::DistributionDomain(sides) => {
            dns.put_distribution(&sides.primary, distribution("d1.cloudfront.net", &["www.example.com"]));
            dns.put_distribution(&sides.secondary, distribution("d2.cloudfront.net", &[]));
            let set =
                |kind| aliased(simple("www.example.com", kind, &[]), "Z2FDTNDATAQYW2", "d1.cloudfront.net");
            vec![set(RecordType::A), set(RecordType::Aaaa)]
        }
    };
    sets.into_iter().for_each(|set| dns.put_set(&rule.zone, set));
}
