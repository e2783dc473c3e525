//! The process dies at each of its calls, or a call fails, and the message is delivered again.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use failover_dns::handler::Mover;
use failover_dns::world::{HealthState, Meaning};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::command::Mode;
use shared::kinds::dns::{Dns as Rule, Side};

use super::crossroads::{exactly, leads_to};
use super::mortal::{Blow, Mortal};
use super::{Helm, STRATEGIES, by_alarm, minute, queued};
use crate::site::Outcome;

/// A process that may die.
pub(super) struct Frail {
    mover: Mover<'static, &'static Mortal, &'static Mortal>,
    pub(super) mortal: &'static Mortal,
    pub(super) rule: &'static Rule,
}

impl Frail {
    /// What there is before an order: nothing has happened, or it was failed over and the primary is well again.
    async fn new(strategy: &str, is_over: bool) -> Self {
        let helm = Helm::with(strategy, "");
        if is_over {
            helm.goes_down().await;
            helm.looks_for(10).await;
            helm.becomes(Side::Primary, HealthState::Healthy);
            helm.looks_for(14).await;
            helm.passes(1);
        } else {
            helm.becomes(Side::Primary, HealthState::Unhealthy);
        }
        Self::of(helm)
    }

    /// The second stage is due.
    async fn half_way(to: Side) -> Self {
        let helm = Helm::with("distribution-domain", "");
        if to == Side::Secondary {
            helm.goes_down().await;
        } else {
            helm.goes_down().await;
            helm.looks_for(10).await;
            helm.forced("fail-back").await;
        }
        helm.passes(6);
        Self::of(helm)
    }

    pub(super) fn of(helm: Helm) -> Self {
        let rule = helm.rule("www");
        let Mover { ledger, dns, playbook } = helm.mover;
        let mortal: &'static Mortal = Box::leak(Box::new(Mortal::new(ledger.unwrap(), dns)));
        Self { mover: Mover { ledger: Some(mortal), dns: mortal, playbook }, mortal, rule }
    }

    /// What becomes of an event; `None`: the process died.
    fn gets(&self, event: &Value) -> Option<Outcome> {
        let mut outcome = pin!(super::gets(&self.mover, Mode::Apply, &self.mortal.dns, event));
        match outcome.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        }
    }

    pub(super) fn looks_for(&self, minutes: i64) {
        for _ in 0..minutes {
            self.mortal.dns.advance(SignedDuration::from_mins(1));
            self.gets(&minute(self.mortal.dns.now())).unwrap();
        }
    }

    pub(super) fn at(&self) -> String {
        leads_to(&self.mortal.dns, self.rule)
    }

    pub(super) fn memory(&self) -> Value {
        self.mortal.ledger.saved_value("dns/www").unwrap_or(Value::Null)
    }

    /// What is remembered of how it was before, and whether a move is noted that traffic has made.
    pub(super) fn remembers(&self) -> (Value, Value) {
        let memory = self.memory();
        let last = memory["moves"].as_array().and_then(|moves| moves.last()).cloned().unwrap_or(Value::Null);
        (memory["before"].clone(), last["to"].clone())
    }
}

/// An operator's order by the queue.
fn by_operator(action: &str) -> Value {
    let order =
        json!({"action": action, "target": "www", "id": "incident-7", "origin": {"source": "operator"}});
    queued("m-7", 1, &order)
}

/// What there is when nothing goes wrong: all of it, and what is remembered.
pub(super) struct Ended {
    exactly: String,
    pub(super) remembers: (Value, Value),
}

/// Hits the process at each of its calls, in each way; `check` sees each world after the message came again.
pub(super) async fn hit_everywhere(
    strategy: &str,
    ready: impl AsyncFn() -> Frail,
    event: impl Fn(&Frail) -> Value,
    check: impl Fn(&str, Blow, &Frail, &Ended, &Outcome),
) -> usize {
    let whole = ready().await;
    let event = event(&whole);
    let reference = whole.gets(&event).unwrap();
    assert_eq!(reference.verdict().0, "acted", "{strategy}: {}", reference.line());
    let exactly_after = exactly(&whole.mortal.dns, whole.rule);
    if strategy == "distribution-domain" {
        // Who dies between the move and its note leaves that to the end of the second stage.
        whole.looks_for(6);
    }
    let whole = Ended { exactly: exactly_after, remembers: whole.remembers() };
    let mut hits = 0;
    for blow in Blow::ALL {
        for call in 0.. {
            let frail = ready().await;
            frail.mortal.is_hit_at(call, blow);
            let first = frail.gets(&event);
            if !frail.mortal.recovers() {
                break;
            }
            hits += 1;
            let case = format!("{strategy}, {blow:?} at call {call}");
            assert_eq!(first.is_none(), blow.is_death(), "{case}");
            frail.mortal.dns.advance(SignedDuration::from_secs(25));
            let last = match first {
                Some(first) if first.verdict().0 == "acted" => first,
                // Who looks every minute comes again anyway.
                Some(first) if first.returned.is_empty() && !first.report().quiet => {
                    panic!("{case}: {}", first.report())
                }
                _ => {
                    let effects = frail.mortal.dns.effects().len();
                    let again = frail.gets(&event).unwrap();
                    let has_done = frail.mortal.dns.effects().len() > effects;
                    // The object that it finds there says that it has moved traffic.
                    let is_own = strategy == "standby-object" && again.verdict() == ("acted", "failed-over");
                    let is_said = again.verdict().0 == "acted";
                    assert!(is_said == has_done || is_own, "{case}: {}", again.line());
                    again
                }
            };
            assert!(last.returned.is_empty(), "{case}: {}", last.report());
            assert_eq!(exactly(&frail.mortal.dns, frail.rule), whole.exactly, "{case}");
            assert_eq!(frail.mortal.dns.violations(), [""; 0], "{case}");
            check(&case, blow, &frail, &whole, &last);
            // Once more, and nothing happens.
            let effects = frail.mortal.dns.effects();
            let third = frail.gets(&event).unwrap();
            let is_same = frail.mortal.dns.effects() == effects || strategy == "routing-control";
            // What was moved while the ledger did not answer is followed by the next order.
            let follows = third.verdict() == ("acted", "record-pointed") && !blow.is_death();
            assert!(is_same || follows, "{case}: {}", third.line());
        }
    }
    hits
}

#[tokio::test]
async fn a_fail_over_that_dies_anywhere_is_ended_by_the_redelivery_and_can_be_taken_back() {
    let mut hits = 0;
    for strategy in STRATEGIES {
        let original =
            exactly(&Frail::new(strategy, false).await.mortal.dns, Helm::with(strategy, "").rule("www"));
        for by_hand in [false, true] {
            let event = |frail: &Frail| {
                if by_hand { by_operator("fail-over") } else { by_alarm("fail-over", frail.mortal.dns.now()) }
            };
            hits += hit_everywhere(
                strategy,
                async || Frail::new(strategy, false).await,
                event,
                |case, blow, frail, whole, last| {
                    let says = last.report().why.text.clone();
                    if strategy == "distribution-domain" {
                        frail.looks_for(6);
                    }
                    let is_remembered = frail.remembers() == whole.remembers;
                    assert!(
                        is_remembered || says.contains("ledger"),
                        "{case}: {says}\n{:?}\n{:?}",
                        frail.remembers(),
                        whole.remembers
                    );
                    assert!(is_remembered || !blow.is_death(), "{case}: {says}");
                    if !is_remembered || by_hand {
                        return;
                    }
                    // It goes back by itself, to what was there before; but not who did not see where that was.
                    let is_unsure = frail.memory()["moves"][0]["unsure"] == true;
                    assert!(!is_unsure || (strategy == "routing-control" && !blow.is_death()), "{case}");
                    frail.looks_for(6);
                    frail.mortal.dns.set_health(
                        &frail.rule.evidence.primary,
                        HealthState::Healthy,
                        frail.mortal.dns.now(),
                    );
                    frail.looks_for(30);
                    assert_eq!(exactly(&frail.mortal.dns, frail.rule) == original, !is_unsure, "{case}");
                    assert_eq!(frail.at(), if is_unsure { "secondary" } else { "primary" }, "{case}");
                },
            )
            .await;
        }
    }
    assert!(hits > 200, "{hits}");
}

/// Where the controls lead is asked while the evidence is, and nothing depends on it.
#[tokio::test]
async fn an_endpoint_that_does_not_say_which_controls_are_on_keeps_no_fail_over() {
    let frail = Frail::new("routing-control", false).await;
    frail.mortal.dns.fail_next_of("controls", Meaning::OutOfTime);
    let over = frail.gets(&by_alarm("fail-over", frail.mortal.dns.now())).unwrap();
    assert_eq!((over.verdict(), frail.at().as_str()), (("acted", "failed-over"), "secondary"));
    let next = over.report().next.clone().unwrap();
    assert!(next.contains("an operator sends `fail-back`"), "{next}");
}

#[tokio::test]
async fn a_fail_back_that_dies_anywhere_is_ended_by_the_redelivery_or_the_next_look() {
    let mut hits = 0;
    for strategy in STRATEGIES {
        for by_hand in [false, true] {
            let event = |frail: &Frail| {
                if by_hand { by_operator("fail-back") } else { by_alarm("fail-back", frail.mortal.dns.now()) }
            };
            hits += hit_everywhere(
                strategy,
                async || Frail::new(strategy, true).await,
                event,
                |case, _, frail, _, _| {
                    frail.looks_for(10);
                    assert_eq!(frail.at(), "primary", "{case}");
                    drop(frail.mortal.dns.take_calls());
                    frail.looks_for(1);
                    assert_eq!(frail.mortal.dns.take_calls(), [""; 0], "{case}: {}", frail.memory());
                    // The next outage is served as the first.
                    frail.mortal.dns.set_health(
                        &frail.rule.evidence.primary,
                        HealthState::Unhealthy,
                        frail.mortal.dns.now(),
                    );
                    let over = frail.gets(&by_alarm("fail-over", frail.mortal.dns.now())).unwrap();
                    assert_eq!(over.verdict().0, "acted", "{case}: {}", over.report());
                },
            )
            .await;
        }
    }
    assert!(hits > 200, "{hits}");
}

#[tokio::test]
async fn a_second_stage_that_dies_anywhere_is_ended_by_the_next_look() {
    let mut hits = 0;
    for to in Side::ALL {
        let event = |frail: &Frail| minute(frail.mortal.dns.now());
        let ready = async || Frail::half_way(to).await;
        hits += hit_everywhere("distribution-domain", ready, event, |case, _, frail, _, _| {
            frail.looks_for(2);
            assert_eq!(frail.at(), to.as_str(), "{case}");
            assert_eq!(frail.memory().get("unfinished"), None, "{case}");
            if to == Side::Primary {
                return;
            }
            frail.mortal.dns.set_health(
                &frail.rule.evidence.primary,
                HealthState::Healthy,
                frail.mortal.dns.now(),
            );
            frail.looks_for(30);
            assert_eq!(frail.at(), "primary", "{case}");
        })
        .await;
    }
    assert!(hits > 40, "{hits}");
}
