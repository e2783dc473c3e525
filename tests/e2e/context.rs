//! What the tests have in common: the deployed stack, a subscription to its reports, and how long to wait.

use std::time::Duration;

use serde_json::{Value, json};
use tests::cloud::reports::{Outcomes, SeenReport};
use tests::cloud::{Cloud, Commands, Function};

/// How long a report or an effect may take.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// How long a schedule may take: the local cloud looks at its schedules every ten seconds.
pub(crate) const SCHEDULE: Duration = Duration::from_secs(90);

/// The bucket behind `weather-site` and `weather-site-secondary`.
pub(crate) const WEATHER: &str = "weather-assets";
/// The bucket behind `portfolio-site`.
pub(crate) const PORTFOLIO: &str = "portfolio-static-prod";

/// Runs a test against the deployed stack.
pub(crate) fn with_cloud(
    name: &str,
    test: impl AsyncFnOnce(&Cloud, &mut Outcomes<'_>) -> anyhow::Result<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result: anyhow::Result<()> = runtime.map_err(Into::into).and_then(|runtime| {
        runtime.block_on(async {
            let cloud = Cloud::connect().await?;
            let mut outcomes = Outcomes::subscribe(&cloud, name).await?;
            test(&cloud, &mut outcomes).await
        })
    });
    if let Err(error) = result {
        panic!("{error:?}");
    }
}

/// Orders something of a function as an operator, and gives the reports.
pub(crate) async fn order(
    cloud: &Cloud,
    function: Function,
    order: &Value,
) -> anyhow::Result<Vec<SeenReport>> {
    let mut answer = cloud.invoke(function, order).await?;
    anyhow::ensure!(answer.function_error.is_none(), "{}", answer.payload);
    Ok(serde_json::from_value(answer.payload["reports"].take())?)
}

/// Sends a command to a FIFO queue, and gives the report. The same command may be sent again.
pub(crate) async fn deliver(
    cloud: &Cloud,
    outcomes: &mut Outcomes<'_>,
    queue: Commands,
    command: &Value,
) -> anyhow::Result<SeenReport> {
    let deduplication = jiff::Timestamp::now().as_nanosecond().to_string();
    cloud.send_command(queue, command, &deduplication).await?;
    let id = command["id"].as_str().unwrap_or_default();
    one(outcomes.take(1, SOON, |report| report.id == id).await?)
}

/// The only one of these reports.
pub(crate) fn one(reports: Vec<SeenReport>) -> anyhow::Result<SeenReport> {
    let [report] = <[SeenReport; 1]>::try_from(reports)
        .map_err(|reports| anyhow::anyhow!("{} reports instead of one: {reports:?}", reports.len()))?;
    Ok(report)
}

/// The verdict and the code of a report.
pub(crate) fn outcome(report: &SeenReport) -> (&str, &str) {
    (&report.verdict, &report.why.code)
}

/// A command with an id of its own.
pub(crate) fn command(id: &str, target: &str, paths: &[&str]) -> Value {
    json!({"action": "invalidate", "target": target, "paths": paths, "id": id})
}

/// Reports with this correlation.
pub(crate) fn correlation(wanted: &str) -> impl Fn(&SeenReport) -> bool {
    move |report| report.correlation == wanted
}

/// Reports on this target with one of these codes.
pub(crate) fn about(target: &str, codes: &[&str]) -> impl Fn(&SeenReport) -> bool {
    move |report| report.target == target && codes.contains(&report.why.code.as_str())
}

/// Reports on object events whose steps name this path.
pub(crate) fn path(wanted: &str) -> impl Fn(&SeenReport) -> bool {
    move |report| {
        let paths = report.steps.iter().filter_map(|step| step.get("paths")?.as_array());
        report.source == "object-event" && paths.flatten().any(|path| path == wanted)
    }
}

/// The router's report and that of the function which it woke.
pub(crate) fn by_function(reports: Vec<SeenReport>) -> (SeenReport, SeenReport) {
    let count = reports.len();
    let (mut routed, mut done): (Vec<_>, Vec<_>) =
        reports.into_iter().partition(|report| report.function == "route-alarm");
    match (routed.pop(), done.pop()) {
        (Some(routed), Some(done)) if count == 2 => (routed, done),
        other => panic!("{count} reports instead of one of each function: {other:?}"),
    }
}

/// The one report of these, and the paths of the invalidation that it names, read back from CloudFront.
pub(crate) async fn read_back(
    cloud: &Cloud,
    reports: Vec<SeenReport>,
) -> anyhow::Result<(SeenReport, Vec<String>)> {
    let [report] = <[SeenReport; 1]>::try_from(reports)
        .map_err(|reports| anyhow::anyhow!("{} reports instead of one: {reports:?}", reports.len()))?;
    let Some((distribution, id)) = report.invalidation() else {
        anyhow::bail!("the report names no invalidation: {report:?}");
    };
    anyhow::ensure!(
        distribution == cloud.distribution(&report.target)?,
        "the report names another distribution"
    );
    let Some(mut paths) = cloud.invalidation_paths(distribution, id).await? else {
        anyhow::bail!("CloudFront does not know invalidation {id}");
    };
    paths.sort();
    Ok((report, paths))
}
