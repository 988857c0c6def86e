//! Messages of clients, read without trust in their lengths.

use std::{fmt, io};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest message of a client that has not logged in.
const LONGEST_BEFORE_LOGIN: usize = 64 << 10;
/// The longest message of a client that has: SQL with all its values.
const LONGEST: usize = 16 << 20;
/// The longest first message.
const LONGEST_FIRST: usize = 10_000;

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

/// The first message on a connection.
#[derive(Debug)]
pub(super) enum First {
    /// TLS is wanted.
    Ssl,
    /// Kerberos is wanted.
    Gss,
    /// Another connection's statement is to be stopped.
    Cancel { pid: i32, secret: Bytes },
    /// A session is to begin.
    Startup {
        minor: u16,
        parameters: Vec<(String, String)>,
    },
    /// A session of a protocol of other times.
    Unknown { major: u16, minor: u16 },
}

/// What is described or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Statement,
    Portal,
}

/// A message of a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Query(String),
    Parse {
        name: String,
        text: String,
        types: Vec<u32>,
    },
    Bind {
        portal: String,
        statement: String,
        formats: Vec<i16>,
        values: Vec<Option<Bytes>>,
        results: Vec<i16>,
    },
    Describe(Target, String),
    Execute {
        portal: String,
        most: i32,
    },
    Close(Target, String),
    Flush,
    Sync,
    Terminate,
    /// Part of a login.
    Password(Bytes),
    /// Rows for a table, which nothing here takes.
    Copy,
    /// A function to be called by its number.
    Function,
}

/// Why a connection cannot go on.
#[derive(Debug)]
pub(super) enum Broken {
    /// It ended.
    Gone,
    /// What came is no message.
    Malformed(&'static str),
    /// A message is longer than any that is taken.
    TooLong,
    /// A text that is not Unicode.
    NotText,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the connection ended"),
            Self::Malformed(what) => write!(f, "malformed message: {what}"),
            Self::TooLong => write!(f, "the message is longer than {LONGEST} bytes"),
            Self::NotText => f.write_str("invalid byte sequence for encoding \"UTF8\""),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl First {
    /// Reads the first message, or the one after a request that was answered.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<Self, Broken> {
        let length = from.read_u32().await?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if !(8..=LONGEST_FIRST).contains(&length) {
            return Err(Broken::Malformed("it is no startup message"));
        }
        let mut body = Body(read(from, length - 4).await?);
        Ok(match body.u32()? {
            SSL_REQUEST => Self::Ssl,
            GSS_REQUEST => Self::Gss,
            CANCEL_REQUEST => Self::Cancel {
                pid: body.i32()?,
                secret: body.0,
            },
            version if version >> 16 == 3 => {
                let mut parameters = Vec::new();
                loop {
                    let name = body.text()?;
                    if name.is_empty() {
                        break;
                    }
                    parameters.push((name, body.text()?));
                }
                Self::Startup {
                    minor: low(version),
                    parameters,
                }
            }
            version => Self::Unknown {
                major: low(version >> 16),
                minor: low(version),
            },
        })
    }
}

impl Message {
    /// Reads the next message.
    pub(super) async fn read(
        from: &mut (impl AsyncRead + Unpin),
        logged_in: bool,
    ) -> Result<Self, Broken> {
        let kind = from.read_u8().await?;
        let length = usize::try_from(from.read_u32().await?).unwrap_or(usize::MAX);
        let length = length.checked_sub(4);
        let length = length.ok_or(Broken::Malformed("its length is too small"))?;
        let longest = if logged_in {
            LONGEST
        } else {
            LONGEST_BEFORE_LOGIN
        };
        if length > longest {
            return Err(Broken::TooLong);
        }
        let mut body = Body(read(from, length).await?);
        let message = match kind {
            b'Q' => Self::Query(body.text()?),
            b'P' => Self::Parse {
                name: body.text()?,
                text: body.text()?,
                types: body.several(Body::u32)?,
            },
            b'B' => Self::Bind {
                portal: body.text()?,
                statement: body.text()?,
                formats: body.several(Body::i16)?,
                values: body.several(Body::value)?,
                results: body.several(Body::i16)?,
            },
            b'D' => Self::Describe(body.target()?, body.text()?),
            b'E' => Self::Execute {
                portal: body.text()?,
                most: body.i32()?,
            },
            b'C' => Self::Close(body.target()?, body.text()?),
            b'H' => Self::Flush,
            b'S' => Self::Sync,
            b'X' => Self::Terminate,
            b'p' => Self::Password(std::mem::take(&mut body.0)),
            b'd' | b'c' | b'f' => {
                body.0.clear();
                Self::Copy
            }
            b'F' => {
                body.0.clear();
                Self::Function
            }
            _ => return Err(Broken::Malformed("there is no such kind")),
        };
        if body.0.is_empty() {
            Ok(message)
        } else {
            Err(Broken::Malformed("it is longer than its content"))
        }
    }
}

/// Bytes as they come: what a client says of a length takes no memory before they are there.
async fn read(from: &mut (impl AsyncRead + Unpin), length: usize) -> Result<Bytes, Broken> {
    let mut bytes = Vec::with_capacity(length.min(LONGEST_FIRST));
    let found = from.take(length as u64).read_to_end(&mut bytes).await?;
    if found < length {
        return Err(Broken::Gone);
    }
    Ok(bytes.into())
}

fn low(version: u32) -> u16 {
    u16::try_from(version & 0xffff).unwrap_or_default()
}

/// What is left of a message.
struct Body(Bytes);

const SHORT: Broken = Broken::Malformed("it is shorter than its content");

impl Body {
    fn u32(&mut self) -> Result<u32, Broken> {
        self.0.try_get_u32().map_err(|_| SHORT)
    }

    fn i32(&mut self) -> Result<i32, Broken> {
        self.0.try_get_i32().map_err(|_| SHORT)
    }

    fn i16(&mut self) -> Result<i16, Broken> {
        self.0.try_get_i16().map_err(|_| SHORT)
    }

    fn text(&mut self) -> Result<String, Broken> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(SHORT)?;
        let text = self.0.split_to(end);
        self.0.advance(1);
        let text = std::str::from_utf8(&text).map_err(|_| Broken::NotText)?;
        Ok(text.to_owned())
    }

    fn value(&mut self) -> Result<Option<Bytes>, Broken> {
        let length = self.i32()?;
        if length == -1 {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| SHORT)?;
        if length > self.0.len() {
            return Err(SHORT);
        }
        Ok(Some(self.0.split_to(length)))
    }

    fn several<T>(
        &mut self,
        one: impl Fn(&mut Self) -> Result<T, Broken>,
    ) -> Result<Vec<T>, Broken> {
        let count = self.0.try_get_u16().map_err(|_| SHORT)?;
        (0..count).map(|_| one(self)).collect()
    }

    fn target(&mut self) -> Result<Target, Broken> {
        match self.0.try_get_u8() {
            Ok(b'S') => Ok(Target::Statement),
            Ok(b'P') => Ok(Target::Portal),
            _ => Err(Broken::Malformed(
                "it names neither a statement nor a portal",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn message(kind: u8, body: &[u8]) -> Result<Message, Broken> {
        let length = u32::try_from(body.len() + 4).unwrap();
        let bytes = [&[kind][..], &length.to_be_bytes(), body].concat();
        Message::read(&mut bytes.as_slice(), true).await
    }

    #[tokio::test]
    async fn messages_are_read() {
        let query = message(b'Q', b"select 1\0").await.unwrap();
        assert_eq!(query, Message::Query("select 1".to_owned()));
        let bind = message(
            b'B',
            b"\0s\0\0\x01\0\x01\0\x02\0\0\0\x01a\xff\xff\xff\xff\0\0",
        )
        .await;
        let expected = Message::Bind {
            portal: String::new(),
            statement: "s".to_owned(),
            formats: vec![1],
            values: vec![Some(Bytes::from_static(b"a")), None],
            results: vec![],
        };
        assert_eq!(bind.unwrap(), expected);
        let describe = message(b'D', b"Sname\0").await.unwrap();
        assert_eq!(
            describe,
            Message::Describe(Target::Statement, "name".to_owned())
        );
    }

    #[tokio::test]
    async fn what_is_no_message_ends_the_connection() {
        for (kind, body) in [
            (b'Q', &b"select 1"[..]),
            (b'Q', b"select 1\0more"),
            (b'Q', b"\xff\0"),
            (b'P', b"\0select 1\0\0\x05\0\0"),
            (b'B', b"\0\0\0\0\0\x01\0\0\0\x09a\0\0"),
            (b'B', b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0"),
            (b'D', b"Xname\0"),
            (b'E', b"\0\0"),
            (b'?', b""),
        ] {
            assert!(message(kind, body).await.is_err(), "{kind} {body:?}");
        }
        // Longer than it may be, shorter than a length is, and cut off.
        for bytes in [
            &b"Q\xff\xff\xff\xff"[..],
            b"Q\0\0\0\x03",
            b"Q\0\0\0\x09ab",
            b"Q\0",
        ] {
            assert!(
                Message::read(&mut &bytes[..], true).await.is_err(),
                "{bytes:?}"
            );
        }
        let early = b"Q\0\x02\0\0";
        let refused = Message::read(&mut &early[..], false).await;
        assert!(matches!(refused, Err(Broken::TooLong)));
    }

    /// Whatever a message holds, the next one begins where its length says.
    #[tokio::test]
    async fn nothing_that_is_sent_makes_it_panic_or_lose_its_place() {
        let kept: [(u8, &[u8]); 6] = [
            (b'Q', b"select 1\0"),
            (b'P', b"s\0select $1\0\0\x01\0\0\0\x17"),
            (
                b'B',
                b"\0s\0\0\x01\0\x01\0\x02\0\0\0\x01a\xff\xff\xff\xff\0\0",
            ),
            (b'D', b"Sname\0"),
            (b'E', b"\0\0\0\0\x05"),
            (b'p', b"n,,n=,r=abc"),
        ];
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % (below as u64)).unwrap()
        };
        let mut read = 0;
        for _ in 0..50_000 {
            let (kind, body) = kept[random(kept.len())];
            let mut body = body.to_vec();
            for _ in 0..=random(3) {
                let at = random(body.len().max(1));
                match random(3) {
                    0 => body.insert(at.min(body.len()), u8::try_from(random(256)).unwrap()),
                    1 if !body.is_empty() => drop(body.remove(at)),
                    _ if !body.is_empty() => body[at] ^= 1 << random(8),
                    _ => {}
                }
            }
            let length = u32::try_from(body.len() + 4).unwrap();
            let sent = [&[kind][..], &length.to_be_bytes(), &body, b"S\0\0\0\x04"].concat();
            let mut sent = sent.as_slice();
            if Message::read(&mut sent, true).await.is_ok() {
                let next = Message::read(&mut sent, true).await.unwrap();
                assert_eq!(next, Message::Sync, "after {kind} {body:?}");
                read += 1;
            }
        }
        assert!(read > 1000, "{read} of them were messages");
    }

    #[tokio::test]
    async fn the_first_message() {
        let startup = b"\0\0\0\x12\0\x03\0\0user\0ada\0\0";
        let First::Startup {
            minor: 0,
            parameters,
        } = First::read(&mut &startup[..]).await.unwrap()
        else {
            panic!("it is a startup message");
        };
        assert_eq!(parameters, [("user".to_owned(), "ada".to_owned())]);
        let ssl = b"\0\0\0\x08\x04\xd2\x16\x2f";
        assert!(matches!(First::read(&mut &ssl[..]).await, Ok(First::Ssl)));
        let cancel = b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x07abcd";
        let First::Cancel { pid: 7, secret } = First::read(&mut &cancel[..]).await.unwrap() else {
            panic!("it is a request to cancel");
        };
        assert_eq!(&secret[..], b"abcd");
        for bytes in [
            &b"\0\0\0\x04"[..],
            b"\xff\xff\xff\xff",
            b"\0\0\0\x0a\0\x03\0\0us",
            b"GET / HTTP/1.1",
        ] {
            assert!(First::read(&mut &bytes[..]).await.is_err(), "{bytes:?}");
        }
    }
}
