//! What AWS answers when it does not do what it is asked.

use std::{error::Error, fmt};

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::Reason;

/// A request that failed, and why. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was asked for, as IAM names it, such as `sts:AssumeRole`.
    pub action: &'static str,
    /// Why it failed.
    pub reason: Reason,
    /// What AWS said.
    pub said: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.reason.means())?;
        if self.said.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.said)
    }
}

impl Error for Failure {}

impl Failure {
    /// The failure of `action`, for a reason of our own.
    pub(crate) fn new(action: &'static str, reason: Reason, said: impl Into<String>) -> Self {
        Self {
            action,
            reason,
            said: said.into(),
        }
    }

    /// What an SDK client's error means.
    pub(crate) fn of<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        if let Some(failure) = within(error) {
            return failure;
        }
        let said = told(error);
        match error {
            SdkError::ServiceError(refused) => {
                let status = refused.raw().status().as_u16();
                let code = refused.err().code().unwrap_or_default();
                let message = refused.err().message().unwrap_or_default();
                let said = match (code, message) {
                    ("", "") => format!("HTTP status {status}"),
                    (code, "") => code.to_owned(),
                    ("", message) => message.to_owned(),
                    (code, message) => format!("{code}: {message}"),
                };
                Self::new(action, reason(action, code, message, status), said)
            }
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
                Self::new(action, Reason::Unreachable, said)
            }
            _ => Self::new(action, Reason::Unexpected, said),
        }
    }

    /// What S3 said: a code, a colon, a message.
    pub(crate) fn told_by_s3(action: &'static str, said: &str) -> Self {
        let (code, message) = said.split_once(": ").unwrap_or((said, ""));
        Self::new(action, reason(action, code, message, 0), said)
    }

    /// What an object store's error means. Its innermost text is what S3 said: a code, a colon, a message.
    pub(crate) fn of_object(action: &'static str, error: &object_store::Error) -> Self {
        if let Some(failure) = within(error) {
            return failure;
        }
        let mut inner: &dyn Error = error;
        while let Some(next) = inner.source() {
            inner = next;
        }
        let told = Self::told_by_s3(action, &inner.to_string());
        let said = told.said;
        let reason = match (told.reason, error) {
            (Reason::Unexpected, object_store::Error::PermissionDenied { .. }) => {
                reason(action, "AccessDenied", &said, 403)
            }
            (Reason::Unexpected, object_store::Error::NotFound { .. }) => Reason::ObjectMissing,
            (Reason::Unexpected, _) if said.contains("incorrectly configured region") => {
                Reason::BucketRegion
            }
            (reason, _) => reason,
        };
        Self::new(action, reason, said)
    }

    /// What an error about credentials means.
    pub(crate) fn of_credentials(error: &CredentialsError) -> Self {
        within(error).unwrap_or_else(|| unusable(error))
    }
}

/// The failure that an error was caused by: getting credentials for a request, say.
fn within(error: &(dyn Error + 'static)) -> Option<Failure> {
    let mut credentials = None;
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(failure) = error.downcast_ref::<Failure>() {
            return Some(failure.clone());
        }
        credentials = credentials.or_else(|| error.downcast_ref::<CredentialsError>());
        cause = error.source();
    }
    credentials.map(unusable)
}

fn unusable(error: &CredentialsError) -> Failure {
    let action = "credentials";
    match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            Failure::new(action, Reason::NoCredentials, String::new())
        }
        // The last place of the default chain: outside of EC2 nobody answers there.
        error if told(error).contains("IMDS") => {
            Failure::new(action, Reason::NoCredentials, String::new())
        }
        error => Failure::new(action, Reason::CredentialsUnusable, told(error)),
    }
}

/// The error with its causes: the outermost text alone ("dispatch failure") says too little.
pub(crate) fn told(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let told = next.to_string();
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        cause = next.source();
    }
    text
}

/// The reason behind an error code. Codes are those of AWS's API references (STS, S3, Cost Explorer, Organizations); S3's
/// own are told apart by their messages where one code stands for several causes.
pub(crate) fn reason(action: &str, code: &str, message: &str, status: u16) -> Reason {
    let says = |text: &str| message.contains(text);
    match code {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => {
            Reason::KeyUnknown
        }
        // A clock that is wrong shows as a signature that is too old or too new.
        "SignatureDoesNotMatch" | "InvalidSignatureException"
            if says("expired") || says("not yet current") =>
        {
            Reason::ClockSkew
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature" => {
            Reason::SignatureMismatch
        }
        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => Reason::ClockSkew,
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => {
            Reason::CredentialsExpired
        }
        "InvalidToken" => Reason::TokenInvalid,
        "RegionDisabledException" => Reason::RegionDisabled,
        "ValidationError" | "ValidationException" if action == "sts:AssumeRole" => {
            Reason::RequestInvalid
        }
        "MalformedPolicyDocument"
        | "MalformedPolicyDocumentException"
        | "PackedPolicyTooLarge"
        | "PackedPolicyTooLargeException" => Reason::SessionPolicyRefused,
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "LimitExceededException"
        | "RequestLimitExceeded"
        | "RequestThrottled" => Reason::Throttled,
        "NoSuchBucket" => Reason::NoSuchBucket,
        "NoSuchKey" => Reason::ObjectMissing,
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "TemporaryRedirect" => {
            Reason::BucketRegion
        }
        "InvalidObjectState" => Reason::Archived,
        "PreconditionFailed" => Reason::ObjectChanged,
        "InvalidRange" => Reason::RangeInvalid,
        "DataUnavailableException" => Reason::CostExplorerOff,
        "AWSOrganizationsNotInUseException" => Reason::NoOrganization,
        "InternalError"
        | "InternalFailure"
        | "InternalErrorException"
        | "InternalServerException"
        | "ServiceException"
        | "ServiceUnavailable" => Reason::ServiceFailed,
        code if code.starts_with("KMS.") => Reason::KmsDisabled,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "Forbidden" => {
            denied(action, message)
        }
        _ if status == 403 => denied(action, message),
        _ if status == 429 => Reason::Throttled,
        _ if status >= 500 => Reason::ServiceFailed,
        _ => Reason::Unexpected,
    }
}

fn denied(action: &str, message: &str) -> Reason {
    let says = |text: &str| message.contains(text);
    if says("explicit deny") {
        return Reason::ExplicitDeny;
    }
    match action.split(':').next().unwrap_or_default() {
        "sts" if says("no identity-based policy allows") => Reason::CallerNotAllowed,
        "sts" => Reason::RoleRefused,
        "s3" if says("kms") || says("KMS") => Reason::KmsDenied,
        "s3" if action == "s3:ListBucket" => Reason::BucketDenied,
        "s3" => Reason::ObjectDenied,
        "cur" | "bcm-data-exports" => Reason::DefinitionsDenied,
        "ce" if says("not enabled for cost explorer") => Reason::CostExplorerOff,
        "ce" => Reason::CostExplorerDenied,
        "organizations" => Reason::OrganizationsDenied,
        _ => Reason::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_credentials_are_told_as_such_wherever_they_are_missed() {
        let refused = Failure::new("sts:AssumeRole", Reason::RoleRefused, "no");
        for (error, reason) in [
            (
                CredentialsError::not_loaded_no_source(),
                Reason::NoCredentials,
            ),
            (
                CredentialsError::not_loaded("nothing found"),
                Reason::NoCredentials,
            ),
            (
                CredentialsError::provider_error("the login expired"),
                Reason::CredentialsUnusable,
            ),
            (
                CredentialsError::provider_error(refused),
                Reason::RoleRefused,
            ),
        ] {
            assert_eq!(Failure::of_credentials(&error).reason, reason);
            let sent = SdkError::<aws_sdk_sts::operation::assume_role::AssumeRoleError, _>::construction_failure(error);
            assert_eq!(Failure::of("sts:AssumeRole", &sent).reason, reason);
        }
    }

    #[test]
    fn every_error_has_a_reason_of_its_own() {
        let assume = "sts:AssumeRole";
        for (action, code, message, status, expected) in [
            (
                assume,
                "AccessDenied",
                "User: arn is not authorized",
                403,
                Reason::RoleRefused,
            ),
            (
                assume,
                "AccessDenied",
                "… because no identity-based policy allows the sts:AssumeRole action",
                403,
                Reason::CallerNotAllowed,
            ),
            (
                assume,
                "AccessDenied",
                "… with an explicit deny in a service control policy",
                403,
                Reason::ExplicitDeny,
            ),
            (assume, "InvalidClientTokenId", "", 403, Reason::KeyUnknown),
            (
                assume,
                "SignatureDoesNotMatch",
                "The request signature we calculated",
                403,
                Reason::SignatureMismatch,
            ),
            (
                assume,
                "SignatureDoesNotMatch",
                "Signature expired: 20261121T000000Z is now earlier",
                403,
                Reason::ClockSkew,
            ),
            (assume, "ExpiredToken", "", 403, Reason::CredentialsExpired),
            (
                assume,
                "ExpiredTokenException",
                "",
                400,
                Reason::CredentialsExpired,
            ),
            (assume, "RequestExpired", "", 400, Reason::ClockSkew),
            (
                assume,
                "RegionDisabledException",
                "",
                403,
                Reason::RegionDisabled,
            ),
            (
                assume,
                "MalformedPolicyDocument",
                "",
                400,
                Reason::SessionPolicyRefused,
            ),
            (
                assume,
                "PackedPolicyTooLarge",
                "",
                400,
                Reason::SessionPolicyRefused,
            ),
            (assume, "ValidationError", "", 400, Reason::RequestInvalid),
            (assume, "Throttling", "", 400, Reason::Throttled),
            (assume, "ServiceUnavailable", "", 503, Reason::ServiceFailed),
            (assume, "InternalFailure", "", 500, Reason::ServiceFailed),
            (assume, "", "", 403, Reason::RoleRefused),
            (
                "s3:ListBucket",
                "AccessDenied",
                "Access Denied",
                403,
                Reason::BucketDenied,
            ),
            (
                "s3:GetObject",
                "AccessDenied",
                "Access Denied",
                403,
                Reason::ObjectDenied,
            ),
            (
                "s3:GetObject",
                "AccessDenied",
                "User is not authorized to perform: kms:Decrypt",
                403,
                Reason::KmsDenied,
            ),
            (
                "s3:GetObject",
                "KMS.DisabledException",
                "",
                400,
                Reason::KmsDisabled,
            ),
            (
                "s3:ListBucket",
                "NoSuchBucket",
                "",
                404,
                Reason::NoSuchBucket,
            ),
            ("s3:GetObject", "NoSuchKey", "", 404, Reason::ObjectMissing),
            (
                "s3:ListBucket",
                "PermanentRedirect",
                "",
                301,
                Reason::BucketRegion,
            ),
            (
                "s3:ListBucket",
                "AuthorizationHeaderMalformed",
                "",
                400,
                Reason::BucketRegion,
            ),
            ("s3:GetObject", "SlowDown", "", 503, Reason::Throttled),
            (
                "s3:GetObject",
                "InternalError",
                "",
                0,
                Reason::ServiceFailed,
            ),
            (
                "s3:GetObject",
                "PreconditionFailed",
                "",
                412,
                Reason::ObjectChanged,
            ),
            (
                "s3:GetObject",
                "InvalidObjectState",
                "",
                403,
                Reason::Archived,
            ),
            (
                "s3:GetObject",
                "InvalidRange",
                "",
                416,
                Reason::RangeInvalid,
            ),
            (
                "s3:GetObject",
                "InvalidToken",
                "",
                400,
                Reason::TokenInvalid,
            ),
            (
                "ce:GetCostAndUsage",
                "AccessDeniedException",
                "User: … is not authorized",
                400,
                Reason::CostExplorerDenied,
            ),
            (
                "ce:GetCostAndUsage",
                "AccessDeniedException",
                "User not enabled for cost explorer access",
                400,
                Reason::CostExplorerOff,
            ),
            (
                "ce:GetCostAndUsage",
                "DataUnavailableException",
                "",
                400,
                Reason::CostExplorerOff,
            ),
            (
                "organizations:ListAccounts",
                "AccessDeniedException",
                "",
                400,
                Reason::OrganizationsDenied,
            ),
            (
                "organizations:DescribeOrganization",
                "AWSOrganizationsNotInUseException",
                "",
                400,
                Reason::NoOrganization,
            ),
            (
                "cur:DescribeReportDefinitions",
                "AccessDeniedException",
                "",
                400,
                Reason::DefinitionsDenied,
            ),
            (
                "cur:DescribeReportDefinitions",
                "Teapot",
                "",
                418,
                Reason::Unexpected,
            ),
        ] {
            assert_eq!(
                reason(action, code, message, status),
                expected,
                "{action} {code} {message}"
            );
        }
    }
}
