//! Rules of what `failover-dns` may do, and of the stack in a second Region that has it alone.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use shared::kinds::dns::{Dns, Evidence, How, Side};
use shared::playbook::{Playbook, Target};

use super::model::{Template, allowed, events, number, permissions, statements, texts};
use super::schedule::playbook;

/// The queue of its commands.
pub(super) const COMMANDS: &str = "FailoverDnsCommands";
const FUNCTION: &str = "FailoverDnsFunction";
const ROLE: &str = "FailoverDnsRole";
/// The condition that a stack is not one of a second Region.
const EVERY_FUNCTION: &str = "EveryFunction";
/// Source: Lambda developer guide, "Configuring reserved concurrency for a function".
const LEFT_TO_OTHERS: u64 = 100;
/// The Region that has the control planes of Route 53 and CloudFront, and the alarms on health checks.
const US_EAST_1: &str = "us-east-1";

/// Its statements about services that it changes, each with the condition of the template that it stands under.
fn under(template: &Template) -> BTreeMap<String, (String, Value)> {
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let list = role["Policies"][0]["PolicyDocument"]["Statement"].as_array().expect("statements");
    let mut under = BTreeMap::new();
    for entry in list.iter().filter(|entry| entry.is_array()) {
        let condition = entry[0].as_str().expect("a condition").to_owned();
        for statement in statements(entry) {
            let id = statement["Sid"].as_str().expect("a name").to_owned();
            under.insert(id, (condition.clone(), statement.clone()));
        }
    }
    under
}

#[test]
fn what_it_may_touch_is_named_by_parameters_that_are_empty_at_first() {
    let template = Template::read();
    let statements = under(&template);
    for (id, condition, parameter) in [
        ("SeeRecords", "HasHostedZones", "HostedZoneArns"),
        ("ChangeRecords", "HasHostedZones", "HostedZoneArns"),
        ("SeeWhatCheckersSay", "HasHealthChecks", "HealthCheckArns"),
        ("ForceHealthChecks", "HasForcedHealthChecks", "ForcedHealthCheckArns"),
        ("PutAndRemoveStandbyObjects", "HasStandbyObjects", "StandbyObjectArns"),
        ("SeeRoutingControls", "HasRoutingControls", "RoutingControlArns"),
        ("TurnRoutingControls", "HasRoutingControls", "RoutingControlArns"),
        ("MoveNamesOfDistributions", "HasFailoverDistributions", "FailoverDistributionArns"),
    ] {
        let (stands_under, statement) = &statements[id];
        assert_eq!(stands_under, condition, "{id}");
        assert_eq!(statement["Resource"], parameter, "{id}");
        assert_eq!(template.0["Parameters"][parameter]["Type"], "CommaDelimitedList", "{parameter}");
        assert_eq!(template.0["Parameters"][parameter]["Default"], "", "{parameter}");
        assert_eq!(template.0["Conditions"][condition], json!([[["", parameter], ""]]), "{condition}");
    }
    assert_eq!(statements.len(), 10, "{:?}", statements.keys());
}

#[test]
fn it_writes_records_and_deletes_none() {
    let template = Template::read();
    let (_, statement) = &under(&template)["ChangeRecords"];
    assert_eq!(texts(&statement["Action"]), ["route53:ChangeResourceRecordSets"]);
    // There is no change without an action, so that "all of them" never speaks of none.
    let all = &statement["Condition"]["ForAllValues:StringEquals"];
    assert_eq!(all["route53:ChangeResourceRecordSetsActions"], json!(["UPSERT"]));
    let types = texts(&all["route53:ChangeResourceRecordSetsRecordTypes"]);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playbook.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema is readable");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let known = schema["$defs"]["RecordType"]["oneOf"].as_array().expect("types of records");
    let known: Vec<&str> = known.iter().flat_map(|kind| texts(&kind["const"])).collect();
    assert_eq!(types, known);
    let names = texts(&all["route53:ChangeResourceRecordSetsNormalizedRecordNames"]);
    assert_eq!(names, ["HasRecordNames", "RecordNames", "AWS::NoValue"]);
}

#[test]
fn it_overrides_no_safety_rules() {
    let (_, statement) = &under(&Template::read())["TurnRoutingControls"];
    let overrides = &statement["Condition"]["Bool"]["route53-recovery-cluster:AllowSafetyRulesOverrides"];
    assert_eq!(overrides, "false");
}

#[test]
fn what_it_writes_to_is_its_own() {
    let template = Template::read();
    let role = template.of_type("AWS::IAM::Role")[ROLE];
    let actions = permissions(role).into_iter().flat_map(|statement| texts(&statement["Action"]));
    let services: BTreeSet<&str> = actions.filter_map(|action| action.split(':').next()).collect();
    let known = [
        "cloudfront",
        "cloudwatch",
        "dynamodb",
        "kms",
        "logs",
        "route53",
        "route53-recovery-cluster",
        "s3",
        "sns",
        "sqs",
    ];
    assert_eq!(services, known.into());

    let on = |actions| allowed(&template, ROLE, actions);
    assert_eq!(on("dynamodb:"), ["LedgerTable.Arn".to_owned()].into());
    assert_eq!(on("sqs:SendMessage"), ["FailoverDnsFailures.Arn".to_owned()].into());
    assert_eq!(on("sqs:ReceiveMessage"), [format!("{COMMANDS}.Arn")].into());
    assert_eq!(on("sns:"), ["OutcomesTopic".to_owned(), "ChatTopic".to_owned()].into());
    assert_eq!(on("logs:"), ["FailoverDnsLogs.Arn".to_owned()].into());
}

#[test]
fn a_command_that_cannot_succeed_holds_up_its_target_for_two_minutes_at_most() {
    let template = Template::read();
    let (_, queue) = template.queue(&json!(format!("{COMMANDS}.Arn")));
    assert_eq!(number(&template.functions()[FUNCTION]["Timeout"]), 20);
    assert!(number(&queue["VisibilityTimeout"]) * number(&queue["RedrivePolicy"]["maxReceiveCount"]) <= 125);
}

#[test]
fn what_is_kept_free_for_it_suffices_for_all_that_its_queue_delivers_at_once() {
    let template = Template::read();
    let function = template.functions()[FUNCTION];
    let parameter = "ReservedFailoverConcurrency";
    assert_eq!(
        function["ReservedConcurrentExecutions"],
        json!(["HasReservedFailovers", parameter, "AWS::NoValue"])
    );
    assert_eq!(template.0["Conditions"]["HasReservedFailovers"], json!([[parameter, 0]]));
    let most = at_once(function);
    for value in template.0["Parameters"][parameter]["AllowedValues"].as_array().expect("values") {
        assert!(number(value) == 0 || number(value) >= most, "{value} would have the queue throttled");
    }
}

/// How many invocations the queues of a function may have at once.
fn at_once(function: &Value) -> u64 {
    let all =
        events(function).map(|event| number(&event["Properties"]["ScalingConfig"]["MaximumConcurrency"]));
    all.sum()
}

/// Throttled, the router would leave the alarm among its dead letters, and what is kept free for the fail-over idle.
#[test]
fn as_much_is_kept_free_on_the_way_that_alarms_take_to_it() {
    let template = Template::read();
    let router = template.functions()["RouteAlarmFunction"];
    let reserved = &router["ReservedConcurrentExecutions"];
    assert_eq!((&reserved[0], &reserved[2]), (&json!("HasReservedFailovers"), &json!("AWS::NoValue")));
    assert!(number(&reserved[1]) > at_once(router), "nothing is left for alarms that call it themselves");
    for (name, function) in template.functions() {
        let is_on_the_way = [FUNCTION, "RouteAlarmFunction"].contains(&name);
        assert_eq!(function["ReservedConcurrentExecutions"].is_array(), is_on_the_way, "{name}");
    }
    // Lambda refuses to leave less than this to all others, and the pages say what an account must have.
    let default = &template.0["Parameters"]["ReservedFailoverConcurrency"]["Default"];
    let needed = LEFT_TO_OTHERS + number(default) + number(&reserved[1]);
    for page in ["README.md", "docs/configuration.md", "docs/operator-guide.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page));
        assert!(text.expect("a page").contains(&format!(" {needed} ")), "{page}: not {needed}");
    }
}

/// Each strategy changes something else: a stack that has any of them looks at alarms, and after its moves.
#[test]
fn whatever_a_strategy_changes_is_looked_after() {
    let template = Template::read();
    let changes: BTreeSet<&str> = texts(&template.0["Conditions"]["HasFailovers"]).into_iter().collect();
    let expected = under(&template).into_values().filter(|(_, statement)| {
        let actions = texts(&statement["Action"]);
        actions
            .iter()
            .any(|action| ["Change", "Update", "Put"].iter().any(|verb| action.contains(&format!(":{verb}"))))
    });
    let expected: BTreeSet<String> = expected.map(|(condition, _)| condition).collect();
    assert_eq!(changes, expected.iter().map(String::as_str).collect());
    assert_eq!(under(&template)["SeeAlarmsAndTheirHistory"].0, "HasFailovers");
    for name in ["ReconcileNames", "DrillNames"] {
        assert_eq!(template.0["Resources"][name]["Condition"], "HasFailovers", "{name}");
    }
}

/// The targets of kind `dns`.
fn names(playbook: &Playbook) -> BTreeMap<String, &Dns> {
    let targets = playbook.targets.iter();
    targets
        .filter_map(|(name, target)| match target {
            Target::Dns(dns) => Some((name.to_string(), dns)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_second_region_has_the_names_of_production_and_nothing_else() {
    let (prod, standby) = (playbook("prod"), playbook("standby"));
    assert_eq!(names(&standby).len(), standby.targets.len(), "something else than names");
    assert!(!standby.targets.is_empty());
    for (name, there) in names(&standby) {
        let here = names(&prod).remove(&name).unwrap_or_else(|| panic!("production has no `{name}`"));
        assert_eq!((&there.zone, &there.records), (&here.zone, &here.records), "{name}");
        assert_eq!(there.strategy, here.strategy, "{name}");
        assert_eq!(
            there.failback.how,
            How::Manual,
            "{name}: two that go back by themselves know of no pauses"
        );
        for side in Side::ALL {
            let elsewhere = match there.evidence.of(side) {
                Evidence::Alarm { region, .. } => {
                    region.as_ref().is_none_or(|region| region.as_str() != US_EAST_1)
                }
                Evidence::Https(_) => true,
                Evidence::HealthCheck(_) => false,
            };
            assert!(elsewhere, "{name}: the evidence of its {} is in {US_EAST_1}", side.as_str());
        }
    }
    for route in &standby.routes {
        let same = prod.routes.iter().find(|other| other.name == route.name);
        assert!(same.is_some(), "production has no route `{}`", route.name);
    }
}

#[test]
fn a_stack_in_a_second_region_has_failover_dns_and_the_router_that_wakes_it() {
    let template = Template::read();
    assert_eq!(template.0["Conditions"]["IsStandby"], json!(["Environment", "standby"]));
    assert_eq!(template.0["Conditions"][EVERY_FUNCTION], json!(["IsStandby"]));
    let resources = template.0["Resources"].as_object().expect("resources");
    let functions: BTreeSet<&str> = template
        .functions()
        .into_keys()
        .filter(|name| resources[*name]["Condition"] != EVERY_FUNCTION)
        .collect();
    assert_eq!(functions, [FUNCTION, "RouteAlarmFunction"].into());
    // That nothing there speaks of what is not there is told by `sam validate --lint`.
    for (name, resource) in resources {
        let words = ["InvalidateCache", "ScaleService", "SnapshotDatabase"];
        if words.iter().any(|word| name.starts_with(word)) {
            assert_eq!(resource["Condition"], EVERY_FUNCTION, "{name}");
        }
    }
    for (name, function) in template.functions() {
        let layers = texts(&function["Layers"]);
        let is_there = resources[name]["Condition"] != EVERY_FUNCTION;
        assert_eq!(layers.contains(&"StandbyPlaybookLayer"), is_there, "{name}");
        assert!(layers.contains(&"ProdPlaybookLayer"), "{name}");
    }
}
