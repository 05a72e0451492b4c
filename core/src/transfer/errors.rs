//! curl's errors as failures with a precise code.

use curl::multi::Easy2Handle;

use crate::platform::NO_NETWORK_ERRORS;
use crate::protocol::{Failure, Head};
use crate::vocab::{Error, ErrorContext, HResult, code};

/// What curl says about a request that ended.
pub struct Facts {
    error: Option<curl::Error>,
    os_error: i32,
}

impl Facts {
    /// Reads them off a handle that is still in the multi handle.
    pub fn of<H>(handle: &mut Easy2Handle<H>, result: Result<(), curl::Error>) -> Self {
        Self { error: result.err(), os_error: handle.os_errno().unwrap_or(0) }
    }

    /// The failure behind it; None if the request went through.
    pub fn failure(&self, head: &Head) -> Option<Failure> {
        let error = self.error.as_ref()?;
        Some(classify(error, self.os_error, head))
    }
}

fn classify(error: &curl::Error, os_error: i32, head: &Head) -> Failure {
    let text = error.extra_description().unwrap_or_else(|| error.description()).to_owned();
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
        curl_sys::CURLE_SSL_CERTPROBLEM => fatal(code::E_WINHTTP_CLIENT_KEY_INACCESSIBLE),
        curl_sys::CURLE_SSL_CONNECT_ERROR => transient(code::E_WINHTTP_SECURE_FAILURE),
        curl_sys::CURLE_TOO_MANY_REDIRECTS => redirect_refused(head, text),
        // A redirect to another protocol than http or https, or an answer
        // that is not HTTP/1 at all.
        curl_sys::CURLE_UNSUPPORTED_PROTOCOL if (300..400).contains(&head.status) => {
            redirect_refused(head, text)
        }
        curl_sys::CURLE_UNSUPPORTED_PROTOCOL => fatal(code::BG_E_INSUFFICIENT_HTTP_SUPPORT),
        curl_sys::CURLE_BAD_CONTENT_ENCODING => fatal(code::BG_E_INVALID_SERVER_RESPONSE),
        curl_sys::CURLE_URL_MALFORMAT => fatal(code::INET_E_INVALID_URL),
        curl_sys::CURLE_OUT_OF_MEMORY => transient(code::E_OUTOFMEMORY),
        curl_sys::CURLE_FILE_COULDNT_READ_FILE => {
            Failure::fatal(code::E_FILE_NOT_FOUND, ErrorContext::RemoteFile, text.clone())
        }
        _ => Failure::transient(code::BG_E_INVALID_SERVER_RESPONSE, transport, text.clone()),
    }
}

fn redirect_refused(head: &Head, text: String) -> Failure {
    let to = head.value("location").unwrap_or("elsewhere");
    Failure::fatal(
        HResult::from_http_status(head.status),
        ErrorContext::RemoteFile,
        format!("the redirect to {to} is not followed: {text}"),
    )
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
