//! What blocks hold, put together: names numbered in their order, columns, sorted rows. Reads nothing.

use super::naming::{Naming, Twice};
use super::order::ordered;
use super::out::{Out, count};
use crate::facts::{
    Columns, DelegationRow, Delegations, Facts, Owner, Periods, RoleRow, Roles, TextList, ThingId, ThingSort, Things,
    Value, Whose,
};
use crate::intake::names::Names;
use crate::ir::OrganisationId;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A line of a file: its place among the files, and its number.
pub(super) type Line = (usize, u32);

/// Facts being put together.
pub(super) struct Merge<'g, 'm> {
    names: &'g Names<'m>,
    /// Names of files, with the number of the line before the first of each; lines of all files are counted on.
    files: Vec<(Box<str>, u32)>,
    /// The last line so far, and the one that the block begins on.
    lines: u32,
    block: u32,
    entities: Naming,
    /// Names of things in the order in which they came, with sort and line.
    things: TextList,
    thing_lines: Vec<(ThingSort, u32)>,
    columns: Columns,
    /// What names others, in the order in which it came; and the entity of each row.
    references: Columns,
    reference_rows: Vec<u32>,
    /// The thing of each row of what is known of things.
    thing_rows: Vec<ThingId>,
    periods: Periods,
    roles: Vec<Vec<RoleRow>>,
    /// As they came: their places are numbers.
    delegations: Vec<Vec<DelegationRow>>,
    delegation_lines: Vec<u32>,
    withdrawn: Vec<(u32, Timestamp)>,
    out_of_reach: BTreeSet<OrganisationId>,
}

impl<'g, 'm> Merge<'g, 'm> {
    pub(super) fn new(names: &'g Names<'m>) -> Self {
        Merge {
            names,
            files: Vec::new(),
            lines: 0,
            block: 0,
            entities: Naming::default(),
            things: TextList::default(),
            thing_lines: Vec::new(),
            columns: Columns::default(),
            references: Columns::default(),
            reference_rows: Vec::new(),
            thing_rows: Vec::new(),
            periods: Periods::default(),
            roles: Vec::new(),
            delegations: Vec::new(),
            delegation_lines: Vec::new(),
            withdrawn: Vec::new(),
            out_of_reach: BTreeSet::new(),
        }
    }

    /// A file begins.
    pub(super) fn begin(&mut self, name: &str) {
        self.files.push((name.into(), self.lines));
        self.block = self.lines.saturating_add(1);
    }

    /// A block of the file begins on this line.
    pub(super) fn advance(&mut self, line: u32) {
        let first = self.files.last().map_or(0, |(_, first)| *first);
        self.block = first.saturating_add(line);
    }

    /// What a block holds.
    pub(super) fn put(&mut self, out: Out) {
        for (table, named) in out.named {
            let Some(kind) = table.kind() else { continue };
            if let Some(last) = named.lines.iter().max() {
                self.line(*last);
            }
            let first = self.entities.add(kind, named.names, (self.block, named.lines), named.organisations);
            named.known.put(&mut self.columns, Owner::Entities(kind), first);
        }
        for (sort, name, line) in out.things {
            self.things.push(&name);
            let line = self.line(line);
            self.thing_lines.push((sort, line));
        }
        for (sort, id, known) in out.of_things {
            let row = count(self.thing_rows.len());
            self.thing_rows.push(id);
            self.columns.push_known(Owner::Things(sort), row, &known);
        }
        for (kind, id, known) in out.of_entities {
            let row = count(self.reference_rows.len());
            self.reference_rows.push(id.0);
            self.references.push_known(Owner::Entities(kind), row, &known);
        }
        let periods = self.periods.absorb(&out.periods);
        let mut roles = out.roles;
        for row in &mut roles {
            (row.period, row.read_at) = (periods.of(row.period), self.line(row.read_at));
        }
        self.roles.push(roles);
        let first = count(self.delegation_lines.len());
        let mut rows = out.given.rows;
        for row in &mut rows {
            (row.period, row.read_at) = (periods.of(row.period), first.saturating_add(row.read_at));
        }
        self.delegations.push(rows);
        for line in out.given.lines {
            let line = self.line(line);
            self.delegation_lines.push(line);
        }
        self.withdrawn.extend(out.given.withdrawn.iter().map(|(at, moment)| (first.saturating_add(*at), *moment)));
        out.given.known.put(&mut self.columns, Owner::Delegations, first);
        self.out_of_reach.extend(out.out_of_reach);
    }

    /// A line of the block among those of all files.
    fn line(&mut self, line: u32) -> u32 {
        let line = self.block.saturating_add(line);
        self.lines = self.lines.max(line);
        line
    }

    /// The file and line of a line among those of all files.
    pub(super) fn file(&self, line: u32) -> Line {
        let at = self.files.partition_point(|(_, before)| *before < line);
        let file = at.checked_sub(1).and_then(|at| Some((at, self.files.get(at)?)));
        file.map_or((0, line), |(at, (_, before))| (at, line - before))
    }

    /// All names are there: entities and things get the numbers of their order. Those that stand twice are handed on, with
    /// where they stand again, and where first.
    pub(super) fn settle_names(&mut self) -> (Facts, Vec<(String, Line, Line)>) {
        let mut all = std::mem::take(&mut self.entities).ordered(self.names);
        let mut twice = std::mem::take(&mut all.twice);
        let order = std::mem::take(&mut all.order);
        let of_entities = |owner: Owner| matches!(owner, Owner::Entities(_));
        let columns = &mut self.columns;
        let (entities, ()) = rayon::join(|| all.entities(), || columns.in_order(of_entities, &order));
        drop(order);
        let (things, again) = self.settle_things();
        twice.extend(again);
        let twice =
            twice.into_iter().map(|twice| (twice.name, self.file(twice.line), self.file(twice.first))).collect();
        (self.files, self.lines) = (Vec::new(), 0);
        (Facts::of(entities, things), twice)
    }

    fn settle_things(&mut self) -> (Things, Vec<Twice>) {
        let mut sorted: Vec<(ThingSort, &str, u32)> =
            self.thing_lines.iter().zip(self.things.iter()).map(|((sort, line), name)| (*sort, name, *line)).collect();
        sorted.par_sort_unstable();
        let (mut things, mut twice) = (Things::default(), Vec::new());
        for (sort, name, _) in &sorted {
            things.add(*sort, name);
        }
        // A record has a name among those of all registers.
        sorted.par_sort_unstable_by_key(|(sort, name, line)| (class(*sort), *name, *line));
        for same in sorted.chunk_by(|one, other| (class(one.0), one.1) == (class(other.0), other.1)) {
            if let [(_, name, first), others @ ..] = same {
                twice.extend(others.iter().map(|(_, _, line)| Twice {
                    name: (*name).into(),
                    line: *line,
                    first: *first,
                }));
            }
        }
        (self.things, self.thing_lines) = (TextList::default(), Vec::new());
        (things, twice)
    }

    /// All is there.
    pub(super) fn finish(mut self, mut facts: Facts) -> Facts {
        let entities = facts.entity_count();
        let periods = &self.periods;
        let roles = ordered(
            std::mem::take(&mut self.roles),
            entities,
            |row| row.subject.0,
            |one, other| one.compare(other, periods),
        );
        let delegations = || {
            let (rows, withdrawn, order) = self.sorted_delegations(entities);
            self.columns.in_order(|owner| owner == Owner::Delegations, &order);
            drop(order);
            let of_thing = |id: &ThingId| facts.row(Whose::Thing(*id)).map_or(u32::MAX, |(_, row)| row);
            let things: Vec<u32> = self.thing_rows.iter().map(of_thing).collect();
            self.columns.move_rows(|owner| matches!(owner, Owner::Things(_)), &things);
            self.references.move_rows(|_| true, &self.reference_rows);
            self.columns.absorb(std::mem::take(&mut self.references));
            Delegations::of(rows, withdrawn, entities)
        };
        let (roles, delegations) = rayon::join(|| Roles::of_sorted(roles, entities), delegations);
        facts.put_periods(self.periods);
        facts.put_role_rows(roles);
        facts.put_delegation_rows(delegations);
        facts.put_columns(self.columns);
        facts.put_out_of_reach(self.out_of_reach);
        facts.put_files(self.files);
        facts
    }

    /// Delegations in order, each once; when those at a place were withdrawn; the number that each came with.
    fn sorted_delegations(&mut self, entities: usize) -> (Vec<DelegationRow>, Vec<(u32, Timestamp)>, Vec<u32>) {
        let (periods, columns) = (&self.periods, &self.columns);
        let withdrawn = |number: u32| {
            let at = self.withdrawn.binary_search_by_key(&number, |(number, _)| *number).ok()?;
            self.withdrawn.get(at).map(|(_, moment)| *moment)
        };
        let known = |number: u32| -> Vec<(&str, Value)> {
            let all = columns.of(Owner::Delegations);
            all.filter_map(|(name, column)| Some((name, column.get(number)?.to_value()))).collect()
        };
        let compare = |one: &DelegationRow, other: &DelegationRow| {
            let besides = |row: &DelegationRow| (withdrawn(row.read_at), known(row.read_at));
            one.compare(other, periods).then_with(|| besides(one).cmp(&besides(other)))
        };
        let mut rows = ordered(
            std::mem::take(&mut self.delegations),
            entities,
            |row| row.receiver.0,
            |one, other| compare(one, other).then_with(|| one.read_at.cmp(&other.read_at)),
        );
        rows.dedup_by(|later, earlier| compare(later, earlier).is_eq());
        let mut moments = Vec::new();
        let mut order = Vec::with_capacity(rows.len());
        for (place, row) in rows.iter_mut().enumerate() {
            let number = row.read_at;
            order.push(number);
            moments.extend(withdrawn(number).map(|moment| (count(place), moment)));
            row.read_at = self.delegation_lines.get(number as usize).copied().unwrap_or(0);
        }
        (rows, moments, order)
    }
}

/// What has names of its own: all records together, things by sort.
fn class(sort: ThingSort) -> Option<ThingSort> {
    match sort {
        ThingSort::Record(_) => None,
        ThingSort::Entity(_) => Some(sort),
    }
}
