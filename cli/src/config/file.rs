//! The configuration file: read, and written so that only its owner can read it.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::Path,
};

use curtail_connect::Config;

use crate::error::CliError;

/// The file's text; empty if there is no file.
pub(crate) fn text(path: &Path) -> Result<String, CliError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(source) => Err(CliError::Input {
            path: path.to_owned(),
            source,
        }),
    }
}

/// What the file says; nothing if there is no file.
pub(crate) fn load(path: &Path) -> Result<Config, CliError> {
    Config::parse(&text(path)?).map_err(|error| CliError::Config {
        path: path.to_owned(),
        error: Box::new(error),
    })
}

/// Replaces the file by `text` as a whole, with mode 0600 (its folder, if it has to be made: 0700).
pub(crate) fn save(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |source: std::io::Error| CliError::Output {
        path: path.to_owned(),
        source,
    };
    // A link stays one: what it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    // Temporary files are readable by their owner only, and keep their mode under the new name.
    let mut file = tempfile::Builder::new()
        .prefix(".curtail-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(|error| failed(error.kind().into()))?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_the_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/config.toml");
        assert_eq!(text(&path).unwrap(), "");
        save(&path, "# mine\n").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let link = folder.path().join("link.toml");
        symlink(&path, &link).unwrap();
        save(&link, "# yours\n").unwrap();
        assert!(link.is_symlink());
        assert_eq!(
            (text(&path).unwrap().as_str(), mode(&path)),
            ("# yours\n", 0o600)
        );
    }
}
