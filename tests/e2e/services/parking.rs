//! Services are parked and restored to the sizes that they had, whoever else is at them.

use serde_json::json;
use tests::cloud::services::Size;
use tests::cloud::{Cloud, Commands};

use super::{deliver, one, order_one, outcome, scheduled};
use crate::context::{SCHEDULE, with_cloud};

/// A size that nobody would set by chance, of which something is suspended already.
const PECULIAR: Size = Size::scaled(2, 7, 5).suspending([true, false, false]);
/// What parking leaves of a service with a scalable target.
const PARKED: Size = Size::scaled(0, 0, 0).suspending([true; 3]);

#[test]
fn a_service_is_restored_to_exactly_what_it_was_before_it_was_parked() {
    with_cloud("park", async |cloud, outcomes| {
        for (target, size, parked) in
            [("e2e-parked", PECULIAR, PARKED), ("e2e-parked-plain", Size::plain(5), Size::plain(0))]
        {
            cloud.resize(target, size).await?;
            let park = scheduled(&format!("{target}-night"), target, "park", &json!({}));
            let report = deliver(cloud, outcomes, &park).await?;
            assert_eq!(outcome(&report), ("acted", "parked"), "{report:?}");
            assert_eq!(report.steps[0]["step"], "save-size", "what is needed to undo it is saved first");
            assert_eq!(cloud.size(target).await?, parked);

            // A second park, by another command: the zeros are not what is saved.
            let again = order_one(cloud, &json!({"action": "park", "target": target})).await?;
            assert_eq!(outcome(&again), ("held", "already-parked"), "{again:?}");
            for wakes in [
                json!({"action": "boost", "target": target, "add": 1, "for": "5m"}),
                json!({"action": "set", "target": target, "desired": 1}),
            ] {
                let report = order_one(cloud, &wakes).await?;
                assert_eq!(outcome(&report), ("refused", "parked"), "{report:?}");
            }
            assert_eq!(cloud.size(target).await?, parked);

            let restore = scheduled(&format!("{target}-morning"), target, "restore", &json!({"of": "park"}));
            let report = deliver(cloud, outcomes, &restore).await?;
            assert_eq!(outcome(&report), ("acted", "restored"), "{report:?}");
            assert_eq!(cloud.size(target).await?, size);
            assert_eq!(cloud.saved(&format!("service/{target}")).await?, None);
            let again = order_one(cloud, &json!({"action": "restore", "target": target})).await?;
            assert_eq!(outcome(&again), ("refused", "nothing-saved"), "{again:?}");
            assert_eq!(cloud.size(target).await?, size);
        }
        Ok(())
    });
}

#[test]
fn development_is_parked_at_night_and_restored_in_the_morning() {
    with_cloud("development", async |cloud, outcomes| {
        let target = "portfolio-api-dev";
        let size = Size::scaled(1, 3, 2);
        cloud.resize(target, size).await?;
        for (id, action, code, left) in
            [("e2e-night", "park", "parked", PARKED), ("e2e-morning", "restore", "restored", size)]
        {
            let command = scheduled(id, target, action, &json!({}));
            cloud.schedule_once(Commands::ScaleService, id, &command).await?;
            let report = one(outcomes.take(1, SCHEDULE, |report| report.id == id).await?)?;
            assert_eq!(outcome(&report), ("acted", code), "{report:?}");
            assert_eq!(cloud.size(target).await?, left);
        }
        Ok(())
    });
}

#[test]
fn what_somebody_changed_while_it_was_parked_stays_and_the_report_says_so() {
    with_cloud("drift", async |cloud, _| {
        cloud.resize("e2e-changed", Size::scaled(2, 6, 3)).await?;
        park(cloud, "e2e-changed").await?;
        let theirs = Size::scaled(1, 4, 2);
        cloud.resize("e2e-changed", theirs).await?;
        let report = order_one(cloud, &json!({"action": "restore", "target": "e2e-changed"})).await?;
        assert_eq!(outcome(&report), ("acted", "drift-kept"), "{report:?}");
        assert_eq!(cloud.size("e2e-changed").await?, theirs);

        // The end of a boost does not wake what was parked since, and the park has saved what was under the boost.
        let boost = json!({"action": "boost", "target": "e2e-changed", "add": 2, "for": "5m", "id": "e2e-under-park"});
        assert_eq!(outcome(&order_one(cloud, &boost).await?), ("acted", "boosted"));
        assert_eq!(cloud.size("e2e-changed").await?, Size::scaled(3, 4, 3));
        park(cloud, "e2e-changed").await?;
        let end = json!({"action": "restore", "target": "e2e-changed", "of": "e2e-under-park"});
        let report = order_one(cloud, &end).await?;
        assert_eq!(outcome(&report), ("held", "superseded"), "{report:?}");
        assert_eq!(cloud.size("e2e-changed").await?, PARKED);
        let report = order_one(cloud, &json!({"action": "restore", "target": "e2e-changed"})).await?;
        assert_eq!(outcome(&report), ("acted", "restored"), "{report:?}");
        assert_eq!(cloud.size("e2e-changed").await?, theirs);
        Ok(())
    });
}

#[test]
fn a_service_is_parked_only_if_the_playbook_allows_it() {
    with_cloud("may-not-park", async |cloud, _| {
        let before = cloud.size("portfolio-api").await?;
        let report = order_one(cloud, &json!({"action": "park", "target": "portfolio-api"})).await?;
        assert_eq!(outcome(&report), ("refused", "may-not-park"), "{report:?}");
        assert_eq!(cloud.size("portfolio-api").await?, before);
        Ok(())
    });
}

async fn park(cloud: &Cloud, target: &str) -> anyhow::Result<()> {
    let report = order_one(cloud, &json!({"action": "park", "target": target})).await?;
    assert_eq!(outcome(&report), ("acted", "parked"), "{report:?}");
    assert_eq!(cloud.size(target).await?, PARKED);
    Ok(())
}
