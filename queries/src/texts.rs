//! The formulas and views, and how includes are put in.

/// An expression over the columns of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Table (or view) and name, such as `line_items/amortized`.
    pub name: &'static str,
    text: &'static str,
}

/// A view over the tables of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Its name, such as `costs_focus`.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! texts {
    ($type:ident, $folder:literal: $($name:literal)*) => {
        &[$($type { name: $name, text: include_str!(concat!("../sql/", $folder, "/", $name, ".sql")) }),*]
    };
}

const FORMULAS: &[Formula] = texts!(Formula, "formulas":
    "costs/compute_family"
    "line_items/amortized"
    "line_items/blended"
    "line_items/is_discount_in_net"
    "line_items/is_due"
    "line_items/list"
    "line_items/net_amortized"
    "line_items/net_unblended"
    "line_items/purchase_option"
    "line_items/refunds_upfront"
    "line_items/region"
    "line_items/reservation_unused"
    "line_items/savings_plan_unused"
    "line_items/service"
    "line_items/told"
    "line_items/true_up"
    "line_items/unblended"
    "line_items/upfront"
    "line_items/usage"
    "focus/amortized"
    "focus/blended"
    "focus/list"
    "focus/net_amortized"
    "focus/net_unblended"
    "focus/purchase_option"
    "focus/region"
    "focus/service"
    "focus/unblended"
    "focus/usage"
    "costs/category"
    "costs/coverable"
    "costs/kind"
    "costs/subcategory"
);

const VIEWS: &[View] =
    texts!(View, "views": "costs_line_items" "costs_focus" "costs_provisional" "cur2");

/// The formula of that name (`line_items/amortized`, `focus/list` …), as an SQL expression with its includes put in.
///
/// Formulas over `line_items` may use the constant column `has_net_columns`: whether the row's billing period states costs
/// net of discounts at all.
pub fn formula(name: &str) -> Option<String> {
    FORMULAS
        .iter()
        .find(|formula| formula.name == name)
        .map(|formula| expand(formula.text))
}

/// The query behind the view of that name: `costs_line_items`, `costs_focus` and `costs_provisional` (the parts of `costs`),
/// `cur2`.
///
/// They read `line_items` (with its maps `product`, `resource_tags`, `cost_category`, `discount`, `tags`) and `focus`,
/// and `cost_explorer` with its start and end of usage, its report's name, `tags` and `cost_categories`.
pub fn view(name: &str) -> Option<String> {
    VIEWS
        .iter()
        .find(|view| view.name == name)
        .map(|view| expand(view.text))
}

/// The query behind a part of `costs`, with those of its columns alone that are to be kept; none if that is none of them.
pub fn view_of(name: &str, keep: impl Fn(&str) -> bool) -> Option<String> {
    let view = VIEWS.iter().find(|view| view.name == name)?;
    let text = without_comments(view.text);
    let (columns, source) = text.rsplit_once("\nFROM ")?;
    // Each column has a line of its own.
    let columns = columns.strip_prefix("SELECT\n")?.lines();
    let columns = columns.map(|line| line.trim_end_matches(','));
    let kept = columns.filter(|line| line.rsplit(' ').next().is_some_and(&keep));
    let kept: Vec<_> = kept.collect();
    (!kept.is_empty()).then(|| expand(&format!("SELECT\n{}\nFROM {source}", kept.join(",\n"))))
}

/// The query behind a part of `costs` with further columns, such as `1 AS rows`, at its end.
pub fn view_with(name: &str, more: &str) -> Option<String> {
    let text = view(name)?;
    let (columns, source) = text.rsplit_once("\nFROM ")?;
    Some(format!("{columns},\n    {more}\nFROM {source}"))
}

/// `text` without its comments, each `{{name}}` replaced by that formula in parentheses.
pub(crate) fn expand(text: &str) -> String {
    let mut rest = without_comments(text);
    let mut expanded = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .expect("every include is closed: a test expands all texts");
        let included =
            formula(name.trim()).expect("every include exists: a test expands all texts");
        expanded.push_str(before);
        expanded.push('(');
        expanded.push_str(&included);
        expanded.push(')');
        rest = after.to_owned();
    }
    expanded + &rest
}

fn without_comments(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_expands() {
        let formulas = FORMULAS.iter().map(|formula| expand(formula.text));
        for text in formulas.chain(VIEWS.iter().map(|view| expand(view.text))) {
            assert!(!text.is_empty());
            assert!(
                !text.contains("{{") && !text.contains("}}") && !text.contains("--"),
                "{text}"
            );
        }
    }

    #[test]
    fn includes_are_put_in_parentheses() {
        let expanded = expand("-- unused\n1 - {{line_items/savings_plan_unused}}");
        assert_eq!(
            expanded,
            "1 - (coalesce(savings_plan_total_commitment_to_date, 0) - coalesce(savings_plan_used_commitment, 0))"
        );
    }

    #[test]
    fn parts_of_costs_take_more_columns() {
        for part in ["costs_line_items", "costs_focus"] {
            let text = view_with(part, "1 AS one").unwrap();
            let (columns, source) = text.rsplit_once(",\n    1 AS one\nFROM ").unwrap();
            assert_eq!(view(part), Some(format!("{columns}\nFROM {source}")));
        }
    }

    #[test]
    fn parts_of_costs_can_have_fewer_columns() {
        for part in ["costs_line_items", "costs_focus", "costs_provisional"] {
            assert_eq!(view_of(part, |_| true), view(part));
            assert_eq!(view_of(part, |_| false), None);
            let two = ["usage_date", "unblended_cost"];
            let text = view_of(part, |column| two.contains(&column)).unwrap();
            assert!(!text.contains("amortized_cost"), "{text}");
            assert!(!text.contains("usage_start,"), "{text}");
            let (first, rest) = text.split_once(",\n").unwrap();
            assert!(first.ends_with("usage_date"), "{text}");
            let (second, _) = rest.split_once("\nFROM ").unwrap();
            assert!(second.ends_with("unblended_cost"), "{text}");
        }
        assert_eq!(view_of("imaginary", |_| true), None);
    }

    #[test]
    fn unknown_names_are_none() {
        assert_eq!(formula("line_items/imaginary"), None);
        assert_eq!(view("imaginary"), None);
        assert_eq!(view_with("imaginary", "1"), None);
    }
}
