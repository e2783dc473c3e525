//! Commands on their way into one queue: which of them may go next, and what became of each.

use shared::ids::TargetName;
use shared::routing::Dispatch;

use crate::world::{Fault, Sent};

/// The most messages of one `SendMessageBatch`. Source: Amazon SQS developer guide, "Message quotas".
const MOST_MESSAGES: usize = 10;

/// The most bytes of messages in one request. Source: Amazon SQS API reference, `SendMessageBatch`: 1 MiB, and 256 KiB
/// until 2025. A quarter of what may be is plenty, and is taken everywhere.
const MOST_BYTES: usize = 256 * 1024;

/// How often a command is sent again that SQS could not take, beside the retries of whole requests that the SDK makes.
const RESENDS: usize = 2;

/// Commands in their order.
pub(super) struct Line<'a>(Vec<Place<'a>>);

struct Place<'a> {
    command: &'a Dispatch,
    body: String,
    attempts: usize,
    answer: Option<Result<Sent, Fault>>,
}

/// A command that was not taken.
pub(super) struct Refused {
    pub(super) fault: Fault,
    /// Whether the request as a whole was taken, and this entry may be the next time.
    pub(super) worth_a_resend: bool,
}

impl<'a> Line<'a> {
    pub(super) fn of(commands: &[&'a Dispatch]) -> Self {
        let place = |command: &&'a Dispatch| Place {
            command,
            body: command.body.to_string(),
            attempts: 0,
            answer: None,
        };
        Self(commands.iter().map(place).collect())
    }

    pub(super) fn message(&self, index: usize) -> (&'a Dispatch, &str) {
        (self.0[index].command, &self.0[index].body)
    }

    /// The places to send in one request: the first that waits of each group, as many as fit. One that is too big for
    /// any request goes alone, for SQS to say so.
    pub(super) fn next_batch(&self) -> Vec<usize> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let mut groups: Vec<&TargetName> = Vec::new();
        for (index, place) in self.0.iter().enumerate() {
            if place.answer.is_some() || groups.contains(&&place.command.target) {
                continue;
            }
            bytes += place.body.len();
            if batch.len() == MOST_MESSAGES || (bytes > MOST_BYTES && !batch.is_empty()) {
                break;
            }
            groups.push(&place.command.target);
            batch.push(index);
        }
        batch
    }

    /// Takes down an answer. Behind a command that is given up, the others of its group are given up unsent.
    pub(super) fn answered(&mut self, index: usize, answer: Result<Sent, Refused>) {
        let place = &mut self.0[index];
        place.attempts += 1;
        let fault = match answer {
            Ok(sent) => {
                place.answer = Some(Ok(sent));
                return;
            }
            Err(refused) if refused.worth_a_resend && place.attempts <= RESENDS => return,
            Err(refused) => refused.fault,
        };
        let group = &place.command.target;
        for behind in self.0[index + 1..].iter_mut().filter(|behind| behind.command.target == *group) {
            behind.answer = Some(Err(fault.of_those_behind()));
        }
        self.0[index].answer = Some(Err(fault));
    }

    /// One answer for each command.
    pub(super) fn answers(self) -> Vec<Result<Sent, Fault>> {
        self.0.into_iter().filter_map(|place| place.answer).collect()
    }
}

impl Fault {
    /// The same, for another command of the same request.
    pub(super) fn again(&self) -> Self {
        let Self { operation, class, source } = self;
        Self { operation: operation.clone(), class: *class, source: source.to_string().into() }
    }

    fn of_those_behind(&self) -> Self {
        let source = format!("an earlier command for the same target was not taken: {}", self.source);
        Self { source: source.into(), ..self.again() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use shared::command::Mode;

    use super::*;
    use crate::examples::{alarm, dispatch, of_alarm};

    proptest! {
        /// Whatever SQS answers: a target gets its first commands, in their order, and all commands are answered.
        #[test]
        fn a_target_gets_its_first_commands_in_their_order(
            targets in prop::collection::vec("[abc]", 0..20),
            answers in prop::collection::vec(0..5u8, 60),
        ) {
            let command = dispatch(&of_alarm(alarm()), "purge", Mode::Apply);
            let of = |target: &String| Dispatch { target: TargetName::parse(target).unwrap(), ..command.clone() };
            let commands: Vec<Dispatch> = targets.iter().map(of).collect();
            let mut line = Line::of(&commands.iter().collect::<Vec<_>>());
            let (mut answers, mut taken) = (answers.into_iter().cycle(), BTreeMap::<&str, Vec<usize>>::new());
            loop {
                let batch = line.next_batch();
                if batch.is_empty() {
                    break;
                }
                prop_assert!(batch.len() <= MOST_MESSAGES);
                for index in batch {
                    let answer = answers.next().unwrap();
                    if answer > 1 {
                        taken.entry(&targets[index]).or_default().push(index);
                        line.answered(index, Ok(Sent { message: index.to_string() }));
                    } else {
                        let fault = Fault { operation: String::new(), class: None, source: "no".into() };
                        line.answered(index, Err(Refused { fault, worth_a_resend: answer == 1 }));
                    }
                }
            }
            let is_taken = |answer: &Result<Sent, Fault>| answer.is_ok();
            let answered: Vec<bool> = line.answers().iter().map(is_taken).collect();
            prop_assert_eq!(answered.len(), targets.len());
            for (index, target) in targets.iter().enumerate() {
                let taken = taken.get(target.as_str()).map_or(&[][..], Vec::as_slice);
                let before = targets[..index].iter().filter(|earlier| *earlier == target).count();
                prop_assert_eq!(taken.get(before).copied(), answered[index].then_some(index));
            }
        }
    }
}
