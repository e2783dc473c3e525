//! What arrives, decoded: our own payloads, other people's, and damaged ones.

mod alarms;
mod databases;
mod files;
mod fixtures;
mod ids;
mod keys;
mod mutations;
mod notices;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::*;

/// The request id of every invocation here.
const REQUEST: &str = "request-1";

/// The JSON files of a folder by name without ending, sorted.
fn payloads(folder: &Path) -> Vec<(String, Value)> {
    let mut payloads: Vec<(String, Value)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), value)
        })
        .collect();
    payloads.sort_by(|(a, _), (b, _)| a.cmp(b));
    payloads
}

/// The payloads of `events/invalidate-cache`.
static EVENTS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| events("invalidate-cache"));

/// The payloads of `events/route-alarm`.
static ALARMS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| events("route-alarm"));

/// The payloads of `events/snapshot-database`.
static DATABASES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| events("snapshot-database"));

fn events(function: &str) -> Vec<(String, Value)> {
    payloads(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(function))
}

/// Every payload of `events/`.
fn all_events() -> impl Iterator<Item = &'static (String, Value)> {
    EVENTS.iter().chain(ALARMS.iter()).chain(DATABASES.iter())
}

/// The payloads that the crate `aws_lambda_events` tests itself with.
static FIXTURES: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // Packages for other platforms than this one are not there, and nothing is to be downloaded.
    let version = cargo(&["--version", "--verbose"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let options =
        ["--offline", "--format-version", "1", "--filter-platform", host, "--manifest-path", manifest];
    let metadata: Value =
        serde_json::from_str(&cargo(&[&["metadata"], options.as_slice()].concat())).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "aws_lambda_events").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    payloads(&manifest.parent().unwrap().join("src/fixtures"))
});

fn payload(name: &str) -> &'static Value {
    &all_events().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no events/…/{name}.json")).1
}

/// The events of a payload that has no bad record.
fn events_of(payload: &Value) -> Vec<Event> {
    decode(payload, REQUEST).unwrap().records.into_iter().flat_map(|record| record.content.unwrap()).collect()
}

/// An arrival as a line: records are parted by ` | `, events of one record by ` + `.
fn line(arrival: &Result<Arrival, UndecodableEvent>) -> String {
    let arrival = match arrival {
        Ok(arrival) => arrival,
        Err(error) => return format!("nothing: {error}"),
    };
    let kind = match arrival.answer {
        Answer::Reports => "",
        Answer::BatchItemFailures { fifo: false } => "batch: ",
        Answer::BatchItemFailures { fifo: true } => "fifo batch: ",
    };
    let records: Vec<String> = arrival.records.iter().map(record).collect();
    format!("{kind}{}", records.join(" | "))
}

fn record(record: &Record) -> String {
    let again = if record.receives > 1 { format!("({} times) ", record.receives) } else { String::new() };
    match &record.content {
        Ok(events) => format!("{again}{}", events.iter().map(event).collect::<Vec<_>>().join(" + ")),
        Err(error) => format!("{again}error: {error}"),
    }
}

fn event(event: &Event) -> String {
    match event {
        Event::Command(RawCommand { fields, source, fallback_id: _ }) => {
            format!("{source} command {}", Value::Object(fields.clone()))
        }
        Event::Object(ObjectChange { bucket, key, change, id: _ }) => {
            format!("{change:?} s3://{bucket}/{key}")
        }
        Event::Alarm(alarm) => alarm_line(alarm),
        Event::Notice(notice) => notice_line(notice),
        Event::Database(change) => change_line(change),
        Event::Undecodable(error) => format!("undecodable: {error}"),
        Event::Custom(CustomEvent { source, detail_type, detail, id: _ }) => {
            format!("custom {source} `{detail_type}` {}", Value::Object(detail.clone()))
        }
        Event::Foreign(what) => format!("foreign: {what}"),
    }
}

/// An alarm as a line: what is usual is not said.
fn alarm_line(alarm: &Alarm) -> String {
    let Alarm { name, from, to, at, arn, account, region, reason, .. } = alarm;
    let Alarm { contributor, metrics, suppressed_by, mute, replay, .. } = alarm;
    let from = from.as_ref().map_or("?", AlarmState::as_str);
    let mut more: Vec<String> = [
        (arn.is_none(), "without arn"),
        (account.is_none(), "without account"),
        (region.is_none(), "without region"),
        (reason.is_none(), "without reason"),
    ]
    .into_iter()
    .filter(|(lacks, _)| *lacks)
    .map(|(_, text)| text.to_owned())
    .collect();
    more.extend(contributor.iter().map(|contributor| format!("contributor {contributor}")));
    more.extend(metrics.iter().map(|AlarmMetric { namespace, name, dimensions }| {
        let dimensions: String = dimensions.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        format!("{namespace} {name}{dimensions}")
    }));
    more.extend(suppressed_by.iter().map(|by| format!("suppressed by {by}")));
    more.extend(mute.iter().map(|Mute { by, from, until }| {
        format!("muted by {} from {from} until {until}", by.as_deref().unwrap_or("?"))
    }));
    more.extend(replay.iter().map(|replay| format!("replayed by {replay}")));
    let more: String = more.iter().map(|more| format!("; {more}")).collect();
    format!("alarm {name}: {from} to {} at {at}{more}", to.as_str())
}

/// A notice as a line.
fn notice_line(notice: &Notice) -> String {
    let Notice { kind, resource, account, region, at, id: _, text, replay } = notice;
    let at = at.map_or_else(|| "?".to_owned(), |at| at.to_string());
    let account = account.as_deref().unwrap_or("?");
    let region = region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let replay = replay.as_ref().map(|replay| format!("; replayed by {replay}")).unwrap_or_default();
    format!("notice {kind} of {resource}, {account}{region} at {at}: {text}{replay}")
}

/// A change of a database or a snapshot as a line.
fn change_line(change: &DatabaseChange) -> String {
    let DatabaseChange { id: _, about, name, region, account, event, at, text } = change;
    let at = at.map_or_else(|| "?".to_owned(), |at| at.to_string());
    let [account, region, event] = [account, region, event].map(|field| field.as_deref().unwrap_or("?"));
    format!("{about:?} {name}, {account} in {region} at {at}: {text} ({event})")
}
