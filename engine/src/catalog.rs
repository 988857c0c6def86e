//! What SQL sees: the catalog of one snapshot.

mod beside;
mod generated;
mod information;
mod lazy;
mod limits;
mod meta;
pub(crate) mod months;
mod names;
mod narrow;
mod origin;
mod relations;
mod scan;
mod views;

use std::sync::Arc;

use curtail_store::{Snapshot, Store};
use datafusion::{
    arrow::datatypes::{DataType, FieldRef},
    catalog::{CatalogProvider, MemoryCatalogProvider, TableProvider},
    error::Result,
    execution::SessionState,
};

pub(crate) use beside::Beside;
pub(crate) use limits::Limit;
pub(crate) use months::uncast;
pub(crate) use names::{ATHENA_CATALOG, Databases, INFORMATION, META};
pub(crate) use narrow::{Narrow, Words};
pub(crate) use origin::comes_from;
pub use relations::{Relation, Relations};
pub(crate) use scan::{Allowed, DataFiles, usage_start};
pub(crate) use views::counted_costs;

use self::lazy::Lazy;
use crate::{EngineOptions, costs::LeftOut, session::PUBLIC};

/// A table or view, for completion and listings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its catalog.
    pub catalog: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ColumnInfo>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    pub data_type: String,
}

/// A connection as the configuration has it, for `meta.connections`. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Its name.
    pub name: String,
    /// The account's 12 digits.
    pub account_id: String,
    /// `billing` or `resource`.
    pub kind: String,
    /// The ARN of its role.
    pub role: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Where its reports lie, if that is configured.
    pub reports: Vec<String>,
}

/// Tables by name.
type Tables = Vec<(&'static str, Arc<dyn TableProvider>)>;

/// The tables of the schemas `public` and `meta`.
#[derive(Clone, Debug)]
pub(crate) struct Catalog {
    public: Arc<Lazy>,
    meta: Arc<Lazy>,
    /// What makes the tables of `public`.
    whole: views::Public,
    /// Whether not all rows are shown.
    limited: bool,
}

impl Catalog {
    /// The tables of `snapshot`; `session` plans the views.
    pub(crate) fn of(
        store: &Store,
        snapshot: &Arc<Snapshot>,
        beside: &Arc<Beside>,
        session: &SessionState,
        options: &EngineOptions,
    ) -> Self {
        let public = views::Public::new(session, snapshot, beside, options);
        Self {
            public: Arc::new(Lazy::new(public.clone())),
            meta: Arc::new(Lazy::new(meta::Meta::new(store, snapshot, Vec::new()))),
            whole: public,
            limited: false,
        }
    }

    /// The same tables with no rows but those that `limit` shows; of the schema `meta`, which tells of all, only what these have.
    pub(crate) fn limited(&self, snapshot: &Arc<Snapshot>, limit: &Arc<Limit>) -> Self {
        let public = Arc::new(Lazy::new(self.whole.limited(limit)));
        let meta = meta::Seen::new(snapshot, &public);
        Self {
            public,
            meta: Arc::new(Lazy::new(meta)),
            whole: self.whole.clone(),
            limited: true,
        }
    }

    /// The same tables, of which `cur`, `cur2`, `focus` and `costs` are without what is left out.
    pub(crate) fn restricted(&self, session: &SessionState, left_out: &LeftOut) -> Self {
        let restricted = views::Restricted::new(session, &self.public, left_out);
        Self {
            public: Arc::new(Lazy::new(restricted)),
            ..self.clone()
        }
    }

    /// The same, in which `meta.connections` lists these.
    pub(crate) fn with_connections(
        self,
        store: &Store,
        snapshot: &Arc<Snapshot>,
        known: Vec<ConnectionInfo>,
    ) -> Self {
        if self.limited {
            return self;
        }
        let meta = meta::Meta::new(store, snapshot, known);
        Self {
            meta: Arc::new(Lazy::new(meta)),
            ..self
        }
    }

    /// The catalog in DataFusion's form.
    pub(crate) fn provider(&self) -> Result<Arc<dyn CatalogProvider>> {
        let catalog = MemoryCatalogProvider::new();
        for (name, schema) in self.schemas() {
            catalog.register_schema(name, Arc::clone(schema) as _)?;
        }
        Ok(Arc::new(catalog))
    }

    /// A table or view of the schema `public`.
    pub(crate) async fn public(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        self.public.get(name).await
    }

    /// A table of the schema `public` with no columns but those of these words and perhaps some others, if that makes sense.
    pub(crate) async fn narrow(
        &self,
        name: &str,
        wanted: &Words,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        self.public.narrow(name, wanted).await
    }

    fn schemas(&self) -> [(&'static str, &Arc<Lazy>); 2] {
        [(PUBLIC, &self.public), (META, &self.meta)]
    }
}

/// The type as Trino calls it.
pub(crate) fn sql_type(data_type: &DataType) -> String {
    let of = |field: &FieldRef| sql_type(field.data_type());
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "varchar".to_owned(),
        DataType::Dictionary(_, values) => sql_type(values),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "varbinary".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Timestamp(_, Some(zone)) if zone.as_ref() != "UTC" => {
            "timestamp(3) with time zone".to_owned()
        }
        DataType::Timestamp(..) => "timestamp(3)".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 => "tinyint".to_owned(),
        DataType::Int16 | DataType::UInt8 => "smallint".to_owned(),
        DataType::Int32 | DataType::UInt16 => "integer".to_owned(),
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float32 => "real".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Null => "unknown".to_owned(),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => {
                let types: Vec<_> = fields.iter().map(of).collect();
                format!("map({})", types.join(", "))
            }
            other => format!("map({other})"),
        },
        DataType::Struct(fields) => {
            let named = fields
                .iter()
                .map(|field| format!("{} {}", field.name(), of(field)));
            format!("row({})", named.collect::<Vec<_>>().join(", "))
        }
        DataType::List(item) | DataType::LargeList(item) => format!("array({})", of(item)),
        other => other.to_string().to_lowercase(),
    }
}
