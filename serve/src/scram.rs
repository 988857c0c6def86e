//! SCRAM-SHA-256 (RFC 5802, RFC 7677): the server's side, from a verifier.

use std::{borrow::Cow, num::NonZeroU32};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{hmac, pbkdf2};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Verifier;

/// The mechanism.
pub(crate) const MECHANISM: &str = "SCRAM-SHA-256";
/// The mechanism with the TLS connection as part of the proof.
pub(crate) const MECHANISM_PLUS: &str = "SCRAM-SHA-256-PLUS";
/// The only kind of channel binding that is used with it.
const BINDING: &str = "tls-server-end-point";

/// A hash, or a key.
pub(crate) type Key = [u8; 32];

/// What is wrong with a message; the client is not told more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not what the protocol says.
    Malformed,
    /// The password is not the right one.
    Denied,
}

/// HMAC-SHA-256 of the parts one after the other.
pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> Key {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut found = Key::default();
    found.copy_from_slice(context.sign().as_ref());
    found
}

/// The keys that a verifier of a password has.
pub(crate) fn keys(password: &str, salt: &[u8], iterations: NonZeroU32) -> (Key, Key) {
    // As PostgreSQL does it: what cannot be prepared is taken as it is.
    let prepared = stringprep::saslprep(password).unwrap_or(Cow::Borrowed(password));
    let mut salted = Key::default();
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA256,
        iterations,
        salt,
        prepared.as_bytes(),
        &mut salted,
    );
    let client_key = hmac(&salted, &[b"Client Key"]);
    let server_key = hmac(&salted, &[b"Server Key"]);
    (Sha256::digest(client_key).into(), server_key)
}

/// An exchange that waits for the client's proof.
pub(crate) struct Exchange {
    verifier: Verifier,
    nonce: String,
    /// The client's first message without its header, and the server's.
    first: String,
    /// What the client must bind its proof to.
    bound: Vec<u8>,
}

impl Exchange {
    /// Begins with the client's first message. `binding` is the hash of the server's certificate on a connection with TLS; `plus`
    /// says whether the client chose the mechanism that uses it. Returns the server's answer.
    pub(crate) fn begin(
        message: &[u8],
        verifier: Verifier,
        binding: Option<&[u8]>,
        plus: bool,
    ) -> Result<(Self, String), Refused> {
        let salt: [u8; 18] = rand::random();
        Self::begin_with(message, verifier, binding, plus, &STANDARD.encode(salt))
    }

    fn begin_with(
        message: &[u8],
        verifier: Verifier,
        binding: Option<&[u8]>,
        plus: bool,
        own_nonce: &str,
    ) -> Result<(Self, String), Refused> {
        let message = std::str::from_utf8(message).map_err(|_| Refused::Malformed)?;
        let (flag, rest) = message.split_once(',').ok_or(Refused::Malformed)?;
        let (authorized, bare) = rest.split_once(',').ok_or(Refused::Malformed)?;
        let header = &message[..message.len() - bare.len()];
        let mut bound = header.as_bytes().to_vec();
        match (flag.strip_prefix("p="), binding, plus) {
            (Some(BINDING), Some(hash), true) => bound.extend_from_slice(hash),
            (None, _, false) if flag == "n" => {}
            // The client believes that the server cannot bind: if it can, somebody is in between.
            (None, None, false) if flag == "y" => {}
            _ => return Err(Refused::Malformed),
        }
        if !authorized.is_empty() {
            return Err(Refused::Malformed);
        }
        let nonce = bare
            .split(',')
            .find_map(|part| part.strip_prefix("r="))
            .filter(|nonce| !nonce.is_empty())
            .ok_or(Refused::Malformed)?;
        let nonce = format!("{nonce}{own_nonce}");
        let salt = STANDARD.encode(&verifier.salt);
        let answer = format!("r={nonce},s={salt},i={}", verifier.iterations);
        let exchange = Self {
            first: format!("{bare},{answer}"),
            verifier,
            nonce,
            bound,
        };
        Ok((exchange, answer))
    }

    /// Checks the client's proof. Returns the server's own one.
    pub(crate) fn finish(self, message: &[u8]) -> Result<String, Refused> {
        let message = std::str::from_utf8(message).map_err(|_| Refused::Malformed)?;
        let (unproven, proof) = message.rsplit_once(",p=").ok_or(Refused::Malformed)?;
        let part = |name: &str| unproven.split(',').find_map(|part| part.strip_prefix(name));
        let bound = part("c=").ok_or(Refused::Malformed)?;
        let bound = STANDARD.decode(bound).map_err(|_| Refused::Malformed)?;
        if bound != self.bound || part("r=") != Some(self.nonce.as_str()) {
            return Err(Refused::Malformed);
        }
        let proof = STANDARD.decode(proof).map_err(|_| Refused::Malformed)?;
        let proof = Key::try_from(proof).map_err(|_| Refused::Malformed)?;
        let proven = format!("{},{unproven}", self.first);
        let signature = hmac(&self.verifier.stored_key, &[proven.as_bytes()]);
        let mut client_key = proof;
        for (byte, mask) in client_key.iter_mut().zip(signature) {
            *byte ^= mask;
        }
        let stored_key: Key = Sha256::digest(client_key).into();
        if !bool::from(stored_key.ct_eq(&self.verifier.stored_key)) {
            return Err(Refused::Denied);
        }
        let own = hmac(&self.verifier.server_key, &[proven.as_bytes()]);
        Ok(format!("v={}", STANDARD.encode(own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7677's example.
    const VERIFIER: &str = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    const FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const NONCE: &str = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    fn begun() -> (Exchange, String) {
        let verifier = VERIFIER.parse().unwrap();
        Exchange::begin_with(FIRST, verifier, None, false, NONCE).unwrap()
    }

    #[test]
    fn the_example_of_the_standard() {
        let (exchange, answer) = begun();
        assert_eq!(
            answer,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        let last = b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(
            exchange.finish(last).as_deref(),
            Ok("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        );
    }

    #[test]
    fn a_wrong_proof_is_refused() {
        let last = |proof: &str| {
            let text =
                format!("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p={proof}");
            begun().0.finish(text.as_bytes())
        };
        let wrong = last("eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assert_eq!(wrong, Err(Refused::Denied));
        assert_eq!(last(""), Err(Refused::Malformed));
        assert_eq!(last("biws"), Err(Refused::Malformed));
        assert_eq!(begun().0.finish(b"c=biws"), Err(Refused::Malformed));
        let other = b"c=biws,r=other,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(begun().0.finish(other), Err(Refused::Malformed));
    }

    #[test]
    fn a_downgrade_is_noticed() {
        let verifier = || VERIFIER.parse::<Verifier>().unwrap();
        let begin = |message: &str, binding: Option<&[u8]>, plus| {
            Exchange::begin(message.as_bytes(), verifier(), binding, plus).is_ok()
        };
        assert!(begin("y,,n=,r=abc", None, false));
        assert!(!begin("y,,n=,r=abc", Some(b"hash"), false));
        assert!(begin(
            "p=tls-server-end-point,,n=,r=abc",
            Some(b"hash"),
            true
        ));
        assert!(!begin("p=tls-server-end-point,,n=,r=abc", None, true));
        assert!(!begin("p=tls-unique,,n=,r=abc", Some(b"hash"), true));
        assert!(!begin("n,,n=,r=abc", Some(b"hash"), true));
        assert!(!begin("n,a=root,n=,r=abc", None, false));
        assert!(!begin("n,,n=,r=", None, false));
        assert!(!begin("nonsense", None, false));
    }

    #[test]
    fn hmac_as_in_its_standard() {
        // RFC 4231, test case 2.
        let found = hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        let hex: String = found
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
