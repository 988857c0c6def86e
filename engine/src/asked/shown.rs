//! `SHOW …` and `DESCRIBE`, in Athena's shape.

mod pattern;

use std::collections::{BTreeMap, BTreeSet};

use curtail_athena::functions as athena;
use curtail_store::Table;
use datafusion::{
    arrow::datatypes::FieldRef,
    execution::SessionState,
    sql::sqlparser::ast::{
        ObjectName, ShowCreateObject, ShowStatementFilter, ShowStatementFilterPosition,
        ShowStatementOptions, Statement as Ast, Value,
    },
};

use super::meant;
use crate::{
    Answer, Dialect, Engine, EngineError,
    catalog::{ATHENA_CATALOG, Databases, INFORMATION, META, sql_type},
    session::PUBLIC,
};

/// How the parser of the dialect passes `SHOW PARTITIONS table` on.
const PARTITIONS: &str = "partitions";

/// The same of `SHOW STATS FOR table`.
const STATS: &str = "stats";

/// Functions that stand for syntax, or for columns of ours.
const INTERNAL: [&str; 9] = [
    "amount_map_of",
    "cast_to_type",
    "json_elements",
    "map_to_json",
    "text_map_of",
    "try_cast_to_type",
    "unnest_entries",
    "unnest_never_empty",
    "unnest_ordinals",
];

impl Engine {
    /// The answer to `ast`, if it is a statement that shows what there is.
    pub(super) async fn show(
        &self,
        state: &SessionState,
        ast: &Ast,
    ) -> Result<Option<Answer>, EngineError> {
        let columns = match ast {
            Ast::ShowTables { show_options, .. } => {
                let tables = self.table_names(show_options, |_| true).await?;
                vec![("tab_name", tables)]
            }
            Ast::ShowViews { show_options, .. } => {
                let databases = self.databases();
                let views = self.table_names(show_options, |name| !databases.is_built_in(name));
                vec![("views", views.await?)]
            }
            Ast::ShowColumns { show_options, .. } => {
                let table = parent(show_options).ok_or_else(|| {
                    EngineError::Plan("`SHOW COLUMNS` needs a table: `FROM costs`".to_owned())
                })?;
                let names = self.columns_of(table).await?;
                let names = names.into_iter().map(|(name, _)| name);
                let wanted = wanted(show_options);
                vec![("field", names.filter(|name| wanted(name)).collect())]
            }
            Ast::ExplainTable { table_name, .. } => {
                let (names, types): (Vec<_>, Vec<_>) =
                    self.columns_of(table_name).await?.into_iter().unzip();
                let comments = vec![String::new(); names.len()];
                vec![
                    ("col_name", names),
                    ("data_type", types),
                    ("comment", comments),
                ]
            }
            Ast::ShowFunctions { filter } => functions(state, self.dialect, filter.as_ref()),
            Ast::ShowCreate { obj_type, obj_name } => {
                vec![("create", vec![self.definition(obj_type, obj_name).await?])]
            }
            Ast::ShowDatabases { show_options, .. } | Ast::ShowSchemas { show_options, .. } => {
                let wanted = wanted(show_options);
                let names = [PUBLIC, META, INFORMATION].into_iter();
                let names = names.filter(|name| wanted(name)).map(str::to_owned);
                vec![("database_name", names.collect())]
            }
            Ast::ShowCatalogs { show_options, .. } => {
                let wanted = wanted(show_options);
                let names = std::iter::once(ATHENA_CATALOG).filter(|name| wanted(name));
                vec![("catalog", names.map(str::to_owned).collect())]
            }
            Ast::ShowVariable { variable } => {
                let words: Vec<_> = variable.iter().map(|word| word.value.as_str()).collect();
                match words.as_slice() {
                    [first, .., table] if first.eq_ignore_ascii_case(PARTITIONS) => {
                        vec![("partition", self.partitions(table).await?)]
                    }
                    [first, _, ..] if first.eq_ignore_ascii_case(STATS) => {
                        return Err(unshown(STATS));
                    }
                    _ if self.dialect == Dialect::Generic => return Ok(None),
                    [first, second, ..] if first.eq_ignore_ascii_case("create") => {
                        return Err(unshown(&format!("CREATE {second}")));
                    }
                    [first, ..] => return Err(unshown(first)),
                    // The parser takes the word itself away.
                    [] => return Err(unshown("session")),
                }
            }
            _ => return Ok(None),
        };
        self.rows_of(state, columns).map(Some)
    }

    async fn table_names(
        &self,
        options: &ShowStatementOptions,
        keep: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, EngineError> {
        let database = parent(options).map(|name| meant(name).1);
        let schema = Databases::schema_named(database.as_deref());
        let names = self.databases().names_in(schema).await;
        let wanted = wanted(options);
        let mut names: Vec<_> = names
            .map_err(|error| self.sorted(error))?
            .into_iter()
            .filter(|name| keep(name) && wanted(name))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The columns of a table with their types.
    async fn columns_of(&self, name: &ObjectName) -> Result<Vec<(String, String)>, EngineError> {
        let (schema, table) = meant(name);
        let found = self.databases().table_in(schema, &table).await;
        let found = found.map_err(|error| self.sorted(error))?;
        let found = found.ok_or_else(|| EngineError::UnknownTable {
            name: table,
            similar: Vec::new(),
        })?;
        let schema = found.schema();
        let column = |field: &FieldRef| (field.name().clone(), sql_type(field.data_type()));
        Ok(schema.fields().iter().map(column).collect())
    }

    /// The statement that defines a view.
    async fn definition(
        &self,
        kind: &ShowCreateObject,
        name: &ObjectName,
    ) -> Result<String, EngineError> {
        let (_, name) = meant(name);
        if self.databases().is_built_in(&name) || !matches!(kind, ShowCreateObject::View) {
            return Err(EngineError::Plan(format!(
                "`SHOW CREATE VIEW` shows views that were created, and `{name}` is a table that curtail has itself"
            )));
        }
        let view = self.views.find(&name).await;
        let view = view.map_err(|error| self.sorted(error))?;
        let view = view.ok_or(EngineError::UnknownView {
            name,
            similar: Vec::new(),
        })?;
        self.databases().text_of(&view).ok_or_else(|| {
            EngineError::Refused(format!(
                "showing how `{}` is made, which may tell of rows that are not shown to this user,",
                view.name()
            ))
        })
    }

    /// The partitions of a table, as Athena names those of reports.
    async fn partitions(&self, table: &str) -> Result<Vec<String>, EngineError> {
        let seen = self.periods_seen().await?;
        let of = |wanted: &[Table]| -> BTreeSet<_> {
            self.snapshot
                .periods()
                .map(|version| &version.receipt)
                .filter(|receipt| wanted.contains(&receipt.kind.table()))
                .map(|receipt| receipt.billing_period)
                .filter(|period| seen.as_ref().is_none_or(|seen| seen.contains(period)))
                .collect()
        };
        let periods = match table.to_lowercase().as_str() {
            "cur" => {
                let periods = of(&[Table::LineItems]).into_iter();
                let named = |period: curtail_store::BillingPeriod| {
                    format!("year={}/month={}", period.year(), period.month())
                };
                return Ok(periods.map(named).collect());
            }
            "cur2" => of(&[Table::LineItems]),
            "focus" => of(&[Table::Focus]),
            "costs" => of(Table::ALL.as_slice()),
            _ => {
                return Err(EngineError::Plan(format!(
                    "`{table}` has no partitions: cur, cur2, focus and costs have"
                )));
            }
        };
        let periods = periods.into_iter();
        Ok(periods
            .map(|period| format!("billing_period={period}"))
            .collect())
    }
}

/// The error of what is not shown.
fn unshown(what: &str) -> EngineError {
    EngineError::Mistake {
        what: format!("`SHOW {}` is not supported", what.to_uppercase()),
        instead: "there are SHOW TABLES, VIEWS, COLUMNS FROM …, PARTITIONS …, CREATE VIEW …, FUNCTIONS, SCHEMAS and CATALOGS, and DESCRIBE …; meta.periods and meta.files tell what is in the store".to_owned(),
    }
}

/// Whether a function is one that users are told of: others stand for syntax, or for `try(…)` around one.
pub(super) fn is_shown(name: &str) -> bool {
    !INTERNAL.contains(&name) && !name.starts_with("try_")
}

/// The functions of a session and what kind each is.
fn functions(
    state: &SessionState,
    dialect: Dialect,
    filter: Option<&ShowStatementFilter>,
) -> Vec<(&'static str, Vec<String>)> {
    let scalar = state.scalar_functions().keys();
    let scalar = scalar.chain(state.higher_order_functions().keys());
    let kinds = scalar
        .map(|name| (name.as_str(), "scalar"))
        .chain((state.window_functions().keys()).map(|name| (name.as_str(), "window")))
        .chain((state.aggregate_functions().keys()).map(|name| (name.as_str(), "aggregate")));
    let mut kinds: BTreeMap<_, _> = kinds.collect();
    if dialect == Dialect::Trino {
        kinds.retain(|name, _| !athena::is_part(name));
        kinds.extend(athena::REWRITTEN);
    }
    let wanted = pattern_of(filter);
    let found = kinds
        .into_iter()
        .filter(|(name, _)| is_shown(name) && wanted(name));
    let found = found.map(|(name, kind)| (name.to_owned(), kind.to_owned()));
    let (names, kinds) = found.unzip();
    vec![("function", names), ("function_type", kinds)]
}

/// The table or database that a statement names.
fn parent(options: &ShowStatementOptions) -> Option<&ObjectName> {
    options.show_in.as_ref()?.parent_name.as_ref()
}

/// Whether a name fits the pattern of a statement.
fn wanted(options: &ShowStatementOptions) -> impl Fn(&str) -> bool + use<> {
    let filter = options.filter_position.as_ref();
    let starts = options.starts_with.as_ref();
    let starts = starts.and_then(|value| match &value.value {
        Value::SingleQuotedString(text) => Some(text.to_lowercase()),
        _ => None,
    });
    let fits = pattern_of(filter.map(|position| match position {
        ShowStatementFilterPosition::Infix(filter)
        | ShowStatementFilterPosition::Suffix(filter) => filter,
    }));
    move |name: &str| {
        fits(name)
            && starts
                .as_ref()
                .is_none_or(|start| name.starts_with(start.as_str()))
    }
}

fn pattern_of(filter: Option<&ShowStatementFilter>) -> impl Fn(&str) -> bool + use<> {
    let pattern = match filter {
        Some(
            ShowStatementFilter::Like(text)
            | ShowStatementFilter::ILike(text)
            | ShowStatementFilter::NoKeyword(text),
        ) => Some(text.to_lowercase()),
        Some(ShowStatementFilter::Where(_)) | None => None,
    };
    move |name: &str| {
        pattern
            .as_ref()
            .is_none_or(|pattern| pattern::fits(pattern, &name.to_lowercase()))
    }
}
