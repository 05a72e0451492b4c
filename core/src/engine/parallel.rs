//! Downloads that are fetched by several requests at the same time.
//!
//! The first request of a file decides what the file is: its version, its size, whether it
//! begins anew. A further request begins beside another one and can only add bytes of that
//! version. Any other answer ends it, and the file goes on with fewer requests; only a request
//! without another one beside it fails its file.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::model::{
    FileStage, Now, Outcome, Plan, Ramp, RangeLengths, RequestKey, RunningRange, SPLIT_BYTES_MIN,
    Sample, connections_per_file, next_range, range_at, server_asked,
};
use crate::protocol::{Request, Scheme, header_value, is_same_origin, piece_at, requested_bytes};
use crate::store::GoodStart;
use crate::transfer::{Ending, HeadEvent, KnownVersion, Order};
use crate::vocab::{HResult, Result};

use super::request_options::withhold_secrets;
use super::{Engine, Moving};

/// How often a file that has fewer requests than it may is looked at.
const LOOK_MS: u64 = 500;

/// A connection of which nothing came for so long does not count on.
const SILENT_MS: u64 = 2_000;

/// A request of several is ended if nothing came of it for eight times as long as usual,
/// within these bounds, and no other one was ended for so long.
const STALL_GAPS: u64 = 8;
const STALL_MS_MIN: u64 = 4_000;
const STALL_MS_MAX: u64 = 55_000;

/// Until then the rate of a request says nothing, and the usual one counts.
const YOUNG_MS: u64 = 1_000;

/// What a server answers that takes no more connections from one client: Forbidden, Too Many
/// Requests, Service Unavailable.
const REFUSALS: [u32; 3] = [403, 429, 503];

/// Of a window, so many percent must have passed without anything to do here.
const IDLE_PERCENT_MIN: u64 = 10;

/// What is known of downloads that may have several requests.
#[derive(Default)]
pub struct Parallel {
    files: BTreeMap<(Uuid, u32), SplitFile>,
    /// How long this thread had nothing to do, in all.
    idle_ms: u64,
}

pub(super) struct SplitFile {
    ramp: Ramp,
    pub(super) lengths: RangeLengths,
    /// Where the ranges are asked for: where redirects led to.
    url: String,
    /// True if that is at another place than the job names.
    is_elsewhere: bool,
    pub(super) server: String,
    /// When the present window began, and how long the thread had idled then.
    since: (u64, u64),
    looked_ms: u64,
    /// Requests that ended with their bytes since the last change of how many there may be.
    ended: u32,
    /// When a request was ended because nothing came of it.
    stalled_ms: u64,
}

impl Parallel {
    /// Takes note of a time in which there was nothing to do.
    pub fn idled(&mut self, from: Now, to: Now) {
        self.idle_ms += to.monotonic_ms.saturating_sub(from.monotonic_ms);
    }

    /// What is known of a file that several requests may fetch.
    pub(super) fn of_file(&mut self, place: (Uuid, u32)) -> Option<&mut SplitFile> {
        self.files.get_mut(&place)
    }

    /// True if several requests may fetch the file.
    pub fn may_split(&self, place: (Uuid, u32)) -> bool {
        self.files.contains_key(&place)
    }

    /// The files that several requests may fetch.
    pub fn places(&self) -> impl Iterator<Item = (Uuid, u32)> {
        self.files.keys().copied()
    }

    /// True if a server refused more requests for a file of the job.
    pub fn is_narrowed(&self, job: Uuid) -> bool {
        let mut files = self.files.range((job, 0)..=(job, u32::MAX));
        files.any(|(_, file)| file.ramp.is_narrowed())
    }

    /// How many requests the file may have now.
    pub fn target(&self, place: (Uuid, u32)) -> usize {
        self.files.get(&place).map_or(1, |file| file.ramp.target() as usize)
    }

    /// Lets the file have one request more; false if it has all that it may.
    pub fn add_one(&mut self, place: (Uuid, u32), at: Now) -> bool {
        self.files.get_mut(&place).is_some_and(|file| file.ramp.add_one(at.monotonic_ms))
    }

    /// What one request of the file brings in a second, in bytes; 0 if that is not known.
    pub fn rate_of_one(&self, place: (Uuid, u32)) -> u64 {
        self.files.get(&place).map_or(0, |file| file.ramp.rate_of_one())
    }

    /// The downloads that may have more than one request.
    pub fn requests_of_file(&self) -> BTreeMap<(Uuid, u32), u32> {
        let several = self.files.iter().filter(|(_, file)| file.ramp.target() > 1);
        several.map(|(key, file)| (*key, file.ramp.target())).collect()
    }
}

impl Engine {
    /// The head of the first request of a file says whether further ones may help it.
    pub(super) fn consider_splitting(&mut self, key: RequestKey, head: &HeadEvent, at: Now) {
        let place = (key.job, key.file);
        let split = self.split_file(key, head, at);
        let known = self.parallel.files.remove(&place);
        if let Some(mut split) = split {
            if let Some(known) = known.filter(|known| known.server == split.server) {
                (split.ramp, split.lengths) = (known.ramp, known.lengths);
            }
            self.parallel.files.insert(place, split);
        }
    }

    fn split_file(&self, key: RequestKey, head: &HeadEvent, at: Now) -> Option<SplitFile> {
        let size = head.body.size?;
        let loaded = self.queue.jobs.get(&key.job)?;
        let (record, file) = (&loaded.job.record, self.file(key)?);
        let total = requested_bytes(&file.ranges, Some(size))?;
        let is_plain = total >= SPLIT_BYTES_MIN
            && head.body.unpack.is_none()
            && head.body.validator.strong_etag().is_some()
            && !file.ranges_refused
            && !record.has_own_method()
            && head.body.length.is_some_and(|length| length <= size)
            && header_value(&head.response_headers, "accept-ranges") != Some("none");
        let url = match head.redirects.is_empty() {
            true => head.asked.clone(),
            false => head.answered.clone()?,
        };
        if !is_plain || Scheme::of(&url) != Scheme::Http {
            return None;
        }
        let server = server_asked(record, &url);
        let allowed = connections_per_file(record, &self.queue.limits);
        let mut ramp = Ramp::new(allowed, at.monotonic_ms);
        let remembered = &self.queue.server_limits;
        if let Some(taken) = remembered.most(&server, at.unix_ms) {
            ramp.limit(taken);
        }
        if let Some(good) = remembered.good_start(&server, at.unix_ms) {
            let missing = total.saturating_sub(file.held());
            ramp.begin_with(good.requests, good.rate_of_one, missing);
        }
        let longest = remembered.longest_range(&server, at.unix_ms);
        Some(SplitFile {
            ramp,
            lengths: longest.map(RangeLengths::remembered).unwrap_or_default(),
            is_elsewhere: !is_same_origin(&head.asked, &url),
            url,
            server,
            since: (at.monotonic_ms, self.parallel.idle_ms),
            looked_ms: at.monotonic_ms,
            ended: 0,
            stalled_ms: at.monotonic_ms,
        })
    }

    /// Measures the files that may have several requests, and ends requests whose next byte
    /// another one has brought.
    pub(super) fn measure(&mut self, at: Now) {
        let places: Vec<_> = self.parallel.files.keys().copied().collect();
        for place in places {
            self.end_overtaken(place, at);
            self.end_stalled(place, at);
            let Some(sample) = self.sample(place, at) else {
                continue;
            };
            let requests = self.moving.range(RequestKey::of_file(place.0, place.1)).count();
            let idle_ms = self.parallel.idle_ms;
            let job = self.queue.jobs.get(&place.0);
            let allowed =
                job.map(|loaded| connections_per_file(&loaded.job.record, &self.queue.limits));
            let Some(split) = self.parallel.files.get_mut(&place) else {
                continue;
            };
            let (before, due_ms) = (split.ramp.target(), split.ramp.due_ms(sample.first_byte_ms));
            split.ramp.allow(allowed.unwrap_or(1), at.monotonic_ms);
            if split.ramp.measure(sample) {
                let (requests, rate_of_one) = (before, split.ramp.rate_of_one_of(before));
                let good = GoodStart { requests, rate_of_one };
                let limits = self.queue.server_limits_mut();
                limits.add_good_start(&split.server, good, at.unix_ms);
            }
            if split.ramp.target() != before {
                split.ended = 0;
                self.queue.replan = true;
            }
            if split.ramp.due_ms(sample.first_byte_ms) != due_ms {
                split.since = (at.monotonic_ms, idle_ms);
            }
            let has_room = requests < split.ramp.target() as usize;
            if has_room && at.monotonic_ms >= split.looked_ms + LOOK_MS {
                split.looked_ms = at.monotonic_ms;
                self.queue.replan = true;
            }
        }
    }

    /// When they are to be measured again.
    pub(super) fn measure_due_ms(&self, at: Now) -> Option<u64> {
        let due = |(place, split): (&(Uuid, u32), &SplitFile)| {
            // A file that begins anew has nothing to measure until it has a head again.
            self.sample(*place, at)?;
            let requests = || self.moving.range(RequestKey::of_file(place.0, place.1));
            let first_byte_ms = requests().filter_map(|(_, moving)| moving.first_byte_ms()).max();
            let has_room = requests().count() < split.ramp.target() as usize;
            let look_ms = has_room.then_some(split.looked_ms + LOOK_MS);
            let stall_ms = self.first_to_stall(*place).map(|(_, due_ms)| due_ms);
            let ramp_ms = split.ramp.due_ms(first_byte_ms.unwrap_or(0));
            [ramp_ms, look_ms, stall_ms].into_iter().flatten().min()
        };
        self.parallel.files.iter().filter_map(due).min()
    }

    /// Forgets the files that are to have no request any more.
    pub(super) fn forget_split(&mut self, plan: &Plan) {
        self.parallel.files.retain(|place, _| {
            plan.transfers.range(RequestKey::of_file(place.0, place.1)).next().is_some()
        });
    }

    fn sample(&self, place: (Uuid, u32), at: Now) -> Option<Sample> {
        let split = self.parallel.files.get(&place)?;
        let file = self.file(RequestKey { job: place.0, file: place.1, part: 0 })?;
        let requests = || self.moving.range(RequestKey::of_file(place.0, place.1));
        let flowing = requests().filter(|(_, moving)| moving.written > moving.begin).count();
        // What a fast one brought counts, too.
        let flowing = u32::try_from(flowing).unwrap_or(u32::MAX).saturating_add(split.ended);
        let first_byte_ms = requests().filter_map(|(_, moving)| moving.first_byte_ms()).max();
        let (since_ms, idle_ms) = split.since;
        let is_limited = requests().any(|(_, moving)| moving.limited_ms >= Some(since_ms));
        let elapsed_ms = at.monotonic_ms.saturating_sub(since_ms);
        let idled_ms = self.parallel.idle_ms.saturating_sub(idle_ms);
        Some(Sample {
            now_ms: at.monotonic_ms,
            held: file.held(),
            missing: file.missing_bytes()?,
            flowing: flowing.min(split.ramp.target()),
            first_byte_ms: first_byte_ms.unwrap_or(0),
            // More connections are no faster where a rate limit decides.
            has_idled: !is_limited && idled_ms * 100 >= elapsed_ms * IDLE_PERCENT_MIN,
        })
    }

    fn end_overtaken(&mut self, place: (Uuid, u32), at: Now) {
        let Some(file) = self.file(RequestKey { job: place.0, file: place.1, part: 0 }) else {
            return;
        };
        let requests = self.moving.range(RequestKey::of_file(place.0, place.1));
        let is_overtaken = |moving: &Moving| {
            moving.flows_since_ms.is_some() && moving.held.is_none() && file.holds(moving.written)
        };
        let overtaken: Vec<_> =
            requests.filter(|(_, moving)| is_overtaken(moving)).map(|(key, _)| *key).collect();
        for key in overtaken {
            self.drop_request(key, at);
        }
        self.complete_if_held(place, at);
    }

    /// Ends a request whose place another one may take.
    pub(super) fn drop_request(&mut self, key: RequestKey, at: Now) {
        let dropped = self.stop_moving(key, at);
        let is_last = !self.has_requests((key.job, key.file));
        if let Some(moving) = dropped.filter(|_| is_last) {
            self.sync_rest(key, &moving);
        }
        self.ended.insert(key.job);
        self.queue.replan = true;
    }

    /// Ends the request of several that is silent for too long: one at a time, as what
    /// silences all of them is no fault of theirs.
    fn end_stalled(&mut self, place: (Uuid, u32), at: Now) {
        let stalled = self.first_to_stall(place);
        if let Some((key, _)) = stalled.filter(|(_, due_ms)| *due_ms <= at.monotonic_ms) {
            self.drop_request(key, at);
            if let Some(split) = self.parallel.files.get_mut(&place) {
                split.ramp.broke(at.monotonic_ms);
                split.stalled_ms = at.monotonic_ms;
            }
        }
    }

    /// The request that is to be ended first if nothing comes of it, and when. One that is
    /// alone, and not a further one, has only the time limits of every request.
    fn first_to_stall(&self, place: (Uuid, u32)) -> Option<(RequestKey, u64)> {
        let split = self.parallel.files.get(&place)?;
        let requests = || self.moving.range(RequestKey::of_file(place.0, place.1));
        let are_several = requests().nth(1).is_some();
        let first_byte_ms = requests().filter_map(|(_, moving)| moving.first_byte_ms()).max();
        let due = |(key, moving): (&RequestKey, &Moving)| {
            let gap_ms = moving.gap_ms().or(first_byte_ms).unwrap_or(STALL_MS_MAX);
            let limit_ms = gap_ms.saturating_mul(STALL_GAPS).clamp(STALL_MS_MIN, STALL_MS_MAX);
            (*key, (moving.heard_ms + limit_ms).max(split.stalled_ms + STALL_MS_MIN))
        };
        let may_stall =
            |moving: &Moving| moving.held.is_none() && (are_several || moving.is_further);
        requests()
            .filter(|(_, moving)| may_stall(moving))
            .map(due)
            .min_by_key(|(_, due_ms)| *due_ms)
    }

    /// A request of several brought all that it was to fetch.
    pub(super) fn one_of_many_done(&mut self, key: RequestKey) {
        if let Some(split) = self.parallel.files.get_mut(&(key.job, key.file)) {
            split.ended = split.ended.saturating_add(1);
        }
    }

    /// The last missing byte may have come by a request that had more to fetch.
    fn complete_if_held(&mut self, (job, index): (Uuid, u32), at: Now) {
        let key = RequestKey { job, file: index, part: 0 };
        let size = self
            .file(key)
            .filter(|file| file.stage == FileStage::Waiting && !file.segments.is_empty());
        let size = size.and_then(|file| file.bytes_total().filter(|size| *size == file.held()));
        if let Some(size) = size {
            self.stop_requests((job, index), at);
            self.outcome(job, Outcome::Received { file: index, size }, at);
        }
    }

    /// Begins a request beside others of its file, if there is something to fetch for it.
    pub(super) fn try_start_further(&mut self, key: RequestKey, at: Now) -> Result<()> {
        let place = (key.job, key.file);
        let (Some(split), Some(loaded)) =
            (self.parallel.files.get(&place), self.queue.jobs.get(&key.job))
        else {
            return Ok(());
        };
        let file = loaded.job.file(key.file)?;
        let siblings = || self.moving.range(RequestKey::of_file(key.job, key.file));
        let flows = |moving: &Moving| moving.flows_since_ms.is_some() && moving.held.is_none();
        // The first answer decides what the file is.
        let waits = siblings().any(|(_, moving)| moving.held.is_some())
            || !siblings().any(|(_, moving)| flows(moving));
        let etag = file.validator.as_ref().and_then(|validator| validator.strong_etag());
        let target = siblings().find_map(|(_, moving)| moving.target.clone());
        let (Some(size), Some(etag), Some(target)) = (file.bytes_total(), etag, target) else {
            return Ok(());
        };
        if waits || file.moved {
            return Ok(());
        }
        let running = self.running_ranges(place, at);
        let range_bytes = split.ramp.range_bytes(size.saturating_sub(file.held()));
        let range = match self.position_to_be_fetched(place, at) {
            Some(position) => Some(range_at(file, size, &running, range_bytes, position)),
            None => next_range(file, size, &running, range_bytes, self.reads.position(place)),
        };
        let Some(range) = range else {
            return Ok(());
        };
        let piece = piece_at(&file.ranges, range.start, file.size);
        // What divides the range of another request may be longer than a new range.
        let longest = range.start.saturating_add(split.lengths.longest());
        let end = range.end.min(piece.end).min(longest);
        let request = Request {
            url: split.url.clone(),
            range: Some(piece.remote_range(range.start, Some(end))),
            if_range: (!file.if_range_refused).then(|| etag.to_owned()),
            position: range.start,
            overlap: 0,
            joins: true,
        };
        let known = KnownVersion {
            position: range.start,
            holds_bytes: true,
            moved: false,
            redirected: false,
            ..KnownVersion::of(&file.content())
        };
        let mut options = self.options(&loaded.job.record, file);
        options.own_connection = true;
        if split.is_elsewhere {
            withhold_secrets(&mut options);
        }
        let unsynced = file.held().saturating_sub(file.held_safely());
        let server = split.server.clone();
        let order = Order { request, target: target.clone(), known, reserves: false };
        let token = self.transfers.start(order, &options)?;
        let moving = Moving {
            end: Some(end),
            is_further: true,
            ..Moving::new(token, server, Some(target), (range.start, unsynced), at)
        };
        self.moving.insert(key, moving);
        self.tokens.insert(token, key);
        Ok(())
    }

    /// A further request has a head. One that would begin the file anew is dropped.
    pub(super) fn further_head(&mut self, key: RequestKey, restarts: bool, at: Now) {
        if restarts {
            self.drop_request(key, at);
            self.forbid_splitting((key.job, key.file));
            return;
        }
        self.took_range(key, at);
    }

    pub(super) fn forbid_splitting(&mut self, place: (Uuid, u32)) {
        if let Some(split) = self.parallel.files.get_mut(&place) {
            split.ramp.forbid();
        }
        self.queue.replan = true;
    }

    /// A request that had others beside it ended without its bytes: its file goes on with
    /// fewer.
    pub(super) fn one_of_many_ended(
        &mut self,
        key: RequestKey,
        moving: &Moving,
        ending: &Ending,
        at: Now,
    ) {
        let place = (key.job, key.file);
        let Ending::Failed { written, failure, .. } = ending else {
            self.forbid_splitting(place);
            return;
        };
        if let Some(written) = *written {
            let (file, begin) = (key.file, moving.begin);
            self.outcome(key.job, Outcome::Progress { file, begin, written }, at);
        }
        let Some(split) = self.parallel.files.get_mut(&place) else {
            return;
        };
        if written.unwrap_or(moving.written) > moving.begin {
            split.ramp.broke(at.monotonic_ms);
        } else if split.lengths.may_be_refused(moving, failure.code) {
            self.queue.replan = true;
        } else {
            split.ramp.refused();
            // A connection that cannot be made may be the network's.
            if REFUSALS.map(HResult::from_http_status).contains(&failure.code) {
                let (server, most) = (split.server.clone(), split.ramp.target());
                self.queue.server_limits_mut().limit(&server, most, at.unix_ms);
            }
        }
    }
}

impl Moving {
    fn first_byte_ms(&self) -> Option<u64> {
        Some(self.flows_since_ms?.saturating_sub(self.began_ms))
    }

    /// The usual time between two writes, once there were some.
    fn gap_ms(&self) -> Option<u64> {
        let flowed_ms = self.heard_ms.saturating_sub(self.flows_since_ms?);
        (self.writes > 0).then(|| flowed_ms / u64::from(self.writes))
    }

    pub(super) fn running_range(&self, usual_rate: u64, at: Now) -> RunningRange {
        let age_ms = self.flows_since_ms.map_or(0, |since| at.monotonic_ms.saturating_sub(since));
        let rate = if self.silent_ms(at) >= SILENT_MS {
            0
        } else if age_ms < YOUNG_MS {
            usual_rate.max(1)
        } else {
            self.written.saturating_sub(self.begin).saturating_mul(1000) / age_ms
        };
        RunningRange { position: self.written, end: self.end, is_further: self.is_further, rate }
    }
}
