//! Messages of HTTP/1.1, byte by byte, so that they can be spoilt.

use tokio::{io::AsyncReadExt, net::TcpStream};

/// A request or an answer.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// The line before the headers.
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(of, _)| of.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(of, _)| !of.eq_ignore_ascii_case(name));
    }

    /// Of a request.
    pub(crate) fn method_and_target(&self) -> (&str, &str) {
        let mut words = self.first.split(' ');
        (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        )
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// A socket that messages come from, one after the other.
pub(crate) struct Reader {
    pub(crate) socket: TcpStream,
    buffer: Vec<u8>,
}

impl Reader {
    pub(crate) fn new(socket: TcpStream) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    /// The next message; none when the other side has closed. An answer to HEAD has no content whatever it announces.
    pub(crate) async fn message(&mut self, to_head: bool) -> std::io::Result<Option<Message>> {
        let Some(head) = self.until(b"\r\n\r\n").await? else {
            return Ok(None);
        };
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.trim_end().split("\r\n");
        let mut message = Message {
            first: lines.next().unwrap_or_default().to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        for line in lines {
            let (name, value) = line.split_once(':').unwrap();
            message
                .headers
                .push((name.to_owned(), value.trim().to_owned()));
        }
        if to_head {
            return Ok(Some(message));
        }
        if message.header("transfer-encoding") == Some("chunked") {
            message.body = self.chunks().await?;
        } else if let Some(length) = message.header("content-length") {
            message.body = self.exactly(length.parse().unwrap()).await?;
        }
        Ok(Some(message))
    }

    async fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n").await?;
            let line = line.ok_or(std::io::ErrorKind::UnexpectedEof)?;
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let chunk = self.exactly(size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    /// Up to and with `end`; none if nothing more comes.
    async fn until(&mut self, end: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
        loop {
            let mut windows = self.buffer.windows(end.len());
            if let Some(at) = windows.position(|window| window == end) {
                return Ok(Some(self.buffer.drain(..at + end.len()).collect()));
            }
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn exactly(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..length).collect())
    }
}
