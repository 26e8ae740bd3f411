//! How records are printed.

use std::io::{IsTerminal as _, stdout};

use clap::ValueEnum;

use super::csv;
use super::record::Record;
use super::table::{self, Columns, Row};
use crate::greeting;

/// The forms that records can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line of 100 columns for each
    Table,
    /// Each record as it is, one JSON object on a line
    Json,
    /// For spreadsheets
    Csv,
}

/// How many rows the widths of a table's columns are taken from.
const MEASURED_ROWS: usize = 1000;

/// Prints records in a form.
pub(super) struct Printer {
    format: Format,
    /// Whether more rows come to a table than are there when it begins.
    follows: bool,
    /// Rows of a table whose columns are not measured yet.
    waiting: Vec<Row>,
    columns: Option<Columns>,
    reader: csv::Reader,
}

impl Printer {
    pub(super) fn new(format: Format, follows: bool) -> Self {
        Self {
            format,
            follows,
            waiting: Vec::new(),
            columns: None,
            reader: match stdout().is_terminal() {
                true => csv::Reader::Terminal,
                false => csv::Reader::Program,
            },
        }
    }

    /// Prints what stands before all records. `false` if nobody listens any more.
    pub(super) fn begin(&self) -> bool {
        match self.format {
            Format::Table | Format::Json => true,
            Format::Csv => greeting::tell(&csv::headings()),
        }
    }

    /// Prints a record, or keeps it until more are there or [`end`](Self::end). `false` if nobody listens any more.
    pub(super) fn print(&mut self, line: &[u8]) -> bool {
        if self.format == Format::Json {
            return greeting::tell(&[line, b"\n"].concat());
        }
        let Some(record) = Record::of(line) else {
            return true;
        };
        match (self.format, &self.columns) {
            (Format::Csv, _) => greeting::tell(&csv::row(&record, self.reader)),
            (_, Some(columns)) => greeting::tell(columns.line(&table::row(&record)).as_bytes()),
            (_, None) => {
                self.waiting.push(table::row(&record));
                self.waiting.len() < MEASURED_ROWS || self.end()
            }
        }
    }

    /// Prints what was kept. `false` if nobody listens any more.
    pub(super) fn end(&mut self) -> bool {
        if self.format != Format::Table || self.columns.is_some() {
            return true;
        }
        let columns = match self.follows {
            true => Columns::of_first(&self.waiting),
            false => Columns::of(&self.waiting),
        };
        self.columns = Some(columns);
        let rows = self.waiting.drain(..).map(|row| columns.line(&row));
        let text: String = std::iter::once(columns.headings()).chain(rows).collect();
        greeting::tell(text.as_bytes())
    }
}
