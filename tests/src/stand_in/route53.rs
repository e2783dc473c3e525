//! Hosted zones and health checks, as Route 53 keeps them: record sets whole, a batch of changes all or not at all, and
//! a change that has not reached every server before a test says so.
//!
//! Health checks are in `checks`.

mod checks;

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

pub use self::checks::HealthCheck;
use super::wire::{REQUEST_ID, Recorded, Service, errors, xml};
use super::{Fault, Reply, StandIn};

pub(super) const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// How many sets a page has where a request does not say, and the most that it may have. Source: Route 53 API
/// reference, `ListResourceRecordSets`.
const PAGE: usize = 300;

/// A set by its name, the last label first, its type and its identifier: the order of a zone.
type Key = (Vec<String>, String, String);

/// The sets of a zone, each with what is inside its element.
type Zone = BTreeMap<Key, String>;

/// Every zone and every health check.
#[derive(Debug, Default)]
pub(super) struct Route53 {
    zones: BTreeMap<String, Zone>,
    /// Whether each change is at all servers.
    changes: Vec<bool>,
    checks: BTreeMap<String, HealthCheck>,
}

/// What a request is answered.
enum Refusal {
    With(Fault),
    /// The one error with a form of its own: what is wrong with each change.
    Batch(Vec<String>),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::With(fault)
    }
}

impl Route53 {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let operation = &request.operation;
        match self.result(request) {
            Ok(result) => {
                let response = format!("{operation}Response");
                xml(200, &format!(r#"<{response} xmlns="{NAMESPACE}">{result}</{response}>"#))
            }
            Err(Refusal::With(fault)) => errors::error(Service::Route53, fault),
            Err(Refusal::Batch(wrong)) => {
                let messages: String = wrong.iter().map(|one| format!("<Message>{one}</Message>")).collect();
                let refused = format!(
                    r#"<InvalidChangeBatch xmlns="{NAMESPACE}"><Messages>{messages}</Messages><RequestId>{REQUEST_ID}</RequestId></InvalidChangeBatch>"#
                );
                xml(400, &refused)
            }
        }
    }

    fn result(&mut self, request: &Recorded) -> Result<String, Refusal> {
        Ok(match request.operation.as_str() {
            "ListResourceRecordSets" => self.list(request)?,
            "ChangeResourceRecordSets" => self.change(request)?,
            "GetChange" => self.progress(&request.resource)?,
            "GetHealthCheck" => self.check(&request.resource)?,
            "UpdateHealthCheck" => self.update_check(request)?,
            "GetHealthCheckStatus" => self.status(&request.resource)?,
            _ => {
                return Err(Fault::new(400, "InvalidInput", "the stand-in does not know this request").into());
            }
        })
    }

    /// A page of a zone, from a name on; with it a type, and then an identifier.
    fn list(&self, request: &Recorded) -> Result<String, Fault> {
        let zone = self.zones.get(&request.resource).ok_or(Fault::NO_SUCH_HOSTED_ZONE)?;
        let field = |name: &str| request.fields.get(name).cloned().unwrap_or_default();
        let size = field("maxitems").parse().map_or(PAGE, |size: usize| size.clamp(1, PAGE));
        let start = (labels(&field("name")), field("type"), field("identifier"));
        let mut sets = zone.range(start..);
        let page: String =
            sets.by_ref().take(size).map(|(_, set)| element("ResourceRecordSet", set)).collect();
        let next = sets.next().map(|((_, kind, identifier), set)| {
            let identifier = Some(identifier).filter(|identifier| !identifier.is_empty());
            let identifier = identifier.map(|identifier| element("NextRecordIdentifier", identifier));
            let name = name_in(set);
            format!(
                "<NextRecordName>{name}</NextRecordName><NextRecordType>{kind}</NextRecordType>{}",
                identifier.unwrap_or_default()
            )
        });
        let truncated = next.is_some();
        Ok(format!(
            "<ResourceRecordSets>{page}</ResourceRecordSets><IsTruncated>{truncated}</IsTruncated>{}<MaxItems>{size}</MaxItems>",
            next.unwrap_or_default()
        ))
    }

    fn change(&mut self, request: &Recorded) -> Result<String, Refusal> {
        let zone = self.zones.get_mut(&request.resource).ok_or(Fault::NO_SUCH_HOSTED_ZONE)?;
        let body = String::from_utf8_lossy(&request.body);
        let batch = Document::parse(&body).map_err(|_| Fault::INVALID_INPUT)?;
        let (mut changed, mut wrong) = (zone.clone(), Vec::new());
        for change in batch.descendants().filter(|node| node.tag_name().name() == "Change") {
            let (action, set) = (text(change, "Action"), child(change, "ResourceRecordSet"));
            let set = set.ok_or(Fault::INVALID_INPUT)?;
            if let Err(words) = change_one(&mut changed, action, set, &body) {
                wrong.push(words);
            }
        }
        if !wrong.is_empty() {
            return Err(Refusal::Batch(wrong));
        }
        *zone = changed;
        self.changes.push(false);
        Ok(self.progress(&change_id(self.changes.len()))?)
    }

    fn progress(&self, id: &str) -> Result<String, Fault> {
        let found = (1..=self.changes.len()).find(|number| change_id(*number) == id);
        let number =
            found.ok_or(Fault::new(404, "NoSuchChange", "A change with the specified ID does not exist."))?;
        let status = if self.changes[number - 1] { "INSYNC" } else { "PENDING" };
        Ok(format!(
            "<ChangeInfo><Id>/change/{id}</Id><Status>{status}</Status><SubmittedAt>2026-11-21T09:00:13.500Z</SubmittedAt></ChangeInfo>"
        ))
    }
}

fn change_id(number: usize) -> String {
    format!("C{number:013}")
}

fn change_one(zone: &mut Zone, action: &str, set: Node<'_, '_>, body: &str) -> Result<(), String> {
    let inside: String = set.children().map(|node| &body[node.range()]).collect();
    let (key, of_it) = (key(set), format!("{} {}", text(set, "Name"), text(set, "Type")));
    match action {
        "DELETE" if zone.get(&key) == Some(&inside) => {
            zone.remove(&key);
            return Ok(());
        }
        "DELETE" => {
            return Err(format!("Tried to delete resource record set [{of_it}] but it was not found"));
        }
        "CREATE" if zone.contains_key(&key) => {
            return Err(format!("Tried to create resource record set [{of_it}] but it already exists"));
        }
        _ => {}
    }
    let is_other = |other: &&Key| other.0 == key.0 && other.1 == key.1 && **other != key;
    if zone.keys().find(is_other).is_some_and(|other| other.2.is_empty() || key.2.is_empty()) {
        return Err(format!(
            "RRSet with DNS name {of_it}, SetIdentifier and a simple one cannot be created together"
        ));
    }
    if child(set, "Weight").is_some() && text(set, "Weight").parse::<u8>().is_err() {
        return Err(format!("Invalid weight of {of_it}: it is between 0 and 255"));
    }
    zone.insert(key, inside);
    Ok(())
}

fn key(set: Node<'_, '_>) -> Key {
    (labels(text(set, "Name")), text(set, "Type").to_owned(), text(set, "SetIdentifier").to_owned())
}

/// The labels of a name, the last one first.
fn labels(name: &str) -> Vec<String> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.split('.').rev().map(str::to_owned).collect()
}

fn name_in(set: &str) -> &str {
    let name = set.split_once("<Name>").and_then(|(_, rest)| rest.split_once("</Name>"));
    name.map_or("", |(name, _)| name)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|child| child.text()).unwrap_or_default()
}

fn element(name: &str, inside: &str) -> String {
    format!("<{name}>{inside}</{name}>")
}

/// Route 53.
impl StandIn {
    /// Puts record sets into a zone, which there is from then on: each as Route 53 lists it, as
    /// `<ResourceRecordSet>…</ResourceRecordSet>`.
    ///
    /// # Panics
    /// When they are not of that form.
    pub fn put_records(&self, zone: &str, sets: &str) {
        let body = element("Sets", sets);
        let Ok(document) = Document::parse(&body) else { panic!("no record sets: {sets}") };
        let mut state = self.state();
        let zone = state.route53.zones.entry(zone.to_owned()).or_default();
        for set in document.root_element().children().filter(Node::is_element) {
            let put = change_one(zone, "UPSERT", set, &body);
            assert!(put.is_ok(), "{put:?}");
        }
    }

    /// The record sets of a zone in their order: what is inside the element of each.
    #[must_use]
    pub fn records(&self, zone: &str) -> Vec<String> {
        self.state().route53.zones.get(zone).into_iter().flatten().map(|(_, set)| set.clone()).collect()
    }

    /// Lets all changes be at all servers.
    pub fn complete_changes(&self) {
        self.state().route53.changes.fill(true);
    }

    /// Puts a health check there, in place of the one with its id.
    pub fn put_health_check(&self, check: HealthCheck) {
        self.state().route53.checks.insert(check.id.clone(), check);
    }

    /// A health check as it is now, if it is there.
    #[must_use]
    pub fn health_check(&self, id: &str) -> Option<HealthCheck> {
        self.state().route53.checks.get(id).cloned()
    }
}

#[cfg(test)]
mod tests;
