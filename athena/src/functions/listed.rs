//! Which functions people are told of.

use super::{
    attempt::{ATTEMPT, ATTEMPTED_ARITHMETIC},
    collected::{MOST_FREQUENT, TRUNCATED},
    map::{FIRST_OF_EACH, ZIPPED},
    regexp::{FILLED, GAPS, GROUPS},
    sorted::SORTED,
    unnest::{ENTRIES, NEVER_EMPTY, ORDINALS, UNNAMED},
};

/// Functions that are made of others before a statement is planned, and what kind each is.
pub const REWRITTEN: [(&str, &str); 14] = [
    ("all_keys_match", "scalar"),
    ("all_values_match", "scalar"),
    ("any_keys_match", "scalar"),
    ("any_values_match", "scalar"),
    ("approx_most_frequent", "aggregate"),
    ("if", "scalar"),
    ("map_filter", "scalar"),
    ("map_zip_with", "scalar"),
    ("no_keys_match", "scalar"),
    ("no_values_match", "scalar"),
    ("reduce_agg", "aggregate"),
    ("transform_keys", "scalar"),
    ("transform_values", "scalar"),
    ("zip_with", "scalar"),
];

/// Whether a function is only there for others to be made of.
pub fn is_part(name: &str) -> bool {
    name.starts_with(ATTEMPT)
        || [
            ATTEMPTED_ARITHMETIC,
            ENTRIES,
            FILLED,
            FIRST_OF_EACH,
            GAPS,
            GROUPS,
            MOST_FREQUENT,
            NEVER_EMPTY,
            ORDINALS,
            SORTED,
            TRUNCATED,
            UNNAMED,
            ZIPPED,
        ]
        .contains(&name)
}
