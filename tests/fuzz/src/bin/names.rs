//! URLs and paths: what passes the checks can be used without a surprise.
#![no_main]

use bgcopy_fuzz::protocol::{
    Scheme, below, check_header_lines, check_remote_name, host_of, is_same_origin, origin_of,
    server_of, with_ascii_host,
};
use bgcopy_fuzz::vocab::limit;
use bgcopy_fuzz::{Input, check_local_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(text) = Input::new(data).text() else {
        return;
    };
    if check_remote_name(text).is_ok() {
        assert!(!text.contains(|one: char| one.is_control()), "{text:?}");
        _ = (Scheme::of(text), host_of(text), server_of(text), origin_of(text));
        let ascii = with_ascii_host(text);
        assert!(is_same_origin(text, text), "{text:?}");
        // As `xn--` a name is longer.
        let fits = ascii.len() <= limit::URL_CHARS_MAX;
        assert!(!fits || check_remote_name(&ascii).is_ok(), "{text:?} became {ascii:?}");
        // Files are sent by HTTP alone.
        if let Some(name) = below(text, "a file").filter(|_| Scheme::of(text) == Scheme::Http) {
            assert!(check_remote_name(&name).is_ok(), "{name:?}");
        }
    }
    if check_header_lines(text).is_ok() {
        assert!(!text.contains('\0'), "{text:?}");
        for line in text.split("\r\n") {
            assert!(!line.contains(['\r', '\n']), "{text:?}");
        }
    }
    check_local_name(text);
});
