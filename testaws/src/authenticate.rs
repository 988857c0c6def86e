//! Signatures and sessions of all services but S3, whose are `s3s`'s to check.

use http::request::Parts;

use crate::{
    Service,
    answer::{Answered, Refusal},
    caller::{Caller, Stranger},
    signature::Signed,
    state::State,
};

/// Who signed a request to `service`.
pub(crate) fn caller(
    state: &State,
    service: Service,
    parts: &Parts,
    body: &[u8],
    signed: Option<&Signed>,
) -> Answered<Caller> {
    // The same refusals have other names in STS than in services that take JSON.
    let refuse = |sts: &str, json: &str, message: &str| match service {
        Service::Sts => Refusal::new(403, sts, message),
        _ => Refusal::new(400, json, message),
    };
    let mismatched = |message: &str| {
        refuse(
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            message,
        )
    };
    let signed = signed.ok_or_else(|| {
        let code = (
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
        );
        refuse(code.0, code.1, "Request is missing Authentication Token")
    })?;
    let strange = |why| match why {
        Stranger::Key | Stranger::Token => {
            let message = "The security token included in the request is invalid.";
            refuse(
                "InvalidClientTokenId",
                "UnrecognizedClientException",
                message,
            )
        }
        Stranger::Expired => {
            let message = "The security token included in the request is expired";
            refuse("ExpiredToken", "ExpiredTokenException", message)
        }
    };
    let secret = state
        .secret(&signed.key)
        .ok_or_else(|| strange(Stranger::Key))?;
    if let Some(message) = signed.skew(state.now()) {
        return Err(mismatched(&message));
    }
    if signed.service != service.prefix() {
        let message = format!(
            "Credential should be scoped to correct service: '{}'.",
            service.prefix()
        );
        return Err(mismatched(&message));
    }
    if service != Service::Sts && signed.region != "us-east-1" {
        let region = &signed.region;
        let message = format!("Credential should be scoped to a valid region, not '{region}'.");
        return Err(mismatched(&message));
    }
    if !signed.fits(secret, parts, body) {
        let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                       Access Key and signing method. Consult the service documentation for details.";
        return Err(mismatched(message));
    }
    let token = parts.headers.get("x-amz-security-token");
    let token = token.and_then(|token| token.to_str().ok());
    state.caller(&signed.key, token).map_err(strange)
}
