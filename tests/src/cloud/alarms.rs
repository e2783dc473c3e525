//! Alarms, as CloudWatch tells of them: by a topic, by EventBridge, and by calling the function itself. The local
//! cloud does the first of these; the other two are sent by hand in the form in which AWS recorded them.

use anyhow::{Context, ensure};
use aws_sdk_cloudwatch::types::{ComparisonOperator, StateValue, Statistic};
use jiff::Timestamp;
use serde_json::Value;

use super::{Cloud, Function};
use crate::alarms::StateChange;

/// The rule that brings alarms from the bus to the queue of alarms.
pub const ALARM_RULE: &str = "lamplighter-prod-alarm-events";

impl StateChange {
    /// A change that happens now.
    #[must_use]
    pub fn now(alarm: &str, from: &'static str, to: &'static str) -> Self {
        Self { alarm: alarm.to_owned(), from, to, at: Timestamp::now() }
    }
}

impl Cloud {
    /// Makes an alarm that publishes to the topic of alarms, and watches nothing: only
    /// [`set_alarm`](Self::set_alarm) changes its state.
    ///
    /// # Errors
    /// When the local cloud refuses; so for everything here.
    pub async fn make_alarm(&self, name: &str) -> anyhow::Result<()> {
        let topic = self.stack.output("AlarmsTopicArn")?;
        let request = self.clients.cloudwatch.put_metric_alarm().alarm_name(name);
        let request = request.alarm_actions(topic).ok_actions(topic);
        let request = request.namespace("AWS/CloudFront").metric_name("5xxErrorRate");
        let request = request.statistic(Statistic::Average).period(60).evaluation_periods(1).threshold(1.0);
        let request = request.comparison_operator(ComparisonOperator::GreaterThanThreshold);
        let made = request.treat_missing_data("ignore").send().await;
        made.map(|_| ()).with_context(|| format!("make the alarm {name}"))
    }

    /// Sets the state of an alarm, as `aws cloudwatch set-alarm-state` does.
    ///
    /// # Errors
    /// As above.
    pub async fn set_alarm(&self, name: &str, state: &str) -> anyhow::Result<()> {
        let request = self.clients.cloudwatch.set_alarm_state().alarm_name(name);
        let request = request.state_value(StateValue::from(state)).state_reason("set by hand");
        request.send().await.map(|_| ()).with_context(|| format!("set the alarm {name} to {state}"))
    }

    /// Deletes an alarm.
    ///
    /// # Errors
    /// As above.
    pub async fn delete_alarm(&self, name: &str) -> anyhow::Result<()> {
        let deleted = self.clients.cloudwatch.delete_alarms().alarm_names(name).send().await;
        deleted.map(|_| ()).with_context(|| format!("delete the alarm {name}"))
    }

    /// Publishes a change to the topic of alarms.
    ///
    /// # Errors
    /// As above.
    pub async fn tell_topic(&self, change: &StateChange) -> anyhow::Result<()> {
        self.publish("AlarmsTopicArn", &change.message().to_string()).await
    }

    /// Puts a change into the queue of alarms, as the stack's rule does for it. Nobody but AWS may put such an event
    /// onto the bus.
    ///
    /// # Errors
    /// As above, and when no rule would take it.
    pub async fn tell_bus(&self, change: &StateChange) -> anyhow::Result<()> {
        let rules = self.rules_taking(&change.by_bus()).await?;
        ensure!(rules == [ALARM_RULE], "{change:?} is taken by {rules:?}");
        self.send_message("AlarmsUrl", &change.by_bus().to_string()).await
    }

    /// The deployed rules that take an event from the bus.
    ///
    /// # Errors
    /// As above.
    pub async fn rules_taking(&self, event: &Value) -> anyhow::Result<Vec<String>> {
        let listed = self.clients.eventbridge.list_rules().send().await.context("list the rules")?;
        let mut taking = Vec::new();
        for rule in listed.rules.unwrap_or_default() {
            let (Some(name), Some(pattern)) = (rule.name, rule.event_pattern) else { continue };
            let request = self.clients.eventbridge.test_event_pattern().event_pattern(pattern);
            let answer = request.event(event.to_string()).send().await;
            if answer.with_context(|| format!("try the rule {name}"))?.result {
                taking.push(name);
            }
        }
        taking.sort();
        Ok(taking)
    }

    /// Hands a change to the router itself, as CloudWatch does for an alarm with such an action.
    ///
    /// # Errors
    /// As above.
    pub async fn call_router(&self, change: &StateChange) -> anyhow::Result<()> {
        self.invoke_asynchronously(Function::RouteAlarm, &change.by_alarm()).await
    }
}
