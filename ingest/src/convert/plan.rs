//! What is done with each field of a CSV file: looked at on its own, or together with its neighbours as one stretch.

use std::collections::BTreeSet;

use curtail_store::ColumnType;

use super::registry::{Binding, Registry};

/// Columns of text that hardly ever repeat together with anything.
const OWN: [&str; 3] = [
    "identity_line_item_id",
    "line_item_resource_id",
    "resourceid",
];

/// Columns before which a stretch ends: what stands on either side varies independently.
const CUTS: [&str; 3] = [
    "line_item_usage_account_id",
    "line_item_usage_start_date",
    "line_item_product_code",
];

/// Families of columns that vary independently of each other.
const FAMILIES: [&[&str]; 8] = [
    &["identity_", "bill_"],
    &["line_item_"],
    &["product_", "pricing_"],
    &["reservation_"],
    &["savings_plan_"],
    &["discount_"],
    &["split_line_item_"],
    &["cost_category_", "resource_tags_"],
];

/// Amounts that are the same in many rows, most often none.
const REPEATED: [&str; 4] = [
    "reservation_",
    "savings_plan_",
    "split_line_item_",
    "pricing_public_on_demand_rate",
];

/// Neighbouring fields of a record.
#[derive(Debug)]
pub(super) struct Item {
    /// The first.
    pub(super) first: usize,
    /// How many.
    pub(super) fields: usize,
    pub(super) work: Work,
}

/// What becomes of them.
#[derive(Debug)]
pub(super) enum Work {
    /// Nothing.
    Skip,
    /// One field, which fills these of the binding's columns.
    Columns(Vec<usize>),
    /// Several fields.
    Stretch {
        /// The column of the registry that each field fills on its own, or `usize::MAX`.
        filled: Vec<usize>,
        /// All of the binding's columns that they fill.
        columns: Vec<usize>,
    },
    /// A map that is shredded, the binding's of this number.
    Map(usize),
}

/// All fields of a record, in order.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) items: Vec<Item>,
    /// Columns that take the first value that one of several items has.
    pub(super) merged: Vec<(usize, Vec<usize>)>,
}

/// Rows after which stretches are judged by how many of them were new.
const WINDOW: usize = 64 * 1024;

/// Finds the stretches that are new too often to be worth it.
#[derive(Debug)]
pub(super) struct Judge {
    /// For each item, how often its stretch was new in the current window.
    new: Vec<usize>,
    /// Rows of the current window.
    seen: usize,
    /// Is the run so young that everything is new?
    young: bool,
}

impl Judge {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            new: vec![0; plan.items.len()],
            seen: 0,
            young: true,
        }
    }

    /// The stretch of an item was new.
    pub(super) fn is_new(&mut self, item: usize) {
        self.new[item] += 1;
    }

    /// Another run begins.
    pub(super) fn another_run(&mut self) {
        (self.young, self.seen) = (true, 0);
        self.new.fill(0);
    }

    /// Columns before which stretches should end, after so many more rows: poor ones are cut in two.
    pub(super) fn cuts(&mut self, rows: usize, plan: &Plan) -> Vec<usize> {
        self.seen += rows;
        if self.seen < WINDOW {
            return Vec::new();
        }
        let poor = self.seen / 2;
        self.seen = 0;
        let young = std::mem::replace(&mut self.young, false);
        let mut cuts = Vec::new();
        for (item, new) in plan.items.iter().zip(&mut self.new) {
            let new = std::mem::take(new);
            if let Work::Stretch { filled, .. } = &item.work
                && !young
                && new > poor
            {
                let later = filled[filled.len() / 2..].iter();
                cuts.extend(later.copied().find(|&column| column != usize::MAX));
            }
        }
        cuts
    }
}

/// What a field is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nature {
    Unused,
    Map(usize),
    Own,
    Shared,
}

impl Plan {
    /// A plan for records of `width` fields. Stretches end before each of `cuts`, which are columns of the registry.
    pub(super) fn new(
        binding: &Binding,
        width: usize,
        registry: &Registry,
        cuts: &BTreeSet<usize>,
    ) -> Self {
        let names: Vec<String> = registry
            .all()
            .into_iter()
            .map(|column| column.name)
            .collect();
        // The columns that each field fills.
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); width];
        let mut natures = vec![Nature::Unused; width];
        for (at, bound) in binding.columns.iter().enumerate() {
            let name = names[bound.column].as_str();
            let shared = match bound.column_type {
                ColumnType::Text => !OWN.contains(&name),
                ColumnType::Timestamp => true,
                ColumnType::Amount => REPEATED.iter().any(|family| name.starts_with(family)),
                ColumnType::TextMap | ColumnType::AmountMap => false,
            };
            for &field in &bound.sources {
                natures[field] = match (shared, natures[field]) {
                    (true, Nature::Unused | Nature::Shared) => Nature::Shared,
                    _ => Nature::Own,
                };
                users[field].push(at);
            }
        }
        for (at, (field, _)) in binding.shredded.iter().enumerate() {
            natures[*field] = Nature::Map(at);
        }
        let column = |field: usize| {
            let own = users[field]
                .iter()
                .find(|&&at| binding.columns[at].sources[0] == field);
            own.or(users[field].first())
                .map(|&at| binding.columns[at].column)
        };
        let apart = |before: usize, after: usize| match (column(before), column(after)) {
            (Some(before), Some(after)) => {
                cuts.contains(&after)
                    || CUTS.contains(&names[after].as_str())
                    || family(&names[before]) != family(&names[after])
            }
            _ => true,
        };
        loop {
            let ranges = ranges(&natures, apart);
            // A column's sources stay together or are fields of their own.
            let torn: Vec<usize> = binding
                .columns
                .iter()
                .filter(|bound| bound.sources.len() > 1)
                .filter(|bound| {
                    let range =
                        |field: &usize| ranges.iter().position(|range| range.contains(field));
                    let first = range(&bound.sources[0]);
                    bound.sources.iter().any(|field| range(field) != first)
                })
                .flat_map(|bound| bound.sources.iter().copied())
                .filter(|&field| natures[field] == Nature::Shared)
                .collect();
            if torn.is_empty() {
                return Self::of_ranges(binding, &natures, &users, ranges);
            }
            for field in torn {
                natures[field] = Nature::Own;
            }
        }
    }

    fn of_ranges(
        binding: &Binding,
        natures: &[Nature],
        users: &[Vec<usize>],
        ranges: Vec<std::ops::Range<usize>>,
    ) -> Self {
        let mut items = Vec::with_capacity(ranges.len());
        for range in ranges {
            let first = range.start;
            let mut columns: Vec<usize> = users[range.clone()].concat();
            columns.sort_unstable();
            columns.dedup();
            let work = match natures[first] {
                Nature::Unused => Work::Skip,
                Nature::Map(at) => Work::Map(at),
                Nature::Shared if range.len() > 1 => {
                    let filled = range.clone().map(|field| {
                        let mut own = users[field].iter();
                        own.find(|&&at| binding.columns[at].sources[0] == field)
                            .map_or(usize::MAX, |&at| binding.columns[at].column)
                    });
                    Work::Stretch {
                        filled: filled.collect(),
                        columns,
                    }
                }
                Nature::Own | Nature::Shared => {
                    columns.retain(|&at| binding.columns[at].sources.len() == 1);
                    Work::Columns(columns)
                }
            };
            items.push(Item {
                first,
                fields: range.len(),
                work,
            });
        }
        let item = |field: &usize| {
            items
                .iter()
                .position(|item| (item.first..item.first + item.fields).contains(field))
                .expect("every field is in an item")
        };
        let merged = binding.columns.iter().enumerate();
        let merged = merged
            .filter(|(_, bound)| bound.sources.len() > 1)
            .map(|(at, bound)| (at, bound.sources.iter().map(item).collect::<Vec<_>>()))
            // Those within one stretch are its own concern.
            .filter(|(_, sources)| sources.iter().any(|&at| items[at].fields == 1))
            .collect();
        Self { items, merged }
    }
}

/// Runs of fields that are looked at together.
fn ranges(natures: &[Nature], apart: impl Fn(usize, usize) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for (field, &nature) in natures.iter().enumerate() {
        match ranges.last_mut() {
            Some(range)
                if nature == natures[range.start]
                    && (nature == Nature::Unused
                        || (nature == Nature::Shared && !apart(field - 1, field))) =>
            {
                range.end = field + 1;
            }
            _ => ranges.push(field..field + 1),
        }
    }
    ranges
}

fn family(name: &str) -> Option<usize> {
    FAMILIES
        .iter()
        .position(|family| family.iter().any(|prefix| name.starts_with(prefix)))
}
