//! Lists of checksums, as `sha256sum` and its like write them, and which line of one is for a
//! file.

use std::collections::BTreeMap;

use crate::vocab::{Error, HashAlgorithm, PATHS, Result, code, limit};

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedChecksum {
    /// The name of the file in the list, with `/` between folders and without `.` among them;
    /// empty for a digest without a name. It never begins with `/` and has no `..`.
    pub name: String,
    /// The hash function.
    pub algorithm: HashAlgorithm,
    /// The digest, in lower-case hexadecimal digits.
    pub digest: String,
}

const SIGNED_BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNED_END: &str = "-----BEGIN PGP SIGNATURE-----";

/// What one line says.
enum Line<'a> {
    Checksum(ListedChecksum),
    /// Of a function that is not supported.
    Other(&'a str),
    Malformed(&'static str),
}

/// Reads a list of checksums: lines of `sha256sum` and `sha512sum` (`DIGEST  NAME`, with `*`
/// before the name or a backslash before the line), of BSD and of `openssl dgst`
/// (`SHA256 (NAME) = DIGEST`), or a digest alone. A digest without the name of its function is
/// SHA-256 or SHA-512 by its length; BLAKE3 is read only with its name.
///
/// Blank lines and lines that begin with `#` are skipped, and so are those of other functions,
/// as MD5 and SHA-1, unless the list has no others. Of a text that is signed by OpenPGP the
/// message is read; the signature is not checked. BGCOPY_E_CHECKSUM_LIST with the number of the
/// line for anything else, for a name that leads out of its folder, for two digests of one file,
/// for a list without a checksum, for a text that is not UTF-8, and beyond
/// [`limit::CHECKSUM_LIST_BYTES_MAX`] bytes or [`limit::CHECKSUM_LIST_LINES_MAX`] lines.
pub fn parse_checksum_list(text: &[u8]) -> Result<Vec<ListedChecksum>> {
    if text.len() as u64 > limit::CHECKSUM_LIST_BYTES_MAX {
        let most = limit::CHECKSUM_LIST_BYTES_MAX;
        return Err(refused(format!("the list has more than {most} bytes")));
    }
    let text = str::from_utf8(text).map_err(|_| refused("the list is not UTF-8 text"))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines: Vec<_> = (1_usize..).zip(text.lines()).collect();
    if lines.len() > limit::CHECKSUM_LIST_LINES_MAX {
        let most = limit::CHECKSUM_LIST_LINES_MAX;
        return Err(refused(format!("the list has more than {most} lines")));
    }
    let is_signed = lines.iter().find(|(_, line)| !line.trim().is_empty());
    if is_signed.is_some_and(|(_, line)| line.trim_end() == SIGNED_BEGIN) {
        lines = signed_message(&lines)?;
    }
    let (mut list, mut other) = (Vec::new(), None);
    let mut known: BTreeMap<(String, u32), String> = BTreeMap::new();
    for (number, line) in lines {
        // Lines of Windows, and of programs that put blanks at the end.
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match parse_line(line) {
            Line::Checksum(one) => {
                let key = (one.name.clone(), one.algorithm.as_u32());
                match known.get(&key) {
                    Some(digest) if *digest == one.digest => continue,
                    Some(_) => {
                        let text = "another digest of the same file";
                        return Err(refused(format!("line {number}: {text}")));
                    }
                    None => {}
                }
                known.insert(key, one.digest.clone());
                list.push(one);
            }
            Line::Other(name) => other = other.or(Some(name)),
            Line::Malformed(why) => return Err(refused(format!("line {number}: {why}"))),
        }
    }
    match other {
        _ if !list.is_empty() => Ok(list),
        Some(name) => Err(refused(format!(
            "the list has only checksums by {name}: SHA-256, SHA-512 and BLAKE3 can be checked"
        ))),
        None => Err(refused("the list has no checksums")),
    }
}

/// The lines between the beginning of a message that is signed and its signature.
fn signed_message<'a>(lines: &[(usize, &'a str)]) -> Result<Vec<(usize, &'a str)>> {
    let is = |wanted: &'static str| move |(_, line): &&(usize, &str)| line.trim_end() == wanted;
    let begin = lines.iter().position(|line| is(SIGNED_BEGIN)(&line)).unwrap_or(0);
    let head = lines[begin..].iter().position(|line| is("")(&line));
    let end = lines.iter().position(|line| is(SIGNED_END)(&line));
    match (head, end) {
        (Some(head), Some(end)) if begin + head < end => {
            let inner = lines[begin + head..end].iter();
            Ok(inner.map(|(at, line)| (*at, line.strip_prefix("- ").unwrap_or(line))).collect())
        }
        _ => Err(refused("the signed message has no end")),
    }
}

fn parse_line(line: &str) -> Line<'_> {
    let (is_escaped, line) = match line.strip_prefix('\\') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let digits = line.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (digest, rest) = line.split_at(digits);
    let (name, algorithm, digest) = match plain_algorithm(digits) {
        Some(algorithm) if rest.is_empty() || rest.starts_with([' ', '\t']) => {
            let name = rest.get(1..).unwrap_or("");
            let name = name.strip_prefix([' ', '*']).unwrap_or(name);
            if name.trim().is_empty() {
                (None, algorithm, digest)
            } else {
                (Some(name), algorithm, digest)
            }
        }
        _ => match tagged(line) {
            Some((tag, name, digest)) => (Some(name), tagged_algorithm(tag), digest),
            None => {
                let text = "not `DIGEST  NAME` and not `SHA256 (NAME) = DIGEST`";
                return Line::Malformed(text);
            }
        },
    };
    let algorithm = match algorithm {
        Ok(algorithm) => algorithm,
        Err(other) => return Line::Other(other),
    };
    if digest.len() != digits_of(algorithm) || !digest.bytes().all(|one| one.is_ascii_hexdigit()) {
        return Line::Malformed("the digest has another number of hexadecimal digits");
    }
    let name = match name {
        // The standard input.
        None | Some("-") => String::new(),
        Some(name) => match file_name(name, is_escaped) {
            Ok(name) => name,
            Err(why) => return Line::Malformed(why),
        },
    };
    Line::Checksum(ListedChecksum { name, algorithm, digest: digest.to_ascii_lowercase() })
}

/// The function of a digest without its name, by its length; as an error one that is not
/// supported.
fn plain_algorithm(digits: usize) -> Option<std::result::Result<HashAlgorithm, &'static str>> {
    match digits {
        32 => Some(Err("MD5")),
        40 => Some(Err("SHA-1")),
        56 => Some(Err("SHA-224")),
        64 => Some(Ok(HashAlgorithm::Sha256)),
        96 => Some(Err("SHA-384")),
        128 => Some(Ok(HashAlgorithm::Sha512)),
        _ => None,
    }
}

fn tagged_algorithm(tag: &str) -> std::result::Result<HashAlgorithm, &str> {
    let is = |names: &[&str]| names.iter().any(|name| tag.eq_ignore_ascii_case(name));
    match tag {
        _ if is(&["SHA256", "SHA2-256", "SHA-256"]) => Ok(HashAlgorithm::Sha256),
        _ if is(&["SHA512", "SHA2-512", "SHA-512"]) => Ok(HashAlgorithm::Sha512),
        _ if is(&["BLAKE3"]) => Ok(HashAlgorithm::Blake3),
        other => Err(other),
    }
}

fn digits_of(algorithm: HashAlgorithm) -> usize {
    match algorithm {
        HashAlgorithm::Sha256 | HashAlgorithm::Blake3 => 64,
        HashAlgorithm::Sha512 => 128,
    }
}

/// `TAG (NAME) = DIGEST`, also without the blanks around the parentheses.
fn tagged(line: &str) -> Option<(&str, &str, &str)> {
    let (tag, rest) = line.split_once('(')?;
    let tag = tag.strip_suffix(' ').unwrap_or(tag);
    let is_tag = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'/' | b'_');
    if tag.is_empty() || !tag.bytes().all(is_tag) {
        return None;
    }
    // A name may have parentheses, too: the last ones are those of the line.
    let (name, digest) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(")= "))?;
    Some((tag, name, digest.trim()))
}

/// The name of a file as it is given out.
fn file_name(text: &str, is_escaped: bool) -> std::result::Result<String, &'static str> {
    let name = if is_escaped { unescaped(text)? } else { text.to_owned() };
    if name.chars().any(char::is_control) {
        return Err("the name has a control character");
    }
    if name.len() > limit::LOCAL_NAME_BYTES_MAX {
        return Err("the name is too long");
    }
    // Also as Windows reads it: the list may be used there.
    let has_drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if has_drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|one| one == "..")
    {
        return Err("the name leads out of the folder of the list");
    }
    let parts: Vec<_> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match parts.is_empty() || name.ends_with('/') || name.trim().is_empty() {
        true => Err("the name is not that of a file"),
        false => Ok(parts.join("/")),
    }
}

fn unescaped(text: &str) -> std::result::Result<String, &'static str> {
    let mut name = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(one) = rest.next() {
        name.push(match one {
            '\\' => match rest.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => return Err("the name has an unknown escape"),
            },
            one => one,
        });
    }
    Ok(name)
}

fn refused(text: impl Into<String>) -> Error {
    Error::new(code::BGCOPY_E_CHECKSUM_LIST, format!("the checksums: {}", text.into()))
}

/// The lines of a list by the names of their files.
pub struct ChecksumIndex<'a> {
    by_name: BTreeMap<&'a str, &'a ListedChecksum>,
    /// None where several files of the list have that as the last part of their names.
    by_last: BTreeMap<&'a str, Option<&'a ListedChecksum>>,
    nameless: Option<&'a ListedChecksum>,
}

impl<'a> ChecksumIndex<'a> {
    pub fn new(list: &'a [ListedChecksum]) -> Self {
        let (mut by_name, mut by_last) = (BTreeMap::new(), BTreeMap::new());
        for one in list.iter().filter(|one| !one.name.is_empty()) {
            // Of two functions the one that the list names first is checked.
            by_name.entry(one.name.as_str()).or_insert(one);
            let last = by_last.entry(last_part(&one.name)).or_insert(Some(one));
            *last = last.filter(|known| known.name == one.name);
        }
        let nameless = match list {
            [only] if only.name.is_empty() => Some(only),
            _ => None,
        };
        Self { by_name, by_last, nameless }
    }

    /// The checksum of a file: that of the longest name in the list with which the path of the
    /// URL ends; else of the only file in the list whose name has the same last part; else the
    /// same for the name that the file gets. A digest without a name is for a file that
    /// `is_only` one. BGCOPY_E_NOT_LISTED if there is none, or if it is not clear which.
    pub fn find(
        &self,
        remote_name: &str,
        local_name: &str,
        is_only: bool,
    ) -> Result<&'a ListedChecksum> {
        if let Some(only) = self.nameless.filter(|_| is_only) {
            return Ok(only);
        }
        let path = decoded_path(remote_name);
        let begins = path.match_indices('/').map(|(at, _)| at + 1);
        let mut ends = std::iter::once(0).chain(begins).map(|at| &path[at..]);
        if let Some(found) = ends.find_map(|end| self.by_name.get(end)) {
            return Ok(found);
        }
        let of_file = PATHS.last(local_name);
        for (name, last) in [("", last_part(&path)), (of_file, of_file)] {
            let exact = self.by_name.get(name).map(|found| Some(*found));
            match exact.as_ref().or_else(|| self.by_last.get(last)) {
                Some(Some(found)) => return Ok(found),
                Some(None) => {
                    let text = format!("the list has several files that are called {last}");
                    return Err(Error::new(code::BGCOPY_E_NOT_LISTED, text));
                }
                None => {}
            }
        }
        let text = format!("the list has no checksum of {remote_name}");
        Err(Error::new(code::BGCOPY_E_NOT_LISTED, text))
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A URL's path, without its escapes.
fn decoded_path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    percent_decoded(path)
}

fn percent_decoded(text: &str) -> String {
    let (bytes, mut at) = (text.as_bytes(), 0);
    let mut decoded = Vec::with_capacity(bytes.len());
    while let Some(byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|one| char::from(*one).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
#[path = "checksum_list_tests.rs"]
mod tests;
