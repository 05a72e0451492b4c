//! `bindings/python/python/bgcopy/_vocab.py`.

use std::fmt::Write;

use bgcopy_core::vocab::{ENUMS, EnumTable, FLAGS, FlagTable, HResult, code};
use bgcopy_core::{Limits, LogLevel};

use crate::text::one_line;

const HEAD: &str = r#""""Every word of the API, with its number.

This file is generated: `UPDATE=1 cargo test -p bgcopy-generate`.
"""

from ._code import CodeBase, FlagBase, WordBase
"#;

/// The classes of the enumerations, flags and codes, and the default limits.
pub fn vocabulary() -> String {
    // Python has no log of its own.
    let tables = ENUMS.iter().filter(|table| table.name != LogLevel::TABLE.name);
    let classes = tables.map(words).chain(FLAGS.iter().map(flags)).chain([codes(), limits()]);
    let classes: Vec<_> = classes.collect();
    format!("{HEAD}\n\n{}", classes.join("\n\n"))
}

fn words(table: &EnumTable) -> String {
    let mut text = class_head(table.name, "WordBase", table.doc);
    for word in table.words {
        member(&mut text, word.name, &word.number.to_string(), word.doc);
    }
    text
}

/// Python reads the same numbers and the same `|`.
fn flags(table: &FlagTable) -> String {
    let class = match table.module {
        "notify" => "NotifyFlags",
        "security" => "SecurityFlags",
        "power" => "PowerState",
        _ => "CostState",
    };
    let mut text = class_head(class, "FlagBase", table.doc);
    for flag in table.flags {
        member(&mut text, flag.name, flag.text, flag.doc);
    }
    text
}

fn codes() -> String {
    let doc = "Every result code, as the number that is published.";
    let mut text = class_head("HResult", "CodeBase", doc);
    for entry in code::all() {
        member(&mut text, entry.name, &format!("0x{:08X}", entry.code.bits()), entry.text);
    }
    for code in (100..600).map(HResult::from_http_status) {
        if let Some(name) = code.name() {
            member(&mut text, &name, &format!("0x{:08X}", code.bits()), &code.text());
        }
    }
    text
}

/// The limits of a queue unless it is given others.
fn limits() -> String {
    let limits = Limits::default();
    let fields = [
        ("simultaneous_files", limits.simultaneous_files),
        ("connections_total", limits.connections_total),
        ("connections_per_host", limits.connections_per_host),
        ("connections_per_file", limits.connections_per_file),
        ("jobs", limits.jobs),
        ("files_per_job", limits.files_per_job),
    ];
    let mut text = "DEFAULT_LIMITS = {\n".to_owned();
    for (name, limit) in fields {
        _ = writeln!(text, "    \"{name}\": {limit},");
    }
    text + "}\n"
}

fn class_head(class: &str, base: &str, doc: &str) -> String {
    format!("class {class}({base}):\n    \"\"\"{}\"\"\"\n\n", one_line(doc))
}

fn member(text: &mut String, name: &str, number: &str, doc: &str) {
    _ = writeln!(text, "    {name} = {number}\n    \"\"\"{}\"\"\"", one_line(doc));
}
