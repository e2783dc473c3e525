//! Decides what one order needs. Read this file first.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value, json};
use shared::ids::{CommandId, fingerprint};
use shared::kinds::distribution::{Cache, Distribution};
use shared::plan::{Plan, Step as PlanStep, Why as PlanWhy};
use shared::report::put_list;

use crate::order::Order;
use crate::paths::{Items, Spelling, collapse, fit, twins};
use crate::world::{InProgress, Invalidation, Request, World};

/// Decides what to do about an order.
///
/// | condition, in this order | decision | `why.code` |
/// | --- | --- | --- |
/// | an invalidation in progress was asked for by these very records | hold | `already-invalidated` |
/// | the items fit into the room that is left | act | `invalidated` |
/// | they fit once they are widened to wildcards above them | act | `invalidated-wider` |
/// | not even `/*` fits | wait | `invalidations-in-progress` |
pub fn plan(order: &Order, distribution: &Distribution, world: &World) -> Plan<Step, Why> {
    let cache = &distribution.cache;
    if let Some(earlier) = earlier(order, cache, world) {
        return Plan::Hold { why: Why::AlreadyInvalidated { id: earlier.id.clone() } };
    }
    let wanted = items(order, distribution);
    let Some(fitting) = fit(&wanted, world.room()) else {
        return Plan::Wait { why: Why::InvalidationsInProgress { wanted: wanted.len(), seen: seen(world) } };
    };
    let why = if fitting == wanted {
        Why::Invalidated { items: wanted.len(), records: order.records }
    } else {
        Why::InvalidatedWider { wanted: wanted.len(), items: fitting.len() }
    };
    let items = fitting.to_wire();
    let caller_reference = caller_reference(cache, &items, &order.ids);
    let request = Request { cache: cache.clone(), items, caller_reference };
    let ids = order.ids.clone();
    Plan::Act { steps: vec![Step::CreateInvalidation { request, ids, redelivered: order.redelivered }], why }
}

/// The items that serve an order, were there all the room in the world.
fn items(order: &Order, distribution: &Distribution) -> Items {
    if order.everything {
        return Items::everything();
    }
    let with_twins = |path: String, spelling| {
        let mut twins = twins(&path, spelling, distribution.index_document.as_ref());
        twins.push(path);
        twins
    };
    let changed = order.changed.iter().flat_map(|(directory, paths)| match distribution.collapse_over {
        Some(limit) => collapse(paths, directory, limit.get()),
        None => paths.iter().cloned().collect(),
    });
    let changed = changed.flat_map(|path| with_twins(path, Spelling::Key));
    let asked = order.asked.iter().flat_map(|path| with_twins(path.clone(), Spelling::Viewer));
    Items::new(asked.chain(changed), order.tags.iter().cloned())
}

/// The reference for these items, asked for by these records. The same ones make nothing new.
fn caller_reference<'a>(
    cache: &Cache,
    items: &[String],
    ids: impl IntoIterator<Item = &'a CommandId>,
) -> String {
    let ids: Vec<&str> = ids.into_iter().map(CommandId::as_str).collect();
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    let parts = [cache.id(), &fingerprint(items), &fingerprint(ids)];
    format!("lamplighter-{}", fingerprint(parts))
}

/// An invalidation in progress that these very records asked for, however wide it was made.
fn earlier<'w>(order: &Order, cache: &Cache, world: &'w World) -> Option<&'w Invalidation> {
    match &world.in_progress {
        InProgress::Read(invalidations) => invalidations.iter().find(|invalidation| {
            let mut items = invalidation.items.clone();
            items.sort();
            invalidation.caller_reference == caller_reference(cache, &items, &order.ids)
        }),
        InProgress::Unread | InProgress::TooMany => None,
    }
}

fn seen(world: &World) -> Option<usize> {
    match &world.in_progress {
        InProgress::Read(invalidations) => Some(invalidations.len()),
        InProgress::Unread | InProgress::TooMany => None,
    }
}

/// The one effect of this function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Asks CloudFront for an invalidation.
    CreateInvalidation {
        /// What is asked.
        request: Request,
        /// Who asked: the ids of commands and object changes.
        ids: BTreeSet<CommandId>,
        /// How many of the records were received before: what they asked for may be invalidated once more.
        redelivered: usize,
    },
}

impl PlanStep for Step {
    fn name(&self) -> &'static str {
        match self {
            Self::CreateInvalidation { .. } => "create-invalidation",
        }
    }

    fn details(&self) -> Map<String, Value> {
        let Self::CreateInvalidation { request, ids, redelivered } = self;
        let Request { cache, items, caller_reference } = request;
        let mut details = Map::new();
        let key = match cache {
            Cache::Distribution(_) => "distribution",
            Cache::Tenant(_) => "distribution_tenant",
        };
        details.insert(key.to_owned(), json!(cache.id()));
        put_list(&mut details, "paths", items.iter().map(String::as_str));
        details.insert("billable_paths".to_owned(), json!(items.len()));
        details.insert("caller_reference".to_owned(), json!(caller_reference));
        if ids.len() > 1 {
            put_list(&mut details, "ids", ids.iter().map(CommandId::as_str));
        }
        if *redelivered > 0 {
            details.insert("redelivered".to_owned(), json!(redelivered));
        }
        details
    }
}

/// Why an order ended as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Exactly what was wanted.
    Invalidated {
        /// How many paths and tags.
        items: usize,
        /// For how many requests.
        records: usize,
    },
    /// More than was wanted, as the room for exactly that was not there.
    InvalidatedWider {
        /// How many paths and tags were wanted.
        wanted: usize,
        /// How many it became.
        items: usize,
    },
    /// These very records have asked for it before.
    AlreadyInvalidated {
        /// The invalidation.
        id: String,
    },
    /// There is no room.
    InvalidationsInProgress {
        /// How many paths and tags were wanted.
        wanted: usize,
        /// How many invalidations are in progress; `None`: more than are read.
        seen: Option<usize>,
    },
}

impl PlanWhy for Why {
    fn code(&self) -> &'static str {
        match self {
            Self::Invalidated { .. } => "invalidated",
            Self::InvalidatedWider { .. } => "invalidated-wider",
            Self::AlreadyInvalidated { .. } => "already-invalidated",
            Self::InvalidationsInProgress { .. } => "invalidations-in-progress",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalidated { items, records: 0 | 1 } => f.write_str(&paths(*items)),
            Self::Invalidated { items, records } => write!(f, "{} for {records} records", paths(*items)),
            Self::InvalidatedWider { wanted, items } => {
                write!(
                    f,
                    "{} wanted, widened to {} as CloudFront has no room for more",
                    paths(*wanted),
                    paths(*items)
                )
            }
            Self::AlreadyInvalidated { id } => {
                write!(f, "the same records have asked for it before: invalidation {id}")
            }
            Self::InvalidationsInProgress { wanted, seen } => {
                let seen = seen.map_or("more than 20".to_owned(), |seen| seen.to_string());
                write!(
                    f,
                    "no room for {}, not even as /*: {seen} invalidations are in progress",
                    paths(*wanted)
                )
            }
        }
    }
}

fn paths(count: usize) -> String {
    if count == 1 { "1 billable path".to_owned() } else { format!("{count} billable paths") }
}

#[cfg(test)]
mod tests;
