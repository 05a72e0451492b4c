//! How far a job is, for people and for programs.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bgcopy_core::vocab::SIZE_UNKNOWN;
use bgcopy_core::{JobProgress, JobSnapshot, WaitKind, WaitReason, progress_of};
use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::output;

/// Lines that are not about a change of state come at most this often, so that
/// a log stays readable.
const LINE_INTERVAL: Duration = Duration::from_secs(1);

const WITH_TOTAL: &str =
    "{wide_bar:.green} {percent:>3}%  {binary_bytes} of {binary_total_bytes}  {msg}";
const WITHOUT_TOTAL: &str = "{spinner:.green} {binary_bytes}  {msg}";

/// Shows one job at a time.
pub enum Display {
    Bar(Bar),
    Lines(Pace),
    Json(Pace),
    Quiet,
}

impl Display {
    /// The display that suits stdout.
    pub fn for_people() -> Self {
        if !io::stdout().is_terminal() {
            return Self::Lines(Pace::default());
        }
        Self::Bar(Bar(None))
    }

    pub fn json() -> Self {
        Self::Json(Pace::default())
    }

    /// Shows where the job is now.
    pub fn show(&mut self, snapshot: &JobSnapshot) {
        let progress = progress_of(&snapshot.record);
        match self {
            Self::Bar(bar) => draw(bar.shown(), snapshot, progress),
            Self::Lines(pace) => {
                if pace.is_due(snapshot, progress) {
                    output::say(&line(snapshot, progress));
                }
            }
            Self::Json(pace) => {
                if pace.is_due(snapshot, progress) {
                    output::say_json(&progress_event(snapshot));
                }
            }
            Self::Quiet => {}
        }
    }

    /// Says something to people.
    pub fn note(&self, text: &str) {
        match self {
            Self::Bar(Bar(Some(bar))) => bar.suspend(|| output::say(text)),
            Self::Bar(Bar(None)) | Self::Lines(_) => output::say(text),
            Self::Json(_) | Self::Quiet => {}
        }
    }

    /// Says something to programs.
    pub fn event(&self, event: &Value) {
        match self {
            Self::Json(_) => output::say_json(event),
            Self::Bar(_) | Self::Lines(_) | Self::Quiet => {}
        }
    }

    /// Leaves the bar as it is and goes to the next line.
    pub fn end(&mut self) {
        if let Self::Bar(bar) = self {
            bar.0.take().inspect(ProgressBar::abandon);
        }
    }

    /// Takes the bar away: the same job is shown again later.
    pub fn pause(&mut self) {
        if let Self::Bar(bar) = self {
            bar.0.take().inspect(ProgressBar::finish_and_clear);
        }
    }
}

/// The bar, while one is shown: what is said would draw it otherwise.
pub struct Bar(Option<ProgressBar>);

impl Bar {
    fn shown(&mut self) -> &ProgressBar {
        let stdout = ProgressDrawTarget::stdout;
        self.0.get_or_insert_with(|| ProgressBar::with_draw_target(None, stdout()))
    }
}

/// When the next line is due.
#[derive(Default)]
pub struct Pace {
    last: Option<Shown>,
}

struct Shown {
    job: Uuid,
    at: Instant,
    bytes: u64,
    files: u32,
    kind: WaitKind,
    since_ms: i64,
}

impl Pace {
    /// True at each change of what the job is doing, and now and then while
    /// bytes come in.
    fn is_due(&mut self, snapshot: &JobSnapshot, progress: JobProgress) -> bool {
        let reason = &snapshot.wait_reason;
        let due = self.last.as_ref().is_none_or(|last| {
            let changed = last.job != snapshot.record.id
                || last.kind != reason.kind
                || last.since_ms != reason.since_ms;
            let moved = last.bytes != progress.bytes_transferred
                || last.files != progress.files_transferred;
            changed || moved && last.at.elapsed() >= LINE_INTERVAL
        });
        if due {
            self.last = Some(Shown {
                job: snapshot.record.id,
                at: Instant::now(),
                bytes: progress.bytes_transferred,
                files: progress.files_transferred,
                kind: reason.kind,
                since_ms: reason.since_ms,
            });
        }
        due
    }
}

fn draw(bar: &ProgressBar, snapshot: &JobSnapshot, progress: JobProgress) {
    let total = (progress.bytes_total != SIZE_UNKNOWN).then_some(progress.bytes_total);
    let template = if total.is_some() { WITH_TOTAL } else { WITHOUT_TOTAL };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    match total {
        Some(total) => bar.set_length(total),
        None => bar.unset_length(),
    }
    bar.set_message(doing(snapshot, progress));
    bar.set_position(progress.bytes_transferred);
    bar.tick();
}

fn line(snapshot: &JobSnapshot, progress: JobProgress) -> String {
    let bytes = HumanBytes(progress.bytes_transferred);
    let far = if progress.bytes_total == SIZE_UNKNOWN {
        format!("{bytes}")
    } else {
        let percent = percent(progress);
        format!("{percent:>3}%  {bytes} of {}", HumanBytes(progress.bytes_total))
    };
    format!("{far}  {}", doing(snapshot, progress))
}

/// How much of the job is here, in whole percent; nothing of nothing is all.
pub fn percent(progress: JobProgress) -> u64 {
    let hundredfold = u128::from(progress.bytes_transferred) * 100;
    let percent = hundredfold.checked_div(u128::from(progress.bytes_total)).unwrap_or(100);
    u64::try_from(percent).unwrap_or(100)
}

/// Speed and time left; for a job that does not move, why.
pub fn doing(snapshot: &JobSnapshot, progress: JobProgress) -> String {
    let files = if progress.files_total > 1 {
        format!("{}/{} files  ", progress.files_transferred, progress.files_total)
    } else {
        String::new()
    };
    let reason = &snapshot.wait_reason;
    if reason.kind != WaitKind::Transferring {
        return format!("{files}{}", standstill(reason));
    }
    if snapshot.bytes_per_second == 0 {
        return format!("{files}transferring");
    }
    let speed = format!("{}/s", HumanBytes(snapshot.bytes_per_second));
    match snapshot.seconds_left {
        Some(seconds) => {
            let left = HumanDuration(Duration::from_secs(seconds));
            format!("{files}{speed}  {left:#} left")
        }
        None => format!("{files}{speed}"),
    }
}

/// Why a job does not move, in one line.
pub fn standstill(reason: &WaitReason) -> String {
    let code = reason.code.map_or_else(String::new, |code| format!(" ({code})"));
    let message = output::in_line(&reason.message);
    match reason.next_try_ms {
        Some(at_ms) => {
            let seconds = seconds_until(at_ms);
            format!("retry in {seconds} s: {message}{code}")
        }
        None => format!("{message}{code}"),
    }
}

fn seconds_until(at_ms: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ms = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    at_ms.saturating_sub(now_ms).max(0).saturating_add(999) / 1000
}

fn progress_event(snapshot: &JobSnapshot) -> Value {
    let mut event = output::job(&snapshot.record, &snapshot.wait_reason);
    if let Value::Object(fields) = &mut event {
        fields.insert("event".to_owned(), json!("progress"));
        fields.insert("bytes_per_second".to_owned(), json!(snapshot.bytes_per_second));
        fields.insert("seconds_left".to_owned(), json!(snapshot.seconds_left));
    }
    event
}
