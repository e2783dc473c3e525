//! Rules that hold for the whole repository. Each is a function from its files to what is wrong with them, so that
//! it is tested with a bad file too.

mod borders;
mod codes;
mod cost;
mod documents;
mod foreign;
mod manual;
mod runbook;
mod tree;

use tree::Tree;

/// A rule: says what is wrong, a line each.
type Rule = fn(&Tree) -> Vec<String>;

#[track_caller]
fn holds(rule: Rule) {
    let wrong = rule(&Tree::of_the_repository());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that a rule is content with some files, and says so much of others.
#[track_caller]
fn tells(rule: Rule, good: &[(&str, &str)], bad: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(rule(&Tree::of(good)), [""; 0]);
    assert_eq!(rule(&Tree::of(bad)), expected);
}
