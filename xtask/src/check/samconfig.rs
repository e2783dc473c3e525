//! `samconfig.toml`: what an environment is deployed with, and which of its settings have to be the same.

use std::collections::BTreeMap;

/// The settings, by section and key. A list is its texts.
pub(super) struct Samconfig(BTreeMap<String, Vec<String>>);

impl Samconfig {
    /// Reads the part of TOML that the file is written in: sections, texts and lists of texts.
    pub(super) fn parse(text: &str) -> Self {
        let mut settings: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let (mut section, mut open) = (String::new(), None);
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let name = line.strip_prefix('[').and_then(|rest| rest.split(']').next());
            let texts = match (&open, name, line.split_once('=')) {
                (None, Some(name), _) => {
                    name.clone_into(&mut section);
                    continue;
                }
                (None, None, Some((key, value))) => {
                    open = Some(format!("{section}.{}", key.trim()));
                    value
                }
                _ => line,
            };
            let Some(key) = &open else { continue };
            let all = settings.entry(key.clone()).or_default();
            all.extend(texts.split('"').skip(1).step_by(2).map(str::to_owned));
            let outside: String = texts.split('"').step_by(2).collect();
            let ends = outside.contains(']') || !(outside.contains('[') || texts == line);
            if ends {
                open = None;
            }
        }
        Self(settings)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.first().map(String::as_str)
    }

    /// The parameters that an environment is deployed with; in the file they are a list or one text.
    pub(super) fn parameters(&self, environment: &str) -> BTreeMap<&str, &str> {
        let all = self.0.get(&format!("{environment}.deploy.parameters.parameter_overrides"));
        let all = all.into_iter().flatten();
        let pairs = all.flat_map(|text| if text.contains(' ') { text.split(' ') } else { text.split('\n') });
        pairs.filter_map(|pair| pair.split_once('=')).collect()
    }

    /// What is said twice and not alike: a command would ask another Region, or alarms be sent where nobody listens.
    pub(super) fn disagreements(&self) -> Vec<String> {
        const REGION: &str = "prod.global.parameters.region";
        const STACK: &str = "prod.global.parameters.stack_name";
        const FAR: &str = "prod-us-east-1.global.parameters.region";
        let mut all = vec![(
            ("default.remote_invoke.parameters.region".to_owned()),
            self.text("default.remote_invoke.parameters.region"),
            REGION,
            self.text(REGION),
        )];
        if self.text(FAR).is_some() {
            let far = self.parameters("prod-us-east-1");
            for (parameter, key) in [("HomeRegion", REGION), ("HomeStackName", STACK)] {
                let name = format!("{parameter} of prod-us-east-1.deploy.parameters.parameter_overrides");
                all.push((name, far.get(parameter).copied(), key, self.text(key)));
            }
            all.push((FAR.to_owned(), self.text(FAR), "what lives there", Some("us-east-1")));
        }
        let differing = all.into_iter().filter(|(_, one, _, other)| one != other);
        differing
            .map(|(one, is, other, wants)| {
                format!(
                    "samconfig.toml: {one} is {}, and {other} is {}: they must be the same",
                    quoted(is),
                    quoted(wants)
                )
            })
            .collect()
    }
}

fn quoted(value: Option<&str>) -> String {
    value.map_or("missing".to_owned(), |value| format!("`{value}`"))
}

#[cfg(test)]
mod tests {
    use super::Samconfig;

    const GOOD: &str = r#"
version = 0.1

# A comment, as a = "b".
[default.remote_invoke.parameters]
region = "eu-central-1"

[prod.global.parameters]
stack_name = "lamplighter-prod"
region = "eu-central-1"

[prod.deploy.parameters]
confirm_changeset = true
parameter_overrides = [
    "Environment=prod",
    # Nothing of it.
    "RecordNames=www.example.com,\052.example.com",
]
capabilities = ["CAPABILITY_IAM"]

[prod-us-east-1.global.parameters]
stack_name = "lamplighter-prod-us-east-1"
region = "us-east-1"

[prod-us-east-1.deploy.parameters]
parameter_overrides = "HomeRegion=eu-central-1 HomeStackName=lamplighter-prod"
"#;

    #[test]
    fn parameters_are_read_from_a_list_and_from_a_text() {
        let read = Samconfig::parse(GOOD);
        let prod = [("Environment", "prod"), ("RecordNames", "www.example.com,\\052.example.com")];
        assert_eq!(read.parameters("prod"), prod.into());
        let far = [("HomeRegion", "eu-central-1"), ("HomeStackName", "lamplighter-prod")];
        assert_eq!(read.parameters("prod-us-east-1"), far.into());
        assert_eq!(read.parameters("dev"), [].into());
        assert_eq!(read.text("prod.deploy.parameters.capabilities"), Some("CAPABILITY_IAM"));
    }

    #[test]
    fn what_is_said_twice_is_said_alike() {
        let wrong = |from: &str, to: &str| Samconfig::parse(&GOOD.replacen(from, to, 1)).disagreements();
        assert_eq!(wrong("", ""), [""; 0]);
        let invoke = "samconfig.toml: default.remote_invoke.parameters.region is";
        let home = "and prod.global.parameters.region is `eu-central-1`: they must be the same";
        assert_eq!(wrong("eu-central-1", "us-east-1"), [format!("{invoke} `us-east-1`, {home}")]);
        assert_eq!(wrong("region = \"eu-central-1\"", ""), [format!("{invoke} missing, {home}")]);
        let far = "of prod-us-east-1.deploy.parameters.parameter_overrides is";
        assert_eq!(
            wrong("HomeRegion=eu-central-1", "HomeRegion=us-east-1"),
            [format!("samconfig.toml: HomeRegion {far} `us-east-1`, {home}")]
        );
        let stack = "and prod.global.parameters.stack_name is `lamplighter-prod`: they must be the same";
        assert_eq!(
            wrong(" HomeStackName=lamplighter-prod", ""),
            [format!("samconfig.toml: HomeStackName {far} missing, {stack}")]
        );
        assert_eq!(
            wrong("region = \"us-east-1\"", "region = \"us-east-2\""),
            [
                "samconfig.toml: prod-us-east-1.global.parameters.region is `us-east-2`, and what lives there is \
              `us-east-1`: they must be the same"
            ]
        );
    }

    #[test]
    fn whoever_has_nothing_in_us_east_1_need_not_speak_of_it() {
        let home = GOOD.split("[prod-us-east-1").next().unwrap_or_default();
        assert_eq!(Samconfig::parse(home).disagreements(), [""; 0]);
    }
}
