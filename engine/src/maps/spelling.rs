//! The key of a map that a query means: CUR 2.0 has `user_team` where AWS's own examples write `user:team`, legacy reports have
//! `resourceTags/user:team`, and people write `team`.

/// What legacy reports write before the keys of tags and cost categories.
const CATEGORIES: [&str; 2] = ["resourcetags_", "costcategory_"];
/// Whose tags there are.
const NAMESPACES: [&str; 2] = ["user_", "aws_"];

/// The one of `keys` that `wanted` means: itself, or else the only one that is spelled alike.
pub(super) fn stored<'a>(wanted: &str, keys: &[&'a str]) -> Option<&'a str> {
    if let Some(key) = keys.iter().find(|key| **key == wanted) {
        return Some(key);
    }
    let plain = plain(wanted);
    let plain = CATEGORIES
        .iter()
        .find_map(|category| plain.strip_prefix(category))
        .unwrap_or(&plain);
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found = keys.iter().filter(|key| fits(&self::plain(key)));
        found.next().filter(|_| found.next().is_none()).copied()
    };
    only(&|key| key == plain).or_else(|| {
        only(&|key| {
            let namespaces = NAMESPACES.iter();
            let mut bare = namespaces.filter_map(|namespace| key.strip_prefix(namespace));
            bare.any(|key| key == plain)
        })
    })
}

/// A key without what differs from spelling to spelling.
fn plain(key: &str) -> String {
    let letters = key.chars().map(|letter| {
        if letter.is_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '_'
        }
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = [
        "user_team",
        "user_cost_centre",
        "aws_eks_node",
        "user_node",
        "aws_node",
        "Stage",
    ];

    #[test]
    fn every_spelling_finds_the_stored_key() {
        for (wanted, stored_key) in [
            ("user_team", "user_team"),
            ("user:team", "user_team"),
            ("resourceTags/user:team", "user_team"),
            ("User:Team", "user_team"),
            ("team", "user_team"),
            ("Cost Centre", "user_cost_centre"),
            ("aws:eks:node", "aws_eks_node"),
            ("eks_node", "aws_eks_node"),
            ("stage", "Stage"),
        ] {
            assert_eq!(stored(wanted, &KEYS), Some(stored_key), "{wanted}");
        }
    }

    #[test]
    fn what_may_be_several_or_none_is_none() {
        for wanted in ["node", "tea", "", "user_", "aws:team"] {
            assert_eq!(stored(wanted, &KEYS), None, "{wanted}");
        }
        assert_eq!(stored("user:a", &["user_a", "user-a"]), None);
        assert_eq!(stored("user_a", &["user_a", "user-a"]), Some("user_a"));
    }
}
