//! Entities in their usual form, and what is known of them. What is in another form, or wrong, is left to the readers that
//! say what is wrong.

use super::csv::Batch;
use super::given::Attributes;
use super::out::{Cells, count};
use super::quick::{Quick, refers};
use super::table::{Shape, Table};
use super::work::Work;
use crate::facts::Known;
use crate::ir::Type;
use crate::terms::kind::Kind;

/// Where the name of an entity stands, and what is known of it that names nobody.
pub(super) struct EntityColumns<'s> {
    table: Table,
    id: usize,
    attributes: Attributes<'s>,
}

/// Where the name of an entity stands, and what is known of it that names others.
pub(super) struct ReferenceColumns<'s> {
    kind: Kind,
    id: usize,
    attributes: Vec<(usize, &'s str, &'s Type)>,
}

impl<'s> EntityColumns<'s> {
    pub(super) fn of(shape: &'s Shape, known: &Cells) -> Option<Self> {
        let attributes = Attributes::of(shape, known, |of| !refers(of));
        Some(EntityColumns { table: shape.table, id: shape.key("id")?, attributes })
    }
}

impl<'s> ReferenceColumns<'s> {
    /// `None`: no column names anybody.
    pub(super) fn of(shape: &'s Shape) -> Option<Self> {
        let columns = shape.columns.iter().enumerate();
        let attributes: Vec<(usize, &str, &Type)> = columns
            .filter_map(|(at, column)| Some((at, &*column.name, column.of.as_ref().filter(|of| refers(of))?)))
            .collect();
        let id = shape.key("id").filter(|_| !attributes.is_empty())?;
        Some(ReferenceColumns { kind: shape.table.kind()?, id, attributes })
    }
}

fn is_blank(name: &str) -> bool {
    // Hardly ever is the first letter not enough.
    !name.bytes().next().is_some_and(|first| first.is_ascii_graphic()) && name.trim().is_empty()
}

impl Work<'_, '_> {
    /// The entities of a batch; the rows that must be looked at closely.
    pub(super) fn entities(&mut self, columns: &EntityColumns<'_>, batch: &Batch<'_>) -> Vec<usize> {
        let mut odd = Vec::new();
        let against = self.against;
        let values = against.values();
        let named = self.out.named.entry(columns.table).or_default();
        for (row, at) in batch.rows.iter().enumerate() {
            let name = batch.cell(row, columns.id);
            let number = count(named.names.len());
            if batch.odd.get(row) != Some(&false)
                || is_blank(name)
                || against.may_be_organisation(name)
                || !columns.attributes.read(&values, batch, row, (&mut named.known, number))
            {
                odd.push(row);
            } else if named.names.push(name).is_some() {
                named.lines.push(at.line);
            }
        }
        odd
    }

    /// What is known of the entities of a batch and names others; the rows that must be looked at closely.
    pub(super) fn references(&mut self, columns: &ReferenceColumns<'_>, batch: &Batch<'_>) -> Vec<usize> {
        let mut odd = Vec::new();
        let values = self.against.values();
        let ids = self.against.facts.entities_named(&batch.column(Some(columns.id)));
        'rows: for (row, id) in ids.iter().enumerate() {
            if batch.odd.get(row) != Some(&false) {
                odd.push(row);
                continue;
            }
            let mut known = Vec::new();
            for (at, name, of) in &columns.attributes {
                match (values.value(batch.cell(row, *at), of), id) {
                    (Quick::Missing, _) => {}
                    (Quick::Is(value), Some(_)) => known.push(((*name).into(), value)),
                    _ => {
                        odd.push(row);
                        continue 'rows;
                    }
                }
            }
            if let (false, Some(id)) = (known.is_empty(), id) {
                known.sort();
                self.out.of_entities.push((columns.kind, *id, Known(known)));
            }
        }
        odd
    }
}
