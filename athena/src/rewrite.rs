//! What is rewritten on a parsed statement before it is planned.

use datafusion::{error::Result, sql::parser::Statement};

/// Makes of a statement in Trino's dialect one that DataFusion plans to mean the same.
pub fn rewrite(_statement: &mut Statement) -> Result<()> {
    Ok(())
}
