//! Uploads to a URL that ends in a slash: a file goes below it under its own
//! name, unless it is the server that names files.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{AuthScheme, AuthTarget, JobState, JobType, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, Bucket, Ietf, Ranges};

use common::{Bench, LENGTH, content};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Sends "a file" to the folder `/up/`; returns the remote name it got, without
/// the server.
fn send(bench: &Bench, protocol: UploadProtocol) -> String {
    let folder = bench.server.url("/up/");
    let job = bench.manager.create_job("test", JobType::Upload).expect("a job");
    job.add_file(&folder, &bench.source("a file", &content(1))).expect("a file");
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    if protocol == UploadProtocol::S3 {
        let set = job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "id", "secret");
        set.expect("set");
    }
    let file = job.file(0).expect("a file");
    assert_eq!(file.remote_name().expect("a name"), folder);
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "{protocol:?}: {:?}", job.error());
    job.complete().expect("completed");
    let name = file.remote_name().expect("a name");
    name.strip_prefix(&bench.server.url("")).expect("the same server").to_owned()
}

#[test]
fn a_file_goes_below_a_folder_unless_its_server_names_files() {
    use UploadProtocol::{Auto, Bits, Ietf as ByIetf, Post, Put, PutRange, Tus};
    let by_post = || Area::new().ietf(Ietf::new().post_only());
    for (protocol, area, expected) in [
        (Auto, Area::new(), "/up/a%20file"),
        (Auto, Area::new().put_only(), "/up/a%20file"),
        (Auto, Area::new().silent(), "/up/a%20file"),
        (Auto, Area::new().silent().put_only(), "/up/a%20file"),
        (Auto, Area::new().ietf(Ietf::new()), "/up/a%20file"),
        (Auto, by_post(), "/up/"),
        (Auto, Area::tus(), "/up/"),
        (Bits, Area::new(), "/up/a%20file"),
        (Put, Area::new(), "/up/a%20file"),
        (PutRange, Area::new().ranges(Ranges::Honour), "/up/a%20file"),
        (ByIetf, Area::new().ietf(Ietf::new()), "/up/a%20file"),
        (ByIetf, by_post(), "/up/"),
        (Tus, Area::tus(), "/up/"),
        (Post, Area::new(), "/up/"),
    ] {
        let bench = Bench::new();
        bench.server.accept_uploads("/up/", area.clone());
        assert_eq!(send(&bench, protocol), expected, "{protocol:?} {area:?}");
        let seen = bench.server.area("/up/");
        assert_eq!(seen.files.keys().collect::<Vec<_>>(), [expected], "{protocol:?} {area:?}");
        assert!(seen.files[expected].bytes() == content(1).slice(0..LENGTH));
        assert_eq!(seen.violations, Vec::<String>::new());
    }
    let bench = Bench::new();
    bench.server.serve_bucket("/up/", Bucket::new("id", "secret"));
    assert_eq!(send(&bench, UploadProtocol::S3), "/up/a%20file");
    assert!(bench.server.bucket("/up/").objects.contains_key("/up/a%20file"));
}

#[test]
fn a_folder_that_says_nothing_leaves_it_to_the_file() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new().silent());
    bench.server.accept_uploads("/up/a%20file", Area::new().put_only());
    assert_eq!(send(&bench, UploadProtocol::Auto), "/up/a%20file");
    let (folder, file) = (bench.server.area("/up/"), bench.server.area("/up/a%20file"));
    assert_eq!((folder.served("OPTIONS"), file.served("OPTIONS")), (1, 1));
    assert_eq!((folder.served("Ping") + file.served("BITS_POST"), file.served("PUT")), (0, 1));
}

#[test]
fn the_name_below_a_folder_is_checked_when_the_file_is_added() {
    let bench = Bench::new();
    let source = bench.source(&"ü".repeat(100), &content(1));
    let job = bench.manager.create_job("test", JobType::Upload).expect("a job");
    let folder = |length: usize| format!("http://a/{}/", "x".repeat(length));
    let error = job.add_file(&folder(1600), &source).expect_err("600 characters more");
    assert_eq!(error.code, code::E_INVALIDARG);
    job.add_file(&folder(1590), &source).expect("2,200 characters");
}
