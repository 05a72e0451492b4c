//! Answers that do not end and have nothing of a file in them: bodies that nobody
//! reads, as those of redirects, and what may stand between the pieces of a body.

use curl::easy::InfoType;

use crate::protocol::{Failure, Head};
use crate::vocab::{ErrorContext, code};

/// So many bytes in a row that are of no use are no mistake. What people write for
/// people to read is far shorter.
const USELESS_BYTES_MAX: u64 = 1024 * 1024;

/// Counts the bytes of one answer that are of no use.
#[derive(Debug, Default)]
pub struct Flood {
    /// The body comes in chunks: there may be more between them than is seen.
    watches: bool,
    begun: bool,
    useless: u64,
    is_over: bool,
}

impl Flood {
    /// A head is whole.
    pub fn head(&mut self, head: &Head) {
        self.watches = head.status >= 200 && head.value("transfer-encoding").is_some();
        self.useless = 0;
    }

    /// True, once, when curl is to show the bytes as they come.
    pub fn begins(&mut self) -> bool {
        self.watches && !std::mem::replace(&mut self.begun, true)
    }

    /// Bytes as they came.
    pub fn came(&mut self, kind: InfoType, data: &[u8]) {
        if matches!(kind, InfoType::DataIn) {
            self.useless += data.len() as u64;
            self.is_over |= self.useless > USELESS_BYTES_MAX;
        }
    }

    /// Bytes of a body were among them.
    pub fn used(&mut self) {
        self.useless = 0;
    }

    /// So many bytes of a body were passed over; false ends the request.
    pub fn passed_over(&mut self, bytes: f64) -> bool {
        self.is_over |= bytes > USELESS_BYTES_MAX as f64;
        !self.is_over
    }

    /// Why the request is to end; None if it may go on.
    pub fn failure(&self) -> Option<Failure> {
        self.is_over.then(|| {
            Failure::transient(
                code::BG_E_INVALID_SERVER_RESPONSE,
                ErrorContext::RemoteFile,
                "the server sent an answer without an end and without a file in it".to_owned(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u32, line: &str) -> Head {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        head.push_line(line.as_bytes());
        head
    }

    #[test]
    fn only_what_comes_without_a_body_in_it_is_too_much() {
        let mut flood = Flood::default();
        flood.head(&head(200, "Content-Length: 5"));
        assert!(!flood.begins(), "nothing can be between the bytes of such a body");
        flood.head(&head(200, "Transfer-Encoding: chunked"));
        assert!(flood.begins());
        assert!(!flood.begins(), "once is enough");
        let piece = vec![b'x'; 600 * 1024];
        for _ in 0..3 {
            flood.came(InfoType::DataIn, &piece);
            flood.came(InfoType::Text, &piece);
            flood.used();
        }
        flood.came(InfoType::DataIn, &piece);
        assert!(flood.failure().is_none());
        flood.came(InfoType::DataIn, &piece);
        let failure = flood.failure().expect("too much");
        assert_eq!((failure.code, failure.transient), (code::BG_E_INVALID_SERVER_RESPONSE, true));
    }

    #[test]
    fn what_is_passed_over_may_be_as_long_as_a_page_is() {
        let mut flood = Flood::default();
        assert!(flood.passed_over(900_000.0));
        assert!(!flood.passed_over(1_100_000.0));
        assert!(flood.failure().is_some());
    }
}
