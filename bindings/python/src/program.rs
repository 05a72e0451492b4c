//! The program `bgcopy` for its command in the package.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Does what a command line says, and returns the exit code for the process, which is
/// to end then. `program` are the words that start it again.
#[pyfunction]
pub fn run_program(py: Python<'_>, program: Vec<OsString>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| bgcopy_cli::main(program, arguments))
}
