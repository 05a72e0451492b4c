//! Stored records: one that can be read is used by the model without a crash, and is written as it was.
#![no_main]

use bgcopy_fuzz::Input;
use bgcopy_fuzz::model::{FileRecord, JobRecord, Now};
use bgcopy_fuzz::protocol::next_request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut input = Input::new(data);
    let is_job = input.byte() & 1 != 0;
    let bytes = input.bytes();
    let now = Now { monotonic_ms: 1_000_000, unix_ms: 1_800_000_000_000, ..Now::default() };
    if is_job {
        let Ok(mut record) = serde_json::from_slice::<JobRecord>(bytes) else {
            return;
        };
        let again: JobRecord =
            serde_json::from_slice(&serde_json::to_vec(&record).unwrap()).unwrap();
        assert_eq!(record, again);
        record.after_restart(None, now);
        _ = (record.wake_at(), record.active_for_ms(now), record.is_runnable());
        return;
    }
    let Ok(mut record) = serde_json::from_slice::<FileRecord>(bytes) else {
        return;
    };
    let again: FileRecord = serde_json::from_slice(&serde_json::to_vec(&record).unwrap()).unwrap();
    assert_eq!(record, again);
    record.after_restart(None);
    _ = (record.held(), record.bytes_total(), record.retry());
    if !record.is_transferred() {
        _ = next_request(&record.content());
    }
});
