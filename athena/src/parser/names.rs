//! Words that name columns and tables without AS in Trino, and are reserved in sqlparser for the sake of other dialects.

use datafusion::sql::sqlparser::keywords::Keyword;

/// Words that may name a column: `SELECT split_part(x, '/', 2) cluster`.
pub(super) const COLUMNS: &[Keyword] = &[
    Keyword::ANALYZE,
    Keyword::CLUSTER,
    Keyword::DISTRIBUTE,
    Keyword::EXCLUDE,
    Keyword::EXPLAIN,
    Keyword::RETURNING,
    Keyword::SORT,
    Keyword::TOP,
    Keyword::VIEW,
];

/// Words that may name a table: `FROM costs sort`.
pub(super) const TABLES: &[Keyword] = &[
    Keyword::ANALYZE,
    Keyword::ARRAY,
    Keyword::CLUSTER,
    Keyword::CONNECT,
    Keyword::DISTRIBUTE,
    Keyword::EXPLAIN,
    Keyword::FORMAT,
    Keyword::OPEN,
    Keyword::OUTPUT,
    Keyword::PARTITION,
    Keyword::PREWHERE,
    Keyword::RETURNING,
    Keyword::SETTINGS,
    Keyword::SORT,
    Keyword::START,
    Keyword::TOP,
    Keyword::VIEW,
];
