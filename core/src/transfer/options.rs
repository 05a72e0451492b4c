//! One curl handle set up for one order.

// Some options of libcurl have no safe wrapper in the curl crate; each is a
// plain number or NULL, set on a handle that lives through the call.
#![allow(unsafe_code, reason = "raw curl options")]

use std::ffi::{c_char, c_long};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use curl::MultiError;
use curl::easy::{Auth, Easy2, HttpVersion, List};
use curl::multi::{Easy2Handle, Multi};
use uuid::Uuid;

use crate::platform::Descriptor;
use crate::protocol::{Proof, Request, Step, UploadRequest, stamp, takes_header, with_ascii_host};
use crate::vocab::{AuthScheme, ProxyUsage, RateLimits, security};

use super::guarded::Guarded;
use super::receiver::Receiver;
use super::redirects::Follow;
use super::trust::Trust;
use super::upload_handler::UploadHandler;

/// Bytes that curl reads at a time; the default of 16 KiB costs twice the CPU.
/// Shared by all transfers of a multi handle, so it costs this once, and again
/// for each body that is held back. It is no multiple of a page, so that not
/// every piece is copied between the same places within their pages: some of
/// these cost three times as much on processors of AMD.
const BUFFER_BYTES: usize = 768 * 1024 + 64;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection that delivers less than one byte a second for this long is
/// dead: a black hole is noticed within a minute, as libcurl's speed is that of the
/// last five seconds.
pub(super) const STALL_TIMEOUT: Duration = Duration::from_secs(50);

/// A connection on which nothing moves is probed after this time, this often and so many
/// times: a black hole is noticed within a minute also while an answer may take longer.
const PROBE_AFTER: Duration = Duration::from_secs(25);
const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBES: c_long = 3;

/// How long a server may work on what it was sent before it answers (specification,
/// section 13.4).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);

/// Bytes that curl asks for at a time to send them: half the CPU of its
/// default of 64 KiB, and more gains nothing.
const UPLOAD_BUFFER_BYTES: usize = 256 * 1024;

/// Redirects followed before giving up.
const REDIRECTS_MAX: u32 = 20;

/// CURLOPT_QUICK_EXIT: removing a handle does not wait for a name lookup that
/// hangs.
const CURLOPT_QUICK_EXIT: curl_sys::CURLoption = 322;

/// CURLOPT_SUPPRESS_CONNECT_HEADERS: what a proxy says of a tunnel is not taken
/// for what the server says.
const CURLOPT_SUPPRESS_CONNECT_HEADERS: curl_sys::CURLoption = 265;

/// CURLOPT_TCP_KEEPCNT.
const CURLOPT_TCP_KEEPCNT: curl_sys::CURLoption = 326;

/// CURLMOPT_NETWORK_CHANGED, and CURLMNWC_CLEAR_ALL: both connections and names.
const CURLMOPT_NETWORK_CHANGED: curl_sys::CURLMoption = 17;
const CLEAR_ALL: c_long = 1;

/// CURLINFO_ACTIVESOCKET, and CURL_SOCKET_BAD.
const CURLINFO_ACTIVESOCKET: curl_sys::CURLINFO = 0x50_0000 + 44;
const NO_SOCKET: Descriptor = !0;

/// CURLFOLLOW_OBEYCODE: a redirect that asks for it makes any method GET.
const FOLLOW_OBEYING: c_long = 2;

/// CURLPROTO_HTTP and CURLPROTO_HTTPS.
const PROTOCOL_HTTP: c_long = 1;
const PROTOCOL_HTTPS: c_long = 2;

/// What the job sets for all of its requests.
#[derive(Clone, Debug, Default)]
pub struct RequestOptions {
    /// The User-Agent header.
    pub user_agent: String,
    /// Whole header lines without line ends.
    pub headers: Vec<String>,
    /// The method of a download; None = GET.
    pub method: Option<String>,
    /// BG_SSL and BG_HTTP_REDIRECT_POLICY bits.
    pub security_flags: u32,
    /// How the proxy is found, with its lists.
    pub proxy: Option<(ProxyUsage, Option<String>, Option<String>)>,
    /// The authorities that are trusted; None for the system's.
    pub trust: Option<Trust>,
    /// Certificate and key files in PEM form.
    pub client_certificate: Option<(String, Option<String>)>,
    /// For the server.
    pub server_credentials: Option<Credentials>,
    /// For the proxy.
    pub proxy_credentials: Option<Credentials>,
    /// True for a request that shares its connection with no other: one more stream of
    /// HTTP/2 is no faster where a connection is the bottleneck.
    pub own_connection: bool,
    /// The requests of one group have these rate limits together.
    pub rate_group: Uuid,
    pub rates: RateLimits,
    /// True for downloads that yield to other traffic.
    pub yields: bool,
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub scheme: AuthScheme,
    pub user_name: String,
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

type SetupResult = std::result::Result<(), curl::Error>;

/// Sets every option a request needs on a handle that was reset.
pub fn apply(
    easy: &mut Easy2<Guarded<Receiver>>,
    request: &Request,
    options: &RequestOptions,
) -> SetupResult {
    common(easy, &request.url, STALL_TIMEOUT, options)?;
    prove(easy, &Proof::Credentials, options)?;
    easy.buffer_size(BUFFER_BYTES)?;
    let mut headers = List::new();
    for line in options.headers.iter().filter(|line| cookie_of(line).is_none()) {
        headers.append(line)?;
    }
    cookies(easy, &options.headers)?;
    // What we store is what the server has, byte for byte; should it encode
    // nevertheless, its head decides what is undone here.
    headers.append("Accept-Encoding: identity")?;
    if let Some(etag) = &request.if_range {
        headers.append(&format!("If-Range: {etag}"))?;
    }
    if let Some(method) = &options.method {
        own_method(easy, method, &mut headers, &options.headers)?;
    }
    easy.http_headers(headers)?;
    if let Some((first, last)) = request.range {
        let last = last.map_or(String::new(), |last| last.to_string());
        easy.range(&format!("{first}-{last}"))?;
    }
    redirects(easy, &request.url, options.security_flags)?;
    let obeys = options.method.is_some() && follow(&request.url, options.security_flags).to_https;
    if obeys { raw_number(easy, curl_sys::CURLOPT_FOLLOWLOCATION, FOLLOW_OBEYING) } else { Ok(()) }
}

/// A method that is no GET, and no body. Such a request is made once: what a server closes
/// without an answer on a kept connection, libcurl would send again.
fn own_method(
    easy: &mut Easy2<Guarded<Receiver>>,
    method: &str,
    headers: &mut List,
    own: &[String],
) -> SetupResult {
    easy.fresh_connect(true)?;
    let is_described = own.iter().any(|line| {
        line.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case("content-type"))
    });
    match method {
        "POST" => {
            easy.post(true)?;
            easy.post_field_size(0)?;
            if !is_described {
                // libcurl would name a form.
                headers.append("Content-Type:")?;
            }
        }
        // These usually have a body: that there is none is to be said (RFC 9110, 8.6).
        "PUT" | "PATCH" => {
            easy.custom_request(method)?;
            headers.append("Content-Length: 0")?;
        }
        _ => easy.custom_request(method)?,
    }
    Ok(())
}

/// Sets every option a request of an upload needs on a handle that was reset.
pub fn apply_upload(
    easy: &mut Easy2<Guarded<UploadHandler>>,
    call: &UploadRequest,
    options: &RequestOptions,
) -> SetupResult {
    let patience = if call.patient { ANSWER_TIMEOUT } else { STALL_TIMEOUT };
    common(easy, &call.url, patience, options)?;
    prove(easy, &call.proof, options)?;
    let mut headers = List::new();
    let own = &options.headers;
    // What the caller says of the file comes before what we would say.
    let described = own.iter().any(|line| is_metadata(line));
    let ours = call.headers.iter().filter(|line| !described || !is_metadata(line));
    let goes = |line: &&String| is_metadata(line) || takes_header(call, line) && !call.sets(line);
    for line in own.iter().filter(goes).chain(ours) {
        headers.append(line)?;
    }
    if let Some(date) = amz_date(&call.proof) {
        headers.append(&date)?;
    }
    if call.proof == Proof::Credentials {
        // What is signed must not be changed on the way, and this may be.
        headers.append("Accept-Encoding: identity")?;
    }
    // The body goes out at once: what it may cost is one piece.
    headers.append("Expect:")?;
    easy.http_headers(headers)?;
    match call.body {
        Some(span) => {
            easy.upload(true)?;
            easy.in_filesize(span.length)?;
            easy.upload_buffer_size(UPLOAD_BUFFER_BYTES)?;
        }
        None => easy.nobody(call.method == "HEAD")?,
    }
    easy.custom_request(&call.method)?;
    // Only so are the heads counted that go out; nothing is printed.
    easy.verbose(call.step == Step::Close)?;
    // An upload goes where it was sent and nowhere else (specification, section 10).
    easy.follow_location(false)?;
    raw_number(easy, curl_sys::CURLOPT_PROTOCOLS, PROTOCOL_HTTP | PROTOCOL_HTTPS)
}

/// What curl signs a request by instead of our clock, where that is wrong.
fn amz_date(proof: &Proof) -> Option<String> {
    let skew_ms = match proof {
        Proof::SigV4 { skew_ms, .. } if *skew_ms != 0 => *skew_ms,
        Proof::SigV4 { .. } | Proof::Credentials | Proof::Url => return None,
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ours_ms = i64::try_from(since.as_millis()).ok()?;
    stamp(ours_ms.saturating_add(skew_ms)).map(|stamp| format!("X-Amz-Date: {stamp}"))
}

fn is_metadata(line: &str) -> bool {
    line.split(':').next().is_some_and(|name| name.eq_ignore_ascii_case("upload-metadata"))
}

/// What all requests have in common.
fn common<H>(
    easy: &mut Easy2<H>,
    url: &str,
    stall: Duration,
    options: &RequestOptions,
) -> SetupResult {
    easy.url(&with_ascii_host(url))?;
    easy.useragent(&options.user_agent)?;
    easy.connect_timeout(CONNECT_TIMEOUT)?;
    easy.low_speed_limit(1)?;
    easy.low_speed_time(stall)?;
    easy.tcp_keepalive(true)?;
    easy.tcp_keepidle(PROBE_AFTER)?;
    easy.tcp_keepintvl(PROBE_EVERY)?;
    raw_number(easy, CURLOPT_TCP_KEEPCNT, PROBES)?;
    easy.signal(false)?;
    let is_alone = options.own_connection;
    easy.http_version(if is_alone { HttpVersion::V11 } else { HttpVersion::V2TLS })?;
    easy.pipewait(url.starts_with("https:") && !is_alone)?;
    // What is passed over is seen nowhere else.
    easy.progress(true)?;
    raw_number(easy, CURLOPT_QUICK_EXIT, 1)?;
    raw_number(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)?;
    certificates(easy, options)?;
    proxy(easy, url, options)?;
    let Some(proxy) = options.proxy_credentials.as_ref().filter(|proxy| is_built_in(proxy)) else {
        return Ok(());
    };
    easy.proxy_username(&proxy.user_name)?;
    easy.proxy_password(&proxy.password)?;
    easy.proxy_auth(&auth(proxy.scheme))
}

/// Cookies that a redirect sets are sent within its chain, to whom they belong
/// (RFC 6265), and forgotten behind it. The caller's own goes with them, as
/// there is one Cookie header, and to no other host.
fn cookies<H>(easy: &mut Easy2<H>, lines: &[String]) -> SetupResult {
    // A handle that is reset still has those of its last request.
    easy.cookie_list("ALL")?;
    raw_null(easy, curl_sys::CURLOPT_COOKIEFILE)?;
    // No file: they are kept in memory.
    easy.cookie_file("")?;
    let own: Vec<_> = lines.iter().filter_map(|line| cookie_of(line)).collect();
    match own.is_empty() {
        true => Ok(()),
        false => easy.cookie(&own.join("; ")),
    }
}

/// The cookies of a line that is a Cookie header.
fn cookie_of(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.trim().eq_ignore_ascii_case("cookie").then(|| value.trim())
}

/// Which redirects of a URL are followed.
pub fn follow(url: &str, flags: u32) -> Follow {
    let follows = flags & security::REDIRECT_MASK != security::REDIRECT_DISALLOW;
    let is_secure = url.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("https:"));
    let may_lower = flags & security::REDIRECT_ALLOW_HTTPS_TO_HTTP != 0;
    Follow { to_https: follows, to_http: follows && (!is_secure || may_lower) }
}

fn redirects<H>(easy: &mut Easy2<H>, url: &str, flags: u32) -> SetupResult {
    let follow = follow(url, flags);
    easy.follow_location(follow.to_https)?;
    easy.max_redirections(REDIRECTS_MAX)?;
    raw_number(easy, curl_sys::CURLOPT_PROTOCOLS, PROTOCOL_HTTP | PROTOCOL_HTTPS)?;
    let then = if follow.to_http { PROTOCOL_HTTP | PROTOCOL_HTTPS } else { PROTOCOL_HTTPS };
    raw_number(easy, curl_sys::CURLOPT_REDIR_PROTOCOLS, then)
}

fn certificates<H>(easy: &mut Easy2<H>, options: &RequestOptions) -> SetupResult {
    let flags = options.security_flags;
    easy.ssl_verify_peer(flags & security::IGNORE_UNKNOWN_CA == 0)?;
    easy.ssl_verify_host(flags & security::IGNORE_CERT_CN_INVALID == 0)?;
    if let Some(trust) = &options.trust {
        authorities(easy, trust)?;
    }
    if let Some((certificate, key)) = &options.client_certificate {
        easy.ssl_cert(certificate)?;
        easy.ssl_key(key.as_ref().unwrap_or(certificate))?;
    }
    Ok(())
}

/// These and no others, for servers and for proxies that are spoken to by TLS.
fn authorities<H>(easy: &mut Easy2<H>, trust: &Trust) -> SetupResult {
    // The curl crate sets the system's folder on each handle.
    raw_null(easy, curl_sys::CURLOPT_CAPATH)?;
    match trust {
        Trust::File(path) => {
            easy.cainfo(path)?;
            // A path that is no text has no way to curl here; the proxy is then
            // checked against the system's.
            path.to_str().map_or(Ok(()), |path| easy.proxy_cainfo(path))
        }
        Trust::Pem(pem) => {
            easy.ssl_cainfo_blob(pem.as_bytes())?;
            easy.proxy_ssl_cainfo_blob(pem.as_bytes())
        }
    }
}

fn proxy<H>(easy: &mut Easy2<H>, url: &str, options: &RequestOptions) -> SetupResult {
    let Some((usage, list, bypass)) = &options.proxy else {
        return Ok(());
    };
    match usage {
        // curl reads the environment, which is where such settings are.
        ProxyUsage::Preconfig | ProxyUsage::Autodetect => Ok(()),
        ProxyUsage::NoProxy => easy.proxy(""),
        ProxyUsage::Override => {
            let list = list.as_deref().unwrap_or("");
            easy.proxy(proxy_for(url, list).unwrap_or(""))?;
            match bypass {
                Some(bypass) => {
                    easy.noproxy(&bypass.split_whitespace().collect::<Vec<_>>().join(","))
                }
                None => Ok(()),
            }
        }
    }
}

/// The entry of a proxy list that serves a URL: one named for its scheme, else
/// the first one named for none.
fn proxy_for<'a>(url: &str, list: &'a str) -> Option<&'a str> {
    let scheme = url.split(':').next().unwrap_or("");
    let named = |entry: &'a str| match entry.split_once('=') {
        Some((name, server)) => (Some(name), server),
        None => (None, entry),
    };
    let entries = || list.split_whitespace().map(named);
    let own =
        entries().find(|(name, _)| name.is_some_and(|name| name.eq_ignore_ascii_case(scheme)));
    own.or_else(|| entries().find(|(name, _)| name.is_none())).map(|(_, server)| server)
}

/// Shows the server who asks. A secret key signs, and is never sent.
fn prove<H>(easy: &mut Easy2<H>, proof: &Proof, options: &RequestOptions) -> SetupResult {
    let server = options.server_credentials.as_ref().filter(|server| is_built_in(server));
    let (Some(server), false) = (server, *proof == Proof::Url) else {
        return Ok(());
    };
    easy.username(&server.user_name)?;
    easy.password(&server.password)?;
    match proof {
        Proof::SigV4 { region, .. } => easy.aws_sigv4(&format!("aws:amz:{region}:s3")),
        Proof::Credentials | Proof::Url => easy.http_auth(&auth(server.scheme)),
    }
}

/// True if libcurl can show them. What the user is known by it cannot show where
/// the system has no part in that.
fn is_built_in(credentials: &Credentials) -> bool {
    let libcurl = curl::Version::get();
    match credentials.scheme {
        AuthScheme::Basic | AuthScheme::Digest | AuthScheme::Passport => true,
        AuthScheme::Ntlm => libcurl.feature_ntlm() && libcurl.feature_sspi(),
        AuthScheme::Negotiate => libcurl.feature_spnego(),
        // The engine makes a header of it.
        AuthScheme::Bearer => false,
    }
}

fn auth(scheme: AuthScheme) -> Auth {
    let mut auth = Auth::new();
    match scheme {
        AuthScheme::Basic => auth.basic(true),
        AuthScheme::Digest => auth.digest(true),
        AuthScheme::Ntlm => auth.ntlm(true),
        AuthScheme::Negotiate => auth.gssnegotiate(true),
        AuthScheme::Passport | AuthScheme::Bearer => &mut auth,
    };
    auth
}

/// Tells libcurl that the network is another one.
pub fn forget_network(multi: &Multi) -> std::result::Result<(), MultiError> {
    // SAFETY: the handle is alive, and the option takes a long.
    let code =
        unsafe { curl_sys::curl_multi_setopt(multi.raw(), CURLMOPT_NETWORK_CHANGED, CLEAR_ALL) };
    if code == curl_sys::CURLM_OK { Ok(()) } else { Err(MultiError::new(code)) }
}

fn raw_number<H>(easy: &Easy2<H>, option: curl_sys::CURLoption, value: c_long) -> SetupResult {
    // SAFETY: the handle is alive, and each option passed here takes a long.
    let code = unsafe { curl_sys::curl_easy_setopt(easy.raw(), option, value) };
    if code == curl_sys::CURLE_OK { Ok(()) } else { Err(curl::Error::new(code)) }
}

/// Lets the handler of a request under way see the bytes as they come.
pub fn show_bytes<H>(handle: &Easy2Handle<H>) -> SetupResult {
    let shows: c_long = 1;
    // SAFETY: the handle is alive, and this option takes a long.
    let code =
        unsafe { curl_sys::curl_easy_setopt(handle.raw(), curl_sys::CURLOPT_VERBOSE, shows) };
    if code == curl_sys::CURLE_OK { Ok(()) } else { Err(curl::Error::new(code)) }
}

fn raw_null<H>(easy: &Easy2<H>, option: curl_sys::CURLoption) -> SetupResult {
    // SAFETY: the handle is alive, and each option passed here takes a string,
    // of which NULL is none.
    let code =
        unsafe { curl_sys::curl_easy_setopt(easy.raw(), option, std::ptr::null::<c_char>()) };
    if code == curl_sys::CURLE_OK { Ok(()) } else { Err(curl::Error::new(code)) }
}

/// The socket of the connection that a request has now.
pub fn active_socket<H>(handle: &Easy2Handle<H>) -> Option<Descriptor> {
    let mut socket = NO_SOCKET;
    // SAFETY: the handle is alive, and this writes a socket, which a descriptor is.
    let code = unsafe {
        curl_sys::curl_easy_getinfo(handle.raw(), CURLINFO_ACTIVESOCKET, &raw mut socket)
    };
    (code == curl_sys::CURLE_OK && socket != NO_SOCKET).then_some(socket)
}
