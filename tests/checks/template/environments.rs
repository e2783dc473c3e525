//! Rules of `samconfig.toml`: each environment is deployed with what its playbook names, and with nothing else.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::model::Template;

/// The environments, each with its Region.
const ENVIRONMENTS: [(&str, &str); 4] =
    [("dev", "us-east-1"), ("staging", "us-east-1"), ("prod", "us-east-1"), ("standby", "us-west-2")];

pub(super) fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The texts in quotation marks of a section of the file.
pub(super) fn section(name: &str) -> Vec<String> {
    let text = read("samconfig.toml");
    let mut lines = text.lines().skip_while(|line| *line != format!("[{name}]"));
    assert!(lines.next().is_some(), "samconfig.toml has no [{name}]");
    let lines = lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// The parameters of a deployment.
fn parameters(environment: &str) -> BTreeMap<String, BTreeSet<String>> {
    let pairs = section(&format!("{environment}.deploy.parameters"));
    let pairs = pairs.iter().filter_map(|text| text.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.split(',').map(str::to_owned).collect())).collect()
}

/// What the targets of a playbook need: the parameter that names it, and its value.
fn needed(environment: &str, region: &str) -> BTreeMap<String, BTreeSet<String>> {
    let playbook = read(&format!("playbooks/{environment}/playbook.yaml"));
    let playbook: Value = serde_saphyr::from_str(&playbook).expect("a playbook is YAML");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let each = |list: &Value, field: &str| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|one| text(&one[field])).collect()
    };
    let cdn = |id: &String| format!("arn:aws:cloudfront::123456789012:distribution/{id}");
    let rds = |kind: &str, id: &str| format!("arn:aws:rds:{region}:123456789012:{kind}:{id}");
    let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut need = |parameter: &str, values: Vec<String>| {
        if !values.is_empty() {
            needed.entry(parameter.to_owned()).or_default().extend(values);
        }
    };
    for target in playbook["targets"].as_object().expect("targets").values() {
        match target["kind"].as_str() {
            Some("distribution") => {
                need("DistributionArns", text(&target["distribution"]).iter().map(cdn).collect());
                need("SiteBuckets", each(&target["sources"], "bucket"));
            }
            Some("service") => {
                let (cluster, service) = (text(&target["cluster"]), text(&target["service"]));
                let name = [cluster.expect("a cluster"), service.expect("a service")].join("/");
                need("ServiceArns", vec![format!("arn:aws:ecs:{region}:123456789012:service/{name}")]);
            }
            Some("database") => {
                need("DatabaseArns", text(&target["instance"]).iter().map(|id| rds("db", id)).collect());
                need("DatabaseArns", text(&target["cluster"]).iter().map(|id| rds("cluster", id)).collect());
                need("BackupRegions", each(&target["copies"], "region"));
                need("BackupKeyArns", each(&target["copies"], "kms-key"));
            }
            Some("dns") => {
                let zone = text(&target["zone"]).expect("a zone");
                need("HostedZoneArns", vec![format!("arn:aws:route53:::hostedzone/{zone}")]);
                need("RecordNames", each(&target["records"], "name"));
                for side in [&target["primary"], &target["secondary"]] {
                    let check = text(&side["evidence"]["health-check"]);
                    let check = check.map(|id| format!("arn:aws:route53:::healthcheck/{id}"));
                    need("HealthCheckArns", check.into_iter().collect());
                    need("FailoverDistributionArns", text(&side["distribution"]).iter().map(cdn).collect());
                }
            }
            kind => panic!("{environment}: {kind:?}"),
        }
    }
    needed
}

#[test]
fn a_deployment_may_touch_what_its_playbook_names_and_nothing_else() {
    let names = ["Arns", "Buckets", "Names", "Regions"];
    for (environment, region) in ENVIRONMENTS {
        let mut given = parameters(environment);
        given.retain(|name, _| names.iter().any(|end| name.ends_with(end)));
        assert_eq!(given, needed(environment, region), "{environment}");
        assert_eq!(section(&format!("{environment}.global.parameters"))[1], region, "{environment}");
    }
}

#[test]
fn every_environment_gives_parameters_that_the_template_has_and_takes() {
    let template = Template::read();
    for (environment, _) in ENVIRONMENTS {
        let given = parameters(environment);
        assert_eq!(given["Environment"], [environment.to_owned()].into());
        assert_eq!(
            section(&format!("{environment}.build.parameters")),
            [format!("Environment={environment}")]
        );
        for (name, values) in given {
            let parameter = &template.0["Parameters"][&name];
            assert!(parameter.is_object(), "{environment}: the template has no `{name}`");
            if let Some(allowed) = parameter["AllowedValues"].as_array() {
                let allowed = allowed.iter().map(|one| one.as_str().map_or(one.to_string(), str::to_owned));
                assert!(values.is_subset(&allowed.collect()), "{environment}: `{name}` takes no {values:?}");
            }
        }
    }
}

#[test]
fn environments_are_those_of_the_portfolio() {
    let has = |environment: &str, parameter: &str| parameters(environment).contains_key(parameter);
    assert!(!has("dev", "DistributionArns"), "CloudFront is off in development");
    for (environment, _) in ENVIRONMENTS {
        let is_prod = environment == "prod";
        assert_eq!(
            has(environment, "BackupRegions"),
            is_prod,
            "{environment}: copies go to a second Region in prod"
        );
        assert_eq!(has(environment, "WatchSystems"), is_prod, "{environment}");
        // Where somebody is on call, somebody is told from the first deployment on.
        assert_eq!(has(environment, "OperatorsEmail"), is_prod || environment == "standby", "{environment}");
    }
}

/// What the bus brings is brought to every stack of the Region.
#[test]
fn of_the_stacks_of_a_region_one_hears_the_bus() {
    for parameter in ["AlarmEvents", "DeployEvents"] {
        let mut hears: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (environment, region) in ENVIRONMENTS {
            let off = parameters(environment).get(parameter).is_some_and(|values| values.contains("off"));
            if !off {
                hears.entry(region).or_default().push(environment);
            }
        }
        let one_each = [("us-east-1", vec!["prod"]), ("us-west-2", vec!["standby"])];
        assert_eq!(hears, one_each.into(), "{parameter}");
    }
    let template = Template::read();
    let rule = &template.0["Resources"]["DeployEventsRule"];
    assert_eq!(rule["Condition"], "HasDeployEvents");
    assert_eq!(
        template.0["Conditions"]["HasDeployEvents"],
        serde_json::json!(["EveryFunction", ["DeployEvents", "on"]])
    );
}

/// Rules leave out alarms by this beginning: a stack of another name would be heard by the routers of others.
#[test]
fn every_stack_is_called_after_the_product() {
    for environment in ENVIRONMENTS.map(|(environment, _)| environment) {
        assert_eq!(
            section(&format!("{environment}.global.parameters"))[0],
            format!("lamplighter-{environment}")
        );
    }
}
