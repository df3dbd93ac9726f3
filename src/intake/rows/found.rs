//! What is wrong in rows, as it is found: a hundred rows of it, and how many more there are. Reads no row.

use super::out::Faulty;
use super::work::{ROW, TOLD};
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Source, SourceId, Sources, Span};

/// What was found so far.
pub(super) struct Found<'s> {
    pub(super) sources: &'s mut Sources,
    pub(super) all: Vec<Diagnostic>,
    /// Rows told of, and rows with faults that are not.
    pub(super) told: usize,
    pub(super) more: usize,
    /// Something that names others could not be read.
    pub(super) lost: bool,
}

impl<'s> Found<'s> {
    pub(super) fn new(sources: &'s mut Sources) -> Self {
        Found { sources, all: Vec::new(), told: 0, more: 0, lost: false }
    }

    /// Takes what is wrong with a row: its text becomes a source.
    pub(super) fn tell(&mut self, name: &str, fault: Faulty) {
        if self.told >= TOLD {
            self.more += 1;
            return;
        }
        self.told += 1;
        let id = self.sources.add(Source::part(name, &fault.text, fault.line, fault.offset));
        for mut finding in fault.findings {
            let places = [&mut finding.place].into_iter();
            let related = finding.related.iter_mut().map(|other| &mut other.place);
            let fixes = finding.fix.iter_mut().map(|edit| &mut edit.place);
            for place in places.chain(related).chain(fixes).filter(|place| place.source == ROW) {
                place.source = id;
            }
            self.all.push(finding);
        }
    }

    /// Takes what has its own place.
    pub(super) fn refuse(&mut self, finding: Diagnostic) {
        self.told += 1;
        self.all.push(finding);
    }

    /// Something that others name could not be read.
    pub(super) fn note_lost(&mut self, lost: bool) {
        self.lost |= lost;
    }

    /// How many rows may still be told of.
    pub(super) fn patience(&self) -> usize {
        TOLD.saturating_sub(self.told)
    }

    /// So many rows have faults that are not told.
    pub(super) fn count(&mut self, rows: usize) {
        self.more += rows;
    }

    /// A name that two rows have: where the second stands, and where the first.
    pub(super) fn twice(&mut self, name: &str, place: Place, first: Place) {
        let finding = Diagnostic::new(&codes::REPEATED_IN_DATA, format!("the name `{name}` stands twice"), place);
        let help = "take out all but one, or give each a name of its own";
        self.refuse(finding.label("stands here again").help(help).related("stands here first", first));
    }

    /// What was found, in order of place, and at last how much more there is.
    pub(super) fn done(mut self) -> Vec<Diagnostic> {
        Diagnostic::sort(&mut self.all);
        if self.more > 0 {
            let place = self
                .all
                .last()
                .map_or(Place { source: SourceId(0), span: Span { start: 0, end: 0 } }, |last| last.place);
            let rows = crate::diag::render::counted(self.more, "row");
            let message = format!("{rows} more have something wrong in them, and are not listed");
            let finding = Diagnostic::new(&codes::MORE_FAULTS, message, place);
            self.all.push(finding.help("mend those that are listed; what is wrong with them is often wrong with all"));
        }
        self.all
    }
}
