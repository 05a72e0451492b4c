//! Writes the constants of the vocabulary, which uniffi cannot carry over, as
//! Kotlin or Swift: `constants kotlin|swift FILE`.

use std::fmt::Write;

use bgcopy_core::vocab::{FLAGS, code};

const HEAD: &str = "// Written by bindings/uniffi/examples/constants.rs. Do not edit.\n";

/// The class of a group of flags.
fn class(module: &str) -> &'static str {
    match module {
        "notify" => "NotifyFlags",
        "security" => "SecurityFlags",
        "power" => "PowerFlags",
        _ => "CostFlags",
    }
}

/// A text of a table in one line.
fn one_line(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

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
    for table in FLAGS {
        let (name, doc) = (class(table.module), one_line(table.doc));
        writeln!(text, "\n/** {doc} */\npublic object {name} {{")?;
        for flag in table.flags {
            let (name, bits, doc) = (flag.name, flag.bits, one_line(flag.doc));
            writeln!(text, "    /** {doc} */\n    public const val {name}: UInt = 0x{bits:08X}u")?;
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
    for table in FLAGS {
        let (name, doc) = (class(table.module), one_line(table.doc));
        writeln!(text, "\n/// {doc}\npublic enum {name} {{")?;
        for flag in table.flags {
            let (name, bits, doc) = (flag.name, flag.bits, one_line(flag.doc));
            writeln!(text, "    /// {doc}\n    public static let {name}: UInt32 = 0x{bits:08X}")?;
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
