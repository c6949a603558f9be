//! 监听: accepts connections and serves them over HTTP/1.1. Nobody keeps a place without using it: a connection that sends no
//! request is closed after a while, and at once when a newcomer needs its place.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Pause after the system refused to accept, because it has no file descriptor left for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What is written to a connection that gets no place.
const NO_PLACE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
                          content-length: 0\r\n\r\n";

/// How many connections there may be and how long one may say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    pub most: usize,
    /// Of one address. A proxy on this machine is one address for everybody, so loopback has no such limit.
    pub most_per_address: usize,
    /// Longest time for the head of a request, and between two requests.
    pub header_time: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> ConnectionLimits {
        ConnectionLimits { most: 8_192, most_per_address: 256, header_time: Duration::from_secs(10) }
    }
}

/// Descriptors that are left for the database, files and the log.
const RESERVED: usize = 256;

impl ConnectionLimits {
    /// As many connections as asked for, or as the system allows once its soft limit of open files is raised to the hard one.
    pub fn raised(asked: Option<u32>, most_per_address: u32) -> ConnectionLimits {
        let usual = ConnectionLimits::default();
        let allowed = open_files().map_or(usual.most, |files| files.saturating_sub(RESERVED).max(16));
        let most =
            asked.map_or(usual.most, |asked| usize::try_from(asked).unwrap_or(usize::MAX)).min(allowed);
        let most_per_address = usize::try_from(most_per_address).unwrap_or(usual.most_per_address);
        ConnectionLimits { most, most_per_address, ..usual }
    }
}

/// How many files this process may have open, after the soft limit was raised.
#[cfg(unix)]
fn open_files() -> Option<usize> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    // `None` is no limit.
    getrlimit(Resource::Nofile).current.and_then(|files| usize::try_from(files).ok())
}

#[cfg(not(unix))]
fn open_files() -> Option<usize> {
    None
}

/// Serves until `closing` turns true, then finishes the replies under way.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    mut closing: watch::Receiver<bool>,
) {
    let places = Arc::new(Places { limits, taken: Mutex::default() });
    let mut connections = JoinSet::new();
    let of_connections = closing.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    let Some(place) = Places::take(&places, address.ip()) else {
                        // The buffer of a new connection takes it whole or it was closed already.
                        let _ = stream.try_write(NO_PLACE);
                        continue;
                    };
                    let served = connection(stream, address, router.clone(), place, of_connections.clone());
                    connections.spawn(served);
                }
                Err(error) if is_of_one_connection(error.kind()) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection was accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = closed(&mut closing) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Waits until the server closes.
async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the server is gone.
    let _ = closing.wait_for(|closing| *closing).await;
}

/// The client went away between connecting and being accepted.
fn is_of_one_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    place: Place,
    mut closing: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "events may be sent late");
    }
    let router = TowerToHyperService::new(router);
    let (requests, leave) = (place.requests.clone(), place.leave.clone());
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(address));
        let serving = Serving::new(&requests);
        let reply = router.call(request);
        async move {
            let reply: Response<Body> = reply.await?;
            Ok::<_, Infallible>(reply.map(|body| ServedBody { body, _serving: serving }))
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(place.places.limits.header_time);
    let mut served = pin!(builder.serve_connection(TokioIo::new(stream), service));
    loop {
        tokio::select! {
            outcome = served.as_mut() => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = leave.notified() => {
                if requests.load(Ordering::SeqCst) == 0 {
                    return;
                }
                served.as_mut().graceful_shutdown();
            }
            () = closed(&mut closing) => {
                served.as_mut().graceful_shutdown();
                break;
            }
        }
    }
    if let Err(error) = served.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The places of all connections.
struct Places {
    limits: ConnectionLimits,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    next: u64,
    /// Oldest first.
    by_number: BTreeMap<u64, Occupant>,
    of_address: HashMap<IpAddr, usize>,
}

struct Occupant {
    address: IpAddr,
    requests: Arc<AtomicUsize>,
    leave: Arc<Notify>,
}

/// The place of one connection, given back when it is dropped.
struct Place {
    number: u64,
    places: Arc<Places>,
    /// Requests whose reply is not sent yet.
    requests: Arc<AtomicUsize>,
    leave: Arc<Notify>,
}

impl Places {
    /// A place for a newcomer. Where all are taken, the oldest connection without a request leaves.
    fn take(places: &Arc<Places>, address: IpAddr) -> Option<Place> {
        let ConnectionLimits { most, most_per_address, .. } = places.limits;
        let mut taken = places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = taken.of_address.get(&address).copied().unwrap_or(0);
        if !address.to_canonical().is_loopback() && of_address >= most_per_address {
            taken.dismiss(Some(address))?;
        }
        if taken.by_number.len() >= most {
            taken.dismiss(None)?;
        }
        let number = taken.next;
        taken.next += 1;
        let (requests, leave) = (Arc::<AtomicUsize>::default(), Arc::<Notify>::default());
        let occupant = Occupant { address, requests: requests.clone(), leave: leave.clone() };
        taken.by_number.insert(number, occupant);
        *taken.of_address.entry(address).or_default() += 1;
        drop(taken);
        Some(Place { number, places: places.clone(), requests, leave })
    }
}

impl Taken {
    /// Sends the oldest connection away that serves nobody, of one address or of any.
    fn dismiss(&mut self, of: Option<IpAddr>) -> Option<()> {
        let idle = |occupant: &Occupant| {
            of.is_none_or(|of| occupant.address == of) && occupant.requests.load(Ordering::SeqCst) == 0
        };
        let number = *self.by_number.iter().find(|(_, occupant)| idle(occupant))?.0;
        self.remove(number).map(|occupant| occupant.leave.notify_one())
    }

    fn remove(&mut self, number: u64) -> Option<Occupant> {
        let occupant = self.by_number.remove(&number)?;
        if let Some(count) = self.of_address.get_mut(&occupant.address) {
            *count -= 1;
            if *count == 0 {
                self.of_address.remove(&occupant.address);
            }
        }
        Some(occupant)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(self.number);
    }
}

/// Counts one request of a connection until its reply is sent.
struct Serving(Arc<AtomicUsize>);

impl Serving {
    fn new(requests: &Arc<AtomicUsize>) -> Serving {
        requests.fetch_add(1, Ordering::SeqCst);
        Serving(requests.clone())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The body of a reply, which counts as served when it was sent or given up.
struct ServedBody {
    body: Body,
    _serving: Serving,
}

impl HttpBody for ServedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn places(most: usize, most_per_address: usize) -> Arc<Places> {
        let limits = ConnectionLimits { most, most_per_address, ..ConnectionLimits::default() };
        Arc::new(Places { limits, taken: Mutex::default() })
    }

    #[test]
    fn whoever_says_nothing_gives_the_place_to_a_newcomer() {
        let places = places(2, 2);
        let (idle, busy) =
            (Places::take(&places, address(1)).unwrap(), Places::take(&places, address(2)).unwrap());
        let serving = Serving::new(&busy.requests);
        let newcomer = Places::take(&places, address(3)).unwrap();
        let also_serving = Serving::new(&newcomer.requests);
        assert!(Places::take(&places, address(4)).is_none(), "everybody is being served");
        drop(idle);
        assert!(Places::take(&places, address(4)).is_none(), "its place was given away already");
        drop((serving, also_serving));
        assert!(Places::take(&places, address(4)).is_some());
    }

    #[test]
    fn one_address_does_not_take_every_place() {
        let places = places(10, 1);
        let first = Places::take(&places, address(1)).unwrap();
        let serving = Serving::new(&first.requests);
        assert!(Places::take(&places, address(1)).is_none());
        let other = Places::take(&places, address(2));
        assert!(other.is_some());
        drop((serving, first));
        assert!(places.taken.lock().unwrap().of_address.len() == 1);
        let proxy = IpAddr::from([127, 0, 0, 1]);
        let through_the_proxy: Vec<_> = (0..5).map(|_| Places::take(&places, proxy)).collect();
        assert!(through_the_proxy.iter().all(Option::is_some));
    }
}
