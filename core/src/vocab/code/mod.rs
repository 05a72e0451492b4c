//! Every result code, once: its name, its number, and a sentence for it.
//!
//! The published ones are those of the specification, section 8. Ours are
//! `BGCOPY_E_*`, in a range that carries the bit for customer codes.

use super::HResult;

/// One result code.
#[derive(Clone, Copy, Debug)]
pub struct CodeEntry {
    /// The code.
    pub code: HResult,
    /// Its name.
    pub name: &'static str,
    /// A readable sentence.
    pub text: &'static str,
}

// A constant and a row of the table for each code, from one line.
macro_rules! codes {
    ($($name:ident = $bits:literal, $text:literal;)*) => {
        $(#[doc = $text] pub const $name: HResult = HResult::new($bits);)*

        pub(super) const TABLE: &[CodeEntry] = &[
            $(CodeEntry { code: $name, name: stringify!($name), text: $text },)*
        ];
    };
}

mod background;
mod delivery;
mod plain;

pub use background::*;
pub use delivery::*;
pub use plain::*;

/// All codes, ours included.
pub fn all() -> impl Iterator<Item = &'static CodeEntry> {
    [plain::TABLE, delivery::TABLE, background::TABLE].into_iter().flatten()
}
