//! What the function must not do: anything in a dry run, and anything that its role does not allow.

use serde_json::{Value, json};
use tests::cloud::prepare::FORBIDDEN;
use tests::cloud::{Commands, Function};

use crate::context::{SOON, command, correlation, with_cloud};

#[test]
fn a_dry_run_says_what_it_would_do_and_changes_nothing() {
    with_cloud("dry-run", async |cloud, outcomes| {
        let mut order = command("e2e-plan", "weather-site", &["/e2e/plan/*"]);
        order["mode"] = json!("plan");
        let before = cloud.invalidation_count("weather-site").await?;
        cloud.send_command(Commands::InvalidateCache, &order, "e2e-plan").await?;
        let reports = outcomes.take(1, SOON, correlation("e2e-plan")).await?;
        assert_eq!(reports[0].verdict, "planned");
        assert_eq!(reports[0].steps[0]["status"], "planned");
        assert_eq!(reports[0].steps[0]["paths"], json!(["/e2e/plan/*"]));
        assert_eq!(cloud.invalidation_count("weather-site").await?, before);
        Ok(())
    });
}

#[test]
fn the_role_reaches_the_distributions_of_the_stack_and_no_others() {
    with_cloud("role", async |cloud, _| {
        let answer =
            cloud.invoke(Function::InvalidateCache, &command("e2e-forbidden", FORBIDDEN, &["/"])).await?;
        assert_eq!(answer.payload["errorType"], "CommandFailed", "{}", answer.payload);
        let message: Value =
            serde_json::from_str(answer.payload["errorMessage"].as_str().expect("a message"))?;
        assert_eq!(message["reports"][0]["why"]["code"], "access-denied", "{message}");
        assert_eq!(cloud.invalidation_count(FORBIDDEN).await?, 0);
        Ok(())
    });
}
