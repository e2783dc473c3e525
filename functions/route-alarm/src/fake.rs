//! The way out in memory: queues that drop repetitions, schedules that keep their names, alarms with states.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use shared::event::{Alarm, AlarmState};
use shared::fault::FaultClass;
use shared::routing::Dispatch;

use crate::world::{CurrentState, Fault, Made, Outside, Sent, Wake};

/// An outside that can be looked into and made to fail.
#[derive(Debug, Default)]
pub struct FakeOutside {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    now: Timestamp,
    delivered: Vec<Delivered>,
    schedules: BTreeMap<String, Wake>,
    alarms: BTreeMap<String, CurrentState>,
    calls: Vec<String>,
    failures: Vec<(&'static str, FaultClass)>,
    refused_entries: Vec<usize>,
}

/// A command that a queue has delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Whose queue.
    pub function: String,
    /// The message group.
    pub group: String,
    /// The deduplication id.
    pub deduplication: String,
    /// The message.
    pub body: Value,
    at: Timestamp,
}

/// How long a FIFO queue drops repetitions. Source: Amazon SQS developer guide, "Exactly-once processing".
const DEDUPLICATES_FOR: SignedDuration = SignedDuration::from_mins(5);

impl FakeOutside {
    /// Sets the time at which things happen from now on.
    pub fn set_time(&self, now: Timestamp) {
        self.state.borrow_mut().now = now;
    }

    /// Makes the next call of an operation (`send`, `wake_at`, `state_of`) fail.
    pub fn fail_next(&self, operation: &'static str, class: FaultClass) {
        self.state.borrow_mut().failures.push((operation, class));
    }

    /// Refuses one entry, by its position, of the next call of `send`.
    pub fn refuse_entry(&self, position: usize) {
        self.state.borrow_mut().refused_entries.push(position);
    }

    /// Puts an alarm into a state.
    pub fn set_alarm(&self, name: &str, state: AlarmState, since: Option<Timestamp>) {
        self.state.borrow_mut().alarms.insert(name.to_owned(), CurrentState { state, since, silenced: None });
    }

    /// Keeps an alarm that is there from acting: says by what.
    pub fn silence_alarm(&self, name: &str, by: &str) {
        if let Some(alarm) = self.state.borrow_mut().alarms.get_mut(name) {
            alarm.silenced = Some(by.to_owned());
        }
    }

    /// The commands that were delivered: those that the queues did not drop as repetitions.
    #[must_use]
    pub fn delivered(&self) -> Vec<Delivered> {
        self.state.borrow().delivered.clone()
    }

    /// The schedules that were made, by name.
    #[must_use]
    pub fn schedules(&self) -> Vec<Wake> {
        self.state.borrow().schedules.values().cloned().collect()
    }

    /// The calls since the last time this was asked.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.borrow_mut().calls)
    }
}

impl State {
    fn call(&mut self, operation: &'static str, on: &str) -> Option<FaultClass> {
        self.calls.push(format!("{operation} {on}"));
        let position = self.failures.iter().position(|(failing, _)| *failing == operation)?;
        Some(self.failures.remove(position).1)
    }

    fn deliver(&mut self, function: &str, command: &Dispatch) -> Sent {
        let now = self.now;
        let is_repetition = |known: &Delivered| {
            known.function == function
                && known.deduplication == command.deduplication
                && now.duration_since(known.at) < DEDUPLICATES_FOR
        };
        if !self.delivered.iter().any(is_repetition) {
            self.delivered.push(Delivered {
                function: function.to_owned(),
                group: command.target.to_string(),
                deduplication: command.deduplication.clone(),
                body: command.body.clone(),
                at: now,
            });
        }
        Sent { message: format!("message-{}", self.delivered.len()) }
    }
}

impl Outside for FakeOutside {
    async fn send(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Fault>> {
        let mut state = self.state.borrow_mut();
        if let Some(class) = state.call("send", &format!("{} to {function}", commands.len())) {
            return commands.iter().map(|_| Err(fault("send a command", class))).collect();
        }
        let refused = std::mem::take(&mut state.refused_entries);
        // Nothing is sent behind a command of the same target that was not taken.
        let is_refused = |position: usize| {
            let target = &commands[position].target;
            refused.iter().any(|&earlier| earlier <= position && commands[earlier].target == *target)
        };
        let answer = |(position, command): (usize, &&Dispatch)| {
            if is_refused(position) {
                return Err(fault("send a command", FaultClass::Unavailable));
            }
            Ok(state.deliver(function, command))
        };
        commands.iter().enumerate().map(answer).collect()
    }

    async fn wake_at(&self, wake: &Wake) -> Result<Made, Fault> {
        let mut state = self.state.borrow_mut();
        if let Some(class) = state.call("wake_at", &wake.name) {
            return Err(fault("make a schedule", class));
        }
        if state.schedules.contains_key(&wake.name) {
            return Ok(Made::Already);
        }
        state.schedules.insert(wake.name.clone(), wake.clone());
        Ok(Made::Now)
    }

    async fn state_of(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault> {
        let mut state = self.state.borrow_mut();
        match state.call("state_of", &alarm.name) {
            Some(class) => Err(fault("describe an alarm", class)),
            None => Ok(state.alarms.get(&alarm.name).cloned()),
        }
    }
}

fn fault(operation: &str, class: FaultClass) -> Fault {
    Fault { operation: operation.to_owned(), class: Some(class), source: "made to fail".into() }
}
