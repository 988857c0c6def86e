//! Names of accounts, as the organisation has them.

use chrono::{DateTime, Utc};
use curtail_connect::{OrganizationAccount, Session};
use curtail_store::{Fetched, LinkedAccount};

use super::{Run, note};

/// Stores the organisation's accounts. Without them, accounts are shown by number: no failure.
pub(super) async fn take(run: &Run<'_>, session: &Session, label: &str) {
    let accounts = match session.accounts().await {
        Ok(accounts) => accounts,
        Err(failure) => {
            let text = format!("{label}: accounts are shown by number: {failure}");
            run.bars.suspend(|| note(run.settings, &text));
            return;
        }
    };
    let now = Utc::now();
    let fetched = Fetched {
        connection: session.connection().name.to_string(),
        fetched_at: now,
        requests: 0,
        estimated: false,
    };
    let accounts: Vec<_> = accounts.into_iter().map(|one| linked(one, now)).collect();
    let payer = session.account_id().as_str();
    let stored = run.store.update_accounts(payer, &accounts, &fetched).await;
    if let Err(error) = stored {
        run.failures.count();
        let label = format!("{label}: names of accounts");
        run.failures.push(Some(label), error.into());
    }
}

fn linked(account: OrganizationAccount, seen_at: DateTime<Utc>) -> LinkedAccount {
    LinkedAccount {
        account_id: account.id,
        name: account.name,
        email: account.email,
        status: account.status,
        joined_at: account.joined,
        seen_at,
    }
}
