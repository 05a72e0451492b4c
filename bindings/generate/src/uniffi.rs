//! `bindings/uniffi/src/enums.rs`: the enumerations of Kotlin and Swift.

use std::fmt::Write;

use bgcopy_core::LogLevel;
use bgcopy_core::vocab::ENUMS;

use crate::text::comment;

const HEAD: &str = "\
//! The enumerations of the API for Kotlin and Swift. This file is generated:
//! `UPDATE=1 cargo test -p bgcopy-generate`.

";

/// The enumerations as uniffi takes them over from the core.
pub fn enums() -> String {
    // Kotlin and Swift have no log of their own.
    let tables: Vec<_> =
        ENUMS.into_iter().filter(|table| table.name != LogLevel::TABLE.name).collect();
    let mut text = HEAD.to_owned();
    let mut names: Vec<_> = tables.iter().map(|table| table.name).collect();
    names.sort_unstable();
    _ = writeln!(text, "use bgcopy_core::{{\n{}}};", filled(&names));
    for table in tables {
        text.push('\n');
        comment(&mut text, "", "///", table.doc);
        _ = writeln!(text, "#[uniffi::remote(Enum)]\n#[repr(u32)]\npub enum {} {{", table.name);
        for word in table.words {
            comment(&mut text, "    ", "///", word.doc);
            _ = writeln!(text, "    {} = {},", word.variant, word.number);
        }
        _ = writeln!(text, "}}");
    }
    text
}

/// The names in lines as rustfmt breaks them.
fn filled(names: &[&str]) -> String {
    // The comma at the end of a list counts twice for rustfmt.
    const WIDTH_MAX: usize = 99;
    let mut text = String::new();
    let mut line = "   ".to_owned();
    for name in names {
        if line.len() + name.len() + 2 > WIDTH_MAX {
            _ = writeln!(text, "{line}");
            line = "   ".to_owned();
        }
        _ = write!(line, " {name},");
    }
    text + &line + "\n"
}
