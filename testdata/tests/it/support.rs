//! A bucket in memory, and decimals that are added by schoolbook rules.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;

use curtail_testdata::{Options, Output, Summary, generate};

/// Keeps objects in the order in which they were written.
#[derive(Default)]
pub(crate) struct Bucket {
    objects: Mutex<Vec<(String, Vec<u8>)>>,
}

impl Output for Bucket {
    fn put(&self, key: &str, body: Vec<u8>) -> io::Result<()> {
        let mut objects = self.objects.lock().unwrap();
        objects.retain(|(other, _)| other != key);
        objects.push((key.to_owned(), body));
        Ok(())
    }
}

impl Bucket {
    pub(crate) fn keys(&self) -> Vec<String> {
        self.objects
            .lock()
            .unwrap()
            .iter()
            .map(|(key, _)| key.clone())
            .collect()
    }

    pub(crate) fn get(&self, key: &str) -> Vec<u8> {
        let objects = self.objects.lock().unwrap();
        objects
            .iter()
            .find(|(other, _)| other == key)
            .unwrap_or_else(|| panic!("no object {key}"))
            .1
            .clone()
    }

    pub(crate) fn json(&self, key: &str) -> serde_json::Value {
        serde_json::from_slice(&self.get(key)).unwrap()
    }

    /// All objects by key.
    pub(crate) fn sorted(&self) -> BTreeMap<String, Vec<u8>> {
        self.objects.lock().unwrap().iter().cloned().collect()
    }
}

pub(crate) fn report(options: &Options) -> (Bucket, Summary) {
    let bucket = Bucket::default();
    let summary = generate(options, &bucket, &|_| {}).unwrap();
    (bucket, summary)
}

/// The data files that a manifest names.
pub(crate) fn data_keys(bucket: &Bucket, manifest: &str) -> Vec<String> {
    let manifest = bucket.json(manifest);
    let list = manifest
        .get("reportKeys")
        .or_else(|| manifest.get("dataFiles"))
        .unwrap();
    list.as_array()
        .unwrap()
        .iter()
        .map(|key| {
            key.as_str()
                .unwrap()
                .trim_start_matches("s3://acme-billing/")
                .to_owned()
        })
        .collect()
}

/// The text of a CSV data file, however it is packed.
pub(crate) fn csv_text(key: &str, body: &[u8]) -> String {
    let mut text = String::new();
    let extension = key.rsplit('.').next().unwrap();
    if extension == "gz" {
        flate2::read::MultiGzDecoder::new(body)
            .read_to_string(&mut text)
            .unwrap();
    } else if extension == "zip" {
        let mut archive = zip::ZipArchive::new(io::Cursor::new(body)).unwrap();
        assert_eq!(archive.len(), 1);
        archive
            .by_index(0)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
    } else {
        text = String::from_utf8(body.to_vec()).unwrap();
    }
    text
}

/// Records of all data files of a manifest, as header to cell.
pub(crate) fn records(bucket: &Bucket, manifest: &str) -> Vec<Vec<(String, String)>> {
    let mut all = Vec::new();
    for key in data_keys(bucket, manifest) {
        let text = csv_text(&key, &bucket.get(&key));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().unwrap().clone();
        for record in reader.records() {
            let record = record.unwrap();
            let cells = headers.iter().zip(record.iter());
            all.push(
                cells
                    .filter(|(_, cell)| !cell.is_empty())
                    .map(|(header, cell)| (header.to_owned(), cell.to_owned()))
                    .collect(),
            );
        }
    }
    all
}

/// Decimal text, with or without an exponent, in units of 10^-18. Refuses to lose a digit.
pub(crate) fn units(text: &str) -> i128 {
    let (mantissa, exponent) = text
        .split_once(['E', 'e'])
        .map_or((text, 0), |(mantissa, exponent)| {
            (mantissa, exponent.parse().unwrap())
        });
    let negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa
        .trim_start_matches('-')
        .split_once('.')
        .unwrap_or((mantissa.trim_start_matches('-'), ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    let power: i32 = 18 + exponent - i32::try_from(fraction.len()).unwrap();
    let value = if power >= 0 {
        digits * 10_i128.pow(power.unsigned_abs())
    } else {
        let divisor = 10_i128.pow(power.unsigned_abs());
        assert_eq!(digits % divisor, 0, "{text} has more than 18 decimals");
        digits / divisor
    };
    if negative { -value } else { value }
}
