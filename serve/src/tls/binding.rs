//! What a login is bound to: a hash of the server's certificate.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// A sequence in DER.
const SEQUENCE: u8 = 0x30;
/// An object identifier in DER.
const OBJECT: u8 = 0x06;

/// The hash of a certificate by the hash function of its signature, but at least SHA-256 (RFC 5929). `None` if the signature has
/// no hash function of its own, for which nothing is defined.
pub(super) fn of(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = signature_algorithm(certificate)?;
    // PKCS #1 (1.2.840.113549.1.1.…) and ECDSA (1.2.840.10045.4.…).
    let rsa = algorithm.strip_prefix(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]);
    let ecdsa = algorithm.strip_prefix(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04]);
    match (rsa, ecdsa) {
        // MD5 and SHA-1 count as SHA-256.
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => {
            Some(Sha256::digest(certificate).to_vec())
        }
        (Some([12]), _) | (_, Some([3, 3])) => Some(Sha384::digest(certificate).to_vec()),
        (Some([13]), _) | (_, Some([3, 4])) => Some(Sha512::digest(certificate).to_vec()),
        _ => None,
    }
}

/// The object identifier of the algorithm that a certificate was signed with.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    let (content, _) = element(certificate, SEQUENCE)?;
    // What was signed comes first, then the algorithm.
    let (_, rest) = element(content, SEQUENCE)?;
    let (algorithm, _) = element(rest, SEQUENCE)?;
    Some(element(algorithm, OBJECT)?.0)
}

/// The content of the element at the beginning, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = match length {
        short @ ..0x80 => (usize::from(*short), rest),
        long => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            if bytes.len() > 4 {
                return None;
            }
            let length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, rest)
        }
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_hash() {
        for bytes in [
            &b""[..],
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x03\x30\x01\x00",
        ] {
            assert_eq!(of(bytes), None);
        }
    }

    #[test]
    fn the_hash_follows_the_signature() {
        // A certificate of nothing, signed with SHA-384 and RSA.
        let mut certificate = vec![0x30, 0x11, 0x30, 0x00, 0x30, 0x0d, 0x06, 0x09];
        certificate.extend([
            0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 12, 0x05, 0x00,
        ]);
        assert_eq!(of(&certificate).map(|hash| hash.len()), Some(48));
        certificate[16] = 13;
        assert_eq!(of(&certificate).map(|hash| hash.len()), Some(64));
        certificate[16] = 10;
        assert_eq!(of(&certificate), None);
    }
}
