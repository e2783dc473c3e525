//! Nothing of one machine or of one account is in the repository.

use super::tree::{Tree, words};
use super::{holds, tells};

/// Packages come from where everybody's come from.
fn packages_come_from_the_public_registries(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.files() {
        for line in text.lines() {
            let is_other = match path.rsplit('/').next().unwrap_or_default() {
                "Cargo.lock" => {
                    line.starts_with("source = ")
                        && line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
                }
                "package-lock.json" => {
                    line.contains("\"resolved\": ") && !line.contains("\"https://registry.npmjs.org/")
                }
                "config.toml" | "Cargo.toml" | "deny.toml" => {
                    ["[registries", "[source.", "registry = ", "index = "]
                        .iter()
                        .any(|start| line.starts_with(start))
                }
                name if name.ends_with(".txt") => {
                    ["-i ", "--index", "--extra-index", "--find-links", "--trusted-host"]
                        .iter()
                        .any(|start| line.starts_with(start))
                        || line.contains(" @ ")
                }
                _ => false,
            };
            if is_other {
                wrong.push(format!("{path}: {line}"));
            }
        }
    }
    wrong
}

/// No path of somebody's machine.
fn no_path_is_of_one_machine(tree: &Tree) -> Vec<String> {
    // Put together, so that this file does not say them.
    let homes =
        [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("C:\\Us", "ers")];
    let mut wrong = Vec::new();
    for (path, text) in tree.files() {
        for (number, line) in (1..).zip(text.lines()) {
            wrong.extend(
                homes
                    .iter()
                    .filter(|home| line.contains(**home))
                    .map(|home| format!("{path}:{number} says {home}")),
            );
        }
    }
    wrong
}

/// The accounts that examples are of.
const ACCOUNTS: [&str; 2] = ["123456789012", "000000000000"];

/// The only account is that of the examples.
fn no_account_is_a_real_one(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !path.ends_with(".lock")) {
        for word in words(text).filter(|word| is_account(word) && !ACCOUNTS.contains(word)) {
            // The last part of a UUID may happen to be all digits.
            if !text.contains(&format!("-{word}")) {
                wrong.push(format!("{path} has the account {word}"));
            }
        }
    }
    wrong
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && word.chars().all(|c| c.is_ascii_digit())
}

#[test]
fn all_packages_come_from_the_public_registries() {
    holds(packages_come_from_the_public_registries);
    tells(
        packages_come_from_the_public_registries,
        &[
            ("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\""),
            ("x/sam.txt", "a==1.0"),
        ],
        &[
            ("Cargo.lock", "source = \"sparse+https://crates.example.com/\""),
            ("x/sam.txt", "--index-url https://pypi.example.com"),
        ],
        &[
            "Cargo.lock: source = \"sparse+https://crates.example.com/\"",
            "x/sam.txt: --index-url https://pypi.example.com",
        ],
    );
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    holds(no_path_is_of_one_machine);
    let line = concat!("cd /ho", "me/somebody");
    tells(
        no_path_is_of_one_machine,
        &[("a.md", "cd ~/x")],
        &[("a.md", line)],
        &[concat!("a.md:1 says /ho", "me/")],
    );
}

#[test]
fn no_account_is_somebodys() {
    holds(no_account_is_a_real_one);
    let other = "9".repeat(12);
    tells(
        no_account_is_a_real_one,
        &[("a.md", "123456789012, 1795251600000 and 11111111-2222-3333-4444-555555555555")],
        &[("a.md", &format!("arn:aws:s3::{other}:x"))],
        &[&format!("a.md has the account {other}")],
    );
}
