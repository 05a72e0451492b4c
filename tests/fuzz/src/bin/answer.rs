//! An answer to a download: status, Content-Range, lengths, validators, codings. What is decided must not
//! put a byte where it does not belong.
#![no_main]

use bgcopy_fuzz::Input;
use bgcopy_fuzz::protocol::{Content, Decision, FileRange, Form, Validator, decide, next_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut input = Input::new(data);
    let flags = input.byte();
    let size = input.number() % (1 << 62);
    let position = input.number() % (size + 1).max(1);
    let ranges = [FileRange { initial_offset: size / 3, length: size / 3 + 1 }];
    let is_partial = flags & 1 != 0;
    let position = if is_partial { position.min(ranges[0].length) } else { position };
    let known = Validator { etag: Some("\"a\"".to_owned()), ..Validator::default() };
    // The rest of the input is the head: the size chooses between the kinds of sources, too.
    let has_mirrors = size & 1 != 0;
    let content = Content {
        url: "http://localhost/file",
        ranges: if is_partial { &ranges } else { &[] },
        size: (flags & 2 != 0).then_some(size),
        validator: (flags & 4 != 0).then_some(&known),
        position,
        end: None,
        held_before: position,
        holds_bytes: position > 0,
        is_on_demand: is_partial && flags & 8 != 0,
        hash_expected: flags & 16 != 0,
        if_range_refused: flags & 32 != 0,
        ranges_refused: flags & 64 != 0,
        moved: flags & 128 != 0,
        redirected: false,
        form: Form::default(),
        has_mirrors,
        is_of_other_source: has_mirrors && size & 2 != 0,
    };
    let request = next_request(&content);
    let head = input.head();
    if let Decision::Write(body) = decide(&content, &request, &head) {
        let held = if body.restart { 0 } else { content.position };
        assert!(body.position <= held, "a gap: {body:?} for {request:?}");
        assert!(body.overlap <= body.position + body.overlap);
        assert!(
            !(body.restart && content.has_mirrors && content.holds_bytes),
            "the model begins a file with mirrors anew, and no answer does: {body:?}"
        );
        if let (Some(length), Some(size), false) = (body.length, body.size, is_partial) {
            assert!(body.position - body.overlap.min(body.position) <= size, "{body:?}");
            assert!(length <= size, "more than there is: {body:?}");
        }
        if !body.restart
            && content.holds_bytes
            && content.validator.is_some()
            && content.size.is_some()
        {
            assert!(body.size.is_none() || body.size == content.size, "another size: {body:?}");
        }
    }
});
