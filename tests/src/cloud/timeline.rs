//! The demo's result: a line for each report, and whether the effect that it speaks of is really there.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::Serialize;

use super::reports::SeenReport;

/// One report and its effect. The fields are those of `target/demo/timeline.jsonl`, which other tools may read.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// When work on the command began.
    pub at: String,
    /// Which event of the demo brought it about.
    pub event: String,
    /// Which function reported.
    pub function: String,
    /// On which target.
    pub target: String,
    /// What became of it; `none` when no report came.
    pub verdict: String,
    /// The code of the reason; `no-report` when no report came.
    pub why: String,
    /// Where the command came from.
    pub source: String,
    /// What was looked for in the local cloud.
    pub effect: String,
    /// Whether it was there.
    pub seen: bool,
}

impl Line {
    /// A report whose effect was looked for.
    #[must_use]
    pub fn of(event: &str, report: &SeenReport, effect: String, seen: bool) -> Self {
        Self {
            at: report.started_at.clone(),
            event: event.to_owned(),
            function: report.function.clone(),
            target: report.target.clone(),
            verdict: report.verdict.clone(),
            why: report.why.code.clone(),
            source: report.source.clone(),
            effect,
            seen,
        }
    }

    /// An event that was not answered by the report that it should have brought about.
    #[must_use]
    pub fn missing(event: &str, target: &str, effect: String) -> Self {
        Self {
            at: format!("{:.3}", Timestamp::now()),
            event: event.to_owned(),
            function: "none".to_owned(),
            target: target.to_owned(),
            verdict: "none".to_owned(),
            why: NO_REPORT.to_owned(),
            source: "none".to_owned(),
            effect,
            seen: false,
        }
    }
}

const NO_REPORT: &str = "no-report";

/// Writes lines as they come, for people to standard output and for tools to a file.
#[derive(Debug)]
pub struct Timeline {
    file: File,
    events: usize,
    reports: usize,
    seen: usize,
    missing: usize,
}

impl Timeline {
    /// Begins an empty one.
    ///
    /// # Errors
    /// When the file cannot be written; so for everything here.
    pub fn begin(file: &Path) -> anyhow::Result<Self> {
        let opened = File::create(file).with_context(|| format!("create {}", file.display()))?;
        Ok(Self { file: opened, events: 0, reports: 0, seen: 0, missing: 0 })
    }

    /// Writes what became of one event.
    ///
    /// # Errors
    /// As above.
    pub fn event(&mut self, lines: &[Line]) -> anyhow::Result<()> {
        self.events += 1;
        if let Some(Line { event, effect, .. }) = lines.first() {
            writeln!(std::io::stderr().lock(), "    {event}: expecting {effect}")
                .context("write to standard error")?;
        }
        for line in lines {
            self.reports += usize::from(line.why != NO_REPORT);
            *(if line.seen { &mut self.seen } else { &mut self.missing }) += 1;
            writeln!(self.file, "{}", serde_json::to_string(line)?).context("write the timeline")?;
            let Line { at, function, target, verdict, why, source, .. } = line;
            let effect = if line.seen { "seen" } else { "missing" };
            print(&format!(
                "{at}  {function:<17}  {verdict:<7}  {target:<22}  {why:<19}  {source:<12}  {effect}"
            ))?;
        }
        Ok(())
    }

    /// Writes the sum, and says whether every effect was seen.
    ///
    /// # Errors
    /// As above.
    pub fn end(self) -> anyhow::Result<bool> {
        let Self { events, reports, seen, missing, .. } = self;
        print(&format!("demo: {events} events, {reports} reports, {seen} effects seen, {missing} missing"))?;
        Ok(missing == 0)
    }
}

fn print(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}").context("write to standard output")
}
