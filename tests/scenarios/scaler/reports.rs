//! What people are told, by reports that stand for themselves.

use expect_test::{Expect, expect};
use scale_service::fake::FakeService;
use scale_service::world::{Policy, ScheduledAction};
use serde_json::json;
use shared::fault::FaultClass;

use super::{Fleet, event, queued};
use crate::site::{Outcome, events_of};

const NINE: &str = "2026-11-21T09:00:00Z";

fn check(outcome: &Outcome, expected: &Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(outcome.report()).unwrap());
}

#[tokio::test]
async fn a_night_tells_what_was_what_is_and_how_to_wake_it() {
    let fleet = Fleet::dev();
    let night = fleet.gets("2026-11-21T01:00:10Z", &event("schedule-night-in-sqs")).await;
    check(
        &night,
        &expect![[r#"
        {
          "function": "scale-service",
          "id": "night-portfolio-api-2026-11-21T01:00:00Z",
          "correlation": "night-portfolio-api-2026-11-21T01:00:00Z",
          "action": "park",
          "target": "portfolio-api",
          "source": "schedule",
          "mode": "apply",
          "verdict": "acted",
          "why": {
            "code": "parked",
            "text": "set to 0; min 2, max 4, desired 3 is saved"
          },
          "steps": [
            {
              "step": "save-size",
              "status": "applied",
              "size": {
                "min": 2,
                "max": 4,
                "desired": 3
              }
            },
            {
              "step": "set-bounds",
              "status": "applied",
              "min": 0,
              "max": 0,
              "suspended": [
                "dynamic-in",
                "dynamic-out",
                "scheduled"
              ]
            },
            {
              "step": "set-desired",
              "status": "applied",
              "desired": 0,
              "running": 3,
              "pending": 0
            }
          ],
          "before": {
            "min": 2,
            "max": 4,
            "desired": 3,
            "running": 3,
            "pending": 0
          },
          "after": {
            "min": 0,
            "max": 0,
            "desired": 0,
            "suspended": [
              "dynamic-in",
              "dynamic-out",
              "scheduled"
            ],
            "running": 3,
            "pending": 0
          },
          "next": "to wake it, send {\"action\":\"restore\",\"target\":\"portfolio-api\"}",
          "started_at": "1970-01-01T00:00:00.000Z",
          "duration_ms": 0
        }"#]],
    );
}

#[tokio::test]
async fn a_failure_tells_what_was_done_and_what_was_not() {
    let fleet = Fleet::prod();
    fleet.services().fail_next("set-desired", Some(FaultClass::Denied));
    let wish =
        json!({"action": "set", "target": "portfolio-api", "min": 4, "desired": 5, "id": "release-42"});
    let outcome = fleet.gets(NINE, &queued("m-1", &wish)).await;
    check(
        &outcome,
        &expect![[r#"
        {
          "function": "scale-service",
          "id": "release-42",
          "correlation": "release-42",
          "action": "set",
          "target": "portfolio-api",
          "source": "queue",
          "mode": "apply",
          "verdict": "failed",
          "why": {
            "code": "access-denied",
            "text": "target `portfolio-api`: failed to set-desired service/portfolio-prod/api: made to fail"
          },
          "steps": [
            {
              "step": "set-bounds",
              "status": "applied",
              "min": 4,
              "max": 8
            },
            {
              "step": "set-desired",
              "status": "failed",
              "desired": 5
            }
          ],
          "before": {
            "min": 2,
            "max": 8,
            "desired": 3,
            "running": 3,
            "pending": 0
          },
          "next": "it will fail again until the cause is repaired; then redrive the dead-letter queue, if it is not too late for it, or send it again",
          "error": {
            "type": "CommandFailed",
            "text": "failed to set-desired service/portfolio-prod/api: made to fail"
          },
          "started_at": "1970-01-01T00:00:00.000Z",
          "duration_ms": 0
        }"#]],
    );
}

/// The counts are ECS's own, so that whoever reads it sees whether it is steady.
#[tokio::test]
async fn what_runs_and_what_is_about_to_is_told_with_the_size() {
    let fleet = Fleet::prod();
    fleet.change("portfolio-api", |found| (found.state.running, found.state.pending) = (2, 1));
    let wish = json!({"action": "set", "target": "portfolio-api", "desired": 5});
    let outcome = fleet.gets(NINE, &queued("m-1", &wish)).await;
    let report = outcome.report();
    let before = json!({"min": 2, "max": 8, "desired": 3, "running": 2, "pending": 1});
    let after = json!({"min": 2, "max": 8, "desired": 5, "running": 2, "pending": 1});
    assert_eq!((report.before.clone(), report.after.clone()), (Some(before), Some(after)));
}

#[tokio::test]
async fn a_dry_run_tells_what_others_will_do_by_themselves() {
    let fleet = Fleet::prod();
    fleet.change("platform-api", |found| {
        found.policies = vec![Policy {
            name: "cpu".to_owned(),
            what: "keeps ECSServiceAverageCPUUtilization at 70".to_owned(),
            scales_in: true,
        }];
        found.scheduled = vec![ScheduledAction {
            name: "terraform-evening".to_owned(),
            schedule: "cron(0 18 ? * MON-FRI *)".to_owned(),
            time_zone: None,
            min: Some(1),
            max: Some(10),
            ends: None,
        }];
    });
    let outcome = fleet.gets(NINE, &event("command-plan-mode")).await;
    check(
        &outcome,
        &expect![[r#"
            {
              "function": "scale-service",
              "id": "request-1",
              "correlation": "request-1",
              "action": "boost",
              "target": "platform-api",
              "source": "operator",
              "mode": "plan",
              "verdict": "planned",
              "why": {
                "code": "boosted",
                "text": "if carried out: raised the min from 2 to 4 until 2026-11-21T09:30:00Z"
              },
              "steps": [
                {
                  "step": "save-size",
                  "status": "planned",
                  "size": {
                    "min": 2,
                    "max": 8,
                    "desired": 3
                  },
                  "boosts": [
                    "request-1"
                  ]
                },
                {
                  "step": "schedule-restore",
                  "status": "planned",
                  "schedule": "boost-platform-api-1ee220e283241c3f",
                  "at": "2026-11-21T09:30:00Z"
                },
                {
                  "step": "set-bounds",
                  "status": "planned",
                  "min": 4,
                  "max": 8
                },
                {
                  "step": "set-desired",
                  "status": "planned",
                  "desired": 4
                }
              ],
              "before": {
                "min": 2,
                "max": 8,
                "desired": 3,
                "running": 3,
                "pending": 0,
                "policies": [
                  {
                    "name": "cpu",
                    "what": "keeps ECSServiceAverageCPUUtilization at 70"
                  }
                ],
                "scheduled_actions": [
                  {
                    "name": "terraform-evening",
                    "schedule": "cron(0 18 ? * MON-FRI *)",
                    "time_zone": "UTC",
                    "min": 1,
                    "max": 10
                  }
                ]
              },
              "after": {
                "min": 4,
                "max": 8,
                "desired": 4
              },
              "next": "nothing was changed; send the command without `mode: plan` to carry it out; by themselves: policy `cpu` keeps ECSServiceAverageCPUUtilization at 70; scheduled action `terraform-evening` sets min 1 max 10 at cron(0 18 ? * MON-FRI *) UTC",
              "started_at": "1970-01-01T00:00:00.000Z",
              "duration_ms": 0
            }"#]],
    );
    assert_eq!((fleet.size("platform-api"), fleet.ledger().size()), ("3 in 2..8".to_owned(), 0));
}

/// Whoever reads that nothing was done reads why, and what to do instead.
#[tokio::test]
async fn whatever_is_refused_or_fails_says_what_to_do() {
    for fake in
        [FakeService::scaled(3, 2, 8), FakeService::scaled(9, 1, 10), FakeService::of(3), FakeService::of(0)]
    {
        for name in events_of("scale-service") {
            let fleet = Fleet::prod();
            fleet.put("platform-api", fake.clone());
            fleet.put("portfolio-api", fake.clone());
            for report in fleet.gets(NINE, &event(&name)).await.reports {
                let is_told =
                    !["refused", "failed"].contains(&report.verdict.as_str()) || report.next.is_some();
                assert!(is_told, "{name}: {} {}", report.why.code, report.why.text);
                let size = serde_json::to_string(&report).unwrap().len();
                assert!(size < 8_000, "{name}: {size} bytes");
            }
        }
    }
}
