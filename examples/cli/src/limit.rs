//! `limit`: shows and sets the rate limits of the queue.

use std::path::Path;

use bgcopy_core::{Manager, RateLimits, check_transfer_window};
use clap::Args;
use indicatif::HumanBytes;
use serde_json::json;

use crate::args::Limit;
use crate::download_options::bytes;
use crate::failure::Outcome;
use crate::get::open_to_store;
use crate::{job_ids, output};

/// What is received and sent by all jobs of the queue together.
#[derive(Args)]
pub struct QueueRates {
    /// The most bytes a second that all jobs of the queue together download, with K, M or
    /// G for powers of 1024; 0 for no limit. It is stored.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub limit_rate: Option<u64>,
    /// The same for what is uploaded.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub upload_rate: Option<u64>,
    /// When the jobs of the queue may transfer, as `22:00-06:00` or `Mon-Fri 22:00-06:00;
    /// Sat,Sun`, by the local clock; empty for always. It is stored.
    #[arg(long, value_name = "WINDOW", value_parser = window)]
    pub window: Option<String>,
}

impl QueueRates {
    /// Sets those that are given.
    pub fn apply_to(&self, manager: &Manager) -> Outcome {
        set_window(manager, self.window.as_deref())?;
        set(manager, self.limit_rate, self.upload_rate)
    }
}

pub fn limit(store: &Path, limit: &Limit) -> Outcome {
    let is_set = limit.rate.is_some() || limit.upload_rate.is_some() || limit.window.is_some();
    let (rates, window) = if is_set || job_ids::reader(store)?.is_some() {
        let manager = open_to_store(store)?;
        set_window(&manager, limit.window.as_deref())?;
        set(&manager, limit.rate, limit.upload_rate)?;
        (manager.rate_limits()?, manager.transfer_window()?)
    } else {
        // There is no queue yet, and looking makes none.
        (RateLimits::default(), String::new())
    };
    if limit.json {
        output::say_json(&json!({
            "download": rates.download,
            "upload": rates.upload,
            "window": window,
        }));
    } else {
        output::say(&format!("download: {}", words(rates.download)));
        output::say(&format!("upload: {}", words(rates.upload)));
        let window = if window.is_empty() { "always" } else { &window };
        output::say(&format!("window: {}", output::in_line(window)));
    }
    Ok(())
}

fn set(manager: &Manager, download: Option<u64>, upload: Option<u64>) -> Outcome {
    if download.is_none() && upload.is_none() {
        return Ok(());
    }
    let before = manager.rate_limits()?;
    Ok(manager.set_rate_limits(RateLimits {
        download: download.unwrap_or(before.download),
        upload: upload.unwrap_or(before.upload),
    })?)
}

fn set_window(manager: &Manager, window: Option<&str>) -> Outcome {
    Ok(window.map_or(Ok(()), |window| manager.set_transfer_window(window))?)
}

fn words(rate: u64) -> String {
    match rate {
        0 => "no limit".to_owned(),
        rate => format!("{}/s", HumanBytes(rate)),
    }
}

/// Bytes a second, as curl reads them; 0 for no limit.
pub fn rate(text: &str) -> Result<u64, String> {
    if text == "0" {
        return Ok(0);
    }
    let wrong = || "bytes a second, with K, M or G for powers of 1024; 0 for no limit".to_owned();
    bytes(text).ok().filter(|rate| *rate <= bgcopy_core::vocab::limit::RATE_MAX).ok_or_else(wrong)
}

/// When transfers may run, as the library reads it.
pub fn window(text: &str) -> Result<String, String> {
    check_transfer_window(text).map_err(|error| error.message)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn rates_have_the_suffixes_of_curl() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1)),
            ("100K", Some(102_400)),
            ("2m", Some(2 << 20)),
            ("1G", Some(1 << 30)),
            ("-1", None),
            ("", None),
            ("K", None),
            ("1X", None),
            ("1.5M", None),
            ("9223372036854775807", Some(i64::MAX as u64)),
            ("9223372036854775808", None),
            ("99999999999G", None),
        ] {
            assert_eq!(rate(text).ok(), expected, "{text}");
        }
    }
}
