//! Services that fail.

use crate::{Service, answer::Refusal};

/// How a service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `ThrottlingException`, `Throttling` (STS) or `SlowDown` (S3).
    Throttled,
    /// It never answers.
    Silent,
    /// Status 500.
    Internal,
    /// It refuses whoever asks, as a service control policy does.
    Denied,
}

impl Failure {
    /// What `service` then answers.
    pub(crate) fn refusal(self, service: Service) -> Refusal {
        let (status, code, message) = match (self, service) {
            (Self::Throttled, Service::S3) => (503, "SlowDown", "Please reduce your request rate."),
            (Self::Throttled, Service::Sts) => (400, "Throttling", "Rate exceeded"),
            (Self::Throttled, _) => (400, "ThrottlingException", "Rate exceeded"),
            (Self::Denied, Service::S3 | Service::Sts) => (403, "AccessDenied", "Access Denied"),
            (Self::Denied, _) => (
                400,
                "AccessDeniedException",
                "You are not authorized to perform this operation, with an explicit deny in a service control policy",
            ),
            (Self::Internal | Self::Silent, Service::S3) => (
                500,
                "InternalError",
                "We encountered an internal error. Please try again.",
            ),
            (Self::Internal | Self::Silent, _) => (500, "InternalFailure", "Internal failure"),
        };
        Refusal::new(status, code, message)
    }
}
