//! DEFLATE streams made by hand, to reach what compressors do not write.

use rand::{Rng, rngs::SmallRng, seq::SliceRandom};

/// Bits, the first lowest.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    used: u32,
}

impl Writer {
    pub(super) fn bits(&mut self, value: usize, count: u32) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((value >> bit & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }

    pub(super) fn align(&mut self) {
        self.used = self.used.next_multiple_of(8);
    }

    pub(super) fn symbol(&mut self, code: &Code, symbol: usize) {
        let length = u32::from(code.lengths[symbol]);
        assert!(length > 0, "symbol {symbol} has no code");
        for bit in (0..length).rev() {
            self.bits(code.codes[symbol] >> bit & 1, 1);
        }
    }

    /// The header of a block with these codes, of which the lengths are written one by one.
    pub(super) fn dynamic(&mut self, last: bool, literals: &[u8], distances: &[u8]) {
        self.bits(usize::from(last), 1);
        self.bits(2, 2);
        self.bits(literals.len() - 257, 5);
        self.bits(distances.len() - 1, 5);
        // 16 symbols of four bits each, for the lengths 0 to 15.
        self.bits(19 - 4, 4);
        for symbol in [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ] {
            self.bits(if symbol < 16 { 4 } else { 0 }, 3);
        }
        let code = Code::new(&[4; 16]);
        for &length in literals.iter().chain(distances) {
            self.symbol(&code, usize::from(length));
        }
    }

    /// Can these codes express the match?
    pub(super) fn has_match(codes: &Codes, length: usize, distance: usize) -> bool {
        codes.literals.lengths[by_base(&LENGTHS, length, 257).0] > 0
            && codes.distances.lengths[by_base(&DISTANCES, distance, 0).0] > 0
    }

    pub(super) fn matched(&mut self, codes: &Codes, length: usize, distance: usize) {
        let (symbol, extra, bits) = by_base(&LENGTHS, length, 257);
        self.symbol(&codes.literals, symbol);
        self.bits(extra, bits);
        let (symbol, extra, bits) = by_base(&DISTANCES, distance, 0);
        self.symbol(&codes.distances, symbol);
        self.bits(extra, bits);
    }
}

pub(super) struct Codes {
    pub(super) literals: Code,
    pub(super) distances: Code,
}

impl Codes {
    pub(super) fn fixed() -> Self {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        Self {
            literals: Code::new(&lengths),
            distances: Code::new(&[5; 32]),
        }
    }
}

/// A canonical Huffman code, as RFC 1951, 3.2.2 describes it.
pub(super) struct Code {
    pub(super) lengths: Vec<u8>,
    codes: Vec<usize>,
}

impl Code {
    pub(super) fn new(lengths: &[u8]) -> Self {
        let mut codes = vec![0; lengths.len()];
        let mut next = 0;
        for length in 1..=15 {
            next *= 2;
            for symbol in (0..lengths.len()).filter(|&symbol| lengths[symbol] == length) {
                codes[symbol] = next;
                next += 1;
            }
        }
        Self {
            lengths: lengths.to_vec(),
            codes,
        }
    }

    /// A complete code of `used` symbols, deeper the more often the deepest is split.
    pub(super) fn random(random: &mut SmallRng, symbols: usize, used: &[usize], deep: f64) -> Self {
        let mut leaves = vec![0_u8];
        while leaves.len() < used.len() {
            let deepest = leaves.iter().position(|&leaf| {
                Some(leaf) == leaves.iter().copied().filter(|&leaf| leaf < 15).max()
            });
            let place = match deepest {
                Some(place) if random.random_bool(deep) => place,
                _ => random.random_range(0..leaves.len()),
            };
            if leaves[place] < 15 {
                leaves[place] += 1;
                leaves.push(leaves[place]);
            }
        }
        leaves.shuffle(random);
        let mut lengths = vec![0; symbols];
        for (&symbol, leaf) in used.iter().zip(leaves) {
            lengths[symbol] = leaf.max(1);
        }
        Self::new(&lengths)
    }
}

/// The last symbol whose base is not above `value`, what to add and in how many bits.
fn by_base(bases: &[(usize, u32)], value: usize, first: usize) -> (usize, usize, u32) {
    let place = bases.iter().rposition(|&(base, _)| base <= value).unwrap();
    let (base, bits) = bases[place];
    (first + place, value - base, bits)
}

/// Bases and bits to be added as listed in RFC 1951, 3.2.5.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [(usize, u32); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
