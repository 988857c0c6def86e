//! `curtail status`.

use curtail_store::{BillingPeriod, PeriodVersion, Receipt, ReportKind};

use super::{place, renderer};
use crate::{
    args::OutputArgs,
    config::Settings,
    error::CliError,
    rows::{self, Cell, Kind},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("kind", Kind::Text),
    ("version", Kind::Count),
    ("assembly_id", Kind::Text),
    ("files", Kind::Count),
    ("rows", Kind::Count),
    ("unblended_cost", Kind::Amount),
    ("currency", Kind::Text),
    ("first_usage", Kind::Time),
    ("last_usage", Kind::Time),
    ("ingested_at", Kind::Time),
    ("finalised", Kind::Text),
    ("gaps", Kind::Text),
];

pub(super) async fn run(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let snapshot = place::store(settings).await?.snapshot().await?;
    let mut periods: Vec<_> = snapshot.periods().collect();
    periods.sort_by_key(|period| (&period.receipt.report, period.receipt.billing_period));
    let rows: Vec<_> = periods
        .iter()
        .enumerate()
        .map(|(position, period)| {
            let earlier = position
                .checked_sub(1)
                .map(|before| &periods[before].receipt);
            let earlier = earlier.filter(|before| before.report == period.receipt.report);
            row(period, earlier.map(|before| before.billing_period))
        })
        .collect();
    let mut renderer = renderer(output, settings, &rows::schema(COLUMNS))?;
    renderer.batch(&rows::batch(COLUMNS, &rows))?;
    renderer.finish().map(|_| ())
}

fn row(period: &PeriodVersion, earlier: Option<BillingPeriod>) -> Vec<Cell> {
    let receipt = &period.receipt;
    vec![
        receipt.report.as_str().into(),
        receipt.billing_period.to_string().into(),
        receipt.kind.as_str().into(),
        period.version.into(),
        receipt.assembly_id.as_str().into(),
        (receipt.files.len() as u64).into(),
        receipt.rows.into(),
        receipt.sums.get(cost_column(receipt.kind)).copied().into(),
        Some(receipt.currencies.join(" "))
            .filter(|text| !text.is_empty())
            .into(),
        receipt.usage_start.into(),
        receipt.usage_end.into(),
        receipt.ingested_at.into(),
        finalised(receipt).into(),
        gaps(earlier, receipt.billing_period).into(),
    ]
}

fn cost_column(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::LegacyCur | ReportKind::Cur2 => "line_item_unblended_cost",
        ReportKind::Focus => "billedcost",
    }
}

/// AWS puts invoice ids on a billing period's rows when it closes it.
fn finalised(receipt: &Receipt) -> &'static str {
    match receipt.invoiced_rows {
        0 => "no",
        rows if rows == receipt.rows => "yes",
        _ => "partly",
    }
}

/// The months between the report's billing period before this one and this one.
fn gaps(earlier: Option<BillingPeriod>, period: BillingPeriod) -> Option<String> {
    let months = std::iter::successors(Some(earlier?.next()), |month| Some(month.next()));
    let missing: Vec<_> = months
        .take_while(|month| *month < period)
        .map(|month| month.to_string())
        .collect();
    (!missing.is_empty()).then(|| missing.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_the_months_between() {
        let month = |text: &str| text.parse::<BillingPeriod>().unwrap();
        assert_eq!(
            gaps(Some(month("2026-10")), month("2027-01")).as_deref(),
            Some("2026-11 2026-12")
        );
        assert_eq!(gaps(Some(month("2026-10")), month("2026-11")), None);
        assert_eq!(gaps(None, month("2026-11")), None);
    }
}
