//! UNNEST.

use datafusion::{error::Result, sql::sqlparser::ast::Statement};

pub(super) fn rewrite(_statement: &mut Statement) -> Result<()> {
    Ok(())
}
