//! Servers without room, and without the folder that a file is to go to.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{HResult, Job, JobState, PropertyValue, UploadProtocol, WaitKind};
use bgcopy_test_server::{Area, Ietf, UploadFault};

use common::bucket::{bucket, job as s3_job, large};
use common::{Bench, content, http, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// In milliseconds: what a server without room is left alone for, at least.
const LONG_MS: i64 = 500_000;

fn stopped_job(bench: &Bench, area: Area, protocol: UploadProtocol) -> Job {
    let job = bench.upload(area, &content(1));
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job.resume().expect("resumed");
    stopped(&job);
    job
}

fn must_wait_long(job: &Job, code: HResult) {
    assert_eq!(job.state().expect("a state"), JobState::TransientError, "{code}");
    let error = job.error().expect("an error");
    assert_eq!(error.code, code);
    let words = "there is no room on the server";
    assert!(error.message.starts_with(words), "{}", error.message);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.kind, WaitKind::RetryAfterError, "no disk here is full");
    let next_ms = reason.next_try_ms.expect("a time");
    assert!(next_ms - error.at_ms >= LONG_MS, "{} ms", next_ms - error.at_ms);
}

#[test]
fn a_server_without_room_is_left_alone_for_long() {
    for (area, protocol, method) in [
        (Area::new(), UploadProtocol::Put, "PUT"),
        (Area::new(), UploadProtocol::Post, "POST"),
        (Area::new(), UploadProtocol::PutRange, "PUT"),
        (Area::new(), UploadProtocol::Bits, "Fragment"),
        (Area::tus(), UploadProtocol::Tus, "PATCH"),
        (Area::new().ietf(Ietf::new()), UploadProtocol::Ietf, "PATCH"),
    ] {
        let bench = Bench::new();
        let job = stopped_job(&bench, area.always(method, 507), protocol);
        must_wait_long(&job, http(507));
        assert_eq!(bench.server.area("/up/").served(method), 1, "{protocol:?}");
    }
}

#[test]
fn a_server_says_in_several_ways_that_it_is_full() {
    let bench = Bench::new();
    let area = Area::new().fault("Fragment", UploadFault::Status(500, 0x8007_0027));
    must_wait_long(&stopped_job(&bench, area, UploadProtocol::Bits), code::E_DISK_FULL);
    for (status, word, code) in [
        (507, "SlowDown", http(507)),
        (403, "QuotaExceeded", code::E_DISK_FULL),
        (507, "XMinioStorageFull", code::E_DISK_FULL),
    ] {
        let bench = Bench::new();
        let job = s3_job(&bench, bucket().always("UploadPart", status, word), &large());
        job.resume().expect("resumed");
        stopped(&job);
        must_wait_long(&job, code);
    }
}

#[test]
fn a_put_below_a_folder_that_there_is_not_is_not_tried_again() {
    for (area, protocol) in [
        (Area::new(), UploadProtocol::Put),
        (Area::new().put_only(), UploadProtocol::Auto),
        (Area::new(), UploadProtocol::PutRange),
        (Area::new().ietf(Ietf::new()), UploadProtocol::Ietf),
    ] {
        let bench = Bench::new();
        let job = stopped_job(&bench, area.always("PUT", 409), protocol);
        assert_eq!(job.state().expect("a state"), JobState::Error, "{protocol:?}");
        let error = job.error().expect("an error");
        assert_eq!(error.code, http(409));
        let words = "the folder does not exist on the server";
        assert!(error.message.starts_with(words), "{}", error.message);
        assert_eq!(bench.server.area("/up/").served("PUT"), 1);
    }
}
