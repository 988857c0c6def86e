//! `curtail connections` and `curtail config`.

use std::{ffi::OsStr, path::PathBuf};

use clap::{Arg, Command, Subcommand, ValueEnum, builder::TypedValueParser, error::ErrorKind};
use curtail_connect::{
    AccountId, ConnectionName, ExternalId, Invalid, Kind, KmsKeyArn, Principal, ReportPlace, Role,
    RoleArn,
};

use super::OutputArgs;

/// AWS accounts to read reports from: they stand in the configuration file.
#[derive(Debug, clap::Args)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    pub(crate) command: ConnectionsCommand,
}

/// What to do with connections.
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// Lists them: accounts that pay first, then member accounts
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Adds one to the configuration file; asks for what is missing on a terminal
    Add(Box<AddArgs>),
    /// Says where the reports of one lie, in place of what its configuration says
    Set {
        /// Its name
        name: String,
        /// Where a report lies; may be repeated
        #[arg(
            long = "report",
            value_name = "s3://BUCKET/PREFIX",
            value_parser = Place,
            required_unless_present = "look_up"
        )]
        reports: Vec<ReportPlace>,
        /// Look reports up in the account
        #[arg(long, conflicts_with = "reports")]
        look_up: bool,
    },
    /// Shows one, with the role's ARN and what CloudTrail will show
    Show {
        /// Its name
        name: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Checks them link by link and says what to do; exit status 3 if one is red
    Check(CheckArgs),
    /// Removes one from the configuration file; nothing changes in AWS, and what was ingested stays
    Remove {
        /// Its name
        name: String,
    },
    /// Prints a policy or template that gives curtail what it needs, and no more
    Template(TemplateArgs),
    /// Says what to do about an error of CloudFormation that a template's stack set met
    Explain {
        /// The error's text, as the console or the AWS CLI shows it
        text: String,
    },
    /// Lists every AWS action that curtail may call, and why
    Permissions {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Takes over connections from an InfraWallet configuration (app-config.yaml)
    Import {
        /// The YAML file
        file: PathBuf,
        /// Only show what would be taken over
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// A new connection.
#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    /// Its name: lower-case letters, digits and dashes
    pub(crate) name: Option<ConnectionName>,
    /// The account: 12 digits
    #[arg(long, value_name = "ID", value_parser = account)]
    pub(crate) account_id: Option<AccountId>,
    /// What it is for: billing (an account that pays) or resource (a member account) [default: billing]
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Option<Kind>,
    /// The role to assume: its name in the account, or its ARN
    #[arg(long, value_name = "NAME|ARN")]
    pub(crate) role: Option<Role>,
    /// No role: use the credentials as they are
    #[arg(long, conflicts_with_all = ["role", "external_id", "via"])]
    pub(crate) no_role: bool,
    /// The external id that the role's trust policy asks for [default: a new random one]
    #[arg(long, value_name = "TEXT")]
    pub(crate) external_id: Option<ExternalId>,
    /// A role to assume on the way; may be repeated
    #[arg(long, value_name = "ARN")]
    pub(crate) via: Vec<RoleArn>,
    /// Where a report lies; may be repeated [default: looked up in the account]
    #[arg(long = "report", value_name = "s3://BUCKET/PREFIX", value_parser = Place)]
    pub(crate) reports: Vec<ReportPlace>,
    /// The region whose token service is asked, and where buckets are looked for first
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Environment variable with the access key id of an IAM user
    #[arg(long, value_name = "VARIABLE", requires = "secret_access_key_env")]
    pub(crate) access_key_id_env: Option<String>,
    /// Environment variable with its secret access key
    #[arg(long, value_name = "VARIABLE", requires = "access_key_id_env")]
    pub(crate) secret_access_key_env: Option<String>,
    /// Environment variable with the session token of temporary keys
    #[arg(long, value_name = "VARIABLE", requires = "access_key_id_env")]
    pub(crate) session_token_env: Option<String>,
    /// Another server than AWS, for all services
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// Allow an endpoint without TLS
    #[arg(long)]
    pub(crate) allow_http: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Which connections are checked.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Their names [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Ask Cost Explorer too, which costs $0.01 per request (two or three of them)
    #[arg(long)]
    pub(crate) paid: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What to make for which connection.
#[derive(Debug, clap::Args)]
pub(crate) struct TemplateArgs {
    /// The connection's name
    pub(crate) name: String,
    /// What to make
    #[arg(long, value_name = "KIND", value_enum)]
    pub(crate) kind: TemplateFormat,
    /// What for: billing or resource [default: the connection's kind]
    #[arg(long, value_name = "SCOPE", value_parser = kind)]
    pub(crate) scope: Option<Kind>,
    /// With a new report and its bucket: cur2 (a data export) or legacy
    #[arg(long, value_name = "REPORT", num_args = 0..=1, default_missing_value = "cur2", require_equals = true)]
    pub(crate) with_report: Option<NewReportArg>,
    /// Who may assume the role: an account id, or the ARN of a user or role [default: a parameter to fill in]
    #[arg(long, value_name = "ID|ARN")]
    pub(crate) trusted: Option<Principal>,
    /// A KMS key that the report's bucket is encrypted with; may be repeated
    #[arg(long = "kms-key", value_name = "ARN")]
    pub(crate) kms_keys: Vec<KmsKeyArn>,
    /// Into a file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The forms of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TemplateFormat {
    /// The role's permissions, as JSON
    Policy,
    /// Who may assume the role, as JSON
    Trust,
    /// The role (and report) as a CloudFormation template
    Cloudformation,
    /// The role (and report) as Terraform configuration
    Terraform,
    /// A role per member account, for a CloudFormation StackSet
    Stackset,
}

/// The kinds of report that a template can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewReportArg {
    /// A data export of CUR 2.0
    Cur2,
    /// A legacy Cost and Usage Report
    #[value(alias = "legacy-cur")]
    Legacy,
}

/// The configuration file.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

/// What to do with the configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Prints all that is configured, but no secrets
    Show,
    /// Prints the JSON Schema of the file, for editors
    Schema,
    /// Prints where the file is
    Path,
}

/// Consoles show account ids in three groups.
fn account(text: &str) -> Result<AccountId, Invalid> {
    text.replace(['-', ' '], "").parse()
}

fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "billing" => Ok(Kind::Billing),
        "resource" => Ok(Kind::Resource),
        _ => Err("it is billing or resource".to_owned()),
    }
}

/// Reads a place of reports. Its error does not repeat what was given, as those of other parsers do: credentials may be in it.
#[derive(Clone)]
struct Place;

impl TypedValueParser for Place {
    type Value = ReportPlace;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<ReportPlace, clap::Error> {
        let place: Result<ReportPlace, _> = value.to_string_lossy().parse();
        place.map_err(|error| {
            let flag = arg.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value for '{flag}': {error}");
            command.clone().error(ErrorKind::ValueValidation, message)
        })
    }
}
