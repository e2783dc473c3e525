//! Publishes reports to the outcomes topic, and their chat rendering to the chat topic.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::types::MessageAttributeValue;
use serde_json::json;
use shared::ids::TargetName;
use shared::report::{NONE, Report};
use tracing::error;

use crate::aws::timeouts;
use crate::clock::Deadline;
use crate::config::Config;

/// Where reports go.
#[derive(Debug)]
pub(crate) struct Outcomes {
    sns: Client,
    reports: Option<String>,
    chat: Option<String>,
}

impl Outcomes {
    /// Builds the client, unless there is no topic to publish to.
    pub(crate) fn new(sdk: &SdkConfig, config: &Config) -> Option<Self> {
        let (reports, chat) = (config.outcomes_topic.clone(), config.chat_topic.clone());
        (reports.is_some() || chat.is_some()).then(|| Self { sns: Client::new(sdk), reports, chat })
    }

    /// Publishes what is to be published, and returns how many messages could not be.
    ///
    /// A report that cannot be published is in the log all the same. Its command is not failed for that: what was
    /// done is done, and doing it again would not mend the topic.
    pub(crate) async fn publish(&self, reports: &[Report], deadline: &Deadline) -> u64 {
        let mut lost = 0;
        for report in reports.iter().filter(|report| report.is_published()) {
            if let Some(topic) = &self.reports {
                lost += u64::from(!self.send(topic, json!(report).to_string(), report, deadline).await);
            }
            if let Some(topic) = &self.chat {
                lost += u64::from(!self.send(topic, report.for_chat().to_string(), report, deadline).await);
            }
        }
        lost
    }

    async fn send(&self, topic: &str, message: String, report: &Report, deadline: &Deadline) -> bool {
        let id = report.subject.id.as_str();
        let timeouts = match timeouts(deadline) {
            Ok(timeouts) => timeouts,
            Err(reason) => {
                error!(%topic, id, "did not publish a report: {reason}");
                return false;
            }
        };
        let mut request = self.sns.publish().topic_arn(topic).message(message);
        for (name, value) in [
            ("function", report.subject.function),
            ("verdict", report.verdict.as_str()),
            ("target", target_attribute(report)),
        ] {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
            match value {
                Ok(value) => request = request.message_attributes(name, value),
                Err(reason) => error!(%topic, id, "left out an attribute: {reason}"),
            }
        }
        let settings = aws_sdk_sns::config::Builder::new().timeout_config(timeouts);
        match request.customize().config_override(settings).send().await {
            Ok(_) => true,
            Err(reason) => {
                error!(%topic, id, "failed to publish a report: {}", DisplayErrorContext(&reason));
                false
            }
        }
    }
}

/// The target to filter subscriptions by. What somebody mistyped may be no text that SNS takes as an attribute.
fn target_attribute(report: &Report) -> &str {
    let target = report.subject.target.as_str();
    if TargetName::parse(target).is_ok() { target } else { NONE }
}
