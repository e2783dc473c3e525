//! What each rule keeps, and that keeping is monotone.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use shared::playbook::{Playbook, Target};

use super::*;

/// A retention as the playbook writes it.
fn retention(text: &str) -> Retention {
    let playbook =
        format!("{{version: 1, targets: {{db: {{kind: database, instance: db, retention: {{{text}}}}}}}}}");
    let playbook = Playbook::parse(&playbook).unwrap();
    let Some(Target::Database(database)) = playbook.targets.values().next() else { panic!() };
    database.retention
}

/// What is kept at noon of 2026-11-21 (a Saturday), oldest first. `!` before a time makes it labelled.
fn check(rule: &str, times: &[&str], expected: Expect) {
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let good: Vec<Dated<'_>> = times
        .iter()
        .map(|name| {
            let (at, labelled) = name.strip_prefix('!').map_or((*name, false), |at| (at, true));
            let at = if at.contains('T') { format!("{at}:00Z") } else { format!("{at}T01:30:00Z") };
            Dated { at: at.parse().unwrap(), name, labelled }
        })
        .collect();
    let kept = kept(&retention(rule), &good, now);
    expected.assert_eq(&kept.iter().map(|dated| dated.name).collect::<Vec<_>>().join(" "));
}

#[test]
fn days_keep_what_is_younger() {
    let week = ["2026-11-13", "2026-11-14", "2026-11-14T12:01", "2026-11-15", "2026-11-21"];
    check("days: 7", &week, expect!["2026-11-14T12:01 2026-11-15 2026-11-21"]);
    check("days: 7, keep-at-least: 4", &week, expect!["2026-11-14 2026-11-14T12:01 2026-11-15 2026-11-21"]);
}

#[test]
fn the_newest_is_kept_however_old_it_is() {
    check("days: 1", &["2020-01-01", "2020-01-02"], expect!["2020-01-02"]);
    check("daily: 1", &["2020-01-01", "2020-01-02"], expect!["2020-01-02"]);
    check("days: 1", &[], expect![""]);
}

#[test]
fn generations_keep_the_newest_of_each() {
    let days =
        ["2026-11-18", "2026-11-19", "2026-11-19T23:59", "2026-11-20", "2026-11-21", "2026-11-21T02:00"];
    check("daily: 3", &days, expect!["2026-11-19T23:59 2026-11-20 2026-11-21T02:00"]);
    // Weeks begin on Monday: the 15th is a Sunday, the 16th the next week.
    let weeks = ["2026-11-08", "2026-11-09", "2026-11-15", "2026-11-16", "2026-11-20"];
    check("weekly: 2", &weeks, expect!["2026-11-15 2026-11-20"]);
    let months = ["2026-08-31", "2026-09-01", "2026-09-30", "2026-10-31", "2026-11-01"];
    check("monthly: 3", &months, expect!["2026-09-30 2026-10-31 2026-11-01"]);
    let years = ["2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"];
    check("yearly: 2", &years, expect!["2025-12-31 2026-01-01"]);
    // The last days of 2024 are in the first week of 2025.
    check("weekly: 1", &["2024-12-29", "2024-12-30", "2025-01-01"], expect!["2025-01-01"]);
    check("weekly: 2", &["2024-12-29", "2024-12-30", "2025-01-01"], expect!["2024-12-29 2025-01-01"]);
}

#[test]
fn generations_add_up() {
    let all =
        ["2025-12-31", "2026-09-30", "2026-10-31", "2026-11-15", "2026-11-19", "2026-11-20", "2026-11-21"];
    check(
        "daily: 2, weekly: 2, monthly: 2, yearly: 2",
        &all,
        expect!["2025-12-31 2026-10-31 2026-11-15 2026-11-20 2026-11-21"],
    );
}

#[test]
fn days_without_a_snapshot_do_not_count() {
    check(
        "daily: 3",
        &["2026-01-01", "2026-03-01", "2026-06-01", "2026-11-21"],
        expect!["2026-03-01 2026-06-01 2026-11-21"],
    );
}

#[test]
fn a_labelled_snapshot_outlives_the_nightly_one_of_its_day() {
    let day = ["!2026-11-20T09:00", "2026-11-20T23:00", "!2026-11-18T09:00", "2026-11-21"];
    check("daily: 2", &day, expect!["!2026-11-20T09:00 2026-11-20T23:00 2026-11-21"]);
    check("days: 2", &day, expect!["!2026-11-20T09:00 2026-11-20T23:00 2026-11-21"]);
    check("weekly: 1", &day, expect!["!2026-11-18T09:00 !2026-11-20T09:00 2026-11-21"]);
}

fn rules() -> impl Strategy<Value = Retention> {
    let text = prop_oneof![
        (1u32..40).prop_map(|days| format!("days: {days}")),
        (1u32..9, 1u32..5, 1u32..4, 1u32..3).prop_map(|(daily, weekly, monthly, yearly)| {
            format!("daily: {daily}, weekly: {weekly}, monthly: {monthly}, yearly: {yearly}")
        }),
    ];
    (text, 1u32..5).prop_map(|(text, least)| retention(&format!("{text}, keep-at-least: {least}")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// What is kept among many is kept among fewer: so what is copied because it would be kept is not expired for it,
    /// and expiring changes nothing about what is kept.
    #[test]
    fn what_is_kept_among_all_is_kept_among_fewer(
        retention in rules(),
        hours in proptest::collection::vec((0i64..20_000, any::<bool>(), any::<bool>()), 0..40),
    ) {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let names: Vec<String> = (0..hours.len()).map(|n| format!("s{n}")).collect();
        let all: Vec<Dated<'_>> = hours.iter().zip(&names).map(|((hours, labelled, _), name)| Dated {
            at: now - SignedDuration::from_hours(*hours), name, labelled: *labelled,
        }).collect();
        let some: Vec<Dated<'_>> = all.iter().zip(&hours).filter(|(_, (_, _, there))| *there).map(|(dated, _)| *dated).collect();
        let (of_all, of_some) = (kept(&retention, &all, now), kept(&retention, &some, now));
        prop_assert!(of_all.iter().filter(|dated| some.contains(dated)).all(|dated| of_some.contains(dated)));
        let again: Vec<Dated<'_>> = of_all.iter().copied().collect();
        prop_assert_eq!(kept(&retention, &again, now), of_all.clone());
        let least = usize::try_from(retention.keep_at_least.get()).unwrap().min(all.len());
        prop_assert!(of_all.len() >= least);
    }
}
