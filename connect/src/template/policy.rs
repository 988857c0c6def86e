//! IAM policies as values.

use super::{
    node::{Item, Node},
    text::Text,
};

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// Its statements.
    pub(super) statements: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its name: letters and digits.
    pub(super) sid: String,
    /// What to say about it where comments can be.
    pub(super) comment: Option<&'static str>,
    /// What it does.
    pub(super) effect: Effect,
    /// Whom it is about, in policies of roles and buckets.
    pub(super) principal: Option<Whom>,
    /// Actions, each with the reason for it.
    pub(super) actions: Vec<(&'static str, Option<&'static str>)>,
    /// ARNs; none in trust policies.
    pub(super) resources: Vec<Text>,
    /// When it applies.
    pub(super) conditions: Vec<Condition>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// Whom a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Everybody.
    Anybody,
    /// An account, user or role.
    Aws(Text),
    /// Services of AWS.
    Services(Vec<&'static str>),
}

/// One key that has to have one of some values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// How they are compared.
    pub(super) operator: &'static str,
    /// The key.
    pub(super) key: &'static str,
    /// The values.
    pub(super) values: Vec<Text>,
}

impl Statement {
    /// A statement that allows `actions`, on nothing so far.
    pub(super) fn allow(sid: impl Into<String>, actions: &[&'static str]) -> Self {
        Self {
            sid: sid.into(),
            comment: None,
            effect: Effect::Allow,
            principal: None,
            actions: actions.iter().map(|action| (*action, None)).collect(),
            resources: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// With one more condition.
    pub(super) fn when(
        mut self,
        operator: &'static str,
        key: &'static str,
        values: impl IntoIterator<Item = Text>,
    ) -> Self {
        self.conditions.push(Condition {
            operator,
            key,
            values: values.into_iter().collect(),
        });
        self
    }

    fn node(&self) -> Node {
        let mut entries = vec![
            ("Sid", Node::Text(self.sid.as_str().into())),
            (
                "Effect",
                Node::Word(match self.effect {
                    Effect::Allow => "Allow",
                    Effect::Deny => "Deny",
                }),
            ),
        ];
        if let Some(principal) = &self.principal {
            entries.push(("Principal", principal.node()));
        }
        let actions = self.actions.iter().map(|(action, why)| Item {
            comment: *why,
            node: Node::Word(action),
        });
        entries.push(("Action", Node::List(actions.collect())));
        if !self.resources.is_empty() {
            let resources = self.resources.iter().cloned().map(Node::Text);
            entries.push(("Resource", Node::list(resources)));
        }
        if !self.conditions.is_empty() {
            entries.push(("Condition", conditions(&self.conditions)));
        }
        Node::Map(entries)
    }
}

impl Whom {
    fn node(&self) -> Node {
        match self {
            Self::Anybody => Node::Text("*".into()),
            Self::Aws(arn) => Node::Map(vec![("AWS", arn.clone().into())]),
            Self::Services(names) => {
                let names = names.iter().map(|name| Node::Word(name));
                Node::Map(vec![("Service", Node::list(names))])
            }
        }
    }
}

/// Conditions by operator. No two of a statement share one here, which would have to be merged.
fn conditions(conditions: &[Condition]) -> Node {
    let one = |condition: &Condition| {
        let values = match &condition.values[..] {
            [only] => only.clone().into(),
            several => Node::list(several.iter().cloned().map(Node::Text)),
        };
        (condition.operator, Node::Map(vec![(condition.key, values)]))
    };
    Node::Map(conditions.iter().map(one).collect())
}

impl From<&Policy> for Node {
    fn from(policy: &Policy) -> Self {
        let statements = policy.statements.iter().map(|statement| Item {
            comment: statement.comment,
            node: statement.node(),
        });
        Self::Map(vec![
            // Not ours: the version of the language of policies.
            ("Version", Self::Text("2012-10-17".into())),
            ("Statement", Self::List(statements.collect())),
        ])
    }
}
