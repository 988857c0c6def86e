//! Where the service may be reached, and by whom.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::ServeError;

/// What protects a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Whether there is TLS.
    pub tls: bool,
    /// Whether everybody has to log in.
    pub users: bool,
    /// Whether it was said in so many words that TLS is not wanted.
    pub waive_tls: bool,
    /// Whether it was said in so many words that nobody has to log in.
    pub waive_users: bool,
}

/// Listens on an address; refuses to be reached by others than this machine without TLS and logins.
pub async fn bind(
    address: SocketAddr,
    protection: Protection,
) -> Result<(TcpListener, SocketAddr), ServeError> {
    allowed(address, protection)?;
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn allowed(address: SocketAddr, protection: Protection) -> Result<(), ServeError> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    let refused = |why, hint: &str| {
        Err(ServeError::Exposed {
            address,
            why,
            hint: format!("{hint}; or listen on 127.0.0.1"),
        })
    };
    let tls = protection.tls || protection.waive_tls;
    let users = protection.users || protection.waive_users;
    match (tls, users) {
        (true, true) => Ok(()),
        (false, true) => refused(
            "others could read along, for there is no TLS",
            "give --tls-cert and --tls-key, or say --insecure-without-tls",
        ),
        (true, false) => refused(
            "everybody could ask, for no users are configured",
            "add `[serve.users.NAME]` to the configuration, or say --insecure-without-auth",
        ),
        (false, false) => refused(
            "everybody could ask and read along, for there are neither users nor TLS",
            "add `[serve.users.NAME]` to the configuration and give --tls-cert and --tls-key, \
             or say --insecure-without-auth and --insecure-without-tls",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_come_unprotected() {
        let none = Protection {
            tls: false,
            users: false,
            waive_tls: false,
            waive_users: false,
        };
        let both = Protection {
            tls: true,
            users: true,
            ..none
        };
        let is = |address: &str, protection| {
            allowed(address.parse().unwrap(), protection)
                .map_err(|error| (error.to_string(), error.hint().unwrap()))
        };
        for address in [
            "127.0.0.1:5432",
            "127.8.8.8:0",
            "[::1]:5432",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert_eq!(is(address, none), Ok(()), "{address}");
        }
        for address in [
            "0.0.0.0:5432",
            "[::]:5432",
            "10.0.0.1:5432",
            "[::ffff:10.0.0.1]:1",
        ] {
            assert_eq!(is(address, both), Ok(()), "{address}");
            assert!(is(address, none).is_err(), "{address}");
            let waived = Protection {
                waive_tls: true,
                waive_users: true,
                ..none
            };
            assert_eq!(is(address, waived), Ok(()));
            let (why, hint) = is(address, Protection { tls: true, ..none }).unwrap_err();
            assert!(why.contains("no users") && hint.contains("--insecure-without-auth"));
            let (why, hint) = is(
                address,
                Protection {
                    users: true,
                    ..none
                },
            )
            .unwrap_err();
            assert!(why.contains("no TLS") && hint.contains("--insecure-without-tls"));
        }
    }
}
