//! The body of a request: read whole, within what all bodies together may take.

use std::future::Future;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::Limits;
use crate::corridor::BodySender;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a call takes in memory besides what its head and body say, in bytes.
const HEAD_BYTES: usize = 2048;

/// What a header takes besides its name and value, in bytes: its place in the map.
const HEADER_BYTES: usize = 128;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than a body may be.
    TooLong,
    /// It ended early, or is malformed.
    Broken,
    /// It did not arrive in time.
    Slow,
    /// The others left no room for it.
    NoRoom,
}

/// The longest head, by the memory that it takes, that has room with those of known keys: longer than any that clients of
/// AWS send. HTTP/2 unfolds a few hundred bytes to hundreds of thousands, so that those who know an access key's id
/// could fill the room for next to nothing.
const LONG_HEAD_BYTES: usize = 16 * 1024;

/// The room for all bodies of a server, and for all heads: a permit for each byte.
#[derive(Clone)]
pub(super) struct Rooms {
    known: Arc<Semaphore>,
    unsigned: Arc<Semaphore>,
    known_heads: Arc<Semaphore>,
    unsigned_heads: Arc<Semaphore>,
    /// Heads of requests that will be turned away, and long ones.
    other_heads: Arc<Semaphore>,
}

impl Rooms {
    pub(super) fn new(limits: &Limits) -> Self {
        // One of the greatest length must find room, or it would wait for ever.
        let room = |bytes: usize, longest: usize| {
            let bytes = bytes.max(longest);
            Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)))
        };
        let longest_head = 5 * limits.head_bytes + HEAD_BYTES;
        Self {
            known: room(limits.body_bytes_in_flight, limits.body_bytes),
            unsigned: room(limits.unsigned_bytes_in_flight, limits.body_bytes),
            known_heads: room(limits.body_bytes_in_flight, longest_head),
            unsigned_heads: room(limits.unsigned_bytes_in_flight, longest_head),
            other_heads: room(limits.unsigned_bytes_in_flight, longest_head),
        }
    }

    /// Takes the room of a head, until the permit is dropped. `None` if the others left none: there is no waiting
    /// with a head in the hands.
    pub(super) fn take_head(
        &self,
        head: &Parts,
        sender: Option<BodySender>,
    ) -> Option<OwnedSemaphorePermit> {
        let bytes = head_bytes(head);
        let room = match sender {
            Some(BodySender::Known) if bytes <= LONG_HEAD_BYTES => &self.known_heads,
            Some(BodySender::Unsigned) if bytes <= LONG_HEAD_BYTES => &self.unsigned_heads,
            _ => &self.other_heads,
        };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Arc::clone(room).try_acquire_many_owned(bytes).ok()
    }

    /// The room for what somebody like this sends.
    pub(super) const fn of(&self, sender: BodySender) -> &Arc<Semaphore> {
        match sender {
            BodySender::Known => &self.known,
            BodySender::Unsigned => &self.unsigned,
        }
    }
}

/// How much memory a head takes, about.
fn head_bytes(head: &Parts) -> usize {
    let headers = head.headers.iter();
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        name.as_str().len() + value.len() + HEADER_BYTES
    };
    let uri = head
        .uri
        .path_and_query()
        .map_or(0, |path| path.as_str().len());
    HEAD_BYTES + uri + headers.map(header).sum::<usize>()
}

/// Reads a body. Its bytes are counted as they arrive, so that whoever announces much and sends
/// nothing takes no room from others, until the permit is dropped; a body of no bytes has none.
///
/// Only the first piece waits for room. If the others did while they hold what has come before, bodies
/// would wait for each other until none of them is in time.
pub(super) async fn read<B>(
    body: B,
    room: &Arc<Semaphore>,
    limits: &Limits,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Unread>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let deadline = Instant::now() + limits.body_timeout;
    let mut body = Limited::new(body, limits.body_bytes);
    let (mut arrived, mut place) = (Arrived::default(), None::<OwnedSemaphorePermit>);
    loop {
        let frame = match timeout_at(deadline, body.frame()).await {
            Ok(Some(frame)) => frame.map_err(|error| unread(&error))?,
            Ok(None) => return Ok((arrived.whole(), place)),
            Err(_) => return Err(Unread::Slow),
        };
        // Trailers mean nothing here.
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        let bytes = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        let room = Arc::clone(room);
        if let Some(place) = &mut place {
            let more = room.try_acquire_many_owned(bytes);
            place.merge(more.map_err(|_| Unread::NoRoom)?);
        } else {
            let first = timeout_at(deadline, room.acquire_many_owned(bytes)).await;
            let Ok(Ok(first)) = first else {
                return Err(Unread::NoRoom);
            };
            place = Some(first);
        }
        arrived.push(piece);
    }
}

/// What has arrived of a body. Nearly all bodies come in one piece, which is not copied. Further ones
/// are joined at once: kept as they are, small ones would take far more memory than is counted.
#[derive(Default)]
struct Arrived {
    first: Bytes,
    joined: BytesMut,
}

impl Arrived {
    fn push(&mut self, piece: Bytes) {
        if self.joined.is_empty() && self.first.is_empty() {
            self.first = piece;
            return;
        }
        self.joined
            .extend_from_slice(&std::mem::take(&mut self.first));
        self.joined.extend_from_slice(&piece);
    }

    fn whole(self) -> Bytes {
        if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        }
    }
}

/// Lets a body pass without keeping any of it, so that the other end gets to read the answer.
pub(super) async fn discard<B>(body: B, limits: &Limits) -> Result<(), Unread>
where
    B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    let mut body = Limited::new(body, limits.body_bytes);
    let passing = async {
        while let Some(frame) = body.frame().await {
            drop(frame?);
        }
        Ok(())
    };
    in_time(passing, limits).await
}

async fn in_time<T>(
    reading: impl Future<Output = Result<T, BoxError>>,
    limits: &Limits,
) -> Result<T, Unread> {
    match timeout(limits.body_timeout, reading).await {
        Ok(read) => read.map_err(|error| unread(&error)),
        Err(_) => Err(Unread::Slow),
    }
}

fn unread(error: &BoxError) -> Unread {
    if error.is::<LengthLimitError>() {
        Unread::TooLong
    } else {
        Unread::Broken
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body_util::Full;
    use hyper::body::{Frame, SizeHint};

    use super::*;

    /// A body that announces a length, or none; its pieces arrive, and then nothing, not even its end.
    struct Awaited {
        announced: Option<u64>,
        pieces: Vec<&'static [u8]>,
    }

    fn awaited(announced: Option<u64>, pieces: &[&'static [u8]]) -> Awaited {
        let pieces = pieces.iter().rev().copied().collect();
        Awaited { announced, pieces }
    }

    impl Body for Awaited {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.pieces.pop() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece))))),
                None => Poll::Pending,
            }
        }

        fn size_hint(&self) -> SizeHint {
            let announced = self.announced;
            announced.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    fn limits() -> Limits {
        Limits {
            body_bytes: 100,
            body_bytes_in_flight: 250,
            unsigned_bytes_in_flight: 120,
            ..Limits::default()
        }
    }

    fn room(limits: &Limits) -> Arc<Semaphore> {
        Arc::clone(Rooms::new(limits).of(BodySender::Known))
    }

    fn whole(length: usize) -> Full<Bytes> {
        Full::new(Bytes::from(vec![7; length]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_takes_what_has_arrived_until_it_is_let_go() {
        let limits = limits();
        let room = room(&limits);
        let (bytes, place) = read(whole(60), &room, &limits).await.unwrap();
        assert_eq!((bytes.len(), room.available_permits()), (60, 190));
        drop(place);
        assert_eq!(room.available_permits(), 250);
        for (announced, pieces, taken) in [
            (Some(30), [].as_slice(), 0),
            (None, &[], 0),
            (Some(1 << 40), &[b"abc".as_slice()], 3),
            (None, &[b"abc", b"", b"de"], 5),
        ] {
            let reading = read(awaited(announced, pieces), &room, &limits);
            tokio::pin!(reading);
            assert!(
                timeout(limits.body_timeout / 2, &mut reading)
                    .await
                    .is_err()
            );
            assert_eq!(room.available_permits(), 250 - taken, "{announced:?}");
            assert_eq!(reading.await.err(), Some(Unread::Slow));
            assert_eq!(room.available_permits(), 250);
        }
        let refused = read(whole(101), &room, &limits).await.err();
        assert_eq!(refused, Some(Unread::TooLong));
    }

    /// As many as it takes to fill the room if they took what they announce.
    #[tokio::test(start_paused = true)]
    async fn who_sends_nothing_keeps_nobody_out() {
        let limits = limits();
        let room = room(&limits);
        let silent = || async { read(awaited(None, &[]), &room, &limits).await.err() };
        let other = read(whole(100), &room, &limits);
        let (one, two, three, other) = tokio::join!(silent(), silent(), silent(), other);
        assert_eq!([one, two, three], [Some(Unread::Slow); 3]);
        assert_eq!(other.unwrap().0.len(), 100);
    }

    #[test]
    fn pieces_are_joined() {
        for pieces in [&[][..], &["abc"], &["", "abc"], &["a", "b", "", "c"]] {
            let mut arrived = Arrived::default();
            for piece in pieces {
                arrived.push(Bytes::from_static(piece.as_bytes()));
            }
            assert_eq!(arrived.whole(), pieces.concat());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_room_a_body_waits_but_not_for_ever() {
        let limits = limits();
        let room = room(&limits);
        let held = Arc::clone(&room).try_acquire_many_owned(200).unwrap();
        let refused = read(whole(51), &room, &limits).await.err();
        assert_eq!(refused, Some(Unread::NoRoom));
        assert!(read(whole(50), &room, &limits).await.is_ok());
        let (read, ()) = tokio::join!(read(whole(51), &room, &limits), async move {
            tokio::time::sleep(limits.body_timeout / 2).await;
            drop(held);
        });
        assert!(read.is_ok());
    }

    /// Half of a body that doesn't fit gives way at once, to those that wait for it.
    #[tokio::test(start_paused = true)]
    async fn bodies_that_have_begun_do_not_wait_for_each_other() {
        let limits = limits();
        let room = room(&limits);
        let _held = Arc::clone(&room).try_acquire_many_owned(200).unwrap();
        let start = Instant::now();
        let begun = read(awaited(None, &[&[7; 30], &[7; 30]]), &room, &limits);
        assert_eq!(begun.await.err(), Some(Unread::NoRoom));
        assert_eq!(
            (start.elapsed().as_secs(), room.available_permits()),
            (0, 50)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_needs_no_signature_takes_no_room_from_others() {
        let limits = limits();
        let rooms = Rooms::new(&limits);
        let [known, unsigned] = [BodySender::Known, BodySender::Unsigned].map(|who| rooms.of(who));
        let (held, place) = read(whole(100), unsigned, &limits).await.unwrap();
        assert_eq!((held.len(), place.is_some()), (100, true));
        let refused = read(whole(21), unsigned, &limits).await.err();
        assert_eq!(refused, Some(Unread::NoRoom));
        assert_eq!(known.available_permits(), 250);
        assert!(read(whole(100), known, &limits).await.is_ok());
    }

    #[tokio::test]
    async fn the_longest_body_always_finds_room() {
        let limits = Limits {
            body_bytes_in_flight: 1,
            ..limits()
        };
        assert!(read(whole(100), &room(&limits), &limits).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_thrown_away_has_the_same_limits() {
        let limits = limits();
        assert_eq!(discard(whole(100), &limits).await, Ok(()));
        assert_eq!(discard(whole(101), &limits).await, Err(Unread::TooLong));
        let slow = discard(awaited(Some(3), &[]), &limits).await;
        assert_eq!(slow, Err(Unread::Slow));
    }
}
