//! The options of aria2 that a download can have here.

use std::path::{Component, Path, PathBuf};

use bgcopy_core::{
    AuthScheme, AuthTarget, ExpectedHash, FileSpec, HashAlgorithm, Job, JobPropertyId, JobRecord,
    JobSetup, PropertyValue, ProxySettings, ProxyUsage,
};
use serde_json::{Map, Value, json};

use crate::limit::rate;
use crate::proxy;

use super::message::RpcError;

/// Options that say what is done anyway, or that nothing here depends on.
const WITHOUT_EFFECT: [&str; 8] = [
    "continue",
    "always-resume",
    "file-allocation",
    "min-split-size",
    "auto-save-interval",
    "remote-time",
    "allow-piece-length-change",
    "force-save",
];

/// What a client asks for.
#[derive(Debug, Default)]
pub struct Wanted {
    pub dir: Option<String>,
    pub out: Option<String>,
    pub is_paused: bool,
    /// None unless it is said.
    pub overwrites: Option<bool>,
    /// A file that is there is no failure: the download gets another name.
    pub renames: Option<bool>,
    headers: Vec<String>,
    /// True if headers were named, also if there are none then.
    has_headers: bool,
    limit_rate: Option<u64>,
    connections: Option<u32>,
    retry_delay_s: Option<u32>,
    hash: Option<ExpectedHash>,
    user_name: Option<String>,
    password: Option<String>,
    proxy: Option<ProxySettings>,
}

impl Wanted {
    /// Reads options. The first one that is unknown or wrong is refused.
    pub fn read(options: &Map<String, Value>) -> Result<Self, RpcError> {
        let mut wanted = Self::default();
        for (name, value) in options {
            wanted.take(name, value).map_err(|why| RpcError::new(format!("{name}: {why}")))?;
        }
        if wanted.password.is_some() && wanted.user_name.is_none() {
            return Err(RpcError::new("http-passwd: http-user is missing"));
        }
        Ok(wanted)
    }

    fn take(&mut self, name: &str, value: &Value) -> Result<(), String> {
        if name == "header" {
            self.has_headers = true;
            return lines(value)?.into_iter().try_for_each(|line| self.add_header(line));
        }
        let text = text(value)?;
        match name {
            "dir" => self.dir = Some(text),
            "out" => self.out = Some(text),
            "pause" => self.is_paused = switch(&text)?,
            "allow-overwrite" => self.overwrites = Some(switch(&text)?),
            "auto-file-renaming" => self.renames = Some(switch(&text)?),
            "user-agent" => self.add_header(format!("User-Agent: {text}"))?,
            "referer" => self.add_header(format!("Referer: {text}"))?,
            "max-download-limit" => self.limit_rate = Some(rate(&text)?),
            "split" | "max-connection-per-server" => {
                let connections = number(&text, 1..=32)?;
                self.connections =
                    Some(self.connections.map_or(connections, |other| other.min(connections)));
            }
            "retry-wait" => self.retry_delay_s = Some(number(&text, 0..=600)?),
            "checksum" => self.hash = Some(checksum(&text)?),
            "http-user" => self.user_name = Some(text),
            "http-passwd" => self.password = Some(text),
            "all-proxy" | "http-proxy" | "https-proxy" => self.proxy = Some(proxy_of(&text)?),
            name if WITHOUT_EFFECT.contains(&name) => {}
            _ => return Err("the option is not supported".to_owned()),
        }
        Ok(())
    }

    fn add_header(&mut self, line: String) -> Result<(), String> {
        if line.contains(['\r', '\n', '\0']) || !line.contains(':') {
            return Err("a header is `Name: value`, in one line".to_owned());
        }
        self.has_headers = true;
        self.headers.push(line);
        Ok(())
    }

    /// Adds what is wanted to a new job.
    pub fn add_to(&self, mut setup: JobSetup, file: FileSpec) -> JobSetup {
        let expected_hash = self.hash.clone();
        setup = setup.files(vec![FileSpec { expected_hash, ..file }]);
        if self.has_headers {
            setup = setup.custom_headers(Some(&self.header_text()));
        }
        for (id, value) in self.properties() {
            setup = setup.property(id, value);
        }
        if let Some(seconds) = self.retry_delay_s {
            setup = setup.minimum_retry_delay(seconds);
        }
        if let Some(proxy) = &self.proxy {
            setup = setup.proxy_settings(proxy.clone());
        }
        if let Some(name) = &self.user_name {
            let password = self.password.as_deref().unwrap_or_default();
            setup = setup.credentials(AuthTarget::Server, AuthScheme::Basic, name, password);
        }
        if self.is_paused { setup } else { setup.resumed() }
    }

    /// Changes a job that is there. What only a new one can have is refused beforehand.
    pub fn apply_to(&self, job: &Job) -> Result<(), RpcError> {
        let fixed = [
            ("dir", self.dir.is_some()),
            ("out", self.out.is_some()),
            ("pause", self.is_paused),
            ("allow-overwrite", self.overwrites.is_some()),
            ("auto-file-renaming", self.renames.is_some()),
            ("checksum", self.hash.is_some()),
        ];
        if let Some((name, _)) = fixed.iter().find(|(_, is_given)| *is_given) {
            let text = format!("{name}: it cannot be changed for a download that is there");
            return Err(RpcError::new(text));
        }
        if self.has_headers {
            job.set_custom_headers(Some(&self.header_text()))?;
        }
        for (id, value) in self.properties() {
            job.set_property(id, value)?;
        }
        if let Some(seconds) = self.retry_delay_s {
            job.set_minimum_retry_delay(seconds)?;
        }
        if let Some(proxy) = &self.proxy {
            job.set_proxy_settings(proxy.clone())?;
        }
        if let Some(name) = &self.user_name {
            let password = self.password.as_deref().unwrap_or_default();
            job.set_credentials(AuthTarget::Server, AuthScheme::Basic, name, password)?;
        }
        Ok(())
    }

    fn header_text(&self) -> String {
        self.headers.iter().map(|line| format!("{line}\r\n")).collect()
    }

    fn properties(&self) -> impl Iterator<Item = (u32, PropertyValue)> {
        let rate = self.limit_rate.map(PropertyValue::Uint64);
        let connections = self.connections.map(PropertyValue::Dword);
        let all = [
            (JobPropertyId::MaxDownloadRate, rate),
            (JobPropertyId::ConnectionsPerFile, connections),
        ];
        all.into_iter().filter_map(|(id, value)| Some((id.as_u32(), value?)))
    }

    /// The path that a download goes to: in the folder of the server or below it.
    pub fn path(&self, folder: &Path, name_in_url: &str) -> Result<PathBuf, RpcError> {
        let below = match &self.dir {
            None => PathBuf::new(),
            Some(dir) => {
                let dir = Path::new(dir);
                let below = if dir.is_absolute() { dir.strip_prefix(folder) } else { Ok(dir) };
                let outside = |_| {
                    let folder = folder.display();
                    RpcError::new(format!("dir: downloads go to {folder} or below (--rpc-dir)"))
                };
                below.map_err(outside)?.to_owned()
            }
        };
        let out = self.out.as_deref().filter(|out| !out.is_empty()).unwrap_or(name_in_url);
        let path = below.join(out);
        let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        let has_name = Path::new(out).file_name().is_some() && !out.ends_with('/');
        if !has_name || !path.components().all(is_below) {
            let text = format!("out: {out} is no file below the folder of the download");
            return Err(RpcError::new(text));
        }
        Ok(folder.join(path.components().collect::<PathBuf>()))
    }
}

/// The options that a download has.
pub fn options_of(record: &JobRecord, path: Option<&Path>, overwrites: bool) -> Value {
    let property = |id: JobPropertyId| record.properties.get(&id.as_u32());
    let mut rate = 0;
    if let Some(PropertyValue::Uint64(limit)) = property(JobPropertyId::MaxDownloadRate) {
        rate = *limit;
    }
    let mut options = json!({
        "max-download-limit": rate.to_string(),
        "allow-overwrite": overwrites.to_string(),
        "retry-wait": record.minimum_retry_delay_s.to_string(),
        "continue": "true",
    });
    if let Some(PropertyValue::Dword(connections)) = property(JobPropertyId::ConnectionsPerFile) {
        options["split"] = connections.to_string().into();
        options["max-connection-per-server"] = connections.to_string().into();
    }
    if let Some(path) = path {
        let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
        options["dir"] = path.parent().map(|dir| text(dir.as_os_str())).into();
        options["out"] = path.file_name().map(text).into();
    }
    if let Some(headers) = &record.custom_headers {
        options["header"] =
            headers.lines().map(str::to_owned).collect::<Vec<_>>().join("\n").into();
    }
    options
}

/// A value as aria2's clients write it: all are texts, but some send what they mean.
pub fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err("it is no text".to_owned()),
    }
}

fn lines(value: &Value) -> Result<Vec<String>, String> {
    if let Value::Array(lines) = value {
        return lines.iter().map(text).collect();
    }
    Ok(text(value)?.lines().map(str::to_owned).collect())
}

fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "it is neither true nor false".to_owned())
}

/// A number within limits.
pub fn number(text: &str, within: std::ops::RangeInclusive<u32>) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| within.contains(number));
    number.ok_or_else(|| format!("it is no number from {} to {}", within.start(), within.end()))
}

fn checksum(text: &str) -> Result<ExpectedHash, String> {
    let (kind, digest) = text.split_once('=').unwrap_or_default();
    let (algorithm, digits) = match kind {
        "sha-256" => (HashAlgorithm::Sha256, 64),
        "sha-512" => (HashAlgorithm::Sha512, 128),
        _ => return Err("it is sha-256=DIGEST or sha-512=DIGEST".to_owned()),
    };
    if digest.len() != digits || !digest.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(format!("a digest of {kind} has {digits} hexadecimal digits"));
    }
    Ok(ExpectedHash { algorithm, digest: digest.to_ascii_lowercase() })
}

fn proxy_of(text: &str) -> Result<ProxySettings, String> {
    if text.is_empty() {
        return Ok(ProxySettings { usage: ProxyUsage::NoProxy, list: None, bypass: None });
    }
    let wrong = |_| "it is no proxy: [PROTOCOL://]HOST[:PORT], without a password".to_owned();
    let list = Some(proxy::checked(text).map_err(wrong)?.to_owned());
    Ok(ProxySettings { usage: ProxyUsage::Override, list, bypass: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &Value) -> Result<Wanted, RpcError> {
        Wanted::read(options.as_object().unwrap())
    }

    #[test]
    fn unknown_and_wrong_options_are_named() {
        for (options, named) in [
            (json!({ "bt-tracker": "x" }), "bt-tracker: the option is not supported"),
            (json!({ "check-certificate": "false" }), "check-certificate: "),
            (json!({ "split": "33" }), "split: it is no number from 1 to 32"),
            (json!({ "max-download-limit": "fast" }), "max-download-limit: "),
            (json!({ "header": ["no colon"] }), "header: a header is"),
            (json!({ "header": "A: b\r\nC: d", "referer": "a\nb" }), "referer: a header is"),
            (json!({ "pause": "yes" }), "pause: "),
            (json!({ "checksum": "md5=00" }), "checksum: "),
            (json!({ "checksum": "sha-256=00" }), "checksum: a digest of sha-256 has 64"),
            (json!({ "out": {} }), "out: it is no text"),
            (json!({ "http-passwd": "x" }), "http-passwd: http-user is missing"),
            (json!({ "all-proxy": "http://a:b@h" }), "all-proxy: it is no proxy"),
        ] {
            let error = read(&options).unwrap_err();
            assert!(error.message.starts_with(named), "{options}: {}", error.message);
            assert_eq!(error.code, 1);
        }
        for option in WITHOUT_EFFECT {
            assert!(read(&json!({ option: "true" })).is_ok(), "{option}");
        }
    }

    #[test]
    fn downloads_stay_in_the_folder() {
        let folder = Path::new("/down");
        let path = |options: Value| read(&options).unwrap().path(folder, "url");
        for (options, expected) in [
            (json!({}), "/down/url"),
            (json!({ "out": "" }), "/down/url"),
            (json!({ "out": "a/./b" }), "/down/a/b"),
            (json!({ "dir": "/down", "out": "a" }), "/down/a"),
            (json!({ "dir": "/down/x" }), "/down/x/url"),
            (json!({ "dir": "x", "out": "a" }), "/down/x/a"),
        ] {
            assert_eq!(path(options).unwrap(), Path::new(expected));
        }
        for options in [
            json!({ "dir": "/" }),
            json!({ "dir": "/down/../etc" }),
            json!({ "dir": "/downs" }),
            json!({ "dir": ".." }),
            json!({ "out": "/etc/passwd" }),
            json!({ "out": "../a" }),
            json!({ "out": "a/../../b" }),
            json!({ "out": "a/" }),
            json!({ "out": ".." }),
            json!({ "out": "." }),
        ] {
            assert!(path(options.clone()).is_err(), "{options}");
        }
    }

    #[test]
    fn the_lower_number_of_connections_holds() {
        let wanted = read(&json!({ "split": "8", "max-connection-per-server": 3 })).unwrap();
        let id = JobPropertyId::ConnectionsPerFile.as_u32();
        assert_eq!(wanted.properties().collect::<Vec<_>>(), [(id, PropertyValue::Dword(3))]);
    }
}
