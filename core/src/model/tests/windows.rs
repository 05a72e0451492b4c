//! When transfers may run.

use std::collections::BTreeMap;

use crate::model::conditions::Hold;
use crate::model::window::all_open_ms;
use crate::model::{
    Closing, Command, Conditions, Deadline, Environment, Holds, Job, Limits, LocalTime, Now,
    Setting, Situation, Window, plan, wait_reason,
};
use crate::vocab::{HResult, JobPropertyId, PropertyValue, WaitKind, code, limit, power};

use super::{command, job_with_files};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 2026-03-23, a Monday, at 0:00 UTC: summer time begins in Europe on the Sunday after it,
/// at 1:00 UTC.
const MONDAY_MS: i64 = 1_774_224_000_000;
const SUNDAY_MS: i64 = MONDAY_MS + 6 * DAY_MS;
/// 2026-10-25, the Sunday on which it ends at 1:00 UTC, at 0:00 UTC.
const AUTUMN_MS: i64 = 1_792_886_400_000;

fn window(text: &str) -> Window {
    Window::parse(text).expect("a window").expect("not for always")
}

fn fixed(hours: i32) -> LocalTime {
    LocalTime { offset_s: hours * 3600, changes: Vec::new() }
}

/// From one hour ahead to two.
fn spring() -> LocalTime {
    LocalTime { offset_s: 3600, changes: vec![(SUNDAY_MS + HOUR_MS, 7200)] }
}

/// And back.
fn autumn() -> LocalTime {
    LocalTime { offset_s: 7200, changes: vec![(AUTUMN_MS + HOUR_MS, 3600)] }
}

/// A time of the week as day, hour and minute.
fn at(day: i64, hour: i64, minute: i64) -> i64 {
    MONDAY_MS + day * DAY_MS + hour * HOUR_MS + minute * 60_000
}

/// The spans in which it is open within a time, found by its changes.
fn spans(window: &Window, local: &LocalTime, from_ms: i64, until_ms: i64) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    let mut at_ms = from_ms;
    while at_ms < until_ms {
        let next_ms = window.next_change(at_ms, local).unwrap_or(until_ms).min(until_ms);
        assert!(next_ms > at_ms, "time goes on");
        if window.is_open(at_ms, local) {
            found.push((at_ms, next_ms));
        }
        at_ms = next_ms;
    }
    found
}

/// The same, found by looking at each minute.
fn looked_at(window: &Window, local: &LocalTime, from_ms: i64, until_ms: i64) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for at_ms in (from_ms..until_ms).step_by(60_000) {
        if window.is_open(at_ms, local) {
            match found.last_mut() {
                Some((_, end)) if *end == at_ms => *end += 60_000,
                Some(_) | None => found.push((at_ms, at_ms + 60_000)),
            }
        }
    }
    found
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let window = window("Mon-Fri 22:00-06:00; Sat,Sun");
    let local = fixed(0);
    for (moment, is_open) in [
        (at(0, 0, 0), false),
        (at(0, 21, 59), false),
        (at(0, 22, 0), true),
        (at(1, 5, 59), true),
        (at(1, 6, 0), false),
        (at(4, 23, 0), true),
        (at(5, 12, 0), true),
        (at(6, 23, 59), true),
        (at(7, 0, 0), false),
    ] {
        assert_eq!(window.is_open(moment, &local), is_open, "{}", moment - MONDAY_MS);
    }
    // From Friday evening to Sunday midnight in one, then until Monday evening.
    assert_eq!(window.next_change(at(4, 22, 0), &local), Some(at(7, 0, 0)));
    assert_eq!(window.next_change(at(7, 0, 0), &local), Some(at(7, 22, 0)));
}

#[test]
fn the_clock_that_counts_is_the_local_one() {
    let window = window("22:00-06:00");
    assert!(!window.is_open(at(0, 21, 30), &fixed(0)));
    assert!(window.is_open(at(0, 21, 30), &fixed(1)));
    assert_eq!(window.next_change(at(0, 12, 0), &fixed(-8)), Some(at(0, 14, 0)));
    let half_past = LocalTime { offset_s: 19_800, changes: Vec::new() };
    assert_eq!(window.next_change(at(0, 12, 0), &half_past), Some(at(0, 16, 30)));
}

#[test]
fn an_hour_that_the_clock_skips_is_in_no_window() {
    let local = spring();
    // At 1:00 UTC it shows 3:00 instead of 2:00.
    assert_eq!(
        spans(&window("Sun 01:30-03:30"), &local, SUNDAY_MS, SUNDAY_MS + DAY_MS),
        [(SUNDAY_MS + HOUR_MS / 2, SUNDAY_MS + 3 * HOUR_MS / 2)]
    );
    let skipped = window("Sun 02:00-03:00");
    assert_eq!(spans(&skipped, &local, SUNDAY_MS, SUNDAY_MS + DAY_MS), []);
    // It opens a week later, and is found from before the change.
    let opens_ms = SUNDAY_MS + 7 * DAY_MS;
    assert_eq!(skipped.next_change(SUNDAY_MS - DAY_MS, &local), Some(opens_ms));
    assert_eq!(all_open_ms(&[&skipped], SUNDAY_MS - 6 * DAY_MS, &local), Some(opens_ms));
    // The change itself opens one and closes another.
    let change_ms = SUNDAY_MS + HOUR_MS;
    assert_eq!(window("Sun 02:30-04:00").next_change(SUNDAY_MS, &local), Some(change_ms));
    assert_eq!(window("01:00-02:15").next_change(change_ms - 1, &local), Some(change_ms));
}

#[test]
fn an_hour_that_the_clock_shows_twice_is_in_a_window_twice() {
    let local = autumn();
    // At 1:00 UTC it shows 2:00 again.
    let begin_ms = AUTUMN_MS;
    assert_eq!(
        spans(&window("02:15-02:45"), &local, begin_ms, begin_ms + DAY_MS / 2),
        [0, 60].map(|minutes| {
            let from_ms = begin_ms + (minutes + 15) * 60_000;
            (from_ms, from_ms + 30 * 60_000)
        })
    );
    let night = window("22:00-06:00");
    assert_eq!(
        spans(&night, &local, begin_ms - 12 * HOUR_MS, begin_ms + 12 * HOUR_MS),
        [(begin_ms - 4 * HOUR_MS, begin_ms + 5 * HOUR_MS)],
        "nine hours"
    );
}

#[test]
fn changes_are_where_each_minute_shows_them() {
    let texts = [
        "22:00-06:00",
        "Mon-Fri 22:00-06:00; Sat,Sun",
        "Sun 23:00-01:00",
        "Sun 20:00-24:00; Mon 0:00-4:00",
        "Fri-Mon 09:15-09:16,17:00-08:00",
        "Sat 02:00-03:00; Sun 01:59-02:01",
        "mon,wed-thu,sun",
    ];
    for text in texts {
        let window = window(text);
        for (local, from_ms) in [
            (fixed(0), MONDAY_MS),
            (fixed(-11), MONDAY_MS + DAY_MS / 3),
            (spring(), SUNDAY_MS - 5 * DAY_MS),
            (autumn(), AUTUMN_MS - 5 * DAY_MS),
        ] {
            let until_ms = from_ms + 9 * DAY_MS;
            let found = spans(&window, &local, from_ms, until_ms);
            assert_eq!(found, looked_at(&window, &local, from_ms, until_ms), "{text} {local:?}");
        }
    }
}

#[test]
fn blank_is_always_and_the_whole_week_never_closes() {
    for text in ["", "  ", "\t"] {
        assert_eq!(Window::parse(text).expect("blank"), None);
    }
    for text in
        ["Mon-Sun", "00:00-24:00", "0:00-12:00,12:00-24:00", "Tue-Mon 06:00-05:59;5:59-6:00"]
    {
        let window = window(text);
        assert_eq!(window.next_change(MONDAY_MS, &spring()), None, "{text}");
        assert!(window.is_open(MONDAY_MS, &spring()), "{text}");
    }
}

#[test]
fn what_is_no_window_is_refused_with_the_place() {
    for (text, place) in [
        ("22:00-22:00", 7),
        ("22:00", 6),
        ("22-06:00", 3),
        ("22:00-", 7),
        ("22:0-06:00", 4),
        ("22:000-06:00", 4),
        ("22:60-06:00", 4),
        ("24:00-06:00", 1),
        ("25:00-06:00", 1),
        ("122:00-06:00", 1),
        ("22:00-24:01", 7),
        ("Mo 22:00-06:00", 1),
        ("Monday", 1),
        ("Mon-", 5),
        ("Mon- 5:00-6:00", 6),
        ("Mon,;Tue", 5),
        ("Mon Tue", 5),
        (";", 1),
        ("Mon;;Tue", 5),
        ("Mon 22:00-06:00 Tue", 17),
        ("always", 1),
        ("-06:00", 1),
        ("Mon\0", 4),
    ] {
        let error = Window::parse(text).expect_err(text);
        assert_eq!(error.code, code::E_INVALIDARG, "{text}");
        let words = format!("at character {place},");
        assert!(error.message.contains(&words), "{text}: {}", error.message);
    }
    // One at the end does no harm.
    assert_eq!(window("Mon;"), window("Mon"));
    let long = "Mon;".repeat(limit::WINDOW_CHARS_MAX / 4);
    window(&long);
    let error = Window::parse(&format!("{long} ")).expect_err("too long");
    assert_eq!(error.code, code::BG_E_STRING_TOO_LONG);
}

#[test]
fn several_windows_open_together_when_the_last_of_them_does() {
    let local = fixed(0);
    let (night, weekend) = (window("22:00-06:00"), window("Sat,Sun"));
    let both = all_open_ms(&[&night, &weekend], at(0, 12, 0), &local);
    assert_eq!(both, Some(at(5, 0, 0)), "the night that Friday began");
    let (morning, evening) = (window("06:00-07:00"), window("20:00-21:00"));
    assert_eq!(all_open_ms(&[&morning, &evening], at(0, 12, 0), &local), None);
    assert_eq!(all_open_ms(&[&morning], at(0, 6, 30), &local), Some(at(0, 6, 30)));
    assert_eq!(all_open_ms(&[], at(0, 6, 30), &local), Some(at(0, 6, 30)));
}

fn queued(window: &str) -> Job {
    let mut job = job_with_files(1);
    set(&mut job, window).map_or_else(|code| panic!("{code}"), |()| ());
    command(&mut job, Command::Resume).expect("resumed");
    job
}

fn set(job: &mut Job, window: &str) -> Result<(), HResult> {
    let (id, value) = (JobPropertyId::TransferWindow.as_u32(), PropertyValue::Text(window.into()));
    let set = command(job, Command::Set(Setting::Property { id, value }));
    set.map(|_| ()).map_err(|error| error.code)
}

fn holds(queue: &str) -> Holds {
    Holds { window: Window::parse(queue).expect("a window"), ..Holds::default() }
}

fn moment(unix_ms: i64) -> Now {
    Now { monotonic_ms: 1_000_000, unix_ms, jitter_permille: 0 }
}

#[test]
fn a_plan_has_no_request_outside_of_a_window_and_wakes_when_it_opens() {
    let both = at(1, 0, 0);
    for (job, queue, now, transfers, wakes_after_ms) in [
        ("", "", at(0, 12, 0), 1, None),
        ("22:00-06:00", "", at(0, 21, 58), 0, Some(120_000)),
        ("", "22:00-06:00", at(0, 21, 58), 0, Some(120_000)),
        ("22:00-06:00", "", at(0, 22, 0), 1, Some(600_000)),
        ("22:00-06:00", "", both + 6 * HOUR_MS - 1, 1, Some(1)),
        ("22:00-06:00", "", both + 6 * HOUR_MS, 0, Some(600_000)),
        ("22:00-06:00", "23:59-23:00", both - 120_000, 0, Some(60_000)),
        ("22:00-06:00", "23:59-23:00", both, 1, Some(600_000)),
    ] {
        let job = queued(job);
        let environment = Environment { holds: holds(queue), ..Environment::default() };
        let now = moment(now);
        let plan = plan([&job].into_iter(), &Limits::default(), &environment, now);
        assert_eq!(plan.transfers.len(), transfers, "{queue} {now:?}");
        let wakes_at_ms = wakes_after_ms.map(|after_ms| 1_000_000 + after_ms);
        assert_eq!(plan.wake_at_ms, wakes_at_ms, "{queue} {now:?}");
    }
}

#[test]
fn a_job_outside_of_its_window_says_when_it_opens() {
    let job = queued("Mon-Fri 22:00-06:00");
    let reason = |queue: &str, now| {
        let holds = holds(queue);
        let situation = Situation {
            engine_runs: true,
            hold: holds.of(&job, moment(now)),
            opens_ms: holds.opens_ms(&job.record, moment(now)),
            ..Situation::default()
        };
        wait_reason(&job.record, &situation, moment(now))
    };
    let found = reason("", at(5, 7, 0));
    assert_eq!(found.kind, WaitKind::OutsideWindow);
    assert_eq!(found.next_try_ms, Some(at(7, 22, 0)));
    assert_eq!(reason("", at(0, 23, 0)).kind, WaitKind::WaitingForSlot);
    let never = reason("06:00-22:00", at(0, 12, 0));
    assert_eq!((never.kind, never.next_try_ms), (WaitKind::OutsideWindow, None));
    assert!(never.message.contains("not open together"), "{}", never.message);
}

#[test]
fn a_window_that_is_none_changes_nothing() {
    let mut job = queued("Mon");
    let before = job.record.properties.clone();
    assert_eq!(set(&mut job, "Mon-"), Err(code::E_INVALIDARG));
    assert_eq!(job.record.properties, before);
    set(&mut job, "").expect("always");
    let text = PropertyValue::Text(String::new());
    let id = JobPropertyId::TransferWindow.as_u32();
    assert_eq!(job.record.properties, BTreeMap::from([(id, text)]));
}

#[test]
fn a_server_hears_of_a_cancel_whatever_the_window_and_the_power() {
    let mut job = queued("22:00-06:00");
    let id = JobPropertyId::PowerFlags.as_u32();
    job.record.properties.insert(id, PropertyValue::Dword(power::EXTERNAL));
    let conditions = Conditions { power: power::BATTERY, ..Conditions::default() };
    let on_battery = Holds { conditions, ..holds("06:00-07:00") };
    let external = Holds { conditions: Conditions::default(), ..on_battery.clone() };
    let now = moment(at(0, 12, 0));
    assert_eq!(on_battery.of(&job, now), Some(Hold::Power));
    assert_eq!(external.of(&job, now), Some(Hold::Window));
    let until = Deadline::after(now, 1000);
    job.record.closing = Some(Closing::ServerCleanup { until, retry: None, attempts: 0 });
    assert_eq!(on_battery.of(&job, now), None);
    assert_eq!(external.next_look_ms(&job, now), None);
}

#[test]
fn a_job_waits_for_power_unless_it_may_use_what_there_is() {
    for (allowed, state, is_held) in [
        (None, power::BATTERY | power::SAVER, false),
        (Some(power::ALL_STATES), power::BATTERY | power::SAVER, false),
        (Some(power::EXTERNAL), power::EXTERNAL, false),
        (Some(power::EXTERNAL), power::BATTERY, true),
        (Some(power::EXTERNAL), power::EXTERNAL | power::SAVER, true),
        (Some(power::BATTERY), power::EXTERNAL, true),
        (Some(power::BATTERY | power::EXTERNAL), power::BATTERY | power::SAVER, true),
    ] {
        let mut job = queued("");
        let id = JobPropertyId::PowerFlags.as_u32();
        if let Some(allowed) = allowed {
            job.record.properties.insert(id, PropertyValue::Dword(allowed));
        }
        let conditions = Conditions { power: state, ..Conditions::default() };
        let holds = Holds { conditions, ..Holds::default() };
        let found = holds.of(&job, moment(0));
        assert_eq!(found, is_held.then_some(Hold::Power), "{allowed:?} {state:#x}");
    }
}

#[test]
fn any_text_is_a_window_or_an_error_and_time_goes_on_in_any_window() {
    let alphabet: Vec<char> = "MonTueFriSatSun0123456789012:::---,,;;  \u{e9}".chars().collect();
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut windows = 0;
    for _ in 0..20_000 {
        let mut text: Vec<char> = "Fri-Mon 22:15-06:00,7:00-8:30; Sat,Sun".chars().collect();
        for _ in 0..=next(4) {
            let at = next(text.len());
            match next(3) {
                0 => _ = text.remove(at),
                1 => text.insert(at, alphabet[next(alphabet.len())]),
                _ => text[at] = alphabet[next(alphabet.len())],
            }
        }
        let text: String = text.into_iter().collect();
        if let Ok(Some(window)) = Window::parse(&text) {
            windows += 1;
            let from_ms = SUNDAY_MS - DAY_MS;
            let found = spans(&window, &spring(), from_ms, from_ms + 8 * DAY_MS);
            assert!(found.len() < 100, "{text}: {found:?}");
        }
    }
    assert!(windows > 300, "{windows}");
}
