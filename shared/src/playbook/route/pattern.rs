//! What a route is about: patterns of alarms and of notices.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Alarm, AlarmMetric, AlarmState, Notice, NoticeKind};
use crate::ids::InvalidId;

/// What a route is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "WhenKeys")]
#[schemars(with = "WhenKeys")]
pub enum When {
    /// Alarms of this kind.
    Alarm(AlarmPattern),
    /// Notices of this kind.
    Notice(NoticePattern),
}

/// Which alarms, and which of their transitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmPattern {
    /// The alarm's name.
    pub name: Option<Glob>,
    /// One metric of the alarm has this namespace, …
    pub namespace: Option<Glob>,
    /// … this name, …
    pub metric: Option<Glob>,
    /// … and these dimensions, among others.
    pub dimensions: BTreeMap<String, Glob>,
    /// The alarm's account.
    pub account: Option<String>,
    /// The alarm's Region.
    pub region: Option<String>,
    /// The states that it comes from. Empty: any that is no first one, so not `INSUFFICIENT_DATA`.
    pub from: Vec<AlarmState>,
    /// The states that it goes to. Never empty.
    pub to: Vec<AlarmState>,
}

/// Which notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePattern {
    /// Of what.
    pub kind: NoticeKind,
    /// About what.
    pub resource: Option<Glob>,
    /// The account.
    pub account: Option<String>,
    /// The Region.
    pub region: Option<String>,
}

/// How well an alarm fits a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is meant.
    Matches,
    /// The alarm is meant, but not this transition of it.
    OtherTransition,
    /// Another alarm is meant.
    No,
}

/// The beginning of the names of the alarms that scaling policies make for themselves. They fire all day by design;
/// only a pattern that begins so too means them.
pub const SCALING_ALARMS: &str = "TargetTracking-";

impl AlarmPattern {
    /// Compares an alarm with the pattern.
    #[must_use]
    pub fn fit(&self, alarm: &Alarm) -> Fit {
        let named = self.name.as_ref().is_none_or(|name| name.matches(&alarm.name));
        let meant = !alarm.name.starts_with(SCALING_ALARMS)
            || self.name.as_ref().is_some_and(|name| name.0.starts_with(SCALING_ALARMS));
        let asks_metric = self.namespace.is_some() || self.metric.is_some() || !self.dimensions.is_empty();
        let measures = !asks_metric || alarm.metrics.iter().any(|metric| self.measures(metric));
        let there = is(self.account.as_ref(), alarm.account.as_ref())
            && is(self.region.as_ref(), alarm.region.as_ref());
        if !(named && meant && measures && there) {
            return Fit::No;
        }
        if self.to.contains(&alarm.to) && self.comes_from(alarm) {
            Fit::Matches
        } else {
            Fit::OtherTransition
        }
    }

    fn measures(&self, metric: &AlarmMetric) -> bool {
        self.namespace.as_ref().is_none_or(|namespace| namespace.matches(&metric.namespace))
            && self.metric.as_ref().is_none_or(|name| name.matches(&metric.name))
            && self
                .dimensions
                .iter()
                .all(|(name, value)| metric.dimensions.get(name).is_some_and(|found| value.matches(found)))
    }

    /// An action that was delayed (`from` is `to`) stands for a transition that nobody has acted on: it fits whoever
    /// waits for one out of a known state. An unknown state fits only who does not ask.
    fn comes_from(&self, alarm: &Alarm) -> bool {
        match &alarm.from {
            None => self.from.is_empty(),
            Some(from) if *from == alarm.to => {
                self.from.is_empty() || self.from.iter().any(|state| *state != AlarmState::InsufficientData)
            }
            Some(from) if self.from.is_empty() => *from != AlarmState::InsufficientData,
            Some(from) => self.from.contains(from),
        }
    }
}

impl NoticePattern {
    /// Whether a notice is meant.
    #[must_use]
    pub fn matches(&self, notice: &Notice) -> bool {
        self.kind == notice.kind
            && self.resource.as_ref().is_none_or(|resource| resource.matches(&notice.resource))
            && is(self.account.as_ref(), notice.account.as_ref())
            && is(self.region.as_ref(), notice.region.as_ref())
    }
}

fn is(wanted: Option<&String>, found: Option<&String>) -> bool {
    wanted.is_none() || wanted == found
}

/// A pattern of names: `*` stands for any characters, `?` for one. Case matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", description = "a name; `*` stands for any characters, `?` for one")]
pub struct Glob(String);

impl Glob {
    /// Whether a name is of this form.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        wildmatch::WildMatch::new(&self.0).matches(name)
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Glob {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        if text.is_empty() {
            return Err(InvalidId::new(
                &text,
                "a name, in which `*` stands for any characters and `?` for one",
            ));
        }
        Ok(Self(text))
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.0
    }
}

/// The states that CloudWatch has.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StateKey {
    Ok,
    Alarm,
    InsufficientData,
}

impl From<StateKey> for AlarmState {
    fn from(key: StateKey) -> Self {
        match key {
            StateKey::Ok => Self::Ok,
            StateKey::Alarm => Self::Alarm,
            StateKey::InsufficientData => Self::InsufficientData,
        }
    }
}

/// The keys of `when`: of an alarm (`alarm`, `namespace`, `metric`, `dimensions`, `from`, `to`), of a `budget`, or
/// of an `event`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WhenKeys {
    /// The alarm's name.
    alarm: Option<Glob>,
    /// The namespace of a metric of the alarm.
    namespace: Option<Glob>,
    /// The name of that metric.
    metric: Option<Glob>,
    /// Dimensions of that metric, among others.
    #[serde(default)]
    dimensions: BTreeMap<String, Glob>,
    /// The states that it comes from. Left out: any but `INSUFFICIENT_DATA`, from which every new alarm comes.
    from: Option<Vec<StateKey>>,
    /// The states that it goes to. Left out: `ALARM`.
    to: Option<Vec<StateKey>>,
    /// The name of a budget.
    budget: Option<Glob>,
    /// A happening that is no alarm.
    event: Option<NoticeKind>,
    /// What it happened to.
    resource: Option<Glob>,
    /// Its account: twelve digits, in quotes.
    account: Option<AccountId>,
    /// Its Region, as `us-east-1`.
    region: Option<String>,
}

impl TryFrom<WhenKeys> for When {
    type Error = &'static str;

    fn try_from(keys: WhenKeys) -> Result<Self, Self::Error> {
        let WhenKeys {
            alarm,
            namespace,
            metric,
            dimensions,
            from,
            to,
            budget,
            event,
            resource,
            account,
            region,
        } = keys;
        let account = account.map(|account| account.0);
        let of_an_alarm = alarm.is_some()
            || namespace.is_some()
            || metric.is_some()
            || !dimensions.is_empty()
            || from.is_some()
            || to.is_some();
        let (kind, resource) = match (budget, event, resource) {
            (None, None, None) => {
                return Self::of_an_alarm(
                    AlarmKeys { alarm, namespace, metric, dimensions, from, to },
                    account,
                    region,
                );
            }
            (Some(budget), None, None) => (NoticeKind::Budget, Some(budget)),
            (None, Some(event), resource) => (event, resource),
            (Some(_), Some(_), _) => {
                return Err("`when` has both `budget` and `event`; expected one of them");
            }
            (_, None, Some(_)) => return Err("`when` has a `resource` without an `event`"),
        };
        if of_an_alarm {
            return Err("`when` has keys of an alarm beside `budget` or `event`; expected one of the three");
        }
        Ok(Self::Notice(NoticePattern { kind, resource, account, region }))
    }
}

struct AlarmKeys {
    alarm: Option<Glob>,
    namespace: Option<Glob>,
    metric: Option<Glob>,
    dimensions: BTreeMap<String, Glob>,
    from: Option<Vec<StateKey>>,
    to: Option<Vec<StateKey>>,
}

impl When {
    fn of_an_alarm(
        keys: AlarmKeys,
        account: Option<String>,
        region: Option<String>,
    ) -> Result<Self, &'static str> {
        let AlarmKeys { alarm, namespace, metric, dimensions, from, to } = keys;
        if alarm.is_none() && namespace.is_none() && metric.is_none() && dimensions.is_empty() {
            return Err(
                "`when` is about nothing; expected `alarm`, `namespace`, `metric`, `dimensions`, `budget` or `event`",
            );
        }
        let states = |keys: Vec<StateKey>| keys.into_iter().map(AlarmState::from).collect::<Vec<_>>();
        let from = match from {
            Some(keys) if keys.is_empty() => {
                return Err("`from` is an empty list; expected states, or no `from`");
            }
            Some(keys) => states(keys),
            None => Vec::new(),
        };
        let to = match to {
            Some(keys) if keys.is_empty() => {
                return Err("`to` is an empty list; expected states, or no `to`");
            }
            Some(keys) => states(keys),
            None => vec![AlarmState::Alarm],
        };
        let pattern = AlarmPattern { name: alarm, namespace, metric, dimensions, account, region, from, to };
        Ok(Self::Alarm(pattern))
    }
}

/// An account's id.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", description = "an account's id: twelve digits, in quotes")]
struct AccountId(String);

impl TryFrom<String> for AccountId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(text));
        }
        Err(InvalidId::new(&text, "an account's id: twelve digits, in quotes"))
    }
}
