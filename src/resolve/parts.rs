//! Statements that name others, one by one: who receives, who is granted, who is permitted what, and what that
//! requires. Every name goes through `lookup`; what it gives is put into the catalog's own form.

use super::findings::guessed;
use super::group::Groups;
use super::lookup::{GRANTEE, Lookup, RECEIVER, RECIPIENT, REQUIRED, Wanted};
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{
    Action, Delegable, DelegableSays, Grant, Grantee, ModuleId, Receiver, Recipient, Requires, Rule, Said, Sort,
    SymbolId,
};
use crate::source::{Place, Span};
use crate::syntax::ast::{self, Days, Path, Word};
use crate::terms::{kind::Kind, period::Period};
use std::collections::BTreeSet;

/// Deeper than the parser lets anybody nest.
const DEPTH: usize = 256;

/// Links the statements of one declaration.
pub(super) struct Linker<'l, 'n, 't, 's, 'f, 'd> {
    pub(super) lookup: &'l mut Lookup<'n, 't, 's, 'f, 'd>,
    pub(super) groups: &'l mut Groups,
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
        let found = self.lookup.find(self.module, path, wanted);
        self.lost |= found.is_none();
        found
    }

    pub(super) fn period(&self, days: Option<&Days>) -> Option<Said<Period>> {
        days.map(|days| Said { value: Period { from: days.from, before: days.before }, place: self.place(days.span) })
    }

    /// Every name of a list as what it stands for, without repeats.
    fn list<T: Ord + Copy>(
        &mut self,
        paths: &[Path<'_>],
        wanted: &Wanted,
        built_in: impl Fn(&str) -> Option<T>,
        of: impl Fn(Sort, SymbolId) -> T,
    ) -> Vec<Said<T>> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
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
        let (says, onward) = match says {
            ast::Delegable::No => (DelegableSays::No, false),
            ast::Delegable::Undecided(question) => (DelegableSays::Undecided(question.text.into()), false),
            ast::Delegable::To { to, onward, .. } => {
                let to = self.list(
                    to,
                    &RECEIVER,
                    |word| Kind::from_word(word).map(Receiver::Kind),
                    |_, role| Receiver::Role(role),
                );
                (DelegableSays::To(to), *onward)
            }
        };
        Delegable { place, says, onward, when: None }
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
            when: None,
            period: self.period(grant.days.as_ref()),
        }
    }

    /// A permit of a service with these actions; `torn`: an action may have been lost.
    pub(super) fn permit(&mut self, permit: &ast::Rule<'_>, statement: Span, actions: &Actions, torn: bool) -> Rule {
        let written = match &permit.actions {
            ast::Actions::Named(written) => &**written,
            ast::Actions::Any(_) => &[],
        };
        let mut known = Vec::with_capacity(written.len());
        for action in written {
            if actions.names.contains(action.text) {
                known.push(Said { value: action.text.into(), place: self.place(action.span) });
            } else {
                self.lost = true;
                if !torn && !self.may_be_shared(action.text) {
                    self.unknown_action(action, actions);
                }
            }
        }
        let to = self.list(
            &permit.to,
            &RECIPIENT,
            |word| match word {
                "anyone" => Some(Recipient::Anyone),
                "self" => Some(Recipient::Itself),
                _ => None,
            },
            |sort, id| if sort == Sort::Organisation { Recipient::Organisation(id) } else { Recipient::Role(id) },
        );
        let requires = permit.requires.as_ref().and_then(|requires| {
            let span = match requires {
                ast::Requires::Package(path) => path.span,
                ast::Requires::And(_, span) | ast::Requires::Or(_, span) => *span,
            };
            Some(Said { value: self.requires(requires, 0)?, place: self.place(span) })
        });
        Rule {
            place: self.place(statement),
            effect: permit.effect,
            actions: Some(known),
            title: None,
            of: None,
            to,
            says_to: !permit.to.is_empty(),
            requires,
            says_requires: permit.requires.is_some(),
            when: None,
            oblige: Vec::new(),
            period: self.period(permit.days.as_ref()),
            clauses: Vec::new(),
        }
    }

    /// A shared action (`action disclose` beside the services) is a part of the language that is not compiled yet.
    fn may_be_shared(&mut self, name: &str) -> bool {
        self.lookup.may_mean(self.module, name)
    }

    fn unknown_action(&mut self, action: &Word<'_>, actions: &Actions) {
        let place = self.place(action.span);
        let message = format!("`{}` has no action `{}`", actions.service, action.text);
        let nearest = actions.index.nearest(action.text, &mut self.lookup.findings.budget, |_| true);
        let finding = Diagnostic::new(&codes::UNKNOWN_ACTION, message, place)
            .label("no action of this service")
            .help(format!("declare it, as `action {}`, or name another", action.text));
        self.lookup.findings.add(guessed(finding, place, &nearest));
    }

    /// `None` where nothing of it could be linked.
    fn requires(&mut self, requires: &ast::Requires<'_>, depth: usize) -> Option<Requires> {
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

/// The actions of a service, to be named by its permits.
pub(super) struct Actions {
    pub(super) service: Box<str>,
    names: BTreeSet<Box<str>>,
    index: suggest::Index,
}

impl Actions {
    pub(super) fn new(service: &str, actions: &[Action]) -> Self {
        let names: BTreeSet<Box<str>> = actions.iter().map(|action| action.name.value.clone()).collect();
        let index = suggest::Index::new(names.iter().map(|name| &**name));
        Actions { service: service.into(), names, index }
    }
}
