//! HTTP and WebSocket, by hyper and tungstenite, on one thread.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sha1::{Digest as _, Sha1};
use tokio::net::TcpStream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::message::{self, Answer};
use super::methods::Handler;
use super::page;

/// Connections at the same time; further ones are closed at once.
const CONNECTIONS_MAX: usize = 64;
/// Calls that are carried out at the same time; others wait for their turn.
const WORKERS: usize = 8;
/// Bytes of a message.
const MESSAGE_BYTES_MAX: usize = 2 << 20;
/// Bytes of the head of a request, and its headers.
const HEAD_BYTES_MAX: usize = 32 << 10;
const HEADERS_MAX: usize = 64;
/// How long a client may take for the head of a request, which is also how long a
/// connection may be idle, for its body, and for what it is sent by WebSocket.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
const BODY_PATIENCE: Duration = Duration::from_secs(30);
const SEND_PATIENCE: Duration = Duration::from_secs(30);
/// A client of WebSocket that says nothing is asked whether it is there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// After a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long calls that are carried out may take when the server ends.
const END_PATIENCE: Duration = Duration::from_secs(5);

const JSONRPC: &str = "/jsonrpc";
const JSON: &str = "application/json-rpc";
/// What RFC 6455 adds to a key.
const WEBSOCKET_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

type Reply = Response<Full<Bytes>>;

/// The running server.
pub struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Serves what comes to the listener.
    pub fn start(listener: TcpListener, handler: Arc<Handler>) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WORKERS)
            .thread_name("bgcopy rpc")
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("bgcopy rpc".to_owned()).spawn(move || {
            runtime.block_on(accept(listener, handler, stopped));
            runtime.shutdown_timeout(END_PATIENCE);
        })?;
        Ok(Self { stop, thread })
    }

    /// Ends it. Calls that are carried out are answered to nobody.
    pub fn end(self) {
        // It may have ended by itself.
        _ = self.stop.send(());
        _ = self.thread.join();
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    handler: Arc<Handler>,
    mut stopped: oneshot::Receiver<()>,
) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        if let Ok(permit) = Arc::clone(&connections).try_acquire_owned() {
            tokio::spawn(serve_connection(stream, Arc::clone(&handler), Arc::new(permit)));
        }
    }
}

/// One connection.
async fn serve_connection(
    stream: TcpStream,
    handler: Arc<Handler>,
    permit: Arc<OwnedSemaphorePermit>,
) {
    // It is faster so, and no more.
    _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (handler, permit) = (Arc::clone(&handler), Arc::clone(&permit));
        async move { Ok::<_, Infallible>(handle(handler, permit, request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    // What a client does wrong goes to the client alone.
    drop(served);
}

async fn handle(
    handler: Arc<Handler>,
    permit: Arc<OwnedSemaphorePermit>,
    request: Request<Incoming>,
) -> Reply {
    let host = text(request.headers(), header::HOST);
    let origin = text(request.headers(), header::ORIGIN);
    if !handler.context.access.takes_host(host.as_deref()) {
        let why = "this name of the server is not taken: use localhost or its address\n";
        return plain(StatusCode::FORBIDDEN, why);
    }
    if !handler.context.access.takes_origin(origin.as_deref(), host.as_deref()) {
        return plain(StatusCode::FORBIDDEN, "pages of this origin are refused: --rpc-origin\n");
    }
    let mut reply = match (request.method(), request.uri().path()) {
        (&Method::POST, JSONRPC) => post(handler, request.into_body()).await,
        (&Method::GET, JSONRPC) if is_upgrade(request.headers()) => {
            upgrade(handler, permit, request)
        }
        (&Method::OPTIONS, JSONRPC) => preflight(),
        (_, JSONRPC) => {
            let why = "calls come by POST, or by WebSocket\n";
            let mut reply = plain(StatusCode::METHOD_NOT_ALLOWED, why);
            set(&mut reply, header::ALLOW, "POST, OPTIONS");
            reply
        }
        (&Method::GET, path) => match page::part(path) {
            Some((kind, content)) => shown(kind, content),
            None => plain(StatusCode::NOT_FOUND, "nothing is here\n"),
        },
        _ => plain(StatusCode::NOT_FOUND, "nothing is here\n"),
    };
    if let Some(origin) = origin {
        set(&mut reply, header::ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        set(&mut reply, header::VARY, "Origin");
    }
    reply
}

async fn post(handler: Arc<Handler>, body: Incoming) -> Reply {
    let read = Limited::new(body, MESSAGE_BYTES_MAX).collect();
    let message = match timeout(BODY_PATIENCE, read).await {
        Ok(Ok(read)) => read.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let why = format!("a message has at most {MESSAGE_BYTES_MAX} bytes\n");
            return closing(plain(StatusCode::PAYLOAD_TOO_LARGE, &why));
        }
        Ok(Err(_)) => return closing(plain(StatusCode::BAD_REQUEST, "the body is not whole\n")),
        Err(_) => return closing(plain(StatusCode::REQUEST_TIMEOUT, "the body took too long\n")),
    };
    match carry_out(handler, message).await {
        Some(answer) => {
            let mut reply = Response::new(Full::from(answer.body.to_string()));
            *reply.status_mut() =
                StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            set(&mut reply, header::CONTENT_TYPE, JSON);
            reply
        }
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "an internal error\n"),
    }
}

/// Carries out a message on a thread that may wait for the disk. None after a panic.
async fn carry_out(handler: Arc<Handler>, message: Bytes) -> Option<Answer> {
    tokio::task::spawn_blocking(move || message::answer(&message, &*handler)).await.ok()
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    let has = |name, word: &str| {
        text(headers, name)
            .is_some_and(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case(word)))
    };
    has(header::UPGRADE, "websocket") && has(header::CONNECTION, "upgrade")
}

fn upgrade(
    handler: Arc<Handler>,
    permit: Arc<OwnedSemaphorePermit>,
    mut request: Request<Incoming>,
) -> Reply {
    let key = text(request.headers(), header::SEC_WEBSOCKET_KEY);
    let version = text(request.headers(), header::SEC_WEBSOCKET_VERSION);
    let (Some(key), Some("13")) = (key, version.as_deref()) else {
        let mut reply = plain(StatusCode::UPGRADE_REQUIRED, "WebSocket of version 13 is wanted\n");
        set(&mut reply, header::SEC_WEBSOCKET_VERSION, "13");
        return reply;
    };
    let digest = Sha1::new().chain_update(key).chain_update(WEBSOCKET_GUID).finalize();
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await {
            serve_websocket(handler, upgraded).await;
        }
        // It counts as a connection up to here.
        drop(permit);
    });
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    set(&mut reply, header::CONNECTION, "Upgrade");
    set(&mut reply, header::UPGRADE, "websocket");
    set(&mut reply, header::SEC_WEBSOCKET_ACCEPT, &STANDARD.encode(digest));
    reply
}

/// Answers what comes by WebSocket, and sends notifications of downloads, as aria2 without
/// asking for the secret: a GID alone is of no use.
async fn serve_websocket(handler: Arc<Handler>, upgraded: Upgraded) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let io = TokioIo::new(upgraded);
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
    let mut notifications = handler.context.watcher.subscribe();
    let context = Arc::clone(&handler.context);
    if tokio::task::spawn_blocking(move || context.watcher.begin(&context)).await.is_err() {
        return;
    }
    loop {
        let sent = tokio::select! {
            came = socket.next() => {
                let message = match came {
                    Some(Ok(Message::Text(text))) => Bytes::from(text),
                    Some(Ok(Message::Binary(bytes))) => bytes,
                    Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                let Some(answer) = carry_out(Arc::clone(&handler), message).await else {
                    return;
                };
                Message::text(answer.body.to_string())
            }
            notification = notifications.recv() => match notification {
                Ok(text) => Message::text(text.to_string()),
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep(PING_INTERVAL) => Message::Ping(Bytes::new()),
        };
        if !matches!(timeout(SEND_PATIENCE, socket.send(sent)).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// What a browser asks before a page of another origin may call.
fn preflight() -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = StatusCode::NO_CONTENT;
    set(&mut reply, header::ACCESS_CONTROL_ALLOW_METHODS, "POST");
    set(&mut reply, header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type");
    set(&mut reply, header::ACCESS_CONTROL_MAX_AGE, "600");
    reply
}

/// A part of the page, which runs nothing that is not of this server and which no other page
/// may frame.
fn shown(kind: &'static str, content: &'static str) -> Reply {
    let mut reply = Response::new(Full::from(content));
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    set(&mut reply, header::CONTENT_TYPE, kind);
    set(&mut reply, header::CONTENT_SECURITY_POLICY, policy);
    set(&mut reply, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut reply, header::CACHE_CONTROL, "no-cache");
    reply
}

fn plain(status: StatusCode, why: &str) -> Reply {
    let mut reply = Response::new(Full::from(why.to_owned()));
    *reply.status_mut() = status;
    set(&mut reply, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    reply
}

/// The connection ends with this reply: what the client still sends is not read.
fn closing(mut reply: Reply) -> Reply {
    set(&mut reply, header::CONNECTION, "close");
    reply
}

/// Sets a header. What cannot be one is left out.
fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    // What is no text is none that is known, and not none at all.
    Some(value.to_str().unwrap_or("\u{FFFD}").to_owned())
}
