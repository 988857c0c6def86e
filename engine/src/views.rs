//! Views that users define: for a session, or kept in the store.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use curtail_store::{Store, StoreError};
use datafusion::{
    catalog::TableProvider,
    common::plan_err,
    datasource::ViewTable,
    error::{DataFusionError, Result},
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder},
    sql::{
        parser::Statement,
        sqlparser::ast::{CreateView, Statement as Ast},
    },
};

use crate::{Dialect, EngineError, catalog::Databases, statement};

/// How the first line of a kept view begins; the dialect that it is written in follows.
const DIALECT: &str = "-- dialect: ";

tokio::task_local! {
    /// The views that are being planned, each within the one before it.
    static WITHIN: Vec<String>;
}

/// A view that a user defined.
#[derive(Debug)]
pub(crate) struct View {
    name: String,
    text: String,
    dialect: Dialect,
}

impl View {
    /// The view called `name` that `text`, a `CREATE VIEW` statement, defines.
    pub(crate) fn new(name: &str, text: &str, dialect: Dialect) -> Self {
        Self {
            name: name.to_owned(),
            text: text.trim().trim_end_matches(';').trim_end().to_owned(),
            dialect,
        }
    }

    /// The view in a file of the store.
    fn kept(name: &str, file: &str) -> Self {
        let (dialect, text) = file
            .strip_prefix(DIALECT)
            .and_then(|rest| rest.split_once('\n'))
            .and_then(|(dialect, text)| Some((dialect.trim().parse().ok()?, text)))
            .unwrap_or((Dialect::Trino, file));
        Self::new(name, text, dialect)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What a file of the store says of it.
    pub(crate) fn file(&self) -> String {
        format!("{DIALECT}{}\n{};\n", self.dialect, self.text)
    }

    /// The statement that defines it, as it was typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The views of a session. Those that are kept in the store are read when they are first asked for, and then stay as they are.
#[derive(Debug)]
pub(crate) struct Views {
    store: Store,
    /// What the session defined; `None` was dropped in it.
    session: Mutex<BTreeMap<String, Option<Arc<View>>>>,
    kept: Mutex<BTreeMap<String, Option<Arc<View>>>>,
}

impl Views {
    pub(crate) fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            session: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// The same, with what the store keeps now.
    pub(crate) fn renewed(&self) -> Self {
        Self {
            store: self.store.clone(),
            session: Mutex::new(locked(&self.session).clone()),
            kept: Mutex::default(),
        }
    }

    /// The view called `name`, if there is one.
    pub(crate) async fn find(&self, name: &str) -> Result<Option<Arc<View>>> {
        if let Some(known) = locked(&self.session).get(name) {
            return Ok(known.clone());
        }
        if let Some(known) = locked(&self.kept).get(name) {
            return Ok(known.clone());
        }
        let file = self.store.view(name).await.map_err(external)?;
        let view = file.map(|file| Arc::new(View::kept(name, &file)));
        locked(&self.kept).insert(name.to_owned(), view.clone());
        Ok(view)
    }

    /// The names of all views, sorted.
    pub(crate) async fn names(&self) -> Result<Vec<String>> {
        let kept = self.store.views().await.map_err(external)?;
        let session = locked(&self.session);
        let here = session.iter().filter(|(_, view)| view.is_some());
        let kept = kept.into_iter().filter(|name| !session.contains_key(name));
        let mut names: Vec<_> = here.map(|(name, _)| name.clone()).chain(kept).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Whether the session defined just this one.
    pub(crate) fn is_of_session(&self, view: &View) -> bool {
        let session = locked(&self.session);
        let here = session.get(&view.name).and_then(Option::as_ref);
        here.is_some_and(|here| here.text == view.text)
    }

    /// The names of those that the session defined.
    pub(crate) fn of_session(&self) -> Vec<String> {
        let session = locked(&self.session);
        let here = session.iter().filter(|(_, view)| view.is_some());
        here.map(|(name, _)| name.clone()).collect()
    }

    /// Defines a view, in the store too if it is to be kept. False if the store has one of this name that must not be replaced.
    pub(crate) async fn define(
        &self,
        view: View,
        keep: bool,
        replace: bool,
    ) -> Result<bool, StoreError> {
        if keep {
            let file = view.file();
            if !self.store.save_view(&view.name, &file, replace).await? {
                return Ok(false);
            }
        }
        locked(&self.session).insert(view.name.clone(), Some(Arc::new(view)));
        Ok(true)
    }

    /// Drops a view, in the store too if `kept` says so.
    pub(crate) async fn forget(&self, name: &str, kept: bool) -> Result<(), StoreError> {
        if kept {
            self.store.drop_view(name).await?;
        }
        locked(&self.session).insert(name.to_owned(), None);
        Ok(())
    }
}

/// The view called `name` as a table, if there is one.
pub(crate) async fn table(
    databases: &Databases,
    name: &str,
) -> Result<Option<Arc<dyn TableProvider>>> {
    let Some(view) = databases.views().find(name).await? else {
        return Ok(None);
    };
    match plan(databases, &view).await {
        Ok(table) => Ok(Some(table)),
        Err(error) => Err(DataFusionError::External(Box::new(Unplanned::of(
            name, error,
        )))),
    }
}

/// Plans a view, and the views that it reads.
pub(crate) async fn plan(databases: &Databases, view: &View) -> Result<Arc<dyn TableProvider>> {
    let mut within = WITHIN.try_with(Clone::clone).unwrap_or_default();
    let circular = within.contains(&view.name);
    within.push(view.name.clone());
    if circular {
        let path = within.join("` reads `");
        return Err(DataFusionError::External(Box::new(Unplanned::Circular(
            path,
        ))));
    }
    // A future that holds itself would have no size.
    let planned = Box::pin(planned(databases, view));
    let plan = WITHIN.scope(within, planned).await?;
    Ok(Arc::new(ViewTable::new(plan, databases.text_of(view))))
}

async fn planned(databases: &Databases, view: &View) -> Result<LogicalPlan> {
    let mut statements = view.dialect.parse(&view.text)?;
    let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
        return plan_err!("its text is not one statement");
    };
    statement::check(&statement)?;
    let Statement::Statement(ast) = statement else {
        return plan_err!("its text is no `CREATE VIEW`");
    };
    let Ast::CreateView(CreateView { query, columns, .. }) = *ast else {
        return plan_err!("its text is no `CREATE VIEW`");
    };
    let state = databases.session(view.dialect);
    let query = Statement::Statement(Box::new(Ast::Query(query)));
    let plan = state.statement_to_plan(query).await?;
    statement::check_plan(&plan)?;
    if let Some(name) = plan.get_parameter_names()?.into_iter().next() {
        return plan_err!("a view has no parameters, and this one has `{name}`");
    }
    let found = plan.schema().columns();
    if !columns.is_empty() && columns.len() != found.len() {
        return plan_err!(
            "the view names {} columns, and its query has {}",
            columns.len(),
            found.len()
        );
    }
    let mut labels = Vec::with_capacity(found.len());
    for (place, column) in found.iter().enumerate() {
        let named = columns.get(place).map(|column| column.name.value.as_str());
        let label = named.unwrap_or(&column.name).to_lowercase();
        if labels.contains(&label) {
            return plan_err!("the view has two columns called `{label}`");
        }
        labels.push(label);
    }
    let same = |(label, column): (&String, &datafusion::common::Column)| label == &column.name;
    if labels.iter().zip(&found).all(same) {
        return Ok(plan);
    }
    let labelled = found.into_iter().zip(labels);
    let labelled = labelled.map(|(column, label)| Expr::Column(column).alias(label));
    LogicalPlanBuilder::from(plan)
        .project(labelled.collect::<Vec<_>>())?
        .build()
}

/// Why a view that a statement reads could not be planned.
#[derive(Debug)]
pub(crate) enum Unplanned {
    /// It reads itself, by way of these.
    Circular(String),
    /// Its text means nothing any more.
    Wrong {
        /// Its name.
        view: String,
        /// What is wrong.
        why: String,
    },
    /// The store could not be asked for it.
    Store(Mutex<Option<StoreError>>),
}

impl Unplanned {
    fn of(view: &str, error: DataFusionError) -> Self {
        if let DataFusionError::External(inner) = error.find_root()
            && let Some(Self::Circular(path)) = inner.downcast_ref::<Self>()
        {
            return Self::Circular(path.clone());
        }
        let why = EngineError::from_datafusion(error, 0).to_string();
        Self::Wrong {
            view: view.to_owned(),
            why,
        }
    }

    /// The error as the engine tells it.
    pub(crate) fn error(&self) -> EngineError {
        match self {
            Self::Circular(path) => {
                EngineError::Plan(format!("a view must not read itself: `{path}`"))
            }
            Self::Wrong { view, why } => EngineError::View {
                name: view.clone(),
                why: why.clone(),
            },
            Self::Store(error) => match locked(error).take() {
                Some(error) => EngineError::from(error),
                None => EngineError::Plan("the store could not be asked for a view".to_owned()),
            },
        }
    }
}

impl fmt::Display for Unplanned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circular(path) => write!(f, "a view must not read itself: `{path}`"),
            Self::Wrong { view, why } => write!(f, "view `{view}`: {why}"),
            Self::Store(error) => match locked(error).as_ref() {
                Some(error) => error.fmt(f),
                None => f.write_str("the store could not be asked for a view"),
            },
        }
    }
}

impl std::error::Error for Unplanned {}

fn external(error: StoreError) -> DataFusionError {
    DataFusionError::External(Box::new(Unplanned::Store(Mutex::new(Some(error)))))
}

/// The lock's content. A thread that panicked while it held the lock left it whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
