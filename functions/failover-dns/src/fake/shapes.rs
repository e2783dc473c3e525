//! Record sets and other things as tests describe them, and how Route 53 writes names.

use std::fmt::Display;

use shared::kinds::dns::{RecordType, normal};

use crate::world::{Alias, Check, Distribution, RecordSet};

/// A set without a routing policy, for a minute.
#[must_use]
pub fn simple(name: &str, kind: RecordType, values: &[&str]) -> RecordSet {
    RecordSet {
        name: written(name),
        kind: kind.as_str().to_owned(),
        ttl: Some(60),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..RecordSet::default()
    }
}

/// A weighted set of it.
#[must_use]
pub fn weighted(set: RecordSet, set_identifier: &str, weight: i64) -> RecordSet {
    RecordSet { set_identifier: Some(set_identifier.to_owned()), weight: Some(weight), ..set }
}

/// A set of it with a failover role: `PRIMARY` or `SECONDARY`.
#[must_use]
pub fn failover(set: RecordSet, set_identifier: &str, role: &str) -> RecordSet {
    RecordSet { set_identifier: Some(set_identifier.to_owned()), failover: Some(role.to_owned()), ..set }
}

/// The same as an alias that does not care whether its target is healthy.
#[must_use]
pub fn aliased(set: RecordSet, zone: &str, name: &str) -> RecordSet {
    let alias = Alias { zone: zone.to_owned(), name: written(name), evaluate_target_health: false };
    RecordSet { ttl: None, values: Vec::new(), alias: Some(alias), ..set }
}

/// A health check of a type, as `HTTPS`, that looks and is not inverted.
#[must_use]
pub fn check(kind: &str) -> Check {
    Check { version: 1, kind: kind.to_owned(), disabled: false, inverted: false }
}

/// A distribution with a domain and alternate names that is deployed and enabled.
#[must_use]
pub fn distribution(domain: &str, names: &[&str]) -> Distribution {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Distribution { domain: domain.to_owned(), names, deployed: true, enabled: true, etag: "E1".to_owned() }
}

/// A text of the playbook that has a form of its own: an id, a name, an ARN.
///
/// # Panics
/// When it does not have that form.
#[must_use]
pub fn text<T: TryFrom<String, Error: Display>>(text: &str) -> T {
    match T::try_from(text.to_owned()) {
        Ok(text) => text,
        Err(error) => panic!("{error}"),
    }
}

/// A name as Route 53 writes it: in full, in lower case, with octal digits for all but letters, digits, `-` and `_`.
/// Source: Route 53 developer guide, "DNS domain name format".
#[must_use]
pub fn written(name: &str) -> String {
    // What is still escaped in the normal spelling stays so.
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || br"-_.\".contains(&byte);
    let letter =
        |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("\\{byte:03o}") };
    let name: String = normal(name).bytes().map(letter).collect();
    format!("{name}.")
}
