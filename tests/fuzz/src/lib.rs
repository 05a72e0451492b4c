//! The pure modules of the core, without curl and SQLite, and what the targets share.
//!
//! They are the same files: what is fuzzed is what is shipped.

#![allow(warnings, reason = "most of the modules is not used here")]

#[path = "../../../core/src/link/frame.rs"]
pub mod frame;
#[path = "../../../core/src/model/mod.rs"]
pub mod model;
#[path = "../../../core/src/protocol/mod.rs"]
pub mod protocol;
#[path = "../../../core/src/vocab/mod.rs"]
pub mod vocab;

/// Takes an input apart: small numbers from its beginning, and the rest as lines.
pub struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    pub fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    /// A length or an offset, of any size but mostly small.
    pub fn number(&mut self) -> u64 {
        let shift = self.byte() % 64;
        let bytes = u64::from_le_bytes(std::array::from_fn(|_| self.byte()));
        bytes >> shift
    }

    /// The head of an answer, with what follows an empty line as its body.
    pub fn head(self) -> protocol::Head {
        let mut head = protocol::Head::default();
        let mut rest = self.rest;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = rest.split_at(end + 1);
            rest = behind;
            if line.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                break;
            }
            head.push_line(line);
        }
        head.body = String::from_utf8_lossy(rest).into_owned();
        head
    }

    pub fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.rest).ok()
    }

    pub fn bytes(self) -> &'a [u8] {
        self.rest
    }
}

/// What a local name that passes the check may be relied on to be.
pub fn check_local_name(text: &str) {
    let paths = vocab::PATHS;
    if paths.fault_of_file(text).is_some() {
        return;
    }
    assert!(!text.is_empty() && !text.contains('\0'), "{text:?}");
    let last = paths.last(text);
    assert!(!matches!(last, "" | "." | ".."), "{text:?} ends with {last:?}");
    let normal = paths.normal(text);
    assert_eq!(paths.normal(&normal), normal, "{text:?}");
    assert_eq!(paths.fault_of_file(&normal), None, "{text:?} became {normal:?}");
}
