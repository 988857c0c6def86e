//! The text format that Prometheus reads, version 0.0.4.

use std::fmt::{Display, Write as _};

/// What the text is, for the header `Content-Type`.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows.
    Counter,
    /// It is what it is at the moment.
    Gauge,
    /// Counts by upper bound, with their sum.
    Histogram,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A text that grows by one metric after the other.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

/// A metric, whose samples are written next.
pub(super) struct Metric<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Exposition {
    /// Begins a metric. All its samples must follow before the next metric begins.
    pub(super) fn metric(&mut self, name: &'static str, kind: Kind, help: &str) -> Metric<'_> {
        let kind = kind.as_str();
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        write(
            &mut self.text,
            format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"),
        );
        Metric {
            text: &mut self.text,
            name,
        }
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

impl Metric<'_> {
    /// A number with its labels.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        self.line("", labels, value)
    }

    /// A histogram: for each bound in rising order how many were no larger, how many there are in all, and their sum.
    pub(super) fn histogram(
        &mut self,
        labels: &[(&str, &str)],
        cumulative: impl IntoIterator<Item = (f64, u64)>,
        count: u64,
        sum: f64,
    ) -> &mut Self {
        let bounds = cumulative
            .into_iter()
            .map(|(bound, count)| (bound.to_string(), count));
        for (bound, count) in bounds.chain([("+Inf".to_owned(), count)]) {
            let bound = [("le", bound.as_str())];
            let with_bound: Vec<_> = labels.iter().copied().chain(bound).collect();
            self.line("_bucket", &with_bound, count);
        }
        self.line("_sum", labels, sum);
        self.line("_count", labels, count)
    }

    fn line(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        write(self.text, format_args!("{}{suffix}", self.name));
        for (place, (name, value)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            write(
                self.text,
                format_args!("{before}{name}=\"{}\"", escaped(value)),
            );
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        write(self.text, format_args!(" {value}\n"));
        self
    }
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn write(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a text takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_told_with_their_labels() {
        let mut text = Exposition::default();
        text.metric(
            "curtail_queries_total",
            Kind::Counter,
            "Statements that ended.",
        )
        .sample(&[("protocol", "pg"), ("outcome", "ok")], 3)
        .sample(&[("protocol", "flight"), ("outcome", "ok")], 0);
        text.metric("curtail_up", Kind::Gauge, "A backslash \\ and\na line.")
            .sample(&[], 1);
        assert_eq!(
            text.finish(),
            "# HELP curtail_queries_total Statements that ended.\n\
             # TYPE curtail_queries_total counter\n\
             curtail_queries_total{protocol=\"pg\",outcome=\"ok\"} 3\n\
             curtail_queries_total{protocol=\"flight\",outcome=\"ok\"} 0\n\
             # HELP curtail_up A backslash \\\\ and\\na line.\n\
             # TYPE curtail_up gauge\n\
             curtail_up 1\n"
        );
    }

    #[test]
    fn labels_may_hold_anything() {
        let mut text = Exposition::default();
        text.metric("x", Kind::Gauge, "x")
            .sample(&[("report", "a\"b\\c\nd}")], 1);
        let text = text.finish();
        assert_eq!(
            text.lines().last(),
            Some("x{report=\"a\\\"b\\\\c\\nd}\"} 1")
        );
    }

    #[test]
    fn the_last_bucket_of_a_histogram_holds_all() {
        let mut text = Exposition::default();
        text.metric("seconds", Kind::Histogram, "x").histogram(
            &[("protocol", "pg")],
            [(0.1, 2), (1.0, 5)],
            6,
            4.5,
        );
        let text = text.finish();
        let samples: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(
            samples,
            [
                "seconds_bucket{protocol=\"pg\",le=\"0.1\"} 2",
                "seconds_bucket{protocol=\"pg\",le=\"1\"} 5",
                "seconds_bucket{protocol=\"pg\",le=\"+Inf\"} 6",
                "seconds_sum{protocol=\"pg\"} 4.5",
                "seconds_count{protocol=\"pg\"} 6",
            ]
        );
    }
}
