//! One of two services is broken, in AWS, in the ledger or in the playbook: what becomes of the other.

use expect_test::expect;
use scale_service::fake::FakeService;
use scale_service::memory::Memory;
use scale_service::world::{Controller, Deployment};
use serde_json::json;
use shared::fault::FaultClass;
use shared::ids::TargetName;
use shared::playbook::Playbook;
use shell::ledger::{Guard, Ledger as _, Mark};

use super::{Fleet, batch, event, playbook, queued};

const NINE: &str = "2026-11-21T09:00:00Z";

/// Both services of production get five tasks, by two messages of a standard queue: a FIFO queue brings one at a time.
async fn both(trouble: &str, is_broken_first: bool) -> String {
    let fleet = Fleet::prod();
    let fails = |call: &str, class| fleet.services().fail_next(call, class);
    let change = |change: fn(&mut FakeService)| fleet.change("platform-api", change);
    match trouble {
        "inactive" => change(|found| found.state.status = "INACTIVE".to_owned()),
        "a daemon" => change(|found| found.state.daemon = true),
        "failed deployment" => change(|found| found.state.deployment = Deployment::Failed),
        "deployed by CodeDeploy" => change(|found| found.state.controller = Controller::CodeDeploy),
        "not described" => fails("observe service/ecs-platform-prod", Some(FaultClass::Denied)),
        "throttled" => fails("set-desired service/ecs-platform-prod", Some(FaultClass::Throttled)),
        "out of time" => fails("set-desired service/ecs-platform-prod", None),
        "unreadable" => {
            let key = Memory::key(&TargetName::parse("platform-api").unwrap());
            fleet.ledger().save(&key, &json!({"parked": "yes"})).await.unwrap();
        }
        "busy" => {
            let lease = Guard::Lease {
                target: "platform-api".to_owned(),
                owner: "other".to_owned(),
                until: "2026-11-21T09:01:00Z".parse().unwrap(),
            };
            fleet.ledger().enter(&[lease], NINE.parse().unwrap()).await.unwrap();
        }
        _ => panic!("{trouble}"),
    }
    let wish = |target: &str| json!({"action": "set", "target": target, "desired": 5});
    let (broken, good) = (wish("platform-api"), wish("portfolio-api"));
    let mut messages = [("broken", &broken), ("good", &good)];
    if !is_broken_first {
        messages.reverse();
    }
    let mut batch = batch(&messages);
    for message in batch["Records"].as_array_mut().unwrap() {
        message["attributes"].as_object_mut().unwrap().remove("MessageGroupId");
    }
    let outcome = fleet.gets(NINE, &batch).await;
    assert!(outcome.returned.iter().all(|message| message == "broken"), "{trouble}");
    assert_eq!(fleet.size("portfolio-api"), "5 in 2..8", "{trouble}");
    format!("{trouble}: {}\n", outcome.line())
}

#[tokio::test]
async fn a_broken_service_keeps_no_other_from_its_size() {
    let mut lines = String::new();
    for trouble in [
        "inactive",
        "a daemon",
        "failed deployment",
        "deployed by CodeDeploy",
        "not described",
        "throttled",
        "out of time",
        "unreadable",
        "busy",
    ] {
        for is_broken_first in [true, false] {
            lines.push_str(&both(trouble, is_broken_first).await);
        }
    }
    expect![[r#"
        inactive: refused service-inactive platform-api, acted set portfolio-api
        inactive: acted set portfolio-api, refused service-inactive platform-api
        a daemon: refused daemon-service platform-api, acted set portfolio-api
        a daemon: acted set portfolio-api, refused daemon-service platform-api
        failed deployment: refused deployment-failed platform-api, acted set portfolio-api
        failed deployment: acted set portfolio-api, refused deployment-failed platform-api
        deployed by CodeDeploy: acted set platform-api, acted set portfolio-api
        deployed by CodeDeploy: acted set portfolio-api, acted set platform-api
        not described: failed access-denied platform-api, acted set portfolio-api [1 returned]
        not described: acted set portfolio-api, failed access-denied platform-api [1 returned]
        throttled: failed throttled platform-api, acted set portfolio-api [1 returned]
        throttled: acted set portfolio-api, failed throttled platform-api [1 returned]
        out of time: failed deadline platform-api, acted set portfolio-api [1 returned]
        out of time: acted set portfolio-api, failed deadline platform-api [1 returned]
        unreadable: refused saved-unreadable platform-api, acted set portfolio-api
        unreadable: acted set portfolio-api, refused saved-unreadable platform-api
        busy: failed lease-busy platform-api, acted set portfolio-api [1 returned]
        busy: acted set portfolio-api, failed lease-busy platform-api [1 returned]
    "#]]
    .assert_eq(&lines);
}

/// The reconciling schedule finds both overdue.
#[tokio::test]
async fn a_broken_service_keeps_no_other_boost_from_ending() {
    for trouble in ["platform-api is denied", "platform-api is unreadable", "platform-api left the playbook"]
    {
        let mut fleet = Fleet::prod();
        for target in ["platform-api", "portfolio-api"] {
            let boost = json!({"action": "boost", "target": target, "add": 1, "for": "30m", "id": "b-1"});
            fleet.gets(NINE, &queued(target, &boost)).await;
        }
        let expected = match trouble {
            "platform-api is denied" => {
                fleet.services().fail_next("set-bounds service/ecs-platform-prod", Some(FaultClass::Denied));
                "failed access-denied platform-api, acted boost-ended portfolio-api [1 returned]"
            }
            "platform-api left the playbook" => {
                let text = playbook("prod");
                let start = text.find("  platform-api:").unwrap();
                let end = text.find("# All routes together").unwrap();
                let routes = text.find("# What is done about which alarm").unwrap();
                fleet = fleet.redeployed(&format!("{}{}", &text[..start], &text[end..routes]));
                "refused unknown-target platform-api, acted boost-ended portfolio-api"
            }
            _ => {
                let key = Memory::key(&TargetName::parse("platform-api").unwrap());
                let mark = Mark::Resaved { key, value: json!({"boosted": 1}) };
                fleet.ledger().mark(&[mark], NINE.parse().unwrap()).await.unwrap();
                "refused saved-unreadable platform-api, acted boost-ended portfolio-api"
            }
        };
        let outcome = fleet.gets("2026-11-21T09:45:00Z", &event("schedule-reconcile-in-sqs")).await;
        assert_eq!(outcome.line(), expected, "{trouble}");
        assert!(outcome.reports.iter().all(|report| report.is_published()), "{trouble}");
        assert!(outcome.reports[0].next.is_some(), "{trouble}");
        assert_eq!(fleet.size("portfolio-api"), "3 in 2..8", "{trouble}");
    }
}

/// A function with half a playbook would hold back, without a word, what the other half asks for.
#[test]
fn a_playbook_with_a_broken_service_is_none_and_says_where() {
    let text = playbook("prod");
    let mut lines = String::new();
    for (from, to) in [
        ("cluster: portfolio-prod", "cluster: portfolio prod"),
        ("service: api\n    bounds: {floor: 1, ceiling: 10, largest-step: 4}\n\n", "service: api\n\n"),
        (
            "bounds: {floor: 1, ceiling: 10, largest-step: 4}\n\n",
            "bounds: {floor: 11, ceiling: 10, largest-step: 4}\n\n",
        ),
        ("takes-over: true", "takes-over: true\n    time-zone: Europe/Atlantis"),
        ("takes-over: true", "takes-over: true\n    holidays: [2026-02-29]"),
        ("after-hours: {min: 1, max: 10}", "after-hours: {min: 3, max: 2}"),
        ("after-hours: {min: 1, max: 10}", "after-hours: {min: 1, max: 11}"),
    ] {
        assert!(text.contains(from), "{from}");
        let broken = Playbook::parse(&text.replacen(from, to, 1));
        let error = broken.and_then(|playbook| playbook.check_zones()).unwrap_err();
        lines.extend([format!("{error}\n")]);
    }
    expect![[r#"
        `portfolio prod` is not the name of a cluster: 1 to 255 letters, digits, `-` and `_` at line 64, column 14
        missing field `bounds` at line 65, column 5
        `floor` is 11; expected at most the ceiling, 10 at line 66, column 13
        target `platform-api`: `time-zone`: `Europe/Atlantis` is no time zone; expected one of the IANA database, as `Europe/Berlin` or `UTC`
        `2026-02-29` is not a date, as `2026-12-25`, or the first and the last of several, as `2026-12-24/2027-01-01` at line 94, column 16
        `min` is 3; expected at most `max`, which is 2 at line 92, column 64
        profile `after-hours` is 1 to 11; expected it within the bounds, 1 to 10 at line 88, column 5
    "#]].assert_eq(&lines);
}
