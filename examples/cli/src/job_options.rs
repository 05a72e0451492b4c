//! The options of a command line as settings of a job.

use std::fs;
use std::io;

use bgcopy_core::{AuthScheme, AuthTarget, Job, JobSetup};

use crate::failure::{Failure, Outcome};
use crate::network_options::NetworkOptions;

/// What the options ask for. What they do not name stays as it is for a job that
/// is taken up.
#[derive(Default)]
pub struct JobOptions {
    /// Lines that end in CR LF.
    headers: String,
    credentials: Vec<Credentials>,
}

/// They are kept in memory only, there and here.
struct Credentials {
    target: AuthTarget,
    scheme: AuthScheme,
    user_name: String,
    password: String,
}

impl JobOptions {
    /// Understands the options, and reads the files that they name.
    pub fn read(options: &NetworkOptions) -> Outcome<Self> {
        Ok(Self { headers: headers(options)?, ..Self::default() })
    }

    /// A header besides those of the options.
    pub fn add_header(&mut self, line: &str) {
        self.headers += line;
        self.headers += "\r\n";
    }

    /// Credentials besides those of the options.
    pub fn add_credentials(
        &mut self,
        target: AuthTarget,
        scheme: AuthScheme,
        user_name: &str,
        password: &str,
    ) {
        let (user_name, password) = (user_name.to_owned(), password.to_owned());
        self.credentials.push(Credentials { target, scheme, user_name, password });
    }

    /// Sets up a new job.
    pub fn add_to(&self, mut setup: JobSetup) -> JobSetup {
        if !self.headers.is_empty() {
            setup = setup.custom_headers(Some(&self.headers));
        }
        for one in &self.credentials {
            setup = setup.credentials(one.target, one.scheme, &one.user_name, &one.password);
        }
        setup
    }

    /// Sets what may be another than when the job was made.
    pub fn apply_to(&self, job: &Job) -> Outcome {
        if !self.headers.is_empty() {
            job.set_custom_headers(Some(&self.headers))?;
        }
        for one in &self.credentials {
            job.set_credentials(one.target, one.scheme, &one.user_name, &one.password)?;
        }
        Ok(())
    }
}

/// All headers, each ended by CR LF. One that is given with --header takes the
/// place of one with an option of its own, as with curl.
fn headers(options: &NetworkOptions) -> Outcome<String> {
    let mut lines = Vec::new();
    for given in &options.headers {
        match given.strip_prefix('@') {
            Some(file) => lines.extend(lines_of(file)?),
            None => lines.push(given.clone()),
        }
    }
    let named = [("User-Agent", &options.user_agent), ("Referer", &options.referer)];
    for (name, value) in named {
        if let Some(value) =
            value.as_ref().filter(|_| !lines.iter().any(|line| has_name(line, name)))
        {
            lines.push(format!("{name}: {value}"));
        }
    }
    match lines.iter().find(|line| !line.contains(':')) {
        Some(line) => {
            let word = line.split_whitespace().next().unwrap_or("");
            Err(Failure::usage(format!("no header: {word}; it is written `NAME: VALUE`")))
        }
        None => Ok(lines.iter().map(|line| format!("{line}\r\n")).collect()),
    }
}

/// The lines of a file that are not blank.
fn lines_of(file: &str) -> Outcome<Vec<String>> {
    let text = match file {
        "-" => io::read_to_string(io::stdin().lock()),
        file => fs::read_to_string(file),
    };
    let text = text.map_err(|error| Failure::failed(format!("{file}: {error}")))?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

fn has_name(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(given, _)| given.trim().eq_ignore_ascii_case(name))
}
