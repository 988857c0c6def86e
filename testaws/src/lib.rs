//! A small AWS on a socket, for tests: STS, S3, Organizations, Cost and Usage Reports, Data Exports and Cost Explorer at
//! one endpoint.
//!
//! What matters is as in AWS: signatures, sessions, trust and permission policies are checked, and refusals have AWS's codes,
//! statuses and shapes. A [`World`] says what there is, [`Aws`] serves it and keeps a list of the [`Request`]s it got.
//!
//! It differs from AWS where a test could not work otherwise: there is one endpoint for all regions, which are told
//! apart by what requests are signed for; requests without TLS count as such with it; everything takes effect at once.

mod answer;
mod arn;
mod authenticate;
mod caller;
mod costs;
mod dispatch;
mod exports;
mod failure;
mod json;
mod organizations;
mod policy;
mod reports;
mod request;
mod s3;
mod secret;
mod server;
mod service;
mod signature;
mod state;
mod sts;
mod world;

pub use costs::CostRow;
pub use failure::Failure;
pub use policy::PolicyError;
pub use request::Request;
pub use server::{Aws, StartError};
pub use service::Service;
pub use world::{Member, World, WorldError};
