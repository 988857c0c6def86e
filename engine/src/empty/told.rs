//! A note on conditions that exclude some text, and with it what is empty.

use std::collections::BTreeSet;

use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::{
        BinaryExpr, Expr, LogicalPlan, Operator, expr::InList, utils::split_conjunction,
    },
};

use super::{in_report, kept, written};

/// Columns that every line item has text in.
const NEVER_EMPTY: [&str; 15] = [
    "source",
    "identity_line_item_id",
    "identity_time_interval",
    "bill_bill_type",
    "bill_billing_entity",
    "bill_invoicing_entity",
    "bill_payer_account_id",
    "bill_payer_account_name",
    "line_item_currency_code",
    "line_item_legal_entity",
    "line_item_line_item_description",
    "line_item_line_item_type",
    "line_item_product_code",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
];

/// Functions that are conditions on text.
const CONDITIONS: [&str; 3] = ["regexp_like", "starts_with", "ends_with"];

/// The note, if there is anything to tell of a statement that is not rewritten yet.
pub(crate) fn notes(plan: &LogicalPlan) -> Vec<String> {
    let mut search = Search::default();
    // What cannot be searched is no reason to keep the answer back.
    if search.within(plan).is_err() {
        return Vec::new();
    }
    let columns: Vec<_> = search.excluding.difference(&search.aware).collect();
    let [first, others @ ..] = columns.as_slice() else {
        return Vec::new();
    };
    let names = others.iter().fold(format!("`{first}`"), |names, name| {
        format!("{names}, `{name}`")
    });
    let are = if others.is_empty() { "is" } else { "are" };
    vec![format!(
        "{names} {are} NULL here where a line item has nothing, and <>, NOT LIKE and NOT IN leave such line items out; Athena, which has '' there in many reports, then keeps them: coalesce({first}, '') keeps them in both"
    )]
}

/// Columns of line items by what is said of them.
#[derive(Default)]
struct Search {
    /// Some text of theirs is excluded.
    excluding: BTreeSet<String>,
    /// It does not matter, or the query says itself what becomes of NULL.
    aware: BTreeSet<String>,
}

impl Search {
    fn within(&mut self, plan: &LogicalPlan) -> Result<()> {
        let inputs = plan.inputs();
        plan.apply_expressions(|expr| {
            self.expression(expr, &inputs)?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        if let LogicalPlan::Filter(filter) = plan {
            for condition in split_conjunction(&filter.predicate) {
                let demands = of_text(condition).filter(|of| !of.negated);
                self.aware
                    .extend(demands.and_then(|of| Some(in_report(&inputs, kept(of.expr)?)?.name)));
            }
        }
        plan.apply_subqueries(|subquery| {
            self.within(subquery)?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        inputs.into_iter().try_for_each(|input| self.within(input))
    }

    fn expression(&mut self, expr: &Expr, inputs: &[&LogicalPlan]) -> Result<()> {
        let mut found: Vec<(bool, String)> = Vec::new();
        let mut see = |aware: bool, expr: &Expr| {
            let column = kept(expr).and_then(|column| in_report(inputs, column));
            let column = column.filter(|column| column.of_line_items);
            found.extend(column.map(|column| (aware, column.name)));
        };
        expr.apply(|part| {
            match part {
                Expr::IsNull(inner) | Expr::IsNotNull(inner) => see(true, inner),
                Expr::Not(inner) => {
                    inner.apply(|part| {
                        if let Some(of) = of_text(part).filter(|of| !of.negated) {
                            see(of.empty, of.expr);
                        }
                        Ok(TreeNodeRecursion::Continue)
                    })?;
                }
                part => {
                    if let Some(of) = of_text(part).filter(|of| of.negated || of.empty) {
                        see(of.empty, of.expr);
                    }
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        for (aware, column) in found {
            if NEVER_EMPTY.contains(&column.as_str()) {
                continue;
            }
            if aware {
                self.aware.insert(column);
            } else {
                self.excluding.insert(column);
            }
        }
        Ok(())
    }
}

/// A condition on text.
struct OfText<'a> {
    expr: &'a Expr,
    /// Whether it holds for other text than it names.
    negated: bool,
    /// Whether it speaks of empty text.
    empty: bool,
}

fn of_text(condition: &Expr) -> Option<OfText<'_>> {
    let of = |expr, negated, text: &str| OfText {
        expr,
        negated,
        empty: text.is_empty(),
    };
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            let negated = match op {
                Operator::Eq => false,
                Operator::NotEq => true,
                _ => return None,
            };
            match (written(left), written(right)) {
                (None, Some(text)) => Some(of(left.as_ref(), negated, text)),
                (Some(text), None) => Some(of(right.as_ref(), negated, text)),
                _ => None,
            }
        }
        Expr::Like(like) => {
            let text = written(&like.pattern)?;
            Some(of(like.expr.as_ref(), like.negated, text))
        }
        Expr::InList(InList {
            expr,
            list,
            negated,
        }) => {
            let texts: Option<Vec<_>> = list.iter().map(written).collect();
            let empty = texts?.contains(&"");
            Some(OfText {
                expr: expr.as_ref(),
                negated: *negated,
                empty,
            })
        }
        Expr::ScalarFunction(function) if CONDITIONS.contains(&function.name()) => {
            let [expr, pattern, ..] = function.args.as_slice() else {
                return None;
            };
            Some(of(expr, false, written(pattern)?))
        }
        _ => None,
    }
}
