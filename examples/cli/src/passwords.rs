//! Passwords: where they are read from, and how they are kept out of sight.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use bgcopy_core::vocab::limit;

use crate::failure::{Failure, Outcome};
use crate::network_options::NetworkOptions;
use crate::output;

const PASSWORD: &str = "BGCOPY_PASSWORD";
const PROXY_PASSWORD: &str = "BGCOPY_PROXY_PASSWORD";

/// More bytes than the longest password has.
const LINE_MAX: u64 = 4 * limit::PASSWORD_CHARS_MAX as u64 + 2;

/// A name with its password.
pub struct Login {
    pub user_name: String,
    pub password: String,
}

/// Of `NAME[:PASSWORD]`, the name, and the password if there is one.
fn split(user: &str) -> (&str, Option<&str>) {
    user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)))
}

/// What of the command line is not to be seen again, and what is shown in its place.
#[derive(Clone)]
pub struct HiddenWord {
    pub word: String,
    pub shown: String,
    /// False for one that may be the end of a word, as in `-uNAME:PASSWORD`.
    pub is_whole: bool,
}

/// The words of the command line that have a password or are one.
pub fn hidden_words(options: &NetworkOptions) -> Vec<HiddenWord> {
    let users = [&options.user, &options.proxy_user].into_iter().flatten();
    let users = users
        .filter(|user| split(user).1.is_some_and(|password| !password.is_empty()))
        .map(|user| {
            let shown = split(user).0.to_owned();
            HiddenWord { word: user.clone(), shown, is_whole: false }
        });
    let token = options.oauth2_bearer.iter().filter(|token| !is_elsewhere(token));
    let token = token.flat_map(|token| {
        ["", "--oauth2-bearer="].map(|before| {
            let (word, shown) = (format!("{before}{token}"), format!("{before}TOKEN"));
            HiddenWord { word, shown, is_whole: true }
        })
    });
    users.chain(token).collect()
}

/// True if it names the place of a token. No token begins so (RFC 6750).
fn is_elsewhere(token: &str) -> bool {
    token.starts_with(['@', '%'])
}

/// The token that the server is to see.
pub fn token(options: &NetworkOptions) -> Outcome<Option<String>> {
    let Some(given) = options.oauth2_bearer.as_deref() else {
        return Ok(None);
    };
    let token = match given.split_at_checked(1) {
        Some(("@", "-")) => line_of(io::stdin().lock())
            .map_err(|error| Failure::failed(format!("stdin: {error}")))?,
        Some(("@", file)) => first_line(Path::new(file))?,
        Some(("%", variable)) => std::env::var(variable)
            .map_err(|error| Failure::usage(format!("{variable}: {error}")))?,
        Some(_) | None => given.to_owned(),
    };
    if token.is_empty() {
        return Err(Failure::usage("the token of --oauth2-bearer is empty"));
    }
    Ok(Some(token))
}

/// Who the server is to see.
pub fn server_login(options: &NetworkOptions) -> Outcome<Option<Login>> {
    let Some((name, given)) = options.user.as_deref().map(split) else {
        return Ok(None);
    };
    let file = match (options.password_fd, &options.password_file) {
        (Some(number), _) => Some(descriptor(number)?),
        (None, file) => file.clone(),
    };
    let password = match (given, file) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("the password is given twice: in --user and elsewhere"));
        }
        (Some(given), None) => given.to_owned(),
        (None, Some(file)) => first_line(&file)?,
        (None, None) => asked(name, PASSWORD)?,
    };
    Ok(Some(Login { user_name: name.to_owned(), password }))
}

/// Who the proxy is to see.
pub fn proxy_login(options: &NetworkOptions) -> Outcome<Option<Login>> {
    let Some((name, given)) = options.proxy_user.as_deref().map(split) else {
        return Ok(None);
    };
    let password = match given {
        Some(given) => given.to_owned(),
        None => asked(name, PROXY_PASSWORD)?,
    };
    Ok(Some(Login { user_name: name.to_owned(), password }))
}

/// The password in the environment, or the one that the user types.
fn asked(name: &str, variable: &str) -> Outcome<String> {
    match std::env::var(variable) {
        Ok(password) => return Ok(password),
        Err(std::env::VarError::NotPresent) => {}
        Err(error) => return Err(Failure::usage(format!("{variable}: {error}"))),
    }
    // Where neither is one, nobody sits at the terminal that started the process.
    if !io::stdin().is_terminal() && !io::stderr().is_terminal() {
        let text = format!("no terminal to ask for the password of {name}: give it in {variable}");
        return Err(Failure::usage(text));
    }
    let prompt = output::printable(&format!("Password of {name}: ")).into_owned();
    rpassword::prompt_password(prompt)
        .map_err(|error| Failure::failed(format!("the password cannot be read: {error}")))
}

/// The name of an open descriptor of this process.
fn descriptor(number: u32) -> Outcome<PathBuf> {
    let path = PathBuf::from(format!("/dev/fd/{number}"));
    if cfg!(unix) { Ok(path) } else { Err(Failure::usage("--password-fd is for Unix")) }
}

/// The first line of a file, without its end.
pub fn first_line(path: &Path) -> Outcome<String> {
    let line = File::open(path).and_then(line_of);
    line.map_err(|error| Failure::failed(format!("{}: {error}", path.display())))
}

/// The first line that a source gives.
fn line_of(source: impl Read) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(source.take(LINE_MAX)).read_line(&mut line)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    Ok(password.strip_suffix('\r').unwrap_or(password).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_begins_at_the_first_colon() {
        assert_eq!(split("ada"), ("ada", None));
        assert_eq!(split("ada:"), ("ada", Some("")));
        assert_eq!(split("ada:a:b"), ("ada", Some("a:b")));
    }

    #[test]
    fn password_of_a_file_is_its_first_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("password");
        for (content, expected) in
            [("a b \r\nsecond", "a b "), ("one", "one"), ("", ""), ("\nx", ""), ("a\rb\n", "a\rb")]
        {
            std::fs::write(&path, content).expect("a file");
            assert_eq!(first_line(&path).expect("a line"), expected, "{content:?}");
        }
    }
}
