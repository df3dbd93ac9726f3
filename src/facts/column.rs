//! The values of one attribute, one after another: two bits for a truth, a byte for a value of a small enum, four bytes for
//! a day, a name or somebody; what is rarer once, with a number. Knows no type that policies declare: it takes what comes.

use super::cells::{Cells, FIRST, MISSING, NONE, Sort, words_of};
use super::run::Run;
use super::texts::Texts;
use super::told::Told;

/// The values of one attribute by row.
#[derive(Clone, Debug)]
pub(super) struct Column {
    rows: Rows,
    cells: Cells,
    /// Rows that have a value.
    count: usize,
}

/// Which rows the cells are of.
#[derive(Clone, Debug)]
enum Rows {
    /// This one and those after it; some of the cells may be of nothing known.
    From(u32),
    /// These, sorted.
    These(Vec<u32>),
}

impl Default for Column {
    fn default() -> Self {
        Column { rows: Rows::From(0), cells: Cells::Bits(Vec::new(), 0), count: 0 }
    }
}

impl Column {
    /// How many rows have a value.
    #[must_use]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The value of a row; `None`: missing.
    #[must_use]
    pub(super) fn get<'f>(&'f self, row: u32, texts: &'f Texts) -> Option<Told<'f>> {
        let at = match &self.rows {
            Rows::From(first) => row.checked_sub(*first)? as usize,
            Rows::These(rows) => rows.binary_search(&row).ok()?,
        };
        let cell = self.cells.get(at);
        match cell {
            MISSING => None,
            NONE => Some(Told::None),
            cell => self.cells.told(cell - FIRST, texts),
        }
    }

    /// Puts a cell in the place of that of a row, and gives that back; `None`: the row has none.
    pub(super) fn swap(&mut self, row: u32, cell: u32) -> Option<u32> {
        let at = match &self.rows {
            Rows::From(first) => row.checked_sub(*first)? as usize,
            Rows::These(rows) => rows.binary_search(&row).ok()?,
        };
        let old = self.cells.get(at);
        (at < self.cells.len()).then(|| self.cells.set(at, cell))?;
        Some(old)
    }

    /// The value of a row that comes after all others.
    pub(super) fn push(&mut self, row: u32, value: Told<'_>, texts: &mut Texts) {
        if matches!(value, Told::None) {
            self.push_cell(row, NONE);
            return;
        }
        if let Told::Set(members) = value {
            if let Some((sort, words)) = words_of(members, texts)
                && let Some(set) = self.cells.enter_set(sort, &words)
            {
                self.push_cell(row, set + FIRST);
                return;
            }
        } else if let Some((sort, word)) = Sort::of(value, texts)
            && self.cells.takes(sort, word)
        {
            self.push_cell(row, word + FIRST);
            return;
        }
        let cell = self.cells.number_of(value, texts) + FIRST;
        self.push_cell(row, cell);
    }

    fn push_cell(&mut self, row: u32, cell: u32) {
        let length = self.cells.len();
        match &mut self.rows {
            Rows::From(first) if self.count == 0 => *first = row,
            Rows::From(first) => {
                let gap = (row - *first) as usize - length;
                if gap > 64 + 3 * self.count {
                    let mut rows: Vec<u32> = Vec::with_capacity(self.count + 1);
                    rows.extend(
                        (*first..).zip(0..length).filter(|(_, at)| self.cells.get(*at) != MISSING).map(|(row, _)| row),
                    );
                    self.cells.keep_known();
                    rows.push(row);
                    self.rows = Rows::These(rows);
                } else {
                    (0..gap).for_each(|_| self.cells.push(MISSING));
                }
            }
            Rows::These(rows) => rows.push(row),
        }
        self.cells.push(cell);
        self.count += 1;
    }

    /// A run of rows that come after all others, from this one on.
    pub(super) fn append(&mut self, first: u32, run: &Run, texts: &mut Texts) {
        let known = run.cells.iter().filter(|cell| **cell != MISSING).count();
        let largest = run.cells.iter().max().copied().unwrap_or(MISSING).max(FIRST) - FIRST;
        let gap = match &self.rows {
            Rows::From(_) if self.count == 0 => Some(0),
            Rows::From(start) => {
                (first.checked_sub(*start)).and_then(|rows| (rows as usize).checked_sub(self.cells.len()))
            }
            Rows::These(_) => None,
        };
        match gap.filter(|gap| *gap <= 64 + 3 * self.count) {
            _ if known == 0 => {}
            Some(gap) if self.cells.takes(run.sort, largest) => {
                if self.count == 0 {
                    self.rows = Rows::From(first);
                }
                (0..gap).for_each(|_| self.cells.push(MISSING));
                self.cells.extend(&run.cells);
                self.count += known;
            }
            // Sparse, or beside values of another sort: one by one.
            _ => {
                for (row, cell) in (first..).zip(&run.cells) {
                    match *cell {
                        MISSING => {}
                        NONE => self.push(row, Told::None, texts),
                        cell => {
                            // A number needs no text.
                            let told = run.sort.told_number(cell - FIRST);
                            told.into_iter().for_each(|told| self.push(row, told, texts));
                        }
                    }
                }
            }
        }
    }

    /// The same values with other rows: `order` has the row of now for each of then.
    #[must_use]
    pub(super) fn in_order(self, order: &[u32]) -> Column {
        let Rows::From(first) = self.rows else {
            let mut then = vec![u32::MAX; order.len()];
            for (new, old) in (0..).zip(order) {
                then.get_mut(*old as usize).into_iter().for_each(|slot| *slot = new);
            }
            return self.moved(&then);
        };
        let gathered = self.cells.gather(first, order);
        let known = |cell: &u32| *cell != MISSING;
        let Some(least) = gathered.iter().position(known) else { return Column::default() };
        let most = gathered.iter().rposition(known).unwrap_or(least);
        let (rows, cells): (Rows, Vec<u32>) = if most - least < 4 * self.count {
            (Rows::From(place(least)), gathered.get(least..=most).unwrap_or(&[]).to_vec())
        } else {
            let all = gathered.iter().zip(0..).filter(|(cell, _)| known(cell));
            let (cells, rows): (Vec<u32>, Vec<u32>) = all.map(|(cell, row)| (*cell, row)).unzip();
            (Rows::These(rows), cells)
        };
        let count = cells.iter().filter(|cell| known(cell)).count();
        let mut blank = self.cells.blank(0);
        blank.fill(&self.cells, &cells);
        Column { rows, cells: self.cells.with(blank, cells.len()), count }
    }

    /// The same values with other rows: `then` has the row of then for each of now, of some that they are no more
    /// ([`u32::MAX`]).
    #[must_use]
    pub(super) fn moved(self, then: &[u32]) -> Column {
        let place = |row: u32| then.get(row as usize).copied().unwrap_or(row);
        let Column { rows, cells, .. } = self;
        let each = |see: &mut dyn FnMut(u32, u32)| {
            let mut see = |row: u32, at: usize| {
                let (row, cell) = (place(row), cells.get(at));
                if row != u32::MAX && cell != MISSING {
                    see(row, cell);
                }
            };
            match &rows {
                Rows::From(first) => (*first..).zip(0..cells.len()).for_each(|(row, at)| see(row, at)),
                Rows::These(rows) => rows.iter().enumerate().for_each(|(at, row)| see(*row, at)),
            }
        };
        let (mut least, mut most, mut count) = (u32::MAX, 0, 0);
        each(&mut |row, _| {
            count += 1;
            least = least.min(row);
            most = most.max(row);
        });
        if count == 0 {
            return Column::default();
        }
        let length = (most - least) as usize + 1;
        if length <= 4 * count {
            let mut moved = cells.blank(length);
            each(&mut |row, cell| moved.set((row - least) as usize, cell));
            return Column { rows: Rows::From(least), cells: cells.with(moved, length), count };
        }
        let mut all: Vec<(u32, u32)> = Vec::with_capacity(count);
        each(&mut |row, cell| all.push((row, cell)));
        all.sort_unstable();
        let mut moved = cells.blank(all.len());
        all.iter().enumerate().for_each(|(at, (_, cell))| moved.set(at, *cell));
        let length = all.len();
        Column {
            rows: Rows::These(all.into_iter().map(|(row, _)| row).collect()),
            cells: cells.with(moved, length),
            count,
        }
    }

    /// Gives back what room was held ready, and what only its making needed.
    pub(super) fn shrink(&mut self) {
        if let Rows::These(rows) = &mut self.rows {
            rows.shrink_to_fit();
        }
        self.cells.shrink();
    }
}

fn place(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
