//! How the program was started.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;

use crate::output::quoted;
use crate::passwords::HiddenWord;

/// The words of the command line.
pub struct Program {
    /// Those that start the program.
    pub words: Vec<OsString>,
    pub arguments: Vec<OsString>,
}

impl Program {
    /// This very command, as a shell would take it, without the passwords. Where the
    /// program is a file, it is shown by the name that people type, without its folder.
    pub fn command_line(&self, hidden: &[HiddenWord]) -> String {
        let started = match self.words.as_slice() {
            [file] => vec![Path::new(file).file_name().unwrap_or(file)],
            words => words.iter().map(OsString::as_os_str).collect(),
        };
        let arguments = self.arguments.iter().map(OsString::as_os_str);
        let words = started.into_iter().chain(arguments);
        words.map(|word| quoted(&without(word, hidden))).collect::<Vec<_>>().join(" ")
    }

    /// The program once more, with other arguments.
    pub fn again(&self) -> io::Result<Command> {
        let (file, words) = self.words.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(file);
        command.args(words);
        Ok(command)
    }
}

fn without<'a>(word: &'a OsStr, hidden: &[HiddenWord]) -> Cow<'a, OsStr> {
    let rest = |one: &HiddenWord| {
        let rest = word.to_str()?.strip_suffix(&one.word)?;
        (rest.is_empty() || !one.is_whole).then_some(rest)
    };
    match hidden.iter().find_map(|one| Some((rest(one)?, &one.shown))) {
        Some((rest, shown)) => Cow::Owned(format!("{rest}{shown}").into()),
        None => Cow::Borrowed(word),
    }
}
