//! Costs from Cost Explorer, until reports tell them.

use chrono::{DateTime, Days, NaiveDate, Utc};
use curtail_connect::{Breakdown, DailyCost, DailyCosts, Session, price};
use curtail_engine::{Dimension, Engine, ProvisionalComparison, ProvisionalScope};
use curtail_store::{BillingPeriod, Fetched, Money, ProvisionalCost, StoreError};

use super::{Run, note};
use crate::{commands::answer, error::CliError};

/// Stores costs of the months that no report covers. Failing is a failure only if there is no report either (`alone`).
pub(super) async fn costs(run: &Run<'_>, session: &Session, label: &str, alone: bool) {
    let asked = &session.connection().cost_explorer;
    if !asked.enabled {
        return;
    }
    let now = Utc::now();
    let months = match lacking(run, session, now).await {
        Ok(months) => months,
        Err(error) => {
            run.failures.push(None, error.into());
            return;
        }
    };
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return;
    };
    let Some(tomorrow) = now.date_naive().checked_add_days(Days::new(1)) else {
        return;
    };
    let (from, to) = (first.start(), last.end().min(tomorrow));
    let answer = match session.daily_costs(from, to, asked.by.as_ref()).await {
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
    for &month in &months {
        // Requests are of all months together: they were asked for at once.
        let requests = if month == *first { answer.requests } else { 0 };
        let fetched = Fetched {
            connection: session.connection().name.to_string(),
            fetched_at: now,
            requests,
            estimated: answer.estimated.iter().any(|&day| is_of(month, day)),
        };
        if let Err(error) = keep(run, session, month, &answer, &fetched).await {
            run.failures.count();
            let label = format!("{label}: costs of {month}");
            run.failures.push(Some(label), error);
        }
    }
    let told = match months.len() {
        1 => first.to_string(),
        _ => format!("{first} to {last}"),
    };
    let text = format!(
        "{label}: provisional costs of {told} from Cost Explorer ({}): without resource ids, usage types and hours, until a report covers them",
        price(answer.requests)
    );
    run.bars.suspend(|| note(run.settings, &text));
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

/// The months to ask for.
async fn lacking(
    run: &Run<'_>,
    session: &Session,
    now: DateTime<Utc>,
) -> Result<Vec<BillingPeriod>, StoreError> {
    let snapshot = match run.store.snapshot().await {
        Ok(snapshot) => Some(snapshot),
        Err(StoreError::Absent(_)) => None,
        Err(error) => return Err(error),
    };
    let asked = &session.connection().cost_explorer;
    let scope = ProvisionalScope {
        payer_account_id: session.account_id().as_str().to_owned(),
        by: asked.by.as_ref().map(|by| match by {
            Breakdown::Region => Dimension::Column("region"),
            Breakdown::Tag(key) => Dimension::Tag(key.clone()),
        }),
        months: asked.months,
        periods: run.options.periods.clone(),
        again: run.args.force,
        now,
    };
    Ok(scope.lacking(snapshot.as_ref()))
}

/// Stores what was told of one month.
async fn keep(
    run: &Run<'_>,
    session: &Session,
    month: BillingPeriod,
    answer: &DailyCosts,
    fetched: &Fetched,
) -> Result<(), CliError> {
    let rows = answer.rows.iter().filter(|row| is_of(month, row.day));
    let rows: Vec<_> = rows.map(stored).collect::<Result<_, _>>()?;
    let payer = session.account_id().as_str();
    let kept = run.store.replace_provisional(payer, month, &rows, fetched);
    kept.await?;
    Ok(())
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

fn is_of(month: BillingPeriod, day: NaiveDate) -> bool {
    (month.start()..month.end()).contains(&day)
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

#[cfg(test)]
mod tests {
    use super::*;

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
