//! What rows tell of the line items that they stand for, beside their columns: how many there are, how many of them have an
//! amount, and the least and the most of one.
//!
//! Scans tell it (`input.rs`); on its way up to the aggregate, it is computed of what the plan below tells, as the columns are
//! computed of the columns below.

use datafusion::{
    common::Result,
    logical_expr::{Case, Expr, LogicalPlan, Operator, lit},
};

use super::class::{Class, Columns, Reason, class, is_zero, literal, or_zero};

/// Something that is asked of the rows of a plan, whose columns are known by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    /// How many line items there are.
    Lines,
    /// How many of them have an amount here.
    With(usize),
    /// The least amount of any of them.
    Least(usize),
    /// The greatest one.
    Most(usize),
}

/// Gives the expression for what is asked of the plan below.
pub(super) type Tell<'a> = dyn FnMut(Told) -> Expr + 'a;

impl Told {
    /// The name of the column on its way up.
    pub(super) fn name(self) -> String {
        match self {
            Self::Lines => "__line_items".to_owned(),
            Self::With(place) => format!("__with_{place}"),
            Self::Least(place) => format!("__least_{place}"),
            Self::Most(place) => format!("__most_{place}"),
        }
    }

    /// The same of a plan in which the column that it is about has another place; `None` if it has none there.
    pub(super) fn moved(self, to: impl Fn(usize) -> Option<usize>) -> Option<Self> {
        Some(match self {
            Self::Lines => Self::Lines,
            Self::With(place) => Self::With(to(place)?),
            Self::Least(place) => Self::Least(to(place)?),
            Self::Most(place) => Self::Most(to(place)?),
        })
    }

    /// What the rows of a projection tell.
    pub(super) fn of(
        self,
        exprs: &[Expr],
        columns: &dyn Columns,
        tell: &mut Tell<'_>,
    ) -> Result<Expr, Reason> {
        match self {
            Self::Lines => Ok(tell(Self::Lines)),
            Self::With(place) => with(&exprs[place], columns, tell),
            Self::Least(place) => extreme(&exprs[place], false, columns, tell),
            Self::Most(place) => extreme(&exprs[place], true, columns, tell),
        }
    }
}

/// The columns of a plan that has been asked, by what was asked for: its last ones.
pub(super) fn told_by(plan: &LogicalPlan, asked: &[Told]) -> impl Fn(Told) -> Expr + use<> {
    let columns = plan.schema().columns();
    let behind = columns.len() - asked.len();
    let asked = asked.to_vec();
    move |told| {
        let place = asked.iter().position(|it| *it == told);
        let place = place.expect("only what was asked for is looked up");
        Expr::Column(columns[behind + place].clone())
    }
}

/// How many line items have a value of `expr`.
pub(super) fn with(
    expr: &Expr,
    columns: &dyn Columns,
    tell: &mut Tell<'_>,
) -> Result<Expr, Reason> {
    let unknown = || format!("`{expr}` is NULL for some line items, which rollups do not count");
    match class(expr, columns)? {
        Class::Linear { never_null: true } => return Ok(tell(Told::Lines)),
        Class::Linear { never_null: false } => {}
        Class::Time => return Err(unknown()),
        Class::Dimension | Class::Free => {
            return match literal(expr) {
                Some(value) if value.is_null() => Ok(lit(0_i64)),
                Some(_) if matches!(expr, Expr::Literal(..)) => Ok(tell(Told::Lines)),
                _ => Ok(chosen(
                    expr.clone().is_not_null(),
                    tell(Told::Lines),
                    lit(0_i64),
                )),
            };
        }
    }
    match expr {
        Expr::Column(column) => {
            let place = columns.schema().maybe_index_of_column(column);
            Ok(tell(Told::With(place.ok_or_else(unknown)?)))
        }
        Expr::Alias(alias) => with(&alias.expr, columns, tell),
        Expr::Cast(cast) => with(&cast.expr, columns, tell),
        Expr::Negative(amount) => with(amount, columns, tell),
        Expr::Case(case) => {
            let mut case = each(case, &mut |term| with(term, columns, tell))?;
            case.else_expr.get_or_insert_with(|| Box::new(lit(0_i64)));
            Ok(Expr::Case(case))
        }
        Expr::BinaryExpr(binary) if binary.op == Operator::Plus || binary.op == Operator::Minus => {
            let zero = |expr: &Expr| literal(expr).is_some_and(is_zero);
            if zero(&binary.left) {
                with(&binary.right, columns, tell)
            } else if zero(&binary.right) {
                with(&binary.left, columns, tell)
            } else {
                Err(unknown())
            }
        }
        _ => Err(unknown()),
    }
}

/// The least value of `expr` on any line item, or the `most`.
pub(super) fn extreme(
    expr: &Expr,
    most: bool,
    columns: &dyn Columns,
    tell: &mut Tell<'_>,
) -> Result<Expr, Reason> {
    let unknown = || {
        let most = if most { "greatest" } else { "least" };
        format!("the {most} `{expr}` is not that of any column")
    };
    match class(expr, columns)? {
        Class::Linear { .. } => {}
        Class::Time => return Err(unknown()),
        Class::Dimension | Class::Free => return Ok(expr.clone()),
    }
    match expr {
        Expr::Column(column) => {
            let place = columns.schema().maybe_index_of_column(column);
            let place = place.ok_or_else(unknown)?;
            Ok(tell(if most {
                Told::Most(place)
            } else {
                Told::Least(place)
            }))
        }
        Expr::Alias(alias) => extreme(&alias.expr, most, columns, tell),
        Expr::Cast(cast) => extreme(&cast.expr, most, columns, tell),
        Expr::Negative(amount) => {
            let amount = extreme(amount, !most, columns, tell)?;
            Ok(Expr::Negative(Box::new(amount)))
        }
        Expr::Case(case) => {
            if let (Some(amount), Some(zero)) = (or_zero(case), &case.else_expr) {
                return or_else(amount, zero, most, columns, tell);
            }
            let case = each(case, &mut |term| extreme(term, most, columns, tell))?;
            Ok(Expr::Case(case))
        }
        Expr::ScalarFunction(function) if function.name() == "coalesce" => {
            match function.args.as_slice() {
                [amount, zero] => or_else(amount, zero, most, columns, tell),
                _ => Err(unknown()),
            }
        }
        _ => Err(unknown()),
    }
}

/// The least, or most, of `amount`, or of `zero` where it is NULL.
fn or_else(
    amount: &Expr,
    zero: &Expr,
    most: bool,
    columns: &dyn Columns,
    tell: &mut Tell<'_>,
) -> Result<Expr, Reason> {
    let known = extreme(amount, most, columns, tell)?;
    let with = with(amount, columns, tell)?;
    let beyond = if most {
        known.clone().gt(zero.clone())
    } else {
        known.clone().lt(zero.clone())
    };
    let none_lacks_it = with.eq(tell(Told::Lines));
    Ok(chosen(none_lacks_it.or(beyond), known, zero.clone()))
}

/// A choice with something else in the place of each term.
fn each(case: &Case, of: &mut dyn FnMut(&Expr) -> Result<Expr, Reason>) -> Result<Case, Reason> {
    let mut each = case.clone();
    for (_, then) in &mut each.when_then_expr {
        **then = of(then)?;
    }
    if let Some(otherwise) = &mut each.else_expr {
        **otherwise = of(otherwise)?;
    }
    Ok(each)
}

fn chosen(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    let when = vec![(Box::new(condition), Box::new(then))];
    Expr::Case(Case::new(None, when, Some(Box::new(otherwise))))
}
