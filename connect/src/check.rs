//! Whether a connection works, link by link, and what to do where it does not.

mod access;
mod remedy;
mod report;
mod sources;

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use object_store::ObjectStore;

use crate::{Connection, Failure, Reach, Reason, Report, ReportPlace, Session};

/// What is checked, in the order in which one link depends on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Link {
    /// Credentials are found.
    Credentials,
    /// The token service answers, and takes them.
    Sts,
    /// The token service is active in the region.
    Region,
    /// The role exists and trusts us.
    Role,
    /// The external id is asked for, and accepted.
    ExternalId,
    /// It is the right account.
    Account,
    /// The account pays for others, or is known not to.
    Organization,
    /// There is a report.
    Report,
    /// The report is hourly.
    Granularity,
    /// It has resource ids.
    Resources,
    /// Closed months are refreshed.
    Refresh,
    /// It is gzip CSV or Parquet.
    Format,
    /// Split cost allocation data is as it should be.
    SplitCost,
    /// Its bucket can be read: region, policy.
    Bucket,
    /// Its objects can be read: policy, key.
    Objects,
    /// There are manifests of deliveries.
    Manifest,
    /// They are recent.
    Freshness,
    /// Cost allocation tags are active.
    Tags,
    /// Cost Explorer may be asked.
    CostExplorer,
}

impl Link {
    /// Its name in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Sts => "sts",
            Self::Region => "region",
            Self::Role => "role",
            Self::ExternalId => "external-id",
            Self::Account => "account",
            Self::Organization => "organization",
            Self::Report => "report",
            Self::Granularity => "granularity",
            Self::Resources => "resource-ids",
            Self::Refresh => "refresh",
            Self::Format => "format",
            Self::SplitCost => "split-cost",
            Self::Bucket => "bucket",
            Self::Objects => "objects",
            Self::Manifest => "manifest",
            Self::Freshness => "freshness",
            Self::Tags => "tags",
            Self::CostExplorer => "cost-explorer",
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It holds.
    Green,
    /// It was not looked at, or does not apply.
    Skipped,
    /// It holds, but something is missing.
    Yellow,
    /// It does not hold.
    Red,
}

impl State {
    /// Its name in the answer.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Skipped => "skipped",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// What was found about one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The link.
    pub link: Link,
    /// How it is.
    pub state: State,
    /// Why it is not green.
    pub reason: Option<Reason>,
    /// What was found: actual against required for a setting, what AWS said for a refusal.
    pub found: String,
    /// What to do: a command, a statement for a policy, a step in the console.
    pub remedy: Option<String>,
}

/// A place that holds reports, and can be looked at.
#[derive(Clone, Debug)]
pub struct Place {
    /// The bucket and prefix.
    pub place: ReportPlace,
    /// The objects of the bucket.
    pub objects: Arc<dyn ObjectStore>,
    /// The report that is delivered there, if its definition is known.
    pub report: Option<Report>,
}

/// One delivered billing period of a report, as its manifest tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The report.
    pub report: String,
    /// The billing period, `YYYY-MM`.
    pub period: String,
    /// When its manifest was written.
    pub modified: DateTime<Utc>,
    /// Files that the manifest names.
    pub files: usize,
    /// Columns, as the manifest lists them.
    pub columns: Vec<String>,
    /// What is wrong with the manifest.
    pub fault: Option<String>,
}

/// What somebody who looked into a place found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// These deliveries.
    Deliveries(&'a [Delivered]),
    /// No manifest, and what else was there.
    Nothing(&'a str),
    /// Nobody knows: reading failed, with what S3 said (a code, a colon, a message).
    Failed(&'a str),
}

/// A check of one connection.
#[derive(Clone, Debug)]
pub struct Check {
    connection: Connection,
    findings: Vec<Finding>,
    session: Option<Session>,
    places: Vec<Place>,
    /// When it was made.
    now: DateTime<Utc>,
    requests: u64,
    /// Where the earliest delivered month is told.
    paid: bool,
}

impl Check {
    /// Checks everything up to the bucket. `paid` asks Cost Explorer too ([`crate::price`]).
    ///
    /// What lies in the buckets is for others to read: look into each of [`Check::places`], tell what is there with
    /// [`Check::delivered`], and then [`Check::finish`].
    pub async fn run(connection: &Connection, reach: &Reach, paid: bool) -> Self {
        let mut check = Self {
            connection: connection.clone(),
            findings: Vec::new(),
            session: None,
            places: Vec::new(),
            now: Utc::now(),
            requests: 0,
            paid,
        };
        if let Some(session) = access::check(&mut check, reach).await {
            if connection.kind == crate::Kind::Billing {
                sources::organization(&mut check, &session).await;
                report::find(&mut check, &session).await;
            }
            check.session = Some(session);
        }
        check
    }

    /// The places that can be looked at.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Tells what is found at a place.
    pub fn delivered(&mut self, place: &Place, found: &Found<'_>) {
        report::delivered(self, place, found);
    }

    /// Looks at what does not depend on reports.
    pub async fn finish(mut self) -> Checked {
        if let Some(session) = self.session.clone()
            && self.connection.kind == crate::Kind::Billing
        {
            sources::cost_explorer(&mut self, &session).await;
        }
        Checked {
            connection: self.connection,
            findings: self.findings,
            requests: self.requests,
        }
    }

    fn green(&mut self, link: Link, found: impl Into<String>) {
        self.findings.push(Finding {
            link,
            state: State::Green,
            reason: None,
            found: found.into(),
            remedy: None,
        });
    }

    fn skipped(&mut self, link: Link, reason: Option<Reason>, found: impl Into<String>) {
        self.findings.push(Finding {
            link,
            state: State::Skipped,
            reason,
            found: found.into(),
            remedy: None,
        });
    }

    fn push(
        &mut self,
        (link, state, reason): (Link, State, Reason),
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding {
            link,
            state,
            reason: Some(reason),
            found: found.into(),
            remedy: Some(remedy.into()),
        });
    }

    /// A refusal, with the remedy for its reason.
    fn failed(&mut self, link: Link, state: State, failure: &Failure, about: &remedy::About<'_>) {
        let remedy = remedy::of(failure.reason, &self.connection, about);
        self.push((link, state, failure.reason), failure.said.clone(), remedy);
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The connection.
    pub connection: Connection,
    /// The links, in order.
    pub findings: Vec<Finding>,
    /// Requests to Cost Explorer, which are to be paid.
    pub requests: u64,
}

impl Checked {
    /// The worst of its links.
    pub fn state(&self) -> State {
        let states = self.findings.iter().map(|finding| finding.state);
        let worst = states.max().unwrap_or(State::Red);
        if worst == State::Skipped {
            State::Green
        } else {
            worst
        }
    }
}
