//! Tags: awkward keys, awkward values, mostly empty.

use crate::hash::{below, chance, mix2, mix3};

/// A tag key.
#[derive(Debug)]
pub(crate) struct TagKey {
    /// With its namespace: `user:Cost Center`.
    pub(crate) key: String,
    /// Percent of resources that have it.
    fill: u64,
    pub(crate) values: Vec<String>,
    pub(crate) drift: Drift,
}

/// In which of several months a column exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drift {
    Always,
    /// Not in the first.
    Later,
    /// Not in the last.
    Earlier,
}

impl TagKey {
    pub(crate) fn exists(&self, month: usize, months: usize) -> bool {
        match self.drift {
            Drift::Always => true,
            Drift::Later => month > 0 || months == 1,
            Drift::Earlier => month + 1 < months || months == 1,
        }
    }

    /// The value of a resource, as index + 1 into `values`; 0 if it has none.
    pub(crate) fn value(&self, index: usize, resource: u64) -> u16 {
        let hash = mix2(resource, index as u64);
        if !chance(hash, self.fill) {
            return 0;
        }
        // The square of a uniform number: low values are commoner.
        let point = below(mix3(hash, 1, 2), 1 << 16);
        ((point * point * self.values.len() as u64) >> 32) as u16 + 1
    }
}

const WORDS: [&str; 24] = [
    "payments", "search", "core", "edge", "ledger", "growth", "mobile", "identity", "catalog",
    "billing", "reports", "fraud", "orders", "shipping", "pricing", "media", "chat", "maps", "ads",
    "infra", "data", "ml", "web", "ops",
];

fn words(count: usize) -> Vec<String> {
    (0..count)
        .map(|index| match index / WORDS.len() {
            0 => WORDS[index].to_owned(),
            round => format!("{}-{round:02}", WORDS[index % WORDS.len()]),
        })
        .collect()
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

/// The first `count` of the keys; generated names follow those written out.
pub(crate) fn tag_keys(count: u32) -> Vec<TagKey> {
    let key = |key: &str, fill, values| TagKey {
        key: key.to_owned(),
        fill,
        values,
        drift: Drift::Always,
    };
    let mut keys = vec![
        key("user:team", 62, words(24)),
        key(
            "user:env",
            55,
            texts(&[
                "prod",
                "staging",
                "dev",
                "Prod",
                "test, \"blue\"",
                "sandbox",
            ]),
        ),
        key("user:Name", 58, words(400)),
        key(
            "user:Cost Center",
            35,
            texts(&[
                "1001",
                "1002",
                "0042",
                "R&D, core",
                "7;9",
                "\"G&A\"",
                "1003",
                "9000",
            ]),
        ),
        key(
            "user:cost-center",
            18,
            texts(&["1001", "cc-17", "Überbau", "none"]),
        ),
        key(
            "user:k8s.io/role",
            22,
            texts(&["node", "master", "etcd\nmember", "ingress"]),
        ),
        TagKey {
            drift: Drift::Later,
            ..key("user:project", 30, words(60))
        },
        TagKey {
            drift: Drift::Earlier,
            ..key(
                "user:owner",
                33,
                texts(&[
                    "ana@example.com",
                    "José Núñez",
                    "李雷",
                    "o'brien",
                    "team \"A\", EMEA",
                    "ops\\pager",
                    "=SUM(A1)",
                    "😀 ops",
                ]),
            )
        },
        key(
            "aws:createdBy",
            40,
            texts(&[
                "Root:111122223333",
                "AssumedRole:AROAEXAMPLE:deploy",
                "IAMUser:AIDAEXAMPLE:ci",
                "AutoScaling:default",
            ]),
        ),
        key("user:Team", 9, texts(&["edge", "Core", "core, infra"])),
        key("user:名前", 8, texts(&["検索", "決済", "基盤"])),
        key("aws:autoscaling:groupName", 20, words(80)),
        key("aws:cloudformation:stack-name", 38, words(120)),
        key("aws:eks:cluster-name", 15, words(6)),
        key("user:app.kubernetes.io/name", 12, words(40)),
        key(
            "user:data+class=pii@eu",
            14,
            texts(&["public", "internal", "pii", "a=b&c=d"]),
        ),
    ];
    let fixed = keys.len();
    keys.extend((fixed..count as usize).map(|index| {
        let fill = 10 + (index as u64 * 17) % 45;
        key(
            &format!("user:label_{index:02}"),
            fill,
            words(4 + index * 7 % 60),
        )
    }));
    keys.truncate(count as usize);
    keys
}
