//! What a cost query asks of provisional costs that they do not have.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use curtail_store::{Money, SideReceipt};
use datafusion::{
    arrow::{
        array::AsArray,
        compute::cast,
        datatypes::{DataType, Date32Type},
    },
    common::DataFusionError,
};

use super::{
    found::{Found, note},
    report_name, visible,
};
use crate::{CostQuery, Dimension, Engine, EngineError, Metric, costs};

/// Columns of `costs` that every row has.
const ALWAYS: [&str; 9] = [
    "report",
    "source",
    "billing_period",
    "usage_date",
    "usage_start",
    "usage_end",
    "payer_account_id",
    "currency",
    "provisional",
];

/// Whether an answer has provisional costs in it, and what one should know about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Whether there are any in the time that is asked about.
    pub(crate) any: bool,
    /// For people.
    pub(crate) notes: Vec<String>,
}

/// Something that a query asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// A dimension, by its name on the command line.
    Group(String, Field),
    /// A filter.
    Filter(String, Field),
    /// A metric.
    Metric(String, Field),
}

/// What it has to be known for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    /// A column of `costs`; `hour` is the hour of usage.
    Column(String),
    Tag(String),
    Category,
}

impl Told {
    /// Looks what `query` comes upon. An error if only the first report will have what it asks for.
    pub(crate) async fn of(query: &CostQuery, engine: &Engine) -> Result<Self, EngineError> {
        let found = found(query, engine).await?;
        if found.is_empty() {
            return Ok(Self::default());
        }
        let needs = needs(query, engine).await;
        let lacks = |found: &Found<'_>| -> Vec<&Need> {
            let lacking = needs
                .iter()
                .filter(|need| !engine.has(found.receipt, need.field()));
            lacking.collect()
        };
        let lacking: BTreeSet<&Need> = found.iter().flat_map(&lacks).collect();
        let everywhere = needs
            .iter()
            .find(|need| found.iter().all(|found| lacks(found).contains(need)));
        if let Some(need) = everywhere
            && !is_reported(query, engine)
        {
            return Err(EngineError::Unavailable(need.name().to_owned()));
        }
        let mut notes = vec![note(&found)];
        notes.extend(lacking.into_iter().map(Need::note));
        Ok(Self { any: true, notes })
    }
}

impl Need {
    fn field(&self) -> &Field {
        match self {
            Self::Group(_, field) | Self::Filter(_, field) | Self::Metric(_, field) => field,
        }
    }

    /// As the command line spells it.
    fn name(&self) -> &str {
        match self {
            Self::Group(name, _) | Self::Filter(name, _) | Self::Metric(name, _) => name,
        }
    }

    /// What becomes of provisional costs that lack it.
    fn note(&self) -> String {
        match self {
            Self::Group(name, Field::Column(column)) if column == "hour" => {
                format!("provisional costs have no {name}: they stand in rows without one")
            }
            Self::Group(name, _) => {
                format!("provisional costs that have no {name} stand under `(none)`")
            }
            Self::Filter(name, _) => {
                format!("a filter on {name} leaves out provisional costs that have none")
            }
            Self::Metric(name, _) => {
                format!(
                    "the metric {name} is not known of all provisional costs: they are left out of its sums"
                )
            }
        }
    }
}

/// Which provisional costs there are in the time (and reports, and accounts) that are asked about.
async fn found<'a>(query: &CostQuery, engine: &'a Engine) -> Result<Vec<Found<'a>>, EngineError> {
    let in_question = |receipt: &&SideReceipt| {
        let period = receipt.part.billing_period;
        let in_periods = |period| query.periods.iter().any(|range| range.contains(&period));
        let named = query.reports.is_empty() || query.reports.contains(&report_name(receipt));
        named && (query.periods.is_empty() || period.is_some_and(in_periods))
    };
    let receipts = visible(engine.snapshot(), engine.coverage());
    let receipts: Vec<_> = receipts.filter(in_question).collect();
    if receipts.is_empty() {
        return Ok(Vec::new());
    }
    let mut conditions = costs::scope(query);
    conditions.push("provisional".to_owned());
    // Those of no known account may be of any.
    conditions.extend(
        costs::accounts(query).map(|condition| format!("(account_id IS NULL OR {condition})")),
    );
    let rows = engine
        .rows(&format!(
            "SELECT payer_account_id, billing_period, min(usage_date), max(usage_date) FROM costs\n\
             WHERE {} GROUP BY payer_account_id, billing_period ORDER BY 1, 2",
            conditions.join(" AND ")
        ))
        .await?;
    let unexpected = |error| EngineError::Execution(Box::new(DataFusionError::from(error)));
    let mut found = Vec::new();
    for batch in &rows {
        let text = |column: usize| cast(batch.column(column), &DataType::Utf8);
        let (payers, periods) = (text(0).map_err(unexpected)?, text(1).map_err(unexpected)?);
        let (payers, periods) = (payers.as_string::<i32>(), periods.as_string::<i32>());
        let first = batch.column(2).as_primitive::<Date32Type>();
        let last = batch.column(3).as_primitive::<Date32Type>();
        for row in 0..batch.num_rows() {
            let is = |receipt: &&&SideReceipt| {
                let period = receipt.part.billing_period.map(|period| period.to_string());
                receipt.part.payer_account_id == payers.value(row)
                    && period.as_deref() == Some(periods.value(row))
            };
            let receipt = receipts.iter().find(is);
            let days = first.value_as_date(row).zip(last.value_as_date(row));
            let coverage = engine.coverage();
            let told = receipt.zip(days);
            found.extend(told.map(|(receipt, days)| Found::new(receipt, days, coverage)));
        }
    }
    Ok(found)
}

/// Whether a report has line items in the time (and reports, and accounts) that are asked about.
fn is_reported(query: &CostQuery, engine: &Engine) -> bool {
    let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    engine.snapshot().periods().any(|version| {
        let receipt = &version.receipt;
        let asked =
            |all: &[String], has: &dyn Fn(&String) -> bool| all.is_empty() || all.iter().any(has);
        let period = receipt.billing_period;
        receipt.rows > 0
            && asked(&query.reports, &|name| name == receipt.report.as_str())
            && (receipt.accounts.is_empty()
                || asked(&query.accounts, &|account| {
                    receipt.accounts.contains(account)
                }))
            && (query.periods.is_empty()
                || query.periods.iter().any(|range| range.contains(&period)))
            && query
                .from
                .is_none_or(|day| receipt.usage_end.is_none_or(|end| end > midnight(day)))
            && query.to.is_none_or(|day| {
                receipt
                    .usage_start
                    .is_none_or(|start| start < midnight(day))
            })
    })
}

/// All that `query` asks for beside time.
async fn needs(query: &CostQuery, engine: &Engine) -> BTreeSet<Need> {
    let column = |name: &str| Field::Column(name.to_owned());
    let mut needs = BTreeSet::new();
    for dimension in costs::dimensions(query) {
        let field = match &dimension {
            Dimension::Hour => column("hour"),
            Dimension::Column(name) => column(name),
            Dimension::Tag(key) => Field::Tag(key.clone()),
            Dimension::Category(_) => Field::Category,
        };
        needs.insert(Need::Group(dimension.to_string(), field));
    }
    let mut filter = |name: &str, field| needs.insert(Need::Filter(name.to_owned(), field));
    for (name, values, of) in [
        ("account", &query.accounts, "account_id"),
        ("service", &query.services, "service"),
        ("region", &query.regions, "region"),
        ("charge-type", &query.charge_types, "charge_type"),
    ] {
        if !values.is_empty() {
            filter(name, column(of));
        }
    }
    for (key, _) in &query.tags {
        filter(&format!("tag:{key}"), Field::Tag(key.clone()));
    }
    if let Some(condition) = &query.condition {
        for name in engine.columns_in(condition).await {
            filter(&name, column(&name));
        }
    }
    let default = [Metric::default()];
    let metrics = if query.metrics.is_empty() {
        default.as_slice()
    } else {
        &query.metrics
    };
    for metric in metrics {
        let field = column(metric.column());
        needs.insert(Need::Metric(metric.to_string(), field));
    }
    needs
}

impl Engine {
    /// Whether the rows of `receipt` know a field.
    fn has(&self, receipt: &SideReceipt, field: &Field) -> bool {
        let dimension = |name: &str| receipt.dimensions.iter().any(|column| column == name);
        match field {
            Field::Category => false,
            Field::Tag(key) => receipt
                .tag_key
                .as_deref()
                .is_some_and(|known| self.tag_keys().is_same(known, key)),
            Field::Column(column) => match column.as_str() {
                "account_name" => dimension("account_id"),
                "tags" => receipt.tag_key.is_some(),
                name if ALWAYS.contains(&name) || dimension(name) => true,
                name => receipt.totals.values().any(
                    |totals: &std::collections::BTreeMap<String, Money>| totals.contains_key(name),
                ),
            },
        }
    }
}
