//! Record sets, whole: what is written back is what was read, but for the one field that is meant.

use serde::{Deserialize, Serialize};
use shared::kinds::dns::{RecordName, RecordType};

/// A record set, with everything that Route 53 says of it. Source: Route 53 API reference, `ResourceRecordSet`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSet {
    /// Its name, as Route 53 writes it.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// What tells it from the other sets of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_identifier: Option<String>,
    /// Its weight, 0 to 255.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// The Region of a latency record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `PRIMARY` or `SECONDARY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failover: Option<String>,
    /// Whether it is one of several answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_value: Option<bool>,
    /// Where those must be whom it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geo_location: Option<GeoLocation>,
    /// Where the thing is that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geo_proximity: Option<GeoProximity>,
    /// Whose addresses those must have whom it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<Cidr>,
    /// How long resolvers keep it, in seconds. An alias has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<i64>,
    /// Its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The name whose answer it gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Alias>,
    /// The health check that it depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<String>,
    /// The traffic policy that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_policy: Option<String>,
}

/// The name whose answer an alias gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The zone of the name.
    pub zone: String,
    /// The name, as Route 53 writes it.
    pub name: String,
    /// Whether the record is unhealthy when that name is.
    pub evaluate_target_health: bool,
}

/// A place on a map of continents, countries and their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeoLocation {
    /// A continent's code.
    pub continent: Option<String>,
    /// A country's code.
    pub country: Option<String>,
    /// The code of a part of the country.
    pub subdivision: Option<String>,
}

/// A place, and how far its record reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeoProximity {
    /// A Region's code.
    pub region: Option<String>,
    /// A local zone group.
    pub local_zone_group: Option<String>,
    /// A point on the earth.
    pub coordinates: Option<Coordinates>,
    /// How much more or less than its share it gets, -99 to 99.
    pub bias: Option<i32>,
}

/// A point on the earth, in the words of Route 53.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinates {
    /// Degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
}

/// A block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cidr {
    /// The id of the collection that it is in.
    pub collection: String,
    /// Its name there.
    pub location: String,
}

impl RecordSet {
    /// Whether it is a set of a record.
    #[must_use]
    pub fn is_of(&self, name: &RecordName, kind: RecordType) -> bool {
        self.kind == kind.as_str() && name.is(&self.name)
    }

    /// Whether it is the same set as another: what an `UPSERT` goes by.
    #[must_use]
    pub fn is_same_set(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.set_identifier == other.set_identifier
            && shared::kinds::dns::normal(&self.name) == shared::kinds::dns::normal(&other.name)
    }
}
