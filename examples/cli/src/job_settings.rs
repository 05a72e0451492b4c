//! What can be set for a job, as the keys and values of `set`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bgcopy_core::vocab::{
    FlagTable, PropertyJobs, SIZE_UNKNOWN, cost, limit, notify, power, security,
};
use bgcopy_core::{
    BackgroundMode, ClientCertificate, Job, JobPriority, JobPropertyId, JobRecord, JobType,
    PropertyValue, ProxySettings, ProxyUsage, Result, UploadProtocol, local_name,
};
use clap::ValueEnum;
use uuid::Uuid;

use crate::args::{Priority, Protocol};
use crate::download_options::bytes;
use crate::failure::{Failure, Outcome};
use crate::limit::{rate, window};
use crate::network_options::background_mode;
use crate::{job_options, output, proxy};

/// The value that stands for what a new job has.
pub const DEFAULT: &str = "default";

/// What is set for a job, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobSettings {
    pub job_type: JobType,
    pub display_name: String,
    pub description: String,
    pub priority: JobPriority,
    pub notify_flags: u32,
    pub retry_delay_s: u32,
    pub no_progress_timeout_s: u32,
    pub max_time_s: u32,
    pub proxy: ProxySettings,
    pub headers: Option<String>,
    pub hides_headers: bool,
    /// None = GET, or that of an upload's protocol.
    pub method: Option<String>,
    pub security_flags: u32,
    pub certificate: Option<ClientCertificate>,
    pub reply_file_name: Option<String>,
    pub properties: BTreeMap<JobPropertyId, PropertyValue>,
}

/// One setter of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    DisplayName,
    Description,
    NotifyFlags,
    Proxy,
    Headers,
    HiddenHeaders,
    Method,
    SecurityFlags,
    Certificate,
    ReplyFileName,
    Property(JobPropertyId),
    Priority,
    RetryDelay,
    NoProgressTimeout,
    MaxTime,
}

/// What a value does to settings.
type Set = fn(&mut JobSettings, &str) -> Outcome;

/// A key: its name, what its values are, and what they do. A key that builds on another
/// one stands behind it.
const KEYS: [(&str, &str, Set); 22] = [
    ("priority", "foreground, high, normal or low", |job, value| {
        job.priority = one_of::<Priority>(value, Priority::Normal)?.into();
        Ok(())
    }),
    ("display-name", "a text", |job, value| {
        value.clone_into(&mut job.display_name);
        Ok(())
    }),
    ("description", "a text", |job, value| {
        value.clone_into(&mut job.description);
        Ok(())
    }),
    ("retry-delay", "seconds", |job, value| {
        job.retry_delay_s = number(value, limit::MINIMUM_RETRY_DELAY_DEFAULT_S)?;
        Ok(())
    }),
    ("no-progress-timeout", "seconds", |job, value| {
        job.no_progress_timeout_s = number(value, limit::NO_PROGRESS_TIMEOUT_DEFAULT_S)?;
        Ok(())
    }),
    ("max-time", "seconds", |job, value| {
        job.max_time_s = number(value, limit::MAXIMUM_DOWNLOAD_TIME_DEFAULT_S)?;
        Ok(())
    }),
    ("max-filesize", "bytes, with K, M or G; before the job is started", |job, value| {
        let bytes =
            if value == DEFAULT { SIZE_UNKNOWN } else { bytes(value).map_err(Failure::usage)? };
        job.properties.insert(JobPropertyId::MaxDownloadSize, PropertyValue::Uint64(bytes));
        Ok(())
    }),
    ("limit-rate", "bytes a second, with K, M or G; 0: no limit", |job, value| {
        let bytes = if value == DEFAULT { 0 } else { rate(value).map_err(Failure::usage)? };
        // A download has no limit of what it sends.
        let is_upload = job.properties.contains_key(&JobPropertyId::MaxUploadRate);
        let (down, up) = (JobPropertyId::MaxDownloadRate, JobPropertyId::MaxUploadRate);
        let property = if is_upload { up } else { down };
        job.properties.insert(property, PropertyValue::Uint64(bytes));
        Ok(())
    }),
    ("background-mode", "of a download: auto, off or on", |job, value| {
        let mode = match value {
            DEFAULT => BackgroundMode::Off,
            _ => background_mode(value).map_err(|_| wrong(value, "auto, off or on"))?,
        };
        let value = PropertyValue::Dword(mode.as_u32());
        job.properties.insert(JobPropertyId::BackgroundMode, value);
        Ok(())
    }),
    ("window", "when it may transfer, as Mon-Fri 22:00-06:00; empty: always", |job, value| {
        let text = if value == DEFAULT { "" } else { value };
        let text = window(text).map_err(Failure::usage)?;
        job.properties.insert(JobPropertyId::TransferWindow, PropertyValue::Text(text));
        Ok(())
    }),
    ("header", "NAME: VALUE or @FILE, in place of all headers; empty: none", add_header),
    ("hide-headers", "yes: nobody is shown the headers any more", |job, value| {
        let hides = yes(value, job.hides_headers)?;
        if job.hides_headers && !hides {
            return Err(Failure::usage("headers that are hidden stay so"));
        }
        job.hides_headers = hides;
        Ok(())
    }),
    ("request", "the HTTP method of a download; before the job is started", |job, value| {
        job.method = (value != DEFAULT && value != "GET").then(|| value.to_owned());
        Ok(())
    }),
    ("proxy", "[PROTOCOL://]HOST[:PORT]; empty: none", set_proxy),
    ("noproxy", "hosts that are reached without the proxy; *: all", set_bypass),
    ("cert", "a PEM file; empty: none", |job, value| {
        let certificate = (!value.is_empty()).then(|| job_options::readable(Path::new(value)));
        job.certificate = certificate
            .transpose()?
            .map(|certificate| ClientCertificate { certificate, key: None });
        Ok(())
    }),
    ("key", "a PEM file; empty: none", |job, value| {
        let Some(certificate) = &mut job.certificate else {
            return Err(Failure::usage("the job has no certificate that a key could be of"));
        };
        let key = (!value.is_empty()).then(|| job_options::readable(Path::new(value)));
        certificate.key = key.transpose()?;
        Ok(())
    }),
    ("insecure", "yes or no", |job, value| {
        job.security_flags &= !job_options::UNCHECKED;
        if yes(value, false)? {
            job.security_flags |= job_options::UNCHECKED;
        }
        Ok(())
    }),
    ("max-redirs", "0 to refuse redirects, or default", |job, value| {
        job.security_flags &= !security::REDIRECT_MASK;
        match value {
            DEFAULT => Ok(()),
            "0" => {
                job.security_flags |= security::REDIRECT_DISALLOW;
                Ok(())
            }
            _ => Err(wrong(value, "0 or default")),
        }
    }),
    ("protocol", "of an upload, as for `put`; before the job is started", |job, value| {
        let protocol: UploadProtocol = one_of::<Protocol>(value, Protocol::Auto)?.into();
        let value = PropertyValue::Dword(protocol.as_u32());
        job.properties.insert(JobPropertyId::UploadProtocol, value);
        Ok(())
    }),
    ("notify-flags", "the events of the job: names of BG_NOTIFY, or a number", |job, value| {
        job.notify_flags = flags(value, &notify::TABLE, notify::DEFAULT)?;
        Ok(())
    }),
    ("reply-file-name", "where the reply to an upload goes; empty: beside it", |job, value| {
        let absolute = |error| Failure::failed(format!("{value}: {error}"));
        job.reply_file_name = match value {
            "" => None,
            name => Some(local_name(std::path::absolute(name).map_err(absolute)?)?),
        };
        Ok(())
    }),
];

/// The properties that no key above is for, and that can be set at all.
pub fn other_properties() -> impl Iterator<Item = JobPropertyId> {
    let named = [
        JobPropertyId::MaxDownloadSize,
        JobPropertyId::UploadProtocol,
        JobPropertyId::MaxDownloadRate,
        JobPropertyId::MaxUploadRate,
        JobPropertyId::BackgroundMode,
        JobPropertyId::TransferWindow,
    ];
    JobPropertyId::ALL
        .into_iter()
        .filter(move |id| !named.contains(id) && id.rules().refusal.is_none())
}

/// A line for each key, and what its values are.
pub fn keys() -> String {
    let named = KEYS.iter().map(|(name, values, _)| ((*name).to_owned(), *values));
    let properties = other_properties().map(|id| {
        let values = match id.rules().default {
            PropertyValue::Dword(_) if id == JobPropertyId::CostFlags => {
                "names of cost flags, as transfer-not-roaming, or a number"
            }
            PropertyValue::Dword(_) if id == JobPropertyId::PowerFlags => {
                "external, battery and saver: with which power it may transfer"
            }
            PropertyValue::Dword(_) | PropertyValue::Uint64(_) | PropertyValue::Target(_) => {
                "a number"
            }
            PropertyValue::Guid(_) => "a UUID",
            PropertyValue::Enable(_) => "yes or no",
            PropertyValue::Text(_) => "a text",
        };
        (key_of(id), values)
    });
    let lines = named.chain(properties).map(|(name, values)| format!("  {name:<32}  {values}\n"));
    lines.collect()
}

/// The keys.
#[cfg(test)]
pub fn key_names() -> Vec<String> {
    let named = KEYS.iter().map(|(name, _, _)| (*name).to_owned());
    named.chain(other_properties().map(key_of)).collect()
}

/// `COST_FLAGS` as `cost-flags`.
pub fn key_of(id: JobPropertyId) -> String {
    id.name().to_ascii_lowercase().replace('_', "-")
}

impl JobSettings {
    /// What a job has.
    pub fn of(record: &JobRecord) -> Self {
        let is_upload = record.job_type != JobType::Download;
        let has = |id: &JobPropertyId| match id.rules().jobs {
            PropertyJobs::All => true,
            PropertyJobs::Downloads => !is_upload,
            PropertyJobs::Uploads => is_upload,
        };
        let value = |id: JobPropertyId| {
            let set = record.properties.get(&id.as_u32()).cloned();
            (id, set.unwrap_or_else(|| id.rules().default))
        };
        Self {
            job_type: record.job_type,
            display_name: record.display_name.clone(),
            description: record.description.clone(),
            priority: record.priority,
            notify_flags: record.notify_flags,
            retry_delay_s: record.minimum_retry_delay_s,
            no_progress_timeout_s: record.no_progress_timeout_s,
            max_time_s: record.maximum_download_time_s,
            proxy: record.proxy.clone(),
            // What cannot be seen is no list without headers: an empty one takes its place.
            headers: match record.headers_are_write_only {
                true => Some(String::new()),
                false => record.custom_headers.clone(),
            },
            hides_headers: record.headers_are_write_only,
            method: record.http_method.clone(),
            security_flags: record.security_flags,
            certificate: record.client_certificate.clone(),
            reply_file_name: record.reply_file_name.clone(),
            properties: JobPropertyId::ALL.into_iter().filter(has).map(value).collect(),
        }
    }

    /// The same with what `KEY=VALUE` words say.
    pub fn with(&self, words: &[String]) -> Outcome<Self> {
        let mut pairs = Vec::new();
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(|| {
                Failure::usage(format!("{} is not KEY=VALUE", output::in_line(word)))
            })?;
            // JSON has them with an underscore.
            pairs.push((key.trim().replace('_', "-"), value));
        }
        let mut changed = self.clone();
        let mut known = BTreeSet::new();
        if pairs.iter().any(|(key, _)| key == "header") {
            changed.headers = None;
        }
        for (name, _, set) in KEYS {
            known.insert(name.to_owned());
            for (_, value) in pairs.iter().filter(|(key, _)| key == name) {
                set(&mut changed, value).map_err(|failure| named(name, failure))?;
            }
        }
        for id in other_properties() {
            let name = key_of(id);
            for (_, value) in pairs.iter().filter(|(key, _)| *key == name) {
                let value = property(id, value).map_err(|failure| named(&name, failure))?;
                changed.properties.insert(id, value);
            }
            known.insert(name);
        }
        let mut seen = BTreeSet::new();
        for (key, _) in &pairs {
            if !known.contains(key) {
                let key = output::in_line(key);
                return Err(Failure::usage(format!("no key {key}; there are\n{}", keys())));
            }
            if !seen.insert(key) && key != "header" {
                return Err(Failure::usage(format!("{key} is given twice")));
            }
        }
        Ok(changed)
    }

    /// The setters that make these settings of other ones. Those that may be refused come
    /// first; the times come last, as they may end the job.
    pub fn parts_changed(&self, before: &Self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut add = |is_changed: bool, part| parts.extend(is_changed.then_some(part));
        add(self.display_name != before.display_name, Part::DisplayName);
        add(self.description != before.description, Part::Description);
        add(self.notify_flags != before.notify_flags, Part::NotifyFlags);
        add(self.proxy != before.proxy, Part::Proxy);
        add(self.method != before.method, Part::Method);
        add(self.headers != before.headers, Part::Headers);
        add(self.security_flags != before.security_flags, Part::SecurityFlags);
        add(self.certificate != before.certificate, Part::Certificate);
        add(self.reply_file_name != before.reply_file_name, Part::ReplyFileName);
        for (id, value) in &self.properties {
            add(before.properties.get(id) != Some(value), Part::Property(*id));
        }
        add(self.priority != before.priority, Part::Priority);
        add(self.retry_delay_s != before.retry_delay_s, Part::RetryDelay);
        let timeouts = (self.no_progress_timeout_s, before.no_progress_timeout_s);
        add(timeouts.0 != timeouts.1, Part::NoProgressTimeout);
        add(self.max_time_s != before.max_time_s, Part::MaxTime);
        // It cannot be set back.
        add(self.hides_headers != before.hides_headers, Part::HiddenHeaders);
        parts
    }

    /// Sets one of them.
    pub fn apply(&self, part: Part, job: &Job) -> Result<()> {
        match part {
            Part::DisplayName => job.set_display_name(&self.display_name),
            Part::Description => job.set_description(&self.description),
            Part::NotifyFlags => job.set_notify_flags(self.notify_flags),
            Part::Proxy => job.set_proxy_settings(self.proxy.clone()),
            Part::Headers => job.set_custom_headers(self.headers.as_deref()),
            Part::HiddenHeaders => job.make_custom_headers_write_only(),
            Part::Method => job.set_http_method(self.method.as_deref().unwrap_or("GET")),
            Part::SecurityFlags => job.set_security_flags(self.security_flags),
            Part::Certificate => job.set_client_certificate(self.certificate.clone()),
            Part::ReplyFileName => job.set_reply_file_name(self.reply_file_name.as_deref()),
            Part::Property(id) => {
                let value = self.properties.get(&id).cloned();
                job.set_property(id.as_u32(), value.unwrap_or_else(|| id.rules().default))
            }
            Part::Priority => job.set_priority(self.priority),
            Part::RetryDelay => job.set_minimum_retry_delay(self.retry_delay_s),
            Part::NoProgressTimeout => job.set_no_progress_timeout(self.no_progress_timeout_s),
            Part::MaxTime => job.set_maximum_download_time(self.max_time_s),
        }
    }

    /// The flags that say what of certificates is checked.
    pub fn security_flags(&self) -> u32 {
        self.security_flags
    }
}

fn add_header(job: &mut JobSettings, value: &str) -> Outcome {
    if value.is_empty() {
        return Ok(());
    }
    let lines = job_options::header_lines(&[value.to_owned()])?;
    let headers = job.headers.get_or_insert_default();
    for line in lines {
        *headers += &line;
        *headers += "\r\n";
    }
    Ok(())
}

fn set_proxy(job: &mut JobSettings, value: &str) -> Outcome {
    let (usage, list) = match value {
        "" => (ProxyUsage::NoProxy, None),
        DEFAULT => (ProxyUsage::Preconfig, None),
        one => (ProxyUsage::Override, Some(proxy::checked(one)?.to_owned())),
    };
    job.proxy = ProxySettings { usage, list, bypass: None };
    Ok(())
}

fn set_bypass(job: &mut JobSettings, value: &str) -> Outcome {
    if value.trim() == proxy::EVERY_HOST {
        job.proxy = ProxySettings { usage: ProxyUsage::NoProxy, list: None, bypass: None };
    } else if job.proxy.usage == ProxyUsage::Override {
        job.proxy.bypass = (!value.is_empty()).then(|| value.to_owned());
    } else {
        return Err(Failure::usage("the job has no proxy that hosts could be taken from"));
    }
    Ok(())
}

fn property(id: JobPropertyId, value: &str) -> Outcome<PropertyValue> {
    let default = id.rules().default;
    if value == DEFAULT {
        return Ok(default);
    }
    Ok(match default {
        PropertyValue::Dword(bits) if id == JobPropertyId::CostFlags => {
            PropertyValue::Dword(flags(value, &cost::TABLE, bits)?)
        }
        PropertyValue::Dword(bits) if id == JobPropertyId::PowerFlags => {
            PropertyValue::Dword(flags(value, &power::TABLE, bits)?)
        }
        PropertyValue::Dword(number) => PropertyValue::Dword(self::number(value, number)?),
        PropertyValue::Target(number) => PropertyValue::Target(self::number(value, number)?),
        PropertyValue::Uint64(_) => {
            PropertyValue::Uint64(value.parse().map_err(|_| wrong(value, "a number"))?)
        }
        PropertyValue::Enable(on) => PropertyValue::Enable(yes(value, on)?),
        PropertyValue::Text(_) => PropertyValue::Text(value.to_owned()),
        PropertyValue::Guid(_) => {
            PropertyValue::Guid(Uuid::try_parse(value).map_err(|_| wrong(value, "a UUID"))?)
        }
    })
}

/// A number of 32 bits.
fn number(value: &str, default: u32) -> Outcome<u32> {
    if value == DEFAULT {
        return Ok(default);
    }
    let wrong = || wrong(value, &format!("a number up to {} or default", u32::MAX));
    value.parse().map_err(|_| wrong())
}

fn yes(value: &str, default: bool) -> Outcome<bool> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        DEFAULT => Ok(default),
        _ => Err(wrong(value, "yes, no or default")),
    }
}

fn one_of<T: ValueEnum>(value: &str, default: T) -> Outcome<T> {
    if value == DEFAULT {
        return Ok(default);
    }
    T::from_str(value, true).map_err(|_| {
        let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<_> = values.map(|value| value.get_name().to_owned()).collect();
        wrong(value, &format!("one of {}", names.join(", ")))
    })
}

/// Flags by their names or as a number, separated by commas.
fn flags(value: &str, table: &FlagTable, default: u32) -> Outcome<u32> {
    if value == DEFAULT {
        return Ok(default);
    }
    let mut bits = 0;
    for word in value.split(',').map(str::trim) {
        let name = word.to_ascii_uppercase().replace('-', "_");
        let named = table.flags.iter().find(|flag| flag.name == name).map(|flag| flag.bits);
        let number = || match word.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => word.parse().ok(),
        };
        let names = || {
            let names = table.flags.iter().map(|flag| flag.name.to_ascii_lowercase());
            names.collect::<Vec<_>>().join(", ").replace('_', "-")
        };
        bits |= named.or_else(number).ok_or_else(|| wrong(word, &names()))?;
    }
    Ok(bits)
}

fn wrong(value: &str, wanted: &str) -> Failure {
    Failure::usage(format!("not {}, but {wanted}", output::in_line(value)))
}

/// A failure with the key that it is about.
fn named(key: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Failed(text) => Failure::Failed(format!("{key}: {text}")),
        Failure::Usage(text) => Failure::Usage(format!("{key}: {text}")),
        Failure::Interrupted(text) => Failure::Interrupted(text),
    }
}
