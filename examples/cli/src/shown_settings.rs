//! The settings of a job as `show` has them: under the names that `set` takes, with values
//! that it would take.

use bgcopy_core::vocab::{FlagTable, SIZE_UNKNOWN, cost, limit, notify, power, security};
use bgcopy_core::{
    BackgroundMode, JobPriority, JobPropertyId, JobType, PropertyValue, ProxySettings, ProxyUsage,
    UploadProtocol,
};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::args::{Priority, Protocol};
use crate::job_options::UNCHECKED;
use crate::job_settings::{DEFAULT, JobSettings, key_of, other_properties};
use crate::output;

/// What stands in the place of what proves who somebody is.
const HIDDEN: &str = "***";

/// A setting.
struct Row {
    key: String,
    /// What `set` takes for it: several for headers, and an empty one for nothing.
    texts: Vec<String>,
    /// Null for nothing, or for what a new job has.
    json: Value,
}

impl Row {
    fn new(key: &str, text: impl Into<String>, json: Value) -> Self {
        Self { key: key.to_owned(), texts: vec![text.into()], json }
    }

    fn text(key: &str, text: &str) -> Self {
        Self::new(key, text, json!(text))
    }

    fn number(key: &str, number: impl Into<u64>) -> Self {
        let number = number.into();
        Self::new(key, number.to_string(), json!(number))
    }

    fn flag(key: &str, is_on: bool) -> Self {
        Self::new(key, if is_on { "yes" } else { "no" }, json!(is_on))
    }

    fn file(key: &str, local_name: Option<&String>) -> Self {
        Self::new(key, local_name.cloned().unwrap_or_default(), json!(local_name))
    }
}

/// All settings as JSON, with underscores in their names.
pub fn json(settings: &JobSettings) -> Value {
    let rows = rows(settings).into_iter().map(|row| (row.key.replace('-', "_"), row.json));
    Value::Object(rows.collect::<Map<_, _>>())
}

/// A line for each setting that is another than a new job has, or for every one.
pub fn lines(settings: &JobSettings, every: bool) -> Vec<String> {
    let ids = settings.properties.keys().copied();
    let new = new_job(settings.job_type, &settings.display_name, ids);
    let rows = rows(settings).into_iter().zip(rows(&new));
    let shown = rows.filter(|(row, new)| every || row.texts != new.texts).map(|(row, _)| row);
    let line = |key: &str, text: &str| match output::in_line(text) {
        text if text.is_empty() => format!("  {key:<32}  none"),
        text => format!("  {key:<32}  {text}"),
    };
    shown
        .flat_map(|row| row.texts.iter().map(|text| line(&row.key, text)).collect::<Vec<_>>())
        .collect()
}

/// What a job has when it is new.
fn new_job(
    job_type: JobType,
    display_name: &str,
    ids: impl Iterator<Item = JobPropertyId>,
) -> JobSettings {
    JobSettings {
        job_type,
        display_name: display_name.to_owned(),
        description: String::new(),
        priority: JobPriority::Normal,
        notify_flags: notify::DEFAULT,
        retry_delay_s: limit::MINIMUM_RETRY_DELAY_DEFAULT_S,
        no_progress_timeout_s: limit::NO_PROGRESS_TIMEOUT_DEFAULT_S,
        max_time_s: limit::MAXIMUM_DOWNLOAD_TIME_DEFAULT_S,
        proxy: ProxySettings { usage: ProxyUsage::Preconfig, list: None, bypass: None },
        headers: None,
        hides_headers: false,
        method: None,
        security_flags: 0,
        certificate: None,
        reply_file_name: None,
        properties: ids.map(|id| (id, id.rules().default)).collect(),
    }
}

fn rows(job: &JobSettings) -> Vec<Row> {
    let certificate = job.certificate.as_ref();
    let key = certificate.and_then(|client| client.key.as_ref());
    let mut rows = vec![
        Row::text("priority", &name_of(&priority(job.priority))),
        Row::text("display-name", &job.display_name),
        Row::text("description", &job.description),
        Row::number("retry-delay", job.retry_delay_s),
        Row::number("no-progress-timeout", job.no_progress_timeout_s),
        Row::number("max-time", job.max_time_s),
        headers(job.headers.as_deref().unwrap_or("")),
        Row::flag("hide-headers", job.hides_headers),
        method(job.method.as_deref()),
        proxy(&job.proxy),
        Row::file("noproxy", job.proxy.bypass.as_ref()),
        Row::file("cert", certificate.map(|client| &client.certificate)),
        Row::file("key", key),
        Row::flag("insecure", job.security_flags & UNCHECKED != 0),
        redirects(job.security_flags),
        Row::text("notify-flags", &flags(&notify::TABLE, job.notify_flags)),
    ];
    if job.job_type == JobType::UploadReply {
        rows.push(Row::file("reply-file-name", job.reply_file_name.as_ref()));
    }
    match job.properties.get(&JobPropertyId::MaxDownloadSize) {
        Some(PropertyValue::Uint64(bytes)) if *bytes != SIZE_UNKNOWN => {
            rows.push(Row::number("max-filesize", *bytes));
        }
        Some(_) => rows.push(Row::new("max-filesize", DEFAULT, Value::Null)),
        None => {}
    }
    let rates = [JobPropertyId::MaxUploadRate, JobPropertyId::MaxDownloadRate];
    let rate = rates.iter().find_map(|id| job.properties.get(id));
    if let Some(PropertyValue::Uint64(rate)) = rate {
        rows.push(Row::number("limit-rate", *rate));
    }
    if let Some(PropertyValue::Dword(number)) = job.properties.get(&JobPropertyId::BackgroundMode) {
        let mode = BackgroundMode::from_u32(*number).map(|mode| mode.name().to_ascii_lowercase());
        rows.push(Row::text("background-mode", &mode.unwrap_or_else(|| number.to_string())));
    }
    if let Some(PropertyValue::Text(window)) = job.properties.get(&JobPropertyId::TransferWindow) {
        rows.push(Row::text("window", window));
    }
    if let Some(PropertyValue::Dword(number)) = job.properties.get(&JobPropertyId::UploadProtocol) {
        rows.push(Row::text("protocol", &protocol(*number)));
    }
    let others = other_properties().filter_map(|id| Some((id, job.properties.get(&id)?)));
    rows.extend(others.map(|(id, value)| property(id, value)));
    rows
}

fn priority(priority: JobPriority) -> Priority {
    match priority {
        JobPriority::Foreground => Priority::Foreground,
        JobPriority::High => Priority::High,
        JobPriority::Normal => Priority::Normal,
        JobPriority::Low => Priority::Low,
    }
}

/// The name of a value of an option.
fn name_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn protocol(number: u32) -> String {
    let is_it = |one: &&Protocol| UploadProtocol::from(**one).as_u32() == number;
    Protocol::value_variants().iter().find(is_it).map_or_else(|| number.to_string(), name_of)
}

fn headers(headers: &str) -> Row {
    let lines: Vec<_> = headers.lines().map(without_secret).collect();
    let json = json!(lines);
    let texts = if lines.is_empty() { vec![String::new()] } else { lines };
    Row { key: "header".to_owned(), texts, json }
}

/// A header, without its value if that is there to prove who somebody is.
fn without_secret(line: &str) -> String {
    let name = line.split(':').next().unwrap_or("");
    let low = name.to_ascii_lowercase();
    let is_secret = ["authorization", "cookie", "token", "secret", "password", "key", "signature"];
    if is_secret.iter().any(|word| low.contains(word)) {
        format!("{name}: {HIDDEN}")
    } else {
        line.to_owned()
    }
}

fn method(method: Option<&str>) -> Row {
    match method {
        Some(method) => Row::text("request", method),
        None => Row::new("request", DEFAULT, Value::Null),
    }
}

fn proxy(proxy: &ProxySettings) -> Row {
    match (proxy.usage, &proxy.list) {
        (ProxyUsage::Preconfig | ProxyUsage::Autodetect, _) => {
            Row::new("proxy", DEFAULT, Value::Null)
        }
        (ProxyUsage::NoProxy, _) | (ProxyUsage::Override, None) => Row::text("proxy", ""),
        (ProxyUsage::Override, Some(list)) => Row::text("proxy", list),
    }
}

fn redirects(security_flags: u32) -> Row {
    match security_flags & security::REDIRECT_MASK {
        security::REDIRECT_DISALLOW => Row::number("max-redirs", 0_u32),
        _ => Row::new("max-redirs", DEFAULT, Value::Null),
    }
}

fn property(id: JobPropertyId, value: &PropertyValue) -> Row {
    let key = key_of(id);
    match value {
        PropertyValue::Dword(bits) if id == JobPropertyId::CostFlags => {
            Row::text(&key, &flags(&cost::TABLE, *bits))
        }
        PropertyValue::Dword(bits) if id == JobPropertyId::PowerFlags => {
            Row::text(&key, &flags(&power::TABLE, *bits))
        }
        PropertyValue::Dword(number) | PropertyValue::Target(number) => Row::number(&key, *number),
        PropertyValue::Uint64(number) => Row::number(&key, *number),
        PropertyValue::Enable(is_on) => Row::flag(&key, *is_on),
        PropertyValue::Text(text) => Row::text(&key, text),
        PropertyValue::Guid(guid) => Row::text(&key, &guid.to_string()),
    }
}

/// The name of the bits together, else the names of each, and a number for the rest.
fn flags(table: &FlagTable, bits: u32) -> String {
    let name = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    let together = table.flags.iter().find(|flag| flag.bits == bits && flag.bits.count_ones() > 1);
    if let Some(flag) = together.filter(|flag| flag.name != "DEFAULT" && flag.name != "MASK") {
        return name(flag.name);
    }
    let single = table.flags.iter().filter(|flag| flag.bits.count_ones() == 1);
    let set: Vec<_> = single.filter(|flag| flag.bits & bits != 0).collect();
    let rest = set.iter().fold(bits, |rest, flag| rest & !flag.bits);
    let mut names: Vec<_> = set.iter().map(|flag| name(flag.name)).collect();
    if rest != 0 || names.is_empty() {
        names.push(format!("0x{rest:x}"));
    }
    names.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job_settings::key_names;

    /// A job with every setting that there is.
    fn new() -> JobSettings {
        new_job(JobType::UploadReply, "a name", JobPropertyId::ALL.into_iter())
    }

    /// What `set` is told, for each setting that a job may have.
    fn words(job: &JobSettings) -> Vec<String> {
        let word = |row: &Row| row.texts.iter().map(|text| format!("{}={text}", row.key)).collect();
        rows(job).iter().flat_map(|row| -> Vec<_> { word(row) }).collect()
    }

    #[test]
    fn every_key_of_set_is_shown() {
        let mut keys: Vec<_> = rows(&new()).into_iter().map(|row| row.key).collect();
        let mut known = key_names();
        keys.sort_unstable();
        known.sort_unstable();
        assert_eq!(keys, known);
    }

    #[test]
    fn what_is_shown_is_what_set_takes() {
        let new = new();
        assert_eq!(lines(&new, false), [""; 0]);
        let set = [
            "priority=low",
            "description=d",
            "retry-delay=6",
            "no-progress-timeout=7",
            "max-time=8",
            "header=X-A: 1",
            "header=X-B: 2",
            "request=POST",
            "proxy=socks5h://h:1",
            "noproxy=a,b",
            "insecure=yes",
            "max-redirs=0",
            "notify-flags=disable,0x10",
            "max-filesize=2K",
            "protocol=put-range",
            "window=Mon-Fri 22:00-06:00; Sat,Sun",
            "cost-flags=transfer-not-roaming",
            "power-flags=external,saver",
            "dynamic-content=yes",
            "connections-per-file=3",
            "notification-clsid=00000000-0000-0000-0000-000000000001",
            "minimum-notification-interval-ms=900",
        ];
        let job = new.with(&set.map(str::to_owned)).expect("good words");
        assert_eq!(lines(&job, false).len(), set.len(), "{:?}", lines(&job, false));
        // No file is named, as those are looked for.
        let words: Vec<_> = words(&job).into_iter().filter(|word| !word.ends_with('=')).collect();
        assert_eq!(new.with(&words).expect("good words"), job);
        let back: Vec<_> =
            self::words(&new).into_iter().filter(|word| !word.ends_with('=')).collect();
        let back = job
            .with(&[back, vec!["header=".to_owned(), "window=".to_owned()]].concat())
            .expect("good words");
        assert_eq!(JobSettings { description: String::new(), ..back }, new);
    }

    #[test]
    fn flags_have_their_names() {
        let cost = |bits| flags(&cost::TABLE, bits);
        assert_eq!(cost(cost::TRANSFER_ALWAYS), "transfer-always");
        assert_eq!(cost(cost::ROAMING | cost::BELOW_CAP), "below-cap,roaming");
        assert_eq!(cost(0x8000_0001), "unrestricted,ignore-congestion");
        assert_eq!(cost(0x100), "0x100");
        assert_eq!(cost(0), "0x0");
        assert_eq!(flags(&notify::TABLE, notify::DEFAULT), "job-transferred,job-error");
        assert_eq!(
            flags(&notify::TABLE, notify::DEFAULT | 0x100),
            "job-transferred,job-error,0x100"
        );
    }

    #[test]
    fn secrets_of_headers_are_not_shown() {
        for name in
            ["Authorization", "cookie", "X-Amz-Security-Token", "X-Api-Key", "PRIVATE-TOKEN"]
        {
            assert_eq!(without_secret(&format!("{name}: abc")), format!("{name}: ***"));
        }
        assert_eq!(without_secret("Accept: text/plain"), "Accept: text/plain");
    }
}
