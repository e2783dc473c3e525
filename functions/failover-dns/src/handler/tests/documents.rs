//! The guide names whatever a report has: each step, and each key of the answer to a status.

use std::collections::BTreeSet;

use serde_json::Value;
use shared::fault::FaultClass;
use shared::kinds::dns::Side;
use shared::plan::Step as _;
use shell::ledger::{Ledger as _, Mark};

use super::Stage;
use crate::examples::*;
use crate::fake::Api;
use crate::plan::{Noted, Step};
use crate::world::{Meaning, Memory, Move, Pending};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/failing-over.md");

/// What a step may note.
const NOTES: [Noted; 8] = [
    Noted::Begun,
    Noted::Move,
    Noted::Followed,
    Noted::InVain,
    Noted::PutOff,
    Noted::NotNeeded,
    Noted::Returned,
    Noted::Told,
];

/// What of some words is not in the guide.
fn missing(words: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let guide = std::fs::read_to_string(GUIDE).unwrap();
    words.into_iter().filter(|word| !guide.contains(&format!("`{word}`"))).collect()
}

/// The keys of a value, and of all that is in it, down to what is AWS's own.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.insert(key.clone());
                keys(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn the_guide_names_every_step() {
    let check = crate::fake::check("HTTPS");
    let forced = crate::world::Check { disabled: true, inverted: true, ..check.clone() };
    let id = || crate::fake::text("99999999-2222-3333-4444-555555555555");
    let object = super::conflicts::object;
    let moves = [
        Step::Save(Memory::default()),
        Step::ChangeRecords { before: Vec::new(), after: Vec::new() },
        Step::SetCheck { id: id(), check },
        Step::SetCheck { id: id(), check: forced },
        Step::PutObject(object()),
        Step::RemoveObject(object()),
        Step::SetControls { on: shared::kinds::dns::Sides { primary: true, secondary: false } },
        Step::MoveName {
            name: crate::fake::text("www.example.com"),
            to: crate::fake::text("E1PRIMARY"),
            etag: "E1".to_owned(),
        },
    ];
    let notes = NOTES.map(|what| Step::Note { memory: Memory::default(), what });
    let names = moves.iter().chain(&notes).map(|step| step.name().to_owned());
    assert_eq!(missing(names), BTreeSet::new());
}

#[tokio::test]
async fn the_guide_names_every_key_of_a_state() {
    let mut found = BTreeSet::new();
    for make in [weights, targets, health_check, standby_object, routing_control, domains] {
        let stage = Stage::new(make);
        let mut state = async |action: &str| {
            let report = stage.ordered(action).await;
            keys(&report.state.unwrap(), &mut found);
        };
        let rule = make("");
        let order = alarmed(&rule);
        let memory = Memory {
            moves: vec![Move { unsure: true, ..moved(Side::Primary, 60, false) }],
            pending: Some(Pending::new(&order.id, &order.origin, now())),
            ..Memory::default()
        };
        let saved = Mark::Resaved { key: "dns/weather-www".to_owned(), value: serde_json::json!(memory) };
        stage.ledger().mark(&[saved], now()).await.unwrap();
        state("status").await;
        let denied = Meaning::Common(FaultClass::Denied);
        stage.dns().fail_next_of("conflicts", denied);
        state("drill").await;
        stage.dns().remove_sets(&rule.zone, "www.example.com");
        state("drill").await;
        for api in [Api::Route53, Api::CloudWatch, Api::S3, Api::Recovery, Api::CloudFront] {
            stage.dns().set_down(api, Some(denied));
        }
        stage.ledger().fail_from_now_on(None);
        state("status").await;
    }
    for expected in [
        "names_unseen",
        "records_unseen",
        "records_unfit",
        "failover",
        "ledger_unseen",
        "put_off_until",
        "unsure",
        "unseen",
        "object_is_there",
    ] {
        assert!(found.contains(expected), "{expected}: {found:?}");
    }
    assert_eq!(missing(found), BTreeSet::new());
}
