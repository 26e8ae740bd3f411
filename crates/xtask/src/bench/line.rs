//! What one request after the other goes over: a connection of HTTP/1.1, or a stream's place on one of HTTP/2.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsConnector;

use super::connection::{Connection, ExchangeError, Reply, connect};
use super::scenario::Http;

/// Requests under way at a time on one HTTP/2 connection: what clients with several connections have on each.
pub(super) const STREAMS: usize = 16;

/// How a server is reached.
#[derive(Clone)]
pub(super) struct Route {
    /// The server.
    pub(super) address: SocketAddr,
    /// The version of HTTP.
    pub(super) http: Http,
    /// What makes it TLS.
    pub(super) tls: Option<TlsConnector>,
}

/// One request under way at a time.
pub(super) enum Line {
    One(Connection),
    Two {
        sender: SendRequest<Full<Bytes>>,
        body: Bytes,
    },
}

/// A request, ready to be sent again and again.
pub(super) enum Prepared<'a> {
    One(&'a [u8]),
    Two(&'a Request<Full<Bytes>>),
}

impl Route {
    /// A route of plain HTTP/1.1.
    pub(super) fn plain(address: SocketAddr) -> Self {
        Self {
            address,
            http: Http::One,
            tls: None,
        }
    }

    /// Opens so many lines.
    pub(super) async fn open(&self, lines: usize) -> Result<Vec<Line>, ExchangeError> {
        let mut opened = Vec::with_capacity(lines);
        while opened.len() < lines {
            match self.http {
                Http::One => {
                    let connection = Connection::open_over(self.address, self.tls.as_ref()).await?;
                    opened.push(Line::One(connection));
                }
                Http::Two => {
                    let sender = self.connect().await?;
                    let streams = STREAMS.min(lines - opened.len());
                    opened.extend((0..streams).map(|_| Line::Two {
                        sender: sender.clone(),
                        body: Bytes::new(),
                    }));
                }
            }
        }
        Ok(opened)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, ExchangeError> {
        let stream = connect(self.address, self.tls.as_ref()).await?;
        let (sender, connection) = http2::handshake(HereAndNow, TokioIo::new(stream)).await?;
        // Its end is seen by whoever sends.
        tokio::task::spawn_local(async { drop(connection.await) });
        Ok(sender)
    }

    /// Whole requests of HTTP/1.1 in the form of HTTP/2, if this route wants that.
    pub(super) fn translate(
        &self,
        requests: &[Vec<u8>],
    ) -> Result<Vec<Request<Full<Bytes>>>, http::Error> {
        match self.http {
            Http::One => Ok(Vec::new()),
            Http::Two => requests.iter().map(|one| self.translated(one)).collect(),
        }
    }

    /// The host becomes the authority (RFC 9113, 8.3.1).
    fn translated(&self, request: &[u8]) -> Result<Request<Full<Bytes>>, http::Error> {
        let text = String::from_utf8_lossy(request);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let uri = Uri::builder()
            .scheme(scheme)
            .authority(self.address.to_string())
            .path_and_query("/")
            .build()?;
        let mut builder = Request::builder().method(Method::POST).uri(uri);
        let headers = head.split("\r\n").filter_map(|line| line.split_once(": "));
        for (name, value) in headers.filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
            builder = builder.header(name, value);
        }
        builder.body(Full::new(Bytes::from(body.to_owned())))
    }
}

impl Line {
    /// Sends a request and reads the whole reply to it.
    pub(super) async fn exchange(
        &mut self,
        request: &Prepared<'_>,
    ) -> Result<Reply<'_>, ExchangeError> {
        match (self, request) {
            (Self::One(connection), Prepared::One(request)) => connection.exchange(request).await,
            (Self::Two { sender, body }, Prepared::Two(request)) => {
                sender.ready().await?;
                let reply = sender.send_request((*request).clone()).await?;
                let status = reply.status().as_u16();
                *body = reply.into_body().collect().await?.to_bytes();
                Ok(Reply { status, body })
            }
            // A route prepares its requests for its lines.
            _ => Err(ExchangeError::Closed),
        }
    }
}

/// Runs what a connection needs on the thread that uses it.
#[derive(Clone)]
struct HereAndNow;

impl<F: Future<Output = ()> + 'static> Executor<F> for HereAndNow {
    fn execute(&self, work: F) {
        tokio::task::spawn_local(work);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_is_translated_whole() {
        let route = Route {
            address: "127.0.0.1:4000".parse().unwrap(),
            http: Http::Two,
            tls: None,
        };
        let request =
            b"POST / HTTP/1.1\r\nhost: a\r\nx-amz-target: T\r\ncontent-length: 2\r\n\r\n{}";
        let request = route.translated(request).unwrap();
        assert_eq!(request.uri(), "http://127.0.0.1:4000/");
        assert_eq!(request.headers()["x-amz-target"], "T");
        assert!(!request.headers().contains_key("host"));
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], b"{}");
    }
}
