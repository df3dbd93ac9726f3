//! Delegations in their usual form. What is in another form, or wrong, is left to the readers that say what is wrong.

use super::csv::Batch;
use super::held::kinds;
use super::out::{Cells, count};
use super::quick::{self, Quick, day, end};
use super::table::Shape;
use super::work::Work;
use crate::facts::{Day, Delegated, EntityId, Known, Value};
use crate::intake::fields::rfc3339;
use crate::ir::Type;
use crate::terms::period::Period;

/// Where the keys and attributes of a delegation stand.
pub(super) struct DelegationColumns<'s> {
    giver: Option<usize>,
    receiver: Option<usize>,
    party: Option<usize>,
    package: Option<usize>,
    area: Option<usize>,
    given: Option<usize>,
    from: Option<usize>,
    before: Option<usize>,
    withdrawn: Option<usize>,
    attributes: Attributes<'s>,
}

/// Where attributes stand: those that are numbers, with their runs, and the others.
pub(super) struct Attributes<'s> {
    runs: Vec<(usize, usize, &'s Type)>,
    others: Vec<(usize, &'s str, &'s Type)>,
}

impl<'s> Attributes<'s> {
    /// The attributes of a shape that are `wanted`.
    pub(super) fn of(shape: &'s Shape, known: &Cells, wanted: impl Fn(&Type) -> bool) -> Self {
        let mut all = Attributes { runs: Vec::new(), others: Vec::new() };
        for (at, column) in shape.columns.iter().enumerate().filter(|(_, column)| !column.is_key) {
            let Some(of) = column.of.as_ref().filter(|of| wanted(of)) else { continue };
            match known.run(&column.name) {
                Some(run) => all.runs.push((at, run, of)),
                None => all.others.push((at, &column.name, of)),
            }
        }
        all
    }

    /// What a row knows, as the last of its table; `false`: it must be looked at closely, and nothing is known yet.
    pub(super) fn read(
        &self,
        values: &quick::Values<'_>,
        batch: &Batch<'_>,
        row: usize,
        to: (&mut Cells, u32),
    ) -> bool {
        let (known, number) = to;
        let mut others: Vec<(&str, Value)> = Vec::new();
        for (column, name, of) in &self.others {
            match values.value(batch.cell(row, *column), of) {
                Quick::Missing => {}
                Quick::Is(value) => others.push((name, value)),
                Quick::Unsure => return false,
            }
        }
        for (column, run, of) in &self.runs {
            let Some((_, run)) = known.runs.get_mut(*run) else { return false };
            run.pad(number as usize);
            if !values.run(batch.cell(row, *column), of, run) {
                known.forget(number as usize);
                return false;
            }
        }
        others.into_iter().for_each(|(name, value)| known.know(number, name, value));
        true
    }
}

impl<'s> DelegationColumns<'s> {
    pub(super) fn of(shape: &'s Shape, known: &Cells) -> Self {
        let [giver, receiver, party] = ["giver", "receiver", "party"].map(|key| shape.key(key));
        let [package, area, given] = ["package", "area", "given"].map(|key| shape.key(key));
        let [from, before, withdrawn] = ["from", "before", "withdrawn"].map(|key| shape.key(key));
        let attributes = Attributes::of(shape, known, |_| true);
        DelegationColumns { giver, receiver, party, package, area, given, from, before, withdrawn, attributes }
    }
}

impl Work<'_, '_> {
    /// The delegations of a batch; the rows that must be looked at closely.
    pub(super) fn delegations(&mut self, columns: &DelegationColumns<'_>, batch: &Batch<'_>) -> Vec<usize> {
        let mut odd = Vec::new();
        let against = self.against;
        let facts = against.facts;
        let values = against.values();
        let of = |key: Option<usize>| facts.entities_named(&batch.column(key));
        let (givers, receivers, parties) = (of(columns.giver), of(columns.receiver), of(columns.party));
        let kinds = kinds(facts, &parties);
        let cell = |row: usize, column: Option<usize>| column.map_or("", |column| batch.cell(row, column));
        for (row, at) in batch.rows.iter().enumerate() {
            let (packages, areas, out) = (&mut self.packages, &mut self.areas, &mut self.out);
            let number = count(out.given.rows.len());
            let read = || {
                let one = |all: &[Option<EntityId>]| all.get(row).copied().flatten();
                let (giver, receiver, party) = (one(&givers)?, one(&receivers)?, one(&parties)?);
                let (package, area) = (cell(row, columns.package), cell(row, columns.area));
                if giver == receiver || package.is_empty() == area.is_empty() {
                    return None;
                }
                let what = match area.is_empty() {
                    true => packages.get(package, |name| against.given(false, name))?,
                    false => areas.get(area, |name| against.given(true, name))?,
                };
                if !against.is_for(what, kinds.get(row).copied().flatten()?) {
                    return None;
                }
                let given = day(cell(row, columns.given))?;
                let (from, before) = (end(cell(row, columns.from))?, end(cell(row, columns.before))?);
                let starts = from.map_or(given, |from| from.max(given));
                if before.is_some_and(|before| before <= starts) {
                    return None;
                }
                let withdrawn = match cell(row, columns.withdrawn) {
                    "" => None,
                    // When it may begin is asked of the calendar of Oslo: that is done where there is time.
                    said => Some(rfc3339(said)?),
                };
                let starts = starts.date()?;
                if withdrawn.is_some_and(|moment| !quick::is_well_after(moment, starts)) {
                    return None;
                }
                let period = Period { from: from.and_then(Day::date), before: before.and_then(Day::date) };
                let given = given.date()?;
                if !columns.attributes.read(&values, batch, row, (&mut out.given.known, number)) {
                    return None;
                }
                let one = Delegated { receiver, party, what, giver, given, period, withdrawn };
                out.delegation(&one, Known::default(), at.line);
                Some(())
            };
            if Some(read).filter(|_| batch.odd.get(row) == Some(&false)).and_then(|mut read| read()).is_none() {
                odd.push(row);
            }
        }
        odd
    }
}
