//! Plans of statements that were asked before: a dashboard asks the same ones again and again, and planning takes longer than
//! reading a rollup.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    error::DataFusionError,
    logical_expr::{Expr, LogicalPlan, Volatility},
};

use crate::{Dialect, Params};

/// So many are kept.
const MOST: usize = 128;

/// What a plan depends on, beside the snapshot and the views.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    /// As it was typed: names of columns and places in errors come from there.
    pub(crate) text: String,
    /// What runs: of a prepared one, the text does not tell.
    pub(crate) statement: String,
    pub(crate) dialect: Dialect,
    pub(crate) params: Params,
}

/// An optimized plan, and what one should know about its answer.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) plan: LogicalPlan,
    pub(crate) notes: Vec<String>,
}

/// Plans by what was asked.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    plans: HashMap<Asked, Planned>,
    /// How often names got another meaning.
    meaning: u64,
}

impl Plans {
    /// The plan, or what names mean now, if there is none.
    pub(crate) fn get(&self, asked: &Asked) -> Result<Planned, u64> {
        let held = self.held();
        held.plans.get(asked).cloned().ok_or(held.meaning)
    }

    /// Keeps a plan that was made while names meant this.
    pub(crate) fn put(&self, asked: Asked, plan: Planned, meaning: u64) {
        let held = &mut *self.held();
        if held.meaning != meaning {
            return;
        }
        if held.plans.len() >= MOST {
            held.plans.clear();
        }
        held.plans.insert(asked, plan);
    }

    /// Forgets all, since a view was defined or dropped.
    pub(crate) fn clear(&self) {
        let held = &mut *self.held();
        held.plans.clear();
        held.meaning += 1;
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Whatever a panic interrupted, each plan in it is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a plan that is not optimized yet means the same at any time: it calls no `now()`, which optimizing makes a constant, and nothing
/// else that answers anew.
pub(crate) fn is_lasting(plan: &LogicalPlan) -> Result<bool, DataFusionError> {
    if matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_)) {
        return Ok(false);
    }
    let mut lasting = true;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                lasting &= match part {
                    Expr::ScalarFunction(call) => {
                        call.func.signature().volatility == Volatility::Immutable
                    }
                    _ => true,
                };
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(lasting)
}
