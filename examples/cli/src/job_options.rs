//! The options of a command line as settings of a job.

use std::fmt::Display;
use std::path::Path;
use std::{fs, io};

use bgcopy_core::vocab::{JobPropertyId, PropertyValue, security};
use bgcopy_core::{
    AuthScheme, AuthTarget, ClientCertificate, FileSpec, Job, JobRecord, JobSetup, Manager,
    ProxySettings, local_name,
};

use crate::failure::{Failure, Outcome};
use crate::network_options::NetworkOptions;
use crate::passwords::{self, HiddenWord, Login};
use crate::{netrc, output, proxy};

/// All that a certificate is checked for.
pub const UNCHECKED: u32 = security::IGNORE_UNKNOWN_CA
    | security::IGNORE_CERT_CN_INVALID
    | security::IGNORE_CERT_DATE_INVALID
    | security::IGNORE_CERT_WRONG_USAGE;

const CONNECTIONS_PER_FILE: u32 = JobPropertyId::ConnectionsPerFile.as_u32();
const BACKGROUND_MODE: u32 = JobPropertyId::BackgroundMode.as_u32();
const TRANSFER_WINDOW: u32 = JobPropertyId::TransferWindow.as_u32();

/// What the options ask for. What they do not name stays as it is for a job that
/// is taken up.
pub struct JobOptions {
    /// Lines that end in CR LF.
    headers: String,
    hides_headers: bool,
    method: Option<String>,
    credentials: Vec<Credentials>,
    proxy: Option<ProxySettings>,
    certificate: Option<ClientCertificate>,
    security_flags: u32,
    no_progress_timeout_s: Option<u32>,
    retry_delay_s: Option<u32>,
    max_time_s: Option<u32>,
    connections_per_file: Option<u32>,
    limit_rate: Option<u64>,
    background_mode: Option<PropertyValue>,
    window: Option<PropertyValue>,
    /// True if the jobs are uploads.
    pub sends: bool,
    pub hidden_words: Vec<HiddenWord>,
}

/// They are kept in memory only, there and here.
struct Credentials {
    source: Source,
    target: AuthTarget,
    scheme: AuthScheme,
    login: Login,
}

/// Who has named credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The user, for this command.
    Command,
    /// The file `~/.netrc`, which nobody has asked for: they are taken if the job has none.
    Netrc,
}

impl JobOptions {
    /// Understands the options, and reads the files that they name.
    pub fn read(options: &NetworkOptions) -> Outcome<Self> {
        let mut read = Self {
            headers: headers(options)?,
            hides_headers: options.hide_headers,
            method: options.method.clone(),
            credentials: Vec::new(),
            proxy: proxy::settings(options)?,
            certificate: certificate(options)?,
            security_flags: security_flags(options),
            no_progress_timeout_s: options.no_progress_timeout,
            retry_delay_s: options.retry_delay,
            max_time_s: options.max_time,
            connections_per_file: options.connections_per_file,
            limit_rate: options.limit_rate,
            background_mode: options
                .background_mode
                .map(|mode| PropertyValue::Dword(mode.as_u32())),
            window: options.window.clone().map(PropertyValue::Text),
            sends: false,
            hidden_words: passwords::hidden_words(options),
        };
        if let Some(login) = passwords::server_login(options)? {
            read.add_credentials(AuthTarget::Server, scheme(options.digest), login);
        }
        if let Some(password) = passwords::token(options)? {
            let login = Login { user_name: String::new(), password };
            read.add_credentials(AuthTarget::Server, AuthScheme::Bearer, login);
        }
        if let Some(login) = passwords::proxy_login(options)? {
            read.add_credentials(AuthTarget::Proxy, scheme(options.proxy_digest), login);
        }
        Ok(read)
    }

    /// A header besides those of the options.
    pub fn add_header(&mut self, line: &str) {
        self.headers += line;
        self.headers += "\r\n";
    }

    /// Credentials besides those of the options.
    pub fn add_credentials(&mut self, target: AuthTarget, scheme: AuthScheme, login: Login) {
        self.credentials.push(Credentials { source: Source::Command, target, scheme, login });
    }

    /// The login of `~/.netrc`, if none is given otherwise.
    pub fn add_netrc(&mut self, options: &NetworkOptions, files: &[FileSpec]) -> Outcome {
        if self.headers.lines().any(|line| has_name(line, "Authorization")) {
            return Ok(());
        }
        if let Some(login) = netrc::login(options, files)? {
            let is_wanted = options.netrc || options.netrc_file.is_some();
            let source = if is_wanted { Source::Command } else { Source::Netrc };
            let (target, scheme) = (AuthTarget::Server, scheme(options.digest));
            self.credentials.push(Credentials { source, target, scheme, login });
        }
        Ok(())
    }

    /// A process that ends at once cannot keep a password, and none is stored.
    pub fn check_host(&mut self, manager: &Manager) -> Outcome {
        if !manager.is_host() {
            return Ok(());
        }
        let before = self.credentials.len();
        self.credentials.retain(|one| one.source == Source::Command);
        if self.credentials.is_empty() {
            if before > 0 {
                output::complain(
                    "bgcopy: the login of .netrc is not taken: it is never stored, and no \
                     process hosts the queue that could keep it",
                );
            }
            return Ok(());
        }
        Err(Failure::failed(
            "a password is never stored, and no process hosts the queue that could keep it: \
             start `bgcopy serve` first, or use `get`",
        ))
    }

    /// Sets up a new job.
    pub fn add_to(&self, setup: JobSetup) -> JobSetup {
        let setup = self.add_to_document(setup, true);
        match &self.method {
            Some(method) => setup.http_method(method),
            None => setup,
        }
    }

    /// Sets up the job of what is fetched for the files: only a server of theirs gets the
    /// headers, logins and certificates that are meant for it.
    pub fn add_to_document(&self, mut setup: JobSetup, is_same_origin: bool) -> JobSetup {
        let may_have = |target: AuthTarget| is_same_origin || target == AuthTarget::Proxy;
        if !self.headers.is_empty() && is_same_origin {
            setup = setup.custom_headers(Some(&self.headers));
        }
        if self.hides_headers && is_same_origin {
            setup = setup.custom_headers_write_only();
        }
        for one in self.credentials.iter().filter(|one| may_have(one.target)) {
            let Login { user_name, password } = &one.login;
            setup = setup.credentials(one.target, one.scheme, user_name, password);
        }
        if let Some(proxy) = &self.proxy {
            setup = setup.proxy_settings(proxy.clone());
        }
        if let Some(certificate) = self.certificate.as_ref().filter(|_| is_same_origin) {
            setup = setup.client_certificate(Some(certificate.clone()));
        }
        if let Some(seconds) = self.no_progress_timeout_s {
            setup = setup.no_progress_timeout(seconds);
        }
        if let Some(seconds) = self.retry_delay_s {
            setup = setup.minimum_retry_delay(seconds);
        }
        if let Some(seconds) = self.max_time_s {
            setup = setup.maximum_download_time(seconds);
        }
        if let Some(most) = self.connections_per_file {
            setup = setup.property(CONNECTIONS_PER_FILE, PropertyValue::Dword(most));
        }
        if let Some((property, rate)) = self.rate_limit() {
            setup = setup.property(property, rate);
        }
        if let Some(mode) = &self.background_mode {
            setup = setup.property(BACKGROUND_MODE, mode.clone());
        }
        if let Some(window) = &self.window {
            setup = setup.property(TRANSFER_WINDOW, window.clone());
        }
        setup.security_flags(self.security_flags)
    }

    fn rate_limit(&self) -> Option<(u32, PropertyValue)> {
        let property = match self.sends {
            true => JobPropertyId::MaxUploadRate,
            false => JobPropertyId::MaxDownloadRate,
        };
        Some((property.as_u32(), PropertyValue::Uint64(self.limit_rate?)))
    }

    /// Sets what may be another than when the job was made.
    pub fn apply_to(&self, manager: &Manager, job: &Job) -> Outcome {
        let record = job.snapshot()?.record;
        if !self.headers.is_empty() {
            job.set_custom_headers(Some(&self.headers))?;
        }
        if self.hides_headers {
            job.make_custom_headers_write_only()?;
        }
        if let Some(method) = &self.method {
            job.set_http_method(method)?;
        }
        if let Some(proxy) = &self.proxy {
            job.set_proxy_settings(proxy.clone())?;
        }
        if let Some(certificate) = &self.certificate {
            job.set_client_certificate(Some(certificate.clone()))?;
        }
        // What is not checked is not to be forgotten: it is said each time.
        if record.security_flags != self.security_flags {
            job.set_security_flags(self.security_flags)?;
        }
        if let Some(seconds) = self.no_progress_timeout_s {
            job.set_no_progress_timeout(seconds)?;
        }
        if let Some(seconds) = self.retry_delay_s {
            job.set_minimum_retry_delay(seconds)?;
        }
        if let Some(seconds) = self.max_time_s {
            job.set_maximum_download_time(seconds)?;
        }
        if let Some(most) = self.connections_per_file {
            job.set_property(CONNECTIONS_PER_FILE, PropertyValue::Dword(most))?;
        }
        if let Some((property, rate)) = self.rate_limit() {
            job.set_property(property, rate)?;
        }
        if let Some(mode) = &self.background_mode {
            job.set_property(BACKGROUND_MODE, mode.clone())?;
        }
        if let Some(window) = &self.window {
            job.set_property(TRANSFER_WINDOW, window.clone())?;
        }
        self.prove_again(manager, job, &record)
    }

    /// Sets the credentials. Those of another scheme that the job had are no longer
    /// waited for; those that nobody has any more must be among the new ones.
    fn prove_again(&self, manager: &Manager, job: &Job, record: &JobRecord) -> Outcome {
        let needs = |wanted: &&Credentials| {
            let of_target = |slot: &&(AuthTarget, AuthScheme)| slot.0 == wanted.target;
            match record.credential_slots.iter().find(of_target) {
                _ if wanted.source == Source::Command => true,
                Some((_, scheme)) => *scheme == wanted.scheme && manager.is_host(),
                None => true,
            }
        };
        let given: Vec<_> = self.credentials.iter().filter(needs).collect();
        for (target, scheme) in record.credential_slots.iter().copied() {
            let given = given.iter().find(|one| one.target == target);
            match given {
                Some(given) if given.scheme != scheme => {
                    job.remove_credentials(target, scheme)?;
                }
                None if manager.is_host() && !scheme.knows_users() => {
                    return Err(forgotten(target));
                }
                Some(_) | None => {}
            }
        }
        for Credentials { target, scheme, login, .. } in given {
            job.set_credentials(*target, *scheme, &login.user_name, &login.password)?;
        }
        Ok(())
    }
}

fn scheme(is_digest: bool) -> AuthScheme {
    if is_digest { AuthScheme::Digest } else { AuthScheme::Basic }
}

fn certificate(options: &NetworkOptions) -> Outcome<Option<ClientCertificate>> {
    let Some(certificate) = &options.cert else {
        return Ok(None);
    };
    let (certificate, key) = (readable(certificate)?, options.key.as_deref().map(readable));
    Ok(Some(ClientCertificate { certificate, key: key.transpose()? }))
}

/// The local name of a file that is read when the job is transferred.
pub fn readable(file: &Path) -> Outcome<String> {
    let refused = |error| Failure::failed(format!("{}: {error}", file.display()));
    fs::File::open(file).map_err(refused)?;
    Ok(local_name(std::path::absolute(file).map_err(refused)?)?)
}

fn security_flags(options: &NetworkOptions) -> u32 {
    let mut flags = match options.max_redirs {
        Some(_) => security::REDIRECT_DISALLOW,
        None => security::REDIRECT_ALLOW_SILENT,
    };
    if options.insecure {
        flags |= UNCHECKED;
        warn("--insecure", flags);
    }
    flags
}

/// Says on stderr if with these flags of a job the server's certificate is not
/// checked.
pub fn warn(what: impl Display, security_flags: u32) {
    if security_flags & UNCHECKED != 0 {
        output::complain(&format!(
            "bgcopy: WARNING: {what}: the certificate of the server is not checked. Anybody \
             on the way can read and change what is transferred, passwords among it."
        ));
    }
}

/// The password of a job was in the memory of processes that have all ended.
fn forgotten(target: AuthTarget) -> Failure {
    let again = match target {
        AuthTarget::Server => "--user or --oauth2-bearer, or for s3 the keys in the environment",
        AuthTarget::Proxy => "--proxy-user",
    };
    Failure::failed(format!("the job's password is not stored and has to be given again: {again}"))
}

/// All headers, each ended by CR LF. One that is given with --header takes the
/// place of one with an option of its own, as with curl.
fn headers(options: &NetworkOptions) -> Outcome<String> {
    let mut lines = header_lines(&options.headers)?;
    let named = [("User-Agent", &options.user_agent), ("Referer", &options.referer)];
    for (name, value) in named {
        if let Some(value) =
            value.as_ref().filter(|_| !lines.iter().any(|line| has_name(line, name)))
        {
            lines.push(format!("{name}: {value}"));
        }
    }
    Ok(lines.iter().map(|line| format!("{line}\r\n")).collect())
}

/// The lines that are given, with those of files in the place of `@FILE`.
pub fn header_lines(given: &[String]) -> Outcome<Vec<String>> {
    let mut lines = Vec::new();
    for given in given {
        match given.strip_prefix('@') {
            Some(file) => lines.extend(lines_of(file)?),
            None => lines.push(given.clone()),
        }
    }
    match lines.iter().find(|line| !line.contains(':')) {
        Some(line) => {
            let word = line.split_whitespace().next().unwrap_or("");
            Err(Failure::usage(format!("no header: {word}; it is written `NAME: VALUE`")))
        }
        None => Ok(lines),
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
