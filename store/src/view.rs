//! Views that users keep in a store: one text file each in the folder `views/`, which no other part of the store knows.

use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path};

use crate::{Store, StoreError, paths};

/// The most bytes of a view's name: with it, every store takes the name of its file.
const LONGEST_NAME: usize = 80;

impl Store {
    /// The names of the views that are kept here, sorted.
    pub async fn views(&self) -> Result<Vec<String>, StoreError> {
        let folder = Path::from(paths::VIEWS);
        let listed = self.objects().list(Some(&folder)).try_collect::<Vec<_>>();
        let listed = listed.await.map_err(failed("cannot list", paths::VIEWS))?;
        let mut names: Vec<_> = listed
            .iter()
            .filter_map(|object| paths::view_name(object.location.as_ref()))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The text of the view called `name`, if it is kept here.
    pub async fn view(&self, name: &str) -> Result<Option<String>, StoreError> {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Ok(None);
        }
        let path = paths::view(name);
        let failed = failed("cannot read", &path);
        let found = match self.objects().get(&paths::object(&path)).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(bytes) => String::from_utf8(bytes.into()).map(Some).map_err(|_| {
                StoreError::Damaged(format!("the view in `{path}` is not UTF-8 text"))
            }),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Keeps a view: whoever reads sees the whole text or what was there before. False if there is one of this name already and
    /// it must not be replaced.
    pub async fn save_view(
        &self,
        name: &str,
        text: &str,
        replace: bool,
    ) -> Result<bool, StoreError> {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(StoreError::ViewName {
                name: name.to_owned(),
                longest: LONGEST_NAME,
            });
        }
        let path = paths::view(name);
        let object = paths::object(&path);
        let mode = if replace {
            PutMode::Overwrite
        } else {
            PutMode::Create
        };
        let put = self
            .objects()
            .put_opts(&object, text.to_owned().into(), PutOptions::from(mode));
        match put.await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) if !replace => Ok(false),
            Err(error) => Err(failed("cannot write", &path)(error)),
        }
    }

    /// Keeps a view no longer. False if there was none of this name.
    pub async fn drop_view(&self, name: &str) -> Result<bool, StoreError> {
        // Object stores delete what is not there without a word.
        if self.view(name).await?.is_none() {
            return Ok(false);
        }
        let path = paths::view(name);
        match self.objects().delete(&paths::object(&path)).await {
            Ok(()) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(failed("cannot delete", &path)(error)),
        }
    }
}

fn failed(action: &'static str, path: &str) -> impl FnOnce(object_store::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Object {
        action,
        path,
        source,
    }
}
