//! The paths of a store: the only place that spells them.
//!
//! ```text
//! line_items/_delta_log/00000000000000000000.json
//! line_items/report=Team%20costs/billing_period=2026-10/part-00000-<attempt>.parquet
//! rollups/line_items/daily/report=Team%20costs/billing_period=2026-10/part-00001-<attempt>.parquet
//! cost_explorer/payer_account_id=011122223333/billing_period=2026-10/part-00000-<attempt>.parquet
//! accounts/payer_account_id=011122223333/part-00000-<attempt>.parquet
//! views/team_costs.sql
//! _attempts/<attempt>.json
//! ```
//!
//! A path is made here and never taken apart: what report and period a file belongs to stands in the Delta log. Only the names of
//! views stand nowhere else.

use std::fmt::Write;

use object_store::path::Path;
use uuid::Uuid;

use crate::{BillingPeriod, ReportName, RollupName, SidePart, Table};

/// The partition column that holds the report's name.
pub(crate) const REPORT: &str = "report";

/// The partition column that holds the billing period, as `YYYY-MM`.
pub(crate) const BILLING_PERIOD: &str = "billing_period";

/// The most bytes that a report's name takes in a path: file systems allow 255 for a name, with `report=`.
const LONGEST_NAME: usize = 248;

/// The folder of a table's log, within the table.
pub(crate) const LOG: &str = "_delta_log";

/// The folder of the markers of replacements under way.
pub(crate) const ATTEMPTS: &str = "_attempts";

/// The folder of the views that users keep.
pub(crate) const VIEWS: &str = "views";

/// The path within the store of the view called `name`, which must be short.
pub(crate) fn view(name: &str) -> String {
    format!("{VIEWS}/{}.sql", escape(name))
}

/// The name of the view at `path`, if there can be one.
pub(crate) fn view_name(path: &str) -> Option<String> {
    let file = in_table(VIEWS, path)?.strip_suffix(".sql")?;
    let mut name = Vec::with_capacity(file.len());
    let mut bytes = file.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            name.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let code = digit()? * 16 + digit()?;
        name.push(u8::try_from(code).ok()?);
    }
    let name = String::from_utf8(name).ok()?;
    (view(&name) == path).then_some(name)
}

/// The marker of attempt `id`.
pub(crate) fn attempt(id: &Uuid) -> String {
    format!("{ATTEMPTS}/{id}.json")
}

/// The path within the store of the `number`th file that attempt `id` writes, which holds line items or a rollup of them.
pub(crate) fn new_file(folder: &str, id: &Uuid, number: u32) -> String {
    format!("{folder}/part-{number:05}-{id}.parquet")
}

/// Was the file of this name (which may be that of a temporary file beside it) written by attempt `id`?
pub(crate) fn is_of_attempt(path: &str, id: &Uuid) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("part-") && name.contains(&id.to_string())
}

/// The folder of a billing period's data files.
pub(crate) fn data_folder(table: Table, report: &ReportName, period: BillingPeriod) -> String {
    in_store(table.name(), &partition(report, period))
}

/// The folder of a table's rollups, which has a folder for each name that a rollup has or had.
pub(crate) fn rollups(table: Table) -> String {
    format!("rollups/{}", table.name())
}

/// The folder of the files of one of its rollups.
pub(crate) fn rollup_folder(
    table: Table,
    name: &RollupName,
    report: &ReportName,
    period: BillingPeriod,
) -> String {
    let (rollups, partition) = (rollups(table), partition(report, period));
    format!("{rollups}/{name}/{partition}")
}

/// The folder of the data files of a part of a side table.
pub(crate) fn side_folder(part: &SidePart) -> String {
    let partition = part.values().into_iter();
    let partition = partition.map(|(column, value)| format!("{column}={}", escape(&value)));
    in_store(part.table.name(), &partition.collect::<Vec<_>>().join("/"))
}

/// Every folder that files of a billing period lie in, with rollups of these names.
pub(crate) fn folders<'a>(
    table: Table,
    report: &ReportName,
    period: BillingPeriod,
    names: impl IntoIterator<Item = &'a RollupName>,
) -> Vec<String> {
    let rollup = |name| rollup_folder(table, name, report, period);
    let rollups = names.into_iter().map(rollup);
    std::iter::once(data_folder(table, report, period))
        .chain(rollups)
        .collect()
}

fn partition(report: &ReportName, period: BillingPeriod) -> String {
    let folder = escape(report.as_str());
    format!("{REPORT}={folder}/{BILLING_PERIOD}={period}")
}

/// The path within the store of what lies at `path` within the folder of the table called `table`.
pub(crate) fn in_store(table: &str, path: &str) -> String {
    format!("{table}/{path}")
}

/// The path within the folder of the table called `table` of what lies at `path` within the store, if it lies in that folder.
pub(crate) fn in_table<'a>(table: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(table)?.strip_prefix('/')
}

/// The path within the table's folder of the commit that made `version`.
pub(crate) fn commit(version: u64) -> String {
    format!("{LOG}/{version:020}.json")
}

/// Whether a commit or a checkpoint lies at `path`: what of a log is written once, by whomever.
pub(crate) fn is_commit_or_checkpoint(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else {
        return false;
    };
    let (version, kind) = name.split_once('.').unwrap_or((name, ""));
    let numbered = version.len() == 20 && version.bytes().all(|byte| byte.is_ascii_digit());
    let folder = folder.rsplit('/').next();
    folder == Some(LOG) && numbered && (kind == "json" || kind.starts_with("checkpoint."))
}

/// Whether a data file or a rollup lies at `path`: what never changes once it is there.
pub(crate) fn is_data_file(path: &str) -> bool {
    path.ends_with(".parquet") && path.split('/').all(|part| part != LOG)
}

/// `path` for an object store. Paths made here are taken as they are; one that came in by another Delta writer, and that
/// no object store would take, is escaped.
pub(crate) fn object(path: &str) -> Path {
    Path::parse(path).unwrap_or_else(|_| Path::from(path))
}

/// `name` as Hive escapes partition values, and more strictly: only unreserved ASCII stays as it is, so that no file
/// system, object store or shell minds.
///
/// What is too long for a file name is cut and ends in a hash: most readers take a report's name from the Delta log, but
/// those that take it from the folder (Polars does) see the cut one.
fn escape(name: &str) -> String {
    let whole = escape_within(name, usize::MAX);
    if whole.len() <= LONGEST_NAME {
        return whole;
    }
    format!(
        "{}~{:016x}",
        escape_within(name, LONGEST_NAME - 17),
        fnv1a(name.as_bytes())
    )
}

/// As many characters of `name` as take at most `most` bytes when they are escaped.
fn escape_within(name: &str, most: usize) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        let length = escaped.len();
        if c.is_ascii_alphanumeric() || "-_.~".contains(c) {
            escaped.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                write!(escaped, "%{byte:02X}").expect("writing to a string does not fail");
            }
        }
        if escaped.len() > most {
            escaped.truncate(length);
            break;
        }
    }
    escaped
}

/// 64-bit FNV-1a: a hash that never changes from one version of the standard library to the next.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> String {
        let path = partition(&name.parse().unwrap(), "2026-10".parse().unwrap());
        assert_eq!(
            object(&path).as_ref(),
            path,
            "object stores take it as it is"
        );
        let (folder, rest) = path.split_once('/').unwrap();
        assert_eq!(rest, "billing_period=2026-10");
        folder.to_owned()
    }

    #[test]
    fn names_are_escaped_as_in_hive() {
        assert_eq!(folder("daily"), "report=daily");
        assert_eq!(folder("a b=c%d"), "report=a%20b%3Dc%25d");
        assert_eq!(folder("Übersicht \"'"), "report=%C3%9Cbersicht%20%22%27");
        assert_eq!(folder(".."), "report=..");
    }

    #[test]
    fn long_names_fit_a_file_name_and_stay_apart() {
        assert_eq!(
            folder(&"x".repeat(248)),
            format!("report={}", "x".repeat(248))
        );
        for name in [
            "x".repeat(256),
            "ü".repeat(256),
            format!("{}{}", "x".repeat(181), "ü".repeat(70)),
        ] {
            let other = format!("{}!", name.chars().take(255).collect::<String>());
            assert!(folder(&name).len() <= 255);
            assert_ne!(folder(&name), folder(&other));
            assert!(
                !folder(&name).contains("%C3~"),
                "no character is cut in two"
            );
        }
    }

    #[test]
    fn files_are_known_by_their_attempt() {
        let (id, other) = (Uuid::new_v4(), Uuid::new_v4());
        let path = new_file("line_items/report=a", &id, 7);
        assert_eq!(path, format!("line_items/report=a/part-00007-{id}.parquet"));
        assert!(is_of_attempt(&path, &id) && is_of_attempt(&format!("{path}#1"), &id));
        assert!(!is_of_attempt(&path, &other));
        assert!(
            !is_of_attempt(&attempt(&id), &id),
            "a marker is no data file"
        );
    }

    #[test]
    fn the_file_of_a_view_tells_its_name() {
        for name in ["team_costs", "a b", "Übersicht %", "x/y", ".."] {
            let path = view(name);
            assert_eq!(view_name(&path).as_deref(), Some(name));
            assert_eq!(object(&path).as_ref(), path);
        }
        for path in [
            "views/a",
            "views/a.txt",
            "views/a%2.sql",
            "views/a/b.sql",
            "other/a.sql",
            "views/%61.sql",
        ] {
            assert_eq!(view_name(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_leads_in_and_out_of_its_table() {
        let path = in_store("focus", "report=a/x.parquet");
        assert_eq!(path, "focus/report=a/x.parquet");
        assert_eq!(in_table("focus", &path), Some("report=a/x.parquet"));
        assert_eq!(in_table("line_items", &path), None);
        assert_eq!(commit(17), "_delta_log/00000000000000000017.json");
    }
}
