//! Regions and instance types.

/// A region and the short form that begins its usage types.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) code: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) location: &'static str,
}

const fn region(code: &'static str, prefix: &'static str, location: &'static str) -> Region {
    Region {
        code,
        prefix,
        location,
    }
}

/// Largest first. us-east-1 has no prefix, as for its oldest services.
pub(crate) const REGIONS: [Region; 20] = [
    region("us-west-2", "USW2-", "US West (Oregon)"),
    region("us-east-1", "", "US East (N. Virginia)"),
    region("eu-west-1", "EU-", "EU (Ireland)"),
    region("eu-central-1", "EUC1-", "EU (Frankfurt)"),
    region("us-east-2", "USE2-", "US East (Ohio)"),
    region("ap-southeast-1", "APS1-", "Asia Pacific (Singapore)"),
    region("ap-northeast-1", "APN1-", "Asia Pacific (Tokyo)"),
    region("eu-west-2", "EUW2-", "EU (London)"),
    region("ap-southeast-2", "APS2-", "Asia Pacific (Sydney)"),
    region("us-west-1", "USW1-", "US West (N. California)"),
    region("ca-central-1", "CAN1-", "Canada (Central)"),
    region("ap-south-1", "APS3-", "Asia Pacific (Mumbai)"),
    region("eu-north-1", "EUN1-", "EU (Stockholm)"),
    region("sa-east-1", "SAE1-", "South America (São Paulo)"),
    region("eu-west-3", "EUW3-", "EU (Paris)"),
    region("ap-northeast-2", "APN2-", "Asia Pacific (Seoul)"),
    region("eu-south-1", "EUS1-", "EU (Milan)"),
    region("me-south-1", "MES1-", "Middle East (Bahrain)"),
    region("af-south-1", "AFS1-", "Africa (Cape Town)"),
    region("ap-east-1", "APE1-", "Asia Pacific (Hong Kong)"),
];

/// An instance type with its price.
#[derive(Debug)]
pub(crate) struct InstanceType {
    pub(crate) name: &'static str,
    pub(crate) vcpu: u32,
    pub(crate) memory_gib: u32,
    /// On-demand price of an hour in units of 10^-10 dollars.
    pub(crate) rate: i64,
    /// Normalisation factor times four (so that the smallest, 0.25, is whole).
    pub(crate) quarter_factor: i64,
    pub(crate) processor: &'static str,
}

const fn instance(
    name: &'static str,
    vcpu: u32,
    memory_gib: u32,
    ten_thousandths: i64,
    quarter_factor: i64,
    processor: &'static str,
) -> InstanceType {
    InstanceType {
        name,
        vcpu,
        memory_gib,
        rate: ten_thousandths * 1_000_000,
        quarter_factor,
        processor,
    }
}

const INTEL: &str = "Intel Xeon Platinum 8175 (Skylake)";
const AMD: &str = "AMD EPYC 7R13 Processor";
const GRAVITON: &str = "AWS Graviton2 Processor";

/// Commonest first.
pub(crate) const INSTANCES: [InstanceType; 28] = [
    instance("m5.large", 2, 8, 960, 16, INTEL),
    instance("t3.medium", 2, 4, 416, 8, INTEL),
    instance("m5.xlarge", 4, 16, 1920, 32, INTEL),
    instance("c5.xlarge", 4, 8, 1700, 32, INTEL),
    instance("t3.small", 2, 2, 208, 4, INTEL),
    instance("m6g.large", 2, 8, 770, 16, GRAVITON),
    instance("r5.large", 2, 16, 1260, 16, INTEL),
    instance("c5.2xlarge", 8, 16, 3400, 64, INTEL),
    instance("t3.micro", 2, 1, 104, 2, INTEL),
    instance("m5.2xlarge", 8, 32, 3840, 64, INTEL),
    instance("r5.xlarge", 4, 32, 2520, 32, INTEL),
    instance("m6a.xlarge", 4, 16, 1728, 32, AMD),
    instance("c6g.xlarge", 4, 8, 1360, 32, GRAVITON),
    instance("t3.large", 2, 8, 832, 16, INTEL),
    instance("t4g.medium", 2, 4, 336, 8, GRAVITON),
    instance("r6g.2xlarge", 8, 64, 4032, 64, GRAVITON),
    instance("m5.4xlarge", 16, 64, 7680, 128, INTEL),
    instance("c5.4xlarge", 16, 32, 6800, 128, INTEL),
    instance("t3.nano", 2, 1, 52, 1, INTEL),
    instance("r5.4xlarge", 16, 128, 10_080, 128, INTEL),
    instance("i3.2xlarge", 8, 61, 6240, 64, INTEL),
    instance("g4dn.xlarge", 4, 16, 5260, 32, INTEL),
    instance("c6a.8xlarge", 32, 64, 12_240, 256, AMD),
    instance("m5.12xlarge", 48, 192, 23_040, 384, INTEL),
    instance("r5.12xlarge", 48, 384, 30_240, 384, INTEL),
    instance("g5.4xlarge", 16, 64, 16_240, 128, AMD),
    instance("x2gd.4xlarge", 16, 256, 13_360, 128, GRAVITON),
    instance("p4d.24xlarge", 96, 1152, 327_726, 768, INTEL),
];
