//! A check as people read it.

use std::fmt::Write as _;

use curtail_connect::{Checked, Finding, State};

/// Each connection with its links; what is not green says why, and what to do.
pub(super) fn draw(checked: &[Checked], colour: bool) -> String {
    let mut text = String::new();
    for (index, checked) in checked.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let connection = &checked.connection;
        let state = checked.state();
        let _ = writeln!(
            text,
            "{}  {}  {}",
            connection.name,
            connection.account_id,
            paint(state, state.as_str(), colour)
        );
        let width = checked
            .findings
            .iter()
            .map(|finding| finding.link.as_str().len());
        let width = width.max().unwrap_or_default();
        for finding in &checked.findings {
            line(&mut text, finding, width, colour);
        }
    }
    text
}

fn line(text: &mut String, finding: &Finding, width: usize, colour: bool) {
    let mark = match finding.state {
        State::Green => "✓",
        State::Skipped => "-",
        State::Yellow => "!",
        State::Red => "✗",
    };
    let mark = paint(finding.state, mark, colour);
    let first = match finding.reason {
        Some(reason) => format!("{reason}: {}", reason.means()),
        None => finding.found.clone(),
    };
    let _ = writeln!(text, "  {mark} {:width$}  {first}", finding.link);
    let indent = " ".repeat(width + 6);
    if finding.reason.is_some() && !finding.found.is_empty() {
        let _ = writeln!(text, "{indent}{}", finding.found);
    }
    if let Some(remedy) = &finding.remedy {
        let _ = writeln!(text, "{indent}→ {remedy}");
    }
}

fn paint(state: State, text: &str, colour: bool) -> String {
    let code = match state {
        _ if !colour => return text.to_owned(),
        State::Green => "32",
        State::Skipped => "2",
        State::Yellow => "33",
        State::Red => "31",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
