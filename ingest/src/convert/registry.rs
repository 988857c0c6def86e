//! The columns of a billing period: which there are, what they are called and where they come from.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use curtail_store::{Column, ColumnType, ReportKind, Table, TableSchema};
use rustc_hash::{FxHashMap, FxHashSet};

use super::name::{self, Documented};

/// Columns of the largest table. Reports have some hundreds, those with thousands of tags some thousands.
pub(super) const MAX_COLUMNS: usize = 10_000;

/// Bytes that the names of new columns take at most, in all spellings: a tag's key has at most 128 characters.
pub(super) const MAX_NAMES: usize = 4 << 20;

/// Columns of CUR 2.0 that hold maps, each entry of which becomes a column.
const MAPS: [&str; 5] = [
    "resource_tags",
    "cost_category",
    "product",
    "discount",
    "tags",
];

/// Columns that files of some layouts repeat from their folders' names.
const PARTITIONS: [&str; 3] = ["year", "month", "billing_period"];

/// Names that a store gives columns of its own.
const RESERVED: [&str; 2] = ["report", "source"];

/// Families of columns that are open by design: new members are no surprise.
const FAMILIES: [&str; 5] = [
    "resource_tags_",
    "cost_category_",
    "product_",
    "discount_",
    "tags_",
];

/// Columns without which nothing can be said about cost, in the store's spelling and in that of CSV headers.
const REQUIRED_LINE_ITEMS: [(&str, &str); 4] = [
    ("line_item_line_item_type", "lineItem/LineItemType"),
    ("line_item_usage_account_id", "lineItem/UsageAccountId"),
    ("line_item_usage_start_date", "lineItem/UsageStartDate"),
    ("line_item_unblended_cost", "lineItem/UnblendedCost"),
];
const REQUIRED_FOCUS: [(&str, &str); 3] = [
    ("billedcost", "BilledCost"),
    ("billingcurrency", "BillingCurrency"),
    ("chargeperiodstart", "ChargePeriodStart"),
];

/// Columns that rows are sorted by or whose distinct texts are told.
const EXACT: [&str; 10] = [
    "line_item_product_code",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_currency_code",
    "bill_payer_account_id",
    "servicename",
    "subaccountid",
    "billingaccountid",
    "billingcurrency",
    "chargecategory",
];

/// A column of a file.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its name in the file.
    pub(super) name: String,
    /// Is it a Parquet map?
    pub(super) map: bool,
}

/// Where the columns of one file go.
#[derive(Debug, Default)]
pub(super) struct Binding {
    /// Columns that take the first value, in this order, that one of the file's columns has.
    pub(super) columns: Vec<Bound>,
    /// Columns of the file that are shredded, and the category that their keys belong to.
    pub(super) shredded: Vec<(usize, String)>,
    /// Columns of the file whose very name occurred before.
    pub(super) duplicates: u64,
}

/// A column of the period, and the file's columns that fill it.
#[derive(Debug)]
pub(super) struct Bound {
    /// The column, as numbered by the registry.
    pub(super) column: usize,
    /// Its type.
    pub(super) column_type: ColumnType,
    /// Columns of the file, at least one.
    pub(super) sources: Vec<usize>,
}

/// All columns that the table had or the period brings, numbered in the table's order, new ones behind.
#[derive(Debug)]
pub(super) struct Registry {
    kind: ReportKind,
    documented: Documented,
    columns: Mutex<Columns>,
}

#[derive(Debug, Default)]
struct Columns {
    all: Vec<Column>,
    /// Bytes of their names that were added, in every spelling.
    names: usize,
    by_name: FxHashMap<String, usize>,
    seen: FxHashSet<usize>,
    /// Columns that a file's own column filled.
    flat: FxHashSet<usize>,
    /// For each column made from keys of maps, the key that came first.
    first_keys: FxHashMap<usize, String>,
    /// Columns that keys have to themselves because theirs was taken, by category and key.
    own: FxHashMap<(String, String), usize>,
    collisions: BTreeMap<String, Vec<String>>,
}

/// What the period's columns turned out to be.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) schema: TableSchema,
    pub(super) seen: Vec<String>,
    pub(super) unknown: Vec<String>,
    pub(super) collisions: BTreeMap<String, Vec<String>>,
}

/// Why a file's columns have no place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unbound {
    /// This column is missing.
    Missing(&'static str),
    /// There are too many, or their names are too long.
    TooMany,
}

impl Registry {
    /// The columns that the table has now.
    pub(super) fn new(kind: ReportKind, table: &TableSchema) -> Self {
        let mut columns = Columns::default();
        for column in table.columns() {
            columns
                .by_name
                .insert(column.name.clone(), columns.all.len());
            columns.all.push(column.clone());
        }
        let documented = Documented::new(&TableSchema::documented(kind.table()));
        Self {
            kind,
            documented,
            columns: Mutex::new(columns),
        }
    }

    /// The number of a column that is known to exist.
    pub(super) fn is_seen(&self, column: usize) -> bool {
        self.lock().seen.contains(&column)
    }

    /// Says that columns of these names exist, as far as the table has them.
    pub(super) fn see(&self, names: &[String]) {
        let mut columns = self.lock();
        let known: Vec<usize> = names
            .iter()
            .filter_map(|name| columns.by_name.get(name).copied())
            .collect();
        columns.seen.extend(known);
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.lock().by_name.get(name).copied()
    }

    /// Types of the columns from a number on, and whether equal texts of theirs must share a number within a run.
    pub(super) fn types_from(&self, number: usize) -> Vec<(ColumnType, bool)> {
        let columns = self.lock();
        let exact = |column: &Column| EXACT.contains(&column.name.as_str());
        columns.all[number..]
            .iter()
            .map(|column| (column.column_type, exact(column)))
            .collect()
    }

    /// All columns, as they stand.
    pub(super) fn all(&self) -> Vec<Column> {
        self.lock().all.clone()
    }

    /// Type and name of a column.
    pub(super) fn column(&self, number: usize) -> Column {
        self.lock().all[number].clone()
    }

    /// Decides where the columns of a file go.
    pub(super) fn bind(&self, sources: &[Source]) -> Result<Binding, Unbound> {
        let mut binding = Binding::default();
        let mut by_name: FxHashMap<String, usize> = FxHashMap::default();
        let mut later: Vec<(usize, String)> = Vec::new();
        let mut columns = self.lock();
        if sources.len() > MAX_COLUMNS {
            return Err(Unbound::TooMany);
        }
        for (at, source) in sources.iter().enumerate() {
            binding.duplicates += u64::from(
                sources[..at]
                    .iter()
                    .any(|before| before.name == source.name),
            );
            let name = self.name(&source.name);
            if PARTITIONS.contains(&name.as_str()) {
                continue;
            }
            if self.is_shredded(source, &name) {
                binding.shredded.push((at, name));
                continue;
            }
            if let Some(&first) = by_name.get(&name) {
                let bound: &mut Bound = &mut binding.columns[first];
                bound.sources.push(at);
                later.push((at, name));
            } else if RESERVED.contains(&name.as_str()) {
                later.push((at, name));
            } else {
                let column_type = self.type_of(&name, source.map);
                let column =
                    columns.get_or_add(&name, column_type, self.original(&source.name, &name));
                columns.flat.insert(column);
                columns.seen.insert(column);
                by_name.insert(name, binding.columns.len());
                let column_type = columns.all[column].column_type;
                binding.columns.push(Bound {
                    column,
                    column_type,
                    sources: vec![at],
                });
            }
        }
        for (at, name) in later {
            let source = &sources[at];
            let own = numbered(&name, |own| !by_name.contains_key(own));
            let column_type = match by_name.get(&name) {
                Some(&first) => {
                    let bound = &binding.columns[first];
                    let original = sources[bound.sources[0]].name.clone();
                    columns.collide(&name, &original, &source.name);
                    let number = bound.column;
                    let source_name = self.original(&source.name, &name);
                    columns.add_source(number, source_name);
                    bound.column_type
                }
                None => self.type_of(&name, source.map),
            };
            let column = columns.get_or_add(&own, column_type, Some(source.name.clone()));
            columns.flat.insert(column);
            columns.seen.insert(column);
            by_name.insert(own, binding.columns.len());
            let column_type = columns.all[column].column_type;
            binding.columns.push(Bound {
                column,
                column_type,
                sources: vec![at],
            });
        }
        if columns.are_too_many() {
            return Err(Unbound::TooMany);
        }
        drop(columns);
        self.check(&by_name)?;
        Ok(binding)
    }

    /// Where the columns of a file of the store go: each to the one of its name. Maps are left out, and what is the same in
    /// all rows.
    pub(super) fn bind_stored(&self, sources: &[Source]) -> Binding {
        let columns = self.lock();
        let bound = sources.iter().enumerate().filter_map(|(at, source)| {
            let column = *columns.by_name.get(&source.name)?;
            let column_type = columns.all[column].column_type;
            let plain = !source.map && source.name != "source";
            plain.then(|| Bound {
                column,
                column_type,
                sources: vec![at],
            })
        });
        Binding {
            columns: bound.collect(),
            ..Binding::default()
        }
    }

    /// The column for `key` of maps of `category`, and the one it has to itself if another source fills the first. Nothing
    /// if the table has no room for it.
    pub(super) fn key(&self, category: &str, key: &str) -> Option<(usize, Option<usize>)> {
        // Some tools write the category into the key once more.
        let bare = match category {
            "resource_tags" => key.strip_prefix("resourceTags/").unwrap_or(key),
            _ => key,
        };
        let mapped = name::athena(bare);
        let name = if mapped.is_empty() {
            category.to_owned()
        } else {
            format!("{category}_{mapped}")
        };
        let name = self.documented.resolve(name);
        let source = format!("{category}/{key}");
        let mut columns = self.lock();
        let column_type = self.type_of(&name, false);
        let first = columns.get_or_add(&name, column_type, None);
        columns.seen.insert(first);
        let flat = columns.flat.contains(&first);
        let taken = match columns.first_keys.get(&first) {
            Some(before) if *before == source => flat,
            Some(_) => true,
            None => {
                columns.first_keys.insert(first, source.clone());
                flat
            }
        };
        let original = self.original(&source, &name);
        columns.add_source(first, original);
        if columns.are_too_many() {
            return None;
        }
        if !taken {
            return Some((first, None));
        }
        if let Some(&own) = columns.own.get(&(category.to_owned(), key.to_owned())) {
            return Some((first, Some(own)));
        }
        let before = if flat {
            name.clone()
        } else {
            columns.first_keys[&first].clone()
        };
        columns.collide(&name, &before, &source);
        let own = numbered(&name, |own| {
            columns
                .by_name
                .get(own)
                .is_none_or(|number| columns.is_of(*number, &source))
        });
        let column_type = columns.all[first].column_type;
        let own = columns.get_or_add(&own, column_type, Some(source));
        columns.seen.insert(own);
        columns
            .own
            .insert((category.to_owned(), key.to_owned()), own);
        Some((first, Some(own)))
    }

    /// What became of the columns.
    pub(super) fn outcome(&self) -> Outcome {
        let columns = self.lock();
        let mut seen: Vec<usize> = columns.seen.iter().copied().collect();
        seen.sort_unstable();
        let seen: Vec<String> = seen
            .into_iter()
            .map(|number| columns.all[number].name.clone())
            .collect();
        let open = self.kind.table() == Table::LineItems;
        let known = |name: &String| {
            self.documented.contains(name)
                || (open && FAMILIES.iter().any(|family| name.starts_with(family)))
        };
        let unknown = seen.iter().filter(|name| !known(name)).cloned().collect();
        Outcome {
            schema: TableSchema::new(columns.all.clone()),
            seen,
            unknown,
            collisions: columns.collisions.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Columns> {
        // Every change is complete before anything can panic.
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self, source: &str) -> String {
        let name = match self.kind {
            // What Delta tables do not allow in names, a query's `AS` may have brought in.
            ReportKind::Focus => source.trim().to_lowercase().replace(
                |c: char| " ,;{}()=".contains(c) || c.is_control() || c.is_uppercase(),
                "_",
            ),
            _ => self.documented.resolve(name::athena(source)),
        };
        if name.is_empty() {
            "unnamed".to_owned()
        } else {
            name
        }
    }

    fn is_shredded(&self, source: &Source, name: &str) -> bool {
        match self.kind {
            ReportKind::Focus => false,
            ReportKind::LegacyCur => source.map,
            ReportKind::Cur2 => source.map || MAPS.contains(&name),
        }
    }

    fn type_of(&self, name: &str, map: bool) -> ColumnType {
        let amounts = self.kind.table() == Table::LineItems && name.starts_with("discount_");
        match (map, amounts) {
            (true, _) => ColumnType::TextMap,
            // Discounts are the one open family of numbers: CUR 2.0 has them as a map of doubles.
            (false, true) => ColumnType::Amount,
            (false, false) => ColumnType::Text,
        }
    }

    /// The source name to keep for a column: none for documented columns.
    fn original(&self, source: &str, name: &str) -> Option<String> {
        (!self.documented.contains(name)).then(|| source.to_owned())
    }

    fn check(&self, found: &FxHashMap<String, usize>) -> Result<(), Unbound> {
        let missing = required_spellings(self.kind)
            .iter()
            .find(|(name, _)| !found.contains_key(*name));
        match missing {
            Some((name, header)) => Err(Unbound::Missing(if self.kind == ReportKind::Cur2 {
                name
            } else {
                header
            })),
            None => Ok(()),
        }
    }
}

/// The columns that every file must have, as the store names them.
pub(super) fn required(kind: ReportKind) -> Vec<&'static str> {
    required_spellings(kind)
        .iter()
        .map(|(name, _)| *name)
        .collect()
}

fn required_spellings(kind: ReportKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        ReportKind::Focus => &REQUIRED_FOCUS,
        ReportKind::LegacyCur | ReportKind::Cur2 => &REQUIRED_LINE_ITEMS,
    }
}

/// `name` with the first number behind it, from 2 on, that is free.
fn numbered(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    let mut count = 2;
    loop {
        let own = format!("{name}_{count}");
        if is_free(&own) {
            return own;
        }
        count += 1;
    }
}

impl Columns {
    /// Are there more than any report has?
    fn are_too_many(&self) -> bool {
        self.all.len() > MAX_COLUMNS || self.names > MAX_NAMES
    }

    fn get_or_add(&mut self, name: &str, column_type: ColumnType, source: Option<String>) -> usize {
        let number = self.by_name.get(name).copied().unwrap_or_else(|| {
            self.names += name.len();
            self.by_name.insert(name.to_owned(), self.all.len());
            self.all.push(Column {
                name: name.to_owned(),
                column_type,
                source_names: Vec::new(),
            });
            self.all.len() - 1
        });
        self.add_source(number, source);
        number
    }

    fn add_source(&mut self, number: usize, source: Option<String>) {
        let names = &mut self.all[number].source_names;
        if let Some(source) = source.filter(|source| !names.contains(source)) {
            self.names += source.len();
            names.push(source);
        }
    }

    fn collide(&mut self, name: &str, first: &str, later: &str) {
        let sources = self.collisions.entry(name.to_owned()).or_default();
        for source in [first, later] {
            if !sources.iter().any(|known| known == source) {
                sources.push(source.to_owned());
            }
        }
    }

    /// Did this column come from `source` before?
    fn is_of(&self, number: usize, source: &str) -> bool {
        self.all[number]
            .source_names
            .iter()
            .any(|known| known == source)
    }
}
