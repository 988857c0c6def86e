//! The certificate that listeners show, and its key.

mod binding;

use std::{fmt, io, path::PathBuf, sync::Arc};

use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::{self, ServerConfig, crypto::ring};

/// The name under which clients of `PostgreSQL` begin TLS right away.
const POSTGRESQL: &[u8] = b"postgresql";

/// What listeners with TLS need.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    /// The same for clients of `PostgreSQL`.
    for_postgresql: Arc<ServerConfig>,
    /// What a login may be bound to, so that nobody in between can pass it on.
    binding: Option<Vec<u8>>,
}

impl Tls {
    /// Reads the certificate with its chain, and its key, both as PEM.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Self, TlsError> {
        let chain = std::fs::read(&certificate).map_err(|source| TlsError::Read {
            path: certificate.clone(),
            source,
        })?;
        let private = std::fs::read(&key).map_err(|source| TlsError::Read {
            path: key.clone(),
            source,
        })?;
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
            .collect::<Result<_, _>>()
            .map_err(|error| TlsError::Certificate {
                path: certificate.clone(),
                why: error.to_string(),
            })?;
        let Some(own) = chain.first() else {
            let why = "it holds no certificate in PEM form".to_owned();
            return Err(TlsError::Certificate {
                path: certificate,
                why,
            });
        };
        let binding = binding::of(own);
        // What is wrong with a key is not repeated: it might be a piece of it.
        let private =
            PrivateKeyDer::from_pem_slice(&private).map_err(|_| TlsError::Key(key.clone()))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, private)
            })
            .map_err(|error| TlsError::Pair {
                certificate,
                key,
                error,
            })?;
        let mut for_postgresql = config.clone();
        for_postgresql.alpn_protocols = vec![POSTGRESQL.to_vec()];
        Ok(Self {
            config: Arc::new(config),
            for_postgresql: Arc::new(for_postgresql),
            binding,
        })
    }

    /// The configuration of a listener, without any protocol to be agreed on.
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }

    /// The configuration of a listener for `PostgreSQL`'s clients.
    pub(crate) fn for_postgresql(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.for_postgresql)
    }

    /// The hash of the certificate that a login may be bound to (RFC 5929, `tls-server-end-point`).
    pub(crate) fn binding(&self) -> Option<&[u8]> {
        self.binding.as_deref()
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file holds no certificate.
    #[error("`{}` cannot be used as a certificate: {why}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file holds no private key.
    #[error("`{}` holds no private key in PEM form", .0.display())]
    Key(PathBuf),
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("certificate `{}` and key `{}` cannot be used together: {error}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        #[source]
        error: rustls::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_and_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
        std::fs::write(path("other.pem"), other.signing_key.serialize_pem()).unwrap();
        let tls = Tls::read(path("cert.pem"), path("key.pem")).unwrap();
        assert_eq!(tls.binding().map(<[u8]>::len), Some(32));
        let error = |certificate, key| {
            Tls::read(path(certificate), path(key))
                .unwrap_err()
                .to_string()
        };
        assert!(error("cert.pem", "other.pem").contains("cannot be used together"));
        assert!(error("key.pem", "key.pem").contains("no certificate"));
        assert!(error("cert.pem", "cert.pem").contains("no private key"));
        assert!(error("none.pem", "key.pem").contains("none.pem"));
    }
}
