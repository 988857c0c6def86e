//! A tree as an expression of Terraform's language, laid out as `terraform fmt` does.

use std::mem;

use super::{
    node::{Item, Node},
    text::{Text, quoted},
};

/// Longest line that a list is kept on.
const WIDTH: usize = 100;

/// The expression, for a line that is indented by `indent` spaces; later lines are indented accordingly.
pub(super) fn value(node: &Node, indent: usize) -> String {
    match node {
        Node::Word(word) => Text::from(*word).hcl(),
        Node::Text(text) => text.hcl(),
        Node::List(items) => list(items, indent),
        Node::Map(entries) => map(entries, indent),
    }
}

fn list(items: &[Item], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let values: Vec<_> = items
        .iter()
        .map(|item| value(&item.node, indent + 2))
        .collect();
    let line = format!("[{}]", values.join(", "));
    let plain = items.iter().all(|item| item.comment.is_none());
    if plain && !line.contains('\n') && indent + line.len() <= WIDTH {
        return line;
    }
    let lines: Vec<_> = items
        .iter()
        .zip(values)
        .map(|(item, value)| {
            let comment = item
                .comment
                .map(|comment| format!("{margin}  # {comment}\n"));
            format!("{}{margin}  {value},\n", comment.unwrap_or_default())
        })
        .collect();
    format!("[\n{}{margin}]", lines.concat())
}

fn map(entries: &[(&'static str, Node)], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, node)| (key(name), value(node, indent + 2)))
        .collect();
    format!("{{\n{}{margin}}}", attributes(&entries, indent + 2))
}

/// Lines of `name = value`, indented by `indent` spaces. The equals signs of neighbours that take one line each are aligned.
pub(super) fn attributes(entries: &[(String, String)], indent: usize) -> String {
    let margin = " ".repeat(indent);
    entries
        .chunk_by(|(_, one), (_, next)| !one.contains('\n') && !next.contains('\n'))
        .flat_map(|neighbours| {
            let widest = neighbours.iter().map(|(name, _)| name.len()).max();
            let width = widest.unwrap_or_default();
            let margin = &margin;
            neighbours
                .iter()
                .map(move |(name, value)| format!("{margin}{name:width$} = {value}\n"))
        })
        .collect()
}

/// A name, in quotes if it is no identifier.
fn key(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { quoted(name) }
}

/// What stands between the braces of a block.
#[derive(Debug, Default)]
pub(super) struct Body(Vec<Line>);

#[derive(Debug)]
enum Line {
    Attribute(String, String),
    Block(String, Body),
    Comment(&'static str),
    Blank,
}

impl Body {
    /// An attribute, whose value is an expression.
    pub(super) fn expression(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push(Line::Attribute(name.to_owned(), value.into()));
        self
    }

    /// An attribute, whose value is text.
    pub(super) fn text(self, name: &str, text: impl Into<Text>) -> Self {
        let text = text.into().hcl();
        self.expression(name, text)
    }

    /// A block below an empty line, unless it is the first thing.
    pub(super) fn block(mut self, header: impl Into<String>, body: Self) -> Self {
        if !matches!(self.0.last(), None | Some(Line::Comment(_))) {
            self.0.push(Line::Blank);
        }
        self.0.push(Line::Block(header.into(), body));
        self
    }

    /// A comment below an empty line, unless it is the first thing.
    pub(super) fn comment(mut self, comment: &'static str) -> Self {
        if !self.0.is_empty() {
            self.0.push(Line::Blank);
        }
        self.0.push(Line::Comment(comment));
        self
    }

    /// The lines, indented by `indent` spaces.
    pub(super) fn render(&self, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let mut texts = Vec::new();
        let mut neighbours = Vec::new();
        for line in &self.0 {
            let other = match line {
                Line::Attribute(name, value) => {
                    neighbours.push((name.clone(), value.clone()));
                    continue;
                }
                Line::Block(header, body) if body.0.is_empty() => {
                    format!("{margin}{header} {{}}\n")
                }
                Line::Block(header, body) => {
                    format!(
                        "{margin}{header} {{\n{}{margin}}}\n",
                        body.render(indent + 2)
                    )
                }
                Line::Comment(comment) => format!("{margin}# {comment}\n"),
                Line::Blank => "\n".to_owned(),
            };
            texts.extend([attributes(&mem::take(&mut neighbours), indent), other]);
        }
        texts.push(attributes(&neighbours, indent));
        texts.concat()
    }
}
