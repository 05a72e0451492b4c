//! The native half of the Python package `bgcopy`: one class per file, each a
//! frozen wrapper of one handle of the core.
//!
//! Nothing is decided here. A method takes its arguments apart, makes one call
//! without the interpreter lock, and puts the answer together. Plain data are
//! the data classes of `bgcopy.records`, words the enumerations of
//! `bgcopy._vocab`, and failures the exceptions of `bgcopy.errors`.

mod arguments;
mod engine;
mod error;
mod file;
mod job;
mod manager;
mod oneshot;
mod owned;
mod program;
mod raw_reader;
mod reader;
mod records;
mod source;
mod vocab;
mod wait;

/// The native half of the package.
#[pyo3::pymodule]
mod _bgcopy {
    #[pymodule_export]
    use super::error::report_unraisable;
    #[pymodule_export]
    use super::file::File;
    #[pymodule_export]
    use super::job::Job;
    #[pymodule_export]
    use super::manager::Manager;
    #[pymodule_export]
    use super::oneshot::{parse_checksum_list, transfer};
    #[pymodule_export]
    use super::program::run_program;
    #[pymodule_export]
    use super::raw_reader::RawReader;
    #[pymodule_export]
    use super::reader::Reader;
    #[pymodule_export]
    use super::source::Source;
    #[pymodule_export]
    use super::vocab::{code_name, code_text};
}
