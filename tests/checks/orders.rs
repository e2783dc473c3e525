//! What the documents show of orders and reports is what the functions take and say.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use scale_service::admission::Means;
use scale_service::fake::{FakeService, FakeServices};
use scale_service::handler::{Scaler, handle};
use scale_service::order::Reconcile;
use serde_json::{Value, json};
use shared::command::{Action, Command, Mode, RawCommand, Source};
use shared::event::decode;
use shared::ids::{CommandId, TargetName};
use shared::kinds::database::Backup;
use shared::kinds::dns::Failover;
use shared::kinds::service::Scale;
use shared::playbook::Playbook;
use shell::Invocation;
use shell::ledger::fake::FakeLedger;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents for operators.
fn documents() -> BTreeSet<String> {
    let pages =
        fs::read_dir(root().join("docs")).expect("a folder").map(|page| page.expect("a page").file_name());
    let pages = pages.map(|name| format!("docs/{}", name.display())).filter(|path| path.ends_with(".md"));
    pages.chain(["README.md".to_owned()]).collect()
}

/// The orders that a document shows, in prose and in commands.
fn orders(document: &str) -> Vec<Value> {
    let beginnings = document.match_indices(r#"{"action""#).map(|(at, _)| &document[at..]);
    let values = beginnings.map(|rest| serde_json::Deserializer::from_str(rest).into_iter().next());
    values.map(|value| value.expect("a value").expect("an order in JSON")).collect()
}

fn raw(order: &Value) -> RawCommand {
    RawCommand {
        fields: order.as_object().expect("an object").clone(),
        fallback_id: CommandId::derived(["none"]),
        source: Source::Operator,
    }
}

#[test]
fn every_order_to_services_in_the_documents_is_one() {
    let mut seen = 0;
    for path in documents() {
        for order in orders(&text(&path)) {
            let action = order["action"].as_str().expect("an action").to_owned();
            let raw = raw(&order);
            if Scale::NAMES.contains(&action.as_str()) {
                raw.decode::<Scale>().unwrap_or_else(|error| panic!("{path}: {order}: {error}"));
                seen += 1;
            } else if action == Reconcile::NAME && order["target"].is_null() {
                let open = raw.open(&[Reconcile::NAME]).unwrap_or_else(|error| panic!("{path}: {error}"));
                assert!(open.fields.is_empty(), "{path}: {order}");
                seen += 1;
            }
        }
    }
    assert!(seen > Scale::NAMES.len(), "{seen} orders were found");
}

/// What is said against an order to `snapshot-database`, by the playbook of production.
fn against(order: &Value) -> Result<(), String> {
    let open = raw(order).open(Backup::NAMES).map_err(|error| error.to_string())?;
    if open.action == Backup::Reconcile.name() && order["target"].is_null() {
        return if open.fields.is_empty() { Ok(()) } else { Err("more fields".to_owned()) };
    }
    let Command { target, .. } = raw(order).decode::<Backup>().map_err(|error| error.to_string())?;
    let playbook =
        Playbook::parse(&text("playbooks/prod/playbook.yaml")).map_err(|error| error.to_string())?;
    playbook.database(&target).map(drop).map_err(|error| error.to_string())
}

#[test]
fn every_order_to_databases_in_the_documents_is_one() {
    for path in documents() {
        for order in orders(&text(&path)) {
            if order["action"].as_str().is_some_and(|action| Backup::NAMES.contains(&action)) {
                assert_eq!(against(&order), Ok(()), "{path}: {order}");
            }
        }
    }
}

#[test]
fn the_orders_to_databases_among_the_events_are_good_or_bad_as_the_list_says() {
    let (good, bad) = good_and_bad("snapshot-database", against);
    assert!(good >= Backup::NAMES.len() && bad >= Backup::NAMES.len(), "{good} good ones and {bad} bad ones");
}

/// How many of a function's orders among the events are good and bad; panics where the list says otherwise.
fn good_and_bad(function: &str, against: impl Fn(&Value) -> Result<(), String>) -> (usize, usize) {
    let list = text("events/README.md");
    let list = list.split(&format!("\n## {function}\n")).nth(1).expect("a list of events");
    let (mut good, mut bad) = (0, 0);
    for row in list.split("\n## ").next().expect("rows").lines() {
        let Some((file, what)) = row.strip_prefix("| `command-").and_then(|row| row.split_once(".json` | "))
        else {
            continue;
        };
        let order = serde_json::from_str(&text(&format!("events/{function}/command-{file}.json")));
        let outcome = against(&order.expect("an order in JSON"));
        assert_eq!(outcome.is_err(), what.starts_with("Bad:"), "{file}: {outcome:?}");
        *(if outcome.is_ok() { &mut good } else { &mut bad }) += 1;
    }
    (good, bad)
}

/// What is said against an order to `failover-dns`, by the playbook of production.
fn against_name(order: &Value) -> Result<(), String> {
    let open = raw(order).open(Failover::NAMES).map_err(|error| error.to_string())?;
    let of_all = ["status", "drill", "reconcile"].contains(&open.action.as_str());
    if of_all && order["target"].is_null() {
        return Failover::decode(&open.action, open.fields).map(drop).map_err(|error| error.to_string());
    }
    let Command { target, action, reason, .. } =
        raw(order).decode::<Failover>().map_err(|error| error.to_string())?;
    if action.is_forced() && reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err("forced without a reason".to_owned());
    }
    let playbook =
        Playbook::parse(&text("playbooks/prod/playbook.yaml")).map_err(|error| error.to_string())?;
    playbook.dns(&target).map(drop).map_err(|error| error.to_string())
}

#[test]
fn every_order_to_names_in_the_documents_is_one() {
    let own = ["fail-over", "fail-back", "drill"];
    let mut seen = 0;
    for path in documents() {
        for order in orders(&text(&path)) {
            let is_own = order["action"].as_str().is_some_and(|action| own.contains(&action));
            if is_own || (order["action"] == "status" && !order["target"].is_null()) {
                assert_eq!(against_name(&order), Ok(()), "{path}: {order}");
                seen += 1;
            }
        }
    }
    assert!(seen > Failover::NAMES.len(), "{seen} orders were found");
}

#[test]
fn the_orders_to_names_among_the_events_are_good_or_bad_as_the_list_says() {
    let (good, bad) = good_and_bad("failover-dns", against_name);
    let actions = Failover::NAMES.len();
    assert!(good >= actions && bad >= actions, "{good} good ones and {bad} bad ones");
}

#[tokio::test]
async fn the_report_in_the_guide_is_what_the_function_says() {
    let playbook = Playbook::parse(&text("playbooks/prod/playbook.yaml")).expect("a playbook");
    let means = Means { ledger: true, schedules: true };
    let (ledger, services) = (Some(FakeLedger::default()), FakeServices::default());
    let name = TargetName::parse("platform-api").expect("a name");
    let service = playbook.services(&name).expect("a service")[0].1;
    services.put(service, FakeService::scaled(2, 2, 10));
    let scaler = Scaler { ledger, services, playbook: &playbook, means };
    let order = json!({"action": "boost", "target": "platform-api", "add": 2, "for": "30m", "id": "rush-1"});
    let mut invocation = Invocation::for_tests(decode(&order, "request-1").expect("an order"), Mode::Apply);
    invocation.began_at = "2026-11-21T03:10:00Z".parse::<Timestamp>().expect("a time");
    let settled = handle(&scaler, &invocation).await;
    let mut said = serde_json::to_value(&settled.reports[0]).expect("a report in JSON");
    let document = text("docs/scaling-services.md");
    let shown = document.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let shown: Value = serde_json::from_str(shown.expect("a report")).expect("a report in JSON");
    // When it was and how long it took is added around the function.
    for field in ["started_at", "duration_ms"] {
        said[field] = shown[field].clone();
    }
    assert_eq!(shown, said);
}
