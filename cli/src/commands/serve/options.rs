//! What the command line and the configuration say together.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use curtail_connect::{ServeConfig, ServeUser};
use curtail_engine::{ConnectionInfo, Dialect, Elsewhere, EngineOptions};
use curtail_serve::{
    Limits, ServiceOptions, Tls, User, Users,
    listen::{Guard, Protection},
};

use super::{DEFAULT, Spoken};
use crate::{
    args::ServeArgs,
    config::{Settings, Timeout},
    error::CliError,
};

/// The most connections unless anything else is said.
const CONNECTIONS: usize = 500;

/// What the command line and the configuration say together.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) addresses: Vec<(Spoken, SocketAddr)>,
    pub(super) protection: Protection,
    pub(super) tls: Option<Tls>,
    pub(super) dialect: Dialect,
    pub(super) grace: Duration,
    pub(super) users: usize,
    known: Vec<User>,
    limits: Limits,
    most_running: usize,
    most_connections: usize,
}

impl Options {
    pub(super) fn new(
        args: &ServeArgs,
        config: &ServeConfig,
        settings: &Settings,
    ) -> Result<Self, CliError> {
        let file = &settings.config;
        let wrong = |key: &str, why: String| CliError::Serving {
            path: file.clone(),
            key: key.to_owned(),
            why,
        };
        let mut addresses = Vec::new();
        for (protocol, given, said) in [
            (Spoken::Postgres, args.pg, &config.pg),
            (Spoken::Flight, args.flight, &config.flight),
            (Spoken::Http, args.http, &config.http),
        ] {
            let said = read::<SocketAddr>(said.as_deref()).map_err(|text| {
                let why = format!("`{text}` is no address: write it as 127.0.0.1:5432");
                wrong(protocol.as_str(), why)
            })?;
            addresses.extend(given.or(said).map(|address| (protocol, address)));
        }
        if addresses.is_empty() {
            let default = DEFAULT
                .parse()
                .map_err(|_| CliError::Internal(DEFAULT.to_owned()))?;
            addresses.push((Spoken::Postgres, default));
        }
        let tls = tls(args, config, file)?;
        let dialect = match (args.dialect, config.dialect.as_deref()) {
            (Some(given), _) => given.into(),
            (None, Some(said)) => said.parse().map_err(|why| wrong("dialect", why))?,
            (None, None) => Dialect::Generic,
        };
        let timeout = time(config.statement_timeout.as_deref())
            .map_err(|why| wrong("statement_timeout", why))?;
        let known = config.users.iter().map(|(name, said)| {
            user(name, said).map_err(|(key, why)| wrong(&format!("users.{name}.{key}"), why))
        });
        let known: Vec<_> = known.collect::<Result<_, _>>()?;
        let Timeout(grace) = args.grace;
        let most = |given: Option<std::num::NonZeroUsize>, said: Option<usize>, default| {
            given.map(usize::from).or(said).unwrap_or(default)
        };
        Ok(Self {
            addresses,
            protection: Protection {
                tls: Guard::of(tls.is_some(), args.insecure_without_tls),
                users: Guard::of(!known.is_empty(), args.insecure_without_auth),
            },
            tls,
            dialect,
            grace,
            users: known.len(),
            known,
            limits: Limits {
                statement_timeout: args.statement_timeout.map(|Timeout(time)| time).or(timeout),
                rows: args.max_rows.or(config.max_rows),
                memory: None,
                concurrent: None,
            },
            most_running: most(
                args.max_concurrent,
                config.max_concurrent,
                2 * settings.threads,
            ),
            most_connections: most(args.max_connections, config.max_connections, CONNECTIONS),
        })
    }

    /// What the service is made of.
    pub(super) fn service(
        &self,
        engine: EngineOptions,
        elsewhere: Option<Arc<dyn Elsewhere>>,
        connections: Vec<ConnectionInfo>,
    ) -> ServiceOptions {
        ServiceOptions {
            engine,
            elsewhere,
            connections,
            users: Users::new(self.known.clone()),
            limits: self.limits,
            most_running: self.most_running,
            most_connections: self.most_connections,
        }
    }
}

/// A value that is written as text; the error is the text.
fn read<T: FromStr>(text: Option<&str>) -> Result<Option<T>, String> {
    text.map(|text| text.parse().map_err(|_| text.to_owned()))
        .transpose()
}

fn time(text: Option<&str>) -> Result<Option<Duration>, String> {
    let time = text.map(str::parse::<Timeout>).transpose()?;
    Ok(time.map(|Timeout(time)| time))
}

fn tls(args: &ServeArgs, config: &ServeConfig, file: &Path) -> Result<Option<Tls>, CliError> {
    // Files are looked for beside the configuration that names them.
    let beside = |said: &Option<String>| -> Option<PathBuf> {
        let folder = file.parent().unwrap_or(Path::new(""));
        said.as_ref().map(|path| folder.join(path))
    };
    let certificate = args.tls_cert.clone().or_else(|| beside(&config.tls_cert));
    let key = args.tls_key.clone().or_else(|| beside(&config.tls_key));
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(Tls::read(certificate, key)?)),
        (Some(_), None) => Err(CliError::Usage(
            "a certificate needs its key: --tls-key, or tls_key in the configuration".to_owned(),
        )),
        (None, Some(_)) => Err(CliError::Usage(
            "a key needs its certificate: --tls-cert, or tls_cert in the configuration".to_owned(),
        )),
    }
}

/// A user; the error says which of the user's keys is wrong, and why.
fn user(name: &str, said: &ServeUser) -> Result<User, (&'static str, String)> {
    let password = said
        .password
        .as_ref()
        .map(|secret| secret.reveal().parse())
        .transpose();
    let password = password
        .map_err(|error: curtail_serve::ParseSecretError| ("password", error.to_string()))?;
    let tokens = said.tokens.iter().map(|secret| secret.reveal().parse());
    let tokens = tokens
        .collect::<Result<_, curtail_serve::ParseSecretError>>()
        .map_err(|error| ("tokens", error.to_string()))?;
    let memory = said
        .memory_limit
        .as_deref()
        .map(ServeArgs::size)
        .transpose();
    Ok(User {
        name: name.to_owned(),
        password,
        tokens,
        allow: said.allow.clone(),
        limits: Limits {
            statement_timeout: time(said.statement_timeout.as_deref())
                .map_err(|why| ("statement_timeout", why))?,
            rows: said.max_rows,
            memory: memory.map_err(|why| ("memory_limit", why))?,
            concurrent: said.max_concurrent,
        },
    })
}
