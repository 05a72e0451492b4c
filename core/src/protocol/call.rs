//! One request of an upload.

use serde::{Deserialize, Serialize};

use super::upload::Checksum;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Which protocols are there?
    Ask,
    /// Is it BITS?
    Probe,
    /// A session is made.
    Create,
    /// The host of the session is spoken to for the first time.
    Greet,
    /// How many bytes does the session hold?
    Query,
    /// Bytes go into the session.
    Send,
    /// All bytes go at once, without a session.
    Whole,
    /// The file takes its place.
    Close,
    /// Is the file in its place?
    Verify,
    /// The server forgets the session.
    Cancel,
    /// Did it forget the session?
    Check,
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first byte.
    pub first: u64,
    /// In bytes.
    pub length: u64,
}

/// How a request shows who sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// By the credentials of the job.
    Credentials,
    /// It is signed with them for a region of S3, by a clock that is so far ahead of
    /// ours, in milliseconds.
    SigV4 {
        region: String,
        #[serde(default)]
        skew_ms: i64,
    },
    /// Its URL is all there is.
    Url,
}

/// One request of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRequest {
    pub step: Step,
    pub method: String,
    pub url: String,
    /// Whole header lines without line ends.
    pub headers: Vec<String>,
    /// What is sent; None = no body and no Content-Length.
    pub body: Option<Span>,
    /// The body, if it is not a piece of the file.
    pub text: Option<String>,
    pub proof: Proof,
    /// The server may have to work before it answers.
    pub patient: bool,
    /// The body is held back a while for the server to say where its upload is.
    pub waits: bool,
    /// What the bytes of the body are to be checked by on their way.
    #[serde(default)]
    pub checksum: Option<Checksum>,
    /// The number of the part that it sends; 0 if it sends none.
    #[serde(default)]
    pub part: u32,
}

impl UploadRequest {
    /// A request whose body is empty.
    pub(super) fn bare(step: Step, method: &str, url: String, headers: Vec<String>) -> Self {
        let body = Some(Span { first: 0, length: 0 });
        Self { headers, body, patient: true, ..Self::bodiless(step, method, &url) }
    }

    /// A request without a body.
    pub(super) fn bodiless(step: Step, method: &str, url: &str) -> Self {
        let (method, url) = (method.to_owned(), url.to_owned());
        let (headers, proof) = (Vec::new(), Proof::Credentials);
        let (body, text, patient, waits, checksum, part) = (None, None, false, false, None, 0);
        Self { step, method, url, headers, body, text, proof, patient, waits, checksum, part }
    }

    /// True if it has a header of that name by itself: the job's does not go
    /// with it, as the type of the file is not that of a piece.
    pub fn sets(&self, line: &str) -> bool {
        let name = |line: &str| line.split(':').next().unwrap_or("").trim().to_ascii_lowercase();
        self.headers.iter().any(|own| name(own) == name(line))
    }

    /// True if the server may get it twice (RFC 9110, 9.2.2). A piece of a file
    /// may not be put twice: it fits only once.
    pub fn is_idempotent(&self) -> bool {
        match self.method.as_str() {
            "GET" | "HEAD" | "OPTIONS" | "DELETE" => true,
            "PUT" => self.step != Step::Create && !self.sets("Content-Range:"),
            _ => false,
        }
    }

    /// Bytes of its body.
    pub fn length(&self) -> u64 {
        self.body.map_or(0, |span| span.length)
    }
}
