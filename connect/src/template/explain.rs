//! What AWS says when a template is refused, and what to do about it.

/// Pieces of AWS's messages, in lower case, each with the remedy. The first that is found counts.
const REMEDIES: [(&str, &str); 8] = [
    (
        "you must enable organizations access to operate a service managed stack set",
        ORGANIZATIONS_ACCESS,
    ),
    ("you must enable trusted access", ORGANIZATIONS_ACCESS),
    ("trusted access is not enabled", ORGANIZATIONS_ACCESS),
    (
        "you must be the management account or delegated admin account of an organization before operating a service_managed stack set",
        MANAGEMENT_ACCOUNT,
    ),
    (
        "account used is not a delegated administrator",
        MANAGEMENT_ACCOUNT,
    ),
    (
        "requires capabilities : [capability_named_iam]",
        "the template makes a role with a name: pass --capabilities CAPABILITY_NAMED_IAM",
    ),
    (
        "unrecognized resource types: [aws::cur::reportdefinition]",
        HOME_REGION,
    ),
    (
        "unrecognized resource types: [aws::bcmdataexports::export]",
        HOME_REGION,
    ),
];

const HOME_REGION: &str = "reports can be made in one region only: pass --region us-east-1 (in China --region cn-northwest-1)";

const ORGANIZATIONS_ACCESS: &str = "service-managed StackSets need trusted access: in the management account, run `aws cloudformation activate-organizations-access`, or choose Activate trusted access on the StackSets page of the CloudFormation console; then try again";

const MANAGEMENT_ACCOUNT: &str = "create the StackSet with credentials of the management account, or of a delegated administrator with --call-as DELEGATED_ADMIN";

/// The remedy for a well-known refusal, such as the `ValidationError` of service-managed `StackSets` without trusted access. `text` may be the
/// message alone or all that a command printed.
pub fn explain_validation_error(text: &str) -> Option<&'static str> {
    // Terminals break lines anywhere between words.
    let words: Vec<_> = text.split_whitespace().collect();
    let said = words.join(" ").to_lowercase();
    let known = REMEDIES.iter().find(|(piece, _)| said.contains(piece));
    known.map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_trusted_access_is_recognised() {
        let told = explain_validation_error(
            "An error occurred (ValidationError) when calling the CreateStackSet operation: You must enable organizations\n access to operate a service managed stack set",
        );
        assert!(told.unwrap().contains("activate-organizations-access"));
    }

    #[test]
    fn others_are_told_apart() {
        for (text, remedy) in [
            (
                "(ValidationError): You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set",
                "DELEGATED_ADMIN",
            ),
            (
                "(InsufficientCapabilitiesException): Requires capabilities : [CAPABILITY_NAMED_IAM]",
                "CAPABILITY_NAMED_IAM",
            ),
            (
                "(ValidationError): Template format error: Unrecognized resource types: [AWS::CUR::ReportDefinition]",
                "us-east-1",
            ),
        ] {
            assert!(
                explain_validation_error(text).unwrap().contains(remedy),
                "{text}"
            );
        }
        assert_eq!(
            explain_validation_error("(ValidationError): Stack with id x does not exist"),
            None
        );
    }
}
