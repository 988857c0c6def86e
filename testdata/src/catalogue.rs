//! What AWS sells, as far as this generator knows: fixed tables, and the SKUs built from them.

mod attributes;
mod kinds;
mod services;
mod sku;
mod tables;

pub(crate) use attributes::{ATTRIBUTES, Attribute, attribute_columns};
pub(crate) use kinds::{Id, Kind, Line, Meter, NOBODY, Role, kinds};
pub(crate) use services::{Place, SERVICES};
pub(crate) use sku::{Charge, FeeText, Sku, SkuContext};
pub(crate) use tables::{INSTANCES, REGIONS};
