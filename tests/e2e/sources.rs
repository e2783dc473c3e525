//! Every source reaches an invalidation that a client reads back, and a report on the outcomes topic.

use serde_json::json;
use tests::cloud::{Commands, Function};

use crate::context::{PORTFOLIO, SCHEDULE, SOON, WEATHER, command, correlation, path, read_back, with_cloud};

#[test]
fn an_object_event_invalidates_every_distribution_over_its_bucket() {
    with_cloud("objects", async |cloud, outcomes| {
        // EventBridge gives the key as it is: a decoder that decodes it would lose the plus.
        cloud.put_object(WEATHER, "assets/e2e/a+b c.css").await?;
        let mut reports = outcomes.take(2, SOON, path("/assets/e2e/a+b%20c.css")).await?;
        reports.sort_by(|one, other| one.target.cmp(&other.target));
        let targets: Vec<&str> = reports.iter().map(|report| report.target.as_str()).collect();
        assert_eq!(targets, ["weather-site", "weather-site-secondary"]);
        for report in reports {
            assert_eq!(report.attributes["function"], "invalidate-cache");
            assert_eq!(report.attributes["verdict"], "acted");
            assert_eq!(report.attributes["target"], report.target);
            let (_, paths) = read_back(cloud, vec![report]).await?;
            assert_eq!(paths, ["/assets/e2e/a+b%20c.css"]);
        }
        Ok(())
    });
}

#[test]
fn objects_of_one_batch_make_one_invalidation_without_duplicates() {
    with_cloud("batch", async |cloud, outcomes| {
        cloud.hold_object_events(true).await?;
        for key in ["e2e/one.js", "e2e/two.js", "e2e/one.js"] {
            cloud.put_object(PORTFOLIO, key).await?;
        }
        cloud.delete_object(PORTFOLIO, "e2e/two.js").await?;
        cloud.hold_object_events(false).await?;
        let reports = outcomes.take(1, SOON, path("/e2e/one.js")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!(paths, ["/e2e/one.js", "/e2e/two.js"]);
        assert_eq!(report.records, Some(4));
        Ok(())
    });
}

#[test]
fn an_s3_test_event_is_acknowledged_and_the_notifications_after_it_are_handled() {
    with_cloud("notifications", async |cloud, outcomes| {
        let before = cloud.logged_reports(Function::InvalidateCache, "not-for-us").await?.len();
        cloud.notify_queue(PORTFOLIO).await?;
        // S3 itself form-encodes the key of a notification: here it must be decoded.
        cloud.put_object(PORTFOLIO, "e2e/c+d e.css").await?;
        let reports = outcomes.take(1, SOON, path("/e2e/c+d%20e.css")).await?;
        cloud.notify_bus(PORTFOLIO).await?;
        let (_, paths) = read_back(cloud, reports).await?;
        assert_eq!(paths, ["/e2e/c+d%20e.css"]);
        let logged = cloud.logged_reports(Function::InvalidateCache, "not-for-us").await?;
        assert_eq!(logged.len(), before + 1, "{logged:?}");
        assert_eq!(logged[before]["verdict"], "held");
        let (waiting, dead) =
            (cloud.backlog("ObjectEventsUrl").await?, cloud.backlog("ObjectEventsDeadLettersUrl").await?);
        assert_eq!(waiting.visible + waiting.in_flight + dead.visible, 0);
        Ok(())
    });
}

#[test]
fn a_deploy_event_invalidates_the_paths_in_its_detail() {
    with_cloud("deploys", async |cloud, outcomes| {
        let detail = json!({"target": "portfolio-site", "paths": ["/e2e/deployed/*"], "id": "e2e-deploy", "commit": "4f2a"});
        cloud.put_event("ci.portfolio", "Site Deployed", &detail).await?;
        let reports = outcomes.take(1, SOON, correlation("e2e-deploy")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!((report.verdict.as_str(), paths), ("acted", vec!["/e2e/deployed/*".to_owned()]));
        Ok(())
    });
}

#[test]
fn a_topic_carries_commands_to_the_function() {
    with_cloud("topic", async |cloud, outcomes| {
        let order = command("e2e-topic", "weather-site", &["/e2e/topic"]);
        cloud.publish("DeploysTopicArn", &order.to_string()).await?;
        let reports = outcomes.take(1, SOON, correlation("e2e-topic")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!(report.verdict, "acted");
        assert!(paths.contains(&"/e2e/topic".to_owned()), "{paths:?}");
        Ok(())
    });
}

#[test]
fn a_schedule_orders_through_the_command_queue() {
    with_cloud("schedule", async |cloud, outcomes| {
        let mut order = command("e2e-schedule", "weather-site", &["/e2e/scheduled/*"]);
        order["origin"] = json!({"source": "schedule", "correlation": "e2e-schedule"});
        cloud.schedule_once(Commands::InvalidateCache, "e2e", &order).await?;
        let reports = outcomes.take(1, SCHEDULE, correlation("e2e-schedule")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!((report.source.as_str(), paths), ("schedule", vec!["/e2e/scheduled/*".to_owned()]));
        Ok(())
    });
}

#[test]
fn a_direct_caller_gets_the_report_that_subscribers_get() {
    with_cloud("invoke", async |cloud, outcomes| {
        let answer = cloud
            .invoke(Function::InvalidateCache, &command("e2e-invoke", "portfolio-site", &["/e2e/direct/*"]))
            .await?;
        assert_eq!(answer.function_error, None, "{}", answer.payload);
        let reports = outcomes.take(1, SOON, correlation("e2e-invoke")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!(paths, ["/e2e/direct/*"]);
        assert_eq!(answer.payload["reports"][0]["id"], report.id.as_str());
        assert_eq!(answer.payload["reports"][0]["source"], "operator");
        Ok(())
    });
}

#[test]
fn the_log_has_json_lines_with_the_report() {
    with_cloud("log", async |cloud, outcomes| {
        cloud
            .send_command(
                Commands::InvalidateCache,
                &command("e2e-log", "weather-site", &["/e2e/log/*"]),
                "e2e-log",
            )
            .await?;
        outcomes.take(1, SOON, correlation("e2e-log")).await?;
        let logged = cloud.logged_reports(Function::InvalidateCache, "invalidated").await?;
        let report =
            logged.iter().find(|report| report["id"] == "e2e-log").expect("the report is in the log");
        assert_eq!(report["verdict"], "acted");
        assert_eq!(report["steps"][0]["step"], "create-invalidation");
        Ok(())
    });
}
