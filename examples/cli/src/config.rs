//! The file with what the options of the program are unless the command line says it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use clap::Command;
use clap::error::ErrorKind;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::failure::{Failure, Outcome};
use crate::output::in_line;

/// A file is read up to this size.
const BYTES_MAX: u64 = 1 << 20;

/// The key that is no option of a command, but of the program.
pub const STORE: &str = "store";

/// From this likeness on another name is proposed. clap has 0.7, by which one letter is
/// like every name that has it.
const LIKENESS: f64 = 0.75;

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A number, or a text as the option takes it.
    Number,
    Switch,
    /// An absolute path, or one that begins with `~/`.
    Path,
}

/// The keys, which are long options: what may be a habit, and neither a password nor
/// anything that makes a transfer less safe.
pub const KEYS: [(&str, Kind); 20] = [
    (STORE, Kind::Path),
    ("priority", Kind::Text),
    ("directory", Kind::Path),
    ("no-clobber", Kind::Switch),
    ("max-filesize", Kind::Number),
    ("limit-rate", Kind::Number),
    ("upload-rate", Kind::Number),
    ("window", Kind::Text),
    ("proxy", Kind::Text),
    ("noproxy", Kind::Text),
    ("no-netrc", Kind::Switch),
    ("user-agent", Kind::Text),
    ("connections-per-file", Kind::Number),
    ("retry-delay", Kind::Number),
    ("no-progress-timeout", Kind::Number),
    ("max-time", Kind::Number),
    ("cacert", Kind::Path),
    ("parallel-max", Kind::Number),
    ("parallel-max-host", Kind::Number),
    ("idle-exit", Kind::Number),
];

/// The commands that can have a table with values for them alone.
pub const COMMANDS: [&str; 5] = ["get", "put", "add", "run", "serve"];

/// A value, as the command line would have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub text: String,
    pub line: usize,
}

/// A key, of one command or of all.
pub type Key = (Option<&'static str>, &'static str);

/// What the file says.
#[derive(Debug, Default)]
pub struct Config {
    /// None where there is no place for it.
    pub file: Option<PathBuf>,
    pub exists: bool,
    pub settings: BTreeMap<Key, Setting>,
}

impl Config {
    /// Reads the file that is named, else the one in the platform's place, which need not
    /// exist.
    pub fn read(named: Option<OsString>, command: &Command) -> Outcome<Self> {
        let named = named.filter(|name| !name.is_empty()).map(PathBuf::from);
        let is_named = named.is_some();
        let Some(file) = named.or_else(usual_file) else {
            return Ok(Self::default());
        };
        match read(&file) {
            Ok(text) => {
                let settings = settings(&text, command)
                    .map_err(|wrong| Failure::Failed(wrong.in_file(&file)))?;
                Ok(Self { file: Some(file), exists: true, settings })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => {
                Ok(Self { file: Some(file), ..Self::default() })
            }
            Err(error) => Err(Failure::failed(format!("{}: {error}", file.display()))),
        }
    }

    /// The command line, in which options that are not given are what the file says. A
    /// table of the command comes before what is for all.
    pub fn apply(&self, mut command: Command) -> Command {
        for name in COMMANDS {
            let of_command = |(key, _): &(&'static str, Kind)| {
                let own = self.settings.get(&(Some(name), *key));
                Some((*key, own.or_else(|| self.settings.get(&(None, *key)))?.text.clone()))
            };
            let values: Vec<_> = KEYS.iter().filter_map(of_command).collect();
            command = command.mut_subcommand(name, |mut one| {
                for (key, text) in values {
                    if let Some(id) = id_of(&one, key) {
                        one = one.mut_arg(id, |option| option.default_value(text));
                    }
                }
                one
            });
        }
        command
    }

    /// The folder of the queue.
    pub fn store(&self) -> Option<OsString> {
        self.settings.get(&(None, STORE)).map(|setting| OsString::from(&setting.text))
    }
}

/// The file in the platform's place for what users configure.
fn usual_file() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from);
    let folder = if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Application Support"))
    } else {
        let configured = folder("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
        configured.or_else(|| env::home_dir().map(|home| home.join(".config")))
    };
    let folder = folder.filter(|folder| folder.is_absolute())?;
    Some(folder.join("bgcopy").join("config.toml"))
}

fn read(file: &Path) -> io::Result<String> {
    if fs::metadata(file)?.len() > BYTES_MAX {
        return Err(io::Error::other("it is too large"));
    }
    fs::read_to_string(file)
}

/// What is wrong with a file, and where.
#[derive(Debug)]
struct Wrong {
    line: usize,
    text: String,
}

impl Wrong {
    fn in_file(&self, file: &Path) -> String {
        format!("{}:{}: {}", file.display(), self.line, self.text)
    }
}

/// The values of a file, each checked by the option that it is for.
fn settings(text: &str, command: &Command) -> Result<BTreeMap<Key, Setting>, Wrong> {
    let line_at =
        |at: usize| 1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
    let table = DeTable::parse(text).map_err(|error| Wrong {
        line: line_at(error.span().map_or(0, |span| span.start)),
        text: error.message().to_owned(),
    })?;
    let mut settings = BTreeMap::new();
    let mut add = |of: Option<&'static str>, key: &Spanned<_>, value: &Spanned<DeValue<'_>>| {
        let line = line_at(key.span().start);
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        let (key, text) =
            setting(of, key, value.get_ref(), command).map_err(|text| Wrong { line, text })?;
        settings.insert((of, key), Setting { text, line });
        Ok(())
    };
    for (key, value) in table.get_ref() {
        let command = COMMANDS.into_iter().find(|name| *name == key.get_ref().as_ref());
        match (command, value.get_ref()) {
            (Some(name), DeValue::Table(own)) => {
                for (key, value) in own {
                    add(Some(name), key, value)?;
                }
            }
            (Some(_) | None, _) => add(None, key, value)?,
        }
    }
    Ok(settings)
}

/// A key that is known, and its value as the command line has it.
fn setting(
    of: Option<&'static str>,
    given: &str,
    value: &DeValue<'_>,
    command: &Command,
) -> Result<(&'static str, String), String> {
    let is_of = |key: &str| match of {
        Some(name) => has_option(command, name, key),
        None => true,
    };
    let known = || KEYS.into_iter().filter(|(key, _)| is_of(key));
    let Some((key, kind)) = known().find(|(key, _)| *key == given) else {
        let tables = if of.is_none() { &COMMANDS[..] } else { &[] };
        let names: Vec<_> = known().map(|(key, _)| key).chain(tables.iter().copied()).collect();
        return Err(unknown(of, given, &names));
    };
    let text = match (kind, value) {
        (Kind::Switch, DeValue::Boolean(is_on)) => is_on.to_string(),
        (Kind::Number, DeValue::Integer(number)) if number.radix() == 10 => {
            number.as_str().to_owned()
        }
        (Kind::Text | Kind::Number, DeValue::String(text)) => text.to_string(),
        (Kind::Path, DeValue::String(text)) => path(text).map_err(|why| named(key, why))?,
        (kind, other) => {
            let wanted = match kind {
                Kind::Text => "a text",
                Kind::Number => "a decimal number",
                Kind::Switch => "true or false",
                Kind::Path => "a path in quotes",
            };
            return Err(named(key, format!("not a TOML {}, but {wanted}", other.type_str())));
        }
    };
    let commands = COMMANDS.into_iter().filter(|name| of.is_none_or(|of| of == *name));
    for name in commands.filter(|name| has_option(command, name, key)) {
        check(command, name, key, kind, &text)?;
    }
    Ok((key, text))
}

fn named(key: &str, why: impl Display) -> String {
    format!("{key}: {why}")
}

fn unknown(of: Option<&str>, given: &str, names: &[&str]) -> String {
    let likeness = |name: &&&str| (1000.0 * strsim::jaro_winkler(given, name)) as u32;
    let nearest = names.iter().max_by_key(likeness);
    let near = nearest.filter(|name| strsim::jaro_winkler(given, name) > LIKENESS);
    let of = of.map_or_else(String::new, |command| format!(" of `{command}`"));
    let given = in_line(given);
    match near {
        Some(name) => format!("no key {given}{of}; did you mean {name}?"),
        None => format!("no key {given}{of}; there are {}", names.join(", ")),
    }
}

/// A path that does not depend on the current folder.
fn path(text: &str) -> Result<String, String> {
    let path = match text.strip_prefix("~/").zip(env::home_dir()) {
        Some((rest, home)) => home.join(rest),
        None => PathBuf::from(text),
    };
    if !path.is_absolute() {
        return Err("not an absolute path, nor one that begins with ~/".to_owned());
    }
    path.into_os_string().into_string().map_err(|_| "the home folder is no text".to_owned())
}

/// Lets the option itself say whether it takes the value.
fn check(command: &Command, name: &str, key: &str, kind: Kind, text: &str) -> Result<(), String> {
    let Some(one) = command.find_subcommand(name).filter(|_| kind != Kind::Switch) else {
        return Ok(());
    };
    let words = [name.to_owned(), format!("--{key}={text}")];
    match one.clone().try_get_matches_from(words) {
        // What else the command needs is not there.
        Err(error)
            if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) =>
        {
            let message = error.render().to_string();
            let line = message.lines().next().unwrap_or("");
            Err(line.strip_prefix("error: ").unwrap_or(line).to_owned())
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

pub fn has_option(command: &Command, name: &str, key: &str) -> bool {
    command.find_subcommand(name).is_some_and(|one| id_of(one, key).is_some())
}

fn id_of(command: &Command, key: &str) -> Option<clap::Id> {
    let is_it = |option: &&clap::Arg| option.get_long() == Some(key);
    command.get_arguments().find(is_it).map(|option| option.get_id().clone())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Arguments;

    fn of(text: &str) -> Result<BTreeMap<Key, Setting>, (usize, String)> {
        settings(text, &Arguments::command()).map_err(|wrong| (wrong.line, wrong.text))
    }

    #[test]
    fn every_key_is_an_option_of_a_command() {
        let command = Arguments::command();
        for (key, _) in KEYS.into_iter().filter(|(key, _)| *key != STORE) {
            assert!(COMMANDS.iter().any(|name| has_option(&command, name, key)), "{key}");
        }
        assert!(id_of(&command, STORE).is_some());
    }

    #[test]
    fn values_have_their_lines() {
        let settings = of("# mine\nretry-delay = 10\n\n[get]\nmax-filesize = \"2K\"\n\
                           no-clobber = true\n")
        .expect("a good file");
        let setting = |key: Key| settings.get(&key).map(|one| (one.text.as_str(), one.line));
        assert_eq!(setting((None, "retry-delay")), Some(("10", 2)));
        assert_eq!(setting((Some("get"), "max-filesize")), Some(("2K", 5)));
        assert_eq!(setting((Some("get"), "no-clobber")), Some(("true", 6)));
        assert_eq!(settings.len(), 3);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, part) in [
            ("\nretry-dela = 5", 2, "did you mean retry-delay?"),
            ("[get]\n\nidle-exit = 5", 3, "no key idle-exit of `get`"),
            ("[gett]\nretry-delay = 5", 1, "did you mean get?"),
            ("user = \"ada\"", 1, "no key user"),
            ("insecure = true", 1, "no key insecure"),
            ("get = 5", 1, "no key get"),
            ("x = 5", 1, "there are store, priority"),
            ("retry-delay = -1", 1, "invalid value '-1'"),
            ("retry-delay = true", 1, "a decimal number"),
            ("retry-delay = 5\nretry-delay = 6", 2, "duplicate"),
            ("connections-per-file = 33", 1, "33 is not in 1..=32"),
            ("\n\npriority = \"urgent\"", 3, "invalid value 'urgent'"),
            ("max-filesize = \"2X\"", 1, "K, M or G"),
            ("no-clobber = \"yes\"", 1, "true or false"),
            ("store = \"here\"", 1, "not an absolute path"),
            ("proxy = 5", 1, "a text"),
            ("retry-delay 5", 1, ""),
        ] {
            let (found, why) = of(text).expect_err(text);
            assert!(found == line && why.contains(part), "{text:?}: {found}: {why}");
        }
    }
}
