//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

use serde_json::{Map, Value, json};
use shared::command::Mode;
use shared::ids::shorten;
use shared::kinds::distribution::{Cache, Distribution};
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::{ErrorReport, ErrorType, Reason, Report, StepReport, StepStatus, Verdict};
use shell::config::Chain;
use shell::{Applied, Invocation, Settled, apply_in_order, settle};
use tracing::info;

use crate::order::{Order, Work, jobs};
use crate::plan::{Step, Why, plan};
use crate::world::{Distributions, Fault, Invalidation, Meaning, World};

/// How often an order is planned again within one invocation, after CloudFront has told something new.
const REPLANS: usize = 2;

/// Serves one invocation: an order for each distribution, one after the other.
pub async fn handle(
    distributions: &impl Distributions,
    playbook: &Playbook,
    invocation: &Invocation,
) -> Settled {
    let jobs = jobs(playbook, &invocation.arrival, invocation.mode);
    settle(invocation, jobs, async |work| match work {
        Work::Order(order, distribution) => {
            let mut report = carry_out(distributions, &order, distribution, invocation).await;
            if let Some(reason) = &order.reason {
                report.why.text = format!("{} (asked for because: {})", report.why.text, shorten(reason));
            }
            vec![report]
        }
        Work::Answered(report) => vec![*report],
    })
    .await
}

/// Observes, plans and applies one order, and plans again when CloudFront's answer calls for it.
async fn carry_out(
    distributions: &impl Distributions,
    order: &Order,
    distribution: &Distribution,
    invocation: &Invocation,
) -> Report {
    let cache = &distribution.cache;
    let mut world = World::UNREAD;
    if order.redelivered > 0 {
        world.in_progress = match distributions.in_progress(cache).await {
            Ok(in_progress) => in_progress,
            Err(fault) => return failed(order, &world, Vec::new(), &fault),
        };
    }
    let mut replans = 0;
    loop {
        let plan = plan(order, distribution, &world);
        info!(target = %order.target, "plan: {plan}");
        let (steps, why) = match plan {
            Plan::Act { steps, why } if order.mode == Mode::Apply => (steps, why),
            unapplied => return not_applied(order, &world, unapplied),
        };
        let (reports, fault) =
            apply_in_order(&steps, async |step| apply(distributions, step, invocation).await).await;
        let Some(fault) = fault else {
            return applied(order, &world, reports, &why, cache);
        };
        if replans == REPLANS {
            return failed(order, &world, reports, &fault);
        }
        replans += 1;
        match fault.meaning {
            Meaning::NoRoom => match distributions.in_progress(cache).await {
                Ok(in_progress) => world.in_progress = in_progress,
                Err(fault) => return failed(order, &world, reports, &fault),
            },
            Meaning::BatchTooLarge => world.largest_batch = Some(largest(&steps) / 2),
            Meaning::ReferenceUsed | Meaning::OutOfTime | Meaning::Common(_) => {
                return failed(order, &world, reports, &fault);
            }
        }
    }
}

/// Applies a step. A reference that CloudFront calls used is looked up before the step is called done.
async fn apply(
    distributions: &impl Distributions,
    step: &Step,
    invocation: &Invocation,
) -> Result<Applied, Fault> {
    let Step::CreateInvalidation { request, .. } = step;
    match distributions.create(request).await {
        Ok(invalidation) => {
            let already = invalidation.is_older_than(invocation.began_at);
            Ok(outcome(&invalidation, already))
        }
        Err(fault) if fault.meaning == Meaning::ReferenceUsed => {
            let found = distributions.find(&request.cache, &request.caller_reference).await?;
            match found.filter(|found| same_items(&found.items, &request.items)) {
                Some(invalidation) => Ok(outcome(&invalidation, true)),
                None => Err(fault),
            }
        }
        Err(fault) => Err(fault),
    }
}

fn same_items(theirs: &[String], ours: &[String]) -> bool {
    let mut theirs = theirs.to_vec();
    theirs.sort();
    theirs == ours
}

fn outcome(invalidation: &Invalidation, already: bool) -> Applied {
    let mut details = Map::new();
    if already {
        // CloudFront answered with what there was: nothing new, and nothing to pay.
        details.insert("billable_paths".to_owned(), json!(0));
    }
    details.insert("invalidation".to_owned(), json!(invalidation.id));
    details.insert("invalidation_status".to_owned(), json!(invalidation.status));
    Applied { already, details }
}

fn largest(steps: &[Step]) -> usize {
    steps.iter().map(|Step::CreateInvalidation { request, .. }| request.items.len()).max().unwrap_or(0)
}

fn before(world: &World) -> Option<Value> {
    use crate::world::InProgress;
    let count = match &world.in_progress {
        InProgress::Unread => return None,
        InProgress::Read(invalidations) => json!(invalidations.len()),
        InProgress::TooMany => json!("more than 20"),
    };
    Some(json!({"invalidations_in_progress": count}))
}

/// The report on a plan that nobody applies.
fn not_applied(order: &Order, world: &World, plan: Plan<Step, Why>) -> Report {
    let why = Reason::from(plan.why());
    let mut report = match plan {
        Plan::Act { steps, .. } => {
            let mut report = Report::new(order.subject(), Verdict::Planned, why);
            report.steps = steps.iter().map(|step| StepReport::new(step, StepStatus::Planned)).collect();
            report.next = Some(report.next_of_planned());
            report
        }
        Plan::Hold { .. } => Report::new(order.subject(), Verdict::Held, why),
        Plan::Refuse { .. } => Report::new(order.subject(), Verdict::Refused, why),
        Plan::Wait { .. } => {
            let error = ErrorReport { kind: ErrorType::CommandFailed, text: why.text.clone() };
            let mut report = Report::failed(order.subject(), why, error);
            report.next = Some(AGAIN.to_owned());
            report
        }
    };
    report.before = before(world);
    report
}

/// The report on steps that were applied.
fn applied(order: &Order, world: &World, steps: Vec<StepReport>, why: &Why, cache: &Cache) -> Report {
    let text =
        |name: &str| steps.iter().find_map(|step| step.details.get(name)?.as_str()).unwrap_or("unknown");
    let (id, status) = (text("invalidation").to_owned(), text("invalidation_status").to_owned());
    let acted = steps.iter().any(|step| step.status == StepStatus::Applied);
    let mut report = if acted {
        let mut reason = Reason::from(why);
        reason.text = format!("asked CloudFront for invalidation {id}: {}", reason.text);
        Report::new(order.subject(), Verdict::Acted, reason)
    } else {
        Report::new(order.subject(), Verdict::Held, Reason::from(&Why::AlreadyInvalidated { id: id.clone() }))
    };
    report.steps = steps;
    report.before = before(world);
    report.next = Some(wait_command(cache, &id));
    report.after = Some(json!({"invalidation": id, "status": status}));
    report
}

/// The command that waits until an invalidation is complete.
fn wait_command(cache: &Cache, id: &str) -> String {
    match cache {
        Cache::Distribution(_) => {
            format!("aws cloudfront wait invalidation-completed --distribution-id {} --id {id}", cache.id())
        }
        Cache::Tenant(_) => format!(
            "aws cloudfront wait invalidation-for-distribution-tenant-completed --distribution-tenant-id {} --id {id}",
            cache.id()
        ),
    }
}

/// The report on an order that did not work.
fn failed(order: &Order, world: &World, steps: Vec<StepReport>, fault: &Fault) -> Report {
    let text = Chain(fault).to_string();
    let why =
        Reason::new(fault.meaning.code(), format!("target `{}`: {fault}: {}", order.target, fault.source));
    let error = ErrorReport { kind: ErrorType::CommandFailed, text };
    let mut report = Report::failed(order.subject(), why, error);
    report.steps = steps;
    report.before = before(world);
    report.next = Some(if fault.meaning.is_transient() { AGAIN } else { REPAIR }.to_owned());
    report
}

/// What happens to a command that failed and may succeed later.
const AGAIN: &str = "it is tried again when its message is delivered again; a direct caller sends it again";

/// What happens to a command that will fail again until somebody does something.
const REPAIR: &str =
    "it will fail again until the cause is repaired; then redrive the dead-letter queue, or send it again";
