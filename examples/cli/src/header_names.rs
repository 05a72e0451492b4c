//! Names that servers give files by Content-Disposition (RFC 6266), made harmless.
//!
//! They are known when a file is here, and a job has its local names from its beginning. So
//! a file arrives under a name of its own, and is renamed once it is in place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use bgcopy_core::{FileSpec, Job, local_name, path_of};
use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::output::{self, in_line};
use crate::targets::{hexadecimal, name_in_url};

/// The name of a file that neither its server nor its URL has one for.
const NAMELESS: &str = "download";

/// The longest name that file systems take, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// The longest end of a name, from its last dot on, that is kept where the name is cut.
const EXTENSION_BYTES_MAX: usize = 16;

/// Digits by which the names differ under which files arrive.
const DIGITS: usize = 8;

/// The name under which the file of a URL arrives: the same command finds it again.
pub fn arrival_name(url: &str) -> String {
    let digest = hexadecimal(&Sha256::digest(url));
    let digits = digest.get(..DIGITS).unwrap_or_default();
    format!("{}.{digits}", cut(&name_of(url), NAME_BYTES_MAX - DIGITS - 1))
}

fn name_of(url: &str) -> String {
    name_in_url(url).unwrap_or_else(|_| NAMELESS.to_owned())
}

/// Where the files of a job go, by the local names under which they arrive.
pub struct HeaderNames {
    targets: BTreeMap<String, PathBuf>,
    replaces: bool,
}

impl HeaderNames {
    /// Asks the heads of what is here. Fails if a file would be replaced that may not be.
    pub fn of(job: &Job, files: &[FileSpec], replaces: bool) -> Outcome<Self> {
        let mut heads = BTreeMap::new();
        for file in job.files()? {
            if let Some(head) = file.response_headers()? {
                heads.insert(file.local_name()?, head);
            }
        }
        let (mut targets, mut taken) = (BTreeMap::new(), BTreeSet::new());
        for file in files {
            let named = heads.get(&file.local_name).and_then(|head| name_in_head(head));
            let name = named.unwrap_or_else(|| name_of(&file.remote_name));
            let arrived = path_of(&file.local_name);
            let folder = arrived.parent().unwrap_or(Path::new(""));
            let target = folder.join(unlike(&name, &taken));
            if !replaces && heads.contains_key(&file.local_name) && is_there(&target) {
                return Err(exists(&target));
            }
            taken.insert(target.file_name().unwrap_or_default().to_ascii_lowercase());
            targets.insert(file.local_name.clone(), target);
        }
        Ok(Self { targets, replaces })
    }

    /// Gives the files that are in place their names; the files as they are called then.
    pub fn rename(&self, files: &[FileSpec]) -> Outcome<Vec<FileSpec>> {
        files.iter().map(|file| self.rename_one(file)).collect()
    }

    fn rename_one(&self, file: &FileSpec) -> Outcome<FileSpec> {
        let Some(target) = self.targets.get(&file.local_name) else {
            return Ok(file.clone());
        };
        let arrived = path_of(&file.local_name);
        let renamed = match self.replaces {
            true => fs::rename(&arrived, target),
            false => rename_to_nothing(&arrived, target),
        };
        renamed.map_err(|error| {
            let (arrived, target) = (arrived.display(), target.display());
            Failure::failed(format!("{arrived} is here, and cannot be called {target}: {error}"))
        })?;
        sync_folder(target);
        Ok(FileSpec { local_name: local_name(target.clone())?, ..file.clone() })
    }
}

fn is_there(target: &Path) -> bool {
    target.symlink_metadata().is_ok()
}

fn exists(target: &Path) -> Failure {
    let name = target.display().to_string();
    let name = in_line(&name);
    Failure::failed(format!("{name} exists and is not replaced; --force replaces it"))
}

/// A rename that replaces nothing, where the file system can do that in one step.
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists || is_there(to) => {
            Err(io::ErrorKind::AlreadyExists.into())
        }
        // There are no links here.
        Err(_) => fs::rename(from, to),
    }
}

/// Makes a new name outlive a power cut. Where a folder cannot be opened nothing is lost: the
/// file is there under one of its names.
fn sync_folder(target: &Path) {
    if let Some(folder) = target.parent().and_then(|folder| File::open(folder).ok()) {
        _ = folder.sync_all();
    }
}

/// A name that is not among the taken ones, which are in lower case.
fn unlike(name: &str, taken: &BTreeSet<std::ffi::OsString>) -> String {
    let numbered = |number: u32| match name.rsplit_once('.') {
        _ if number == 1 => name.to_owned(),
        Some((stem, extension)) if !stem.is_empty() => format!("{stem}-{number}.{extension}"),
        Some(_) | None => format!("{name}-{number}"),
    };
    let is_free = |name: &String| !taken.contains(std::ffi::OsStr::new(&name.to_ascii_lowercase()));
    (1..=u32::MAX).map(numbered).find(is_free).unwrap_or_else(|| name.to_owned())
}

/// The name in the head of an answer, if there is one that a file here may have.
fn name_in_head(head: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let is_it = |name: &str| name.trim().eq_ignore_ascii_case("content-disposition");
    let value = lines.find_map(|(name, value)| is_it(name).then_some(value))?;
    let parameters = parameters(value);
    let named = |wanted: &str| {
        let mut found = parameters.iter().filter(|(name, _)| name == wanted);
        found.next().map(|(_, value)| value.as_str())
    };
    let extended = named("filename*").and_then(decoded).and_then(|name| harmless(&name));
    extended.or_else(|| harmless(named("filename")?))
}

/// The parameters of a header's value, with their names in lower case.
fn parameters(value: &str) -> Vec<(String, String)> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in value.chars() {
        if c == ';' && !is_quoted {
            parts.push(std::mem::take(&mut part));
            continue;
        }
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && is_quoted && !is_escaped;
        part.push(c);
    }
    parts.push(part);
    let pair = |part: &String| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), unquoted(value.trim())))
    };
    parts.iter().filter_map(pair).collect()
}

/// What stands in quotes, else the text itself. A backslash that escapes neither a quote nor
/// itself is one of a path.
fn unquoted(text: &str) -> String {
    let Some(quoted) = text.strip_prefix('"') else {
        return text.to_owned();
    };
    let (mut value, mut chars) = (String::new(), quoted.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('"', _) => break,
            ('\\', Some('"' | '\\')) => value.extend(chars.next()),
            (c, _) => value.push(c),
        }
    }
    value
}

/// The text of an extended value (RFC 8187): a character set, a language, and bytes.
fn decoded(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, text) = rest.split_once('\'')?;
    let bytes = percent_decoded(text)?;
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}

/// Bytes, of which `%` and two digits write one; None for anything else after a `%`.
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        let digits = str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = behind;
    }
    Some(bytes)
}

/// A name within the folder, that neither hides, nor looks like an option, nor steers a
/// terminal; None if nothing of it is left.
fn harmless(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or("");
    let is_bad = |c: char| output::is_hidden(c) || cfg!(windows) && "<>:\"|?*".contains(c);
    let shown: String = last.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    let name = shown.trim().trim_end_matches(['.', ' ']);
    let name = match name.chars().next()? {
        '.' | '-' | '~' => format!("_{}", name.get(1..).unwrap_or_default()),
        _ if is_device(name) => format!("_{name}"),
        _ => name.to_owned(),
    };
    Some(cut(&name, NAME_BYTES_MAX))
}

/// The names that Windows has for devices, whatever stands behind a dot.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or("").trim_end().to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
    });
    cfg!(windows) && (numbered || ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()))
}

/// A name of at most so many bytes, with the end that says what it is.
fn cut(name: &str, bytes_max: usize) -> String {
    if name.len() <= bytes_max {
        return name.to_owned();
    }
    let dot = name.rfind('.').filter(|dot| name.len() - dot <= EXTENSION_BYTES_MAX);
    let (stem, end) = name.split_at(dot.unwrap_or(name.len()));
    let ends = stem.char_indices().map(|(at, c)| at + c.len_utf8());
    let kept = ends.take_while(|at| at + end.len() <= bytes_max).last().unwrap_or(0);
    format!("{}{end}", stem.get(..kept).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> Option<String> {
        name_in_head(&format!("HTTP/1.1 200 OK\r\nContent-Disposition: {value}\r\n"))
    }

    #[test]
    fn name_is_what_the_head_says() {
        for (value, expected) in [
            ("attachment; filename=a.txt", "a.txt"),
            ("inline;FileName = \"a b;c.txt\" ; x=y", "a b;c.txt"),
            (r#"attachment; filename="a\"b\\c.txt""#, "c.txt"),
            (r#"attachment; filename="say \"hi\".txt""#, "say \"hi\".txt"),
            ("attachment; filename=x; filename*=UTF-8''%e2%82%ac%20rates", "€ rates"),
            ("attachment; filename*=iso-8859-1'en'%A3; filename=x", "£"),
            ("attachment; filename*=utf-8''%FF; filename=x", "x"),
            ("attachment; filename*=utf-8''%zz; filename=x", "x"),
            ("attachment; filename*=koi8-r''%C1; filename=x", "x"),
            ("attachment; filename*=%41; filename=\"y", "y"),
            ("filename=\"100%25.txt\"", "100%25.txt"),
        ] {
            assert_eq!(name(value).as_deref(), Some(expected), "{value}");
        }
        for value in ["attachment", "attachment; name=x", "", "attachment; filename", "filename=;"]
        {
            assert_eq!(name(value), None, "{value:?}");
        }
        assert_eq!(name_in_head("HTTP/1.1 200 OK\r\nX: filename=x\r\n"), None);
    }

    #[test]
    fn name_stays_in_its_folder_and_does_no_harm() {
        for (value, expected) in [
            ("filename=../../etc/passwd", Some("passwd")),
            ("filename=\"/etc/cron.d/x\"", Some("x")),
            (r#"filename="C:\dir\x.exe""#, Some("x.exe")),
            ("filename*=UTF-8''..%2f..%2Fx", Some("x")),
            ("filename*=UTF-8''a%2F..", None),
            ("filename*=UTF-8''%2e%2E", None),
            ("filename=\" .. \"", None),
            ("filename=\"a/\"", None),
            ("filename=.bashrc", Some("_bashrc")),
            ("filename=-rf", Some("_rf")),
            ("filename=~root", Some("_root")),
            ("filename*=UTF-8''a%0Ab%1b[2J%00", Some("a_b_[2J_")),
            ("filename*=UTF-8''gpj%E2%80%AE.exe", Some("gpj_.exe")),
            ("filename=\"x. . \"", Some("x")),
        ] {
            assert_eq!(name(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn name_has_a_length_that_file_systems_take() {
        let long = |end: &str| name(&format!("filename*=UTF-8''{}{end}", "%C3%A9".repeat(300)));
        let shown = long(".tar.gz").expect("a name");
        assert!(shown.len() <= NAME_BYTES_MAX && shown.ends_with("é.gz"), "{shown}");
        assert_eq!(long("").map(|name| name.len()), Some(254));
        assert!(arrival_name(&format!("http://h/{}", "x".repeat(400))).len() <= NAME_BYTES_MAX);
        assert!(arrival_name("http://h/get.cgi?id=1").starts_with("get.cgi."));
        assert!(arrival_name("http://h/..").starts_with("download."));
    }

    #[test]
    fn names_of_one_job_are_different_ones() {
        let taken = ["a.txt", "a-2.txt", "b"].map(std::ffi::OsString::from).into();
        assert_eq!(unlike("A.txt", &taken), "A-3.txt");
        assert_eq!(unlike("b", &taken), "b-2");
        assert_eq!(unlike("c", &taken), "c");
    }
}
