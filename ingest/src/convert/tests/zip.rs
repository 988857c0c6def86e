//! ZIP archives.

use std::io::Write as _;

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;

fn archive(members: &[&str], method: CompressionMethod, streamed: bool) -> Vec<u8> {
    fn fill<W: std::io::Write + std::io::Seek>(
        mut writer: ZipWriter<W>,
        members: &[&str],
        method: CompressionMethod,
    ) -> W {
        for (at, text) in members.iter().enumerate() {
            let options = SimpleFileOptions::default().compression_method(method);
            writer
                .start_file(format!("report-{at}.csv"), options)
                .unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap()
    }
    if streamed {
        let mut writer = ZipWriter::new_stream(Vec::new());
        for (at, text) in members.iter().enumerate() {
            let options = SimpleFileOptions::default().compression_method(method);
            writer
                .start_file(format!("report-{at}.csv"), options)
                .unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        return writer.finish().unwrap().into_inner();
    }
    fill(ZipWriter::new(Cursor::new(Vec::new())), members, method).into_inner()
}

fn convert(bytes: Vec<u8>) -> Result<FileTally, IngestError> {
    Bench::new(ReportKind::LegacyCur).packed(Compression::Zip, bytes)
}

#[test]
fn one_member_is_read() {
    for (method, streamed) in [
        (CompressionMethod::Deflated, false),
        (CompressionMethod::Deflated, true),
        (CompressionMethod::Stored, false),
    ] {
        let tally = convert(archive(&[APPENDIX_A], method, streamed)).unwrap();
        assert_eq!(tally.rows, 10);
        assert_eq!(
            tally.sums["line_item_unblended_cost"].to_string(),
            "197.76736"
        );
    }
}

#[test]
fn any_other_number_of_members_is_an_error() {
    for streamed in [false, true] {
        let error = convert(archive(
            &[APPENDIX_A, APPENDIX_A],
            CompressionMethod::Deflated,
            streamed,
        ))
        .expect_err("two");
        assert!(
            matches!(error, IngestError::ZipMembers { members: 2, .. }),
            "{error:?}"
        );
    }
    let error = convert(archive(&[], CompressionMethod::Deflated, false)).expect_err("none");
    assert!(
        matches!(error, IngestError::ZipMembers { members: 0, .. }),
        "{error:?}"
    );
}

#[test]
fn damage_is_an_error_wherever_it_is() {
    let whole = archive(&[APPENDIX_A], CompressionMethod::Deflated, false);
    for end in 1..whole.len() {
        convert(whole[..end].to_vec()).expect_err("cut off");
    }
    let mut wrong = archive(&[APPENDIX_A], CompressionMethod::Stored, false);
    let at = wrong.windows(4).position(|bytes| bytes == b"USD,").unwrap();
    wrong[at] = b'E';
    let error = convert(wrong).expect_err("bent");
    assert!(matches!(error, IngestError::Truncated { .. }), "{error:?}");
    assert!(matches!(
        convert(b"no archive at all".to_vec()),
        Err(IngestError::Truncated { .. })
    ));
}

#[test]
fn nothing_may_stand_behind_the_archive() {
    let whole = archive(&[APPENDIX_A], CompressionMethod::Deflated, false);
    let mut commented = whole.clone();
    let length = commented.len();
    commented[length - 2] = 2;
    commented.extend_from_slice(b"ok");
    assert_eq!(convert(commented).unwrap().rows, 10);

    let garbage = [&whole[..], b"garbage"].concat();
    let second = [&whole[..], &whole[..]].concat();
    let mut in_comment = [&whole[..], &archive(&[], CompressionMethod::Stored, false)].concat();
    in_comment[length - 2] = 22;
    for file in [garbage, second, in_comment] {
        let error = convert(file).expect_err("more than an archive");
        assert!(matches!(error, IngestError::Truncated { .. }), "{error:?}");
    }
}
