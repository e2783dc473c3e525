//! The same again: nothing more happens than the first time.

use serde_json::{Value, json};

use super::{Vault, event, far, home};
use crate::site::events_of;

/// All that can be seen from outside.
fn effects(vault: &Vault) -> (Vec<String>, Vec<String>, usize) {
    let snapshots = [home(), far()].iter().flat_map(|region| vault.names(region)).collect();
    let databases = vault.rds().all_databases().into_iter().map(|database| database.id.to_string()).collect();
    (snapshots, databases, vault.rds().effects().len())
}

#[tokio::test]
async fn every_event_twice_has_the_effects_of_once() {
    let mut acted = 0;
    for name in events_of("snapshot-database") {
        for vault in [Vault::prod().await, Vault::dev().await] {
            let first = vault.gets(&event(&name)).await;
            acted += first.verdicts().iter().filter(|(verdict, _)| *verdict == "acted").count();
            let once = effects(&vault);
            // Later there is more to do: what was taken is there, and can be copied.
            for minutes in [0, 1] {
                vault.passes(minutes);
                // An operator's order without an id is another order each time.
                if !name.starts_with("command-take") && name != "sns-command" {
                    let again = vault.gets(&event(&name)).await;
                    let acts = again.verdicts().iter().any(|(verdict, _)| *verdict == "acted");
                    assert!(!acts, "{name}: {}", again.line());
                }
                assert_eq!(effects(&vault), once, "{name}");
            }
        }
    }
    assert!(acted > 20, "{acted}");
}

/// A standard queue, or a sender that tries again, makes two messages of one, and both are in one batch.
#[tokio::test]
async fn every_message_twice_in_a_batch_has_the_effects_of_once() {
    let mut compared = 0;
    for name in events_of("snapshot-database") {
        let mut twice = event(&name);
        let Some(records) = twice["Records"].as_array_mut().filter(|all| all[0]["body"].is_string()) else {
            continue;
        };
        if records.iter().any(|record| record["body"].as_str().is_some_and(|body| !body.contains("\"id\""))) {
            continue;
        }
        let copies: Vec<Value> = records.clone();
        records.extend(copies.into_iter().map(|mut copy| {
            copy["messageId"] = json!(format!("copy of {}", copy["messageId"].as_str().unwrap()));
            copy
        }));
        let (one, other) = (Vault::prod().await, Vault::prod().await);
        one.gets(&event(&name)).await;
        other.gets(&twice).await;
        assert_eq!(effects(&other), effects(&one), "{name}");
        compared += 1;
    }
    assert!(compared > 8, "{compared}");
}

/// The function dies after each of its calls, with or without the effect of the last; the message comes again.
#[tokio::test]
async fn a_night_that_dies_anywhere_comes_to_the_same() {
    for event in ["schedule-nightly-in-sqs", "schedule-reconcile-in-sqs", "snapshot-created"].map(event) {
        let whole = Vault::prod().await;
        let outcome = whole.gets(&event).await;
        assert!(outcome.verdicts().iter().any(|(verdict, _)| *verdict == "acted"), "{}", outcome.line());
        for answered in [true, false] {
            for calls in 0..outcome.calls.len() {
                let vault = Vault::prod().await;
                if answered {
                    vault.rds().die_after(Some(calls));
                } else {
                    vault.rds().die_before_the_answer_of(Some(calls + 1));
                }
                vault.gets(&event).await;
                vault.rds().die_after(None);
                vault.passes(2);
                let again = vault.gets(&event).await;
                assert!(again.returned.is_empty(), "after {calls} calls: {}", again.line());
                assert_eq!(vault.names(&home()), whole.names(&home()), "after {calls} calls");
                assert_eq!(vault.names(&far()), whole.names(&far()), "after {calls} calls");
                assert_eq!(vault.rds().violations(), [""; 0]);
            }
        }
    }
}
