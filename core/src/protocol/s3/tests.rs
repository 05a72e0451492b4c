//! The requests of S3, and what its answers mean.

use super::*;

const GIB: u64 = 1024 * MIB;

fn sending(size: u64, position: u64) -> OutgoingFile<'static> {
    let (url, local_name) = ("https://b.s3.eu-west-1.amazonaws.com/k", "/k");
    OutgoingFile { url, local_name, media_type: None, size, position, cancelled: false }
}

fn upload(size: u64) -> Upload {
    let multipart = Multipart { part_bytes: part_bytes(size), ..Multipart::default() };
    let protocol = UploadProtocol::S3;
    Upload { protocol, session: Some("a/b".to_owned()), multipart, ..Upload::default() }
}

fn answer(status: u32, lines: &[&str], body: &str) -> Head {
    let mut head = Head::default();
    head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
    lines.iter().for_each(|line| head.push_line(line.as_bytes()));
    Head { body: body.to_owned(), ..head }
}

#[test]
fn parts_fit_every_size_that_servers_take() {
    for (size, bytes) in [
        (0, 8 * MIB),
        (8 * GIB, 9 * MIB),
        (100 * GIB, 64 * MIB),
        (640_000 * MIB, 64 * MIB),
        (5120 * GIB, 525 * MIB),
    ] {
        assert_eq!(part_bytes(size), bytes, "{size}");
        assert!(size.div_ceil(bytes) <= u64::from(limit::S3_PARTS_MAX));
    }
    assert!(part_bytes(u64::MAX) > 0);
}

#[test]
fn the_region_is_in_the_names_that_have_one() {
    for (host, region) in [
        ("s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
        ("b.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", Some("eu-west-1")),
        ("b.s3-fips.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
        ("s3-us-west-2.amazonaws.com", Some("us-west-2")),
        ("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
        ("s3.us-west-004.backblazeb2.com", Some("us-west-004")),
        ("s3.amazonaws.com", None),
        ("b.s3.amazonaws.com", None),
        ("b.s3-accelerate.amazonaws.com", None),
        ("minio.example.org", None),
        ("127.0.0.1:9000", None),
    ] {
        assert_eq!(region_of(&format!("https://{host}/k")).as_deref(), region, "{host}");
    }
}

#[test]
fn files_over_4_gib_are_sent_in_order() {
    let size = 5 * GIB + 1;
    let mut upload = upload(size);
    let bytes = upload.multipart.part_bytes;
    let numbers: Vec<u32> = parts_to_send(&upload, size).collect();
    assert_eq!(numbers.len() as u64, size.div_ceil(bytes));
    let mut position = 0;
    for number in numbers {
        assert_eq!(parts_to_send(&upload, size).next(), Some(number));
        let call = next(&upload, &sending(size, position), number);
        assert!(call.url.contains(&format!("?partNumber={number}&uploadId=a%2Fb")));
        let span = call.body.expect("a body");
        assert_eq!((span.first, span.length), (position, bytes.min(size - position)));
        let verdict =
            judge(&upload, &sending(size, position), &call, &answer(200, &["ETag: x"], ""));
        let Verdict::Stored { number, etag } = verdict else {
            panic!("{verdict:?}");
        };
        upload.multipart.parts.insert(number, etag);
        position += span.length;
        assert_eq!(upload.multipart.held(size), position);
    }
    assert_eq!(position, size);
    let call = next(&upload, &sending(size, position), 0);
    assert_eq!(call.step, Step::Close);
}

#[test]
fn a_part_that_was_refused_or_lost_has_its_turn_last() {
    let size = 5 * 8 * MIB;
    let mut upload = upload(size);
    let in_order = |upload: &Upload| parts_to_send(upload, size).collect::<Vec<_>>();
    // 1 is held, 2 was refused, 3 was begun last.
    upload.multipart.parts.insert(1, "a".to_owned());
    upload.multipart.last = 3;
    assert_eq!(in_order(&upload), [4, 5, 2, 3]);
    // What became of 2 and 4 nobody knows: that is asked when the others are done.
    upload.multipart.lost.extend([2, 4]);
    assert_eq!(in_order(&upload), [5, 3]);
    for number in [3, 5] {
        upload.multipart.parts.insert(number, "a".to_owned());
    }
    assert_eq!(in_order(&upload), Vec::<u32>::new());
    assert_eq!(next(&upload, &sending(size, 24 * MIB), 0).step, Step::Query);
}

#[test]
fn a_list_counts_only_parts_of_our_length() {
    let size = 5 * 8 * MIB;
    let mut upload = upload(size);
    let part = |number, bytes| {
        format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>e{number}</ETag><Size>{bytes}</Size></Part>"
        )
    };
    let parts =
        [part(1, 8 * MIB), part(2, 8 * MIB), part(3, 7), part(4, 8 * MIB), part(9, 8 * MIB)];
    let body = format!("<ListPartsResult>{}</ListPartsResult>", parts.concat());
    let call = UploadRequest::bodiless(Step::Query, "GET", "");
    let verdict = judge(&upload, &sending(size, 0), &call, &answer(200, &[], &body));
    let Verdict::Listed { parts, more: None } = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(parts.keys().copied().collect::<Vec<_>>(), [1, 2, 4]);
    upload.multipart.parts = parts;
    assert_eq!(upload.multipart.held(size), 3 * 8 * MIB);
    assert_eq!(parts_to_send(&upload, size).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn what_no_server_says_is_refused() {
    let upload = upload(GIB);
    let of = sending(GIB, 0);
    let call =
        |step| UploadRequest { proof: Proof::Url, ..UploadRequest::bodiless(step, "GET", "") };
    let endless = "<ListPartsResult><IsTruncated>true</IsTruncated>\
                   <NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>";
    let long = format!("<X><UploadId>{}</UploadId></X>", "x".repeat(SESSION_CHARS_MAX + 1));
    for (step, body) in [
        (Step::Create, ""),
        (Step::Create, "<X><UploadId></UploadId></X>"),
        (Step::Create, &long),
        (Step::Query, "<html>"),
        (Step::Query, endless),
        (Step::Send, ""),
        (Step::Close, ""),
        (Step::Close, "<!DOCTYPE x [<!ENTITY a \"b\">]><X><ETag>&a;</ETag></X>"),
        (Step::Close, "  \n"),
    ] {
        let verdict = judge(&upload, &of, &call(step), &answer(200, &[], body));
        let Verdict::Refused(failure) = verdict else {
            panic!("{step:?} {body}: {verdict:?}");
        };
        assert!(failure.transient, "{step:?}");
    }
}

#[test]
fn headers_of_the_file_go_where_it_is_made_only() {
    let signed = |step| {
        let call = UploadRequest::bodiless(step, "PUT", "");
        UploadRequest { proof: Proof::SigV4 { region: "r".to_owned(), skew_ms: 0 }, ..call }
    };
    let takes = |step, line| takes_header(&signed(step), line);
    for line in ["x-amz-acl: private", "Content-Type: a/b", "X-Amz-Meta-A: b"] {
        assert!(takes(Step::Create, line) && takes(Step::Whole, line));
        assert!(!takes(Step::Send, line) && !takes(Step::Close, line) && !takes(Step::Query, line));
    }
    assert!(takes(Step::Send, "X-Amz-Security-Token: t"));
    assert!(takes(Step::Send, "x-amz-server-side-encryption-customer-key: k"));
    assert!(takes(Step::Send, "X-Own: a"));
    let by_url = UploadRequest { proof: Proof::Url, ..signed(Step::Cancel) };
    assert!(!takes_header(&by_url, "X-Amz-Security-Token: t"));
}

#[test]
fn a_file_in_its_place_is_ours_if_size_parts_and_time_fit() {
    let upload = Upload { verifies: true, opened_ms: Some(5_000), ..upload(20 * MIB) };
    let of = sending(20 * MIB, 0);
    let verdict = |size: u64, etag, seconds| {
        let size = format!("Content-Length: {size}");
        let modified = format!("Last-Modified: Thu, 01 Jan 1970 00:00:0{seconds} GMT");
        let head = answer(200, &[&size, etag, &modified], "");
        judge(&upload, &of, &next(&upload, &of, 0), &head)
    };
    assert_eq!(verdict(20 * MIB, "ETag: \"x-3\"", 5), Verdict::Finished);
    assert_eq!(verdict(20 * MIB - 1, "ETag: \"x-3\"", 5), Verdict::Absent);
    assert_eq!(verdict(20 * MIB, "ETag: \"x-4\"", 5), Verdict::Absent);
    assert_eq!(verdict(20 * MIB, "ETag: \"x-3\"", 4), Verdict::Absent);
}

fn permitted(size: u64) -> Upload {
    let permit =
        PresignedRequests { cancel_url: "c".to_owned(), check_url: "d".to_owned(), signed_ms: 1 };
    let mut upload = upload(size);
    upload.multipart.permit = Some(permit);
    upload
}

#[test]
fn nothing_goes_beside_a_request_that_others_depend_on() {
    let size = 20 * MIB;
    let parts = |change: fn(&mut Upload)| {
        let mut upload = upload(size);
        change(&mut upload);
        parts_to_send(&upload, size).count()
    };
    assert_eq!(parts(|_| {}), 3);
    assert_eq!(parts(|upload| upload.unsure = true), 0);
    assert_eq!(parts(|upload| upload.stale = true), 0);
    assert_eq!(parts(|upload| upload.verifies = true), 0);
    assert_eq!(parts(|upload| upload.session = None), 0);
    assert_eq!(parts(|upload| upload.protocol = UploadProtocol::Tus), 0);
}

#[test]
fn a_presigned_url_is_good_for_one_put() {
    let url = "https://b.s3.amazonaws.com/k?X-Amz-Signature=1";
    let call = next(&upload(GIB), &OutgoingFile { url, ..sending(GIB, 0) }, 0);
    assert_eq!((call.step, call.url.as_str(), call.proof), (Step::Whole, url, Proof::Credentials));
}

#[test]
fn small_files_need_no_parts() {
    let new = Upload { session: None, ..upload(0) };
    let small = next(&new, &sending(8 * MIB, 0), 0);
    assert_eq!((small.step, small.method.as_str()), (Step::Whole, "PUT"));
    let large = next(&new, &sending(8 * MIB + 1, 0), 0);
    assert_eq!((large.step, large.method.as_str()), (Step::Create, "POST"));
    assert!(large.url.ends_with("/k?uploads"));
    for call in [small, large] {
        assert_eq!(call.proof, Proof::SigV4 { region: "eu-west-1".to_owned(), skew_ms: 0 });
    }
}

#[test]
fn the_list_goes_on_behind_its_last_part() {
    let mut upload = Upload { unsure: true, ..upload(GIB) };
    let url = |upload: &Upload| {
        let call = next(upload, &sending(GIB, 0), 0);
        assert_eq!(call.step, Step::Query);
        call.url
    };
    assert!(url(&upload).ends_with("?max-parts=1000&uploadId=a%2Fb"));
    upload.multipart.listed = 1000;
    assert!(url(&upload).ends_with("?max-parts=1000&part-number-marker=1000&uploadId=a%2Fb"));
}

#[test]
fn an_upload_is_ended_with_the_names_of_its_parts() {
    let mut upload = upload(20 * MIB);
    upload.multipart.parts = [(1, "\"a\"".to_owned()), (2, "b&<".to_owned())].into();
    upload.multipart.parts.insert(3, "c".to_owned());
    let call = next(&upload, &sending(20 * MIB, 20 * MIB), 0);
    assert_eq!((call.step, call.method.as_str()), (Step::Close, "POST"));
    let text = call.text.expect("a text");
    assert!(text.contains("<PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag>"));
    assert!(text.contains("<PartNumber>2</PartNumber><ETag>b&amp;&lt;</ETag>"));
    assert_eq!(call.body.expect("a body").length, text.len() as u64);
}

#[test]
fn an_upload_is_cancelled_and_then_asked_for() {
    let of = OutgoingFile { cancelled: true, ..sending(GIB, 0) };
    let seen = |upload: &Upload| {
        let call = cancel(upload, &of, "a/b");
        assert!(call.patient, "it may have much to delete");
        (call.step, call.method, call.url, call.proof)
    };
    let url = || "https://b.s3.eu-west-1.amazonaws.com/k?uploadId=a%2Fb".to_owned();
    let signed = || Proof::SigV4 { region: "eu-west-1".to_owned(), skew_ms: 0 };
    let (mut with_keys, mut with_permit) = (upload(GIB), permitted(GIB));
    let (delete, get) = (|| "DELETE".to_owned(), || "GET".to_owned());
    assert_eq!(seen(&with_keys), (Step::Cancel, delete(), url(), signed()));
    assert_eq!(seen(&with_permit), (Step::Cancel, delete(), "c".to_owned(), Proof::Url));
    with_keys.multipart.aborted = true;
    with_permit.multipart.aborted = true;
    assert_eq!(seen(&with_keys), (Step::Check, get(), url(), signed()));
    assert_eq!(seen(&with_permit), (Step::Check, get(), "d".to_owned(), Proof::Url));
}

fn error(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>why</Message></Error>")
}

fn judged(upload: &Upload, step: Step, status: u32, body: &str) -> Verdict {
    let call = UploadRequest { part: 1, ..UploadRequest::bodiless(step, "GET", "") };
    judge(upload, &sending(GIB, 0), &call, &answer(status, &["ETag: x"], body))
}

#[test]
fn an_error_is_one_with_any_status() {
    for step in [Step::Create, Step::Send, Step::Query, Step::Close, Step::Whole] {
        let verdict = judged(&upload(GIB), step, 200, &error("InternalError"));
        let Verdict::Refused(failure) = verdict else {
            panic!("{step:?}: {verdict:?}");
        };
        assert!(failure.transient, "{step:?}");
    }
}

#[test]
fn an_upload_that_is_gone_may_have_been_ended() {
    let tried = |close_tries| Upload { close_tries, ..upload(GIB) };
    for body in [error("NoSuchUpload"), String::new()] {
        for (step, tries, expected) in [
            (Step::Send, 0, Verdict::Gone),
            (Step::Send, 2, Verdict::Gone),
            (Step::Query, 0, Verdict::Gone),
            (Step::Query, 1, Verdict::Doubt),
            // The close that is answered is one of the tries.
            (Step::Close, 1, Verdict::Gone),
            (Step::Close, 2, Verdict::Doubt),
        ] {
            assert_eq!(judged(&tried(tries), step, 404, &body), expected, "{step:?} {tries}");
        }
    }
    let verdict = judged(&upload(GIB), Step::Send, 404, &error("NoSuchBucket"));
    assert!(matches!(verdict, Verdict::Refused(failure) if !failure.transient));
}

#[test]
fn what_cancels_an_upload_is_repeated_only_if_that_is_of_use() {
    let upload = upload(GIB);
    assert_eq!(judged(&upload, Step::Cancel, 204, ""), Verdict::Aborted);
    for step in [Step::Cancel, Step::Check] {
        assert_eq!(judged(&upload, step, 404, &error("NoSuchUpload")), Verdict::Dropped);
        let verdict = judged(&upload, step, 503, &error("SlowDown"));
        assert!(matches!(verdict, Verdict::Refused(failure) if failure.transient), "{step:?}");
    }
    // That the parts went cannot be seen by all; that they stay is said.
    assert_eq!(judged(&upload, Step::Check, 403, &error("AccessDenied")), Verdict::Dropped);
    for status in [403, 405, 501] {
        let verdict = judged(&upload, Step::Cancel, status, &error("Refused"));
        assert!(matches!(verdict, Verdict::Kept(_)), "{status}");
    }
    let of = OutgoingFile { cancelled: true, ..sending(GIB, 0) };
    let call =
        UploadRequest { proof: Proof::Url, ..UploadRequest::bodiless(Step::Cancel, "DELETE", "") };
    let verdict = judge(&upload, &of, &call, &answer(403, &[], &error("AccessDenied")));
    assert!(matches!(verdict, Verdict::Refused(failure) if failure.transient));
    let list = |parts| format!("<ListPartsResult>{parts}</ListPartsResult>");
    assert_eq!(judged(&upload, Step::Check, 200, &list("")), Verdict::Dropped);
    let part = "<Part><PartNumber>1</PartNumber><ETag>e</ETag><Size>1</Size></Part>";
    for body in [list(part), "<html/>".to_owned()] {
        let verdict = judged(&upload, Step::Check, 200, &body);
        assert!(matches!(verdict, Verdict::Refused(failure) if failure.transient), "{body}");
    }
}

#[test]
fn only_another_region_is_news() {
    let body = |region: &str| {
        let code = "<Code>AuthorizationHeaderMalformed</Code>";
        format!("<Error>{code}<Region>{region}</Region></Error>")
    };
    let verdict = judged(&upload(GIB), Step::Create, 400, &body("us-west-2"));
    assert_eq!(verdict, Verdict::Region("us-west-2".to_owned()));
    let verdict = judged(&upload(GIB), Step::Create, 400, &body("eu-west-1"));
    assert!(matches!(verdict, Verdict::Refused(_)));
}

#[test]
fn a_part_of_no_number_is_none() {
    let part = "<Part><PartNumber>0</PartNumber><ETag>e</ETag><Size>8388608</Size></Part>";
    let body = format!("<ListPartsResult>{part}</ListPartsResult>");
    let parts = std::collections::BTreeMap::new();
    assert_eq!(
        judged(&upload(20 * MIB), Step::Query, 200, &body),
        Verdict::Listed { parts, more: None }
    );
}
