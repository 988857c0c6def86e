//! Who may log in.

use std::{collections::BTreeMap, sync::Arc};

use crate::{Limits, TokenHash, Verifier, scram::Key};

/// Who may log in, how, and what to.
#[derive(Clone, Debug)]
pub struct User {
    /// The name to log in with.
    pub name: String,
    /// What is known of the password; without one, a password is of no use.
    pub password: Option<Verifier>,
    /// What is known of the tokens.
    pub tokens: Vec<TokenHash>,
    /// How much the user may take.
    pub limits: Limits,
    /// A condition over `costs` that rows must fulfil for the user to see them; all of them without one.
    pub allow: Option<String>,
}

impl User {
    /// Somebody who may see everything, where nobody has to log in.
    pub(crate) fn anybody(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: None,
            tokens: Vec::new(),
            limits: Limits::default(),
            allow: None,
        }
    }
}

/// The users of a service. Without any, nobody has to log in.
#[derive(Debug)]
pub struct Users {
    by_name: BTreeMap<String, Arc<User>>,
    /// Makes up verifiers for names that are not there.
    secret: Key,
}

impl Users {
    /// These users.
    pub fn new(users: impl IntoIterator<Item = User>) -> Self {
        let named = users.into_iter();
        let named = named.map(|user| (user.name.clone(), Arc::new(user)));
        Self {
            by_name: named.collect(),
            secret: rand::random(),
        }
    }

    /// Whether nobody has to log in.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<User>> {
        self.by_name.values()
    }

    /// The user of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<User>> {
        self.by_name.get(name)
    }

    /// What to check a password of `name` against; if there is no such user, it fits none.
    pub(crate) fn verifier(&self, name: &str) -> Verifier {
        let known = self.named(name).and_then(|user| user.password.clone());
        known.unwrap_or_else(|| Verifier::of_nobody(&self.secret, name))
    }

    /// The user with this password.
    pub(crate) fn with_password(&self, name: &str, password: &str) -> Option<Arc<User>> {
        let fits = self.verifier(name).fits(password);
        self.named(name).filter(|_| fits).cloned()
    }

    /// The user whose token it is.
    pub(crate) fn with_token(&self, token: &str) -> Option<Arc<User>> {
        let hash = TokenHash::of(token);
        // All are looked at, so that the time tells nothing.
        let all = self.by_name.values();
        let fitting = all.filter(|user| {
            let fits = user.tokens.iter().map(|known| known.is(&hash));
            fits.fold(false, |any, fits| any | fits)
        });
        fitting.fold(None, |found, user| found.or(Some(Arc::clone(user))))
    }
}

impl Default for Users {
    fn default() -> Self {
        Self::new([])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_known_by_password_and_token() {
        let user = |name: &str, password: &str, token: &str| User {
            password: Some(Verifier::of(password)),
            tokens: vec![TokenHash::of(token)],
            ..User::anybody(name)
        };
        let users = Users::new([user("ada", "one", "t1"), user("bob", "two", "t2")]);
        let name = |found: Option<Arc<User>>| found.map(|user| user.name.clone());
        assert_eq!(
            name(users.with_password("ada", "one")).as_deref(),
            Some("ada")
        );
        assert_eq!(name(users.with_password("ada", "two")), None);
        assert_eq!(name(users.with_password("eve", "one")), None);
        assert_eq!(name(users.with_token("t2")).as_deref(), Some("bob"));
        assert_eq!(name(users.with_token("t3")), None);
        let one = users.verifier("eve").to_text();
        assert_eq!(one, users.verifier("eve").to_text());
        assert_ne!(one, users.verifier("eva").to_text());
    }
}
