//! The read cache: data files are read once, whatever happens to the cache.

use std::{
    fmt, fs,
    ops::Range,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use bytes::Bytes;
use curtail_store::{ReadCache, Store};
use futures::{future::join_all, stream::BoxStream};
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    memory::InMemory, path::Path,
};

const BLOCK: u64 = 256 << 10;
const DATA: &str = "line_items/report=a/billing_period=2026-10/part-00000-1.parquet";

/// Objects in memory that take their time, and note what was read of them.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    inner: InMemory,
    pub(crate) read: Mutex<Vec<String>>,
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "counted")
    }
}

#[async_trait]
impl ObjectStore for Counted {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let read = format!("{location} {:?}", options.range);
        self.read.lock().unwrap().push(read);
        tokio::time::sleep(Duration::from_millis(2)).await;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// A store far away, and a folder for a cache.
struct World {
    objects: Arc<Counted>,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            objects: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The store as another process opens it, with a cache of that many bytes.
    fn opened(&self, size: u64) -> Store {
        let objects = Arc::clone(&self.objects) as Arc<dyn ObjectStore>;
        let store = Store::remote("memory:///some/prefix".parse().unwrap(), objects);
        let cache = ReadCache::new(&self.folder.path().join("cache"), size);
        store.unwrap().with_cache(&cache)
    }

    async fn put(&self, path: &str, bytes: Bytes) {
        let path = Path::from(format!("some/prefix/{path}"));
        self.objects.inner.put(&path, bytes.into()).await.unwrap();
    }

    /// How many requests there were since this was asked last.
    fn requests(&self) -> usize {
        self.objects.read.lock().unwrap().drain(..).count()
    }

    /// The files of the cache that hold blocks.
    fn files(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().join("cache")];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if path.file_name().unwrap() == "size" => {}
                    false => files.push(path),
                }
            }
        }
        files.sort();
        files
    }
}

/// Bytes that tell where they are.
fn content(length: u64) -> Bytes {
    let words = 0..length.div_ceil(8);
    let mut bytes: Vec<u8> = words
        .flat_map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes())
        .collect();
    bytes.truncate(usize::try_from(length).unwrap());
    bytes.into()
}

fn slice(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |place: u64| usize::try_from(place).unwrap().min(bytes.len());
    bytes.slice(place(range.start)..place(range.end))
}

async fn range(store: &Store, range: Range<u64>) -> Bytes {
    let path = Path::from(DATA);
    let read = store.objects_to_read().get_range(&path, range).await;
    read.unwrap()
}

#[tokio::test]
async fn what_was_read_once_is_not_asked_for_again() {
    let world = World::new();
    let bytes = content(5 * BLOCK + 77);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    let ranges = [
        0..8,
        BLOCK - 3..BLOCK + 3,
        3 * BLOCK..3 * BLOCK + 1,
        bytes.len() as u64 - 8..bytes.len() as u64,
        17..5 * BLOCK + 70,
        BLOCK..2 * BLOCK,
    ];
    for wanted in &ranges {
        assert_eq!(range(&store, wanted.clone()).await, slice(&bytes, wanted));
    }
    assert!(world.requests() > 0);
    // Later, and in a later process.
    for store in [store, world.opened(ReadCache::LEAST)] {
        for wanted in &ranges {
            assert_eq!(range(&store, wanted.clone()).await, slice(&bytes, wanted));
        }
        let path = Path::from(DATA);
        let read = store.objects_to_read().get_ranges(&path, &ranges).await;
        let expected: Vec<_> = ranges.iter().map(|it| slice(&bytes, it)).collect();
        assert_eq!(read.unwrap(), expected);
        assert_eq!(world.requests(), 0);
    }
}

#[tokio::test]
async fn blocks_side_by_side_are_one_request() {
    let world = World::new();
    let bytes = content(40 * BLOCK);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    range(&store, 0..16 * BLOCK).await;
    assert_eq!(world.requests(), 1);
    range(&store, 20 * BLOCK..20 * BLOCK + 1).await;
    assert_eq!(world.requests(), 1);
    // All but those that are there: before and behind the one at 20.
    assert_eq!(range(&store, 0..32 * BLOCK).await, bytes.slice(..32 << 18));
    assert_eq!(world.requests(), 2);
}

#[tokio::test]
async fn a_block_that_many_want_is_fetched_once() {
    let world = World::new();
    let bytes = content(3 * BLOCK);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    let reads = (0..20).map(|_| range(&store, 5..2 * BLOCK));
    for read in join_all(reads).await {
        assert_eq!(read, slice(&bytes, &(5..2 * BLOCK)));
    }
    assert_eq!(world.requests(), 1);
}

#[tokio::test]
async fn who_gives_up_leaves_the_block_to_others() {
    let world = World::new();
    let bytes = content(BLOCK);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    let given_up = tokio::time::timeout(Duration::from_micros(100), range(&store, 0..9));
    assert!(given_up.await.is_err());
    assert_eq!(range(&store, 0..9).await, slice(&bytes, &(0..9)));
}

#[tokio::test]
async fn a_damaged_block_is_fetched_again() {
    let world = World::new();
    let bytes = content(4 * BLOCK);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    range(&store, 0..4 * BLOCK).await;
    let files = world.files();
    assert_eq!(files.len(), 4);
    // A bit flipped, cut off, emptied, another's content.
    let mut flipped = fs::read(&files[0]).unwrap();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(&files[0], flipped).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&files[1]).unwrap();
    file.set_len(1000).unwrap();
    fs::write(&files[2], b"").unwrap();
    fs::copy(&files[0], &files[3]).unwrap();
    world.requests();
    assert_eq!(range(&store, 0..4 * BLOCK).await, bytes);
    assert!(world.requests() > 0);
    assert_eq!(range(&store, 0..4 * BLOCK).await, bytes);
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn processes_share_it() {
    let world = World::new();
    let bytes = content(30 * BLOCK);
    world.put(DATA, bytes.clone()).await;
    let stores: Vec<_> = (0..4).map(|_| world.opened(ReadCache::LEAST)).collect();
    let reads = stores.iter().map(async |store| {
        for start in 0..=25 {
            let wanted = start * BLOCK..(start + 5) * BLOCK;
            assert_eq!(range(store, wanted.clone()).await, slice(&bytes, &wanted));
        }
    });
    join_all(reads).await;
    world.requests();
    assert_eq!(range(&stores[0], 0..30 * BLOCK).await, bytes);
    assert_eq!(world.requests(), 0);
}

#[tokio::test]
async fn the_bound_is_kept_and_what_was_not_used_goes_first() {
    let world = World::new();
    // Every 256th block of an object lies in the same folder.
    let far = 256 * BLOCK;
    let bytes = Bytes::from(vec![7; usize::try_from(2 * far + 20 * BLOCK).unwrap()]);
    world.put(DATA, bytes).await;
    let store = world.opened(2 * ReadCache::LEAST);
    let block = async |start: u64| {
        range(&store, start..start + 1).await;
        world.requests()
    };
    assert_eq!((block(0).await, block(far).await), (1, 1));
    let ago = |minutes: u64| SystemTime::now() - Duration::from_secs(60 * minutes);
    for file in world.files() {
        let minutes = if file.to_string_lossy().ends_with("-0") {
            9
        } else {
            5
        };
        fs::File::open(file)
            .unwrap()
            .set_modified(ago(minutes))
            .unwrap();
    }
    assert_eq!(block(0).await, 0, "it is used now");
    assert_eq!(block(2 * far).await, 1);
    assert_eq!(block(0).await, 0, "it stays");
    assert_eq!(block(far).await, 1, "it had to go");
    // More than there is room for.
    for start in [0, far, 2 * far] {
        range(&store, start..start + 20 * BLOCK).await;
    }
    assert_eq!(world.files().len(), 40, "two of three in each folder");
    // A smaller one makes room in all that is there.
    let smaller = world.opened(ReadCache::LEAST);
    range(&smaller, 100 * BLOCK..101 * BLOCK).await;
    assert_eq!(world.files().len(), 21, "one in each folder");
}

#[tokio::test]
async fn what_a_dead_process_left_unfinished_goes() {
    let world = World::new();
    world.put(DATA, content(BLOCK)).await;
    range(&world.opened(ReadCache::LEAST), 0..1).await;
    let block = world.files().remove(0);
    let unfinished = block.with_file_name("tmp-of-a-dead-process");
    fs::copy(&block, &unfinished).unwrap();
    let old = SystemTime::now() - Duration::from_hours(1);
    fs::File::open(&unfinished)
        .unwrap()
        .set_modified(old)
        .unwrap();
    fs::remove_file(&block).unwrap();
    range(&world.opened(ReadCache::LEAST), 0..1).await;
    assert_eq!(world.files(), [block]);
}

#[tokio::test]
async fn without_a_place_for_it_everything_is_read_from_the_store() {
    let world = World::new();
    let bytes = content(2 * BLOCK);
    world.put(DATA, bytes.clone()).await;
    // A file where the folder would be.
    fs::write(world.folder.path().join("cache"), b"").unwrap();
    let store = world.opened(ReadCache::LEAST);
    for _ in 0..2 {
        assert_eq!(
            range(&store, 3..BLOCK + 3).await,
            slice(&bytes, &(3..BLOCK + 3))
        );
        assert_eq!(world.requests(), 1);
    }
}

#[tokio::test]
async fn what_changes_is_never_kept() {
    let world = World::new();
    let store = world.opened(ReadCache::LEAST);
    for path in [
        "line_items/_delta_log/00000000000000000001.json",
        "line_items/_delta_log/00000000000000000010.checkpoint.parquet",
        "line_items/_delta_log/_last_checkpoint",
        "views/team.sql",
    ] {
        for text in ["one", "two"] {
            world.put(path, Bytes::from(text)).await;
            let (objects, path) = (store.objects_to_read(), Path::from(path));
            let read = objects.get_range(&path, 0..3).await.unwrap();
            assert_eq!(read, text);
            let ranges = objects.get_ranges(&path, &[0..1, 2..3]).await.unwrap();
            assert_eq!(ranges[0], text[..1]);
        }
    }
    assert!(world.files().is_empty());
    // Nor is a data file read from the cache where it is checked.
    world.put(DATA, content(9)).await;
    range(&store, 0..9).await;
    world.requests();
    for objects in [store.objects(), store.without_cache().objects_to_read()] {
        objects.get_range(&Path::from(DATA), 0..9).await.unwrap();
        assert_eq!(world.requests(), 1);
    }
}

#[tokio::test]
async fn stores_do_not_mix() {
    let world = World::new();
    world.put(DATA, Bytes::from("one")).await;
    range(&world.opened(ReadCache::LEAST), 0..3).await;
    let objects = Arc::clone(&world.objects) as Arc<dyn ObjectStore>;
    let other = Store::remote("memory:///other".parse().unwrap(), objects).unwrap();
    let cache = ReadCache::new(&world.folder.path().join("cache"), ReadCache::LEAST);
    let path = Path::from(format!("other/{DATA}"));
    let put = world.objects.inner.put(&path, Bytes::from("two").into());
    put.await.unwrap();
    assert_eq!(range(&other.with_cache(&cache), 0..3).await, "two");
}

#[tokio::test]
async fn an_object_that_changed_after_all_is_read_as_it_is() {
    let world = World::new();
    world.put(DATA, content(2 * BLOCK)).await;
    let store = world.opened(ReadCache::LEAST);
    range(&store, 0..9).await;
    let other = Bytes::from(vec![1; 600_000]);
    world.put(DATA, other.clone()).await;
    assert_eq!(range(&store, 0..600_000).await, other);
}

#[tokio::test]
async fn ranges_that_are_not_there_end_as_they_do_without() {
    let world = World::new();
    let bytes = content(BLOCK + 9);
    world.put(DATA, bytes.clone()).await;
    let store = world.opened(ReadCache::LEAST);
    let path = Path::from(DATA);
    for wanted in [BLOCK..BLOCK + 100, 0..9 * BLOCK] {
        assert_eq!(range(&store, wanted.clone()).await, slice(&bytes, &wanted));
    }
    let objects = store.objects_to_read();
    assert!(
        objects
            .get_range(&path, 9 * BLOCK..10 * BLOCK)
            .await
            .is_err()
    );
    assert!(
        objects
            .get_range(&path, BLOCK + 9..BLOCK + 10)
            .await
            .is_err()
    );
    let missing = objects.get_range(&Path::from("a/b.parquet"), 0..1).await;
    assert!(matches!(missing, Err(object_store::Error::NotFound { .. })));
    let head = objects.head(&path).await.unwrap();
    assert_eq!(head.size, BLOCK + 9);
    let whole = objects.get(&path).await.unwrap().bytes().await.unwrap();
    assert_eq!(whole, bytes);
}
