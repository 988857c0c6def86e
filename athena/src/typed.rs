//! How types combine and print.

use std::sync::Arc;

use datafusion::{logical_expr::planner::ExprPlanner, optimizer::AnalyzerRule};

/// Planners of expressions, which come before DataFusion's own.
pub fn expression_planners() -> Vec<Arc<dyn ExprPlanner>> {
    Vec::new()
}

/// Rules for plans, which come before DataFusion's own coercion of types.
pub fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    vec![Arc::new(crate::unnest::UnnestsOfColumns)]
}
