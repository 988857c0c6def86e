//! CSV as AWS writes it.

use std::fmt::Write as _;

use super::Pack;
use crate::amount::Amount;
use crate::calendar::{write_instant, write_instant_millis};
use crate::columns::{Cell, Column, Field, Scene};
use crate::hash::write_base32;
use crate::rows::{Extra, Row, Stream};

/// Length of a line item id.
const ID: usize = 52;

/// Beyond so many streams their lines' constant text is not kept: a bound on memory (about a kilobyte each).
const MOST_TEMPLATES: usize = 300_000;

/// A CSV file in the making.
pub(crate) struct CsvWriter {
    text: Vec<u8>,
    pack: Pack,
    /// Whether instants are written with milliseconds.
    millis: bool,
}

impl CsvWriter {
    pub(crate) fn new<'a>(
        headers: impl Iterator<Item = &'a str>,
        pack: Pack,
        millis: bool,
    ) -> Self {
        let mut text = Vec::with_capacity(1 << 21);
        for (index, header) in headers.enumerate() {
            if index > 0 {
                text.push(b',');
            }
            write_text(&mut text, header);
        }
        text.push(b'\n');
        Self { text, pack, millis }
    }

    /// Writes a line of `width` cells.
    pub(crate) fn row<'a>(&mut self, width: usize, cell: impl Fn(usize) -> Cell<'a>) {
        for index in 0..width {
            if index > 0 {
                self.text.push(b',');
            }
            write_cell(&mut self.text, &cell(index), self.millis);
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        self.text.push(b'\n');
        self.pack.offer(&mut self.text);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.pack.finish(self.text)
    }
}

fn write_instant_as(out: &mut Vec<u8>, at: i64, millis: bool) {
    if millis {
        write_instant_millis(out, at);
    } else {
        write_instant(out, at);
    }
}

fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>, millis: bool) {
    match cell {
        Cell::Null => {}
        Cell::Text(text) => write_text(out, text),
        Cell::Count(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Cell::Id(hash) => write_base32(out, *hash, ID),
        Cell::Interval(start, end) => {
            write_instant(out, *start);
            out.push(b'/');
            write_instant(out, *end);
        }
        Cell::Time(at) => write_instant_as(out, *at, millis),
        Cell::Amount(amount) => amount.write_plain(out),
        Cell::TextMap(pairs) => write_map(out, pairs, |text, value| write_json_text(text, value)),
        Cell::AmountMap(pairs) => write_map(out, pairs, |text, value| {
            let mut number = Vec::new();
            value.write_plain(&mut number);
            text.extend(number.into_iter().map(char::from));
        }),
    }
}

/// Quotes what needs it, RFC 4180.
fn write_text(out: &mut Vec<u8>, text: &str) {
    if !text
        .bytes()
        .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
    {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A map is a JSON object in one cell; an empty one is `{}`.
fn write_map<V>(out: &mut Vec<u8>, pairs: &[(&str, V)], write_value: impl Fn(&mut String, &V)) {
    let mut text = String::from("{");
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write_json_text(&mut text, key);
        text.push(':');
        write_value(&mut text, value);
    }
    text.push('}');
    write_text(out, &text);
}

fn write_json_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The text of a stream's lines, but for the cells that vary.
struct Template {
    text: Vec<u8>,
    /// Up to where the text goes before each varying cell.
    holes: Vec<(usize, Field)>,
}

/// Writes line items to a CSV file, most of them from templates.
pub(crate) struct Lines<'a> {
    writer: CsvWriter,
    columns: &'a [Column],
    scene: &'a Scene<'a>,
    templates: Vec<Option<Box<Template>>>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(
        writer: CsvWriter,
        columns: &'a [Column],
        scene: &'a Scene<'a>,
        streams: usize,
    ) -> Self {
        let kept = if streams <= MOST_TEMPLATES {
            streams
        } else {
            0
        };
        Self {
            writer,
            columns,
            scene,
            templates: (0..kept).map(|_| None).collect(),
        }
    }

    pub(crate) fn row(&mut self, row: &Row<'_>, stream: Option<Stream>) {
        if let Some(stream) = stream
            && matches!(row.extra, Extra::None)
            && let Some(place) = self.templates.get_mut(stream.index)
        {
            if stream.fresh || place.is_none() {
                let template = template(self.columns, self.scene, row, self.writer.millis);
                *place = Some(Box::new(template));
            }
            if let Some(template) = place {
                fill(&mut self.writer.text, template, row, self.writer.millis);
                self.writer.end_line();
                return;
            }
        }
        let (columns, scene) = (self.columns, self.scene);
        self.writer
            .row(columns.len(), |index| scene.cell(columns[index].field, row));
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }
}

fn template(columns: &[Column], scene: &Scene<'_>, row: &Row<'_>, millis: bool) -> Template {
    let mut text = Vec::new();
    let mut holes = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        if column.field.varies() {
            let cell = scene.cell(column.field, row);
            // A stream has a value in such a column always or never.
            match cell {
                Cell::Null => {}
                Cell::AmountMap(pairs) if pairs.is_empty() => {
                    write_cell(&mut text, &Cell::AmountMap(pairs), millis);
                }
                _ => holes.push((text.len(), column.field)),
            }
        } else {
            write_cell(&mut text, &scene.cell(column.field, row), millis);
        }
    }
    text.shrink_to_fit();
    Template { text, holes }
}

/// The amount written last and where it stands: rows repeat amounts.
struct Last {
    amount: Amount,
    from: usize,
    to: usize,
}

fn write_amount(out: &mut Vec<u8>, amount: Amount, scientific: bool, last: &mut Option<Last>) {
    if let Some(last) = last
        && last.amount == amount
    {
        out.extend_from_within(last.from..last.to);
        return;
    }
    let from = out.len();
    if scientific {
        amount.write_scientific(out);
    } else {
        amount.write_plain(out);
    }
    *last = Some(Last {
        amount,
        from,
        to: out.len(),
    });
}

/// What a row's net cost differs by from its cost.
fn discount(row: &Row<'_>) -> Amount {
    let net = row.costs.net.unwrap_or(row.costs.unblended).units();
    Amount::from_units(net - row.costs.unblended.units(), 15)
}

fn fill(out: &mut Vec<u8>, template: &Template, row: &Row<'_>, millis: bool) {
    let mut from = 0;
    let mut last = None;
    // A few rows have exponents, as Java prints small numbers.
    let scientific = row.hash >> 58 == 0;
    let costs = &row.costs;
    for &(to, field) in &template.holes {
        out.extend_from_slice(&template.text[from..to]);
        from = to;
        match field {
            Field::LineItemId => write_base32(out, row.hash, ID),
            Field::TimeInterval => {
                write_instant(out, row.start);
                out.push(b'/');
                write_instant(out, row.end);
            }
            Field::UsageStart => write_instant_as(out, row.start, millis),
            Field::UsageEnd => write_instant_as(out, row.end, millis),
            Field::UsageAmount => costs.usage.write_plain(out),
            Field::UnblendedCost => write_amount(out, costs.unblended, scientific, &mut last),
            Field::BlendedCost => write_amount(
                out,
                costs.blended.unwrap_or(Amount::ZERO),
                scientific,
                &mut last,
            ),
            Field::NetCost => write_amount(
                out,
                costs.net.unwrap_or(Amount::ZERO),
                scientific,
                &mut last,
            ),
            Field::PublicCost => write_amount(
                out,
                costs.public.unwrap_or(Amount::ZERO),
                scientific,
                &mut last,
            ),
            Field::NormalizedUsage => {
                Amount::new(costs.usage.mantissa() / 4 * row.sku.quarter_factor, 10)
                    .write_plain(out);
            }
            Field::TotalDiscount | Field::EdpDiscount => {
                write_amount(out, discount(row), scientific, &mut last);
            }
            Field::DiscountMap => {
                let map = Cell::AmountMap(vec![("edp_discount", discount(row))]);
                write_cell(out, &map, millis);
            }
            _ => {}
        }
    }
    out.extend_from_slice(&template.text[from..]);
}
