//! `X is R for Y`, `X holds P for Y`, `permitted S.action`: what is asked of somebody, and which of these need `for`.

use super::super::lookup::{IS_WHAT, REQUIRED, RESOURCE};
use super::{Asked, Typer, agree, named};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, IsWhat, Sort, SymbolId, Term, Type};
use crate::source::Place;
use crate::syntax::ast::{self, Path};
use crate::terms::kind::Kind;
use crate::terms::root::Root;

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn is(
        &mut self,
        who: &ast::Expression<'_>,
        role: &Path<'_>,
        party: Option<&ast::Expression<'_>>,
        place: Place,
        depth: usize,
    ) -> Expression {
        if !self.ask_facts(place) {
            return self.answer_lost(place);
        }
        let who = self.somebody(who, depth);
        let what = self.what(role);
        let written = party;
        let party = party.map(|party| Box::new(self.somebody(party, depth)));
        let Some(what) = what else {
            return self.answer_lost(place);
        };
        let at = self.place(role.span);
        let for_whom = match what {
            IsWhat::Role(id) => self.known.is_status(id).map(|status| !status),
            IsWhat::Kind(_) | IsWhat::Organisation(_) | IsWhat::Controller | IsWhat::Processor => Some(false),
        };
        let name = self.text(at);
        match (for_whom, written) {
            (Some(true), None) => {
                let finding = Diagnostic::new(
                    &codes::FOR_WHOM,
                    format!("role `{name}` is held for somebody, and it is not said for whom"),
                    at,
                )
                .label("no `for` after it")
                .help(format!("write for whom, as `{name} for party`"));
                return self.asked_wrong(finding, self.declared_role(what), place);
            }
            (Some(false), Some(party)) => {
                let called = match what {
                    IsWhat::Role(_) => "a status, held in one's own right",
                    IsWhat::Kind(_) => "a kind",
                    IsWhat::Organisation(_) => "an organisation",
                    IsWhat::Controller | IsWhat::Processor => "asked of the resource alone",
                };
                let span = crate::source::Span { start: role.span.end, end: party.span.end };
                let finding = Diagnostic::new(
                    &codes::FOR_WHOM,
                    format!("`{name}` is {called}: nobody is it for another"),
                    self.place(party.span),
                )
                .label("for whom it is asked")
                .help("leave `for` out")
                .fix(self.place(span), "");
                return self.asked_wrong(finding, self.declared_role(what), place);
            }
            _ => {}
        }
        Expression { place, of: Type::Bool, says: Term::Is { who: Box::new(who), what, party } }
    }

    fn declared_role(&self, what: IsWhat) -> Option<Place> {
        match what {
            IsWhat::Role(id) => self.lookup.names.symbol_place(id),
            IsWhat::Kind(_) | IsWhat::Organisation(_) | IsWhat::Controller | IsWhat::Processor => None,
        }
    }

    fn asked_wrong(&mut self, finding: Diagnostic, declared: Option<Place>, place: Place) -> Expression {
        let finding = match declared {
            Some(declared) => finding.related("declared here", declared),
            None => finding,
        };
        self.findings().add(finding);
        self.answer_lost(place)
    }

    /// A condition of which a part was lost: true or false all the same.
    fn answer_lost(&mut self, place: Place) -> Expression {
        self.lost = true;
        Expression { place, of: Type::Bool, says: Term::Lost }
    }

    fn what(&mut self, path: &Path<'_>) -> Option<IsWhat> {
        if let [word] = path.segments.as_slice() {
            let at = self.place(path.span);
            let of_resource = match word.text {
                "controller" => Some(IsWhat::Controller),
                "processor" => Some(IsWhat::Processor),
                _ => None,
            };
            if let Some(what) = of_resource {
                self.read(Root::Resource, at);
                if !self.here.spot.roots().contains(&Root::Resource) {
                    let finding = Diagnostic::new(
                        &codes::ROOT_OUT_OF_PLACE,
                        format!("`{}` cannot be asked in {}", word.text, self.here.spot.called()),
                        at,
                    )
                    .label("no resource is known here")
                    .help("name the organisation or the status that is meant");
                    self.findings().add(finding);
                    return None;
                }
                return Some(what);
            }
            if let Some(kind) = Kind::from_word(word.text) {
                return Some(IsWhat::Kind(kind));
            }
        }
        let id = self.lookup.find(self.module, path, &IS_WHAT)?;
        Some(if self.lookup.names.sort(id) == Sort::Organisation { IsWhat::Organisation(id) } else { IsWhat::Role(id) })
    }

    /// An expression that is a person, an organisation or a system user.
    fn somebody(&mut self, written: &ast::Expression<'_>, depth: usize) -> Expression {
        let made = self.typed(written, None, depth);
        if agree::is_somebody(&made.of) {
            return made;
        }
        let text = self.text(made.place);
        let what = named::called(self.lookup, &made.of);
        let finding = Diagnostic::new(&codes::TYPE_MISMATCH, format!("`{text}` is {what}, not somebody"), made.place)
            .label("a person, an organisation or a system user is meant here");
        let finding = match made.of {
            Type::Set(_) => finding.help(format!("ask it of each, as `any(one in {text}: one is …)`")),
            _ => finding.help("name somebody, as `subject` or `party`"),
        };
        self.fail(finding, made.place)
    }

    pub(super) fn holds(
        &mut self,
        who: &ast::Expression<'_>,
        package: &Path<'_>,
        party: Option<&ast::Expression<'_>>,
        place: Place,
        depth: usize,
    ) -> Expression {
        if !self.ask("holds", place) {
            return self.answer_lost(place);
        }
        let who = self.somebody(who, depth);
        let found: Option<SymbolId> = self.lookup.find(self.module, package, &REQUIRED);
        let Some(party) = party else {
            let at = self.place(package.span);
            let name = self.text(at);
            let finding = Diagnostic::new(
                &codes::FOR_WHOM,
                format!("package `{name}` is held for somebody, and it is not said for whom"),
                at,
            )
            .label("no `for` after it")
            .help(format!("write for whom, as `{name} for party`"));
            self.findings().add(finding);
            return self.answer_lost(place);
        };
        let party = self.somebody(party, depth);
        match found {
            Some(package) => {
                let says = Term::Holds { who: Box::new(who), package, party: Box::new(party) };
                Expression { place, of: Type::Bool, says }
            }
            None => self.answer_lost(place),
        }
    }

    pub(super) fn permitted(&mut self, path: &Path<'_>, place: Place) -> Expression {
        if !self.ask("permitted", place) {
            return self.answer_lost(place);
        }
        let Some((action, before)) = path.segments.split_last().filter(|_| !path.lost) else {
            return self.answer_lost(place);
        };
        let (Some(first), Some(last)) = (before.first(), before.last()) else {
            let finding = Diagnostic::new(
                &codes::UNKNOWN_ACTION,
                format!("`permitted {}` does not say on what", action.text),
                self.place(path.span),
            )
            .label("a name alone")
            .help(format!("write the resource before it, as `permitted resource_name.{}`", action.text));
            self.findings().add(finding);
            return self.answer_lost(place);
        };
        let resource = Path { segments: before.to_vec(), span: first.span.to(last.span), lost: false };
        let Some(resource) = self.lookup.find(self.module, &resource, &RESOURCE) else {
            return self.answer_lost(place);
        };
        let name: Box<str> = super::super::spelling::spelt(action.text).into();
        let at = self.place(action.span);
        self.asked.push(Asked { resource, action: name.clone(), place: at, module: self.module });
        Expression { place, of: Type::Bool, says: Term::Permitted { resource, action: name } }
    }

    /// What is held or permitted is asked here; may it be?
    fn ask(&mut self, what: &'static str, place: Place) -> bool {
        self.reads.asks.get_or_insert((place, what));
        if !self.ask_facts(place) {
            return false;
        }
        let spot = self.here.spot;
        if spot.may_ask() {
            return true;
        }
        let finding =
            Diagnostic::new(&codes::ASKS_TOO_MUCH, format!("`{what}` cannot be asked in {}", spot.called()), place)
                .label("holding does not depend on what is held or asked for")
                .help("ask it in a rule; to give a package to those who hold another, write `grant to` that package");
        self.findings().add(finding);
        false
    }

    /// Facts about somebody are asked here; may they be?
    fn ask_facts(&mut self, place: Place) -> bool {
        self.reads.facts.get_or_insert(place);
        let spot = self.here.spot;
        if spot.may_ask_facts() {
            return true;
        }
        let message = format!("what somebody is cannot be asked in {}", spot.called());
        let finding = Diagnostic::new(&codes::ASKS_TOO_MUCH, message, place)
            .label("facts are not known here")
            .help("ask for what the resource says of itself, or move the question to `when` of the rules");
        self.findings().add(finding);
        false
    }
}
