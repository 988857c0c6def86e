//! Pages to a column chunk.

use bytes::Bytes;
use parquet::{
    basic::{Compression, Encoding, EncodingMask, PageType, ZstdLevel},
    column::{
        page::{CompressedPage, Page as Contents, PageWriteSpec, PageWriter},
        writer::ColumnCloseResult,
    },
    errors::ParquetError,
    file::{
        metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats},
        writer::{SerializedPageWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};
use zstd::{bulk::Compressor, zstd_safe::compress_bound};

use super::{
    Chunk, count,
    statistics::{self, Page, Value},
};
use crate::convert::{encode::ZSTD_LEVEL, texts::number_of};

/// Chunks of less bytes are not compressed: starting zstd for each page costs more than it could save.
const SMALL: usize = 1024;

/// Compresses one page after another.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    packed: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            compressor: Compressor::new(ZSTD_LEVEL).expect("zstd has this level"),
            packed: Vec::new(),
        }
    }

    fn pack(&mut self, raw: &[u8]) -> Result<Bytes, ParquetError> {
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        packed.reserve(compress_bound(raw.len()));
        self.compressor.compress_to_buffer(raw, &mut packed)?;
        Ok(packed.into())
    }

    /// Takes the memory of a page back.
    fn recycle(&mut self, page: Bytes) {
        self.packed = page.into();
    }
}

/// A column chunk that is being written.
pub(super) struct ChunkWriter<'s> {
    column: ColumnDescPtr,
    sink: TrackedWrite<Vec<u8>>,
    packer: Option<&'s mut Packer>,
    encoding: Encoding,
    dictionary: Option<PageWriteSpec>,
    /// Where the first data page starts.
    data: Option<u64>,
    pages: i32,
    /// Bytes of all pages with their headers, before and after compression.
    raw: usize,
    packed: usize,
    offsets: OffsetIndexBuilder,
}

impl<'s> ChunkWriter<'s> {
    /// A chunk of `size` bytes in pages of an encoding.
    pub(super) fn new(
        column: &ColumnDescPtr,
        encoding: Encoding,
        size: usize,
        packer: &'s mut Packer,
    ) -> Self {
        Self {
            column: ColumnDescPtr::clone(column),
            sink: TrackedWrite::new(Vec::new()),
            packer: (size >= SMALL).then_some(packer),
            encoding,
            dictionary: None,
            data: None,
            pages: 0,
            raw: 0,
            packed: 0,
            offsets: OffsetIndexBuilder::new(),
        }
    }

    /// Writes the dictionary, which has to come before the data.
    pub(super) fn dictionary(&mut self, raw: &[u8], values: usize) -> Result<(), ParquetError> {
        let spec = self.write(raw, |buf| Contents::DictionaryPage {
            buf,
            num_values: number_of(values),
            encoding: Encoding::PLAIN,
            is_sorted: false,
        })?;
        self.dictionary = Some(spec);
        Ok(())
    }

    /// Writes a page.
    pub(super) fn data<V: Value>(
        &mut self,
        raw: &[u8],
        page: &Page<V>,
    ) -> Result<(), ParquetError> {
        let encoding = self.encoding;
        let spec = self.write(raw, |buf| Contents::DataPage {
            buf,
            num_values: number_of(page.rows),
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        })?;
        self.data.get_or_insert(spec.offset);
        self.pages += 1;
        let size = i32::try_from(spec.compressed_size)
            .map_err(|error| ParquetError::External(Box::new(error)))?;
        self.offsets
            .append_offset_and_size(spec.offset.cast_signed(), size);
        self.offsets.append_row_count(count(page.rows));
        self.offsets
            .append_unencoded_byte_array_data_bytes(V::TEXT.then(|| count(page.text_bytes)));
        Ok(())
    }

    fn write(
        &mut self,
        raw: &[u8],
        contents: impl FnOnce(Bytes) -> Contents,
    ) -> Result<PageWriteSpec, ParquetError> {
        let packed = match &mut self.packer {
            Some(packer) => packer.pack(raw)?,
            None => Bytes::copy_from_slice(raw),
        };
        let page = CompressedPage::new(contents(packed.clone()), raw.len());
        let spec = SerializedPageWriter::new(&mut self.sink).write_page(page)?;
        if let Some(packer) = &mut self.packer {
            packer.recycle(packed);
        }
        self.raw += spec.uncompressed_size;
        self.packed += spec.compressed_size;
        Ok(spec)
    }

    /// The chunk, which consists of these pages.
    pub(super) fn finish<V: Value>(self, pages: &[Page<V>]) -> Result<Chunk, ParquetError> {
        let sum = |of: fn(&Page<V>) -> usize| pages.iter().map(of).sum::<usize>();
        let (rows, nulls) = (sum(|page| page.rows), sum(|page| page.nulls));
        let mut encodings = vec![Encoding::RLE, self.encoding];
        let mut page_encodings = Vec::with_capacity(2);
        if self.dictionary.is_some() {
            encodings.push(Encoding::PLAIN);
            page_encodings.push(PageEncodingStats {
                page_type: PageType::DICTIONARY_PAGE,
                encoding: Encoding::PLAIN,
                count: 1,
            });
        }
        page_encodings.push(PageEncodingStats {
            page_type: PageType::DATA_PAGE,
            encoding: self.encoding,
            count: self.pages,
        });
        let metadata = ColumnChunkMetaData::builder(ColumnDescPtr::clone(&self.column))
            .set_compression(if self.packer.is_some() {
                Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?)
            } else {
                Compression::UNCOMPRESSED
            })
            .set_encodings_mask(EncodingMask::new_from_encodings(encodings.iter()))
            .set_page_encoding_stats(page_encodings)
            .set_total_compressed_size(count(self.packed))
            .set_total_uncompressed_size(count(self.raw))
            .set_num_values(count(rows))
            .set_data_page_offset(self.data.unwrap_or_default().cast_signed())
            .set_dictionary_page_offset(self.dictionary.map(|page| page.offset.cast_signed()))
            .set_statistics(statistics::of_chunk(pages))
            .set_unencoded_byte_array_data_bytes(
                V::TEXT.then(|| count(sum(|page| page.text_bytes))),
            )
            .set_definition_level_histogram(Some(statistics::levels(rows, nulls)))
            .build()?;
        let mut bytes = self.sink.into_inner()?;
        bytes.shrink_to_fit();
        Ok(Chunk {
            close: ColumnCloseResult {
                bytes_written: bytes.len() as u64,
                rows_written: rows as u64,
                metadata,
                bloom_filter: None,
                column_index: Some(statistics::index(&self.column, pages)?),
                offset_index: Some(self.offsets.build()),
            },
            bytes: bytes.into(),
        })
    }
}
