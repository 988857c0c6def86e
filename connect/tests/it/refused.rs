//! What no template is written for, and why.

use curtail_connect::{
    Connection, Kind, NewReport, ReportPlace, TemplateError, TemplateKind, TemplateOptions,
    template,
};

use crate::cases::billing;
use TemplateKind::{CloudFormation, Policy, StackSet, Terraform, Trust};

const ROLES: [TemplateKind; 4] = [Trust, CloudFormation, Terraform, StackSet];

fn refused(
    connection: &Connection,
    kind: TemplateKind,
    change: impl Fn(&mut TemplateOptions),
) -> TemplateError {
    let mut options = TemplateOptions::new(kind);
    change(&mut options);
    template(connection, &options).unwrap_err()
}

fn report(report: NewReport) -> impl Fn(&mut TemplateOptions) {
    move |options| options.with_report = Some(report)
}

#[test]
fn no_role_is_trusted_without_an_external_id() {
    let mut connection = billing();
    connection.external_id = None;
    for kind in ROLES {
        let error = refused(&connection, kind, |_| ());
        assert!(
            matches!(error, TemplateError::NoExternalId(_)),
            "{kind:?}: {error}"
        );
        assert!(
            error.to_string().contains("acme-payer (111122223333)"),
            "{error}"
        );
    }
    // Policies for an IAM user, say, have no use for one.
    template(&connection, &TemplateOptions::new(Policy)).unwrap();
}

#[test]
fn a_role_needs_a_name_in_the_connections_account() {
    let mut connection = billing();
    connection.role = None;
    for kind in ROLES {
        assert!(matches!(
            refused(&connection, kind, |_| ()),
            TemplateError::NoRole(_)
        ));
    }
    connection.role = Some("arn:aws:iam::999999999999:role/curtail".parse().unwrap());
    for kind in ROLES {
        let error = refused(&connection, kind, |_| ());
        assert!(
            matches!(error, TemplateError::RoleElsewhere { .. }),
            "{error}"
        );
    }
}

#[test]
fn member_accounts_grant_nothing() {
    let connection = billing();
    let member = |options: &mut TemplateOptions| options.scope = Some(Kind::Resource);
    assert_eq!(
        refused(&connection, Policy, member),
        TemplateError::NothingGranted
    );
    let payer = |options: &mut TemplateOptions| options.scope = Some(Kind::Billing);
    assert_eq!(
        refused(&connection, StackSet, payer),
        TemplateError::MembersOnly
    );
}

#[test]
fn options_without_an_effect_are_refused() {
    let connection = billing();
    let key = |options: &mut TemplateOptions| {
        options.kms_keys = vec!["arn:aws:kms:us-east-1:111122223333:key/a".parse().unwrap()];
    };
    for kind in [Trust, StackSet] {
        for error in [
            refused(&connection, kind, key),
            refused(&connection, kind, report(NewReport::Cur2)),
        ] {
            assert!(
                matches!(error, TemplateError::Pointless { .. }),
                "{kind:?}: {error}"
            );
        }
    }
    let mut member = billing();
    member.kind = Kind::Resource;
    for error in [
        refused(&member, Terraform, report(NewReport::Cur2)),
        refused(&member, CloudFormation, key),
        refused(&connection, Policy, |options| {
            options.trusted = Some("444455556666".parse().unwrap());
        }),
    ] {
        assert!(matches!(error, TemplateError::Pointless { .. }), "{error}");
    }
}

#[test]
fn partitions_are_not_mixed() {
    let connection = billing();
    let foreign = |options: &mut TemplateOptions| {
        options.trusted = Some("arn:aws-cn:iam::444455556666:role/a".parse().unwrap());
    };
    let key = |options: &mut TemplateOptions| {
        options.kms_keys = vec![
            "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/a"
                .parse()
                .unwrap(),
        ];
    };
    let mut hub = billing();
    hub.via = vec!["arn:aws-cn:iam::444455556666:role/hub".parse().unwrap()];
    for error in [
        refused(&connection, Trust, foreign),
        refused(&connection, CloudFormation, key),
        refused(&hub, Terraform, |_| ()),
    ] {
        assert!(
            matches!(error, TemplateError::OtherPartition { .. }),
            "{error}"
        );
    }
}

#[test]
fn reports_are_made_where_aws_makes_them() {
    let mut connection = billing();
    for (region, new, said) in [
        ("cn-north-1", NewReport::Cur2, "ask for the legacy report"),
        ("us-gov-west-1", NewReport::Cur2, "commercial account"),
        ("us-gov-west-1", NewReport::Legacy, "commercial account"),
    ] {
        connection.region = Some(region.to_owned());
        let error = refused(&connection, CloudFormation, report(new));
        assert!(
            matches!(error, TemplateError::NoSuchReport { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn new_buckets_and_prefixes_are_what_aws_takes() {
    let mut connection = billing();
    let place = |bucket: &str, prefix: &str| ReportPlace {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
    };
    for name in ["Acme", "a_b", "a..b", "-ab", "ab-", "aa", &"a".repeat(64)] {
        connection.reports = vec![place(name, "cur")];
        let error = refused(&connection, CloudFormation, report(NewReport::Cur2));
        assert_eq!(error, TemplateError::BucketName(name.to_owned()));
    }
    for prefix in ["", "a b", "a\"b", "a\nb", "${a}", "ä"] {
        connection.reports = vec![place("acme-billing", prefix)];
        let error = refused(&connection, Terraform, report(NewReport::Legacy));
        assert_eq!(error, TemplateError::Prefix(prefix.to_owned()));
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn external_ids_leave_room_for_the_account() {
    let mut connection = billing();
    connection.external_id = Some("x".repeat(1212).parse().unwrap());
    assert_eq!(
        refused(&connection, StackSet, |_| ()),
        TemplateError::LongExternalId { longest: 1211 }
    );
    connection.external_id = Some("x".repeat(1211).parse().unwrap());
    template(&connection, &TemplateOptions::new(StackSet)).unwrap();
}
