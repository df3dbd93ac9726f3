//! FM0305: every value that nobody has decided, with its question. Notes: they stop nothing and need no answer.

use super::context::{Context, quoted};
use super::expressions::{Home, walk, written};
use crate::diag::{Diagnostic, codes};
use crate::model::{Declared, Delegable, DelegableSays, Property, Said, Term};
use crate::source::Place;
use crate::terms::open::Open;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut open = Questions { context, findings };
    let catalog = context.catalog;
    for it in &catalog.roles {
        open.property(&it.declared, "urn", it.urn.as_ref());
        open.property(&it.declared, "code", it.code.as_ref());
        open.property(&it.declared, "from", it.source.as_ref());
        open.property(&it.declared, "held", it.held.as_ref());
        open.property(&it.declared, "key", it.key.as_ref());
        open.property(&it.declared, "covers", it.covers.as_ref());
        open.property(&it.declared, "agent", it.agent.as_ref());
    }
    for it in &catalog.areas {
        open.property(&it.declared, "urn", it.urn.as_ref());
        open.property(&it.declared, "about", it.about.as_ref());
        open.property(&it.declared, "services", it.services.as_ref());
        open.delegable(&it.declared, &it.delegable);
    }
    for it in &catalog.packages {
        open.property(&it.declared, "urn", it.urn.as_ref());
        open.property(&it.declared, "about", it.about.as_ref());
        open.property(&it.declared, "for", it.kinds.as_ref());
        open.property(&it.declared, "services", it.services.as_ref());
        open.property(&it.declared, "data", it.data.as_ref());
        open.delegable(&it.declared, &it.delegable);
        for grant in &it.grants {
            let Some(question) = &grant.undecided else { continue };
            let what = format!("a grant of {}", quoted(context.name(it.declared.symbol)));
            open.raise(what, &question.value, question.place);
        }
    }
    for it in &catalog.resources {
        open.property(&it.declared, "urn", it.urn.as_ref());
        open.property(&it.declared, "about", it.about.as_ref());
        open.property(&it.declared, "data", it.data.as_ref());
        open.property(&it.declared, "elements", it.elements.as_ref());
        open.property(&it.declared, "records", it.records.as_ref());
        open.property(&it.declared, "controller", it.controller.as_ref());
        open.property(&it.declared, "processor", it.processor.as_ref());
        open.property(&it.declared, "basis", it.basis.as_ref());
        open.part(&it.declared, "basis", it.basis.as_ref());
        open.property(&it.declared, "purposes", it.purposes.as_ref());
        open.property(&it.declared, "retain", it.retain.as_ref());
    }
    for one in written(catalog) {
        let name = quoted(context.name(one.owner.symbol));
        let what = match one.home {
            Home::Rule(effect) => format!("a condition of a {} of {name}", effect.word()),
            Home::Grant => format!("a condition of a grant of {name}"),
            Home::Delegable => format!("a condition on which {name} may be delegated"),
            Home::Retain => format!("an end of `retain` of {name}"),
            Home::Condition(_) => format!("a part of the condition {name}"),
        };
        walk(one.says, |part| {
            if let Term::Undecided(question) = &part.says {
                open.raise(what.clone(), question, part.place);
            }
        });
    }
}

struct Questions<'q, 'c> {
    context: &'q Context<'c>,
    findings: &'q mut Vec<Diagnostic>,
}

impl Questions<'_, '_> {
    fn property<T>(&mut self, of: &Declared, keyword: &str, property: Option<&Property<T>>) {
        if let Some(property) = property.filter(|property| property.value.is_undecided()) {
            let what = format!("{} of {}", quoted(keyword), quoted(self.context.name(of.symbol)));
            self.raise(what, &property.question, property.place);
        }
    }

    /// Of a list with what is known, the one that is not.
    fn part<T>(&mut self, of: &Declared, keyword: &str, property: Option<&Property<Vec<Said<Open<T>>>>>) {
        let Some(property) = property else { return };
        let mut all = property.value.known().into_iter().flatten();
        if let Some(open) = all.find(|said| said.value.is_undecided()) {
            let what = format!("a part of {} of {}", quoted(keyword), quoted(self.context.name(of.symbol)));
            self.raise(what, &property.question, open.place);
        }
    }

    fn delegable(&mut self, of: &Declared, lines: &[Delegable]) {
        for line in lines {
            if let DelegableSays::Undecided(question) = &line.says {
                let what = format!("whether {} may be delegated", quoted(self.context.name(of.symbol)));
                self.raise(what, question, line.place);
            }
        }
    }

    fn raise(&mut self, what: String, question: &str, place: Place) {
        let question = if question.is_empty() { String::new() } else { format!(": {question}") };
        self.findings.push(
            Diagnostic::new(&codes::OPEN_QUESTION, format!("nobody has decided {what}{question}"), place)
                .label("gives nothing until it is decided"),
        );
    }
}
