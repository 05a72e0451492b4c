//! What is owed to the disk.

use std::path::Path;

use crate::disk::{Disk, Finished, Settled};
use crate::store::Faults;

use crate::engine::pool::{Release, Report, release};

fn finished(disk: &Disk, folder: &Path) -> Release {
    let (temporary, target) = (folder.join("temporary"), folder.join("target"));
    std::fs::write(&temporary, "abc").expect("written");
    let Settled::Good { identity } = disk.settle(&temporary, 3, None).expect("settled") else {
        panic!("not good");
    };
    let finished = Finished { length: 3, identity: Some(identity) };
    Release { file: 0, temporary, target, finished, modified_ms: None, umask: None }
}

#[test]
fn a_file_is_released_only_once_its_folder_is_synced() {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let files = [finished(&disk, folder.path())];
    // Two operations move the file; the third is the sync of its folder.
    faults.set(3);
    let Report::Released { files: released, error } = release(&disk, &files) else {
        panic!("another report");
    };
    assert!(folder.path().join("target").exists(), "it was moved");
    assert_eq!(released, Vec::<u32>::new(), "and yet may be gone after a power cut");
    assert_eq!(error.map(|(file, ..)| file), Some(0));
    let Report::Released { files: released, error } = release(&disk, &files) else {
        panic!("another report");
    };
    assert_eq!((released, error), (vec![0], None));
}
