//! Paths as text. A path of Unix is bytes, and mostly UTF-8; records, calls and
//! the languages carry text. Bytes that are no UTF-8 are written as characters
//! that nobody uses, U+10FF80 to U+10FFFF for 0x80 to 0xFF, and read back so.

use std::borrow::Cow;
use std::fmt::Write;

/// What a byte is added to.
const BASE: u32 = 0x10_FF00;

/// The text of a path of Unix. Its own characters from that range are written
/// in bytes, so that each path has one text, and each text of a path that path.
pub fn text_of_path(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            match byte_of(c) {
                None => text.push(c),
                Some(_) => text.extend(c.encode_utf8(&mut [0; 4]).bytes().map(char_of)),
            }
        }
        text.extend(chunk.invalid().iter().copied().map(char_of));
    }
    text
}

/// The bytes of a path from its text.
pub fn bytes_of_path(text: &str) -> Cow<'_, [u8]> {
    if !text.contains(|c| byte_of(c).is_some()) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut path = Vec::with_capacity(text.len());
    for c in text.chars() {
        match byte_of(c) {
            Some(byte) => path.push(byte),
            None => path.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Cow::Owned(path)
}

/// The name of a file as people may read it, without what a display name cannot
/// have: control characters and bytes that are no UTF-8 are escaped.
pub fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len());
    for c in name.chars() {
        match byte_of(c) {
            // Writing into a string does not fail.
            Some(byte) => _ = write!(label, "\\x{byte:02X}"),
            None if c.is_control() => label.extend(c.escape_default()),
            None => label.push(c),
        }
    }
    label
}

fn char_of(byte: u8) -> char {
    char::from_u32(BASE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The byte that a character stands for.
fn byte_of(c: char) -> Option<u8> {
    u8::try_from(u32::from(c).checked_sub(BASE)?).ok().filter(|byte| !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_text_of_its_own() {
        let paths: [&[u8]; 5] = [
            b"/plain",
            "/caf\u{e9}".as_bytes(),
            b"/caf\xE9",
            b"/caf\xE8\xFF",
            b"/\xF4\x8F\xBE\x80",
        ];
        for path in paths {
            let text = text_of_path(path);
            assert_eq!(bytes_of_path(&text), path, "{text:?}");
            for other in paths.iter().filter(|other| **other != path) {
                assert_ne!(text, text_of_path(other));
            }
        }
        assert_eq!(text_of_path("/caf\u{e9}".as_bytes()), "/caf\u{e9}");
        assert_eq!(text_of_path(b"/\xE9"), "/\u{10FFE9}");
    }

    #[test]
    fn label_can_be_read_and_is_a_display_name() {
        assert_eq!(label("caf\u{e9}"), "caf\u{e9}");
        assert_eq!(label(&text_of_path(b"a\tb\n\xE9\x1B")), r"a\tb\n\xE9\u{1b}");
    }
}
