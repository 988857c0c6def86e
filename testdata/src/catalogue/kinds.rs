//! The kinds of resource that services bill, and the lines each kind puts out every hour.

use std::sync::LazyLock;

use super::services::{Place, SERVICES};

/// What a service's ids look like. In the texts `{r}` is the region, `{a}` the account, `{h}` hexadecimal digits, `{n}` a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Id {
    /// No resource id.
    None,
    /// A text with placeholders.
    Text(&'static str),
}

/// How a line's quantity comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meter {
    /// One unit an hour.
    Hourly,
    /// A quantity of the resource, the same every hour.
    Steady,
    /// A quantity that follows the hours of the week, with noise.
    Varying,
}

/// What a line is on the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Usage,
    /// Covered by a Savings Plan.
    Covered,
    /// Takes back the resource's covered lines.
    Negation,
    /// Covered by a Reserved Instance.
    Discounted,
    /// A pod's share of its node.
    Split,
}

/// The member of lines that name no resource.
pub(crate) const NOBODY: u8 = u8::MAX;

/// A line that a kind of resource puts out every hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// `{p}` region prefix, `{q}` another region's prefix, `{i}` instance type.
    pub(crate) usage_type: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) family: &'static str,
    /// Price of a unit in 10^-10 dollars; 0 is free; -1 is the instance type's.
    pub(crate) rate: i64,
    /// Median quantity in 10^-10 units.
    pub(crate) quantity: i64,
    /// Decimals of its costs.
    pub(crate) places: u8,
    pub(crate) meter: Meter,
    pub(crate) role: Role,
    /// Which of the kind's resources the line is of; [`NOBODY`] for rows without a resource.
    pub(crate) member: u8,
    /// `product/servicecode` where it is not the service's.
    pub(crate) service_code: Option<&'static str>,
}

/// A kind of resource.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Index into [`SERVICES`].
    pub(crate) service: usize,
    /// Share of slots.
    pub(crate) weight: u64,
    pub(crate) id: Id,
    /// Different resources in one slot.
    pub(crate) members: u8,
    pub(crate) zoned: bool,
    /// Lines differ by instance type.
    pub(crate) typed: bool,
    /// Needs split cost allocation.
    pub(crate) split: bool,
    pub(crate) lines: Vec<Line>,
}

impl Kind {
    pub(crate) fn has(&self, role: Role) -> bool {
        self.lines.iter().any(|line| line.role == role)
    }
}

const UNIT: i64 = 10_000_000_000;

const fn line(
    usage_type: &'static str,
    operation: &'static str,
    unit: &'static str,
    family: &'static str,
    rate: i64,
    quantity: i64,
) -> Line {
    Line {
        usage_type,
        operation,
        unit,
        family,
        rate,
        quantity,
        places: 10,
        meter: Meter::Varying,
        role: Role::Usage,
        member: 0,
        service_code: None,
    }
}

impl Line {
    const fn hourly(mut self) -> Self {
        self.meter = Meter::Hourly;
        self
    }
    const fn steady(mut self) -> Self {
        self.meter = Meter::Steady;
        self
    }
    const fn places(mut self, places: u8) -> Self {
        self.places = places;
        self
    }
    const fn role(mut self, role: Role, member: u8) -> Self {
        self.role = role;
        self.member = member;
        self
    }
    const fn code(mut self, code: &'static str) -> Self {
        self.service_code = Some(code);
        self
    }
}

/// Services before this one have their own kinds.
const GENERAL: usize = 14;

/// Every kind of resource.
pub(crate) fn kinds() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(build);
    &KINDS
}

const INSTANCE: Id = Id::Text("i-{h}");
const TRANSFER: &str = "AWSDataTransfer";

fn kind(service: usize, weight: u64, id: Id, lines: impl Into<Vec<Line>>) -> Kind {
    Kind {
        service,
        weight,
        id,
        members: 1,
        zoned: false,
        typed: false,
        split: false,
        lines: lines.into(),
    }
}

fn build() -> Vec<Kind> {
    use Role::{Covered, Discounted, Negation, Split};
    let inward = line(
        "{p}DataTransfer-In-Bytes",
        "RunInstances",
        "GB",
        "Data Transfer",
        0,
        UNIT / 4000,
    )
    .code(TRANSFER);
    let outward = line(
        "{p}DataTransfer-Out-Bytes",
        "RunInstances",
        "GB",
        "Data Transfer",
        900_000_000,
        UNIT / 900,
    )
    .code(TRANSFER);
    let regional = line(
        "{p}DataTransfer-Regional-Bytes",
        "InterZone-In",
        "GB",
        "Data Transfer",
        100_000_000,
        UNIT / 700,
    )
    .places(12)
    .code(TRANSFER);
    let across = line(
        "{p}{q}AWS-Out-Bytes",
        "RunInstances",
        "GB",
        "Data Transfer",
        200_000_000,
        UNIT / 40_000,
    )
    .places(15)
    .code(TRANSFER);
    let across_in = line(
        "{p}{q}AWS-In-Bytes",
        "RunInstances",
        "GB",
        "Data Transfer",
        0,
        UNIT / 30_000,
    )
    .code(TRANSFER)
    .role(Role::Usage, NOBODY);
    let instance = line(
        "{p}BoxUsage:{i}",
        "RunInstances",
        "Hrs",
        "Compute Instance",
        -1,
        UNIT,
    )
    .hourly();
    let ec2 = |weight, lines: Vec<Line>| Kind {
        zoned: true,
        typed: true,
        ..kind(0, weight, INSTANCE, lines)
    };
    let mut kinds = vec![
        ec2(
            600,
            vec![instance, inward, outward, regional, across, across_in],
        ),
        ec2(
            160,
            vec![
                Line {
                    usage_type: "{p}SpotUsage:{i}",
                    operation: "RunInstances:SV001",
                    ..instance
                },
                inward,
                regional,
            ],
        ),
        Kind {
            members: 3,
            ..ec2(
                150,
                vec![
                    instance.role(Covered, 0),
                    instance.role(Covered, 1),
                    instance.role(Covered, 2),
                    instance.role(Negation, NOBODY),
                ],
            )
        },
        ec2(
            150,
            vec![
                Line {
                    operation: "RunInstances:0002",
                    ..instance
                }
                .role(Discounted, 0),
                inward,
                regional,
            ],
        ),
        Kind {
            split: true,
            members: 4,
            ..ec2(
                70,
                vec![
                    instance,
                    line(
                        "{p}EKS-EC2-vCPU-Hours",
                        "EKSPod-EC2",
                        "vCPU-Hours",
                        "Compute",
                        0,
                        UNIT / 2,
                    )
                    .code("AmazonEKS")
                    .role(Split, 1),
                    line(
                        "{p}EKS-EC2-GB-Hours",
                        "EKSPod-EC2",
                        "GB-Hours",
                        "Compute",
                        0,
                        UNIT,
                    )
                    .code("AmazonEKS")
                    .role(Split, 1),
                    line(
                        "{p}EKS-EC2-vCPU-Hours",
                        "EKSPod-EC2",
                        "vCPU-Hours",
                        "Compute",
                        0,
                        UNIT / 2,
                    )
                    .code("AmazonEKS")
                    .role(Split, 2),
                    line(
                        "{p}EKS-EC2-GB-Hours",
                        "EKSPod-EC2",
                        "GB-Hours",
                        "Compute",
                        0,
                        UNIT,
                    )
                    .code("AmazonEKS")
                    .role(Split, 2),
                ],
            )
        },
        Kind {
            zoned: true,
            ..kind(
                0,
                500,
                Id::Text("vol-{h}"),
                [line(
                    "{p}EBS:VolumeUsage.gp3",
                    "CreateVolume-Gp3",
                    "GB-Mo",
                    "Storage",
                    800_000_000,
                    UNIT / 15,
                )
                .steady()],
            )
        },
        kind(
            0,
            150,
            Id::Text("arn:aws:ec2:{r}:{a}:snapshot/snap-{h}"),
            [line(
                "{p}EBS:SnapshotUsage",
                "CreateSnapshot",
                "GB-Mo",
                "Storage Snapshot",
                500_000_000,
                UNIT / 60,
            )
            .steady()
            .places(12)],
        ),
        Kind {
            zoned: true,
            ..kind(
                0,
                90,
                Id::Text("arn:aws:ec2:{r}:{a}:natgateway/nat-{h}"),
                [
                    line(
                        "{p}NatGateway-Hours",
                        "NatGateway",
                        "Hrs",
                        "NAT Gateway",
                        450_000_000,
                        UNIT,
                    )
                    .hourly(),
                    line(
                        "{p}NatGateway-Bytes",
                        "NatGateway",
                        "GB",
                        "NAT Gateway",
                        450_000_000,
                        UNIT / 50,
                    ),
                    inward,
                ],
            )
        },
        Kind {
            typed: true,
            ..kind(
                0,
                60,
                INSTANCE,
                [Line {
                    usage_type: "{p}CPUCredits:t3",
                    operation: "RunInstances",
                    unit: "vCPU-Hours",
                    family: "CPU Credits",
                    rate: 500_000_000,
                    quantity: UNIT / 900,
                    ..inward
                }],
            )
        },
        kind(
            1,
            150,
            Id::Text("arn:aws:elasticloadbalancing:{r}:{a}:loadbalancer/app/{n}/{h}"),
            [
                line(
                    "{p}LoadBalancerUsage",
                    "LoadBalancing:Application",
                    "Hrs",
                    "Load Balancer-Application",
                    225_000_000,
                    UNIT,
                )
                .hourly(),
                line(
                    "{p}LCUUsage",
                    "LoadBalancing:Application",
                    "LCU-Hrs",
                    "Load Balancer-Application",
                    80_000_000,
                    UNIT / 20,
                ),
                outward,
                inward,
            ],
        ),
        kind(
            1,
            25,
            Id::Text("arn:aws:elasticloadbalancing:{r}:{a}:loadbalancer/{n}"),
            [
                line(
                    "{p}LoadBalancerUsage",
                    "LoadBalancing",
                    "Hrs",
                    "Load Balancer",
                    250_000_000,
                    UNIT,
                )
                .hourly(),
                line(
                    "{p}DataProcessing-Bytes",
                    "LoadBalancing",
                    "GB",
                    "Load Balancer",
                    80_000_000,
                    UNIT / 500,
                )
                .places(12),
            ],
        ),
        kind(
            2,
            120,
            Id::Text("arn:aws:logs:{r}:{a}:log-group:/aws/lambda/{n}"),
            [
                line(
                    "{p}DataProcessing-Bytes",
                    "PutLogEvents",
                    "GB",
                    "Data Payload",
                    5_000_000_000,
                    UNIT / 80_000,
                )
                .places(12),
                line(
                    "{p}TimedStorage-ByteHrs",
                    "HourlyStorageMetering",
                    "GB-Mo",
                    "Storage Snapshot",
                    300_000_000,
                    UNIT / 40_000,
                )
                .steady()
                .places(15),
            ],
        ),
        kind(
            2,
            80,
            Id::Text("arn:aws:cloudwatch:{r}:{a}:alarm:{n} high/CPU"),
            [line(
                "{p}CW:AlarmMonitorUsage",
                "Unknown",
                "Alarms",
                "Alarm",
                1_000_000_000,
                UNIT / 744,
            )
            .steady()],
        ),
        kind(
            2,
            50,
            Id::None,
            [
                line(
                    "{p}CW:Requests",
                    "GetMetricData",
                    "Metrics",
                    "API Request",
                    100_000,
                    900 * UNIT,
                ),
                line(
                    "{p}CW:MetricMonitorUsage",
                    "MetricStorage:AWS/EC2",
                    "Metrics",
                    "Metric",
                    3_000_000_000,
                    UNIT / 100,
                ),
            ],
        ),
        kind(
            3,
            120,
            Id::Text("arn:aws:ec2:{r}:{a}:vpc-endpoint/vpce-{h}"),
            [
                line(
                    "{p}VpcEndpoint-Hours",
                    "VpcEndpoint",
                    "Hrs",
                    "VpcEndpoint",
                    100_000_000,
                    UNIT,
                )
                .hourly(),
                line(
                    "{p}VpcEndpoint-Bytes",
                    "VpcEndpoint",
                    "GB",
                    "VpcEndpoint",
                    100_000_000,
                    UNIT / 4000,
                )
                .places(12),
            ],
        ),
        kind(
            3,
            90,
            Id::Text("arn:aws:ec2:{r}:{a}:eip-allocation/eipalloc-{h}"),
            [line(
                "{p}PublicIPv4:InUseAddress",
                "AllocateAddressVPC",
                "Hrs",
                "IP Address",
                50_000_000,
                UNIT,
            )
            .hourly()],
        ),
        kind(
            4,
            90,
            Id::Text("arn:aws:ecs:{r}:{a}:task/{n}/{h}"),
            [
                line(
                    "{p}Fargate-vCPU-Hours:perCPU",
                    "FargateTask",
                    "hours",
                    "Compute",
                    404_800_000,
                    UNIT / 4,
                )
                .steady(),
                line(
                    "{p}Fargate-GB-Hours",
                    "FargateTask",
                    "hours",
                    "Compute",
                    44_450_000,
                    UNIT / 2,
                )
                .steady(),
                regional,
            ],
        ),
        kind(
            5,
            60,
            Id::Text("{n}-{h}"),
            [
                line(
                    "{p}TimedStorage-ByteHrs",
                    "StandardStorage",
                    "GB-Mo",
                    "Storage",
                    230_000_000,
                    UNIT / 100,
                )
                .steady(),
                line(
                    "{p}Requests-Tier1",
                    "PutObject",
                    "Requests",
                    "API Request",
                    50_000,
                    30 * UNIT,
                ),
                line(
                    "{p}Requests-Tier2",
                    "GetObject",
                    "Requests",
                    "API Request",
                    4000,
                    200 * UNIT,
                ),
                line(
                    "{p}DataTransfer-Out-Bytes",
                    "GetObject",
                    "GB",
                    "Data Transfer",
                    900_000_000,
                    UNIT / 2000,
                )
                .code(TRANSFER),
                line(
                    "{p}{q}AWS-In-Bytes",
                    "PutObject",
                    "GB",
                    "Data Transfer",
                    0,
                    UNIT / 20_000,
                )
                .code(TRANSFER),
            ],
        ),
        kind(
            5,
            25,
            Id::Text("{n}.{h}"),
            [
                line(
                    "{p}TimedStorage-INT-FA-ByteHrs",
                    "IntelligentTieringFAStorage",
                    "GB-Mo",
                    "Storage",
                    230_000_000,
                    UNIT / 30,
                )
                .steady(),
                line(
                    "{p}Requests-INT-Tier2",
                    "ReadIntAIntelligentTiering",
                    "Requests",
                    "API Request",
                    4000,
                    500 * UNIT,
                ),
            ],
        ),
        Kind {
            typed: true,
            ..kind(
                6,
                40,
                Id::Text("arn:aws:rds:{r}:{a}:db:{n}"),
                [
                    line(
                        "{p}InstanceUsage:db.{i}",
                        "CreateDBInstance:0014",
                        "Hrs",
                        "Database Instance",
                        -1,
                        UNIT,
                    )
                    .hourly(),
                    line(
                        "{p}RDS:GP2-Storage",
                        "CreateDBInstance:0014",
                        "GB-Mo",
                        "Database Storage",
                        1_150_000_000,
                        UNIT / 8,
                    )
                    .steady(),
                    line(
                        "{p}RDS:ChargedBackupUsage",
                        "CreateDBInstance",
                        "GB-Mo",
                        "Storage Snapshot",
                        950_000_000,
                        UNIT / 3000,
                    )
                    .steady()
                    .places(12),
                    inward,
                ],
            )
        },
        kind(
            7,
            70,
            Id::Text("arn:aws:lambda:{r}:{a}:function:{n}"),
            [
                line(
                    "{p}Lambda-GB-Second",
                    "Invoke",
                    "Lambda-GB-Second",
                    "Serverless",
                    166_667,
                    20 * UNIT,
                )
                .places(12),
                line(
                    "{p}Request",
                    "Invoke",
                    "Request",
                    "Serverless",
                    2000,
                    40 * UNIT,
                ),
            ],
        ),
        kind(
            8,
            90,
            Id::Text("arn:aws:sqs:{r}:{a}:{n}"),
            [
                line(
                    "{p}Requests-Tier1",
                    "ReceiveMessage",
                    "Requests",
                    "API Request",
                    4000,
                    70 * UNIT,
                )
                .places(12),
                line(
                    "{p}Requests-Tier1",
                    "SendMessage",
                    "Requests",
                    "API Request",
                    4000,
                    20 * UNIT,
                )
                .places(15),
            ],
        ),
        kind(
            9,
            50,
            Id::Text("arn:aws:dynamodb:{r}:{a}:table/{n}"),
            [
                line(
                    "{p}ReadRequestUnits",
                    "GetItem",
                    "ReadRequestUnits",
                    "Amazon DynamoDB PayPerRequest Throughput",
                    2500,
                    300 * UNIT,
                ),
                line(
                    "{p}WriteRequestUnits",
                    "PutItem",
                    "WriteRequestUnits",
                    "Amazon DynamoDB PayPerRequest Throughput",
                    12_500,
                    40 * UNIT,
                ),
                line(
                    "{p}TimedStorage-ByteHrs",
                    "StandardStorage",
                    "GB-Mo",
                    "Database Storage",
                    2_500_000_000,
                    UNIT / 20_000,
                )
                .steady()
                .places(15),
            ],
        ),
        kind(
            10,
            40,
            Id::Text("arn:aws:cloudfront::{a}:distribution/{h}"),
            [
                line(
                    "US-DataTransfer-Out-Bytes",
                    "GET",
                    "GB",
                    "Data Transfer",
                    850_000_000,
                    UNIT / 1000,
                ),
                line(
                    "US-Requests-Tier2-HTTPS",
                    "GET",
                    "Requests",
                    "Request",
                    10_000,
                    120 * UNIT,
                ),
                line(
                    "EU-Requests-Tier2-HTTPS",
                    "GET",
                    "Requests",
                    "Request",
                    12_000,
                    50 * UNIT,
                )
                .places(12),
            ],
        ),
        kind(
            11,
            12,
            Id::Text("arn:aws:eks:{r}:{a}:cluster/{n}"),
            [line(
                "{p}AmazonEKS-Hours:perCluster",
                "CreateOperation",
                "Hours",
                "Compute",
                1_000_000_000,
                UNIT,
            )
            .hourly()],
        ),
        kind(
            12,
            10,
            Id::Text("arn:aws:aws-marketplace:{r}:{a}:stackwatch:{h}"),
            [line(
                "MP:{p}HostHours",
                "Hourly",
                "HostHrs",
                "",
                350_000_000,
                UNIT,
            )
            .steady()],
        ),
        Kind {
            zoned: true,
            ..kind(
                13,
                10,
                INSTANCE,
                [line(
                    "{p}SoftwareUsage:m5.large",
                    "RunInstances:00g0",
                    "Hrs",
                    "",
                    35_000_000,
                    UNIT,
                )
                .hourly()],
            )
        },
    ];
    kinds.extend((GENERAL..SERVICES.len()).flat_map(general));
    kinds
}

/// A request-driven and a standing kind for a service, with prices that depend on its place in the list.
fn general(service: usize) -> [Kind; 2] {
    let step = service as i64 - GENERAL as i64;
    let weight = 60 / (step as u64 + 4) + 2;
    let code = SERVICES[service].code;
    let requests = line(
        "{p}Requests",
        "Request",
        "Requests",
        "API Request",
        4000 + 1300 * step,
        (20 + 7 * step) * UNIT,
    )
    .places(if step % 3 == 0 { 12 } else { 10 });
    let free = line(
        "{p}FreeTier-Requests",
        "Request",
        "Requests",
        "API Request",
        0,
        100 * UNIT,
    );
    let bytes = line(
        "{p}DataProcessed-Bytes",
        "Process",
        "GB",
        "Data Payload",
        100_000_000 + 30_000_000 * step,
        UNIT / 3000,
    )
    .places(15);
    let hours = line(
        "{p}Standard-Hours",
        "Run",
        "Hrs",
        "Managed Service",
        20_000_000 * (step + 1),
        UNIT,
    )
    .hourly();
    let stored = line(
        "{p}TimedStorage-ByteHrs",
        "Storage",
        "GB-Mo",
        "Storage",
        100_000_000 + 10_000_000 * step,
        UNIT / 700,
    )
    .steady();
    let second = match step % 3 {
        0 => vec![hours, stored, free],
        1 => vec![stored, free],
        _ => vec![hours],
    };
    let id = if matches!(
        code,
        "AWSCostExplorer" | "AWSDataTransfer" | "AmazonSES" | "AWSEvents"
    ) {
        Id::None
    } else {
        Id::Text("arn:aws:{s}:{r}:{a}:resource/{n}/{h}")
    };
    let zoned = SERVICES[service].place == Place::ZoneOnly;
    [
        Kind {
            zoned,
            ..kind(service, weight, id, [requests, free, bytes])
        },
        Kind {
            zoned,
            ..kind(
                service,
                weight,
                if step % 4 == 3 {
                    Id::Text("{n}_{h}")
                } else {
                    id
                },
                second,
            )
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_a_kind_and_every_branch_of_region_and_service_occurs() {
        for (index, service) in SERVICES.iter().enumerate() {
            assert!(
                kinds().iter().any(|kind| kind.service == index),
                "{}",
                service.code
            );
        }
        for place in [
            Place::Both,
            Place::RegionOnly,
            Place::ZoneOnly,
            Place::Global,
        ] {
            assert!(SERVICES.iter().any(|service| service.place == place));
        }
        assert!(SERVICES.iter().any(|service| service.marketplace));
        assert!(
            kinds()
                .iter()
                .any(|kind| kind.lines.iter().any(|line| line.service_code.is_some()))
        );
    }

    #[test]
    fn a_negation_ends_its_kind() {
        for kind in kinds().iter().filter(|kind| kind.has(Role::Negation)) {
            assert_eq!(
                kind.lines.last().map(|line| line.role),
                Some(Role::Negation)
            );
            assert!(kind.has(Role::Covered));
        }
    }
}
