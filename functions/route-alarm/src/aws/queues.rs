//! Commands into SQS FIFO queues, so that those of one group arrive in their order or not at all.

mod line;

use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use shared::fault::FaultClass;
use shared::routing::Dispatch;

use self::line::{Line, Refused};
use super::{AwsUntil, fault, missing};
use crate::world::{Fault, Sent};

impl AwsUntil<'_> {
    /// Sends commands, the next one of each group in each request. What SQS does not take is sent again: the
    /// deduplication id makes that safe.
    pub(super) async fn send_all(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Fault>> {
        let mut line = Line::of(commands);
        loop {
            let batch = line.next_batch();
            if batch.is_empty() {
                return line.answers();
            }
            match self.send_batch(function, &line, &batch).await {
                Ok(answer) => {
                    for index in batch {
                        line.answered(index, of_entry(&answer, function, index));
                    }
                }
                Err(fault) => {
                    for index in batch {
                        line.answered(index, Err(Refused { fault: fault.again(), worth_a_resend: false }));
                    }
                }
            }
        }
    }

    /// Sends some commands of a line in one request; the id of an entry is its place in the line.
    async fn send_batch(
        &self,
        function: &str,
        line: &Line<'_>,
        batch: &[usize],
    ) -> Result<SendMessageBatchOutput, Fault> {
        let operation = operation(function);
        let Some(queue) = self.aws.queues.get(function) else {
            return Err(missing(operation, "`LAMPLIGHTER_QUEUES` has no queue for it"));
        };
        let timeouts = self.timeouts(&operation)?;
        let mut request = self.aws.sqs.send_message_batch().queue_url(queue);
        for &index in batch {
            let (command, body) = line.message(index);
            let entry = SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_group_id(command.target.as_str())
                .message_deduplication_id(&command.deduplication)
                .message_body(body)
                .build()
                .map_err(|reason| Fault {
                    operation: operation.clone(),
                    class: Some(FaultClass::Rejected),
                    source: reason.into(),
                })?;
            request = request.entries(entry);
        }
        let settings = aws_sdk_sqs::config::Builder::new().timeout_config(timeouts);
        let answer = request.customize().config_override(settings).send().await;
        answer.map_err(|error| fault(operation, &error))
    }
}

fn operation(function: &str) -> String {
    format!("send a command to {function}")
}

/// What an answer says of one entry.
fn of_entry(answer: &SendMessageBatchOutput, function: &str, index: usize) -> Result<Sent, Refused> {
    let id = index.to_string();
    if let Some(taken) = answer.successful.iter().find(|entry| entry.id == id) {
        return Ok(Sent { message: taken.message_id.clone() });
    }
    let (class, words) = match answer.failed.iter().find(|entry| entry.id == id) {
        Some(entry) => {
            let class = if entry.sender_fault { FaultClass::Rejected } else { FaultClass::Unavailable };
            let message = entry.message.as_deref().unwrap_or("no further words");
            (class, format!("{}: {message}", entry.code))
        }
        None => (FaultClass::Unknown, "the answer does not say what became of it".to_owned()),
    };
    let fault = Fault { operation: operation(function), class: Some(class), source: words.into() };
    Err(Refused { fault, worth_a_resend: class != FaultClass::Rejected })
}
