//! Rollups: what they add up to, recomputed from the line items that were written.

use std::{collections::BTreeSet, fmt::Write as _};

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
        partly,
        measures,
        beside,
        ..
    }: &MadeRollup,
) -> Totals {
    let mut totals = Totals::new();
    for batch in batches {
        let some = partly.iter().map(|partly| (&partly.column, &partly.of[..]));
        let whole = dimensions.iter().map(|name| (name, &[][..]));
        let columns: Vec<(Option<Vec<String>>, Vec<bool>)> = whole
            .chain(some)
            .map(|(name, facts)| {
                let holds = (0..batch.num_rows())
                    .map(|row| facts.iter().all(|fact| holds(fact, batch, row)));
                (batch.column_by_name(name).map(texts), holds.collect())
            })
            .collect();
        let times = batch
            .column_by_name("line_item_usage_start_date")
            .map(texts);
        let counts = batch.column_by_name("row_count");
        let counts: Option<&Int64Array> = counts.map(AsArray::as_primitive);
        for row in 0..batch.num_rows() {
            let value = |(column, told): &(Option<Vec<String>>, Vec<bool>)| match column {
                Some(values) if told[row] => values[row].clone(),
                _ => "NULL".to_owned(),
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

/// Whether something is true of a row.
fn holds(fact: &Fact, batch: &RecordBatch, row: usize) -> bool {
    let found = batch.column_by_name(fact.column());
    let found = found.filter(|column| column.is_valid(row));
    let found = found.map(|column| texts(&column.slice(row, 1)).remove(0));
    match fact {
        Fact::Is { value, .. } => found.as_ref() == Some(value),
        Fact::Null { .. } => found.is_none(),
    }
}

fn read(bytes: &Bytes) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

/// A rollup as it was written.
struct Made {
    told: MadeRollup,
    files: usize,
    rows: u64,
    batches: Vec<RecordBatch>,
}

/// Converts the texts, and compares each rollup with the line items.
fn check(texts: &[String], memory: u64) -> Vec<Made> {
    check_wanted(texts, memory, Vec::new(), false)
}

/// The same, with a run for each text.
fn check_runs(texts: &[String], memory: u64) -> Vec<Made> {
    check_wanted(texts, memory, Vec::new(), true)
}

/// The same with rollups that are not built in.
fn check_wanted(texts: &[String], memory: u64, defined: Vec<Definition>, apart: bool) -> Vec<Made> {
    let table = TableSchema::documented(ReportKind::LegacyCur.table());
    let mut bench = Bench::with(ReportKind::LegacyCur, "2024-03", &table, memory);
    let built_in = BuiltIn::ALL.to_vec();
    bench.conversion = bench.conversion.with_rollups(Wanted { built_in, defined });
    for text in texts {
        bench.csv(text.as_str()).unwrap();
        if apart {
            bench.conversion.write_rest().unwrap();
        }
    }
    let kept = Arc::clone(&bench.kept);
    let done = bench.finish();
    let rollups = kept.rollups.lock().unwrap();
    let made = done.tally.rollups.iter().map(|made| {
        let files = rollups.iter().filter(|(name, ..)| *name == made.name);
        let files: Vec<Vec<RecordBatch>> = files.map(|(_, bytes, _)| read(bytes)).collect();
        // Of every run, or of all runs together.
        assert!([1, done.files.len()].contains(&files.len()));
        let batches: Vec<RecordBatch> = files.concat();
        let found = totals(&batches, made);
        assert_eq!(found, totals(&done.batches, made), "{made:?}");
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if files.len() == 1 {
            assert_eq!(rows, found.len(), "one row for each group: {made:?}");
        }
        Made {
            files: files.len(),
            rows: rows as u64,
            told: made.clone(),
            batches,
        }
    });
    made.collect()
}

#[test]
fn rollups_add_up_to_the_line_items() {
    let texts = [hourly(400, 40, 1), hourly(350, 20, 2)];
    let made = check(&texts, 64 << 20);
    let names: Vec<_> = made.iter().map(|it| it.told.name.clone()).collect();
    assert_eq!(names, BuiltIn::ALL.map(BuiltIn::name));
    let [services, daily, resources] = [0, 1, 2].map(|at| &made[at]);
    let has = |it: &Made, name: &str| it.told.dimensions.iter().any(|column| column == name);
    assert!(has(resources, "line_item_resource_id") && has(resources, "resource_tags_user_name"));
    assert!(
        has(daily, "product_region")
            && has(daily, "line_item_usage_type")
            && !has(daily, "line_item_resource_id")
            && !has(daily, "resource_tags_user_name"),
        "columns that multiply the rows are left out: {:?}",
        daily.told.dimensions
    );
    assert!(
        has(services, "line_item_product_code")
            && has(services, "line_item_usage_account_id")
            && has(services, "product_region")
            && !has(services, "line_item_usage_type")
            && !has(services, "resource_tags_user_team"),
        "{:?}",
        services.told.dimensions
    );
    let measures = &daily.told.measures;
    let measured = |name: &str| measures.iter().any(|measure| measure == name);
    assert!(measured("reservation_effective_cost") && !measured("line_item_unblended_rate"));
    assert!(services.rows * 3 <= daily.rows);
    assert!(daily.rows < resources.rows && resources.rows < 23_000 / 3);
    let beside = |it: &Made, name: &str| it.told.beside.iter().any(|column| column == name);
    for it in [services, daily, resources] {
        assert_eq!(it.told.measures, *measures);
        assert!(beside(it, "line_item_usage_amount#nulls"));
    }
    let least = [services, daily, resources].map(|it| beside(it, "line_item_usage_amount#least"));
    assert_eq!(least, [true, true, false]);
}

/// Rows as text, each with the names of its columns.
fn rows(batches: &[RecordBatch]) -> Vec<BTreeMap<String, String>> {
    let mut rows = Vec::new();
    for batch in batches {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let columns = columns.map(|(field, array)| (field.name(), texts(array)));
        let columns: Vec<_> = columns.collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            let values = columns.iter().filter(|(_, values)| values[row] != "NULL");
            let values = values.map(|(name, values)| ((*name).clone(), values[row].clone()));
            values.collect::<BTreeMap<_, _>>()
        }));
    }
    rows.sort();
    rows
}

#[test]
fn runs_of_any_order_become_the_same_rows() {
    // The first run, by which columns are chosen, is the same in all of these orders.
    let first = hourly(60, 100, 3);
    let more = [hourly(50, 200, 4), hourly(60, 150, 5), hourly(10, 90, 6)];
    let of = |order: [usize; 3]| {
        let more = order.map(|at| more[at].clone());
        check_runs(&[&[first.clone()][..], &more].concat(), 64 << 20)
    };
    let one = of([0, 1, 2]);
    assert_eq!(one.len(), 3);
    for order in [[2, 1, 0], [1, 2, 0]] {
        for (one, other) in one.iter().zip(&of(order)) {
            assert_eq!((one.files, other.files), (1, 1));
            assert_eq!(one.told, other.told);
            assert!(rows(&one.batches) == rows(&other.batches), "{:?}", one.told);
        }
    }
}

#[test]
fn rollups_that_memory_does_not_hold_become_files_of_their_runs() {
    let texts = [hourly(60, 200, 3), hourly(50, 200, 4)];
    let made = check_runs(&texts, 1);
    assert_eq!(made.len(), 3);
    assert!(made.iter().all(|it| it.files == 2));
    // Large ones first.
    let texts = [hourly(2_000, 10, 3), hourly(2_000, 10, 4)];
    let made = check_runs(&texts, 2 << 20);
    let files: Vec<_> = made.iter().map(|it| it.files).collect();
    assert!(files[..2] == [1, 1] && files[2] > 1, "{files:?}");
}

#[test]
fn what_hardly_shrinks_is_not_rolled_up() {
    let text = runs::report(20_000, 5);
    let made = check(&[text], 64 << 20);
    assert!(made.iter().all(|it| it.rows * 3 <= 20_000));
}

#[test]
fn what_formulas_look_up_is_told_of_the_line_items_that_need_it() {
    let mut text = "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,\
        lineItem/UnblendedCost,lineItem/LineItemDescription,reservation/ReservationARN,lineItem/AvailabilityZone,\
        product/region,lineItem/UsageType\n"
        .to_owned();
    for row in 0..20_000 {
        let kind = [
            "Usage",
            "Usage",
            "Fee",
            "Refund",
            "DiscountedUsage",
            "Usage",
            "Tax",
        ][row % 7];
        let (region, zone) = [("eu-west-1", "eu-west-1a"), ("", "eu-west-1b"), ("", "")][row % 3];
        writeln!(
            text,
            "1,{kind},2024-03-05T{:02}:00:00Z,AmazonEC2,0.{row},text {},arn:{},{zone},{region},type {}",
            row % 24,
            row % 11,
            row % 5,
            row % 50,
        )
        .unwrap();
    }
    let made = check(&[text], 64 << 20);
    let services = &made[0];
    assert_eq!(services.told.name, BuiltIn::DailyServices.name());
    let partly = services.told.partly.iter().map(|it| it.column.as_str());
    assert_eq!(
        partly.collect::<Vec<_>>(),
        [
            "reservation_reservation_a_r_n",
            "line_item_line_item_description",
            "line_item_availability_zone"
        ]
    );
    let told = |name: &str| -> BTreeSet<String> {
        let column = |batch: &RecordBatch| texts(batch.column_by_name(name).unwrap());
        services.batches.iter().flat_map(column).collect()
    };
    assert_eq!(told("line_item_availability_zone").len(), 2);
    assert_eq!(told("line_item_line_item_description").len(), 12);
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
    for (memory, apart) in [(64 << 20, false), (64 << 20, true), (1, true)] {
        let texts = [untagged.clone(), hourly(300, 40, 6)];
        let made = check_wanted(&texts, memory, wanted(), apart);
        let names: Vec<_> = made.iter().map(|it| it.told.name.as_str()).collect();
        let expected = [
            "daily_services",
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
            let mut made = made.iter();
            made.find(|it| it.told.name.as_str() == name).unwrap().rows
        };
        assert_eq!(rows("each"), 14_000);
        // 3 regions in 40 hours; 3 services on 2 days; 3 regions with 7 types; one of all.
        if memory > 1 {
            assert_eq!(
                [rows("hours"), rows("days"), rows("months"), rows("in-all")],
                [120, 6, 21, 1]
            );
        }
        let teams = &made[7].told;
        assert_eq!(
            teams.dimensions.len(),
            3,
            "also those that the report lacks"
        );
        assert_eq!(teams.definition.as_deref(), Some("teams"));
    }
}
