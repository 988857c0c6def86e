//! The languages that statements may be written in.

use std::{fmt, str::FromStr};

use datafusion::{error::Result, sql::parser::Statement};

use crate::statement;

/// The language that a statement is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Trino's, as Athena takes it.
    #[default]
    Trino,
    /// DataFusion's own.
    Generic,
}

impl Dialect {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trino => "trino",
            Self::Generic => "generic",
        }
    }

    /// The statements in `text`, which `;` separates, as they are planned.
    pub(crate) fn parse(self, text: &str) -> Result<Vec<Statement>> {
        let mut statements = self.parsed(text)?;
        for statement in &mut statements {
            self.rewrite(statement)?;
        }
        Ok(statements)
    }

    /// The statements in `text` as they were written.
    pub(crate) fn parsed(self, text: &str) -> Result<Vec<Statement>> {
        match self {
            Self::Trino => Ok(curtail_athena::parse(text)?.into()),
            Self::Generic => statement::parse(text),
        }
    }

    /// Makes of a statement one that DataFusion plans to mean the same.
    pub(crate) fn rewrite(self, statement: &mut Statement) -> Result<()> {
        match self {
            Self::Trino => curtail_athena::rewrite(statement),
            Self::Generic => Ok(()),
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Trino, Self::Generic]
            .into_iter()
            .find(|dialect| dialect.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no dialect: there are trino and generic"))
    }
}
