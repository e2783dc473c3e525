//! What the deployed rules take from the bus: every alarm and every notice, and none of Lamplighter's own alarms.

use std::path::Path;

use serde_json::{Value, json};
use shared::event::{Event, decode};
use tests::alarms::StateChange;
use tests::cloud::ALARM_RULE;
use tests::cloud::databases::DATABASE_RULE;

use crate::context::with_cloud;

#[test]
fn lamplighters_own_alarms_and_those_of_scaling_never_reach_the_router_by_the_bus() {
    with_cloud("own-alarms", async |cloud, _| {
        for (name, taken) in [
            ("lamplighter-prod-alarms-dead-letters", false),
            ("TargetTracking-service/portfolio-prod/api-AlarmHigh-1", false),
            ("lamplighter-staging-alarms-dead-letters", false),
            ("weather-origin-5xx", true),
        ] {
            let rules = cloud.rules_taking(&StateChange::now(name, "OK", "ALARM").by_bus()).await?;
            assert_eq!(rules == [ALARM_RULE], taken, "{name}: {rules:?}");
        }
        Ok(())
    });
}

#[test]
fn every_alarm_and_every_notice_that_the_router_knows_is_taken_from_the_bus_once() {
    with_cloud("rules", async |cloud, _| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/route-alarm");
        let (mut alarms, mut notices) = (0, 0);
        for file in std::fs::read_dir(folder)? {
            let file = file?.path();
            let event: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
            if event["detail-type"].is_null() {
                continue;
            }
            let arrival = decode(&event, "e2e-rules").expect("an event of the bus");
            let content = arrival.records[0].content.as_ref().expect("an event that can be read");
            let end = match content.first() {
                Some(Event::Alarm(alarm)) if alarm.name.starts_with("TargetTracking-") => continue,
                Some(Event::Alarm(_)) => "-alarm-events",
                Some(Event::Notice(_)) => "-notices",
                _ => continue,
            };
            *(if end == "-notices" { &mut notices } else { &mut alarms }) += 1;
            let mut rules = cloud.rules_taking(&event).await?;
            // What happens to databases is a hint to the keeper of their snapshots, too.
            rules.retain(|rule| rule != DATABASE_RULE);
            let taken = rules.len() == 1 && rules[0].ends_with(end);
            assert!(taken, "{} is taken by {rules:?}", file.display());
        }
        assert!(alarms >= 10 && notices >= 8, "{alarms} alarms and {notices} notices");
        Ok(())
    });
}

#[test]
fn deploys_that_name_a_target_and_what_they_changed_are_taken_from_the_bus() {
    with_cloud("deploys", async |cloud, _| {
        for (detail, taken) in [
            (json!({"target": "weather-site", "paths": ["/a"]}), true),
            (json!({"target": "weather-site", "tags": ["release"]}), true),
            (json!({"target": "weather-site", "everything": true}), true),
            (json!({"target": "weather-site"}), false),
            (json!({"paths": ["/a"]}), false),
        ] {
            let event = json!({
                "version": "0", "id": "6d1a2b3c-0000-4000-8000-000000000001", "account": "123456789012",
                "region": "us-east-1", "time": "2026-11-21T09:00:00Z", "resources": [],
                "source": "example.deploys", "detail-type": "Released", "detail": detail,
            });
            let rules = cloud.rules_taking(&event).await?;
            assert_eq!(rules == ["lamplighter-prod-deploy-events"], taken, "{event}: {rules:?}");
        }
        Ok(())
    });
}
