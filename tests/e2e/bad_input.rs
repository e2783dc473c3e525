//! What cannot be carried out is refused by name, kept for people to see, and harms nothing beside it.

use serde_json::{Value, json};
use tests::cloud::{Commands, Function, eventually};

use crate::context::{SOON, command, correlation, read_back, with_cloud};

#[test]
fn an_unknown_target_is_a_function_error_that_names_it() {
    with_cloud("unknown-target", async |cloud, _| {
        let answer =
            cloud.invoke(Function::InvalidateCache, &command("e2e-unknown", "no-such-site", &["/"])).await?;
        assert!(answer.function_error.is_some(), "{}", answer.payload);
        assert_eq!(answer.payload["errorType"], "UnknownTarget");
        let message: Value =
            serde_json::from_str(answer.payload["errorMessage"].as_str().expect("a message"))?;
        assert_eq!(message["reports"][0]["verdict"], "failed");
        let text = message["reports"][0]["why"]["text"].to_string();
        assert!(text.contains("no-such-site") && text.contains("weather-site"), "{text}");
        Ok(())
    });
}

#[test]
fn an_asynchronous_invocation_that_keeps_failing_is_kept_with_its_error() {
    with_cloud("asynchronous", async |cloud, _| {
        cloud
            .invoke_asynchronously(Function::InvalidateCache, &command("e2e-kept", "no-such-site", &["/"]))
            .await?;
        let kept = eventually(SOON, async || {
            Ok(cloud.peek_messages("InvalidateCacheFailuresUrl", "e2e-kept").await?.pop())
        });
        let kept: Value = serde_json::from_str(&kept.await?.expect("the event is in the queue of failures"))?;
        assert_eq!(kept["requestPayload"]["target"], "no-such-site");
        assert_eq!(kept["requestContext"]["condition"], "RetriesExhausted");
        Ok(())
    });
}

#[test]
fn a_bad_record_of_a_batch_is_dead_lettered_and_the_good_ones_are_done() {
    with_cloud("bad-record", async |cloud, outcomes| {
        let good = |id: &str| {
            let detail = json!({"target": "portfolio-site", "paths": [format!("/{id}/*")], "id": id});
            json!({"version": "0", "id": id, "source": "ci.portfolio", "detail-type": "Site Deployed",
                   "account": "123456789012", "region": "us-east-1", "time": "2026-11-21T09:00:00Z",
                   "resources": [], "detail": detail})
        };
        // Five deliveries at the deployed visibility timeout would take an hour.
        cloud.set_visibility("ObjectEventsUrl", 2).await?;
        cloud.hold_object_events(true).await?;
        cloud.send_message("ObjectEventsUrl", &good("e2e-first").to_string()).await?;
        cloud.send_message("ObjectEventsUrl", "this is e2e-no-event").await?;
        cloud.send_message("ObjectEventsUrl", &good("e2e-last").to_string()).await?;
        cloud.hold_object_events(false).await?;

        let reports = outcomes.take(1, SOON, |report| report.verdict == "acted").await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!(
            (report.records, paths),
            (Some(2), vec!["/e2e-first/*".to_owned(), "/e2e-last/*".to_owned()])
        );
        let dead = eventually(SOON, async || {
            Ok(cloud.peek_messages("ObjectEventsDeadLettersUrl", "this is e2e-no-event").await?.pop())
        })
        .await?;
        cloud.set_visibility("ObjectEventsUrl", 620).await?;
        assert!(dead.is_some(), "the bad record is in no dead-letter queue");
        let failed = outcomes.take(5, SOON, |report| report.verdict == "failed").await?;
        assert!(failed.iter().all(|report| report.why.code == "undecodable-event"), "{failed:?}");
        assert_eq!(failed.len(), 5, "it was delivered as often as the queue allows");
        cloud.empty("ObjectEventsDeadLettersUrl").await
    });
}

#[test]
fn a_bad_command_says_which_field_is_wrong_and_invalidates_nothing() {
    with_cloud("bad-command", async |cloud, _| {
        let before = cloud.invalidation_count("weather-site").await?;
        for (change, named) in [
            (json!({"action": "purge"}), "action"),
            (json!({"paths": []}), "paths"),
            (json!({"paths": ["no-slash"]}), "paths[0]"),
            (json!({"pahts": ["/"]}), "pahts"),
        ] {
            let mut order = command("e2e-bad", "weather-site", &["/"]);
            order.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            let answer = cloud.invoke(Function::InvalidateCache, &order).await?;
            assert_eq!(answer.payload["errorType"], "InvalidCommand", "{}", answer.payload);
            assert!(answer.payload["errorMessage"].to_string().contains(named), "{}", answer.payload);
        }
        assert_eq!(cloud.invalidation_count("weather-site").await?, before);
        Ok(())
    });
}

#[test]
fn the_same_message_twice_makes_one_invalidation() {
    with_cloud("twice", async |cloud, outcomes| {
        let order = command("e2e-twice", "weather-site-secondary", &["/e2e/twice/*"]);
        let before = cloud.invalidation_count("weather-site-secondary").await?;
        cloud.send_command(Commands::InvalidateCache, &order, "e2e-twice-1").await?;
        cloud.send_command(Commands::InvalidateCache, &order, "e2e-twice-2").await?;
        let reports = outcomes.take(2, SOON, correlation("e2e-twice")).await?;
        assert_eq!(reports.len(), 2);
        assert_eq!(reports[0].invalidation(), reports[1].invalidation());
        assert_eq!(cloud.invalidation_count("weather-site-secondary").await?, before + 1);
        Ok(())
    });
}
