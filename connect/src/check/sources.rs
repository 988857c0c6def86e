//! Sources of data that do without the report: Organizations, Cost Explorer. None of them turns a connection red.

use chrono::Days;

use super::{Check, Link, State, remedy::About};
use crate::{Reason, Session, price};

pub(super) async fn organization(check: &mut Check, session: &Session) {
    match session.organization().await {
        Ok(Some(found)) if found.management_account == check.connection.account_id.as_str() => {
            check.green(
                Link::Organization,
                format!(
                    "management account, consolidated billing is on ({})",
                    found.features
                ),
            );
        }
        Ok(Some(found)) => {
            let found = format!("the management account is {}", found.management_account);
            let remedy =
                super::remedy::of(Reason::MemberAccount, &check.connection, &About::default());
            check.push(
                (Link::Organization, State::Yellow, Reason::MemberAccount),
                found,
                remedy,
            );
        }
        Ok(None) => check.skipped(
            Link::Organization,
            Some(Reason::NoOrganization),
            "no organisation: the account pays for itself",
        ),
        Err(failure) => {
            check.failed(
                Link::Organization,
                State::Yellow,
                &failure,
                &About::default(),
            );
        }
    }
}

pub(super) async fn cost_explorer(check: &mut Check, session: &Session) {
    if !check.connection.cost_explorer.enabled {
        check.skipped(
            Link::CostExplorer,
            None,
            "switched off in the configuration",
        );
        return;
    }
    if !check.paid {
        let found = "a request costs $0.01: `curtail connections check --paid` asks";
        check.skipped(Link::CostExplorer, Some(Reason::NotAsked), found);
        return;
    }
    match session.has_active_tags().await {
        Ok((active, requests)) => {
            check.requests += requests;
            tags(check, active);
        }
        Err(failed) => {
            check.requests += failed.requests;
            check.failed(
                Link::Tags,
                State::Yellow,
                &failed.failure,
                &About::default(),
            );
        }
    }
    let today = check.now.date_naive();
    let Some(yesterday) = today.checked_sub_days(Days::new(1)) else {
        return;
    };
    match session.daily_costs(yesterday, today, None).await {
        Ok(costs) => {
            check.requests += costs.requests;
            let found = format!("answers; {}", price(check.requests));
            check.green(Link::CostExplorer, found);
        }
        Err(failed) => {
            check.requests += failed.requests;
            check.failed(
                Link::CostExplorer,
                State::Yellow,
                &failed.failure,
                &About::default(),
            );
        }
    }
}

/// What is known about cost allocation tags, unless it was told before.
pub(super) fn tags(check: &mut Check, active: bool) {
    let of = |finding: &super::Finding| (finding.link, finding.reason);
    check
        .findings
        .retain(|finding| of(finding) != (Link::Tags, Some(Reason::TagsInactive)));
    if check
        .findings
        .iter()
        .any(|finding| finding.link == Link::Tags)
    {
        return;
    }
    if active {
        check.green(Link::Tags, "cost allocation tags are active");
    } else {
        let remedy = super::remedy::of(Reason::TagsInactive, &check.connection, &About::default());
        check.push(
            (Link::Tags, State::Yellow, Reason::TagsInactive),
            "none is active",
            remedy,
        );
    }
}
