//! What the playbook says of databases: every key, and what is said of each that is wrong.

mod commands;
mod errors;

use expect_test::{Expect, expect};

use super::*;
use crate::ids::TargetName;
use crate::playbook::{Playbook, Target};

const GOOD: &str = "
version: 1
targets:
  weather-db:
    kind: database
    instance: weather-prod
    snapshots: copy-automated
    retention: {daily: 30, weekly: 8, monthly: 12, yearly: 7, keep-at-least: 3}
    objective: 24h
    copies:
      - region: us-west-2
        kms-key: alias/copies
        option-group: weather-options
        retention: {days: 7, keep-at-least: 2}
      - region: eusc-de-east-1
        retention: {daily: 1}
    verify:
      metadata: false
      restore-drill: monthly
      restore-objective: 4h
      subnet-group: drills
      class: db.t4g.medium
      security-groups: [sg-0123456789abcdef0]
    tags: {cost centre: '42'}
  least:
    cluster: platform
    retention: {days: 14}
    kind: database
  others:
    kind: database
    all-tagged: {backup: nightly}
    except: [scratch, weather-prod]
    retention: {yearly: 1}
    verify: {restore-drill: quarterly}
  weather-site: {kind: distribution, distribution: E1EXAMPLE}
";

fn name(text: &str) -> TargetName {
    TargetName::parse(text).unwrap()
}

fn good() -> Playbook {
    Playbook::parse(GOOD).unwrap()
}

fn database(target: &str) -> Database {
    good().database(&name(target)).unwrap().1.clone()
}

/// A text of the playbook that has a form of its own.
fn text<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[test]
fn every_key_is_understood() {
    let database = database("weather-db");
    let keep =
        |rule, keep_at_least: u32| Retention { rule, keep_at_least: keep_at_least.try_into().unwrap() };
    let days = |days: u32| KeepRule::Days(days.try_into().unwrap());
    let generations = Generations { daily: 30, weekly: 8, monthly: 12, yearly: 7 };
    let one_day = Generations { daily: 1, ..Generations::default() };
    let expected = Database {
        which: Which::Instance(text("weather-prod")),
        snapshots: Snapshots::CopyAutomated,
        retention: keep(KeepRule::Generations(generations), 3),
        objective: period("24h"),
        copies: vec![
            CopyRule {
                region: text("us-west-2"),
                kms_key: Some(text("alias/copies")),
                option_group: Some(text("weather-options")),
                retention: keep(days(7), 2),
            },
            CopyRule {
                region: text("eusc-de-east-1"),
                kms_key: None,
                option_group: None,
                retention: keep(KeepRule::Generations(one_day), 1),
            },
        ],
        verify: Verify {
            metadata: false,
            restore_drill: Some(RestoreDrill::Monthly),
            restore_objective: Some(period("4h")),
            subnet_group: Some(text("drills")),
            class: Some(text("db.t4g.medium")),
            security_groups: vec![text("sg-0123456789abcdef0")],
        },
        tags: [(text("cost centre"), text("42"))].into(),
    };
    assert_eq!(database, expected);
}

#[test]
fn what_is_left_out_is_the_careful_choice() {
    let Database { which, snapshots, retention, objective, copies, verify, tags } = database("least");
    assert_eq!(which, Which::Cluster(text("platform")));
    assert_eq!((snapshots, objective), (Snapshots::Take, period("26h")));
    assert_eq!(retention.keep_at_least.get(), 1);
    assert_eq!((copies.len(), tags.len()), (0, 0));
    assert_eq!(verify, Verify::default());
    assert!(verify.metadata && verify.restore_drill.is_none());
    // One key of `verify` leaves the others as they are.
    let drilled = database("others").verify;
    assert_eq!(drilled, Verify { restore_drill: Some(RestoreDrill::Quarterly), ..verify });
}

#[test]
fn databases_are_selected_by_a_tag_with_exceptions() {
    let except = ["scratch", "weather-prod"].map(text).into();
    let expected = Which::AllTagged { key: text("backup"), value: text("nightly"), except };
    assert_eq!(database("others").which, expected);
}

#[test]
fn a_copy_to_govcloud_is_the_functions_to_refuse() {
    let playbook = Playbook::parse(&GOOD.replacen("us-west-2", "us-gov-west-1", 1)).unwrap();
    let (_, database) = playbook.database(&name("weather-db")).unwrap();
    assert_eq!(database.copies[0].region.as_str(), "us-gov-west-1");
}

#[test]
fn another_target_is_told_what_it_is_and_which_ones_will_do() {
    let playbook = good();
    let all: Vec<&str> = playbook.databases().map(|(name, _)| name.as_str()).collect();
    assert_eq!(all, ["least", "others", "weather-db"]);
    let error = |target: &str| playbook.database(&name(target)).unwrap_err().to_string();
    expect!["field `target` is `wether-db`; expected a database of the playbook: least, others, weather-db"]
        .assert_eq(&error("wether-db"));
    expect!["field `target` is `weather-site`, a distribution; expected a database of the playbook: least, others, weather-db"].assert_eq(&error("weather-site"));
    expect!["field `target` is `least`, a database; expected a distribution of the playbook: weather-site"]
        .assert_eq(&playbook.distribution(&name("least")).unwrap_err().to_string());
    expect!["field `target` is `least`, a database; expected a service or a group of services of the playbook: it has none"].assert_eq(&playbook.services(&name("least")).unwrap_err().to_string());
}

#[test]
fn the_function_of_a_database_is_snapshot_database() {
    let target = good().targets.remove(&name("least")).unwrap();
    assert!(matches!(target, Target::Database(_)));
    assert_eq!((target.function(), target.noun()), ("snapshot-database", "a database"));
}

#[test]
fn regions_are_known_by_their_form() {
    for good in
        ["us-east-1", "ap-southeast-12", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "mx-central-1"]
    {
        assert_eq!(text::<RegionCode>(good).as_str(), good);
    }
    for bad in [
        "",
        "us",
        "us-1",
        "us-east",
        "us-east-",
        "us-east-100",
        "us--1",
        "us-East-1",
        "europe-west-1",
        "us-east-1a",
        "-east-1",
    ] {
        assert!(RegionCode::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn identifiers_keep_to_the_form_of_rds() {
    let longest = "a".repeat(63);
    for good in ["a", "weather-prod", "a1-b2", longest.as_str()] {
        assert_eq!(text::<DatabaseName>(good).as_str(), good);
    }
    for bad in ["", "1a", "-a", "a-", "a--b", "Weather", "a_b", "rds:a", "ä", "a".repeat(64).as_str()] {
        assert!(DatabaseName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn tags_and_names_keep_to_their_forms() {
    fn all<T: TryFrom<String>>(texts: &[&str]) -> Vec<bool> {
        texts.iter().map(|text| T::try_from((*text).to_owned()).is_ok()).collect()
    }
    let (key, value) = ("k".repeat(128), "v".repeat(256));
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    assert_eq!(all::<TagKey>(&["a b", "Größe", "a:b/c=d+e-f@g.h_i", &key]), [true; 4]);
    assert_eq!(all::<TagKey>(&["", "aws:a", "rds:a", "a,b", "a\nb", &long_key]), [false; 6]);
    assert_eq!(all::<TagValue>(&["", "aws:a", "nightly", &value]), [true; 4]);
    assert_eq!(all::<TagValue>(&["a,b", "a\nb", &long_value]), [false; 3]);
    let key = "arn:aws:kms:us-west-2:123456789012:key/example";
    assert_eq!(all::<KmsKey>(&[key, "alias/copies", "mrk-1"]), [true; 3]);
    assert_eq!(all::<KmsKey>(&["", "a b", &"k".repeat(2049)]), [false; 3]);
    assert_eq!(all::<OptionGroup>(&["default:postgres-16", "a"]), [true; 2]);
    assert_eq!(all::<OptionGroup>(&["", "a b", &long_value]), [false; 3]);
    assert_eq!(all::<SubnetGroup>(&["drills", "My drills_1.a"]), [true; 2]);
    assert_eq!(all::<SubnetGroup>(&["", "a/b"]), [false; 2]);
    assert_eq!(all::<InstanceClass>(&["db.t4g.medium", "db.serverless"]), [true; 2]);
    assert_eq!(all::<InstanceClass>(&["", "t4g.medium", "db.a b"]), [false; 3]);
    assert_eq!(all::<SecurityGroup>(&["sg-0123456789abcdef0"]), [true]);
    assert_eq!(all::<SecurityGroup>(&["", "sg-", "default", "sg-a b"]), [false; 4]);
}
