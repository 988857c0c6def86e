//! A tree as YAML in block style, as CloudFormation reads it.

use super::node::{Item, Node};

/// The lines of a map or list, each indented by `indent` spaces and ended.
pub(super) fn block(node: &Node, indent: usize) -> String {
    let margin = " ".repeat(indent);
    match node {
        Node::Word(word) => format!("{margin}{word}\n"),
        Node::Text(text) => format!("{margin}{}\n", text.yaml()),
        Node::Map(entries) => entries
            .iter()
            .map(|(key, node)| format!("{margin}{key}:{}", after_key(node, indent)))
            .collect::<Vec<_>>()
            .concat(),
        Node::List(items) => {
            let items: Vec<_> = items.iter().map(|item| dashed(item, indent)).collect();
            items.concat()
        }
    }
}

/// What stands after the colon, up to the line's end or below it.
fn after_key(node: &Node, indent: usize) -> String {
    match node {
        Node::Word(_) | Node::Text(_) => format!(" {}", block(node, 0)),
        Node::Map(_) | Node::List(_) => format!("\n{}", block(node, indent + 2)),
    }
}

fn dashed(item: &Item, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let comment = item.comment.map(|comment| format!("{margin}# {comment}\n"));
    let inner = block(&item.node, indent + 2);
    format!(
        "{}{margin}- {}",
        comment.unwrap_or_default(),
        inner.trim_start()
    )
}
