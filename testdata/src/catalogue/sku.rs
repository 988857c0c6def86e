//! What a line item says about what was sold.

use std::fmt::Write as _;

use super::attributes::{ATTRIBUTES, Attribute};
use super::kinds::{Kind, Line, Meter, Role};
use super::services::{Place, SERVICES};
use super::tables::{INSTANCES, REGIONS};
use crate::hash::{mix, upper};
use crate::world::Names;

/// `lineItem/LineItemType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Charge {
    Usage,
    DiscountedUsage,
    SavingsPlanCoveredUsage,
    SavingsPlanNegation,
    SavingsPlanRecurringFee,
    SavingsPlanUpfrontFee,
    RiFee,
    Fee,
    Tax,
    Credit,
    Refund,
    EdpDiscount,
    PrivateRateDiscount,
    RiVolumeDiscount,
    SppDiscount,
    BundledDiscount,
    Discount,
    FlatRateSubscription,
}

impl Charge {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::DiscountedUsage => "DiscountedUsage",
            Self::SavingsPlanCoveredUsage => "SavingsPlanCoveredUsage",
            Self::SavingsPlanNegation => "SavingsPlanNegation",
            Self::SavingsPlanRecurringFee => "SavingsPlanRecurringFee",
            Self::SavingsPlanUpfrontFee => "SavingsPlanUpfrontFee",
            Self::RiFee => "RIFee",
            Self::Fee => "Fee",
            Self::Tax => "Tax",
            Self::Credit => "Credit",
            Self::Refund => "Refund",
            Self::EdpDiscount => "EdpDiscount",
            Self::PrivateRateDiscount => "PrivateRateDiscount",
            Self::RiVolumeDiscount => "RiVolumeDiscount",
            Self::SppDiscount => "SppDiscount",
            Self::BundledDiscount => "BundledDiscount",
            Self::Discount => "Discount",
            Self::FlatRateSubscription => "FlatRateSubscription",
        }
    }

    /// Discounts that net costs already contain (cur-format 4.4).
    pub(crate) const fn in_net_costs(self) -> bool {
        matches!(
            self,
            Self::EdpDiscount
                | Self::PrivateRateDiscount
                | Self::RiVolumeDiscount
                | Self::SppDiscount
        )
    }

    pub(crate) const fn is_discount(self) -> bool {
        self.in_net_costs() || matches!(self, Self::BundledDiscount | Self::Discount)
    }

    /// Types whose quantities count as usage.
    pub(crate) const fn has_quantity(self) -> bool {
        matches!(
            self,
            Self::Usage
                | Self::DiscountedUsage
                | Self::SavingsPlanCoveredUsage
                | Self::FlatRateSubscription
        )
    }
}

/// Everything about a line item that does not depend on resource and hour.
#[derive(Debug)]
pub(crate) struct Sku {
    pub(crate) charge: Charge,
    pub(crate) product_code: String,
    /// `product/servicecode`, may be empty.
    pub(crate) service_code: String,
    /// `product/ProductName`, may be empty.
    pub(crate) product_name: String,
    pub(crate) category: &'static str,
    pub(crate) usage_type: String,
    pub(crate) operation: String,
    pub(crate) unit: &'static str,
    pub(crate) family: &'static str,
    pub(crate) description: String,
    pub(crate) tax_type: &'static str,
    /// Text of the rate, may be empty.
    pub(crate) rate: String,
    /// The rate in 10^-10 dollars.
    pub(crate) rate_units: i64,
    pub(crate) marketplace: bool,
    pub(crate) legal_entity: &'static str,
    pub(crate) code: String,
    pub(crate) rate_code: String,
    /// Normalisation factor times four; 0 if there is none.
    pub(crate) quarter_factor: i64,
    /// Whether rows name the resource's availability zone.
    pub(crate) zoned: bool,
    /// Whether and where the region is said.
    pub(crate) place: Place,
    /// Index into `REGIONS` of the region said in the region columns.
    pub(crate) region: Option<u8>,
    /// Sorted by attribute.
    pub(crate) attributes: Vec<(Attribute, String)>,
    /// Display service (cur-format 4.5), by [`Names`].
    pub(crate) service: u32,
    /// Service of the FOCUS row, by [`Names`].
    pub(crate) focus_service: u32,
}

/// What decides a usage SKU beside its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SkuContext<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) line: &'a Line,
    pub(crate) region: u8,
    /// Index into `INSTANCES`.
    pub(crate) instance: usize,
    /// Lines of one resource beyond the catalogue's are told apart by their operation.
    pub(crate) page: u32,
    pub(crate) split_parent: bool,
}

/// The texts of a fee, tax, credit or discount.
#[derive(Debug, Clone)]
pub(crate) struct FeeText {
    pub(crate) charge: Charge,
    pub(crate) product_code: &'static str,
    pub(crate) product_name: &'static str,
    pub(crate) usage_type: String,
    pub(crate) operation: &'static str,
    pub(crate) description: String,
    pub(crate) tax_type: &'static str,
    pub(crate) marketplace: bool,
    pub(crate) region: Option<u8>,
}

const AMAZON: &str = "Amazon Web Services, Inc.";
const SELLER: &str = "Stackwatch GmbH & Co. KG";

impl Sku {
    pub(crate) fn attribute(&self, attribute: Attribute) -> &str {
        self.attributes
            .binary_search_by_key(&attribute, |&(index, _)| index)
            .map_or("", |at| self.attributes[at].1.as_str())
    }

    pub(crate) fn usage(context: &SkuContext<'_>, names: &Names) -> Self {
        let SkuContext {
            kind,
            line,
            region,
            instance,
            page,
            ..
        } = *context;
        let service = &SERVICES[kind.service];
        let place = &REGIONS[usize::from(region)];
        let other = &REGIONS[(usize::from(region) + 3) % REGIONS.len()];
        let machine = &INSTANCES[instance];
        let usage_type = line
            .usage_type
            .replace(
                "{p}",
                if service.place == Place::Global {
                    ""
                } else {
                    place.prefix
                },
            )
            .replace(
                "{q}",
                if other.prefix.is_empty() {
                    "USE1-"
                } else {
                    other.prefix
                },
            )
            .replace("{i}", machine.name);
        let mut operation = line.operation.to_owned();
        if page > 0 {
            // Writing to a String cannot fail.
            let _ = write!(operation, ":{page:04}");
        }
        let charge = match line.role {
            Role::Usage | Role::Split => Charge::Usage,
            Role::Covered => Charge::SavingsPlanCoveredUsage,
            Role::Negation => Charge::SavingsPlanNegation,
            Role::Discounted => Charge::DiscountedUsage,
        };
        let spot = usage_type.contains("SpotUsage");
        let rate_units = match line.rate {
            -1 if spot => machine.rate * 3 / 10,
            -1 if kind.service == 6 => machine.rate * 9 / 5,
            -1 => machine.rate,
            rate => rate,
        };
        let rate = decimal(rate_units);
        let description = match charge {
            Charge::SavingsPlanNegation => {
                format!("SavingsPlanNegation used by AccountId and UsageSku {usage_type}")
            }
            Charge::DiscountedUsage => format!(
                "Linux/UNIX (Amazon VPC), {} reserved instance applied",
                machine.name
            ),
            _ if rate_units == 0 => format!(
                "$0.000 per {} under monthly free tier or {} included",
                line.unit, usage_type
            ),
            _ if line.rate == -1 => format!(
                "${rate} per On Demand Linux \"{}\" Instance Hour",
                machine.name
            ),
            _ => format!(
                "${rate} per {} - {} / {} in {}",
                line.unit, service.name, line.operation, place.location
            ),
        };
        let hash = mix(usage_type
            .bytes()
            .chain(line.operation.bytes())
            .chain(service.code.bytes())
            .fold(7, |hash, byte| mix(hash ^ u64::from(byte))));
        let code = upper(hash, 16);
        let service_code = if service.marketplace {
            ""
        } else {
            line.service_code.unwrap_or(service.catalogue_code)
        };
        let mut sku = Self {
            charge,
            product_code: service.code.to_owned(),
            service_code: service_code.to_owned(),
            product_name: service.name.to_owned(),
            category: service.category,
            usage_type,
            operation,
            unit: line.unit,
            family: line.family,
            description,
            tax_type: "",
            rate,
            rate_units,
            marketplace: service.marketplace,
            legal_entity: if service.marketplace { SELLER } else { AMAZON },
            rate_code: format!("{code}.JRTCKXETXF.6YS6EN2CT7"),
            code,
            zoned: kind.zoned && (line.meter == Meter::Hourly || service.place == Place::ZoneOnly),
            quarter_factor: if kind.typed && line.rate == -1 {
                machine.quarter_factor
            } else {
                0
            },
            place: service.place,
            region: matches!(service.place, Place::Both | Place::RegionOnly).then_some(region),
            attributes: Vec::new(),
            service: 0,
            focus_service: 0,
        };
        if charge == Charge::SavingsPlanNegation {
            sku.attributes = named(&[
                ("ProductName", service.name),
                ("region", place.code),
                ("regionCode", place.code),
                ("servicecode", service_code),
            ]);
        } else {
            sku.attributes = attributes(&sku, context);
        }
        sku.name(names);
        sku
    }

    pub(crate) fn fee(text: &FeeText, names: &Names) -> Self {
        let mut pairs = vec![("ProductName", text.product_name)];
        if let Some(region) = text.region {
            pairs.extend([
                ("region", REGIONS[usize::from(region)].code),
                ("regionCode", REGIONS[usize::from(region)].code),
            ]);
        }
        let mut sku = Self {
            charge: text.charge,
            product_code: text.product_code.to_owned(),
            service_code: String::new(),
            product_name: text.product_name.to_owned(),
            category: "Other",
            usage_type: text.usage_type.clone(),
            operation: text.operation.to_owned(),
            unit: "",
            family: "",
            description: text.description.clone(),
            tax_type: text.tax_type,
            rate: String::new(),
            rate_units: 0,
            marketplace: text.marketplace,
            legal_entity: if text.marketplace { SELLER } else { AMAZON },
            code: String::new(),
            rate_code: String::new(),
            zoned: false,
            quarter_factor: 0,
            place: if text.region.is_some() {
                Place::Both
            } else {
                Place::Global
            },
            region: text.region,
            attributes: named(&pairs),
            service: 0,
            focus_service: 0,
        };
        sku.name(names);
        sku
    }

    /// The rule for the display service, cur-format 4.5.
    fn name(&mut self, names: &Names) {
        let service =
            if self.marketplace && !self.charge.is_discount() && !self.product_name.is_empty() {
                &self.product_name
            } else if self.service_code.is_empty() {
                &self.product_code
            } else {
                &self.service_code
            };
        self.service = names.id(service);
        self.focus_service = names.id(if self.product_name.is_empty() {
            &self.product_code
        } else {
            &self.product_name
        });
    }
}

/// `0.0960000000`
fn decimal(units: i64) -> String {
    let mut out = Vec::new();
    crate::amount::Amount::new(units, 10).write_plain(&mut out);
    out.into_iter().map(char::from).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(Attribute, String)> {
    let mut list: Vec<(Attribute, String)> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|&(name, value)| {
            let index = ATTRIBUTES
                .iter()
                .position(|&known| known == name)
                .expect("attribute names are in the table");
            (index, value.to_owned())
        })
        .collect();
    list.sort_unstable();
    list.dedup_by_key(|&mut (index, _)| index);
    list
}

fn attributes(sku: &Sku, context: &SkuContext<'_>) -> Vec<(Attribute, String)> {
    let region = &REGIONS[usize::from(context.region)];
    let other = &REGIONS[(usize::from(context.region) + 3) % REGIONS.len()];
    let machine = &INSTANCES[context.instance];
    let (vcpu, memory) = (
        machine.vcpu.to_string(),
        format!("{} GiB", machine.memory_gib),
    );
    let factor = decimal(machine.quarter_factor * 2_500_000_000);
    let mut pairs = vec![
        ("ProductName", sku.product_name.as_str()),
        ("operation", &sku.operation),
        ("productFamily", sku.family),
        ("servicecode", &sku.service_code),
        ("servicename", &sku.product_name),
        ("sku", &sku.code),
        ("usagetype", &sku.usage_type),
    ];
    match sku.place {
        Place::Both => pairs.extend([
            ("region", region.code),
            ("regionCode", region.code),
            ("location", region.location),
            ("locationType", "AWS Region"),
        ]),
        Place::RegionOnly => pairs.extend([("region", region.code), ("location", region.location)]),
        Place::ZoneOnly | Place::Global => {}
    }
    match sku.family {
        "Compute Instance" | "Database Instance" => {
            pairs.extend([
                ("instanceType", machine.name),
                ("vcpu", &vcpu),
                ("memory", &memory),
                ("instanceFamily", "General purpose"),
                ("physicalProcessor", machine.processor),
                ("processorArchitecture", "64-bit"),
                ("networkPerformance", "Up to 10 Gigabit"),
                ("currentGeneration", "Yes"),
                ("normalizationSizeFactor", &factor),
                ("licenseModel", "No License required"),
                ("storage", "EBS only"),
                ("clockSpeed", "3.1 GHz"),
                ("ecu", "NA"),
                ("dedicatedEbsThroughput", "Up to 4750 Mbps"),
                ("enhancedNetworkingSupported", "Yes"),
                ("intelAvxAvailable", "Yes"),
                ("intelAvx2Available", "Yes"),
                ("intelTurboAvailable", "Yes"),
                (
                    "processorFeatures",
                    "Intel AVX; Intel AVX2; Intel AVX512; Intel Turbo",
                ),
            ]);
            if sku.family == "Database Instance" {
                pairs.extend([
                    ("databaseEngine", "PostgreSQL"),
                    ("engineCode", "14"),
                    ("deploymentOption", "Multi-AZ"),
                ]);
            } else {
                pairs.extend([
                    ("operatingSystem", "Linux"),
                    ("tenancy", "Shared"),
                    ("preInstalledSw", "NA"),
                    ("capacitystatus", "Used"),
                    ("marketoption", "OnDemand"),
                ]);
            }
        }
        "Storage" => pairs.extend([
            ("volumeType", "General Purpose"),
            ("volumeApiName", "gp3"),
            ("storageMedia", "SSD-backed"),
            ("maxIopsvolume", "16000"),
            ("maxThroughputvolume", "1000 MiB/s"),
            ("maxVolumeSize", "16 TiB"),
            ("durability", "99.999999999%"),
            ("storageClass", "General Purpose"),
        ]),
        "Data Transfer" => pairs.extend([
            (
                "transferType",
                if sku.usage_type.contains("Regional") {
                    "IntraRegion"
                } else {
                    "AWS Outbound"
                },
            ),
            ("fromLocation", region.location),
            (
                "toLocation",
                if sku.usage_type.contains("AWS-") {
                    other.location
                } else {
                    "External"
                },
            ),
            ("fromLocationType", "AWS Region"),
            ("toLocationType", "AWS Region"),
            ("fromRegionCode", region.code),
            ("toRegionCode", other.code),
        ]),
        "API Request" => pairs.extend([
            ("group", "API-Request"),
            (
                "groupDescription",
                "All requests, \"standard\" and FIFO; per million",
            ),
            ("queueType", "Standard"),
        ]),
        "Serverless" => pairs.extend([
            ("group", "AWS-Lambda-Duration"),
            (
                "groupDescription",
                "Invocation duration weighted by memory assigned to function, measured in GB-s",
            ),
        ]),
        _ => {}
    }
    if context.split_parent {
        pairs.push(("comments", "node"));
    }
    named(&pairs)
}
