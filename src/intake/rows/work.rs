//! The rows of one block → facts of their own tables: quickly where they are in their usual form, else by the readers that
//! say what is wrong. Blocks know nothing of each other, so that several may be worked on at once.

use super::against::Against;
use super::blocks::Block;
use super::csv::{self, At, Batch};
use super::given::DelegationColumns;
use super::held::RoleColumns;
use super::out::{Faulty, Out};
use super::remembered::Remembered;
use super::table::{Shape, Table};
use super::who::{EntityColumns, ReferenceColumns};
use super::{Stage, slow};
use crate::diag::{Diagnostic, codes};
use crate::facts::Given;
use crate::intake::facts::Reader;
use crate::intake::fields::Findings;
use crate::ir::RoleId;
use crate::source::{Place, SourceId, Span};

/// Where the findings of a row stand until it is known which source the row is.
pub(super) const ROW: SourceId = SourceId(u32::MAX);

/// How many rows with faults one block tells of; of the rest it tells how many.
pub(super) const TOLD: usize = 100;

/// How the rows of a table are read at a stage: worked out once for a block.
pub(super) enum Plan<'s> {
    /// Who there is.
    Entities(EntityColumns<'s>),
    /// What is known of them that names others.
    References(ReferenceColumns<'s>),
    Roles(RoleColumns),
    Delegations(DelegationColumns<'s>),
    /// Row by row.
    Closely,
    /// Nothing is said here.
    Nothing,
}

/// Works on one block.
pub(super) struct Work<'w, 'm> {
    pub(super) against: &'w Against<'w, 'm>,
    pub(super) block: &'w Block,
    pub(super) text: &'w str,
    pub(super) out: Out,
    /// May it look for what was meant? Only while findings are told.
    pub(super) telling: bool,
    /// Names that were found before.
    pub(super) roles: Remembered<RoleId>,
    pub(super) packages: Remembered<Given>,
    pub(super) areas: Remembered<Given>,
}

impl<'w, 'm> Work<'w, 'm> {
    pub(super) fn new(against: &'w Against<'w, 'm>, block: &'w Block, text: &'w str, telling: bool) -> Self {
        let (roles, packages, areas) = (Remembered::default(), Remembered::default(), Remembered::default());
        Work { against, block, text, out: Out::default(), telling, roles, packages, areas }
    }

    pub(super) fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        if !self.telling {
            findings.budget.spend_many(usize::MAX);
        }
        findings
    }

    /// All rows of CSV behind so many bytes.
    pub(super) fn csv(mut self, shape: &Shape, skip: usize) -> Out {
        let mut findings = self.findings();
        let mut reader = Reader::new(self.against.names, self.against.facts, &mut findings);
        let plan = self.plan(shape);
        csv::batches(self.block, self.text, skip, shape.columns.len(), |batch| {
            for row in self.rows(&plan, batch) {
                if let Some(at) = batch.rows.get(row) {
                    self.closely(shape, *at, &mut reader);
                }
            }
        });
        self.out
    }

    /// How rows of this shape are read; makes room for what they say.
    pub(super) fn plan<'s>(&mut self, shape: &'s Shape) -> Plan<'s> {
        match (shape.table, self.against.stage) {
            (Table::Roles, Stage::Rest) => {
                self.out.roles.reserve(self.block.bytes.len() / 32);
                Plan::Roles(RoleColumns::of(shape))
            }
            (Table::Delegations, Stage::Rest) => {
                let known = &mut self.out.given.known;
                known.begin(shape);
                Plan::Delegations(DelegationColumns::of(shape, known))
            }
            (Table::Records | Table::Things, _) | (Table::OutOfReach, Stage::Rest) => Plan::Closely,
            (table, Stage::Names) if table.kind().is_some() => {
                let known = &mut self.out.named.entry(table).or_default().known;
                known.begin(shape);
                EntityColumns::of(shape, known).map_or(Plan::Nothing, Plan::Entities)
            }
            (table, Stage::Rest) if table.kind().is_some() => {
                ReferenceColumns::of(shape).map_or(Plan::Nothing, Plan::References)
            }
            _ => Plan::Nothing,
        }
    }

    /// The rows of a batch; which of them must be looked at closely.
    pub(super) fn rows(&mut self, plan: &Plan<'_>, batch: &Batch<'_>) -> Vec<usize> {
        match plan {
            Plan::Entities(columns) => self.entities(columns, batch),
            Plan::References(columns) => self.references(columns, batch),
            Plan::Roles(columns) => self.role_facts(columns, batch),
            Plan::Delegations(columns) => self.delegations(columns, batch),
            Plan::Closely => (0..batch.rows.len()).collect(),
            Plan::Nothing => Vec::new(),
        }
    }

    /// One row of CSV, closely.
    fn closely(&mut self, shape: &Shape, at: At, reader: &mut Reader<'_, '_>) {
        let row = csv::row_text(self.text, &at);
        let start = at.start;
        if let Some(fault) = self.form(shape, row, start) {
            // Of one form it is said once.
            if self.against.stage == Stage::Names || !shape.table.names_something() {
                reader.findings.push(fault);
                self.out.lost |= shape.table.names_something();
            }
        } else {
            let type_of = |name: &str| slow::type_of(self.against, shape, row, name);
            match csv::node(row, shape, ROW, &type_of) {
                Ok(node) => slow::row(self.against, shape.table, &node, at.line, &mut self.out, reader),
                Err(trouble) => reader.findings.push(malformed(trouble.message, trouble.at, row)),
            }
        }
        self.told(row, at.line, start, reader);
    }

    /// Notes what is wrong with a row, if something is.
    pub(super) fn told(&mut self, row: &str, line: u32, start: usize, reader: &mut Reader<'_, '_>) {
        let findings = std::mem::take(&mut reader.findings.all);
        if findings.is_empty() {
            return;
        }
        if !self.telling || self.out.faulty.len() >= TOLD {
            self.out.more += 1;
            return;
        }
        let offset = self.block.offset + u64::try_from(start).unwrap_or(0);
        // A row may be as long as a block; what is told of it is drawn on one line.
        self.out.faulty.push(Faulty { text: row.to_owned(), line, offset, findings });
    }

    /// What is wrong with the form of a row.
    fn form(&self, shape: &Shape, row: &str, start: usize) -> Option<Diagnostic> {
        if let Some(at) = row.find('\0') {
            let message = "the text has a NUL in it".to_owned();
            let finding = Diagnostic::new(&codes::NOT_PLAIN_TEXT, message, place(at, at + 1));
            return Some(
                finding.label("no letter").help("a text that was cut or overwritten looks so; write it again"),
            );
        }
        if let Some(stray) = self.block.strays.iter().find(|stray| (start..start + row.len()).contains(*stray)) {
            let at = stray - start;
            let message = "quotes stand within a cell".to_owned();
            let finding = Diagnostic::new(&codes::MALFORMED_ROW, message, place(at, at + 1)).label("these");
            return Some(finding.help("put the whole cell in quotes, and write each of those within it twice"));
        }
        let cells = csv::cells(row);
        let (has, needs) = (cells.len(), shape.columns.len());
        if has == needs {
            return None;
        }
        let cell = if has > needs { cells.get(needs) } else { cells.last() };
        let at = cell.map_or(place(0, row.len()), |cell| place(cell.start, cell.end));
        let message =
            format!("the row has {}, where the header has {needs}", crate::diag::render::counted(has, "cell"));
        let (label, help) = if has > needs {
            ("one too many", "put a cell with a comma in it in quotes, or take out what is too much")
        } else {
            ("the last one", "leave a cell empty where nothing is known; a file that was cut ends so")
        };
        Some(Diagnostic::new(&codes::MALFORMED_ROW, message, at).label(label).help(help))
    }
}

/// A row that is not in its form.
pub(super) fn malformed(message: String, at: usize, row: &str) -> Diagnostic {
    let end = row.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |letter| at + letter.len_utf8());
    Diagnostic::new(&codes::MALFORMED_ROW, message, place(at, end)).label("here")
}

/// A place within a row.
pub(super) fn place(start: usize, end: usize) -> Place {
    Place { source: ROW, span: Span::new(start, end) }
}
