//! From the alarm to the move, with the router in front: a primary that goes up and down, and alarms that move nothing.

use std::collections::BTreeSet;

use failover_dns::world::HealthState;
use jiff::{SignedDuration, Timestamp};
use route_alarm::fake::FakeOutside;
use route_alarm::handler::{Router, handle};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::decode;
use shared::kinds::dns::Side;
use shared::playbook::Playbook;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;
use tests::alarms::StateChange;

use super::{Helm, NINE, STRATEGIES, playbook_of, queued};
use crate::site::Outcome;

/// Alarms in both directions make orders, and every change makes one.
const BOTH_WAYS: &str = ", routes: [{name: down, when: {alarm: www-primary-health, from: [OK], to: [ALARM]}, then: [{action: fail-over, target: www}]}, \
     {name: up, when: {alarm: www-primary-health, from: [ALARM], to: [OK]}, then: [{action: fail-back, target: www}]}]";

/// A router, and the function that it sends its orders to.
struct Way {
    router: Router<'static, FakeLedger, FakeOutside>,
    helm: Helm,
}

impl Way {
    fn of(strategy: &str, further: &str, routes: &str) -> Self {
        let text = playbook_of(strategy, further);
        let text = format!("{}{routes}}}", text.strip_suffix('}').unwrap());
        let playbook: &'static Playbook = Box::leak(Box::new(Playbook::parse(&text).unwrap()));
        let functions: &'static BTreeSet<String> =
            Box::leak(Box::new(BTreeSet::from(["failover-dns".to_owned()])));
        let (ledger, outside) = (Some(FakeLedger::default()), FakeOutside::default());
        let router = Router { ledger, outside, playbook, functions, schedules: true };
        Self { router, helm: Helm::of(&text, NINE) }
    }

    /// The primary's alarm changes: what the function makes of the orders that come of it.
    async fn alarm(&self, from: &'static str, to: &'static str) -> Vec<Outcome> {
        let change = StateChange {
            from,
            to,
            at: self.helm.dns().now(),
            ..StateChange::raised("www-primary-health", 0)
        };
        self.told(&change.by_topic()).await
    }

    async fn told(&self, event: &Value) -> Vec<Outcome> {
        let now = self.helm.dns().now();
        let already = self.router.outside.delivered().len();
        let mut invocation =
            Invocation::for_tests(decode(event, &format!("request-{now}")).unwrap(), Mode::Apply);
        invocation.began_at = now;
        let until = now + SignedDuration::from_secs(20);
        invocation.deadline = Deadline::new(until, Clock::of(|| Timestamp::UNIX_EPOCH));
        self.router.outside.set_time(now);
        drop(handle(&self.router, &invocation).await);
        let mut outcomes = Vec::new();
        for (index, delivered) in self.router.outside.delivered().into_iter().enumerate().skip(already) {
            assert_eq!((delivered.function.as_str(), delivered.group.as_str()), ("failover-dns", "www"));
            outcomes.push(self.helm.gets(&queued(&format!("m-{index}"), 1, &delivered.body)).await);
        }
        outcomes
    }
}

fn lines(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(Outcome::line).collect()
}

/// Down, up two minutes later, and so on for two hours; then it stays up.
#[tokio::test]
async fn a_primary_that_flaps_every_two_minutes_for_two_hours_moves_traffic_once() {
    for strategy in STRATEGIES {
        for routes in [BOTH_WAYS, &BOTH_WAYS.replace("{name: down,", "{name: down, cooldown: 30m,")] {
            let way = Way::of(strategy, ", max-moves-a-day: 50", routes);
            let helm = &way.helm;
            let mut acted = Vec::new();
            for minute in 0..120 {
                if minute % 2 == 0 {
                    let (state, from, to) = if minute % 4 == 0 {
                        (HealthState::Unhealthy, "OK", "ALARM")
                    } else {
                        (HealthState::Healthy, "ALARM", "OK")
                    };
                    helm.becomes(Side::Primary, state);
                    let orders = lines(&way.alarm(from, to).await);
                    acted.extend(orders.into_iter().filter(|line| line.starts_with("acted")));
                }
                acted.extend(helm.looks_for(1).await.into_iter().map(|line| line.replace("1: ", "")));
            }
            let is_staged = strategy == "distribution-domain";
            let over = if is_staged {
                vec!["acted name-moved www", "acted record-pointed www"]
            } else {
                vec!["acted failed-over www"]
            };
            assert_eq!(acted, over, "{strategy}");
            assert_eq!(helm.at(), "secondary", "{strategy}");
            // It was last seen to become healthy in minute 118.
            let back = if is_staged {
                vec!["13: acted name-moved www", "18: acted record-pointed www"]
            } else {
                vec!["13: acted failed-back www"]
            };
            assert_eq!(helm.looks_for(240).await, back, "{strategy}");
            assert_eq!(helm.at(), "primary", "{strategy}");
            helm.is_blameless();
        }
    }
}

/// Where nothing is remembered of what went before, traffic moves as rarely: it is where it is.
#[tokio::test]
async fn without_a_ledger_a_flapping_primary_moves_traffic_once_too() {
    for strategy in STRATEGIES {
        let mut way = Way::of(strategy, "", BOTH_WAYS);
        way.helm = way.helm.without_ledger();
        let helm = &way.helm;
        for minute in 0..60 {
            if minute % 2 == 0 {
                let (state, from, to) = if minute % 4 == 0 {
                    (HealthState::Unhealthy, "OK", "ALARM")
                } else {
                    (HealthState::Healthy, "ALARM", "OK")
                };
                helm.becomes(Side::Primary, state);
                way.alarm(from, to).await;
            }
            helm.looks_for(1).await;
            assert!(minute < 6 || helm.at() == "secondary", "{strategy}: {}", helm.at());
        }
        // Setting the controls as they are changes nothing.
        let kinds: BTreeSet<String> = helm.dns().effects().into_iter().collect();
        assert!(kinds.len() <= 2, "{strategy}: {kinds:?}");
        assert!(
            strategy == "routing-control" || helm.dns().effects().len() == kinds.len(),
            "{strategy}: {:?}",
            helm.dns().effects()
        );
    }
}

#[tokio::test]
async fn an_alarm_that_is_over_never_fails_over() {
    let down_only = BOTH_WAYS.replace("[ALARM], to: [OK]", "[OK], to: [ALARM]");
    for routes in [BOTH_WAYS, down_only.as_str()] {
        let way = Way::of("record-weights", "", routes);
        for outcome in way.alarm("ALARM", "OK").await {
            assert_eq!(outcome.verdict(), ("held", "already-there"));
        }
        assert_eq!(way.helm.dns().effects(), [""; 0]);
    }
    // A notification that comes straight to this function is no order.
    let helm = Helm::with("record-weights", "");
    for name in ["alarm-primary-up-in-sns", "alarm-primary-down-in-sns", "alarm-primary-new-in-sns"] {
        assert_eq!(helm.gets(&super::event(name)).await.verdict(), ("held", "not-for-us"), "{name}");
    }
    assert_eq!(helm.dns().take_calls(), [""; 0]);
}

/// A new alarm begins without data, and then says ALARM while what it watches is still being made.
#[tokio::test]
async fn the_first_state_of_a_new_alarm_moves_nothing() {
    let by_default = BOTH_WAYS.replace(", from: [OK], to: [ALARM]", "");
    for routes in [BOTH_WAYS, by_default.as_str()] {
        let way = Way::of("record-weights", "", routes);
        way.helm.becomes(Side::Primary, HealthState::Unhealthy);
        assert_eq!(lines(&way.alarm("INSUFFICIENT_DATA", "ALARM").await), [""; 0], "{routes}");
        assert_eq!(way.helm.dns().take_calls(), [""; 0]);
        assert_eq!(lines(&way.alarm("OK", "ALARM").await), ["acted failed-over www"], "{routes}");
    }
    let asked_for = BOTH_WAYS.replace("from: [OK]", "from: [OK, INSUFFICIENT_DATA]");
    let text = playbook_of("record-weights", "");
    let error = Playbook::parse(&format!("{}{asked_for}}}", text.strip_suffix('}').unwrap())).unwrap_err();
    assert!(error.to_string().contains("a new alarm begins so"), "{error}");
}

/// A route that asks a person first sends a plan, and what is approved is done.
#[tokio::test]
async fn what_is_approved_is_done_and_what_is_proposed_is_not() {
    let routes = BOTH_WAYS.replace("{name: down,", "{name: down, approve: true,");
    let way = Way::of("record-weights", "", &routes);
    way.helm.becomes(Side::Primary, HealthState::Unhealthy);
    let proposed = way.alarm("OK", "ALARM").await;
    assert_eq!(lines(&proposed), ["planned failed-over www"]);
    assert_eq!(way.helm.at(), "primary");
    let approval = proposed[0].report().subject.approval.clone().unwrap();
    way.helm.passes(2);
    let approved = way.told(&json!({"action": "approve", "approval": approval})).await;
    assert_eq!(lines(&approved), ["acted failed-over www"]);
    assert_eq!(way.helm.at(), "secondary");
}
