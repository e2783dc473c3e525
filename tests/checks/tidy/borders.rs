//! Borders between the parts: what each may name and depend on.

use super::tree::{Tree, code, is_test, words};
use super::{holds, tells};

/// Words that source code must not have: at these paths, and what they are.
fn forbidden(tree: &Tree, concerns: fn(&str) -> bool, is_forbidden: fn(&str) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| concerns(path)) {
        let code = code(text);
        if let Some(word) = words(&code).find(|word| is_forbidden(word)) {
            wrong.push(format!("{path} says `{word}`"));
        }
    }
    wrong
}

fn is_sdk(word: &str) -> bool {
    ["aws_sdk_", "aws_config", "aws_smithy_", "aws_credential"].iter().any(|start| word.starts_with(start))
}

/// A plan is a value made from values: it waits for nothing, calls nothing and logs nothing.
fn plans_are_pure(tree: &Tree) -> Vec<String> {
    forbidden(
        tree,
        |path| path.ends_with("/plan.rs") || path.contains("/plan/"),
        |word| {
            is_sdk(word)
                || ["async", "await", "tokio", "tracing", "SystemTime", "Instant", "env"].contains(&word)
        },
    )
}

/// The domain does no I/O and knows no Lambda.
fn shared_is_pure(tree: &Tree) -> Vec<String> {
    forbidden(
        tree,
        |path| path.starts_with("shared/src/") && !is_test(path),
        |word| {
            is_sdk(word)
                || [
                    "async",
                    "await",
                    "tokio",
                    "tracing",
                    "lambda_runtime",
                    "env",
                    "fs",
                    // `std::net` also has addresses, which are plain values.
                    "TcpStream",
                    "TcpListener",
                    "UdpSocket",
                    "ToSocketAddrs",
                    "process",
                    "SystemTime",
                    "Instant",
                ]
                .contains(&word)
        },
    )
}

/// One file of a function knows the SDK, and two of the shell.
fn only_adapters_name_the_sdk(tree: &Tree) -> Vec<String> {
    forbidden(
        tree,
        |path| {
            let is_adapter =
                path.ends_with("/aws.rs") || path.contains("/aws/") || path == "shell/src/outcomes.rs";
            !is_adapter && ["functions/", "shell/", "shared/"].iter().any(|part| path.starts_with(part))
        },
        is_sdk,
    )
}

/// Only `shell/` reads the clock and the environment.
fn only_the_shell_reads_clock_and_environment(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in
        tree.ending(".rs").filter(|(path, _)| path.starts_with("functions/") && !is_test(path))
    {
        for call in ["env::var", "Timestamp::now", "SystemTime::now", "Instant::now", "sleep("] {
            if code(text).contains(call) {
                wrong.push(format!("{path} says `{call}`"));
            }
        }
    }
    wrong
}

/// The most lines of a function's `main.rs`: it only wires.
const MOST_LINES_OF_MAIN: usize = 25;

fn mains_only_wire(tree: &Tree) -> Vec<String> {
    let mains = tree.ending("/src/main.rs").filter(|(path, _)| path.starts_with("functions/"));
    let long = mains
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES_OF_MAIN);
    long.map(|(path, lines)| format!("{path} has {lines} lines, more than {MOST_LINES_OF_MAIN}")).collect()
}

/// One name for everything: a crate is named like its folder.
fn crates_are_named_like_their_folders(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        if !text.lines().any(|line| line == format!("name = \"{folder}\"")) {
            wrong.push(format!("{path} does not name its package `{folder}`"));
        }
    }
    wrong
}

/// Functions do not know each other; `shared` knows no part; `shell` knows only `shared`.
fn parts_depend_one_way(tree: &Tree) -> Vec<String> {
    let functions = tree.folders("functions");
    let mut wrong = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        let names = text.lines().filter_map(|line| line.split(['=', ' ', '.']).next());
        let forbidden: Vec<&str> = if path.starts_with("functions/") || path == "shell/Cargo.toml" {
            functions.clone()
        } else if path == "shared/Cargo.toml" {
            [functions.as_slice(), &["shell", "tokio", "tracing", "lambda_runtime"]].concat()
        } else {
            continue;
        };
        for name in names.filter(|name| {
            forbidden.contains(name) || (path == "shared/Cargo.toml" && name.starts_with("aws-sdk"))
        }) {
            wrong.push(format!("{path} depends on {name}"));
        }
    }
    wrong
}

#[test]
fn a_plan_waits_for_nothing_calls_nothing_and_logs_nothing() {
    holds(plans_are_pure);
    tells(
        plans_are_pure,
        &[("functions/f/src/plan.rs", "//! Not async.\nfn plan() {}\n#[cfg(test)]\nmod tests { async }")],
        &[
            ("functions/f/src/plan.rs", "async fn plan() {}"),
            ("functions/f/src/plan/x.rs", "use aws_sdk_ecs::Client;"),
        ],
        &["functions/f/src/plan.rs says `async`", "functions/f/src/plan/x.rs says `aws_sdk_ecs`"],
    );
}

#[test]
fn the_domain_does_no_io_and_knows_no_lambda() {
    holds(shared_is_pure);
    tells(
        shared_is_pure,
        &[
            ("shared/src/a.rs", "fn a() {}"),
            ("shared/src/a/tests.rs", "use std::fs;"),
            ("shell/src/a.rs", "async"),
        ],
        &[("shared/src/a.rs", "use std::fs;"), ("shared/src/b.rs", "tracing::info!()")],
        &["shared/src/a.rs says `fs`", "shared/src/b.rs says `tracing`"],
    );
}

#[test]
fn only_the_adapters_name_the_sdk() {
    holds(only_adapters_name_the_sdk);
    tells(
        only_adapters_name_the_sdk,
        &[
            ("functions/f/src/aws.rs", "aws_sdk_ecs"),
            ("shell/src/outcomes.rs", "aws_sdk_sns"),
            ("tests/a.rs", "aws_config"),
        ],
        &[("functions/f/src/handler.rs", "use aws_sdk_ecs::Client;")],
        &["functions/f/src/handler.rs says `aws_sdk_ecs`"],
    );
}

#[test]
fn only_the_shell_reads_the_clock_and_the_environment() {
    holds(only_the_shell_reads_clock_and_environment);
    tells(
        only_the_shell_reads_clock_and_environment,
        &[("shell/src/clock.rs", "Timestamp::now()")],
        &[("functions/f/src/handler.rs", "let now = Timestamp::now();")],
        &["functions/f/src/handler.rs says `Timestamp::now`"],
    );
}

#[test]
fn a_functions_main_only_wires() {
    holds(mains_only_wire);
    let (short, long) = ("//! x\n".repeat(25), "//! x\n".repeat(26));
    tells(
        mains_only_wire,
        &[("functions/f/src/main.rs", &short), ("xtask/src/main.rs", &long)],
        &[("functions/f/src/main.rs", &long)],
        &["functions/f/src/main.rs has 26 lines, more than 25"],
    );
}

#[test]
fn a_crate_is_named_like_its_folder() {
    holds(crates_are_named_like_their_folders);
    tells(
        crates_are_named_like_their_folders,
        &[("functions/f/Cargo.toml", "[package]\nname = \"f\"\n")],
        &[("functions/f/Cargo.toml", "[package]\nname = \"g\"\n")],
        &["functions/f/Cargo.toml does not name its package `f`"],
    );
}

#[test]
fn functions_do_not_know_each_other_and_shared_knows_no_part() {
    holds(parts_depend_one_way);
    tells(
        parts_depend_one_way,
        &[("functions/f/Cargo.toml", "name = \"f\"\n[dependencies]\nshared.workspace = true\nshell = {}\n")],
        &[
            ("functions/f/Cargo.toml", "[dependencies]\ng = {}\n"),
            ("functions/g/Cargo.toml", "[dependencies]\n"),
            ("shared/Cargo.toml", "[dependencies]\nshell = {}\naws-sdk-ecs = {}\n"),
            ("shell/Cargo.toml", "[dependencies]\nf = {}\n"),
        ],
        &[
            "functions/f/Cargo.toml depends on g",
            "shared/Cargo.toml depends on shell",
            "shared/Cargo.toml depends on aws-sdk-ecs",
            "shell/Cargo.toml depends on f",
        ],
    );
}
