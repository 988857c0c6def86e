//! Which statements are accepted: those that only read, and those that define views and names for later statements.

mod split;

use std::ops::ControlFlow;

use datafusion::{
    common::{exec_err, not_impl_err},
    error::Result,
    execution::context::SQLOptions,
    logical_expr::LogicalPlan,
    sql::{
        parser::{DFParserBuilder, Statement},
        sqlparser::{
            ast::{
                CreateView, ObjectType, Query, SetExpr, Statement as Ast, TableFactor, Visit,
                Visitor,
            },
            dialect::GenericDialect,
        },
    },
};

pub use split::split;

/// How the message of a refusal begins; what was refused follows.
pub(crate) const REFUSED: &str = "refused: ";

/// The statements in `text`, which `;` separates.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>> {
    let statements = DFParserBuilder::new(text)
        .with_dialect(&GenericDialect {})
        .build()?
        .parse_statements()?;
    Ok(statements.into())
}

/// Refuses what would do more than read, before anything is planned.
pub(crate) fn check(statement: &Statement) -> Result<()> {
    match statement {
        Statement::Explain(explain) => check(&explain.statement),
        Statement::Statement(ast) => {
            check_ast(ast)?;
            if ast.visit(&mut Samples).is_break() {
                return not_impl_err!("TABLESAMPLE is not supported");
            }
            Ok(())
        }
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => {
            exec_err!("{REFUSED}{}", verb(statement))
        }
    }
}

/// Refuses plans that would do more than read, however they were written.
pub(crate) fn check_plan(plan: &LogicalPlan) -> Result<()> {
    let options = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    options.verify_plan(plan)
}

fn check_ast(ast: &Ast) -> Result<()> {
    match ast {
        Ast::Query(query)
        | Ast::CreateView(CreateView {
            materialized: false,
            to: None,
            query,
            ..
        }) if selects(query) => Ok(()),
        Ast::Explain { statement, .. } | Ast::Prepare { statement, .. } => check_ast(statement),
        Ast::ExplainTable { .. }
        | Ast::ShowVariable { .. }
        | Ast::ShowTables { .. }
        | Ast::ShowColumns { .. }
        | Ast::ShowFunctions { .. }
        | Ast::ShowCreate { .. }
        | Ast::ShowViews { .. }
        | Ast::ShowDatabases { .. }
        | Ast::ShowSchemas { .. }
        | Ast::ShowCatalogs { .. }
        | Ast::Use(_)
        | Ast::Execute { .. }
        | Ast::Deallocate { .. }
        | Ast::Drop {
            object_type: ObjectType::View,
            ..
        } => Ok(()),
        other => exec_err!("{REFUSED}{}", verb(other)),
    }
}

/// Finds a part of a table's rows that is taken by chance: the planner would take all of them.
struct Samples;

impl Visitor for Samples {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table {
                sample: Some(_), ..
            } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// Whether the query, and each one named by its WITH, is no INSERT or UPDATE in disguise.
fn selects(query: &Query) -> bool {
    let inner = query.with.iter().flat_map(|with| &with.cte_tables);
    selects_body(&query.body) && inner.into_iter().all(|table| selects(&table.query))
}

fn selects_body(body: &SetExpr) -> bool {
    match body {
        SetExpr::Select(select) => select.into.is_none(),
        SetExpr::Query(query) => selects(query),
        SetExpr::SetOperation { left, right, .. } => selects_body(left) && selects_body(right),
        SetExpr::Values(_) | SetExpr::Table(_) => true,
        _ => false,
    }
}

/// The first words of a statement, which say what it would do.
fn verb(statement: &impl ToString) -> String {
    let text = statement.to_string();
    let head = text.split(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
    let words: Vec<_> = head
        .take(1)
        .flat_map(str::split_whitespace)
        .take_while(|word| word.bytes().all(|b| b.is_ascii_uppercase()))
        .collect();
    format!(
        "`{}`",
        if words.is_empty() {
            "this statement".to_owned()
        } else {
            words.join(" ")
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_is_accepted() {
        for text in [
            "SELECT 1",
            "WITH a AS (SELECT 1) SELECT * FROM a UNION ALL SELECT 2",
            "EXPLAIN ANALYZE SELECT 1",
            "EXPLAIN FORMAT TREE SELECT 1",
            "SHOW TABLES",
            "SHOW COLUMNS FROM costs",
            "DESCRIBE costs",
            "VALUES (1), (2)",
            "CREATE OR REPLACE VIEW a AS SELECT 1",
            "DROP VIEW a",
            "PREPARE a AS SELECT 1",
        ] {
            for statement in parse(text).unwrap() {
                check(&statement).unwrap_or_else(|error| panic!("{text}: {error}"));
            }
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (text, verb) in [
            ("CREATE TABLE a AS SELECT 1", "`CREATE TABLE`"),
            (
                "CREATE EXTERNAL TABLE a STORED AS CSV LOCATION '/etc/passwd'",
                "`CREATE EXTERNAL TABLE`",
            ),
            ("COPY (SELECT 1) TO '/tmp/a.csv'", "`COPY`"),
            ("INSERT INTO costs VALUES (1)", "`INSERT INTO`"),
            ("DROP TABLE costs", "`DROP TABLE`"),
            (
                "CREATE MATERIALIZED VIEW a AS SELECT 1",
                "`CREATE MATERIALIZED VIEW`",
            ),
            ("PREPARE a AS DELETE FROM costs", "`DELETE FROM`"),
            ("DELETE FROM costs", "`DELETE FROM`"),
            ("UPDATE costs SET service = 'a'", "`UPDATE`"),
            ("SET datafusion.execution.target_partitions = 1", "`SET`"),
            ("EXPLAIN INSERT INTO costs VALUES (1)", "`INSERT INTO`"),
            ("UNLOAD (SELECT 1) TO 's3://a/b'", "`UNLOAD`"),
            ("SELECT 1 INTO a", "`SELECT`"),
        ] {
            let refused = parse(text)
                .unwrap()
                .iter()
                .map(check)
                .find_map(Result::err)
                .map(|error| error.to_string());
            assert!(
                refused
                    .as_ref()
                    .is_some_and(|message| message.contains(verb)),
                "{text}: {refused:?}"
            );
        }
    }
}
