//! A CloudFormation template: the role, and the report with its bucket.

mod report;

use super::{
    TEMPLATE_VERSION,
    head::Head,
    policy::Policy,
    stack::Stack,
    text::{Parameter, Text, quoted},
    trust::TrustedRole,
    yaml,
};
use crate::region::home;

/// The whole template.
pub(super) fn template(stack: &Stack<'_>) -> String {
    let delivery = stack.granted.delivery.as_ref();
    let region = home(stack.connection.partition());
    let account = stack.connection.account_id.as_str();
    let (outputs, made) = delivery.map_or_else(Default::default, |delivery| {
        (report::output(delivery), report::resources(delivery))
    });
    [
        head(stack, region).comments(),
        opening("The role of a connection of curtail"),
        parameters(&stack.open()),
        rules(account, delivery.map(|_| region)),
        "\nResources:\n".to_owned(),
        role(&stack.role, Some(&stack.granted.policy)),
        made,
        OUTPUTS.to_owned(),
        outputs,
    ]
    .concat()
}

const OUTPUTS: &str = r"
Outputs:
  RoleArn:
    Description: The role, for the connection's configuration.
    Value: !GetAtt Role.Arn
";

fn head(stack: &Stack<'_>, region: &str) -> Head {
    let name = stack.connection.name.as_str();
    let makes = stack.makes();
    let open = stack.open();
    let given: Vec<_> = open
        .iter()
        .map(|open| format!("{}=...", open.in_yaml()))
        .collect();
    let more = if given.is_empty() { "" } else { " \\" };
    let mut apply = vec![
        "Apply it, in the connection's account:".to_owned(),
        format!("  aws cloudformation deploy --region {region} --stack-name curtail-{name} \\"),
        format!(
            "    --template-file {} --capabilities CAPABILITY_NAMED_IAM{more}",
            stack.file
        ),
    ];
    if !given.is_empty() {
        apply.push(format!("    --parameter-overrides {}", given.join(" ")));
    }
    let mut undo = vec![
        "Be rid of it:".to_owned(),
        format!("  aws cloudformation delete-stack --region {region} --stack-name curtail-{name}"),
    ];
    if stack.granted.delivery.is_some() {
        undo.push("The bucket stays, with its policy and the reports in it.".to_owned());
    }
    Head::new("CloudFormation", stack.connection)
        .say(makes.iter().map(String::as_str))
        .say(apply.iter().map(String::as_str))
        .say(undo.iter().map(String::as_str))
}

/// What every template begins with.
pub(super) fn opening(description: &str) -> String {
    format!(
        r#"AWSTemplateFormatVersion: "2010-09-09"
Description: {description} (template {TEMPLATE_VERSION})

Metadata:
  Curtail:
    TemplateVersion: {TEMPLATE_VERSION}
"#
    )
}

/// What whoever applies the template fills in.
pub(super) fn parameters(open: &[Parameter]) -> String {
    let parameters = open.iter().map(|parameter| {
        format!(
            "  {}:\n    Type: String\n    Description: {}\n    AllowedPattern: {}\n    ConstraintDescription: {}\n",
            parameter.in_yaml(),
            quoted(parameter.description()),
            quoted(parameter.pattern()),
            quoted(parameter.wrong()),
        )
    });
    let parameters: String = parameters.collect();
    if parameters.is_empty() {
        parameters
    } else {
        format!("\nParameters:\n{parameters}")
    }
}

/// Where the template may be applied.
fn rules(account: &str, region: Option<&str>) -> String {
    let account = format!(
        r#"
Rules:
  Account:
    Assertions:
      - Assert: !Equals [!Ref AWS::AccountId, "{account}"]
        AssertDescription: This template was written for account {account}.
"#
    );
    let region = region.map(|region| {
        format!(
            r"  Region:
    Assertions:
      - Assert: !Equals [!Ref AWS::Region, {region}]
        AssertDescription: >-
          AWS makes cost reports in {region} only: create the stack in that region.
          The reports cover all regions.
"
        )
    });
    account + &region.unwrap_or_default()
}

/// What the role is for, in a line.
pub(super) fn described(reads: bool) -> &'static str {
    if reads {
        "Assumed by curtail, reads costs and reports"
    } else {
        "Assumed by curtail, may do nothing else"
    }
}

/// The role, with what it may do if anything.
pub(super) fn role(role: &TrustedRole, granted: Option<&Policy>) -> String {
    let granted = granted.filter(|policy| !policy.statements.is_empty());
    let policies = granted.map(|policy| {
        format!(
            "      Policies:\n        - PolicyName: curtail-read\n          PolicyDocument:\n{}",
            yaml::block(&policy.into(), 12)
        )
    });
    format!(
        r"  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: {}
      Path: {}
      Description: {}
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
{}{}",
        Text::from(role.name.as_str()).yaml(),
        Text::from(role.path.as_str()).yaml(),
        described(granted.is_some()),
        yaml::block(&(&role.trust).into(), 8),
        policies.unwrap_or_default()
    )
}
