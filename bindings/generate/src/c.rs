//! `include/bgcopy.h`: the functions and structs of `ffi/src`, by cbindgen, behind the
//! constants of the vocabulary.

use std::fmt::Write;

use bgcopy::{PROPERTY_TYPES, WAIT_FOREVER};
use bgcopy_core::HResult;
use bgcopy_core::vocab::{ENUMS, FLAGS, LENGTH_TO_EOF, SIZE_UNKNOWN, code, limit};

use crate::root;
use crate::text::{block, one_line, snake};

/// The order of the header: what it is about comes before what it needs for it.
pub const SOURCES: [&str; 28] = [
    "guard",
    "string",
    "version",
    "guid",
    "time",
    "log",
    "options",
    "manager",
    "job",
    "job_facts",
    "job_snapshot",
    "job_settings",
    "job_transport",
    "uploads",
    "callback",
    "job_callbacks",
    "file",
    "file_reader",
    "file_sources",
    "error",
    "wait_reason",
    "event",
    "interrupt",
    "oneshot",
    "checksums",
    "enum_jobs",
    "enum_files",
    "reader",
];

/// The whole header.
///
/// # Panics
///
/// If `ffi/cbindgen.toml` or a source cannot be read: the test that calls this fails.
#[allow(clippy::expect_used, reason = "the generator runs in a test")]
pub fn header() -> String {
    let folder = root().join("ffi");
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).expect("a config");
    let constants = constants();
    config.after_includes = config.after_includes.map(|text| format!("{text}\n{constants}"));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(folder.join("src").join(source).with_extension("rs"));
    }
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    String::from_utf8(header).expect("text")
}

fn constants() -> String {
    let mut text = String::new();
    _ = writeln!(text, "\n/* The version of this header. */");
    _ = writeln!(text, "#define BGCOPY_VERSION \"{}\"", env!("CARGO_PKG_VERSION"));
    _ = writeln!(text, "\n/* A size that is not known yet. */");
    _ = writeln!(text, "#define BGCOPY_SIZE_UNKNOWN UINT64_MAX");
    _ = writeln!(text, "\n/* The length of a range that reaches to the end of the file. */");
    _ = writeln!(text, "#define BGCOPY_LENGTH_TO_EOF UINT64_MAX");
    _ = writeln!(text, "\n/* A time to wait that has no end. */");
    _ = writeln!(text, "#define BGCOPY_WAIT_FOREVER UINT32_MAX");
    _ = writeln!(text, "\n/* The longest reply that bgcopy_job_get_reply_data gives, in bytes. */");
    _ = writeln!(text, "#define BGCOPY_REPLY_DATA_BYTES_MAX {}u", limit::REPLY_DATA_BYTES_MAX);
    assert_eq!((SIZE_UNKNOWN, LENGTH_TO_EOF, WAIT_FOREVER), (u64::MAX, u64::MAX, u32::MAX));
    codes(&mut text);
    enums(&mut text);
    flags(&mut text);
    text
}

fn codes(text: &mut String) {
    _ = writeln!(text, "\n/* The codes, with their published numbers. */");
    for entry in code::all() {
        code(text, entry.name, entry.code, entry.text);
    }
    for status in 100..600 {
        let status = HResult::from_http_status(status);
        if let Some(name) = status.name() {
            code(text, &name, status, &status.text());
        }
    }
}

/// A number without a cast: C++ programs may forbid those of C.
fn code(text: &mut String, name: &str, code: HResult, meaning: &str) {
    // Ours have the prefix already.
    let prefix = if name.starts_with("BGCOPY_") { "" } else { "BGCOPY_" };
    let number = if code.0 < 0 { format!("({})", code.0) } else { code.0.to_string() };
    _ = writeln!(text, "#define {prefix}{name} {number} /* 0x{:08X}: {meaning} */", code.bits());
}

fn enums(text: &mut String) {
    for table in ENUMS {
        let name = snake(table.name);
        text.push('\n');
        block(text, "", table.doc);
        _ = writeln!(text, "enum bgcopy_{name} {{");
        for word in table.words {
            block(text, "  ", word.doc);
            let value = format!("BGCOPY_{}_{}", name.to_uppercase(), word.name);
            _ = writeln!(text, "  {value} = {},", word.number);
        }
        _ = writeln!(text, "}};");
    }
    _ = writeln!(text, "\n/** Which part of a bgcopy_property_value counts. */");
    _ = writeln!(text, "enum bgcopy_property_type {{");
    for (name, number) in PROPERTY_TYPES {
        _ = writeln!(text, "  BGCOPY_PROPERTY_TYPE_{name} = {number},");
    }
    _ = writeln!(text, "}};");
}

fn flags(text: &mut String) {
    for table in FLAGS {
        _ = writeln!(text, "\n/* Bits: {} */", one_line(table.doc));
        for flag in table.flags {
            let name = format!("BGCOPY_{}_{}", table.module.to_uppercase(), flag.name);
            block(text, "", flag.doc);
            _ = writeln!(text, "#define {name} 0x{:02X}u", flag.bits);
        }
    }
}
