//! The answers that are the same in every function: to what cannot be read, and to what is somebody else's.

use shared::command::{InvalidCommand, Mode, RawCommand, Source};
use shared::event::{Answer, Arrival, Event, Record, UndecodableEvent};
use shared::ids::{CommandId, shorten};
use shared::playbook::UnknownTarget;
use shared::report::{ErrorReport, ErrorType, NONE, Reason, Report, Subject};

/// Answers the records of one arrival that no function carries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The function that answers.
    pub function: &'static str,
    /// Whether it carries anything out.
    pub mode: Mode,
    /// Where a record came from that cannot be read.
    pub source: Source,
}

impl Reader {
    /// The reader of an arrival.
    #[must_use]
    pub fn of(function: &'static str, arrival: &Arrival, mode: Mode) -> Self {
        let source = match arrival.answer {
            Answer::Reports => Source::Operator,
            Answer::BatchItemFailures { .. } => Source::Queue,
        };
        Self { function, mode, source }
    }

    /// Whose outcome a report about a command is that was not understood: as much as it shows of itself.
    #[must_use]
    pub fn subject_of(&self, raw: &RawCommand) -> Subject {
        let shown = |field| raw.shown(field).unwrap_or_else(|| NONE.to_owned());
        let mut subject = self.subject(raw.fallback_id.clone(), raw.source);
        (subject.action, subject.target) = (shown("action"), shown("target"));
        if let Some(id) = raw.shown("id").and_then(|id| CommandId::parse(&id).ok()) {
            (subject.correlation, subject.id) = (id.to_string(), id);
        }
        if let Some((source, correlation)) = raw.shown_origin() {
            subject.source = source;
            subject.correlation = correlation.map_or(subject.correlation, String::from);
        }
        subject
    }

    /// The answer to a record, or an event of it, that cannot be read.
    pub fn undecodable(&self, record: &Record, error: &UndecodableEvent) -> Report {
        let subject = self.subject(CommandId::from_aws(&record.id), self.source);
        let next = "correct the sender; the message itself cannot be used";
        failed(subject, ErrorType::UndecodableEvent, "undecodable-event", error.to_string(), next)
    }

    /// The answer to a command that has not the form that the function takes.
    pub fn invalid(&self, subject: Subject, error: &InvalidCommand) -> Report {
        let next = "correct the command and send it again";
        failed(subject, ErrorType::InvalidCommand, "invalid-command", error.to_string(), next)
    }

    /// The answer to a command for a target that the playbook does not have, or has as another kind.
    pub fn unknown_target(&self, subject: Subject, error: &UnknownTarget) -> Report {
        let next = "name a target of the playbook, or add it there, and send the command again";
        failed(subject, ErrorType::UnknownTarget, "unknown-target", error.to_string(), next)
    }

    /// The answer to an event that is not this function's business: says what it was.
    pub fn foreign(&self, record: &Record, event: &Event) -> Report {
        let (what, source) = match event {
            Event::Alarm(alarm) => {
                let what = format!("alarm `{}` went to {}", shorten(&alarm.name), shorten(alarm.to.as_str()));
                (what, Source::Alarm)
            }
            Event::Object(change) => {
                (format!("a change of s3://{}/{}", change.bucket, shorten(&change.key)), Source::ObjectEvent)
            }
            Event::Notice(notice) => (format!("{}: {}", notice.kind, shorten(&notice.text)), Source::Queue),
            Event::Database(change) => {
                (format!("RDS: `{}`: {}", change.name, change.text), Source::DatabaseEvent)
            }
            Event::Custom(event) => {
                (format!("{}: {}", shorten(&event.source), shorten(&event.detail_type)), Source::Queue)
            }
            Event::Foreign(what) => (what.clone(), Source::Queue),
            Event::Command(command) => {
                let action = command.shown("action").unwrap_or_else(|| NONE.to_owned());
                (format!("a command of action `{action}`"), command.source)
            }
            Event::Undecodable(error) => return self.undecodable(record, error),
        };
        self.not_for_us(record, &what, source)
    }

    /// The answer to an event of which the function itself says what it was.
    pub fn not_for_us(&self, record: &Record, what: &str, source: Source) -> Report {
        Report::not_for_us(self.subject(CommandId::from_aws(&record.id), source), what)
    }

    fn subject(&self, id: CommandId, source: Source) -> Subject {
        Subject::unnamed(self.function, id, source, self.mode)
    }
}

fn failed(subject: Subject, kind: ErrorType, code: &'static str, text: String, next: &str) -> Report {
    let report = Report::failed(subject, Reason::new(code, text.clone()), ErrorReport { kind, text });
    Report { next: Some(next.to_owned()), ..report }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::{Value, json};
    use shared::event::decode;
    use shared::ids::TargetName;
    use shared::playbook::Playbook;

    use super::*;

    /// Whose outcome it is, in one line.
    fn who(Subject { id, correlation, action, target, source, .. }: &Subject) -> String {
        format!("{action} {target} of {id} ({correlation}) from {source}")
    }

    /// A report: whose outcome it is, what it says, and what can be done.
    fn shown(report: &Report) -> String {
        let Reason { code, text, .. } = &report.why;
        let error = report.error.as_ref().map_or(String::new(), |error| format!(" {}", error.kind.as_str()));
        let next = report.next.as_ref().map_or(String::new(), |next| format!("\nnext: {next}"));
        format!("{}\n{}{error} {code}: {text}{next}", who(&report.subject), report.verdict)
    }

    fn queued(body: &str) -> Value {
        json!({"Records": [{"messageId": "m-1", "eventSource": "aws:sqs", "body": body, "attributes": {}}]})
    }

    fn on_the_bus(source: &str, kind: &str, detail: Value) -> Value {
        json!({"id": "e-1", "source": source, "detail-type": kind, "detail": detail})
    }

    fn answer(payload: &Value) -> Report {
        let arrival = decode(payload, "request-1").unwrap();
        let (reader, record) = (Reader::of("test", &arrival, Mode::Plan), &arrival.records[0]);
        match &record.content {
            Err(error) => reader.undecodable(record, error),
            Ok(events) => reader.foreign(record, &events[0]),
        }
    }

    /// Decodes a command, and says whose outcome a report about it is.
    fn subject_of(payload: &Value) -> (Reader, Subject) {
        let arrival = decode(payload, "request-1").unwrap();
        let Ok([Event::Command(raw)]) = arrival.records[0].content.as_deref() else { panic!("{arrival:?}") };
        let reader = Reader::of("test", &arrival, Mode::Plan);
        (reader, reader.subject_of(raw))
    }

    #[test]
    fn a_command_that_was_not_understood_shows_what_it_can() {
        let check = |payload: Value, expected: Expect| expected.assert_eq(&who(&subject_of(&payload).1));
        check(json!({"action": 7}), expect!["none none of request-1 (request-1) from operator"]);
        check(
            queued(r#"{"action": "scale", "target": "api", "id": "c-1"}"#),
            expect!["scale api of c-1 (c-1) from queue"],
        );
        check(
            queued(r#"{"action": "scale", "id": "", "origin": {"source": "nobody"}}"#),
            expect!["scale none of m-1 (m-1) from queue"],
        );
        let origin = json!({"source": "schedule", "correlation": "window-7"});
        let command = json!({"action": "scale", "id": "c-1", "origin": origin});
        check(queued(&command.to_string()), expect!["scale none of c-1 (window-7) from schedule"]);
        check(
            on_the_bus("com.example", "Released", json!({"action": "scale"})),
            expect!["scale none of e-1 (e-1) from queue"],
        );
        let (_, Subject { function, mode, .. }) = subject_of(&command);
        assert_eq!((function, mode), ("test", Mode::Plan));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_to_do() {
        let (reader, subject) = subject_of(&json!({"action": "scale", "target": "site"}));
        let invalid = InvalidCommand::new("min", None, "a number of tasks");
        expect![[r#"
            scale site of request-1 (request-1) from operator
            failed InvalidCommand invalid-command: field `min` is missing; expected a number of tasks
            next: correct the command and send it again"#]]
        .assert_eq(&shown(&reader.invalid(subject.clone(), &invalid)));

        let playbook = Playbook::parse("{version: 1, targets: {}}").unwrap();
        let unknown = playbook.distribution(&TargetName::parse("site").unwrap()).unwrap_err();
        expect![[r#"
            scale site of request-1 (request-1) from operator
            failed UnknownTarget unknown-target: field `target` is `site`; expected a distribution of the playbook: it has none
            next: name a target of the playbook, or add it there, and send the command again"#]].assert_eq(&shown(&reader.unknown_target(subject, &unknown)));

        for (payload, expected) in [
            (
                queued("no JSON"),
                expect![[r#"
            none none of m-1 (m-1) from queue
            failed UndecodableEvent undecodable-event: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
            next: correct the sender; the message itself cannot be used"#]],
            ),
            (
                json!({"what": 7}),
                expect![[r#"
            none none of request-1 (request-1) from operator
            failed UndecodableEvent undecodable-event: payload is an object with what; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
            next: correct the sender; the message itself cannot be used"#]],
            ),
        ] {
            expected.assert_eq(&shown(&answer(&payload)));
        }
    }

    #[test]
    fn what_is_somebody_elses_is_named() {
        let object = json!({"bucket": {"name": "assets"}, "object": {"key": "a/b.css", "sequencer": "01"}});
        let failover = json!({"SourceIdentifier": "weather-db", "EventID": "RDS-EVENT-0049", "Message": "Multi-AZ instance failover completed", "Date": "2026-11-21T09:00:00Z", "SourceType": "DB_INSTANCE"});
        let created = json!({"SourceIdentifier": "rds:weather-db-2026-11-21", "Message": "Automated snapshot created."});
        let at = "2026-11-21T09:00:00.000+0000";
        let alarm = json!({
            "source": "aws.cloudwatch",
            "alarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:slow",
            "time": at,
            "alarmData": {"alarmName": "slow", "state": {"value": "ALARM", "timestamp": at}},
        });
        for (payload, expected) in [
            (
                on_the_bus("com.example", "Released", json!({"what": 42})),
                expect![[r#"
                none none of request-1 (request-1) from queue
                held not-for-us: not for this function: com.example: Released"#]],
            ),
            (
                on_the_bus("aws.ec2", "EC2 Instance State-change Notification", json!({})),
                expect![[r#"
                none none of request-1 (request-1) from queue
                held not-for-us: not for this function: aws.ec2: EC2 Instance State-change Notification"#]],
            ),
            (
                on_the_bus("aws.s3", "Object Created", object),
                expect![[r#"
                none none of request-1 (request-1) from object-event
                held not-for-us: not for this function: a change of s3://assets/a/b.css"#]],
            ),
            (
                on_the_bus("aws.rds", "RDS DB Instance Event", failover),
                expect![[r#"
                none none of request-1 (request-1) from queue
                held not-for-us: not for this function: database-failover: database `weather-db`: Multi-AZ instance failover completed (RDS-EVENT-0049)"#]],
            ),
            (
                on_the_bus("aws.rds", "RDS DB Snapshot Event", created),
                expect![[r#"
                    none none of request-1 (request-1) from database-event
                    held not-for-us: not for this function: RDS: `rds:weather-db-2026-11-21`: Automated snapshot created"#]],
            ),
            (
                alarm,
                expect![[r#"
                none none of request-1 (request-1) from alarm
                held not-for-us: not for this function: alarm `slow` went to ALARM"#]],
            ),
            (
                json!({"action": "scale", "target": "api"}),
                expect![[r#"
                none none of request-1 (request-1) from operator
                held not-for-us: not for this function: a command of action `scale`"#]],
            ),
        ] {
            expected.assert_eq(&shown(&answer(&payload)));
        }
        let (reader, unread) =
            (subject_of(&json!({"action": "scale"})).0, decode(&queued("no JSON"), "r").unwrap());
        let error = unread.records[0].content.clone().unwrap_err();
        let [undecodable, foreign] = [
            reader.undecodable(&unread.records[0], &error),
            reader.foreign(&unread.records[0], &Event::Undecodable(error)),
        ];
        assert_eq!(undecodable, foreign);
    }
}
