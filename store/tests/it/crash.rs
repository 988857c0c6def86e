//! Whatever goes wrong, readers see the old version or the new one, and the next run is clean.

use std::sync::{Arc, atomic::AtomicI64};

use curtail_store::{Store, StoreError};
use object_store::memory::InMemory;

use crate::{
    data::{money, name, period, read, replace, rows},
    faulty::{Fault, Faulty},
};

const URL: &str = "memory:///prefix/";

fn store(objects: &Arc<InMemory>) -> Store {
    Store::remote(URL.parse().unwrap(), Arc::<InMemory>::clone(objects)).unwrap()
}

fn faulty(objects: &Arc<InMemory>, fault: Fault, ending: &'static str, countdown: i64) -> Store {
    let inner = Arc::clone(objects);
    let faulty = Faulty {
        inner,
        countdown: AtomicI64::new(countdown),
        fault,
        ending,
    };
    Store::remote(URL.parse().unwrap(), Arc::new(faulty)).unwrap()
}

/// The tenth commit is followed by a checkpoint: killing the process while that is written must not matter either.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_leaves_the_old_version() {
    for commits_before in [1, 9] {
        let objects = Arc::new(InMemory::new());
        let report = name("a");
        for _ in 0..commits_before {
            replace(
                &store(&objects),
                &report,
                period("2026-10"),
                &rows(&["1", "2"]),
                None,
            )
            .await
            .unwrap();
        }
        let old = read(&store(&objects)).await;
        let mut outcomes = Vec::new();
        for countdown in 0.. {
            let killed = faulty(&objects, Fault::Killed, "", countdown);
            let result = replace(
                &killed,
                &report,
                period("2026-10"),
                &rows(&["4", "5"]),
                None,
            )
            .await;
            let found = read(&store(&objects)).await;
            outcomes.push(result.is_ok());
            if result.is_ok() {
                assert_ne!(found, old);
                break;
            }
            assert_eq!(found, old, "after {countdown} writes");
        }
        assert_eq!(
            outcomes,
            [false, false, false, false, true],
            "a marker, two files and a commit are written one after the other"
        );
        replace(
            &store(&objects),
            &report,
            period("2026-10"),
            &rows(&["7"]),
            None,
        )
        .await
        .unwrap();
        let next = read(&store(&objects)).await;
        assert_eq!(next.into_values().collect::<Vec<_>>(), [(1, money("7"))]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_commit_that_was_killed_leaves_nothing() {
    let objects = Arc::new(InMemory::new());
    for countdown in 0..3 {
        let killed = faulty(&objects, Fault::Killed, "", countdown);
        assert!(
            replace(&killed, &name("a"), period("2026-10"), &rows(&["1"]), None)
                .await
                .is_err()
        );
        assert!(matches!(
            store(&objects).snapshot().await,
            Err(StoreError::Absent(_))
        ));
    }
    assert_eq!(
        replace(
            &store(&objects),
            &name("a"),
            period("2026-10"),
            &rows(&["1"]),
            None
        )
        .await
        .unwrap(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_got_lost_is_recognised() {
    for fault in [Fault::AnswerLost, Fault::Repeated] {
        for commits_before in [0, 1] {
            let objects = Arc::new(InMemory::new());
            for _ in 0..commits_before {
                replace(
                    &store(&objects),
                    &name("a"),
                    period("2026-10"),
                    &rows(&["1"]),
                    None,
                )
                .await
                .unwrap();
            }
            let commit = ["00000.json", "00001.json"][commits_before];
            let unlucky = faulty(&objects, fault, commit, 0);
            let version = replace(&unlucky, &name("a"), period("2026-10"), &rows(&["2"]), None)
                .await
                .unwrap();
            assert_eq!(version, commits_before as u64, "{fault:?}");
            let found = read(&store(&objects)).await;
            assert_eq!(found.into_values().collect::<Vec<_>>(), [(1, money("2"))]);
            assert_eq!(
                store(&objects).history().await.unwrap().len(),
                commits_before + 1
            );
        }
    }
}
