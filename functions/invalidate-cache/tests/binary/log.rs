//! What a function writes: one JSON object a line, metrics for each report, and no secrets.

use serde_json::json;
use tests::process::{ACCESS_KEY, SECRET_KEY, SESSION_TOKEN};
use tests::stage::sqs;

use super::{command, set};

#[tokio::test]
async fn every_line_is_json_and_every_report_has_its_metrics() {
    let mut stage = set(&[]).await;
    let tenant = json!({"action": "invalidate", "target": "customer-site", "paths": ["/a"]});
    stage.invoke(&sqs(&[command().to_string(), tenant.to_string(), "no JSON".to_owned()])).await;
    stage.report(&command()).await;

    let ended = stage.end().await;
    assert_eq!(ended.stderr, Vec::<String>::new());
    let log = ended.log().unwrap();
    let reports = log.iter().filter(|line| line["report"].is_object()).count();
    let metrics: Vec<_> = log.iter().filter(|line| line["_aws"].is_object()).collect();
    assert_eq!((reports, metrics.len()), (4, 4));
    assert!(metrics.iter().all(|line| line["function"] == "invalidate-cache" && line["Reports"] == 1));
    let calls: Vec<_> = metrics.iter().map(|line| line["ApiCalls"].as_u64().unwrap()).collect();
    assert_eq!(calls.iter().sum::<u64>(), 3, "{calls:?}");
}

#[tokio::test]
async fn the_text_format_has_a_line_for_each_report_too() {
    let mut stage = set(&[("AWS_LAMBDA_LOG_FORMAT", "Text")]).await;
    stage.report(&command()).await;
    let ended = stage.end().await;
    assert!(
        ended.stdout.iter().any(|line| line.contains("acted invalidate weather-site")),
        "{:?}",
        ended.stdout
    );
}

#[tokio::test]
async fn no_level_writes_a_secret() {
    let mut stage = set(&[("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("AWS_MAX_ATTEMPTS", "1")]).await;
    stage.aws.hang_up_next("CreateInvalidation", 1);
    stage.invoke(&command()).await;
    stage.invoke(&command()).await;
    assert_eq!(stage.aws.requests().len(), 2);
    let ended = stage.end().await;
    let written = [ended.stdout, ended.stderr].concat().join("\n");
    for secret in [ACCESS_KEY, SECRET_KEY, SESSION_TOKEN] {
        assert!(!written.contains(secret), "{secret} was written");
    }
}
