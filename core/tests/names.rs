//! Names of files that are no UTF-8, or hold what a terminal acts on.
#![cfg(unix)]

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bgcopy_core::{
    JobPropertyId, JobState, JobType, PropertyValue, UploadProtocol, local_name, path_of,
};
use bgcopy_test_server::{Area, Resource};

use common::{Bench, content, stopped};

const NAMES: [&[u8]; 3] = [b"caf\xE9 \xFF", "caf\u{e9}".as_bytes(), b"a\tb\n\x1Bc"];

fn path(bench: &Bench, name: &[u8]) -> PathBuf {
    bench.folder.path().join(OsStr::from_bytes(name))
}

#[test]
fn every_name_of_the_system_can_be_downloaded_to() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    for name in NAMES {
        let folder = path(&bench, &[b"in ", name].concat());
        std::fs::create_dir(&folder).expect("a folder");
        let target = folder.join(OsStr::from_bytes(name));
        let job = bench.manager.create_job("test", JobType::Download).expect("a job");
        let named = local_name(&target).expect("a name");
        job.add_file(&bench.server.url("/file"), &named).expect("added");
        assert_eq!(job.file(0).expect("a file").local_name().expect("a name"), named);
        assert_eq!(path_of(&named), target);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
        let temporary = path_of(&job.file(0).expect("a file").temporary_name().expect("a name"));
        assert_eq!(temporary.parent(), Some(folder.as_path()));
        job.complete().expect("completed");
        assert!(std::fs::read(&target).expect("a file") == content(1).slice(0..common::LENGTH));
    }
}

#[test]
fn every_file_of_the_system_can_be_sent() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new());
    for (name, url) in NAMES.iter().zip(["caf%E9%20%FF", "caf%C3%A9", "a%09b%0A%1Bc"]) {
        let source = path(&bench, name);
        std::fs::write(&source, name).expect("a source");
        let named = local_name(&source).expect("a name");
        let files = vec![common::spec(bench.server.url("/up/"), named)];
        let jobs = bench.manager.create_uploads(files).expect("a job");
        let bits = PropertyValue::Dword(UploadProtocol::Bits.as_u32());
        jobs[0].set_property(JobPropertyId::UploadProtocol.as_u32(), bits).expect("set");
        jobs[0].resume().expect("resumed");
        assert_eq!(stopped(&jobs[0]), JobState::Transferred, "{:?}", jobs[0].error());
        let area = bench.server.area("/up/");
        assert_eq!(area.files[&format!("/up/{url}")].bytes(), *name);
        assert!(!jobs[0].display_name().expect("a name").contains(char::is_control));
    }
}
