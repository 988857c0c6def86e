//! Dimensions, metrics, granularities and orders, as the command line writes them.

use std::{fmt, str::FromStr};

/// What costs can be grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// A column of `costs`, by the column's name; parsing gives only columns that are dimensions.
    Column(&'static str),
    /// The hour in which usage started.
    Hour,
    /// The value of a tag.
    Tag(String),
    /// The value of a cost category.
    Category(String),
}

/// Dimensions that are columns of `costs`: the dimension's name and the column's.
const COLUMNS: [(&str, &str); 14] = [
    ("account", "account_id"),
    ("account-name", "account_name"),
    ("service", "service"),
    ("resource", "resource_id"),
    ("region", "region"),
    ("usage-type", "usage_type"),
    ("operation", "operation"),
    ("charge-type", "charge_type"),
    ("purchase-option", "purchase_option"),
    ("product-family", "product_family"),
    ("payer", "payer_account_id"),
    ("invoice", "invoice_id"),
    ("day", DAY),
    ("month", MONTH),
];
const DAY: &str = "usage_date";
const MONTH: &str = "billing_period";

/// What can be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Metric {
    /// As invoiced.
    #[default]
    Unblended,
    /// Commitments spread over what they cover.
    Amortized,
    /// As invoiced, after discounts.
    NetUnblended,
    /// Commitments spread over what they cover, after discounts.
    NetAmortized,
    /// Averaged over the organisation.
    Blended,
    /// At public prices.
    List,
    /// Quantity of usage.
    Usage,
}

/// How finely time is told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Granularity {
    /// Not at all.
    #[default]
    Total,
    /// By billing period.
    Monthly,
    /// By day.
    Daily,
    /// By hour.
    Hourly,
}

/// The order of rows: a dimension or metric, and which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column of the answer.
    pub(super) column: String,
    /// Largest first.
    pub(super) descending: bool,
}

/// Text that is no dimension, metric, granularity or order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: it is one of {known}")]
pub struct ParseCostError {
    text: String,
    what: &'static str,
    known: String,
}

impl Dimension {
    /// The names of all dimensions, with `tag:KEY` and `category:KEY` as such.
    pub fn names() -> Vec<&'static str> {
        let columns = COLUMNS.iter().map(|(name, _)| *name);
        columns.chain(["hour", "tag:KEY", "category:KEY"]).collect()
    }

    /// The name of its column in the answer.
    pub fn column(&self) -> String {
        match self {
            Self::Column(column) => (*column).to_owned(),
            Self::Hour => "usage_hour".to_owned(),
            Self::Tag(key) => format!("tag:{key}"),
            Self::Category(key) => format!("category:{key}"),
        }
    }

    /// Whether it is one of time.
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Hour | Self::Column(DAY | MONTH))
    }
}

impl fmt::Display for Dimension {
    /// As the command line writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(column) => {
                let known = COLUMNS.iter().find(|(_, of)| of == column);
                f.pad(known.map_or(column, |(name, _)| name))
            }
            Self::Hour => f.pad("hour"),
            Self::Tag(key) => write!(f, "tag:{key}"),
            Self::Category(key) => write!(f, "category:{key}"),
        }
    }
}

impl FromStr for Dimension {
    type Err = ParseCostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.replace('_', "-");
        let column = COLUMNS.iter().find(|(dimension, _)| *dimension == name);
        let dimension = match text.split_once(':') {
            Some(("tag", key)) if !key.is_empty() => Some(Self::Tag(key.to_owned())),
            Some(("category", key)) if !key.is_empty() => Some(Self::Category(key.to_owned())),
            _ if name == "hour" => Some(Self::Hour),
            _ => column.map(|(_, column)| Self::Column(column)),
        };
        dimension.ok_or_else(|| wrong(text, "dimension", &Self::names()))
    }
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Unblended,
        Self::Amortized,
        Self::NetUnblended,
        Self::NetAmortized,
        Self::Blended,
        Self::List,
        Self::Usage,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unblended => "unblended",
            Self::Amortized => "amortized",
            Self::NetUnblended => "net-unblended",
            Self::NetAmortized => "net-amortized",
            Self::Blended => "blended",
            Self::List => "list",
            Self::Usage => "usage",
        }
    }

    /// Its column in `costs` and in the answer.
    pub fn column(self) -> &'static str {
        match self {
            Self::Unblended => "unblended_cost",
            Self::Amortized => "amortized_cost",
            Self::NetUnblended => "net_unblended_cost",
            Self::NetAmortized => "net_amortized_cost",
            Self::Blended => "blended_cost",
            Self::List => "list_cost",
            Self::Usage => "usage_amount",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Metric {
    type Err = ParseCostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.replace('_', "-");
        let known = Self::ALL.map(Self::as_str);
        Self::ALL
            .into_iter()
            .find(|metric| metric.as_str() == name)
            .ok_or_else(|| wrong(text, "metric", &known))
    }
}

impl Granularity {
    /// The dimension of time that it asks for.
    pub(super) fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Total => None,
            Self::Monthly => Some(Dimension::Column(MONTH)),
            Self::Daily => Some(Dimension::Column(DAY)),
            Self::Hourly => Some(Dimension::Hour),
        }
    }
}

impl FromStr for Granularity {
    type Err = ParseCostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "total" => Ok(Self::Total),
            "monthly" => Ok(Self::Monthly),
            "daily" => Ok(Self::Daily),
            "hourly" => Ok(Self::Hourly),
            _ => Err(wrong(
                text,
                "granularity",
                &["total", "monthly", "daily", "hourly"],
            )),
        }
    }
}

impl FromStr for Sort {
    type Err = ParseCostError;

    /// A metric (largest first) or a dimension (smallest first), then perhaps `:asc` or `:desc`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, direction) = match (text.strip_suffix(":asc"), text.strip_suffix(":desc")) {
            (Some(name), _) => (name, Some(false)),
            (_, Some(name)) => (name, Some(true)),
            _ => (text, None),
        };
        if let Ok(metric) = name.parse::<Metric>() {
            return Ok(Self {
                column: metric.column().to_owned(),
                descending: direction.unwrap_or(true),
            });
        }
        match name.parse::<Dimension>() {
            Ok(dimension) => Ok(Self {
                column: dimension.column(),
                descending: direction.unwrap_or(false),
            }),
            Err(_) => Err(wrong(
                text,
                "metric or dimension",
                &[
                    Metric::ALL.map(Metric::as_str).as_slice(),
                    &Dimension::names(),
                ]
                .concat(),
            )),
        }
    }
}

pub(super) fn wrong(text: &str, what: &'static str, known: &[&str]) -> ParseCostError {
    ParseCostError {
        text: text.to_owned(),
        what,
        known: known.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_are_read() {
        assert_eq!("usage-type".parse(), Ok(Dimension::Column("usage_type")));
        assert_eq!("hour".parse(), Ok(Dimension::Hour));
        assert_eq!(
            "tag:Cost Center".parse(),
            Ok(Dimension::Tag("Cost Center".into()))
        );
        for wrong in ["", "tag:", "zone", "tag"] {
            assert!(wrong.parse::<Dimension>().is_err(), "{wrong}");
        }
        assert!("day".parse::<Dimension>().unwrap().is_time());
    }

    #[test]
    fn every_metric_is_read_back() {
        for metric in Metric::ALL {
            assert_eq!(metric.as_str().parse(), Ok(metric));
        }
        assert!("cheap".parse::<Metric>().is_err());
    }

    #[test]
    fn orders_have_a_natural_direction() {
        let sort = |text: &str| {
            text.parse::<Sort>()
                .map(|sort| (sort.column, sort.descending))
                .unwrap()
        };
        assert_eq!(sort("amortized"), ("amortized_cost".into(), true));
        assert_eq!(sort("service"), ("service".into(), false));
        assert_eq!(sort("unblended:asc"), ("unblended_cost".into(), false));
        assert_eq!(sort("tag:a:desc"), ("tag:a".into(), true));
    }
}
