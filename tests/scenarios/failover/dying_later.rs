//! The process dies at each of its calls when it is not the first move: in a look that does what was put off, and in a
//! second outage after somebody else has moved traffic back.

use failover_dns::world::HealthState;
use shared::kinds::dns::{Side, Strategy};

use super::dying::{Frail, hit_everywhere};
use super::{Helm, by_alarm, minute};

/// A fail-over that hold-down put off can be done now.
async fn put_off(strategy: &str) -> Frail {
    let helm = Helm::with(strategy, ", hold-down: 20m, max-moves-a-day: 50");
    helm.goes_down().await;
    helm.looks_for(10).await;
    helm.becomes(Side::Primary, HealthState::Healthy);
    helm.looks_for(21).await;
    assert_eq!(helm.goes_down().await.verdict(), ("held", "hold-down"), "{strategy}");
    assert_eq!(helm.looks_for(13).await, [""; 0], "{strategy}");
    helm.passes(1);
    Frail::of(helm)
}

/// The primary is well for half an hour.
fn recovers(frail: &Frail) {
    let dns = &frail.mortal.dns;
    dns.set_health(&frail.rule.evidence.primary, HealthState::Healthy, dns.now());
    frail.looks_for(30);
}

#[tokio::test]
async fn a_move_that_was_put_off_and_dies_anywhere_is_known_again_and_goes_back() {
    let event = |frail: &Frail| minute(frail.mortal.dns.now());
    let ready = async || put_off("standby-object").await;
    let hits = hit_everywhere("standby-object", ready, event, |case, blow, frail, whole, _| {
        frail.looks_for(6);
        assert_eq!(frail.at(), "secondary", "{case}");
        assert_eq!(frail.memory().get("pending"), None, "{case}");
        let is_remembered = frail.remembers() == whole.remembers;
        assert!(is_remembered || !blow.is_death(), "{case}: {}", frail.memory());
        if is_remembered {
            recovers(frail);
            assert_eq!(frail.at(), "primary", "{case}: {}", frail.memory());
        }
    })
    .await;
    assert!(hits > 15, "{hits}");
}

/// It was failed over, somebody has removed the object, and now the primary is down again.
async fn down_again() -> Frail {
    let helm = Helm::with("standby-object", "");
    helm.goes_down().await;
    helm.looks_for(10).await;
    let Strategy::StandbyObject(object) = &helm.rule("www").strategy else { panic!() };
    helm.dns().set_object(object, None);
    helm.looks_for(2).await;
    assert_eq!(helm.memory().unwrap()["returned"], true);
    Frail::of(helm)
}

#[tokio::test]
async fn the_second_outage_that_dies_anywhere_is_known_again_and_goes_back() {
    let event = |frail: &Frail| by_alarm("fail-over", frail.mortal.dns.now());
    let hits = hit_everywhere("standby-object", down_again, event, |case, blow, frail, _, _| {
        frail.looks_for(6);
        assert_eq!(frail.at(), "secondary", "{case}");
        let is_remembered = frail.memory().get("returned").is_none();
        assert!(is_remembered || !blow.is_death(), "{case}: {}", frail.memory());
        if is_remembered {
            recovers(frail);
            assert_eq!(frail.at(), "primary", "{case}: {}", frail.memory());
        }
    })
    .await;
    assert!(hits > 15, "{hits}");
}
