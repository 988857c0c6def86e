use std::sync::Arc;

use arrow::{
    array::{
        Date32Array, Decimal128Array, Decimal256Array, DictionaryArray, DurationSecondArray,
        Int8Array, IntervalMonthDayNanoArray, ListArray, MapBuilder, NullArray, StringBuilder,
        StructArray, Time64NanosecondArray, TimestampMicrosecondArray, TimestampNanosecondArray,
        UInt32Array, UInt64Array,
    },
    datatypes::{Int32Type, IntervalMonthDayNano, i256},
};

use super::*;

fn values(array: impl Array + 'static) -> Values {
    let array: ArrayRef = Arc::new(array);
    let field = Field::new("a", array.data_type().clone(), true);
    let kind = Column::of(&field).kind;
    Values::new(&array, kind).unwrap()
}

fn texts(array: impl Array + 'static) -> Vec<String> {
    let length = array.len();
    let values = values(array);
    let text = |row| {
        let mut out = Vec::new();
        values.text(row, &mut out);
        String::from_utf8(out).unwrap()
    };
    (0..length).map(text).collect()
}

fn binary(array: impl Array + 'static) -> Vec<u8> {
    let mut out = Vec::new();
    values(array).binary(0, &mut out);
    out
}

fn decimals(units: &[i128], scale: i8) -> Decimal128Array {
    let array = Decimal128Array::from(units.to_vec());
    array.with_precision_and_scale(38, scale).unwrap()
}

/// Reads `numeric`'s binary form as text: an implementation of its own, from the protocol's description.
fn numeric(bytes: &[u8]) -> String {
    let words: Vec<_> = bytes
        .chunks(2)
        .map(|pair| i16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let (weight, sign, places) = (words[1], words[2], usize::try_from(words[3]).unwrap());
    assert_eq!(words.len(), 4 + usize::try_from(words[0]).unwrap());
    let group = |power: i16| {
        let place = usize::try_from(weight - power);
        place
            .ok()
            .and_then(|place| words.get(4 + place))
            .copied()
            .unwrap_or(0)
    };
    let mut whole: String = (0..=weight.max(0))
        .rev()
        .fold(String::new(), |text, power| {
            text + &format!("{:04}", group(power))
        });
    whole = whole.trim_start_matches('0').to_owned();
    let lowest = -i16::try_from(places.div_ceil(4)).unwrap();
    let fraction: String = (lowest..0).rev().fold(String::new(), |text, power| {
        text + &format!("{:04}", group(power))
    });
    let sign = if sign == 0x4000 { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { &whole };
    let point = if places > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{}", &fraction[..places])
}

#[test]
fn amounts_keep_every_digit() {
    let cases = [
        (0, 18, "0"),
        (1, 18, "0.000000000000000001"),
        (-1_500_000_000_000_000_000, 18, "-1.5"),
        (
            99_999_999_999_999_999_999_999_999_999_999_999_999,
            18,
            "99999999999999999999.999999999999999999",
        ),
        (
            -99_999_999_999_999_999_999_999_999_999_999_999_999,
            0,
            "-99999999999999999999999999999999999999",
        ),
        (
            99_999_999_999_999_999_999_999_999_999_999_999_999,
            38,
            "0.99999999999999999999999999999999999999",
        ),
        (12_345_678, 3, "12345.678"),
        (10_000, 0, "10000"),
        (100_000_000, 4, "10000"),
        (5, 5, "0.00005"),
        (7, -3, "7000"),
        (0, -3, "0"),
        (1_234_500_000, 9, "1.2345"),
    ];
    for (units, scale, expected) in cases {
        let array = decimals(&[units], scale);
        assert_eq!(texts(array.clone()), [expected]);
        assert_eq!(numeric(&binary(array)), expected, "{units} {scale}");
    }
    let wide = Decimal256Array::from(vec![
        i256::from_string("-123456789012345678901234567890123456789012345").unwrap(),
    ]);
    let wide = wide.with_precision_and_scale(76, 5).unwrap();
    assert_eq!(
        texts(wide.clone()),
        ["-1234567890123456789012345678901234567890.12345"]
    );
    assert_eq!(
        numeric(&binary(wide)),
        "-1234567890123456789012345678901234567890.12345"
    );
}

#[test]
fn numbers() {
    assert_eq!(texts(Int16Array::from(vec![-5])), ["-5"]);
    assert_eq!(binary(Int16Array::from(vec![-5])), (-5_i16).to_be_bytes());
    assert_eq!(binary(Int8Array::from(vec![-5])), (-5_i16).to_be_bytes());
    assert_eq!(binary(Int32Array::from(vec![7])), 7_i32.to_be_bytes());
    assert_eq!(binary(Int64Array::from(vec![7])), 7_i64.to_be_bytes());
    assert_eq!(
        binary(UInt32Array::from(vec![u32::MAX])),
        i64::from(u32::MAX).to_be_bytes()
    );
    assert_eq!(
        texts(UInt64Array::from(vec![u64::MAX])),
        ["18446744073709551615"]
    );
    assert_eq!(
        numeric(&binary(UInt64Array::from(vec![u64::MAX]))),
        "18446744073709551615"
    );
    assert_eq!(
        texts(Float64Array::from(vec![
            0.1,
            -0.0,
            1e300,
            1e-7,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY
        ])),
        ["0.1", "-0", "1e300", "1e-7", "NaN", "Infinity", "-Infinity"]
    );
    assert_eq!(texts(Float32Array::from(vec![0.1])), ["0.1"]);
    assert_eq!(binary(Float64Array::from(vec![0.1])), 0.1_f64.to_be_bytes());
    assert_eq!(binary(Float32Array::from(vec![0.1])), 0.1_f32.to_be_bytes());
    assert_eq!(texts(BooleanArray::from(vec![true, false])), ["t", "f"]);
    assert_eq!(binary(BooleanArray::from(vec![true])), [1]);
}

#[test]
fn an_object_identifier_has_four_bytes() {
    let array: ArrayRef = Arc::new(Int64Array::from(vec![4_000_000_000]));
    let mut out = Vec::new();
    Values::new(&array, "oid")
        .unwrap()
        .put(0, Format::Binary, &mut out);
    assert_eq!(out, [0, 0, 0, 4, 0xee, 0x6b, 0x28, 0x00]);
}

#[test]
fn text_and_bytes() {
    assert_eq!(texts(StringArray::from(vec!["é", ""])), ["é", ""]);
    assert_eq!(binary(StringViewArray::from(vec!["é"])), "é".as_bytes());
    assert_eq!(
        texts(BinaryArray::from(vec![&b"\x00\xff"[..]])),
        ["\\x00ff"]
    );
    assert_eq!(binary(BinaryArray::from(vec![&b"\x00\xff"[..]])), [0, 0xff]);
    let dictionary: DictionaryArray<Int32Type> = vec!["a", "b", "a"].into_iter().collect();
    assert_eq!(texts(dictionary), ["a", "b", "a"]);
}

#[test]
fn null_has_no_length() {
    let mut out = Vec::new();
    let array: ArrayRef = Arc::new(StringArray::from(vec![None, Some("ab")]));
    let text = Values::new(&array, "text").unwrap();
    text.put(0, Format::Text, &mut out);
    text.put(1, Format::Text, &mut out);
    values(NullArray::new(1)).put(0, Format::Binary, &mut out);
    assert_eq!(
        out,
        [
            255, 255, 255, 255, 0, 0, 0, 2, b'a', b'b', 255, 255, 255, 255
        ]
    );
}

#[test]
fn dates_and_times() {
    let date = Date32Array::from(vec![20_727, 0, -719_529]);
    assert_eq!(
        texts(date.clone()),
        ["2026-10-01", "1970-01-01", "0002-12-31 BC"]
    );
    assert_eq!(binary(date), (20_727 - 10_957_i32).to_be_bytes());
    let moment = TimestampMicrosecondArray::from(vec![1_790_812_800_000_000, -1]);
    assert_eq!(
        texts(moment.clone()),
        ["2026-10-01 00:00:00", "1969-12-31 23:59:59.999999"]
    );
    assert_eq!(
        binary(moment.clone()),
        (1_790_812_800_000_000 - 946_684_800_000_000_i64).to_be_bytes()
    );
    assert_eq!(
        texts(moment.with_timezone("+00:00"))[0],
        "2026-10-01 00:00:00+00"
    );
    let fine = TimestampNanosecondArray::from(vec![1_500_000_000]);
    assert_eq!(texts(fine), ["1970-01-01 00:00:01.5"]);
    let time = Time64NanosecondArray::from(vec![3_600_000_000_000 + 1_500_000]);
    assert_eq!(texts(time.clone()), ["01:00:00.0015"]);
    assert_eq!(binary(time), 3_600_001_500_i64.to_be_bytes());
}

#[test]
fn intervals() {
    let interval = |months, days, nanoseconds| {
        IntervalMonthDayNanoArray::from(vec![IntervalMonthDayNano::new(months, days, nanoseconds)])
    };
    assert_eq!(
        texts(interval(14, 3, 3_723_500_000_000)),
        ["1 year 2 mons 3 days 01:02:03.5"]
    );
    assert_eq!(texts(interval(0, 0, 0)), ["00:00:00"]);
    assert_eq!(
        texts(interval(0, -1, -1_000_000_000)),
        ["-1 days -00:00:01"]
    );
    assert_eq!(
        binary(interval(14, 3, 5000)),
        [0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 14]
    );
    assert_eq!(texts(DurationSecondArray::from(vec![90_000])), ["25:00:00"]);
}

#[test]
fn lists() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
        Some(vec![Some(1), None]),
        Some(vec![]),
    ]);
    assert_eq!(texts(list.clone()), ["{1,NULL}", "{}"]);
    let expected: Vec<u8> = [1, 1, 23, 2, 1, 4, 1, -1]
        .iter()
        .flat_map(|word: &i32| word.to_be_bytes())
        .collect();
    assert_eq!(binary(list), expected);
    let mut builder = arrow::array::ListBuilder::new(StringBuilder::new());
    builder.append_value(["a b", "", "null", "q\"\\", "plain"].map(Some));
    assert_eq!(
        texts(builder.finish()),
        [r#"{"a b","","null","q\"\\",plain}"#]
    );
    let vector: ArrayRef = Arc::new(ListArray::from_iter_primitive::<
        arrow::datatypes::Int16Type,
        _,
        _,
    >(vec![Some(vec![Some(1), Some(2)])]));
    let mut out = Vec::new();
    Values::new(&vector, "int2vector")
        .unwrap()
        .text(0, &mut out);
    assert_eq!(out, b"1 2");
}

#[test]
fn maps_and_structs_are_json() {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    builder.keys().append_value("te\"am");
    builder.values().append_value("x");
    builder.keys().append_value("b");
    builder.values().append_null();
    builder.append(true).unwrap();
    let map = builder.finish();
    assert_eq!(texts(map.clone()), [r#"{"te\"am": "x", "b": null}"#]);
    assert_eq!(binary(map.clone()), br#"{"te\"am": "x", "b": null}"#);
    let amount: ArrayRef = Arc::new(decimals(&[1], 18));
    let flag: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let inner: ArrayRef = Arc::new(map);
    let field =
        |name: &str, array: &ArrayRef| Arc::new(Field::new(name, array.data_type().clone(), true));
    let record = StructArray::from(vec![
        (field("n", &amount), amount),
        (field("f", &flag), flag),
        (field("m", &inner), inner),
    ]);
    assert_eq!(
        texts(record),
        [r#"{"n": 0.000000000000000001, "f": true, "m": {"te\"am": "x", "b": null}}"#]
    );
}
