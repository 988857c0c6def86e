//! How an S3-compatible server is reached.

/// Options for S3. Credentials come from the SDK's usual places (environment, profiles, SSO, roles).
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "S3")]
pub(crate) struct S3Args {
    /// Another server than AWS, such as http://localhost:9000
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// The bucket's region [default: the SDK's, else asked of the bucket]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Allow an endpoint without TLS
    #[arg(long)]
    pub(crate) allow_http: bool,
    /// Without credentials, for public buckets
    #[arg(long)]
    pub(crate) anonymous: bool,
}
