//! The truth against sums of the written rows, computed from the formulas of cur-format 4.2 over header names alone.

use std::collections::{BTreeMap, HashMap};

use curtail_testdata::{
    Compression, FocusFile, FocusVersion, Format, Options, PeriodTruth, Profile, Totals,
};

use crate::support::{Bucket, records, report, units};

const METRICS: [&str; 9] = [
    "unblended",
    "amortized",
    "net_unblended",
    "net_amortized",
    "blended",
    "list",
    "usage",
    "true_up",
    "upfront",
];

type Sums = (u64, [Option<i128>; 9]);
type Breakdowns = BTreeMap<String, BTreeMap<String, Sums>>;

fn add(sums: &mut Sums, metrics: &[Option<i128>; 9]) {
    sums.0 += 1;
    for (sum, metric) in sums.1.iter_mut().zip(metrics) {
        if let Some(value) = metric {
            *sum = Some(sum.unwrap_or(0) + value);
        }
    }
}

fn expected(totals: &Totals) -> Sums {
    let list = [
        &totals.unblended_cost,
        &totals.amortized_cost,
        &totals.net_unblended_cost,
        &totals.net_amortized_cost,
        &totals.blended_cost,
        &totals.list_cost,
        &totals.usage_amount,
        &totals.true_up,
        &totals.upfront,
    ];
    (totals.rows, list.map(|text| text.as_deref().map(units)))
}

fn compare(period: &PeriodTruth, total: &Sums, breakdowns: &Breakdowns) {
    assert_eq!(
        &expected(&period.totals),
        total,
        "{}: totals {METRICS:?}",
        period.billing_period
    );
    let mut compared = 0;
    for (dimension, values) in breakdowns {
        let truth = match period.tags.get(dimension) {
            Some(tag) => &tag.breakdown,
            None => &period.by[dimension],
        };
        assert_eq!(
            usize::try_from(truth.distinct).unwrap(),
            values.keys().filter(|value| *value != "(none)").count(),
            "{dimension}"
        );
        for (value, totals) in &truth.values {
            assert_eq!(
                expected(totals),
                values[value],
                "{dimension} {value} {METRICS:?}"
            );
            compared += 1;
        }
        if truth.distinct <= 1000 {
            assert_eq!(truth.values.len(), values.len(), "{dimension}");
        }
    }
    assert!(compared > 50, "only {compared} values compared");
}

/// Sums line items given as maps from Athena's names.
fn sum_line_items(rows: &[HashMap<String, String>], tags: &[String]) -> (Sums, Breakdowns) {
    let has_net = rows
        .iter()
        .any(|row| row.contains_key("line_item_net_unblended_cost"));
    let mut total = Sums::default();
    let mut breakdowns = Breakdowns::new();
    for row in rows {
        let text = |name: &str| row.get(name).map_or("", String::as_str);
        let number = |name: &str| row.get(name).map(|text| units(text));
        let zero = |name: &str| number(name).unwrap_or(0);
        let kind = text("line_item_line_item_type");
        let unblended = zero("line_item_unblended_cost");
        let net_cost = number("line_item_net_unblended_cost");
        let in_net = matches!(
            kind,
            "EdpDiscount" | "PrivateRateDiscount" | "RiVolumeDiscount" | "SppDiscount"
        );
        let net_unblended = if has_net && in_net && net_cost.unwrap_or(0) == 0 {
            0
        } else {
            net_cost.unwrap_or(unblended)
        };
        let plan_refund = text("line_item_product_code") == "ComputeSavingsPlans"
            && text("line_item_line_item_description")
                .starts_with("Refund for one-time fee for Savings Plan ID");
        let reserved = !text("reservation_reservation_a_r_n").is_empty();
        let unused_plan =
            zero("savings_plan_total_commitment_to_date") - zero("savings_plan_used_commitment");
        let either = |net: &str, gross: &str| number(net).unwrap_or_else(|| zero(gross));
        let (amortized, net_amortized) = match kind {
            "SavingsPlanCoveredUsage" => (
                zero("savings_plan_savings_plan_effective_cost"),
                either(
                    "savings_plan_net_savings_plan_effective_cost",
                    "savings_plan_savings_plan_effective_cost",
                ),
            ),
            "SavingsPlanRecurringFee" => (unused_plan, unused_plan),
            "SavingsPlanNegation" | "SavingsPlanUpfrontFee" => (0, 0),
            "DiscountedUsage" => (
                zero("reservation_effective_cost"),
                either(
                    "reservation_net_effective_cost",
                    "reservation_effective_cost",
                ),
            ),
            "RIFee" => (
                zero("reservation_unused_amortized_upfront_fee_for_billing_period")
                    + zero("reservation_unused_recurring_fee"),
                either(
                    "reservation_net_unused_amortized_upfront_fee_for_billing_period",
                    "reservation_unused_amortized_upfront_fee_for_billing_period",
                ) + either(
                    "reservation_net_unused_recurring_fee",
                    "reservation_unused_recurring_fee",
                ),
            ),
            "Fee" if reserved => (0, 0),
            "Refund" if plan_refund => (0, 0),
            _ => (unblended, net_unblended),
        };
        let metrics = [
            Some(unblended),
            Some(amortized),
            Some(net_unblended),
            Some(net_amortized),
            number("line_item_blended_cost"),
            number("pricing_public_on_demand_cost").filter(|_| kind != "SavingsPlanNegation"),
            number("line_item_usage_amount").filter(|_| {
                matches!(
                    kind,
                    "Usage"
                        | "DiscountedUsage"
                        | "SavingsPlanCoveredUsage"
                        | "FlatRateSubscription"
                )
            }),
            Some(match kind {
                "SavingsPlanRecurringFee" => {
                    -zero("savings_plan_amortized_upfront_commitment_for_billing_period")
                }
                "RIFee" => -zero("reservation_amortized_upfront_fee_for_billing_period"),
                _ => 0,
            }),
            Some(
                if kind == "SavingsPlanUpfrontFee" || (kind == "Fee" && reserved) {
                    unblended
                } else {
                    0
                },
            ),
        ];
        let discount = in_net || matches!(kind, "BundledDiscount" | "Discount");
        let service = if text("bill_billing_entity") == "AWS Marketplace"
            && !discount
            && !text("product_product_name").is_empty()
        {
            text("product_product_name")
        } else if !text("product_servicecode").is_empty() {
            text("product_servicecode")
        } else {
            text("line_item_product_code")
        };
        let zone = text("line_item_availability_zone");
        let region = [
            text("product_region_code"),
            text("product_region"),
            &zone[..zone.len().saturating_sub(1)],
            "global",
        ];
        let region = region
            .into_iter()
            .find(|region| !region.is_empty())
            .unwrap();
        let resource = text("line_item_resource_id");
        add(&mut total, &metrics);
        let mut into = |dimension: &str, value: &str| {
            let value = if value.is_empty() { "(none)" } else { value };
            add(
                breakdowns
                    .entry(dimension.to_owned())
                    .or_default()
                    .entry(value.to_owned())
                    .or_default(),
                &metrics,
            );
        };
        into("charge_type", kind);
        into("service", service);
        into("account", text("line_item_usage_account_id"));
        into("region", region);
        into("day", &text("line_item_usage_start_date")[..10]);
        into("resource", resource);
        for tag in tags {
            into(tag, text(tag));
        }
    }
    (total, breakdowns)
}

/// Athena's names for headers; written once more, by the letter of the five steps.
fn athena(header: &str) -> String {
    let mut name: String = header
        .chars()
        .flat_map(|c| {
            if c.is_ascii_uppercase() {
                vec!['_', c]
            } else {
                vec![c]
            }
        })
        .collect();
    name = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    while name.contains("__") {
        name = name.replace("__", "_");
    }
    name.trim_matches('_').to_owned()
}

/// Records of a legacy report by the names of a store.
fn legacy_rows(bucket: &Bucket, manifest: &str) -> Vec<HashMap<String, String>> {
    let headers: Vec<String> = bucket.json(manifest)["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| {
            format!(
                "{}/{}",
                column["category"].as_str().unwrap(),
                column["name"].as_str().unwrap()
            )
        })
        .collect();
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for header in headers {
        let name = athena(&header);
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        let own = if *count > 1 {
            vec![name.clone(), format!("{name}_{count}")]
        } else {
            vec![name]
        };
        names.insert(header, own);
    }
    records(bucket, manifest)
        .into_iter()
        .map(|record| {
            let mut row = HashMap::new();
            for (header, cell) in record {
                for name in &names[&header] {
                    row.entry(name.clone()).or_insert_with(|| cell.clone());
                }
            }
            row
        })
        .collect()
}

fn options(format: Format) -> Options {
    Options {
        rows: 40_000,
        rows_per_file: 7000,
        format,
        ..Options::default()
    }
}

fn check_legacy(options: &Options) {
    let (bucket, summary) = report(options);
    assert_eq!(summary.manifests.len(), summary.truth.periods.len());
    let mut rows_read = 0;
    for (manifest, period) in summary.manifests.iter().zip(&summary.truth.periods) {
        let rows = legacy_rows(&bucket, manifest);
        rows_read += rows.len() as u64;
        let tags: Vec<String> = period.tags.keys().cloned().collect();
        let (total, breakdowns) = sum_line_items(&rows, &tags);
        compare(period, &total, &breakdowns);
        let [unblended, amortized, _, _, _, _, _, true_up, upfront] =
            total.1.map(|value| value.unwrap_or(0));
        assert_eq!(
            unblended,
            amortized + true_up + upfront,
            "the identity of 4.2"
        );
        let charges = &breakdowns["charge_type"];
        if let Some(negation) = charges.get("SavingsPlanNegation") {
            assert_eq!(
                negation.1[0].unwrap(),
                -charges["SavingsPlanCoveredUsage"].1[0].unwrap()
            );
        }
    }
    assert_eq!(rows_read, summary.rows);
    let sum: u64 = summary
        .truth
        .periods
        .iter()
        .map(|period| period.totals.rows)
        .sum();
    assert_eq!(
        (sum, summary.truth.overall.totals.rows),
        (summary.rows, summary.rows)
    );
}

#[test]
fn legacy_csv_sums_to_its_truth() {
    check_legacy(&options(Format::LegacyCsv));
}

#[test]
fn every_profile_sums_to_its_truth() {
    for profile in [Profile::Tiny, Profile::Medium, Profile::Large] {
        check_legacy(&Options {
            profile,
            rows: 20_000,
            ..options(Format::LegacyCsv)
        });
    }
}

#[test]
fn odd_sizes_sum_to_their_truth() {
    let base = options(Format::LegacyCsv);
    check_legacy(&Options {
        rows: 1500,
        months: vec![(2026, 2)],
        rows_per_file: 101,
        ..base.clone()
    });
    check_legacy(&Options {
        rows: 15_000,
        resources: Some(20),
        accounts: Some(1),
        tags: Some(40),
        ..base.clone()
    });
    check_legacy(&Options {
        rows: 15_000,
        resources: Some(9000),
        compression: Compression::Zip,
        seed: 99,
        ..base.clone()
    });
    check_legacy(&Options {
        restate: true,
        compression: Compression::Plain,
        ..base
    });
}

#[test]
fn cur2_csv_sums_to_its_truth() {
    let (bucket, summary) = report(&options(Format::Cur2Csv));
    for (manifest, period) in summary.manifests.iter().zip(&summary.truth.periods) {
        let rows: Vec<HashMap<String, String>> = records(&bucket, manifest)
            .into_iter()
            .map(|record| {
                let mut row = HashMap::new();
                for (header, cell) in record {
                    if cell.starts_with('{') {
                        let map: HashMap<String, serde_json::Value> =
                            serde_json::from_str(&cell).unwrap();
                        for (key, value) in map {
                            let value = value
                                .as_str()
                                .map_or_else(|| value.to_string(), str::to_owned);
                            row.insert(format!("{header}_{key}"), value);
                        }
                    } else {
                        row.insert(header, cell);
                    }
                }
                row
            })
            .collect();
        let mut discounted = 0;
        for row in &rows {
            if let Some(discount) = row.get("discount_edp_discount") {
                assert_eq!(units(discount), units(&row["discount_total_discount"]));
                discounted += 1;
            }
        }
        assert!(discounted > 0, "some rows have a discount in the map");
        let tags: Vec<String> = period.tags.keys().cloned().collect();
        let (total, breakdowns) = sum_line_items(&rows, &tags);
        compare(period, &total, &breakdowns);
    }
}

#[test]
fn focus_csv_sums_to_its_truth() {
    for focus_version in [FocusVersion::V1_0, FocusVersion::V1_2] {
        let (bucket, summary) = report(&Options {
            focus_version,
            focus_file: FocusFile::Csv,
            ..options(Format::Focus)
        });
        for (manifest, period) in summary.manifests.iter().zip(&summary.truth.periods) {
            let mut total = Sums::default();
            let mut breakdowns = Breakdowns::new();
            for record in records(&bucket, manifest) {
                let row: HashMap<String, String> = record.into_iter().collect();
                let text = |name: &str| row.get(name).map_or("", String::as_str);
                let number = |name: &str| row.get(name).map(|text| units(text));
                let usage =
                    number("ConsumedQuantity").filter(|_| text("ChargeCategory") == "Usage");
                let (billed, effective) = (number("BilledCost"), number("EffectiveCost"));
                let metrics = [
                    billed,
                    effective,
                    billed,
                    effective,
                    None,
                    number("ListCost"),
                    usage,
                    Some(0),
                    Some(0),
                ];
                add(&mut total, &metrics);
                let mut into = |dimension: &str, value: &str| {
                    let value = if value.is_empty() { "(none)" } else { value };
                    add(
                        breakdowns
                            .entry(dimension.to_owned())
                            .or_default()
                            .entry(value.to_owned())
                            .or_default(),
                        &metrics,
                    );
                };
                into("charge_type", text("ChargeCategory"));
                into("service", text("ServiceName"));
                into("account", text("SubAccountId"));
                into(
                    "region",
                    if text("RegionId").is_empty() {
                        "global"
                    } else {
                        text("RegionId")
                    },
                );
                into("day", &text("ChargePeriodStart")[..10]);
                into("resource", text("ResourceId"));
                let tags: HashMap<String, String> = serde_json::from_str(text("Tags")).unwrap();
                for tag in period.tags.keys() {
                    into(tag, tags.get(tag).map_or("", String::as_str));
                }
            }
            compare(period, &total, &breakdowns);
        }
    }
}
