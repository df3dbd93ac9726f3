//! Role facts in their usual form. What is in another form, or wrong, is left to the readers that say what is wrong.

use super::csv::Batch;
use super::quick::end;
use super::table::Shape;
use super::work::Work;
use crate::facts::{EntityId, Facts, Party, RoleRow};
use crate::terms::kind::Kind;

/// Where the keys of a role fact stand.
pub(super) struct RoleColumns {
    subject: Option<usize>,
    role: Option<usize>,
    party: Option<usize>,
    from: Option<usize>,
    before: Option<usize>,
}

impl RoleColumns {
    pub(super) fn of(shape: &Shape) -> Self {
        let [subject, role, party, from, before] =
            ["subject", "role", "party", "from", "before"].map(|key| shape.key(key));
        RoleColumns { subject, role, party, from, before }
    }
}

/// The kinds of entities.
pub(super) fn kinds(facts: &Facts, ids: &[Option<EntityId>]) -> Vec<Option<Kind>> {
    ids.iter().map(|id| id.and_then(|id| facts.kind(id))).collect()
}

impl Work<'_, '_> {
    /// The role facts of a batch; the rows that must be looked at closely.
    pub(super) fn role_facts(&mut self, columns: &RoleColumns, batch: &Batch<'_>) -> Vec<usize> {
        let mut odd = Vec::new();
        let against = self.against;
        let facts = against.facts;
        let parties = batch.column(columns.party);
        let (subjects, ids) = (facts.entities_named(&batch.column(columns.subject)), facts.entities_named(&parties));
        // Looked up side by side, as the names: each lies elsewhere.
        let (subject_kinds, party_kinds) = (kinds(facts, &subjects), kinds(facts, &ids));
        let cell = |row: usize, column: Option<usize>| column.map_or("", |column| batch.cell(row, column));
        for (row, at) in batch.rows.iter().enumerate() {
            let (roles, periods) = (&mut self.roles, &mut self.out.periods);
            let read = || {
                let subject = subjects.get(row).copied().flatten()?;
                let party = match parties.get(row)?.is_empty() {
                    true => None,
                    false => Some(ids.get(row).copied().flatten()?),
                };
                let role = roles.get(cell(row, columns.role), |name| against.role(name))?;
                let of = match party {
                    None => None,
                    Some(_) => Some(party_kinds.get(row).copied().flatten()?),
                };
                if !against.role_fits(role, subject_kinds.get(row).copied().flatten()?, of) {
                    return None;
                }
                let period = periods.add_days(end(cell(row, columns.from))?, end(cell(row, columns.before))?)?;
                Some(RoleRow { subject, party: Party::of(party), role, period, read_at: at.line })
            };
            match Some(read).filter(|_| batch.odd.get(row) == Some(&false)).and_then(|mut read| read()) {
                Some(fact) => self.out.roles.push(fact),
                None => odd.push(row),
            }
        }
        odd
    }
}
