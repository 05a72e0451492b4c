//! How a command ends when it does not end well.

use bgcopy_core::{Error, HResult};

use crate::output;

/// What a command returns.
pub type Outcome<T = ()> = Result<T, Failure>;

pub const EXIT_SUCCESS: u8 = 0;
const EXIT_FAILED: u8 = 1;
/// The command line is wrong.
pub const EXIT_USAGE: u8 = 2;
/// 128 plus the number of SIGINT, as shells say it.
pub const EXIT_INTERRUPTED: u8 = 130;

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// It failed; the text is complete.
    Failed(String),
    /// It cannot be understood.
    Usage(String),
    /// The user stopped it; the text says how to go on, if there is anything to say.
    Interrupted(String),
}

impl Failure {
    pub fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    pub fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// Says on stderr what happened.
    pub fn tell(&self) {
        match self {
            Self::Failed(text) => output::complain(&format!("bgcopy: {text}")),
            Self::Usage(text) => {
                output::complain(&format!("bgcopy: {text}\nSee `bgcopy --help`."));
            }
            Self::Interrupted(text) if text.is_empty() => {}
            Self::Interrupted(text) => output::complain(text),
        }
    }

    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => EXIT_FAILED,
            Self::Usage(_) => EXIT_USAGE,
            Self::Interrupted(_) => EXIT_INTERRUPTED,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(describe(error.code, &error.message))
    }
}

/// The code in hexadecimal digits, its name and its text, and what was said
/// about this very case.
pub fn describe(code: HResult, message: &str) -> String {
    let text = code.text();
    if message.is_empty() || message == text {
        format!("{code}: {text}")
    } else {
        format!("{code}: {text}\n  {}", output::in_line(message))
    }
}
