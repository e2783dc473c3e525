//! The measurements as a table of at most 80 columns.

use std::io::IsTerminal;

use crate::figures::{Limit, Times};
use crate::{cold_start, routing};

/// The table, in colour only for a terminal that wants it.
pub(crate) fn lines(cold_start: &cold_start::Measured, routing: &routing::Measured) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<46}{:>10}{:>10}{:>10}",
        "milliseconds, AWS answers at once or later", "best", "median", "p90"
    )];
    lines.push(times("echo: from start to first answer", &cold_start.echo));
    for one in &cold_start.functions {
        for (pace, pair) in [("at once", &one.at_once), ("after 1 ms", &one.prompt)] {
            lines.push(times(&format!("{}, {pace}", one.subject.calls), &pair.calls));
            lines.push(times(&format!("{}, {pace}", one.subject.name), &pair.function));
        }
    }
    lines.push(times("the calls of 100 alarms over plain HTTP", &routing.calls));
    lines.push(times("route-alarm: 100 alarms in batches of 10", &routing.function));

    lines.push(format!("\n{:<46}{:>10}{:>10}", "alarms a second", "routed", "calls"));
    let [routed, calls] = routing.per_second();
    lines.push(format!("{:<46}{routed:>10.0}{calls:>10.0}", "route-alarm, and its bare calls"));

    let cold = cold_start.functions.iter().map(|one| (one.subject.name, one.limits().to_vec()));
    for (function, limits) in cold.chain([("route-alarm", routing.limits().to_vec())]) {
        let title = format!("limits of {function}");
        lines.push(format!("\n{title:<46}{:>10}{:>10}", "measured", "at most"));
        lines.extend(limits.iter().map(limit));
    }
    if cold_start.disturbed() || routing.disturbed() {
        lines.push("\nthe machine was busy with something else: measure again when it is not".to_owned());
    }
    lines
}

fn times(name: &str, times: &Times) -> String {
    let [best, median, p90] = [0, 50, 90].map(|percent| times.percentile(percent));
    format!("{name:<46}{best:>10.2}{median:>10.2}{p90:>10.2}")
}

fn limit(limit: &Limit) -> String {
    let Limit { name, measured, most } = limit;
    let verdict = if limit.kept() { paint("32", "kept") } else { paint("1;31", "exceeded") };
    format!("{name:<46}{measured:>10.2}{most:>10.2}  {verdict}")
}

/// Colour, where it is wanted (<https://no-color.org>).
fn paint(code: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stdout().is_terminal() {
        text.to_owned()
    } else {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
