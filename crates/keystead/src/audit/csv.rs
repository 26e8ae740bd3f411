//! Records as CSV, for spreadsheets.

use super::record::Record;
use crate::words;

/// A heading, and what stands below it for a record.
type Column = (&'static str, fn(&Record) -> String);

/// The columns: their headings, which are CloudTrail's names where it has any, and what stands in them.
const COLUMNS: [Column; 16] = [
    ("eventTime", |record| record.text("/eventTime").to_owned()),
    ("eventID", |record| record.text("/eventID").to_owned()),
    ("requestID", |record| record.text("/requestID").to_owned()),
    ("account", |record| {
        record.text("/recipientAccountId").to_owned()
    }),
    ("awsRegion", |record| record.text("/awsRegion").to_owned()),
    ("eventSource", |record| {
        record.text("/eventSource").to_owned()
    }),
    ("eventName", |record| record.text("/eventName").to_owned()),
    ("readOnly", |record| record.json("/readOnly")),
    ("errorCode", |record| record.text("/errorCode").to_owned()),
    ("errorMessage", |record| {
        record.text("/errorMessage").to_owned()
    }),
    ("principal", |record| record.principal().to_owned()),
    ("accessKeyId", |record| {
        record.text("/userIdentity/accessKeyId").to_owned()
    }),
    ("sourceIPAddress", |record| {
        record.text("/sourceIPAddress").to_owned()
    }),
    ("userAgent", |record| record.text("/userAgent").to_owned()),
    ("resources", |record| record.resources().join(" ")),
    ("encryptionContext", Record::contexts),
];

/// What a cell may not begin with, because spreadsheets take it for a formula. Source: OWASP, "CSV Injection".
const FORMULAS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The line of headings.
pub(super) fn headings() -> Vec<u8> {
    line(COLUMNS.iter().map(|(heading, _)| (*heading).to_owned()))
}

/// Who reads the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A program, to which cells go as they are.
    Program,
    /// Somebody at a terminal, on which no cell acts.
    Terminal,
}

/// The line of a record.
pub(super) fn row(record: &Record, reader: Reader) -> Vec<u8> {
    let shown = |cell: String| match reader {
        Reader::Program => cell,
        Reader::Terminal => words::clean(&cell),
    };
    line(
        COLUMNS
            .iter()
            .map(|(_, cell)| harmless(shown(cell(record)))),
    )
}

/// A cell that is no formula: an apostrophe stands before what would be one.
fn harmless(cell: String) -> String {
    match cell.starts_with(FORMULAS) {
        true => format!("'{cell}"),
        false => cell,
    }
}

/// Cells with what is needed around them. Nothing can fail in memory.
fn line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(cells.map(String::into_bytes));
    written
        .ok()
        .and_then(|()| writer.into_inner().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cells(line: &[u8]) -> Vec<String> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).from_reader(line);
        let mut records = reader.into_records();
        let record = records.next().unwrap().unwrap();
        assert!(records.next().is_none());
        record.iter().map(str::to_owned).collect()
    }

    #[test]
    fn cells_are_read_back_whatever_is_in_them() {
        let agent = "a,b\"c\"\r\nd;\u{0}ü";
        let record = json!({"userAgent": agent, "readOnly": true,
            "requestParameters": {"encryptionContext": {"a": "=1"}},
            "resources": [{"ARN": "arn:1"}, {"ARN": "arn:2"}]});
        let record = Record::of(record.to_string().as_bytes()).unwrap();
        let cells = cells(&row(&record, Reader::Program));
        assert_eq!(cells.len(), COLUMNS.len());
        assert_eq!(cells[7], "true");
        assert_eq!(cells[13], agent);
        assert_eq!(cells[14], "arn:1 arn:2");
        assert_eq!(cells[15], r#"{"a":"=1"}"#);
        assert_eq!(self::cells(&headings())[0], "eventTime");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1",
        ] {
            let record = json!({"userAgent": text});
            let record = Record::of(record.to_string().as_bytes()).unwrap();
            assert_eq!(
                cells(&row(&record, Reader::Program))[13],
                format!("'{text}")
            );
        }
    }

    #[test]
    fn no_cell_acts_on_a_terminal() {
        let record = json!({"userAgent": "a\u{1b}[2J\r\nb"}).to_string();
        let record = Record::of(record.as_bytes()).unwrap();
        let cells = cells(&row(&record, Reader::Terminal));
        assert_eq!(cells[13], "a\\u{1b}[2J\\r\\nb");
    }
}
