//! The published numbers.

use std::collections::BTreeSet;

use super::*;

#[test]
fn codes_are_unique_and_in_their_facilities() {
    let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for entry in code::all() {
        assert!(names.insert(entry.name), "{} appears twice", entry.name);
        assert!(numbers.insert(entry.code), "{} appears twice", entry.code);
        let family = entry.code.bits() & 0xFFFF_0000;
        match entry.name.split('_').next() {
            Some("DO") => assert_eq!(family, 0x80D0_0000, "{}", entry.name),
            Some("BG") => assert_eq!(family & 0x7FFF_0000, 0x0020_0000, "{}", entry.name),
            Some("BGCOPY") => assert_eq!(family, 0xA0BC_0000, "{}", entry.name),
            Some(_) | None => assert!(!entry.text.is_empty()),
        }
        assert_eq!(
            entry.code.is_failure(),
            entry.name.contains("E_") && !entry.name.starts_with("BG_S_")
        );
    }
    assert!(names.len() > 180);
}

#[test]
fn the_codes_of_the_specification_have_its_numbers() {
    for (code, bits) in [
        (code::DO_E_INVALID_STATE, 0x80D0_2013),
        (code::DO_E_JOB_NOT_FOUND, 0x80D0_2003),
        (code::DO_E_JOB_EMPTY, 0x80D0_2004),
        (code::DO_E_ERROR_INFORMATION_UNAVAILABLE, 0x80D0_2014),
        (code::BG_S_PARTIAL_COMPLETE, 0x0020_0017),
        (code::BG_S_UNABLE_TO_DELETE_FILES, 0x0020_001A),
        (code::BG_E_TOO_MANY_RANGES_IN_FILE, 0x8020_0052),
        (code::E_NOTIMPL, 0x8000_4001),
    ] {
        assert_eq!(code.bits(), bits);
    }
    assert_eq!(HResult::from_http_status(404).bits(), 0x8019_0194);
    assert_eq!(HResult::from_http_status(404).name().as_deref(), Some("BG_E_HTTP_ERROR_404"));
    assert_eq!(HResult::from_http_status(404).to_string(), "0x80190194 BG_E_HTTP_ERROR_404");
    assert_eq!(HResult::from_win32(5), code::E_ACCESSDENIED);
    assert_eq!(format!("{:?}", code::E_NOT_SUPPORTED), "E_NOT_SUPPORTED (0x80070032)");
    assert_eq!(format!("{:?}", HResult::new(0x8123_4567)), "0x81234567");
}

#[test]
fn enumerations_have_the_published_numbers() {
    let numbers = |all: &[u32]| all.to_vec();
    assert_eq!(numbers(&JobState::ALL.map(JobState::as_u32)), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(numbers(&JobType::ALL.map(JobType::as_u32)), [0, 1, 2]);
    assert_eq!(numbers(&JobPriority::ALL.map(JobPriority::as_u32)), [0, 1, 2, 3]);
    assert_eq!(numbers(&ErrorContext::ALL.map(ErrorContext::as_u32)), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(numbers(&ProxyUsage::ALL.map(ProxyUsage::as_u32)), [0, 1, 2, 3]);
    assert_eq!(numbers(&AuthTarget::ALL.map(AuthTarget::as_u32)), [1, 2]);
    assert_eq!(numbers(&AuthScheme::ALL.map(AuthScheme::as_u32)), [1, 2, 3, 4, 5, 0x1001]);
    let properties = JobPropertyId::ALL.map(JobPropertyId::as_u32);
    assert_eq!(
        numbers(&properties),
        [1, 2, 3, 4, 5, 7, 9, 10, 0x1001, 0x1002, 0x1003, 0x1004, 0x1005, 0x1006, 0x1007, 0x1010]
    );
    assert_eq!(numbers(&BackgroundMode::ALL.map(BackgroundMode::as_u32)), [0, 1, 2]);
    let uploads = UploadProtocol::ALL.map(UploadProtocol::as_u32);
    assert_eq!(numbers(&uploads), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(UploadProtocol::from_u32(8), None);
    assert_eq!(numbers(&SourceKind::ALL.map(SourceKind::as_u32)), [0, 1]);
    assert_eq!(numbers(&SourceState::ALL.map(SourceState::as_u32)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(WaitKind::from_u32(19), Some(WaitKind::CancellingOnServer));
    assert!(WaitKind::ALL.iter().zip(1..).all(|(kind, number)| kind.as_u32() == number));
    assert_eq!(JobState::from_u32(9), None);
    assert_eq!(JobPropertyId::from_u32(6), None);
    assert_eq!(JobState::TransientError.name(), "TRANSIENT_ERROR");
    assert_eq!(JobState::from_u32(8), Some(JobState::Cancelled));
}
