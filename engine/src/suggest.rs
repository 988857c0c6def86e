//! Names like the one that was meant.

use std::collections::HashSet;

/// At most this many suggestions are made.
const MOST: usize = 3;

/// Those of `names` that are like `wanted`, the most similar one first.
pub(crate) fn similar<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut seen = HashSet::new();
    let mut found: Vec<_> = names
        .into_iter()
        .filter(|name| seen.insert(*name))
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let distance = distance(&wanted, &lower);
            let contained = wanted.len() > 2
                && (lower.contains(&wanted) || wanted.contains(&lower) && lower.len() > 2);
            (distance * 3 <= wanted.chars().count().max(3) || contained)
                .then_some((!contained, distance, name))
        })
        .collect();
    found.sort_unstable();
    found
        .into_iter()
        .take(MOST)
        .map(|(_, _, name)| name.to_owned())
        .collect()
}

/// How many letters must be put in, taken out, replaced or exchanged with their neighbours (the distance of Damerau and Levenshtein, in
/// which no letter is touched twice).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<_> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for j in 0..b.len() {
            let replaced = row[j] + usize::from(a[i] != b[j]);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_typing_errors_and_parts_of_names() {
        let names = [
            "unblended_cost",
            "amortized_cost",
            "service",
            "service_code",
        ];
        assert_eq!(similar("unblendet_cost", names), ["unblended_cost"]);
        assert_eq!(similar("Service", names), ["service", "service_code"]);
        assert_eq!(similar("amortized", names), ["amortized_cost"]);
        assert_eq!(similar("serivce", names), ["service"]);
        assert_eq!(similar("cosst", ["costs", "cur"]), ["costs"]);
        assert!(similar("zebra", names).is_empty());
    }
}
