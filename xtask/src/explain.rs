//! `cargo xtask explain`: which routes an event matches, and what each would send.
//!
//! It asks the same code as the router. What only the ledger and the clock know (pauses, cooldowns, counts, whether
//! a hold-down is over) is named, but not looked up.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;
use shared::command::Mode;
use shared::event::{Event, Record, decode};
use shared::playbook::route::{Fit, Route, Then};
use shared::playbook::{Playbook, Target};
use shared::routing::{Dispatch, Signal};

use crate::failure;
use crate::project::Project;

/// Explains a file with an event by a playbook.
pub(crate) fn run(project: &Project, event: &Path, playbook: Option<&Path>) -> anyhow::Result<()> {
    let default = project.path("playbooks/prod/playbook.yaml");
    let file = playbook.unwrap_or(&default);
    let playbook = Playbook::parse(&read(file)?)
        .map_err(|error| failure::found(format!("{}: {error}", file.display())))?;
    let payload: Value = serde_json::from_str(&read(event)?)
        .map_err(|error| failure::found(format!("{} is not JSON: {error}", event.display())))?;
    let arrival = decode(&payload, "explain")
        .map_err(|error| failure::found(format!("{}: {error}", event.display())))?;
    let mut bad = 0;
    for record in &arrival.records {
        match explain(&playbook, record) {
            Ok(text) => print!("{text}"),
            Err(error) => {
                bad += 1;
                println!("record {}: {error}", record.id);
            }
        }
    }
    if bad > 0 {
        return Err(failure::found(format!("{bad} of {} records cannot be decoded", arrival.records.len())));
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file)
        .map_err(|error| failure::usage(format!("cannot read {}: {error}", file.display())))
}

fn explain(playbook: &Playbook, record: &Record) -> anyhow::Result<String> {
    let mut text = String::new();
    for event in record.content.as_ref().map_err(Clone::clone)? {
        match event {
            Event::Alarm(alarm) => of_signal(&mut text, playbook, &Signal::Alarm(alarm.clone()))?,
            Event::Notice(notice) => of_signal(&mut text, playbook, &Signal::Notice(notice.clone()))?,
            Event::Command(command) => {
                let action = command.shown("action").unwrap_or_else(|| "no action".to_owned());
                writeln!(text, "a command ({action}): routes match alarms and notices only")?;
            }
            Event::Foreign(what) => writeln!(text, "{what}: not for the router")?,
            Event::Object(change) => {
                writeln!(text, "a change in bucket {}: not for the router", change.bucket)?
            }
            Event::Database(change) => {
                writeln!(text, "RDS: {}: {}: not for the router", change.name, change.text)?
            }
            Event::Custom(event) => {
                writeln!(text, "{}: {}: not for the router", event.source, event.detail_type)?;
            }
            Event::Undecodable(error) => return Err(error.clone().into()),
        }
    }
    Ok(text)
}

fn of_signal(text: &mut String, playbook: &Playbook, signal: &Signal) -> anyhow::Result<()> {
    let at = signal.at().map_or(String::new(), |at| format!(" at {at}"));
    writeln!(text, "{}{at}", signal.sentence())?;
    if let Signal::Alarm(alarm) = signal {
        if let Some(by) = &alarm.suppressed_by {
            writeln!(text, "  its actions are suppressed ({by}): nothing is sent")?;
        }
        if let Some(mute) = &alarm.mute {
            writeln!(
                text,
                "  its actions are muted from {} to {}: nothing is sent before",
                mute.from, mute.until
            )?;
        }
    }
    let mut matched = false;
    for route in &playbook.routes {
        match signal.fit(route) {
            Fit::Matches => {
                matched = true;
                of_route(text, playbook, signal, route)?;
            }
            Fit::OtherTransition => {
                writeln!(text, "  route {}: about this alarm, but another transition of it", route.name)?;
            }
            Fit::No => {}
        }
    }
    match (matched, signal.is_of_scaling()) {
        (true, _) => {}
        (false, true) => writeln!(text, "  no route: an alarm of a scaling policy is ignored")?,
        (false, false) => writeln!(text, "  no route: reported as no-route, at most once an hour")?,
    }
    Ok(())
}

fn of_route(text: &mut String, playbook: &Playbook, signal: &Signal, route: &Route) -> anyhow::Result<()> {
    write!(text, "  route {} matches", route.name)?;
    if signal.replay().is_some() && !route.replays {
        writeln!(text, ", but this is a replay and it does not say `replays: true`")?;
        return Ok(());
    }
    for (name, period) in [("hold-down", route.hold_down), ("cooldown", route.cooldown)] {
        if let Some(period) = period {
            write!(text, ", {name} {period}")?;
        }
    }
    if let Some(limit) = route.max_per_hour {
        write!(text, ", at most {limit} an hour")?;
    }
    if let Some(within) = route.approve_within {
        write!(text, ", to be approved within {within}")?;
    }
    writeln!(text)?;
    match &route.then {
        Then::Report(words) => writeln!(text, "    report: {words}")?,
        Then::Send(commands) => {
            let mode = if route.approve_within.is_some() { Mode::Plan } else { Mode::Apply };
            for command in commands {
                if let Some(Dispatch { function, target, body, .. }) =
                    Dispatch::new(playbook, signal, route, command, mode)
                {
                    write!(text, "    to {function}, group {target}")?;
                    if let Some(Target::ServiceGroup(group)) = playbook.targets.get(&target) {
                        let names: Vec<&str> = group.services.iter().map(|name| name.as_str()).collect();
                        write!(text, ", for {} in this order", names.join(", "))?;
                    }
                    writeln!(text, ":\n      {body}")?;
                }
            }
        }
    }
    Ok(())
}
