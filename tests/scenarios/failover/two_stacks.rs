//! The same template in two Regions, on the same names, each with a ledger of its own: one alarm is one move, and its way
//! back is that of the stack that made it.

use failover_dns::handler::Mover;
use failover_dns::world::HealthState;
use serde_json::json;
use shared::command::Mode;
use shared::kinds::dns::Side;
use shell::ledger::fake::FakeLedger;

use super::crossroads::leads_to;
use super::mortal::Mortal;
use super::{Helm, STRATEGIES, gets, minute, queued};

/// Both routers give the order of one alarm the same id; only its deliveries differ.
#[tokio::test]
async fn the_stack_that_comes_second_takes_nothing_back() {
    for strategy in STRATEGIES.into_iter().filter(|strategy| *strategy != "distribution-domain") {
        let helm = Helm::with(strategy, "");
        helm.becomes(Side::Primary, HealthState::Unhealthy);
        let rule = helm.rule("www");
        let Mover { ledger, dns, playbook } = helm.mover;
        let both: &'static Mortal = Box::leak(Box::new(Mortal::new(FakeLedger::default(), dns)));
        let dns = &both.dns;
        let stack = |ledger| Mover { ledger: Some(ledger), dns: both, playbook };
        let (first, second) = (stack(ledger.unwrap()), stack(FakeLedger::default()));

        let origin = json!({"source": "alarm", "alarm": "www-primary-health", "at": dns.now()});
        let order = json!({"action": "fail-over", "target": "www", "id": "c-1", "origin": origin});
        let over = gets(&first, Mode::Apply, dns, &queued("m-1", 1, &order)).await;
        assert_eq!(over.verdict(), ("acted", "failed-over"), "{strategy}");
        let effects = dns.effects().len();
        for receives in 1..=2 {
            let also = gets(&second, Mode::Apply, dns, &queued("m-2", receives, &order)).await;
            assert_eq!(also.verdict(), ("held", "already-there"), "{strategy}");
        }
        let remembered = second.ledger.as_ref().unwrap().saved_value("dns/www");
        assert_eq!(remembered, None, "{strategy}");

        dns.set_health(&rule.evidence.primary, HealthState::Healthy, dns.now());
        for _ in 0..60 {
            dns.advance(jiff::SignedDuration::from_mins(1));
            let looked = gets(&second, Mode::Apply, dns, &minute(dns.now())).await;
            assert!(looked.report().quiet, "{strategy}: {}", looked.line());
        }
        assert_eq!((dns.effects().len(), leads_to(dns, rule).as_str()), (effects, "secondary"), "{strategy}");
        let back = gets(&first, Mode::Apply, dns, &minute(dns.now())).await;
        assert_eq!(back.verdict(), ("acted", "failed-back"), "{strategy}");
    }
}
