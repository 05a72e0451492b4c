//! curl's errors as failures with a precise code.

use curl::easy::Easy2;

use crate::disk::is_transient;
use crate::platform::NO_NETWORK_ERRORS;
use crate::protocol::{Failure, Head, http_failure};
use crate::vocab::{Error, ErrorContext, HResult, code};

/// What curl says about a request that ended.
#[derive(Default)]
pub struct TransferFacts {
    error: Option<curl::Error>,
    /// What libcurl says in particular.
    detail: Option<String>,
    os_error: i32,
    /// The status of a proxy that was asked for a tunnel; 0 if none was.
    tunnel_status: u32,
    /// The last connection was one that was kept from an earlier request.
    is_kept_connection: bool,
    /// No connection was made, and it was for the place that was asked for.
    is_unconnected: bool,
}

impl TransferFacts {
    /// Reads them off the handle of the request. They say nothing of one that went through.
    pub fn of<H>(easy: &mut Easy2<H>, result: Result<(), curl::Error>) -> Self {
        let Err(error) = result else {
            return Self::default();
        };
        Self {
            error: Some(error),
            detail: easy.take_error_buf(),
            tunnel_status: easy.http_connectcode().unwrap_or(0),
            os_error: easy.os_errno().unwrap_or(0),
            is_unconnected: is_unconnected(easy),
            is_kept_connection: easy.num_connects().is_ok_and(|made| made == 0),
        }
    }

    /// The failure behind it; None if the request went through.
    pub fn failure(&self, head: &Head) -> Option<Failure> {
        let error = self.error.as_ref()?;
        if !matches!(self.tunnel_status, 0 | 200..=299) {
            return Some(tunnel_refused(self.tunnel_status));
        }
        let failure = classify(error, self.text(error), self.os_error, head);
        let unreached = self.is_unconnected && fails_to_connect(error);
        Some(Failure { unreached, ..failure })
    }

    /// One sentence: the particulars if there are any, with the reason that
    /// the system gives where libcurl has a general one.
    fn text(&self, error: &curl::Error) -> String {
        let Some(detail) = self.detail.as_deref().map(str::trim).filter(|text| !text.is_empty())
        else {
            return error.description().to_owned();
        };
        match detail.strip_suffix(error.description()) {
            Some(start) if self.os_error != 0 => format!("{start}{}", reason_of(self.os_error)),
            Some(_) | None => detail.to_owned(),
        }
    }

    /// True if a connection that was kept for further requests broke. Its
    /// server may have closed it before it saw this one (RFC 9112, 9.3.1).
    pub fn lost_kept_connection(&self) -> bool {
        let broke = self.error.as_ref().is_some_and(|error| {
            matches!(
                error.code(),
                curl_sys::CURLE_SEND_ERROR
                    | curl_sys::CURLE_RECV_ERROR
                    | curl_sys::CURLE_GOT_NOTHING
                    | curl_sys::CURLE_HTTP2
                    | curl_sys::CURLE_HTTP2_STREAM
            )
        });
        broke && self.is_kept_connection
    }
}

/// True if there was no connection: libcurl names no address of a peer then. The place
/// that a redirect led to says nothing of the one that was asked.
fn is_unconnected<H>(easy: &mut Easy2<H>) -> bool {
    let peer = easy.primary_ip().ok().flatten();
    peer.is_none_or(str::is_empty) && easy.redirect_count().is_ok_and(|count| count == 0)
}

/// True for what curl says of a server, or of a proxy, that cannot be found or reached.
fn fails_to_connect(error: &curl::Error) -> bool {
    matches!(
        error.code(),
        curl_sys::CURLE_COULDNT_RESOLVE_HOST
            | curl_sys::CURLE_COULDNT_RESOLVE_PROXY
            | curl_sys::CURLE_COULDNT_CONNECT
            | curl_sys::CURLE_OPERATION_TIMEDOUT
    )
}

/// What the system says of an error, without its number.
fn reason_of(os_error: i32) -> String {
    let text = std::io::Error::from_raw_os_error(os_error).to_string();
    text.split(" (os error").next().unwrap_or("").to_owned()
}

/// A proxy that makes no tunnel. Its status is as good as that of a server, and
/// what is asked of it again with the same password it refuses again.
fn tunnel_refused(status: u32) -> Failure {
    let failure = http_failure(status, &Head::default());
    Failure {
        context: ErrorContext::GeneralTransport,
        message: format!("the proxy answered status {status} when it was to connect to the server"),
        ..failure
    }
}

fn classify(error: &curl::Error, text: String, os_error: i32, head: &Head) -> Failure {
    let transport = ErrorContext::GeneralTransport;
    let no_network = NO_NETWORK_ERRORS.contains(&os_error);
    let transient = |code: HResult| Failure::transient(code, transport, text.clone());
    let fatal = |code: HResult| Failure::fatal(code, transport, text.clone());
    match error.code() {
        _ if no_network && error.is_couldnt_connect() => {
            transient(code::DO_E_BLOCKED_BY_NO_NETWORK)
        }
        curl_sys::CURLE_COULDNT_RESOLVE_HOST | curl_sys::CURLE_COULDNT_RESOLVE_PROXY => {
            transient(code::E_WINHTTP_NAME_NOT_RESOLVED)
        }
        curl_sys::CURLE_COULDNT_CONNECT => transient(code::BG_E_CONNECT_FAILURE),
        curl_sys::CURLE_OPERATION_TIMEDOUT => transient(code::E_WINHTTP_TIMEOUT),
        curl_sys::CURLE_PARTIAL_FILE
        | curl_sys::CURLE_GOT_NOTHING
        | curl_sys::CURLE_RECV_ERROR
        | curl_sys::CURLE_SEND_ERROR
        | curl_sys::CURLE_HTTP2
        | curl_sys::CURLE_HTTP2_STREAM => transient(code::BG_E_CONNECTION_CLOSED),
        curl_sys::CURLE_PEER_FAILED_VERIFICATION | curl_sys::CURLE_SSL_ISSUER_ERROR => {
            fatal(code::DO_E_HTTP_CERT_VALIDATION)
        }
        curl_sys::CURLE_SSL_CACERT_BADFILE => fatal(code::CRYPT_E_FILE_ERROR),
        curl_sys::CURLE_SSL_CERTPROBLEM => fatal(code::E_WINHTTP_CLIENT_KEY_INACCESSIBLE),
        curl_sys::CURLE_SSL_CONNECT_ERROR => transient(code::E_WINHTTP_SECURE_FAILURE),
        curl_sys::CURLE_TOO_MANY_REDIRECTS => redirect_refused(head, text),
        // A redirect to another protocol than http or https, or an answer
        // that is not HTTP/1 at all.
        curl_sys::CURLE_UNSUPPORTED_PROTOCOL if (300..400).contains(&head.status) => {
            redirect_refused(head, text)
        }
        curl_sys::CURLE_UNSUPPORTED_PROTOCOL => fatal(code::BG_E_INSUFFICIENT_HTTP_SUPPORT),
        curl_sys::CURLE_URL_MALFORMAT => fatal(code::INET_E_INVALID_URL),
        curl_sys::CURLE_OUT_OF_MEMORY => transient(code::E_OUTOFMEMORY),
        curl_sys::CURLE_FILE_COULDNT_READ_FILE => {
            Failure::fatal(code::E_FILE_NOT_FOUND, ErrorContext::RemoteFile, text.clone())
        }
        _ => Failure::transient(code::BG_E_INVALID_SERVER_RESPONSE, transport, text.clone()),
    }
}

fn redirect_refused(head: &Head, text: String) -> Failure {
    let to = head.location().unwrap_or("elsewhere");
    Failure::fatal(
        HResult::from_http_status(head.status),
        ErrorContext::RemoteFile,
        format!("the redirect to {to} is not followed: {text}"),
    )
}

/// A failure of a local file.
pub fn of_file(error: Error) -> Failure {
    Failure {
        transient: is_transient(error.code),
        code: error.code,
        context: ErrorContext::LocalFile,
        message: error.message,
        retry_after: None,
        unreached: false,
    }
}

/// A request that could not even be set up.
pub fn of_setup(error: curl::Error) -> Error {
    let code = if error.is_url_malformed() { code::INET_E_INVALID_URL } else { code::E_INVALIDARG };
    Error::with_context(code, ErrorContext::GeneralTransport, error.to_string())
}

/// A failure of the multi handle as a whole.
pub fn of_multi(error: curl::MultiError) -> Error {
    Error::with_context(code::E_FAIL, ErrorContext::GeneralTransport, error.to_string())
}
