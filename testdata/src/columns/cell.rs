//! The content of a column in a row.

use super::tags::focus_key;
use super::v2::is_flat;
use super::{Field, Type, athena_name, map_key};
use crate::amount::Amount;
use crate::catalogue::{ATTRIBUTES, Attribute, Charge, REGIONS};
use crate::rows::{Extra, RiFee, Row};
use crate::world::{COST_CATEGORIES, Commitment, CommitmentKind, World};

/// A value, before it takes the form of a file format.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    /// A whole number in a text column.
    Count(u64),
    /// A line item id, from a hash.
    Id(u64),
    Interval(i64, i64),
    Time(i64),
    Amount(Amount),
    TextMap(Vec<(&'a str, &'a str)>),
    AmountMap(Vec<(&'a str, Amount)>),
}

impl<'a> Cell<'a> {
    pub(crate) const fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Null
        } else {
            Self::Text(text)
        }
    }

    pub(crate) fn amount(amount: Option<Amount>) -> Self {
        amount.map_or(Self::Null, Self::Amount)
    }
}

/// What rows of a month have in common.
#[derive(Debug)]
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    start: i64,
    end: i64,
    /// Empty while the month is not invoiced.
    invoice: String,
    /// Keys of the tag map, by tag key; empty where the month has none.
    tag_keys: Vec<String>,
    /// Attributes in the product map, with their keys.
    product_keys: Vec<(Attribute, String)>,
    category_keys: Vec<String>,
}

impl<'w> Scene<'w> {
    pub(crate) fn new(world: &'w World, month: usize) -> Self {
        let bounds = world.months[month];
        // The last month of a report is still open, unless it has been restated.
        let open = month + 1 == world.months.len() && !world.restate;
        Self {
            world,
            start: bounds.start,
            end: bounds.end,
            invoice: if open {
                String::new()
            } else {
                format!("{}", 1_700_000_000 + bounds.start / 86_400)
            },
            tag_keys: world
                .tags
                .iter()
                .enumerate()
                .map(|(index, key)| {
                    if world.tag_exists(index, month) {
                        map_key(&key.key)
                    } else {
                        String::new()
                    }
                })
                .collect(),
            product_keys: world
                .attributes_of(month)
                .filter(|&attribute| !is_flat(attribute))
                .map(|attribute| (attribute, athena_name(ATTRIBUTES[attribute])))
                .collect(),
            category_keys: COST_CATEGORIES
                .iter()
                .map(|name| athena_name(name))
                .collect(),
        }
    }

    pub(crate) const fn start(&self) -> i64 {
        self.start
    }

    pub(crate) const fn end(&self) -> i64 {
        self.end
    }

    /// FOCUS keeps keys apart that CUR 2.0 merges.
    pub(crate) fn focus_tags<'a>(&'a self, row: &Row<'_>) -> Vec<(&'a str, &'a str)> {
        (0..self.tag_keys.len())
            .filter(|&index| !self.tag_keys[index].is_empty())
            .map(|index| (focus_key(&self.world.tags[index].key), self.tag(row, index)))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    pub(crate) fn invoice(&self) -> &str {
        &self.invoice
    }

    /// The value of a tag key.
    pub(crate) fn tag(&self, row: &Row<'_>, key: usize) -> &'w str {
        match row.resource.tags[key] {
            0 => "",
            value => &self.world.tags[key].values[usize::from(value) - 1],
        }
    }

    fn category(&self, row: &Row<'_>, index: usize) -> &'w str {
        let account = &self.world.accounts[row.account as usize];
        if !self.world.categories {
            ""
        } else if index == 0 {
            account.cost_center
        } else {
            account.environment
        }
    }

    /// Cost category names of CUR 2.0 and their values.
    pub(crate) fn categories<'a>(&'a self, row: &Row<'_>) -> Vec<(&'a str, &'a str)> {
        let pairs = self
            .category_keys
            .iter()
            .enumerate()
            .map(|(index, key)| (key.as_str(), self.category(row, index)));
        pairs.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Keys that map to one name are one entry with the first value.
    fn tag_map<'a>(&'a self, row: &Row<'_>) -> Vec<(&'a str, &'a str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for (index, key) in self.tag_keys.iter().enumerate() {
            let value = self.tag(row, index);
            if !key.is_empty() && !value.is_empty() && pairs.iter().all(|&(other, _)| other != key)
            {
                pairs.push((key, value));
            }
        }
        pairs
    }

    /// As [`Self::cell`], but tag columns that several keys share show the first value of all.
    pub(crate) fn merged_cell<'a>(
        &'a self,
        field: Field,
        row: &Row<'a>,
        merged: &[Vec<u16>],
    ) -> Cell<'a> {
        if let Field::Tag(key) = field
            && let Some(group) = merged.iter().find(|group| group[0] == key)
        {
            let value = group
                .iter()
                .map(|&key| self.tag(row, usize::from(key)))
                .find(|value| !value.is_empty());
            return Cell::text(value.unwrap_or(""));
        }
        self.cell(field, row)
    }

    /// The cell of `field` in `row`.
    pub(crate) fn cell<'a>(&'a self, field: Field, row: &Row<'a>) -> Cell<'a> {
        use Field as F;
        let sku = row.sku;
        let charge = sku.charge;
        let costs = &row.costs;
        let account = &self.world.accounts[row.account as usize];
        let payer = &self.world.accounts[self.world.payer as usize];
        let discount = costs.net.filter(|_| !charge.is_discount()).map(|net| {
            let units = net.units() - costs.unblended.units();
            Amount::from_units(units, 15)
        });
        match field {
            F::LineItemId => Cell::Id(row.hash),
            F::TimeInterval => Cell::Interval(row.start, row.end),
            F::InvoiceId => Cell::text(&self.invoice),
            F::InvoicingEntity | F::LegalEntity => Cell::Text(sku.legal_entity),
            F::BillingEntity => Cell::Text(if sku.marketplace {
                "AWS Marketplace"
            } else {
                "AWS"
            }),
            F::BillType => Cell::Text(match charge {
                Charge::SavingsPlanUpfrontFee => "Purchase",
                Charge::Fee if row.commitment.is_some() => "Purchase",
                Charge::Refund => "Refund",
                _ => "Anniversary",
            }),
            F::PayerAccountId => Cell::Text(&payer.id),
            F::PayerAccountName => Cell::Text(&payer.name),
            F::PeriodStart => Cell::Time(self.start),
            F::PeriodEnd => Cell::Time(self.end),
            F::UsageAccountId => Cell::Text(&account.id),
            F::UsageAccountName => Cell::Text(&account.name),
            F::LineItemType => Cell::Text(charge.as_str()),
            F::UsageStart => Cell::Time(row.start),
            F::UsageEnd => Cell::Time(row.end),
            F::ProductCode => Cell::Text(&sku.product_code),
            F::UsageType => Cell::text(&sku.usage_type),
            F::Operation => Cell::text(&sku.operation),
            F::Zone => Cell::text(if sku.zoned { &row.resource.zone } else { "" }),
            F::ResourceId => Cell::text(&row.resource.id),
            F::UsageAmount => Cell::Amount(costs.usage),
            F::Factor if sku.quarter_factor > 0 => {
                Cell::Amount(Amount::new(sku.quarter_factor * 2_500_000_000, 10))
            }
            F::NormalizedUsage if sku.quarter_factor > 0 => Cell::Amount(Amount::new(
                costs.usage.mantissa() / 4 * sku.quarter_factor,
                10,
            )),
            F::Currency => Cell::Text("USD"),
            F::UnblendedRate | F::BlendedRate | F::PublicRate => Cell::text(&sku.rate),
            F::UnblendedCost => Cell::Amount(costs.unblended),
            F::BlendedCost => Cell::amount(costs.blended),
            F::Description => Cell::text(&sku.description),
            F::TaxType => Cell::text(sku.tax_type),
            F::NetCost => Cell::amount(costs.net),
            F::Product(attribute) => Cell::text(sku.attribute(attribute)),
            F::ProductPricingUnit | F::Unit => Cell::text(sku.unit),
            F::RateCode => Cell::text(&sku.rate_code),
            F::RateId if !sku.code.is_empty() => Cell::Count(
                u64::from(sku.service) * 1_000_003 + sku.rate_units.unsigned_abs() % 99_991,
            ),
            F::PublicCost => Cell::amount(costs.public),
            F::Term => Cell::text(match charge {
                Charge::DiscountedUsage | Charge::RiFee => "Reserved",
                Charge::Usage | Charge::SavingsPlanCoveredUsage
                    if !sku.marketplace && !sku.usage_type.contains("Spot") =>
                {
                    "OnDemand"
                }
                _ => "",
            }),
            F::TotalDiscount | F::EdpDiscount => Cell::amount(discount),
            F::CostCategory(index) => Cell::text(self.category(row, usize::from(index))),
            F::Tag(key) => Cell::text(self.tag(row, usize::from(key))),
            F::TagMap => Cell::TextMap(self.tag_map(row)),
            F::ProductMap => Cell::TextMap(
                self.product_keys
                    .iter()
                    .map(|(attribute, key)| (key.as_str(), sku.attribute(*attribute)))
                    .filter(|(_, value)| !value.is_empty())
                    .collect(),
            ),
            F::CostCategoryMap => Cell::TextMap(self.categories(row)),
            F::DiscountMap => Cell::AmountMap(
                discount
                    .map(|amount| ("edp_discount", amount))
                    .into_iter()
                    .collect(),
            ),
            F::Empty(Type::TextMap) => Cell::TextMap(Vec::new()),
            _ => commitment_cell(field, row),
        }
    }
}

/// The cells of reservations, savings plans and split cost allocation, which most rows leave empty.
fn commitment_cell<'a>(field: Field, row: &Row<'a>) -> Cell<'a> {
    if let Some(commitment) = row.commitment {
        let cell = match commitment.kind {
            CommitmentKind::Reserved => reservation_text(field, row, commitment),
            CommitmentKind::SavingsPlan => plan_text(field, row, commitment),
        };
        if cell != Cell::Null {
            return cell;
        }
    }
    Cell::amount(match row.extra {
        Extra::None => None,
        Extra::Covered { effective, net } => match field {
            Field::SpEffective => Some(effective),
            Field::SpNetEffective => net,
            _ => None,
        },
        Extra::Discounted {
            effective,
            upfront,
            recurring,
            net_percent,
        } => {
            let net = |amount: Amount| net_percent.map(|percent| amount.percent(percent));
            match field {
                Field::RiEffective => Some(effective),
                Field::RiAmortizedForUsage => Some(upfront),
                Field::RiRecurringForUsage => Some(recurring),
                Field::RiNetEffective => net(effective),
                Field::RiNetAmortizedForUsage => net(upfront),
                Field::RiNetRecurringForUsage => net(recurring),
                _ => None,
            }
        }
        Extra::Recurring {
            total,
            used,
            upfront,
            recurring,
            net_percent,
        } => {
            let net = |amount: Amount| net_percent.map(|percent| amount.percent(percent));
            match field {
                Field::SpTotal => Some(total),
                Field::SpUsed => Some(used),
                Field::SpAmortizedUpfront => Some(upfront),
                Field::SpRecurring => Some(recurring),
                Field::SpNetAmortizedUpfront => net(upfront),
                Field::SpNetRecurring => net(recurring),
                _ => None,
            }
        }
        Extra::RiFee(fee) => lease_amount(field, fee),
        Extra::Split {
            parent,
            reserved,
            actual,
            split,
            unused,
            net_percent,
        } => {
            let net = |amount: Amount| net_percent.map(|percent| amount.percent(percent));
            match field {
                Field::SplitParent => {
                    return Cell::Text(parent.unwrap_or("Parent Instance ID Not Found"));
                }
                Field::SplitReserved | Field::SplitUsage => Some(reserved),
                Field::SplitActual => Some(actual),
                Field::SplitRatio => Some(Amount::new(125, 3)),
                Field::SplitCost | Field::SplitPublic => Some(split),
                Field::SplitUnused | Field::SplitPublicUnused => Some(unused),
                Field::SplitNetCost => net(split),
                Field::SplitNetUnused => net(unused),
                _ => None,
            }
        }
    })
}

fn lease_amount(field: Field, fee: &RiFee) -> Option<Amount> {
    let net = |amount: Amount| fee.net_percent.map(|percent| amount.percent(percent));
    match field {
        Field::RiAmortizedForPeriod => Some(fee.upfront),
        Field::RiUnusedAmortized => Some(fee.unused_upfront),
        Field::RiUnusedRecurring => Some(fee.unused_recurring),
        Field::RiUnusedQuantity | Field::RiUnusedNormalized => Some(fee.unused_quantity),
        Field::RiUpfrontValue => Some(fee.upfront_value),
        Field::RiNetAmortizedForPeriod => net(fee.upfront),
        Field::RiNetUnusedAmortized => net(fee.unused_upfront),
        Field::RiNetUnusedRecurring => net(fee.unused_recurring),
        Field::RiNetUpfrontValue => net(fee.upfront_value),
        _ => None,
    }
}

fn reservation_text<'a>(field: Field, row: &Row<'_>, lease: &'a Commitment) -> Cell<'a> {
    let fee = matches!(row.sku.charge, Charge::RiFee | Charge::Fee);
    match field {
        Field::RiArn => Cell::Text(&lease.arn),
        Field::RiSubscription => {
            Cell::Count(lease.bought.unsigned_abs() * 7 + lease.instance as u64)
        }
        Field::LeaseLength => Cell::Text("1yr"),
        Field::OfferingClass => Cell::Text(lease.offering),
        Field::PurchaseOption => Cell::Text(lease.payment),
        Field::RiStart if fee => Cell::Text(&lease.start),
        Field::RiEnd if fee => Cell::Text(&lease.end),
        Field::RiModification if fee => Cell::Text("Original"),
        Field::RiNumber | Field::RiTotalUnits if fee => Cell::Count(lease.instances),
        Field::RiUnitsPer | Field::RiNormalizedUnits if fee => Cell::Count(1),
        Field::RiTotalNormalizedUnits => Cell::Count(lease.instances),
        _ => Cell::Null,
    }
}

fn plan_text<'a>(field: Field, row: &Row<'_>, plan: &'a Commitment) -> Cell<'a> {
    match field {
        Field::SpArn => Cell::Text(&plan.arn),
        Field::SpStart => Cell::Text(&plan.start),
        Field::SpEnd => Cell::Text(&plan.end),
        Field::SpOffering => Cell::Text(plan.offering),
        Field::SpPayment => Cell::Text(plan.payment),
        Field::SpTerm => Cell::Text("1yr"),
        Field::SpRegion => row.sku.region.map_or(Cell::Null, |region| {
            Cell::Text(REGIONS[usize::from(region)].code)
        }),
        _ => Cell::Null,
    }
}
