//! Scans that merge line items, for plans that are sent elsewhere: as bytes, and fed with the numbers of their partitions.
//!
//! Whoever divides a plan among machines knows how to divide batches in memory, but not our scans. So a scan gets an input that has in
//! each partition one row, the number of the partition: whichever of them a machine is given, it reads what belongs to them.

use std::{collections::HashMap, sync::Arc};

use curtail_store::Beside;
use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, Int64Array, RecordBatch, RecordBatchOptions, StringArray,
            UInt64Array,
        },
        datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type},
        ipc::{reader::StreamReader, writer::StreamWriter},
    },
    common::{ScalarValue, internal_datafusion_err},
    datasource::{listing::PartitionedFile, memory::MemorySourceConfig},
    error::{DataFusionError, Result},
    object_store::{ObjectMeta, path::Path},
    physical_expr::PhysicalExpr,
    physical_plan::ExecutionPlan,
};

use super::{Cache, Condition, MergingScan, Role, Wanted};
use crate::{EngineOptions, session::store_url};

/// Where the schema of merged rows says what a column is.
const ROLE: &str = "role";
/// Where it says in how many partitions line items are read.
const PARTITIONS: &str = "partitions";
/// Where it has conditions: the place of a column, and bytes.
const CONDITION: &str = "condition";

/// Makes bytes of a condition.
type WriteCondition<'a> = dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<Vec<u8>> + 'a;
/// Makes a condition of bytes, on columns of the schema.
type ReadCondition<'a> = dyn FnMut(&[u8], &Schema) -> Result<Arc<dyn PhysicalExpr>> + 'a;

/// Scans that merge line items, for whoever computes what is sent.
#[derive(Debug)]
pub struct Scans {
    cache: Arc<Cache>,
}

impl Scans {
    /// With as much memory for what was read before as an engine with these options has.
    pub fn new(options: &EngineOptions) -> Self {
        Self {
            cache: Arc::new(Cache::of(options)),
        }
    }

    /// With no memory of what was read before.
    pub fn forgetful() -> Self {
        Self {
            cache: Arc::new(Cache::new(0)),
        }
    }

    /// Bytes of the files that `plan` reads, if it is such a scan, not yet fed.
    pub fn size(plan: &dyn ExecutionPlan) -> Option<u64> {
        let scan = plan.downcast_ref::<MergingScan>()?;
        let sizes = scan.files.iter().map(|file| file.object_meta.size);
        scan.input.is_none().then(|| sizes.sum())
    }

    /// The same scan, fed, if `plan` is one that is not.
    pub fn fed(plan: &dyn ExecutionPlan) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(scan) = plan.downcast_ref::<MergingScan>() else {
            return Ok(None);
        };
        if scan.input.is_some() {
            return Ok(None);
        }
        let schema = Arc::new(Schema::new(vec![Field::new(
            "partition",
            DataType::Int64,
            false,
        )]));
        let numbers = (0..scan.partitions).map(|number| {
            let number = i64::try_from(number).map_err(|_| malformed())?;
            let column: ArrayRef = Arc::new(Int64Array::from(vec![number]));
            Ok(vec![RecordBatch::try_new(
                Arc::clone(&schema),
                vec![column],
            )?])
        });
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        let input = MemorySourceConfig::try_new_exec(&numbers, schema, None)?;
        Ok(Some(Arc::new(scan.over(input))))
    }

    /// A scan that is fed as bytes, without its input; `write` makes those of its conditions.
    pub fn as_bytes(
        plan: &dyn ExecutionPlan,
        write: &mut WriteCondition<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let Some(scan) = plan.downcast_ref::<MergingScan>() else {
            return Ok(None);
        };
        if scan.input.is_none() {
            return Ok(None);
        }
        let wanted = &scan.wanted;
        let fields = wanted.schema.fields().iter().zip(&wanted.roles);
        let fields = fields.map(|(field, role)| {
            let said = HashMap::from([(ROLE.to_owned(), as_text(role))]);
            field.as_ref().clone().with_metadata(said)
        });
        let mut said = HashMap::from([(PARTITIONS.to_owned(), scan.partitions.to_string())]);
        for (number, condition) in wanted.conditions.iter().enumerate() {
            let bytes = write(&condition.holds)?;
            let text = format!("{} {}", condition.column, hex(&bytes));
            said.insert(format!("{CONDITION} {number}"), text);
        }
        let schema = Schema::new_with_metadata(fields.collect::<Vec<_>>(), said);
        let mut told = Vec::new();
        StreamWriter::try_new(&mut told, &schema)?.finish()?;
        let length = u64::try_from(told.len()).map_err(|_| malformed())?;
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.append(&mut told);
        let files = files_as_rows(&scan.files)?;
        let mut writer = StreamWriter::try_new(&mut bytes, &files.schema())?;
        writer.write(&files)?;
        writer.finish()?;
        drop(writer);
        Ok(Some(bytes))
    }

    /// The scan that is told by these bytes, over `input`; `read` makes conditions of bytes.
    pub fn from_bytes(
        &self,
        bytes: &[u8],
        input: &Arc<dyn ExecutionPlan>,
        read: &mut ReadCondition<'_>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (length, rest) = bytes.split_at_checked(8).ok_or_else(malformed)?;
        let length = length.try_into().map_err(|_| malformed())?;
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| malformed())?;
        let (told, files) = rest.split_at_checked(length).ok_or_else(malformed)?;
        let told = StreamReader::try_new(told, None)?.schema();
        let fields = told.fields().iter();
        let roles = fields.clone().map(|field| {
            let role = field.metadata().get(ROLE);
            role.and_then(|text| role_in(text)).ok_or_else(malformed)
        });
        let roles = roles.collect::<Result<Vec<_>>>()?;
        let fields = fields.map(|field| field.as_ref().clone().with_metadata(HashMap::new()));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let mut conditions = Vec::new();
        while let Some(text) = told
            .metadata()
            .get(&format!("{CONDITION} {}", conditions.len()))
        {
            let (column, bytes) = text.split_once(' ').ok_or_else(malformed)?;
            let column = column.parse().map_err(|_| malformed())?;
            let bytes = unhex(bytes).ok_or_else(malformed)?;
            let alone = Arc::new(schema.project(&[column])?);
            conditions.push(Condition {
                column,
                holds: read(&bytes, &alone)?,
                schema: alone,
            });
        }
        let partitions = told.metadata().get(PARTITIONS);
        let partitions = partitions.and_then(|text| text.parse().ok());
        let wanted = Wanted {
            schema,
            roles,
            conditions,
        };
        let mut found = Vec::new();
        for rows in StreamReader::try_new(files, None)? {
            found.extend(files_in(&rows?)?);
        }
        let scan = MergingScan::new(
            wanted,
            found,
            store_url(),
            Arc::clone(&self.cache),
            partitions.ok_or_else(malformed)?,
        );
        Ok(Arc::new(scan.over(Arc::clone(input))))
    }
}

fn malformed() -> DataFusionError {
    internal_datafusion_err!("a scan that was sent is not one of this version")
}

fn as_text(role: &Role) -> String {
    match role {
        Role::Dimension => "dimension".to_owned(),
        Role::Day => "day".to_owned(),
        Role::Amount => "amount".to_owned(),
        Role::Count => "count".to_owned(),
        Role::Constant(place) => format!("constant {place}"),
        Role::Beside(beside, place) => format!("{} {place}", beside.column("")),
    }
}

fn role_in(text: &str) -> Option<Role> {
    Some(match text {
        "dimension" => Role::Dimension,
        "day" => Role::Day,
        "amount" => Role::Amount,
        "count" => Role::Count,
        text => {
            let (what, place) = text.split_once(' ')?;
            let place = place.parse().ok()?;
            match (what, Beside::of(what)) {
                ("constant", _) => Role::Constant(place),
                (_, Some((beside, _))) => Role::Beside(beside, place),
                _ => return None,
            }
        }
    })
}

/// One row per file: its path, its size and its constants.
fn files_as_rows(files: &[PartitionedFile]) -> Result<RecordBatch> {
    let paths = files.iter().map(|file| Some(file.path().as_ref()));
    let sizes = files.iter().map(|file| file.object_meta.size);
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(paths.collect::<StringArray>()),
        Arc::new(UInt64Array::from_iter_values(sizes)),
    ];
    let constants = files.first().map_or(0, |file| file.partition_values.len());
    for constant in 0..constants {
        let values = files.iter().map(|file| {
            let value = file.partition_values.get(constant).cloned();
            value.ok_or_else(malformed)
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        columns.push(ScalarValue::iter_to_array(values)?);
    }
    let fields = columns.iter().enumerate();
    let fields = fields
        .map(|(number, column)| Field::new(number.to_string(), column.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = RecordBatchOptions::new().with_row_count(Some(files.len()));
    Ok(RecordBatch::try_new_with_options(
        schema, columns, &options,
    )?)
}

fn files_in(rows: &RecordBatch) -> Result<Vec<PartitionedFile>> {
    let [paths, sizes, constants @ ..] = rows.columns() else {
        return Err(malformed());
    };
    let paths = paths.as_string_opt::<i32>().ok_or_else(malformed)?;
    let sizes = sizes
        .as_primitive_opt::<UInt64Type>()
        .ok_or_else(malformed)?;
    (0..rows.num_rows())
        .map(|row| {
            let location = Path::parse(paths.value(row));
            let meta = ObjectMeta {
                location: location.map_err(|error| DataFusionError::External(Box::new(error)))?,
                // A data file never changes; caches may know it by its path alone.
                last_modified: chrono::DateTime::UNIX_EPOCH,
                size: sizes.value(row),
                e_tag: None,
                version: None,
            };
            let values = constants.iter();
            let values = values.map(|values| ScalarValue::try_from_array(values, row));
            let values = values.collect::<Result<Vec<_>>>()?;
            Ok(PartitionedFile::new_from_meta(meta).with_partition_values(values))
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.map(|digit| char::from_digit(u32::from(digit), 16));
    digits.flatten().collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|digit| digit.to_digit(16));
    let digits = digits.collect::<Option<Vec<_>>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| u8::try_from((pair[0] << 4) | pair[1]).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_bytes_come_back() {
        let mut roles = vec![Role::Dimension, Role::Day, Role::Amount, Role::Count];
        roles.push(Role::Constant(3));
        roles.extend(Beside::ALL.map(|beside| Role::Beside(beside, 12)));
        for role in roles {
            assert_eq!(role_in(&as_text(&role)), Some(role));
        }
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!((unhex("a"), unhex("xy")), (None, None));
    }

    #[test]
    fn files_come_back() {
        let file = |path: &str, month: &str| {
            let values = [
                ScalarValue::Utf8View(Some(month.to_owned())),
                ScalarValue::Boolean(Some(true)),
            ];
            PartitionedFile::new(path, 7).with_partition_values(values.to_vec())
        };
        let files = [file("a/b=c/part-0.parquet", "2026-10"), file("a", "x")];
        let found = files_in(&files_as_rows(&files).unwrap()).unwrap();
        assert_eq!(found.len(), 2);
        for (file, found) in files.iter().zip(&found) {
            assert_eq!(file.path(), found.path());
            assert_eq!(file.object_meta.size, found.object_meta.size);
            assert_eq!(file.partition_values, found.partition_values);
        }
        assert!(files_in(&files_as_rows(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_scan_is_an_error() {
        let input: Arc<dyn ExecutionPlan> = Arc::new(
            datafusion::physical_plan::empty::EmptyExec::new(Arc::new(Schema::empty())),
        );
        let mut read = |_: &[u8], _: &Schema| Err(malformed());
        for bytes in [&b""[..], b"12345678", &[0; 8], &[255; 30]] {
            let found = Scans::forgetful().from_bytes(bytes, &input, &mut read);
            assert!(found.is_err(), "{bytes:?}");
        }
    }
}
