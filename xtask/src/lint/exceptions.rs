//! What linters find, and what of it is meant to be there: an exception has a reason, and ends with its finding.

use serde_json::Value;

/// What a linter found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) template: String,
    pub(super) line: u64,
    /// The logical id; empty where it is not about a resource.
    pub(super) resource: String,
    pub(super) message: String,
}

/// A rule that does not count: for a resource of a template, or everywhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exception {
    pub(super) rule: String,
    /// The template and the logical id.
    pub(super) at: Option<(String, String)>,
    pub(super) reason: String,
}

impl Exception {
    /// Those that a linter's configuration lists below a key, each with its reason in a comment before it.
    pub(super) fn everywhere(configuration: &str, key: &str) -> Vec<Self> {
        let mut lines = configuration.lines().skip_while(|line| line.trim_end() != format!("{key}:"));
        lines.next();
        let mut exceptions = Vec::new();
        let mut reason = Vec::new();
        for line in lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#'])).map(str::trim) {
            if let Some(words) = line.strip_prefix('#') {
                reason.push(words.trim());
            } else if let Some(rule) = line.strip_prefix("- ") {
                exceptions.push(Self { rule: rule.to_owned(), at: None, reason: reason.join(" ") });
                reason.clear();
            }
        }
        exceptions
    }

    /// Those that stand beside the resources of a template, in the form that checkov reads.
    pub(super) fn beside_resources(name: &str, template: &Value) -> Vec<Self> {
        let resources = template["Resources"].as_object();
        let lists = resources
            .into_iter()
            .flatten()
            .filter_map(|(resource, body)| Some((resource, body["Metadata"]["checkov"]["skip"].as_array()?)));
        let all = lists.flat_map(|(resource, list)| list.iter().map(move |exception| (resource, exception)));
        all.map(|(resource, exception)| Self {
            rule: exception["id"].as_str().unwrap_or_default().to_owned(),
            at: Some((name.to_owned(), resource.clone())),
            reason: exception["comment"].as_str().unwrap_or_default().to_owned(),
        })
        .collect()
    }

    fn covers(&self, finding: &Finding) -> bool {
        let is_there = match &self.at {
            None => true,
            Some((template, resource)) => *template == finding.template && *resource == finding.resource,
        };
        is_there && self.rule == finding.rule
    }

    fn place(&self) -> String {
        self.at.as_ref().map_or(String::new(), |(template, resource)| format!(" of {resource} in {template}"))
    }
}

/// What is wrong: findings without an exception, and exceptions without a finding or a reason.
pub(super) fn wrong(findings: &[Finding], exceptions: &[Exception]) -> Vec<String> {
    let open =
        findings.iter().filter(|finding| !exceptions.iter().any(|exception| exception.covers(finding)));
    let open = open.map(|Finding { rule, template, line, resource, message }| {
        format!("{template}:{line}: {rule} {resource}: {message}")
    });
    let idle = exceptions
        .iter()
        .filter(|exception| !findings.iter().any(|finding| exception.covers(finding)))
        .map(|exception| {
            format!("exception {}{} has no finding: remove it", exception.rule, exception.place())
        });
    let bare = exceptions
        .iter()
        .filter(|exception| exception.reason.is_empty())
        .map(|exception| format!("exception {}{} has no reason", exception.rule, exception.place()));
    open.chain(idle).chain(bare).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CONFIGURATION: &str = "include_checks: [I]\nignore_checks:\n  # Nobody\n  # asked for it.\n  - W1\n\n  - W2\nother:\n  - W3\n";

    fn finding(rule: &str, resource: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            template: "template.yaml".to_owned(),
            line: 7,
            resource: resource.to_owned(),
            message: "is open".to_owned(),
        }
    }

    fn exception(rule: &str, resource: Option<&str>, reason: &str) -> Exception {
        let at = resource.map(|resource| ("template.yaml".to_owned(), resource.to_owned()));
        Exception { rule: rule.to_owned(), at, reason: reason.to_owned() }
    }

    #[test]
    fn a_configuration_lists_exceptions_after_their_reasons() {
        let expected = [exception("W1", None, "Nobody asked for it."), exception("W2", None, "")];
        assert_eq!(Exception::everywhere(CONFIGURATION, "ignore_checks"), expected);
        assert_eq!(Exception::everywhere(CONFIGURATION, "skip-check"), []);
    }

    #[test]
    fn a_resource_has_exceptions_of_its_own() {
        let template = json!({"Resources": {
            "Queue": {"Metadata": {"checkov": {"skip": [{"id": "CKV_1", "comment": "no need"}, {"id": "CKV_2"}]}}},
            "Topic": {"Metadata": {"Other": 1}},
            "Table": {},
        }});
        let expected = [exception("CKV_1", Some("Queue"), "no need"), exception("CKV_2", Some("Queue"), "")];
        assert_eq!(Exception::beside_resources("template.yaml", &template), expected);
    }

    #[test]
    fn a_finding_with_an_exception_is_meant_to_be_there() {
        let findings = [finding("W1", "Queue"), finding("W1", "Topic"), finding("W2", "Queue")];
        let exceptions = [exception("W1", None, "so"), exception("W2", Some("Queue"), "so")];
        assert_eq!(wrong(&findings, &exceptions), [""; 0]);
    }

    #[test]
    fn a_finding_without_an_exception_is_told() {
        let exceptions = [exception("W1", Some("Topic"), "so")];
        let findings = [finding("W1", "Queue"), finding("W1", "Topic")];
        assert_eq!(wrong(&findings, &exceptions), ["template.yaml:7: W1 Queue: is open"]);
    }

    #[test]
    fn an_exception_ends_with_its_finding_and_has_a_reason() {
        let exceptions = [exception("W1", None, "so"), exception("W2", Some("Queue"), "")];
        let told = wrong(&[finding("W2", "Queue")], &exceptions);
        assert_eq!(
            told,
            [
                "exception W1 has no finding: remove it",
                "exception W2 of Queue in template.yaml has no reason"
            ]
        );
    }
}
