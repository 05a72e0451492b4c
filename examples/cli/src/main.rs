//! The program `bgcopy`, which is a library: the Python package has it as well.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = env::args_os();
    let program = words.next().unwrap_or_else(|| "bgcopy".into());
    bgcopy_cli::main(vec![program], words.collect()).into()
}
