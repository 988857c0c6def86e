//! The named queries.

use std::sync::LazyLock;

use crate::{Param, UnknownQuery, texts::expand};

/// A named query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Its name, such as `cost-by-service`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it answers, in a sentence or two.
    pub description: &'static str,
    /// Its parameters, in order.
    pub params: Vec<Param>,
    /// Its text, with `$name` for each parameter.
    pub sql: String,
}

macro_rules! queries {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../sql/library/", $name, ".sql")))),*]
    };
}

const TEXTS: &[(&str, &str)] = queries!(
    "anomalies"
    "bill-bridge"
    "change-attribution"
    "commitment-coverage"
    "commitment-plan"
    "cost-by-account"
    "cost-by-charge-type"
    "cost-by-day"
    "cost-by-month"
    "cost-by-region"
    "cost-by-resource"
    "cost-by-service"
    "cost-by-tag"
    "credits-and-discounts"
    "data-transfer"
    "forecast"
    "reservation-utilisation"
    "savings-plan-utilisation"
    "tag-coverage"
    "top-movers"
    "untagged-spend"
    "unused-commitments"
    "waste"
);

static LIBRARY: LazyLock<Vec<Query>> =
    LazyLock::new(|| TEXTS.iter().map(|(name, text)| parse(name, text)).collect());

/// Names less similar than this are not worth suggesting.
const SIMILAR: f64 = 0.4;

/// All named queries, by name.
pub fn library() -> &'static [Query] {
    &LIBRARY
}

/// The query of that name.
pub fn find(name: &str) -> Result<&'static Query, UnknownQuery> {
    library()
        .iter()
        .find(|query| query.name == name)
        .ok_or_else(|| UnknownQuery {
            name: name.to_owned(),
            nearest: nearest(name, library().iter().map(|query| query.name)),
        })
}

fn parse(name: &'static str, text: &'static str) -> Query {
    let headers = |key: &'static str| {
        text.lines()
            .filter_map(move |line| line.strip_prefix("-- ")?.strip_prefix(key))
    };
    let header = |key| headers(key).next().map(str::trim).unwrap_or_default();
    let param = |line: &'static str| {
        Param::parse(line.trim()).expect("every header parses: a test reads the library")
    };
    Query {
        name,
        title: header("title:"),
        description: header("description:"),
        params: headers("param:").map(param).collect(),
        sql: expand(text),
    }
}

/// The name most like `wanted`, by the share of pairs of neighbouring letters that both have.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = pairs(wanted);
    let likeness = |name: &str| {
        let name = pairs(name);
        let common = name.iter().filter(|pair| wanted.contains(pair)).count();
        let count = |pairs: &[_]| u32::try_from(pairs.len()).map_or(f64::MAX, f64::from);
        2.0 * u32::try_from(common).map_or(0.0, f64::from)
            / (count(&name) + count(&wanted)).max(1.0)
    };
    let best = names
        .map(|name| (likeness(name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= SIMILAR).then_some(best.1)
}

fn pairs(text: &str) -> Vec<(char, char)> {
    let letters: Vec<_> = text
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    letters
        .iter()
        .zip(letters.iter().skip(1))
        .map(|(a, b)| (*a, *b))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_says_what_it_is_and_uses_its_parameters() {
        assert!(library().len() >= 15);
        for query in library() {
            assert!(
                !query.title.is_empty() && query.description.ends_with('.'),
                "{}",
                query.name
            );
            for param in &query.params {
                assert!(
                    query.sql.contains(&format!("${}", param.name)),
                    "{} lacks ${}",
                    query.name,
                    param.name
                );
            }
            let used = query.sql.matches('$').count();
            let declared: usize = query
                .params
                .iter()
                .map(|p| query.sql.matches(&format!("${}", p.name)).count())
                .sum();
            assert_eq!(
                used, declared,
                "{} uses a parameter that it does not declare",
                query.name
            );
        }
    }

    #[test]
    fn the_library_is_sorted_by_name() {
        assert!(library().windows(2).all(|two| two[0].name < two[1].name));
    }

    #[test]
    fn a_wrong_name_gets_a_suggestion_if_one_is_like_it() {
        assert_eq!(
            find("cost-by-services").unwrap_err().nearest,
            Some("cost-by-service")
        );
        assert_eq!(find("top_mover").unwrap_err().nearest, Some("top-movers"));
        assert_eq!(find("zzz").unwrap_err().nearest, None);
        assert_eq!(find("cost-by-day").unwrap().name, "cost-by-day");
    }
}
