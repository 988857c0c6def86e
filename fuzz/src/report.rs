//! Reports of a few layouts: what must become of their rows.

use std::collections::BTreeMap;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Decimal128Type, TimestampMicrosecondType},
};
use bytes::Bytes;
use curtail_store::ReportKind;
use num_bigint::BigInt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// The header of a report, and what its fields are.
pub struct Layout {
    pub kind: ReportKind,
    pub header: &'static str,
    /// Columns of the store, and the fields of which the first that has a value fills them. Maps are left out.
    columns: &'static [(&'static str, Type, &'static [usize])],
    /// Has it maps of amounts, which may be wrong?
    pub amounts_in_maps: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Amount,
    Time,
}

use Type::{Amount, Text, Time};

/// One of each kind.
pub const LAYOUTS: [Layout; 3] = [
    Layout {
        kind: ReportKind::LegacyCur,
        header: "identity/LineItemId,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,\
                 lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,\
                 lineItem/UnblendedCost,lineItem/ResourceId,product/ProductName,product/region,pricing/publicOnDemandCost,\
                 resourceTags/user:Name,resourceTags/user:name",
        columns: &[
            ("identity_line_item_id", Text, &[0]),
            ("bill_payer_account_id", Text, &[1]),
            ("line_item_usage_account_id", Text, &[2]),
            ("line_item_line_item_type", Text, &[3]),
            ("line_item_usage_start_date", Time, &[4]),
            ("line_item_usage_end_date", Time, &[5]),
            ("line_item_product_code", Text, &[6]),
            ("line_item_usage_amount", Amount, &[7]),
            ("line_item_unblended_cost", Amount, &[8]),
            ("line_item_resource_id", Text, &[9]),
            ("product_product_name", Text, &[10]),
            ("product_region", Text, &[11]),
            ("pricing_public_on_demand_cost", Amount, &[12]),
            ("resource_tags_user_name", Text, &[13, 14]),
            ("resource_tags_user_name_2", Text, &[14]),
        ],
        amounts_in_maps: false,
    },
    Layout {
        kind: ReportKind::Cur2,
        header: "line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,\
                 line_item_unblended_cost,discount,resource_tags,line_item_product_code",
        columns: &[
            ("line_item_usage_account_id", Text, &[0]),
            ("line_item_line_item_type", Text, &[1]),
            ("line_item_usage_start_date", Time, &[2]),
            ("line_item_unblended_cost", Amount, &[3]),
            ("line_item_product_code", Text, &[6]),
        ],
        amounts_in_maps: true,
    },
    Layout {
        kind: ReportKind::Focus,
        header: "BilledCost,BillingCurrency,ChargePeriodStart,ServiceName,EffectiveCost,Tags",
        columns: &[
            ("billedcost", Amount, &[0]),
            ("billingcurrency", Text, &[1]),
            ("chargeperiodstart", Time, &[2]),
            ("servicename", Text, &[3]),
            ("effectivecost", Amount, &[4]),
        ],
        amounts_in_maps: false,
    },
];

/// A row: amounts in units, times in microseconds.
type Row = Vec<Option<String>>;

/// What a report holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Sorted.
    pub rows: Vec<Row>,
    pub sums: BTreeMap<&'static str, BigInt>,
    /// Whether every sum fits 38 digits, whatever the order in which it is added up.
    pub sums_fit: bool,
}

impl Layout {
    /// What text with this header holds; nothing if some value cannot be what its column is.
    pub fn read(&self, text: &[u8]) -> Option<Report> {
        let mut records = crate::records(text).into_iter();
        let width = records.next()?.len();
        let rows = records.map(|record| (record.len() == width).then(|| self.row(&record))?);
        rows.collect::<Option<_>>().map(|rows| self.report(rows))
    }

    fn row(&self, record: &[Vec<u8>]) -> Option<Row> {
        let is_null =
            |text: &[u8]| text.is_empty() || self.kind == ReportKind::Focus && text == b"NULL";
        let value = |&(_, kind, fields): &(_, Type, &[usize])| {
            let mut texts = fields.iter().map(|&field| &record[field][..]);
            let Some(text) = texts.find(|text| !is_null(text)) else {
                return Some(None);
            };
            Some(Some(match kind {
                Text => String::from_utf8_lossy(text).into_owned(),
                Amount => crate::amount(text)?.0.to_string(),
                Time => crate::instant(text)?.to_string(),
            }))
        };
        self.columns.iter().map(value).collect()
    }

    /// What the Parquet files made from such text hold.
    pub fn read_back(&self, files: &[Bytes]) -> Report {
        let mut rows = Vec::new();
        for file in files {
            let reader = ParquetRecordBatchReaderBuilder::try_new(file.clone())
                .and_then(ParquetRecordBatchReaderBuilder::build)
                .expect("what was written is Parquet");
            for batch in reader {
                rows.extend(self.rows(&batch.expect("what was written can be read")));
            }
        }
        self.report(rows)
    }

    fn rows(&self, batch: &RecordBatch) -> Vec<Row> {
        let columns = self.columns.iter().map(|(name, kind, _)| {
            let array = batch.column_by_name(name);
            array.map_or_else(|| vec![None; batch.num_rows()], |array| texts(array, *kind))
        });
        let columns: Vec<Vec<Option<String>>> = columns.collect();
        let row = |row: usize| columns.iter().map(|column| column[row].clone()).collect();
        (0..batch.num_rows()).map(row).collect()
    }

    fn report(&self, mut rows: Vec<Row>) -> Report {
        rows.sort();
        let limit = BigInt::from(10).pow(38);
        let mut report = Report {
            rows,
            sums: BTreeMap::new(),
            sums_fit: true,
        };
        for (at, (name, kind, _)) in self.columns.iter().enumerate() {
            if *kind != Amount {
                continue;
            }
            let values = report.rows.iter().filter_map(|row| row[at].as_ref());
            let values: Vec<BigInt> = values
                .map(|units| units.parse().expect("units are a number"))
                .collect();
            let magnitudes = values.iter().map(BigInt::magnitude);
            report.sums_fit &= BigInt::from(magnitudes.sum::<num_bigint::BigUint>()) < limit;
            if !values.is_empty() {
                report.sums.insert(name, values.iter().sum());
            }
        }
        report
    }
}

fn texts(array: &ArrayRef, kind: Type) -> Vec<Option<String>> {
    match kind {
        Text => {
            let texts = cast(array, &DataType::Utf8).expect("text is text");
            let texts = texts.as_string::<i32>().iter();
            texts.map(|text| text.map(str::to_owned)).collect()
        }
        Amount => {
            let units = array.as_primitive::<Decimal128Type>().iter();
            units
                .map(|units| units.map(|units| units.to_string()))
                .collect()
        }
        Time => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().iter();
            micros
                .map(|micros| micros.map(|micros| micros.to_string()))
                .collect()
        }
    }
}
