//! Content codings: whether a body is saved as it came, or unpacked.
//!
//! Identity is asked for. A server that names a coding all the same has either
//! packed the file for the way, which the caller wants undone, or says of a
//! file that is stored packed what it is, which the caller wants as it is. No
//! head tells the two apart: names and media types do, and an expected hash.

use serde::{Deserialize, Serialize};

use super::head::Head;

/// The codings that are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// `gzip` and `x-gzip`.
    Gzip,
    /// `deflate`, with the frame of zlib or without one.
    Deflate,
}

/// The form in which the body of a file is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// As the names and the media type say.
    #[default]
    ByName,
    /// As it came: it could not be unpacked, or its hash asks for that.
    AsItCame,
    /// Unpacked: its hash asks for that.
    Unpacked,
}

/// What ends the names of files that are packed by gzip.
const PACKED_NAMES: [&str; 7] = [".gz", ".tgz", ".taz", ".gzip", ".svgz", ".emz", ".wmz"];

/// The media types of such files.
const PACKED_TYPES: [&str; 8] = [
    "application/gzip",
    "application/x-gzip",
    "application/gzip-compressed",
    "application/gzipped",
    "application/x-gunzip",
    "application/x-gzip-compressed",
    "application/x-compressed",
    "application/x-tgz",
];

impl Coding {
    /// The coding of that name: as [`Head::coding`] gives it.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }
}

/// True for the name, or the path, of a file that is packed by gzip.
pub fn is_packed_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PACKED_NAMES.iter().any(|end| name.ends_with(end))
}

/// The coding to be undone before the body is saved; None if it is saved as it
/// comes: unpacked, wanted packed, or in a coding that nobody here knows.
pub(super) fn to_undo(form: Form, url: &str, head: &Head) -> Option<Coding> {
    let coding = Coding::of(&head.coding()?)?;
    let is_packed_type = || {
        let kind = head.value("content-type").unwrap_or("").to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or("").trim();
        PACKED_TYPES.contains(&kind)
    };
    let path = url.split(['?', '#']).next().unwrap_or("");
    let is_kept = match form {
        Form::AsItCame => true,
        Form::Unpacked => false,
        Form::ByName => coding == Coding::Gzip && (is_packed_name(path) || is_packed_type()),
    };
    (!is_kept).then_some(coding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(lines: &[&str]) -> Head {
        let mut head = Head::default();
        head.push_line(b"HTTP/1.1 200 OK");
        for line in lines {
            head.push_line(line.as_bytes());
        }
        head
    }

    #[test]
    fn what_is_undone_is_one_known_coding() {
        for (coding, undone) in [
            ("gzip", Some(Coding::Gzip)),
            ("X-GZip", Some(Coding::Gzip)),
            ("identity, gzip", Some(Coding::Gzip)),
            ("deflate", Some(Coding::Deflate)),
            ("identity", None),
            ("", None),
            ("gzip, gzip", None),
            ("gzip, br", None),
            ("br", None),
            ("zstd", None),
            ("UTF-8", None),
            ("aws-chunked", None),
            ("binary", None),
            ("7bit", None),
        ] {
            let head = head(&[&format!("Content-Encoding: {coding}")]);
            assert_eq!(to_undo(Form::ByName, "http://h/file", &head), undone, "{coding}");
            assert_eq!(to_undo(Form::AsItCame, "http://h/file", &head), None, "{coding}");
        }
        let twice = head(&["Content-Encoding: gzip", "Content-Encoding: br"]);
        assert_eq!(twice.coding().as_deref(), Some("gzip, br"));
        assert_eq!(to_undo(Form::ByName, "http://h/file", &twice), None);
    }

    #[test]
    fn what_is_stored_packed_is_kept() {
        let plain = head(&["Content-Encoding: x-gzip"]);
        for url in ["http://h/one.tar.gz", "http://h/ONE.TGZ", "http://h/a.svgz?x=y#z"] {
            assert_eq!(to_undo(Form::ByName, url, &plain), None, "{url}");
            assert_eq!(to_undo(Form::Unpacked, url, &plain), Some(Coding::Gzip), "{url}");
        }
        for url in ["http://h/one.tar", "http://h/x?name=one.gz", "http://h.gz/"] {
            assert_eq!(to_undo(Form::ByName, url, &plain), Some(Coding::Gzip), "{url}");
        }
        let typed = head(&["Content-Encoding: gzip", "Content-Type: Application/X-Gzip; a=b"]);
        assert_eq!(to_undo(Form::ByName, "http://h/latest", &typed), None);
    }
}
