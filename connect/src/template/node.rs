//! A document as a tree. Each language renders the same tree, so that no two can differ.

use super::text::Text;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A word of AWS's own, which no language needs quotes to read as text.
    Word(&'static str),
    /// Any text.
    Text(Text),
    /// Values in order.
    List(Vec<Item>),
    /// Values by name, in order.
    Map(Vec<(&'static str, Self)>),
}

/// A value in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What to say about it, in one line, where comments can be.
    pub(super) comment: Option<&'static str>,
    /// The value.
    pub(super) node: Node,
}

impl Node {
    /// A list without comments.
    pub(super) fn list(nodes: impl IntoIterator<Item = Self>) -> Self {
        let plain = |node| Item {
            comment: None,
            node,
        };
        Self::List(nodes.into_iter().map(plain).collect())
    }
}

impl From<Text> for Node {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}
