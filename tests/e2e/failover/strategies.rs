//! Each way to move a name goes the way of `www`: over by an alarm of the primary, back by its recovery.
//!
//! What stands in here limits what is seen: the secondary's health check, which moto has, is always healthy; what forces a
//! check or puts an object moves no traffic, as nobody checks; and a distribution is deployed at once.

use anyhow::Context;
use serde_json::json;
use shared::kinds::dns::Strategy;
use tests::cloud::names::SeenSet;

use super::{Cloud, both_well, looks, nothing_is_left, order, recovers, rings};
use crate::context::{outcome, with_cloud};

/// How a target goes there and back.
struct Journey {
    target: &'static str,
    /// The codes of the reports: one a stage.
    over: &'static [&'static str],
    back: &'static [&'static str],
    /// What is read back, before and after, and in between.
    at_primary: &'static [&'static str],
    at_secondary: &'static [&'static str],
}

impl Journey {
    /// Goes there and back. The health checks of names are at another stand-in.
    fn go(&self, has_checks: bool) {
        with_cloud(self.target, async |cloud, outcomes| {
            let target = self.target;
            both_well(cloud, target).await?;
            cloud.names_at_moto(has_checks).await?;
            let before = Seen::look(cloud, target).await?;
            assert_eq!(before.words, self.at_primary);
            if cloud.names(target)?.may_drill {
                let drill = order(cloud, &json!({"action": "drill", "target": target})).await?;
                assert_eq!(outcome(&drill), ("held", "drill-passed"), "{drill:?}");
            }

            let (first, later) = self.over.split_first().context("a journey without stages")?;
            rings(cloud, outcomes, target, first).await?;
            for code in later {
                looks(cloud, outcomes, target, code).await?;
            }
            assert_eq!(Seen::look(cloud, target).await?.words, self.at_secondary);

            recovers(cloud, outcomes, target, self.back).await?;
            assert_eq!(Seen::look(cloud, target).await?, before);
            cloud.names_at_moto(false).await?;
            nothing_is_left(cloud).await
        });
    }
}

/// Where a target leads, read back by another client.
#[derive(Debug, PartialEq)]
struct Seen {
    /// What a strategy changes.
    words: Vec<String>,
    /// All that is said of the records and of the health check.
    whole: Vec<String>,
}

impl Seen {
    async fn look(cloud: &Cloud, target: &str) -> anyhow::Result<Self> {
        let records = cloud.records(target).await?;
        let mut whole: Vec<String> = records.iter().map(|set| set.whole.clone()).collect();
        let words = match &cloud.names(target)?.strategy {
            Strategy::HealthCheck(_) => {
                let check = cloud.forced_check(target).await?;
                whole.push(format!("{check:?}"));
                vec![format!("disabled {:?}, inverted {:?}", check.disabled, check.inverted)]
            }
            Strategy::StandbyObject(_) => {
                vec![format!("the object is there: {}", cloud.has_standby_object(target).await?)]
            }
            Strategy::DistributionDomain(_) => {
                let [(near, at_near), (far, at_far)] = cloud.distributions_of(target).await?;
                let domain = |answer: String| answer.replace(&near, "primary").replace(&far, "secondary");
                let names = [("primary", at_near), ("secondary", at_far)];
                let names = names.map(|(side, names)| format!("{side} has {names:?}"));
                answers(&records).into_iter().map(domain).chain(names).collect()
            }
            _ => answers(&records),
        };
        Ok(Self { words, whole })
    }
}

/// What each record answers, and for how long; an alias has no time of its own.
fn answers(sets: &[SeenSet]) -> Vec<String> {
    let answers = sets.iter().map(|set| {
        let answers: Vec<_> = set.answers.iter().map(|answer| answer.trim_end_matches('.')).collect();
        let ttl = set.ttl.map(|ttl| format!(" for {ttl} s")).unwrap_or_default();
        format!("{} {}{ttl}", set.kind, answers.join(" "))
    });
    answers.collect()
}

#[test]
fn records_answer_something_else_and_then_exactly_what_they_did() {
    let journey = Journey {
        target: "e2e-answers",
        over: &["failed-over"],
        back: &["failed-back"],
        at_primary: &["A api-1.us-east-1.elb.amazonaws.com", "CNAME primary.example.com for 60 s"],
        at_secondary: &["A 198.51.100.7 for 60 s", "CNAME secondary.example.com for 60 s"],
    };
    journey.go(false);
}

#[test]
fn a_health_check_is_forced_and_gets_back_its_settings() {
    let journey = Journey {
        target: "e2e-forced",
        over: &["failed-over"],
        back: &["failed-back"],
        at_primary: &["disabled Some(false), inverted Some(false)"],
        at_secondary: &["disabled Some(true), inverted Some(true)"],
    };
    journey.go(true);
}

#[test]
fn the_standby_object_is_put_and_removed() {
    let journey = Journey {
        target: "e2e-object",
        over: &["failed-over"],
        back: &["failed-back"],
        at_primary: &["the object is there: false"],
        at_secondary: &["the object is there: true"],
    };
    journey.go(false);
}

#[test]
fn a_name_moves_to_another_distribution_and_its_records_follow() {
    let journey = Journey {
        target: "e2e-moved",
        over: &["name-moved", "record-pointed"],
        back: &["name-moved", "record-pointed"],
        at_primary: &[
            "A primary",
            "AAAA primary",
            "primary has [\"moved.e2e.example.com\"]",
            "secondary has []",
        ],
        at_secondary: &[
            "A secondary",
            "AAAA secondary",
            "primary has []",
            "secondary has [\"moved.e2e.example.com\"]",
        ],
    };
    journey.go(false);
}
