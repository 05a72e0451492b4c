//! A bucket of S3: who may write to it, what goes wrong, and what it has.

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
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
    /// The answer is 503, SlowDown, and that the client is to wait so many
    /// seconds; nothing happens.
    Wait(u32),
    /// All unfinished uploads are forgotten before the request is looked at.
    Forget,
    /// The parts from this number on are lost before the request is looked at.
    LoseParts(u32),
    /// The answer is a success; nothing happens.
    Pretend,
    /// The request has its effect when the gate of the bucket is opened, even if
    /// its client is gone by then, and a part even if its upload is.
    Late,
}

/// A part of the server that takes files as S3 does, and refuses what that
/// forbids.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(crate) region: String,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) clock_s: i64,
    pub(crate) rate: Option<u64>,
    pub(crate) page: usize,
    pub(crate) faults: Vec<(String, BucketFault)>,
    pub(crate) always: BTreeMap<String, (u16, &'static str)>,
    pub(crate) uploads: BTreeMap<String, Unfinished>,
    pub(crate) objects: BTreeMap<String, Object>,
    pub(crate) violations: Vec<String>,
    pub(crate) served: BTreeMap<String, u64>,
    pub(crate) parts_stored: u64,
    pub(crate) parts_under_way: u64,
    pub(crate) parts_at_once: u64,
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
    /// The numbers of the parts that were begun.
    pub(crate) begun_parts: BTreeSet<u32>,
    /// Those that may be sent again although they are here by now: a list that
    /// was asked for did not have them, and none was stored that was begun since.
    pub(crate) unlisted: BTreeSet<u32>,
    /// How often it was listed.
    pub(crate) lists: u64,
}

impl Unfinished {
    fn new(path: &str, content_type: Option<String>) -> Unfinished {
        Unfinished {
            path: path.to_owned(),
            begun: SystemTime::now(),
            parts: BTreeMap::new(),
            content_type,
            begun_parts: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            lists: 0,
        }
    }
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
    /// Requests so far, by the name of the operation; those for parts also by
    /// their number, as `UploadPart/2`.
    pub served: BTreeMap<String, u64>,
    /// Parts stored in all.
    pub parts_stored: u64,
    /// Requests for parts that are under way.
    pub parts_under_way: u64,
    /// The most of them at the same time.
    pub parts_at_once: u64,
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
            parts_under_way: bucket.parts_under_way,
            parts_at_once: bucket.parts_at_once,
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
            clock_s: 0,
            rate: None,
            page: 1000,
            faults: Vec::new(),
            always: BTreeMap::new(),
            uploads: BTreeMap::new(),
            objects: BTreeMap::new(),
            violations: Vec::new(),
            served: BTreeMap::new(),
            parts_stored: 0,
            parts_under_way: 0,
            parts_at_once: 0,
            bytes_received: 0,
            next_upload: 1,
        }
    }

    /// Takes requests that are signed for this region only.
    pub fn region(mut self, region: &str) -> Bucket {
        self.region = region.to_owned();
        self
    }

    /// Has a clock that is so many seconds ahead.
    pub fn clock(mut self, ahead_s: i64) -> Bucket {
        self.clock_s = ahead_s;
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

    /// What goes wrong with the next request of this operation, as `UploadPart`,
    /// or for one part, as `UploadPart/2`. Several for one operation happen one
    /// after the other.
    pub fn fault(mut self, operation: &str, fault: BucketFault) -> Bucket {
        self.faults.push((operation.to_owned(), fault));
        self
    }

    /// Answers each request of this operation with this status and code.
    pub fn always(mut self, operation: &str, status: u16, code: &'static str) -> Bucket {
        self.always.insert(operation.to_owned(), (status, code));
        self
    }

    /// True if a connection is still to break: until then none is kept, so that
    /// it breaks under a request that was not made on one that was kept.
    pub(crate) fn breaks_connections(&self) -> bool {
        let breaks = |fault: &BucketFault| {
            matches!(fault, BucketFault::CutAfter(_) | BucketFault::LoseAnswer)
        };
        self.faults.iter().any(|(_, fault)| breaks(fault))
    }

    /// A request of an operation, which may be for a part, has come.
    pub(crate) fn take_fault(&mut self, operation: &str, part: Option<u32>) -> Option<BucketFault> {
        let of_part = part.map(|number| format!("{operation}/{number}"));
        let names = [Some(operation.to_owned()), of_part];
        let names: Vec<String> = names.into_iter().flatten().collect();
        for name in &names {
            *self.served.entry(name.clone()).or_default() += 1;
        }
        if let Some((status, code)) = names.iter().find_map(|name| self.always.get(name)) {
            return Some(BucketFault::Error(*status, code));
        }
        let index = self.faults.iter().position(|(own, _)| names.contains(own))?;
        Some(self.faults.remove(index).1)
    }

    /// The client does not learn which parts are here: it may send each again.
    pub(crate) fn listed_not(&mut self, id: &str) {
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.unlisted.extend(upload.begun_parts.iter());
            upload.lists += 1;
        }
    }

    /// A part is about to be sent. One that is here is not sent again, unless the
    /// client asked for the list when it was not. Returns how often it was asked
    /// for by then.
    pub(crate) fn begin_part(&mut self, id: &str, number: u32) -> u64 {
        self.parts_under_way += 1;
        self.parts_at_once = self.parts_at_once.max(self.parts_under_way);
        let Some(upload) = self.uploads.get_mut(id) else {
            return 0;
        };
        let lists = upload.lists;
        upload.begun_parts.insert(number);
        if upload.parts.contains_key(&number) && !upload.unlisted.contains(&number) {
            self.violated(format!("part {number}, which is here, is sent again"));
        }
        lists
    }

    /// A part that was begun after so many lists is here.
    pub(crate) fn store_part(&mut self, id: &str, number: u32, part: Part, lists: u64) {
        self.parts_stored += 1;
        if let Some(upload) = self.uploads.get_mut(id) {
            upload.parts.insert(number, part);
            if upload.lists == lists {
                upload.unlisted.remove(&number);
            }
        }
    }

    /// The client is told which parts are here, from behind this one on.
    pub(crate) fn listed(&mut self, id: &str, behind: u32) {
        if let Some(upload) = self.uploads.get_mut(id) {
            let missing = upload.begun_parts.iter().filter(|one| !upload.parts.contains_key(one));
            upload.lists += 1;
            upload.unlisted.retain(|one| *one <= behind);
            upload.unlisted.extend(missing.filter(|one| **one > behind));
        }
    }

    /// A part came in behind the end of its upload.
    pub(crate) fn revive(&mut self, id: &str, path: &str) {
        let gone = || Unfinished::new(path, None);
        self.uploads.entry(id.to_owned()).or_insert_with(gone);
    }

    pub(crate) fn begin(&mut self, path: &str, content_type: Option<String>) -> String {
        // Ids have characters that must be escaped in a query.
        let id = format!("upload/{}+=", self.next_upload);
        self.next_upload += 1;
        self.uploads.insert(id.clone(), Unfinished::new(path, content_type));
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
        self.parts_under_way = old.parts_under_way;
        self.parts_at_once = old.parts_at_once;
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
