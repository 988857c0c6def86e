//! Writes every template of the tests into a folder, for linters and for review:
//! `cargo run -p curtail-connect --example templates -- connect/tests/templates`.
#![allow(clippy::unwrap_used, reason = "it shares its cases with tests")]

use std::{error::Error, fs, path::PathBuf};

#[path = "../tests/it/cases.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod cases;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("name a folder to write to")?;
    let folder = PathBuf::from(folder);
    fs::create_dir_all(&folder)?;
    for case in cases::cases() {
        fs::write(folder.join(&case.file), case.template().text)?;
    }
    Ok(())
}
