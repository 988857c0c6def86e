//! What AWS would refuse is refused before anything starts.

use curtail_testaws::{Aws, World};

use crate::harness::{ALL, KEY, PAYER, ROLE, SECRET, policy, world};

fn refused(world: World) -> String {
    Aws::start(world).unwrap_err().to_string()
}

#[test]
fn policies_must_be_understood() {
    let typo = policy(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*", "Conditions": {}"#);
    assert_eq!(
        refused(world().user(KEY, SECRET, PAYER, "me", &typo)),
        r#"the policy of me: unknown element "Conditions""#
    );
    assert_eq!(
        refused(world().role(ROLE, ALL, ALL)),
        format!("the policy of {ROLE}: Principal is missing")
    );
}

#[test]
fn ids_and_names_must_be_right() {
    assert_eq!(
        refused(world().user(KEY, SECRET, "1234", "me", ALL)),
        "1234 is not an account id of 12 digits"
    );
    assert_eq!(
        refused(world().bucket_policy("none", ALL)),
        "the policy of none: Principal is missing"
    );
    assert_eq!(
        refused(world().archived("none", "")),
        "none is not a bucket"
    );
}

#[test]
fn a_wrong_change_changes_nothing() {
    let aws = Aws::start(world()).unwrap();
    let error = aws
        .change(|world| world.role("curtail", ALL, ALL))
        .unwrap_err();
    assert_eq!(error.to_string(), "curtail is not the ARN of a role");
    aws.change(|world| world).unwrap();
}
