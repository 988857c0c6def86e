//! The hand-made report.

use curtail_testdata::{APPENDIX_A_TRUTH, appendix_a};

use crate::support::{Bucket, records, units};

#[test]
fn its_totals_are_those_written_beside_it() {
    let bucket = Bucket::default();
    let manifest = appendix_a(&bucket).unwrap();
    let truth: serde_json::Value = serde_json::from_str(APPENDIX_A_TRUTH).unwrap();
    let rows = records(&bucket, &manifest);
    assert_eq!(rows.len() as u64, truth["rows"].as_u64().unwrap());
    let sum = |header: &str, without: &str| -> i128 {
        rows.iter()
            .filter(|row| row.iter().all(|(name, _)| name != without))
            .flat_map(|row| row.iter().filter(|(name, _)| name == header))
            .map(|(_, cell)| units(cell))
            .sum()
    };
    let expected = |name: &str| units(truth[name].as_str().unwrap());
    assert_eq!(
        sum("lineItem/UnblendedCost", "-"),
        expected("unblended_cost")
    );
    assert_eq!(
        sum("lineItem/UnblendedCost", "lineItem/ResourceId"),
        expected("unblended_cost_without_resource")
    );
    assert_eq!(
        sum("pricing/publicOnDemandCost", "-"),
        expected("list_cost")
    );
    assert_eq!(
        expected("unblended_cost"),
        expected("amortized_cost") + expected("true_up") + expected("upfront"),
        "the identity of 4.2"
    );
}
