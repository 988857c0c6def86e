//! Words that name columns and tables without AS in Trino, and are reserved in sqlparser for the sake of other dialects.

use datafusion::sql::sqlparser::keywords::Keyword;

/// Whether a keyword of sqlparser may be a name in Trino wherever it stands, or nearly so.
pub(super) fn is_keyword(word: Keyword) -> bool {
    matches!(
        word,
        Keyword::ANTI
            | Keyword::ASOF
            | Keyword::CLUSTER
            | Keyword::DISTRIBUTE
            | Keyword::GLOBAL
            | Keyword::INTERVAL
            | Keyword::MATCH_CONDITION
            | Keyword::MINUS
            | Keyword::PIVOT
            | Keyword::PREWHERE
            | Keyword::QUALIFY
            | Keyword::SAMPLE
            | Keyword::SEMI
            | Keyword::SET
            | Keyword::SORT
            | Keyword::TOP
            | Keyword::UNPIVOT
            | Keyword::WINDOW
    )
}

/// Words that come after a name, and begin no expression.
pub(super) const AFTER_NAMES: &[Keyword] = &[
    Keyword::AND,
    Keyword::AS,
    Keyword::ASC,
    Keyword::BETWEEN,
    Keyword::CROSS,
    Keyword::DESC,
    Keyword::ELSE,
    Keyword::END,
    Keyword::EXCEPT,
    Keyword::FETCH,
    Keyword::FROM,
    Keyword::FULL,
    Keyword::GROUP,
    Keyword::HAVING,
    Keyword::IN,
    Keyword::INNER,
    Keyword::INTERSECT,
    Keyword::IS,
    Keyword::JOIN,
    Keyword::LEFT,
    Keyword::LIKE,
    Keyword::LIMIT,
    Keyword::NATURAL,
    Keyword::NULLS,
    Keyword::OFFSET,
    Keyword::ON,
    Keyword::OR,
    Keyword::ORDER,
    Keyword::RIGHT,
    Keyword::THEN,
    Keyword::UNION,
    Keyword::USING,
    Keyword::WHEN,
    Keyword::WHERE,
];

/// Words that may name a column: `SELECT split_part(x, '/', 2) view`.
pub(super) const COLUMNS: &[Keyword] = &[
    Keyword::ANALYZE,
    Keyword::EXCLUDE,
    Keyword::EXPLAIN,
    Keyword::RETURNING,
    Keyword::VIEW,
];

/// Words that may name a table: `FROM costs output`.
pub(super) const TABLES: &[Keyword] = &[
    Keyword::ANALYZE,
    Keyword::ARRAY,
    Keyword::CONNECT,
    Keyword::EXPLAIN,
    Keyword::FORMAT,
    Keyword::OPEN,
    Keyword::OUTPUT,
    Keyword::PARTITION,
    Keyword::RETURNING,
    Keyword::SETTINGS,
    Keyword::START,
    Keyword::VIEW,
];
