//! The reports that the functions publish, as a subscriber of the outcomes topic sees them.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use aws_sdk_sqs::types::QueueAttributeName;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Cloud, eventually};

/// A report, read by its published form and not by the types that wrote it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the published form")]
pub struct SeenReport {
    pub function: String,
    pub id: String,
    pub correlation: String,
    pub action: String,
    pub target: String,
    pub source: String,
    pub mode: String,
    pub verdict: String,
    pub why: SeenReason,
    pub steps: Vec<Map<String, Value>>,
    pub started_at: String,
    pub duration_ms: u64,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub records: Option<u64>,
    pub approval: Option<String>,
    pub error: Option<Value>,
    pub next: Option<String>,
    pub state: Option<Value>,
    #[serde(skip)]
    pub attributes: BTreeMap<String, String>,
}

/// Why a command ended as it did.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the published form")]
pub struct SeenReason {
    pub code: String,
    pub text: String,
}

impl SeenReport {
    /// The distribution and the invalidation that it says was made.
    #[must_use]
    pub fn invalidation(&self) -> Option<(&str, &str)> {
        self.steps
            .iter()
            .find_map(|step| Some((step.get("distribution")?.as_str()?, step.get("invalidation")?.as_str()?)))
    }
}

/// A subscription of one's own to the outcomes topic.
#[derive(Debug)]
pub struct Outcomes<'c> {
    cloud: &'c Cloud,
    queue: String,
    arrived: Vec<SeenReport>,
}

impl<'c> Outcomes<'c> {
    /// Subscribes a new queue; it sees what is published from now on.
    ///
    /// # Errors
    /// When the local cloud refuses.
    pub async fn subscribe(cloud: &'c Cloud, name: &str) -> anyhow::Result<Self> {
        let sqs = &cloud.clients.sqs;
        let created = sqs.create_queue().queue_name(format!("outcomes-of-{name}")).send().await;
        let queue =
            created.context("create a queue for reports")?.queue_url.context("a queue without a URL")?;
        let request =
            sqs.get_queue_attributes().queue_url(&queue).attribute_names(QueueAttributeName::QueueArn);
        let attributes = request.send().await.context("read the queue's ARN")?.attributes.unwrap_or_default();
        let arn = attributes.get(&QueueAttributeName::QueueArn).context("a queue without an ARN")?;
        let topic = cloud.stack.output("OutcomesTopicArn")?;
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }]});
        let request = sqs.set_queue_attributes().queue_url(&queue);
        let request = request.attributes(QueueAttributeName::Policy, policy.to_string());
        request.send().await.context("let the outcomes topic send to the queue")?;
        let request = cloud.clients.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn);
        request
            .attributes("RawMessageDelivery", "true")
            .send()
            .await
            .context("subscribe to the outcomes topic")?;
        Ok(Self { cloud, queue, arrived: Vec::new() })
    }

    /// Waits for this many reports that are meant, takes them, and leaves the others; fewer when time is up.
    ///
    /// # Errors
    /// When the local cloud refuses, or a report is not what it should be.
    pub async fn take(
        &mut self,
        count: usize,
        within: Duration,
        meant: impl Fn(&SeenReport) -> bool,
    ) -> anyhow::Result<Vec<SeenReport>> {
        let Self { cloud, queue, arrived } = self;
        eventually(within, async || {
            receive(cloud, queue, arrived).await?;
            Ok((arrived.iter().filter(|report| meant(report)).count() >= count).then_some(()))
        })
        .await?;
        let (taken, left) = arrived.drain(..).partition(|report| meant(report));
        *arrived = left;
        Ok(taken)
    }
}

async fn receive(cloud: &Cloud, queue: &str, arrived: &mut Vec<SeenReport>) -> anyhow::Result<()> {
    let sqs = &cloud.clients.sqs;
    let request =
        sqs.receive_message().queue_url(queue).max_number_of_messages(10).message_attribute_names("All");
    for message in request.send().await.context("receive reports")?.messages.unwrap_or_default() {
        let body = message.body.unwrap_or_default();
        let mut report: SeenReport =
            serde_json::from_str(&body).with_context(|| format!("read a report: {body}"))?;
        let attributes = message.message_attributes.unwrap_or_default();
        report.attributes = attributes
            .into_iter()
            .filter_map(|(name, attribute)| Some((name, attribute.string_value?)))
            .collect();
        arrived.push(report);
        let receipt = message.receipt_handle.unwrap_or_default();
        sqs.delete_message()
            .queue_url(queue)
            .receipt_handle(receipt)
            .send()
            .await
            .context("delete a report")?;
    }
    Ok(())
}
