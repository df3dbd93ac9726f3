//! What stands in a block, in the form in which facts keep it: rows whose numbers count from the first of the block. Reads
//! no text.

use super::table::{Shape, Table};
use crate::diag::Diagnostic;
use crate::facts::{
    Columns, Delegated, DelegationRow, EntityId, Known, Owner, Party, Periods, RoleFact, RoleRow, Run, TextList,
    ThingId, ThingSort, Told, Value,
};
use crate::ir::OrganisationId;
use crate::terms::kind::Kind;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A row with what is wrong in it.
#[derive(Debug)]
pub(super) struct Faulty {
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) offset: u64,
    pub(super) findings: Vec<Diagnostic>,
}

/// What is known of rows that are numbered from 0, by attribute.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Of attributes whose values are numbers.
    pub(super) runs: Vec<(Box<str>, Run)>,
    /// Of all others: the number of the row, and the value.
    values: BTreeMap<Box<str>, Vec<(u32, Value)>>,
}

impl Cells {
    /// Room for a column of the attributes of these rows that are numbers.
    pub(super) fn begin(&mut self, shape: &Shape) {
        for column in shape.columns.iter().filter(|column| !column.is_key) {
            if let Some(run) = column.of.as_ref().and_then(Run::of) {
                self.runs.push((column.name.clone(), run));
            }
        }
    }

    /// Where the run of an attribute is.
    pub(super) fn run(&self, name: &str) -> Option<usize> {
        self.runs.iter().position(|(known, _)| **known == *name)
    }

    /// A value of the last row.
    pub(super) fn know(&mut self, row: u32, name: &str, value: Value) {
        if let Some((_, run)) = self.runs.iter_mut().find(|(known, _)| **known == *name) {
            run.pad(row as usize);
            if run.push(Told::of(&value)) {
                return;
            }
            debug_assert!(false, "a value of the type of its attribute");
        }
        match self.values.get_mut(name) {
            Some(list) => list.push((row, value)),
            None => drop(self.values.insert(name.into(), vec![(row, value)])),
        }
    }

    /// Takes what is known of the rows from this one on away, in runs.
    pub(super) fn forget(&mut self, row: usize) {
        self.runs.iter_mut().for_each(|(_, run)| run.truncate(row));
    }

    /// Puts all of it into columns, whose rows go on from this one.
    pub(super) fn put(&self, columns: &mut Columns, owner: Owner, first: u32) {
        for (name, run) in &self.runs {
            columns.append(owner, name, first, run);
        }
        for (name, values) in &self.values {
            let rows = values.iter().map(|(row, value)| (first.saturating_add(*row), Told::of(value)));
            columns.extend(owner, name, rows);
        }
    }
}

/// Entities of one table.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) names: TextList,
    /// Their lines, from the first of the block.
    pub(super) lines: Vec<u32>,
    /// Which of them are organisations of the bundle.
    pub(super) organisations: Vec<(u32, OrganisationId)>,
    pub(super) known: Cells,
}

/// Delegations.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Their places are their numbers here.
    pub(super) rows: Vec<DelegationRow>,
    pub(super) lines: Vec<u32>,
    pub(super) withdrawn: Vec<(u32, Timestamp)>,
    pub(super) known: Cells,
}

/// What stands in a block.
#[derive(Debug, Default)]
pub(super) struct Out {
    pub(super) named: BTreeMap<Table, Named>,
    pub(super) roles: Vec<RoleRow>,
    pub(super) given: Given,
    pub(super) periods: Periods,
    pub(super) things: Vec<(ThingSort, Box<str>, u32)>,
    /// What is known of things, and what of entities names others.
    pub(super) of_things: Vec<(ThingSort, ThingId, Known)>,
    pub(super) of_entities: Vec<(Kind, EntityId, Known)>,
    pub(super) out_of_reach: BTreeSet<OrganisationId>,
    pub(super) faulty: Vec<Faulty>,
    /// Rows with faults that are not told.
    pub(super) more: usize,
    /// A row could not be read at all: what it names is not known.
    pub(super) lost: bool,
}

impl Out {
    /// One role fact more.
    pub(super) fn role(&mut self, fact: &RoleFact, line: u32) {
        let period = self.periods.add(fact.period);
        let (subject, party, role) = (fact.subject, Party::of(fact.party), fact.role);
        self.roles.push(RoleRow { subject, party, role, period, read_at: line });
    }

    /// One delegation more, with what is known of it.
    pub(super) fn delegation(&mut self, one: &Delegated, known: Known, line: u32) {
        let number = count(self.given.rows.len());
        let period = self.periods.add(one.period);
        self.given.rows.push(DelegationRow::new(one, period, number));
        self.given.lines.push(line);
        self.given.withdrawn.extend(one.withdrawn.map(|moment| (number, moment)));
        known.0.into_iter().for_each(|(name, value)| self.given.known.know(number, &name, value));
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
