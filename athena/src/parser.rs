//! From text to parsed statements.

use std::collections::VecDeque;

use datafusion::{
    error::Result,
    sql::{
        parser::{DFParserBuilder, Statement},
        sqlparser::dialect::GenericDialect,
    },
};

/// The statements in `text`, which `;` separates.
pub fn parse(text: &str) -> Result<VecDeque<Statement>> {
    DFParserBuilder::new(text)
        .with_dialect(&GenericDialect {})
        .build()?
        .parse_statements()
}
