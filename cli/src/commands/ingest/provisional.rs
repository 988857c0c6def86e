//! What AWS tells beside reports: names of accounts, and costs until the first report.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, TimeDelta, Utc};
use curtail_connect::{Breakdown, DailyCost, OrganizationAccount, Session, price};
use curtail_engine::{Engine, ProvisionalComparison};
use curtail_store::{
    BillingPeriod, Fetched, LinkedAccount, Money, ProvisionalCost, Receipt, Snapshot, StoreError,
};

use super::{Run, note};
use crate::{commands::answer, error::CliError};

/// How long an answer that is not final is good for: Cost Explorer is refreshed up to three times a day.
const GOOD_FOR: TimeDelta = TimeDelta::hours(12);

/// Stores the organisation's accounts. Without them, accounts are shown by number: no failure.
pub(super) async fn accounts(run: &Run<'_>, session: &Session, label: &str) {
    let accounts = match session.accounts().await {
        Ok(accounts) => accounts,
        Err(failure) => {
            let text = format!("{label}: accounts are shown by number: {failure}");
            run.bars.suspend(|| note(run.settings, &text));
            return;
        }
    };
    let stored = store_accounts(run, session, accounts).await;
    if let Err(error) = stored {
        run.failures.count();
        let label = format!("{label}: names of accounts");
        run.failures.push(Some(label), error.into());
    }
}

/// Makes these accounts those of the organisation. Accounts that left it keep their names: their costs are still there.
async fn store_accounts(
    run: &Run<'_>,
    session: &Session,
    accounts: Vec<OrganizationAccount>,
) -> Result<(), StoreError> {
    let payer = session.account_id().as_str();
    let now = Utc::now();
    let mut known: BTreeMap<String, LinkedAccount> = match run.store.snapshot().await {
        Ok(snapshot) => {
            let all = run.store.accounts(&snapshot).await?;
            let own = all.into_iter().filter(|(of, _)| of == payer);
            own.map(|(_, account)| (account.account_id.clone(), account))
                .collect()
        }
        Err(StoreError::Absent(_)) => BTreeMap::new(),
        Err(error) => return Err(error),
    };
    let mut changed = false;
    for account in accounts {
        let seen = LinkedAccount {
            account_id: account.id,
            name: account.name,
            email: account.email,
            status: account.status,
            joined_at: account.joined,
            seen_at: now,
        };
        let before = known.insert(seen.account_id.clone(), seen.clone());
        let before = before.map(|before| LinkedAccount {
            // A day later is news, a minute later is not.
            seen_at: if now - before.seen_at < TimeDelta::days(1) {
                now
            } else {
                before.seen_at
            },
            ..before
        });
        changed |= before.as_ref() != Some(&seen);
    }
    if !changed {
        return Ok(());
    }
    let fetched = Fetched {
        connection: session.connection().name.to_string(),
        fetched_at: now,
        requests: 0,
        estimated: false,
    };
    let accounts: Vec<_> = known.into_values().collect();
    let stored = run.store.replace_accounts(payer, &accounts, &fetched).await;
    stored.map(|_| ())
}

/// Stores costs of the months that no report covers. Failing is a failure only if there is no report either (`alone`).
pub(super) async fn costs(run: &Run<'_>, session: &Session, label: &str, alone: bool) {
    let asked = &session.connection().cost_explorer;
    if !asked.enabled {
        return;
    }
    let snapshot = match run.store.snapshot().await {
        Ok(snapshot) => Some(snapshot),
        Err(StoreError::Absent(_)) => None,
        Err(error) => {
            run.failures.push(None, error.into());
            return;
        }
    };
    let today = Utc::now().date_naive();
    let months = lacking(run, session, snapshot.as_ref(), today);
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return;
    };
    let Some(tomorrow) = today.checked_add_days(Days::new(1)) else {
        return;
    };
    let by = asked.by.as_ref();
    let (from, to) = (first.start(), last.end().min(tomorrow));
    let now = Utc::now();
    let answer = match session.daily_costs(from, to, by).await {
        Ok(answer) => answer,
        Err(failed) => {
            let spent = price(failed.requests);
            if alone {
                let error = CliError::CostExplorer {
                    failure: Box::new(failed.failure),
                    spent,
                };
                run.failures.count();
                run.failures.push(Some(label.to_owned()), error);
            } else {
                let text = format!(
                    "{label}: no costs of {first} to {last}, which no report covers: {} ({spent})",
                    failed.failure
                );
                run.bars.suspend(|| note(run.settings, &text));
            }
            return;
        }
    };
    for (index, &month) in months.iter().enumerate() {
        let of_month = |day: NaiveDate| day >= month.start() && day < month.end();
        let rows: Result<Vec<_>, _> = answer
            .rows
            .iter()
            .filter(|row| of_month(row.day))
            .map(stored)
            .collect();
        let fetched = Fetched {
            connection: session.connection().name.to_string(),
            fetched_at: now,
            // Of all months together: they were asked for at once.
            requests: if index == 0 { answer.requests } else { 0 },
            estimated: answer.estimated.iter().any(|&day| of_month(day)),
        };
        let payer = session.account_id().as_str();
        let kept = match rows {
            Ok(rows) => {
                let kept = run
                    .store
                    .replace_provisional(payer, month, &rows, &fetched)
                    .await;
                kept.map(|_| ()).map_err(CliError::from)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            run.failures.count();
            run.failures
                .push(Some(format!("{label}: costs of {month}")), error);
        }
    }
    let months = match months.len() {
        1 => first.to_string(),
        _ => format!("{first} to {last}"),
    };
    run.bars.suspend(|| {
        note(
            run.settings,
            &format!("{label}: provisional costs of {months} from Cost Explorer ({}): without resource ids, usage types and hours, until a report covers them", price(answer.requests)),
        );
    });
}

/// Tells where reports that were added replaced provisional costs, and by how much the two differ.
pub(super) async fn replaced(run: &Run<'_>) {
    let added: Vec<_> = run.added.borrow().iter().copied().collect();
    let compared = match compare(run, &added).await {
        Ok(compared) => compared,
        Err(error) => {
            // What was ingested stands all the same.
            tracing::warn!("provisional costs cannot be compared with reports: {error}");
            return;
        }
    };
    for one in compared {
        note(
            run.settings,
            &format!(
                "{} of payer {}: the report replaces provisional costs up to {}: {} {} instead of {}, a difference of {}",
                one.billing_period,
                one.payer_account_id,
                one.last_day,
                one.reported,
                one.currency,
                one.provisional,
                one.difference
            ),
        );
    }
}

async fn compare(
    run: &Run<'_>,
    added: &[BillingPeriod],
) -> Result<Vec<ProvisionalComparison>, CliError> {
    if added.is_empty() {
        return Ok(Vec::new());
    }
    let snapshot = run.store.snapshot().await?;
    if snapshot.provisional().next().is_none() {
        return Ok(Vec::new());
    }
    let options = answer::options(run.settings);
    let engine = Engine::over(&run.store, snapshot, &options).await?;
    Ok(engine.provisional_against_report(added).await?)
}

/// The latest months that neither a report nor an answer that is still good covers, in one run without gaps: one question is
/// cheaper than several.
fn lacking(
    run: &Run<'_>,
    session: &Session,
    snapshot: Option<&Snapshot>,
    today: NaiveDate,
) -> Vec<BillingPeriod> {
    let payer = session.account_id().as_str();
    let now = Utc::now();
    let reported: BTreeSet<_> = snapshot
        .iter()
        .flat_map(|snapshot| snapshot.periods())
        .filter(|held| covers(&held.receipt, payer))
        .map(|held| held.receipt.billing_period)
        .collect();
    let asked = &session.connection().cost_explorer.by;
    let is_good = |month: BillingPeriod| {
        let mut held = snapshot.iter().flat_map(|snapshot| snapshot.provisional());
        held.any(|held| {
            let receipt = &held.receipt;
            receipt.part.payer_account_id == payer
                && receipt.part.billing_period == Some(month)
                && has(receipt, asked.as_ref())
                && (receipt.is_final() || now - receipt.fetched_at < GOOD_FOR)
        })
    };
    let wanted = |month: BillingPeriod| {
        let periods = &run.options.periods;
        let asked = periods.is_empty() || periods.iter().any(|range| range.contains(&month));
        asked && (run.args.force || !is_good(month))
    };
    months(
        today,
        session.connection().cost_explorer.months,
        wanted,
        &reported,
    )
}

/// Of the latest `count` months, from the first that is wanted to the last, those that are not reported. What lies between is
/// asked for again, wanted or not: the question costs the same.
fn months(
    today: NaiveDate,
    count: u8,
    wanted: impl Fn(BillingPeriod) -> bool,
    reported: &BTreeSet<BillingPeriod>,
) -> Vec<BillingPeriod> {
    let latest = BillingPeriod::of(today.and_time(chrono::NaiveTime::MIN).and_utc());
    let latest = std::iter::successors(Some(latest), |month| Some(month.previous()));
    let mut months: Vec<_> = latest.take(count.into()).collect();
    months.reverse();
    let lacks = |month: &BillingPeriod| wanted(*month) && !reported.contains(month);
    let first = months.iter().position(lacks);
    let last = months.iter().rposition(lacks);
    match first.zip(last) {
        Some((first, last)) => {
            let months = months[first..=last].iter().copied();
            months.filter(|month| !reported.contains(month)).collect()
        }
        None => Vec::new(),
    }
}

/// Whether a report has the costs that this account would be asked for: its own, and if it pays for others, theirs too.
fn covers(receipt: &Receipt, account: &str) -> bool {
    let has = |accounts: &[String]| accounts.iter().any(|known| known == account);
    has(&receipt.accounts) || (receipt.accounts.is_empty() && has(&receipt.payer_accounts))
}

/// Whether an answer tells costs apart by what is asked for now.
fn has(receipt: &curtail_store::SideReceipt, asked: Option<&Breakdown>) -> bool {
    receipt.rows == 0
        || match asked {
            None => true,
            Some(Breakdown::Region) => receipt.dimensions.iter().any(|name| name == "region"),
            Some(Breakdown::Tag(key)) => receipt.tag_key.as_ref() == Some(key),
        }
}

/// The row for the store, or which of its amounts is none.
fn stored(row: &DailyCost) -> Result<ProvisionalCost, CliError> {
    let amount = |metric: &'static str, text: &Option<String>| -> Result<Option<Money>, CliError> {
        let Some(text) = text else { return Ok(None) };
        let amount = curtail_ingest::amount(text);
        let wrong = || CliError::NoAmount {
            text: text.clone(),
            metric,
            service: match row.service.as_str() {
                "" => "no service".to_owned(),
                service => service.to_owned(),
            },
            account: row.account_id.clone(),
            day: row.day,
        };
        amount.map(Some).ok_or_else(wrong)
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (tag_key, tag_value) = row.tag.clone().unzip();
    Ok(ProvisionalCost {
        usage_date: row.day,
        account_id: filled(&row.account_id),
        service: filled(&row.service),
        region: row.region.as_deref().and_then(filled),
        tag_key,
        tag_value: tag_value.as_deref().and_then(filled),
        charge_type: None,
        unblended_cost: amount("UnblendedCost", &row.unblended)?,
        amortized_cost: amount("AmortizedCost", &row.amortized)?,
        net_unblended_cost: amount("NetUnblendedCost", &row.net_unblended)?,
        net_amortized_cost: amount("NetAmortizedCost", &row.net_amortized)?,
        blended_cost: amount("BlendedCost", &row.blended)?,
        // Quantities of different units cannot be added up.
        usage_amount: None,
        currency: row.currency.clone(),
        estimated: row.estimated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> BillingPeriod {
        text.parse().unwrap()
    }

    fn told(today: &str, count: u8, good: &[&str], reported: &[&str]) -> Vec<String> {
        let wanted = |month: BillingPeriod| !good.contains(&month.to_string().as_str());
        let reported = reported.iter().map(|month| period(month)).collect();
        let months = months(today.parse().unwrap(), count, wanted, &reported);
        months.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn months_are_counted_over_the_year() {
        assert_eq!(
            told("2027-01-01", 3, &[], &[]),
            ["2026-11", "2026-12", "2027-01"]
        );
        assert_eq!(told("2026-12-31", 1, &[], &[]), ["2026-12"]);
        assert_eq!(told("2026-11-21", 13, &[], &[])[0], "2025-11");
    }

    #[test]
    fn one_question_spans_what_lies_between() {
        assert_eq!(
            told("2026-11-21", 4, &["2026-09"], &[]),
            ["2026-08", "2026-09", "2026-10", "2026-11"]
        );
        assert_eq!(
            told("2026-11-21", 4, &["2026-08", "2026-11"], &["2026-09"]),
            ["2026-10"]
        );
        assert_eq!(
            told("2026-11-21", 4, &[], &["2026-09"]),
            ["2026-08", "2026-10", "2026-11"]
        );
        assert_eq!(told("2026-11-21", 2, &[], &["2026-10", "2026-11"]), [""; 0]);
    }

    fn daily(unblended: &str) -> DailyCost {
        DailyCost {
            day: "2026-11-03".parse().unwrap(),
            account_id: "222233334444".to_owned(),
            service: "AmazonS3".to_owned(),
            region: None,
            tag: None,
            unblended: Some(unblended.to_owned()),
            amortized: None,
            net_unblended: None,
            net_amortized: None,
            blended: None,
            currency: "USD".to_owned(),
            estimated: false,
        }
    }

    #[test]
    fn amounts_are_taken_as_cost_explorer_writes_them() {
        for (text, digits) in [
            ("12.5", "12.5"),
            ("1E-7", "0.0000001"),
            ("0E-10", "0"),
            ("-2.5E-19", "0"),
            ("0.1234567890123456785", "0.123456789012345678"),
        ] {
            let row = stored(&daily(text)).unwrap();
            assert_eq!(row.unblended_cost.unwrap().to_string(), digits, "{text}");
            assert_eq!(row.amortized_cost, None);
        }
    }

    #[test]
    fn what_is_no_amount_is_said_with_its_place() {
        let told = stored(&daily("n/a")).unwrap_err().to_string();
        assert_eq!(
            told,
            "Cost Explorer tells `n/a` as the UnblendedCost of AmazonS3 in account 222233334444 on 2026-11-03, which is no amount"
        );
    }
}
