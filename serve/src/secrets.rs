//! Secrets as they are kept: hashes from which nobody gets the secret back.

use std::{fmt, num::NonZeroU32, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::scram::{self, Key};

/// How often a password is hashed; `PostgreSQL`'s own number.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).expect("it is not zero");
/// Bytes of salt.
const SALT: usize = 16;
/// What `PostgreSQL` writes before a verifier.
const SCRAM: &str = "SCRAM-SHA-256$";
/// What stands before the hash of a token.
const SHA256: &str = "sha256:";
/// What new tokens begin with, so that scanners for secrets find them.
const TOKEN: &str = "curtail_";

/// What is known of a password: enough to check it, not enough to log in with. In the form in which `PostgreSQL` keeps it:
/// `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`.
#[derive(Clone)]
pub struct Verifier {
    pub(crate) iterations: NonZeroU32,
    pub(crate) salt: Vec<u8>,
    pub(crate) stored_key: Key,
    pub(crate) server_key: Key,
}

impl Verifier {
    /// The verifier of a password, with a salt of its own.
    pub fn of(password: &str) -> Self {
        let salt: [u8; SALT] = rand::random();
        Self::salted(password, &salt, ITERATIONS)
    }

    /// One that no password fits, for a user that is not there: the same each time, so that nobody sees the difference.
    pub(crate) fn of_nobody(secret: &Key, user: &str) -> Self {
        let salt = scram::hmac(secret, &[b"salt", user.as_bytes()]);
        Self {
            iterations: ITERATIONS,
            salt: salt[..SALT].to_vec(),
            stored_key: scram::hmac(secret, &[b"stored", user.as_bytes()]),
            server_key: scram::hmac(secret, &[b"server", user.as_bytes()]),
        }
    }

    fn salted(password: &str, salt: &[u8], iterations: NonZeroU32) -> Self {
        let (stored_key, server_key) = scram::keys(password, salt, iterations);
        Self {
            iterations,
            salt: salt.to_vec(),
            stored_key,
            server_key,
        }
    }

    /// Whether it is the verifier of this password. Takes as long either way.
    pub fn fits(&self, password: &str) -> bool {
        let (stored_key, _) = scram::keys(password, &self.salt, self.iterations);
        stored_key.ct_eq(&self.stored_key).into()
    }

    /// The verifier as text, to be put into the configuration. Whoever reads it can try passwords.
    pub fn to_text(&self) -> String {
        format!(
            "{SCRAM}{}:{}${}:{}",
            self.iterations,
            STANDARD.encode(&self.salt),
            STANDARD.encode(self.stored_key),
            STANDARD.encode(self.server_key)
        )
    }
}

impl FromStr for Verifier {
    type Err = ParseSecretError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (salted, keys) = text.trim().strip_prefix(SCRAM)?.split_once('$')?;
            let (iterations, salt) = salted.split_once(':')?;
            let (stored_key, server_key) = keys.split_once(':')?;
            let key = |text: &str| Key::try_from(STANDARD.decode(text).ok()?).ok();
            let iterations: NonZeroU32 = iterations.parse().ok()?;
            let salt = STANDARD.decode(salt).ok()?;
            // What a client would hash for minutes, or not at all.
            if iterations.get() > 10_000_000 || salt.is_empty() {
                return None;
            }
            Some(Self {
                iterations,
                salt,
                stored_key: key(stored_key)?,
                server_key: key(server_key)?,
            })
        };
        parse().ok_or(ParseSecretError::Password)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier(…)")
    }
}

/// The hash of a token. Tokens are long and random, so one round is enough.
#[derive(Clone)]
pub struct TokenHash(Key);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether two hashes are the same. Takes as long either way.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The hash as text, to be put into the configuration.
    pub fn to_text(&self) -> String {
        let hex = self.0.iter().map(|byte| format!("{byte:02x}"));
        format!("{SHA256}{}", hex.collect::<String>())
    }
}

impl FromStr for TokenHash {
    type Err = ParseSecretError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim().strip_prefix(SHA256);
        let digits = digits.filter(|digits| {
            digits.len() == 2 * size_of::<Key>() && digits.bytes().all(|b| b.is_ascii_hexdigit())
        });
        let digits = digits.ok_or(ParseSecretError::Token)?;
        let mut key = Key::default();
        for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
            let parsed = u8::from_str_radix(&digits[at..at + 2], 16);
            *byte = parsed.map_err(|_| ParseSecretError::Token)?;
        }
        Ok(Self(key))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A new token: 256 random bits as text.
pub fn new_token() -> String {
    let bits: [u8; 32] = rand::random();
    let hex = bits.iter().map(|byte| format!("{byte:02x}"));
    format!("{TOKEN}{}", hex.collect::<String>())
}

/// A text that is no hash of a secret. It may be the secret itself, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseSecretError {
    /// No verifier of a password.
    #[error(
        "a password is kept as `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`: `curtail serve password` makes one"
    )]
    Password,
    /// No hash of a token.
    #[error(
        "a token is kept as `sha256:` and 64 hexadecimal digits: `curtail serve token` makes one"
    )]
    Token,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_fits_its_password_only() {
        let verifier = Verifier::of("correct horse");
        let again: Verifier = verifier.to_text().parse().unwrap();
        assert!(again.fits("correct horse"));
        assert!(!again.fits("correct horsf"));
        assert!(!format!("{again:?}").contains('$'));
        assert_ne!(Verifier::of("correct horse").to_text(), verifier.to_text());
    }

    #[test]
    fn postgres_own_verifiers_are_understood() {
        // RFC 7677's example: user `user`, password `pencil`.
        let text = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        let verifier: Verifier = text.parse().unwrap();
        assert!(verifier.fits("pencil"));
        assert_eq!(verifier.to_text(), text);
    }

    #[test]
    fn what_is_no_hash_is_not_repeated() {
        for text in ["hunter2", "SCRAM-SHA-256$4096:!$a:b", "md5abc", ""] {
            let error = text.parse::<Verifier>().unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
            assert!(text.parse::<TokenHash>().is_err());
        }
    }

    #[test]
    fn a_token_is_known_by_its_hash() {
        let token = new_token();
        let hash: TokenHash = TokenHash::of(&token).to_text().parse().unwrap();
        assert!(hash.is(&TokenHash::of(&token)));
        assert!(!hash.is(&TokenHash::of(&new_token())));
        assert!("sha256:é".parse::<TokenHash>().is_err());
    }
}
