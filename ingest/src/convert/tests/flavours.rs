//! Parquet files of every flavour, and the same rows as CSV.

use std::fmt::Write as _;

use ::parquet::arrow::ArrowWriter;
use arrow::{
    array::{
        Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
        LargeStringArray, MapBuilder, MapFieldNames, StringArray, StringBuilder,
        TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
        builder::Float64Builder,
    },
    datatypes::Int32Type,
};

use super::*;

fn write(columns: Vec<(&str, ArrayRef)>) -> Bytes {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap().into()
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// The columns that a legacy file must have, two rows.
fn required() -> Vec<(&'static str, ArrayRef)> {
    vec![
        (
            "line_item_usage_account_id",
            text(&["000000000007", "000000000008"]),
        ),
        ("line_item_line_item_type", text(&["Usage", "Usage"])),
        (
            "line_item_usage_start_date",
            Arc::new(TimestampMillisecondArray::from(vec![
                1_709_596_800_000,
                1_709_600_400_000,
            ])),
        ),
        (
            "line_item_unblended_cost",
            Arc::new(Float64Array::from(vec![0.1, 1e-7])),
        ),
    ]
}

fn legacy_file(columns: Vec<(&'static str, ArrayRef)>) -> Result<Done, IngestError> {
    let bench = Bench::new(ReportKind::LegacyCur);
    let mut all = required();
    all.retain(|(name, _)| !columns.iter().any(|(given, _)| given == name));
    all.extend(columns);
    bench.parquet(write(all))?;
    Ok(bench.finish())
}

#[test]
fn a_legacy_file_reads_like_the_same_csv() {
    let resources = ["i-1", "", "i-1", "b,2"];
    let starts = [
        1_709_596_800_i64,
        1_709_600_400,
        1_709_604_000,
        1_709_596_800,
    ];
    let costs = [0.1, -2.5e-9, 744.0, 0.000_123_456_789_012_345];
    let file = write(vec![
        ("line_item_usage_account_id", text(&["000000000007"; 4])),
        ("line_item_line_item_type", text(&["Usage"; 4])),
        ("line_item_resource_id", text(&resources)),
        (
            "line_item_usage_start_date",
            Arc::new(TimestampNanosecondArray::from(
                starts.map(|s| s * 1_000_000_000).to_vec(),
            )),
        ),
        (
            "line_item_unblended_cost",
            Arc::new(Float64Array::from(costs.to_vec())),
        ),
        ("resource_tags_user_team", text(&["a", "b", "", "a"])),
        ("reservation_reservation_arn", text(&["", "arn:x", "", ""])),
        ("year", text(&["2024"; 4])),
        ("month", text(&["3"; 4])),
    ]);
    let mut csv = "lineItem/UsageAccountId,lineItem/LineItemType,lineItem/ResourceId,lineItem/UsageStartDate,lineItem/UnblendedCost,\
                   resource_tags/user_team,reservation/ReservationARN\n"
        .to_owned();
    let times = [
        "2024-03-05T00:00:00Z",
        "2024-03-05T01:00:00Z",
        "2024-03-05T02:00:00Z",
        "2024-03-05T00:00:00Z",
    ];
    for row in 0..4 {
        let tag = ["a", "b", "", "a"][row];
        let arn = ["", "arn:x", "", ""][row];
        writeln!(
            csv,
            "000000000007,Usage,\"{}\",{},{},{tag},{arn}",
            resources[row], times[row], costs[row]
        )
        .unwrap();
    }
    let (parquet, plain) = (
        Bench::new(ReportKind::LegacyCur),
        Bench::new(ReportKind::LegacyCur),
    );
    let from_parquet = parquet.parquet(file.clone()).unwrap();
    let from_csv = plain.csv(csv).unwrap();
    assert_eq!(from_parquet.sums, from_csv.sums);
    assert_eq!(from_parquet.decoded_size, file.len() as u64);
    let (parquet, plain) = (parquet.finish(), plain.finish());
    assert_eq!(parquet.everything(), plain.everything());
    assert_eq!(
        parquet.column("year"),
        ["NULL"; 4],
        "partition columns are left to the store"
    );
}

#[test]
fn amounts_of_any_type_are_read() {
    let arrays: [ArrayRef; 5] = [
        Arc::new(Float64Array::from(vec![0.25, 3.0])),
        Arc::new(
            Decimal128Array::from(vec![25, 300])
                .with_precision_and_scale(10, 2)
                .unwrap(),
        ),
        text(&["0.25", "3"]),
        Arc::new(LargeStringArray::from(vec!["2.5e-1", "3.0"])),
        Arc::new(DictionaryArray::<Int32Type>::from_iter([
            Some("0.25"),
            Some("3"),
        ])),
    ];
    for array in arrays {
        let done = legacy_file(vec![("line_item_unblended_cost", Arc::clone(&array))]).unwrap();
        let rows = done.rows(&["line_item_unblended_cost"]);
        assert_eq!(
            rows,
            ["0.250000000000000000", "3.000000000000000000"],
            "{:?}",
            array.data_type()
        );
    }
    let integers: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None]));
    let done = legacy_file(vec![("reservation_upfront_value", integers)]).unwrap();
    assert_eq!(done.sum("reservation_upfront_value"), "7");
    assert_eq!(done.rows(&["reservation_upfront_value"])[1], "NULL");
}

#[test]
fn times_of_any_type_are_read() {
    let arrays: [ArrayRef; 6] = [
        Arc::new(TimestampMillisecondArray::from(vec![1_709_596_800_000; 2])),
        Arc::new(
            TimestampMicrosecondArray::from(vec![1_709_596_800_000_000; 2]).with_timezone("UTC"),
        ),
        Arc::new(
            TimestampMicrosecondArray::from(vec![1_709_596_800_000_000; 2])
                .with_timezone("Europe/Berlin"),
        ),
        Arc::new(TimestampNanosecondArray::from(
            vec![1_709_596_800_000_000_000; 2],
        )),
        Arc::new(Date32Array::from(vec![19_787; 2])),
        text(&["2024-03-05T00:00:00Z", "2024-03-05 00:00:00"]),
    ];
    for array in arrays {
        let done = legacy_file(vec![("line_item_usage_start_date", Arc::clone(&array))]).unwrap();
        assert_eq!(
            done.column("line_item_usage_start_date"),
            ["2024-03-05T00:00:00Z"; 2],
            "{:?}",
            array.data_type()
        );
    }
}

#[test]
fn times_in_96_bits_are_read() {
    use ::parquet::{
        data_type::{ByteArray, ByteArrayType, DoubleType, Int96, Int96Type},
        file::writer::SerializedFileWriter,
        schema::parser::parse_message_type,
    };
    let schema = "message m { optional binary line_item_usage_account_id (UTF8); optional binary line_item_line_item_type;
        optional int96 line_item_usage_start_date; optional double line_item_unblended_cost; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for at in 0..4 {
        let mut column = group.next_column().unwrap().unwrap();
        let levels = Some(&[1_i16][..]);
        match at {
            0 | 1 => {
                let text = ByteArray::from(["000000000007", "Usage"][at]);
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&[text], levels, None)
                    .unwrap();
            }
            2 => {
                // Half past one on Julian day 2,460,375.
                let mut time = Int96::new();
                let nanoseconds = 5_400_000_000_000_u64;
                time.set_data(
                    u32::try_from(nanoseconds & 0xFFFF_FFFF).unwrap(),
                    u32::try_from(nanoseconds >> 32).unwrap(),
                    2_460_375,
                );
                column
                    .typed::<Int96Type>()
                    .write_batch(&[time], levels, None)
                    .unwrap();
            }
            _ => {
                column
                    .typed::<DoubleType>()
                    .write_batch(&[0.5], levels, None)
                    .unwrap();
            }
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    let bench = Bench::new(ReportKind::LegacyCur);
    bench.parquet(writer.into_inner().unwrap().into()).unwrap();
    let done = bench.finish();
    assert_eq!(
        done.column("line_item_usage_start_date"),
        ["2024-03-05T01:30:00Z"]
    );
    assert_eq!(
        done.column("line_item_line_item_type"),
        ["Usage"],
        "bytes that are not marked as text are"
    );
}

#[test]
fn text_columns_take_whatever_they_hold() {
    let done = legacy_file(vec![
        (
            "savings_plan_savings_plan_rate",
            Arc::new(Float64Array::from(vec![0.1, 2e-7])),
        ),
        (
            "reservation_number_of_reservations",
            Arc::new(Int32Array::from(vec![Some(3), None])),
        ),
        (
            "reservation_start_time",
            Arc::new(TimestampMillisecondArray::from(vec![
                Some(1_709_596_800_500),
                None,
            ])),
        ),
    ])
    .unwrap();
    assert_eq!(
        done.rows(&["savings_plan_savings_plan_rate"]),
        ["0.0000002", "0.1"]
    );
    assert_eq!(
        done.rows(&["reservation_number_of_reservations"]),
        ["3", "NULL"]
    );
    assert_eq!(
        done.rows(&["reservation_start_time"]),
        ["2024-03-05T00:00:00.500Z", "NULL"]
    );
}

#[test]
fn doubles_that_are_no_amounts_are_errors() {
    for value in [f64::NAN, f64::INFINITY] {
        match legacy_file(vec![(
            "line_item_unblended_cost",
            Arc::new(Float64Array::from(vec![1.0, value])),
        )]) {
            Err(IngestError::BadAmount { line, column, .. }) => {
                assert_eq!((line, column.as_str()), (2, "line_item_unblended_cost"));
            }
            other => panic!("{:?}", other.map(|done| done.everything())),
        }
    }
}

#[test]
fn what_is_no_parquet_is_an_error() {
    let whole = write(required());
    for bytes in [
        Bytes::from_static(b"PAR1"),
        Bytes::from_static(b"no parquet file at all"),
        whole.slice(..whole.len() / 2),
    ] {
        let error = Bench::new(ReportKind::LegacyCur)
            .parquet(bytes)
            .expect_err("unreadable");
        assert!(
            matches!(error, IngestError::UnreadableParquet { .. }),
            "{error:?}"
        );
    }
    let without = required()
        .into_iter()
        .filter(|(name, _)| *name != "line_item_unblended_cost")
        .collect();
    let error = Bench::new(ReportKind::LegacyCur)
        .parquet(write(without))
        .expect_err("no cost");
    assert!(
        matches!(error, IngestError::MissingColumn { .. }),
        "{error:?}"
    );
}

/// The entries of a map of text.
type Entries<'a> = &'a [(&'a str, Option<&'a str>)];

fn tags(names: Option<MapFieldNames>, rows: &[Option<Entries<'_>>]) -> ArrayRef {
    let mut builder = MapBuilder::new(names, StringBuilder::new(), StringBuilder::new());
    for row in rows {
        for (key, value) in row.unwrap_or_default() {
            builder.keys().append_value(key);
            builder.values().append_option(*value);
        }
        builder.append(row.is_some()).unwrap();
    }
    Arc::new(builder.finish())
}

fn discounts(rows: &[&[(&str, f64)]]) -> ArrayRef {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), Float64Builder::new());
    for row in rows {
        for (key, value) in *row {
            builder.keys().append_value(key);
            builder.values().append_value(*value);
        }
        builder.append(true).unwrap();
    }
    Arc::new(builder.finish())
}

#[test]
fn maps_of_cur2_read_like_json_cells() {
    let rows: [Option<Entries<'_>>; 4] = [
        Some(&[
            ("user_team", Some("a \"quoted\"")),
            ("user_empty", Some("")),
            ("user_none", None),
        ]),
        None,
        Some(&[]),
        Some(&[("user_team", Some("b"))]),
    ];
    let legacy_names = MapFieldNames {
        entry: "map".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let csv = "line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_unblended_cost,resource_tags,discount\n\
               7,Usage,2024-03-05T00:00:00.000Z,0.1,\"{\"\"user_team\"\":\"\"a \\\"\"quoted\\\"\"\"\",\"\"user_empty\"\":\"\"\"\"}\",\"{\"\"edp_discount\"\":-0.1}\"\n\
               7,Usage,2024-03-05T00:00:00.000Z,0.1,,{}\n7,Usage,2024-03-05T00:00:00.000Z,0.1,{},\n\
               7,Usage,2024-03-05T00:00:00.000Z,0.1,\"{\"\"user_team\"\":\"\"b\"\"}\",\"{\"\"edp_discount\"\":-1e-9}\"\n";
    let plain = Bench::new(ReportKind::Cur2);
    plain.csv(csv).unwrap();
    let plain = plain.finish();
    for names in [None, Some(legacy_names)] {
        let file = write(vec![
            ("line_item_usage_account_id", text(&["7"; 4])),
            ("line_item_line_item_type", text(&["Usage"; 4])),
            (
                "line_item_usage_start_date",
                Arc::new(TimestampMillisecondArray::from(vec![1_709_596_800_000; 4])),
            ),
            (
                "line_item_unblended_cost",
                Arc::new(Float64Array::from(vec![0.1; 4])),
            ),
            ("resource_tags", tags(names, &rows)),
            (
                "discount",
                discounts(&[
                    &[("edp_discount", -0.1)],
                    &[],
                    &[],
                    &[("edp_discount", -1e-9)],
                ]),
            ),
        ]);
        let bench = Bench::new(ReportKind::Cur2);
        bench.parquet(file).unwrap();
        let done = bench.finish();
        assert_eq!(done.everything(), plain.everything());
        assert_eq!(done.sum("discount_edp_discount"), "-0.100000001");
    }
}

#[test]
fn maps_of_focus_stay_maps() {
    let file = write(vec![
        ("BilledCost", Arc::new(Float64Array::from(vec![0.5, 0.25]))),
        ("BillingCurrency", text(&["USD"; 2])),
        (
            "ChargePeriodStart",
            Arc::new(TimestampMillisecondArray::from(vec![1_709_596_800_000; 2])),
        ),
        ("Tags", tags(None, &[Some(&[("user:a", Some("b"))]), None])),
        ("x_Discounts", discounts(&[&[("edp", -0.1)], &[]])),
    ]);
    let bench = Bench::new(ReportKind::Focus);
    bench.parquet(file).unwrap();
    let done = bench.finish();
    let rows = done.rows(&["billedcost", "tags", "x_discounts"]);
    assert_eq!(
        rows,
        [
            "0.250000000000000000|NULL|{}",
            "0.500000000000000000|{user:a: b}|{edp: -0.100000000000000000}"
        ]
    );
    // What was written can itself be read as a report.
    let again = Bench::new(ReportKind::Focus);
    again.parquet(done.files[0].clone()).unwrap();
    assert_eq!(again.finish().everything(), done.everything());
}
