//! Hashes that no crate at hand has. They identify rows; nothing here is kept secret by them.

/// MD5, RFC 1321.
pub(super) fn md5(bytes: &[u8]) -> [u8; 16] {
    const SHIFTS: [[u32; 4]; 4] = [
        [7, 12, 17, 22],
        [5, 9, 14, 20],
        [4, 11, 16, 23],
        [6, 10, 15, 21],
    ];
    let table = md5_table();
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded(bytes, u64::to_le_bytes) {
        let words = block.map(u32::from_le_bytes);
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64 {
            let (mixed, word) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), (7 * step) % 16),
            };
            let sum = a
                .wrapping_add(mixed)
                .wrapping_add(table[step])
                .wrapping_add(words[word]);
            let turned = sum.rotate_left(SHIFTS[step / 16][step % 4]);
            (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut made = [0; 16];
    for (part, word) in made.chunks_mut(4).zip(state) {
        part.copy_from_slice(&word.to_le_bytes());
    }
    made
}

/// The whole part of 2^32 times the sine of each step's number, which is how RFC 1321 defines the constants.
fn md5_table() -> [u32; 64] {
    std::array::from_fn(|step| {
        let radians = f64::from(u32::try_from(step).unwrap_or(0) + 1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 2^32, of which the whole part is meant"
        )]
        let constant = (radians.sin().abs() * 4_294_967_296.0) as u32;
        constant
    })
}

/// SHA-1, RFC 3174.
pub(super) fn sha1(bytes: &[u8]) -> [u8; 20] {
    let mut state = [
        0x6745_2301_u32,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];
    for block in padded(bytes, u64::to_be_bytes) {
        let mut words = [0; 80];
        words[..16].copy_from_slice(&block.map(u32::from_be_bytes));
        for step in 16..80 {
            words[step] = (words[step - 3] ^ words[step - 8] ^ words[step - 14] ^ words[step - 16])
                .rotate_left(1);
        }
        let mut turn = state;
        for (step, word) in words.into_iter().enumerate() {
            let [first, second, third, fourth, fifth] = turn;
            let (mixed, constant) = match step / 20 {
                0 => ((second & third) | (!second & fourth), 0x5a82_7999),
                1 => (second ^ third ^ fourth, 0x6ed9_eba1),
                2 => (
                    (second & third) | (second & fourth) | (third & fourth),
                    0x8f1b_bcdc,
                ),
                _ => (second ^ third ^ fourth, 0xca62_c1d6),
            };
            let sum = first
                .rotate_left(5)
                .wrapping_add(mixed)
                .wrapping_add(fifth)
                .wrapping_add(constant)
                .wrapping_add(word);
            turn = [sum, first, second.rotate_left(30), third, fourth];
        }
        for (sum, part) in state.iter_mut().zip(turn) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut made = [0; 20];
    for (part, word) in made.chunks_mut(4).zip(state) {
        part.copy_from_slice(&word.to_be_bytes());
    }
    made
}

/// The blocks of a message, padded with a bit, zeros and the number of its bits, as both MD5 and SHA-1 have it.
fn padded(bytes: &[u8], length: fn(u64) -> [u8; 8]) -> Vec<[[u8; 4]; 16]> {
    let mut message = bytes.to_vec();
    let bits = u64::try_from(bytes.len())
        .unwrap_or(u64::MAX)
        .wrapping_mul(8);
    message.push(0x80);
    message.resize((message.len() + 8).next_multiple_of(64) - 8, 0);
    message.extend_from_slice(&length(bits));
    message
        .chunks_exact(64)
        .map(|block| std::array::from_fn(|word| std::array::from_fn(|byte| block[4 * word + byte])))
        .collect()
}

/// CRC-32 as zlib has it.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = 0_u32.wrapping_sub(sum & 1);
            sum = (sum >> 1) ^ (0xedb8_8320 & carry);
        }
    }
    !sum
}

const PRIMES: [u64; 5] = [
    0x9e37_79b1_85eb_ca87,
    0xc2b2_ae3d_27d4_eb4f,
    0x1656_67b1_9e37_79f9,
    0x85eb_ca77_c2b2_ae63,
    0x27d4_eb2f_1656_67c5,
];

/// XXH64 with the seed 0.
pub(in crate::functions) fn xxhash64(bytes: &[u8]) -> u64 {
    let (stripes, mut rest) = bytes.split_at(bytes.len() / 32 * 32);
    let mut sum = if stripes.is_empty() {
        PRIMES[4]
    } else {
        let mut lanes = [
            PRIMES[0].wrapping_add(PRIMES[1]),
            PRIMES[1],
            0,
            0_u64.wrapping_sub(PRIMES[0]),
        ];
        for stripe in stripes.chunks_exact(32) {
            for (lane, word) in lanes.iter_mut().zip(stripe.chunks_exact(8)) {
                *lane = xx_round(*lane, read64(word));
            }
        }
        let mut sum = lanes[0]
            .rotate_left(1)
            .wrapping_add(lanes[1].rotate_left(7))
            .wrapping_add(lanes[2].rotate_left(12))
            .wrapping_add(lanes[3].rotate_left(18));
        for lane in lanes {
            sum = (sum ^ xx_round(0, lane))
                .wrapping_mul(PRIMES[0])
                .wrapping_add(PRIMES[3]);
        }
        sum
    };
    sum = sum.wrapping_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    while let Some((word, after)) = rest.split_at_checked(8) {
        sum = (sum ^ xx_round(0, read64(word)))
            .rotate_left(27)
            .wrapping_mul(PRIMES[0])
            .wrapping_add(PRIMES[3]);
        rest = after;
    }
    if let Some((word, after)) = rest.split_at_checked(4) {
        sum = (sum ^ read64(word).wrapping_mul(PRIMES[0]))
            .rotate_left(23)
            .wrapping_mul(PRIMES[1])
            .wrapping_add(PRIMES[2]);
        rest = after;
    }
    for byte in rest {
        sum = (sum ^ u64::from(*byte).wrapping_mul(PRIMES[4]))
            .rotate_left(11)
            .wrapping_mul(PRIMES[0]);
    }
    sum = (sum ^ (sum >> 33)).wrapping_mul(PRIMES[1]);
    sum = (sum ^ (sum >> 29)).wrapping_mul(PRIMES[2]);
    sum ^ (sum >> 32)
}

fn xx_round(sum: u64, word: u64) -> u64 {
    sum.wrapping_add(word.wrapping_mul(PRIMES[1]))
        .rotate_left(31)
        .wrapping_mul(PRIMES[0])
}

/// Up to eight bytes as a number, the lowest first.
fn read64(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}
