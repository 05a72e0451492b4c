//! A descriptor that can be read from while events wait.

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Result};

#[cfg(unix)]
pub(crate) use unix::Signal;

#[cfg(unix)]
mod unix {
    use std::io::{PipeReader, PipeWriter, Read, Write};
    use std::os::fd::AsRawFd;

    use super::*;

    /// A pipe that holds one byte while events wait.
    pub(crate) struct Signal {
        reader: PipeReader,
        writer: PipeWriter,
        is_raised: bool,
    }

    impl Signal {
        pub(crate) fn new() -> Result<Self> {
            let (reader, writer) = std::io::pipe().map_err(no_pipe)?;
            Ok(Self { reader, writer, is_raised: false })
        }

        pub(crate) fn fd(&self) -> i32 {
            self.reader.as_raw_fd()
        }

        pub(crate) fn set(&mut self, raised: bool) -> Result<()> {
            match (self.is_raised, raised) {
                (false, true) => self.writer.write_all(&[1]).map_err(no_pipe)?,
                (true, false) => self.reader.read_exact(&mut [0]).map_err(no_pipe)?,
                (true, true) | (false, false) => {}
            }
            self.is_raised = raised;
            Ok(())
        }
    }

    fn no_pipe(error: std::io::Error) -> Error {
        Error::new(code::E_TOO_MANY_OPEN_FILES, format!("no descriptor for events: {error}"))
    }
}

#[cfg(not(unix))]
pub(crate) struct Signal;

#[cfg(not(unix))]
impl Signal {
    pub(crate) fn new() -> Result<Self> {
        Err(Error::new(code::E_NOTIMPL, "this system has no descriptor to wait on"))
    }

    pub(crate) fn fd(&self) -> i32 {
        -1
    }

    pub(crate) fn set(&mut self, _raised: bool) -> Result<()> {
        Ok(())
    }
}
