//! Records as a table that fits on a terminal of 100 columns.

use super::record::Record;
use crate::words::clean;

const HEADINGS: [&str; 5] = ["TIME", "OUTCOME", "CALLER", "ACTION", "ON"];
/// What stands between two columns.
const GAP: &str = "  ";
/// How wide a line may be.
const LINE: usize = 100;
/// Which columns become how narrow so that a line fits, in this order: the ids of keys stay whole for longest, since they
/// are copied.
const GIVING_WAY: [(usize, usize); 6] = [(1, 10), (3, 24), (2, 14), (4, 14), (3, 19), (1, 7)];

/// How wide columns are that rows come to later.
const ROOMY: [usize; 5] = [20, 7, 16, 24, 25];

/// The cells of a record.
pub(super) type Row = [String; 5];

/// The cells of a record, cleaned of characters that act on a terminal.
pub(super) fn row(record: &Record) -> Row {
    [
        record.text("/eventTime"),
        record.outcome(),
        record.caller(),
        &record.action(),
        &record.subject(),
    ]
    .map(clean)
}

/// How wide the columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns([usize; 5]);

impl Columns {
    /// As wide as these rows need, within a line.
    pub(super) fn of(rows: &[Row]) -> Self {
        Self::at_least(HEADINGS.map(str::len), rows)
    }

    /// As wide as these rows need and most others will.
    pub(super) fn of_first(rows: &[Row]) -> Self {
        Self::at_least(ROOMY, rows)
    }

    fn at_least(mut widths: [usize; 5], rows: &[Row]) -> Self {
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let room = LINE - GAP.len() * (widths.len() - 1);
        for (column, narrowest) in GIVING_WAY {
            let too_much = widths.iter().sum::<usize>().saturating_sub(room);
            if let Some(width) = widths.get_mut(column) {
                let can_give = width.saturating_sub(narrowest);
                *width -= can_give.min(too_much);
            }
        }
        Self(widths)
    }

    /// The line of headings.
    pub(super) fn headings(&self) -> String {
        self.line(&HEADINGS.map(str::to_owned))
    }

    /// The line of a row. What does not fit ends with `…`.
    pub(super) fn line(&self, row: &Row) -> String {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(self.0) {
            let cell = fit(cell, width);
            line.push_str(&format!("{cell:width$}{GAP}"));
        }
        format!("{}\n", line.trim_end())
    }
}

fn fit(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept = text.chars().take(width.saturating_sub(1));
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 5]) -> Row {
        cells.map(str::to_owned)
    }

    #[test]
    fn columns_are_as_wide_as_they_need() {
        let rows = [row([
            "2026-01-02T03:04:05Z",
            "ok",
            "größe",
            "kms:Decrypt",
            "k",
        ])];
        let columns = Columns::of(&rows);
        let expected = "TIME                  OUTCOME  CALLER  ACTION       ON\n\
                        2026-01-02T03:04:05Z  ok       größe   kms:Decrypt  k\n";
        assert_eq!(columns.headings() + &columns.line(&rows[0]), expected);
    }

    #[test]
    fn a_line_fits_on_a_terminal_whatever_is_in_it() {
        let long = "x".repeat(300);
        let action = "kms:GenerateDataKeyWithoutPlaintext";
        let id = "6c1f0a52-0000-4000-8000-00000000abcd";
        for cells in [
            ["2026-01-02T03:04:05Z", &long, &long, &long, &long],
            ["2026-01-02T03:04:05Z", "ok", "deployer/ci-42", action, id],
            [
                "2026-01-02T03:04:05Z",
                "InvalidCiphertextException",
                "ada",
                action,
                id,
            ],
        ] {
            let rows = [row(cells)];
            let line = Columns::of(&rows).line(&rows[0]);
            assert_eq!(line.chars().count(), LINE + 1, "{line}");
        }
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        let record = r#"{"eventName":"Decrypt\u001b[31m\n","eventSource":"kms.amazonaws.com"}"#;
        let cells = super::row(&Record::of(record.as_bytes()).unwrap());
        assert_eq!(cells[3], "kms:Decrypt\\u{1b}[31m\\n");
    }
}
