//! What a scheduler tells of its cluster.

use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use tonic::{
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{Service, ServiceExt};

use crate::{ClusterError, said::VERSION};

/// Where it is told.
pub(crate) const PATH: &str = "/cluster";

/// An answer takes no longer, or there is none.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whether the other side is still there is asked so often.
const PULSE: Duration = Duration::from_secs(5);

/// A cluster, as its scheduler sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Info {
    /// The scheduler's version.
    pub(crate) version: String,
    /// Executors that are alive.
    pub(crate) executors: usize,
    /// Parts that all of them compute at once.
    pub(crate) slots: usize,
}

/// The URL without what does not belong there.
pub(crate) fn url(text: &str) -> Result<String, ClusterError> {
    let wrong = |why: &str| ClusterError::Url {
        url: text.to_owned(),
        why: why.to_owned(),
    };
    let address = match text.split_once("://") {
        Some(("http" | "grpc", address)) => address,
        Some(("https" | "grpcs", _)) => return Err(wrong("schedulers do not speak TLS")),
        Some(_) => return Err(wrong("it does not begin with http://")),
        None => text,
    };
    let address = address.trim_end_matches('/');
    if address.contains(['/', '?', '#', '@']) {
        return Err(wrong("nothing but a host and a port belongs there"));
    }
    let (host, port) = address
        .rsplit_once(':')
        .ok_or_else(|| wrong("it has no port"))?;
    if host.is_empty() {
        return Err(wrong("it has no host"));
    }
    if port.parse::<u16>().is_err() {
        return Err(wrong("its port is no port"));
    }
    Ok(format!("http://{address}"))
}

/// A connection to the scheduler at `url`.
pub(crate) async fn connect(url: &str) -> Result<Channel, ClusterError> {
    let unreachable = |why: String| ClusterError::Unreachable {
        url: url.to_owned(),
        why,
    };
    let endpoint = Endpoint::from_shared(url.to_owned())
        .map_err(|error| unreachable(told(&error)))?
        .connect_timeout(PATIENCE)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PULSE)
        .keep_alive_timeout(PATIENCE)
        .keep_alive_while_idle(true);
    let connecting = tokio::time::timeout(PATIENCE, endpoint.connect());
    match connecting.await {
        Ok(Ok(channel)) => Ok(channel),
        Ok(Err(error)) => Err(unreachable(told(&error))),
        Err(_) => Err(unreachable("nobody answers".to_owned())),
    }
}

/// What the scheduler at `url` tells, which `channel` leads to.
pub(crate) async fn ask(channel: &Channel, url: &str) -> Result<Info, ClusterError> {
    let unreachable = |why: String| ClusterError::Unreachable {
        url: url.to_owned(),
        why,
    };
    let asking = async {
        let request = Request::get(format!("{url}{PATH}")).body(Body::empty());
        let request = request.map_err(|error| unreachable(error.to_string()))?;
        let mut channel = channel.clone();
        let ready = channel.ready().await;
        let answer = match ready {
            Ok(channel) => channel.call(request).await,
            Err(error) => Err(error),
        };
        let answer = answer.map_err(|error| unreachable(told(&error)))?;
        if answer.status() != StatusCode::OK {
            return Err(unreachable("what answers there is no scheduler".to_owned()));
        }
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| unreachable(error.to_string()))?;
        serde_json::from_slice::<Info>(&body.to_bytes())
            .map_err(|_| unreachable("what answers there is no scheduler".to_owned()))
    };
    let info = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(info) => info?,
        Err(_) => return Err(unreachable("nobody answers".to_owned())),
    };
    if info.version != VERSION {
        return Err(ClusterError::Version {
            url: url.to_owned(),
            theirs: info.version,
            ours: VERSION.to_owned(),
        });
    }
    Ok(info)
}

/// An error with its causes.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_a_port() {
        for (text, meant) in [
            ("http://10.0.0.1:50050", "http://10.0.0.1:50050"),
            ("http://localhost:1/", "http://localhost:1"),
            ("[::1]:50050", "http://[::1]:50050"),
            ("grpc://a:2", "http://a:2"),
        ] {
            assert_eq!(url(text).unwrap(), meant);
        }
        for wrong in [
            "",
            "localhost",
            "http://localhost",
            "http://:1",
            "https://a:1",
            "s3://a:1",
            "http://a:1/b",
            "http://u:p@a:1",
            "http://a:70000",
        ] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
    }
}
