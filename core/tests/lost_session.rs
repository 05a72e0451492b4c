//! Sessions that servers lose without saying so: another one is made, and never
//! more often than needed.

mod common;

use bgcopy_core::{Job, JobState, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, AreaSeen, Unknown, UploadFault};

use common::{Bench, LENGTH, content, http, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

fn choose(job: &Job, protocol: UploadProtocol) {
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
}

/// An upload that is interrupted, with a server that lost its session then.
fn interrupted(bench: &Bench, area: Area) -> Job {
    let cut = || UploadFault::CutAfter(300_000);
    let job = bench.upload(area.fault("Fragment", cut()), &content(1));
    choose(&job, UploadProtocol::Bits);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job
}

fn seen(bench: &Bench) -> AreaSeen {
    bench.server.area("/up/")
}

/// Resumed until it is there.
fn must_arrive(bench: &Bench, job: &Job, resumes: u32) {
    assert_eq!(bench.run(job, resumes), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
}

#[test]
fn a_400_after_an_interruption_is_a_lost_session() {
    let bench = Bench::new();
    let area = Area::new().unknown(Unknown::Status(400));
    let job = interrupted(&bench, area.clone());
    bench.server.accept_uploads("/up/", area.fault("Fragment", UploadFault::Forget));
    must_arrive(&bench, &job, 0);
    assert_eq!(seen(&bench).served("Create-Session"), 2);
}

#[test]
fn a_session_that_is_met_with_silence_twice_is_lost() {
    for unknown in [Unknown::Silence, Unknown::Status(500), Unknown::Status(200)] {
        let bench = Bench::new();
        let area = Area::new().unknown(unknown);
        let job = interrupted(&bench, area.clone());
        bench.server.accept_uploads("/up/", area.fault("Fragment", UploadFault::Forget));
        // In vain, again with the least there is, and the server is asked to delete it.
        must_arrive(&bench, &job, 3);
        let seen = seen(&bench);
        assert_eq!((seen.served("Create-Session"), seen.served("Ping")), (2, 1), "{unknown:?}");
        assert!(seen.bytes_stored <= LENGTH + 300_000);
    }
}

#[test]
fn a_link_that_breaks_often_loses_no_session() {
    let bench = Bench::new();
    let job = interrupted(&bench, Area::new().cuts_after(100_000));
    must_arrive(&bench, &job, 50);
    let seen = seen(&bench);
    assert_eq!((seen.served("Create-Session"), seen.served("Cancel-Session")), (1, 0));
    assert_eq!(seen.bytes_stored, LENGTH, "no byte was stored twice");
}

#[test]
fn a_server_that_is_away_for_long_loses_no_session() {
    let bench = Bench::new();
    let job = interrupted(&bench, Area::new());
    let area = Area::new().always("Fragment", 500);
    bench.server.accept_uploads("/up/", area.always("Ping", 503));
    assert_eq!(bench.run(&job, 5), JobState::TransientError);
    bench.server.accept_uploads("/up/", Area::new());
    must_arrive(&bench, &job, 0);
    assert_eq!(seen(&bench).served("Create-Session"), 1);
}

#[test]
fn what_was_refused_for_good_is_sent_by_another_session_when_resumed() {
    for (packet, status) in [("Fragment", 400), ("Fragment", 403), ("Close-Session", 404)] {
        let bench = Bench::new();
        let area = Area::new().unknown(Unknown::Status(status));
        let job = bench.upload(area.fault(packet, UploadFault::Forget), &content(1));
        choose(&job, UploadProtocol::Bits);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error, "{packet}");
        assert_eq!(job.error().expect("an error").code, http(u32::from(status)));
        must_arrive(&bench, &job, 1);
        assert_eq!(seen(&bench).served("Create-Session"), 2, "{packet}");
    }
}

#[test]
fn a_session_that_was_refused_only_for_a_while_goes_on() {
    for status in [401, 403] {
        let bench = Bench::new();
        let area = Area::new().fault("Fragment", UploadFault::CutAfter(700_000));
        let area = area.fault("Fragment", UploadFault::Status(status, 0));
        let job = bench.upload(area, &content(1));
        choose(&job, UploadProtocol::Bits);
        assert_eq!(bench.run(&job, 1), JobState::Error, "{status}");
        must_arrive(&bench, &job, 0);
        let seen = seen(&bench);
        assert_eq!((seen.served("Create-Session"), seen.bytes_stored), (1, LENGTH), "{status}");
    }
}

#[test]
fn an_upload_of_tus_that_is_refused_for_good_begins_anew_when_resumed() {
    let bench = Bench::new();
    let area = Area::tus().fault("PATCH", UploadFault::CutAfter(300_000));
    let job = bench.upload(area.gone_status(403), &content(1));
    choose(&job, UploadProtocol::Tus);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    let area = Area::tus().gone_status(403).fault("HEAD", UploadFault::Forget);
    bench.server.accept_uploads("/up/", area);
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(bench.run(&job, 1), JobState::Transferred, "{:?}", job.error());
    assert_eq!(seen(&bench).served("POST"), 2);
}
