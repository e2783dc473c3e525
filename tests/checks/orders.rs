//! What the documents show of orders and reports is what the functions take and say.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use scale_service::admission::Means;
use scale_service::fake::{FakeService, FakeServices};
use scale_service::handler::{Scaler, handle};
use scale_service::order::Reconcile;
use serde_json::{Value, json};
use shared::command::{Action, Mode, RawCommand, Source};
use shared::event::decode;
use shared::ids::{CommandId, TargetName};
use shared::kinds::service::Scale;
use shared::playbook::Playbook;
use shell::Invocation;
use shell::ledger::fake::FakeLedger;

const DOCUMENTS: [&str; 3] = ["README.md", "docs/operator-guide.md", "docs/scaling-services.md"];

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The orders that a document shows, in prose and in commands.
fn orders(document: &str) -> Vec<Value> {
    let beginnings = document.match_indices(r#"{"action""#).map(|(at, _)| &document[at..]);
    let values = beginnings.map(|rest| serde_json::Deserializer::from_str(rest).into_iter().next());
    values.map(|value| value.expect("a value").expect("an order in JSON")).collect()
}

#[test]
fn every_order_to_services_in_the_documents_is_one() {
    let mut seen = 0;
    for path in DOCUMENTS {
        for order in orders(&text(path)) {
            let action = order["action"].as_str().expect("an action").to_owned();
            let raw = RawCommand {
                fields: order.as_object().expect("an object").clone(),
                fallback_id: CommandId::derived(["none"]),
                source: Source::Operator,
            };
            if Scale::NAMES.contains(&action.as_str()) {
                raw.decode::<Scale>().unwrap_or_else(|error| panic!("{path}: {order}: {error}"));
                seen += 1;
            } else if action == Reconcile::NAME {
                let open = raw.open(&[Reconcile::NAME]).unwrap_or_else(|error| panic!("{path}: {error}"));
                assert!(open.fields.is_empty(), "{path}: {order}");
                seen += 1;
            }
        }
    }
    assert!(seen > Scale::NAMES.len(), "{seen} orders were found");
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
