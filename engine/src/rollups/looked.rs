//! Of which line items a plan looks at a column: a `CASE` looks only where it branches.
//!
//! A rollup may tell a column of some line items only, and has NULL on all others. It answers if the plan never looks at those.

use std::collections::BTreeMap;

use curtail_store::Fact;
use datafusion::{
    common::{
        DFSchema, Result,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    logical_expr::{BinaryExpr, Case, Expr, Operator},
};

use super::class::literal;

/// What is known to be true of the row at hand: a column, by its place, has a value, or is NULL.
type Known = Vec<(usize, Option<String>)>;

/// How the columns of a plan are looked at from above.
#[derive(Clone, Debug, Default)]
pub(super) struct Looked {
    /// For columns by place, what is known wherever they are looked at. Others are looked at anywhere.
    within: BTreeMap<usize, Vec<Known>>,
}

/// The columns of a scan that are looked at only where something is known: the facts of each place.
pub(crate) type Within = BTreeMap<String, Vec<Vec<Fact>>>;

impl Looked {
    /// By these expressions over a plan of `schema`, and nothing else.
    pub(super) fn by<'a>(
        exprs: impl IntoIterator<Item = &'a Expr>,
        schema: &DFSchema,
    ) -> Result<Self> {
        let places = 0..schema.fields().len();
        let mut looked = Self {
            within: places.map(|place| (place, Vec::new())).collect(),
        };
        looked.also(exprs, schema)?;
        Ok(looked)
    }

    /// By these expressions too.
    pub(super) fn also<'a>(
        &mut self,
        exprs: impl IntoIterator<Item = &'a Expr>,
        schema: &DFSchema,
    ) -> Result<()> {
        let mut walk = Walk {
            looked: self,
            schema,
        };
        exprs
            .into_iter()
            .try_for_each(|expr| walk.look(expr, &Vec::new()))
    }

    /// Those of the columns with these names, by place, that are looked at only where something is known.
    pub(super) fn within(&self, names: &[String]) -> Within {
        let fact = |(place, value): &(usize, Option<String>)| {
            let column = names[*place].clone();
            match value.clone() {
                Some(value) => Fact::Is { column, value },
                None => Fact::Null { column },
            }
        };
        let facts = |known: &Known| known.iter().map(fact).collect();
        let somewhere = self.within.iter();
        let somewhere = somewhere.filter(|(_, all)| all.iter().all(|known| !known.is_empty()));
        somewhere
            .filter_map(|(&place, all)| {
                let name = names.get(place)?;
                Some((name.clone(), all.iter().map(facts).collect()))
            })
            .collect()
    }
}

struct Walk<'a> {
    looked: &'a mut Looked,
    schema: &'a DFSchema,
}

impl Walk<'_> {
    fn look(&mut self, expr: &Expr, known: &Known) -> Result<()> {
        match expr {
            Expr::Column(column) => {
                if let Some(place) = self.schema.maybe_index_of_column(column)
                    && let Some(all) = self.looked.within.get_mut(&place)
                    && !all.contains(known)
                {
                    all.push(known.clone());
                }
                Ok(())
            }
            Expr::Case(case) => self.look_at_case(case, known),
            Expr::ScalarFunction(function) if function.name() == "coalesce" => {
                let mut known = known.clone();
                for argument in &function.args {
                    self.look(argument, &known)?;
                    known.extend(self.place(argument).map(|place| (place, None)));
                }
                Ok(())
            }
            // What they look at stands in plans of their own.
            Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::ScalarSubquery(_)
            | Expr::SetComparison(_) => {
                self.looked.within.clear();
                Ok(())
            }
            _ => {
                expr.apply_children(|part| {
                    self.look(part, known)?;
                    Ok(TreeNodeRecursion::Continue)
                })?;
                Ok(())
            }
        }
    }

    fn look_at_case(&mut self, case: &Case, known: &Known) -> Result<()> {
        let of = case.expr.as_deref();
        if let Some(of) = of {
            self.look(of, known)?;
        }
        let mut known = known.clone();
        for (when, then) in &case.when_then_expr {
            self.look(when, &known)?;
            let mut inside = known.clone();
            match of {
                Some(of) => inside.extend(self.equal(of, when)),
                None => self.if_true(when, &mut inside),
            }
            self.look(then, &inside)?;
            if of.is_none() {
                self.if_not_true(when, &mut known);
            }
        }
        match case.else_expr.as_deref() {
            Some(otherwise) => self.look(otherwise, &known),
            None => Ok(()),
        }
    }

    /// What is known where a condition is true.
    fn if_true(&self, condition: &Expr, known: &mut Known) {
        match condition {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::And => {
                    self.if_true(left, known);
                    self.if_true(right, known);
                }
                Operator::Eq => {
                    let equal = self.equal(left, right);
                    known.extend(equal.or_else(|| self.equal(right, left)));
                }
                _ => {}
            },
            Expr::IsNull(of) => known.extend(self.place(of).map(|place| (place, None))),
            // It is false, then.
            Expr::Not(condition) => self.if_not_true(condition, known),
            _ => {}
        }
    }

    /// What is known where a condition is false or NULL.
    fn if_not_true(&self, condition: &Expr, known: &mut Known) {
        match condition {
            Expr::BinaryExpr(BinaryExpr {
                left,
                op: Operator::Or,
                right,
            }) => {
                self.if_not_true(left, known);
                self.if_not_true(right, known);
            }
            // Neither is ever NULL itself.
            Expr::IsNotNull(of) => known.extend(self.place(of).map(|place| (place, None))),
            Expr::Not(condition) if matches!(condition.as_ref(), Expr::IsNull(_)) => {
                self.if_true(condition, known);
            }
            _ => {}
        }
    }

    fn equal(&self, column: &Expr, value: &Expr) -> Option<(usize, Option<String>)> {
        let text = literal(value)?.try_as_str()??;
        Some((self.place(column)?, Some(text.to_owned())))
    }

    /// The place of the column that an expression is.
    fn place(&self, expr: &Expr) -> Option<usize> {
        match expr {
            Expr::Column(column) => self.schema.maybe_index_of_column(column),
            Expr::Alias(alias) => self.place(&alias.expr),
            _ => None,
        }
    }
}
