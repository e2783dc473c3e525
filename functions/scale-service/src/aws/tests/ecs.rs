//! Desired counts.

use super::*;

#[tokio::test]
async fn the_desired_count_is_set_with_nothing_else_and_the_counts_come_from_the_answer() {
    let special = json!({"desiredCount": 6, "runningCount": 2, "pendingCount": 4});
    let answer = (200, json!({"service": described("portfolio-prod", "api", special)}));
    let (counts, asked) = with([answer], async |aws| aws.set_desired(&api(), 6).await).await;
    assert_eq!(counts.unwrap(), Counts { desired: 6, running: 2, pending: 4 });
    assert_eq!(asked, [r#"UpdateService {"cluster":"portfolio-prod","service":"api","desiredCount":6}"#]);
}

#[tokio::test]
async fn none_is_a_desired_count_too() {
    let answer = (200, json!({"service": described("portfolio-prod", "api", json!({"desiredCount": 0}))}));
    let (counts, asked) = with([answer], async |aws| aws.set_desired(&api(), 0).await).await;
    assert_eq!(counts.unwrap().desired, 0);
    assert_eq!(asked, [r#"UpdateService {"cluster":"portfolio-prod","service":"api","desiredCount":0}"#]);
}

#[tokio::test]
async fn an_answer_without_a_service_is_no_success() {
    let (counts, _) = with([(200, json!({}))], async |aws| aws.set_desired(&api(), 6).await).await;
    let text = "failed to set the desired count of service/portfolio-prod/api: \
                the answer does not say what became of it";
    assert_eq!(shown(&counts.unwrap_err()), (Some(FaultClass::Unknown), text.to_owned()));
}
