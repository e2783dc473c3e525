//! What the records of strategy `record-targets` answer.

use std::collections::BTreeSet;

use super::{AnswerKeys, RecordKeys, StrategyName, word};
use crate::kinds::dns::strategy::{Alias, Answer, RecordValue, Turn};
use crate::kinds::dns::{RecordType, Sides, normal};

/// The zone of all CloudFront distributions. Source: Route 53 API reference, `AliasTarget`.
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

/// What a record answers on each side.
pub(super) fn turn(record: &RecordKeys) -> Result<Turn, String> {
    let answer = |side: &str, answer: &Option<AnswerKeys>| match answer {
        Some(answer) => self::answer(record, side, answer),
        None => Err(format!(
            "strategy `{}` needs `{side}` of {}",
            word(StrategyName::RecordTargets),
            shown(record)
        )),
    };
    let primary = answer("primary", &record.primary)?;
    let secondary = answer("secondary", &record.secondary)?;
    if leads_to(&primary) == leads_to(&secondary) {
        return Err(format!("{} answers the same on both sides; expected two answers", shown(record)));
    }
    Ok(Turn { set_identifier: record.set_identifier.clone(), answers: Sides { primary, secondary } })
}

fn shown(RecordKeys { name, kind, .. }: &RecordKeys) -> String {
    format!("{} {name}", kind.as_str())
}

/// What an answer is to those who ask, however it is written and however long they keep it.
fn leads_to(answer: &Answer) -> (Option<&str>, BTreeSet<String>) {
    match answer {
        Answer::Values { values, .. } => (None, values.iter().map(|value| normal(value.as_str())).collect()),
        Answer::Alias(Alias { zone, name, .. }) => (Some(zone.as_str()), [normal(name.as_str())].into()),
    }
}

fn answer(record: &RecordKeys, side: &str, answer: &AnswerKeys) -> Result<Answer, String> {
    let kind = record.kind;
    let wrong = |what: &str| Err(format!("`{side}` of {}: {what}", shown(record)));
    let AnswerKeys { values, ttl, alias } = answer;
    let (fits, form): (fn(&RecordValue) -> bool, _) = match kind {
        RecordType::A => (RecordValue::is_ipv4, "an IPv4 address"),
        RecordType::Aaaa => (RecordValue::is_ipv6, "an IPv6 address"),
        RecordType::Cname => (RecordValue::is_name, "a name in full"),
        RecordType::Https | RecordType::Mx | RecordType::Srv | RecordType::Txt => {
            return wrong(&format!(
                "its type is `{}`; expected `A`, `AAAA` or `CNAME` with strategy `record-targets`",
                kind.as_str()
            ));
        }
    };
    match (values.as_slice(), alias) {
        ([], None) => wrong("neither `values` nor `alias`; expected one of them"),
        ([], Some(_)) if ttl.is_some() => wrong("`ttl` beside `alias`; expected it only beside `values`"),
        ([], Some(_)) if kind == RecordType::Cname => wrong("`alias` with type `CNAME`; expected `values`"),
        ([], Some(alias)) if alias.zone.as_str() == CLOUDFRONT && alias.evaluate_target_health => wrong(
            "`evaluate-target-health` is `true` beside CloudFront's zone, which Route 53 refuses; expected `false`",
        ),
        ([], Some(alias)) => Ok(Answer::Alias(alias.clone())),
        (_, Some(_)) => wrong("both `values` and `alias`; expected one of them"),
        (values, None) => match values.iter().find(|value| !fits(value)) {
            Some(value) => wrong(&format!("`{value}` is among the `values`; expected {form}")),
            None if kind == RecordType::Cname && values.len() > 1 => {
                wrong("several `values` with type `CNAME`; expected one")
            }
            None => Ok(Answer::Values { values: values.to_vec(), ttl: *ttl }),
        },
    }
}
