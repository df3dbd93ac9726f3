//! Statements that name others, one by one: who receives, who is granted, on which condition, what a rule requires. Every
//! name goes through `lookup`; what it gives is put into the catalog's own form.

use super::group::Groups;
use super::known::Known;
use super::lookup::{GRANTEE, Lookup, RECEIVER, REQUIRED, Wanted};
use super::types::place::{Here, Spot};
use super::types::{Asked, Typer};
use crate::diag::{Diagnostic, codes};
use crate::model::{
    Delegable, DelegableSays, Expression, Grant, Grantee, ModuleId, Receiver, Requires, Said, Sort, SymbolId,
};
use crate::source::{Place, Span};
use crate::syntax::ast::{self, Days, Path};
use crate::terms::{kind::Kind, period::Period, root::Root};
use std::collections::BTreeSet;

/// Deeper than the parser lets anybody nest.
const DEPTH: usize = 256;

/// Links the statements of one declaration.
pub(super) struct Linker<'l, 'n, 't, 's, 'f, 'd> {
    pub(super) lookup: &'l mut Lookup<'n, 't, 's, 'f, 'd>,
    pub(super) groups: &'l mut Groups,
    pub(super) known: &'l Known,
    pub(super) asked: &'l mut Vec<Asked>,
    pub(super) module: ModuleId,
    /// Something could not be linked.
    pub(super) lost: bool,
}

/// The built-in word that a path is.
fn word<'s>(path: &Path<'s>) -> &'s str {
    match path.segments.as_slice() {
        [one] => one.text,
        _ => "",
    }
}

impl Linker<'_, '_, '_, '_, '_, '_> {
    pub(super) fn place(&self, span: Span) -> Place {
        self.lookup.place(self.module, span)
    }

    pub(super) fn find(&mut self, path: &Path<'_>, wanted: &Wanted) -> Option<SymbolId> {
        // What conditions read stands here where `when` was lost.
        if let [first, _, ..] = path.segments.as_slice()
            && self.lost
            && Root::from_word(first.text).is_some()
        {
            return None;
        }
        let found = self.lookup.find(self.module, path, wanted);
        self.lost |= found.is_none();
        found
    }

    pub(super) fn period(&self, days: Option<&Days>) -> Option<Said<Period>> {
        days.map(|days| Said { value: Period { from: days.from, before: days.before }, place: self.place(days.span) })
    }

    /// A condition.
    pub(super) fn when(&mut self, written: &ast::Expression<'_>, here: &Here) -> Expression {
        let mut typer = Typer::new(self.lookup, self.known, self.asked, self.module, here);
        let made = typer.condition(written);
        self.lost |= typer.lost;
        made
    }

    /// Every name of a list as what it stands for, without repeats.
    pub(super) fn list<T: Ord + Copy>(
        &mut self,
        paths: &[Path<'_>],
        wanted: &Wanted,
        built_in: impl Fn(&str) -> Option<T>,
        of: impl Fn(Sort, SymbolId) -> T,
    ) -> Vec<Said<T>> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::with_capacity(paths.len());
        for path in paths {
            let place = self.place(path.span);
            let mut add = |value: T| {
                if seen.insert(value) {
                    all.push(Said { value, place });
                }
            };
            if let Some(value) = built_in(word(path)) {
                add(value);
                continue;
            }
            let Some(id) = self.find(path, wanted) else { continue };
            match self.lookup.names.sort(id) {
                Sort::Group => {
                    let expanded = self.groups.expand(id, place, self.lookup);
                    self.lost |= expanded.lost;
                    expanded.roles.into_iter().for_each(|role| add(of(Sort::Role, role)));
                }
                sort => add(of(sort, id)),
            }
        }
        all
    }

    pub(super) fn delegable(&mut self, says: &ast::Delegable<'_>, statement: Span) -> Delegable {
        let place = self.place(statement);
        let mut condition = None;
        let (says, onward) = match says {
            ast::Delegable::No => (DelegableSays::No, false),
            ast::Delegable::Undecided(question) => (DelegableSays::Undecided(question.text.into()), false),
            ast::Delegable::To { to, onward, when } => {
                condition = when.as_ref().map(|when| Box::new(self.when(when, &Here::plain(Spot::Delegable))));
                let to = self.list(
                    to,
                    &RECEIVER,
                    |word| Kind::from_word(word).map(Receiver::Kind),
                    |_, role| Receiver::Role(role),
                );
                (DelegableSays::To(to), *onward)
            }
        };
        Delegable { place, says, onward, when: condition }
    }

    pub(super) fn grant(&mut self, grant: &ast::Grant<'_>, statement: Span) -> Grant {
        let mut to: Vec<Path<'_>> = Vec::with_capacity(grant.to.len());
        for path in &grant.to {
            if word(path) == "anyone" {
                self.lost = true;
                let finding = Diagnostic::new(
                    &codes::GRANT_TO_ANYONE,
                    "a package cannot be granted to `anyone`",
                    self.place(path.span),
                )
                .label("nobody is known here to hold it")
                .help("name the roles that are granted it, or leave this out; what is open to all is a `permit … to anyone` of a service");
                self.lookup.findings.add(finding);
            } else {
                to.push(path.clone());
            }
        }
        let to = self.list(
            &to,
            &GRANTEE,
            |word| (word == "self").then_some(Grantee::Itself),
            |sort, id| if sort == Sort::Package { Grantee::Package(id) } else { Grantee::Role(id) },
        );
        Grant {
            place: self.place(statement),
            gives_use: grant.gives_use,
            gives_delegation: grant.gives_delegation,
            to,
            undecided: grant
                .undecided
                .map(|question| Said { value: question.text.into(), place: self.place(question.span) }),
            when: grant.when.as_ref().map(|when| Box::new(self.when(when, &Here::plain(Spot::Grant)))),
            period: self.period(grant.days.as_ref()),
        }
    }

    /// `None` where nothing of it could be linked.
    pub(super) fn requires(&mut self, requires: &ast::Requires<'_>, depth: usize) -> Option<Requires> {
        if depth > DEPTH {
            self.lost = true;
            return None;
        }
        match requires {
            ast::Requires::Package(path) => {
                let value = self.find(path, &REQUIRED)?;
                Some(Requires::Package(Said { value, place: self.place(path.span) }))
            }
            ast::Requires::And(all, _) => Some(Requires::And(self.all(all, depth)?)),
            ast::Requires::Or(all, _) => Some(Requires::Or(self.all(all, depth)?)),
        }
    }

    fn all(&mut self, all: &[ast::Requires<'_>], depth: usize) -> Option<Vec<Requires>> {
        let all: Vec<Requires> = all.iter().filter_map(|one| self.requires(one, depth + 1)).collect();
        (!all.is_empty()).then_some(all)
    }
}
