//! What the keys alone do not show: whether the routes name what there is.

use std::collections::BTreeSet;

use super::{Playbook, PlaybookError};

/// Checks that every route has a name of its own, and that its commands fit their targets.
pub(super) fn routes(playbook: &Playbook) -> Result<(), PlaybookError> {
    let mut names = BTreeSet::new();
    for route in &playbook.routes {
        let name = &route.name;
        if !names.insert(name) {
            return Err(wrong(route.position, &format!("`{name}` is the name of two routes; expected one")));
        }
        for command in route.commands() {
            let in_route = |what: &str| Err(wrong(command.position, &format!("route `{name}`: {what}")));
            let Some(target) = playbook.targets.get(&command.target) else {
                let known: Vec<&str> = playbook.targets.keys().map(|name| name.as_str()).collect();
                let known = if known.is_empty() { "it has none".to_owned() } else { known.join(", ") };
                return in_route(&format!(
                    "`target` is `{}`; expected a target of the playbook: {known}",
                    command.target
                ));
            };
            if let Err(error) = target.check(&command.action, command.fields.clone()) {
                return in_route(&error.to_string());
            }
        }
    }
    Ok(())
}

fn wrong((line, column): (u64, u64), what: &str) -> PlaybookError {
    PlaybookError(format!("{what} at line {line}, column {column}"))
}
