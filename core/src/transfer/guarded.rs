//! Keeps a panic in curl's callbacks to the request that it happened in.
//!
//! The crate `curl` catches such a panic, too, but with the multi interface it never hands it on, and
//! refuses each later callback of the thread: every request would fail from then on, with a misleading
//! error.

use std::io::SeekFrom;
use std::ops::{Deref, DerefMut};

use curl::easy::{Handler, InfoType, ReadError, SeekResult, WriteError};

use crate::protocol::Failure;
use crate::vocab::{Error, catch_panic};

use super::errors::of_file;

/// The handler of one request. After a panic it is not called any more, and curl ends the request.
#[derive(Debug, Default)]
pub struct Guarded<H> {
    handler: H,
    panic: Option<Error>,
}

impl<H: Default> Guarded<H> {
    /// Lets the handler do something. The failure is that of the first panic.
    pub fn run<T>(&mut self, body: impl FnOnce(&mut H) -> T) -> Result<T, Failure> {
        if let Some(error) = &self.panic {
            return Err(of_file(error.clone()));
        }
        catch_panic(|| body(&mut self.handler)).map_err(|error| {
            self.panic = Some(error.clone());
            of_file(error)
        })
    }

    /// Lets go of everything the handler held.
    pub fn clear(&mut self) {
        self.panic = None;
        // What cannot even be dropped is lost with its request.
        _ = self.run(|handler| *handler = H::default());
        self.panic = None;
    }
}

impl<H> Deref for Guarded<H> {
    type Target = H;

    fn deref(&self) -> &H {
        &self.handler
    }
}

impl<H> DerefMut for Guarded<H> {
    fn deref_mut(&mut self) -> &mut H {
        &mut self.handler
    }
}

impl<H: Handler + Default> Handler for Guarded<H> {
    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        // Fewer bytes than there are end the request.
        self.run(|handler| handler.write(data)).unwrap_or(Ok(0))
    }

    fn read(&mut self, data: &mut [u8]) -> Result<usize, ReadError> {
        self.run(|handler| handler.read(data)).unwrap_or(Err(ReadError::Abort))
    }

    fn seek(&mut self, whence: SeekFrom) -> SeekResult {
        self.run(|handler| handler.seek(whence)).unwrap_or(SeekResult::Fail)
    }

    fn header(&mut self, line: &[u8]) -> bool {
        self.run(|handler| handler.header(line)).unwrap_or(false)
    }

    fn progress(&mut self, total: f64, received: f64, to_send: f64, sent: f64) -> bool {
        self.run(|handler| handler.progress(total, received, to_send, sent)).unwrap_or(false)
    }

    fn debug(&mut self, kind: InfoType, data: &[u8]) {
        // It cannot end the request; the next callback does.
        _ = self.run(|handler| handler.debug(kind, data));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::code;

    /// Panics when a byte of a body comes.
    #[derive(Debug, Default)]
    struct Fragile {
        lines: u32,
    }

    impl Handler for Fragile {
        #[expect(clippy::panic, reason = "the panic is what is tested")]
        fn write(&mut self, _: &[u8]) -> Result<usize, WriteError> {
            panic!("no space for a byte")
        }

        fn header(&mut self, _: &[u8]) -> bool {
            self.lines += 1;
            true
        }
    }

    #[test]
    fn a_panic_ends_its_request_and_is_its_failure() {
        let mut guarded = Guarded::<Fragile>::default();
        assert!(guarded.header(b"HTTP/1.1 200 OK\r\n"));
        assert_eq!(guarded.write(b"x").ok(), Some(0), "curl ends the request");
        assert!(!guarded.header(b"late\r\n") && !guarded.progress(0.0, 0.0, 0.0, 0.0));
        assert!(guarded.read(&mut [0]).is_err());
        assert!(matches!(guarded.seek(SeekFrom::Start(0)), SeekResult::Fail));
        assert_eq!(guarded.lines, 1, "it is not called any more");
        let failure = guarded.run(|_| ()).expect_err("the panic is kept");
        assert_eq!((failure.code, failure.transient), (code::E_UNEXPECTED, false));
        assert_eq!(failure.message, "internal error: no space for a byte");

        guarded.clear();
        assert!(guarded.run(|fragile| fragile.lines).is_ok_and(|lines| lines == 0));
    }
}
