//! Where the service may be reached, and by whom.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::ServeError;

/// What protects a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// TLS, so that nobody reads along.
    pub tls: Guard,
    /// Users, so that not everybody may ask.
    pub users: Guard,
}

/// One of the things that protect a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is there.
    Present,
    /// It was said in so many words that it is not wanted.
    Waived,
    /// It is not there.
    Missing,
}

impl Guard {
    /// It is there, or else it may have been waived.
    pub fn of(present: bool, waived: bool) -> Self {
        match (present, waived) {
            (true, _) => Self::Present,
            (false, true) => Self::Waived,
            (false, false) => Self::Missing,
        }
    }
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
    let tls = protection.tls != Guard::Missing;
    let users = protection.users != Guard::Missing;
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
            tls: Guard::Missing,
            users: Guard::Missing,
        };
        let both = Protection {
            tls: Guard::Present,
            users: Guard::of(true, false),
        };
        let waived = Protection {
            tls: Guard::of(false, true),
            users: Guard::Waived,
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
            assert_eq!(is(address, waived), Ok(()), "{address}");
            assert!(is(address, none).is_err(), "{address}");
            let (why, hint) = is(
                address,
                Protection {
                    tls: both.tls,
                    ..none
                },
            )
            .unwrap_err();
            assert!(why.contains("no users") && hint.contains("--insecure-without-auth"));
            let (why, hint) = is(
                address,
                Protection {
                    users: both.users,
                    ..none
                },
            )
            .unwrap_err();
            assert!(why.contains("no TLS") && hint.contains("--insecure-without-tls"));
        }
    }
}
