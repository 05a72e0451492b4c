//! An answer to a request of an upload, by each protocol: heads, structured headers, S3's XML. What it says
//! that the server holds is never more than the file has.
#![no_main]

use bgcopy_fuzz::Input;
use bgcopy_fuzz::protocol::{
    OutgoingFile, Upload, UploadRequest, Verdict, judge, judge_interim, next_call,
};
use bgcopy_fuzz::vocab::UploadProtocol;
use libfuzzer_sys::fuzz_target;

const PROTOCOLS: [UploadProtocol; 8] = [
    UploadProtocol::Auto,
    UploadProtocol::Bits,
    UploadProtocol::Tus,
    UploadProtocol::Ietf,
    UploadProtocol::Put,
    UploadProtocol::S3,
    UploadProtocol::Post,
    UploadProtocol::PutRange,
];

/// What a server chose to say makes no line of its own in a request.
fn check_lines(call: Option<&UploadRequest>) {
    for text in call.into_iter().flat_map(|call| call.headers.iter().chain([&call.url])) {
        assert!(!text.contains(['\r', '\n', '\0']), "{text:?}");
    }
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input::new(data);
    let (protocol, flags) = (input.byte() % 8, input.byte());
    let size = input.number() % (1 << 40);
    let mut upload = Upload { protocol: PROTOCOLS[usize::from(protocol)], ..Upload::default() };
    upload.probing = flags & 1 != 0;
    upload.session = (flags & 2 != 0).then(|| "http://localhost/session".to_owned());
    upload.stale = flags & 4 != 0;
    upload.verifies = flags & 8 != 0;
    upload.unsure = flags & 16 != 0;
    upload.placed = flags & 32 != 0;
    upload.piece_bytes = 1 << 20;
    let sending = OutgoingFile {
        url: "http://localhost/bucket/file",
        local_name: "/tmp/file",
        media_type: None,
        size,
        position: if flags & 64 != 0 { size / 2 } else { 0 },
        cancelled: flags & 128 != 0,
    };
    let Some(call) = next_call(&upload, &sending, 0) else {
        return;
    };
    assert!(call.length() <= size.max(call.length().min(1 << 16)), "more than the file has");
    let head = input.head();
    _ = judge_interim(&upload, &call, &head);
    match judge(&upload, &sending, &call, &head) {
        Verdict::Holds { position, .. } => assert!(position <= size, "{position} of {size}"),
        Verdict::Opened { position, session, .. } => {
            let position = position.unwrap_or(0);
            assert!(position <= size, "{position} of {size}");
            upload.session = Some(session);
            check_lines(next_call(&upload, &sending, 0).as_ref());
        }
        _ => {}
    }
});
