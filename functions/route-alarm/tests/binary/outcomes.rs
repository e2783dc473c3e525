//! Reports on their topic and in the log.

use serde_json::{Value, json};
use tests::alarms::StateChange;

use super::set;

const TOPIC: [(&str, &str); 1] =
    [("LAMPLIGHTER_OUTCOMES_TOPIC", "arn:aws:sns:us-east-1:123456789012:outcomes")];

#[tokio::test]
async fn every_report_is_published_with_what_joins_it_to_its_command() {
    let mut stage = set(&TOPIC).await;
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    let published = stage.aws.published();
    assert_eq!(
        published.iter().map(|one| &one.message).collect::<Vec<_>>(),
        reports.iter().collect::<Vec<_>>()
    );
    for one in &published {
        assert_eq!(
            (&one.attributes["function"][..], &one.attributes["verdict"][..]),
            ("route-alarm", "acted")
        );
    }
    let correlations = stage.aws.sent().into_iter().map(|sent| sent.body["origin"]["correlation"].clone());
    assert!(correlations.eq(reports.iter().map(|report| report["correlation"].clone())));
}

/// All are told in the log, and counted; people hear of one.
#[tokio::test]
async fn people_hear_once_an_hour_of_an_alarm_without_a_route() {
    let mut stage = set(&TOPIC).await;
    for (alarm, seconds) in [("unknown", 0), ("unknown", 60), ("another", 60), ("unknown", 120)] {
        let report = stage.report(&StateChange::raised(alarm, seconds).by_topic()).await;
        assert_eq!((&report["verdict"], &report["why"]["code"]), (&json!("held"), &json!("no-route")));
    }
    let published = stage.aws.published();
    let alarms: Vec<&Value> = published.iter().map(|one| &one.message["before"]["alarm"]).collect();
    assert_eq!(alarms, ["unknown", "another"]);

    let log = stage.end().await.log().unwrap();
    assert_eq!(log.iter().filter(|line| line["report"].is_object()).count(), 4);
}
