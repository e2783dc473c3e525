//! Records that a health check leads and nobody changes: a drill and a status look whether they would follow, a move
//! never does.

use failover_dns::world::{Meaning, RecordSet};
use shared::fault::FaultClass;

use super::Helm;

const LED: [&str; 3] = ["health-check", "standby-object", "routing-control"];

/// Changes each set that there is; `None` takes it away.
fn spoil(helm: &Helm, how: impl Fn(RecordSet) -> Option<RecordSet>) {
    let zone = &helm.rule("www").zone;
    let sets = helm.dns().all_sets(zone);
    sets.iter().for_each(|set| helm.dns().remove_sets(zone, &set.name));
    sets.into_iter().filter_map(how).for_each(|set| helm.dns().put_set(zone, set));
}

#[tokio::test]
async fn a_drill_finds_records_that_no_fail_over_would_move() {
    type Spoil = fn(RecordSet) -> Option<RecordSet>;
    let cases: [(&str, Spoil); 4] = [
        ("record-missing", |set| Some(RecordSet { name: "wwww.example.com".to_owned(), ..set })),
        ("record-missing", |set| Some(set).filter(|set| set.kind != "AAAA")),
        ("record-missing", |set| Some(set).filter(|set| set.failover.as_deref() != Some("SECONDARY"))),
        ("record-unfit", |set| Some(RecordSet { health_check: None, ..set })),
    ];
    for strategy in LED {
        for (code, how) in cases {
            let helm = Helm::with(strategy, "");
            spoil(&helm, how);
            let drill = helm.ordered("drill").await;
            assert_eq!(drill.verdict(), ("refused", code), "{strategy}");
            assert!(drill.report().is_published());
            let status = helm.ordered("status").await;
            assert_eq!(status.verdict(), ("held", "status"), "{strategy}");
            let unfit = &status.report().state.as_ref().unwrap()["records_unfit"];
            assert!(unfit.as_str().unwrap().contains("www.example.com"), "{strategy}: {unfit}");
            // A move looks at none of them: it needs no control plane.
            let moved = helm.goes_down().await;
            assert_eq!(moved.verdict(), ("acted", "failed-over"), "{strategy}");
            assert!(
                !moved.calls.iter().any(|call| call.starts_with("sets")),
                "{strategy}: {:?}",
                moved.calls
            );
        }
    }
}

#[tokio::test]
async fn a_drill_that_does_not_see_the_records_comes_again() {
    for strategy in LED {
        let helm = Helm::with(strategy, "");
        let throttled = Meaning::Common(FaultClass::Throttled);
        helm.dns().fail_next_of("sets", throttled);
        assert_eq!(helm.ordered("drill").await.verdict(), ("failed", "throttled"), "{strategy}");
        helm.dns().fail_next_of("sets", Meaning::Common(FaultClass::Denied));
        assert_eq!(helm.ordered("drill").await.verdict(), ("failed", "access-denied"), "{strategy}");
        helm.dns().fail_next_of("sets", throttled);
        let status = helm.ordered("status").await;
        assert_eq!(status.verdict(), ("held", "status"), "{strategy}");
        assert!(status.report().state.as_ref().unwrap()["records_unseen"].is_string(), "{strategy}");
        assert_eq!(helm.ordered("drill").await.verdict(), ("held", "drill-passed"), "{strategy}");
    }
}
