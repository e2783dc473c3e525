//! Documents and code say the same.

use std::collections::BTreeSet;

use super::tree::{Tree, words};
use super::{holds, tells};

/// The beginning of every file says what it is for.
fn files_say_what_they_are_for(tree: &Tree) -> Vec<String> {
    let silent = tree.ending(".rs").filter(|(_, text)| !text.starts_with("//! "));
    silent.map(|(path, _)| format!("{path} does not begin with `//!`")).collect()
}

/// Nothing is left for later in code.
fn nothing_is_left_for_later(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    // Put together, so that this file does not say them.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let macros = [concat!("to", "do!"), concat!("unimple", "mented!")];
    for (path, text) in tree.ending(".rs") {
        wrong.extend(
            marks
                .iter()
                .filter(|mark| words(text).any(|word| word == **mark))
                .map(|mark| format!("{path} says {mark}")),
        );
        wrong.extend(
            macros.iter().filter(|name| text.contains(**name)).map(|name| format!("{path} says {name}")),
        );
    }
    wrong
}

/// The parts of a document between backticks, but for those in fenced blocks.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// Endings of files of this repository.
const ENDINGS: [&str; 7] = [".rs", ".md", ".toml", ".yaml", ".yml", ".json", ".txt"];

/// A file that a document names is there.
fn named_files_are_there(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        let names = quoted(text).into_iter().filter(|name| is_path(tree, name));
        let links = links.filter(|link| !link.is_empty() && !link.contains("://"));
        for name in names.chain(links) {
            let is_there = tree.has(name)
                || tree.has(&format!("{folder}/{name}"))
                || tree.files().any(|(file, _)| file.ends_with(&format!("/{name}")));
            if !is_there {
                wrong.push(format!("{path} names `{name}`, which is not there"));
            }
        }
    }
    wrong
}

/// Whether a text in backticks is the path of a file that should be there: not one that a tool makes.
fn is_path(tree: &Tree, text: &str) -> bool {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let is_made = ["target/", ".tools/", ".aws-sam/"].iter().any(|folder| text.starts_with(folder));
    let is_known_folder = || text.split_once('/').is_some_and(|(folder, _)| tree.has(folder));
    let is_file = || ENDINGS.iter().any(|ending| text.len() > ending.len() && text.ends_with(ending));
    is_plain && !is_made && !text.starts_with(['/', '.']) && (is_known_folder() || is_file())
}

/// Every event file is in the list of `events/README.md`, and every file of the list is there.
fn events_are_listed(tree: &Tree) -> Vec<String> {
    let readme = tree.text("events/README.md").unwrap_or_default();
    let listed: BTreeSet<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let names = tree.ending(".json").filter_map(|(path, _)| path.strip_prefix("events/")?.split_once('/'));
    let there: BTreeSet<&str> = names.map(|(_, name)| name).collect();
    let unlisted = there.difference(&listed).map(|name| format!("events/README.md does not list {name}"));
    let gone =
        listed.difference(&there).map(|name| format!("events/README.md lists {name}, which is not there"));
    unlisted.chain(gone).collect()
}

/// Every function has events to try it with, and a row in the README.
fn functions_have_events_and_a_row(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in tree.folders("functions") {
        if !tree.has(&format!("events/{name}")) {
            wrong.push(format!("functions/{name} has no events/{name}"));
        }
        if !tree.text("README.md").is_none_or(|readme| readme.contains(&format!("`{name}`"))) {
            wrong.push(format!("README.md does not speak of `{name}`"));
        }
    }
    wrong
}

#[test]
fn every_file_of_code_says_what_it_is_for() {
    holds(files_say_what_they_are_for);
    tells(
        files_say_what_they_are_for,
        &[("a.rs", "//! A.\n")],
        &[("a.rs", "fn a() {}")],
        &["a.rs does not begin with `//!`"],
    );
}

#[test]
fn nothing_in_code_is_left_for_later() {
    holds(nothing_is_left_for_later);
    let (mark, call) = (concat!("// TO", "DO: b"), concat!("fn a() { to", "do!() }"));
    tells(
        nothing_is_left_for_later,
        &[("a.rs", "// It is done.")],
        &[("a.rs", mark), ("b.rs", call)],
        &[concat!("a.rs says TO", "DO"), concat!("b.rs says to", "do!")],
    );
}

#[test]
fn every_file_that_a_document_names_is_there() {
    holds(named_files_are_there);
    let file = ("shared/src/lib.rs", "");
    tells(
        named_files_are_there,
        &[
            (
                "README.md",
                "`shared/src/lib.rs`, `lib.rs`, `shared/`, [x](shared/src/lib.rs), `a/b`, `/opt/x.yaml`\n```\n`c.rs`\n```",
            ),
            file,
        ],
        &[("README.md", "`shared/src/gone.rs`, `gone.toml`, [x](docs/gone.md), `shared/gone`"), file],
        &[
            "README.md names `shared/src/gone.rs`, which is not there",
            "README.md names `gone.toml`, which is not there",
            "README.md names `shared/gone`, which is not there",
            "README.md names `docs/gone.md`, which is not there",
        ],
    );
}

#[test]
fn every_event_is_listed_once_and_every_listed_one_is_there() {
    holds(events_are_listed);
    tells(
        events_are_listed,
        &[("events/README.md", "| `a.json` | A. |\n"), ("events/f/a.json", "{}")],
        &[("events/README.md", "| `b.json` | B. |\n"), ("events/f/a.json", "{}")],
        &["events/README.md does not list a.json", "events/README.md lists b.json, which is not there"],
    );
}

#[test]
fn every_function_has_events_and_a_row_in_the_readme() {
    holds(functions_have_events_and_a_row);
    tells(
        functions_have_events_and_a_row,
        &[("functions/f/Cargo.toml", ""), ("events/f/a.json", ""), ("README.md", "| `f` |")],
        &[("functions/f/Cargo.toml", ""), ("README.md", "nothing")],
        &["functions/f has no events/f", "README.md does not speak of `f`"],
    );
}
