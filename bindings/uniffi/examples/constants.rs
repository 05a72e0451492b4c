//! Writes the constants of the vocabulary, which uniffi cannot carry over, as
//! Kotlin or Swift: `constants kotlin|swift FILE`.

use std::fmt::Write;

use bgcopy_core::vocab::{code, cost, notify, security};

const HEAD: &str = "// Written by bindings/uniffi/examples/constants.rs. Do not edit.\n";

type Flags = (&'static str, &'static str, &'static [(&'static str, u32)]);

const FLAGS: [Flags; 3] = [
    (
        "NotifyFlags",
        "Which events a job raises (BG_NOTIFY).",
        &[
            ("JOB_TRANSFERRED", notify::JOB_TRANSFERRED),
            ("JOB_ERROR", notify::JOB_ERROR),
            ("DISABLE", notify::DISABLE),
            ("JOB_MODIFICATION", notify::JOB_MODIFICATION),
            ("FILE_TRANSFERRED", notify::FILE_TRANSFERRED),
            ("FILE_RANGES_TRANSFERRED", notify::FILE_RANGES_TRANSFERRED),
            ("DEFAULT", notify::DEFAULT),
            ("MASK", notify::MASK),
        ],
    ),
    (
        "SecurityFlags",
        "Certificate checks and redirects (BG_SSL and BG_HTTP_REDIRECT_POLICY).",
        &[
            ("ENABLE_CRL_CHECK", security::ENABLE_CRL_CHECK),
            ("IGNORE_CERT_CN_INVALID", security::IGNORE_CERT_CN_INVALID),
            ("IGNORE_CERT_DATE_INVALID", security::IGNORE_CERT_DATE_INVALID),
            ("IGNORE_UNKNOWN_CA", security::IGNORE_UNKNOWN_CA),
            ("IGNORE_CERT_WRONG_USAGE", security::IGNORE_CERT_WRONG_USAGE),
            ("REDIRECT_ALLOW_SILENT", security::REDIRECT_ALLOW_SILENT),
            ("REDIRECT_ALLOW_REPORT", security::REDIRECT_ALLOW_REPORT),
            ("REDIRECT_DISALLOW", security::REDIRECT_DISALLOW),
            ("REDIRECT_MASK", security::REDIRECT_MASK),
            ("REDIRECT_ALLOW_HTTPS_TO_HTTP", security::REDIRECT_ALLOW_HTTPS_TO_HTTP),
            ("ALL_FLAGS", security::ALL_FLAGS),
        ],
    ),
    (
        "CostFlags",
        "What networks may cost (BITS_COST_STATE and BITS_JOB_TRANSFER_POLICY).",
        &[
            ("UNRESTRICTED", cost::UNRESTRICTED),
            ("CAPPED_USAGE_UNKNOWN", cost::CAPPED_USAGE_UNKNOWN),
            ("BELOW_CAP", cost::BELOW_CAP),
            ("NEAR_CAP", cost::NEAR_CAP),
            ("OVERCAP_CHARGED", cost::OVERCAP_CHARGED),
            ("OVERCAP_THROTTLED", cost::OVERCAP_THROTTLED),
            ("USAGE_BASED", cost::USAGE_BASED),
            ("ROAMING", cost::ROAMING),
            ("ALL_STATES", cost::ALL_STATES),
            ("IGNORE_CONGESTION", cost::IGNORE_CONGESTION),
            ("TRANSFER_ALWAYS", cost::TRANSFER_ALWAYS),
            ("TRANSFER_NOT_ROAMING", cost::TRANSFER_NOT_ROAMING),
            ("TRANSFER_NO_SURCHARGE", cost::TRANSFER_NO_SURCHARGE),
            ("TRANSFER_STANDARD", cost::TRANSFER_STANDARD),
            ("TRANSFER_UNRESTRICTED", cost::TRANSFER_UNRESTRICTED),
        ],
    ),
];

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(language), Some(file)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: constants kotlin|swift FILE");
        return std::process::ExitCode::from(2);
    };
    let mut text = HEAD.to_owned();
    let written = match language.as_str() {
        "kotlin" => kotlin(&mut text),
        _ => swift(&mut text),
    };
    let written = written.map_err(|error| error.to_string());
    match written.and_then(|()| std::fs::write(&file, text).map_err(|error| error.to_string())) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("constants: {file}: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn kotlin(text: &mut String) -> std::fmt::Result {
    writeln!(text, "\npackage bgcopy")?;
    for (name, about, flags) in FLAGS {
        writeln!(text, "\n/** {about} */\npublic object {name} {{")?;
        for (flag, bits) in flags {
            writeln!(text, "    public const val {flag}: UInt = 0x{bits:08X}u")?;
        }
        writeln!(text, "}}")?;
    }
    for entry in code::all() {
        let (name, bits) = (entry.name, entry.code.0);
        writeln!(text, "\n/** {:#010X}: {}. */", entry.code.bits(), entry.text)?;
        writeln!(text, "public val HResult.Companion.{name}: HResult get() = HResult({bits})")?;
    }
    Ok(())
}

fn swift(text: &mut String) -> std::fmt::Result {
    for (name, about, flags) in FLAGS {
        writeln!(text, "\n/// {about}\npublic enum {name} {{")?;
        for (flag, bits) in flags {
            writeln!(text, "    public static let {flag}: UInt32 = 0x{bits:08X}")?;
        }
        writeln!(text, "}}")?;
    }
    writeln!(text, "\nextension HResult {{")?;
    for entry in code::all() {
        let (name, bits) = (entry.name, entry.code.0);
        writeln!(text, "    /// {:#010X}: {}.", entry.code.bits(), entry.text)?;
        writeln!(text, "    public static let {name} = HResult({bits})")?;
    }
    writeln!(text, "}}")
}
