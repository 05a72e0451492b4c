//! When transfers may run: times of the day on days of the week, as the local clock shows
//! them.
//!
//! A window is open while the clock on the wall shows a time within it, whatever that clock
//! does: an hour that it skips is in no window, an hour that it shows twice is in one twice.

use serde::{Deserialize, Serialize};

use crate::vocab::{Error, Result, code, limit};

const DAY_MINUTES: u32 = 24 * 60;
const WEEK_MINUTES: u32 = 7 * DAY_MINUTES;
const MINUTE_MS: i64 = 60_000;
const WEEK_MS: i64 = WEEK_MINUTES as i64 * MINUTE_MS;
/// From the Monday before 1970 to the Thursday on which it began.
const EPOCH_MS: i64 = 3 * DAY_MINUTES as i64 * MINUTE_MS;
/// How far an opening is looked for: two weeks, as a change of the clock can skip the one
/// of this week, and a day.
const HORIZON_MS: i64 = 2 * WEEK_MS + DAY_MINUTES as i64 * MINUTE_MS;

/// The names of the days, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How far the local clock is ahead of UTC, now and in the coming weeks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// Seconds, until the first change.
    pub offset_s: i32,
    /// When it changes, milliseconds since 1970, and to what; in order of time.
    pub changes: Vec<(i64, i32)>,
}

impl LocalTime {
    /// The spans of one offset from a moment on: the end of each, and the offset in
    /// milliseconds. The last one has no end.
    fn spans(&self, from_ms: i64) -> impl Iterator<Item = (i64, i64)> {
        let ends = self.changes.iter().map(|(at_ms, _)| *at_ms).chain([i64::MAX]);
        let offsets = [self.offset_s].into_iter().chain(self.changes.iter().map(|(_, to)| *to));
        ends.zip(offsets)
            .filter(move |(end_ms, _)| *end_ms > from_ms)
            .map(|(end_ms, offset_s)| (end_ms, i64::from(offset_s) * 1000))
    }

    /// How far it is ahead at a moment, in milliseconds.
    pub fn offset_ms(&self, unix_ms: i64) -> i64 {
        self.spans(unix_ms).next().map_or(0, |(_, offset_ms)| offset_ms)
    }
}

/// The times of the week in which transfers may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Minutes of the week from Monday 0:00 on, each with the minute that is no longer in it;
    /// in order, and apart from each other.
    spans: Vec<(u32, u32)>,
}

impl Window {
    /// The window that a text describes, as `Mon-Fri 22:00-06:00; Sat,Sun`; None for a blank
    /// one, which means always. A span that ends before it begins ends on the next day.
    ///
    /// BG_E_STRING_TOO_LONG above [`limit::WINDOW_CHARS_MAX`] characters; E_INVALIDARG for
    /// what is no window, with the place at which it is none.
    pub fn parse(text: &str) -> Result<Option<Self>> {
        if text.chars().count() > limit::WINDOW_CHARS_MAX {
            let most = limit::WINDOW_CHARS_MAX;
            let message = format!("a window has at most {most} characters");
            return Err(Error::new(code::BG_E_STRING_TOO_LONG, message));
        }
        let mut scanner = Scanner { text: text.chars().collect(), at: 0 };
        let mut spans = Vec::new();
        while scanner.peek().is_some() {
            scanner.entry(&mut spans)?;
            if scanner.peek().is_some() {
                scanner.expect(';', "a day, a time or ;")?;
            }
        }
        Ok((!spans.is_empty()).then(|| Self { spans: joined(spans) }))
    }

    /// True while the local clock shows a time within it.
    pub fn is_open(&self, unix_ms: i64, local: &LocalTime) -> bool {
        self.has(shown_ms(unix_ms, local.offset_ms(unix_ms)))
    }

    /// When it opens, if it is closed, or closes, if it is open: milliseconds since 1970.
    /// None if it never does.
    pub fn next_change(&self, unix_ms: i64, local: &LocalTime) -> Option<i64> {
        let is_open = self.is_open(unix_ms, local);
        let mut at_ms = unix_ms;
        for (end_ms, offset_ms) in local.spans(unix_ms) {
            let shown = shown_ms(at_ms, offset_ms);
            if self.has(shown) != is_open {
                return Some(at_ms);
            }
            let change_ms = self.until_edge(shown).map(|left_ms| at_ms + left_ms);
            if let Some(change_ms) = change_ms.filter(|change_ms| *change_ms < end_ms) {
                return Some(change_ms);
            }
            at_ms = end_ms;
        }
        None
    }

    fn has(&self, shown: i64) -> bool {
        self.spans.iter().any(|(begin, end)| (ms(*begin)..ms(*end)).contains(&shown))
    }

    /// How long it is to the next edge of a span, by a clock that does not change.
    fn until_edge(&self, shown: i64) -> Option<i64> {
        let is_inner = |minute: &u32| (1..WEEK_MINUTES).contains(minute);
        let edges = self.spans.iter().flat_map(|(begin, end)| [*begin, *end]);
        let mut edges: Vec<u32> = edges.filter(is_inner).collect();
        // The week begins anew within a span that has its end and its beginning.
        let (first, last) = (self.has(0), self.has(WEEK_MS - 1));
        edges.extend((first != last).then_some(0));
        let left_ms = edges.into_iter().map(|edge| match (ms(edge) - shown).rem_euclid(WEEK_MS) {
            0 => WEEK_MS,
            left_ms => left_ms,
        });
        left_ms.min()
    }
}

/// Refuses what is no window, as [`Manager::set_transfer_window`] does: E_INVALIDARG, or
/// BG_E_STRING_TOO_LONG.
///
/// [`Manager::set_transfer_window`]: crate::Manager::set_transfer_window
pub fn check_transfer_window(text: &str) -> Result<()> {
    Window::parse(text).map(|_| ())
}

/// When all of several windows are open together, from a moment on: milliseconds since 1970.
/// None if they are not within two weeks.
pub fn all_open_ms(windows: &[&Window], unix_ms: i64, local: &LocalTime) -> Option<i64> {
    let mut at_ms = unix_ms;
    while at_ms <= unix_ms.saturating_add(HORIZON_MS) {
        let closed = windows.iter().find(|window| !window.is_open(at_ms, local));
        let Some(closed) = closed else {
            return Some(at_ms);
        };
        at_ms = closed.next_change(at_ms, local)?;
    }
    None
}

/// What the local clock shows, in milliseconds of the week.
fn shown_ms(unix_ms: i64, offset_ms: i64) -> i64 {
    unix_ms.saturating_add(offset_ms).saturating_add(EPOCH_MS).rem_euclid(WEEK_MS)
}

fn ms(minute: u32) -> i64 {
    i64::from(minute) * MINUTE_MS
}

/// Spans in order, with those that touch or overlap made one.
fn joined(mut spans: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    spans.sort_unstable();
    let mut all: Vec<(u32, u32)> = Vec::new();
    for (begin, end) in spans {
        match all.last_mut() {
            Some((_, last)) if begin <= *last => *last = end.max(*last),
            Some(_) | None => all.push((begin, end)),
        }
    }
    all
}

/// Reads the text of a window.
struct Scanner {
    text: Vec<char>,
    at: usize,
}

impl Scanner {
    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|one| one.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    /// Takes the next character if it is this one.
    fn takes(&mut self, wanted: char) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, wanted: char, what: &str) -> Result<()> {
        if self.takes(wanted) { Ok(()) } else { Err(self.wrong(self.at, what)) }
    }

    fn wrong(&self, at: usize, wanted: &str) -> Error {
        let found = match self.text.get(at) {
            Some(one) => format!("{one:?}"),
            None => "the end".to_owned(),
        };
        let place = at + 1;
        let message = format!("the window has {found} at character {place}, not {wanted}");
        Error::new(code::E_INVALIDARG, message)
    }

    /// Days, times of the day, or both.
    fn entry(&mut self, spans: &mut Vec<(u32, u32)>) -> Result<()> {
        let has_days = self.peek().is_some_and(char::is_alphabetic);
        let days = if has_days { self.days()? } else { [true; 7] };
        let has_times = self.peek().is_some_and(|one| one.is_ascii_digit());
        let times = match (has_days, has_times) {
            (_, true) => self.times()?,
            (true, false) => vec![(0, DAY_MINUTES)],
            (false, false) => return Err(self.wrong(self.at, "a day or a time")),
        };
        for (day, _) in (0..7).zip(days).filter(|(_, is_in)| *is_in) {
            for (begin, end) in &times {
                let end = if end > begin { *end } else { end + DAY_MINUTES };
                let (begin, end) = (day * DAY_MINUTES + begin, day * DAY_MINUTES + end);
                spans.push((begin, end.min(WEEK_MINUTES)));
                if end > WEEK_MINUTES {
                    spans.push((0, end - WEEK_MINUTES));
                }
            }
        }
        Ok(())
    }

    fn days(&mut self) -> Result<[bool; 7]> {
        let mut days = [false; 7];
        loop {
            let first = self.day()?;
            let last = if self.takes('-') { self.day()? } else { first };
            // From Friday to Monday is four days.
            let count = (last + 7 - first) % 7 + 1;
            for day in 0..count {
                if let Some(is_in) = days.get_mut((first + day) % 7) {
                    *is_in = true;
                }
            }
            if !self.takes(',') {
                return Ok(days);
            }
        }
    }

    fn day(&mut self) -> Result<usize> {
        self.peek();
        let begin = self.at;
        let rest = self.text.iter().skip(begin).take_while(|one| one.is_alphabetic());
        let name: String = rest.map(char::to_ascii_lowercase).collect();
        self.at += name.chars().count();
        let found = DAYS.iter().position(|day| *day == name);
        found.ok_or_else(|| self.wrong(begin, "a day: Mon, Tue, Wed, Thu, Fri, Sat or Sun"))
    }

    fn times(&mut self) -> Result<Vec<(u32, u32)>> {
        let mut times = Vec::new();
        loop {
            let begin = self.time(DAY_MINUTES - 1)?;
            self.expect('-', "- and the time at which it closes")?;
            self.peek();
            let at = self.at;
            let end = self.time(DAY_MINUTES)?;
            if begin == end {
                return Err(self.wrong(at, "another time than that at which it opens"));
            }
            times.push((begin, end));
            if !self.takes(',') {
                return Ok(times);
            }
        }
    }

    /// A time of the day, in minutes.
    fn time(&mut self, last: u32) -> Result<u32> {
        const WHAT: &str = "a time from 00:00 to 23:59, or 24:00 as the end";
        self.peek();
        let begin = self.at;
        let hours = self.number(1..=2).ok_or_else(|| self.wrong(begin, WHAT))?;
        if self.text.get(self.at) != Some(&':') {
            return Err(self.wrong(self.at, "a colon and two digits of minutes"));
        }
        self.at += 1;
        let place = self.at;
        let minutes = self.number(2..=2).filter(|minutes| *minutes < 60);
        let minutes = minutes.ok_or_else(|| self.wrong(place, "two digits of minutes"))?;
        let time = hours * 60 + minutes;
        if time > last { Err(self.wrong(begin, WHAT)) } else { Ok(time) }
    }

    /// A number of so many digits.
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        let rest = self.text.iter().skip(self.at).map_while(|one| one.to_digit(10));
        let found: Vec<u32> = rest.take(digits.end() + 1).collect();
        self.at += found.len();
        let number = found.iter().fold(0, |number, digit| number * 10 + digit);
        digits.contains(&found.len()).then_some(number)
    }
}
