//! Which columns the coarsest rollup is grouped by.
//!
//! The rule: beside the day, who pays for what ([`always`]). Then other columns that bills are told by ([`hardly`]), each if a
//! sample has at most a twentieth more groups with it than without. Then the region ([`regions`]), if the sample still has at
//! most a third of the groups of the next finer rollup. What formulas of cost look up on few line items is told of those alone
//! ([`partly`]). With more than that third, it is not made.

use curtail_store::{Fact, Grain, ReportKind, Table};

use super::{
    WORTH,
    dimensions::{Partition, sample},
    grouping::{Grouping, classes_of_column, classes_of_times},
    partly::Partial,
    times::times,
};
use crate::convert::{order::Sorted, registry::Registry};

/// Stretches of the sample: enough to tell how many groups there are, which are few.
const STRETCHES: usize = 128;

/// What the rollup is grouped by.
pub(super) struct Services {
    pub(super) dimensions: Vec<usize>,
    pub(super) partly: Vec<Partial>,
}

impl Services {
    /// All of these columns, whole.
    pub(super) fn of(dimensions: Vec<usize>) -> Self {
        Self {
            dimensions,
            partly: Vec::new(),
        }
    }
}

/// Chooses by a sample of the run's rows, or by what the rollup that is grouped by `finer` makes of it. `None` if the rollup would
/// not be worth having.
pub(super) fn choose(
    finer: Option<&[usize]>,
    rows: &Sorted<'_>,
    start: usize,
    kind: ReportKind,
    registry: &Registry,
) -> Option<Services> {
    let sample = sample(rows, STRETCHES);
    let sample = Sorted::of_few(rows.run, &sample);
    let examples = match finer {
        Some(finer) => {
            let mut grouping = Grouping::default();
            grouping.by_times(&times(&sample, start, Grain::Day));
            grouping.by_columns(finer, &sample);
            let firsts = grouping.groups(sample.order.len()).firsts;
            let row = |&place: &u32| sample.order[place as usize];
            firsts.iter().map(row).collect()
        }
        None => sample.order.to_vec(),
    };
    let rows = &Sorted::of_few(rows.run, &examples);
    let most = examples.len() / WORTH;
    let by_day = classes_of_times(&times(rows, start, Grain::Day));
    let mut chosen = Chosen {
        partition: Partition::whole(examples.len()).by(&by_day),
        dimensions: Vec::new(),
        rows,
        registry,
    };
    chosen.add(always(kind), |_, _| true);
    chosen.add(hardly(kind), |with, without| with <= without + without / 20);
    let all = registry.all();
    let categories = all.iter().map(|column| column.name.as_str());
    let categories = categories.filter(|name| name.starts_with("cost_category_"));
    let categories: Vec<&str> = categories.collect();
    chosen.add(&categories, |with, without| with <= without + without / 20);
    chosen.add(regions(kind), |with, _| with <= most);
    let mut told = Vec::new();
    for (name, facts) in partly(kind) {
        let partial = Partial::find(name, facts, registry);
        let partial = partial.filter(|partial| partial.is_told_by(&chosen.dimensions));
        let Some(partial) = partial.filter(|it| !chosen.dimensions.contains(&it.column)) else {
            continue;
        };
        let with = chosen.partition.by(&partial.numbers(rows));
        if with.groups <= most {
            chosen.partition = with;
            told.push(partial);
        }
    }
    let Chosen {
        partition,
        mut dimensions,
        ..
    } = chosen;
    dimensions.sort_unstable();
    (partition.groups <= most).then_some(Services {
        dimensions,
        partly: told,
    })
}

/// What was chosen so far.
struct Chosen<'a> {
    partition: Partition,
    dimensions: Vec<usize>,
    rows: &'a Sorted<'a>,
    registry: &'a Registry,
}

impl Chosen<'_> {
    /// Adds those of the columns that a report may have, and of which `take` likes how many groups there are with it and without.
    fn add(&mut self, names: &[&str], take: impl Fn(usize, usize) -> bool) {
        for column in names.iter().filter_map(|name| self.registry.find(name)) {
            // Later runs may have values in what is empty here, and queries may name it.
            let is_there = self.rows.run.has_values(column) || self.registry.is_seen(column);
            if !is_there || self.dimensions.contains(&column) {
                continue;
            }
            let with = self.partition.by(&classes_of_column(column, self.rows));
            if take(with.groups, self.partition.groups) {
                self.dimensions.push(column);
                self.partition = with;
            }
        }
    }
}

/// Who pays for what.
fn always(kind: ReportKind) -> &'static [&'static str] {
    match kind.table() {
        Table::LineItems => &[
            "bill_payer_account_id",
            "line_item_usage_account_id",
            "line_item_line_item_type",
            "line_item_product_code",
            "product_servicecode",
            "product_product_name",
            "bill_billing_entity",
            "line_item_currency_code",
        ],
        Table::Focus => &[
            "billingaccountid",
            "subaccountid",
            "chargecategory",
            "servicename",
            "billingcurrency",
        ],
    }
}

/// What else bills are told by.
fn hardly(kind: ReportKind) -> &'static [&'static str] {
    match kind.table() {
        Table::LineItems => &[
            "bill_bill_type",
            "bill_billing_period_start_date",
            "bill_billing_period_end_date",
            "bill_invoice_id",
            "bill_invoicing_entity",
            "bill_payer_account_name",
            "line_item_usage_account_name",
            "line_item_legal_entity",
            "line_item_tax_type",
            "product_servicename",
            "product_product_family",
            "pricing_currency",
            "pricing_term",
            "pricing_purchase_option",
            "pricing_offering_class",
            "pricing_lease_contract_length",
            "savings_plan_offering_type",
            "savings_plan_payment_option",
            "savings_plan_purchase_term",
        ],
        Table::Focus => &[
            "billingaccountname",
            "billingaccounttype",
            "billingperiodstart",
            "billingperiodend",
            "subaccountname",
            "subaccounttype",
            "chargeclass",
            "chargefrequency",
            "invoiceid",
            "invoiceissuername",
            "providername",
            "publishername",
            "serviceprovidername",
            "hostprovidername",
            "servicecategory",
            "servicesubcategory",
            "x_servicecode",
            "pricingcategory",
            "pricingcurrency",
            "commitmentdiscountcategory",
            "commitmentdiscountid",
            "commitmentdiscountname",
            "commitmentdiscountstatus",
            "commitmentdiscounttype",
        ],
    }
}

/// Where it is.
fn regions(kind: ReportKind) -> &'static [&'static str] {
    match kind.table() {
        Table::LineItems => &["product_region_code", "product_region"],
        Table::Focus => &["regionid", "regionname"],
    }
}

/// What formulas of cost look up, and of which line items.
fn partly(kind: ReportKind) -> Vec<(&'static str, Vec<Fact>)> {
    let of_type = |value: &str| Fact::Is {
        column: "line_item_line_item_type".to_owned(),
        value: value.to_owned(),
    };
    let null = |column: &str| Fact::Null {
        column: column.to_owned(),
    };
    match kind.table() {
        Table::LineItems => vec![
            ("reservation_reservation_a_r_n", vec![of_type("Fee")]),
            ("line_item_line_item_description", vec![of_type("Refund")]),
            (
                "line_item_availability_zone",
                regions(kind).iter().copied().map(null).collect(),
            ),
        ],
        Table::Focus => Vec::new(),
    }
}
