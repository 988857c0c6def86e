//! Content of an answer as it arrives.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use object_store::client::{HttpError, HttpResponseBody};
use tokio::time::{Sleep, sleep};

use crate::answer::Fault;

/// Content that has to keep coming, and to have the length that was announced.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: HttpResponseBody,
    silence: Duration,
    /// Runs while more is waited for. A reader that comes back late finds what has arrived meanwhile.
    timer: Option<Pin<Box<Sleep>>>,
    sent: u64,
    left: Option<u64>,
}

impl Watched {
    pub(crate) fn new(inner: HttpResponseBody, silence: Duration) -> Self {
        Self {
            inner,
            silence,
            timer: None,
            sent: 0,
            left: None,
        }
    }

    /// Its length is `length`, if that is known.
    pub(crate) fn expect(&mut self, length: Option<u64>) {
        self.left = length;
    }

    fn count(&mut self, bytes: u64) -> Result<(), Fault> {
        self.sent += bytes;
        let Some(left) = self.left else { return Ok(()) };
        self.left = left.checked_sub(bytes);
        match self.left {
            Some(_) => Ok(()),
            None => Err(Fault::OtherLength {
                sent: self.sent,
                expected: self.sent - bytes + left,
            }),
        }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let this = self.get_mut();
        // What goes wrong after the last byte does not matter.
        if this.left == Some(0) {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut this.inner).poll_frame(context);
        if let Poll::Ready(frame) = polled {
            this.timer = None;
            return Poll::Ready(match frame {
                Some(Ok(frame)) => {
                    let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                    Some(this.count(bytes).map_err(Fault::error).map(|()| frame))
                }
                None => this.left.map(|left| {
                    Err(Fault::OtherLength {
                        sent: this.sent,
                        expected: this.sent + left,
                    }
                    .error())
                }),
                failed => failed,
            });
        }
        let silence = this.silence;
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep(silence)));
        match timer.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                this.timer = None;
                Poll::Ready(Some(Err(Fault::Silent(silence).error())))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    /// Sends nothing, ever.
    struct Mute;

    impl Body for Mute {
        type Data = Bytes;
        type Error = HttpError;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn silence_has_an_end() {
        let silence = Duration::from_millis(20);
        let body = Watched::new(HttpResponseBody::new(Mute), silence);
        let error = HttpResponseBody::new(body).bytes().await.unwrap_err();
        let told = error.source().unwrap().to_string();
        assert_eq!(told, Fault::Silent(silence).to_string());
    }

    #[tokio::test]
    async fn what_comes_after_the_end_does_not_matter() {
        let mut body = Watched::new(HttpResponseBody::new(Mute), Duration::from_mins(1));
        body.expect(Some(0));
        assert!(
            HttpResponseBody::new(body)
                .bytes()
                .await
                .unwrap()
                .is_empty()
        );
    }
}
