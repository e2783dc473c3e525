//! Commands into SQS FIFO queues.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use shared::fault::FaultClass;
use shared::routing::Dispatch;

use super::{AwsUntil, fault, missing};
use crate::world::{Fault, Sent};

/// The most messages of one `SendMessageBatch`. Source: Amazon SQS developer guide, "Message quotas".
const BATCH: usize = 10;

/// How often entries are sent again that SQS could not take, beside the retries of whole requests that the SDK makes.
const RESENDS: usize = 2;

impl AwsUntil<'_> {
    /// Sends commands in their order, ten at a time. What SQS takes only in part is sent again in part: the
    /// deduplication id makes that safe.
    pub(super) async fn send_all(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Fault>> {
        let mut answers = Vec::with_capacity(commands.len());
        for batch in commands.chunks(BATCH) {
            let mut of_batch = self.send_batch(function, batch).await;
            for _ in 0..RESENDS {
                let again: Vec<usize> = of_batch
                    .iter()
                    .enumerate()
                    .filter(|(_, answer)| matches!(answer, Err(Refused { by_entry: true, .. })))
                    .map(|(index, _)| index)
                    .collect();
                if again.is_empty() {
                    break;
                }
                let commands: Vec<&Dispatch> = again.iter().map(|&index| batch[index]).collect();
                for (index, answer) in again.into_iter().zip(self.send_batch(function, &commands).await) {
                    of_batch[index] = answer;
                }
            }
            answers.extend(of_batch.into_iter().map(|answer| answer.map_err(|refused| refused.fault)));
        }
        answers
    }

    /// Sends at most ten commands in one request, and gives one answer for each.
    async fn send_batch(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Refused>> {
        let operation = format!("send a command to {function}");
        let all = |fault: &dyn Fn() -> Fault| {
            commands.iter().map(|_| Err(Refused { fault: fault(), by_entry: false })).collect()
        };
        let Some(queue) = self.aws.queues.get(function) else {
            let what = "`LAMPLIGHTER_QUEUES` has no queue for it";
            return all(&|| missing(operation.clone(), what));
        };
        let settings = match self.timeouts(&operation) {
            Ok(timeouts) => aws_sdk_sqs::config::Builder::new().timeout_config(timeouts),
            Err(reason) => {
                let text = reason.source.to_string();
                return all(&|| Fault {
                    operation: operation.clone(),
                    class: None,
                    source: text.clone().into(),
                });
            }
        };
        let mut request = self.aws.sqs.send_message_batch().queue_url(queue);
        for (index, command) in commands.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(command.target.as_str())
                .message_deduplication_id(&command.deduplication)
                .message_body(command.body.to_string());
            match entry.build() {
                Ok(entry) => request = request.entries(entry),
                Err(reason) => {
                    let text = reason.to_string();
                    let class = Some(FaultClass::Rejected);
                    return all(&|| Fault {
                        operation: operation.clone(),
                        class,
                        source: text.clone().into(),
                    });
                }
            }
        }
        let answer = match request.customize().config_override(settings).send().await {
            Ok(answer) => answer,
            Err(error) => return all(&|| fault(operation.clone(), &error)),
        };
        let of = |index: usize| {
            let id = index.to_string();
            if let Some(taken) = answer.successful.iter().find(|entry| entry.id == id) {
                return Ok(Sent { message: taken.message_id.clone() });
            }
            let Some(entry) = answer.failed.iter().find(|entry| entry.id == id) else {
                let source = "the answer does not say what became of it".into();
                let fault = Fault { operation: operation.clone(), class: Some(FaultClass::Unknown), source };
                return Err(Refused { fault, by_entry: true });
            };
            let class = if entry.sender_fault { FaultClass::Rejected } else { FaultClass::Unavailable };
            let message = entry.message.as_deref().unwrap_or("no further words");
            let source = format!("{}: {message}", entry.code).into();
            let fault = Fault { operation: operation.clone(), class: Some(class), source };
            Err(Refused { fault, by_entry: !entry.sender_fault })
        };
        (0..commands.len()).map(of).collect()
    }
}

/// A command that was not taken.
struct Refused {
    fault: Fault,
    /// Whether the request as a whole was taken and only this entry was not: then it is worth sending again.
    by_entry: bool,
}
