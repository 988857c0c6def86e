//! How the program is linked.

use std::{env, fs, path::PathBuf, process::Command};

/// Functions that answers run through, one per line: `just order` makes it.
const ORDER: &str = "order.txt";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
    let target = |part: &str| told(&format!("CARGO_CFG_TARGET_{part}"));
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return;
    }
    // At an address that is known beforehand the program starts without having some 350,000 pointers corrected, which took
    // 6 ms of 9.5 (`curtail version`, medians of 25 on 2 virtual CPUs).
    // Libraries, heap and stacks stay at random places.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // What runs lies together, and not all over 165 MB of functions of which one in twenty is ever needed: each page that is
    // touched is mapped. Costs by service from rollups took 15 ms in place of 25 (least of 21, paired, the same machine).
    let order = PathBuf::from(told("CARGO_MANIFEST_DIR")).join(ORDER);
    let arguments = [
        "-Xlinker".to_owned(),
        format!("--symbol-ordering-file={}", order.display()),
        "-Xlinker".to_owned(),
        // The names of functions hang on much that a build may do otherwise.
        "--no-warn-symbol-ordering".to_owned(),
    ];
    if told("PROFILE") == "release" && target("ARCH") == "x86_64" && linker_takes(&arguments) {
        for argument in arguments {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

/// Whether something can be linked with these arguments: LLD knows them, which Rust brings with it, but others may be in its place.
fn linker_takes(arguments: &[String]) -> bool {
    let folder = PathBuf::from(told("OUT_DIR"));
    let source = folder.join("nothing.rs");
    if fs::write(&source, "fn main() {}").is_err() {
        return false;
    }
    let mut rustc = Command::new(told("RUSTC"));
    rustc.arg("--target").arg(told("TARGET"));
    let flags = told("CARGO_ENCODED_RUSTFLAGS");
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    let linker = told("RUSTC_LINKER");
    if !linker.is_empty() {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let arguments = arguments.iter();
    rustc.args(arguments.map(|argument| format!("-Clink-arg={argument}")));
    rustc.arg("-o").arg(folder.join("nothing")).arg(source);
    rustc.output().is_ok_and(|output| output.status.success())
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts by variables alone"
)]
fn told(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
