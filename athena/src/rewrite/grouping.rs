//! `GROUP BY ()`, `GROUP BY (a, b)`, and `GROUP BY DISTINCT` of several grouping sets.

use std::{collections::BTreeSet, ops::ControlFlow};

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{Expr, GroupByExpr, Select, SetExpr, Statement, VisitMut, VisitorMut},
};

use super::{done, flow, queries, unsupported};
use crate::ast::bare;

/// What the parser gets in the place of DISTINCT: no query can spell it.
pub(crate) const DISTINCT: &str = "__distinct sets";

/// More sets than anybody asks for.
const MOST: usize = 4096;

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    struct Grouping;

    impl VisitorMut for Grouping {
        type Break = DataFusionError;

        fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<DataFusionError> {
            flow(in_select(select))
        }
    }

    done(statement.visit(&mut Grouping))
}

fn in_select(select: &mut Select) -> Result<()> {
    let GroupByExpr::Expressions(groups, _) = &mut select.group_by else {
        return Ok(());
    };
    if matches!(groups.first(), Some(Expr::Identifier(first)) if first.value == DISTINCT) {
        groups.remove(0);
        if groups.iter().any(is_sets) {
            *groups = vec![Expr::GroupingSets(distinct(groups)?)];
        }
        return Ok(());
    }
    if !groups.iter().any(|group| matches!(group, Expr::Tuple(_))) {
        return Ok(());
    }
    let flat = std::mem::take(groups)
        .into_iter()
        .flat_map(|group| match group {
            Expr::Tuple(parts) => parts,
            other => vec![other],
        });
    *groups = flat.collect();
    if groups.is_empty() && select.having.is_none() {
        // One row, which nothing else says.
        select.having = having()?;
    }
    Ok(())
}

fn is_sets(group: &Expr) -> bool {
    matches!(
        group,
        Expr::Rollup(_) | Expr::Cube(_) | Expr::GroupingSets(_)
    )
}

/// Every set that a list of groups comes to, once.
fn distinct(groups: &[Expr]) -> Result<Vec<Vec<Expr>>> {
    let mut all = vec![Vec::new()];
    for group in groups {
        let of_group = sets(group)?;
        if all.len().saturating_mul(of_group.len()) > MOST {
            return unsupported(format!("GROUP BY with more than {MOST} grouping sets"));
        }
        let both = all.iter().flat_map(|before: &Vec<Expr>| {
            let of_group = of_group.iter();
            of_group.map(|set| before.iter().chain(set).cloned().collect())
        });
        all = both.collect();
    }
    let mut seen = BTreeSet::new();
    all.retain_mut(|set| {
        let mut written = BTreeSet::new();
        set.retain(|group| written.insert(group.to_string()));
        seen.insert(written)
    });
    Ok(all)
}

/// The sets that one group stands for.
fn sets(group: &Expr) -> Result<Vec<Vec<Expr>>> {
    let joined = |parts: &[&Vec<Expr>]| parts.iter().copied().flatten().cloned().collect();
    Ok(match bare(group) {
        Expr::Rollup(parts) => {
            let parts: Vec<_> = parts.iter().collect();
            let lengths = (0..=parts.len()).rev();
            lengths.map(|length| joined(&parts[..length])).collect()
        }
        Expr::Cube(parts) => {
            if parts.len() > 12 {
                return unsupported("CUBE of more than 12 columns");
            }
            let choices = (0..1_usize << parts.len()).rev();
            let chosen = |choice: usize| {
                let parts = parts.iter().enumerate();
                let parts = parts.filter(|(place, _)| choice >> place & 1 == 1);
                let parts: Vec<_> = parts.map(|(_, part)| part).collect();
                joined(&parts)
            };
            choices.map(chosen).collect()
        }
        Expr::GroupingSets(parts) => parts.clone(),
        Expr::Tuple(parts) => vec![parts.clone()],
        other => vec![vec![other.clone()]],
    })
}

/// `count(*) >= 0`.
fn having() -> Result<Option<Expr>> {
    let query = queries::parsed("SELECT 1 HAVING count(*) >= 0")?;
    Ok(query.and_then(|query| match *query.body {
        SetExpr::Select(select) => select.having,
        _ => None,
    }))
}
