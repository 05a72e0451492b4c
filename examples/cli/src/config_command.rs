//! `config`: what the options of the program are unless a command says it, and why.

use std::collections::BTreeMap;
use std::env;

use bgcopy_core::default_store;
use bgcopy_core::vocab::limit;
use serde_json::{Map, Value, json};

use crate::args::ShowConfig;
use crate::config::{COMMANDS, Config, KEYS, Key, STORE};
use crate::failure::Outcome;
use crate::output;

/// The variables from which libcurl takes proxies.
const PROXY_VARIABLES: [&str; 4] = ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"];

/// Where a value comes from.
enum Source {
    Default,
    Line(usize),
    Environment(Vec<&'static str>),
    CommandLine,
}

/// The folder of the queue as it was given.
pub enum StoreSource {
    CommandLine(String),
    Environment(String),
    Elsewhere,
}

/// A value in force; None where there is none.
struct Row {
    key: Key,
    value: Option<String>,
    source: Source,
}

pub fn show(config: &Config, store: StoreSource, show: &ShowConfig) -> Outcome {
    let rows = rows(config, store);
    let file = config.file.as_ref().map(|file| file.display().to_string());
    if show.json {
        output::say_json(&json!({
            "file": file,
            "exists": config.exists,
            "values": rows.iter().map(json_of).collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    let file = file.unwrap_or_else(|| "none, as there is no home folder".to_owned());
    let missing = if config.exists || config.file.is_none() { "" } else { "  (not there)" };
    output::say(&format!("{}{missing}", output::in_line(&file)));
    for row in &rows {
        output::say(&line_of(row));
    }
    Ok(())
}

/// What holds for all commands, and below that what holds for one.
fn rows(config: &Config, store: StoreSource) -> Vec<Row> {
    let defaults = defaults();
    let of_all = KEYS.iter().map(|(key, _)| {
        let key = (None, *key);
        match config.settings.get(&key) {
            Some(set) => Row { key, value: Some(set.text.clone()), source: Source::Line(set.line) },
            None => Row { key, value: defaults.get(key.1).cloned(), source: Source::Default },
        }
    });
    let mut rows: Vec<_> = of_all.map(with_environment).collect();
    let given = match store {
        StoreSource::CommandLine(folder) => Some((folder, Source::CommandLine)),
        StoreSource::Environment(folder) => {
            Some((folder, Source::Environment(vec!["BGCOPY_STORE"])))
        }
        StoreSource::Elsewhere => None,
    };
    if let Some(((value, source), row)) = given.zip(rows.iter_mut().find(|row| row.key.1 == STORE))
    {
        (row.value, row.source) = (Some(value), source);
    }
    for name in COMMANDS {
        let own = config.settings.iter().filter(|((of, _), _)| *of == Some(name));
        rows.extend(own.map(|(key, set)| Row {
            key: *key,
            value: Some(set.text.clone()),
            source: Source::Line(set.line),
        }));
    }
    rows
}

/// Proxies that nobody has configured are taken from the environment. They may have
/// passwords in them, so that only the variables are named.
fn with_environment(row: Row) -> Row {
    if row.key.1 != "proxy" || !matches!(row.source, Source::Default) {
        return row;
    }
    let set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let names: Vec<_> = PROXY_VARIABLES.into_iter().filter(set).collect();
    if names.is_empty() { row } else { Row { source: Source::Environment(names), ..row } }
}

/// What is in force where nobody says anything.
fn defaults() -> BTreeMap<&'static str, String> {
    let number = |number: u32| number.to_string();
    let mut defaults = BTreeMap::from([
        ("priority", "foreground for get and put, normal for add".to_owned()),
        ("directory", ".".to_owned()),
        ("no-clobber", "false".to_owned()),
        ("no-netrc", "false".to_owned()),
        ("user-agent", bgcopy_core::Options::new("").user_agent),
        (
            "connections-per-file",
            format!(
                "{0}, with priority foreground {1}",
                limit::CONNECTIONS_PER_FILE_DEFAULT,
                2 * limit::CONNECTIONS_PER_FILE_DEFAULT
            ),
        ),
        ("retry-delay", number(limit::MINIMUM_RETRY_DELAY_DEFAULT_S)),
        ("no-progress-timeout", number(limit::NO_PROGRESS_TIMEOUT_DEFAULT_S)),
        ("max-time", number(limit::MAXIMUM_DOWNLOAD_TIME_DEFAULT_S)),
        ("parallel-max", number(limit::SIMULTANEOUS_FILES_DEFAULT)),
        ("parallel-max-host", number(limit::CONNECTIONS_PER_HOST_DEFAULT)),
    ]);
    if let Some(folder) = default_store() {
        defaults.insert(STORE, folder.display().to_string());
    }
    defaults
}

fn line_of(row: &Row) -> String {
    let name = match row.key {
        (Some(command), key) => format!("{command}.{key}"),
        (None, key) => key.to_owned(),
    };
    let source = match &row.source {
        Source::Default => "default".to_owned(),
        Source::Line(line) => format!("line {line}"),
        Source::Environment(names) => format!("environment: {}", names.join(", ")),
        Source::CommandLine => "command line".to_owned(),
    };
    let value = row.value.as_deref().unwrap_or("-");
    format!("  {name:<24}  {:<32}  {source}", output::in_line(value))
}

fn json_of(row: &Row) -> Value {
    let source = match &row.source {
        Source::Default => "default",
        Source::Line(_) => "file",
        Source::Environment(_) => "environment",
        Source::CommandLine => "command line",
    };
    let mut fields = Map::from_iter([
        ("command".to_owned(), json!(row.key.0)),
        ("key".to_owned(), json!(row.key.1)),
        ("value".to_owned(), json!(row.value)),
        ("source".to_owned(), json!(source)),
    ]);
    match &row.source {
        Source::Line(line) => _ = fields.insert("line".to_owned(), json!(line)),
        Source::Environment(names) => _ = fields.insert("variables".to_owned(), json!(names)),
        Source::Default | Source::CommandLine => {}
    }
    Value::Object(fields)
}
