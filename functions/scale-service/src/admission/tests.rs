//! Who may pass, as tables.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::ids::TargetName;
use shared::kinds::service::Service;
use shared::plan::Why as _;
use shell::ledger::Pause;

use super::*;
use crate::examples::{dry, order, scheduled, service, time};

const ALL: Means = Means { ledger: true, schedules: true };

fn said(plan: &Plan<Step, Why>) -> String {
    let verdict = match plan {
        Plan::Act { .. } => "act",
        Plan::Hold { .. } => "hold",
        Plan::Refuse { .. } => "refuse",
        Plan::Wait { .. } => "wait",
    };
    format!("{verdict} {}: {}", plan.why().code(), plan.why())
}

/// The code of what is forbidden, or `passes`.
fn code(command: &Value, means: Means) -> &'static str {
    let service = service();
    forbidden(&order(&service, "c-1", command), means).map_or("passes", |plan| plan.why().code())
}

#[test]
fn a_service_that_may_not_be_parked_is_not_and_other_orders_pass() {
    let careful = Service { may_park: false, ..service() };
    let park = json!({"action": "park"});
    for means in [ALL, Means { ledger: false, schedules: false }] {
        let plan = forbidden(&order(&careful, "c-1", &park), means).unwrap();
        expect!["refuse may-not-park: the playbook does not say `may-park: true`"].assert_eq(&said(&plan));
    }
    assert_eq!(code(&park, ALL), "passes");
    // What was parked before the playbook forbade it is woken all the same.
    assert_eq!(forbidden(&order(&careful, "c-1", &json!({"action": "restore"})), ALL), None);
}

#[test]
fn a_set_outside_the_bounds_is_refused_and_one_at_them_passes() {
    for (command, expected) in [
        (json!({"action": "set", "min": 0}), "outside-bounds"),
        (json!({"action": "set", "min": 1}), "passes"),
        (json!({"action": "set", "max": 10}), "passes"),
        (json!({"action": "set", "max": 11}), "outside-bounds"),
        (json!({"action": "set", "desired": 0}), "outside-bounds"),
        (json!({"action": "set", "desired": 1}), "passes"),
        (json!({"action": "set", "desired": 11}), "outside-bounds"),
        (json!({"action": "set", "min": 2, "max": 10, "desired": 10}), "passes"),
    ] {
        assert_eq!(code(&command, ALL), expected, "{command}");
    }
    let service = service();
    let order = order(&service, "c-1", &json!({"action": "set", "min": 2, "max": 12}));
    expect!["refuse outside-bounds: max 12 is outside the playbook's bounds of 1 to 10"]
        .assert_eq(&said(&forbidden(&order, ALL).unwrap()));
}

#[test]
fn what_could_not_be_restored_is_not_begun() {
    let boost = json!({"action": "boost", "add": 1, "for": "30m"});
    let [park, restore] = ["park", "restore"].map(|action| json!({"action": action}));
    let of_boost = json!({"action": "restore", "of": "b-1"});
    let [set, profile] =
        [json!({"action": "set", "desired": 3}), json!({"action": "profile", "profile": "day"})];
    for (ledger, schedules, expected) in [
        (true, true, ["passes"; 6]),
        (true, false, ["schedules-unset", "passes", "passes", "passes", "passes", "passes"]),
        (false, true, ["ledger-unset", "ledger-unset", "ledger-unset", "ledger-unset", "passes", "passes"]),
        (false, false, ["ledger-unset", "ledger-unset", "ledger-unset", "ledger-unset", "passes", "passes"]),
    ] {
        let commands = [&boost, &park, &restore, &of_boost, &set, &profile];
        let codes = commands.map(|command| code(command, Means { ledger, schedules }));
        assert_eq!(codes, expected, "ledger {ledger}, schedules {schedules}");
    }
}

fn until() -> Timestamp {
    time("2026-11-21T09:01:00Z")
}

/// The guards in one line.
fn guards_of(order: &Order<'_>) -> String {
    let shown = guards(order, until()).into_iter().map(|guard| match guard {
        Guard::NotPaused { scope } => format!("not paused {scope}"),
        Guard::Lease { target, owner, until } => format!("lease {target} for {owner} until {until}"),
        Guard::Claim { key, owner, until } => format!("claim {key} for {owner} until {until}"),
        other => format!("{other:?}"),
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_person_is_not_stopped_by_a_pause_and_all_else_is() {
    let service = service();
    let park = order(&service, "c-1", &json!({"action": "park"}));
    expect![[r#"
        lease api for delivery-of-c-1 until 2026-11-21T09:01:00Z
        claim scale-service/api/c-1 for delivery-of-c-1 until 2026-11-21T09:01:00Z"#]]
    .assert_eq(&guards_of(&park));
    let mut in_group = scheduled(park);
    in_group.group = Some(TargetName::parse("both").unwrap());
    expect![[r#"
        not paused all
        not paused scale-service
        not paused api
        not paused both
        lease api for delivery-of-c-1 until 2026-11-21T09:01:00Z
        claim scale-service/api/c-1 for delivery-of-c-1 until 2026-11-21T09:01:00Z"#]]
    .assert_eq(&guards_of(&in_group));
    for source in [Source::Queue, Source::Alarm, Source::ObjectEvent] {
        in_group.origin.source = source;
        assert_eq!(guards(&in_group, until()).len(), 6, "{source}");
    }
}

#[test]
fn the_same_command_is_the_same_work_and_no_other_is() {
    let service = service();
    let claim_of = |id: &str| claim(&order(&service, id, &json!({"action": "park"})));
    assert_eq!(claim_of("c-1"), claim_of("c-1"));
    assert_ne!(claim_of("c-1"), claim_of("c-2"));
    let mut of_other = dry(order(&service, "c-1", &json!({"action": "park"})));
    of_other.target = TargetName::parse("worker").unwrap();
    assert_ne!(claim(&of_other), claim_of("c-1"));
}

fn claimed(done: bool) -> Denial {
    Denial::Claimed { owner: "m-1".to_owned(), until: time("2026-11-21T09:00:30Z"), done }
}

fn leased() -> Denial {
    Denial::Leased { target: "api".to_owned(), owner: "m-2".to_owned(), until: until() }
}

fn paused() -> Denial {
    Denial::Paused(Pause {
        scope: "all".to_owned(),
        since: time("2026-11-21T08:00:00Z"),
        until: time("2026-11-21T10:00:00Z"),
        reason: "release".to_owned(),
        who: "ada".to_owned(),
    })
}

#[test]
fn what_the_ledger_says_is_decided_in_the_order_of_the_table() {
    let silent = Seen::Silent("no route to host".to_owned());
    let denied = |denials: &[Denial]| Seen::Denied(denials.to_vec());
    let check = |seen: Seen, expected: &Expect| expected.assert_eq(&said(&admit(seen).unwrap_err()));
    check(silent, &expect!["wait ledger-unavailable: the ledger does not answer: no route to host"]);
    let done = expect!["hold already-done: the same order was carried out before"];
    check(denied(&[claimed(true)]), &done);
    check(denied(&[paused(), leased(), claimed(true)]), &done);
    let pause = expect!["refuse paused: all is paused by ada until 2026-11-21T10:00:00Z: release"];
    check(denied(&[paused()]), &pause);
    check(denied(&[leased(), paused(), claimed(false)]), &pause);
    check(
        denied(&[leased()]),
        &expect!["wait lease-busy: delivery m-2 works on it, until 2026-11-21T09:01:00Z at the latest"],
    );
    check(
        denied(&[claimed(false)]),
        &expect!["wait lease-busy: delivery m-1 works on it, until 2026-11-21T09:00:30Z at the latest"],
    );
}

#[test]
fn who_passes_is_told_what_is_remembered_and_without_a_ledger_that_is_nothing() {
    let memory = crate::examples::parked(crate::examples::tasks(3));
    assert_eq!(admit(Seen::Passed(memory.clone())), Ok(memory));
    assert_eq!(admit(Seen::Unset), Ok(Memory::default()));
}
