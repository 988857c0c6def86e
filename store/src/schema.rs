//! The tables and their columns.

mod delta;
mod documented;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use serde::{Deserialize, Serialize};

use crate::{MONEY_PRECISION, MONEY_SCALE, StoreError};

/// Key of a field's metadata that lists (as a JSON array) the names under which reports delivered the column.
const SOURCE_NAMES: &str = "curtail.sourceNames";

/// The tables of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Line items of legacy CUR and CUR 2.0.
    LineItems,
    /// Rows of FOCUS exports.
    Focus,
}

impl Table {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::LineItems, Self::Focus];

    /// The table's name, which is also its folder in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::LineItems => "line_items",
            Self::Focus => "focus",
        }
    }
}

/// The types that columns have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnType {
    /// UTF-8 text; empty text is stored as NULL.
    Text,
    /// An exact amount: `Decimal128(38, 18)`.
    Amount,
    /// Microseconds since 1970 in UTC.
    Timestamp,
    /// Text by text.
    TextMap,
    /// Exact amounts by text.
    AmountMap,
}

impl ColumnType {
    /// The Arrow type in files and batches.
    pub fn arrow(self) -> DataType {
        let map = |value: Self| {
            let entries = Fields::from(vec![
                Field::new("key", DataType::Utf8, false),
                Field::new("value", value.arrow(), true),
            ]);
            DataType::Map(
                Arc::new(Field::new("key_value", DataType::Struct(entries), false)),
                false,
            )
        };
        match self {
            Self::Text => DataType::Utf8,
            Self::Amount => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE),
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::TextMap => map(Self::Text),
            Self::AmountMap => map(Self::Amount),
        }
    }
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name: lower case, Athena's spelling for line items.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// The names under which reports delivered it, such as `resourceTags/user:Cost Center`, in order of appearance; empty
    /// for a documented column, whose names are known.
    pub source_names: Vec<String>,
}

impl Column {
    /// The Arrow field in files and batches; every column may be NULL.
    pub fn field(&self) -> Field {
        let field = Field::new(&self.name, self.column_type.arrow(), true);
        if self.source_names.is_empty() {
            return field;
        }
        let names = serde_json::to_string(&self.source_names).expect("a list of strings is JSON");
        field.with_metadata(HashMap::from([(SOURCE_NAMES.to_owned(), names)]))
    }
}

/// The columns of a table, without the partition columns `report` and `billing_period`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSchema {
    columns: Vec<Column>,
}

fn documented(table: Table) -> &'static [(&'static str, ColumnType)] {
    match table {
        Table::LineItems => documented::LINE_ITEMS,
        Table::Focus => documented::FOCUS,
    }
}

impl TableSchema {
    /// The columns that AWS documents: every table starts with these, and never has fewer.
    pub fn documented(table: Table) -> Self {
        let column = |&(name, column_type): &(&str, ColumnType)| Column {
            name: name.to_ascii_lowercase(),
            column_type,
            source_names: Vec::new(),
        };
        Self {
            columns: documented(table).iter().map(column).collect(),
        }
    }

    /// Whether AWS documents a column of that name, in small letters.
    pub fn is_documented(table: Table, name: &str) -> bool {
        let is_it = |documented: &str| {
            documented.len() == name.len()
                && name
                    .bytes()
                    .eq(documented.bytes().map(|byte| byte.to_ascii_lowercase()))
        };
        documented(table).iter().any(|(name, _)| is_it(name))
    }

    /// A schema of these columns, in this order.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns }
    }

    /// All columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// This schema with the columns and source names of `other` that it lacks, appended in their order; nothing is ever
    /// taken away. A column that both have must be of one type.
    pub fn union(&self, other: &Self) -> Result<Self, StoreError> {
        let mut columns = self.columns.clone();
        let mut places: HashMap<String, usize> = columns
            .iter()
            .enumerate()
            .map(|(place, column)| (column.name.clone(), place))
            .collect();
        for column in &other.columns {
            let Some(&place) = places.get(&column.name) else {
                places.insert(column.name.clone(), columns.len());
                columns.push(column.clone());
                continue;
            };
            let present = &mut columns[place];
            if present.column_type != column.column_type {
                return Err(StoreError::Column {
                    column: column.name.clone(),
                    why: format!(
                        "is {:?} in the table and cannot become {:?}",
                        present.column_type, column.column_type
                    ),
                });
            }
            let new = column
                .source_names
                .iter()
                .filter(|name| !present.source_names.contains(name))
                .cloned();
            let new: Vec<_> = new.collect();
            present.source_names.extend(new);
        }
        Ok(Self { columns })
    }

    /// This schema with the documented columns that it lacks: a table written before AWS documented a column gets it
    /// when it is read, and keeps the type under which it already has one.
    pub(crate) fn with_documented(mut self, table: Table) -> Self {
        let present: HashSet<_> = self
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let documented = Self::documented(table).columns;
        self.columns.extend(
            documented
                .into_iter()
                .filter(|column| !present.contains(&column.name)),
        );
        self
    }

    /// The Arrow schema, without the partition columns.
    pub fn arrow(&self) -> SchemaRef {
        Arc::new(Schema::new(
            self.columns.iter().map(Column::field).collect::<Vec<_>>(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, column_type: ColumnType, source_names: &[&str]) -> Column {
        let source_names = source_names.iter().map(|&name| name.to_owned()).collect();
        Column {
            name: name.to_owned(),
            column_type,
            source_names,
        }
    }

    #[test]
    fn union_appends_and_never_takes_away() {
        let left = TableSchema::new(vec![
            column("b", ColumnType::Text, &["B"]),
            column("a", ColumnType::Amount, &[]),
        ]);
        let right = TableSchema::new(vec![
            column("c", ColumnType::Text, &["C"]),
            column("b", ColumnType::Text, &["b!", "B"]),
        ]);
        let both = left.union(&right).unwrap();
        assert_eq!(
            both.columns(),
            [
                column("b", ColumnType::Text, &["B", "b!"]),
                column("a", ColumnType::Amount, &[]),
                column("c", ColumnType::Text, &["C"]),
            ]
        );
    }

    #[test]
    fn union_refuses_a_second_type() {
        let left = TableSchema::new(vec![column("a", ColumnType::Text, &[])]);
        let right = TableSchema::new(vec![column("a", ColumnType::Amount, &[])]);
        assert!(
            matches!(left.union(&right), Err(StoreError::Column { column, .. }) if column == "a")
        );
    }

    #[test]
    fn documented_names_are_lower_case_and_stand_once() {
        for table in Table::ALL {
            let schema = TableSchema::documented(table);
            let names: HashSet<_> = schema
                .columns()
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            assert_eq!(names.len(), schema.columns().len());
            assert!(names.iter().all(|name| *name == name.to_lowercase()));
            assert_eq!(schema.clone().with_documented(table), schema);
        }
    }
}
