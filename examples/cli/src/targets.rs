//! Which URL goes to which file.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::slice;

use bgcopy_core::vocab::{bytes_of_path, text_of_path};
use bgcopy_core::{ExpectedHash, FileSpec, HashAlgorithm, display_name_of, local_name, path_of};

use crate::args::{Get, sha256_digest};
use crate::failure::{Failure, Outcome};
use crate::header_names::arrival_name;
use crate::stdout;

/// What a server's own name for its folder is saved as.
const NAMELESS: &str = "index.html";

/// The files that a command line asks for; what is only written to stdout is beside the queue.
pub fn of(get: &Get, store: &Path) -> Outcome<Vec<FileSpec>> {
    if let Some(output) = &get.output {
        let [url] = get.urls.as_slice() else {
            return Err(Failure::usage("--output is for a single URL; use --directory"));
        };
        let mut target = match stdout::is_meant(get.output.as_ref()) {
            true if get.json => {
                return Err(Failure::usage("--json writes to stdout, where the file is to go"));
            }
            true => target(url, &stdout::place(store, url))?,
            false => target(url, output)?,
        };
        target.expected_hash = get.sha256.clone().map(sha256);
        target.mirrors.clone_from(&get.mirrors);
        make_folders(slice::from_ref(&target))?;
        return Ok(vec![target]);
    }
    let folder = get.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let mut targets = Vec::new();
    for url in &get.urls {
        let name = match get.remote_header_name {
            true => arrival_name(url),
            false => name_in_url(url)?,
        };
        targets.push(target(url, &folder.join(name))?);
    }
    if let Some(list) = &get.list {
        for line in read(list)?.lines() {
            targets.extend(target_of_line(line, &folder)?);
        }
    }
    if targets.is_empty() {
        return Err(Failure::usage("the list has no URLs"));
    }
    if let Some(digest) = &get.sha256 {
        let [target] = targets.as_mut_slice() else {
            return Err(Failure::usage("--sha256 is for a single URL"));
        };
        target.expected_hash = Some(sha256(digest.clone()));
    }
    set_mirrors(&mut targets, &get.mirrors)?;
    make_folders(&targets)?;
    Ok(targets)
}

/// Gives the only one of the files its mirrors.
pub fn set_mirrors(targets: &mut [FileSpec], mirrors: &[String]) -> Outcome {
    match targets {
        _ if mirrors.is_empty() => {}
        [target] => target.mirrors = mirrors.to_vec(),
        _ => return Err(Failure::usage("--mirror is for a single URL")),
    }
    Ok(())
}

/// A URL and a file, relative to the current folder.
pub fn target(url: &str, file: &Path) -> Outcome<FileSpec> {
    let path =
        absolute(file).map_err(|error| Failure::failed(format!("{}: {error}", file.display())))?;
    let local_name = local_name(path)?;
    Ok(FileSpec { remote_name: url.to_owned(), local_name, ..FileSpec::default() })
}

/// A word that is a URL.
pub fn url(word: &OsStr) -> Outcome<&str> {
    let refused = || Failure::usage(format!("not a URL: {}", word.display()));
    word.to_str().ok_or_else(refused)
}

/// The absolute path of a file that need not exist. The library takes none with
/// `..` in it: up to there the file system is asked where that leads.
fn absolute(file: &Path) -> io::Result<PathBuf> {
    let parts: Vec<_> = file.components().collect();
    match parts.iter().rposition(|part| *part == Component::ParentDir) {
        Some(last) => {
            let (asked, rest) = parts.split_at(last + 1);
            Ok(asked
                .iter()
                .collect::<PathBuf>()
                .canonicalize()?
                .join(rest.iter().collect::<PathBuf>()))
        }
        None => std::path::absolute(file),
    }
}

/// What a job with these files is called.
pub fn display_name(files: &[FileSpec]) -> String {
    match files {
        [file] => display_name_of(&file.local_name),
        files => format!("{} files", files.len()),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a list. What is no UTF-8 in the names of its files is written as
/// in the local names of the library.
fn read(list: &Path) -> Outcome<String> {
    let bytes = if list == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(list)
    };
    let text = bytes
        .map(|bytes| text_of_path(&bytes))
        .map_err(|error| Failure::failed(format!("{}: {error}", list.display())))?;
    // Editors of Windows mark UTF-8 so.
    Ok(text.strip_prefix('\u{FEFF}').map_or_else(|| text.clone(), str::to_owned))
}

/// A line has a URL, maybe a name below the folder, and maybe a SHA-256.
fn target_of_line(line: &str, folder: &Path) -> Outcome<Option<FileSpec>> {
    let columns: Vec<_> = line.split('\t').map(str::trim).collect();
    let column = |number| columns.get(number).copied().unwrap_or("");
    let (url, name, digest) = (column(0), column(1), column(2));
    if url.starts_with('#') || columns.iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    if columns.len() > 3 {
        return Err(Failure::usage(format!("a line has a URL, a name and a SHA-256: {line}")));
    }
    if *bytes_of_path(url) != *url.as_bytes() {
        return Err(Failure::usage(format!("not a URL: {url}")));
    }
    let name = if name.is_empty() { PathBuf::from(name_in_url(url)?) } else { below(name)? };
    let mut target = target(url, &folder.join(name))?;
    if !digest.is_empty() {
        let digest = sha256_digest(digest);
        let digest = digest.map_err(|why| Failure::usage(format!("{url}: {why}")))?;
        target.expected_hash = Some(sha256(digest));
    }
    Ok(Some(target))
}

/// A name of a list. Lists come from other people: none of their names leads out of
/// the folder.
fn below(name: &str) -> Outcome<PathBuf> {
    let path = path_of(name);
    let stays =
        path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !stays || path.file_name().is_none() {
        return Err(Failure::usage(format!("the name leads out of the folder: {name}")));
    }
    Ok(path)
}

fn sha256(digest: String) -> ExpectedHash {
    ExpectedHash { algorithm: HashAlgorithm::Sha256, digest }
}

/// Makes the folders that files go to.
fn make_folders(targets: &[FileSpec]) -> Outcome {
    let folder_of = |target: &FileSpec| path_of(&target.local_name).parent().map(Path::to_owned);
    for folder in targets.iter().filter_map(folder_of).collect::<BTreeSet<_>>() {
        fs::create_dir_all(&folder)
            .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
    }
    Ok(())
}

/// The last part of a URL's path as the name of a file. Whether the rest of it
/// is a URL is for the library to say.
pub fn name_in_url(url: &str) -> Outcome<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split(['?', '#']).next().unwrap_or("");
    let last = path.rsplit_once('/').map_or("", |(_, last)| last);
    let name = percent_decoded(last);
    match name.as_str() {
        "" => Ok(NAMELESS.to_owned()),
        "." | ".." => Err(nameless(url)),
        name if name.contains('/') || name.chars().any(char::is_control) => Err(nameless(url)),
        _ => Ok(name),
    }
}

fn nameless(url: &str) -> Failure {
    Failure::usage(format!("{url} does not end in a name for a file: name one with --output"))
}

/// What is no escape stays as it is, and so do escapes of what is no UTF-8, and
/// of a percent sign that would look like one: two names do not become one.
fn percent_decoded(text: &str) -> String {
    let mut name = String::new();
    for chunk in bytes_of_escapes(text).utf8_chunks() {
        name += chunk.valid();
        name.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
    }
    name
}

fn bytes_of_escapes(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| str::from_utf8(digits).ok());
        let escape = digits
            .filter(|digits| *byte == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let is_hex = |at| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        let escape = escape.filter(|byte| *byte != b'%' || !(is_hex(at + 3) && is_hex(at + 4)));
        decoded.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_the_last_part_of_the_path() {
        let name = |url| name_in_url(url).ok();
        assert_eq!(name("http://h/a/b.iso?x=/y#/z").as_deref(), Some("b.iso"));
        assert_eq!(name("http://h/a%20b%C3%A9").as_deref(), Some("a bé"));
        assert_eq!(name("http://h/100%").as_deref(), Some("100%"));
        assert_eq!(name("http://h/caf%E9.bin").as_deref(), Some("caf%E9.bin"));
        assert_eq!(name("http://h/caf%25E9.bin").as_deref(), Some("caf%25E9.bin"));
        assert_eq!(name("http://h/100%25").as_deref(), Some("100%"));
        assert_eq!(name("http://h/caf%e8%20x.bin").as_deref(), Some("caf%E8 x.bin"));
        assert_eq!(name("http://h/a/").as_deref(), Some("index.html"));
        assert_eq!(name("http://h").as_deref(), Some("index.html"));
        assert_eq!(name("http://h?a/b").as_deref(), Some("index.html"));
    }

    #[test]
    fn name_never_leads_out_of_the_folder() {
        for url in
            ["http://h/..", "http://h/%2e%2E", "http://h/.", "http://h/..%2fx", "http://h/%00"]
        {
            assert!(name_in_url(url).is_err(), "{url}");
        }
        for line in
            ["http://h/x\t../y", "http://h/x\t/etc/y", "http://h/x\ta/../../y", "http://h/x\t."]
        {
            assert!(target_of_line(line, Path::new("/d")).is_err(), "{line}");
        }
    }

    #[test]
    fn line_has_a_url_and_maybe_a_name() {
        let local_name = |line| {
            let target = target_of_line(line, Path::new("/d")).expect("a good line");
            target.map(|target| target.local_name)
        };
        assert_eq!(local_name("http://h/x").as_deref(), Some("/d/x"));
        assert_eq!(local_name("http://h/x\tsub/y\r").as_deref(), Some("/d/sub/y"));
        assert_eq!(local_name("http://h/x\t./y").as_deref(), Some("/d/y"));
        assert_eq!(local_name("  "), None);
    }

    #[test]
    fn line_may_have_a_hash_or_be_a_comment() {
        let hash = |line: &str| {
            let target = target_of_line(line, Path::new("/d")).expect("a good line")?;
            Some((target.local_name, target.expected_hash.map(|hash| hash.digest)))
        };
        let digest = "AB".repeat(32);
        let low = Some(digest.to_ascii_lowercase());
        let named = format!("http://h/x\ty\t{digest}\r");
        assert_eq!(hash(&named), Some(("/d/y".to_owned(), low.clone())));
        let nameless = format!("http://h/x\t\t {digest}");
        assert_eq!(hash(&nameless), Some(("/d/x".to_owned(), low)));
        assert_eq!(hash("http://h/x\ty\t"), Some(("/d/y".to_owned(), None)));
        for line in ["# http://h/x", "  #", "\t\t", ""] {
            assert_eq!(hash(line), None, "{line:?}");
        }
        for line in ["http://h/x\ty\t12", "http://h/x\ty\t\tz"] {
            assert!(target_of_line(line, Path::new("/d")).is_err(), "{line:?}");
        }
    }
}
