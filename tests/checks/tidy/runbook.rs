//! The runbook has an entry for every reason that a report can have, and for no other.

use std::collections::BTreeSet;

use super::codes::Codes;
use super::tree::Tree;
use super::{holds, tells};

/// The page with the entries.
const PAGE: &str = "docs/runbook.md";

/// All codes can be seen in the code.
fn codes_can_be_seen(tree: &Tree) -> Vec<String> {
    Codes::of(tree).hidden
}

/// Each function's section has a row for each of its codes, under a verdict, that says what to do.
fn codes_have_entries(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(PAGE) else { return Vec::new() };
    let codes = Codes::of(tree);
    let mut wrong = Vec::new();
    for function in tree.folders("functions") {
        let heading = format!("\n## Reasons of `{function}`\n");
        let section = page.split_once(&heading).map_or("", |(_, rest)| rest);
        let section = section.split("\n## ").next().unwrap_or_default();
        let (mut entries, mut verdict) = (BTreeSet::new(), None);
        for line in section.lines() {
            if let Some(row) = line.strip_prefix("| `") {
                let (code, says) = row.split_once("` | ").unwrap_or((row, ""));
                // An answer needs nothing done about it.
                let cells =
                    says.split(" | ").filter(|cell| !cell.trim_matches([' ', '|']).is_empty()).count();
                if verdict.is_none() || cells < 2 && code != "status" {
                    wrong.push(format!(
                        "`{code}` of {function} has no verdict, or not what it means and what to do"
                    ));
                }
                entries.insert(code);
            } else if VERDICTS.iter().any(|verdict| line.starts_with(&format!("`{verdict}`"))) {
                verdict = Some(line);
            }
        }
        let said = codes.of_function(tree, function);
        wrong.extend(said.difference(&entries).map(|code| format!("`{code}` of {function} has no entry")));
        let idle = entries.difference(&said);
        wrong.extend(idle.map(|code| format!("`{code}` has an entry, and {function} never says it")));
    }
    wrong
}

/// How the line above a table begins.
const VERDICTS: [&str; 5] = ["acted", "planned", "held", "refused", "failed"];

#[test]
fn no_code_is_hidden() {
    holds(codes_can_be_seen);
    tells(
        codes_can_be_seen,
        &[(
            "functions/f/src/a.rs",
            "const B: &str = \"b\";\nfn a() { Reason::new(x::B, t); Reason::new(fault.code(), t) }\n\
                 fn c(code: &'static str) { Reason::new(code, t) }\nfn d() { c(\"d\") }\n\
                 fn e() { let code = if f { B } else { g.code() }; c(code) }\n",
        )],
        &[("functions/f/src/a.rs", "fn a() { Reason::new(name(), t) }\nfn b() { Reason::new(code, t) }\n")],
        &[
            "functions/f/src/a.rs: which code is `name()` in `a`?",
            "functions/f/src/a.rs: which code is `code` in `b`?",
        ],
    );
}

#[test]
fn every_code_has_an_entry_in_the_runbook_and_every_entry_a_code() {
    holds(codes_have_entries);
    // That the codes are found at all: one of each way to say one.
    let tree = Tree::of_the_repository();
    let (codes, router) = (Codes::of(&tree), "route-alarm");
    for code in ["not-for-us", "throttled", "undecodable-event", "ledger-unset", "approval-expired", "routed"]
    {
        assert!(codes.of_function(&tree, router).contains(code), "{code}");
    }
    assert!(codes.of_function(&tree, "snapshot-database").contains("partly"));
    assert!(!codes.of_function(&tree, router).contains("unknown-target"));
    let code = "const TWO: &str = \"two\";\nimpl A {\n    fn code() {\n    A => \"one\",\n    B => TWO,\n    }\n}\n\
                fn said(a: A, code: &'static str) { Reason::new(code, t) }\nfn b() { said(a, \"three\"); reader.four() }\n";
    let shell = "impl R { fn four() { Reason::new(\"four\", t) }\nfn five() { Reason::new(\"five\", t) } }\n";
    let shared = "fn a() { Reason::new(\"six\", t) }\n";
    let rows = "| `one` | A. | B. |\n| `two` | A. | B. |\n| `three` | A. | B. |\n| `four` | A. | B. |\n| `six` | A. | B. |\n";
    let good = format!("# R\n## Reasons of `f`\n\n`held`:\n\n{rows}");
    let bad = "# R\n## Reasons of `f`\n\n| `one` | A. | B. |\n\n`held`:\n\n| `two` | A. | |\n| `five` | A. | B. |\n| `six` | A. | B. |\n## Other\n| `three` | A. | B. |\n";
    let files = [("functions/f/src/a.rs", code), ("shell/src/a.rs", shell), ("shared/src/a.rs", shared)];
    let with = |page| [&[(PAGE, page)][..], &files].concat();
    tells(
        codes_have_entries,
        &with(&good),
        &with(bad),
        &[
            "`one` of f has no verdict, or not what it means and what to do",
            "`two` of f has no verdict, or not what it means and what to do",
            "`four` of f has no entry",
            "`three` of f has no entry",
            "`five` has an entry, and f never says it",
        ],
    );
}
