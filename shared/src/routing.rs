//! From what happened to what is sent: which routes it matches, and the commands of each.
//!
//! Everything here follows from the event and the playbook alone, so that the same alarm yields the same commands
//! whichever way and however often it is delivered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::command::{Mode, Source};
use crate::event::{Alarm, Notice};
use crate::ids::{CommandId, TargetName, fingerprint, shorten};
use crate::playbook::Playbook;
use crate::playbook::route::{Fit, Route, RoutedCommand, SCALING_ALARMS, When};

/// Something that routes can match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// An alarm changed its state.
    Alarm(Box<Alarm>),
    /// Something else happened.
    Notice(Box<Notice>),
}

impl Signal {
    /// The name that people know it by: the alarm's, or that of the resource.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Alarm(alarm) => &alarm.name,
            Self::Notice(notice) => &notice.resource,
        }
    }

    /// What makes it the same alarm or resource.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Alarm(alarm) => alarm.key(),
            Self::Notice(notice) => format!("{}:{}", notice.kind, notice.resource),
        }
    }

    /// What makes it the same happening: for an alarm the time of the state's change in milliseconds, which all its
    /// deliveries share; for a notice its id.
    #[must_use]
    pub fn occurrence(&self) -> String {
        match self {
            Self::Alarm(alarm) => alarm.at.as_millisecond().to_string(),
            Self::Notice(notice) => notice.id.to_string(),
        }
    }

    /// What joins all that it brings about.
    #[must_use]
    pub fn correlation(&self) -> CommandId {
        CommandId::derived(["signal", &self.subject(), &self.occurrence()])
    }

    /// When it happened, where it says so.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Alarm(alarm) => Some(alarm.at),
            Self::Notice(notice) => notice.at,
        }
    }

    /// The replay that brought it.
    #[must_use]
    pub fn replay(&self) -> Option<&str> {
        match self {
            Self::Alarm(alarm) => alarm.replay.as_deref(),
            Self::Notice(notice) => notice.replay.as_deref(),
        }
    }

    /// What happened, in a sentence without its full stop.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Alarm(alarm) => {
                let (name, to) = (shorten(&alarm.name), shorten(alarm.to.as_str()));
                let contributor = alarm.contributor.as_deref().map_or(String::new(), |contributor| {
                    format!(" for contributor {}", shorten(contributor))
                });
                match &alarm.from {
                    Some(from) if *from == alarm.to => {
                        format!("alarm `{name}` is still {to}{contributor}: its action was delayed until now")
                    }
                    Some(from) => {
                        format!("alarm `{name}` went from {} to {to}{contributor}", shorten(from.as_str()))
                    }
                    None => format!("alarm `{name}` went to {to}{contributor}"),
                }
            }
            Self::Notice(notice) => format!("{} of `{}`", notice.kind, shorten(&notice.resource)),
        }
    }

    /// AWS's own explanation.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        match self {
            Self::Alarm(alarm) => alarm.reason.as_deref(),
            Self::Notice(notice) => Some(&notice.text),
        }
    }

    /// The same, for a report.
    #[must_use]
    pub fn shown(&self) -> Value {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                shown.insert(name.to_owned(), json!(shorten(value)));
            }
        };
        match self {
            Self::Alarm(alarm) => {
                put("alarm", Some(&alarm.name));
                put("account", alarm.account.as_deref());
                put("region", alarm.region.as_deref());
                put("contributor", alarm.contributor.as_deref());
                put("from", alarm.from.as_ref().map(|state| state.as_str()));
                put("to", Some(alarm.to.as_str()));
                put("at", Some(&alarm.at.to_string()));
            }
            Self::Notice(notice) => {
                put("event", Some(notice.kind.as_str()));
                put("resource", Some(&notice.resource));
                put("account", notice.account.as_deref());
                put("region", notice.region.as_deref());
                put("at", notice.at.map(|at| at.to_string()).as_deref());
            }
        }
        put("explanation", self.explanation());
        put("replay", self.replay());
        Value::Object(shown)
    }

    /// Whether it is one of the alarms that scaling policies make for themselves.
    #[must_use]
    pub fn is_of_scaling(&self) -> bool {
        match self {
            Self::Alarm(alarm) => alarm.name.starts_with(SCALING_ALARMS),
            Self::Notice(_) => false,
        }
    }

    /// How well it fits a route.
    #[must_use]
    pub fn fit(&self, route: &Route) -> Fit {
        match (self, &route.when) {
            (Self::Alarm(alarm), When::Alarm(pattern)) => pattern.fit(alarm),
            (Self::Notice(notice), When::Notice(pattern)) if pattern.matches(notice) => Fit::Matches,
            (Self::Notice(_), When::Notice(_) | When::Alarm(_)) | (Self::Alarm(_), When::Notice(_)) => {
                Fit::No
            }
        }
    }
}

/// A command, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// The function whose queue it goes to.
    pub function: String,
    /// Its target, which is its message group: two commands for one target never overlap.
    pub target: TargetName,
    /// What is ordered.
    pub action: String,
    /// Its id: from the alarm, the time of its state, the route and the command.
    pub id: CommandId,
    /// What the queue knows a repetition by: from the alarm, the time of its state, the command and the mode.
    pub deduplication: String,
    /// Whether it is to be carried out.
    pub mode: Mode,
    /// The message.
    pub body: Value,
}

impl Dispatch {
    /// The command of a route for what happened, to be carried out or only planned; `None` if the playbook has no
    /// such target. One that is only planned carries the id by which it can be approved.
    #[must_use]
    pub fn new(
        playbook: &Playbook,
        signal: &Signal,
        route: &Route,
        command: &RoutedCommand,
        mode: Mode,
    ) -> Option<Self> {
        let function = playbook.targets.get(&command.target)?.function().to_owned();
        let RoutedCommand { action, target, reason, fields, .. } = command;
        let what = command_text(command);
        let (subject, occurrence) = (signal.subject(), signal.occurrence());
        let id = CommandId::derived(["alarm", &subject, &occurrence, route.name.as_str(), &what]);
        let deduplication = fingerprint([subject.as_str(), &occurrence, &what, mode.as_str()]);

        let mut origin = json!({
            "source": Source::Alarm,
            "correlation": signal.correlation(),
            "alarm": shorten(signal.name()),
            "route": route.name,
        });
        if let Signal::Alarm(alarm) = signal {
            origin["at"] = json!(alarm.at);
        }
        let mut body = Map::new();
        body.insert("action".to_owned(), json!(action));
        body.insert("target".to_owned(), json!(target));
        body.extend(fields.clone());
        body.insert("id".to_owned(), json!(id));
        if mode == Mode::Plan {
            body.insert("mode".to_owned(), json!(mode));
            origin["approval"] = json!(approval_id(&deduplication));
        }
        let reason = reason.clone().unwrap_or_else(|| signal.sentence());
        body.insert("reason".to_owned(), json!(reason));
        body.insert("origin".to_owned(), origin);
        let (target, action, body) = (target.clone(), action.clone(), Value::Object(body));
        Some(Self { function, target, action, id, deduplication, mode, body })
    }

    /// The id by which a planned command can be approved.
    #[must_use]
    pub fn approval(&self) -> String {
        approval_id(&self.deduplication)
    }
}

/// How many hexadecimal digits an approval's id has: few enough to be typed at night, 48 bits all the same.
const APPROVAL_DIGITS: usize = 12;

fn approval_id(deduplication: &str) -> String {
    deduplication.chars().take(APPROVAL_DIGITS).collect()
}

/// A command as a text that is the same for the same command, whatever the order in which its fields were written.
fn command_text(command: &RoutedCommand) -> String {
    let RoutedCommand { action, target, fields, .. } = command;
    let mut fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", sorted(value))).collect();
    fields.sort();
    format!("{action} {target} {}", fields.join(" "))
}

/// A value with the keys of all its objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> =
                fields.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests;
