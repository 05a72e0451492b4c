//! The rules of temporary files.

mod writer;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use crate::vocab::{DigestAlgorithm, code};

use super::*;

struct Place {
    disk: Disk,
    folder: tempfile::TempDir,
}

/// The marks of a file that nothing writes to.
fn as_left(version: Option<&str>) -> Marks<'_> {
    Marks { version, ..Marks::default() }
}

fn place() -> Place {
    Place { disk: Disk::new(Faults::default()), folder: tempfile::tempdir().expect("a folder") }
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ready(&self, path: &Path, held: u64) -> TempFile {
        match self.disk.open_temporary(path, held, Marks::default()).expect("opened") {
            OpenedTemporary::Ready(file) => file,
            OpenedTemporary::Lost => panic!("lost"),
        }
    }

    fn is_lost(&self, path: &Path, held: u64) -> bool {
        matches!(self.disk.open_temporary(path, held, Marks::default()), Ok(OpenedTemporary::Lost))
    }
}

#[test]
fn a_temporary_file_is_private() {
    let place = place();
    let path = place.path("t");
    place.ready(&path, 0);
    assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
}

#[test]
fn nothing_is_written_through_a_symbolic_link() {
    let place = place();
    let (path, other) = (place.path("t"), place.path("other"));
    fs::write(&other, "precious").expect("written");
    symlink(&other, &path).expect("linked");
    let error = place.disk.open_temporary(&path, 0, Marks::default()).expect_err("a link");
    assert_eq!(error.code, code::E_FILE_EXISTS);
    assert!(place.is_lost(&path, 4));
    assert!(!place.disk.remove_temporary(&path).expect("not ours, so nothing to do"));
    assert!(fs::symlink_metadata(&path).is_ok(), "the link is not ours to delete");
    assert_eq!(fs::read(&other).expect("there"), b"precious");
}

#[test]
fn a_file_with_another_name_is_not_ours() {
    let place = place();
    let (path, other) = (place.path("t"), place.path("other"));
    fs::write(&other, "precious").expect("written");
    fs::hard_link(&other, &path).expect("linked");
    assert!(place.disk.open_temporary(&path, 0, Marks::default()).is_err());
    assert_eq!(fs::read(&other).expect("there"), b"precious");
}

#[test]
fn missing_or_shortened_files_are_lost() {
    let place = place();
    let path = place.path("t");
    assert!(place.is_lost(&path, 1));
    fs::write(&path, "123").expect("written");
    assert!(place.is_lost(&path, 4));
    place.ready(&path, 3);
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("a folder");
    assert!(place.disk.open_temporary(&path, 1, Marks::default()).is_err());
}

#[test]
fn what_a_crash_left_is_taken_over_empty() {
    let place = place();
    let path = place.path("t");
    fs::write(&path, "old").expect("written");
    place.ready(&path, 0);
    assert_eq!(fs::metadata(&path).expect("there").len(), 0);
}

#[test]
fn an_absurd_size_is_a_full_disk() {
    let place = place();
    let file = place.ready(&place.path("t"), 0);
    let free = platform::free_bytes(&file.file).expect("told").expect("told");
    let error = place.disk.reserve(&file, free + (1 << 30)).expect_err("no such room");
    assert_eq!(error.code, code::E_DISK_FULL);
    let error = place.disk.reserve(&file, u64::MAX).expect_err("no such file");
    assert_eq!(error.code, code::E_FILE_TOO_LARGE);
    place.disk.reserve(&file, 1 << 20).expect("a mebibyte");
    assert_eq!(fs::metadata(place.path("t")).expect("there").len(), 0, "the length tells nothing");
}

#[test]
fn hashes_are_checked() {
    let place = place();
    let path = place.path("t");
    fs::write(&path, "abc and more").expect("written");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                  2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    let blake3 = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    for (algorithm, digest) in [
        (DigestAlgorithm::Sha256, sha256),
        (DigestAlgorithm::Sha512, sha512),
        (DigestAlgorithm::Blake3, blake3),
        (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (DigestAlgorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
    ] {
        let verified = place
            .disk
            .verify(&path, 3, Marks::default(), Some((algorithm, digest)))
            .expect("verified");
        assert!(matches!(verified, Verification::Good { .. }), "{algorithm:?}: {verified:?}");
        let wrong = "0".repeat(digest.len());
        let verified = place
            .disk
            .verify(&path, 3, Marks::default(), Some((algorithm, &wrong)))
            .expect("verified");
        assert_eq!(verified, Verification::HashMismatch { found: digest.to_owned() });
    }
    assert_eq!(fs::read(&path).expect("there"), b"abc", "the surplus is cut");
    assert_eq!(
        place.disk.verify(&path, 4, Marks::default(), None).expect("verified"),
        Verification::Short
    );
}

#[test]
fn a_publish_can_be_repeated_after_a_crash() {
    let place = place();
    let (path, target) = (place.path("t"), place.path("target"));
    fs::write(&path, "abc").expect("written");
    let Verification::Good { identity, .. } =
        place.disk.verify(&path, 3, Marks::default(), None).expect("verified")
    else {
        panic!("not good");
    };
    let publish = |length, identity| {
        let finished = Finished { length, identity, version: None };
        place.disk.publish(&path, &target, finished, Some(1_000_000_000_000), None)
    };
    publish(3, Some(identity)).expect("published");
    publish(3, Some(identity)).expect("already published");
    for (length, identity) in [(3, None), (2, Some(identity)), (3, Some((identity.0, 0)))] {
        let error = publish(length, identity).expect_err("no proof");
        assert_eq!(error.code, code::BG_E_LOCAL_FILE_CHANGED);
    }
    let metadata = fs::metadata(&target).expect("there");
    assert_eq!(metadata.mtime(), 1_000_000_000);
    assert_eq!(metadata.mode() & 0o777, 0o666 & !place.disk.umask);
}

#[test]
fn a_folder_in_the_way_keeps_the_temporary_file() {
    let place = place();
    let (path, target) = (place.path("t"), place.path("target"));
    fs::write(&path, "abc").expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("private");
    fs::create_dir(&target).expect("a folder");
    let Verification::Good { identity, .. } =
        place.disk.verify(&path, 3, Marks::default(), None).expect("verified")
    else {
        panic!("not good");
    };
    let finished = Finished { length: 3, identity: Some(identity), version: None };
    let error = place.disk.publish(&path, &target, finished, None, None).expect_err("in the way");
    assert_eq!(error.code, code::E_DIRECTORY);
    assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
}

#[test]
fn what_was_changed_after_it_was_finished_is_never_published() {
    let place = place();
    let (path, target) = (place.path("t"), place.path("target"));
    fs::write(&path, "abc").expect("written");
    let Verification::Good { identity, .. } =
        place.disk.verify(&path, 3, Marks::default(), None).expect("verified")
    else {
        panic!("not good");
    };
    let finished = Finished { length: 3, identity: Some(identity), version: None };
    let refused = || {
        let error = place.disk.publish(&path, &target, finished, None, None).expect_err("changed");
        assert_eq!(error.code, code::BG_E_LOCAL_FILE_CHANGED);
        assert!(!target.exists());
    };
    fs::write(&path, "ab").expect("shortened");
    refused();
    fs::rename(&path, place.path("kept")).expect("moved away, so that its inode stays taken");
    fs::write(&path, "xyz").expect("replaced");
    refused();
    fs::remove_file(&path).expect("deleted");
    symlink(place.path("kept"), &path).expect("a link");
    refused();
}

/// Whether the file system here tells what these rules need.
fn is_exact(place: &Place) -> bool {
    platform::is_exact(&fs::File::open(place.folder.path()).expect("a folder"))
}

fn write_over(path: &Path, bytes: &[u8]) {
    let file = fs::OpenOptions::new().write(true).open(path).expect("opened");
    platform::write_all_at(&file, bytes, 0).expect("written");
    let later = std::time::SystemTime::now() + Duration::from_secs(1);
    file.set_modified(later).expect("another tick of the clock");
}

#[test]
fn what_somebody_else_wrote_to_meanwhile_is_written_no_more() {
    let place = place();
    let path = place.path("t");
    let file = place.ready(&path, 0);
    file.write_at(b"abc", 0).expect("written");
    file.write_at(b"def", 3).expect("written");
    place.disk.reserve(&file, 6).expect("room");
    write_over(&path, b"x");
    if is_exact(&place) {
        let error = file.write_at(b"ghi", 6).expect_err("changed");
        assert_eq!(error.code, code::BG_E_LOCAL_FILE_CHANGED);
        let left = file.version().expect("told");
        assert!(!place.disk.is_as_left(&path, &left).expect("looked at"));
    }
}

#[test]
fn what_is_as_it_was_left_is_told_from_what_is_not() {
    let place = place();
    let (path, other) = (place.path("t"), place.path("other"));
    let file = place.ready(&path, 0);
    file.write_at(b"abc", 0).expect("written");
    let Some(left) = file.version().filter(|_| is_exact(&place)) else {
        return;
    };
    place.disk.sync(&file).expect("synced");
    assert!(place.disk.is_as_left(&path, &left).expect("looked at"), "a sync changes nothing");
    let verified = place.disk.verify(&path, 3, as_left(Some(&left)), None).expect("verified");
    let Verification::Good { version: Some(version), .. } = verified else {
        panic!("{verified:?}");
    };
    assert_eq!(version, left);
    fs::rename(&path, &other).expect("moved away, so that its inode stays taken");
    fs::write(&path, b"abc").expect("replaced by the same");
    assert!(!place.disk.is_as_left(&path, &left).expect("looked at"));
    let verified = place.disk.verify(&path, 3, as_left(Some(&left)), None).expect("verified");
    assert!(matches!(verified, Verification::Changed { .. }), "{verified:?}");
}

#[test]
fn a_file_that_replaced_ours_is_not_taken_for_it() {
    let place = place();
    let (path, other) = (place.path("t"), place.path("other"));
    let file = place.ready(&path, 0);
    let Some(birth) = file.birth().filter(|_| is_exact(&place)) else {
        return;
    };
    let marks = Marks { birth: Some(&birth), ..Marks::default() };
    let opened = || place.disk.open_temporary(&path, 3, marks).expect("opened");
    let verified = || place.disk.verify(&path, 3, marks, None).expect("verified");
    file.write_at(b"abc", 0).expect("written");
    assert!(matches!(opened(), OpenedTemporary::Ready(_)), "it is the same one after a write");
    assert!(matches!(verified(), Verification::Good { .. }));
    fs::write(&other, b"xyz").expect("written");
    fs::rename(&other, &path).expect("replaced");
    assert!(matches!(opened(), OpenedTemporary::Lost));
    assert!(matches!(verified(), Verification::Changed { .. }));
    // The next file may get the inode of one that is gone: not its birth.
    drop(file);
    for _ in 0..20 {
        fs::remove_file(&path).expect("removed");
        fs::write(&path, b"xyz").expect("made anew");
        assert!(matches!(opened(), OpenedTemporary::Lost));
    }
}

#[test]
fn an_open_file_is_checked_by_its_path_once_it_is_not_as_it_was_left() {
    let place = place();
    let (path, other) = (place.path("t"), place.path("other"));
    let open = place.ready(&path, 0);
    open.write_at(b"abc", 0).expect("written");
    let left = open.version();
    let verify = |hash: Option<&str>| {
        let hash = hash.map(|digest| (DigestAlgorithm::Sha256, digest));
        place.disk.verify_open(&open, &path, 3, as_left(left.as_deref()), hash).expect("verified")
    };
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let Verification::Good { version, .. } = verify(Some(sha256)) else {
        panic!("it is as it was left");
    };
    assert_eq!(version, left);
    assert!(matches!(verify(Some(&"0".repeat(64))), Verification::HashMismatch { .. }));
    if is_exact(&place) {
        fs::rename(&path, &other).expect("moved away");
        assert_eq!(verify(None), Verification::Short, "nothing is there any more");
        fs::write(&path, b"abc").expect("replaced by the same");
        assert!(matches!(verify(None), Verification::Changed { .. }));
        fs::rename(&other, &path).expect("moved back");
        write_over(&path, b"x");
        assert!(matches!(verify(None), Verification::Changed { .. }));
        let replaced = place.ready(&place.path("u"), 0);
        replaced.write_at(b"abc", 0).expect("written");
        fs::write(&other, b"xyz").expect("written");
        fs::rename(&other, place.path("u")).expect("replaced before it was left");
        let left = replaced.version();
        let verified =
            place.disk.verify_open(&replaced, &place.path("u"), 3, as_left(left.as_deref()), None);
        assert!(matches!(verified, Ok(Verification::Changed { .. })), "{verified:?}");
    }
}

#[test]
fn a_hole_is_no_part_of_a_file() {
    let place = place();
    let path = place.path("t");
    let file = place.ready(&path, 0);
    let length = 256 * 1024;
    place.disk.reserve(&file, length).expect("room");
    file.write_at(&vec![0; length as usize], 0).expect("zeros are bytes as others are");
    let verify = || place.disk.verify(&path, length, Marks::default(), None).expect("verified");
    assert!(matches!(verify(), Verification::Good { .. }));
    if is_exact(&place) {
        let other = fs::OpenOptions::new().write(true).open(&path).expect("opened");
        other.set_len(1000).expect("cut");
        other.set_len(length).expect("and of the same length again");
        assert!(matches!(verify(), Verification::Changed { .. }));
    }
}

#[test]
fn what_was_written_over_after_the_check_is_never_published() {
    let place = place();
    let (path, target) = (place.path("t"), place.path("target"));
    fs::write(&path, "abc").expect("written");
    let verified = place.disk.verify(&path, 3, Marks::default(), None).expect("verified");
    let Verification::Good { identity, version } = verified else {
        panic!("{verified:?}");
    };
    write_over(&path, b"xyz");
    let finished = Finished { length: 3, identity: Some(identity), version: version.as_deref() };
    let published = place.disk.publish(&path, &target, finished, None, None);
    if is_exact(&place) {
        assert_eq!(published.expect_err("changed").code, code::BG_E_LOCAL_FILE_CHANGED);
        assert!(!target.exists());
    }
}

#[test]
fn a_source_is_a_regular_file() {
    let place = place();
    let pipe = place.path("pipe");
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0)
        .expect("a pipe");
    for (path, code) in [
        (pipe.as_path(), code::E_INVALIDARG),
        (Path::new("/dev/zero"), code::E_INVALIDARG),
        (place.path("").as_path(), code::E_DIRECTORY),
        (place.path("none").as_path(), code::E_FILE_NOT_FOUND),
    ] {
        assert_eq!(Source::open(path).expect_err("no source").code, code, "{}", path.display());
    }
    let path = place.path("source");
    fs::write(&path, "abc").expect("written");
    let source = Source::open(&path).expect("a source");
    let modified = fs::metadata(&path).expect("there").modified().expect("a time");
    fs::write(&path, "abd").expect("changed");
    let file = fs::File::options().write(true).open(&path).expect("opened");
    file.set_modified(modified).expect("set back");
    assert!(!source.is_unchanged(), "no time that is set back hides a change");
}

#[test]
fn deleting_what_is_not_there_is_done() {
    let place = place();
    for nothing in ["nothing", "no/folder"] {
        assert!(!place.disk.remove_temporary(&place.path(nothing)).expect("done"), "{nothing}");
    }
    place.disk.sync_deletions(&place.path("no")).expect("done");
    fs::write(place.path("t"), "x").expect("written");
    assert!(place.disk.remove_temporary(&place.path("t")).expect("deleted"));
    assert!(!place.path("t").exists());
}

/// A pipe, a socket, and links to them and to a device.
fn special_ones(place: &Place) -> Vec<PathBuf> {
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let pipe = place.path("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0)
        .expect("a pipe");
    let socket = place.path("socket");
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    let mut found = Vec::new();
    for (name, to) in [("a", pipe.as_path()), ("b", &socket), ("c", Path::new("/dev/null"))] {
        symlink(to, place.path(name)).expect("linked");
        found.push(place.path(name));
    }
    found.extend([pipe, socket]);
    found
}

#[test]
fn special_files_are_never_replaced() {
    let place = place();
    for special in special_ones(&place) {
        let name = special.to_string_lossy();
        let error = place.disk.check_local_name(&name).expect_err("not a file");
        assert_eq!(error.code, code::E_INVALIDARG, "{name}");
        assert!(error.message.contains("a device, a pipe or a socket"), "{error}");
        let path = place.path("t");
        fs::write(&path, "abc").expect("written");
        let verified = place.disk.verify(&path, 3, Marks::default(), None).expect("verified");
        let Verification::Good { identity, .. } = verified else {
            panic!("{verified:?}");
        };
        let before = fs::symlink_metadata(&special).expect("there");
        let finished = Finished { length: 3, identity: Some(identity), version: None };
        let error =
            place.disk.publish(&path, &special, finished, None, None).expect_err("in the way");
        assert_eq!(error.code, code::E_INVALIDARG, "{name}");
        let after = fs::symlink_metadata(&special).expect("still there");
        assert_eq!(before.ino(), after.ino(), "{name}");
    }
    symlink(place.path("nothing"), place.path("dangling")).expect("linked");
    place.disk.check_local_name(&place.path("dangling").to_string_lossy()).expect("a name");
}

#[test]
fn one_table_says_which_failures_pass() {
    let code_of = |number| codes::code_of(&std::io::Error::from_raw_os_error(number));
    for passing in [libc::ENOSPC, libc::EDQUOT, libc::EMFILE, libc::ENFILE, libc::EIO, libc::EBUSY]
    {
        assert!(is_transient(code_of(passing)), "{passing}");
    }
    for lasting in [libc::EFBIG, libc::EACCES, libc::EROFS, libc::ENAMETOOLONG, libc::ENOENT] {
        assert!(!is_transient(code_of(lasting)), "{lasting}");
    }
    assert_eq!(code_of(libc::EFBIG), code::E_FILE_TOO_LARGE);
}

#[test]
fn local_names_are_checked() {
    let place = place();
    fs::create_dir(place.path("folder")).expect("a folder");
    fs::write(place.path("file"), "x").expect("a file");
    let name = |name: &str| place.path(name).to_string_lossy().into_owned();
    place.disk.check_local_name(&name("new")).expect("good");
    place.disk.check_local_name(&name("file")).expect("replaced at Complete");
    for (bad, code) in [
        ("".to_owned(), code::E_INVALIDARG),
        ("relative".to_owned(), code::E_INVALIDARG),
        ("/".to_owned(), code::E_INVALIDARG),
        (name("a/../b"), code::E_INVALIDARG),
        (name("folder/"), code::E_INVALIDARG),
        (name("a\0b"), code::E_INVALIDARG),
        (name(&"x".repeat(256)), code::E_INVALIDARG),
        (name("missing/x"), code::E_PATH_NOT_FOUND),
        (name("file/x"), code::E_PATH_NOT_FOUND),
        (name("folder"), code::E_DIRECTORY),
    ] {
        let error = place.disk.check_local_name(&bad).expect_err("bad");
        assert_eq!(error.code, code, "{bad:?}");
    }
}
