//! A bucket of S3: who may write to it, what goes wrong, and what it has.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// What goes wrong with one request to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BucketFault {
    /// The connection is cut after so many bytes of the body. Nothing of them
    /// is kept.
    CutAfter(u64),
    /// The request has its effect, but its answer is lost.
    LoseAnswer,
    /// The request has its effect, and its answer waits until the gate of the
    /// bucket is opened.
    HoldAnswer,
    /// The answer is this status with this code; nothing happens.
    Error(u16, &'static str),
    /// All unfinished uploads are forgotten before the request is looked at.
    Forget,
    /// The parts from this number on are lost before the request is looked at.
    LoseParts(u32),
    /// The answer is a success; nothing happens.
    Pretend,
}

/// A part of the server that takes files as S3 does, and refuses what that
/// forbids.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(crate) region: String,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) rate: Option<u64>,
    pub(crate) page: usize,
    pub(crate) faults: Vec<(String, BucketFault)>,
    pub(crate) always: BTreeMap<String, (u16, &'static str)>,
    pub(crate) uploads: BTreeMap<String, Unfinished>,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) violations: Vec<String>,
    pub(crate) served: BTreeMap<String, u64>,
    pub(crate) parts_stored: u64,
    pub(crate) bytes_received: u64,
    next_upload: u64,
}

/// An upload that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Unfinished {
    pub(crate) path: String,
    pub(crate) begun: SystemTime,
    pub(crate) parts: BTreeMap<u32, Part>,
    pub(crate) content_type: Option<String>,
}

/// One part of it.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) etag: String,
    pub(crate) bytes: Vec<u8>,
}

/// A file in its place.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// With its quotes.
    pub etag: String,
    /// The Content-Type it was sent with.
    pub content_type: Option<String>,
    pub(crate) modified: SystemTime,
}

/// What a bucket has at one moment.
#[derive(Clone, Debug)]
pub struct BucketSeen {
    /// The files in their places, by path.
    pub objects: BTreeMap<String, Object>,
    /// The numbers of the parts of each unfinished upload.
    pub uploads: BTreeMap<String, Vec<u32>>,
    /// What clients did that is forbidden.
    pub violations: Vec<String>,
    /// Requests so far, by the name of the operation.
    pub served: BTreeMap<String, u64>,
    /// Parts stored in all.
    pub parts_stored: u64,
    /// Bytes of bodies that came in, whatever became of them.
    pub bytes_received: u64,
}

impl BucketSeen {
    pub(crate) fn of(bucket: &Bucket) -> BucketSeen {
        let numbers = |one: &Unfinished| one.parts.keys().copied().collect();
        BucketSeen {
            objects: bucket.objects.clone(),
            uploads: bucket.uploads.iter().map(|(id, one)| (id.clone(), numbers(one))).collect(),
            violations: bucket.violations.clone(),
            served: bucket.served.clone(),
            parts_stored: bucket.parts_stored,
            bytes_received: bucket.bytes_received,
        }
    }

    /// Requests of this operation so far.
    pub fn served(&self, operation: &str) -> u64 {
        self.served.get(operation).copied().unwrap_or(0)
    }
}

impl Bucket {
    /// A bucket for the holder of these keys.
    pub fn new(key: &str, secret: &str) -> Bucket {
        Bucket {
            region: "us-east-1".to_owned(),
            key: key.to_owned(),
            secret: secret.to_owned(),
            rate: None,
            page: 1000,
            faults: Vec::new(),
            always: BTreeMap::new(),
            uploads: BTreeMap::new(),
            objects: BTreeMap::new(),
            violations: Vec::new(),
            served: BTreeMap::new(),
            parts_stored: 0,
            bytes_received: 0,
            next_upload: 1,
        }
    }

    /// Takes requests that are signed for this region only.
    pub fn region(mut self, region: &str) -> Bucket {
        self.region = region.to_owned();
        self
    }

    /// Takes so many bytes a second.
    pub fn bytes_per_second(mut self, rate: u64) -> Bucket {
        self.rate = Some(rate);
        self
    }

    /// Lists at most so many parts at a time.
    pub fn page(mut self, parts: usize) -> Bucket {
        self.page = parts;
        self
    }

    /// What goes wrong with the next request of this operation, as
    /// `UploadPart`. Several for one operation happen one after the other.
    pub fn fault(mut self, operation: &str, fault: BucketFault) -> Bucket {
        self.faults.push((operation.to_owned(), fault));
        self
    }

    /// Answers each request of this operation with this status and code.
    pub fn always(mut self, operation: &str, status: u16, code: &'static str) -> Bucket {
        self.always.insert(operation.to_owned(), (status, code));
        self
    }

    pub(crate) fn take_fault(&mut self, operation: &str) -> Option<BucketFault> {
        *self.served.entry(operation.to_owned()).or_default() += 1;
        if let Some((status, code)) = self.always.get(operation) {
            return Some(BucketFault::Error(*status, code));
        }
        let index = self.faults.iter().position(|(own, _)| own == operation)?;
        Some(self.faults.remove(index).1)
    }

    pub(crate) fn begin(&mut self, path: &str, content_type: Option<String>) -> String {
        // Ids have characters that must be escaped in a query.
        let id = format!("upload/{}+=", self.next_upload);
        self.next_upload += 1;
        let one = Unfinished {
            path: path.to_owned(),
            begun: SystemTime::now(),
            parts: BTreeMap::new(),
            content_type,
        };
        self.uploads.insert(id.clone(), one);
        id
    }

    pub(crate) fn violated(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    /// Takes over what another bucket of this name had.
    pub(crate) fn inherit(&mut self, old: Bucket) {
        self.uploads = old.uploads;
        self.objects = old.objects;
        self.violations = old.violations;
        self.served = old.served;
        self.parts_stored = old.parts_stored;
        self.bytes_received = old.bytes_received;
        self.next_upload = old.next_upload;
    }
}

/// What names a content, in quotes.
pub(crate) fn etag_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{text}\"")
}
