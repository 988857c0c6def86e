//! Random questions, of which some can be told from rollups, some from merged line items, and some from neither.

use std::fmt::Write as _;

use crate::fixture::Random;

const DIMENSIONS: &[&str] = &[
    "service",
    "account_id",
    "region",
    "charge_type",
    "usage_date",
    "billing_period",
    "resource_id",
    "tags['user_team']",
    "upper(service)",
    "coalesce(region, 'none')",
    "purchase_option",
    "service LIKE 'Amazon%' OR region IS NULL",
    "date_trunc('month', usage_start)",
    "extract(dow FROM usage_start)",
    "to_char(usage_start, '%Y-%m-%d')",
    "CAST(usage_start + INTERVAL '3' DAY AS date)",
    "date_trunc('month', usage_start - INTERVAL '1' MONTH)",
    // Not to be told from rollups.
    "date_trunc('hour', usage_start)",
    "usage_start",
    "unblended_cost > 1",
    "to_char(usage_start, '%d %H')",
];

/// Asked too once the session has these functions.
pub(super) const KNOWN_LATER: &[&str] = &[
    "year(usage_start)",
    "month(usage_start)",
    "quarter(usage_start)",
    "week(usage_start)",
    "year_of_week(usage_start)",
    "day_of_week(usage_start)",
    "day_of_year(usage_start)",
    "hour(usage_start)",
    "minute(usage_start)",
    "last_day_of_month(usage_start)",
    "date(usage_start)",
    "date_format(usage_start, '%Y-%m-%d')",
    "date_format(usage_start, '%M %Y')",
    "date_format(usage_start, '%H:%i')",
    "format_datetime(usage_start, 'yyyy-MM-dd')",
    "date(date_add('day', 1, usage_start))",
    "date_diff('day', DATE '2026-09-15', date(usage_start))",
    "date_diff('day', TIMESTAMP '2026-09-15 00:00:00', usage_start)",
];

const AMOUNTS: &[&str] = &[
    "unblended_cost",
    "amortized_cost",
    "list_cost",
    "blended_cost",
    "net_unblended_cost",
    "net_amortized_cost",
    "usage_amount",
    "coalesce(list_cost, 0)",
    "coalesce(unblended_cost, 0) - coalesce(amortized_cost, 0)",
    "list_cost - unblended_cost",
    "-list_cost",
    "CASE WHEN charge_type = 'Usage' THEN list_cost ELSE 0 END",
    "CASE WHEN charge_type = 'Tax' THEN unblended_cost END",
    "CASE service WHEN 'AmazonEC2' THEN list_cost WHEN 'AmazonS3' THEN -usage_amount END",
    "greatest(unblended_cost, 0)",
];

const CONDITIONS: &[&str] = &[
    "charge_type = 'Usage'",
    "service IN ('AmazonEC2', 'AmazonS3')",
    "usage_date >= DATE '2026-09-10'",
    "usage_start < TIMESTAMP '2026-10-05 00:00:00'",
    "usage_start < TIMESTAMP '2026-10-05 07:00:00'",
    "billing_period = '2026-10'",
    "region IS NOT NULL",
    "unblended_cost <> 0",
    "service IN (SELECT code FROM kinds)",
    "service NOT IN (SELECT code FROM kinds WHERE code IS NOT NULL AND kind = 'compute')",
    "EXISTS (SELECT 1 FROM kinds WHERE code = service AND kind <> 'all')",
    "NOT EXISTS (SELECT 1 FROM kinds WHERE code = service)",
    "service >= (SELECT min(code) FROM kinds)",
    "account_id IN (SELECT account_id FROM costs WHERE list_cost > 8)",
    "(region = 'us-east-1' OR service IN (SELECT code FROM kinds WHERE kind = 'storage'))",
];

/// Rows to join: of some services more than one, of one none, and one of no service.
const KINDS: &str = "kinds AS (SELECT * FROM (VALUES ('AmazonEC2', 'compute', 1), ('AmazonEC2', 'all', 2), \
    ('AmazonS3', 'storage', 3), ('Nothing', 'nothing', 4)) AS v(code, kind, weight))";

fn one<'a>(random: &mut Random, of: &[&'a str]) -> &'a str {
    of[random.below(of.len())]
}

fn aggregate(random: &mut Random, dimensions: &[&str]) -> String {
    let amount = one(random, AMOUNTS);
    let dimension = one(random, dimensions);
    match random.below(12) {
        0 => "count(*)".to_owned(),
        1 => format!("count({dimension})"),
        2 => format!("count({amount})"),
        3 => format!("min({dimension})"),
        4 => format!("count(DISTINCT {dimension})"),
        5 | 6 => format!("avg({amount})"),
        7 => format!("min({amount})"),
        8 => format!("max({amount})"),
        _ => format!("sum({amount})"),
    }
}

/// What is read: line items, joined or not, and what may be asked of it.
fn source(random: &mut Random, dimensions: &mut Vec<&str>) -> String {
    let joined = one(random, &["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
    match random.below(6) {
        0 | 1 => {
            dimensions.extend(["kind", "kind", "weight"]);
            let more = one(
                random,
                &[
                    "",
                    "",
                    " AND kind <> 'all'",
                    " AND (region IS NULL OR weight > 1)",
                    " AND unblended_cost > 1",
                ],
            );
            let sides = if random.chance(50) {
                ("costs", "kinds")
            } else {
                ("kinds", "costs")
            };
            format!("{} {joined} {} ON service = code{more}", sides.0, sides.1)
        }
        2 => {
            dimensions.extend(["kind", "total"]);
            format!(
                "costs {joined} (SELECT service AS code, sum(unblended_cost) AS total FROM costs WHERE region IS NOT NULL \
                 GROUP BY 1) AS t ON service = t.code JOIN kinds USING (code)"
            )
        }
        3 => {
            let condition = one(random, CONDITIONS);
            format!("(SELECT * FROM costs WHERE {condition} ORDER BY unblended_cost) AS costs")
        }
        _ => "costs".to_owned(),
    }
}

/// A statement whose answer has one order, with nothing cut off.
pub(super) fn question(random: &mut Random, known: &[&str]) -> String {
    let mut dimensions = [DIMENSIONS, known].concat();
    let source = source(random, &mut dimensions);
    let groups: Vec<_> = (0..random.below(4))
        .map(|_| one(random, &dimensions))
        .collect();
    let mut outputs: Vec<String> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        outputs.push(format!("{group} AS g{index}"));
    }
    for index in 0..=random.below(3) {
        let mut output = aggregate(random, &dimensions);
        if random.chance(15) {
            // Sub-queries do not stand in filters of aggregates.
            let _ = write!(output, " FILTER (WHERE {})", one(random, &CONDITIONS[..8]));
        }
        outputs.push(format!("{output} AS a{index}"));
    }
    let mut inner = format!("SELECT {} FROM {source}", outputs.join(", "));
    let conditions: Vec<_> = (0..random.below(3))
        .map(|_| one(random, CONDITIONS))
        .collect();
    if !conditions.is_empty() {
        let _ = write!(inner, " WHERE {}", conditions.join(" AND "));
    }
    if !groups.is_empty() {
        let _ = write!(inner, " GROUP BY {}", groups.join(", "));
        if random.chance(10) {
            let _ = write!(inner, " HAVING count(*) > {}", random.below(5));
        }
    }
    let order: Vec<_> = (1..=outputs.len()).map(|it| it.to_string()).collect();
    let order = order.join(", ");
    match random.below(6) {
        0 => format!("WITH {KINDS}, t AS ({inner}) SELECT * FROM t ORDER BY {order}"),
        1 => format!(
            "WITH {KINDS} SELECT t.*, x.n FROM ({inner}) t CROSS JOIN (SELECT avg(usage_amount) AS n FROM costs) x ORDER BY {order}"
        ),
        _ => format!("WITH {KINDS} {inner} ORDER BY {order}"),
    }
}
