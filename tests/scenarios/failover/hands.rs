//! What somebody does by other means than this function: it is theirs, and they take it back.

use failover_dns::world::HealthState;
use shared::kinds::dns::{Side, Strategy};

use super::Helm;
use super::guards::there_and_back;

/// The way back by hand, in the console, ends what was to go back by itself: a later move by hand is not undone.
#[tokio::test]
async fn what_somebody_moved_in_the_console_is_left_alone() {
    let helm = Helm::with("standby-object", "");
    helm.goes_down().await;
    helm.looks_for(10).await;
    let Strategy::StandbyObject(object) = &helm.rule("www").strategy else { panic!() };
    helm.dns().set_object(object, None);
    helm.becomes(Side::Primary, HealthState::Healthy);
    assert_eq!(helm.looks_for(60).await, [""; 0]);
    assert_eq!(helm.looks().await.calls, [""; 0]);
    helm.dns().set_object(object, Some("by hand"));
    assert_eq!(helm.looks_for(60).await, [""; 0]);
    assert_eq!(helm.at(), "secondary");
}

/// `docs/incidents.md` has people write over the object: from then on it is theirs.
#[tokio::test]
async fn an_object_that_somebody_has_written_over_is_not_removed_by_itself() {
    let helm = Helm::with("standby-object", "");
    helm.goes_down().await;
    helm.looks_for(10).await;
    let Strategy::StandbyObject(object) = &helm.rule("www").strategy else { panic!() };
    helm.dns().set_object(object, Some("failed over by hand"));
    helm.becomes(Side::Primary, HealthState::Healthy);
    assert_eq!(helm.looks_for(60).await, ["1: refused moved-by-hand www"]);
    assert_eq!(helm.dns().object(object).as_deref(), Some("failed over by hand"));
    assert_eq!(helm.ordered("fail-back").await.verdict(), ("acted", "failed-back"));
    assert_eq!(helm.at(), "primary");
}

/// The way back and the next way there are not by this function: nothing is said of the primary while traffic is elsewhere.
#[tokio::test]
async fn a_fail_over_that_was_put_off_is_forgotten_when_somebody_has_made_it() {
    for well in [true, false] {
        let helm = Helm::with("standby-object", ", hold-down: 20m");
        there_and_back(&helm).await;
        helm.looks_for(6).await;
        assert_eq!(helm.goes_down().await.verdict(), ("held", "hold-down"));
        let Strategy::StandbyObject(object) = &helm.rule("www").strategy else { panic!() };
        helm.dns().set_object(object, Some("by hand"));
        if well {
            helm.becomes(Side::Primary, HealthState::Healthy);
        }
        assert_eq!(helm.looks_for(60).await, ["14: held already-there www"], "{well}");
        assert_eq!(helm.at(), "secondary", "{well}");
    }
}
