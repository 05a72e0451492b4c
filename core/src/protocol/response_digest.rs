//! Digests of a file that the head of an answer names.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use crate::vocab::DigestAlgorithm;

use super::head::Head;

/// A digest of the whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedDigest {
    pub algorithm: DigestAlgorithm,
    /// In lower-case hexadecimal digits.
    pub digest: String,
    /// The header that names it.
    pub header: String,
}

/// The functions by their names in headers, the one that is checked first at the front: it is
/// the cheapest of those that nobody can forge.
const NAMES: [(&str, DigestAlgorithm); 4] = [
    ("sha-256", DigestAlgorithm::Sha256),
    ("sha-512", DigestAlgorithm::Sha512),
    ("sha", DigestAlgorithm::Sha1),
    ("md5", DigestAlgorithm::Md5),
];

/// Headers of a function of their own, which are of the body: of the file only if that is
/// whole.
const OF_BODY: [(&str, DigestAlgorithm); 3] = [
    ("x-amz-checksum-sha256", DigestAlgorithm::Sha256),
    ("x-amz-checksum-sha1", DigestAlgorithm::Sha1),
    ("content-md5", DigestAlgorithm::Md5),
];

/// The digest of the stored bytes that a head names, if it names one that can be checked:
/// `Repr-Digest` and `Content-Digest` (RFC 9530), `Digest` (RFC 3230), `x-amz-checksum-sha256`,
/// `x-amz-checksum-sha1`, `Content-MD5`. Of a coded body there is none, as digests are of its
/// coded form; a `Content-Digest` and the like of a part are of that part. What is malformed,
/// or a checksum of checksums as S3 has it for an object in parts, is not looked at.
pub fn served_digest(head: &Head) -> Option<ServedDigest> {
    if head.coding().is_some() {
        return None;
    }
    let is_whole = head.status == 200;
    let structured = [("repr-digest", true), ("content-digest", is_whole)];
    let found = structured.into_iter().filter(|(_, is_of_file)| *is_of_file);
    let found = found.filter_map(|(name, _)| of_dictionary(name, head));
    let found = found.chain(of_list("digest", head)).chain(of_body(head, is_whole));
    // Headers of equal strength in that order.
    found.min_by_key(|one| NAMES.iter().position(|(_, algorithm)| *algorithm == one.algorithm))
}

fn of_dictionary(header: &str, head: &Head) -> Option<ServedDigest> {
    let text = head.values(header).collect::<Vec<_>>().join(", ");
    let dictionary = Parser::new(&text).parse::<Dictionary>().ok()?;
    NAMES.iter().find_map(|(name, algorithm)| {
        let ListEntry::Item(item) = dictionary.get(*name)? else {
            return None;
        };
        let BareItem::ByteSequence(bytes) = &item.bare_item else {
            return None;
        };
        served(header, *algorithm, bytes)
    })
}

/// `NAME=BASE64` with commas between.
fn of_list(header: &str, head: &Head) -> Option<ServedDigest> {
    NAMES.iter().find_map(|(name, algorithm)| {
        let mut entries = head.values(header).flat_map(|value| value.split(','));
        let value = entries.find_map(|entry| {
            let (given, value) = entry.trim().split_once('=')?;
            given.eq_ignore_ascii_case(name).then_some(value)
        })?;
        served(header, *algorithm, &BASE64_STANDARD.decode(value).ok()?)
    })
}

fn of_body(head: &Head, is_whole: bool) -> Option<ServedDigest> {
    let is_composite = head
        .value("x-amz-checksum-type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("COMPOSITE"));
    OF_BODY.iter().filter(|_| is_whole).find_map(|(header, algorithm)| {
        let bytes = BASE64_STANDARD.decode(head.value(header)?).ok()?;
        let is_of_parts = is_composite && header.starts_with("x-amz-");
        served(header, *algorithm, &bytes).filter(|_| !is_of_parts)
    })
}

fn served(header: &str, algorithm: DigestAlgorithm, bytes: &[u8]) -> Option<ServedDigest> {
    let digest = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let header = header.to_owned();
    (bytes.len() == algorithm.bytes()).then_some(ServedDigest { algorithm, digest, header })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of "abc".
    const SHA256: &str = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    const SHA1: &str = "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    const MD5: &str = "kAFQmDzST7DWlj99KOF/cg==";

    fn found(status: u32, lines: &[String]) -> Option<(DigestAlgorithm, String)> {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} OK").as_bytes());
        for line in lines {
            head.push_line(line.as_bytes());
        }
        served_digest(&head).map(|one| (one.algorithm, one.header))
    }

    #[test]
    fn digests_of_the_file_are_found_in_their_headers() {
        let sha512 = BASE64_STANDARD.encode([7; 64]);
        let (sha256, md5) = (DigestAlgorithm::Sha256, DigestAlgorithm::Md5);
        for (line, of_whole, of_part) in [
            (format!("Repr-Digest: sha-256=:{SHA256}:"), Some(sha256), Some(sha256)),
            (
                format!("repr-digest: sha-512=:{sha512}:, x=:YQ==:"),
                Some(DigestAlgorithm::Sha512),
                Some(DigestAlgorithm::Sha512),
            ),
            (format!("Content-Digest: sha-256=:{SHA256}:"), Some(sha256), None),
            (format!("Digest: unixsum=3, SHA-256={SHA256}"), Some(sha256), Some(sha256)),
            (format!("Digest: md5={MD5}"), Some(md5), Some(md5)),
            (format!("x-amz-checksum-sha256: {SHA256}"), Some(sha256), None),
            (format!("x-amz-checksum-sha1: {SHA1}"), Some(DigestAlgorithm::Sha1), None),
            (format!("Content-MD5: {MD5}"), Some(md5), None),
        ] {
            let algorithm = |found: Option<(DigestAlgorithm, String)>| found.map(|one| one.0);
            assert_eq!(algorithm(found(200, std::slice::from_ref(&line))), of_whole, "{line}");
            assert_eq!(algorithm(found(206, std::slice::from_ref(&line))), of_part, "{line}");
        }
    }

    #[test]
    fn the_strongest_one_is_checked_whatever_the_order() {
        let lines = [
            format!("Content-MD5: {MD5}"),
            format!("x-amz-checksum-sha256: {SHA256}"),
            format!("Repr-Digest: sha=:{SHA1}:"),
        ];
        let expected = (DigestAlgorithm::Sha256, "x-amz-checksum-sha256".to_owned());
        assert_eq!(found(200, &lines), Some(expected));
    }

    #[test]
    fn what_is_of_other_bytes_or_malformed_is_no_digest() {
        for lines in [
            vec![],
            vec!["Repr-Digest: sha-256=1".to_owned()],
            vec![format!("Repr-Digest: sha-256={SHA256}")],
            vec![format!("Repr-Digest: sha-256=:{MD5}:")],
            vec![format!("Repr-Digest: sha-256=:{SHA256}")],
            vec!["Digest: sha-256".to_owned()],
            vec!["Digest: sha-256=?".to_owned()],
            vec!["Content-MD5: x".to_owned()],
            vec![format!("x-amz-checksum-sha256: {SHA256}-3")],
            vec![
                format!("x-amz-checksum-sha256: {SHA256}"),
                "x-amz-checksum-type: COMPOSITE".to_owned(),
            ],
            vec![format!("Repr-Digest: sha-256=:{SHA256}:"), "Content-Encoding: gzip".to_owned()],
        ] {
            assert_eq!(found(200, &lines), None, "{lines:?}");
        }
    }
}
