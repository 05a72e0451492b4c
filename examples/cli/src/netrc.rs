//! Logins from `~/.netrc`, by the rules of curl and ftp.
//!
//! No crate does it: of the four there are, two have stood still since 2015 and 2020, one
//! needs an unstable compiler, and the messages of that one and of the fourth show words of
//! the file, which may be passwords.

use std::fs::File;
use std::io::{self, Read};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::CharIndices;

use bgcopy_core::FileSpec;

use crate::failure::{Failure, Outcome};
use crate::network_options::NetworkOptions;
use crate::output;
use crate::passwords::Login;

/// A file is read up to this size: it has a line for each host that one has a login for.
const BYTES_MAX: u64 = 1 << 20;

/// Names the file where it is not the one in the home folder, as for curl.
const VARIABLE: &str = "NETRC";

/// What a file says of one host.
#[derive(Default)]
struct Entry {
    /// None for every host that the file does not name.
    host: Option<String>,
    user_name: Option<String>,
    password: Option<String>,
}

/// The login that a file has for all of these, if anybody wants it to be looked for. What
/// is wrong with a file that nobody has asked for is said, and no failure.
pub fn login(options: &NetworkOptions, files: &[FileSpec]) -> Outcome<Option<Login>> {
    let is_wanted = options.netrc || options.netrc_file.is_some();
    if options.no_netrc && !is_wanted || options.user.is_some() || options.oauth2_bearer.is_some() {
        return Ok(None);
    }
    let Some(path) = options.netrc_file.clone().or_else(usual_file) else {
        return if is_wanted { Err(Failure::failed("there is no .netrc")) } else { Ok(None) };
    };
    match find(&path, files, is_wanted) {
        Ok(None) if is_wanted => {
            let text = format!("{} has no login for the host of the URL", path.display());
            Err(Failure::failed(text))
        }
        Err(Failure::Failed(text)) if !is_wanted => {
            output::complain(&format!("bgcopy: no login is taken: {text}"));
            Ok(None)
        }
        found => found,
    }
}

/// The file that is read if no other is named.
fn usual_file() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let home = std::env::home_dir().filter(|home| home.is_absolute())?;
    let names: &[&str] = if cfg!(windows) { &[".netrc", "_netrc"] } else { &[".netrc"] };
    names.iter().map(|name| home.join(name)).find(|path| path.exists())
}

fn find(path: &Path, files: &[FileSpec], is_wanted: bool) -> Outcome<Option<Login>> {
    let refused = |why: String| Failure::failed(format!("{}: {why}", path.display()));
    let (text, is_open) = read(path).map_err(|error| refused(error.to_string()))?;
    let entries = parse(&text).map_err(|line| refused(format!("line {line} has no end")))?;
    let found = |file: &FileSpec| entry_for(&entries, host_of(&file.remote_name)?, is_wanted);
    let mut logins = files.iter().map(found);
    let first = logins.next().flatten();
    if logins.any(|other| other != first) {
        let why = "it does not have the same login for all URLs, and the files are one job";
        return Err(refused(why.to_owned()));
    }
    if first.is_some() && is_open {
        let path = path.display();
        output::complain(&format!(
            "bgcopy: WARNING: others can read the passwords in {path}: `chmod 600` forbids it"
        ));
    }
    Ok(first.map(|(user_name, password)| Login {
        user_name: user_name.to_owned(),
        password: password.to_owned(),
    }))
}

/// The text of a file, and whether other users can read it.
fn read(path: &Path) -> io::Result<(String, bool)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > BYTES_MAX {
        return Err(io::Error::other("it is too large"));
    }
    let mut text = String::new();
    file.take(BYTES_MAX).read_to_string(&mut text)?;
    Ok((text, is_open_to_others(&metadata)))
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & 0o044 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

/// The host of a URL that a login may be for. Whether it is a good URL, the library says.
fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    // Whatever could be read in two ways is nobody's host: `http://a.test\@b.test`.
    if !authority.chars().all(|c| c.is_alphanumeric() || "-._:[]".contains(c)) {
        return None;
    }
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => authority.split(':').next(),
    }
}

/// The first login for the host. That for every host counts only where it is asked for: it
/// mostly is there for ftp.
fn entry_for<'a>(
    entries: &'a [Entry],
    host: &str,
    takes_default: bool,
) -> Option<(&'a str, &'a str)> {
    let login = |entry: &'a Entry| Some((entry.user_name.as_deref()?, entry.password.as_deref()?));
    let is_named =
        |entry: &&Entry| entry.host.as_ref().is_some_and(|named| named.eq_ignore_ascii_case(host));
    let named = entries.iter().filter(is_named).find_map(login);
    let others = entries.iter().filter(|entry| takes_default && entry.host.is_none());
    named.or_else(|| others.into_iter().find_map(login))
}

/// The entries of a file; the number of a line where a quoted word does not end.
fn parse(text: &str) -> Result<Vec<Entry>, usize> {
    let mut words = Words { text, chars: text.char_indices().peekable() };
    let mut entries: Vec<Entry> = Vec::new();
    while let Some(word) = words.keyword()? {
        match word.to_ascii_lowercase().as_str() {
            "machine" => entries.push(Entry { host: words.value()?, ..Entry::default() }),
            "default" => entries.push(Entry::default()),
            "macdef" => words.skip_macro(),
            "account" => _ = words.value()?,
            name @ ("login" | "password") => {
                let value = words.value()?;
                match (entries.last_mut(), name) {
                    (Some(entry), "login") => entry.user_name = value,
                    (Some(entry), _) => entry.password = value,
                    (None, _) => {}
                }
            }
            // Other programs have words of their own.
            _ => {}
        }
    }
    Ok(entries)
}

/// The words of a file.
struct Words<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Words<'_> {
    /// The next word that is no comment.
    fn keyword(&mut self) -> Result<Option<String>, usize> {
        loop {
            self.skip_space();
            match self.chars.peek() {
                Some((_, '#')) => self.skip_line(),
                Some(_) | None => return self.value(),
            }
        }
    }

    /// The next word, which may begin with `#`.
    fn value(&mut self) -> Result<Option<String>, usize> {
        self.skip_space();
        match self.chars.peek() {
            None => Ok(None),
            Some((_, '"')) => self.quoted().map(Some),
            Some(_) => {
                let mut word = String::new();
                while let Some((_, c)) = self.chars.next_if(|(_, c)| !c.is_ascii_whitespace()) {
                    word.push(c);
                }
                Ok(Some(word))
            }
        }
    }

    fn quoted(&mut self) -> Result<String, usize> {
        let begin = self.chars.next().map_or(0, |(at, _)| at);
        let mut word = String::new();
        while let Some((_, c)) = self.chars.next() {
            match c {
                '"' => return Ok(word),
                '\n' => break,
                '\\' => match self.chars.next() {
                    Some((_, 'n')) => word.push('\n'),
                    Some((_, 'r')) => word.push('\r'),
                    Some((_, 't')) => word.push('\t'),
                    Some((_, c)) => word.push(c),
                    None => break,
                },
                c => word.push(c),
            }
        }
        Err(1 + self.text.get(..begin).map_or(0, |before| before.matches('\n').count()))
    }

    fn skip_space(&mut self) {
        while self.chars.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
    }

    fn skip_line(&mut self) {
        while self.chars.next().is_some_and(|(_, c)| c != '\n') {}
    }

    /// A macro ends before a blank line.
    fn skip_macro(&mut self) {
        self.skip_line();
        while self.chars.peek().is_some_and(|(_, c)| !['\n', '\r'].contains(c)) {
            self.skip_line();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login_of(text: &str, host: &str, takes_default: bool) -> Option<(String, String)> {
        let entries = parse(text).expect("a good file");
        let found = entry_for(&entries, host, takes_default);
        found.map(|(name, password)| (name.to_owned(), password.to_owned()))
    }

    #[test]
    fn login_is_that_of_the_host() {
        let text = "# of mine\nmachine a.test login ada password #one\n\
                    machine b.test\n\tlogin \"b c\"\n\taccount login password \"x\\\"y\\\\\" # more\n\
                    macdef init\nmachine c.test login eve password no\n\n\
                    machine c.test port 80 login c\n\
                    machine C.TEST login second password 2\n\
                    default login anonymous password me@\n";
        let login = |host, takes_default| login_of(text, host, takes_default);
        let pair = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
        assert_eq!(login("A.test", false), pair("ada", "#one"));
        assert_eq!(login("b.test", false), pair("b c", "x\"y\\"));
        assert_eq!(login("c.test", false), pair("second", "2"), "the first one is no login");
        assert_eq!(login("test", false), None);
        assert_eq!(login("x.a.test", false), None);
        assert_eq!(login("other.test", false), None);
        assert_eq!(login("other.test", true), pair("anonymous", "me@"));
        assert_eq!(login("a.test", true), pair("ada", "#one"));
    }

    #[test]
    fn files_that_are_cut_short_have_no_login() {
        for text in [
            "",
            "machine",
            "machine a",
            "machine a login",
            "machine a login x password",
            "login x password y",
            "password y machine a",
            "macdef x\nmachine a login x password y",
        ] {
            assert_eq!(login_of(text, "a", true), None, "{text:?}");
        }
        assert_eq!(parse("machine a\nlogin \"x\n\"").err(), Some(2));
        assert_eq!(parse("\"").err(), Some(1));
    }

    #[test]
    fn host_is_what_the_request_goes_to() {
        for (url, host) in [
            ("http://a.test/x", Some("a.test")),
            ("HTTPS://a.test:8443?x=@b.test", Some("a.test")),
            ("http://b.test@a.test", None),
            (r"http://b.test\@a.test", None),
            (r"http://a.test\.b.test", None),
            ("http://a.te\tst", None),
            ("http://", Some("")),
            ("http://[::1]:80/x", Some("::1")),
            ("http://a.test#@b.test", Some("a.test")),
            ("file://a.test/x", None),
            ("a.test", None),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }
}
