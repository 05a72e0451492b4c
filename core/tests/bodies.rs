//! Bodies of every kind: whole or not at all.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{ErrorContext, JobState};
use bgcopy_test_server::{Content, ENDLESS_BYTES_MAX, Endless, Reply, Resource};

use common::{Bench, CUT, LENGTH, PATIENCE, content, http, stopped};

fn once(reply: Reply) -> Resource {
    Resource::new(content(1)).script(vec![reply])
}

#[test]
fn a_body_cut_short_goes_on() {
    for reply in [
        Reply::normal().cut_after(CUT),
        Reply::normal().reset_after(CUT),
        Reply::normal().reset_after_head(),
        Reply::normal().close_before_reply(),
        Reply::normal().chunked_cut_after(CUT),
    ] {
        Bench::new().must_fetch(once(reply), &content(1));
    }
}

#[test]
fn a_length_that_promises_too_much_is_not_believed() {
    let bench = Bench::new();
    let liar = Reply::normal().content_length((LENGTH + 10).to_string());
    let job = bench.must_fetch(once(liar), &content(1));
    assert!(job.error_count().expect("a count") > 0);
}

#[test]
fn a_server_that_always_promises_too_much_never_gets_a_file_out() {
    let bench = Bench::new();
    let liar = Reply::normal().content_length((LENGTH + 10).to_string()).ignore_range();
    let job = bench.job(Resource::new(content(1)).always(liar));
    assert_eq!(bench.run(&job, 3), JobState::TransientError);
    job.cancel().expect("cancelled");
    bench.must_be_tidy();
}

#[test]
fn a_body_without_a_length_is_taken_to_its_end() {
    for reply in [
        Reply::normal().no_content_length(),
        Reply::normal().chunked(),
        Reply::normal().chunked_with_content_length(),
        Reply::normal().trailers(vec![("ETag".to_owned(), "\"late\"".to_owned())]),
    ] {
        let bench = Bench::new();
        bench.must_fetch(Resource::new(content(1)).always(reply), &content(1));
    }
}

#[test]
fn a_length_that_is_none_is_an_error() {
    let bench = Bench::new();
    let negative = Reply::normal().content_length("-5");
    let error =
        bench.must_fail(Resource::new(content(1)).always(negative), JobState::TransientError);
    assert_eq!(error.code, code::BG_E_INVALID_SERVER_RESPONSE);
}

#[test]
fn two_lengths_that_differ_are_an_error_or_a_whole_file() {
    let bench = Bench::new();
    let two = Reply::normal().duplicate_content_length("5");
    let job = bench.job(Resource::new(content(1)).always(two));
    // libcurl refuses such a head; should it ever take one of the two, the file
    // must still be whole.
    let state = bench.run(&job, 1);
    if state == JobState::Transferred {
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    } else {
        assert_eq!(state, JobState::TransientError);
        assert_eq!(job.error().expect("an error").code, code::BG_E_INVALID_SERVER_RESPONSE);
    }
}

#[test]
fn what_was_compressed_unasked_is_unpacked() {
    let bench = Bench::new();
    bench.must_fetch(Resource::new(content(1)).always(Reply::normal().gzip_body()), &content(1));
}

#[test]
fn what_was_unpacked_is_never_joined_with_anything() {
    // The rest of an interrupted one may come packed or not, and nobody says
    // so: both have the same tag.
    for rest in [Reply::normal(), Reply::normal().gzip_body(), Reply::normal().ignore_range()] {
        let bench = Bench::new();
        let job = bench.job(
            Resource::new(content(1))
                .etag("\"v\"")
                .script(vec![Reply::normal().gzip_body().chunked().cut_after(CUT), rest]),
        );
        assert_eq!(bench.run(&job, 4), JobState::Transferred);
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn a_length_that_promises_too_little_ends_the_file_there() {
    // The rest of the body is no part of the answer: nothing tells it from
    // the next one. Only a hash can.
    let bench = Bench::new();
    let short = Reply::normal().content_length((LENGTH - 7).to_string());
    let job = bench.job(Resource::new(content(1)).always(short));
    assert_eq!(bench.run(&job, 1), JobState::Transferred);
    job.complete().expect("completed");
    let bytes = std::fs::read(bench.path("file")).expect("the file");
    assert!(bytes == content(1).slice(0..LENGTH - 7), "not a byte of anything else");
}

#[test]
fn sizes_that_no_file_can_have_are_an_error() {
    for size in ["9223372036854775808", "18446744073709551615", "1000000000000000000000000000000"] {
        let bench = Bench::new();
        let huge = Reply::normal().content_length(size);
        let error =
            bench.must_fail(Resource::new(content(1)).always(huge), JobState::TransientError);
        assert_eq!(error.code, code::BG_E_INVALID_SERVER_RESPONSE, "{size}");
        assert!(error.message.contains(size), "{}", error.message);
    }
}

#[test]
fn a_part_of_a_file_that_cannot_be_is_an_error_and_nothing_is_lost() {
    let bench = Bench::new();
    let range = format!("bytes {CUT}-{}/9223372036854775808", LENGTH - 1);
    let lies = Reply::normal().content_range(range);
    let cut = Reply::normal().cut_after(CUT);
    let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(vec![cut, lies]));
    job.resume().expect("resumed");
    // The first retry after progress comes by itself.
    assert!(bench.server.wait_until(PATIENCE, |seen| seen.requests_for("/file").len() == 2));
    assert_eq!(stopped(&job), JobState::TransientError);
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::BG_E_INVALID_SERVER_RESPONSE, "{}", error.message);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let sent = bench.server.body_bytes_sent("/file");
    assert!(sent <= 2 * LENGTH - CUT, "{sent}: it went on where it was");
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn success_without_a_file_is_none() {
    for (status, code, state) in [
        (204, code::DO_E_UNEXPECTED_HTTP_STATUS_2XX, JobState::TransientError),
        (201, code::DO_E_UNEXPECTED_HTTP_STATUS_2XX, JobState::TransientError),
        (304, http(304), JobState::Error),
    ] {
        let bench = Bench::new();
        let error = bench
            .must_fail(Resource::new(content(1)).always(Reply::normal().status(status)), state);
        assert_eq!((error.code, error.context), (code, ErrorContext::RemoteFile));
    }
}

#[test]
fn informational_answers_are_passed_over() {
    let bench = Bench::new();
    let early = Reply::normal().informational_with(103, &[("ETag", "\"early\"")]).cut_after(CUT);
    bench.must_fetch(once(early), &content(1));
    assert_eq!(bench.server.body_bytes_sent("/file"), LENGTH);
}

#[test]
fn a_huge_header_is_no_harm() {
    for length in [90_000, 100_000] {
        let bench = Bench::new();
        let huge = Reply::normal().huge_header(length).cut_after(CUT);
        bench.must_fetch(once(huge), &content(1));
    }
    let bench = Bench::new();
    bench.must_fail(
        Resource::new(content(1)).always(Reply::normal().huge_header(400_000)),
        JobState::TransientError,
    );
}

#[test]
fn an_answer_without_a_head_is_refused() {
    let bench = Bench::new();
    let error = bench
        .must_fail(Resource::new(content(1)).always(Reply::normal().no_head()), JobState::Error);
    assert_eq!(error.code, code::BG_E_INSUFFICIENT_HTTP_SUPPORT);
}

#[test]
fn an_empty_file_is_a_file() {
    let bench = Bench::new();
    let empty = Content::bytes(Vec::new());
    let job = bench.must_fetch(Resource::new(empty.clone()), &empty);
    let progress = job.progress().expect("progress");
    assert_eq!((progress.bytes_total, progress.files_transferred), (0, 1));
}

#[test]
fn a_time_of_the_server_becomes_the_time_of_the_file() {
    let bench = Bench::new();
    let dated = Resource::new(content(1)).last_modified("Sun, 09 Sep 2001 01:46:40 GMT");
    bench.must_fetch(dated, &content(1));
    let modified =
        std::fs::metadata(bench.path("file")).and_then(|there| there.modified()).expect("a time");
    let seconds = modified.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    assert_eq!(seconds, 1_000_000_000);
}

#[test]
fn what_does_not_end_is_broken_off() {
    let redirect = Reply::normal().redirect(302, "/elsewhere");
    for reply in [
        redirect.clone().endless(Endless::Body),
        redirect.endless(Endless::Head),
        Reply::normal().endless(Endless::ChunkExtension),
        Reply::normal().endless(Endless::Trailers),
        Reply::normal().endless(Endless::Interims),
        Reply::normal().endless(Endless::Head),
    ] {
        let bench = Bench::new();
        let error = bench
            .must_fail(Resource::new(content(1)).always(reply.clone()), JobState::TransientError);
        let codes = [code::BG_E_INVALID_SERVER_RESPONSE, code::BG_E_CONNECTION_CLOSED];
        assert!(codes.contains(&error.code), "{error:?}");
        // More than we read fits into the buffers of the connection.
        let sent = bench.server.body_bytes_sent("/file");
        assert!(sent < ENDLESS_BYTES_MAX / 4, "{sent} bytes of {reply:?}");
    }
}
