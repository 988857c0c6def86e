//! Whatever a pattern or a replacement is, it is told or refused.

use super::{java::translate, pattern::Pattern, replacement::Replacement};

/// Calls `check` with every text of some of the characters.
fn each_text(characters: &str, longest: usize, check: &mut impl FnMut(&str)) {
    let characters: Vec<char> = characters.chars().collect();
    let mut texts = vec![String::new()];
    for _ in 0..longest {
        texts = texts
            .iter()
            .flat_map(|text| {
                characters.iter().map(move |next| {
                    let mut text = text.clone();
                    text.push(*next);
                    text
                })
            })
            .collect();
        for text in &texts {
            check(text);
        }
    }
}

#[test]
fn no_pattern_panics() {
    each_text(r"\Qpux0{}[]^-(?<:mé$+#", 3, &mut |text| {
        for before_newline in [false, true] {
            let _ = translate(text, before_newline);
        }
    });
    each_text(r"\ax[]{1}(?<:é$+|", 2, &mut |text| {
        let Ok(pattern) = Pattern::compile(text) else {
            return;
        };
        for searched in ["", "aé1\n", "日"] {
            let _ = pattern.find(searched, 0);
            let _ = pattern.captures(searched, searched.len());
        }
    });
}

#[test]
fn no_replacement_panics() {
    let pattern = Pattern::compile("(?<a>é)|(x)").unwrap();
    each_text(r"\${}a12é", 4, &mut |text| {
        let _ = Replacement::parse(text, &pattern);
    });
}
