//! `keyed STORE KEY` waits for a line, makes or finds the job with the key, prints its id
//! and whether it was made, and dies without an end of any kind. The test of keys starts
//! several of them.

use bgcopy_core::{JobType, Manager, Options, Result};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [store, key] = words.as_slice() else {
        println!("usage: keyed STORE KEY");
        return Ok(());
    };
    let manager = Manager::open(Options::new(store))?;
    println!("open");
    let mut line = String::new();
    _ = std::io::stdin().read_line(&mut line);
    let (job, is_new) = manager.create_job_with_key(key, "keyed", JobType::Download)?;
    println!("{} {is_new}", job.id());
    std::process::abort();
}
