//! Templates to look at: what kinds there are, times what they are made from.

use curtail_connect::{
    Connection, Kind, NewReport, Template, TemplateKind, TemplateOptions, template,
};

use TemplateKind::{CloudFormation, Policy, StackSet, Terraform, Trust};

/// One template to be made.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The name of its file.
    pub(crate) file: String,
    /// What it is made from.
    pub(crate) connection: Connection,
    /// What is asked for.
    pub(crate) options: TemplateOptions,
}

impl Case {
    /// The template.
    pub(crate) fn template(&self) -> Template {
        template(&self.connection, &self.options).unwrap()
    }
}

/// A connection to a payer that reads two reports.
pub(crate) fn billing() -> Connection {
    let mut connection = Connection::new(
        "acme-payer".parse().unwrap(),
        "111122223333".parse().unwrap(),
    );
    connection.role = Some("curtail".parse().unwrap());
    connection.external_id = Some(
        "curtail-6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
            .parse()
            .unwrap(),
    );
    connection.reports = vec![
        "s3://acme-billing/exports/cur2".parse().unwrap(),
        "s3://acme-archive".parse().unwrap(),
    ];
    connection
}

/// Prefixes that would be more than text to whoever does not quote them.
pub(crate) const HOSTILE: [&str; 7] = [
    "*",
    "a?/${aws:username}",
    "\"]}],\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}//",
    "x\"\n          - \"arn:aws:s3:::*",
    "%{ for a in [1] }${file(\"/etc/passwd\")}%{ endfor }\\",
    "$${a}%%{b}$",
    "\u{202E}drow\u{2028}#: '!Sub é 🪣",
];

/// All of them, each with a file name of its own.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: &str,
                   connection: &Connection,
                   kinds: &[TemplateKind],
                   change: &dyn Fn(&mut TemplateOptions)| {
        for kind in kinds {
            let mut options = TemplateOptions::new(*kind);
            change(&mut options);
            cases.push(Case {
                file: format!("{name}{}", suffix(*kind)),
                connection: connection.clone(),
                options,
            });
        }
    };
    let account =
        |options: &mut TemplateOptions| options.trusted = Some("444455556666".parse().unwrap());
    let cur2 = |options: &mut TemplateOptions| options.with_report = Some(NewReport::Cur2);
    let legacy = |options: &mut TemplateOptions| options.with_report = Some(NewReport::Legacy);
    let as_it_is = |_: &mut TemplateOptions| {};

    let payer = billing();
    add("billing", &payer, &[Policy], &as_it_is);
    add(
        "billing",
        &payer,
        &[Trust, CloudFormation, Terraform, StackSet],
        &account,
    );

    let mut new = billing();
    new.reports.clear();
    add(
        "open",
        &new,
        &[Policy, Trust, CloudFormation, Terraform, StackSet],
        &as_it_is,
    );

    new.via = vec!["arn:aws:iam::444455556666:role/finops/hub".parse().unwrap()];
    add("cur2", &new, &[Policy, CloudFormation, Terraform], &cur2);
    new.reports = vec!["s3://acme-new/legacy/cur".parse().unwrap()];
    add(
        "legacy",
        &new,
        &[Policy, CloudFormation, Terraform],
        &legacy,
    );

    let mut member = billing();
    member.kind = Kind::Resource;
    member.reports.clear();
    member.role = Some("finops/readers/curtail".parse().unwrap());
    add(
        "member",
        &member,
        &[Trust, CloudFormation, Terraform],
        &|options| {
            options.trusted = Some("arn:aws:iam::444455556666:user/finops".parse().unwrap());
        },
    );

    let keys = |options: &mut TemplateOptions| {
        account(options);
        options.kms_keys = vec![
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                .parse()
                .unwrap(),
            "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
                .parse()
                .unwrap(),
        ];
    };
    add("keys", &payer, &[CloudFormation, Terraform], &keys);
    add("keys", &payer, &[Policy], &|options| {
        keys(options);
        options.trusted = None;
    });

    let mut china = billing();
    china.role = Some("arn:aws-cn:iam::111122223333:role/curtail".parse().unwrap());
    china.reports.clear();
    china.via = vec!["arn:aws-cn:iam::444455556666:role/hub".parse().unwrap()];
    add(
        "china",
        &china,
        &[Policy, Trust, CloudFormation, Terraform],
        &|options| {
            options.with_report = (options.kind != Trust).then_some(NewReport::Legacy);
        },
    );
    let mut government = billing();
    government.region = Some("us-gov-west-1".to_owned());
    add(
        "government",
        &government,
        &[Trust, CloudFormation, Terraform],
        &account,
    );

    let mut hostile = billing();
    hostile.reports = HOSTILE
        .iter()
        .map(|prefix| curtail_connect::ReportPlace {
            bucket: "acme-hostile".to_owned(),
            prefix: (*prefix).to_owned(),
        })
        .collect();
    add("hostile", &hostile, &[Policy], &as_it_is);
    add("hostile", &hostile, &[CloudFormation, Terraform], &account);
    cases
}

fn suffix(kind: TemplateKind) -> &'static str {
    match kind {
        Policy => "-policy.json",
        Trust => "-trust.json",
        CloudFormation => ".yaml",
        Terraform => ".tf",
        StackSet => "-members.yaml",
    }
}
