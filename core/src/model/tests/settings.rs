//! Bad input gets its code and changes nothing.

use crate::model::{
    Command, ExpectedHash, FileSpec, Limits, NewJob, Now, ProxySettings, Setting, apply_creation,
    connections_per_file, yields,
};
use crate::protocol::FileRange;
use crate::vocab::{
    BackgroundMode, HResult, HashAlgorithm, JobPriority, JobPropertyId, JobType, LENGTH_TO_EOF,
    PropertyValue, ProxyUsage, code, security,
};

use super::{command, input, job_with_files, spec};

fn refused(method: Command, code: HResult) {
    let mut job = job_with_files(1);
    let before = job.clone();
    let error = command(&mut job, method.clone()).expect_err("bad input");
    assert_eq!(error.code, code, "{method:?}: {error}");
    assert_eq!(job.record, before.record, "{method:?}");
    assert_eq!(job.files, before.files, "{method:?}");
}

fn add(remote_name: &str, local_name: &str, ranges: &[(u64, u64)]) -> Command {
    let ranges = ranges
        .iter()
        .map(|(initial_offset, length)| FileRange {
            initial_offset: *initial_offset,
            length: *length,
        })
        .collect();
    Command::AddFiles(vec![FileSpec {
        remote_name: remote_name.to_owned(),
        local_name: local_name.to_owned(),
        ranges,
        ..FileSpec::default()
    }])
}

#[test]
fn background_mode_is_one_of_three_and_decides_who_yields() {
    let set = |number| {
        let value = PropertyValue::Dword(number);
        Command::Set(Setting::Property { id: JobPropertyId::BackgroundMode.as_u32(), value })
    };
    refused(set(3), code::E_INVALIDARG);
    refused(set(u32::MAX), code::E_INVALIDARG);
    for (mode, priority, expected) in [
        (None, JobPriority::Low, false),
        (None, JobPriority::Normal, false),
        (Some(BackgroundMode::Auto), JobPriority::Low, true),
        (Some(BackgroundMode::Auto), JobPriority::Foreground, false),
        (Some(BackgroundMode::Off), JobPriority::Low, false),
        (Some(BackgroundMode::On), JobPriority::Low, true),
        (Some(BackgroundMode::On), JobPriority::Foreground, true),
    ] {
        let mut job = job_with_files(1);
        command(&mut job, Command::Set(Setting::Priority(priority))).expect("a priority");
        if let Some(mode) = mode {
            command(&mut job, set(mode.as_u32())).expect("a mode");
        }
        assert_eq!(yields(&job.record), expected, "{mode:?} {priority:?}");
        let usual = if priority == JobPriority::Foreground { 8 } else { 4 };
        let expected = if expected { 1 } else { usual };
        assert_eq!(connections_per_file(&job.record, &Limits::default()), expected);
    }
}

#[test]
fn bad_remote_names_are_refused() {
    let long = format!("http://host/{}", "x".repeat(2200));
    for name in [
        "",
        "nonsense",
        "ftp://host/x",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "//host/x",
        "http://user:secret@host/x",
        "http://user@host/x",
        "http://host/a b",
        "http://host/a\nb",
        "http://host/\0",
        "http://[::1/x",
        "file://elsewhere/x",
        &long,
    ] {
        refused(add(name, "/folder/x", &[]), code::E_INVALIDARG);
        let set = Command::SetRemoteName { file: 0, remote_name: name.to_owned() };
        refused(set, code::E_INVALIDARG);
    }
}

#[test]
fn bad_local_names_are_refused() {
    let long = format!("/{}", "x".repeat(5000));
    for name in ["", "relative", "./x", "/folder/a\0b", &long] {
        refused(add("http://host/x", name, &[]), code::E_INVALIDARG);
    }
}

#[test]
fn one_target_belongs_to_one_file() {
    refused(Command::AddFiles(vec![spec(0)]), code::BGCOPY_E_DUPLICATE_LOCAL_NAME);
    refused(Command::AddFiles(vec![spec(5), spec(5)]), code::BGCOPY_E_DUPLICATE_LOCAL_NAME);
}

#[test]
fn a_set_is_added_as_a_whole_or_not_at_all() {
    let bad = FileSpec { remote_name: "nonsense".to_owned(), ..spec(6) };
    refused(Command::AddFiles(vec![spec(5), bad, spec(7)]), code::E_INVALIDARG);
}

#[test]
fn bad_ranges_are_refused() {
    for (ranges, code) in [
        (&[(0, 0)][..], code::DO_E_INVALID_RANGE),
        (&[(u64::MAX, LENGTH_TO_EOF)], code::DO_E_INVALID_RANGE),
        (&[(u64::MAX - 1, 3)], code::DO_E_INVALID_RANGE),
        (&[(0, 10), (9, 1)], code::DO_E_OVERLAPPING_RANGES),
        (&[(5, LENGTH_TO_EOF), (9, 1)], code::DO_E_OVERLAPPING_RANGES),
        (&[(5, 1), (5, 1)], code::DO_E_OVERLAPPING_RANGES),
    ] {
        refused(add("http://host/x", "/folder/x", ranges), code);
    }
    let many: Vec<_> = (0..501).map(|index| (index * 2, 1)).collect();
    refused(add("http://host/x", "/folder/x", &many), code::BG_E_TOO_MANY_RANGES_IN_FILE);
}

#[test]
fn too_many_files_are_refused() {
    let mut job = job_with_files(2);
    let limits = Limits { files_per_job: 2, ..Limits::default() };
    let add = super::Input::Command(Command::AddFiles(vec![spec(5)]));
    let error = crate::model::apply(&job, &add, Now::default(), &limits).expect_err("too many");
    assert_eq!(error.code, code::BG_E_TOO_MANY_FILES_IN_JOB);
    input(&mut job, &add, Now::default()).expect("within the default");
}

#[test]
fn header_text_cannot_smuggle_anything() {
    for (text, code) in [
        ("X-A: 1", code::E_INVALIDARG),
        ("X-A: 1\r\n\r\nGET / HTTP/1.1\r\n", code::E_INVALIDARG),
        ("X-A: 1\nX-B: 2\r\n", code::E_INVALIDARG),
        ("X-A\r\n", code::E_INVALIDARG),
        ("X A: 1\r\n", code::E_INVALIDARG),
        ("Range: bytes=0-1\r\n", code::E_INVALIDARG),
        ("Host: other\r\n", code::E_INVALIDARG),
    ] {
        refused(Command::Set(Setting::CustomHeaders(Some(text.to_owned()))), code);
    }
    let long = format!("X-A: {}\r\n", "x".repeat(16_384));
    refused(Command::Set(Setting::CustomHeaders(Some(long))), code::BG_E_STRING_TOO_LONG);
    let mut job = job_with_files(1);
    let good = Some("X-A: 1\r\nAuthorization: Bearer x\r\n".to_owned());
    command(&mut job, Command::Set(Setting::CustomHeaders(good.clone()))).expect("good headers");
    assert_eq!(job.record.custom_headers, good);
}

#[test]
fn texts_have_their_limits() {
    let text = |count: usize| "x".repeat(count);
    refused(Command::Set(Setting::DisplayName(text(257))), code::BG_E_STRING_TOO_LONG);
    refused(Command::Set(Setting::Description(text(1025))), code::BG_E_STRING_TOO_LONG);
    let new = NewJob {
        key: None,
        id: uuid::Uuid::nil(),
        display_name: text(257),
        job_type: JobType::Download,
        owner: String::new(),
        queue_position: 0,
    };
    let error = apply_creation(new, Now::default()).expect_err("too long");
    assert_eq!(error.code, code::E_INVALIDARG);
}

#[test]
fn flags_and_proxies_are_checked() {
    refused(Command::Set(Setting::NotifyFlags(0x40)), code::E_NOTIMPL);
    for flags in [0x1000, 0x300, security::ENABLE_CRL_CHECK, security::IGNORE_CERT_DATE_INVALID] {
        refused(Command::Set(Setting::SecurityFlags(flags)), code::E_NOTIMPL);
    }
    let proxy = |usage, list: Option<&str>| {
        let list = list.map(str::to_owned);
        Command::Set(Setting::Proxy(ProxySettings { usage, list, bypass: None }))
    };
    refused(proxy(ProxyUsage::Override, None), code::E_INVALIDARG);
    refused(proxy(ProxyUsage::Override, Some("http://user:pass@proxy:1")), code::E_INVALIDARG);
    refused(proxy(ProxyUsage::NoProxy, Some("proxy:1")), code::E_INVALIDARG);
    let long = "p ".repeat(20_000);
    refused(proxy(ProxyUsage::Override, Some(&long)), code::BG_E_PROXY_LIST_TOO_LARGE);
}

#[test]
fn retry_delays_below_the_floor_become_the_floor() {
    let mut job = job_with_files(1);
    command(&mut job, Command::Set(Setting::MinimumRetryDelay(1))).expect("set");
    assert_eq!(job.record.minimum_retry_delay_s, 5);
}

#[test]
fn properties_have_their_rules() {
    let set = |id, value| Command::Set(Setting::Property { id, value });
    refused(set(6, PropertyValue::Dword(1)), code::DO_E_UNKNOWN_PROPERTY_ID);
    refused(set(1, PropertyValue::Enable(true)), code::E_INVALIDARG);
    refused(set(4, PropertyValue::Enable(true)), code::E_NOTIMPL);
    refused(set(5, PropertyValue::Uint64(0)), code::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE);
    refused(set(7, PropertyValue::Target(1)), code::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED);
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resume");
    let error = command(&mut job, set(5, PropertyValue::Uint64(9))).expect_err("too late");
    assert_eq!(error.code, code::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
}

#[test]
fn digests_are_checked() {
    for (algorithm, digest) in [
        (HashAlgorithm::Sha256, "ab".to_owned()),
        (HashAlgorithm::Sha512, "a".repeat(64)),
        (HashAlgorithm::Blake3, "g".repeat(64)),
    ] {
        let hash = Some(ExpectedHash { algorithm, digest });
        let bad = FileSpec { expected_hash: hash.clone(), ..spec(6) };
        refused(Command::AddFiles(vec![spec(5), bad, spec(7)]), code::E_INVALIDARG);
        refused(Command::SetExpectedHash { file: 0, hash }, code::E_INVALIDARG);
    }
    let hash = None;
    refused(Command::SetExpectedHash { file: 9, hash }, code::DO_E_FILE_NOT_AVAILABLE);
}

#[test]
fn flags_of_power_that_no_power_has_are_refused() {
    let id = JobPropertyId::PowerFlags.as_u32();
    let set = |flags| Command::Set(Setting::Property { id, value: PropertyValue::Dword(flags) });
    for bad in [0, 8, 0x8000_0001, u32::MAX] {
        refused(set(bad), code::E_INVALIDARG);
    }
    for good in 1..=7 {
        command(&mut job_with_files(1), set(good)).expect("flags");
    }
}

#[test]
fn a_digest_is_stored_in_lower_case_however_it_comes() {
    let hash = |digest: &str| {
        Some(ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: digest.repeat(64) })
    };
    let mut job = job_with_files(1);
    let with_hash = FileSpec { expected_hash: hash("B"), ..spec(6) };
    command(&mut job, Command::AddFiles(vec![spec(5), with_hash])).expect("added");
    command(&mut job, Command::SetExpectedHash { file: 0, hash: hash("A") }).expect("set");
    let stored: Vec<_> = job.files.iter().map(|file| file.expected_hash.clone()).collect();
    assert_eq!(stored, [hash("a"), None, hash("b")]);
}

#[test]
fn prefixes_are_replaced_in_all_names_or_in_none() {
    let replace = |old: &str, new: &str| Command::ReplaceRemotePrefix {
        old: old.to_owned(),
        new: new.to_owned(),
    };
    refused(replace("", "x"), code::E_INVALIDARG);
    refused(replace("http://host", "nonsense"), code::E_INVALIDARG);
    let mut job = job_with_files(2);
    let change = command(&mut job, replace("https://", "http://")).expect("no match");
    assert_eq!(change.result, code::S_FALSE);
    let change = command(&mut job, replace("http://host", "http://mirror")).expect("match");
    assert_eq!(change.result, code::S_OK);
    assert_eq!(job.files[1].remote_name, "http://mirror/1");
}
