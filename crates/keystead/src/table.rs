//! Tables in plain text: columns as wide as what stands in them, no colours, no lines.

use std::fmt;

use crate::words::clean;

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows of cells. What is put in is cleaned of characters that act on a terminal.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a row of headings.
    pub(crate) fn headed<const N: usize>(headings: [&str; N]) -> Self {
        let mut table = Self::default();
        table.push(headings.map(str::to_owned));
        table
    }

    /// Adds a row.
    pub(crate) fn push<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells.into_iter();
        self.rows.push(cells.map(|cell| clean(&cell)).collect());
    }

    /// Adds a fact of some lines: its name stands before the first. One without a line is left out.
    pub(crate) fn fact(&mut self, name: &str, lines: impl IntoIterator<Item = String>) {
        let mut name = name.to_owned();
        for line in lines {
            self.push([std::mem::take(&mut name), line]);
        }
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                line.push_str(&format!("{cell:width$}{GAP}"));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let mut table = Table::headed(["ALIAS", "ID"]);
        table.push(["alias/größe".to_owned(), "1".to_owned()]);
        table.push([String::new(), "2\u{1b}[0m".to_owned()]);
        let shown = "ALIAS        ID\nalias/größe  1\n             2\\u{1b}[0m\n";
        assert_eq!(table.to_string(), shown);
    }

    #[test]
    fn facts_of_several_lines_name_themselves_once() {
        let mut table = Table::default();
        table.fact("Spec", ["A".to_owned()]);
        table.fact("None", []);
        table.fact("Tags", ["b=1".to_owned(), "c=2".to_owned()]);
        assert_eq!(table.to_string(), "Spec  A\nTags  b=1\n      c=2\n");
    }
}
