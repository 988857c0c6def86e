//! How the program is linked.

use std::env;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts by variables alone"
)]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |part: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    // At an address that is known beforehand the program starts without having some 350,000 pointers corrected, which took
    // 6 ms of 9.5 (`curtail version`, medians of 25 on 2 virtual CPUs).
    // Libraries, heap and stacks stay at random places.
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
