//! Compression of CSV text.

use std::io::Write;

use flate2::Crc;
use flate2::write::DeflateEncoder;
use libdeflater::{CompressionLvl, Compressor};

use crate::Compression;

/// Text of one gzip member: small enough to stay in the cache, large enough to compress well.
const MEMBER: usize = 1 << 20;

/// The fastest level that compresses at all (`CompressionLvl::fastest` stores): reports of 10^8 rows are made this way.
fn fastest() -> CompressionLvl {
    CompressionLvl::new(1).expect("libdeflate has a level 1")
}

/// Takes text piece by piece and gives back a file.
pub(crate) enum Pack {
    Plain(Vec<u8>),
    Gzip {
        out: Vec<u8>,
        compressor: Compressor,
    },
    Zip {
        encoder: Box<DeflateEncoder<Vec<u8>>>,
        crc: Crc,
        name: String,
    },
}

impl Pack {
    /// `name` is the file's name without its last extension: an archive's member is called so.
    pub(crate) fn new(compression: Compression, name: &str) -> Self {
        match compression {
            Compression::Plain => Self::Plain(Vec::new()),
            Compression::Gzip => Self::Gzip {
                out: Vec::new(),
                compressor: Compressor::new(fastest()),
            },
            Compression::Zip => Self::Zip {
                encoder: Box::new(DeflateEncoder::new(
                    zip_header(name),
                    flate2::Compression::fast(),
                )),
                crc: Crc::new(),
                name: name.to_owned(),
            },
        }
    }

    /// Takes `text` if there is enough of it, and empties it then.
    pub(crate) fn offer(&mut self, text: &mut Vec<u8>) {
        if text.len() >= MEMBER {
            self.take(text);
        }
    }

    fn take(&mut self, text: &mut Vec<u8>) {
        match self {
            Self::Plain(out) => out.extend_from_slice(text),
            Self::Gzip { out, compressor } => {
                let start = out.len();
                out.resize(start + compressor.gzip_compress_bound(text.len()), 0);
                let size = compressor
                    .gzip_compress(text, &mut out[start..])
                    .expect("the bound leaves room for any text");
                out.truncate(start + size);
            }
            Self::Zip { encoder, crc, .. } => {
                crc.update(text);
                encoder
                    .write_all(text)
                    .expect("writing to memory does not fail");
            }
        }
        text.clear();
    }

    pub(crate) fn finish(mut self, mut text: Vec<u8>) -> Vec<u8> {
        self.take(&mut text);
        match self {
            Self::Plain(out) | Self::Gzip { out, .. } => out,
            Self::Zip { encoder, crc, name } => {
                let size = encoder.total_in();
                let out = encoder.finish().expect("writing to memory does not fail");
                zip_end(out, &crc, size, &name)
            }
        }
    }
}

// One-member ZIP archives (APPNOTE 6.3): sizes follow the data, as streaming writers put them.

/// 1 January 2026, in the format of MS-DOS.
const ZIP_DATE: [u8; 4] = [0, 0, 0x21, 0x5c];

fn zip_common(flags_and_method: &mut Vec<u8>) {
    // Version 2.0; sizes in a descriptor, UTF-8 name; deflate.
    flags_and_method.extend_from_slice(&[20, 0, 0x08, 0x08, 8, 0]);
    flags_and_method.extend_from_slice(&ZIP_DATE);
}

fn zip_header(name: &str) -> Vec<u8> {
    let mut out = b"PK\x03\x04".to_vec();
    zip_common(&mut out);
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(name.as_bytes());
    out
}

fn zip_end(mut out: Vec<u8>, crc: &Crc, size: u64, name: &str) -> Vec<u8> {
    let packed = (out.len() - 30 - name.len()) as u32;
    let mut facts = Vec::new();
    for number in [crc.sum(), packed, size as u32] {
        facts.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(b"PK\x07\x08");
    out.extend_from_slice(&facts);
    let directory = out.len() as u32;
    out.extend_from_slice(b"PK\x01\x02\x14\x00");
    zip_common(&mut out);
    out.extend_from_slice(&facts);
    out.extend_from_slice(&(name.len() as u16).to_le_bytes());
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(name.as_bytes());
    let length = out.len() as u32 - directory;
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&directory.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}
