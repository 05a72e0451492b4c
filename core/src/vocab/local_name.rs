//! What a local name may look like, by the rules of the system it is for.

use std::fmt::Write as _;

use super::limit;
use super::path_text::{bytes_of_path, text_of_path};

/// The longest name of one file that file systems take: bytes on Unix, UTF-16
/// units on Windows.
const PART_MAX: usize = 255;

/// What Windows does not allow in the name of a file.
const WINDOWS_FORBIDDEN: &str = "<>:\"|?*/\\";

/// Names that lead to a device in every folder, whatever follows a dot.
const WINDOWS_DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The rules of a system for paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths {
    Unix,
    Windows,
}

/// The rules here.
pub const PATHS: Paths = if cfg!(windows) { Paths::Windows } else { Paths::Unix };

/// The beginning of an absolute path of Windows.
struct Root {
    /// With the separator after it, as it is written.
    length: usize,
    /// As it is compared: without `\\?\`, and with `\` only.
    normal: String,
    /// `\\?\`: everything after it is taken as it is, `/` included.
    is_verbatim: bool,
}

impl Paths {
    /// What is wrong with a name that no disk could make valid.
    pub fn fault(self, name: &str) -> Option<&'static str> {
        if name.is_empty() {
            return Some("the local name is empty");
        }
        let is_absolute = match self {
            Self::Unix => name.starts_with('/'),
            Self::Windows => root(name).is_some(),
        };
        if !is_absolute {
            return Some("the local name is not an absolute path");
        }
        let length = match self {
            Self::Unix => bytes_of_path(name).len(),
            Self::Windows => name.len(),
        };
        if length > limit::LOCAL_NAME_BYTES_MAX {
            return Some("the local name is too long");
        }
        match self {
            Self::Unix if name.contains('\0') => Some("the local name contains a NUL character"),
            Self::Unix if text_of_path(&bytes_of_path(name)) != name => {
                Some("the local name has a character in bytes that is text")
            }
            Self::Windows if name.chars().any(char::is_control) => {
                Some("the local name contains a control character")
            }
            Self::Unix | Self::Windows => None,
        }
    }

    /// What is wrong with the name of a file, as far as its text tells.
    pub fn fault_of_file(self, name: &str) -> Option<&'static str> {
        self.fault(name).or_else(|| self.parts(name).find_map(|part| self.fault_of_part(part)))
    }

    fn fault_of_part(self, part: &str) -> Option<&'static str> {
        let length = match self {
            Self::Unix => bytes_of_path(part).len(),
            Self::Windows => part.encode_utf16().count(),
        };
        match part {
            "" => Some("the local name ends in a slash"),
            "." | ".." => Some("the local name contains . or .."),
            _ if length > PART_MAX => Some("the name of the file is too long"),
            _ if self == Self::Windows => fault_on_windows(part),
            _ => None,
        }
    }

    /// The names of folders, and last that of the file; empty ones only there.
    fn parts(self, name: &str) -> impl Iterator<Item = &str> {
        let (rest, is_verbatim) = match (self, root(name)) {
            (Self::Windows, Some(root)) => (&name[root.length..], root.is_verbatim),
            (Self::Windows, None) | (Self::Unix, _) => (name, false),
        };
        let is_separator = move |c: char| self.is_separator(c, is_verbatim);
        let last = rest.rsplit(is_separator).next();
        let folders = rest.strip_suffix(last.unwrap_or("")).unwrap_or("");
        folders.split(is_separator).filter(|part| !part.is_empty()).chain(last)
    }

    fn is_separator(self, c: char, is_verbatim: bool) -> bool {
        match self {
            Self::Unix => c == '/',
            Self::Windows => c == '\\' || c == '/' && !is_verbatim,
        }
    }

    /// A name without empty parts and with one kind of separator.
    pub fn normal(self, name: &str) -> String {
        let parts = self.parts(name).filter(|part| !part.is_empty());
        match (self, root(name)) {
            (Self::Windows, Some(root)) if root.is_verbatim => name.to_owned(),
            (Self::Windows, Some(root)) => root.normal + &parts.collect::<Vec<_>>().join("\\"),
            (Self::Windows, None) | (Self::Unix, _) => parts.flat_map(|part| ["/", part]).collect(),
        }
    }

    /// Equal for two normal names if they lead to the same file, as far as the
    /// text tells: on Windows large and small letters do not differ.
    pub fn key(self, name: &str) -> String {
        match (self, root(name)) {
            (Self::Windows, Some(root)) => (root.normal + &name[root.length..]).to_lowercase(),
            (Self::Windows, None) | (Self::Unix, _) => name.to_owned(),
        }
    }

    /// The name of the file itself.
    pub fn last(self, name: &str) -> &str {
        self.parts(name).last().unwrap_or("")
    }

    /// The same folder with another name in it.
    pub fn sibling(self, name: &str, other: impl std::fmt::Display) -> String {
        let folder = &name[..name.len() - self.last(name).len()];
        let folder = if self == Self::Unix && folder.is_empty() { "/" } else { folder };
        // Names of temporary files, which are made three times for each file, fit without growing.
        let mut path = String::with_capacity(folder.len() + 64);
        // Text takes whatever is written to it.
        _ = write!(path, "{folder}{other}");
        path
    }
}

fn fault_on_windows(part: &str) -> Option<&'static str> {
    if part.contains(|c| WINDOWS_FORBIDDEN.contains(c)) {
        return Some("the local name contains one of <>:\"|?*/\\");
    }
    if part.ends_with(['.', ' ']) {
        return Some("a part of the local name ends in a dot or a space");
    }
    let stem = part.split('.').next().unwrap_or("").trim_end().to_uppercase();
    let numbered = |name: &str| {
        let number = stem.strip_prefix(name).unwrap_or("");
        number.chars().count() == 1 && number.chars().all(|c| "0123456789¹²³".contains(c))
    };
    let is_device = WINDOWS_DEVICES.contains(&stem.as_str()) || numbered("COM") || numbered("LPT");
    is_device.then_some("a part of the local name is that of a device of Windows")
}

/// `C:\`, `\\server\share\`, `\\?\C:\` or `\\?\UNC\server\share\`.
fn root(name: &str) -> Option<Root> {
    let verbatim = name.strip_prefix(r"\\?\");
    let is_verbatim = verbatim.is_some();
    let rest = verbatim.unwrap_or(name);
    let is_separator = |c: char| c == '\\' || c == '/' && !is_verbatim;
    if let Some(length) = drive(rest, is_separator) {
        let normal = format!("{}:\\", rest[..1].to_ascii_uppercase());
        return Some(Root { length: name.len() - rest.len() + length, normal, is_verbatim });
    }
    let share = if is_verbatim {
        rest.strip_prefix("UNC\\")?
    } else {
        rest.strip_prefix(is_separator)?.strip_prefix(is_separator)?
    };
    let (server, after) = share.split_once(is_separator)?;
    let (share, path) = after.split_once(is_separator)?;
    if server.is_empty() || share.is_empty() || [".", "?"].contains(&server) {
        return None;
    }
    let normal = format!("\\\\{server}\\{share}\\");
    Some(Root { length: name.len() - path.len(), normal, is_verbatim })
}

/// The length of `C:\`, if a path begins so.
fn drive(path: &str, is_separator: impl Fn(char) -> bool) -> Option<usize> {
    let mut start = path.chars();
    let is_drive = start.next()?.is_ascii_alphabetic() && start.next()? == ':';
    (is_drive && is_separator(start.next()?)).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::Paths::{Unix, Windows};

    #[test]
    fn unix_names_are_absolute_and_plain() {
        for good in
            ["/a", "/a/b.c", "//a//b", "/C:/x", "/a\\b", "/con", "/a. ", "/a\tb\n", "/\u{10FFE9}"]
        {
            assert_eq!(Unix.fault_of_file(good), None, "{good}");
        }
        for bad in [
            "",
            "a",
            "./a",
            "/a/",
            "/a/../b",
            "/./a",
            "/a\0b",
            "/\u{10FFC3}\u{10FFA9}",
            "C:\\a",
            "/",
        ] {
            assert!(Unix.fault_of_file(bad).is_some(), "{bad}");
        }
        // Bytes count, and one that is no UTF-8 is one.
        assert_eq!(Unix.fault_of_file(&format!("/{}", "\u{10FFE9}".repeat(255))), None);
        assert!(Unix.fault_of_file(&format!("/{}", "é".repeat(128))).is_some());
        assert_eq!(Unix.normal("//a///b"), "/a/b");
        assert_eq!(Unix.sibling("/a/b", "c"), "/a/c");
        assert_eq!(Unix.sibling("/b", "c"), "/c");
        assert_ne!(Unix.key("/A"), Unix.key("/a"));
    }

    #[test]
    fn windows_names_are_absolute() {
        for good in [
            r"C:\a",
            "c:/a/b",
            r"C:\a\b.txt",
            r"\\server\share\a",
            "//server/share/a",
            r"\\?\C:\a",
            r"\\?\UNC\server\share\a",
        ] {
            assert_eq!(Windows.fault_of_file(good), None, "{good}");
        }
        for bad in [
            "",
            "a",
            r"\a",
            "/a",
            "C:a",
            "C:",
            r"C:\",
            r"C:\a\",
            r"\\server",
            r"\\server\share",
            r"\\server\share\",
            r"\\.\C:\a",
            r"\\.\pipe\a",
            r"\\?\a",
            r"\\?\GLOBALROOT\a",
        ] {
            assert!(Windows.fault_of_file(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn windows_refuses_names_that_it_would_change_or_send_to_a_device() {
        for bad in [
            r"C:\a\..\b",
            r"C:\.\a",
            r"C:\a.",
            r"C:\a ",
            r"C:\a.\b",
            r"C:\a:stream",
            r"C:\a?",
            r"C:\<a>",
            "C:\\a\"b",
            r"C:\con",
            r"C:\NUL.txt",
            r"C:\aux .x",
            r"C:\com1",
            r"C:\Lpt9.a",
            r"C:\COM¹",
            r"C:\prn\a",
            r"C:\conin$",
            r"\\?\C:\a/b",
            "C:\\a\tb",
        ] {
            assert!(Windows.fault_of_file(bad).is_some(), "{bad}");
        }
        for good in [r"C:\console", r"C:\com10", r"C:\nul1", r"C:\.hidden", r"C:\a.b.c", r"C:\com"]
        {
            assert_eq!(Windows.fault_of_file(good), None, "{good}");
        }
        let long = |letter: &str, count| format!(r"C:\{}", letter.repeat(count));
        // Units of UTF-16 count, whatever the bytes.
        assert_eq!(Windows.fault_of_file(&long("ä", 255)), None);
        assert!(Windows.fault_of_file(&long("a", 256)).is_some());
        assert!(Windows.fault_of_file(&long("😀", 128)).is_some());
    }

    #[test]
    fn one_file_of_windows_has_one_key() {
        assert_eq!(Windows.normal("c:/a//b\\c"), r"C:\a\b\c");
        assert_eq!(Windows.normal("//server/share//a"), r"\\server\share\a");
        assert_eq!(Windows.normal(r"\\?\C:\a\b"), r"\\?\C:\a\b");
        let names = [r"C:\A\b", "c:/a/B", r"\\?\c:\a\b"];
        let keys: Vec<_> = names.iter().map(|name| Windows.key(&Windows.normal(name))).collect();
        assert_eq!(keys, [r"c:\a\b"; 3]);
        let share = [r"\\S\x\a", "//s/X/a", r"\\?\UNC\s\x\A"];
        let keys: Vec<_> = share.iter().map(|name| Windows.key(&Windows.normal(name))).collect();
        assert_eq!(keys, [r"\\s\x\a"; 3]);
    }

    #[test]
    fn a_sibling_is_in_the_same_folder() {
        assert_eq!(Windows.sibling(r"C:\a\b", "c"), r"C:\a\c");
        assert_eq!(Windows.sibling(r"C:\b", "c"), r"C:\c");
        assert_eq!(Windows.sibling(r"\\?\C:\a\b", "c"), r"\\?\C:\a\c");
        assert_eq!(Windows.last("C:/a/b.c"), "b.c");
        assert_eq!(Unix.last("/a/b.c"), "b.c");
    }
}
