//! Patterns of `to_char`.

/// What a pattern of times says, in the form that DataFusion's `to_char` reads; `None` if a part of it is not known there.
const PARTS: [(&str, &str); 41] = [
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("HH", "%I"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("MS", "%3f"),
    ("US", "%6f"),
    ("FF3", "%3f"),
    ("FF6", "%6f"),
    ("IYYY", "%G"),
    ("YYYY", "%Y"),
    ("YY", "%y"),
    ("FMMonth", "%B"),
    ("TMMonth", "%B"),
    ("FMMON", ""),
    ("Mon", "%b"),
    ("FMMM", "%-m"),
    ("MM", "%m"),
    ("FMDay", "%A"),
    ("TMDay", "%A"),
    ("Dy", "%a"),
    ("FMDDD", "%-j"),
    ("FMDD", "%-d"),
    ("FMHH24", "%-H"),
    ("DDD", "%j"),
    ("DD", "%d"),
    ("ID", "%u"),
    ("IW", "%V"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("TZ", "%Z"),
    ("OF", "%:::z"),
    ("MON", ""),
    ("MONTH", ""),
    ("Month", ""),
    ("DAY", ""),
    ("Day", ""),
    ("DY", ""),
    ("Q", ""),
    ("WW", ""),
    ("J", ""),
];

/// The same pattern in the form that DataFusion's `to_char` reads; `None` if that has not all of its parts.
pub(super) fn of_time(pattern: &str) -> Option<String> {
    let mut found = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let (quoted, after) = rest[1..].split_once('"')?;
            found.push_str(&quoted.replace('%', "%%"));
            rest = after;
            continue;
        }
        let longest = PARTS
            .iter()
            .filter(|(part, _)| rest.starts_with(part) || is_digits(rest, part))
            .max_by_key(|(part, _)| part.len());
        if let Some((part, instead)) = longest {
            if instead.is_empty() {
                return None;
            }
            found.push_str(instead);
            rest = &rest[part.len()..];
        } else if first.is_ascii_alphabetic() {
            return None;
        } else {
            found.push(first);
            if first == '%' {
                found.push('%');
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    Some(found)
}

/// Parts that are digits may be written in lower case.
fn is_digits(rest: &str, part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let digits = [
        "yyyy", "yy", "mm", "dd", "hh24", "hh12", "hh", "mi", "ss", "ms", "us",
    ];
    digits.contains(&lower.as_str()) && rest.starts_with(&lower)
}

#[cfg(test)]
mod tests {
    use super::of_time;

    #[test]
    fn patterns_of_times() {
        for (pattern, found) in [
            ("YYYY-MM-DD", Some("%Y-%m-%d")),
            ("YYYY-MM-DD HH24:MI:SS.MS", Some("%Y-%m-%d %H:%M:%S.%3f")),
            ("yyyy-mm", Some("%Y-%m")),
            ("YYYY-MM-DD\"T\"HH24:MI", Some("%Y-%m-%dT%H:%M")),
            ("Mon YYYY", Some("%b %Y")),
            ("IYYY-IW", Some("%G-%V")),
            // What DataFusion would write in another way.
            ("YYYY-Q", None),
            ("Month", None),
            ("999", Some("999")),
        ] {
            assert_eq!(of_time(pattern).as_deref(), found, "{pattern}");
        }
    }
}
