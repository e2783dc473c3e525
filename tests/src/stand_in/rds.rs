//! Databases and their snapshots, as RDS keeps them in every Region: nothing that is begun is done before a test says so.
//!
//! What is asked about databases is in `databases`, about snapshots in `snapshots`, the words of both in `shapes`, and
//! what tests do behind the functions' back in `hands`.

mod databases;
mod faults;
mod hands;
mod shapes;
mod snapshots;

use std::collections::BTreeMap;

pub use self::shapes::{RdsDatabase, RdsFamily, RdsSnapshot};
use super::wire::{REQUEST_ID, Recorded, Service, errors, xml};
use super::{Fault, Reply};

/// How many items a page may have, and has where a request does not say. Source: RDS API reference,
/// `DescribeDBSnapshots`.
const LEAST_ON_A_PAGE: usize = 20;
const MOST_ON_A_PAGE: usize = 100;

/// How many manual snapshots of each family a Region may have, unless a test says otherwise. Source: RDS user guide,
/// "Quotas".
const MOST_SNAPSHOTS: usize = 100;

/// A thing's family, Region and name. The families have names of their own.
type Place = (RdsFamily, String, String);

/// Every database and every snapshot.
#[derive(Debug)]
pub(super) struct Rds {
    databases: BTreeMap<Place, RdsDatabase>,
    snapshots: BTreeMap<Place, RdsSnapshot>,
    most_snapshots: usize,
    page: Option<usize>,
}

impl Default for Rds {
    fn default() -> Self {
        let (databases, snapshots) = (BTreeMap::new(), BTreeMap::new());
        Self { databases, snapshots, most_snapshots: MOST_SNAPSHOTS, page: None }
    }
}

impl Rds {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let operation = &request.operation;
        match self.result(request) {
            Ok(result) => xml(
                200,
                &format!(
                    r#"<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata></{operation}Response>"#
                ),
            ),
            Err(fault) => errors::error(Service::Rds, fault),
        }
    }

    fn result(&mut self, request: &Recorded) -> Result<String, Fault> {
        use RdsFamily::{Cluster, Instance};
        match request.operation.as_str() {
            "DescribeDBInstances" => self.describe_databases(Instance, request),
            "DescribeDBClusters" => self.describe_databases(Cluster, request),
            "DescribeDBSnapshots" => self.describe_snapshots(Instance, request),
            "DescribeDBClusterSnapshots" => self.describe_snapshots(Cluster, request),
            "DescribeAccountAttributes" => Ok(self.quotas(request)),
            "CreateDBSnapshot" => self.create_snapshot(Instance, request),
            "CreateDBClusterSnapshot" => self.create_snapshot(Cluster, request),
            "CopyDBSnapshot" => self.copy_snapshot(Instance, request),
            "CopyDBClusterSnapshot" => self.copy_snapshot(Cluster, request),
            "DeleteDBSnapshot" => self.delete_snapshot(Instance, request),
            "DeleteDBClusterSnapshot" => self.delete_snapshot(Cluster, request),
            "RestoreDBInstanceFromDBSnapshot" => self.restore(Instance, request),
            "RestoreDBClusterFromSnapshot" => self.restore(Cluster, request),
            "CreateDBInstance" => self.create_member(request),
            "DeleteDBInstance" => self.delete_database(Instance, request),
            "DeleteDBCluster" => self.delete_database(Cluster, request),
            _ => Err(Fault::new(400, "InvalidAction", "the stand-in does not know this action")),
        }
    }

    /// One page of what was found, in an element of that name. A marker is the number of the first item behind it.
    fn list(&self, request: &Recorded, element: &str, found: &[String]) -> Result<String, Fault> {
        let asked = field(request, "MaxRecords").map_or(Ok(MOST_ON_A_PAGE), str::parse);
        let asked = asked.ok().filter(|asked| (LEAST_ON_A_PAGE..=MOST_ON_A_PAGE).contains(asked));
        let asked =
            asked.ok_or(Fault::invalid("Invalid value for max records. Must be between 20 and 100"))?;
        let start = match field(request, "Marker") {
            None => 0,
            Some(marker) => {
                let start = marker.strip_prefix("marker-").and_then(|start| start.parse().ok());
                let start = start.filter(|start| (1..found.len()).contains(start));
                start.ok_or(Fault::invalid("The parameter Marker is not valid."))?
            }
        };
        let end = found.len().min(start + self.page.map_or(asked, |page| page.min(asked)));
        let items = found[start..end].concat();
        let marker = if end < found.len() { format!("<Marker>marker-{end}</Marker>") } else { String::new() };
        Ok(format!("{marker}<{element}>{items}</{element}>"))
    }
}

/// The namespace of every answer.
pub(super) const NAMESPACE: &str = "http://rds.amazonaws.com/doc/2014-10-31/";

/// A field of a request, unless it is empty.
fn field<'r>(request: &'r Recorded, name: &str) -> Option<&'r str> {
    request.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// A field that a request must have.
fn needed<'r>(request: &'r Recorded, name: &str) -> Result<&'r str, Fault> {
    field(request, name).ok_or(Fault::new(400, "MissingParameter", "the request lacks a parameter"))
}

/// An identifier that a request must have, as RDS stores it.
fn identifier(request: &Recorded, name: &str) -> Result<String, Fault> {
    needed(request, name).map(str::to_ascii_lowercase)
}

/// The tags of a request.
fn tags(request: &Recorded) -> BTreeMap<String, String> {
    let tag = |n: usize| {
        let key = request.fields.get(&format!("Tags.Tag.{n}.Key"))?;
        let value = request.fields.get(&format!("Tags.Tag.{n}.Value")).cloned();
        Some((key.clone(), value.unwrap_or_default()))
    };
    (1..).map_while(tag).collect()
}

#[cfg(test)]
mod tests;
