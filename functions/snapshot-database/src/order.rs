//! From what arrived to the work that it makes: a job of each command, and one of all RDS events together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shared::command::{Action, Command, InvalidCommand, Mode, Origin, RawCommand, Source};
use shared::event::{About, Arrival, DatabaseChange, Event, Record};
use shared::ids::{CommandId, TargetName};
use shared::kinds::database::{Backup, Database, Snapshots, Which};
use shared::playbook::Playbook;
use shared::report::{NONE, Reason, Report, Subject, Verdict};
use shell::Job;
use shell::reader::Reader;

use crate::FUNCTION;
use crate::names;

/// What is asked of the databases of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'p> {
    /// What makes it the same order when it comes twice.
    pub id: CommandId,
    /// Whose name it bears.
    pub target: &'p TargetName,
    /// What the playbook says of it.
    pub rule: &'p Database,
    /// What is to be done.
    pub action: Backup,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
    /// Why, in somebody's own words.
    pub reason: Option<String>,
    /// The delivery that brought it.
    pub delivery: String,
    /// How many events became this one order, where it came from events.
    pub events: Option<usize>,
}

impl Order<'_> {
    /// Whose outcome a report about this order is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            function: FUNCTION,
            id: self.id.clone(),
            correlation: self.origin.correlation.clone(),
            action: self.action.name().to_owned(),
            target: self.target.to_string(),
            source: self.origin.source,
            mode: self.mode,
            records: self.events,
            approval: self.origin.approval.clone(),
        }
    }
}

/// What a job of this function is.
#[derive(Debug, Clone, PartialEq)]
pub enum Work<'p> {
    /// Orders, each for another target.
    Orders(Vec<Order<'p>>),
    /// It is answered without looking any further: bad input, or somebody else's event.
    Answered(Box<Report>),
}

/// Makes the jobs of an arrival: of its commands in their order, then one of all events that may concern a target.
#[must_use]
pub fn jobs<'p>(playbook: &'p Playbook, arrival: &Arrival, mode: Mode) -> Vec<Job<Work<'p>>> {
    let reader = Reader::of(FUNCTION, arrival, mode);
    let mut jobs = Vec::new();
    let mut hints = Hints::default();
    for (index, record) in arrival.records.iter().enumerate() {
        let events = match &record.content {
            Ok(events) => events.as_slice(),
            Err(error) => {
                let work = Work::Answered(Box::new(reader.undecodable(record, error)));
                jobs.push(Job { records: [index].into(), work });
                continue;
            }
        };
        for event in events {
            let work = match event {
                Event::Database(change) if hints.take(playbook, index, record, change) => continue,
                Event::Command(raw) => command(&reader, playbook, &record.id, raw),
                other => Work::Answered(Box::new(reader.foreign(record, other))),
            };
            jobs.push(Job { records: [index].into(), work });
        }
    }
    jobs.extend(hints.job(mode));
    jobs
}

fn command<'p>(reader: &Reader, playbook: &'p Playbook, delivery: &str, raw: &RawCommand) -> Work<'p> {
    let subject = reader.subject_of(raw);
    let answered = |report| Work::Answered(Box::new(report));
    let is_reconcile = raw.fields.get("action").and_then(Value::as_str) == Some(Backup::Reconcile.name());
    if is_reconcile && !raw.fields.contains_key("target") {
        return match reconcile_all(reader, playbook, delivery, raw.clone()) {
            Ok(orders) if orders.is_empty() => {
                let why = Reason::new("in-order", "the playbook has no target of kind `database`");
                let subject = Subject { target: NONE.to_owned(), ..subject };
                answered(Report { quiet: true, ..Report::new(subject, Verdict::Held, why) })
            }
            Ok(orders) => Work::Orders(orders),
            Err(error) => answered(reader.invalid(subject, &error)),
        };
    }
    let command: Command<Backup> = match raw.clone().decode() {
        Ok(command) => command,
        Err(error) => return answered(reader.invalid(subject, &error)),
    };
    match playbook.database(&command.target) {
        Ok((target, rule)) => {
            let Command { id, action, reason, mode, origin, .. } = command;
            let (mode, delivery) = (reader.mode.and(mode), delivery.to_owned());
            Work::Orders(vec![Order {
                id,
                target,
                rule,
                action,
                mode,
                origin,
                reason,
                delivery,
                events: None,
            }])
        }
        Err(error) => answered(reader.unknown_target(subject, &error)),
    }
}

/// An order to reconcile for every target of the playbook.
fn reconcile_all<'p>(
    reader: &Reader,
    playbook: &'p Playbook,
    delivery: &str,
    raw: RawCommand,
) -> Result<Vec<Order<'p>>, InvalidCommand> {
    let open = raw.open(Backup::NAMES)?;
    let action = Backup::decode(&open.action, open.fields)?;
    let of = |(target, rule)| Order {
        id: open.id.clone(),
        target,
        rule,
        action: action.clone(),
        mode: reader.mode.and(open.mode),
        origin: open.origin.clone(),
        reason: open.reason.clone(),
        delivery: delivery.to_owned(),
        events: None,
    };
    Ok(playbook.databases().map(of).collect())
}

/// The RDS events of an arrival, gathered: each is a hint that something is next for a target, and AWS itself says what.
#[derive(Debug, Default)]
struct Hints<'p> {
    records: BTreeSet<usize>,
    /// The first event, and the record that brought it.
    first: Option<(CommandId, String)>,
    events: usize,
    targets: BTreeMap<&'p TargetName, &'p Database>,
}

impl<'p> Hints<'p> {
    /// Takes an event, if it may concern a target.
    fn take(
        &mut self,
        playbook: &'p Playbook,
        index: usize,
        record: &Record,
        change: &DatabaseChange,
    ) -> bool {
        let mut concerned = playbook.databases().filter(|(_, rule)| concerns(change, rule)).peekable();
        if concerned.peek().is_none() {
            return false;
        }
        self.targets.extend(concerned);
        self.records.insert(index);
        self.events += 1;
        self.first.get_or_insert_with(|| (change.id.clone(), record.id.clone()));
        true
    }

    fn job(self, mode: Mode) -> Option<Job<Work<'p>>> {
        let (id, delivery) = self.first?;
        let origin = Origin {
            source: Source::DatabaseEvent,
            correlation: id.to_string(),
            alarm: None,
            at: None,
            route: None,
            approval: None,
        };
        let of = |(target, rule)| Order {
            id: id.clone(),
            target,
            rule,
            action: Backup::Reconcile,
            mode,
            origin: origin.clone(),
            reason: None,
            delivery: delivery.clone(),
            events: Some(self.events),
        };
        let orders = self.targets.into_iter().map(of).collect();
        Some(Job { records: self.records, work: Work::Orders(orders) })
    }
}

/// The events after which nothing is next: something has begun, or was deleted. Source: RDS and Aurora user guides,
/// "event categories and event messages".
const NOTHING_NEXT: [&str; 7] = [
    "RDS-EVENT-0040",
    "RDS-EVENT-0041",
    "RDS-EVENT-0059",
    "RDS-EVENT-0074",
    "RDS-EVENT-0090",
    "RDS-EVENT-0168",
    "RDS-EVENT-0196",
];

/// Whether something may be next for a target after an event.
///
/// An event names the snapshot and not its database: that of a target has the database's name before its own digits.
fn concerns(change: &DatabaseChange, rule: &Database) -> bool {
    if change.event.as_deref().is_some_and(|event| NOTHING_NEXT.contains(&event)) {
        return false;
    }
    let is_cluster = match change.about {
        About::Instance | About::Cluster => return change.name.starts_with(names::SCRATCH),
        About::Snapshot => false,
        About::ClusterSnapshot => true,
    };
    let automated = change.name.strip_prefix("rds:");
    if automated.is_some() && rule.snapshots == Snapshots::Take {
        return false;
    }
    let name = automated.unwrap_or(&change.name);
    match &rule.which {
        Which::Instance(database) => !is_cluster && names::may_be_of(name, database.as_str()),
        Which::Cluster(database) => is_cluster && names::may_be_of(name, database.as_str()),
        Which::AllTagged { .. } => true,
    }
}

#[cfg(test)]
mod tests;
