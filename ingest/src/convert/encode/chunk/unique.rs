//! Texts that hardly repeat, such as the ids of line items: a dictionary would only make them longer.

use parquet::{basic::Encoding, errors::ParquetError, schema::types::ColumnDescPtr};

use super::{
    Buffers, Chunk, PAGE_BYTES, PAGE_ROWS,
    keys::key,
    lengths, levels,
    pages::{ChunkWriter, Packer},
    statistics::Page,
};
use crate::convert::texts::{NULL, Texts};

/// A chunk of text in `DELTA_LENGTH_BYTE_ARRAY` encoding: apart from their lengths, the texts of ids are letters that zstd packs in five
/// bits each.
pub(super) fn encode(
    column: &ColumnDescPtr,
    mut numbers: &[u32],
    texts: &Texts,
    packer: &mut Packer,
    buffers: &mut Buffers,
) -> Result<Chunk, ParquetError> {
    let Buffers {
        raw,
        bitmap,
        spans,
        lengths,
        ..
    } = buffers;
    let encoding = Encoding::DELTA_LENGTH_BYTE_ARRAY;
    let mut writer = ChunkWriter::new(column, encoding, usize::MAX, packer);
    let mut pages = Vec::new();
    while !numbers.is_empty() {
        spans.clear();
        let mut page = Page::new(0, 0);
        for &number in numbers.iter().take(PAGE_ROWS) {
            page.rows += 1;
            if number == NULL {
                page.nulls += 1;
                continue;
            }
            let span = texts.span(number);
            page.text_bytes += (span.1 - span.0) as usize;
            spans.push(span);
            if page.text_bytes + spans.len() * 4 >= PAGE_BYTES {
                break;
            }
        }
        let in_page;
        (in_page, numbers) = numbers.split_at(page.rows);
        raw.clear();
        levels::encode(in_page, NULL, page.nulls, bitmap, raw);
        lengths.clear();
        lengths.extend(spans.iter().map(|(start, end)| end - start));
        lengths::encode(lengths, raw);
        raw.reserve(page.text_bytes);
        page.range = copy(spans, texts.bytes(), raw);
        writer.data(raw, &page)?;
        pages.push(page);
    }
    writer.finish(&pages)
}

/// Appends texts, and returns the least and the greatest.
fn copy<'t>(
    spans: &[(u32, u32)],
    bytes: &'t [u8],
    out: &mut Vec<u8>,
) -> Option<(&'t [u8], &'t [u8])> {
    let text = |&(start, end): &(u32, u32)| &bytes[start as usize..end as usize];
    let first = text(spans.first()?);
    let (mut low, mut high) = ((key(first), first), (key(first), first));
    for span in spans {
        let text = text(span);
        out.extend_from_slice(text);
        let key = key(text);
        // Texts whose keys differ need no second look.
        if key <= low.0 && (key, text) < low {
            low = (key, text);
        }
        if key >= high.0 && (key, text) > high {
            high = (key, text);
        }
    }
    Some((low.1, high.1))
}
