//! An alarm of another Region than home, of `template-us-east-1.yaml`, reaches the router at home by each of its ways.

use tests::alarms::StateChange;

use crate::context::{SOON, outcome, with_cloud};

#[test]
fn an_alarm_of_another_region_reaches_the_router_by_topic_and_by_bus() {
    with_cloud("far-alarms", async |cloud, outcomes| {
        cloud.deploy_far().await?;

        // By the topic, all the way: the alarm publishes there, and the queue at home has subscribed.
        cloud.set_far_alarm("weather-cdn-5xx", "OK").await?;
        cloud.set_far_alarm("weather-cdn-5xx", "ALARM").await?;
        let words = |words: &'static str| {
            move |report: &tests::cloud::reports::SeenReport| report.why.text.contains(words)
        };
        let reports = outcomes.take(1, SOON, words("the weather distribution is degraded")).await?;
        assert_eq!(reports.iter().map(outcome).collect::<Vec<_>>(), [("held", "reported")]);

        // By the bus, in the form in which AWS recorded it.
        cloud.tell_far_bus(&StateChange::now("weather-dns-latency", "OK", "ALARM")).await?;
        let reports = outcomes.take(1, SOON, words("the weather site's DNS has crossed")).await?;
        assert_eq!(reports.iter().map(outcome).collect::<Vec<_>>(), [("held", "reported")]);

        // What is about Lamplighter itself stays there.
        let own =
            StateChange::now("lamplighter-prod-undelivered-events-of-lamplighter-prod-far", "OK", "ALARM");
        assert_eq!(cloud.far_rules_taking(&own.by_far_bus()).await?, []);
        Ok(())
    });
}
