//! A file is published, and deleted, only once that survives a power cut.

use std::path::Path;

use crate::disk::{Disk, Marks, Verification};
use crate::store::Faults;

use crate::engine::pool::{Publish, Report, Temporary, publish, remove};

fn finished(disk: &Disk, folder: &Path) -> Publish {
    let (temporary, target) = (folder.join("temporary"), folder.join("target"));
    std::fs::write(&temporary, "abc").expect("written");
    let Verification::Good { identity, version } =
        disk.verify(&temporary, 3, Marks::default(), None).expect("verified")
    else {
        panic!("not good");
    };
    Publish {
        file: 0,
        temporary,
        target,
        length: 3,
        identity: Some(identity),
        version,
        modified_ms: None,
        umask: None,
    }
}

#[test]
fn a_file_is_published_only_once_its_folder_is_synced() {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let files = [finished(&disk, folder.path())];
    // Two operations move the file; the third is the sync of its folder.
    faults.set(3);
    let Report::Published { files: published, error } = publish(&disk, &files) else {
        panic!("another report");
    };
    assert!(folder.path().join("target").exists(), "it was moved");
    assert_eq!(published, Vec::<u32>::new(), "and yet may be gone after a power cut");
    assert_eq!(error.map(|(file, ..)| file), Some(0));
    let Report::Published { files: published, error } = publish(&disk, &files) else {
        panic!("another report");
    };
    assert_eq!((published, error), (vec![0], None));
}

#[test]
fn temporary_files_are_deleted_only_once_their_folder_is_synced() {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let temporaries = |was_written| {
        let temporary = |name| Temporary { path: folder.path().join(name), was_written };
        ["a", "b"].map(temporary)
    };
    let files = temporaries(true);
    for file in &files {
        std::fs::write(&file.path, "abc").expect("written");
    }
    // Two operations look for the files; the third is the sync of their folder.
    for what in ["they may come back", "they still may, although nothing is there any more"] {
        faults.set(3);
        assert!(matches!(remove(&disk, &files), Report::Removed { undeleted: 2 }), "{what}");
        assert!(faults.reached() && files.iter().all(|file| !file.path.exists()));
    }
    assert!(matches!(remove(&disk, &files), Report::Removed { undeleted: 0 }));
    // Where nothing was written nothing is synced: it would cost each Cancel its time.
    faults.set(3);
    assert!(matches!(remove(&disk, &temporaries(false)), Report::Removed { undeleted: 0 }));
    assert!(!faults.reached());
}
