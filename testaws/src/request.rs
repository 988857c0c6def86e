//! What was asked of the server.

use crate::Service;

/// A request that the server got, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The service.
    pub service: Service,
    /// The action under its name in policies, such as `s3:GetObject`, which also stands for `HEAD`; `s3:Unknown` is
    /// something that this server does not offer.
    pub action: String,
    /// The region it was signed for; None if it was not signed.
    pub region: Option<String>,
    /// The access key it was signed with.
    pub access_key_id: Option<String>,
    /// The account of the caller; None until the signature was found good.
    pub account: Option<String>,
    /// The ARN of the caller.
    pub principal: Option<String>,
    /// The name of the session, if the caller is one of a role.
    pub session_name: Option<String>,
    /// What it is about: the ARN of a bucket, object, role or export, `*` for actions that have none.
    pub resource: String,
    /// The external id given to `AssumeRole`.
    pub external_id: Option<String>,
    /// The session policy given to `AssumeRole`, as JSON.
    pub session_policy: Option<String>,
    /// Whether policies let it. Not all that is allowed succeeds.
    pub allowed: bool,
    /// The status of the answer; None while there is none.
    pub status: Option<u16>,
    /// The code of the error that was answered.
    pub code: Option<String>,
}
