//! Policies and templates.

use std::io::Write as _;

use curtail_connect::{
    NewReport, TemplateKind, TemplateOptions, explain_validation_error, template,
};

use super::{Settings, find, load, note, say};
use crate::{
    args::{NewReportArg, TemplateArgs, TemplateFormat},
    error::CliError,
    render::Sink,
};

pub(super) fn run(args: &TemplateArgs, settings: &Settings) -> Result<(), CliError> {
    let connection = find(&load(settings)?, &args.name)?;
    let options = TemplateOptions {
        scope: args.scope,
        with_report: args.with_report.map(|report| match report {
            NewReportArg::Cur2 => NewReport::Cur2,
            NewReportArg::Legacy => NewReport::Legacy,
        }),
        trusted: args.trusted.clone(),
        kms_keys: args.kms_keys.clone(),
        ..TemplateOptions::new(match args.kind {
            TemplateFormat::Policy => TemplateKind::Policy,
            TemplateFormat::Trust => TemplateKind::Trust,
            TemplateFormat::Cloudformation => TemplateKind::CloudFormation,
            TemplateFormat::Terraform => TemplateKind::Terraform,
            TemplateFormat::Stackset => TemplateKind::StackSet,
        })
    };
    let made = template(&connection, &options)?;
    for text in &made.notes {
        note(settings, text);
    }
    match &args.output {
        None => say(&made.text),
        Some(path) => {
            let mut sink = Sink::file(path)?;
            sink.write_all(made.text.as_bytes())
                .map_err(CliError::Render)?;
            sink.finish()
        }
    }
}

/// What to do about an error that applying a template met.
pub(super) fn explain(text: &str) -> Result<(), CliError> {
    match explain_validation_error(text) {
        Some(remedy) => say(format_args!("{remedy}\n")),
        None => Err(CliError::Unexplained),
    }
}
