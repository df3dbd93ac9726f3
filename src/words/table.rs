//! Rows of text in columns, as wide as they need to be; where that is wider than whoever reads, each row as a paragraph. Knows nothing
//! of what it shows.

/// A table: columns with a head, rows with a text for each.
pub(super) struct Table<'h> {
    heads: Vec<&'h str>,
    rows: Vec<Vec<String>>,
}

const GAP: &str = "  ";

impl<'h> Table<'h> {
    /// An empty table with these columns. A column in which no row says anything is left out.
    pub(super) fn new(heads: &[&'h str]) -> Self {
        Table { heads: heads.to_vec(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As text, at most so wide where a width is given; every line ends with a line break.
    pub(super) fn text(&self, width: Option<usize>) -> String {
        let said = |column: usize| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
        let columns: Vec<usize> = (0..self.heads.len()).filter(|column| said(*column)).collect();
        let widths: Vec<usize> = columns.iter().map(|column| self.width(*column)).collect();
        let whole: usize = widths.iter().map(|width| width + GAP.len()).sum();
        if width.is_some_and(|width| whole > width.max(20)) {
            return self.paragraphs(&columns, width.unwrap_or(whole).max(20));
        }
        let mut text = String::new();
        let heads: Vec<&str> = columns.iter().filter_map(|column| self.heads.get(*column).copied()).collect();
        line(&heads, &widths, &mut text);
        let mut above: Option<&Vec<String>> = None;
        for row in &self.rows {
            // What is as in the row above is not said again, from the left.
            let mut same = above.is_some();
            let cells: Vec<&str> = columns
                .iter()
                .filter_map(|column| {
                    let cell = row.get(*column)?;
                    same &= above.is_some_and(|above| above.get(*column) == Some(cell));
                    Some(if same { "" } else { cell.as_str() })
                })
                .collect();
            line(&cells, &widths, &mut text);
            above = Some(row);
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(String::as_str);
        cells.chain(self.heads.get(column).copied()).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }

    /// A row a paragraph: the first column, and below it each other with its head.
    fn paragraphs(&self, columns: &[usize], width: usize) -> String {
        let mut text = String::new();
        let heads = columns.iter().skip(1).filter_map(|column| self.heads.get(*column));
        let indent = heads.map(|head| head.chars().count()).max().unwrap_or(0) + 2 * GAP.len() + GAP.len();
        for row in &self.rows {
            for (at, column) in columns.iter().enumerate() {
                let (Some(cell), Some(head)) = (row.get(*column), self.heads.get(*column)) else { continue };
                if at == 0 {
                    text.push_str(&format!("{GAP}{cell}\n"));
                    continue;
                }
                for (nth, part) in wrapped(cell, width.saturating_sub(indent).max(10)).iter().enumerate() {
                    let head = if nth == 0 { *head } else { "" };
                    let label = format!("{GAP}{GAP}{head}");
                    text.push_str(&format!("{label:<indent$}{part}\n"));
                }
            }
        }
        text
    }
}

fn line(cells: &[&str], widths: &[usize], text: &mut String) {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        line.push_str(GAP);
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// A text in lines of at most so many letters, broken at spaces; a word that is longer stands alone. Nothing of an empty text.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
