//! Which remote names and header texts are taken at all.

use std::borrow::Cow;
use std::fmt::Write;

use url::Url;

use crate::vocab::{Error, Result, bytes_of_path, code, limit};

/// The protocol a remote name is fetched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http` or `https`.
    Http,
    /// `file`.
    File,
}

impl Scheme {
    /// The scheme of a remote name that was checked before.
    pub fn of(remote_name: &str) -> Self {
        match remote_name.get(..5) {
            Some(start) if start.eq_ignore_ascii_case("file:") => Self::File,
            Some(_) | None => Self::Http,
        }
    }

    /// The name that error objects carry ("http" or "file").
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::File => "file",
        }
    }
}

/// The host and port that a remote name leads to; connections are counted by
/// it.
pub fn host_of(remote_name: &str) -> &str {
    // A plan asks for those of many files: bytes are looked at, and each but once.
    let mut rest = remote_name.as_bytes();
    while let Some(colon) = rest.iter().position(|byte| *byte == b':') {
        let behind = &rest[colon + 1..];
        if let Some(host) = behind.strip_prefix(b"//") {
            let begin = remote_name.len() - host.len();
            let end = host.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
            return &remote_name[begin..end.map_or(remote_name.len(), |end| begin + end)];
        }
        rest = behind;
    }
    ""
}

/// The start of a remote name up to its path: two names that begin with the same ask
/// the same server.
pub fn server_of(remote_name: &str) -> &str {
    let begin = remote_name.find("://").map_or(0, |at| at + 3);
    let end = remote_name[begin..].find(['/', '?', '#']);
    end.map_or(remote_name, |end| &remote_name[..begin + end])
}

/// The scheme, host and port of a remote name: whom secrets may be told.
pub fn origin_of(remote_name: &str) -> String {
    Url::parse(remote_name).map_or(String::new(), |url| url.origin().ascii_serialization())
}

/// A remote name as it is asked for: an internationalized host as `xn--`. What
/// is behind the host stays as it is.
pub fn with_ascii_host(remote_name: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = remote_name.split_once("://") else {
        return remote_name.into();
    };
    let (host, path) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    if host.is_ascii() && !host.contains('%') {
        return remote_name.into();
    }
    let parsed = Url::parse(remote_name).ok();
    let Some(host) = parsed.as_ref().and_then(Url::host_str) else {
        return remote_name.into();
    };
    let port = parsed.as_ref().and_then(Url::port).map_or(String::new(), |port| format!(":{port}"));
    format!("{scheme}://{host}{port}{path}").into()
}

/// True if two remote names have one origin. Equal ones need no look into them.
pub fn is_same_origin(one: &str, other: &str) -> bool {
    one == other || origin_of(one) == origin_of(other)
}

/// The URL of a file of that name in a folder, whose URL ends in a slash; None
/// for any other URL.
pub fn below(remote_name: &str, file_name: &str) -> Option<String> {
    let is_folder = remote_name.ends_with('/') && !remote_name.contains(['?', '#']);
    is_folder.then(|| format!("{remote_name}{}", encoded(file_name)))
}

/// A name as a part of a URL or of a header.
pub(super) fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in bytes_of_path(name).iter().copied() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            // Writing into a string does not fail.
            _ => _ = write!(text, "%{byte:02X}"),
        }
    }
    text
}

/// Checks a remote name: E_INVALIDARG for a malformed one, a scheme other than
/// http, https and file, one over 2,200 characters, or one with credentials
/// or control characters in it (specification, sections 2.2 and 10).
pub fn check_remote_name(remote_name: &str) -> Result<()> {
    let refuse = |why: String| Err(Error::new(code::E_INVALIDARG, why));
    if remote_name.chars().count() > limit::URL_CHARS_MAX {
        return refuse(format!("the URL is longer than {} characters", limit::URL_CHARS_MAX));
    }
    if remote_name.chars().any(|c| c.is_control() || c == ' ') {
        return refuse("the URL contains a space or a control character".to_owned());
    }
    let url = match Url::parse(remote_name) {
        Ok(url) => url,
        Err(error) => return refuse(format!("not a valid URL: {error}")),
    };
    match url.scheme() {
        "http" | "https" => {
            if host_of(remote_name).is_empty() || url.host_str().is_none_or(str::is_empty) {
                return refuse("the URL names no host".to_owned());
            }
            if !url.username().is_empty() || url.password().is_some() {
                return refuse("the URL contains credentials; set them on the job".to_owned());
            }
            Ok(())
        }
        "file" => {
            if url.host_str().is_some_and(|host| !host.is_empty() && host != "localhost") {
                return refuse("a file URL must not name another host".to_owned());
            }
            Ok(())
        }
        other => refuse(format!("the scheme {other:?} is not supported; use http, https or file")),
    }
}

/// Checks custom headers: whole lines, each `Name: value` and ended by CR LF,
/// together at most 16,383 characters (specification, section 3.6). Empty lines say
/// nothing.
pub fn check_header_lines(text: &str) -> Result<()> {
    if text.chars().count() >= limit::HEADERS_CHARS_MAX {
        return Err(Error::new(
            code::BG_E_STRING_TOO_LONG,
            format!("custom headers are limited to {} characters", limit::HEADERS_CHARS_MAX - 1),
        ));
    }
    let refuse = |why: &str| Err(Error::new(code::E_INVALIDARG, why));
    let Some(body) = text.strip_suffix("\r\n") else {
        return refuse("each custom header must end in CR LF");
    };
    for line in body.split("\r\n").filter(|line| !line.is_empty()) {
        if line.chars().any(char::is_control) {
            return refuse("a custom header contains a control character");
        }
        let Some((name, _)) = line.split_once(':') else {
            return refuse("a custom header has no colon");
        };
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return refuse("a custom header has an invalid name");
        }
        let owned =
            ["range", "if-range", "host", "content-length", "transfer-encoding", "accept-encoding"];
        if owned.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            return refuse("this header is set by the transfer itself");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internationalized_hosts_are_asked_for_in_ascii() {
        for (remote_name, expected) in [
            ("http://bücher.example/ü?ü#ü", "http://xn--bcher-kva.example/ü?ü#ü"),
            ("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443"),
            ("http://b%C3%BCcher.example:80/x", "http://xn--bcher-kva.example/x"),
            ("http://straße.example/", "http://xn--strae-oqa.example/"),
            ("http://a.example:8080/ü", "http://a.example:8080/ü"),
            ("http://[::1]:8080/ü", "http://[::1]:8080/ü"),
            ("file:///tmp/ü", "file:///tmp/ü"),
        ] {
            assert_eq!(with_ascii_host(remote_name), expected);
        }
    }

    #[test]
    fn empty_lines_between_headers_say_nothing() {
        for text in ["\r\n", "\r\n\r\n", "A: b\r\n\r\n", "\r\nA: b\r\n\r\nC: d\r\n"] {
            assert!(check_header_lines(text).is_ok(), "{text:?}");
        }
        for text in ["A: b", "A\r\n", " \r\n", "A: b\r\n \r\n", "\r\nHost: x\r\n"] {
            assert!(check_header_lines(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn files_go_below_a_folder_under_their_own_names() {
        for (remote_name, file_name, expected) in [
            ("http://a/up/", "a b.txt", Some("http://a/up/a%20b.txt")),
            ("http://a/", "100%ü?/", Some("http://a/100%25%C3%BC%3F%2F")),
            ("http://a/up", "x", None),
            ("http://a/up/?to=/", "x", None),
            ("http://a/up#/", "x", None),
        ] {
            assert_eq!(below(remote_name, file_name).as_deref(), expected, "{remote_name}");
        }
    }
}
