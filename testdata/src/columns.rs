//! The columns of line item reports: their names, types and cells.

mod cell;
mod legacy;
mod names;
mod tags;
mod v2;

pub(crate) use cell::{Cell, Scene};
pub(crate) use legacy::legacy_columns;
pub(crate) use names::athena_name;
pub(crate) use tags::{TagColumn, map_key, merged_groups, tag_columns};
pub(crate) use v2::cur2_columns;

use crate::catalogue::Attribute;

/// A column's type on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Amount,
    Time,
    TextMap,
    AmountMap,
}

/// A column of a report.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// In the CSV header.
    pub(crate) header: String,
    /// In Parquet.
    pub(crate) name: String,
    pub(crate) field: Field,
}

/// What a column of a line item report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    LineItemId,
    TimeInterval,
    InvoiceId,
    InvoicingEntity,
    BillingEntity,
    BillType,
    PayerAccountId,
    PayerAccountName,
    PeriodStart,
    PeriodEnd,
    UsageAccountId,
    UsageAccountName,
    LineItemType,
    UsageStart,
    UsageEnd,
    ProductCode,
    UsageType,
    Operation,
    Zone,
    ResourceId,
    UsageAmount,
    Factor,
    NormalizedUsage,
    Currency,
    UnblendedRate,
    UnblendedCost,
    BlendedRate,
    BlendedCost,
    Description,
    TaxType,
    LegalEntity,
    NetRate,
    NetCost,
    Product(Attribute),
    ProductPricingUnit,
    LeaseLength,
    OfferingClass,
    PurchaseOption,
    RateCode,
    RateId,
    PublicCost,
    PublicRate,
    Term,
    Unit,
    RiAmortizedForUsage,
    RiAmortizedForPeriod,
    RiEffective,
    RiEnd,
    RiModification,
    RiNormalizedUnits,
    RiNumber,
    RiRecurringForUsage,
    RiArn,
    RiStart,
    RiSubscription,
    RiTotalNormalizedUnits,
    RiTotalUnits,
    RiUnitsPer,
    RiUnusedAmortized,
    RiUnusedNormalized,
    RiUnusedQuantity,
    RiUnusedRecurring,
    RiUpfrontValue,
    RiNetAmortizedForUsage,
    RiNetAmortizedForPeriod,
    RiNetEffective,
    RiNetRecurringForUsage,
    RiNetUnusedAmortized,
    RiNetUnusedRecurring,
    RiNetUpfrontValue,
    SpAmortizedUpfront,
    SpEnd,
    SpFamily,
    SpOffering,
    SpPayment,
    SpTerm,
    SpRecurring,
    SpRegion,
    SpArn,
    SpEffective,
    SpRate,
    SpStart,
    SpTotal,
    SpUsed,
    SpNetAmortizedUpfront,
    SpNetRecurring,
    SpNetEffective,
    TotalDiscount,
    EdpDiscount,
    BundledDiscount,
    SplitParent,
    SplitReserved,
    SplitActual,
    SplitUsage,
    SplitRatio,
    SplitCost,
    SplitUnused,
    SplitNetCost,
    SplitNetUnused,
    SplitPublic,
    SplitPublicUnused,
    /// By position in `COST_CATEGORIES`.
    CostCategory(u8),
    /// By tag key.
    Tag(u16),
    ProductMap,
    TagMap,
    CostCategoryMap,
    DiscountMap,
    /// A column that is there and empty.
    Empty(Type),
}

impl Field {
    /// The type that AWS documents.
    pub(crate) const fn kind(self) -> Type {
        match self {
            Self::PeriodStart | Self::PeriodEnd | Self::UsageStart | Self::UsageEnd => Type::Time,
            Self::UsageAmount
            | Self::Factor
            | Self::NormalizedUsage
            | Self::UnblendedCost
            | Self::BlendedCost
            | Self::NetCost
            | Self::PublicCost
            | Self::RiAmortizedForUsage
            | Self::RiAmortizedForPeriod
            | Self::RiEffective
            | Self::RiRecurringForUsage
            | Self::RiUnusedAmortized
            | Self::RiUnusedNormalized
            | Self::RiUnusedQuantity
            | Self::RiUnusedRecurring
            | Self::RiUpfrontValue
            | Self::RiNetAmortizedForUsage
            | Self::RiNetAmortizedForPeriod
            | Self::RiNetEffective
            | Self::RiNetRecurringForUsage
            | Self::RiNetUnusedAmortized
            | Self::RiNetUnusedRecurring
            | Self::RiNetUpfrontValue
            | Self::SpAmortizedUpfront
            | Self::SpRecurring
            | Self::SpEffective
            | Self::SpTotal
            | Self::SpUsed
            | Self::SpNetAmortizedUpfront
            | Self::SpNetRecurring
            | Self::SpNetEffective
            | Self::TotalDiscount
            | Self::EdpDiscount
            | Self::BundledDiscount
            | Self::SplitReserved
            | Self::SplitActual
            | Self::SplitUsage
            | Self::SplitRatio
            | Self::SplitCost
            | Self::SplitUnused
            | Self::SplitNetCost
            | Self::SplitNetUnused
            | Self::SplitPublic
            | Self::SplitPublicUnused => Type::Amount,
            Self::ProductMap | Self::TagMap | Self::CostCategoryMap => Type::TextMap,
            Self::DiscountMap => Type::AmountMap,
            Self::Empty(kind) => kind,
            _ => Type::Text,
        }
    }

    /// Whether rows of one stream differ in it (those without commitment or split amounts).
    pub(crate) const fn varies(self) -> bool {
        matches!(
            self,
            Self::LineItemId
                | Self::TimeInterval
                | Self::UsageStart
                | Self::UsageEnd
                | Self::UsageAmount
                | Self::NormalizedUsage
                | Self::UnblendedCost
                | Self::BlendedCost
                | Self::NetCost
                | Self::PublicCost
                | Self::TotalDiscount
                | Self::EdpDiscount
                | Self::DiscountMap
        )
    }
}
