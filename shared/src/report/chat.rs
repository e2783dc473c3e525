//! A report as people read it in a chat channel.
//!
//! The form is the custom notification of Amazon Q Developer in chat applications, schema version 1.0:
//! <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>.

use serde_json::{Value, json};

use super::{NONE, Report, Subject, Verdict};

/// Renders the notification. `threadId` is the correlation, so that one incident is one thread.
pub(super) fn notification(report: &Report) -> Value {
    let Subject { function, id, correlation, action, target, source, .. } = &report.subject;
    let mark = match report.verdict {
        Verdict::Acted => ":white_check_mark:",
        Verdict::Planned => ":memo:",
        Verdict::Held => ":zzz:",
        Verdict::Refused => ":no_entry:",
        Verdict::Failed => ":rotating_light:",
    };
    let what = if target == NONE { (*function).to_owned() } else { format!("{action} {target}") };
    let mut description =
        format!("{}\n_{} from {source}, {} ms_", report.why.text, report.why.code, report.duration_ms);
    if let Some(error) = &report.error {
        description.push_str("\n```");
        description.push_str(&error.text);
        description.push_str("```");
    }
    let mut content = json!({
        "textType": "client-markdown",
        "title": format!("{mark} {}: {what}", report.verdict),
        "description": description,
        "keywords": [function, report.verdict.as_str(), target],
    });
    if let Some(next) = &report.next {
        content["nextSteps"] = json!([next]);
    }
    json!({
        "version": "1.0",
        "source": "custom",
        "id": id,
        "content": content,
        "metadata": {
            "threadId": correlation,
            "summary": format!("{} {what}", report.verdict),
            "eventType": report.verdict.as_str(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Reason, tests::subject};
    use super::*;

    #[test]
    fn a_notification_says_what_happened_and_threads_by_correlation() {
        let mut report =
            Report::new(subject(), Verdict::Acted, Reason::new("invalidated", "asked for 2 paths"));
        report.next = Some("aws cloudfront wait …".into());
        let notification = notification(&report);
        assert_eq!(notification["version"], "1.0");
        assert_eq!(notification["source"], "custom");
        assert_eq!(notification["metadata"]["threadId"], "deploy-42");
        assert_eq!(notification["content"]["title"], ":white_check_mark: acted: invalidate weather-site");
        assert_eq!(notification["content"]["nextSteps"][0], "aws cloudfront wait …");
        assert!(notification["content"]["description"].as_str().unwrap().starts_with("asked for 2 paths"));
    }
}
