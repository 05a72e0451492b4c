//! Uploads to S3, strictly: what it forbids is refused and noted.

use crate::bucket::{Bucket, BucketFault, Object, Part, etag_of};
use crate::date::http_date;
use crate::link::{Gone, Link};
use crate::reason;
use crate::request::Request;
use crate::s3_signature::{self, pairs};
use crate::send::After;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

/// All parts but the last have at least so many bytes.
const PART_BYTES_MIN: usize = 5 * 1024 * 1024;

/// The highest number of a part.
const PARTS_MAX: u32 = 10_000;

/// Bodies are read in pieces of this size.
const PIECE: usize = 64 * 1024;

/// What is done with a request.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn new(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: String::new() }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }

    fn xml(mut self, root: &str, inside: &str) -> Answer {
        let space = "http://s3.amazonaws.com/doc/2006-03-01/";
        let space = if root == "Error" { String::new() } else { format!(" xmlns=\"{space}\"") };
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        self.body = format!("{declaration}<{root}{space}>{inside}</{root}>");
        self
    }

    fn error(status: u16, code: &str, more: &str) -> Answer {
        let inside = format!("<Code>{code}</Code><Message>It is so.</Message>{more}");
        Answer::new(status).xml("Error", &inside)
    }
}

/// Answers a request to a bucket.
pub(crate) fn serve(link: &mut Link, request: &Request, prefix: &str) -> Result<After, Gone> {
    link.finish_head()?;
    let operation = operation(request);
    let query: BTreeMap<String, String> = pairs(&request.path).into_iter().collect();
    let id = query.get("uploadId").cloned().unwrap_or_default();
    let part = (operation == "UploadPart").then(|| number_of(&query));
    let result = serve_one(link, request, prefix, &operation, (&id, part));
    if part.is_some() {
        link.shared().change(|state| {
            if let Some(bucket) = state.buckets.get_mut(prefix) {
                bucket.parts_under_way -= 1;
            }
        });
    }
    result
}

fn serve_one(
    link: &mut Link,
    request: &Request,
    prefix: &str,
    operation: &str,
    (id, part): (&str, Option<u32>),
) -> Result<After, Gone> {
    let (fault, rate, lists, closes) = link
        .shared()
        .change(|state| {
            let bucket = state.buckets.get_mut(prefix)?;
            let fault = bucket.take_fault(operation, part);
            let lists = part.map_or(0, |number| bucket.begin_part(id, number));
            match &fault {
                Some(BucketFault::Forget) => bucket.uploads.clear(),
                Some(BucketFault::LoseParts(from)) => {
                    for upload in bucket.uploads.values_mut() {
                        upload.parts.retain(|number, _| number < from);
                    }
                }
                Some(_) | None => {}
            }
            Some((fault, bucket.rate, lists, bucket.breaks_connections()))
        })
        .ok_or(Gone)?;
    let length = request.header("Content-Length").and_then(|text| text.parse().ok()).unwrap_or(0);
    if let Some(BucketFault::CutAfter(count)) = fault {
        read(link, prefix, length.min(count), rate)?;
        return Ok(After::Reset);
    }
    let body = read(link, prefix, length, rate)?;
    let openings = link.shared().check(|state| state.openings(prefix));
    if fault == Some(BucketFault::Late) {
        link.hold_alone(|state| state.passes(prefix, openings))?;
    }
    let answer =
        link.shared()
            .change(|state| {
                let bucket = state.buckets.get_mut(prefix)?;
                Some(match &fault {
                    Some(BucketFault::Error(status, code)) => {
                        if operation == "ListParts" {
                            bucket.listed_not(id);
                        }
                        let place = "<Endpoint>elsewhere.example</Endpoint>";
                        let is_elsewhere = (300..400).contains(status);
                        Answer::error(*status, code, if is_elsewhere { place } else { "" })
                    }
                    Some(BucketFault::Wait(seconds)) => Answer::error(503, "SlowDown", "")
                        .header("Retry-After", seconds.to_string()),
                    Some(BucketFault::Pretend) => Answer::new(204),
                    Some(BucketFault::Late) => {
                        bucket.revive(id, request.path_alone());
                        answer(bucket, request, operation, body, lists)
                    }
                    Some(_) | None => answer(bucket, request, operation, body, lists),
                })
            })
            .ok_or(Gone)?;
    match fault {
        Some(BucketFault::LoseAnswer) => return Ok(After::Reset),
        Some(BucketFault::HoldAnswer) => {
            link.hold(None, |state| state.passes(prefix, openings))?;
        }
        Some(_) | None => {}
    }
    let answer = if closes { answer.header("Connection", "close") } else { answer };
    link.write(&text_of(&answer, request.method == "HEAD"))?;
    Ok(if closes || request.closes() { After::Close } else { After::Next })
}

fn read(link: &mut Link, prefix: &str, length: u64, rate: Option<u64>) -> Result<Vec<u8>, Gone> {
    let mut body = Vec::new();
    let mut buffer = vec![0; PIECE];
    let start = Instant::now();
    while (body.len() as u64) < length {
        if let Some(rate) = rate {
            let due = Duration::from_secs_f64(body.len() as f64 / rate as f64);
            link.hold(Some(start + due), |_| false)?;
        }
        let rest = usize::try_from(length - body.len() as u64).unwrap_or(usize::MAX);
        let count = link.read(&mut buffer[..rest.min(PIECE)])?;
        body.extend_from_slice(&buffer[..count]);
        link.shared().change(|state| {
            if let Some(bucket) = state.buckets.get_mut(prefix) {
                bucket.bytes_received += count as u64;
            }
        });
    }
    Ok(body)
}

fn text_of(answer: &Answer, is_head: bool) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {} {}\r\n", answer.status, reason::phrase(answer.status));
    for (name, value) in &answer.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !is_head && !reason::bodiless(answer.status) {
        text.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    text.push_str("\r\n");
    if !is_head {
        text.push_str(&answer.body);
    }
    text.into_bytes()
}

/// What a request is for, by the names of S3.
fn operation(request: &Request) -> String {
    let query = pairs(&request.path);
    let has = |name: &str| query.iter().any(|(own, _)| own == name);
    match request.method.as_str() {
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" if has("uploadId") => "CompleteMultipartUpload",
        "PUT" if has("uploadId") => "UploadPart",
        "PUT" => "PutObject",
        "GET" if has("uploadId") => "ListParts",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "HEAD" => "HeadObject",
        method => method,
    }
    .to_owned()
}

/// The answer to a request that came after so many lists of its upload.
fn answer(
    bucket: &mut Bucket,
    request: &Request,
    operation: &str,
    body: Vec<u8>,
    lists: u64,
) -> Answer {
    if let Err(refusal) = s3_signature::check(bucket, request) {
        bucket.violations.extend(refusal.violation);
        let region = match refusal.code {
            "AuthorizationHeaderMalformed" => format!("<Region>{}</Region>", bucket.region),
            _ => String::new(),
        };
        let seconds = Duration::from_secs(bucket.clock_s.unsigned_abs());
        let now = match bucket.clock_s < 0 {
            true => SystemTime::now() - seconds,
            false => SystemTime::now() + seconds,
        };
        return Answer::error(refusal.status, refusal.code, &region).header("Date", http_date(now));
    }
    let query: BTreeMap<String, String> = pairs(&request.path).into_iter().collect();
    let id = query.get("uploadId").cloned().unwrap_or_default();
    let path = request.path_alone();
    let describes = ["x-amz-acl", "x-amz-storage-class", "x-amz-server-side-encryption"];
    let describes = describes.iter().any(|name| request.header(name).is_some());
    match operation {
        "CreateMultipartUpload" => {
            let content_type = request.header("Content-Type").map(str::to_owned);
            let id = bucket.begin(path, content_type);
            let inside = format!("<Key>x</Key><UploadId>{id}</UploadId>");
            Answer::new(200)
                .header("Date", http_date(SystemTime::now()))
                .xml("InitiateMultipartUploadResult", &inside)
        }
        "PutObject" => {
            let etag = etag_of(&body);
            let content_type = request.header("Content-Type").map(str::to_owned);
            let modified = SystemTime::now();
            let object = Object { bytes: body, etag: etag.clone(), content_type, modified };
            bucket.objects.insert(path.to_owned(), object);
            Answer::new(200).header("ETag", etag)
        }
        "HeadObject" => match bucket.objects.get(path) {
            Some(object) => Answer::new(200)
                .header("Content-Length", object.bytes.len().to_string())
                .header("ETag", object.etag.clone())
                .header("Last-Modified", http_date(object.modified)),
            None => Answer::new(404),
        },
        _ if bucket.uploads.get(&id).is_none_or(|upload| upload.path != path) => {
            Answer::error(404, "NoSuchUpload", "")
        }
        _ if describes => bad(bucket, "InvalidArgument", "a header of the object at a part"),
        "UploadPart" => upload_part(bucket, &id, number_of(&query), body, lists),
        "ListParts" => list(bucket, &id, &query),
        "CompleteMultipartUpload" => complete(bucket, &id, &String::from_utf8_lossy(&body)),
        "AbortMultipartUpload" => {
            bucket.uploads.remove(&id);
            Answer::new(204)
        }
        _ => Answer::error(405, "MethodNotAllowed", ""),
    }
}

fn bad(bucket: &mut Bucket, code: &str, what: &str) -> Answer {
    bucket.violated(what);
    Answer::error(400, code, "")
}

fn number_of(query: &BTreeMap<String, String>) -> u32 {
    query.get("partNumber").and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn upload_part(bucket: &mut Bucket, id: &str, number: u32, body: Vec<u8>, lists: u64) -> Answer {
    if !(1..=PARTS_MAX).contains(&number) {
        return bad(bucket, "InvalidArgument", "the number of a part");
    }
    let etag = etag_of(&body);
    bucket.store_part(id, number, Part { etag: etag.clone(), bytes: body }, lists);
    Answer::new(200).header("ETag", etag)
}

fn list(bucket: &mut Bucket, id: &str, query: &BTreeMap<String, String>) -> Answer {
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u32>().ok());
    let behind = number("part-number-marker").unwrap_or(0);
    bucket.listed(id, behind);
    let most = number("max-parts").map_or(1000, |most| most as usize).min(bucket.page);
    let parts: Vec<_> = bucket.uploads[id].parts.iter().filter(|(own, _)| **own > behind).collect();
    let mut inside = format!("<IsTruncated>{}</IsTruncated>", parts.len() > most);
    for (own, part) in parts.iter().take(most) {
        let etag = part.etag.replace('"', "&quot;");
        let bytes = part.bytes.len();
        inside += &format!(
            "<Part><PartNumber>{own}</PartNumber><ETag>{etag}</ETag><Size>{bytes}</Size></Part>"
        );
    }
    if let Some((last, _)) = parts.iter().take(most).next_back() {
        inside += &format!("<NextPartNumberMarker>{last}</NextPartNumberMarker>");
    }
    Answer::new(200).xml("ListPartsResult", &inside)
}

fn complete(bucket: &mut Bucket, id: &str, text: &str) -> Answer {
    let mut wanted = Vec::new();
    for part in text.split("<Part>").skip(1) {
        let inside = |name: &str| {
            let (_, rest) = part.split_once(&format!("<{name}>"))?;
            Some(rest.split_once(&format!("</{name}>"))?.0.replace("&quot;", "\""))
        };
        let number = inside("PartNumber").and_then(|text| text.parse::<u32>().ok());
        let (Some(number), Some(etag)) = (number, inside("ETag")) else {
            return bad(bucket, "MalformedXML", "a list of parts that is none");
        };
        wanted.push((number, etag));
    }
    if wanted.is_empty() {
        return bad(bucket, "MalformedXML", "an empty list of parts");
    }
    if wanted.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return bad(bucket, "InvalidPartOrder", "parts out of order");
    }
    let Some(upload) = bucket.uploads.get(id).cloned() else {
        return Answer::error(404, "NoSuchUpload", "");
    };
    let mut bytes = Vec::new();
    let last = wanted.len() - 1;
    for (index, (number, etag)) in wanted.iter().enumerate() {
        let Some(part) = upload.parts.get(number).filter(|part| part.etag == *etag) else {
            // A part may be lost without the client's knowledge.
            return Answer::error(400, "InvalidPart", "");
        };
        if index < last && part.bytes.len() < PART_BYTES_MIN {
            return bad(bucket, "EntityTooSmall", "a part below 5 MiB");
        }
        bytes.extend_from_slice(&part.bytes);
    }
    let etag = format!("\"{}-{}\"", etag_of(&bytes).trim_matches('"'), wanted.len());
    let object = Object {
        bytes,
        etag: etag.clone(),
        content_type: upload.content_type,
        modified: upload.begun,
    };
    bucket.objects.insert(upload.path, object);
    bucket.uploads.remove(id);
    let etag = etag.replace('"', "&quot;");
    Answer::new(200).xml("CompleteMultipartUploadResult", &format!("<ETag>{etag}</ETag>"))
}
