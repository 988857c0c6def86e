//! Adding a connection, by flags or by answers.

use std::{io::IsTerminal, str::FromStr};

use curtail_connect::{AccountId, Config, Connection, ExternalId, Invalid, Kind};
use rustyline::{DefaultEditor, error::ReadlineError};

use super::{Settings, note, show};
use crate::{args::AddArgs, config, error::CliError};

/// The role's name where nobody wants another one.
const ROLE: &str = "curtail-read";

pub(super) fn run(args: &AddArgs, settings: &Settings) -> Result<(), CliError> {
    let text = config::text(&settings.config)?;
    let before = config::load(&settings.config)?;
    let connection = connection(args, &before, settings)?;
    // The file is sound: what is wrong was said here.
    let text =
        Config::with(&text, &connection).map_err(|error| CliError::Usage(error.to_string()))?;
    config::save(&settings.config, &text)?;
    let pays = |known: &Connection| known.kind == Kind::Billing;
    if connection.kind == Kind::Resource && !before.connections.iter().any(pays) {
        note(settings, curtail_connect::Reason::MemberAccount.means());
    }
    show::print(std::slice::from_ref(&connection), &args.output, settings)?;
    let name = &connection.name;
    note(
        settings,
        &format!("written to {}", settings.config.display()),
    );
    if connection.role.is_some() {
        note(
            settings,
            &format!(
                "next: make the role with `curtail connections template {name} --kind cloudformation` (or terraform, trust and policy), then `curtail connections check {name}`"
            ),
        );
    } else {
        note(
            settings,
            &format!("next: `curtail connections check {name}`"),
        );
    }
    Ok(())
}

fn connection(
    args: &AddArgs,
    before: &Config,
    settings: &Settings,
) -> Result<Connection, CliError> {
    let mut ask = Ask::new(settings);
    let name = match &args.name {
        Some(name) => name.clone(),
        None => ask.required("name", "Name (lower-case letters, digits, dashes)", "NAME")?,
    };
    if before.find(name.as_str()).is_some() {
        return Err(CliError::NameTaken(name.to_string()));
    }
    let account = if let Some(account) = &args.account_id {
        account.clone()
    } else {
        let question = "AWS account id (12 digits)";
        ask.required::<Digits>("account id", question, "--account-id")?
            .0
    };
    let mut connection = Connection::new(name, account);
    connection.kind = match args.kind {
        Some(kind) => kind,
        None if ask.is_possible() => {
            let kinds = "Does it pay for others (billing), or is it a member account (resource)?";
            ask.one_of(
                kinds,
                &[("billing", Kind::Billing), ("resource", Kind::Resource)],
            )?
        }
        None => Kind::default(),
    };
    let own_keys = args.access_key_id_env.is_some();
    connection.role = match (&args.role, args.no_role) {
        (Some(role), _) => Some(role.clone()),
        (None, true) => None,
        (None, false) if ask.is_possible() => ask.until(
            "Role to assume (`-` for none)",
            ROLE,
            |answer| match answer {
                "-" => Ok(None),
                role => role.parse().map(Some),
            },
        )?,
        (None, false) if own_keys || args.profile.is_some() => None,
        (None, false) => Some(ROLE.parse().map_err(|error| usage(&error))?),
    };
    connection.external_id = match (&args.external_id, &connection.role) {
        (Some(given), _) => Some(given.clone()),
        (None, Some(_)) => Some(ExternalId::random()),
        (None, None) => None,
    };
    connection.reports.clone_from(&args.reports);
    if args.reports.is_empty() && connection.kind == Kind::Billing && ask.is_possible() {
        let question = "Where its report lies, s3://bucket/prefix (empty: look it up)";
        let place = ask.until(question, "", |answer| match answer {
            "" => Ok(None),
            place => place.parse().map(Some),
        })?;
        connection.reports.extend(place);
    }
    connection.via.clone_from(&args.via);
    connection.region.clone_from(&args.region);
    connection.profile.clone_from(&args.profile);
    connection.endpoint.clone_from(&args.endpoint);
    connection.allow_http = args.allow_http;
    connection
        .access_key_id_env
        .clone_from(&args.access_key_id_env);
    connection
        .secret_access_key_env
        .clone_from(&args.secret_access_key_env);
    connection
        .session_token_env
        .clone_from(&args.session_token_env);
    Ok(connection)
}

fn usage(error: &impl ToString) -> CliError {
    CliError::Usage(error.to_string())
}

/// An account id as consoles show it, maybe in three groups.
struct Digits(AccountId);

impl FromStr for Digits {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.replace(['-', ' '], "").parse().map(Self)
    }
}

/// Questions at a terminal; errors where there is none.
struct Ask {
    editor: Option<DefaultEditor>,
}

impl Ask {
    fn new(settings: &Settings) -> Self {
        let possible =
            !settings.quiet && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self {
            editor: possible.then(DefaultEditor::new).and_then(Result::ok),
        }
    }

    fn is_possible(&self) -> bool {
        self.editor.is_some()
    }

    /// Asks until the answer is one.
    fn required<T>(&mut self, what: &str, question: &str, flag: &str) -> Result<T, CliError>
    where
        T: FromStr,
        T::Err: ToString,
    {
        loop {
            let Some(answer) = self.line(question, "")? else {
                return Err(CliError::Usage(format!(
                    "the connection's {what} is missing: give {flag}"
                )));
            };
            match answer.parse() {
                Ok(value) => return Ok(value),
                Err(error) => Self::tell(&error.to_string()),
            }
        }
    }

    fn one_of<T: Copy>(&mut self, question: &str, choices: &[(&str, T)]) -> Result<T, CliError> {
        loop {
            let answer = self.optional(question, choices[0].0)?;
            match choices.iter().find(|(name, _)| *name == answer) {
                Some((_, value)) => return Ok(*value),
                None => Self::tell(&format!("`{answer}` is none of these")),
            }
        }
    }

    /// Asks until the answer can be understood.
    fn until<T, E: ToString>(
        &mut self,
        question: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, CliError> {
        loop {
            let answer = self.optional(question, default)?;
            match parse(&answer) {
                Ok(value) => return Ok(value),
                Err(error) => Self::tell(&error.to_string()),
            }
        }
    }

    fn optional(&mut self, question: &str, default: &str) -> Result<String, CliError> {
        Ok(self.line(question, default)?.unwrap_or_default())
    }

    fn tell(text: &str) {
        let mut stderr = std::io::stderr();
        let _ = std::io::Write::write_fmt(&mut stderr, format_args!("{text}\n"));
    }

    fn line(&mut self, question: &str, default: &str) -> Result<Option<String>, CliError> {
        let Some(editor) = &mut self.editor else {
            return Ok(None);
        };
        let prompt = if default.is_empty() {
            format!("{question}: ")
        } else {
            format!("{question} [{default}]: ")
        };
        match editor.readline(&prompt) {
            Ok(line) if line.trim().is_empty() => Ok(Some(default.to_owned())),
            Ok(line) => Ok(Some(line.trim().to_owned())),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Err(CliError::Interrupted),
            Err(error) => Err(CliError::Prompt(error.to_string())),
        }
    }
}
