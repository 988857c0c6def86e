//! A template for a `StackSet`: one flat file, one role per member account.

use super::{
    cloudformation::{opening, parameters, role},
    head::Head,
    text::Parameter,
    trust::TrustedRole,
};
use crate::{Connection, region::home};

/// The whole template. It names no account of its own: each stack asks for the external id of the account it is in.
pub(super) fn template(connection: &Connection, file: &str, member: &TrustedRole) -> String {
    let open: &[Parameter] = if member.open {
        &[Parameter::TrustedPrincipal]
    } else {
        &[]
    };
    [
        head(connection, file, member).comments(),
        opening("Roles in member accounts for connections of curtail"),
        parameters(open),
        "\nResources:\n".to_owned(),
        role(member, None),
        OUTPUTS.to_owned(),
    ]
    .concat()
}

const OUTPUTS: &str = r"
Outputs:
  RoleArn:
    Description: The role, for the connection's configuration.
    Value: !GetAtt Role.Arn
";

fn head(connection: &Connection, file: &str, member: &TrustedRole) -> Head {
    let region = home(connection.partition());
    let set = format!("curtail-{}-members", connection.name);
    let role = &member.name;
    let named = member.path.trim_start_matches('/');
    let external_id = connection.external_id.as_ref().map_or("", |id| id.as_str());
    let makes = format!(
        "Makes the role {role} in each member account, which can be assumed and may do nothing else."
    );
    let (more, given) = if member.open {
        (
            " \\",
            Some("    --parameters ParameterKey=TrustedPrincipal,ParameterValue=ARN"),
        )
    } else {
        ("", None)
    };
    let create = [
        format!(
            "  aws cloudformation create-stack-set --region {region} --stack-set-name {set} \\"
        ),
        format!("    --template-body file://{file} --capabilities CAPABILITY_NAMED_IAM \\"),
        format!(
            "    --permission-model SERVICE_MANAGED --auto-deployment Enabled=true,RetainStacksOnAccountRemoval=false{more}"
        ),
    ];
    let instances = format!(
        "  aws cloudformation create-stack-instances --region {region} --stack-set-name {set} \\"
    );
    let targets =
        format!("    --deployment-targets OrganizationalUnitIds=ROOT-OR-UNIT --regions {region}");
    let delete = [
        format!(
            "  aws cloudformation delete-stack-instances --region {region} --stack-set-name {set} \\"
        ),
        format!(
            "    --deployment-targets OrganizationalUnitIds=ROOT-OR-UNIT --regions {region} --no-retain-stacks"
        ),
        format!("  aws cloudformation delete-stack-set --region {region} --stack-set-name {set}"),
    ];
    let configured = [
        "  kind = \"resource\"".to_owned(),
        "  account_id = \"ACCOUNT\"".to_owned(),
        format!("  role = \"{named}{role}\""),
        format!("  external_id = \"{external_id}-ACCOUNT\""),
    ];
    Head::new("StackSet", connection)
        .say([
            makes.as_str(),
            "Nothing happens until you apply it: look it through, and change what you like.",
        ])
        .say([
            "It needs trusted access for service-managed StackSets, once, in the management account:",
            "  aws cloudformation activate-organizations-access",
            "or Activate trusted access on the StackSets page of the CloudFormation console.",
        ])
        .say(
            ["Apply it, in the management account:"]
                .into_iter()
                .chain(create.iter().map(String::as_str))
                .chain(given)
                .chain([
                    instances.as_str(),
                    targets.as_str(),
                    "One region is enough, and all that works: roles belong to no region.",
                    "The management account itself gets no stack: no service-managed StackSet reaches it.",
                ]),
        )
        .say(["Be rid of it:"].into_iter().chain(delete.iter().map(String::as_str)))
        .say(
            ["The connection to a member account, with its number in place of ACCOUNT, then has:"]
                .into_iter()
                .chain(configured.iter().map(String::as_str)),
        )
}
