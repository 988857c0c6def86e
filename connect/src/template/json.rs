//! A tree as JSON: two spaces per level, keys in the tree's order.

use super::{
    node::Node,
    text::{Text, quoted},
};

/// The document, with a line end after it.
pub(super) fn document(node: &Node) -> String {
    value(node, 0) + "\n"
}

fn value(node: &Node, indent: usize) -> String {
    let inner = indent + 2;
    match node {
        Node::Word(word) => Text::from(*word).json(),
        Node::Text(text) => text.json(),
        Node::List(items) => {
            let items = items.iter().map(|item| value(&item.node, inner));
            enclosed('[', items, ']', indent)
        }
        Node::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, node)| format!("{}: {}", quoted(key), value(node, inner)));
            enclosed('{', entries, '}', indent)
        }
    }
}

fn enclosed(open: char, parts: impl Iterator<Item = String>, close: char, indent: usize) -> String {
    let outer = " ".repeat(indent);
    let parts: Vec<_> = parts.map(|part| format!("\n{outer}  {part}")).collect();
    format!("{open}{}\n{outer}{close}", parts.join(","))
}
