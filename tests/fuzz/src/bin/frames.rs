//! What comes through the socket of a shared queue: frames, and messages in them.
#![no_main]

use bgcopy_fuzz::frame::{FRAME_BYTES_MAX, FrameReader, decode};
use bgcopy_fuzz::model::{FileRecord, JobRecord};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut reader = FrameReader::new(data);
    let take = |message: &[u8]| {
        _ = decode::<JobRecord>(message);
        _ = decode::<FileRecord>(message);
        message.len()
    };
    while let Ok(Some(length)) = reader.next(take) {
        assert!(length <= FRAME_BYTES_MAX && length <= data.len());
    }
});
