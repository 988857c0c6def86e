//! `curtail vacuum`.

use super::{
    beside::{beside, month},
    note, place, print_rows,
};
use crate::{args::VacuumArgs, config::Settings, error::CliError, rows::Kind};

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("version", Kind::Count),
    ("files", Kind::Count),
    ("bytes", Kind::Count),
];

pub(super) async fn run(args: &VacuumArgs, settings: &Settings) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let vacuumed = store.vacuum(args.keep, args.dry_run).await?;
    let mut rows: Vec<_> = vacuumed
        .versions
        .iter()
        .map(|dropped| {
            vec![
                dropped.report.as_str().into(),
                dropped.billing_period.to_string().into(),
                dropped.version.into(),
                dropped.files.into(),
                dropped.bytes.into(),
            ]
        })
        .collect();
    rows.extend(vacuumed.parts.iter().map(|dropped| {
        vec![
            beside(&dropped.part).into(),
            month(&dropped.part),
            dropped.version.into(),
            dropped.files.into(),
            dropped.bytes.into(),
        ]
    }));
    print_rows(&args.output, settings, COLUMNS, &rows)?;
    if args.dry_run {
        note(settings, "this is what would be dropped; nothing was");
    }
    let stale: u64 = vacuumed.rollups.iter().map(|it| it.files).sum();
    if stale > 0 {
        let bytes: u64 = vacuumed.rollups.iter().map(|it| it.bytes).sum();
        let text = format!(
            "{stale} files of rollups that had been dropped or made anew ({bytes} bytes) {}",
            if args.dry_run {
                "would be deleted"
            } else {
                "were deleted"
            }
        );
        note(settings, &text);
    }
    if vacuumed.orphans > 0 {
        let orphans = vacuumed.orphans;
        note(
            settings,
            &format!("{orphans} files that interrupted runs had left were deleted"),
        );
    }
    Ok(())
}
