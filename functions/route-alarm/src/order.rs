//! From what arrived to the work that it makes.
//!
//! Every event of every record becomes one job: a signal to be routed, an order to the router itself, or, where it is
//! neither, its answer.

mod control;

pub use control::{ALL, Action, Control, RECHECK, Recheck};

use shared::command::{Mode, RawCommand};
use shared::event::{Arrival, Event, Record};
use shared::report::{NONE, Report, Subject};
use shared::routing::Signal;
use shell::Job;
use shell::reader::Reader;

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
    let reader = Reader::of(FUNCTION, arrival, mode);
    let mut jobs = Vec::new();
    for (index, record) in arrival.records.iter().enumerate() {
        let works = match &record.content {
            Ok(events) => events.iter().map(|event| work(reader, record, event)).collect(),
            Err(error) => vec![answered(reader.undecodable(record, error))],
        };
        jobs.extend(works.into_iter().map(|work| Job { records: [index].into(), work }));
    }
    jobs
}

fn work(reader: Reader, record: &Record, event: &Event) -> Work {
    let delivery = record.id.clone();
    match event {
        Event::Alarm(alarm) => Work::Signal { signal: Signal::Alarm(alarm.clone()), delivery },
        Event::Notice(notice) => Work::Signal { signal: Signal::Notice(notice.clone()), delivery },
        Event::Command(raw) => command(reader, raw.clone(), delivery),
        Event::Object(_)
        | Event::Database(_)
        | Event::Custom(_)
        | Event::Foreign(_)
        | Event::Undecodable(_) => answered(reader.foreign(record, event)),
    }
}

fn command(reader: Reader, raw: RawCommand, delivery: String) -> Work {
    // What the router does, it does to no target: a report on a bad order is not that target's.
    let subject = Subject { target: NONE.to_owned(), ..reader.subject_of(&raw) };
    match control::decode(raw, reader.mode) {
        Ok(control::Decoded::Control(control)) => Work::Control(Box::new(control)),
        Ok(control::Decoded::Recheck(recheck)) => Work::Recheck { recheck: Box::new(recheck), delivery },
        Err(error) => answered(reader.invalid(subject, &error)),
    }
}

fn answered(report: Report) -> Work {
    Work::Answered(Box::new(report))
}

#[cfg(test)]
mod tests;
