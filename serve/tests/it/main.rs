//! The service as its clients see it: in this process, over a generated report.

mod flight;
mod http;
mod pg;
