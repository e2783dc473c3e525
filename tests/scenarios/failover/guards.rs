//! What keeps traffic where it is: hold-down, the day's moves, pauses, and people who moved it by hand.

use failover_dns::world::{HealthState, Meaning};
use serde_json::json;
use shared::fault::FaultClass;
use shared::kinds::dns::{Side, Strategy};

use super::{Helm, STRATEGIES, by_alarm};

/// There and back, so that the next move is the third: 40 minutes.
pub(super) async fn there_and_back(helm: &Helm) {
    helm.goes_down().await;
    helm.looks_for(10).await;
    helm.becomes(Side::Primary, HealthState::Healthy);
    helm.looks_for(15).await;
    assert_eq!(helm.ordered("status").await.report().state.as_ref().unwrap()["last_move"]["to"], "primary");
}

#[tokio::test]
async fn a_fail_over_that_hold_down_puts_off_is_done_when_it_is_over() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        let held = helm.goes_down().await;
        assert_eq!((held.verdict(), held.returned.len()), (("held", "hold-down"), 0), "{strategy}");
        assert_eq!(held.report().steps[0].step, "put-off", "{strategy}");
        // A second alarm finds it noted.
        helm.passes(1);
        let again = helm.alarmed().await;
        assert_eq!((again.verdict(), again.report().steps.len()), (("held", "hold-down"), 0), "{strategy}");
        assert_eq!(helm.at(), "primary", "{strategy}");
        let is_staged = strategy == "distribution-domain";
        let done: &[&str] = if is_staged {
            &["13: acted name-moved www", "18: acted record-pointed www", "19: refused moves-used-up www"]
        } else {
            &["13: acted failed-over www", "14: refused moves-used-up www"]
        };
        // The way back would leave no move for the next outage.
        assert_eq!(helm.looks_for(60).await, done, "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        helm.is_blameless();
    }
}

/// A move that was begun and never made, and then somebody's hand: that is in nobody's way.
#[tokio::test]
async fn a_move_that_was_begun_in_vain_keeps_nothing_else_from_being_done() {
    for strategy in ["record-weights", "record-targets", "routing-control"] {
        let helm = Helm::with(strategy, ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.passes(1);
        assert_eq!(helm.goes_down().await.verdict(), ("held", "hold-down"), "{strategy}");
        helm.begins_in_vain().await;
        helm.goes_astray();
        assert_eq!(helm.looks_for(60).await[0], "19: acted failed-over www", "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");

        // The way back too, when whoever led it astray has put it where it was.
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        let (zone, dns) = (&helm.rule("www").zone, helm.dns());
        let there = dns.all_sets(zone);
        helm.begins_in_vain().await;
        helm.goes_astray();
        assert_eq!(helm.looks_for(2).await, [""; 0], "{strategy}");
        assert_eq!(helm.memory().unwrap().get("begun"), None, "{strategy}");
        there.into_iter().for_each(|set| dns.put_set(zone, set));
        if let Strategy::RoutingControl { controls, .. } = &helm.rule("www").strategy {
            dns.set_control(&controls.primary, false);
        }
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(60).await, ["15: acted failed-back www"], "{strategy}");
    }
}

#[tokio::test]
async fn what_was_put_off_is_forgotten_where_the_primary_is_well_again() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        helm.goes_down().await;
        helm.passes(5);
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(60).await, ["9: held in-order www"], "{strategy}");
        assert_eq!(helm.at(), "primary", "{strategy}");
        assert_eq!(helm.memory().unwrap().get("pending"), None, "{strategy}");
        // The lease that was taken for it is given back.
        assert_eq!(helm.goes_down().await.verdict().0, "acted", "{strategy}");
    }
}

#[tokio::test]
async fn the_report_of_a_fail_over_that_was_put_off_leads_back_to_its_alarm() {
    let helm = Helm::with("record-weights", ", hold-down: 20m");
    there_and_back(&helm).await;
    helm.passes(1);
    let at = helm.dns().now();
    helm.goes_down().await;
    helm.passes(19);
    let done = helm.looks().await;
    assert_eq!(done.verdict(), ("acted", "failed-over"));
    assert_eq!(done.report().subject.correlation, format!("cause-{at}"));
}

#[tokio::test]
async fn hold_down_holds_up_no_person() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        assert_eq!(helm.ordered("fail-over").await.verdict().0, "acted", "{strategy}");
    }
}

#[tokio::test]
async fn after_so_many_moves_of_a_day_only_people_move_it() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, ", max-moves-a-day: 3, hold-down: 1m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        assert_eq!(helm.goes_down().await.verdict().0, "acted", "{strategy}");
        // It does not go back, and that is said once, and not every minute.
        let said = helm.looks_for(10).await;
        let said: Vec<&str> =
            said.iter().filter_map(|line| line.split_once(": ")).map(|(_, line)| line).collect();
        assert_eq!(said.last(), Some(&"refused moves-used-up www"), "{strategy}");
        assert!(said.len() == if strategy == "distribution-domain" { 2 } else { 1 }, "{strategy}: {said:?}");
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(120).await, [""; 0], "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        assert_eq!(helm.ordered("fail-back").await.verdict().0, "acted", "{strategy}");
        helm.looks_for(6).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
        assert_eq!(helm.goes_down().await.verdict(), ("refused", "moves-used-up"), "{strategy}");
        // A day after the first of them there is one to spend again.
        helm.passes(24 * 60);
        assert_eq!(helm.alarmed().await.verdict().0, "acted", "{strategy}");
    }
}

#[tokio::test]
async fn a_pause_stops_what_comes_by_itself_and_says_so_but_no_person() {
    for strategy in STRATEGIES {
        for scope in ["all", "failover-dns", "www"] {
            let helm = Helm::with(strategy, "");
            helm.is_paused(scope).await;
            let refused = helm.goes_down().await;
            assert_eq!((refused.verdict(), refused.returned.len()), (("refused", "paused"), 0), "{strategy}");
            let text = &refused.report().why.text;
            assert!(text.contains("we look into it") && text.contains(scope), "{text}");
            assert!(refused.report().is_published());
            assert_eq!(refused.calls, [""; 0], "{strategy}");
            for action in ["status", "drill"] {
                assert_eq!(helm.ordered(action).await.verdict().0, "held", "{strategy} {action}");
            }
            assert_eq!(helm.ordered("fail-over").await.verdict().0, "acted", "{strategy}");
        }
        let helm = Helm::with(strategy, "");
        helm.is_paused("www-of-others").await;
        assert_eq!(helm.goes_down().await.verdict().0, "acted", "{strategy}");
    }
}

#[tokio::test]
async fn a_pause_keeps_traffic_from_going_back_by_itself() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(6).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.is_paused("failover-dns").await;
        assert_eq!(helm.looks_for(59).await, [""; 0], "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        let back = helm.looks_for(10).await;
        assert!(back[0].starts_with("1: acted "), "{strategy}: {back:?}");
        assert_eq!(helm.at(), "primary", "{strategy}");
    }
}

/// AWS says no to the way back, or to a fail-over that was put off, each minute: people hear of it once, and it is done
/// as soon as it may be.
#[tokio::test]
async fn what_aws_refuses_a_look_every_minute_is_told_once() {
    for strategy in STRATEGIES {
        let (over, back, meaning) = match strategy {
            "health-check" => ("set-check", "set-check", Meaning::ChangeRefused),
            "standby-object" => ("put-object", "remove-object", Meaning::ChangeRefused),
            "routing-control" => ("set-controls", "set-controls", Meaning::SafetyRule),
            "distribution-domain" => ("move-name", "move-name", Meaning::ChangeRefused),
            _ => ("change", "change", Meaning::ChangeRefused),
        };
        let code = if meaning == Meaning::SafetyRule { "safety-rule" } else { "change-refused" };
        let refuses = |helm: &Helm, call: &str, times: usize| {
            (0..times).for_each(|_| helm.dns().fail_next_of(call, meaning));
        };
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(10).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        refuses(&helm, back, 60);
        assert_eq!(helm.looks_for(59).await, [format!("15: refused {code} www")], "{strategy}");
        // A person who asks is told each time.
        refuses(&helm, back, 1);
        assert_eq!(helm.ordered("fail-back").await.verdict(), ("refused", code), "{strategy}");
        let done = helm.looks_for(120).await;
        assert!(done[0].contains(": acted "), "{strategy}: {done:?}");
        assert_eq!(helm.at(), "primary", "{strategy}");

        let helm = Helm::with(strategy, ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        assert_eq!(helm.goes_down().await.verdict(), ("held", "hold-down"), "{strategy}");
        refuses(&helm, over, 30);
        let said = helm.looks_for(120).await;
        assert!(said[0].ends_with(&format!(": refused {code} www")), "{strategy}: {said:?}");
        assert!(said[1].contains(": acted "), "{strategy}: {said:?}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        helm.is_blameless();
    }
}

/// Whoever has moved it knows why: it stays until a person moves it back.
#[tokio::test]
async fn what_a_person_has_moved_stays_there() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.ordered("fail-over").await;
        helm.looks_for(60).await;
        let recovered = helm.gets(&by_alarm("fail-back", helm.dns().now())).await;
        assert_eq!(recovered.verdict(), ("refused", "moved-by-hand"), "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
    }
}

/// The same where an alarm comes after it, and nothing is noted of who has moved it.
#[tokio::test]
async fn what_was_moved_by_other_means_before_the_first_alarm_is_not_taken_back() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.ordered("fail-over").await;
        helm.looks_for(6).await;
        let helm = helm.with_an_empty_ledger();
        let effects = helm.dns().effects();
        let alarmed = helm.goes_down().await;
        assert_eq!(alarmed.verdict(), ("held", "already-there"), "{strategy}: {}", alarmed.report());
        assert_eq!(helm.dns().effects(), effects, "{strategy}");
        let next = alarmed.report().next.clone().unwrap_or_default();
        assert!(!next.contains("goes back"), "{strategy}: {next}");
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(60).await, [""; 0], "{strategy}");
        let recovered = helm.gets(&by_alarm("fail-back", helm.dns().now())).await;
        assert_eq!(recovered.verdict(), ("refused", "moved-by-hand"), "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        assert_eq!(helm.forced("fail-back").await.verdict().0, "acted", "{strategy}");
    }
}

/// Who could not see where the controls led, or saw that somebody had touched them, does not take the move back.
#[tokio::test]
async fn controls_that_were_not_seen_at_the_primary_are_turned_back_by_people() {
    type Spoil = fn(&Helm);
    let cases: [Spoil; 2] = [
        |helm| helm.dns().fail_next_of("controls", Meaning::Common(FaultClass::Unavailable)),
        |helm| {
            let Strategy::RoutingControl { controls, .. } = &helm.rule("www").strategy else { panic!() };
            helm.dns().set_control(&controls.secondary, true);
        },
    ];
    for spoil in cases {
        let helm = Helm::with("routing-control", "");
        spoil(&helm);
        let moved = helm.goes_down().await;
        assert_eq!(moved.verdict(), ("acted", "failed-over"));
        let next = moved.report().next.clone().unwrap();
        assert!(next.contains("an operator sends `fail-back`"), "{next}");
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(60).await, [""; 0]);
        let recovered = helm.gets(&by_alarm("fail-back", helm.dns().now())).await;
        assert_eq!(recovered.verdict(), ("refused", "moved-by-hand"));
        let state = helm.ordered("status").await.report().state.clone().unwrap();
        assert_eq!(
            (&state["last_move"]["by_hand"], &state["last_move"]["unsure"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(helm.ordered("fail-back").await.verdict(), ("acted", "failed-back"));
    }
}

#[tokio::test]
async fn an_operators_order_that_is_delivered_again_after_the_way_back_moves_nothing() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let order = json!({"action": "fail-over", "target": "www", "id": "incident-7", "origin": {"source": "operator"}});
        let message = super::queued("m-7", 1, &order);
        assert_eq!(helm.gets(&message).await.verdict().0, "acted", "{strategy}");
        helm.looks_for(6).await;
        helm.ordered("fail-back").await;
        helm.looks_for(6).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
        assert_eq!(helm.gets(&message).await.verdict(), ("held", "already-done"), "{strategy}");
        assert_eq!(helm.at(), "primary", "{strategy}");
    }
}
