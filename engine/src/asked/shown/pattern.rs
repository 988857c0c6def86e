//! The patterns of `SHOW`: SQL's `%` and `_`, and Hive's `*` and `|`.

/// Whether `name` fits one of the patterns in `patterns`, which `|` separates.
pub(super) fn fits(patterns: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    patterns.split('|').any(|pattern| {
        let pattern: Vec<char> = pattern.replace(".*", "*").chars().collect();
        fits_one(&pattern, &name)
    })
}

/// Tries to let each star stand for as little as possible, and for more where that fails.
fn fits_one(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut next) = (0, 0);
    let mut star = None;
    while at < name.len() {
        match pattern.get(next) {
            Some('%' | '*') => {
                star = Some((next, at));
                next += 1;
            }
            Some(letter) if *letter == '_' || *letter == name[at] => {
                next += 1;
                at += 1;
            }
            _ => {
                let Some((place, from)) = star else {
                    return false;
                };
                star = Some((place, from + 1));
                next = place + 1;
                at = from + 1;
            }
        }
    }
    pattern[next..]
        .iter()
        .all(|letter| matches!(letter, '%' | '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for pattern in [
            "cur", "c%", "%r", "*", "%u%", "c_r", "x|cur", "cu.*", "*c*u*r*", "c*",
        ] {
            assert!(fits(pattern, "cur"), "{pattern}");
        }
        for pattern in ["", "cu", "cur2", "x%", "%x", "c__r", "x|y"] {
            assert!(!fits(pattern, "cur"), "{pattern}");
        }
        let many = "*a".repeat(40);
        assert!(!fits(&many, &"a".repeat(39)));
    }
}
