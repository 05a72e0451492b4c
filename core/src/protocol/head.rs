//! The head of one response, read without trusting it.

use crate::vocab::limit::OFFSET_MAX;

/// Characters kept of a response head for `response_headers`. A head may be
/// as long as the server likes; nobody needs more than this of it.
pub const RESPONSE_HEADERS_BYTES_MAX: usize = 64 * 1024;

/// The status line and the header lines of the last response of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The status code; 0 if the response had no status line.
    pub status: u32,
    /// Header lines as they came, without their line ends.
    pub lines: Vec<String>,
    /// The addresses and statuses of redirects on the way, in order.
    pub redirects: Vec<u32>,
    /// The address that answered, if it is not the one asked.
    pub effective_url: Option<String>,
    /// The body, where it is read: only for answers to uploads.
    pub body: String,
}

/// A parsed Content-Range header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRange {
    /// `bytes first-last/total`; the total may be unknown (`*`).
    Part { first: u64, last: u64, total: Option<u64> },
    /// `bytes */total`, as sent with 416.
    Unsatisfied { total: u64 },
}

impl Head {
    /// Takes one raw line of a response head. A status line begins the head
    /// of a new response: what an informational answer or a redirect said is
    /// forgotten.
    pub fn push_line(&mut self, raw: &[u8]) {
        let line = String::from_utf8_lossy(raw);
        let line = line.trim_end_matches(['\r', '\n']);
        // Such lines are shown to people: nothing in them steers a terminal.
        let is_plain = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let line = if is_plain { line.to_owned() } else { line.replace(char::is_control, " ") };
        if let Some(status) = status_of(&line) {
            if (300..400).contains(&self.status) {
                self.redirects.push(self.status);
            }
            self.status = status;
            self.lines.clear();
            self.body.clear();
        }
        let fits = self.text_len() + line.len() < RESPONSE_HEADERS_BYTES_MAX;
        if !line.is_empty() && (fits || decides(&line)) {
            self.lines.push(line);
        }
    }

    /// The value of the first header of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// Where the answer sends the client, if it says so.
    pub fn location(&self) -> Option<&str> {
        self.value("location").filter(|location| !location.is_empty())
    }

    /// The values of all headers of that name.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(move |line| value_in(line, name))
    }

    /// The whole head as one text, lines ended by CR LF.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect()
    }

    /// Content-Length, unless the body is chunked or encoded, where it does
    /// not speak of the bytes we will see.
    pub fn content_length(&self) -> Option<u64> {
        if self.coding().is_some() { None } else { self.body_length() }
    }

    /// Content-Length, unless the body is chunked: of a body as it comes.
    pub fn body_length(&self) -> Option<u64> {
        if self.value("transfer-encoding").is_some() {
            return None;
        }
        self.value("content-length").and_then(number)
    }

    /// The codings that the server names although identity was asked for, in
    /// lower case and separated by `, `.
    pub fn coding(&self) -> Option<String> {
        let mut values = self.values("content-encoding").peekable();
        values.peek()?;
        let codings: Vec<_> = values
            .flat_map(|value| value.split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !coding.is_empty() && coding != "identity")
            .collect();
        (!codings.is_empty()).then(|| codings.join(", "))
    }

    /// The Content-Range header if it is there and well formed.
    pub fn content_range(&self) -> Option<ContentRange> {
        let value = self.value("content-range")?;
        let spec = value.strip_prefix("bytes").or_else(|| value.strip_prefix("Bytes"))?;
        let (range, total) = spec.trim_start_matches([' ', '=']).split_once('/')?;
        let total = match total.trim() {
            "*" => None,
            digits => Some(number(digits)?),
        };
        if range.trim() == "*" {
            return Some(ContentRange::Unsatisfied { total: total? });
        }
        let (first, last) = range.split_once('-')?;
        let (first, last) = (number(first)?, number(last)?);
        (first <= last && total.is_none_or(|total| last < total)).then_some(ContentRange::Part {
            first,
            last,
            total,
        })
    }

    fn text_len(&self) -> usize {
        self.lines.iter().map(|line| line.len() + 2).sum()
    }

    /// The value of a header with a size or an offset that no file can have,
    /// if there is one: what else the head says of the body is worth nothing then.
    pub fn impossible_size(&self) -> Option<&str> {
        let by_length = self.value("transfer-encoding").is_none();
        let lengths = self.values("content-length").filter(|_| by_length);
        lengths.chain(self.values("content-range")).find(|value| {
            let mut numbers = value.split(|one: char| !one.is_ascii_digit());
            numbers.any(|digits| !digits.is_empty() && number(digits).is_none())
        })
    }
}

/// The value of the first header of that name in the text of a head.
pub fn header_value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| value_in(line, name))
}

fn value_in<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    // Most lines are of other headers: those that begin in another way need no more of a look.
    let (first, wanted) = (*line.as_bytes().first()?, *name.as_bytes().first()?);
    if !first.eq_ignore_ascii_case(&wanted) && !line.starts_with(char::is_whitespace) {
        return None;
    }
    let (found, value) = line.split_once(':')?;
    found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
}

/// A size or an offset; nothing above what a file can have.
pub(super) fn number(digits: &str) -> Option<u64> {
    digits.trim().parse().ok().filter(|number| *number <= OFFSET_MAX)
}

/// True for the lines that decide what becomes of a body: they are kept behind
/// however many others. curl bounds the head as a whole.
fn decides(line: &str) -> bool {
    const NAMES: [&str; 8] = [
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "etag",
        "last-modified",
        "location",
        "transfer-encoding",
    ];
    let name = line.split(':').next().unwrap_or("").trim();
    NAMES.iter().any(|one| name.eq_ignore_ascii_case(one))
}

fn status_of(line: &str) -> Option<u32> {
    let rest = line.strip_prefix("HTTP/")?;
    let (_, status) = rest.split_once(' ')?;
    status.split(' ').next()?.parse().ok()
}
