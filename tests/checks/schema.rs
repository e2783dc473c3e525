//! The JSON Schema of the playbook is that of the code, and says of playbooks what the code says.
//!
//! `UPDATE_EXPECT=1 cargo test --package tests --test checks` writes it anew.
#![expect(clippy::unwrap_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::fs;
use std::path::Path;

use expect_test::expect_file;
use serde_json::Value;
use shared::ids::TargetName;
use shared::kinds::database::RegionCode;
use shared::playbook::{Playbook, schema};

#[test]
fn the_schema_of_the_playbook_is_that_of_the_code() {
    let text = serde_json::to_string_pretty(&schema()).unwrap();
    expect_file!["../../playbook.schema.json"].assert_eq(&format!("{text}\n"));
}

#[test]
fn every_playbook_is_one_to_the_code_and_to_the_schema() {
    for environment in ["dev", "staging", "prod", "standby"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../playbooks/{environment}/playbook.yaml"));
        assert_eq!(complaints(&fs::read_to_string(path).unwrap()), (vec![], vec![]), "{environment}");
    }
}

/// A playbook with every key.
const WHOLE: &str = "
version: 1
targets:
  weather-site:
    kind: distribution
    distribution: E1EXAMPLE
    sources:
      - {bucket: weather-assets, prefix: assets/, path: /assets/}
      - {bucket: weather-pages}
    collapse-over: 50
    index-document: index.html
  tenant:
    kind: distribution
    distribution-tenant: dt_1example
  portfolio-api:
    kind: service
    cluster: portfolio-prod
    service: api
    bounds: {floor: 1, ceiling: 10, largest-step: 4}
    time-zone: America/New_York
    holidays: [2026-12-25, 2026-12-24/2027-01-01]
    profiles: {business-hours: {min: 2, max: 10}, after-hours: {min: 1, max: 10, desired: 1}}
    may-park: true
    takes-over: true
    on-drift: restore
  portfolio:
    kind: service-group
    services: [portfolio-api]
  weather-db:
    kind: database
    instance: weather-prod
    snapshots: copy-automated
    retention: {daily: 30, weekly: 8, monthly: 12, yearly: 7, keep-at-least: 3}
    objective: 24h
    copies:
      - region: us-west-2
        kms-key: alias/copies
        option-group: weather-options
        retention: {days: 7}
    verify:
      metadata: false
      restore-drill: monthly
      restore-objective: 4h
      subnet-group: drills
      class: db.t4g.medium
      security-groups: [sg-0123456789abcdef0]
    tags: {team: weather}
  platform-db: {kind: database, cluster: platform, retention: {days: 14}}
  others:
    kind: database
    all-tagged: {backup: nightly}
    except: [scratch]
    retention: {days: 7}
  weather-www:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: www.example.com, type: AAAA}]
    strategy: record-weights
    primary: {set-identifier: blue, weight: 90, evidence: {alarm: blue-down, region: us-east-1}}
    secondary: {set-identifier: green, evidence: {https: 'https://green.example.com/health'}}
    hold-down: 10m
    failback: {how: automatic, after-healthy-for: 20m}
    max-moves-a-day: 6
    ttl: 30s
    may-drill: true
  answers:
    kind: dns
    zone: Z1EXAMPLE
    records:
      - name: answers.example.com
        type: A
        set-identifier: first
        primary: {values: [192.0.2.1], ttl: 45s}
        secondary: {alias: {zone: Z35SXDOTRQ7X7K, name: two.example.com, evaluate-target-health: true}}
    strategy: record-targets
    primary: {evidence: {alarm: answers-down}}
    secondary: {evidence: {health-check: 11111111-2222-3333-4444-555555555555}}
  checked:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: checked.example.com, type: A}]
    strategy: health-check
    primary: {health-check: 99999999-2222-3333-4444-555555555555, evidence: {alarm: checked-down}}
    secondary: {evidence: {alarm: standby-down}}
  switched:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: switched.example.com, type: A}]
    strategy: standby-object
    standby-object: {bucket: standby-switch, key: switched, region: us-west-2}
    primary: {evidence: {alarm: switched-down}}
    secondary: {evidence: {alarm: standby-down}}
  controlled:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: controlled.example.com, type: A}]
    strategy: routing-control
    cluster-endpoints: [{endpoint: 'https://one.example.com/v1', region: eu-west-1}]
    primary: {routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/one', evidence: {alarm: controlled-down}}
    secondary: {routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/two', evidence: {alarm: standby-down}}
  named:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: named.example.com, type: HTTPS}]
    strategy: distribution-domain
    primary: {distribution: E1EXAMPLE, evidence: {alarm: named-down}}
    secondary: {distribution: E2EXAMPLE, evidence: {alarm: standby-down}}
guardrails: {max-per-hour: 20, target-cooldown: 5m}
routes:
  - name: purge
    when:
      alarm: weather-*
      namespace: AWS/CloudFront
      metric: 5xxErrorRate
      dimensions: {DistributionId: E1EXAMPLE}
      from: [ALARM]
      to: [OK, INSUFFICIENT_DATA]
      account: '123456789012'
      region: us-east-1
    then: [{action: invalidate, target: weather-site, everything: true, reason: errors}]
    cooldown: 30m
    hold-down: 5m
    max-per-hour: 4
    approve: true
    approve-within: 4h
    replays: true
  - {name: budget, when: {budget: '*'}, report: nearly spent}
  - {name: failover, when: {event: database-failover, resource: weather-*}, report: it moved}
";

#[test]
fn the_schema_knows_every_key() {
    assert_eq!(complaints(WHOLE), (vec![], vec![]));
}

#[test]
fn what_an_editor_underlines_is_wrong_to_the_code_too() {
    for (from, to) in [
        ("version: 1", "version: 2"),
        ("version: 1", "version: one"),
        ("version: 1", "verison: 1"),
        ("targets:", "target:"),
        ("weather-site:", "Weather-Site:"),
        ("kind: distribution\n    distribution:", "kind: distribushon\n    distribution:"),
        ("collapse-over: 50", "collapse-over: 0"),
        ("collapse-over: 50", "collapse-over: many"),
        ("collapse-over: 50", "collapse_over: 50"),
        ("index-document: index.html", "index-document: [index.html]"),
        ("prefix: assets/", "prefx: assets/"),
        ("bucket: weather-pages", "path: /"),
        ("sources:\n", "sources: 7\n    more:\n"),
        ("cluster: portfolio-prod\n", "\n"),
        ("service: api\n", "service: [api]\n"),
        ("floor: 1, ", ""),
        ("floor: 1, ", "floor: -1, "),
        ("floor: 1, ", "floor: 1, flor: 1, "),
        ("ceiling: 10", "ceiling: 0"),
        ("largest-step: 4", "largest-step: 0"),
        ("largest-step: 4", "largest-step: some"),
        ("time-zone: America/New_York", "time-zone: 5"),
        ("holidays: [2026-12-25, ", "holidays: [25, "),
        ("business-hours: {", "Business: {"),
        ("{min: 2, max: 10}", "{min: 2}"),
        ("may-park: true", "may-park: perhaps"),
        ("on-drift: restore", "on-drift: forget"),
        ("services: [portfolio-api]", "services: []"),
        ("services: [portfolio-api]", "services: [portfolio-api, portfolio-api]"),
        ("services: [portfolio-api]", "services: portfolio-api"),
        ("services: [portfolio-api]", "members: [portfolio-api]"),
        ("instance: weather-prod", "instance: [weather-prod]"),
        ("instance: weather-prod", "identifier: weather-prod"),
        ("snapshots: copy-automated", "snapshots: sometimes"),
        ("retention: {days: 14}", "tags: {a: b}"),
        ("daily: 30", "daily: 0"),
        ("daily: 30", "daily: some"),
        ("daily: 30", "hourly: 30"),
        ("objective: 24h", "objective: 24"),
        ("region: us-west-2", "region: Oregon"),
        ("region: us-west-2\n        kms-key:", "kms-key:"),
        ("kms-key: alias/copies", "kms_key: alias/copies"),
        ("option-group: weather-options", "option-group: [weather-options]"),
        ("retention: {days: 7}\n    verify", "keep: {days: 7}\n    verify"),
        ("metadata: false", "metadata: sometimes"),
        ("restore-drill: monthly", "restore-drill: weekly"),
        ("restore-drill: monthly", "restore_drill: monthly"),
        ("security-groups: [sg-0123456789abcdef0]", "security-groups: sg-0123456789abcdef0"),
        ("all-tagged: {backup: nightly}", "all-tagged: backup"),
        ("except: [scratch]", "except: scratch"),
        ("tags: {team: weather}", "tags: [team]"),
        ("records: [{name: www.example.com, type: AAAA}]", "names: [www.example.com]"),
        ("type: AAAA", "type: AAAAA"),
        ("name: www.example.com, ", ""),
        ("strategy: record-weights", "strategy: weights"),
        ("set-identifier: blue", "set_identifier: blue"),
        ("weight: 90", "weight: heavy"),
        ("weight: 90", "weight: 256"),
        ("evidence: {alarm: blue-down, region: us-east-1}", "evidence: blue-down"),
        ("region: us-east-1}}", "region: Virginia}}"),
        ("hold-down: 10m", "hold-down: 10"),
        ("how: automatic", "how: sometimes"),
        ("after-healthy-for: 20m", "after: 20m"),
        ("max-moves-a-day: 6", "max-moves-a-day: 0"),
        ("ttl: 30s", "ttl: 30"),
        ("may-drill: true", "may-drill: weekly"),
        ("values: [192.0.2.1]", "values: 192.0.2.1"),
        ("evaluate-target-health: true", "evaluate-target-health: yes please"),
        ("bucket: standby-switch, ", ""),
        ("cluster-endpoints: [{", "endpoints: [{"),
        ("distribution: E2EXAMPLE, evidence", "distribution: [E2EXAMPLE], evidence"),
        ("max-per-hour: 20", "max-per-hour: 0"),
        ("max-per-hour: 20", "max-an-hour: 20"),
        ("cooldown: 30m", "cooldown: 30"),
        ("cooldown: 30m", "cool-down: 30m"),
        ("to: [OK, ", "to: [FINE, "),
        ("event: database-failover", "event: earthquake"),
        ("name: purge", "name: Purge"),
        ("action: invalidate, ", ""),
        ("when: {budget: '*'}, ", ""),
        ("cooldown: 30m", "cooldown: true"),
    ] {
        let (code, schema) = complaints(&WHOLE.replacen(from, to, 1));
        assert!(!code.is_empty(), "the code takes `{to}`");
        assert!(!schema.is_empty(), "the schema takes `{to}`");
    }
}

/// What the code says against a playbook, and what the schema says.
fn complaints(text: &str) -> (Vec<String>, Vec<String>) {
    let code = Playbook::parse(text).err().map(|error| error.to_string());
    let value: Value = serde_saphyr::from_str(text).unwrap();
    let schema = schema();
    (code.into_iter().collect(), check(&schema, &schema, &value))
}

/// What a schema says against a value. This knows the words that our schema uses, and panics at any other.
fn check(root: &Value, schema: &Value, value: &Value) -> Vec<String> {
    fields(schema).flat_map(|(word, says)| check_word(root, schema, (word, says), value)).collect()
}

fn check_word(root: &Value, schema: &Value, (word, says): (&str, &Value), value: &Value) -> Vec<String> {
    let is_valid = |schema: &&Value| check(root, schema, value).is_empty();
    let is_fine = match word {
        "$ref" => {
            return check(root, &root["$defs"][says.as_str().unwrap().trim_start_matches("#/$defs/")], value);
        }
        "items" => return items(value).flat_map(|item| check(root, says, item)).collect(),
        "properties" => {
            let known = fields(says).filter_map(|(name, inner)| Some((inner, value.get(name)?)));
            return known.flat_map(|(inner, field)| check(root, inner, field)).collect();
        }
        "patternProperties" => {
            let targets = fields(value).filter(|(name, _)| TargetName::parse(name).is_ok());
            return targets.flat_map(|(_, field)| check(root, &says[TARGET_PATTERN], field)).collect();
        }
        "additionalProperties" if says.is_object() => {
            let others = fields(value).filter(|(name, _)| !is_known(schema, name));
            return others.flat_map(|(_, field)| check(root, says, field)).collect();
        }
        "additionalProperties" => fields(value).all(|(name, _)| is_known(schema, name)),
        "pattern" => value.as_str().is_none_or(|text| match says.as_str().unwrap() {
            TARGET_PATTERN => TargetName::parse(text).is_ok(),
            REGION_PATTERN => RegionCode::try_from(text.to_owned()).is_ok(),
            other => panic!("the schema says `pattern: {other}`"),
        }),
        "enum" => items(says).any(|allowed| allowed == value),
        "required" => {
            value.is_object() && items(says).all(|name| value.get(name.as_str().unwrap()).is_some())
        }
        "oneOf" => items(says).filter(is_valid).count() == 1,
        "anyOf" => items(says).any(|schema| is_valid(&schema)),
        "const" => value == says,
        "minItems" => items(value).count() as u64 >= says.as_u64().unwrap(),
        "uniqueItems" => items(value).all(|item| items(value).filter(|other| *other == item).count() == 1),
        "minimum" => value.as_i64().is_none_or(|number| number >= says.as_i64().unwrap()),
        "maximum" => value.as_i64().is_none_or(|number| number <= says.as_i64().unwrap()),
        "type" if says.is_array() => items(says).any(|says| is_of(says, value)),
        "type" => is_of(says, value),
        "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
        other => panic!("the schema says `{other}`"),
    };
    if is_fine { Vec::new() } else { vec![format!("{value} is not `{word}: {says}`")] }
}

const TARGET_PATTERN: &str = "^[a-z][a-z0-9-]{0,39}$";
const REGION_PATTERN: &str = "^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$";

fn is_known(schema: &Value, name: &str) -> bool {
    let is_target =
        schema["patternProperties"].get(TARGET_PATTERN).is_some() && TargetName::parse(name).is_ok();
    is_target || schema["properties"].get(name).is_some()
}

fn is_of(says: &Value, value: &Value) -> bool {
    match says.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schema says `type: {other}`"),
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, field)| (name.as_str(), field))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
