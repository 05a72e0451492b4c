//! A child made by fork has nothing of its parent's managers: they answer an
//! error there and never hang, and the parent's go on.
#![cfg(unix)]
#![allow(unsafe_code, reason = "fork has no safe form")]

mod common;

use bgcopy_core::JobType;
use bgcopy_core::vocab::code;

use common::Bench;

/// Seconds after which a child that hangs is ended.
const HANGS_S: u32 = 20;

#[test]
fn a_forked_child_is_told_to_open_its_own_manager() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    let job = guest.create_job("of the parent", JobType::Download).expect("a job");
    // SAFETY: the child calls nothing that needs the threads it does not have,
    // which is what is tested, and leaves without running any destructor of the
    // test.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no child");
    if child == 0 {
        // SAFETY: plain system calls.
        unsafe { libc::alarm(HANGS_S) };
        let refused = [
            bench.manager.jobs().err(),
            guest.jobs().err(),
            job.state().err(),
            guest.next_event(None).err(),
            guest.create_job("of the child", JobType::Download).err(),
        ];
        let all = refused
            .iter()
            .all(|error| error.as_ref().is_some_and(|e| e.code == code::BGCOPY_E_MANAGER_CLOSED));
        drop(job);
        drop(guest);
        bench.manager.close();
        drop(bench.manager);
        // SAFETY: ends the child on the spot.
        unsafe { libc::_exit(i32::from(!all)) };
    }
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "status {status:#x}");
    assert_eq!(job.display_name().expect("the parent goes on"), "of the parent");
    assert!(bench.path("store").join("engine.sock").exists());
    assert_eq!(bench.manager.jobs().expect("the host goes on").len(), 1);
}
