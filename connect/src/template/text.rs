//! Text that may leave something open, and how it is quoted in each language.

/// What whoever applies a template fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parameter {
    /// Who assumes the role.
    TrustedPrincipal,
    /// The bucket that reports lie in.
    ReportBucket,
    /// The prefix that they lie below.
    ReportPrefix,
    /// The account that a stack of a `StackSet` is made in: CloudFormation knows it.
    ThisAccount,
}

impl Parameter {
    /// Its name in CloudFormation.
    pub(super) fn in_yaml(self) -> &'static str {
        match self {
            Self::TrustedPrincipal => "TrustedPrincipal",
            Self::ReportBucket => "ReportBucket",
            Self::ReportPrefix => "ReportPrefix",
            Self::ThisAccount => "AWS::AccountId",
        }
    }

    /// Its name in Terraform.
    pub(super) fn in_hcl(self) -> &'static str {
        match self {
            Self::TrustedPrincipal => "trusted_principal",
            Self::ReportBucket => "report_bucket",
            Self::ReportPrefix => "report_prefix",
            Self::ThisAccount => "account_id",
        }
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// As it stands.
    Literal(String),
    /// To be filled in.
    Open(Parameter),
}

/// Text in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text(Vec<Part>);

impl Text {
    /// The text with more after it.
    pub(super) fn then(mut self, more: impl Into<Self>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0
            .iter()
            .all(|part| *part == Part::Literal(String::new()))
    }

    /// In JSON, which leaves nothing open: what is to be filled in is something that IAM refuses.
    pub(super) fn json(&self) -> String {
        quoted(&self.fill(str::to_owned, |open| {
            format!(
                "REPLACE-WITH-{}",
                open.in_hcl().replace('_', "-").to_uppercase()
            )
        }))
    }

    /// In YAML, for CloudFormation.
    pub(super) fn yaml(&self) -> String {
        if let [Part::Open(parameter)] = &self.0[..] {
            return format!("!Ref {}", parameter.in_yaml());
        }
        if self.0.iter().all(|part| matches!(part, Part::Literal(_))) {
            return quoted(&self.fill(str::to_owned, |_| String::new()));
        }
        let substituted = self.fill(
            |literal| literal.replace("${", "${!"),
            |open| format!("${{{}}}", open.in_yaml()),
        );
        format!("!Sub {}", quoted(&substituted))
    }

    /// In Terraform's language.
    pub(super) fn hcl(&self) -> String {
        if let [Part::Open(parameter)] = &self.0[..] {
            return format!("var.{}", parameter.in_hcl());
        }
        // Quoting does not touch the characters that templates are marked by.
        let inner: String = self
            .0
            .iter()
            .map(|part| match part {
                Part::Literal(literal) => untemplated(&escaped(literal)),
                Part::Open(open) => format!("${{var.{}}}", open.in_hcl()),
            })
            .collect();
        format!("\"{inner}\"")
    }

    fn fill(&self, literal: impl Fn(&str) -> String, open: impl Fn(Parameter) -> String) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Literal(text) => literal(text),
                Part::Open(parameter) => open(*parameter),
            })
            .collect()
    }
}

impl From<&str> for Text {
    fn from(literal: &str) -> Self {
        Self(vec![Part::Literal(literal.to_owned())])
    }
}

impl From<String> for Text {
    fn from(literal: String) -> Self {
        Self(vec![Part::Literal(literal)])
    }
}

impl From<Parameter> for Text {
    fn from(parameter: Parameter) -> Self {
        Self(vec![Part::Open(parameter)])
    }
}

/// Text as IAM takes it literally where it looks for wildcards and variables.
/// Source: IAM user guide, "IAM policy elements: Variables and tags", special characters.
pub(crate) fn without_wildcards(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '*' | '?' | '$' => format!("${{{char}}}"),
            other => other.to_string(),
        })
        .collect()
}

/// Between double quotes, for JSON and YAML.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What JSON, YAML and Terraform's language all read as `text` between double quotes.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            unseen if is_unseen(unseen) => format!("\\u{:04X}", u32::from(unseen)),
            other => other.to_string(),
        })
        .collect()
}

/// Characters that end lines, cannot be seen or turn the text around them: who reads a template must see what it says.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Without beginnings of templates, of which Terraform's language knows two.
fn untemplated(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_literal_everywhere() {
        let text = Text::from("a\"\\\n${b}%{c}\u{202E}ä");
        assert_eq!(text.json(), r#""a\"\\\n${b}%{c}\u202Eä""#);
        assert_eq!(text.yaml(), text.json());
        assert_eq!(text.hcl(), r#""a\"\\\n$${b}%%{c}\u202Eä""#);
    }

    #[test]
    fn what_is_open_is_filled_in_by_the_language() {
        let text = Text::from("${x}/").then(Parameter::ReportBucket);
        assert_eq!(text.json(), r#""${x}/REPLACE-WITH-REPORT-BUCKET""#);
        assert_eq!(text.yaml(), r#"!Sub "${!x}/${ReportBucket}""#);
        assert_eq!(text.hcl(), r#""$${x}/${var.report_bucket}""#);
        let whole = Text::from(Parameter::TrustedPrincipal);
        assert_eq!(whole.yaml(), "!Ref TrustedPrincipal");
        assert_eq!(whole.hcl(), "var.trusted_principal");
    }

    #[test]
    fn wildcards_of_iam_become_text() {
        assert_eq!(without_wildcards("a*b?${c}"), "a${*}b${?}${$}{c}");
    }
}
