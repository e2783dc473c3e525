//! Errors of AWS, and what else happens to a request.

use std::time::Duration;

/// An error of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the status and the members of the error's body")]
pub struct Fault {
    pub status: u16,
    pub code: &'static str,
    pub message: &'static str,
}

/// The errors that the functions tell apart, with the status and the words of the service.
#[expect(missing_docs, reason = "the names are the codes")]
impl Fault {
    pub const ACCESS_DENIED: Self = Self::new(403, "AccessDenied", "Access denied.");
    pub const BATCH_TOO_LARGE: Self =
        Self::new(413, "BatchTooLarge", "Your request contains too many invalidation paths.");
    pub const INVALID_ARGUMENT: Self =
        Self::new(400, "InvalidArgument", "Your request contains one or more invalid invalidation paths.");
    pub const INVALIDATION_BATCH_ALREADY_EXISTS: Self = Self::new(
        400,
        "InvalidationBatchAlreadyExists",
        "The specified invalidation batch already exists with other paths.",
    );
    pub const NO_SUCH_DISTRIBUTION: Self =
        Self::new(404, "NoSuchDistribution", "The specified distribution does not exist.");
    pub const SERVICE_UNAVAILABLE: Self =
        Self::new(503, "ServiceUnavailable", "CloudFront is temporarily unavailable.");
    pub const THROTTLING: Self = Self::new(400, "Throttling", "Rate exceeded");
    pub const TOO_MANY_INVALIDATIONS_IN_PROGRESS: Self = Self::new(
        400,
        "TooManyInvalidationsInProgress",
        "Processing your request will cause you to exceed the maximum number of in-progress invalidations.",
    );

    pub const CLUSTER_NOT_FOUND: Self = Self::new(400, "ClusterNotFoundException", "Cluster not found.");
    pub const CONCURRENT_UPDATE: Self = Self::new(
        400,
        "ConcurrentUpdateException",
        "You already have a pending update to an Application Auto Scaling resource.",
    );
    pub const INTERNAL_SERVER_ERROR: Self = Self::new(500, "InternalServerError", "Internal server error");
    pub const QUEUE_DOES_NOT_EXIST: Self =
        Self::new(400, "QueueDoesNotExist", "The specified queue does not exist.");
    pub const RESOURCE_NOT_FOUND: Self =
        Self::new(400, "ResourceNotFoundException", "Requested resource not found");
    pub const INTERNAL_SERVICE: Self = Self::new(500, "InternalServiceException", "Internal failure");
    pub const SERVER_EXCEPTION: Self = Self::new(500, "ServerException", "Service Unavailable.");
    pub const SERVICE_NOT_ACTIVE: Self =
        Self::new(400, "ServiceNotActiveException", "Service was not ACTIVE.");
    pub const SERVICE_NOT_FOUND: Self = Self::new(400, "ServiceNotFoundException", "Service not found.");
    pub const THROTTLING_EXCEPTION: Self = Self::new(400, "ThrottlingException", "Rate exceeded");

    pub const HEALTH_CHECK_VERSION_MISMATCH: Self = Self::new(
        409,
        "HealthCheckVersionMismatch",
        "The health check version does not match the current version.",
    );
    pub const INVALID_INPUT: Self = Self::new(400, "InvalidInput", "The input is not valid.");
    pub const NO_SUCH_HEALTH_CHECK: Self =
        Self::new(404, "NoSuchHealthCheck", "A health check with the specified ID does not exist.");
    pub const NO_SUCH_HOSTED_ZONE: Self =
        Self::new(404, "NoSuchHostedZone", "No hosted zone found with the specified ID.");
    pub const PRECONDITION_FAILED: Self =
        Self::new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    pub const PRIOR_REQUEST_NOT_COMPLETE: Self = Self::new(
        400,
        "PriorRequestNotComplete",
        "The request was rejected because Route 53 was still processing a prior request.",
    );
    pub const SAFETY_RULE: Self =
        Self::new(409, "ConflictException", "The request was rejected because it violates a safety rule.");

    pub(super) const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }
}

/// What happens to a request instead of being served, before it is, or after.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trouble {
    Fault(Fault),
    Delay(Duration),
    HangUp,
    LoseAnswer,
}

/// When a request meets its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It has no effect, and no answer.
    BeforeIt,
    /// It takes effect, and has no answer.
    AfterIt,
}

/// The request at which AWS falls silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence {
    /// How many requests are still answered.
    pub(super) left: usize,
    pub(super) moment: Moment,
}
