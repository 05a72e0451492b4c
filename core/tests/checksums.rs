//! Downloads that are checked against a list of checksums.

mod common;

use bgcopy_core::vocab::{code, limit};
use bgcopy_core::{
    ExpectedHash, FileSpec, HashAlgorithm, TransferOptions, TransferredFile, download, upload,
};
use bgcopy_test_server::{Content, Resource, Server};
use sha2::{Digest, Sha256};

use common::{Bench, content, http, spec};

fn digest(content: &Content) -> String {
    let bytes = content.slice(0..content.len());
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bench() -> Bench {
    let bench = Bench::new();
    for (seed, name) in [(1, "/d/a"), (2, "/d/b")] {
        bench.server.put(name, Resource::new(content(seed)));
    }
    bench
}

fn files(bench: &Bench) -> Vec<FileSpec> {
    let of = |name: &&str| spec(bench.server.url(&format!("/d/{name}")), bench.name(name));
    ["a", "b"].iter().map(of).collect()
}

fn options(checksums: String) -> TransferOptions {
    TransferOptions {
        no_progress_timeout_s: Some(0),
        checksums: Some(checksums),
        ..TransferOptions::default()
    }
}

fn put_list(server: &Server, text: impl Into<Vec<u8>>) -> String {
    server.put("/d/SHA256SUMS", Resource::bytes(text));
    server.url("/d/SHA256SUMS")
}

fn good(bench: &Bench) -> String {
    let text = format!("{}  ./a\nSHA256 (b) = {}\n", digest(&content(1)), digest(&content(2)));
    put_list(&bench.server, text)
}

fn run(bench: &Bench, options: &TransferOptions) -> bgcopy_core::Result<Vec<TransferredFile>> {
    download(&bench.manager, &files(bench), options, None, None)
}

#[test]
fn files_of_a_list_are_checked_against_it() {
    let bench = bench();
    let done = run(&bench, &options(good(&bench))).expect("done");
    assert!(done.iter().all(|file| file.is_done), "{done:?}");
    bench.must_hold("a", &content(1));
    bench.must_hold("b", &content(2));
    assert!(bench.manager.jobs().expect("jobs").is_empty());

    let text = format!("{}  a\n{}  b\n", digest(&content(1)), digest(&content(3)));
    let list = bench.path("list");
    std::fs::write(&list, text).expect("a list");
    std::fs::remove_file(bench.path("b")).expect("it was there");
    let failed = run(&bench, &options(bench.name("list"))).expect("the job ended");
    let error = failed[1].error.as_ref().expect("an error");
    assert_eq!(error.code, code::BGCOPY_E_HASH_MISMATCH);
    assert!(!bench.path("b").exists(), "a wrong one is not published");
}

#[test]
fn nothing_is_fetched_unless_all_files_are_in_the_list() {
    let bench = bench();
    let refused = |list: String| {
        let error = run(&bench, &options(list)).expect_err("refused");
        assert!(bench.server.requests_for("/d/a").is_empty());
        assert!(bench.manager.jobs().expect("jobs").is_empty(), "no job is made");
        error
    };
    let only = put_list(&bench.server, format!("{}  a\n", digest(&content(1))));
    let error = refused(only);
    assert_eq!(error.code, code::BGCOPY_E_NOT_LISTED);
    assert!(error.message.contains("/d/b"), "{error}");
    let nameless = put_list(&bench.server, digest(&content(1)));
    assert_eq!(refused(nameless).code, code::BGCOPY_E_NOT_LISTED);
    let malformed = put_list(&bench.server, "<html>not found</html>");
    assert_eq!(refused(malformed).code, code::BGCOPY_E_CHECKSUM_LIST);
    let error = refused(bench.server.url("/missing"));
    assert_eq!(error.code, http(404));
    assert!(error.message.contains("/missing"), "{error}");
    assert_eq!(refused(bench.name("missing")).code, code::E_FILE_NOT_FOUND);
    assert_eq!(refused("ftp://127.0.0.1/list".to_owned()).code, code::E_INVALIDARG);
    let bytes = usize::try_from(limit::CHECKSUM_LIST_BYTES_MAX).expect("it fits") + 1;
    let huge = put_list(&bench.server, vec![b'#'; bytes]);
    assert_eq!(refused(huge).code, code::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
}

#[test]
fn a_hash_of_its_own_comes_before_that_of_the_list() {
    let bench = bench();
    let text = format!("{}  a\n{}  b\n", digest(&content(3)), digest(&content(2)));
    let list = put_list(&bench.server, text);
    let mut files = files(&bench);
    let own = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: digest(&content(1)) };
    files[0].expected_hash = Some(own);
    let done = download(&bench.manager, &files, &options(list), None, None).expect("done");
    assert!(done.iter().all(|file| file.is_done), "{done:?}");
}

#[test]
fn only_a_server_of_the_files_gets_what_is_meant_for_it() {
    let bench = bench();
    let other = Server::start().expect("a server");
    let text = format!("{}  a\n{}  b\n", digest(&content(1)), digest(&content(2)));
    let lists = [(put_list(&other, text), &other, false), (good(&bench), &bench.server, true)];
    for (list, server, may_have) in lists {
        let options = TransferOptions {
            custom_headers: Some("X-Key: secret\r\n".to_owned()),
            credentials: Some(("ada".to_owned(), "word".to_owned())),
            ..options(list)
        };
        let done = run(&bench, &options).expect("done");
        assert!(done.iter().all(|file| file.is_done), "{done:?}");
        let requests = server.requests_for("/d/SHA256SUMS");
        assert!(!requests.is_empty());
        for request in requests {
            assert_eq!(request.header("x-key").is_some(), may_have);
            assert_eq!(request.header("authorization").is_some(), may_have);
        }
    }
}

#[test]
fn uploads_have_no_checksums() {
    let bench = Bench::new();
    let error = upload(&bench.manager, &[], &options("list".to_owned()), None, None);
    assert_eq!(error.expect_err("refused").code, code::E_INVALIDARG);
}

/// What `minisign` makes of the list of the contents `one` and `two`, with a key of these tests.
const KEY: &str = "RWRiZ2NvcHlUS3xL6ALKptNOcjrGsqRACwpmzSK2eXDbait7YMmCz1eM";
const OTHER_KEY: &str = "RWRiZ2NvcHlUS5zt0cKx3t8HH0+swoxvTpyLGobXl+ZEui074t4zgfOA";
const LIST: &str = "\
    7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  one\n\
    3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  two\n";
const SIGNATURE: &str = "\
    untrusted comment: signature\n\
    RURiZ2NvcHlUS0Fa42DZvY23mpPsIfboIhopW/oXHlfAk3cVw66Cpe6p71+r6kO+w+DAukomOigcYEn8aV3cy2miIcg+sceLAwc=\n\
    trusted comment: timestamp:1\tfile:SHA256SUMS\n\
    geAg5Gq+PEbH8dKsKgqJ5KKU6v1gQZnxYiCL8fuz/zqcmKVEGbiMcQ0C9ptO0qrx1YOYLySMQ/EXfwyzSCJCCg==\n";
/// Without a hash before it, as older versions made them.
const OLD_SIGNATURE: &str = "\
    untrusted comment: signature\n\
    RWRiZ2NvcHlUS7g+n01FkhelDCm1f+QNRO2d9Ve4NylKHEcGe3eR36Fnc/3fjdwFux9zNXIlVW1OfEknxWYpveXiMNLAULhjTQg=\n\
    trusted comment: timestamp:1\tfile:SHA256SUMS\n\
    KjBUdgJbZazMoNte5iQuqBRhK/lFu59lgEEHFSA3MnTOgTHMo1sHf/mLxg7RYTkZPf7+mPxSiFM5mXTFaKuwAw==\n";

fn signed_bench(signature: &str) -> (Bench, Vec<FileSpec>, TransferOptions) {
    let bench = Bench::new();
    for name in ["one", "two"] {
        bench.server.put(&format!("/{name}"), Resource::bytes(name));
    }
    bench.server.put("/SHA256SUMS", Resource::bytes(LIST));
    bench.server.put("/SHA256SUMS.minisig", Resource::bytes(signature));
    let url = |name: &str| bench.server.url(&format!("/{name}"));
    let files = ["one", "two"].map(|name| spec(url(name), bench.name(name))).to_vec();
    let options =
        TransferOptions { minisign_key: Some(KEY.to_owned()), ..options(url("SHA256SUMS")) };
    (bench, files, options)
}

#[test]
fn a_list_that_its_key_has_signed_is_taken() {
    let file = format!("untrusted comment: minisign public key\n{KEY}\n");
    for (signature, key) in [(SIGNATURE, KEY), (OLD_SIGNATURE, KEY), (SIGNATURE, file.as_str())] {
        let (bench, files, options) = signed_bench(signature);
        let options = TransferOptions { minisign_key: Some(key.to_owned()), ..options };
        let done = download(&bench.manager, &files, &options, None, None).expect("done");
        assert!(done.iter().all(|file| file.is_done), "{done:?}");
        assert_eq!(std::fs::read(bench.path("one")).expect("the file"), b"one");
    }
}

#[test]
fn the_signature_may_be_elsewhere() {
    let (bench, files, options) = signed_bench("no signature");
    std::fs::write(bench.path("sig"), SIGNATURE).expect("a signature");
    let options = TransferOptions { signature: Some(bench.name("sig")), ..options };
    let done = download(&bench.manager, &files, &options, None, None).expect("done");
    assert!(done.iter().all(|file| file.is_done), "{done:?}");
}

#[test]
fn a_list_with_another_signature_is_refused_before_anything_is_fetched() {
    let damaged = SIGNATURE.replace("timestamp:1", "timestamp:2");
    let cases = [
        ("no signature", KEY, LIST),
        (SIGNATURE, OTHER_KEY, LIST),
        (damaged.as_str(), KEY, LIST),
        (SIGNATURE, KEY, &LIST[1..]),
        (OLD_SIGNATURE, KEY, &LIST[1..]),
    ];
    for (signature, key, list) in cases {
        let (bench, files, options) = signed_bench(signature);
        bench.server.put("/SHA256SUMS", Resource::bytes(list));
        let options = TransferOptions { minisign_key: Some(key.to_owned()), ..options };
        let error = download(&bench.manager, &files, &options, None, None).expect_err("refused");
        assert_eq!(error.code, code::BGCOPY_E_SIGNATURE, "{error}");
        assert!(bench.server.requests_for("/one").is_empty());
        assert!(bench.manager.jobs().expect("jobs").is_empty());
    }
}

#[test]
fn a_signature_needs_a_key_and_a_list_and_has_a_limit() {
    let (bench, files, options) = signed_bench(SIGNATURE);
    let refused = |options: TransferOptions| {
        download(&bench.manager, &files, &options, None, None).expect_err("refused").code
    };
    let key = Some("RW".to_owned());
    let some = Some(bench.name("sig"));
    let without_list = TransferOptions { checksums: None, ..options.clone() };
    assert_eq!(refused(without_list), code::E_INVALIDARG);
    let without_key = TransferOptions { minisign_key: None, signature: some, ..options.clone() };
    assert_eq!(refused(without_key), code::E_INVALIDARG);
    assert_eq!(
        refused(TransferOptions { minisign_key: key, ..options.clone() }),
        code::E_INVALIDARG
    );
    bench.server.put("/SHA256SUMS.minisig", Resource::bytes(vec![b'x'; 20_000]));
    assert_eq!(refused(options.clone()), code::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
    let missing = TransferOptions { signature: Some(bench.server.url("/missing")), ..options };
    assert_eq!(refused(missing), http(404));
}
