//! `watch`: the queue as a table that stays up to date.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::{SIZE_UNKNOWN, code};
use bgcopy_core::{
    Error, JobRecord, JobSnapshot, JobState, Reader, Result, progress_of, survey_each, wait_reasons,
};
use console::Term;
use indicatif::HumanBytes;
use unicode_width::UnicodeWidthStr;
use uuid::Uuid;

use crate::args::Watch;
use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::table::Layout;
use crate::{job_ids, output};

/// How often the table changes.
const TICK: Duration = Duration::from_millis(500);

/// Looking at the jobs may take this part of the time, however many there are.
const SHARE_OF_LOOKING: u32 = 10;

/// Speeds are averages of so long: progress is recorded in steps.
const SPEED_WINDOW: Duration = Duration::from_secs(5);

/// Lines of the terminal that are not jobs: the header, the sum, and the one where the
/// cursor is.
const OTHER_LINES: usize = 3;

/// The size of a terminal that does not tell it.
const COLUMNS_DEFAULT: usize = 80;
const LINES_DEFAULT: usize = 24;

pub fn watch(store: &Path, watch: &Watch) -> Outcome {
    let ids = job_ids::resolve(store, &watch.ids)?;
    let mut view = View { store, ids, speeds: Speeds::default() };
    if watch.once || !Term::stdout().features().is_attended() {
        return once(&mut view);
    }
    let interrupt = Interrupt::listen()?;
    let mut screen = Screen::default();
    loop {
        let began = Instant::now();
        let (lines, columns) = size();
        let layout = Layout::new(Some(columns));
        let table = view.look(lines.saturating_sub(OTHER_LINES))?;
        if screen.0.is_empty() {
            view.check(&table)?;
        }
        if let Err(error) = screen.draw(&table.lines(&layout), columns) {
            output::note(Err(error));
            return Ok(());
        }
        if !view.ids.is_empty() && table.count == 0 {
            return Ok(());
        }
        interrupt.wait(Some(TICK.max(began.elapsed() * SHARE_OF_LOOKING)));
        if interrupt.is_requested() {
            // What the terminal showed of the key goes, too.
            output::note(write!(io::stdout().lock(), "\r\x1b[J"));
            return Err(Failure::Interrupted(String::new()));
        }
    }
}

/// The table of this moment: it has no speeds.
fn once(view: &mut View<'_>) -> Outcome {
    let columns = Term::stdout().features().is_attended().then(|| size().1);
    let layout = Layout::new(columns);
    let table = view.look(usize::MAX)?;
    view.check(&table)?;
    output::print(|out| table.lines(&layout).iter().try_for_each(|line| writeln!(out, "{line}")));
    job_ids::check(&table.damaged)
}

/// Lines and columns of the terminal.
fn size() -> (usize, usize) {
    match Term::stdout().size_checked() {
        Some((lines, columns)) if lines > 0 && columns > 0 => (lines.into(), columns.into()),
        Some(_) | None => (LINES_DEFAULT, COLUMNS_DEFAULT),
    }
}

/// What is watched.
struct View<'a> {
    store: &'a Path,
    /// None: all jobs.
    ids: Vec<Uuid>,
    speeds: Speeds,
}

/// What was seen at one moment.
#[derive(Default)]
struct Table {
    /// As many jobs as there are lines for, those that move before the others.
    jobs: Vec<JobSnapshot>,
    /// All that were seen.
    count: usize,
    states: BTreeMap<&'static str, usize>,
    bytes_per_second: u64,
    damaged: Vec<String>,
}

impl View<'_> {
    /// Looks at the jobs, and keeps so many for the table. The process that hosts the
    /// queue is not asked: it may be busy or stopped.
    fn look(&mut self, lines: usize) -> Result<Table> {
        let mut table = Table::default();
        let Some(reader) = job_ids::reader(self.store)? else {
            return Ok(table);
        };
        let reason = wait_reasons(&reader);
        let (now, mut still) = (Instant::now(), Vec::new());
        let (ids, speeds) = (&self.ids, &mut self.speeds);
        let damaged = each(&reader, ids, |record| {
            let (bytes_per_second, seconds_left) = speeds.add(&record, now);
            let (state, moves) = (record.state.name(), is_moving(&record));
            table.count += 1;
            *table.states.entry(state).or_default() += 1;
            table.bytes_per_second += bytes_per_second;
            let part = if moves { &mut table.jobs } else { &mut still };
            if part.len() < lines {
                let wait_reason = reason(&record);
                part.push(JobSnapshot { record, bytes_per_second, seconds_left, wait_reason });
            }
        })?;
        speeds.forget_before(now);
        table.jobs.append(&mut still);
        table.jobs.truncate(lines);
        table.damaged = damaged;
        Ok(table)
    }

    /// Fails if a job that was named is not in the queue.
    fn check(&self, table: &Table) -> Result<()> {
        let is_there = |id| table.jobs.iter().any(|job| job.record.id == id);
        match self.ids.iter().find(|id| !is_there(**id)) {
            Some(id) if table.count < self.ids.len() => {
                Err(Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue")))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Shows the jobs with these ids that are in the queue, or all jobs; gives what of the
/// queue is damaged.
fn each(reader: &Reader, ids: &[Uuid], mut visit: impl FnMut(JobRecord)) -> Result<Vec<String>> {
    if ids.is_empty() {
        return survey_each(reader, |record| {
            visit(record);
            ControlFlow::Continue(())
        });
    }
    for id in ids {
        match reader.job(*id) {
            Ok((record, _)) if record.is_in_queue() => visit(record),
            Ok(_) => {}
            Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Vec::new())
}

fn is_moving(record: &JobRecord) -> bool {
    match record.state {
        JobState::Connecting | JobState::Transferring => true,
        JobState::Queued
        | JobState::Suspended
        | JobState::Error
        | JobState::TransientError
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => false,
    }
}

impl Table {
    fn lines(&self, layout: &Layout) -> Vec<String> {
        let rows = self.jobs.iter().map(|job| layout.row(job));
        let lines = std::iter::once(layout.header()).chain(rows);
        lines.chain([layout.text(&self.sum())]).collect()
    }

    fn sum(&self) -> String {
        let mut sum = output::counted(u64::try_from(self.count).unwrap_or(u64::MAX), "job");
        for (state, count) in &self.states {
            _ = write!(sum, ", {count} {state}");
        }
        if self.bytes_per_second > 0 {
            _ = write!(sum, ", {}/s", HumanBytes(self.bytes_per_second));
        }
        if self.jobs.len() < self.count {
            _ = write!(sum, "; {} not shown", self.count - self.jobs.len());
        }
        if !self.damaged.is_empty() {
            _ = write!(sum, "; {} damaged, see `bgcopy list`", self.damaged.len());
        }
        sum
    }
}

/// How fast jobs are, by what was recorded of them.
#[derive(Default)]
struct Speeds(BTreeMap<Uuid, VecDeque<(Instant, u64)>>);

impl Speeds {
    /// Adds what is here of a job; gives bytes per second and, where it can be known,
    /// seconds left. A job that does not move has no speed.
    fn add(&mut self, record: &JobRecord, now: Instant) -> (u64, Option<u64>) {
        if !is_moving(record) {
            self.0.remove(&record.id);
            return (0, None);
        }
        let progress = progress_of(record);
        let speed = self.average(record.id, progress.bytes_transferred, now);
        let is_known = speed > 0 && progress.bytes_total != SIZE_UNKNOWN;
        let missing = progress.bytes_total.saturating_sub(progress.bytes_transferred);
        (speed, is_known.then(|| missing.div_ceil(speed.max(1))))
    }

    fn average(&mut self, id: Uuid, bytes: u64, now: Instant) -> u64 {
        let seen = self.0.entry(id).or_default();
        // A file that starts over.
        if seen.back().is_some_and(|(_, before)| *before > bytes) {
            seen.clear();
        }
        seen.push_back((now, bytes));
        while seen.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= SPEED_WINDOW) {
            seen.pop_front();
        }
        let Some((at, before)) = seen.front() else {
            return 0;
        };
        let (came, ms) = (u128::from(bytes - before), now.duration_since(*at).as_millis());
        (came * 1000).checked_div(ms).map_or(0, |speed| u64::try_from(speed).unwrap_or(u64::MAX))
    }

    /// Forgets the jobs that were not seen at that moment.
    fn forget_before(&mut self, now: Instant) {
        self.0.retain(|_, seen| seen.back().is_some_and(|(at, _)| *at >= now));
    }
}

/// What the terminal shows: the columns that each line takes.
#[derive(Default)]
struct Screen(Vec<usize>);

impl Screen {
    /// Draws lines in the place of the last ones. Nothing else of the terminal changes,
    /// so that nothing has to be set back, however the process ends.
    fn draw(&mut self, lines: &[String], columns: usize) -> io::Result<()> {
        let frame = self.frame(lines, columns);
        let mut stdout = io::stdout().lock();
        stdout.write_all(frame.as_bytes())?;
        stdout.flush()
    }

    /// What draws them.
    fn frame(&mut self, lines: &[String], columns: usize) -> String {
        // In a terminal that has become narrower a line takes several.
        let up: usize = self.0.iter().map(|width| (*width).max(1).div_ceil(columns)).sum();
        let mut frame = String::from("\r");
        if up > 0 {
            _ = write!(frame, "\x1b[{up}A");
        }
        for line in lines {
            _ = writeln!(frame, "\x1b[2K{line}");
        }
        frame += "\x1b[J";
        self.0 = lines.iter().map(|line| line.as_str().width()).collect();
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_narrower_terminal_wraps_are_drawn_over_as_well() {
        let mut screen = Screen::default();
        let lines = |width: usize| ["漢".repeat(width / 2), String::new()];
        assert!(screen.frame(&lines(80), 100).starts_with("\r\x1b[2K漢"), "nothing is above it");
        assert!(screen.frame(&lines(80), 100).starts_with("\r\x1b[2A\x1b[2K漢"));
        assert!(screen.frame(&lines(30), 31).starts_with("\r\x1b[4A\x1b[2K漢"), "three, and one");
        let frame = screen.frame(&[], 31);
        assert_eq!(frame, "\r\x1b[2A\x1b[J", "what is left over goes");
    }

    #[test]
    fn speed_is_an_average_of_the_last_seconds() {
        let (mut speeds, id, start) = (Speeds::default(), Uuid::nil(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(speeds.average(id, 5000, start), 0, "one look tells no speed");
        assert_eq!(speeds.average(id, 6000, at(500)), 2000);
        assert_eq!(speeds.average(id, 6000, at(1000)), 1000);
        assert_eq!(speeds.average(id, 6000, at(7000)), 0, "it stands still by now");
        assert_eq!(speeds.average(id, 100, at(7500)), 0, "it starts over");
        assert_eq!(speeds.average(id, 200, at(8000)), 200);
        speeds.forget_before(at(8000));
        assert_eq!(speeds.0.len(), 1);
        speeds.forget_before(at(8001));
        assert_eq!(speeds.0.len(), 0);
    }
}
