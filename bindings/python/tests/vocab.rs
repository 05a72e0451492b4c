//! `_vocab.py` is written from the core's vocabulary: this regenerates it and
//! compares. `UPDATE=1 cargo test -p bgcopy-python` rewrites it.

use std::fmt::{Debug, Write};
use std::path::Path;

use bgcopy_core::vocab::{HResult, code};
use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, EventKind, HashAlgorithm, JobPriority, JobPropertyId,
    JobState, JobType, Limits, ProxyUsage, UploadProtocol, WaitKind,
};

const HEAD: &str = r#""""Every word of the API, with its number.

Written from the vocabulary of the core by `UPDATE=1 cargo test -p bgcopy-python`.
"""

from ._code import CodeBase, FlagBase, WordBase

"#;

/// Where the words and their comments stand.
const SOURCES: [&str; 4] = [
    include_str!("../../../core/src/vocab/enums.rs"),
    include_str!("../../../core/src/vocab/choices.rs"),
    include_str!("../../../core/src/vocab/reports.rs"),
    include_str!("../../../core/src/vocab/upload.rs"),
];
const FLAGS: &str = include_str!("../../../core/src/vocab/flags.rs");

#[test]
fn vocab_py_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/bgcopy/_vocab.py");
    let wanted = vocabulary();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let present = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(present == wanted, "{} is stale: run with UPDATE=1", path.display());
}

fn vocabulary() -> String {
    let mut text = HEAD.to_owned();
    let enums = [
        words("JobState", &JobState::ALL, JobState::as_u32, JobState::name),
        words("JobType", &JobType::ALL, JobType::as_u32, JobType::name),
        words("JobPriority", &JobPriority::ALL, JobPriority::as_u32, JobPriority::name),
        words("ErrorContext", &ErrorContext::ALL, ErrorContext::as_u32, ErrorContext::name),
        words("ProxyUsage", &ProxyUsage::ALL, ProxyUsage::as_u32, ProxyUsage::name),
        words("AuthTarget", &AuthTarget::ALL, AuthTarget::as_u32, AuthTarget::name),
        words("AuthScheme", &AuthScheme::ALL, AuthScheme::as_u32, AuthScheme::name),
        words("JobPropertyId", &JobPropertyId::ALL, JobPropertyId::as_u32, JobPropertyId::name),
        words("HashAlgorithm", &HashAlgorithm::ALL, HashAlgorithm::as_u32, HashAlgorithm::name),
        words("UploadProtocol", &UploadProtocol::ALL, UploadProtocol::as_u32, UploadProtocol::name),
        words("WaitKind", &WaitKind::ALL, WaitKind::as_u32, WaitKind::name),
        words("EventKind", &EventKind::ALL, EventKind::as_u32, EventKind::name),
        flags("NotifyFlags", "notify", "Which events a job raises."),
        flags("SecurityFlags", "security", "Certificate checks and redirects."),
        flags("CostState", "cost", "What networks may cost."),
        codes(),
        limits(),
    ];
    for class in &enums {
        text.push('\n');
        text.push_str(class);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn words<W: Copy + Debug>(
    class: &str,
    all: &[W],
    number: fn(W) -> u32,
    name: fn(W) -> &'static str,
) -> String {
    let declaration = format!("pub enum {class} {{");
    let (before, body) = SOURCES.iter().find_map(|source| source.split_once(&declaration)).unwrap();
    let mut text = class_head(class, "WordBase", &comment_above(before));
    for word in all {
        let line = format!("    {word:?} = ");
        let above = body.split_once(&line).unwrap().0;
        member(&mut text, name(*word), &number(*word).to_string(), &comment_above(above));
    }
    text
}

/// The flags of a module, each as its line has it: Python reads the same
/// numbers and the same `|`.
fn flags(class: &str, module: &str, comment: &str) -> String {
    let mut text = class_head(class, "FlagBase", comment);
    let body = FLAGS.split_once(&format!("pub mod {module} {{")).unwrap().1;
    let body = body.split_once("\n}").unwrap().0;
    let mut above = "";
    for line in body.lines().map(str::trim) {
        if let Some(constant) = line.strip_prefix("pub const ") {
            let (name, rest) = constant.split_once(": u32 = ").unwrap();
            let number = rest.strip_suffix(';').unwrap();
            let comment = above.strip_prefix("/// ").unwrap();
            member(&mut text, name, number, comment);
        }
        above = line;
    }
    text
}

fn codes() -> String {
    let comment = "Every result code, as the number that is published.";
    let mut text = format!("class HResult(CodeBase):\n    \"\"\"{comment}\"\"\"\n\n");
    for entry in code::all() {
        member(&mut text, entry.name, &format!("{:#010X}", entry.code.bits()), entry.text);
    }
    for code in (100..600).map(HResult::from_http_status) {
        if let Some(name) = code.name() {
            member(&mut text, &name, &format!("{:#010X}", code.bits()), &code.text());
        }
    }
    text.replace("= 0X", "= 0x")
}

/// The limits of a queue unless it is told others.
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
        writeln!(text, "    \"{name}\": {limit},").unwrap();
    }
    text + "}\n"
}

fn class_head(class: &str, base: &str, comment: &str) -> String {
    format!("class {class}({base}):\n    \"\"\"{comment}\"\"\"\n\n")
}

fn member(text: &mut String, name: &str, number: &str, comment: &str) {
    writeln!(text, "    {name} = {number}\n    \"\"\"{comment}\"\"\"").unwrap();
}

/// The comment right above a place, without attributes and in one line.
fn comment_above(text: &str) -> String {
    let lines = text.lines().rev().map(str::trim).skip_while(|line| line.is_empty());
    let comment =
        lines.skip_while(|line| line.starts_with("#[")).map_while(|line| line.strip_prefix("/// "));
    let mut comment: Vec<_> = comment.collect();
    comment.reverse();
    comment.join(" ")
}
