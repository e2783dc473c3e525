//! The reasons of this function in words: what is so, and what a person can do about it.

use std::fmt;

use serde_json::json;
use shared::ids::shorten;
use shared::kinds::dns::{Record, Side};
use shell::config::Chain;

use super::{Place, Why};

impl Why {
    /// What a person can do about it, or what happens next by itself.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        let next = match self {
            Self::NameMoved { .. } | Self::Deploying { .. } => {
                "the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute".to_owned()
            }
            Self::NotYet { back_at: Some(back_at), .. } => {
                format!("it goes back at {back_at:.0} if the primary stays healthy")
            }
            Self::NotYet { back_at: None, .. } => "it goes back by itself when the primary is healthy again".to_owned(),
            Self::HoldDown { until, kept: true } => {
                format!("`reconcile` fails over at {until:.0} if the primary is still not healthy; to do it now, an operator sends `fail-over`")
            }
            Self::HoldDown { .. } => "an operator's order is not held up".to_owned(),
            Self::Unproven { side: Side::Secondary, .. } => {
                "look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`".to_owned()
            }
            Self::Unproven { side: Side::Primary, earliest: Some(earliest), .. } => format!(
                "send it again at {earliest:.0} or later; to move all the same, add `force: true` and a `reason`"
            ),
            Self::Unproven { side: Side::Primary, earliest: None, .. } => {
                "look at the primary; to move all the same, send `fail-back` with `force: true` and a `reason`".to_owned()
            }
            Self::FailbackManual | Self::MovedByHand { .. } | Self::OthersObject { .. } | Self::LedgerUnset => {
                "an operator sends `fail-back` when the primary is ready".to_owned()
            }
            Self::MovesUsedUp { .. } => {
                "find out why it moves so often; an operator's order is not held up".to_owned()
            }
            Self::RecordMissing { .. } | Self::RecordUnfit { .. } | Self::RecordUnled { .. } => {
                "compare `records` of the target with the zone, in the playbook or in Route 53".to_owned()
            }
            Self::DistributionUnfit { .. } => {
                "see the prerequisites of `distribution-domain` in docs/failing-over.md".to_owned()
            }
            Self::NothingSaved => "restore the health check by hand with UpdateHealthCheck; or send `fail-back` with `force: true` and a `reason`, which leaves it neither disabled nor inverted".to_owned(),
            Self::LedgerUnavailable(_) => "it is tried again when its message is delivered again; an operator's `fail-back` with `force: true` and a `reason` does not wait for the ledger".to_owned(),
            Self::AlreadyDone { .. } => "to do it once more, send it with another `id`".to_owned(),
            Self::DrillFailed(why) => return why.next(),
            Self::DrillNotAllowed => "add `may-drill: true` to the target in the playbook".to_owned(),
            Self::Paused(pause) => {
                let resume = json!({"action": "resume", "scope": pause.scope});
                format!("to end the pause, invoke route-alarm with {resume}")
            }
            Self::Moved { .. }
            | Self::RecordPointed { .. }
            | Self::AlreadyThere { .. }
            | Self::MadeBefore { .. }
            | Self::Status(_)
            | Self::InOrder
            | Self::PutOffNoLonger
            | Self::DrillPassed { .. }
            | Self::AlarmBeforeMove { .. }
            | Self::LeaseBusy { .. }
            | Self::PlaceUnseen(_)
            | Self::NamesUnseen(_)
            | Self::RecordsUnseen(_)
            | Self::EvidenceUnseen { .. } => return None,
        };
        Some(next)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved { to, proof: Some(proof) } => {
                write!(f, "traffic goes to the {} now, which is healthy: {proof}", to.as_str())
            }
            Self::Moved { to, proof: None } => {
                write!(
                    f,
                    "traffic goes to the {} now, by force: nobody looked whether it is healthy",
                    to.as_str()
                )
            }
            Self::NameMoved { to } => {
                write!(
                    f,
                    "the names are at the distribution of the {} now; the records still point at the other",
                    to.as_str()
                )
            }
            Self::RecordPointed { to } => {
                write!(f, "the records point at the distribution of the {} now, as the names do", to.as_str())
            }
            Self::AlreadyThere { side, since: None } => {
                write!(f, "traffic goes to the {} already", side.as_str())
            }
            Self::AlreadyThere { side, since: Some(since) } => {
                write!(f, "traffic goes to the {} already, since {since:.0}", side.as_str())
            }
            Self::MadeBefore { to } => write!(
                f,
                "traffic goes to the {} already, moved by this very order, which is noted only now",
                to.as_str()
            ),
            Self::AlreadyDone { at } => write!(
                f,
                "this order moved traffic at {at:.0}, and another move came after it: it is not done once more"
            ),
            Self::Deploying { to } => {
                write!(
                    f,
                    "the names are moved, and CloudFront has not deployed the distribution of the {} yet",
                    to.as_str()
                )
            }
            Self::Status(Place::At(side)) => write!(f, "traffic goes to the {}", side.as_str()),
            Self::Status(Place::Between) => f.write_str("traffic goes to neither side alone"),
            Self::Status(Place::Unseen) => f.write_str("where traffic goes could not be seen"),
            Self::InOrder => f.write_str("nothing is to be ended or taken back"),
            Self::NotYet { since: Some(since), words, .. } => {
                write!(f, "the primary is healthy since {since:.0}, which is not long enough: {words}")
            }
            Self::NotYet { since: None, words, .. } => {
                write!(f, "nothing shows that the primary is healthy, or for how long: {words}")
            }
            Self::HoldDown { until, .. } => {
                write!(f, "it was moved a short while ago: only a person moves it before {until:.0}")
            }
            Self::PutOffNoLonger => {
                f.write_str("the primary is healthy again: the fail-over that was put off is not needed")
            }
            Self::DrillPassed { proof } => {
                write!(f, "a fail-over would work now, and the secondary is healthy: {proof}")
            }
            Self::DrillFailed(why) if why.unseen().is_some() => {
                write!(f, "whether a fail-over would work now is not known: {why}")
            }
            Self::DrillFailed(why) => write!(f, "a fail-over would not work now: {why}"),
            Self::DrillNotAllowed => f.write_str("the target does not say `may-drill: true`"),
            Self::Unproven { side, words, earliest: Some(_) } => {
                write!(f, "the {} has not been healthy for long enough: {words}", side.as_str())
            }
            Self::Unproven { side, words, earliest: None } => {
                write!(f, "nothing shows that the {} is healthy: {words}", side.as_str())
            }
            Self::FailbackManual => {
                f.write_str("the target's `failback` is `manual`: a person fails it back")
            }
            Self::MovedByHand { at: Some(at) } => {
                write!(f, "a person failed it over at {at:.0}, so only a person fails it back")
            }
            Self::MovedByHand { at: None } => {
                f.write_str("nothing noted tells who has moved traffic, so only a person fails it back")
            }
            Self::OthersObject { by: Some(order) } => write!(
                f,
                "the object that is there was put by order `{order}`, and not by the last move of this stack, so only a person removes it"
            ),
            Self::OthersObject { by: None } => f.write_str(
                "the object that is there bears no order: somebody has put it by other means, so only a person removes it",
            ),
            Self::AlarmBeforeMove { alarm, moved } => write!(
                f,
                "the alarm changed its state at {alarm:.0}, and the last move was after that, at {moved:.0}: it may have seen what was before"
            ),
            Self::MovesUsedUp { made, most } => {
                write!(f, "there were {made} moves in the last 24 hours that no person ordered, ")?;
                if usize::try_from(*most).is_ok_and(|most| *made < most) {
                    return write!(
                        f,
                        "and the last of the {most} of `max-moves-a-day` is kept for the next outage"
                    );
                }
                write!(f, "as many as `max-moves-a-day` allows")
            }
            Self::RecordMissing { record, what } => {
                write!(f, "{what} of {} is not in the zone", shown(record))
            }
            Self::RecordUnfit { record, what } => write!(f, "{} cannot be changed: {what}", shown(record)),
            Self::RecordUnled { record, what } => {
                write!(f, "{} would stay where it is: {what}", shown(record))
            }
            Self::DistributionUnfit { side, what } => {
                write!(f, "the distribution of the {} cannot take the names: {what}", side.as_str())
            }
            Self::NothingSaved => f.write_str(
                "what the health check was before it was forced is not known: it is not in the ledger",
            ),
            Self::LedgerUnset => {
                f.write_str("without a ledger nobody knows who failed it over: it does not go back by itself")
            }
            Self::LedgerUnavailable(words) => f.write_str(words),
            Self::Paused(pause) => write!(
                f,
                "paused for `{}` until {:.0} by {}: {}",
                pause.scope,
                pause.until,
                shorten(&pause.who),
                shorten(&pause.reason)
            ),
            Self::LeaseBusy { owner } => {
                write!(f, "another delivery works on the target: {}", shorten(owner))
            }
            Self::PlaceUnseen(fault) => write!(f, "where traffic goes could not be seen: {}", Chain(fault)),
            Self::NamesUnseen(fault) => {
                write!(
                    f,
                    "whether the other distribution can take the names could not be seen: {}",
                    Chain(fault)
                )
            }
            Self::RecordsUnseen(fault) => {
                write!(f, "whether the records would follow could not be seen: {}", Chain(fault))
            }
            Self::EvidenceUnseen { side, fault } => {
                write!(f, "how healthy the {} is could not be seen: {}", side.as_str(), Chain(fault))
            }
        }
    }
}

fn shown(record: &Record) -> String {
    format!("{} {}", record.kind.as_str(), record.name)
}
