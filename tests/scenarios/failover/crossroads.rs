//! What there is for a target to work on, and where it leads, as somebody sees it who does not ask the function.

use failover_dns::fake::{FakeDns, aliased, check, distribution, failover, simple, weighted};
use failover_dns::world::{Alias, GeoLocation, RecordSet};
use jiff::SignedDuration;
use shared::kinds::dns::{Dns as Rule, RecordType, Side, Strategy, normal};

/// The zone of every CloudFront distribution.
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";
/// The health check that looks for the standby object, or for a routing control.
const WATCHER: &str = "77777777-2222-3333-4444-555555555555";

/// Puts everything there that a target names, with traffic at its primary.
pub(super) fn furnish(dns: &FakeDns, rule: &Rule) {
    dns.put_zone(&rule.zone);
    dns.set_deployment(SignedDuration::from_mins(5));
    match &rule.strategy {
        Strategy::RecordWeights(_) => {
            for kind in [RecordType::A, RecordType::Aaaa] {
                for (set, weight, last) in [("blue", 90, 1), ("green", 10, 2)] {
                    let set = weighted(simple("www.example.com", kind, &[&address(kind, last)]), set, weight);
                    let health_check = Some(format!("{last}1111111-2222-3333-4444-555555555555"));
                    dns.put_set(&rule.zone, RecordSet { health_check, ttl: Some(45), ..set });
                }
            }
        }
        Strategy::RecordTargets(_) => {
            let of = |set: &str, country: Option<&str>, balancer: &str| {
                let plain = simple("www.example.com", RecordType::A, &[]);
                let set = RecordSet {
                    set_identifier: Some(set.to_owned()),
                    ..aliased(plain, "Z35SXDOTRQ7X7K", balancer)
                };
                let alias = set.alias.clone().map(|alias| Alias { evaluate_target_health: true, ..alias });
                let country = Some(country.unwrap_or("*").to_owned());
                let geo_location = Some(GeoLocation { country, ..GeoLocation::default() });
                let health_check = Some("21111111-2222-3333-4444-555555555555".to_owned());
                RecordSet { alias, geo_location, health_check, ..set }
            };
            dns.put_set(&rule.zone, of("europe", Some("DE"), "one.elb.example.com"));
            dns.put_set(&rule.zone, of("elsewhere", None, "other.elb.example.com"));
            dns.put_set(&rule.zone, simple("www.example.com", RecordType::Aaaa, &["2001:db8::1"]));
        }
        Strategy::HealthCheck(id) => {
            dns.put_check(id, check("HTTPS"));
            put_roles(dns, rule, id.as_str());
        }
        Strategy::StandbyObject(object) => {
            dns.set_object(object, None);
            put_roles(dns, rule, WATCHER);
        }
        Strategy::RoutingControl { controls, .. } => {
            put_roles(dns, rule, WATCHER);
            dns.set_control(&controls.primary, true);
            dns.set_control(&controls.secondary, false);
        }
        Strategy::DistributionDomain(sides) => {
            dns.put_distribution(
                &sides.primary,
                distribution("d1example.cloudfront.net", &["www.example.com"]),
            );
            dns.put_distribution(&sides.secondary, distribution("d2example.cloudfront.net", &[]));
            for kind in [RecordType::A, RecordType::Aaaa] {
                let set = simple("www.example.com", kind, &[]);
                dns.put_set(&rule.zone, aliased(set, CLOUDFRONT, "d1example.cloudfront.net"));
            }
        }
    }
}

/// Failover pairs, whose primaries have a health check.
fn put_roles(dns: &FakeDns, rule: &Rule, health_check: &str) {
    for record in &rule.records {
        for (role, last) in [("PRIMARY", 1), ("SECONDARY", 2)] {
            let set = simple(record.name.as_str(), record.kind, &[&address(record.kind, last)]);
            let health_check = (role == "PRIMARY").then(|| health_check.to_owned());
            let set = failover(set, &role.to_ascii_lowercase(), role);
            dns.put_set(&rule.zone, RecordSet { health_check, ttl: Some(45), ..set });
        }
    }
}

fn address(kind: RecordType, last: u8) -> String {
    match kind {
        RecordType::Aaaa => format!("2001:db8::{last}"),
        _ => format!("192.0.2.{last}"),
    }
}

/// Where a target's traffic goes.
pub(super) fn leads_to(dns: &FakeDns, rule: &Rule) -> String {
    let sets = dns.all_sets(&rule.zone);
    let of = |primary: bool, secondary: bool| {
        match (primary, secondary) {
            (true, false) => "primary",
            (false, true) => "secondary",
            (true, true) => "both",
            (false, false) => "nowhere",
        }
        .to_owned()
    };
    match &rule.strategy {
        Strategy::RecordWeights(_) => {
            let weight = |name: &str| {
                let of_side = sets.iter().filter(|set| set.set_identifier.as_deref() == Some(name));
                of_side.map(|set| set.weight.unwrap_or(0)).collect::<Vec<_>>()
            };
            // The share that the secondary has as a rule does not count.
            let (blue, green) = (weight("blue"), weight("green"));
            match (blue.iter().all(|weight| *weight > 0), green.iter().all(|weight| *weight > 0)) {
                (true, _) => "primary".to_owned(),
                (false, true) if blue.iter().all(|weight| *weight == 0) => "secondary".to_owned(),
                _ => format!("blue {blue:?}, green {green:?}"),
            }
        }
        Strategy::RecordTargets(_) => {
            let europe = sets.iter().find(|set| set.set_identifier.as_deref() == Some("europe")).unwrap();
            let six = sets.iter().find(|set| set.kind == "AAAA").unwrap();
            match (&europe.alias, six.values[0].as_str()) {
                (Some(alias), "2001:db8::1") if normal(&alias.name) == "one.elb.example.com" => {
                    "primary".to_owned()
                }
                (None, "2001:db8::2") if europe.values == ["192.0.2.2", "192.0.2.3"] => {
                    "secondary".to_owned()
                }
                other => format!("{other:?}"),
            }
        }
        Strategy::HealthCheck(id) => {
            let check = dns.find_check(id).unwrap();
            of(!(check.disabled && check.inverted), check.disabled && check.inverted)
        }
        Strategy::StandbyObject(object) => {
            let is_there = dns.object(object).is_some();
            of(!is_there, is_there)
        }
        Strategy::RoutingControl { controls, .. } => {
            of(dns.is_on(&controls.primary).unwrap(), dns.is_on(&controls.secondary).unwrap())
        }
        Strategy::DistributionDomain(sides) => {
            let side = Side::ALL.into_iter().find(|side| {
                dns.find_distribution(sides.of(*side)).unwrap().names.contains(&"www.example.com".to_owned())
            });
            let domains =
                sets.iter().map(|set| normal(&set.alias.as_ref().unwrap().name)).collect::<Vec<_>>();
            let pointed = match domains.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["d1example.cloudfront.net", "d1example.cloudfront.net"] => Some(Side::Primary),
                ["d2example.cloudfront.net", "d2example.cloudfront.net"] => Some(Side::Secondary),
                _ => None,
            };
            match (side, pointed) {
                (Some(one), Some(other)) if one == other => one.as_str().to_owned(),
                (Some(one), Some(other)) => format!("names {}, records {}", one.as_str(), other.as_str()),
                other => format!("{other:?}"),
            }
        }
    }
}

/// All that can be seen of it from outside, but what counts changes.
pub(super) fn exactly(dns: &FakeDns, rule: &Rule) -> String {
    let sets = dns.all_sets(&rule.zone);
    let means = match &rule.strategy {
        Strategy::HealthCheck(id) => {
            let check = dns.find_check(id).unwrap();
            format!("{} {} {}", check.kind, check.disabled, check.inverted)
        }
        Strategy::DistributionDomain(sides) => {
            let of = |side| dns.find_distribution(sides.of(side)).unwrap();
            let distributions = Side::ALL.map(of).map(|one| (one.domain, one.names, one.enabled));
            format!("{distributions:?}")
        }
        _ => leads_to(dns, rule),
    };
    format!("{sets:#?} {means}")
}
