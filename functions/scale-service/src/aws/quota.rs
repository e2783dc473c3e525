//! Quotas are not tried again.

use aws_sdk_applicationautoscaling::config::interceptors::InterceptorContext;
use aws_sdk_applicationautoscaling::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_applicationautoscaling::operation::register_scalable_target::RegisterScalableTargetError;

/// Keeps the SDK from trying again what a quota forbids. It takes `LimitExceededException` for throttling, but here it
/// is the number of scalable targets, which waiting does not change.
#[derive(Debug)]
pub(super) struct QuotasStay;

impl ClassifyRetry for QuotasStay {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error =
            context.output_or_error().and_then(Result::err).and_then(|error| error.as_operation_error());
        match error.and_then(|error| error.downcast_ref::<RegisterScalableTargetError>()) {
            Some(error) if error.is_limit_exceeded_exception() => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "QuotasStay"
    }
}
