//! A request as the server saw it.

use crate::range;

/// The head of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, as written.
    pub method: String,
    /// The path with its query, if any, also of a target in absolute form.
    pub path: String,
    /// The whole target when it was in absolute form, as a proxy gets it.
    pub absolute_target: Option<String>,
    /// The version, as written.
    pub version: String,
    /// The headers in order, names as written.
    pub headers: Vec<(String, String)>,
    /// First and last byte of a `Range` header with exactly one range that
    /// counts from the start.
    pub range: Option<(u64, Option<u64>)>,
    /// Which of the accepted connections it came on, counted from 1.
    pub connection: u64,
}

impl Request {
    /// The first value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The path without its query.
    pub fn path_alone(&self) -> &str {
        without_query(&self.path)
    }

    /// Whether the client wants the connection closed after the answer.
    pub(crate) fn closes(&self) -> bool {
        let connection = self.header("Connection").unwrap_or_default();
        let asks = |word: &str| {
            let mut words = connection.split(',');
            words.any(|one| one.trim().eq_ignore_ascii_case(word))
        };
        asks("close") || (self.version == "HTTP/1.0" && !asks("keep-alive"))
    }

    /// Reads a head; `None` when it is not one.
    pub(crate) fn parse(head: &[u8], connection: u64) -> Option<Request> {
        let text = String::from_utf8_lossy(head);
        let mut lines = text.trim_start_matches("\r\n").split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        if words.next().is_some() || !version.starts_with("HTTP/1.") || target.is_empty() {
            return None;
        }
        let mut headers = Vec::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':')?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let (path, absolute) = split_target(target);
        let mut request = Request {
            method: method.to_owned(),
            path,
            absolute_target: absolute,
            version: version.to_owned(),
            headers,
            range: None,
            connection,
        };
        request.range = request
            .header("Range")
            .and_then(range::parse)
            .filter(|ranges| ranges.len() == 1)
            .and_then(|ranges| ranges[0].asked());
        Some(request)
    }
}

/// Whether a path recorded with its query is the one asked about: the same
/// text, or the same once the query is gone.
pub(crate) fn path_matches(recorded: &str, asked: &str) -> bool {
    recorded == asked || without_query(recorded) == asked
}

pub(crate) fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn split_target(target: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = target.split_once("://") else {
        return (target.to_owned(), None);
    };
    if !scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return (target.to_owned(), None);
    }
    let path = match rest.find(['/', '?']) {
        Some(start) if rest[start..].starts_with('?') => format!("/{}", &rest[start..]),
        Some(start) => rest[start..].to_owned(),
        None => "/".to_owned(),
    };
    (path, Some(target.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn reads_a_head() {
        let head = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\nRANGE:  bytes=5-9 \r\n\r\n";
        let request = Request::parse(head, 1).unwrap();
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, "/a?b=c");
        assert_eq!(request.path_alone(), "/a");
        assert_eq!(request.header("range"), Some("bytes=5-9"));
        assert_eq!(request.range, Some((5, Some(9))));
        assert_eq!(request.absolute_target, None);
    }

    #[test]
    fn reads_an_absolute_target() {
        let request = Request::parse(b"GET http://h:1/p?q HTTP/1.1\r\n\r\n", 1).unwrap();
        assert_eq!(request.path, "/p?q");
        assert_eq!(request.absolute_target.as_deref(), Some("http://h:1/p?q"));
        let bare = Request::parse(b"GET http://h HTTP/1.1\r\n\r\n", 1).unwrap();
        assert_eq!(bare.path, "/");
    }

    #[test]
    fn refuses_what_is_no_head() {
        assert_eq!(Request::parse(b"hello\r\n\r\n", 1), None);
        assert_eq!(Request::parse(b"GET / HTTP/2\r\n\r\n", 1), None);
        assert_eq!(Request::parse(b"GET / HTTP/1.1\r\nbad\r\n\r\n", 1), None);
    }
}
