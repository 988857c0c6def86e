//! An object store whose errors say what a person wants to know: which object, and why, and no more.

use std::{error::Error as StdError, fmt, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    path::Path,
};

/// The objects of a bucket.
#[derive(Clone, Debug)]
pub(crate) struct Plain<S> {
    bucket: Arc<str>,
    inner: S,
}

impl<S> Plain<S> {
    pub(crate) fn new(bucket: &str, inner: S) -> Self {
        Self {
            bucket: bucket.into(),
            inner,
        }
    }

    fn error(&self, path: &Path) -> impl Fn(Error) -> Error + Send + Sync + 'static {
        let object = format!("s3://{}/{path}", self.bucket);
        move |error| plain(&object, error)
    }
}

/// An error about `object`, without what the layers between add, and with the class that the deepest of them gave it.
fn plain(object: &str, error: Error) -> Error {
    let why = Why(told(&error));
    match classed(&error) {
        Error::NotFound { path, .. } => Error::NotFound {
            path: path.clone(),
            source: why.into(),
        },
        Error::AlreadyExists { path, .. } => Error::AlreadyExists {
            path: path.clone(),
            source: why.into(),
        },
        Error::Precondition { path, .. } => Error::Precondition {
            path: path.clone(),
            source: why.into(),
        },
        Error::PermissionDenied { path, .. } => Error::PermissionDenied {
            path: path.clone(),
            source: why.into(),
        },
        Error::Unauthenticated { path, .. } => Error::Unauthenticated {
            path: path.clone(),
            source: why.into(),
        },
        Error::Generic { store, .. } => Error::Generic {
            store,
            source: Box::new(At {
                object: object.to_owned(),
                why,
            }),
        },
        _ => error,
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`{object}`: {why}")]
struct At {
    object: String,
    #[source]
    why: Why,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Why(String);

/// The outermost error that has a class. Content that broke off is asked for again, and what that comes to is wrapped.
fn classed(error: &Error) -> &Error {
    let mut current = error;
    while let Error::Generic { source, .. } = current {
        match source.downcast_ref::<Error>() {
            Some(inner) => current = inner,
            None => break,
        }
    }
    current
}

/// The innermost reason; of an answer, what the server said, or else its status.
fn told(error: &Error) -> String {
    let mut inner: &dyn StdError = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    let text = inner.to_string();
    let Some(answer) = text.strip_prefix("Server returned non-2xx status code: ") else {
        return text;
    };
    let (status, said) = answer.split_once(": ").unwrap_or((answer, ""));
    // Pages of servers between say nothing of use.
    let said = said.split('<').next().unwrap_or_default().trim();
    if said.is_empty() { status } else { said }
        .trim_end_matches([':', ' '])
        .to_owned()
}

impl<S: fmt::Display> fmt::Display for Plain<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}

#[async_trait]
impl<S: ObjectStore> ObjectStore for Plain<S> {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let put = self.inner.put_opts(location, payload, options).await;
        put.map_err(self.error(location))
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let begun = self.inner.put_multipart_opts(location, options).await;
        begun.map_err(self.error(location))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let got = self.inner.get_opts(location, options).await;
        let mut result = got.map_err(self.error(location))?;
        if let GetResultPayload::Stream(content) = result.payload {
            let content = content.map_err(self.error(location)).boxed();
            result.payload = GetResultPayload::Stream(content);
        }
        Ok(result)
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let deleted = self.inner.delete_stream(locations);
        deleted.map_err(self.error(&Path::default())).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let failed = self.error(prefix.unwrap_or(&Path::default()));
        self.inner.list(prefix).map_err(failed).boxed()
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let failed = self.error(prefix.unwrap_or(&Path::default()));
        let listed = self.inner.list_with_offset(prefix, offset);
        listed.map_err(failed).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let listed = self.inner.list_with_delimiter(prefix).await;
        listed.map_err(self.error(prefix.unwrap_or(&Path::default())))
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let copied = self.inner.copy_opts(from, to, options).await;
        copied.map_err(self.error(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error::Generic {
            store: "S3",
            source: source.into(),
        }
    }

    #[test]
    fn an_error_says_which_object_and_why() {
        let answer = |said: &str| format!("Server returned non-2xx status code: 500 Oops: {said}");
        for (text, why) in [
            (answer("InternalError: Again."), "InternalError: Again."),
            (answer(""), "500 Oops"),
            (answer("<html>page</html>"), "500 Oops"),
            ("connection reset".to_owned(), "connection reset"),
        ] {
            let error = plain("s3://b/k", generic(text));
            assert_eq!(
                error.to_string(),
                format!("Generic S3 error: `s3://b/k`: {why}")
            );
        }
    }

    #[test]
    fn the_class_of_a_wrapped_error_is_kept() {
        let inner = Error::Precondition {
            path: "k".to_owned(),
            source: "412".into(),
        };
        let error = plain("s3://b/k", generic(inner));
        assert!(matches!(error, Error::Precondition { .. }), "{error}");
    }
}
