//! The kind of an export whose manifest lists no columns: told from the header of its first file.

use std::{io::Read, ops::Range};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use object_store::{ObjectMeta, ObjectStoreExt};
use parquet::{
    errors::ParquetError,
    file::metadata::{PageIndexPolicy, ParquetMetaDataReader},
};

use crate::{
    IngestError, Source,
    failure::classify,
    format::Format,
    layout::Place,
    locate,
    manifest::{Contents, Manifest, contents},
};

/// A header is some 20 KB even with hundreds of tags.
const HEAD: u64 = 256 << 10;

/// Looks into the first file. Files that are missing or unreadable tell nothing here; their ingest says what is wrong.
pub(super) async fn kind(
    source: &Source,
    place: Option<&Place>,
    manifest_meta: &ObjectMeta,
    manifest: &Manifest,
) -> Result<Contents, IngestError> {
    let Some(file) = manifest.files.first() else {
        return Ok(Contents::Untold);
    };
    match look(
        source,
        place,
        manifest_meta,
        file,
        manifest.compression.as_deref(),
    )
    .await
    {
        Err(
            IngestError::Denied { .. } | IngestError::Archived { .. } | IngestError::Key { .. },
        ) => Ok(Contents::Untold),
        looked => looked,
    }
}

async fn look(
    source: &Source,
    place: Option<&Place>,
    manifest: &ObjectMeta,
    file: &str,
    compression: Option<&str>,
) -> Result<Contents, IngestError> {
    let Some(meta) = locate::one(source, place, &manifest.location, file).await? else {
        return Ok(Contents::Untold);
    };
    Ok(match Format::of(file, compression) {
        Format::Parquet => parquet_columns(source, &meta).await?,
        Format::Gzip => header(MultiGzDecoder::new(&*head(source, &meta).await?)),
        Format::Plain => header(&*head(source, &meta).await?),
        Format::Zip => Contents::Untold,
    })
}

fn header(input: impl Read) -> Contents {
    let mut bytes = Vec::new();
    // The end of what was fetched cuts a compressed stream short: what came before is what counts.
    let _ = input.take(HEAD).read_to_end(&mut bytes);
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    contents(
        line.trim_start_matches('\u{feff}')
            .split(',')
            .map(|cell| cell.trim().trim_matches('"')),
    )
}

async fn parquet_columns(source: &Source, meta: &ObjectMeta) -> Result<Contents, IngestError> {
    let mut tail = HEAD.min(meta.size);
    loop {
        let bytes = range(source, meta, meta.size - tail..meta.size).await?;
        let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip);
        match reader.try_parse_sized(&bytes, meta.size) {
            Ok(()) => {}
            Err(ParquetError::NeedMoreData(needed))
                if needed as u64 > tail && needed as u64 <= meta.size =>
            {
                tail = needed as u64;
                continue;
            }
            Err(_) => return Ok(Contents::Untold),
        }
        return Ok(reader.finish().map_or(Contents::Untold, |metadata| {
            let fields = metadata
                .file_metadata()
                .schema_descr()
                .root_schema()
                .get_fields();
            contents(fields.iter().map(|field| field.name()))
        }));
    }
}

async fn head(source: &Source, meta: &ObjectMeta) -> Result<Bytes, IngestError> {
    range(source, meta, 0..HEAD.min(meta.size)).await
}

async fn range(
    source: &Source,
    meta: &ObjectMeta,
    range: Range<u64>,
) -> Result<Bytes, IngestError> {
    if range.is_empty() {
        return Ok(Bytes::new());
    }
    let read = source.objects.get_range(&meta.location, range).await;
    read.map_err(|error| classify(source, meta.location.as_ref(), &error))
}
