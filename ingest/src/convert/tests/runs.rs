//! Runs: sorted, bounded, and the same whatever their size.

use std::{fmt::Write as _, thread};

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::*;

/// A report of made-up rows in no order.
pub(super) fn report(rows: usize, seed: u64) -> String {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut text = "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UnblendedCost,lineItem/ProductCode,\
                    lineItem/ResourceId,identity/LineItemId,resourceTags/user:t\n"
        .to_owned();
    for row in 0..rows {
        let account = random.random_range(0..9);
        let product = ["AmazonEC2", "AmazonS3", "", "AWSLambda"][random.random_range(0..4)];
        let (day, hour) = (random.random_range(1..=31), random.random_range(0..24));
        let cost = random.random_range(0..1_000_000);
        let resource = random.random_range(0..500);
        let tag = ["", "\"a,b\"", "\"say \"\"hi\"\"\"", "plain"][random.random_range(0..4)];
        writeln!(
            text,
            "{account:012},Usage,2024-03-{day:02}T{hour:02}:00:00Z,0.{cost:09},{product},i-{resource:017x},{seed}-{row:040},{tag}"
        )
        .unwrap();
    }
    text
}

#[test]
fn rows_are_sorted_and_the_order_is_declared() {
    let bench = Bench::new(ReportKind::LegacyCur);
    bench.csv(report(20_000, 1)).unwrap();
    let done = bench.finish();
    let columns = [
        "line_item_product_code",
        "line_item_usage_account_id",
        "line_item_usage_start_date",
    ]
    .map(|name| done.column(name));
    let key = |row: usize| {
        let product = Some(&columns[0][row]).filter(|product| *product != "NULL");
        (product, &columns[1][row], &columns[2][row][..10])
    };
    assert!(
        (1..20_000).all(|row| key(row - 1) <= key(row)),
        "by product (NULL first), account and day"
    );
    let reader = SerializedFileReader::new(done.files[0].clone()).unwrap();
    let group = reader.metadata().row_group(0);
    let sorting: Vec<String> = group
        .sorting_columns()
        .unwrap()
        .iter()
        .map(|sorting| {
            group
                .column(usize::try_from(sorting.column_idx).unwrap())
                .column_path()
                .string()
        })
        .collect();
    assert_eq!(
        sorting,
        ["line_item_product_code", "line_item_usage_account_id"]
    );
    assert!(
        group
            .columns()
            .iter()
            .all(|column| column.offset_index_offset().is_some() && column.statistics().is_some())
    );
    assert!(
        reader
            .metadata()
            .file_metadata()
            .created_by()
            .unwrap()
            .starts_with("curtail")
    );
}

#[test]
fn little_memory_makes_more_files_of_the_same_rows() {
    let texts = [report(60_000, 2), report(30_000, 3)];
    let convert = |memory: u64| {
        let table = TableSchema::documented(ReportKind::LegacyCur.table());
        let bench = Bench::with(ReportKind::LegacyCur, "2024-03", &table, memory);
        for text in &texts {
            bench.csv(text.as_str()).unwrap();
        }
        bench.finish()
    };
    let (one, many) = (convert(1 << 30), convert(1));
    assert_eq!(one.files.len(), 1);
    assert!(many.files.len() > 1, "{}", many.files.len());
    assert_eq!(one.tally.sums, many.tally.sums);
    assert_eq!(one.everything(), many.everything());
}

#[test]
fn files_may_be_decoded_at_the_same_time() {
    let kept = Arc::new(Kept::default());
    let table = TableSchema::documented(ReportKind::LegacyCur.table());
    let settings = Settings {
        memory: 256 << 20,
        threads: 2,
        files: 2,
    };
    let conversion = Conversion::new(
        ReportKind::LegacyCur,
        "2024-03".parse().unwrap(),
        &table,
        settings,
        Arc::<Kept>::clone(&kept),
        Arc::new(Silent),
    );
    thread::scope(|scope| {
        for seed in 0..5 {
            let conversion = &conversion;
            scope.spawn(move || {
                let input = Box::new(Cursor::new(report(3_000, seed)));
                conversion
                    .csv(
                        &ObjectName(format!("{seed}").into()),
                        Compression::Plain,
                        input,
                    )
                    .unwrap()
            });
        }
    });
    let together = Bench { conversion, kept }.finish();
    assert_eq!(together.files.len(), 1, "what fits one file becomes one");
    let alone = Bench::new(ReportKind::LegacyCur);
    for seed in 0..5 {
        alone.csv(report(3_000, seed)).unwrap();
    }
    assert_eq!(together.everything(), alone.finish().everything());
}

#[test]
fn any_number_of_parsers_read_the_same_from_one_file() {
    let table = TableSchema::documented(ReportKind::LegacyCur.table());
    let text = report(30_000, 21);
    let with = |threads: usize, text: &str| {
        let kept = Arc::new(Kept::default());
        let settings = Settings {
            memory: 256 << 20,
            threads,
            files: 1,
        };
        let conversion = Conversion::new(
            ReportKind::LegacyCur,
            "2024-03".parse().unwrap(),
            &table,
            settings,
            Arc::<Kept>::clone(&kept),
            Arc::new(Silent),
        );
        let input = Box::new(Cursor::new(text.to_owned().into_bytes()));
        let done = conversion.csv(&ObjectName("one".into()), Compression::Plain, input);
        done.map(|tally| (tally, Bench { conversion, kept }.finish()))
    };
    let (one, four) = (with(1, &text).unwrap(), with(4, &text).unwrap());
    assert_eq!(one.0, four.0);
    assert_eq!(one.1.everything(), four.1.everything());
    // Of several bad lines, the first is told, whichever parser comes upon which.
    let mut bad: Vec<&str> = text.lines().collect();
    for line in [9_000, 15_000, 21_000, 29_999] {
        bad[line - 1] = "too,few,fields";
    }
    for _ in 0..5 {
        let error = with(4, &bad.join("\n")).err().unwrap();
        assert!(
            matches!(
                error,
                IngestError::FieldCount {
                    line: 9_000,
                    found: 3,
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn stretches_that_never_repeat_are_given_up_without_a_trace() {
    // Tags that are new in every row, beside ones that repeat.
    let rows = 300_000;
    let mut text = "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UnblendedCost,\
        resourceTags/user:a,resourceTags/user:b,resourceTags/user:c,resourceTags/user:d\n"
        .to_owned();
    for row in 0..rows {
        writeln!(
            text,
            "1,Usage,2024-03-05T10:00:00Z,0.1,{},x{row},\"y,{row}\",z",
            row % 3
        )
        .unwrap();
    }
    let bench = Bench::new(ReportKind::LegacyCur);
    bench.csv(text).unwrap();
    let rows_of = |at: usize| format!("{}|x{at}|y,{at}|z", at % 3);
    let cuts = bench.conversion.cuts.lock().unwrap().len();
    assert!(cuts > 0, "the stretch was cut");
    let columns = ["a", "b", "c", "d"].map(|tag| format!("resource_tags_user_{tag}"));
    let found = bench.finish().rows(&columns.each_ref().map(String::as_str));
    let mut expected: Vec<String> = (0..rows).map(rows_of).collect();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_column_of_ever_new_texts_is_kept_whole() {
    let rows = 200_000;
    let bench = Bench::new(ReportKind::LegacyCur);
    bench.csv(report(rows, 9)).unwrap();
    let mut ids = bench.finish().column("identity_line_item_id");
    ids.sort();
    let expected: Vec<String> = (0..rows).map(|row| format!("9-{row:040}")).collect();
    assert_eq!(ids, expected);
}
