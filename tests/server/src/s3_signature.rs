//! Signatures of S3 (AWS Signature Version 4), checked from the request alone.

use crate::bucket::Bucket;
use crate::request::Request;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

/// How far the clock of a client may be off, in seconds.
const SKEW_S: i64 = 900;

/// Why a request is refused.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    /// What the client must never do, if it did.
    pub(crate) violation: Option<String>,
}

fn refuse(status: u16, code: &'static str) -> Result<(), Refusal> {
    Err(Refusal { status, code, violation: None })
}

fn violated(code: &'static str, what: &str) -> Result<(), Refusal> {
    Err(Refusal { status: 403, code, violation: Some(what.to_owned()) })
}

/// Checks who sends a request.
pub(crate) fn check(bucket: &Bucket, request: &Request) -> Result<(), Refusal> {
    let query = pairs(&request.path);
    let is_presigned = query.iter().any(|(name, _)| name == "X-Amz-Signature");
    match (request.header("Authorization"), is_presigned) {
        (Some(_), true) => violated("InvalidArgument", "two signatures"),
        (Some(text), false) => check_header(bucket, request, &query, text),
        (None, true) => check_query(bucket, request, &query),
        (None, false) => refuse(403, "AccessDenied"),
    }
}

fn check_header(
    bucket: &Bucket,
    request: &Request,
    query: &[(String, String)],
    text: &str,
) -> Result<(), Refusal> {
    let Some(fields) = text.strip_prefix("AWS4-HMAC-SHA256 ") else {
        return violated("InvalidArgument", "an Authorization of another kind");
    };
    let field = |name: &str| {
        let found = fields.split(',').find_map(|one| one.trim().strip_prefix(name));
        found.unwrap_or("").to_owned()
    };
    let signed = field("SignedHeaders=");
    let signed: Vec<&str> = signed.split(';').collect();
    for (name, _) in &request.headers {
        let name = name.to_ascii_lowercase();
        if (name == "host" || name.starts_with("x-amz-")) && !signed.contains(&name.as_str()) {
            return violated("AccessDenied", &format!("{name} is not signed"));
        }
    }
    let date = request.header("X-Amz-Date").unwrap_or("");
    let payload = request.header("X-Amz-Content-Sha256").unwrap_or("");
    let is_empty = request.header("Content-Length").is_none_or(|length| length == "0");
    if payload != "UNSIGNED-PAYLOAD" && !(is_empty && payload == hex(&Sha256::digest(b""))) {
        return violated("XAmzContentSHA256Mismatch", "a body of another hash");
    }
    let proof = Proof {
        credential: &field("Credential="),
        signature: &field("Signature="),
        date,
        payload,
        signed: &signed,
    };
    if !is_near(bucket, date, 0) {
        return refuse(403, "RequestTimeTooSkewed");
    }
    compare(bucket, request, query, &proof)
}

fn check_query(
    bucket: &Bucket,
    request: &Request,
    query: &[(String, String)],
) -> Result<(), Refusal> {
    let value = |name: &str| {
        let found = query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        found.unwrap_or("").to_owned()
    };
    if request.headers.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-")) {
        return violated("AccessDenied", "a header that the URL does not sign");
    }
    let expires = value("X-Amz-Expires").parse().unwrap_or(0);
    let date = value("X-Amz-Date");
    if !(1..=604_800).contains(&expires) {
        return violated("AuthorizationQueryParametersError", "a time that is not allowed");
    }
    if !is_near(bucket, &date, expires) {
        return refuse(403, "AccessDenied");
    }
    let rest: Vec<_> =
        query.iter().filter(|(name, _)| name != "X-Amz-Signature").cloned().collect();
    let (credential, signature) = (value("X-Amz-Credential"), value("X-Amz-Signature"));
    let headers = value("X-Amz-SignedHeaders");
    let proof = Proof {
        credential: &credential,
        signature: &signature,
        date: &date,
        payload: "UNSIGNED-PAYLOAD",
        signed: &headers.split(';').collect::<Vec<_>>(),
    };
    compare(bucket, request, &rest, &proof)
}

struct Proof<'a> {
    credential: &'a str,
    signature: &'a str,
    date: &'a str,
    payload: &'a str,
    signed: &'a [&'a str],
}

fn compare(
    bucket: &Bucket,
    request: &Request,
    query: &[(String, String)],
    proof: &Proof<'_>,
) -> Result<(), Refusal> {
    let Some((key, scope)) = proof.credential.split_once('/') else {
        return violated("InvalidArgument", "no credential");
    };
    let words: Vec<&str> = scope.split('/').collect();
    let [day, region, "s3", "aws4_request"] = words[..] else {
        return violated("InvalidArgument", "a scope that is none");
    };
    if key != bucket.key {
        return refuse(403, "InvalidAccessKeyId");
    }
    if region != bucket.region {
        return refuse(400, "AuthorizationHeaderMalformed");
    }
    let path = encoded(&decoded(request.path_alone()), true);
    let mut pairs: Vec<String> = query
        .iter()
        .map(|(name, value)| {
            format!("{}={}", encoded(name.as_bytes(), false), encoded(value.as_bytes(), false))
        })
        .collect();
    pairs.sort();
    let mut text = format!("{}\n{path}\n{}\n", request.method, pairs.join("&"));
    for name in proof.signed {
        text += &format!("{name}:{}\n", request.header(name).unwrap_or("").trim());
    }
    text += &format!("\n{}\n{}", proof.signed.join(";"), proof.payload);
    let digest = hex(&Sha256::digest(text.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{digest}", proof.date);
    let secret = format!("AWS4{}", bucket.secret).into_bytes();
    let chain = [day, region, "s3", "aws4_request", &text];
    let signature = chain.iter().fold(secret, |key, word| hmac(&key, word.as_bytes()));
    match hex(&signature) == proof.signature {
        true => Ok(()),
        false => refuse(403, "SignatureDoesNotMatch"),
    }
}

/// True if a time such as `20260131T235959Z` is not further away than clocks
/// may differ, or than so many seconds ago.
fn is_near(bucket: &Bucket, text: &str, lasts_s: i64) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let Some(then) = seconds(text) else {
        return false;
    };
    let age = i64::try_from(now).unwrap_or(i64::MAX) + bucket.clock_s - then;
    (-SKEW_S..=lasts_s.max(SKEW_S)).contains(&age)
}

fn seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    if text.len() != 16 || !text.ends_with('Z') || text.as_bytes()[8] != b'T' {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    // The count of days by the calendar that begins a year in March.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    let days = days - 719_468;
    Some(days * 86_400 + number(9, 11)? * 3600 + number(11, 13)? * 60 + number(13, 15)?)
}

/// The names and values of a query, without their escapes.
pub(crate) fn pairs(path: &str) -> Vec<(String, String)> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let text = |part: &str| String::from_utf8_lossy(&decoded(part)).into_owned();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (text(name), text(value)),
            None => (text(pair), String::new()),
        })
        .collect()
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("keys have any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn encoded(bytes: &[u8], keeps_slashes: bool) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    bytes
        .iter()
        .map(|byte| match *byte {
            byte if plain(byte) || keeps_slashes && byte == b'/' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut result = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            result.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16)).unwrap_or(0);
        result.push((digit() * 16 + digit()) as u8);
    }
    result
}
