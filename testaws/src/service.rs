//! The services that are there.

use http::HeaderMap;

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Security Token Service.
    Sts,
    /// Simple Storage Service.
    S3,
    /// Organizations.
    Organizations,
    /// Cost and Usage Reports (legacy).
    Cur,
    /// Data Exports.
    DataExports,
    /// Cost Explorer.
    CostExplorer,
}

/// The services that take JSON, with the prefix of their `X-Amz-Target`.
const TARGETS: [(Service, &str); 4] = [
    (Service::Organizations, "AWSOrganizationsV20161128"),
    (Service::Cur, "AWSOrigamiServiceGatewayService"),
    (
        Service::DataExports,
        "AWSBillingAndCostManagementDataExports",
    ),
    (Service::CostExplorer, "AWSInsightsIndexService"),
];

impl Service {
    /// Its name in policies, which is also the one in signatures.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::S3 => "s3",
            Self::Organizations => "organizations",
            Self::Cur => "cur",
            Self::DataExports => "bcm-data-exports",
            Self::CostExplorer => "ce",
        }
    }

    /// Service and operation of a request to a service that takes JSON.
    pub(crate) fn of_target(headers: &HeaderMap) -> Option<(Self, String)> {
        let target = headers.get("x-amz-target")?.to_str().ok()?;
        let (prefix, operation) = target.split_once('.')?;
        let (service, _) = TARGETS.iter().find(|(_, known)| *known == prefix)?;
        Some((*service, operation.to_owned()))
    }
}
