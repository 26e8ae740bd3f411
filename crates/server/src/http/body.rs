//! The body of a request: read whole, within what all bodies together may take.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Limits;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than a body may be.
    TooLong,
    /// It ended early, or is malformed.
    Broken,
    /// It did not arrive in time.
    Slow,
    /// The others left no room for it in time.
    NoRoom,
}

/// The room for all bodies of a server: a permit for each byte.
pub(super) fn room(limits: &Limits) -> Arc<Semaphore> {
    // A body of the greatest length must find room, or it would wait for ever.
    let bytes = limits.body_bytes_in_flight.max(limits.body_bytes);
    Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)))
}

/// Reads a body. Its bytes are counted until the permit is dropped.
pub(super) async fn read<B>(
    body: B,
    room: &Arc<Semaphore>,
    limits: &Limits,
) -> Result<(Bytes, OwnedSemaphorePermit), Unread>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    let longest = u32::try_from(limits.body_bytes).unwrap_or(u32::MAX);
    let announced = body.size_hint().exact();
    let wanted = announced
        .and_then(|length| u32::try_from(length).ok())
        .map_or(longest, |length| length.min(longest));
    let place = Arc::clone(room).acquire_many_owned(wanted);
    let Ok(Ok(place)) = timeout(limits.body_timeout, place).await else {
        return Err(Unread::NoRoom);
    };
    let whole = Limited::new(body, limits.body_bytes).collect();
    Ok((in_time(whole, limits).await?.to_bytes(), place))
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
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLong),
        Ok(Err(_)) => Err(Unread::Broken),
        Err(_) => Err(Unread::Slow),
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

    /// A body that announces a length, or none, and never arrives.
    struct Awaited(Option<u64>);

    impl Body for Awaited {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }

        fn size_hint(&self) -> SizeHint {
            self.0.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    fn limits() -> Limits {
        Limits {
            body_bytes: 100,
            body_bytes_in_flight: 250,
            ..Limits::default()
        }
    }

    fn whole(length: usize) -> Full<Bytes> {
        Full::new(Bytes::from(vec![7; length]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_takes_what_it_announces_until_it_is_let_go() {
        let limits = limits();
        let room = room(&limits);
        let (bytes, place) = read(whole(60), &room, &limits).await.unwrap();
        assert_eq!((bytes.len(), room.available_permits()), (60, 190));
        drop(place);
        assert_eq!(room.available_permits(), 250);
        for (announced, taken) in [
            (Some(30), 30),
            (Some(0), 0),
            (None, 100),
            (Some(1 << 40), 100),
        ] {
            let reading = read(Awaited(announced), &room, &limits);
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
        let slow = discard(Awaited(Some(3)), &limits).await;
        assert_eq!(slow, Err(Unread::Slow));
    }
}
