//! Paths in conditions: where they begin (a variable, a root, an organisation, the full name of a declaration) and the
//! attributes after it, of one thing or of each member of a set.

use super::super::findings::guessed;
use super::super::lookup::{Found, OPERAND};
use super::super::module_name::dotted;
use super::super::scope::no_module;
use super::super::spelling::spelt;
use super::Typer;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{Expression, Term, Type};
use crate::source::Place;
use crate::syntax::ast::{Path, Word};
use crate::terms::root::Root;

/// What `where` reads of a resource by its name alone.
pub(super) const OF_WHERE: [&str; 6] = ["basis", "purposes", "elements", "data", "controller", "processor"];

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn path(&mut self, path: &Path<'_>, hint: Option<&Type>, place: Place) -> Expression {
        match path.segments.as_slice() {
            _ if path.lost => self.lost_at(place),
            [] => self.lost_at(place),
            [word] => self.bare(path, word, hint, place),
            [first, rest @ ..] => {
                let at = self.place(first.span);
                if let Some((_, of)) = self.variables.iter().rev().find(|(name, _)| **name == *spelt(first.text)) {
                    let of = of.clone();
                    let start = Expression { place: at, of, says: Term::Variable(spelt(first.text).into()) };
                    return self.attributes(start, rest);
                }
                if let Some(root) = Root::from_word(first.text) {
                    if self.here.spot.roots().contains(&root) {
                        let start = self.rooted(root, at);
                        return self.attributes(start, rest);
                    }
                    // A module of that name may be meant.
                    if !self.is_module(path, 1) {
                        self.read(root, at);
                        let finding = self.out_of_place(root, at);
                        return self.fail(finding, place);
                    }
                }
                if let Some(start) = self.of_where(first.text) {
                    self.read(Root::Resource, at);
                    return self.attributes(Expression { place: at, ..start }, rest);
                }
                self.named(path, first, rest, place)
            }
        }
    }

    /// Are the first segments a module, or the beginning of the name of one?
    fn is_module(&self, path: &Path<'_>, count: usize) -> bool {
        let mut above = path.clone();
        above.segments.truncate(count);
        let name = dotted(&above);
        let names = self.lookup.names;
        let at = names.homes.partition_point(|home| *home.name < *name);
        names.homes.get(at).is_some_and(|home| {
            home.name.strip_prefix(&*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// A path that begins with the name of a declaration, perhaps with its module.
    fn named(&mut self, path: &Path<'_>, first: &Word<'_>, rest: &[Word<'_>], place: Place) -> Expression {
        match self.lookup.bare(self.module, first.text) {
            Found::Symbol(id) => {
                let alone = part(path, 1);
                let at = self.place(alone.span);
                return match self.lookup.accept(self.module, &alone, id, &OPERAND) {
                    Some(id) => {
                        let start = self.symbol(id, at);
                        self.attributes(start, rest)
                    }
                    None => self.lost_at(place),
                };
            }
            Found::Two(one, two) => {
                let at = self.place(first.span);
                let finding = self.lookup.ambiguous(first, at, one, two);
                return self.fail(finding, place);
            }
            Found::Hidden | Found::Nowhere => {}
        }
        // The longest beginning that is a module; what follows it is a name in it, and then attributes.
        let count = (1..path.segments.len()).rev().find(|count| {
            let name = dotted(&part(path, *count));
            self.lookup.names.home_by_name.contains_key(&*name)
        });
        if let Some(count) = count {
            let whole = part(path, count + 1);
            let at = self.place(whole.span);
            return match self.lookup.find(self.module, &whole, &OPERAND) {
                Some(id) => {
                    let start = self.symbol(id, at);
                    let rest = path.segments.get(count + 1..).unwrap_or_default();
                    self.attributes(start, rest)
                }
                None => self.lost_at(place),
            };
        }
        if matches!(self.lookup.bare(self.module, first.text), Found::Hidden) {
            return self.lost_at(place);
        }
        let roots = self.here.spot.roots().iter().map(|root| root.word());
        let nearest = suggest::nearest(first.text, roots.chain(self.variables.iter().map(|(name, _)| &**name)));
        let at = self.place(first.span);
        if nearest.question().is_none() && self.is_module(path, 1) {
            let above = part(path, path.segments.len() - 1);
            let name = dotted(&above);
            let at = self.place(above.span);
            if let Some(scope) = self.lookup.scopes.get_mut(self.module.0 as usize) {
                scope.strays = true;
            }
            if self.lookup.names.nameless {
                return self.lost_at(place);
            }
            let budget = &mut self.lookup.findings.budget;
            let finding = no_module(self.lookup.names, at, &name, None, &mut self.lookup.indices, budget);
            return self.fail(finding, place);
        }
        let finding = if nearest.question().is_some() {
            let finding = Diagnostic::new(&codes::UNKNOWN_NAME, format!("there is no `{}`", first.text), at)
                .label("something with attributes is meant here");
            guessed(finding, at, &nearest)
        } else {
            self.lookup.unknown(self.module, first, at, &OPERAND)
        };
        self.fail(finding, place)
    }
}

/// The first segments of a path.
fn part<'s>(path: &Path<'s>, count: usize) -> Path<'s> {
    let mut part = path.clone();
    part.segments.truncate(count);
    if let (Some(first), Some(last)) = (part.segments.first(), part.segments.last()) {
        part.span = first.span.to(last.span);
    }
    part
}
