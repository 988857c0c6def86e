//! A root module of Terraform: the role, and the report with its bucket.

mod report;

use super::{
    cloudformation::described,
    hcl::{self, Body},
    head::Head,
    node::Node,
    policy::Policy,
    stack::Stack,
    text::{Parameter, Text},
};
use crate::region::home;

/// The whole module, in one file.
pub(super) fn module(stack: &Stack<'_>) -> String {
    let delivery = stack.granted.delivery.as_ref();
    let mut body = versions(Body::default(), stack);
    for open in stack.open() {
        body = variable(body, open);
    }
    body = role(body, stack);
    if let Some(delivery) = delivery {
        body = report::blocks(body, delivery, stack.connection);
    }
    body = body.block("output \"role_arn\"", {
        Body::default()
            .text(
                "description",
                "The role, for the connection's configuration.",
            )
            .expression("value", "aws_iam_role.curtail.arn")
    });
    head(stack).comments() + &body.render(0)
}

fn head(stack: &Stack<'_>) -> Head {
    let makes = stack.makes();
    let open = stack.open();
    let given: Vec<_> = open
        .iter()
        .map(|open| format!("-var {}=...", open.in_hcl()))
        .collect();
    let apply = [
        "Apply it, in a folder of its own and with credentials of the connection's account:"
            .to_owned(),
        "  terraform init".to_owned(),
        format!("  terraform apply {}", given.join(" "))
            .trim_end()
            .to_owned(),
    ];
    let mut undo = vec!["Be rid of it:"];
    if stack.granted.delivery.is_some() {
        undo.extend([
            "  terraform state list | grep '^aws_s3_bucket' | xargs terraform state rm",
            "  terraform destroy",
            "The first line has Terraform forget the bucket, which stays as it is, with the reports in it.",
        ]);
    } else {
        undo.push("  terraform destroy");
    }
    Head::new("Terraform", stack.connection)
        .say(makes.iter().map(String::as_str))
        .say(apply.iter().map(String::as_str))
        .say(undo)
}

/// Versions, and providers that refuse any other account.
fn versions(body: Body, stack: &Stack<'_>) -> Body {
    let account = stack.connection.account_id.as_str();
    let region = home(stack.connection.partition());
    let provider = |named: Body| {
        named.text("region", region).expression(
            "allowed_account_ids",
            format!("[{}]", Text::from(account).hcl()),
        )
    };
    // The first version that knows data exports.
    let aws = [("source", "hashicorp/aws"), ("version", ">= 5.46")];
    let aws = aws
        .map(|(name, value)| (name, Node::Text(value.into())))
        .to_vec();
    let body = body
        .block("terraform", {
            Body::default().text("required_version", ">= 1.3").block(
                "required_providers",
                Body::default().expression("aws", hcl::value(&Node::Map(aws), 4)),
            )
        })
        .block("provider \"aws\"", provider(Body::default()));
    if stack.granted.delivery.is_none() {
        return body;
    }
    let reports = Body::default().text("alias", "reports");
    body.comment("AWS makes cost reports in one region only; they cover all regions.")
        .block("provider \"aws\"", provider(reports))
}

/// What whoever applies the template fills in.
fn variable(body: Body, open: Parameter) -> Body {
    let name = open.in_hcl();
    let pattern = Text::from(open.pattern()).hcl();
    body.block(format!("variable \"{name}\""), {
        Body::default()
            .text("description", open.description())
            .expression("type", "string")
            .block("validation", {
                Body::default()
                    .expression("condition", format!("can(regex({pattern}, var.{name}))"))
                    .text("error_message", open.wrong())
            })
    })
}

fn role(body: Body, stack: &Stack<'_>) -> Body {
    let granted = &stack.granted.policy;
    let body = body.block("resource \"aws_iam_role\" \"curtail\"", {
        Body::default()
            .text("name", stack.role.name.as_str())
            .text("path", stack.role.path.as_str())
            .text("description", described(!granted.statements.is_empty()))
            .expression("max_session_duration", "3600")
            .expression("assume_role_policy", document(&stack.role.trust))
    });
    if granted.statements.is_empty() {
        return body;
    }
    body.block("resource \"aws_iam_role_policy\" \"curtail\"", {
        Body::default()
            .text("name", "curtail-read")
            .expression("role", "aws_iam_role.curtail.id")
            .expression("policy", document(granted))
    })
}

/// A policy as an attribute of a resource.
fn document(policy: &Policy) -> String {
    format!("jsonencode({})", hcl::value(&policy.into(), 2))
}
