//! Rows of text in columns: as wide as they need to be, long texts over several lines; where there is no room for columns, each row as
//! a paragraph. Knows nothing of what it shows.

/// A table: columns with a head, rows with a text for each.
pub(super) struct Table<'h> {
    heads: Vec<&'h str>,
    /// So many columns from the left are said once for rows in which all of them are alike.
    joint: usize,
    rows: Vec<Vec<String>>,
}

const GAP: &str = "  ";

/// A column is not made narrower than this.
const NARROWEST: usize = 20;

impl<'h> Table<'h> {
    /// An empty table with these columns. A column in which no row says anything is left out.
    pub(super) fn new(heads: &[&'h str], joint: usize) -> Self {
        Table { heads: heads.to_vec(), joint, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As text, if a width is given at most so wide if words allow; every line ends with a line break.
    pub(super) fn text(&self, width: Option<usize>) -> String {
        let width = width.map_or(usize::MAX, |width| width.max(2 * NARROWEST));
        let said = |column: usize| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty()));
        let columns: Vec<usize> = (0..self.heads.len()).filter(|column| said(*column)).collect();
        let mut widths: Vec<usize> = columns.iter().map(|column| self.width(*column)).collect();
        let whole = |widths: &[usize]| widths.iter().map(|width| width + GAP.len()).sum::<usize>();
        while whole(&widths) > width {
            // The widest gives way.
            match widths.iter_mut().max().filter(|widest| **widest > NARROWEST) {
                Some(widest) => *widest -= 1,
                None => return self.paragraphs(&columns, width),
            }
        }
        let mut text = String::new();
        let heads = columns.iter().filter_map(|column| self.heads.get(*column));
        lines(heads.map(|head| vec![(*head).to_owned()]).collect(), &widths, &mut text);
        let mut above: Option<&[String]> = None;
        for row in &self.rows {
            let joint = row.get(..self.joint);
            let same = above.is_some() && above == joint;
            let cell = |column: usize| {
                let is_joint = same && column < self.joint;
                row.get(column).filter(|_| !is_joint).map_or("", String::as_str)
            };
            let cells = columns.iter().zip(&widths).map(|(column, width)| wrapped(cell(*column), *width)).collect();
            lines(cells, &widths, &mut text);
            above = joint;
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
        let indent = heads.map(|head| head.chars().count()).max().unwrap_or(0) + 3 * GAP.len();
        for row in &self.rows {
            for (at, column) in columns.iter().enumerate() {
                let (Some(cell), Some(head)) = (row.get(*column), self.heads.get(*column)) else { continue };
                if at == 0 {
                    text.push_str(&format!("{GAP}{cell}\n"));
                    continue;
                }
                for (nth, part) in wrapped(cell, width.saturating_sub(indent)).iter().enumerate() {
                    let head = if nth == 0 { *head } else { "" };
                    let label = format!("{GAP}{GAP}{head}");
                    text.push_str(&format!("{label:<indent$}{part}\n"));
                }
            }
        }
        text
    }
}

/// A row of cells, each of which may have several lines.
fn lines(cells: Vec<Vec<String>>, widths: &[usize], text: &mut String) {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for at in 0..height {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            let part = cell.get(at).map_or("", String::as_str);
            line.push_str(GAP);
            line.push_str(part);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(part.chars().count())));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
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
