//! `oblige pseudonymise(identifier: project_serial)` → the obligation with its arguments: constants, each of the type of its
//! parameter, all given, none unknown.

use super::findings::guessed;
use super::known;
use super::lookup::OBLIGATION;
use super::parts::Linker;
use super::spelling::spelt;
use super::types::named::called;
use super::types::place::Here;
use super::types::{Typer, fits, is_lost};
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{Oblige, Term, Type, Value};
use crate::source::Place;
use crate::syntax::ast::{self, Expression, Word};
use rustc_hash::FxHashMap;

impl Linker<'_, '_, '_, '_, '_, '_> {
    /// What is obliged to.
    pub(super) fn obliges(&mut self, obliges: &[ast::Oblige<'_>], here: &Here) -> Vec<Oblige> {
        obliges.iter().filter_map(|oblige| self.oblige(oblige, here)).collect()
    }

    fn oblige(&mut self, written: &ast::Oblige<'_>, here: &Here) -> Option<Oblige> {
        let obligation = self.find(&written.name, &OBLIGATION)?;
        let known = self.known;
        let Some(declared) = known.obligations.get(&obligation) else {
            self.lost = true;
            return None;
        };
        let name = super::module_name::dotted(&written.name);
        let before = self.lost;
        self.lost = false;
        let mut given: Vec<(usize, Box<str>, Value)> = Vec::new();
        let mut first: FxHashMap<Box<str>, &Word<'_>> = FxHashMap::default();
        for (word, value) in &written.arguments {
            let argument: Box<str> = spelt(word.text).into();
            if let Some(earlier) = first.get(&argument).copied() {
                self.repeated(word, earlier);
                continue;
            }
            first.insert(argument.clone(), word);
            let place = declared.places.get(&argument).copied();
            match place.and_then(|at| Some((at, declared.parameters.get(at)?))) {
                None => self.unknown_argument(word, &name, declared),
                Some((at, (parameter, of))) => {
                    if let Some(value) = self.argument(value, parameter, of, here) {
                        given.push((at, argument, value));
                    }
                }
            }
        }
        let missing: Vec<&str> =
            declared.parameters.iter().map(|(name, _)| &**name).filter(|name| !first.contains_key(*name)).collect();
        if !missing.is_empty() && !declared.torn && !self.lost {
            self.lost = true;
            let place = self.place(written.name.span);
            let all = super::circles::listed(missing.iter().copied());
            let first = missing.first().copied().unwrap_or_default();
            let finding = Diagnostic::new(&codes::WRONG_ARGUMENT, format!("`{name}` lacks {all}"), place)
                .label("an argument is missing")
                .help(format!("write each with its value, as `{name}({first}: …)`"))
                .related("declared here", declared.place);
            self.lookup.findings.add(finding);
        }
        let lost = self.lost;
        self.lost |= before;
        if lost {
            return None;
        }
        given.sort_by_key(|(at, ..)| *at);
        let arguments = given.into_iter().map(|(_, name, value)| (name, value)).collect();
        Some(Oblige { obligation, arguments, place: self.place(written.span) })
    }

    fn wrong(&mut self, finding: Diagnostic) {
        self.lost = true;
        self.lookup.findings.add(finding);
    }

    fn repeated(&mut self, word: &Word<'_>, earlier: &Word<'_>) {
        let finding = Diagnostic::new(
            &codes::WRONG_ARGUMENT,
            format!("argument `{}` is given twice", word.text),
            self.place(word.span),
        )
        .label("given again")
        .help("keep one of them")
        .related("given here first", self.place(earlier.span));
        self.wrong(finding);
    }

    fn unknown_argument(&mut self, word: &Word<'_>, name: &str, declared: &known::Obligation) {
        self.lost = true;
        if declared.torn {
            return;
        }
        let place = self.place(word.span);
        let finding = Diagnostic::new(&codes::WRONG_ARGUMENT, format!("`{name}` takes no `{}`", word.text), place)
            .label("no parameter of it")
            .help("leave it out, or declare it as a parameter of the obligation")
            .related("declared here", declared.place);
        let few = self.lookup.findings.budget.spend_many(declared.parameters.len());
        let nearest = suggest::nearest(word.text, declared.parameters.iter().map(|(name, _)| &**name).filter(|_| few));
        self.wrong(guessed(finding, place, &nearest));
    }

    /// A constant of the type of its parameter.
    fn argument(
        &mut self,
        written: &Expression<'_>,
        parameter: &str,
        of: &known::Attribute,
        here: &Here,
    ) -> Option<Value> {
        if is_lost(&of.of) {
            self.lost = true;
            return None;
        }
        let mut typer = Typer::new(self.lookup, self.known, self.asked, self.module, here);
        let made = typer.value(written, &of.of);
        self.lost |= typer.lost;
        if made.of == Type::Lost {
            self.lost = true;
            return None;
        }
        let place: Place = made.place;
        let wanted = called(self.lookup, &of.of);
        let fits = fits(&made.of, &of.of, self.known);
        match made.says {
            Term::Value(value) if fits => return Some(value),
            Term::Value(_) => {
                let is = called(self.lookup, &made.of);
                let mut finding = Diagnostic::new(
                    &codes::WRONG_ARGUMENT,
                    format!("`{parameter}` is {wanted}, and this is {is}"),
                    place,
                )
                .label(is)
                .help(format!("write {wanted}"));
                if let Some(declared) = of.place {
                    finding = finding.related("declared here", declared);
                }
                self.wrong(finding);
            }
            _ => {
                let finding = Diagnostic::new(&codes::WRONG_ARGUMENT, format!("`{parameter}` takes a constant"), place)
                    .label("not known before it is asked")
                    .help(format!("write {wanted}"));
                self.wrong(finding);
            }
        }
        None
    }
}
