//! Rollups: what they add up to, recomputed from the line items that were written.

use std::fmt::Write as _;

use arrow::{
    array::{AsArray, Int64Array},
    datatypes::Decimal128Type,
};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::*;

/// An hourly report of `resources` resources over `hours` hours, whose hours begin at a time of day that is not midnight.
fn hourly(resources: u32, hours: u32, seed: u64) -> String {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut text = "identity/LineItemId,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,\
        lineItem/ProductCode,lineItem/UsageType,lineItem/ResourceId,lineItem/UsageAmount,lineItem/UnblendedRate,\
        lineItem/UnblendedCost,product/region,product/sku,reservation/EffectiveCost,resourceTags/user:team,resourceTags/user:Name\n"
        .to_owned();
    for hour in 0..hours {
        for resource in 0..resources {
            let (day, time) = (1 + (hour + 5) / 24, (hour + 5) % 24);
            let cost = random.random_range(0..1_000_000_000_000_u64);
            let amount = ["", "1.0000000000", "0.25", "1e-7"][random.random_range(0..4)];
            let reserved = if resource % 10 == 0 { "0.125" } else { "" };
            let kind = resource % 3;
            let team = ["", "a", "b,\"\"c"][(resource % 3) as usize];
            writeln!(
                text,
                "{seed}-{hour}-{resource},{:012},Usage,2024-03-{day:02}T{time:02}:30:00Z,Amazon{kind},Type{},\
                 i-{resource},{amount},0.5,0.{cost:012},region-{kind},SKU{},{reserved},\"{team}\",name-{resource}",
                resource % 4,
                resource % 7,
                resource % 7
            )
            .unwrap();
        }
    }
    text
}

/// Sums by day and some columns, with how many line items there are.
type Totals = BTreeMap<Vec<String>, (i64, BTreeMap<String, Told>)>;

/// What is told of amounts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    sum: Money,
    /// How many there are.
    with: i64,
    /// The least and the greatest, where that is told.
    extremes: Option<(Money, Money)>,
}

/// How much of a time's text tells the stretch that it lies in.
fn told(per: Grain) -> usize {
    match per {
        Grain::Hour => "2024-03-01T05".len(),
        Grain::Day => "2024-03-01".len(),
        Grain::Month => "2024-03".len(),
        Grain::Period => 0,
    }
}

/// What batches add up to by `dimensions` and time, each row counting as `row_count` says, or once.
fn totals(
    batches: &[RecordBatch],
    MadeRollup {
        per,
        dimensions,
        measures,
        beside,
        ..
    }: &MadeRollup,
) -> Totals {
    let mut totals = Totals::new();
    for batch in batches {
        let columns: Vec<Option<Vec<String>>> = dimensions
            .iter()
            .map(|name| batch.column_by_name(name).map(texts))
            .collect();
        let times = batch
            .column_by_name("line_item_usage_start_date")
            .map(texts);
        let counts = batch.column_by_name("row_count");
        let counts: Option<&Int64Array> = counts.map(AsArray::as_primitive);
        for row in 0..batch.num_rows() {
            let value = |column: &Option<Vec<String>>| match column {
                Some(values) => values[row].clone(),
                None => "NULL".to_owned(),
            };
            let mut key: Vec<String> = columns.iter().map(value).collect();
            let time = times.as_ref().map_or("", |times| times[row].as_str());
            key.push(time[..told(*per)].to_owned());
            let (total, told) = totals.entry(key).or_default();
            let count = counts.map_or(1, |counts| counts.value(row));
            *total += count;
            for name in measures {
                let amount = |column: &str| {
                    let units = batch
                        .column_by_name(column)
                        .map(AsArray::as_primitive::<Decimal128Type>);
                    let units = units.filter(|units| units.is_valid(row));
                    units.map(|units| Money::from_units(units.value(row)))
                };
                let Some(sum) = amount(name) else {
                    continue;
                };
                let told = told.entry(name.clone()).or_default();
                told.sum += sum;
                let nulls = batch.column_by_name(&Beside::Nulls.column(name));
                let nulls: Option<&Int64Array> = nulls.map(AsArray::as_primitive);
                let nulls = nulls.filter(|nulls| nulls.is_valid(row));
                told.with += count - nulls.map_or(0, |nulls| nulls.value(row));
                if beside.contains(&Beside::Least.column(name)) {
                    let low = amount(&Beside::Least.column(name)).unwrap_or(sum);
                    let high = amount(&Beside::Most.column(name)).unwrap_or(low);
                    let (least, most) = told.extremes.get_or_insert((low, high));
                    (*least, *most) = (low.min(*least), high.max(*most));
                }
            }
        }
    }
    totals
}

fn read(bytes: &Bytes) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// Converts the texts, and compares each rollup with the line items.
fn check(texts: &[String], memory: u64) -> Vec<(MadeRollup, u64)> {
    check_wanted(texts, memory, Vec::new())
}

/// The same with rollups that are not built in.
fn check_wanted(texts: &[String], memory: u64, defined: Vec<Definition>) -> Vec<(MadeRollup, u64)> {
    let table = TableSchema::documented(ReportKind::LegacyCur.table());
    let mut bench = Bench::with(ReportKind::LegacyCur, "2024-03", &table, memory);
    let built_in = BuiltIn::ALL.to_vec();
    bench.conversion = bench.conversion.with_rollups(Wanted { built_in, defined });
    for text in texts {
        bench.csv(text.as_str()).unwrap();
    }
    let kept = Arc::clone(&bench.kept);
    let done = bench.finish();
    let rollups = kept.rollups.lock().unwrap();
    let made = done.tally.rollups.iter().map(|made| {
        let files = rollups.iter().filter(|(name, ..)| *name == made.name);
        let files: Vec<Vec<RecordBatch>> = files.map(|(_, bytes, _)| read(bytes)).collect();
        assert_eq!(files.len(), done.files.len(), "every run is rolled up");
        let batches: Vec<RecordBatch> = files.concat();
        assert_eq!(
            totals(&batches, made),
            totals(&done.batches, made),
            "{made:?}"
        );
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        (made.clone(), rows as u64)
    });
    made.collect()
}

#[test]
fn rollups_add_up_to_the_line_items() {
    let texts = [hourly(400, 40, 1), hourly(350, 20, 2)];
    let made = check(&texts, 64 << 20);
    let names: Vec<_> = made.iter().map(|(made, _)| made.name.clone()).collect();
    assert_eq!(names, BuiltIn::ALL.map(BuiltIn::name));
    let has = |at: usize, name: &str| made[at].0.dimensions.iter().any(|column| column == name);
    assert!(has(1, "line_item_resource_id") && has(1, "resource_tags_user_name"));
    assert!(
        has(0, "product_region")
            && !has(0, "line_item_resource_id")
            && !has(0, "resource_tags_user_name"),
        "columns that multiply the rows are left out: {:?}",
        made[0].0.dimensions
    );
    let measures = &made[0].0.measures;
    assert!(
        measures
            .iter()
            .any(|name| name == "reservation_effective_cost")
    );
    assert!(
        !measures
            .iter()
            .any(|name| name == "line_item_unblended_rate")
    );
    assert!(made[0].1 < made[1].1 && made[1].1 < 23_000 / 3);
    let beside = |at: usize, name: &str| made[at].0.beside.iter().any(|column| column == name);
    assert!(beside(0, "line_item_usage_amount#nulls") && beside(1, "line_item_usage_amount#nulls"));
    assert!(
        beside(0, "line_item_usage_amount#least") && !beside(1, "line_item_usage_amount#least")
    );
}

#[test]
fn runs_of_any_size_are_rolled_up_alike() {
    let texts = [hourly(60, 700, 3), hourly(50, 700, 4)];
    let made = check(&texts, 1);
    assert_eq!(made.len(), 2);
}

#[test]
fn what_hardly_shrinks_is_not_rolled_up() {
    let text = runs::report(20_000, 5);
    let made = check(&[text], 64 << 20);
    assert!(made.iter().all(|(_, rows)| rows * 3 <= 20_000), "{made:?}");
}

fn defined(name: &str, per: Grain, dimensions: &[&str], measures: &[&str]) -> Definition {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Definition {
        name: name.parse().unwrap(),
        table: ReportKind::LegacyCur.table(),
        per,
        dimensions: owned(dimensions),
        measures: owned(measures),
        text: name.to_owned(),
    }
}

#[test]
fn defined_rollups_add_up_to_the_line_items() {
    let cost = ["line_item_unblended_cost", "line_item_usage_amount"];
    // Of finer rollups, of no other, with columns that come later or never, and the most rows that there can be.
    let wanted = || {
        vec![
            defined("hours", Grain::Hour, &["product_region"], &cost),
            defined("days", Grain::Day, &["line_item_product_code"], &cost[..1]),
            defined(
                "months",
                Grain::Month,
                &["product_region", "line_item_usage_type"],
                &cost,
            ),
            defined("in-all", Grain::Period, &[], &cost[1..]),
            defined(
                "teams",
                Grain::Month,
                &[
                    "resource_tags_user_team",
                    "resource_tags_user_never",
                    "bill_invoice_id",
                ],
                &[
                    "reservation_effective_cost",
                    "pricing_public_on_demand_cost",
                ],
            ),
            defined(
                "each",
                Grain::Hour,
                &["identity_line_item_id", "source"],
                &cost,
            ),
        ]
    };
    let untagged =
        hourly(50, 40, 5).replace(",resourceTags/user:team,", ",resourceTags/user:other,");
    for memory in [64 << 20, 1] {
        let texts = [untagged.clone(), hourly(300, 40, 6)];
        let made = check_wanted(&texts, memory, wanted());
        let names: Vec<_> = made.iter().map(|(made, _)| made.name.as_str()).collect();
        let expected = [
            "daily",
            "daily_resources",
            "hours",
            "days",
            "months",
            "in-all",
            "teams",
            "each",
        ];
        assert_eq!(names, expected);
        let rows = |name: &str| {
            made.iter()
                .find(|(made, _)| made.name.as_str() == name)
                .unwrap()
                .1
        };
        assert_eq!(rows("each"), 14_000);
        // 3 regions in 40 hours; 3 services on 2 days; 3 regions with 7 types; one of all: in each run.
        if memory > 1 {
            assert_eq!(
                [rows("hours"), rows("days"), rows("months"), rows("in-all")],
                [120, 6, 21, 1]
            );
        }
        let (teams, _) = &made[6];
        assert_eq!(
            teams.dimensions.len(),
            3,
            "also those that the report lacks"
        );
        assert_eq!(teams.definition.as_deref(), Some("teams"));
    }
}
