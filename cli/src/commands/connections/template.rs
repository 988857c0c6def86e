//! Policies and templates.

use std::{ffi::OsStr, io::Write as _, path::Path};

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
    // Commands in it name the file that it is written to.
    let named = args.output.as_deref().and_then(Path::file_name);
    let named = named.and_then(OsStr::to_str);
    let named = |text: &str| text.replace(&made.file, named.unwrap_or(&made.file));
    if let (Some(place), true) = (connection.reports.first(), options.with_report.is_some()) {
        note(
            settings,
            &format!(
                "this makes the bucket `{}` and a new report in it: leave out --with-report if it exists already",
                place.bucket
            ),
        );
    }
    for text in &made.notes {
        note(settings, &named(text));
    }
    match &args.output {
        None => say(named(&made.text)),
        Some(path) => {
            let mut sink = Sink::file(path)?;
            sink.write_all(named(&made.text).as_bytes())
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
