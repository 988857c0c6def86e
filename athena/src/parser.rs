//! From text to parsed statements.

mod dialect;
mod json;
mod names;
mod tokens;
mod types;

use std::collections::VecDeque;

use datafusion::{
    error::{DataFusionError, Result},
    sql::{
        parser::{DFParserBuilder, Statement},
        sqlparser::{parser::ParserError, tokenizer::Tokenizer},
    },
};

use self::dialect::Athena;

/// The statements in `text`, which `;` separates.
pub fn parse(text: &str) -> Result<VecDeque<Statement>> {
    let tokens = Tokenizer::new(&Athena, text)
        .tokenize_with_location()
        .map_err(|error| DataFusionError::SQL(Box::new(ParserError::from(error)), None))?;
    DFParserBuilder::new(tokens::prepared(tokens))
        .with_dialect(&Athena)
        .build()?
        .parse_statements()
}
