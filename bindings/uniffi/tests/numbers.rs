//! The numbers of the enumerations are core's. (Their names are checked by the
//! compiler.)

use std::fmt::Debug;

use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, EventKind, HashAlgorithm, JobPriority, JobPropertyId,
    JobState, JobType, ProxyUsage, UploadProtocol, WaitKind,
};

#[test]
fn numbers_are_those_of_core() {
    check("AuthScheme", &AuthScheme::ALL, AuthScheme::as_u32);
    check("AuthTarget", &AuthTarget::ALL, AuthTarget::as_u32);
    check("ErrorContext", &ErrorContext::ALL, ErrorContext::as_u32);
    check("EventKind", &EventKind::ALL, EventKind::as_u32);
    check("HashAlgorithm", &HashAlgorithm::ALL, HashAlgorithm::as_u32);
    check("JobPriority", &JobPriority::ALL, JobPriority::as_u32);
    check("JobPropertyId", &JobPropertyId::ALL, JobPropertyId::as_u32);
    check("JobState", &JobState::ALL, JobState::as_u32);
    check("JobType", &JobType::ALL, JobType::as_u32);
    check("ProxyUsage", &ProxyUsage::ALL, ProxyUsage::as_u32);
    check("UploadProtocol", &UploadProtocol::ALL, UploadProtocol::as_u32);
    check("WaitKind", &WaitKind::ALL, WaitKind::as_u32);
}

fn check<T: Copy + Debug>(name: &str, all: &[T], number: impl Fn(T) -> u32) {
    let theirs: Vec<_> = all.iter().map(|one| format!("{one:?} = {}", number(*one))).collect();
    assert_eq!(ours(name), theirs, "{name}");
}

/// The lines of an enumeration as they stand in the source.
fn ours(name: &str) -> Vec<String> {
    include_str!("../src/vocab.rs")
        .lines()
        .skip_while(|line| *line != format!("pub enum {name} {{"))
        .take_while(|line| *line != "}")
        .filter(|line| line.contains(" = "))
        .map(|line| line.trim().trim_end_matches(',').to_owned())
        .collect()
}
