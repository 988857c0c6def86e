//! A real account, for those who have one. See docs/connecting.md.

use std::env;

use crate::harness::{Place, csv};

#[test]
#[ignore = "needs an AWS account: docs/connecting.md says how"]
fn real_account_is_reached() {
    let config =
        env::var("CURTAIL_TEST_CONFIG").expect("CURTAIL_TEST_CONFIG names a configuration");
    let place = Place::new();
    let run = |arguments: &[&str]| {
        let mut command = place.command(&[arguments, &["--config", &config]].concat());
        let inherited = env::vars().filter(|(name, _)| name.starts_with("AWS_") || name == "HOME");
        command
            .env_remove("AWS_EC2_METADATA_DISABLED")
            .env("CURTAIL_STORE", place.path("store"))
            .envs(inherited);
        command.output().unwrap()
    };
    let checked = run(&["connections", "check", "-f", "csv"]);
    let told = String::from_utf8_lossy(&checked.stdout);
    let (_, rows) = csv(&told);
    assert!(
        !rows.is_empty(),
        "{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    let red: Vec<_> = rows.iter().filter(|row| row[3] == "red").collect();
    assert!(red.is_empty(), "{red:#?}");
    let found = run(&["ingest", "--dry-run"]);
    assert!(
        found.status.success(),
        "{}",
        String::from_utf8_lossy(&found.stderr)
    );
}
