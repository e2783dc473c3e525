//! What became of an event, read back by the AWS API.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;

use super::{Cloud, Function};

/// How often something is looked at that may come.
const POLL: Duration = Duration::from_millis(200);

/// Looks until there is something to see, but not for ever.
///
/// # Errors
/// When a look fails.
pub async fn eventually<T>(
    within: Duration,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<Option<T>> {
    let begin = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(Some(seen));
        }
        if begin.elapsed() >= within {
            return Ok(None);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Waiting to be received.
    pub visible: usize,
    /// Received, and neither deleted nor back.
    pub in_flight: usize,
}

impl Cloud {
    /// The paths of an invalidation; `None` when there is no such invalidation.
    ///
    /// # Errors
    /// When the local cloud refuses; so for everything here.
    pub async fn invalidation_paths(
        &self,
        distribution: &str,
        id: &str,
    ) -> anyhow::Result<Option<Vec<String>>> {
        let request = self.clients.cloudfront.get_invalidation().distribution_id(distribution).id(id);
        match request.send().await {
            Ok(output) => {
                let invalidation = output.invalidation.context("an answer without an invalidation")?;
                let paths = invalidation.invalidation_batch.and_then(|batch| batch.paths);
                Ok(Some(paths.and_then(|paths| paths.items).unwrap_or_default()))
            }
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_invalidation()) => {
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("get invalidation {id} of {distribution}")),
        }
    }

    /// How many invalidations a target's distribution has had.
    ///
    /// # Errors
    /// As above.
    pub async fn invalidation_count(&self, target: &str) -> anyhow::Result<usize> {
        let distribution = self.distribution(target)?;
        let mut pages = self
            .clients
            .cloudfront
            .list_invalidations()
            .distribution_id(distribution)
            .into_paginator()
            .items()
            .send();
        let mut count = 0;
        while let Some(invalidation) = pages.next().await {
            invalidation.with_context(|| format!("list the invalidations of `{target}`"))?;
            count += 1;
        }
        Ok(count)
    }

    /// How many messages a queue of the stack holds.
    ///
    /// # Errors
    /// As above.
    pub async fn backlog(&self, queue: &str) -> anyhow::Result<Backlog> {
        let request = self.clients.sqs.get_queue_attributes().queue_url(self.stack.output(queue)?);
        let request = request.attribute_names(QueueAttributeName::All);
        let answer = request.send().await.with_context(|| format!("read the attributes of {queue}"))?;
        let attributes = answer.attributes.unwrap_or_default();
        let count = |name: QueueAttributeName| attributes.get(&name).and_then(|text| text.parse().ok());
        let visible = count(QueueAttributeName::ApproximateNumberOfMessages);
        let in_flight = count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible);
        match (visible, in_flight) {
            (Some(visible), Some(in_flight)) => Ok(Backlog { visible, in_flight }),
            _ => bail!("{queue} does not say how many messages it holds"),
        }
    }

    /// The messages of a queue of the stack that contain a text; they stay there.
    ///
    /// # Errors
    /// As above.
    pub async fn peek_messages(&self, queue: &str, containing: &str) -> anyhow::Result<Vec<String>> {
        let url = self.stack.output(queue)?;
        let request = self.clients.sqs.receive_message().queue_url(url).max_number_of_messages(10);
        let answer =
            request.visibility_timeout(0).send().await.with_context(|| format!("receive from {queue}"))?;
        let bodies = answer.messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
        Ok(bodies.filter(|body| body.contains(containing)).collect())
    }

    /// Removes all messages of a queue of the stack.
    ///
    /// # Errors
    /// As above.
    pub async fn empty(&self, queue: &str) -> anyhow::Result<()> {
        let request = self.clients.sqs.purge_queue().queue_url(self.stack.output(queue)?);
        request.send().await.map(|_| ()).with_context(|| format!("purge {queue}"))
    }

    /// The log lines of a function that contain a text.
    ///
    /// # Errors
    /// As above.
    pub async fn log_lines(&self, function: Function, containing: &str) -> anyhow::Result<Vec<String>> {
        let group = format!("/aws/lambda/{}", self.stack.output(function.output())?);
        let request = self.clients.logs.filter_log_events().log_group_name(group);
        let mut pages = request.into_paginator().send();
        let mut lines = Vec::new();
        while let Some(page) = pages.next().await {
            let events = page.context("read the function's log")?.events.unwrap_or_default();
            let messages: Vec<String> = events.into_iter().filter_map(|event| event.message).collect();
            let all = messages.iter().flat_map(|message| message.lines());
            lines.extend(all.filter(|line| line.contains(containing)).map(str::to_owned));
        }
        Ok(lines)
    }

    /// The reports in a function's log with a `why.code`, published or not.
    ///
    /// # Errors
    /// As above.
    pub async fn logged_reports(&self, function: Function, code: &str) -> anyhow::Result<Vec<Value>> {
        let lines = self.log_lines(function, &format!("\"code\":\"{code}\"")).await?;
        let reports = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(reports.map(|mut line| line["report"].take()).filter(Value::is_object).collect())
    }
}
