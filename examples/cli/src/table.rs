//! The table of `watch`: a line for each job, as wide as the terminal.

use std::fmt::Write as _;

use bgcopy_core::vocab::SIZE_UNKNOWN;
use bgcopy_core::{JobSnapshot, progress_of};
use indicatif::HumanBytes;
use unicode_width::UnicodeWidthStr;

use crate::output;
use crate::progress::{doing, percent};

/// Digits of an id: enough to tell the jobs of a queue apart, and to name one.
const ID_COLUMNS: usize = 8;
/// The longest name of a state.
const STATE_COLUMNS: usize = 15;
const BAR_COLUMNS: usize = 10;
const PERCENT_COLUMNS: usize = 4;
/// `1023.99 MiB`.
const BYTES_COLUMNS: usize = 11;
/// `63.00 MiB of 64.00 MiB`; more is rare, and moves the rest of its line.
const BYTES_OF_COLUMNS: usize = 22;

/// From this width on there is a bar, and the total beside the bytes that are here.
const WIDE_COLUMNS: usize = 110;

/// A name has at least so many columns, and at most so many while it has to be cut.
const NAME_COLUMNS_MIN: usize = 10;
const NAME_COLUMNS_MAX: usize = 40;
/// Where nothing is cut, the columns after the name begin here.
const NAME_COLUMNS_UNCUT: usize = 24;

/// Between columns.
const GAP: &str = "  ";

/// Where the columns are.
pub struct Layout {
    /// The columns of the terminal; None where no line is cut.
    columns: Option<usize>,
    is_wide: bool,
    name_columns: usize,
}

impl Layout {
    /// The layout for a terminal of so many columns; None for one that cuts nothing.
    pub fn new(columns: Option<usize>) -> Self {
        let is_wide = columns.is_none_or(|columns| columns >= WIDE_COLUMNS);
        let Some(columns) = columns else {
            return Self { columns, is_wide, name_columns: NAME_COLUMNS_UNCUT };
        };
        // A terminal may go to its next line when the last column is written.
        let columns = columns.saturating_sub(1).max(1);
        let mut before = ID_COLUMNS + STATE_COLUMNS + PERCENT_COLUMNS + 4 * GAP.len();
        before += if is_wide { BAR_COLUMNS + GAP.len() + BYTES_OF_COLUMNS } else { BYTES_COLUMNS };
        let name_columns = columns.saturating_sub(before) / 2;
        let name_columns = name_columns.clamp(NAME_COLUMNS_MIN, NAME_COLUMNS_MAX);
        Self { columns: Some(columns), is_wide, name_columns }
    }

    /// The names of the columns.
    pub fn header(&self) -> String {
        let done = if self.is_wide { "DONE             " } else { "DONE" };
        self.line(&["ID", "STATE", done, "BYTES", "NAME", "SPEED AND TIME LEFT, OR WHY IT WAITS"])
    }

    /// A job.
    pub fn row(&self, snapshot: &JobSnapshot) -> String {
        let record = &snapshot.record;
        let progress = progress_of(record);
        let here = HumanBytes(progress.bytes_transferred);
        let is_known = progress.bytes_total != SIZE_UNKNOWN;
        let percent = is_known.then(|| percent(progress));
        let bytes = match (self.is_wide, is_known) {
            (true, true) => format!("{here} of {}", HumanBytes(progress.bytes_total)),
            (true, false) => format!("{here} of ?"),
            (false, _) => here.to_string(),
        };
        let mut id = record.id.to_string();
        id.truncate(ID_COLUMNS);
        self.line(&[
            &id,
            record.state.name(),
            &self.done(percent),
            &bytes,
            &output::in_line(&record.display_name),
            &doing(snapshot, progress),
        ])
    }

    /// A line of text below the table, as wide as that.
    pub fn text(&self, text: &str) -> String {
        self.cut_to_terminal(&output::in_line(text))
    }

    fn done(&self, percent: Option<u64>) -> String {
        let number = percent.map_or_else(|| "?".to_owned(), |percent| format!("{percent}%"));
        if !self.is_wide {
            return format!("{number:>PERCENT_COLUMNS$}");
        }
        let tenths =
            percent.map_or(0, |percent| usize::try_from(percent.min(100) / 10).unwrap_or(0));
        let (full, empty) = ("#".repeat(tenths), "-".repeat(BAR_COLUMNS - tenths));
        format!("{full}{empty}{GAP}{number:>PERCENT_COLUMNS$}")
    }

    fn line(&self, [id, state, done, bytes, name, doing]: &[&str; 6]) -> String {
        let bytes_columns = if self.is_wide { BYTES_OF_COLUMNS } else { BYTES_COLUMNS };
        let done_columns =
            if self.is_wide { BAR_COLUMNS + GAP.len() + PERCENT_COLUMNS } else { PERCENT_COLUMNS };
        let name = match self.columns {
            Some(_) => cut(name, self.name_columns),
            None => (*name).to_owned(),
        };
        let mut line = String::new();
        let cells = [
            (*id, ID_COLUMNS),
            (state, STATE_COLUMNS),
            (done, done_columns),
            (bytes, bytes_columns),
            (&name, self.name_columns),
        ];
        for (cell, columns) in cells {
            let fill = columns.saturating_sub(cell.width());
            _ = write!(line, "{cell}{:fill$}{GAP}", "");
        }
        line += doing;
        self.cut_to_terminal(line.trim_end())
    }

    fn cut_to_terminal(&self, line: &str) -> String {
        self.columns.map_or_else(|| line.to_owned(), |columns| cut(line, columns))
    }
}

/// The beginning of a text that has no more columns than that; the last one says that
/// there is more.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    // The width of a text is not that of its characters: some change the one before.
    let ends = text.char_indices().map(|(at, _)| at);
    let fits = ends.filter_map(|end| text.get(..end)).take_while(|text| text.width() < columns);
    format!("{}…", fits.last().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_and_not_by_characters() {
        for (text, columns, expected) in [
            ("short", 5, "short"),
            ("longer", 5, "long…"),
            ("漢字漢字", 8, "漢字漢字"),
            ("漢字漢字", 7, "漢字漢…"),
            ("漢字漢字", 6, "漢字…"),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("", 3, ""),
            ("漢", 1, "…"),
        ] {
            let shown = cut(text, columns);
            assert_eq!(shown, expected, "{text} in {columns}");
            assert!(shown.width() <= columns, "{text} in {columns}");
        }
    }

    #[test]
    fn wide_names_move_no_column_and_no_line_is_too_long() {
        for columns in [1, 20, 60, 80, 109, 110, 200] {
            let layout = Layout::new(Some(columns));
            let line = |name| layout.line(&["1234", "QUEUED", "0%", "0 B", name, "transferring"]);
            for name in ["plain", "漢字漢字漢字漢字漢字漢字漢字", "❤\u{FE0F} e\u{301}"]
            {
                let line = line(name);
                assert!(line.width() < columns.max(2), "{columns}: {line}");
                let before = line.split_once("transferring").map(|(before, _)| before.width());
                let plain = self::before(&layout);
                if let Some(before) = before {
                    assert_eq!(before, plain, "{columns}: {line}");
                }
            }
        }
    }

    /// Where the last column begins.
    fn before(layout: &Layout) -> usize {
        let line = layout.line(&["1234", "QUEUED", "0%", "0 B", "", "transferring"]);
        line.split_once("transferring").map_or(0, |(before, _)| before.width())
    }

    #[test]
    fn a_layout_that_cuts_nothing_shows_whole_names() {
        let layout = Layout::new(None);
        let name = "n".repeat(300);
        assert!(layout.line(&["1", "2", "3", "4", &name, "6"]).contains(&name));
    }
}
