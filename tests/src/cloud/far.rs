//! What stands for us-east-1 beside a home in another Region. The home stack of the local cloud is in us-east-1 itself,
//! so that here another Region plays its part: the template is the same, and so are the ways home.

use std::path::Path;

use anyhow::{Context, ensure};
use aws_sdk_cloudwatch::types::StateValue;
use serde_json::{Value, json};
use tokio::process::Command;

use super::Cloud;
use super::databases::{FAR, HOME};
use crate::alarms::StateChange;

/// The stack there.
const STACK: &str = "lamplighter-prod-far";
/// The rule that sends alarms home from there.
pub const FAR_RULE: &str = "lamplighter-prod-far-alarm-events";

impl StateChange {
    /// The event of the bus of that Region.
    #[must_use]
    pub fn by_far_bus(&self) -> Value {
        let mut event = self.by_bus();
        event["region"] = json!(FAR);
        event["resources"] = json!([format!("arn:aws:cloudwatch:{FAR}:123456789012:alarm:{}", self.alarm)]);
        event
    }
}

impl Cloud {
    /// Deploys `template-us-east-1.yaml` there, as a user does it.
    ///
    /// # Errors
    /// When it does not deploy: the error has what the SAM CLI says.
    pub async fn deploy_far(&self) -> anyhow::Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut sam = Command::new(root.join(".tools/sam/bin/sam"));
        sam.args(["deploy", "--stack-name", STACK, "--region", FAR, "--resolve-s3", "--no-progressbar"]);
        sam.args([
            "--capabilities",
            "CAPABILITY_IAM",
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
        ]);
        sam.arg("--template-file").arg(root.join("template-us-east-1.yaml"));
        sam.arg("--parameter-overrides").arg(format!("HomeRegion={HOME}"));
        sam.current_dir(&self.clients.folder)
            .env("SAM_CLI_TELEMETRY", "0")
            .env("SAM_CLI_CHECK_NEWER_VERSION", "0");
        let output = sam.output().await.context("run the SAM CLI")?;
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        ensure!(output.status.success(), "template-us-east-1.yaml does not deploy: {}", said.concat());
        Ok(())
    }

    /// Sets the state of an alarm there.
    ///
    /// # Errors
    /// When the local cloud refuses; so for everything here.
    pub async fn set_far_alarm(&self, name: &str, state: &str) -> anyhow::Result<()> {
        let region = aws_sdk_cloudwatch::config::Region::from_static(FAR);
        let there = aws_sdk_cloudwatch::config::Builder::new().region(region);
        let request = self.clients.cloudwatch.set_alarm_state().alarm_name(name);
        let request = request.state_value(StateValue::from(state)).state_reason("set by hand");
        let sent = request.customize().config_override(there).send().await;
        sent.map(|_| ()).with_context(|| format!("set the alarm {name} to {state} in {FAR}"))
    }

    /// The rules there that take an event from the bus, and where they send it.
    ///
    /// # Errors
    /// As above.
    pub async fn far_rules_taking(&self, event: &Value) -> anyhow::Result<Vec<(String, String)>> {
        let region = aws_sdk_eventbridge::config::Region::from_static(FAR);
        let there = aws_sdk_eventbridge::config::Builder::new().region(region);
        let bus = &self.clients.eventbridge;
        let listed = bus.list_rules().customize().config_override(there.clone()).send().await;
        let mut taking = Vec::new();
        for rule in listed.context("list the rules")?.rules.unwrap_or_default() {
            let (Some(name), Some(pattern)) = (rule.name, rule.event_pattern) else { continue };
            let request = bus.test_event_pattern().event_pattern(pattern).event(event.to_string());
            if request.send().await.with_context(|| format!("try the rule {name}"))?.result {
                let request = bus.list_targets_by_rule().rule(&name);
                let targets = request.customize().config_override(there.clone()).send().await;
                let targets = targets.context("list its targets")?.targets.unwrap_or_default();
                taking.extend(targets.into_iter().map(|target| (name.clone(), target.arn)));
            }
        }
        Ok(taking)
    }

    /// Brings a change from the bus there to the queue at home as the two rules do it, as the local cloud sends nothing
    /// from one Region's bus to another's.
    ///
    /// # Errors
    /// As above, and when one of the rules would not take it.
    pub async fn tell_far_bus(&self, change: &StateChange) -> anyhow::Result<()> {
        let event = change.by_far_bus();
        let taken = self.far_rules_taking(&event).await?;
        let home = format!("arn:aws:events:{HOME}:123456789012:event-bus/default");
        ensure!(taken == [(FAR_RULE.to_owned(), home)], "{change:?} is sent to {taken:?}");
        let rules = self.rules_taking(&event).await?;
        ensure!(rules == [super::ALARM_RULE], "at home {change:?} is taken by {rules:?}");
        self.send_message("AlarmsUrl", &event.to_string()).await
    }
}
