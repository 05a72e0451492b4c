//! A power cut during an upload leaves an older record than what the server
//! holds: the upload goes on where the server is, and no byte is sent twice.

mod common;

use std::path::Path;

use bgcopy_core::{JobState, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, Content, Ietf, Overlap, Ranges, Seen};

use common::{Bench, PATIENCE, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

const MIB: u64 = 1 << 20;

/// Bytes of the file: pieces of 1, 2 and 4 MiB, and a last one.
const BYTES: u64 = 8 * MIB + 5;

/// Puts the files of a folder into another one, in place of what is there.
fn copy(from: &Path, to: &Path) {
    _ = std::fs::remove_dir_all(to);
    std::fs::create_dir(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("the store") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let name = path.file_name().expect("a name");
            std::fs::copy(&path, to.join(name)).expect("copied");
        }
    }
}

/// Sends a file and stops in the third piece; the store is set back to what it
/// was in the second one.
fn cut(bench: &mut Bench, area: &Area, protocol: UploadProtocol) -> uuid::Uuid {
    let file = Content::generated(1, BYTES);
    let job = bench.upload(area.clone().bytes_per_second(4 * MIB), &file);
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job.resume().expect("resumed");
    let came = |bytes: u64| move |seen: &Seen<'_>| seen.area("/up/").bytes_stored >= bytes;
    assert!(bench.server.wait_until(PATIENCE, came(2 * MIB)), "{:?}", job.error());
    copy(&bench.path("store"), &bench.path("before"));
    assert!(bench.server.wait_until(PATIENCE, came(5 * MIB)), "{:?}", job.error());
    let id = job.id();
    drop(job);
    bench.manager.close();
    // What is still on its way is lost, too.
    bench.server.drop_connections();
    copy(&bench.path("before"), &bench.path("store"));
    bench.server.accept_uploads("/up/", area.clone());
    bench.manager = common::open(bench.folder.path());
    id
}

#[test]
fn an_upload_goes_on_behind_what_its_record_knows() {
    for (cancel, area, protocol) in [
        ("DELETE", Area::tus(), UploadProtocol::Tus),
        ("DELETE", Area::new().ietf(Ietf::new()), UploadProtocol::Ietf),
        ("DELETE", Area::new().put_only().ranges(Ranges::Honour), UploadProtocol::PutRange),
        ("Cancel-Session", Area::new(), UploadProtocol::Bits),
        ("Cancel-Session", Area::new().overlap(Overlap::Drop), UploadProtocol::Bits),
    ] {
        let mut bench = Bench::new();
        let id = cut(&mut bench, &area, protocol);
        let job = bench.manager.get_job(id).expect("the job");
        assert_eq!(stopped(&job), JobState::Transferred, "{protocol:?}: {:?}", job.error());
        bench.must_have_sent(&Content::generated(1, BYTES));
        let seen = bench.server.area("/up/");
        assert_eq!(seen.served(cancel), 0, "{protocol:?}: nothing is thrown away");
        assert_eq!(seen.bytes_stored, BYTES, "{protocol:?}: no byte is sent twice");
    }
}

#[test]
fn an_overlap_that_is_stored_twice_is_still_noticed() {
    let mut bench = Bench::new();
    let area = Area::new().overlap(Overlap::Store);
    let id = cut(&mut bench, &area, UploadProtocol::Bits);
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&Content::generated(1, BYTES));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("Cancel-Session"), seen.served("Create-Session")), (1, 2));
}
