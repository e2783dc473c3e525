//! What a command tells the person at the terminal while it works; results go to standard output, this does not.

use std::io::IsTerminal;
use std::path::Path;

/// A step that begins.
pub(crate) fn step(text: &str) {
    eprintln!("{} {text}", paint("1;36", "==>"));
}

/// Something worth knowing about the step.
pub(crate) fn note(text: &str) {
    eprintln!("    {text}");
}

/// The error that ends the command, with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{} {error:#}", paint("1;31", "error:"));
}

/// The end of a log, to show with an error.
pub(crate) fn log_tail(log: &Path, lines: usize) {
    let text =
        std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    for line in all.iter().skip(all.len().saturating_sub(lines)) {
        eprintln!("    | {line}");
    }
}

/// Colour for a terminal that wants it (<https://no-color.org>).
fn paint(code: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !std::io::stderr().is_terminal() {
        text.to_owned()
    } else {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
