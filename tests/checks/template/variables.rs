//! Rules of the environment: each function is told what its code reads, and nothing else.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::model::Template;

/// What a template leaves to the layer.
const NOT_OF_THE_TEMPLATE: &str = "LAMPLIGHTER_PLAYBOOK";
/// The only file that reads the environment.
const CONFIG: &str = "shell/src/config.rs";
/// How every function starts, which reads what is the same for all.
const RUNTIME: &str = "shell/src/runtime.rs";

/// The functions of the configuration by name, with their bodies.
fn readers(code: &str) -> BTreeMap<&str, &str> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let starts = code.match_indices("fn ").map(|(at, word)| &code[at + word.len()..]);
    starts.filter_map(|rest| Some((rest.split(['(', '<']).next()?, body(rest)?))).collect()
}

/// What is between the first brace and the one that closes it.
fn body(rest: &str) -> Option<&str> {
    let start = rest.find('{')?;
    let mut depth = 0;
    let end = rest[start..].find(|c| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    Some(&rest[start..start + end])
}

/// The variables of which a text speaks.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    words.filter(|word| word.starts_with("LAMPLIGHTER_")).map(str::to_owned).collect()
}

/// The variables that a function of the configuration reads, by itself and by those that it calls.
fn read_by(name: &str, readers: &BTreeMap<&str, &str>, seen: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut variables = BTreeSet::new();
    if let Some(body) = readers.get(name).filter(|_| seen.insert(name.to_owned())) {
        variables = named(body);
        for called in readers.keys().filter(|called| body.contains(&format!("{called}("))) {
            variables.extend(read_by(called, readers, seen));
        }
    }
    variables
}

/// The variables that code reads by what it takes of the configuration.
fn taken(code: &str, readers: &BTreeMap<&str, &str>) -> BTreeSet<String> {
    let imports = code.split("::config::").skip(1).map(|rest| {
        let group = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        group.or_else(|| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()).unwrap_or_default()
    });
    let names = imports.flat_map(|import| import.split(',')).map(str::trim);
    // The type of what all are told is read by its constructor.
    let names = names.map(|name| if name == "Config" { "load" } else { name });
    names.flat_map(|name| read_by(name, readers, &mut BTreeSet::new())).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).expect("a file of code is readable")
}

/// All code in a folder.
fn code_in(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder of code is readable");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let texts = paths.map(|path| {
        if path.is_dir() { code_in(&path) } else { std::fs::read_to_string(path).expect("a text") }
    });
    texts.collect()
}

fn names(variables: &Value) -> BTreeSet<String> {
    variables.as_object().into_iter().flat_map(Map::keys).cloned().collect()
}

#[test]
fn every_function_is_told_what_its_code_reads_and_nothing_else() {
    let template = Template::read();
    let config = read(CONFIG);
    let readers = readers(&config);
    let mut read_by_all = taken(&read(RUNTIME), &readers);
    let mut read_by_any = read_by_all.clone();
    for (name, function) in template.functions() {
        let folder = function["CodeUri"].as_str().expect("a folder");
        let read = taken(&code_in(&root().join(folder).join("src")), &readers);
        assert_eq!(names(&function["Environment"]["Variables"]), read, "{name}");
        read_by_any.extend(read);
    }
    assert_eq!(read_by_any, named(&config), "what is read is read by somebody");
    assert!(read_by_all.remove(NOT_OF_THE_TEMPLATE), "the code reads no {NOT_OF_THE_TEMPLATE}");
    let shared = &template.0["Globals"]["Function"]["Environment"]["Variables"];
    assert_eq!(names(shared), read_by_all);
    assert!(shared["LAMPLIGHTER_MODE"].is_string());
}

#[test]
fn what_code_takes_of_the_configuration_is_found_also_behind_calls() {
    let config = "pub fn one() -> A { two(&v) }\nfn two(v: &impl Fn() -> B) { { v(\"LAMPLIGHTER_A\") } }\n\
                  /// `LAMPLIGHTER_C`\npub fn three() { v(\"LAMPLIGHTER_B\") }\n#[cfg(test)]\nfn four() { \"LAMPLIGHTER_D\" }";
    let readers = readers(config);
    let of = |code| taken(code, &readers).into_iter().collect::<Vec<_>>();
    assert_eq!(of("use shell::config::{Chain, one};"), ["LAMPLIGHTER_A"]);
    assert_eq!(of("let b = shell::config::three();"), ["LAMPLIGHTER_B"]);
    assert_eq!(of("use shell::config::Chain;\none(); four()"), [""; 0]);
}
