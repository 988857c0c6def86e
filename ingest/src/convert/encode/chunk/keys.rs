//! Least and greatest texts, found by eight bytes of each.

use crate::convert::texts::number_of;

/// Texts of a dictionary, so prepared that most of them are compared as numbers.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    texts: Vec<Text>,
    /// Pages so far, of this dictionary.
    page: u32,
}

#[derive(Clone, Copy, Debug)]
struct Text {
    /// The bytes after what all texts start with, which tell most of them apart.
    key: u64,
    /// Where it starts in the dictionary.
    start: u32,
    length: u32,
    /// The last page that used it.
    page: u32,
}

impl Text {
    fn bytes<'d>(&self, dictionary: &'d [u8]) -> &'d [u8] {
        &dictionary[self.start as usize..][..self.length as usize]
    }
}

impl Bounds {
    /// Takes the texts of a dictionary in PLAIN encoding.
    pub(super) fn prepare(&mut self, dictionary: &[u8]) {
        self.texts.clear();
        self.page = 0;
        let mut at = 0;
        let mut common: Option<&[u8]> = None;
        while let Some((length, rest)) = dictionary[at..].split_first_chunk() {
            let length = u32::from_le_bytes(*length);
            let text = &rest[..length as usize];
            common = Some(common.map_or(text, |common| common_prefix(common, text)));
            self.texts.push(Text {
                key: 0,
                start: number_of(at + 4),
                length,
                page: 0,
            });
            at += 4 + text.len();
        }
        let skip = common.map_or(0, <[u8]>::len);
        for text in &mut self.texts {
            text.key = key(&text.bytes(dictionary)[skip..]);
        }
    }

    /// The numbers of the least and the greatest text of a page, and the bytes of all its texts.
    pub(super) fn of_page(
        &mut self,
        codes: &[u32],
        dictionary: &[u8],
    ) -> (Option<(u32, u32)>, usize) {
        let Some(&first) = codes.first() else {
            return (None, 0);
        };
        self.page += 1;
        let mut bytes = 0;
        let (mut low, mut high) = (
            (first, self.texts[first as usize]),
            (first, self.texts[first as usize]),
        );
        for &code in codes {
            let text = &mut self.texts[code as usize];
            bytes += text.length as usize;
            if text.page != self.page {
                text.page = self.page;
                let text = *text;
                // Equal keys do not make equal texts.
                let whole = |text: Text| text.bytes(dictionary);
                if text.key <= low.1.key && (text.key < low.1.key || whole(text) < whole(low.1)) {
                    low = (code, text);
                }
                if text.key >= high.1.key && (text.key > high.1.key || whole(text) > whole(high.1))
                {
                    high = (code, text);
                }
            }
        }
        (Some((low.0, high.0)), bytes)
    }
}

fn common_prefix<'t>(a: &'t [u8], b: &[u8]) -> &'t [u8] {
    if b.starts_with(a) {
        return a;
    }
    let length = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    &a[..length]
}

/// The first eight bytes as a number in the order of texts; shorter texts are filled up with zeros.
#[inline]
pub(super) fn key(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    if let Some(first) = text.first_chunk() {
        bytes = *first;
    } else {
        bytes[..text.len()].copy_from_slice(text);
    }
    u64::from_be_bytes(bytes)
}
