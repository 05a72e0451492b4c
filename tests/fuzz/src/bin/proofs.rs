//! Lists of checksums, and digests in the heads of answers.
#![no_main]

use bgcopy_fuzz::Input;
use bgcopy_fuzz::protocol::{ChecksumIndex, parse_checksum_list, served_digest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(served) = served_digest(&Input::new(data).head()) {
        assert_eq!(served.digest.len(), 2 * served.algorithm.bytes(), "{served:?}");
    }
    let Ok(list) = parse_checksum_list(Input::new(data).bytes()) else {
        return;
    };
    assert!(!list.is_empty());
    for one in &list {
        assert!(!one.name.starts_with('/'), "{one:?}");
        let leads_out = |part: &str| part == "..";
        assert!(!one.name.split(['/', '\\']).any(leads_out), "{one:?}");
        assert!(!one.name.chars().any(char::is_control), "{one:?}");
        assert!(matches!(one.digest.len(), 64 | 128), "{one:?}");
        assert!(one.digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        // What is written as it was read is read again.
        if !matches!(one.name.as_str(), "" | "-") && !one.name.contains('\\') {
            let again = format!("{} *{}", one.digest, one.name);
            let again = parse_checksum_list(again.as_bytes()).expect("it was read before");
            assert_eq!((&again[0].name, &again[0].digest), (&one.name, &one.digest));
        }
    }
    let index = ChecksumIndex::new(&list);
    for one in list.iter().filter(|one| !one.name.is_empty()) {
        // A name without what a URL has to escape is found by its own URL.
        if !one.name.contains(['%', '?', '#']) {
            let url = format!("http://h/{}", one.name);
            let found = index.find(&url, "/t/x", false).expect("it is in the list");
            assert_eq!(found.name, one.name);
        }
    }
});
