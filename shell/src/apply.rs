//! Carries out the steps of a plan.

use serde_json::{Map, Value};
use shared::plan::Step;
use shared::report::{StepReport, StepStatus};

/// What a step brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Whether its effect was there already.
    pub already: bool,
    /// What is known of the effect now, for the report.
    pub details: Map<String, Value>,
}

/// Applies steps in order and stops at the first that fails; those after it are reported as not attempted.
///
/// Nothing is undone: the steps are absolute, and the redelivered command plans again from what it finds.
pub async fn apply_in_order<S: Step, E>(
    steps: &[S],
    apply: impl AsyncFn(&S) -> Result<Applied, E>,
) -> (Vec<StepReport>, Option<E>) {
    let mut reports = Vec::with_capacity(steps.len());
    let mut failure = None;
    for step in steps {
        if failure.is_some() {
            reports.push(StepReport::new(step, StepStatus::NotAttempted));
            continue;
        }
        match apply(step).await {
            Ok(applied) => {
                let status = if applied.already { StepStatus::Already } else { StepStatus::Applied };
                let mut report = StepReport::new(step, status);
                report.details.extend(applied.details);
                reports.push(report);
            }
            Err(error) => {
                reports.push(StepReport::new(step, StepStatus::Failed));
                failure = Some(error);
            }
        }
    }
    (reports, failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str);

    impl Step for Named {
        fn name(&self) -> &'static str {
            self.0
        }

        fn details(&self) -> Map<String, Value> {
            Map::new()
        }
    }

    #[tokio::test]
    async fn steps_after_a_failure_are_not_attempted() {
        let steps = [Named("one"), Named("two"), Named("three")];
        let (reports, failure) = apply_in_order(&steps, async |step| match step.0 {
            "two" => Err("no"),
            _ => Ok(Applied { already: true, details: Map::new() }),
        })
        .await;
        let statuses: Vec<_> = reports.iter().map(|report| (report.step, report.status)).collect();
        assert_eq!(
            statuses,
            [("one", StepStatus::Already), ("two", StepStatus::Failed), ("three", StepStatus::NotAttempted)]
        );
        assert_eq!(failure, Some("no"));
    }
}
