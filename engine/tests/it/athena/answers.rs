//! The answers of the reference, as they stand in files.

use super::cells::Found;

/// How far a double may be from the reference's, as a part of it: they add up in different orders.
const TOLERANCE: f64 = 1e-9;

/// What marks a number of the reference as a double.
const DOUBLE: char = '~';

/// An answer; a cell is `None` for NULL.
#[derive(Debug, PartialEq)]
pub(super) struct Expected {
    labels: Vec<Option<String>>,
    rows: Vec<Vec<Option<String>>>,
}

impl Expected {
    /// Reads CSV in which nothing is NULL and `""` is empty text.
    pub(super) fn parse(text: &str) -> Self {
        let mut rows = Vec::new();
        let mut row = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (cell, end) = if let Some(quoted) = rest.strip_prefix('"') {
                let end = closing_quote(quoted);
                (Some(quoted[..end].replace("\"\"", "\"")), end + 2)
            } else {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                ((end > 0).then(|| rest[..end].to_owned()), end)
            };
            row.push(cell);
            let ends_row = !rest[end..].starts_with(',');
            rest = rest.get(end + 1..).unwrap_or_default();
            if ends_row {
                rows.push(std::mem::take(&mut row));
            }
        }
        let labels = rows.remove(0);
        Self { labels, rows }
    }

    /// Says in what `found` differs.
    pub(super) fn compare(&self, found: &Found, any_order: bool) -> Result<(), String> {
        let labels: Vec<_> = self.labels.iter().flatten().collect();
        let same = labels.len() == found.labels.len()
            && labels
                .iter()
                .zip(&found.labels)
                .all(|(one, other)| one.eq_ignore_ascii_case(other));
        if !same {
            return Err(format!(
                "has the columns {:?} instead of {labels:?}",
                found.labels
            ));
        }
        if self.rows.len() != found.rows.len() {
            return Err(format!(
                "has {} rows instead of {}",
                found.rows.len(),
                self.rows.len()
            ));
        }
        let mut left: Vec<_> = found.rows.iter().collect();
        for (at, expected) in self.rows.iter().enumerate() {
            let position = if any_order {
                left.iter().position(|row| alike(expected, row))
            } else {
                alike(expected, left[0]).then_some(0)
            };
            match position {
                Some(position) => _ = left.remove(position),
                None if any_order => return Err(format!("lacks the row {}", shown(expected))),
                None => {
                    return Err(format!(
                        "row {} is\n    {} instead of\n    {}",
                        at + 1,
                        shown(left[0]),
                        shown(expected)
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Where the quote stands that ends a quoted cell.
fn closing_quote(quoted: &str) -> usize {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    loop {
        at += quoted[at..].find('"').expect("a quote that closes");
        if bytes.get(at + 1) != Some(&b'"') {
            return at;
        }
        at += 2;
    }
}

fn alike(expected: &[Option<String>], found: &[Option<String>]) -> bool {
    expected.len() == found.len()
        && expected
            .iter()
            .zip(found)
            .all(|(one, other)| match (one, other) {
                (Some(one), Some(other)) => same(one, other),
                (one, other) => one == other,
            })
}

fn same(expected: &str, found: &str) -> bool {
    match expected.strip_prefix(DOUBLE) {
        Some(double) => match (double.parse::<f64>(), found.parse::<f64>()) {
            (Ok(one), Ok(other)) => (one - other).abs() <= TOLERANCE * one.abs().max(1e-12),
            _ => false,
        },
        None => expected == found,
    }
}

fn shown(row: &[Option<String>]) -> String {
    let cells = row
        .iter()
        .map(|cell| cell.as_deref().unwrap_or("NULL"))
        .collect::<Vec<_>>();
    cells.join(" | ")
}

#[test]
fn null_and_empty_text_differ_in_files() {
    let read = Expected::parse("a,\"b \"\"c\"\"\"\n,\"\"\n\"x,\ny\",~1.5\n");
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        read,
        Expected {
            labels: vec![text("a"), text("b \"c\"")],
            rows: vec![vec![None, text("")], vec![text("x,\ny"), text("~1.5")]],
        }
    );
}

#[test]
fn only_doubles_may_differ_a_little() {
    assert!(same("~0.1", "0.10000000000000002"));
    assert!(same("~4.0", "4"));
    assert!(!same("~0.1", "0.1001"));
    assert!(!same("0.1", "0.10000000000000002"));
    assert!(!same("~0.1", "text"));
}
