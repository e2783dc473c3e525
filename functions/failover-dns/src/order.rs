//! From what arrived to the orders that it makes: one of each command, or one for each target where it names none.

use serde_json::Value;
use shared::command::{Action, Command, InvalidCommand, Mode, Origin, RawCommand, Source};
use shared::event::{Arrival, Event, Record};
use shared::ids::{CommandId, TargetName};
use shared::kinds::dns::{Dns, Failover};
use shared::playbook::Playbook;
use shared::report::{NONE, Reason, Report, Subject, Verdict};
use shell::Job;
use shell::reader::Reader;

use crate::FUNCTION;
use crate::world::Owner;

/// What is asked of the names of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'p> {
    /// What makes it the same order when it comes twice.
    pub id: CommandId,
    /// Whose name it bears.
    pub target: &'p TargetName,
    /// What the playbook says of it.
    pub rule: &'p Dns,
    /// What is to be done.
    pub action: Failover,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
    /// Why, in somebody's own words.
    pub reason: Option<String>,
    /// The delivery that brought it.
    pub delivery: String,
    /// How often it was delivered so far, this time included.
    pub receives: u32,
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

    /// Whether a person gave it: that one knows of pauses, earlier moves and the time of day.
    #[must_use]
    pub fn is_by_hand(&self) -> bool {
        self.origin.source == Source::Operator
    }

    /// As what it marks the standby object that it puts.
    #[must_use]
    pub fn owner(&self) -> Owner {
        Owner { order: self.id.clone(), delivery: Some(CommandId::from_aws(&self.delivery)) }
    }

    /// The same order, to do something else.
    #[must_use]
    pub fn to(&self, action: Failover) -> Self {
        Self { action, ..self.clone() }
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

/// The jobs of an arrival: of its commands in their order.
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
    match event {
        Event::Command(raw) => command(reader, playbook, record, raw).unwrap_or_else(Work::Answered),
        other => Work::Answered(Box::new(reader.foreign(record, other))),
    }
}

fn command<'p>(
    reader: &Reader,
    playbook: &'p Playbook,
    record: &Record,
    raw: &RawCommand,
) -> Result<Work<'p>, Box<Report>> {
    let subject = reader.subject_of(raw);
    let invalid = |error: InvalidCommand| Box::new(reader.invalid(subject.clone(), &error));
    let action = raw.fields.get("action").and_then(Value::as_str);
    if FOR_ALL.contains(&action.unwrap_or_default()) && !raw.fields.contains_key("target") {
        let orders = of_all(reader, playbook, record, raw.clone()).map_err(invalid)?;
        if orders.is_empty() {
            let why = Reason::new("in-order", "the playbook has no target of kind `dns` for it");
            let subject = Subject { target: NONE.to_owned(), ..subject };
            return Err(Box::new(Report { quiet: true, ..Report::new(subject, Verdict::Held, why) }));
        }
        return Ok(Work::Orders(orders));
    }
    let command: Command<Failover> = raw.clone().decode().map_err(invalid)?;
    check_force(&command).map_err(invalid)?;
    match playbook.dns(&command.target) {
        Ok((target, rule)) => {
            let Command { id, action, reason, mode, origin, .. } = command;
            let (mode, delivery) = (reader.mode.and(mode), record.id.clone());
            let receives = record.receives;
            let order = Order { id, target, rule, action, mode, origin, reason, delivery, receives };
            Ok(Work::Orders(vec![order]))
        }
        Err(error) => Err(Box::new(reader.unknown_target(subject, &error))),
    }
}

/// What may be asked of all targets at once: nothing that moves traffic because somebody says so.
const FOR_ALL: [&str; 3] = ["status", "drill", "reconcile"];

/// An order for every target of the playbook; to drill, for those that may be drilled.
fn of_all<'p>(
    reader: &Reader,
    playbook: &'p Playbook,
    record: &Record,
    raw: RawCommand,
) -> Result<Vec<Order<'p>>, InvalidCommand> {
    let open = raw.open(Failover::NAMES)?;
    let action = Failover::decode(&open.action, open.fields)?;
    let of = |(target, rule)| Order {
        id: open.id.clone(),
        target,
        rule,
        action,
        mode: reader.mode.and(open.mode),
        origin: open.origin.clone(),
        reason: open.reason.clone(),
        delivery: record.id.clone(),
        receives: record.receives,
    };
    let is_meant = |rule: &Dns| action != Failover::Drill || rule.may_drill;
    let mut orders: Vec<Order<'p>> = playbook.all_dns().filter(|(_, rule)| is_meant(rule)).map(of).collect();
    // Where a control plane hangs, those that need none have had their turn.
    orders.sort_by_key(|order| order.rule.strategy.needs_control_plane());
    Ok(orders)
}

/// Only a person moves traffic without evidence, and says why.
fn check_force(command: &Command<Failover>) -> Result<(), InvalidCommand> {
    if !command.action.is_forced() {
        return Ok(());
    }
    if command.origin.source != Source::Operator {
        return Err(InvalidCommand::new(
            "force",
            Some(&Value::Bool(true)),
            "it only in an operator's command",
        ));
    }
    let reason = command.reason.as_deref();
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(InvalidCommand::new(
            "reason",
            reason.map(Value::from).as_ref(),
            "why it is forced, in a few words, beside `force: true`",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
