//! What an AWS error means to the one who must decide whether to try again.
//!
//! An adapter asks [`FaultClass::of`] once, at the border; nothing above it sees an SDK's error type.

use std::fmt;

/// The meaning of an error answer of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultClass {
    /// Too many requests just now.
    Throttled,
    /// The service, or the way to it, is not well: 5xx, time-outs, connection errors.
    Unavailable,
    /// Somebody else is changing the same thing.
    Conflict,
    /// The thing does not exist.
    NotFound,
    /// The role lacks a permission, or a policy forbids it.
    Denied,
    /// The request itself is wrong: sending it again cannot help.
    Rejected,
    /// None of the above could be told.
    Unknown,
}

impl FaultClass {
    /// Classifies an answer by its error code, or, where that says nothing, by its HTTP status.
    ///
    /// No code and no status means that no answer came: [`Self::Unavailable`].
    #[must_use]
    pub fn of(code: Option<&str>, http_status: Option<u16>) -> Self {
        match code {
            Some(
                "Throttling"
                | "ThrottlingException"
                | "ThrottledException"
                | "Throttled"
                | "RequestThrottled"
                | "RequestThrottledException"
                | "RequestLimitExceeded"
                | "TooManyRequestsException"
                | "ProvisionedThroughputExceededException"
                | "SlowDown",
            ) => Self::Throttled,
            Some(
                "ServiceUnavailable"
                | "InternalFailure"
                | "InternalError"
                | "RequestTimeout"
                | "RequestTimeoutException",
            ) => Self::Unavailable,
            Some("PreconditionFailed" | "ConcurrentUpdateException" | "ConflictException") => Self::Conflict,
            Some(
                "AccessDenied"
                | "AccessDeniedException"
                | "AuthorizationError"
                | "AuthorizationErrorException"
                | "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "ExpiredTokenException",
            ) => Self::Denied,
            Some(_) | None => Self::of_status(http_status),
        }
    }

    fn of_status(http_status: Option<u16>) -> Self {
        match http_status {
            Some(429) => Self::Throttled,
            Some(403) => Self::Denied,
            Some(404) => Self::NotFound,
            Some(409 | 412) => Self::Conflict,
            Some(400..=499) => Self::Rejected,
            Some(500..=599) | None => Self::Unavailable,
            Some(_) => Self::Unknown,
        }
    }

    /// Whether the same request may well succeed later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::Throttled | Self::Unavailable | Self::Conflict | Self::Unknown => true,
            Self::NotFound | Self::Denied | Self::Rejected => false,
        }
    }

    /// The `why.code` of a command that failed with this.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Conflict => "conflict",
            Self::NotFound => "not-found",
            Self::Denied => "access-denied",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown-error",
        }
    }
}

impl fmt::Display for FaultClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_statuses() {
        for (code, status, expected) in [
            (Some("Throttling"), Some(400), FaultClass::Throttled),
            (Some("AccessDenied"), Some(403), FaultClass::Denied),
            (Some("ServiceUnavailable"), Some(503), FaultClass::Unavailable),
            (Some("NoSuchDistribution"), Some(404), FaultClass::NotFound),
            (Some("InvalidArgument"), Some(400), FaultClass::Rejected),
            (Some("Strange"), Some(599), FaultClass::Unavailable),
            (None, None, FaultClass::Unavailable),
            (None, Some(429), FaultClass::Throttled),
            (None, Some(302), FaultClass::Unknown),
        ] {
            assert_eq!(FaultClass::of(code, status), expected, "{code:?} {status:?}");
        }
    }
}
