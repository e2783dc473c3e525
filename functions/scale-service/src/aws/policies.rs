//! Scaling policies in words.

use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, CustomizedMetricSpecification, PolicyType, ScalingPolicy, StepScalingPolicyConfiguration,
    TargetTrackingMetricDataQuery, TargetTrackingScalingPolicyConfiguration,
};

use crate::world::Policy;

impl From<&ScalingPolicy> for Policy {
    fn from(policy: &ScalingPolicy) -> Self {
        let tracking = policy.target_tracking_scaling_policy_configuration();
        let steps = policy.step_scaling_policy_configuration();
        let (what, scales_in) = match (policy.policy_type(), tracking, steps) {
            (PolicyType::TargetTrackingScaling, Some(tracking), _) => {
                let what = format!("keeps {} at {}", metric(tracking), tracking.target_value());
                (what, tracking.disable_scale_in() != Some(true))
            }
            (PolicyType::StepScaling, _, Some(steps)) => (by_steps(policy), removes(steps)),
            // What is not known may do anything.
            (other, _, _) => (format!("is of type {other}"), true),
        };
        Self { name: policy.policy_name().to_owned(), what, scales_in }
    }
}

fn metric(tracking: &TargetTrackingScalingPolicyConfiguration) -> String {
    let predefined = tracking.predefined_metric_specification();
    match (predefined, tracking.customized_metric_specification()) {
        (Some(predefined), _) => predefined.predefined_metric_type().to_string(),
        (None, Some(customized)) => customized_metric(customized),
        (None, None) => "a metric".to_owned(),
    }
}

/// A metric has a name, or is what one of some queries returns.
fn customized_metric(metric: &CustomizedMetricSpecification) -> String {
    if let Some(name) = metric.metric_name() {
        return name.to_owned();
    }
    let returned = metric.metrics().iter().find(|query| query.return_data() != Some(false));
    let expression = returned.and_then(TargetTrackingMetricDataQuery::expression);
    let stat = returned.and_then(TargetTrackingMetricDataQuery::metric_stat);
    match (expression, stat.and_then(|stat| stat.metric()?.metric_name())) {
        (Some(expression), _) => format!("metric math {expression}"),
        (None, Some(name)) => name.to_owned(),
        (None, None) => "a metric".to_owned(),
    }
}

fn by_steps(policy: &ScalingPolicy) -> String {
    let alarms: Vec<&str> = policy.alarms().iter().map(|alarm| alarm.alarm_name()).collect();
    let alarms = if alarms.is_empty() { "it has none".to_owned() } else { alarms.join(", ") };
    format!("changes the count by steps when its alarms ring: {alarms}")
}

fn removes(steps: &StepScalingPolicyConfiguration) -> bool {
    steps.adjustment_type() == Some(&AdjustmentType::ExactCapacity)
        || steps.step_adjustments().iter().any(|step| step.scaling_adjustment() < 0)
}
