//! What blocks hold, put together: names numbered in their order, columns, sorted rows. Reads nothing.

use super::gather::Found;
use super::work::{Named, Out};
use crate::facts::{
    Columns, DelegationRow, Entities, Facts, Owner, Party, Periods, RoleRow, TextList, ThingId, ThingSort, Things,
    Told, Value, Whose,
};
use crate::intake::names::Names;
use crate::ir::OrganisationId;
use crate::terms::kind::Kind;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Facts being put together.
pub(super) struct Merge<'g, 'm> {
    names: &'g Names<'m>,
    /// Names of files, with the number of the first line of each; lines of all files are counted on.
    files: Vec<(Box<str>, u32)>,
    /// The line before the next file, and the one that the block begins on.
    lines: u32,
    block: u32,
    entities: Entities,
    /// Where each entity stands.
    entity_lines: Vec<u32>,
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
    roles: Vec<RoleRow>,
    /// As they came: their places are numbers.
    delegations: Vec<DelegationRow>,
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
            entities: Entities::default(),
            entity_lines: Vec::new(),
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
    pub(super) fn put(&mut self, out: Out, found: &mut Found<'_>) {
        for (table, named) in out.named {
            let Some(kind) = table.kind() else { continue };
            self.entities(kind, named, found);
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
        for (fact, line) in out.roles {
            let read_at = self.line(line);
            let period = self.periods.add(fact.period);
            let (subject, party, role) = (fact.subject, Party::of(fact.party), fact.role);
            self.roles.push(RoleRow { subject, party, role, period, read_at });
        }
        for (one, line) in out.delegations {
            let number = count(self.delegations.len());
            let line = self.line(line);
            self.delegation_lines.push(line);
            let period = self.periods.add(one.period);
            self.delegations.push(DelegationRow::new(&one.delegated(), period, number));
            self.withdrawn.extend(one.withdrawn.map(|moment| (number, moment)));
            self.columns.push_known(Owner::Delegations, number, &one.attributes);
        }
        self.out_of_reach.extend(out.out_of_reach);
    }

    /// A line of the block among those of all files.
    fn line(&mut self, line: u32) -> u32 {
        let line = self.block.saturating_add(line);
        self.lines = self.lines.max(line);
        line
    }

    /// The file and line of a line among those of all files.
    fn file(&self, line: u32) -> (&str, u32) {
        let at = self.files.partition_point(|(_, before)| *before < line);
        let file = at.checked_sub(1).and_then(|at| self.files.get(at));
        file.map_or(("", line), |(name, before)| (&**name, line - before))
    }

    fn entities(&mut self, kind: Kind, named: Named, found: &mut Found<'_>) {
        let mut organisations = named.organisations.into_iter().peekable();
        let mut ids: Vec<u32> = Vec::with_capacity(named.names.len());
        for ((name, line), number) in named.names.iter().zip(&named.lines).zip(0..) {
            let declared = organisations.next_if(|(at, _)| *at == number).map(|(_, id)| id);
            let line = self.line(*line);
            match self.entities.add(name, kind, declared) {
                Ok(id) => {
                    self.entity_lines.push(line);
                    ids.push(id.0);
                }
                Err(known) => {
                    let first = known.and_then(|id| self.entity_lines.get(id.0 as usize)).copied().unwrap_or(0);
                    found.twice(&format!("the name `{name}`"), self.file(line), self.file(first));
                    ids.push(u32::MAX);
                }
            }
        }
        for (name, values) in &named.values {
            let rows = values.iter().filter_map(|(number, value)| Some((*ids.get(*number as usize)?, value)));
            let rows = rows.filter(|(row, _)| *row != u32::MAX).map(|(row, value)| (row, Told::of(value)));
            self.columns.extend(Owner::Entities(kind), name, rows);
        }
    }

    /// All names are there: entities and things get the numbers of their order.
    pub(super) fn settle_names(&mut self, found: &mut Found<'_>) -> Facts {
        for (at, name) in self.names.meaning.organisations.iter().enumerate() {
            let organisation = OrganisationId::from(at);
            if self.entities.organisation(organisation).is_none() {
                // Nobody of another kind has its name: that is refused where it is listed.
                let _ = self.entities.add(name, Kind::Organisation, Some(organisation));
            }
        }
        self.entity_lines = Vec::new();
        let mut entities = std::mem::take(&mut self.entities);
        if !entities.is_in_order() {
            let order = order(&entities);
            entities = entities.in_order(&order);
            let mut then = vec![0; order.len()];
            for (new, old) in order.iter().enumerate() {
                if let Some(slot) = then.get_mut(*old as usize) {
                    *slot = count(new);
                }
            }
            self.columns.move_rows(|owner| matches!(owner, Owner::Entities(_)), &then);
        }
        let mut sorted: Vec<(ThingSort, &str, u32)> =
            self.thing_lines.iter().zip(self.things.iter()).map(|((sort, line), name)| (*sort, name, *line)).collect();
        sorted.par_sort_unstable();
        let mut things = Things::default();
        for (sort, name, _) in &sorted {
            things.add(*sort, name);
        }
        // A record has a name among those of all registers.
        sorted.par_sort_unstable_by_key(|(sort, name, line)| (class(*sort), *name, *line));
        for pair in sorted.windows(2) {
            if let [(sort, name, first), (other, same, line)] = pair
                && (class(*sort), name) == (class(*other), same)
            {
                found.twice(&format!("the name `{name}`"), self.file(*line), self.file(*first));
            }
        }
        (self.things, self.thing_lines) = (TextList::default(), Vec::new());
        (self.files, self.lines) = (Vec::new(), 0);
        Facts::of(entities, things)
    }

    /// All is there.
    pub(super) fn finish(mut self, mut facts: Facts) -> Facts {
        let periods = &self.periods;
        self.roles.par_sort_unstable_by(|one, other| one.compare(other, periods));
        let (rows, withdrawn, then) = self.sorted_delegations();
        self.columns.move_rows(|owner| owner == Owner::Delegations, &then);
        let of_thing = |id: &ThingId| facts.row(Whose::Thing(*id)).map_or(u32::MAX, |(_, row)| row);
        let things: Vec<u32> = self.thing_rows.iter().map(of_thing).collect();
        self.columns.move_rows(|owner| matches!(owner, Owner::Things(_)), &things);
        self.references.move_rows(|_| true, &self.reference_rows);
        self.columns.absorb(self.references);
        facts.put_periods(self.periods);
        facts.put_role_rows(self.roles);
        facts.put_delegation_rows(rows, withdrawn);
        facts.put_columns(self.columns);
        facts.put_out_of_reach(self.out_of_reach);
        facts.put_files(self.files);
        facts
    }

    /// Delegations in order, each once; when those at a place were withdrawn; the place of each number, of repeats none.
    fn sorted_delegations(&mut self) -> (Vec<DelegationRow>, Vec<(u32, Timestamp)>, Vec<u32>) {
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
        let mut rows = std::mem::take(&mut self.delegations);
        rows.par_sort_unstable_by(|one, other| compare(one, other).then_with(|| one.read_at.cmp(&other.read_at)));
        rows.dedup_by(|later, earlier| compare(later, earlier).is_eq());
        let mut then = vec![u32::MAX; self.delegation_lines.len()];
        let mut moments = Vec::new();
        for (place, row) in rows.iter_mut().enumerate() {
            let number = row.read_at;
            if let Some(slot) = then.get_mut(number as usize) {
                *slot = count(place);
            }
            moments.extend(withdrawn(number).map(|moment| (count(place), moment)));
            row.read_at = self.delegation_lines.get(number as usize).copied().unwrap_or(0);
        }
        (rows, moments, then)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What has names of its own: all records together, things by sort.
fn class(sort: ThingSort) -> Option<ThingSort> {
    match sort {
        ThingSort::Record(_) => None,
        ThingSort::Entity(_) => Some(sort),
    }
}

/// The numbers of entities in the order of their names: by eight letters behind what all names begin with, then by all.
fn order(entities: &Entities) -> Vec<u32> {
    let names = entities.names();
    let first = names.get(0).as_bytes();
    let common = names.iter().fold(first.len(), |most, name| {
        first.iter().zip(name.as_bytes()).take(most).take_while(|(one, other)| one == other).count()
    });
    let mut keys: Vec<(u64, u32)> = names
        .iter()
        .zip(0..)
        .map(|(name, number)| {
            let mut letters = [0; 8];
            let rest = name.as_bytes().get(common..).unwrap_or(&[]);
            letters.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
            (u64::from_be_bytes(letters), number)
        })
        .collect();
    keys.par_sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| names.get(one.1).cmp(names.get(other.1))));
    keys.into_iter().map(|(_, number)| number).collect()
}
