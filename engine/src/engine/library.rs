//! Queries of the library, and the values of their parameters.

use curtail_queries::{ParamDefault, ParamType, Query};
use curtail_store::{BillingPeriod, Money};

use super::Engine;
use crate::{Answer, EngineError, Params, params, provisional};

/// Tables and columns that a query of the library needs reports for.
const ONLY_IN_REPORTS: [&str; 9] = [
    "cur",
    "cur2",
    "focus",
    "resource_id",
    "usage_type",
    "operation",
    "purchase_option",
    "product_family",
    "invoice_id",
];

impl Engine {
    /// Plans a query of the library. Parameters that are not in `params` take their defaults; where several reports tell the
    /// same charges, one of them is chosen, and a note says which.
    pub async fn query(&self, query: &Query, params: &Params) -> Result<Answer, EngineError> {
        let mut values = Params::new();
        for param in &query.params {
            let given = params.get(param.name).cloned();
            let value = match (given, param.default) {
                (Some(given), _) => given,
                (None, ParamDefault::Optional) => None,
                (None, ParamDefault::Value(default)) => Some(default.to_owned()),
                (None, ParamDefault::Required) => {
                    return Err(wrong(param.name, "it has no default and must be given"));
                }
            };
            let value = value
                .map(|text| self.value(param.name, param.kind, text))
                .transpose()?;
            values.insert(param.name.to_owned(), value);
        }
        if let Some(unknown) = params.keys().find(|name| !values.contains_key(*name)) {
            return Err(wrong(
                unknown,
                &format!("`{}` has no such parameter", query.name),
            ));
        }
        self.needs_no_report(query)?;
        let statement = self.parse(&query.sql)?.remove(0);
        let state = self.chosen.state();
        let plan = self.planned(&state, statement).await?;
        let provisional = self.provisional_notes(&plan).await;
        let plan = params::bind(plan, &values)?;
        let answer = self.physical(&state, &plan, Vec::new()).await?;
        let notes = self.left_out.notes().into_iter().chain(provisional);
        Ok(answer.with_notes(self.tellable(notes.collect())))
    }

    /// Refuses a query of the library that only reports can answer, in a store that has none.
    fn needs_no_report(&self, query: &Query) -> Result<(), EngineError> {
        if self.snapshot.periods().next().is_some() {
            return Ok(());
        }
        let words = query.sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        match words
            .into_iter()
            .find(|word| ONLY_IN_REPORTS.contains(word))
        {
            Some(_) => Err(EngineError::Unavailable(query.name.to_owned())),
            None => Ok(()),
        }
    }

    /// The latest billing period that has costs. One of which Cost Explorer told that it has none counts if there is no other.
    pub(super) fn latest_period(&self) -> Option<BillingPeriod> {
        let reported = self.snapshot.periods();
        let reported = reported.map(|version| version.receipt.billing_period);
        let told = provisional::visible(&self.snapshot, self.coverage());
        let told = told.filter_map(|receipt| receipt.part.billing_period);
        let all = self.snapshot.provisional();
        let all = all.filter_map(|version| version.receipt.part.billing_period);
        reported.chain(told).max().or_else(|| all.max())
    }

    fn value(&self, name: &str, kind: ParamType, text: String) -> Result<String, EngineError> {
        match kind {
            ParamType::Text => Ok(text),
            ParamType::Integer => text
                .parse::<i64>()
                .map(|number| number.to_string())
                .map_err(|_| wrong(name, &format!("`{text}` is no whole number"))),
            ParamType::Decimal => text
                .parse::<Money>()
                .map(|number| number.to_string())
                .map_err(|error| wrong(name, &error.to_string())),
            ParamType::Share => match text.parse::<Money>() {
                Ok(share) if (Money::ZERO..Money::ONE).contains(&share) => Ok(share.to_string()),
                Ok(_) => Err(wrong(
                    name,
                    &format!("`{text}` is no share from 0 to 1, such as 0.27"),
                )),
                Err(error) => Err(wrong(name, &error.to_string())),
            },
            ParamType::Choice(words) if words.split('|').any(|word| word == text) => Ok(text),
            ParamType::Choice(words) => Err(wrong(
                name,
                &format!("`{text}` is none of {}", words.replace('|', " | ")),
            )),
            ParamType::Date => text
                .parse::<chrono::NaiveDate>()
                .map(|date| date.to_string())
                .map_err(|_| wrong(name, &format!("`{text}` is no date (YYYY-MM-DD)"))),
            ParamType::Period => {
                let latest = self.latest_period();
                let latest =
                    latest.ok_or_else(|| wrong(name, "the store has no billing period"))?;
                match text.as_str() {
                    "latest" => Ok(latest.to_string()),
                    "previous" => Ok(BillingPeriod::of(
                        (latest.start() - chrono::Days::new(1))
                            .and_time(chrono::NaiveTime::MIN)
                            .and_utc(),
                    )
                    .to_string()),
                    text => text
                        .parse::<BillingPeriod>()
                        .map(|period| period.to_string())
                        .map_err(|error| wrong(name, &error.to_string())),
                }
            }
        }
    }
}

fn wrong(name: &str, why: &str) -> EngineError {
    EngineError::Parameter {
        name: name.to_owned(),
        why: why.to_owned(),
    }
}
