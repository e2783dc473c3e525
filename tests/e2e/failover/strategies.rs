//! Each way to move a name, there and back by a person's order.

use serde_json::json;
use tests::cloud::names::SeenSet;

use super::{ANOTHER_SECOND, Cloud, QUEUE, both_well, look, nothing_is_left, order, outcome};
use crate::context::{SOON, about, one, with_cloud};

/// Fails a target over, or back, as an operator; the code says what came of it.
async fn moves(cloud: &Cloud, target: &str, action: &str, code: &str) -> anyhow::Result<()> {
    tokio::time::sleep(ANOTHER_SECOND).await;
    let report = order(cloud, &json!({"action": action, "target": target, "reason": "a test"})).await?;
    assert_eq!(outcome(&report), ("acted", code), "{report:?}");
    let again = order(cloud, &json!({"action": action, "target": target, "reason": "a test"})).await?;
    assert_eq!(again.verdict, "held", "{again:?}");
    Ok(())
}

fn answers(sets: &[SeenSet]) -> Vec<(&str, &str)> {
    let first = |set: &'_ SeenSet| set.answers.len() == 1;
    assert!(sets.iter().all(first), "{sets:?}");
    sets.iter().map(|set| (set.kind.as_str(), set.answers[0].trim_end_matches('.'))).collect()
}

#[test]
fn records_answer_something_else_and_then_exactly_what_they_did() {
    with_cloud("answers", async |cloud, _| {
        let target = "e2e-answers";
        both_well(cloud, target).await?;
        let before = cloud.records(target).await?;
        assert_eq!(
            answers(&before),
            [("A", "api-1.us-east-1.elb.amazonaws.com"), ("CNAME", "primary.example.com")]
        );
        moves(cloud, target, "fail-over", "failed-over").await?;
        let over = cloud.records(target).await?;
        assert_eq!(answers(&over), [("A", "198.51.100.7"), ("CNAME", "secondary.example.com")]);
        assert!(over.iter().all(|set| set.whole.contains("ttl: Some(60)")), "{over:?}");
        moves(cloud, target, "fail-back", "failed-back").await?;
        assert_eq!(cloud.records(target).await?, before);
        nothing_is_left(cloud).await
    });
}

#[test]
fn a_health_check_is_forced_and_gets_back_its_settings() {
    with_cloud("forced", async |cloud, _| {
        let target = "e2e-forced";
        both_well(cloud, target).await?;
        cloud.names_at_moto(true).await?;
        assert_eq!(cloud.forced_check(target).await?, [false, false]);
        moves(cloud, target, "fail-over", "failed-over").await?;
        assert_eq!(cloud.forced_check(target).await?, [true, true]);
        moves(cloud, target, "fail-back", "failed-back").await?;
        assert_eq!(cloud.forced_check(target).await?, [false, false]);
        cloud.names_at_moto(false).await?;
        nothing_is_left(cloud).await
    });
}

#[test]
fn the_standby_object_is_put_and_removed() {
    with_cloud("object", async |cloud, _| {
        let target = "e2e-object";
        both_well(cloud, target).await?;
        assert!(!cloud.has_standby_object(target).await?);
        moves(cloud, target, "fail-over", "failed-over").await?;
        assert!(cloud.has_standby_object(target).await?);
        moves(cloud, target, "fail-back", "failed-back").await?;
        assert!(!cloud.has_standby_object(target).await?);
        nothing_is_left(cloud).await
    });
}

#[test]
fn a_name_moves_to_another_distribution_and_its_records_follow() {
    with_cloud("moved", async |cloud, outcomes| {
        let target = "e2e-moved";
        both_well(cloud, target).await?;
        let before = cloud.records(target).await?;
        let [(near, names), (far, none)] = cloud.distributions_of(target).await?;
        assert_eq!((names.as_slice(), none.len()), (["moved.e2e.example.com".to_owned()].as_slice(), 0));
        assert_eq!(answers(&before), [("A", near.as_str()), ("AAAA", near.as_str())]);

        for (number, (action, domain)) in [("fail-over", &far), ("fail-back", &near)].into_iter().enumerate()
        {
            tokio::time::sleep(ANOTHER_SECOND).await;
            let report =
                order(cloud, &json!({"action": action, "target": target, "reason": "a test"})).await?;
            assert_eq!(outcome(&report), ("acted", "name-moved"), "{report:?}");
            let [(_, at_near), (_, at_far)] = cloud.distributions_of(target).await?;
            let owner =
                if domain == &far { [at_near.len(), at_far.len()] } else { [at_far.len(), at_near.len()] };
            assert_eq!(owner, [0, 1], "{action}: {at_near:?} {at_far:?}");

            cloud.send_command(QUEUE, &look(target, number), &format!("{action}-{target}")).await?;
            let report = one(outcomes.take(1, SOON, about(target, &["record-pointed"])).await?)?;
            assert_eq!(report.verdict, "acted", "{report:?}");
            let records = cloud.records(target).await?;
            assert_eq!(answers(&records), [("A", domain.as_str()), ("AAAA", domain.as_str())]);
        }
        assert_eq!(cloud.records(target).await?, before);
        nothing_is_left(cloud).await
    });
}
