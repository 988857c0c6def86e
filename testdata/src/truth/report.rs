//! `truth.json`: the sums under the names that a store shows them by.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::ledger::{Key, Tally};
use super::sums::Sums;
use crate::calendar::{DAY, Month, day_text};
use crate::catalogue::REGIONS;
use crate::columns::TagColumn;
use crate::world::World;

/// The key of rows that have no value.
const NONE: &str = "(none)";

/// Values kept of a breakdown by resource or tag: those with the most unblended cost.
const KEPT: usize = 1000;

/// Exact totals of a report, as decimal text without trailing zeros; `None` (JSON `null`) is SQL's NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The report's name.
    pub report: String,
    /// The format's name.
    pub format: String,
    /// Whether this is the second version.
    pub restated: bool,
    /// Whether rows have net costs.
    pub net_columns: bool,
    /// All periods together.
    pub overall: PeriodTruth,
    /// Each billing period, oldest first.
    pub periods: Vec<PeriodTruth>,
}

/// Totals of a billing period, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodTruth {
    /// `2026-10`, or `all`.
    pub billing_period: String,
    /// Over all rows.
    pub totals: Totals,
    /// By `charge_type`, `service`, `account`, `region`, `day`, `resource`.
    pub by: BTreeMap<String, Breakdown>,
    /// By tag column (in a store of line items) or tag key (FOCUS).
    pub tags: BTreeMap<String, TagBreakdown>,
}

/// Totals by the values of a dimension; rows without a value stand under `(none)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Different values, not counting `(none)`; more than `values` holds if there are over 1000 resources or tag values.
    pub distinct: u64,
    /// Value to totals.
    pub values: BTreeMap<String, Totals>,
}

/// A [`Breakdown`] by a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagBreakdown {
    /// The tag's key as the report spells it.
    pub source: String,
    /// The totals.
    #[serde(flatten)]
    pub breakdown: Breakdown,
}

/// A number of rows and their exact sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are the metrics, named as everywhere"
)]
pub struct Totals {
    pub rows: u64,
    pub unblended_cost: Option<String>,
    pub amortized_cost: Option<String>,
    pub net_unblended_cost: Option<String>,
    pub net_amortized_cost: Option<String>,
    pub blended_cost: Option<String>,
    pub list_cost: Option<String>,
    pub usage_amount: Option<String>,
    pub true_up: Option<String>,
    pub upfront: Option<String>,
}

impl From<&Sums> for Totals {
    fn from(sums: &Sums) -> Self {
        Self {
            rows: sums.rows,
            unblended_cost: sums.text(0),
            amortized_cost: sums.text(1),
            net_unblended_cost: sums.text(2),
            net_amortized_cost: sums.text(3),
            true_up: sums.text(4),
            upfront: sums.text(5),
            blended_cost: sums.text(6),
            list_cost: sums.text(7),
            usage_amount: sums.text(8),
        }
    }
}

/// Sums under their names.
#[derive(Default)]
struct Named {
    total: Sums,
    by: BTreeMap<&'static str, HashMap<String, Sums>>,
    resources: HashMap<String, Sums>,
    tags: BTreeMap<String, (String, HashMap<String, Sums>)>,
}

impl Named {
    fn add(&mut self, dimension: &'static str, value: String, sums: &Sums) {
        self.by
            .entry(dimension)
            .or_default()
            .entry(value)
            .or_default()
            .merge(sums);
    }

    fn new(world: &World, month: Month, columns: &[TagColumn], tally: Tally) -> Self {
        let mut named = Self {
            total: tally.total,
            resources: tally.resources,
            ..Self::default()
        };
        for column in columns {
            named
                .tags
                .insert(column.name.clone(), (column.source.clone(), HashMap::new()));
        }
        for (key, sums) in &tally.by {
            match *key {
                Key::Charge(charge) => named.add("charge_type", charge.to_owned(), sums),
                Key::Service(service) => {
                    named.add("service", world.names.text(service).to_owned(), sums);
                }
                Key::Account(account) => {
                    named.add("account", world.accounts[account as usize].id.clone(), sums);
                }
                Key::Region(region) => {
                    let code = region.map_or("global", |region| REGIONS[usize::from(region)].code);
                    named.add("region", code.to_owned(), sums);
                }
                Key::Day(day) => named.add("day", day_text(month.start + day * DAY), sums),
                Key::Tag(tag, value) => {
                    let text = &world.tags[usize::from(tag)].values[usize::from(value) - 1];
                    for column in columns
                        .iter()
                        .filter(|column| !column.merged && column.key == tag)
                    {
                        named.tag(column, text, sums);
                    }
                }
                Key::MergedTag(first, owner, value) => {
                    let text = &world.tags[usize::from(owner)].values[usize::from(value) - 1];
                    for column in columns
                        .iter()
                        .filter(|column| column.merged && column.key == first)
                    {
                        named.tag(column, text, sums);
                    }
                }
            }
        }
        named
    }

    fn tag(&mut self, column: &TagColumn, value: &str, sums: &Sums) {
        let (_, values) = self
            .tags
            .get_mut(&column.name)
            .expect("every column was entered");
        values.entry(value.to_owned()).or_default().merge(sums);
    }

    fn merge(&mut self, other: &Self) {
        self.total.merge(&other.total);
        for (&dimension, values) in &other.by {
            for (value, sums) in values {
                self.add(dimension, value.clone(), sums);
            }
        }
        for (id, sums) in &other.resources {
            self.resources.entry(id.clone()).or_default().merge(sums);
        }
        for (name, (source, values)) in &other.tags {
            let (_, mine) = self
                .tags
                .entry(name.clone())
                .or_insert_with(|| (source.clone(), HashMap::new()));
            for (value, sums) in values {
                mine.entry(value.clone()).or_default().merge(sums);
            }
        }
    }

    fn finish(self, billing_period: String) -> PeriodTruth {
        let total = self.total;
        let mut by: BTreeMap<String, Breakdown> = self
            .by
            .into_iter()
            .map(|(dimension, values)| (dimension.to_owned(), breakdown(values, usize::MAX, None)))
            .collect();
        by.insert(
            "resource".to_owned(),
            breakdown(self.resources, KEPT, Some(&total)),
        );
        let tags = self
            .tags
            .into_iter()
            .map(|(name, (source, values))| {
                (
                    name,
                    TagBreakdown {
                        source,
                        breakdown: breakdown(values, KEPT, Some(&total)),
                    },
                )
            })
            .collect();
        PeriodTruth {
            billing_period,
            totals: Totals::from(&total),
            by,
            tags,
        }
    }
}

/// The `kept` dearest values, and with a `total`, what is in none of all.
fn breakdown(values: HashMap<String, Sums>, kept: usize, total: Option<&Sums>) -> Breakdown {
    let distinct = values.len() as u64;
    let mut list: Vec<(String, Sums)> = values.into_iter().collect();
    let rest = total.map(|total| {
        list.iter()
            .fold(*total, |rest, (_, sums)| rest.without(sums))
    });
    list.sort_by(|a, b| {
        b.1.unblended()
            .abs()
            .cmp(&a.1.unblended().abs())
            .then_with(|| a.0.cmp(&b.0))
    });
    list.truncate(kept);
    let mut values: BTreeMap<String, Totals> = list
        .iter()
        .map(|(value, sums)| (value.clone(), Totals::from(sums)))
        .collect();
    if let Some(rest) = rest.filter(|rest| rest.rows > 0) {
        values.insert(NONE.to_owned(), Totals::from(&rest));
    }
    Breakdown { distinct, values }
}

/// What a truth is of.
pub(crate) struct Subject<'a> {
    pub(crate) report: String,
    pub(crate) format: &'a str,
    pub(crate) restated: bool,
    pub(crate) net_columns: bool,
}

/// Puts the months' tallies together.
pub(crate) fn build(
    world: &World,
    subject: Subject<'_>,
    months: Vec<(Month, Vec<TagColumn>, Tally)>,
) -> Truth {
    let mut overall = Named::default();
    let periods = months
        .into_iter()
        .map(|(month, columns, tally)| {
            let named = Named::new(world, month, &columns, tally);
            overall.merge(&named);
            named.finish(month.label())
        })
        .collect();
    Truth {
        report: subject.report,
        format: subject.format.to_owned(),
        restated: subject.restated,
        net_columns: subject.net_columns,
        overall: overall.finish("all".to_owned()),
        periods,
    }
}
