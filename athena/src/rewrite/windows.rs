//! Windows that are named: `OVER w`, and `OVER (w ROWS …)`, in which DataFusion does not see the name.

use std::ops::ControlFlow;

use datafusion::{
    common::plan_datafusion_err,
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, Ident, NamedWindowExpr, Query, Select, SetExpr, Statement, VisitMut, VisitorMut,
        WindowSpec, WindowType,
    },
};

use super::{done, each_expression, each_select, flow};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    done(statement.visit(&mut Windows))
}

struct Windows;

impl VisitorMut for Windows {
    type Break = DataFusionError;

    // Those inside come first: what they name is theirs.
    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
        flow(in_query(query))
    }
}

fn in_query(query: &mut Query) -> Result<()> {
    let mut known = Vec::new();
    each_select(&mut query.body, &mut |select| {
        known = defined(select)?;
        spell_out(&mut select.projection, &known)?;
        spell_out(&mut select.qualify, &known)
    })?;
    if matches!(query.body.as_ref(), SetExpr::Select(_)) {
        spell_out(&mut query.order_by, &known)?;
    }
    Ok(())
}

/// Says of each window all that there is to it.
fn spell_out(within: &mut impl VisitMut, known: &[(Ident, WindowSpec)]) -> Result<()> {
    each_expression(within, |expression| match expression {
        Expr::Function(function) => match &mut function.over {
            Some(over) => spelled_out(over, known),
            None => Ok(()),
        },
        _ => Ok(()),
    })
}

/// The windows that `WINDOW` names, each with all that it says.
fn defined(select: &mut Select) -> Result<Vec<(Ident, WindowSpec)>> {
    let mut known: Vec<(Ident, WindowSpec)> = Vec::new();
    for definition in &mut select.named_window {
        let spec = match &definition.1 {
            NamedWindowExpr::NamedWindow(name) => of_name(name, &known)?.clone(),
            NamedWindowExpr::WindowSpec(spec) => whole(spec, &known)?,
        };
        definition.1 = NamedWindowExpr::WindowSpec(spec.clone());
        known.push((definition.0.clone(), spec));
    }
    Ok(known)
}

fn spelled_out(over: &mut WindowType, known: &[(Ident, WindowSpec)]) -> Result<()> {
    let spec = match &*over {
        // A name that is not known here may be one of the query around.
        WindowType::NamedWindow(name) => match of_name(name, known) {
            Ok(spec) => spec.clone(),
            Err(_) => return Ok(()),
        },
        WindowType::WindowSpec(spec) => whole(spec, known)?,
    };
    *over = WindowType::WindowSpec(spec);
    Ok(())
}

/// The window with what the one that it names says.
fn whole(spec: &WindowSpec, known: &[(Ident, WindowSpec)]) -> Result<WindowSpec> {
    let mut spec = spec.clone();
    let Some(name) = spec.window_name.take() else {
        return Ok(spec);
    };
    let named = of_name(&name, known)?;
    if spec.partition_by.is_empty() {
        spec.partition_by.clone_from(&named.partition_by);
    }
    if spec.order_by.is_empty() {
        spec.order_by.clone_from(&named.order_by);
    }
    if spec.window_frame.is_none() {
        spec.window_frame.clone_from(&named.window_frame);
    }
    Ok(spec)
}

fn of_name<'a>(name: &Ident, known: &'a [(Ident, WindowSpec)]) -> Result<&'a WindowSpec> {
    let found = known.iter().find(|(known, _)| known.value == name.value);
    let (_, spec) = found.ok_or_else(|| {
        plan_datafusion_err!(
            "there is no window `{name}`: `WINDOW {name} AS (…)` behind HAVING defines it"
        )
    })?;
    Ok(spec)
}
