//! The tables of words: each enumeration and each group of flags is written once, as rows
//! of a name, a number and a sentence, from which every language has it
//! (`bindings/generate`).

/// An enumeration as a table.
#[derive(Clone, Copy, Debug)]
pub struct EnumTable {
    /// Its name, in camel case.
    pub name: &'static str,
    /// What it is about: one sentence or more, each line ended by a line feed.
    pub doc: &'static str,
    /// Its values, by number.
    pub words: &'static [Word],
}

/// One value of an enumeration.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its name in Rust, in camel case.
    pub variant: &'static str,
    /// Its published name, without the prefix, in capitals.
    pub name: &'static str,
    /// Its published number.
    pub number: u32,
    /// What it means, as [`EnumTable::doc`].
    pub doc: &'static str,
}

/// A group of flags as a table.
#[derive(Clone, Copy, Debug)]
pub struct FlagTable {
    /// The name of its module.
    pub module: &'static str,
    /// What it is about, as [`EnumTable::doc`].
    pub doc: &'static str,
    /// Its flags, and names for several of them together.
    pub flags: &'static [Flag],
}

/// One flag, or several of them together.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its published name, without the prefix, in capitals.
    pub name: &'static str,
    /// Its bits.
    pub bits: u32,
    /// Its bits as they stand in the table: a number, or names joined by `|`.
    pub text: &'static str,
    /// What it means, as [`EnumTable::doc`].
    pub doc: &'static str,
}

// An enumeration and its table from one list of rows.
macro_rules! words {
    ($(
        $(#[doc = $about:literal])+
        $enumeration:ident {
            $($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal;)+
        }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[repr(u32)]
        pub enum $enumeration {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl $enumeration {
            /// All of them, by number.
            pub const ALL: [Self; <[&str]>::len(&[$($name),+])] = [$(Self::$variant),+];

            /// The same as a table, with a sentence for each.
            pub const TABLE: super::words::EnumTable = super::words::EnumTable {
                name: stringify!($enumeration),
                doc: concat!($($about, "\n"),+),
                words: &[$(super::words::Word {
                    variant: stringify!($variant),
                    name: $name,
                    number: $number,
                    doc: concat!($($doc, "\n"),+),
                }),+],
            };

            /// The one of that number.
            pub fn from_u32(number: u32) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_u32() == number)
            }

            /// Its published number.
            pub const fn as_u32(self) -> u32 {
                self as u32
            }

            /// Its published name, without the prefix.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    )+};
}

// A module of flags and its table from one list of rows.
macro_rules! flags {
    ($(
        $(#[doc = $about:literal])+
        $module:ident {
            $($(#[doc = $doc:literal])+ $name:ident = $bits:expr;)+
        }
    )+) => {$(
        $(#[doc = $about])+
        pub mod $module {
            $($(#[doc = $doc])+ pub const $name: u32 = $bits;)+

            /// The same as a table, with a sentence for each.
            pub const TABLE: crate::vocab::words::FlagTable = crate::vocab::words::FlagTable {
                module: stringify!($module),
                doc: concat!($($about, "\n"),+),
                flags: &[$(crate::vocab::words::Flag {
                    name: stringify!($name),
                    bits: $name,
                    text: stringify!($bits),
                    doc: concat!($($doc, "\n"),+),
                }),+],
            };
        }
    )+};
}
