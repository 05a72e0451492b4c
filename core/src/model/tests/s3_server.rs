//! A server for S3 as simple as can be, which does everything right: a part is
//! the version of the file that it came from.

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::{Head, Step, UploadRequest};

/// Bytes of a part.
pub const PART: u64 = 8 << 20;

/// Parts of the file.
pub const PARTS: u32 = 2;

/// What the server has of unfinished uploads.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    uploads: BTreeMap<u32, BTreeMap<u32, u8>>,
    aborted: BTreeSet<u32>,
    next_upload: u32,
    /// Parts that came in whole and are not stored yet; nobody waits for the
    /// answer.
    late: Vec<(u32, u32, u8)>,
    /// Parts that a list did not have: they may be sent although they are here
    /// by now.
    unlisted: BTreeSet<(u32, u32)>,
    /// The version of each file that was put in place.
    made: Vec<u8>,
}

impl Parts {
    /// True if the server holds a part of an unfinished upload.
    pub fn has_any(&self) -> bool {
        self.uploads.values().any(|parts| !parts.is_empty())
    }

    /// The versions that were put in place, each as often as it was.
    pub fn made(&self) -> &[u8] {
        &self.made
    }

    /// A part is begun. One that is here is not sent again, unless the client was
    /// told that it is not.
    pub fn begin(&mut self, call: &UploadRequest) {
        let key = (upload_of(call), call.part);
        let is_here = self.uploads.get(&key.0).is_some_and(|parts| parts.contains_key(&key.1));
        assert!(self.unlisted.contains(&key) || !is_here, "{key:?} is sent again");
    }

    /// A whole part is here, but its client is gone.
    pub fn leave(&mut self, call: &UploadRequest, version: u8) {
        self.late.push((upload_of(call), call.part, version));
    }

    /// The first part that nobody waits for is stored, also behind the end of its
    /// upload, as long as that was not put in place.
    pub fn land(&mut self) -> bool {
        if self.late.is_empty() {
            return false;
        }
        let (upload, part, version) = self.late.remove(0);
        if self.aborted.contains(&upload) {
            self.uploads.entry(upload).or_default();
        }
        self.store(upload, part, version);
        true
    }

    /// All unfinished uploads are lost.
    pub fn forget(&mut self) {
        (self.uploads, self.aborted, self.late) = Default::default();
    }

    fn store(&mut self, upload: u32, part: u32, version: u8) -> bool {
        let parts = self.uploads.get_mut(&upload);
        parts.map(|parts| parts.insert(part, version)).is_some()
    }

    /// The answer to a request whose body is of this version, and the file that it
    /// put in place.
    pub fn serve(&mut self, call: &UploadRequest, version: u8) -> (Head, Option<Vec<u8>>) {
        if call.step == Step::Create {
            self.next_upload += 1;
            self.uploads.insert(self.next_upload, BTreeMap::new());
            let body = format!("<X><UploadId>{}</UploadId></X>", self.next_upload);
            return (answer(200, "Date: Tue, 01 Jan 2019 00:00:00 GMT", &body), None);
        }
        let upload = upload_of(call);
        let Some(parts) = self.uploads.get_mut(&upload) else {
            return (answer(404, "", "<Error><Code>NoSuchUpload</Code></Error>"), None);
        };
        match call.step {
            Step::Send => {
                parts.insert(call.part, version);
                self.unlisted.remove(&(upload, call.part));
                (answer(200, &format!("ETag: {}", etag(call.part, version)), ""), None)
            }
            Step::Query | Step::Check => {
                let part = |(number, version): (&u32, &u8)| {
                    let etag = etag(*number, *version);
                    format!(
                        "<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>\
                         <Size>{PART}</Size></Part>"
                    )
                };
                let list: String = parts.iter().map(part).collect();
                let missing = (1..=PARTS).filter(|number| !parts.contains_key(number));
                self.unlisted.retain(|(own, _)| *own != upload);
                self.unlisted.extend(missing.map(|number| (upload, number)));
                (answer(200, "", &format!("<ListPartsResult>{list}</ListPartsResult>")), None)
            }
            Step::Cancel => {
                self.uploads.remove(&upload);
                self.aborted.insert(upload);
                (answer(204, "", ""), None)
            }
            Step::Close => {
                let text = call.text.as_deref().unwrap_or("");
                let named =
                    |(number, version): (&u32, &u8)| text.contains(&etag(*number, *version));
                if text.matches("<Part>").count() != parts.len() || !parts.iter().all(named) {
                    return (answer(400, "", "<Error><Code>InvalidPart</Code></Error>"), None);
                }
                let file: Vec<u8> = parts.values().copied().collect();
                self.made.extend(file.first());
                self.uploads.remove(&upload);
                (answer(200, "", "<X><ETag>whole</ETag></X>"), Some(file))
            }
            Step::Ask | Step::Probe | Step::Greet | Step::Create | Step::Whole | Step::Verify => {
                panic!("{call:?} is not asked for here")
            }
        }
    }
}

fn etag(part: u32, version: u8) -> String {
    format!("p{part}v{version}")
}

fn upload_of(call: &UploadRequest) -> u32 {
    let id = call.url.split(['?', '&']).find_map(|pair| pair.strip_prefix("uploadId="));
    id.and_then(|id| id.parse().ok()).expect("an upload")
}

fn answer(status: u16, line: &str, body: &str) -> Head {
    let mut head = Head::default();
    head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
    if !line.is_empty() {
        head.push_line(line.as_bytes());
    }
    Head { body: body.to_owned(), ..head }
}
