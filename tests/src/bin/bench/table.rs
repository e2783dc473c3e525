//! The measurements as a table of at most 80 columns.

use std::io::IsTerminal;

use crate::measure::{Limit, Measured};

/// The table, in colour only for a terminal that wants it.
pub(crate) fn lines(measured: &Measured) -> Vec<String> {
    let times = [
        ("echo: from start to first answer", &measured.echo),
        ("call: CreateInvalidation over plain HTTP", &measured.call),
        ("invalidate-cache: from start to first answer", &measured.function),
    ];
    let mut lines = vec![format!("{:<46}{:>10}{:>10}{:>10}", "milliseconds", "best", "median", "p90")];
    lines.extend(times.iter().map(|(name, times)| {
        let [best, median, p90] = [0, 50, 90].map(|percent| times.percentile(percent));
        format!("{name:<46}{best:>10.2}{median:>10.2}{p90:>10.2}")
    }));
    lines.push(format!("\n{:<46}{:>10}{:>10}", "limits", "measured", "at most"));
    lines.extend(measured.limits().iter().map(|limit| {
        let Limit { name, measured, most } = limit;
        let verdict = if limit.kept() { paint("32", "kept") } else { paint("1;31", "exceeded") };
        format!("{name:<46}{measured:>10.2}{most:>10.2}  {verdict}")
    }));
    if measured.disturbed() {
        lines.push("\nthe machine was busy with something else: measure again when it is not".to_owned());
    }
    lines
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
