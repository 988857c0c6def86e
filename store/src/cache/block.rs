//! A block of an object: what it is called, and what stands in its file.
//!
//! ```text
//! magic · SHA-256 of the rest · size of the object · number of the block · time of the object (ms) · length of its ETag · ETag · bytes
//! ```

use bytes::Bytes;
use chrono::DateTime;
use object_store::{ObjectMeta, path::Path};
use sha2::{Digest, Sha256};

/// Bytes of an object in a block, but for its last one. Larger ones would fetch more than queries that read few columns need.
pub(super) const BYTES: u64 = 256 << 10;

/// What stands before the bytes takes at most so much.
const LARGEST_HEADER: u64 = 2 << 10;

/// The most that the file of a block takes.
pub(super) const LARGEST: u64 = BYTES + LARGEST_HEADER;

/// How a file of this form begins.
const MAGIC: &[u8; 8] = b"curtail1";
const HASH: usize = 32;

/// What is known of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) size: u64,
    modified: i64,
    etag: Option<String>,
}

impl Known {
    /// What an answer says of its object.
    pub(super) fn of(meta: &ObjectMeta) -> Self {
        Self {
            size: meta.size,
            modified: meta.last_modified.timestamp_millis(),
            etag: meta.e_tag.clone(),
        }
    }

    /// The same as an answer says it.
    pub(super) fn meta(&self, location: &Path) -> ObjectMeta {
        ObjectMeta {
            location: location.clone(),
            last_modified: DateTime::from_timestamp_millis(self.modified).unwrap_or_default(),
            size: self.size,
            e_tag: self.etag.clone(),
            version: None,
        }
    }

    /// How many bytes its block of this number has.
    pub(super) fn bytes_of(&self, number: u64) -> u64 {
        self.size
            .saturating_sub(number.saturating_mul(BYTES))
            .min(BYTES)
    }
}

/// A block, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) object: Known,
    pub(super) bytes: Bytes,
}

/// The name of an object: a hash over where it is.
pub(super) fn object_name(location: &str, path: &Path) -> String {
    let mut hash = Sha256::new();
    hash.update(location.as_bytes());
    hash.update([0]);
    hash.update(path.as_ref().as_bytes());
    let mut name = String::with_capacity(2 * HASH);
    for byte in hash.finalize() {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    name
}

impl Block {
    /// The content of its file; `None` if it is not worth one.
    pub(super) fn file(&self, number: u64) -> Option<Vec<u8>> {
        let etag = self.object.etag.as_deref().unwrap_or_default();
        let length = u16::try_from(etag.len()).ok()?;
        let mut file = Vec::with_capacity(usize::try_from(LARGEST).ok()?);
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&[0; HASH]);
        file.extend_from_slice(&self.object.size.to_le_bytes());
        file.extend_from_slice(&number.to_le_bytes());
        file.extend_from_slice(&self.object.modified.to_le_bytes());
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(etag.as_bytes());
        if file.len() as u64 > LARGEST_HEADER {
            return None;
        }
        file.extend_from_slice(&self.bytes);
        let start = MAGIC.len() + HASH;
        let hash = Sha256::digest(&file[start..]);
        file[MAGIC.len()..start].copy_from_slice(&hash);
        Some(file)
    }

    /// What a file says, if it is whole and of the block of this number.
    pub(super) fn read(file: Vec<u8>, number: u64) -> Option<Self> {
        let file = Bytes::from(file);
        let rest = file.strip_prefix(MAGIC)?;
        let (hash, rest) = rest.split_at_checked(HASH)?;
        if Sha256::digest(rest).as_slice() != hash {
            return None;
        }
        let (size, rest) = rest.split_first_chunk::<8>()?;
        let (own, rest) = rest.split_first_chunk::<8>()?;
        let (modified, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (etag, bytes) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        let etag = std::str::from_utf8(etag).ok()?;
        let object = Known {
            size: u64::from_le_bytes(*size),
            modified: i64::from_le_bytes(*modified),
            etag: (!etag.is_empty()).then(|| etag.to_owned()),
        };
        let fits = u64::from_le_bytes(*own) == number
            && bytes.len() as u64 == object.bytes_of(number)
            && !bytes.is_empty();
        fits.then(|| Self {
            bytes: file.slice_ref(bytes),
            object,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(etag: Option<&str>) -> Block {
        Block {
            object: Known {
                size: BYTES + 5,
                modified: 1_791_000_000_123,
                etag: etag.map(str::to_owned),
            },
            bytes: Bytes::from_static(b"hello"),
        }
    }

    #[test]
    fn a_file_says_what_was_kept() {
        for etag in [None, Some("\"abc-2\"")] {
            let block = block(etag);
            let file = block.file(1).unwrap();
            assert_eq!(Block::read(file, 1), Some(block));
        }
        let long = "x".repeat(4000);
        assert_eq!(block(Some(&long)).file(1), None);
    }

    #[test]
    fn a_file_that_is_cut_changed_or_of_another_block_is_none() {
        let file = block(Some("e")).file(1).unwrap();
        assert_eq!(Block::read(file.clone(), 0), None);
        for length in 0..file.len() {
            assert_eq!(Block::read(file[..length].to_vec(), 1), None, "{length}");
        }
        for place in 0..file.len() {
            let mut other = file.clone();
            other[place] ^= 4;
            assert_eq!(Block::read(other, 1), None, "{place}");
        }
        let mut longer = file;
        longer.push(0);
        assert_eq!(Block::read(longer, 1), None);
    }

    #[test]
    fn names_tell_places_apart() {
        let name = |location, path: &str| object_name(location, &Path::from(path));
        assert_eq!(name("s3://a/", "b").len(), 64);
        assert_ne!(name("s3://a/", "b"), name("s3://a/b", ""));
        assert_ne!(name("s3://a/", "b"), name("s3://a/", "c"));
    }
}
