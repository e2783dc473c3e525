//! From what arrived to the work that it makes.
//!
//! Every event of every record becomes one job: a signal to be routed, an order to the router itself, or, where it is
//! neither, its answer.

mod control;

pub use control::{ALL, Action, Control, RECHECK, Recheck};

use shared::command::{Mode, RawCommand, Source};
use shared::event::{Answer, Arrival, Event, Record, UndecodableEvent};
use shared::ids::{CommandId, shorten};
use shared::report::{ErrorReport, ErrorType, NONE, Reason, Report, Subject};
use shared::routing::Signal;
use shell::Job;

use crate::FUNCTION;

/// What a job of this function is.
#[derive(Debug, Clone, PartialEq)]
pub enum Work {
    /// Something happened: find its routes.
    Signal {
        /// What.
        signal: Signal,
        /// The delivery that brought it.
        delivery: String,
    },
    /// The router looks again at an alarm, as it set out to.
    Recheck {
        /// At what, and for whom.
        recheck: Box<Recheck>,
        /// The delivery that brought it.
        delivery: String,
    },
    /// Somebody orders something of the router itself.
    Control(Box<Control>),
    /// It is answered without looking any further: bad input, or somebody else's event.
    Answered(Box<Report>),
}

/// Makes one job of each event, in the order of arrival.
#[must_use]
pub fn jobs(arrival: &Arrival, mode: Mode) -> Vec<Job<Work>> {
    let source = match arrival.answer {
        Answer::Reports => Source::Operator,
        Answer::BatchItemFailures { .. } => Source::Queue,
    };
    let reader = Reader { mode, source };
    let mut jobs = Vec::new();
    for (index, record) in arrival.records.iter().enumerate() {
        let works = match &record.content {
            Ok(events) => events.iter().map(|event| reader.work(record, event)).collect(),
            Err(error) => vec![reader.undecodable(record, error)],
        };
        jobs.extend(works.into_iter().map(|work| Job { records: [index].into(), work }));
    }
    jobs
}

struct Reader {
    mode: Mode,
    /// Where that came from which does not say so itself.
    source: Source,
}

impl Reader {
    fn work(&self, record: &Record, event: &Event) -> Work {
        let delivery = record.id.clone();
        match event {
            Event::Alarm(alarm) => Work::Signal { signal: Signal::Alarm(alarm.clone()), delivery },
            Event::Notice(notice) => Work::Signal { signal: Signal::Notice(notice.clone()), delivery },
            Event::Command(command) => self.command(command.clone(), delivery),
            Event::Object(change) => {
                let what = format!("a change of s3://{}/{}", change.bucket, shorten(&change.key));
                self.foreign(record, &what, Source::ObjectEvent)
            }
            Event::Custom(event) => {
                let what = format!("{}: {}", shorten(&event.source), shorten(&event.detail_type));
                self.foreign(record, &what, self.source)
            }
            Event::Foreign(what) => self.foreign(record, what, self.source),
            Event::Undecodable(error) => self.undecodable(record, error),
        }
    }

    fn command(&self, raw: RawCommand, delivery: String) -> Work {
        let mut subject = self.subject(raw.fallback_id.clone(), raw.source);
        subject.action = raw.shown("action").unwrap_or_else(|| NONE.to_owned());
        if let Some(id) = raw.shown("id").and_then(|id| CommandId::parse(&id).ok()) {
            (subject.correlation, subject.id) = (id.to_string(), id);
        }
        if let Some((source, correlation)) = raw.shown_origin() {
            subject.source = source;
            subject.correlation = correlation.map_or(subject.correlation, String::from);
        }
        match control::decode(raw, self.mode) {
            Ok(control::Decoded::Control(control)) => Work::Control(Box::new(control)),
            Ok(control::Decoded::Recheck(recheck)) => Work::Recheck { recheck: Box::new(recheck), delivery },
            Err(error) => failed(subject, ErrorType::InvalidCommand, "invalid-command", &error),
        }
    }

    fn foreign(&self, record: &Record, what: &str, source: Source) -> Work {
        let subject = self.subject(CommandId::from_aws(&record.id), source);
        Work::Answered(Box::new(Report::not_for_us(subject, what)))
    }

    fn undecodable(&self, record: &Record, error: &UndecodableEvent) -> Work {
        let subject = self.subject(CommandId::from_aws(&record.id), self.source);
        failed(subject, ErrorType::UndecodableEvent, "undecodable-event", error)
    }

    fn subject(&self, id: CommandId, source: Source) -> Subject {
        Subject::unnamed(FUNCTION, id, source, self.mode)
    }
}

fn failed(subject: Subject, kind: ErrorType, code: &'static str, error: &dyn std::error::Error) -> Work {
    let text = error.to_string();
    Work::Answered(Box::new(Report::failed(
        subject,
        Reason::new(code, text.clone()),
        ErrorReport { kind, text },
    )))
}

#[cfg(test)]
mod tests;
