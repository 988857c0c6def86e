//! Files that are broken, or strange and still valid.

use std::io::{self, ErrorKind, Read, Write};

use flate2::{Compression, GzBuilder};

use super::{
    Gunzip,
    encode::{Codes, Writer},
    flate2, gunzip, gzip, gzip_libdeflate, member, rows,
};

/// Small files of all kinds of blocks.
fn small_files() -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = rows(12, 1);
    let mut two = gzip(b"one", 6);
    two.extend(gzip(b"two", 6));
    vec![
        (
            gzip(b"hello hello hello hello", 6),
            b"hello hello hello hello".to_vec(),
        ),
        (gzip(b"stored", 0), b"stored".to_vec()),
        (gzip(&text, 6), text.clone()),
        (gzip_libdeflate(&text, 12), text),
        (two, b"onetwo".to_vec()),
    ]
}

#[test]
fn truncated_anywhere() {
    for (file, text) in small_files() {
        for length in 1..file.len() {
            match gunzip(&file[..length]) {
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::UnexpectedEof, "{length}: {error}");
                }
                // Between two members, a file may end.
                Ok(start) => assert!(
                    start.len() < text.len() && flate2(&file[..length]).unwrap() == start,
                    "{length}"
                ),
            }
        }
    }
}

#[test]
fn any_bit_wrong() {
    for (file, text) in small_files() {
        for bit in 0..file.len() * 8 {
            let mut file = file.clone();
            file[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = gunzip(&file) {
                assert!(other == text, "bit {bit}");
            }
            assert_eq!(gunzip(&file).is_ok(), flate2(&file).is_ok(), "bit {bit}");
        }
    }
}

#[track_caller]
fn assert_invalid(file: &[u8], message: &str) {
    assert!(flate2(file).is_err(), "flate2 accepts it");
    let error = gunzip(file).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::InvalidData, message)
    );
}

#[test]
fn headers_with_everything() {
    let mut encoder = GzBuilder::new()
        .extra(vec![3; 65_535])
        .filename("name")
        .comment("x".repeat(65_535))
        .write(Vec::new(), Compression::default());
    encoder.write_all(b"text").unwrap();
    let file = encoder.finish().unwrap();
    assert_eq!(gunzip(&file).unwrap(), b"text");
    for length in (1..file.len()).step_by(97) {
        assert_eq!(
            gunzip(&file[..length]).unwrap_err().kind(),
            ErrorKind::UnexpectedEof
        );
    }

    let mut encoder = GzBuilder::new()
        .comment("x".repeat(65_536))
        .write(Vec::new(), Compression::default());
    encoder.write_all(b"text").unwrap();
    assert_invalid(
        &encoder.finish().unwrap(),
        "a field of the gzip header is too long",
    );
}

#[test]
fn header_checksums() {
    let mut file = vec![0x1f, 0x8b, 8, 0b11110, 1, 2, 3, 4, 0, 255, 2, 0, 7, 7];
    file.extend_from_slice(b"name\0comment\0");
    let checksum = crc32fast::hash(&file) as u16;
    file.extend_from_slice(&checksum.to_le_bytes());
    file.extend_from_slice(&member(&[3, 0], b"")[10..]);
    assert_eq!(gunzip(&file).unwrap(), b"");
    assert_eq!(flate2(&file).unwrap(), b"");
    file[5] ^= 1;
    assert_invalid(&file, "the checksum of the gzip header is wrong");
}

#[test]
fn headers_that_are_none() {
    let with = |place: usize, byte: u8| {
        let mut file = gzip(b"text", 6);
        file[place] = byte;
        file
    };
    assert_invalid(&with(0, 0x1e), "this is not gzip");
    assert_invalid(&with(1, 0x1f), "this is not gzip");
    assert_invalid(&with(2, 7), "the compression method is not DEFLATE");
    assert_invalid(&with(3, 0x20), "the gzip header has unknown flags");
    assert_invalid(b"lineItem/UnblendedCost", "this is not gzip");
}

#[test]
fn what_follows_the_last_member_is_a_member() {
    for garbage in [
        &[0][..],
        &[0; 9],
        &[0; 10],
        &[0; 512],
        b"x",
        b"garbage that follows",
        &[0x1f, 0x8b],
    ] {
        let mut file = gzip(b"text", 6);
        file.extend_from_slice(garbage);
        assert!(flate2(&file).is_err());
        assert!(gunzip(&file).is_err());
    }
}

#[test]
fn trailers() {
    let file = gzip(b"text", 6);
    for (place, message) in [
        (8, "the checksum of the decompressed data is wrong"),
        (4, "the length of the decompressed data is wrong"),
    ] {
        let mut file = file.clone();
        let place = file.len() - place;
        file[place] ^= 0x10;
        assert_invalid(&file, message);
    }
}

#[test]
fn blocks_that_are_none() {
    let stream = |write: &dyn Fn(&mut Writer)| {
        let mut stream = Writer::default();
        write(&mut stream);
        // Enough that nothing else is wrong.
        stream.bytes.extend_from_slice(&[0; 64]);
        member(&stream.bytes, b"")
    };
    let fixed = Codes::fixed();
    assert_invalid(
        &stream(&|stream| stream.bits(0b111, 3)),
        "a block has an invalid type",
    );
    assert_invalid(
        &stream(&|stream| {
            stream.bits(1, 8);
            stream.bits(5, 16);
            stream.bits(5, 16);
        }),
        "the length of a stored block contradicts its complement",
    );
    for symbol in [286, 287] {
        assert_invalid(
            &stream(&|stream| {
                stream.bits(0b011, 3);
                stream.symbol(&fixed.literals, symbol);
            }),
            "a literal or length is invalid",
        );
    }
    for symbol in [30, 31] {
        assert_invalid(
            &stream(&|stream| {
                stream.bits(0b011, 3);
                stream.symbol(&fixed.literals, 65);
                stream.symbol(&fixed.literals, 257);
                stream.symbol(&fixed.distances, symbol);
            }),
            "a distance is invalid",
        );
    }
    assert_invalid(
        &stream(&|stream| {
            stream.bits(0b011, 3);
            stream.symbol(&fixed.literals, 65);
            stream.matched(&fixed, 3, 2);
        }),
        "a match reaches back before the beginning",
    );
}

#[test]
fn a_match_stays_in_its_member() {
    let fixed = Codes::fixed();
    for length in [0, 1000] {
        let mut stream = Writer::default();
        stream.bits(0b011, 3);
        for _ in 0..length {
            stream.symbol(&fixed.literals, 65);
        }
        stream.matched(&fixed, 3, length + 1);
        stream.symbol(&fixed.literals, 256);
        let mut file = gzip(&[65; 5000], 6);
        file.extend(member(&stream.bytes, &vec![65; length + 3]));
        file.extend(gzip(&[65; 5000], 6));
        assert_invalid(&file, "a match reaches back before the beginning");
    }
}

type Case<'a> = (&'a [(usize, u8)], &'a [u8], Result<(), &'a str>);

#[test]
fn codes_as_zlib_judges_them() {
    // The lengths of some literals, of the end, and of distances.
    let cases: &[Case<'_>] = &[
        (&[(256, 1)], &[0], Ok(())),
        (&[(256, 1)], &[1], Ok(())),
        (&[(65, 1), (256, 1)], &[1, 1], Ok(())),
        (&[(65, 1), (256, 1)], &[0, 1, 0], Ok(())),
        (&[(65, 1)], &[0], Err("a block has no code for its end")),
        (
            &[(256, 2)],
            &[0],
            Err("the code of literals and lengths is invalid"),
        ),
        (
            &[(65, 1), (256, 2)],
            &[0],
            Err("the code of literals and lengths is invalid"),
        ),
        (
            &[(65, 1), (66, 1), (256, 1)],
            &[0],
            Err("the code of literals and lengths is invalid"),
        ),
        (
            &[(65, 1), (66, 2), (67, 2), (256, 15)],
            &[0],
            Err("the code of literals and lengths is invalid"),
        ),
        (
            &[(65, 1), (256, 1)],
            &[2],
            Err("the code of distances is invalid"),
        ),
        (
            &[(65, 1), (256, 1)],
            &[1, 2],
            Err("the code of distances is invalid"),
        ),
        (
            &[(65, 1), (256, 1)],
            &[1, 1, 1],
            Err("the code of distances is invalid"),
        ),
        (
            &[(65, 1), (256, 1)],
            &[1; 31],
            Err("a block has too many codes"),
        ),
    ];
    for (index, (literals, distances, expected)) in cases.iter().enumerate() {
        let mut lengths = [0; 257];
        for &(symbol, length) in *literals {
            lengths[symbol] = length;
        }
        let mut stream = Writer::default();
        stream.dynamic(true, &lengths, distances);
        let end = u32::from(lengths[256].min(1));
        stream.bits(usize::from(literals.len() > 1), end);
        if expected.is_err() {
            stream.bytes.extend_from_slice(&[0; 64]);
        }
        let file = member(&stream.bytes, b"");
        match expected {
            Ok(()) => {
                assert_eq!(flate2(&file).unwrap(), b"", "case {index}");
                assert_eq!(gunzip(&file).unwrap(), b"", "case {index}");
            }
            Err(message) => assert_invalid(&file, message),
        }
    }
}

#[test]
fn errors_of_the_reader_pass_through() {
    struct Broken<'a>(&'a [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            match self.0.read(to)? {
                0 => Err(io::Error::new(
                    ErrorKind::ConnectionReset,
                    "the line is cut",
                )),
                count => Ok(count),
            }
        }
    }
    let file = gzip(&rows(100, 1), 6);
    for length in [0, 5, 100, file.len() - 3, file.len()] {
        let mut gunzip = Gunzip::new(Broken(&file[..length]));
        let mut buffer = vec![0; 1 << 20];
        let error = gunzip.read_into(&mut buffer, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        // And it does not pretend to be at the end afterwards.
        assert!(gunzip.read_into(&mut buffer, 0).is_err());
    }
}

#[test]
#[should_panic(expected = "too little is left of the text before")]
fn text_taken_away_is_noticed() {
    let file = gzip(&rows(1000, 1), 6);
    let mut gunzip = Gunzip::new(&file[..]);
    let mut buffer = vec![0; 10_000];
    gunzip.read_into(&mut buffer, 0).unwrap();
    let _ = gunzip.read_into(&mut buffer, 9999);
}
