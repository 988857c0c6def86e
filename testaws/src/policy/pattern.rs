//! Wildcards of policies: `*` is any text, `?` any character.

/// A text with wildcards.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: Vec<char>,
    ignores_case: bool,
}

impl Pattern {
    /// A pattern of resources and of `StringLike`, in which case counts.
    pub(super) fn exact(text: &str) -> Self {
        Self {
            text: text.chars().collect(),
            ignores_case: false,
        }
    }

    /// A pattern of actions, in which case does not count.
    pub(super) fn action(text: &str) -> Self {
        Self {
            text: text.to_lowercase().chars().collect(),
            ignores_case: true,
        }
    }

    /// Whether the whole of `text` matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = if self.ignores_case {
            text.to_lowercase().chars().collect()
        } else {
            text.chars().collect()
        };
        // Where the last `*` stands, and how much of the text it has taken so far.
        let mut star: Option<(usize, usize)> = None;
        let (mut at, mut read) = (0, 0);
        while read < text.len() {
            match self.text.get(at) {
                Some('*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(&wanted) if wanted == '?' || wanted == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    let Some((place, taken)) = star else {
                        return false;
                    };
                    star = Some((place, taken + 1));
                    at = place + 1;
                    read = taken + 1;
                }
            }
        }
        self.text[at..].iter().all(|&left| left == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "a-b-b-c", true),
            ("abc", "abcd", false),
            ("ab*", "ab", true),
            ("*/x", "a/b/x", true),
        ] {
            assert_eq!(
                Pattern::exact(pattern).matches(text),
                expected,
                "{pattern} and {text}"
            );
        }
    }
}
