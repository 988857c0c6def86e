/// A name that no query of the library has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no query named `{name}`")]
pub struct UnknownQuery {
    /// The name that was asked for.
    pub name: String,
    /// The most similar name there is, if one is similar at all.
    pub nearest: Option<&'static str>,
}

/// Text that is no condition, in the words of the SQL parser.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidCondition(pub(crate) String);
