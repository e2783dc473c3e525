//! The closed list of reasons, as the code has it.
//!
//! A code is a text, or a constant, where a reason is made, or in a `fn code`. What is none of these must be visible
//! as a parameter or a variable of the name `code`, whose own texts are looked for; else the list would not be closed.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{Tree, code, is_test, words};

/// A function that takes a code, as `fn refused(control, code, text)`: where among how many parameters.
type Helper = (usize, usize);

/// Codes, and the places of which the codes cannot be seen.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// By the file, the name of the function around it and the code.
    pub(super) found: BTreeSet<(String, String, String)>,
    /// One line each.
    pub(super) hidden: Vec<String>,
}

impl Codes {
    /// All of the repository but the tests and the developer's commands.
    pub(super) fn of(tree: &Tree) -> Self {
        let files = tree.ending(".rs").filter(|(path, _)| !is_test(path) && !path.starts_with("xtask/"));
        let files: Vec<(&str, String)> = files.map(|(path, text)| (path, code(text))).collect();
        let constants: BTreeMap<&str, &str> = files.iter().flat_map(|(_, code)| constants(code)).collect();
        let mut codes = Self::default();
        for (path, text) in &files {
            let mut place = Place { path, text, constants: &constants, codes: &mut codes };
            place.look("Reason::new(", (0, 2));
            let parts = files.iter().filter(|(other, _)| package(other) == package(path));
            let helpers: BTreeSet<(&str, Helper)> = parts.flat_map(|(_, text)| helpers(text)).collect();
            for (name, helper) in helpers {
                place.look(&format!("{name}("), helper);
            }
            place.look_into_codes();
        }
        codes
    }

    /// Those that a function can say: its own, all of `shared`, and of `shell` what it calls.
    pub(super) fn of_function<'c>(&'c self, tree: &Tree, function: &str) -> BTreeSet<&'c str> {
        let folder = format!("functions/{function}/");
        let own: String = tree
            .ending(".rs")
            .filter(|(path, _)| path.starts_with(&folder))
            .map(|(_, text)| code(text))
            .collect();
        let said = self.found.iter().filter(|(path, around, _)| {
            path.starts_with(&folder)
                || path.starts_with("shared/")
                || path.starts_with("shell/") && own.contains(&format!(".{around}("))
        });
        said.map(|(_, _, code)| code.as_str()).collect()
    }
}

/// A file in which codes are looked for.
struct Place<'p> {
    path: &'p str,
    text: &'p str,
    constants: &'p BTreeMap<&'p str, &'p str>,
    codes: &'p mut Codes,
}

impl Place<'_> {
    /// Takes the code out of each call that has as many arguments.
    fn look(&mut self, call: &str, (at, count): Helper) {
        for (start, _) in self.text.match_indices(call) {
            let before = &self.text[..start];
            if is_of_another(before) {
                continue;
            }
            let arguments = arguments(&self.text[start + call.len()..]);
            if arguments.len() == count {
                self.see(arguments[at], before);
            }
        }
    }

    /// Takes a code as it is written.
    fn see(&mut self, written: &str, before: &str) {
        let around = before.rsplit("fn ").next().unwrap_or_default();
        let name = around.split(['(', '<']).next().unwrap_or_default();
        if written.ends_with(".code()") || written.ends_with(".code") {
            return;
        }
        let seen: Vec<String> = if let Some(text) = self.text_of(written) {
            vec![text]
        } else if written == "code" && around.contains("code: &'static str") {
            Vec::new()
        } else if written == "code" && around.contains("let code = ") {
            let value = around.rsplit("let code = ").next().and_then(|rest| rest.split(';').next());
            self.texts_in(value.unwrap_or_default())
        } else {
            self.codes.hidden.push(format!("{}: which code is `{written}` in `{name}`?", self.path));
            Vec::new()
        };
        for code in seen {
            self.codes.found.insert((self.path.to_owned(), name.to_owned(), code));
        }
    }

    fn text_of(&self, written: &str) -> Option<String> {
        let text = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let constant = || self.constants.get(written.rsplit("::").next()?).copied();
        text.or_else(constant).map(str::to_owned)
    }

    fn texts_in(&self, code: &str) -> Vec<String> {
        let texts = code.split('"').skip(1).step_by(2);
        texts
            .chain(words(code).filter_map(|word| self.constants.get(word).copied()))
            .map(str::to_owned)
            .collect()
    }

    /// Takes all that a `fn code` with a body may say.
    fn look_into_codes(&mut self) {
        for rest in self.text.split("fn code(").skip(1) {
            let (head, body) = rest.split_once('{').unwrap_or_default();
            let body = body.split("\n    }\n").next().unwrap_or_default();
            for code in if head.contains(';') { Vec::new() } else { self.texts_in(body) } {
                self.codes.found.insert((self.path.to_owned(), "code".to_owned(), code));
            }
        }
    }
}

/// Whether a name is a part of another, a definition, a method, or a function of a type.
fn is_of_another(before: &str) -> bool {
    let is_method = before.ends_with('.') && !before.ends_with("..");
    let path = before.strip_suffix("::").and_then(|path| words(path).last());
    let is_of_a_type = path.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    let is_part = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    before.ends_with("fn ") || is_method || is_of_a_type || is_part
}

/// The crate of a file.
fn package(path: &str) -> &str {
    path.split_once("/src/").map_or(path, |(package, _)| package)
}

/// The free functions that take a code.
fn helpers(text: &str) -> impl Iterator<Item = (&str, Helper)> {
    text.split("fn ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once('(')?;
        let parameters = arguments(rest);
        let at = parameters.iter().position(|parameter| *parameter == "code: &'static str")?;
        // The way to a reason itself is looked at by its own name.
        (name != "new").then_some((name, (at, parameters.len())))
    })
}

/// The parts between commas up to the closing parenthesis.
fn arguments(rest: &str) -> Vec<&str> {
    let (mut depth, mut start, mut in_text, mut escaped, mut parts) = (0, 0, false, false, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_text,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' | ',' if depth == 0 => {
                parts.push(rest[start..at].trim());
                start = at + 1;
                if c == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The texts that have a name.
fn constants(code: &str) -> impl Iterator<Item = (&str, &str)> {
    let named = code.split("const ").skip(1).filter_map(|rest| rest.split_once(": &str = \""));
    named.filter_map(|(name, rest)| Some((name, rest.split('"').next()?)))
}

#[test]
fn arguments_end_where_the_call_ends() {
    assert_eq!(arguments("a, f(b, c), \"d, \\\") e\"), g"), ["a", "f(b, c)", "\"d, \\\") e\""]);
    assert_eq!(arguments("\n    a,\n    b,\n)"), ["a", "b"]);
}
