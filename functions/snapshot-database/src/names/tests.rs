//! Names follow from who asks for what, and from nothing else.

use super::*;
use crate::examples::{home, named, rule, target, west};

fn of(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Cluster, name: name.to_owned() }
}

#[test]
fn names_fit_both_families_and_are_the_same_for_the_same_command() {
    let (rule, home) = (rule("cluster: db, retention: {days: 3}"), home());
    let owner = Owner::new(target(), &rule.which, &home);
    let id = CommandId::parse("nightly-2026-11-21").unwrap();
    let longest = "a".repeat(63);
    let cut_at_a_hyphen = format!("{}-{}", "a".repeat(45), "b".repeat(17));
    for name in ["db", longest.as_str(), cut_at_a_hyphen.as_str()] {
        let made = owner.snapshot(&id, &of(name), None);
        assert!(made.len() <= LONGEST_NAME && !made.contains("--"), "{made}");
        assert_eq!(made, owner.snapshot(&id, &of(name), None));
    }
    let name = owner.snapshot(&id, &of("db"), None);
    let other = CommandId::parse("nightly-2026-11-22").unwrap();
    let instance = DatabaseId { family: Family::Instance, name: "db".to_owned() };
    let (other_target, other_home) = (named("metrics-db"), west());
    for other in [
        owner.snapshot(&other, &of("db"), None),
        owner.snapshot(&id, &instance, None),
        owner.snapshot(&id, &of("db"), Some("release")),
        Owner::new(other_target, &rule.which, &home).snapshot(&id, &of("db"), None),
        Owner::new(target(), &rule.which, &other_home).snapshot(&id, &of("db"), None),
    ] {
        assert_ne!(name, other);
    }
}

#[test]
fn an_id_that_no_tag_can_hold_is_known_by_its_fingerprint() {
    let tag = |id: &str| tag_of(&CommandId::parse(id).unwrap());
    assert_eq!(tag("nightly-2026-11-21T01:30:00Z"), "nightly-2026-11-21T01:30:00Z");
    assert_eq!(tag("build#42"), fingerprint(["build#42"]));
    assert_ne!(tag("build#42"), tag("build#43"));
}
