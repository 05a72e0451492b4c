//! How the program was started.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::output::quoted;

/// The words of the command line.
pub struct Program {
    /// Those that start the program.
    pub words: Vec<OsString>,
    pub arguments: Vec<OsString>,
}

impl Program {
    /// This very command, as a shell would take it.
    pub fn command_line(&self) -> String {
        let words = self.words.iter().chain(&self.arguments);
        words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// The program once more, with other arguments.
    pub fn again(&self) -> io::Result<Command> {
        let (file, words) = self.words.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(file);
        command.args(words);
        Ok(command)
    }
}
