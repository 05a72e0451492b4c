//! The constants of the header, from the one vocabulary of core.

use std::fmt::Write;

use bgcopy::{PROPERTY_TYPES, WAIT_FOREVER};
use bgcopy_core::vocab::{LENGTH_TO_EOF, SIZE_UNKNOWN, code, cost, limit, notify, security};
use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, EventKind, HResult, HashAlgorithm, JobPriority,
    JobPropertyId, JobState, JobType, LogLevel, ProxyUsage, UploadProtocol, WaitKind,
};

pub fn text() -> String {
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

/// A code by its published name, with our prefix once.
fn code_name(name: &str) -> String {
    let own = name.starts_with("BGCOPY_");
    if own { name.to_owned() } else { format!("BGCOPY_{name}") }
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
    let (name, number) = (code_name(name), code.0);
    let number = if number < 0 { format!("({number})") } else { number.to_string() };
    _ = writeln!(text, "#define {name} {number} /* 0x{:08X}: {meaning} */", code.bits());
}

/// An enumeration: its name, what it is about, and its values.
type Enumeration = (&'static str, &'static str, Vec<(&'static str, u32)>);

fn enumerations() -> Vec<Enumeration> {
    macro_rules! all {
        ($kind:ident) => {
            $kind::ALL.map(|one| (one.name(), one.as_u32())).to_vec()
        };
    }
    vec![
        ("job_state", "The life of a job.", all!(JobState)),
        ("job_type", "What a job does.", all!(JobType)),
        ("job_priority", "Who goes first.", all!(JobPriority)),
        ("error_context", "What kind of thing failed.", all!(ErrorContext)),
        ("proxy_usage", "How a proxy is found.", all!(ProxyUsage)),
        ("auth_target", "Whom credentials are for.", all!(AuthTarget)),
        ("auth_scheme", "How credentials are shown.", all!(AuthScheme)),
        ("job_property_id", "The properties of a job.", all!(JobPropertyId)),
        ("hash_algorithm", "The functions of expected hashes.", all!(HashAlgorithm)),
        ("upload_protocol", "How an upload is sent.", all!(UploadProtocol)),
        ("wait_kind", "What a job waits for, or does.", all!(WaitKind)),
        ("event_kind", "What an event tells.", all!(EventKind)),
        ("log_level", "How important a line of the log is.", all!(LogLevel)),
        ("property_type", "Which part of a bgcopy_property_value counts.", PROPERTY_TYPES.to_vec()),
    ]
}

fn enums(text: &mut String) {
    for (name, meaning, values) in enumerations() {
        _ = writeln!(text, "\n/** {meaning} */\nenum bgcopy_{name} {{");
        for (value, number) in values {
            _ = writeln!(text, "  BGCOPY_{}_{value} = {number},", name.to_uppercase());
        }
        _ = writeln!(text, "}};");
    }
}

/// The same enumerations for C++.
pub fn enums_of_cpp() -> String {
    let mut text = "// The enumerations of bgcopy.h. This file is generated.\n\n\
        #ifndef BGCOPY_ENUMS_HPP\n#define BGCOPY_ENUMS_HPP\n\n\
        #include <cstdint>\n\n#include <bgcopy.h>\n\nnamespace bgcopy {\n"
        .to_owned();
    for (name, meaning, values) in enumerations() {
        _ = writeln!(text, "\n/// {meaning}\nenum class {name} : std::uint32_t {{");
        for (value, _) in values {
            // One is a keyword.
            let own = if value == "AUTO" { "auto_".to_owned() } else { value.to_lowercase() };
            _ = writeln!(text, "    {own} = BGCOPY_{}_{value},", name.to_uppercase());
        }
        _ = writeln!(text, "}};");
    }
    text + "\n} // namespace bgcopy\n\n#endif\n"
}

fn flags(text: &mut String) {
    let mut add = |group: &str, meaning: &str, values: &[(&str, u32)]| {
        _ = writeln!(text, "\n/* {meaning} */");
        for (value, bits) in values {
            _ = writeln!(text, "#define BGCOPY_{group}_{value} 0x{bits:02X}u");
        }
    };
    macro_rules! bits {
        ($group:ident: $($name:ident),* $(,)?) => {
            &[$((stringify!($name), $group::$name)),*]
        };
    }
    add(
        "NOTIFY",
        "Bits: which events a job raises.",
        bits!(notify: JOB_TRANSFERRED, JOB_ERROR, DISABLE, JOB_MODIFICATION, FILE_TRANSFERRED,
            FILE_RANGES_TRANSFERRED, DEFAULT, MASK),
    );
    add(
        "SECURITY",
        "Bits: certificate checks and redirects.",
        bits!(security: ENABLE_CRL_CHECK, IGNORE_CERT_CN_INVALID, IGNORE_CERT_DATE_INVALID,
            IGNORE_UNKNOWN_CA, IGNORE_CERT_WRONG_USAGE, REDIRECT_ALLOW_SILENT,
            REDIRECT_ALLOW_REPORT, REDIRECT_DISALLOW, REDIRECT_MASK,
            REDIRECT_ALLOW_HTTPS_TO_HTTP, ALL_FLAGS),
    );
    add(
        "COST",
        "Bits: what networks may cost.",
        bits!(cost: UNRESTRICTED, CAPPED_USAGE_UNKNOWN, BELOW_CAP, NEAR_CAP, OVERCAP_CHARGED,
            OVERCAP_THROTTLED, USAGE_BASED, ROAMING, ALL_STATES, IGNORE_CONGESTION, TRANSFER_ALWAYS,
            TRANSFER_NOT_ROAMING, TRANSFER_NO_SURCHARGE, TRANSFER_STANDARD,
            TRANSFER_UNRESTRICTED),
    );
}
