//! From the records of an invocation to one order for each distribution: the fewest requests that serve them all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use shared::command::{Command, Mode, Origin, RawCommand, Source};
use shared::event::{Answer, Arrival, Change, CustomEvent, Event, ObjectChange, Record, UndecodableEvent};
use shared::ids::{CommandId, TargetName, shorten};
use shared::kinds::distribution::{Distribution, Invalidate};
use shared::playbook::Playbook;
use shared::report::{Report, Subject};
use shell::Job;
use shell::reader::Reader;

use crate::FUNCTION;
use crate::paths::{of_command, of_directory, of_key};

/// What is asked of one distribution, by one record or by many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// On what.
    pub target: TargetName,
    /// Whether to carry it out.
    pub mode: Mode,
    /// What makes each request the same request when it comes twice.
    pub ids: BTreeSet<CommandId>,
    /// How many requests there were, repeated ones included.
    pub records: usize,
    /// How many of them were received before.
    pub redelivered: usize,
    /// Where the first of them came from.
    pub origin: Origin,
    /// The first reason that somebody gave.
    pub reason: Option<String>,
    /// Whether the whole cache is asked for.
    pub everything: bool,
    /// Paths that were asked for, encoded.
    pub asked: BTreeSet<String>,
    /// Paths of changed objects by the directory of their source, both encoded.
    pub changed: BTreeMap<String, BTreeSet<String>>,
    /// Tags that were asked for.
    pub tags: BTreeSet<String>,
}

impl Order {
    fn new(target: TargetName, mode: Mode, origin: Origin) -> Self {
        Self {
            target,
            mode,
            origin,
            reason: None,
            ids: BTreeSet::new(),
            records: 0,
            redelivered: 0,
            everything: false,
            asked: BTreeSet::new(),
            changed: BTreeMap::new(),
            tags: BTreeSet::new(),
        }
    }

    fn count(&mut self, id: CommandId, received_before: bool) {
        self.ids.insert(id);
        self.records += 1;
        self.redelivered += usize::from(received_before);
    }

    /// The id of the whole: the only one, or a hash of all.
    #[must_use]
    pub fn id(&self) -> CommandId {
        match (self.ids.len(), self.ids.first()) {
            (1, Some(only)) => only.clone(),
            _ => CommandId::derived(self.ids.iter().map(CommandId::as_str)),
        }
    }

    /// Whose outcome a report about this order is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            function: FUNCTION,
            id: self.id(),
            correlation: self.origin.correlation.clone(),
            action: Invalidate::NAME.to_owned(),
            target: self.target.to_string(),
            source: self.origin.source,
            mode: self.mode,
            records: (self.records > 1).then_some(self.records),
            approval: self.origin.approval.clone(),
        }
    }
}

/// What a job of this function is.
#[derive(Debug, Clone, PartialEq)]
pub enum Work<'p> {
    /// Something to carry out on a distribution of the playbook.
    Order(Box<Order>, &'p Distribution),
    /// Something that is answered without looking any further: bad input, or somebody else's event.
    Answered(Box<Report>),
}

/// Sorts the records of an arrival into jobs, in the order of each job's first record.
///
/// On a FIFO queue nothing behind a record that cannot be understood is looked at.
#[must_use]
pub fn jobs<'p>(playbook: &'p Playbook, arrival: &Arrival, mode: Mode) -> Vec<Job<Work<'p>>> {
    let in_order = matches!(arrival.answer, Answer::BatchItemFailures { fifo: true });
    let mut sorter = Sorter {
        reader: Reader::of(FUNCTION, arrival, mode),
        playbook,
        begun: 0,
        orders: BTreeMap::new(),
        foreign: BTreeMap::new(),
        bad: Vec::new(),
    };
    for (index, record) in arrival.records.iter().enumerate() {
        let understood = sorter.take(index, record);
        if in_order && !understood {
            break;
        }
    }
    sorter.into_jobs()
}

/// Collects jobs; each bears the number at which it was begun.
struct Sorter<'p> {
    reader: Reader,
    playbook: &'p Playbook,
    begun: usize,
    orders: BTreeMap<(TargetName, Mode), Numbered<(Order, &'p Distribution)>>,
    foreign: BTreeMap<String, Numbered<Report>>,
    bad: Vec<Numbered<Report>>,
}

struct Numbered<W> {
    number: usize,
    job: Job<W>,
}

impl<'p> Sorter<'p> {
    fn into_jobs(self) -> Vec<Job<Work<'p>>> {
        let orders = self.orders.into_values().map(
            |Numbered { number, job: Job { records, work: (order, target) } }| {
                (number, Job { records, work: Work::Order(Box::new(order), target) })
            },
        );
        let answered = self.foreign.into_values().chain(self.bad).map(
            |Numbered { number, job: Job { records, work } }| {
                (number, Job { records, work: Work::Answered(Box::new(work)) })
            },
        );
        let mut jobs: Vec<(usize, Job<Work<'p>>)> = orders.chain(answered).collect();
        jobs.sort_by_key(|(number, _)| *number);
        jobs.into_iter().map(|(_, job)| job).collect()
    }

    /// Sorts one record, and says whether it was understood.
    fn take(&mut self, index: usize, record: &Record) -> bool {
        let events = match &record.content {
            Ok(events) => events,
            Err(error) => return self.undecodable(index, record, error),
        };
        let mut understood = true;
        for event in events {
            match event {
                Event::Undecodable(error) => understood &= self.undecodable(index, record, error),
                Event::Command(command) => understood &= self.command(index, record, command.clone()),
                Event::Custom(event) => understood &= self.custom(index, record, event),
                Event::Object(change) => self.change(index, record, change),
                Event::Alarm(_) | Event::Notice(_) | Event::Database(_) | Event::Foreign(_) => {
                    self.foreign(index, self.reader.foreign(record, event));
                }
            }
        }
        understood
    }

    fn undecodable(&mut self, index: usize, record: &Record, error: &UndecodableEvent) -> bool {
        self.bad(index, self.reader.undecodable(record, error));
        false
    }

    fn command(&mut self, index: usize, record: &Record, raw: RawCommand) -> bool {
        let subject = self.reader.subject_of(&raw);
        let command: Command<Invalidate> = match raw.decode() {
            Ok(command) => command,
            Err(error) => {
                self.bad(index, self.reader.invalid(subject, &error));
                return false;
            }
        };
        let Command { id, target, action, reason, mode, origin } = command;
        let distribution = match self.playbook.distribution(&target) {
            Ok(distribution) => distribution,
            Err(error) => {
                self.bad(index, self.reader.unknown_target(subject, &error));
                return false;
            }
        };
        let order = self.order(index, (target, distribution), mode, origin);
        order.reason = order.reason.take().or(reason);
        order.count(id, record.receives > 1);
        match action {
            Invalidate::Everything => order.everything = true,
            Invalidate::Items { paths, tags } => {
                order.asked.extend(paths.iter().map(|path| of_command(path)));
                order.tags.extend(tags);
            }
        }
        true
    }

    /// An event of somebody's program: a deploy event, if its detail says what is to be invalidated.
    ///
    /// The fields that an order has are taken as a command's would be; a deploy event may have others besides.
    fn custom(&mut self, index: usize, record: &Record, event: &CustomEvent) -> bool {
        if !["paths", "tags", "everything"].iter().any(|field| event.detail.contains_key(*field)) {
            let what = format!("event `{}` of `{}`", shorten(&event.detail_type), shorten(&event.source));
            self.foreign(index, self.reader.not_for_us(record, &what, Source::Queue));
            return true;
        }
        let mut fields: Map<String, Value> = event
            .detail
            .iter()
            .filter(|(name, _)| DEPLOY_FIELDS.contains(&name.as_str()))
            .map(owned)
            .collect();
        fields.insert("action".to_owned(), Value::from(Invalidate::NAME));
        self.command(
            index,
            record,
            RawCommand { fields, fallback_id: event.id.clone(), source: Source::Queue },
        )
    }

    fn change(&mut self, index: usize, record: &Record, change: &ObjectChange) {
        let ObjectChange { id, bucket, key, change: happened } = change;
        let playbook = self.playbook;
        let mut served = false;
        for (target, distribution) in playbook.distributions() {
            let paths = distribution.sources.iter().filter_map(|source| {
                let rest = source.rest_of(bucket, key)?;
                Some((of_directory(source.path.as_str()), of_key(source.path.as_str(), rest)))
            });
            let paths: Vec<(String, String)> = paths.collect();
            if paths.is_empty() {
                continue;
            }
            served = true;
            let origin = Origin {
                source: Source::ObjectEvent,
                correlation: id.to_string(),
                alarm: None,
                at: None,
                route: None,
                approval: None,
            };
            let order = self.order(index, (target.clone(), distribution), Mode::Apply, origin);
            order.count(id.clone(), record.receives > 1);
            for (directory, path) in paths {
                order.changed.entry(directory).or_default().insert(path);
            }
        }
        if !served {
            let how = match happened {
                Change::Created => "written",
                Change::Removed => "removed",
            };
            let what = format!(
                "an object {how} in bucket `{}` that no distribution of the playbook serves",
                shorten(bucket)
            );
            self.foreign(index, self.reader.not_for_us(record, &what, Source::ObjectEvent));
        }
    }

    /// The order for this target, begun if this is the first request for it.
    fn order(
        &mut self,
        index: usize,
        (target, distribution): (TargetName, &'p Distribution),
        mode: Mode,
        origin: Origin,
    ) -> &mut Order {
        let mode = self.reader.mode.and(mode);
        let number = self.next_number();
        let numbered = self.orders.entry((target.clone(), mode)).or_insert_with(|| {
            let work = (Order::new(target, mode, origin), distribution);
            Numbered { number, job: Job { records: BTreeSet::new(), work } }
        });
        numbered.job.records.insert(index);
        &mut numbered.job.work.0
    }

    fn bad(&mut self, index: usize, report: Report) {
        let number = self.next_number();
        self.bad.push(Numbered { number, job: Job { records: BTreeSet::from([index]), work: report } });
    }

    /// Reports a foreign event, together with others of the same sort: they can come by the thousand.
    fn foreign(&mut self, index: usize, report: Report) {
        let number = self.next_number();
        let numbered = self
            .foreign
            .entry(report.why.text.clone())
            .or_insert_with(|| Numbered { number, job: Job { records: BTreeSet::new(), work: report } });
        numbered.job.records.insert(index);
        let together = numbered.job.records.len();
        numbered.job.work.subject.records = (together > 1).then_some(together);
    }

    fn next_number(&mut self) -> usize {
        self.begun += 1;
        self.begun
    }
}

/// What is read of a deploy event's detail.
const DEPLOY_FIELDS: [&str; 7] = ["target", "paths", "tags", "everything", "reason", "mode", "id"];

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

#[cfg(test)]
mod tests;
