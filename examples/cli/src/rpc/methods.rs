//! The methods of aria2.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bgcopy_core::{Job, JobRecord, JobState, Limits, forget_history, path_of};
use serde_json::{Map, Value, json};

use crate::interrupt::Interrupt;
use crate::limit::rate;

use super::context::{Context, Download, Named};
use super::message::{Methods, RpcError};
use super::options::{self, Wanted, options_of};
use super::parameters::{Parameters, slice};
use super::status::{FILES_MAX, Status, View, file_of, gid_of, is_ours, past_file, uris};
use super::watcher::Notification;

/// Until a process that is asked to end does so: the answer is sent before.
const END_DELAY: Duration = Duration::from_millis(300);
/// The most files that may be transferred at the same time.
const FILES_AT_ONCE_MAX: u32 = 1000;

type Answered = Result<Value, RpcError>;
type Method = fn(&Handler, Parameters<'_>) -> Answered;

const METHODS: [(&str, Method); 30] = [
    ("aria2.addUri", Handler::add_uri),
    ("aria2.remove", Handler::remove),
    ("aria2.forceRemove", Handler::remove),
    ("aria2.pause", Handler::pause),
    ("aria2.forcePause", Handler::pause),
    ("aria2.pauseAll", Handler::pause_all),
    ("aria2.forcePauseAll", Handler::pause_all),
    ("aria2.unpause", Handler::unpause),
    ("aria2.unpauseAll", Handler::unpause_all),
    ("aria2.tellStatus", Handler::tell_status),
    ("aria2.getUris", Handler::get_uris),
    ("aria2.getFiles", Handler::get_files),
    ("aria2.getServers", Handler::get_servers),
    ("aria2.tellActive", Handler::tell_active),
    ("aria2.tellWaiting", Handler::tell_waiting),
    ("aria2.tellStopped", Handler::tell_stopped),
    ("aria2.getOption", Handler::get_option),
    ("aria2.changeOption", Handler::change_option),
    ("aria2.getGlobalOption", Handler::get_global_option),
    ("aria2.changeGlobalOption", Handler::change_global_option),
    ("aria2.getGlobalStat", Handler::get_global_stat),
    ("aria2.purgeDownloadResult", Handler::purge_results),
    ("aria2.removeDownloadResult", Handler::remove_result),
    ("aria2.getVersion", Handler::get_version),
    ("aria2.getSessionInfo", Handler::get_session_info),
    ("aria2.saveSession", Handler::save_session),
    ("aria2.shutdown", Handler::shutdown),
    ("aria2.forceShutdown", Handler::shutdown),
    ("system.listMethods", Handler::list_methods),
    ("system.listNotifications", Handler::list_notifications),
];

/// What carries out calls of calls, and is in no table.
const MULTICALL: &str = "system.multicall";

/// Methods of aria2 that there is nothing for here, and why.
const UNSUPPORTED: [(&str, &str); 5] = [
    ("aria2.addTorrent", "there is no BitTorrent here"),
    ("aria2.getPeers", "there is no BitTorrent here"),
    ("aria2.addMetalink", "there is no Metalink here"),
    ("aria2.changeUri", "a download has one URI"),
    ("aria2.changePosition", "the queue is in the order of priority and of addition"),
];

/// Carries out calls.
pub struct Handler {
    pub context: Arc<Context>,
    pub interrupt: Interrupt,
}

impl Methods for Handler {
    fn takes_token(&self, token: Option<&str>) -> bool {
        self.context.access.takes_token(token)
    }

    fn call(&self, method: &str, parameters: &[Value]) -> Answered {
        if let Some((_, carry_out)) = METHODS.iter().find(|(name, _)| *name == method) {
            return carry_out(self, Parameters(parameters));
        }
        Err(RpcError::new(match UNSUPPORTED.iter().find(|(name, _)| *name == method) {
            Some((_, why)) => format!("{method} is not supported: {why}"),
            None => format!("No such method: {method}"),
        }))
    }
}

/// What changes downloads.
impl Handler {
    fn add_uri(&self, given: Parameters<'_>) -> Answered {
        let uris = given.texts(0)?;
        let uri = uris.first().ok_or_else(|| RpcError::new("URI is not provided."))?;
        if uris.iter().any(|other| other != uri) {
            let text = "several URIs of one download are not supported: add each on its own";
            return Err(RpcError::new(text));
        }
        if given.is_there(2) {
            let text = "a position in the queue is not supported: a download is added at its end";
            return Err(RpcError::new(text));
        }
        let id = self.context.add(uri, given.options(1)?.unwrap_or(&Map::new()))?;
        self.context.watcher.nudge();
        Ok(gid_of(id).into())
    }

    fn remove(&self, given: Parameters<'_>) -> Answered {
        self.change(given, |job| job.cancel().map(|_| ()))
    }

    fn pause(&self, given: Parameters<'_>) -> Answered {
        self.change(given, Job::suspend)
    }

    fn unpause(&self, given: Parameters<'_>) -> Answered {
        self.change(given, |job| match self.context.try_again(job.id()) {
            true => Ok(()),
            false => job.resume(),
        })
    }

    /// Changes one download; its GID is the answer.
    fn change(
        &self,
        given: Parameters<'_>,
        change: impl FnOnce(&Job) -> bgcopy_core::Result<()>,
    ) -> Answered {
        let gid = given.text(0)?;
        let job = self.context.job(gid)?;
        change(&job).map_err(|error| RpcError {
            message: format!("GID {gid}: {}", RpcError::from(error).message),
            ..RpcError::new("")
        })?;
        self.context.watcher.nudge();
        Ok(gid_of(job.id()).into())
    }

    fn pause_all(&self, _: Parameters<'_>) -> Answered {
        let moves = |status| matches!(status, Status::Active | Status::Waiting);
        self.change_all(moves, |job, record| {
            // What is here is only put in its place.
            if record.state == JobState::Transferred { Ok(()) } else { job.suspend() }
        })
    }

    fn unpause_all(&self, _: Parameters<'_>) -> Answered {
        let is_paused = |status| status == Status::Paused;
        self.change_all(is_paused, |job, record| {
            if record.state == JobState::Suspended { job.resume() } else { Ok(()) }
        })
    }

    /// Changes all downloads of a state. One that has come to another state since is left.
    fn change_all(
        &self,
        is_meant: impl Fn(Status) -> bool,
        change: impl Fn(&Job, &JobRecord) -> bgcopy_core::Result<()>,
    ) -> Answered {
        for Download { record, .. } in self.context.downloads(&self.context.reader()?)? {
            if is_meant(self.context.status(&record)) {
                _ = self.context.manager.get_job(record.id).and_then(|job| change(&job, &record));
            }
        }
        self.context.watcher.nudge();
        ok()
    }

    fn change_option(&self, given: Parameters<'_>) -> Answered {
        let job = self.context.job(given.text(0)?)?;
        let wanted = given.options(1)?.ok_or_else(|| RpcError::new("Options are not provided."))?;
        Wanted::read(wanted)?.apply_to(&job)?;
        ok()
    }

    fn change_global_option(&self, given: Parameters<'_>) -> Answered {
        let manager = &self.context.manager;
        let wanted = given.options(0)?.ok_or_else(|| RpcError::new("Options are not provided."))?;
        let before = manager.rate_limits()?;
        let (mut rates, mut files) = (before, None);
        for (name, value) in wanted {
            let wrong = |why| RpcError::new(format!("{name}: {why}"));
            let text = options::text(value).map_err(wrong)?;
            match name.as_str() {
                "max-overall-download-limit" => rates.download = rate(&text).map_err(wrong)?,
                "max-overall-upload-limit" => rates.upload = rate(&text).map_err(wrong)?,
                "max-concurrent-downloads" => {
                    files = Some(options::number(&text, 1..=FILES_AT_ONCE_MAX).map_err(wrong)?);
                }
                _ => return Err(wrong("the option cannot be changed here".to_owned())),
            }
        }
        if rates != before {
            manager.set_rate_limits(rates)?;
        }
        if let Some(files) = files {
            let limits = manager.limits()?;
            let connections_total = limits.connections_total.max(files);
            manager.set_limits(Limits {
                simultaneous_files: files,
                connections_total,
                ..limits
            })?;
        }
        ok()
    }

    /// Forgets what has ended. Failed downloads of clients go, with what is here of them.
    fn purge_results(&self, _: Parameters<'_>) -> Answered {
        for Download { record, .. } in self.context.downloads(&self.context.reader()?)? {
            if is_ours(&record) && self.context.status(&record) == Status::Error {
                self.context.manager.get_job(record.id).and_then(|job| job.cancel())?;
            }
        }
        forget_history(&self.context.manager, None)?;
        ok()
    }

    fn remove_result(&self, given: Parameters<'_>) -> Answered {
        let gid = given.text(0)?;
        let id = match self.context.find(gid)? {
            Named::Past(entry) => entry.id,
            Named::Job(job) => {
                let record = job.snapshot()?.record;
                if self.context.status(&record) != Status::Error {
                    return Err(RpcError::new(format!("GID {gid} has not ended")));
                }
                job.cancel()?;
                record.id
            }
        };
        forget_history(&self.context.manager, Some(id))?;
        ok()
    }

    fn save_session(&self, _: Parameters<'_>) -> Answered {
        // All that was answered is stored.
        ok()
    }

    fn shutdown(&self, _: Parameters<'_>) -> Answered {
        let interrupt = self.interrupt.clone();
        thread::spawn(move || {
            thread::sleep(END_DELAY);
            interrupt.request();
        });
        ok()
    }
}

/// What only looks.
impl Handler {
    fn view<'a>(&'a self, keys: &'a [String]) -> View<'a> {
        View { keys, folder: &self.context.folder }
    }

    fn tell_status(&self, given: Parameters<'_>) -> Answered {
        let keys = given.keys(1)?;
        Ok(match self.context.find(given.text(0)?)? {
            Named::Past(entry) => self.view(&keys).past(&entry),
            Named::Job(job) => {
                let snapshot = job.snapshot()?;
                let (id, speed) = (snapshot.record.id, snapshot.bytes_per_second);
                let failure = self.context.failure(id);
                let files = self.context.files(id);
                self.view(&keys).job(&snapshot.record, &files, speed, failure.as_deref())
            }
        })
    }

    fn get_uris(&self, given: Parameters<'_>) -> Answered {
        let (urls, _) = self.files_of(given.text(0)?)?;
        Ok(urls.first().map_or(json!([]), |url| uris(url)))
    }

    fn get_files(&self, given: Parameters<'_>) -> Answered {
        Ok(self.files_of(given.text(0)?)?.1)
    }

    fn get_servers(&self, given: Parameters<'_>) -> Answered {
        let servers = (1_u32..).zip(self.files_of(given.text(0)?)?.0).map(|(number, url)| {
            let server = json!({ "uri": url, "currentUri": url, "downloadSpeed": "0" });
            json!({ "index": number.to_string(), "servers": [server] })
        });
        Ok(servers.collect())
    }

    /// The URLs of a download's files, and the files as clients see them.
    fn files_of(&self, gid: &str) -> Result<(Vec<String>, Value), RpcError> {
        Ok(match self.context.find(gid)? {
            Named::Past(entry) => (
                entry.files.iter().map(|file| file.remote_name.clone()).collect(),
                (1_u32..).zip(&entry.files).map(past_file).collect(),
            ),
            Named::Job(job) => {
                let mut files = self.context.files(job.id());
                files.truncate(FILES_MAX);
                let listed = (1_u32..).zip(&files).map(file_of).collect();
                (files.into_iter().map(|file| file.remote_name).collect(), listed)
            }
        })
    }

    fn tell_active(&self, given: Parameters<'_>) -> Answered {
        let keys = given.keys(0)?;
        let jobs = self.in_state(|status| status == Status::Active)?;
        self.views(jobs, &keys)
    }

    fn tell_waiting(&self, given: Parameters<'_>) -> Answered {
        let (offset, count, keys) = (given.number(0)?, given.number(1)?, given.keys(2)?);
        let waits = |status| matches!(status, Status::Waiting | Status::Paused);
        self.views(slice(self.in_state(waits)?, offset, count), &keys)
    }

    fn tell_stopped(&self, given: Parameters<'_>) -> Answered {
        /// In the queue, or not any more.
        enum Stopped {
            Failed(Box<Download>),
            Past(Box<bgcopy_core::HistoryEntry>),
        }
        let (offset, count, keys) = (given.number(0)?, given.number(1)?, given.keys(2)?);
        let failed = self.in_state(|status| status == Status::Error)?;
        let past = self.context.past(&self.context.reader()?)?;
        let mut all: Vec<_> =
            past.into_iter().map(|entry| Stopped::Past(Box::new(entry))).collect();
        all.extend(failed.into_iter().map(|job| Stopped::Failed(Box::new(job))));
        all.sort_by_key(|one| match one {
            Stopped::Failed(job) => job.record.state_since_ms,
            Stopped::Past(entry) => entry.ended_ms,
        });
        let views = slice(all, offset, count).into_iter().map(|one| match one {
            Stopped::Failed(job) => self.tell_job(&job, &keys),
            Stopped::Past(entry) => self.view(&keys).past(&entry),
        });
        Ok(views.collect())
    }

    fn in_state(&self, is_meant: impl Fn(Status) -> bool) -> Result<Vec<Download>, RpcError> {
        let mut jobs = self.context.downloads(&self.context.reader()?)?;
        jobs.retain(|job| is_meant(self.context.status(&job.record)));
        Ok(jobs)
    }

    fn views(&self, jobs: Vec<Download>, keys: &[String]) -> Answered {
        Ok(jobs.iter().map(|job| self.tell_job(job, keys)).collect())
    }

    fn tell_job(&self, job: &Download, keys: &[String]) -> Value {
        let record = &job.record;
        let needs_files = keys.is_empty() || keys.iter().any(|key| key == "files" || key == "dir");
        let is_small = u64::from(record.totals.files) <= FILES_MAX as u64;
        let files =
            if needs_files && is_small { self.context.files(record.id) } else { Vec::new() };
        let failure = self.context.failure(record.id);
        self.view(keys).job(record, &files, job.bytes_per_second, failure.as_deref())
    }

    fn get_option(&self, given: Parameters<'_>) -> Answered {
        Ok(match self.context.find(given.text(0)?)? {
            Named::Job(job) => {
                let record = job.snapshot()?.record;
                let files = self.context.files(record.id);
                let path = files.first().map(|file| path_of(&file.local_name));
                options_of(&record, path.as_deref(), Context::overwrites(&record))
            }
            Named::Past(entry) => {
                let path = entry.files.first().map(|file| path_of(&file.local_name));
                let text = |path: PathBuf| path.to_string_lossy().into_owned();
                let part = |part: Option<PathBuf>| part.map(text).unwrap_or_default();
                json!({
                    "dir": part(path.as_deref().and_then(|path| Some(path.parent()?.to_owned()))),
                    "out": part(path.as_deref().and_then(|path| Some(path.file_name()?.into()))),
                })
            }
        })
    }

    fn get_global_option(&self, _: Parameters<'_>) -> Answered {
        let manager = &self.context.manager;
        let (rates, limits) = (manager.rate_limits()?, manager.limits()?);
        Ok(json!({
            "dir": self.context.folder.to_string_lossy(),
            "max-overall-download-limit": rates.download.to_string(),
            "max-overall-upload-limit": rates.upload.to_string(),
            "max-concurrent-downloads": limits.simultaneous_files.to_string(),
            "allow-overwrite": "false",
            "auto-file-renaming": "true",
            "continue": "true",
        }))
    }

    fn get_global_stat(&self, _: Parameters<'_>) -> Answered {
        let reader = self.context.reader()?;
        let (mut active, mut waiting, mut stopped, mut speed) = (0, 0, 0, 0);
        for job in self.context.downloads(&reader)? {
            speed += job.bytes_per_second;
            match self.context.status(&job.record) {
                Status::Active => active += 1,
                Status::Waiting | Status::Paused => waiting += 1,
                Status::Error | Status::Complete | Status::Removed => stopped += 1,
            }
        }
        stopped += self.context.past(&reader)?.len();
        Ok(json!({
            "downloadSpeed": speed.to_string(),
            "uploadSpeed": "0",
            "numActive": active.to_string(),
            "numWaiting": waiting.to_string(),
            "numStopped": stopped.to_string(),
            "numStoppedTotal": stopped.to_string(),
        }))
    }

    fn get_version(&self, _: Parameters<'_>) -> Answered {
        let features = ["HTTPS", "Message Digest", "bgcopy"];
        Ok(json!({ "version": env!("CARGO_PKG_VERSION"), "enabledFeatures": features }))
    }

    fn get_session_info(&self, _: Parameters<'_>) -> Answered {
        Ok(json!({ "sessionId": self.context.session.simple().to_string() }))
    }

    fn list_methods(&self, _: Parameters<'_>) -> Answered {
        Ok(METHODS.iter().map(|(name, _)| *name).chain([MULTICALL]).collect())
    }

    fn list_notifications(&self, _: Parameters<'_>) -> Answered {
        Ok(Notification::ALL.iter().map(|notification| notification.method()).collect())
    }
}

fn ok() -> Answered {
    Ok("OK".into())
}
