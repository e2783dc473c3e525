//! From what arrived to the work that it makes: one job of each command, with an order for each service it is about.

use serde::Deserialize;
use serde_json::Value;
use shared::command::{Command, InvalidCommand, Mode, Origin, RawCommand, decode_fields};
use shared::event::{Arrival, Event, Record};
use shared::ids::{CommandId, TargetName};
use shared::kinds::service::{Scale, Service};
use shared::playbook::Playbook;
use shared::report::{NONE, Report, Subject};
use shell::Job;
use shell::reader::Reader;

use crate::FUNCTION;

/// What is asked of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'p> {
    /// What makes it the same order when it comes twice.
    pub id: CommandId,
    /// Whose name it bears.
    pub target: TargetName,
    /// The group that the command named, if it named one.
    pub group: Option<TargetName>,
    /// On what.
    pub service: &'p Service,
    /// What is to be done.
    pub action: Scale,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
    /// Why, in somebody's own words.
    pub reason: Option<String>,
    /// The delivery that brought it.
    pub delivery: String,
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
            records: None,
            approval: self.origin.approval.clone(),
        }
    }
}

/// The wish that whatever is overdue be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconcile {
    /// What makes it the same wish when it comes twice.
    pub id: CommandId,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
    /// The delivery that brought it.
    pub delivery: String,
}

impl Reconcile {
    /// The action's name. It is for schedules; an operator may send it too.
    pub const NAME: &str = "reconcile";

    /// Whose outcome a report about it is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject {
            correlation: self.origin.correlation.clone(),
            action: Self::NAME.to_owned(),
            target: NONE.to_owned(),
            approval: self.origin.approval.clone(),
            ..Subject::unnamed(FUNCTION, self.id.clone(), self.origin.source, self.mode)
        }
    }
}

/// What a job of this function is.
#[derive(Debug, Clone, PartialEq)]
pub enum Work<'p> {
    /// Orders to the services of one command, in their order.
    Orders(Vec<Order<'p>>),
    /// Overdue boosts are to be ended.
    Reconcile(Reconcile),
    /// It is answered without looking any further: bad input, or somebody else's event.
    Answered(Box<Report>),
}

/// What `restore` calls the parking, and so no boost.
const PARK: &str = "park";

/// Makes one job of each event, in the order of arrival.
#[must_use]
pub fn jobs<'p>(playbook: &'p Playbook, arrival: &Arrival, mode: Mode) -> Vec<Job<Work<'p>>> {
    let reader = Reader::of(FUNCTION, arrival, mode);
    let mut jobs = Vec::new();
    for (index, record) in arrival.records.iter().enumerate() {
        let works = match &record.content {
            Ok(events) => events.iter().map(|event| work(&reader, playbook, record, event)).collect(),
            Err(error) => vec![Work::Answered(Box::new(reader.undecodable(record, error)))],
        };
        jobs.extend(works.into_iter().map(|work| Job { records: [index].into(), work }));
    }
    jobs
}

fn work<'p>(reader: &Reader, playbook: &'p Playbook, record: &Record, event: &Event) -> Work<'p> {
    let answered = |report| Work::Answered(Box::new(report));
    match event {
        Event::Command(raw) => {
            let subject = reader.subject_of(raw);
            command(reader, playbook, &record.id, raw.clone(), subject)
        }
        Event::Undecodable(error) => answered(reader.undecodable(record, error)),
        other => answered(reader.foreign(record, other)),
    }
}

fn command<'p>(
    reader: &Reader,
    playbook: &'p Playbook,
    delivery: &str,
    raw: RawCommand,
    subject: Subject,
) -> Work<'p> {
    let delivery = delivery.to_owned();
    let answered = |report| Work::Answered(Box::new(report));
    if raw.fields.get("action").and_then(Value::as_str) == Some(Reconcile::NAME) {
        return match reconcile(raw, reader.mode, delivery) {
            Ok(wish) => Work::Reconcile(wish),
            Err(error) => answered(reader.invalid(subject, &error)),
        };
    }
    let command: Command<Scale> = match raw.decode() {
        Ok(command) => command,
        Err(error) => return answered(reader.invalid(subject, &error)),
    };
    let services = match playbook.services(&command.target) {
        Ok(services) => services,
        Err(error) => return answered(reader.unknown_target(subject, &error)),
    };
    if matches!(command.action, Scale::Boost { .. }) && command.id.as_str() == PARK {
        let expected = "another: `park` is what `restore` calls a parking";
        let error = InvalidCommand::new("id", Some(&Value::from(PARK)), expected);
        return answered(reader.invalid(subject, &error));
    }
    let group = services.iter().all(|(name, _)| **name != command.target).then(|| command.target.clone());
    let mut orders = Vec::with_capacity(services.len());
    for (target, service) in services {
        if let Scale::Profile(name) = &command.action
            && let Err(error) = service.profile(name)
        {
            return answered(reader.invalid(subject, &error));
        }
        let Command { id, action, reason, mode, origin, .. } = command.clone();
        let (target, group, delivery) = (target.clone(), group.clone(), delivery.clone());
        let mode = reader.mode.and(mode);
        orders.push(Order { id, target, group, service, action, mode, origin, reason, delivery });
    }
    Work::Orders(orders)
}

fn reconcile(raw: RawCommand, mode: Mode, delivery: String) -> Result<Reconcile, InvalidCommand> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    let open = raw.open(&[Reconcile::NAME])?;
    let Nothing {} = decode_fields(open.fields)?;
    Ok(Reconcile { id: open.id, mode: mode.and(open.mode), origin: open.origin, delivery })
}

#[cfg(test)]
mod tests;
