//! Record sets in the SDK's words and in ours. What is left out here would be lost by the next change.

use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::types;

use crate::world::{Alias, Cidr, Coordinates, GeoLocation, GeoProximity, RecordSet};

/// A set as Route 53 lists it.
pub(super) fn ours(set: types::ResourceRecordSet) -> RecordSet {
    RecordSet {
        name: set.name,
        kind: set.r#type.as_str().to_owned(),
        set_identifier: set.set_identifier,
        weight: set.weight,
        region: set.region.map(|region| region.as_str().to_owned()),
        failover: set.failover.map(|role| role.as_str().to_owned()),
        multi_value: set.multi_value_answer,
        geo_location: set.geo_location.map(|place| GeoLocation {
            continent: place.continent_code,
            country: place.country_code,
            subdivision: place.subdivision_code,
        }),
        geo_proximity: set.geo_proximity_location.map(|place| GeoProximity {
            region: place.aws_region,
            local_zone_group: place.local_zone_group,
            coordinates: place
                .coordinates
                .map(|point| Coordinates { latitude: point.latitude, longitude: point.longitude }),
            bias: place.bias,
        }),
        cidr: set
            .cidr_routing_config
            .map(|block| Cidr { collection: block.collection_id, location: block.location_name }),
        ttl: set.ttl,
        values: set.resource_records.into_iter().flatten().map(|record| record.value).collect(),
        alias: set.alias_target.map(|alias| Alias {
            zone: alias.hosted_zone_id,
            name: alias.dns_name,
            evaluate_target_health: alias.evaluate_target_health,
        }),
        health_check: set.health_check_id,
        traffic_policy: set.traffic_policy_instance_id,
    }
}

/// A set as Route 53 takes it.
pub(super) fn theirs(set: &RecordSet) -> Result<types::ResourceRecordSet, BuildError> {
    let values = set.values.iter().map(|value| types::ResourceRecord::builder().value(value).build());
    let values = values.collect::<Result<Vec<_>, _>>()?;
    types::ResourceRecordSet::builder()
        .name(&set.name)
        .r#type(set.kind.as_str().into())
        .set_set_identifier(set.set_identifier.clone())
        .set_weight(set.weight)
        .set_region(set.region.as_deref().map(Into::into))
        .set_failover(set.failover.as_deref().map(Into::into))
        .set_multi_value_answer(set.multi_value)
        .set_geo_location(set.geo_location.as_ref().map(geo_location))
        .set_geo_proximity_location(set.geo_proximity.as_ref().map(geo_proximity).transpose()?)
        .set_cidr_routing_config(set.cidr.as_ref().map(cidr).transpose()?)
        .set_ttl(set.ttl)
        .set_resource_records((!values.is_empty()).then_some(values))
        .set_alias_target(set.alias.as_ref().map(alias).transpose()?)
        .set_health_check_id(set.health_check.clone())
        .set_traffic_policy_instance_id(set.traffic_policy.clone())
        .build()
}

fn geo_location(place: &GeoLocation) -> types::GeoLocation {
    types::GeoLocation::builder()
        .set_continent_code(place.continent.clone())
        .set_country_code(place.country.clone())
        .set_subdivision_code(place.subdivision.clone())
        .build()
}

fn geo_proximity(place: &GeoProximity) -> Result<types::GeoProximityLocation, BuildError> {
    let point = |point: &Coordinates| {
        types::Coordinates::builder().latitude(&point.latitude).longitude(&point.longitude).build()
    };
    let location = types::GeoProximityLocation::builder()
        .set_aws_region(place.region.clone())
        .set_local_zone_group(place.local_zone_group.clone())
        .set_coordinates(place.coordinates.as_ref().map(point).transpose()?)
        .set_bias(place.bias);
    Ok(location.build())
}

fn cidr(block: &Cidr) -> Result<types::CidrRoutingConfig, BuildError> {
    types::CidrRoutingConfig::builder()
        .collection_id(&block.collection)
        .location_name(&block.location)
        .build()
}

fn alias(alias: &Alias) -> Result<types::AliasTarget, BuildError> {
    types::AliasTarget::builder()
        .hosted_zone_id(&alias.zone)
        .dns_name(&alias.name)
        .evaluate_target_health(alias.evaluate_target_health)
        .build()
}
