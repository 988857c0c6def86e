//! The organisation that an account belongs to, and its accounts.

use aws_sdk_organizations::Client;
use chrono::{DateTime, Utc};

use crate::{Failure, Reason, Session};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The account that pays.
    pub management_account: String,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub features: String,
}

/// An account of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationAccount {
    /// Its 12 digits.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The e-mail address of its root user.
    pub email: Option<String>,
    /// Such as `ACTIVE` or `SUSPENDED`.
    pub status: Option<String>,
    /// When it joined.
    pub joined: Option<DateTime<Utc>>,
}

impl Session {
    /// The account's organisation; none if it has none.
    pub async fn organization(&self) -> Result<Option<Organization>, Failure> {
        let action = "organizations:DescribeOrganization";
        let client = Client::new(&self.central());
        match client.describe_organization().send().await {
            Ok(answer) => Ok(answer.organization().map(|found| Organization {
                management_account: found.master_account_id().unwrap_or_default().to_owned(),
                features: found
                    .feature_set()
                    .map(|features| features.as_str().to_owned())
                    .unwrap_or_default(),
            })),
            Err(error) => match Failure::of(action, &error) {
                failure if failure.reason == Reason::NoOrganization => Ok(None),
                failure => Err(failure),
            },
        }
    }

    /// All accounts of the organisation, in order of their ids.
    pub async fn accounts(&self) -> Result<Vec<OrganizationAccount>, Failure> {
        let client = Client::new(&self.central());
        // A page may be empty and not be the last one: the token decides.
        let mut pages = client.list_accounts().into_paginator().send();
        let mut accounts = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Failure::of("organizations:ListAccounts", &error))?;
            accounts.extend(page.accounts().iter().filter_map(|account| {
                Some(OrganizationAccount {
                    id: account.id()?.to_owned(),
                    name: account.name().map(str::to_owned),
                    email: account.email().map(str::to_owned),
                    status: account
                        .state()
                        .map(|state| state.as_str().to_owned())
                        .or_else(|| legacy_status(account)),
                    joined: account.joined_timestamp().and_then(|time| {
                        DateTime::from_timestamp(time.secs(), time.subsec_nanos())
                    }),
                })
            }));
        }
        accounts.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(accounts)
    }
}

/// What older answers tell instead of the state.
#[allow(deprecated, reason = "regions that lag behind tell the status only")]
fn legacy_status(account: &aws_sdk_organizations::types::Account) -> Option<String> {
    account.status().map(|status| status.as_str().to_owned())
}
