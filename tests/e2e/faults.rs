//! CloudFront has no time or no room: nothing is lost, nothing is done twice, and the reports say what happened.

use tests::cloud::faults::Faults;
use tests::cloud::{Commands, Function};

use crate::context::{SOON, command, correlation, read_back, with_cloud};

#[test]
fn throttling_that_passes_is_never_seen_by_the_caller() {
    with_cloud("brief-throttling", async |cloud, _| {
        let before = cloud.invalidation_count("portfolio-site").await?;
        let faults = Faults::find()?;
        faults.fail("CreateInvalidation", 2, "Throttling", 400)?;
        let answer = cloud
            .invoke(Function::InvalidateCache, &command("e2e-brief", "portfolio-site", &["/e2e/brief/*"]))
            .await?;
        assert_eq!(answer.function_error, None, "{}", answer.payload);
        assert_eq!(answer.payload["reports"][0]["verdict"], "acted");
        assert_eq!(cloud.invalidation_count("portfolio-site").await?, before + 1);
        Ok(())
    });
}

#[test]
fn throttling_that_lasts_sends_the_command_back_to_its_queue_until_it_is_done() {
    with_cloud("long-throttling", async |cloud, outcomes| {
        let before = cloud.invalidation_count("weather-site").await?;
        // The queue would bring it back after 115 s.
        cloud.set_visibility("InvalidateCacheCommandsUrl", 10).await?;
        let faults = Faults::find()?;
        faults.fail("CreateInvalidation", 4, "Throttling", 400)?;
        cloud
            .send_command(
                Commands::InvalidateCache,
                &command("e2e-long", "weather-site", &["/e2e/long/*"]),
                "e2e-long",
            )
            .await?;
        let mut reports = outcomes.take(2, 2 * SOON, correlation("e2e-long")).await?;
        cloud.set_visibility("InvalidateCacheCommandsUrl", 115).await?;

        assert_eq!(reports.len(), 2, "{reports:?}");
        let last = reports.pop().into_iter().collect();
        assert_eq!((reports[0].verdict.as_str(), reports[0].why.code.as_str()), ("failed", "throttled"));
        let (_, paths) = read_back(cloud, last).await?;
        assert_eq!(paths, ["/e2e/long/*"]);
        assert_eq!(cloud.invalidation_count("weather-site").await?, before + 1);
        Ok(())
    });
}

#[test]
fn a_full_distribution_is_looked_at_and_tried_again() {
    with_cloud("full", async |cloud, outcomes| {
        let faults = Faults::find()?;
        faults.fail("CreateInvalidation", 1, "TooManyInvalidationsInProgress", 400)?;
        let answer = cloud
            .invoke(Function::InvalidateCache, &command("e2e-full", "portfolio-site", &["/e2e/full/*"]))
            .await?;
        assert_eq!(
            answer.payload["reports"][0]["before"]["invalidations_in_progress"], 0,
            "{}",
            answer.payload
        );
        let reports = outcomes.take(1, SOON, correlation("e2e-full")).await?;
        let (report, paths) = read_back(cloud, reports).await?;
        assert_eq!((report.verdict.as_str(), paths), ("acted", vec!["/e2e/full/*".to_owned()]));
        Ok(())
    });
}
