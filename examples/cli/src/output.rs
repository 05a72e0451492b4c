//! What is printed: lines for people, JSON for programs.
//!
//! Output that cannot be written is no reason to stop a download. It is kept in
//! mind, and said when the command is done; not if nobody reads it any more.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::sync::{Mutex, PoisonError};

use bgcopy_core::vocab::SIZE_UNKNOWN;
use bgcopy_core::{
    FileRecord, FileSource, HResult, JobError, JobRecord, WaitReason, progress_of, sources_of,
};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};

/// The first write to stdout that failed.
static LOST: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints lines for people on stdout.
pub fn say(text: &str) {
    note(writeln!(io::stdout().lock(), "{}", printable(text)));
}

/// Prints a line for programs on stdout.
pub fn say_json(value: &Value) {
    note(writeln!(io::stdout().lock(), "{}", json_text(value)));
}

/// Prints lines for people on stderr.
pub fn complain(text: &str) {
    _ = writeln!(io::stderr().lock(), "{}", printable(text));
}

/// Prints a great deal on stdout. It ends where nobody takes it.
pub fn print(write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> io::Result<()>) {
    let mut stdout = BufWriter::new(io::stdout().lock());
    note(write(&mut stdout).and_then(|()| stdout.flush()));
}

/// Fails if something that was printed on stdout is lost.
pub fn outcome() -> Outcome {
    note(io::stdout().flush());
    match &*LOST.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::failed(format!(
            "the output cannot be written: {error}\n  The command itself was carried out."
        ))),
        Some(_) | None => Ok(()),
    }
}

/// Keeps in mind what came of a write to stdout.
pub fn note(written: io::Result<()>) {
    if let Err(error) = written {
        LOST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// A text of lines as a terminal may show it: names and messages come from
/// others, and nothing in them moves the cursor or turns the text around.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_hidden(c), escape)
}

/// The same for a name or a message within a line, which it cannot end.
pub fn in_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden, escape)
}

/// JSON in one line. Programs get what it says as it is, and a terminal nothing that
/// it would act on.
pub fn json_text(value: &Value) -> String {
    let text = value.to_string();
    // Outside of strings JSON has no such characters.
    let escape = |c: char| {
        let mut units = [0; 2];
        c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    };
    escaped(&text, is_hidden, escape).into_owned()
}

fn escaped(
    text: &str,
    is_wanted: impl Fn(char) -> bool,
    escape: impl Fn(char) -> String,
) -> Cow<'_, str> {
    if !text.contains(&is_wanted) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_wanted(c) {
            shown += &escape(c);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn escape(c: char) -> String {
    match c {
        // A byte of a path, in a local name.
        '\u{10FF80}'..='\u{10FFFF}' => format!("\\x{:02X}", u32::from(c) & 0xFF),
        c => c.escape_default().to_string(),
    }
}

/// Characters that a terminal acts on or does not show: controls, and those of
/// Unicode's category Cf. The joiners within words of some scripts stay.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'
            | '\u{891}' | '\u{8E2}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}'
            | '\u{10FF80}'..='\u{10FFFF}')
}

/// So many things by their name: `1 job`, `2 jobs`.
pub fn counted(count: impl Into<u64>, one: &str) -> String {
    match count.into() {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// A word as a shell would take it. What cannot be printed is written in
/// bytes, as bash, ksh and zsh take them.
pub fn quoted(word: &OsStr) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    let bytes = word.as_encoded_bytes();
    match str::from_utf8(bytes) {
        Ok(word) if !word.is_empty() && word.chars().all(is_plain) => word.to_owned(),
        Ok(word) if !word.contains(is_hidden) => format!("'{}'", word.replace('\'', r"'\''")),
        Ok(_) | Err(_) => {
            let shown = bytes.iter().map(|byte| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                _ => format!("\\x{byte:02x}"),
            });
            format!("$'{}'", shown.collect::<String>())
        }
    }
}

/// A job as JSON.
pub fn job(record: &JobRecord, reason: &WaitReason) -> Value {
    let progress = progress_of(record);
    json!({
        "id": record.id.to_string(),
        "display_name": record.display_name,
        "key": record.key,
        "description": record.description,
        "owner": record.owner,
        "type": record.job_type.name(),
        "state": record.state.name(),
        "state_since_ms": record.state_since_ms,
        "priority": record.priority.name(),
        "bytes_total": known(progress.bytes_total),
        "bytes_transferred": progress.bytes_transferred,
        "files_total": progress.files_total,
        "files_transferred": progress.files_transferred,
        "creation_ms": record.created_ms,
        "modification_ms": record.modified_ms,
        "transfer_completion_ms": record.transferred_ms,
        "error_count": record.error_count,
        "error": record.error.as_ref().map(error),
        "wait_reason": wait_reason(reason),
    })
}

/// A file of a job as JSON.
pub fn file(job: &JobRecord, file: &FileRecord, index: u32) -> Value {
    json!({
        "index": index,
        "remote_name": file.remote_name,
        "local_name": file.local_name,
        "temporary_name": file.temporary_name(job.id, index),
        "bytes_total": file.bytes_total(),
        "bytes_transferred": file.written,
        "transferred": file.is_transferred(),
        "expected_hash": file.expected_hash.as_ref().map(|hash| json!({
            "algorithm": hash.algorithm.name(),
            "digest": hash.digest,
        })),
        "sources": sources_of(job, file).iter().map(source).collect::<Value>(),
    })
}

/// A place that a file can be had from as JSON.
fn source(source: &FileSource) -> Value {
    json!({
        "url": source.url,
        "kind": source.kind.name(),
        "state": source.state.name(),
        "failure": source.failure.as_ref().map(|failure| json!({
            "code": hexadecimal(failure.code),
            "name": failure.code.name(),
            "context": failure.context.name(),
            "message": failure.message,
            "at_ms": source.failed_at_ms,
        })),
    })
}

/// What stopped a job as JSON.
pub fn error(error: &JobError) -> Value {
    json!({
        "code": hexadecimal(error.code),
        "name": error.code.name(),
        "context": error.context.name(),
        "message": error.message,
        "file": error.file,
        "at_ms": error.at_ms,
    })
}

/// Why a job does not move as JSON.
pub fn wait_reason(reason: &WaitReason) -> Value {
    json!({
        "kind": reason.kind.name(),
        "since_ms": reason.since_ms,
        "next_try_ms": reason.next_try_ms,
        "code": reason.code.map(hexadecimal),
        "name": reason.code.and_then(HResult::name),
        "message": reason.message,
        "unblock": reason.unblock,
    })
}

fn known(bytes: u64) -> Option<u64> {
    (bytes != SIZE_UNKNOWN).then_some(bytes)
}

fn hexadecimal(code: HResult) -> String {
    format!("0x{:08X}", code.bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        let quoted = |word: &str| quoted(OsStr::new(word));
        assert_eq!(quoted("http://h/a%20b"), "http://h/a%20b");
        assert_eq!(quoted("http://h/?a&b"), "'http://h/?a&b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a\u{202E}'b"), r"$'a\xe2\x80\xae\'b'");
        assert_eq!(quoted("a\tb"), r"$'a\x09b'");
    }

    #[test]
    fn nothing_printed_acts_on_the_terminal() {
        assert_eq!(printable("é 漢\n\u{200D}x"), "é 漢\n\u{200D}x");
        assert_eq!(printable("a\u{1B}[2Jb\r\t"), r"a\u{1b}[2Jb\r\t");
        assert_eq!(printable("caf\u{10FFE9}"), r"caf\xE9");
        assert_eq!(printable("gpj\u{202E}.exe\u{85}"), r"gpj\u{202e}.exe\u{85}");
        assert_eq!(in_line("a\nb\u{9B}31m"), r"a\nb\u{9b}31m");
        let value = json!({ "a\u{9B}": "b\n\u{7F}\u{202E}\u{10FFE9}\u{1B}é" });
        let text = json_text(&value);
        assert!(!text.contains(is_hidden), "{text}");
        assert!(text.contains(r"\u009b") && text.contains('é'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
