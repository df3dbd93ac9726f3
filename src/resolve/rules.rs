//! `permit`, `forbid`, `never`, `any action oblige` and `retain` → the catalog: their actions, elements, recipients,
//! packages, conditions and obligations.

use super::actions::{Means, Shared};
use super::findings::{Findings, guessed};
use super::lookup::{ACTION, RECIPIENT};
use super::parts::Linker;
use super::spelling::spelt;
use super::types::named;
use super::types::place::{Here, Part};
use super::types::{Typer, fits};
use super::words;
use crate::diag::suggest::Nearest;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{Catalog, Expression, Property, Recipient, Retain, Retention, Rule, Said, Sort, Term, Type};
use crate::source::{Place, Span};
use crate::syntax::ast::{self, Value, Word};
use crate::terms::effect::RuleEffect;
use crate::terms::open::Open;

/// What rules are over.
pub(super) struct Over {
    /// Its name in backticks, or what the resources of a policy are called.
    pub(super) called: String,
    /// What their conditions may read.
    pub(super) here: Here,
    /// What the arguments of their obligations may name.
    pub(super) arguments: Here,
    /// Something of it was lost: no action and no element may be called unknown.
    pub(super) torn: bool,
    /// Is it a policy?
    pub(super) policy: bool,
}

impl Linker<'_, '_, '_, '_, '_, '_> {
    pub(super) fn rule(&mut self, rule: &ast::Rule<'_>, statement: Span, over: &Over, shared: &Shared) -> Rule {
        let actions = match &rule.actions {
            ast::Actions::Named(words) => {
                Some(words.iter().filter_map(|word| self.action(word, over, shared)).collect())
            }
            ast::Actions::Any(_) => None,
        };
        let of = rule.of.as_ref().map(|words| words.iter().filter_map(|word| self.element(word, over)).collect());
        let to = self.list(
            &rule.to,
            &RECIPIENT,
            |word| match word {
                "anyone" => Some(Recipient::Anyone),
                "self" => Some(Recipient::Itself),
                "controller" => Some(Recipient::Controller),
                "processor" => Some(Recipient::Processor),
                _ => None,
            },
            |sort, id| if sort == Sort::Organisation { Recipient::Organisation(id) } else { Recipient::Role(id) },
        );
        let requires = rule.requires.as_ref().and_then(|requires| {
            let span = match requires {
                ast::Requires::Package(path) => path.span,
                ast::Requires::And(_, span) | ast::Requires::Or(_, span) => *span,
            };
            Some(Said { value: self.requires(requires, 0)?, place: self.place(span) })
        });
        Rule {
            place: self.place(statement),
            effect: rule.effect,
            actions,
            title: rule.title.map(|title| Said { value: title.text.into(), place: self.place(title.span) }),
            of,
            to,
            says_to: !rule.to.is_empty(),
            requires,
            says_requires: rule.requires.is_some(),
            when: rule.when.as_ref().map(|when| self.when(when, &over.here)),
            oblige: self.obliges(&rule.oblige, &over.arguments),
            period: self.period(rule.days.as_ref()),
            clauses: rule.clauses.iter().map(|span| self.place(*span)).collect(),
        }
    }

    pub(super) fn any_action(&mut self, obliges: &[ast::Oblige<'_>], statement: Span, over: &Over) -> Rule {
        Rule {
            place: self.place(statement),
            effect: RuleEffect::Oblige,
            actions: None,
            title: None,
            of: None,
            to: Vec::new(),
            says_to: false,
            requires: None,
            says_requires: false,
            when: None,
            oblige: self.obliges(obliges, &over.arguments),
            period: None,
            clauses: Vec::new(),
        }
    }

    /// An action that what the rule is over has.
    fn action(&mut self, word: &Word<'_>, over: &Over, shared: &Shared) -> Option<Said<Box<str>>> {
        let name = spelt(word.text);
        let place = self.place(word.span);
        let versions = over.here.resources.as_deref().unwrap_or_default();
        if over.here.has(Part::Action, &name, self.known) {
            return Some(Said { value: name.into(), place });
        }
        match shared.get(self.module, word.text) {
            // A policy that is over nothing yet.
            Means::Action(_) if over.policy => return None,
            Means::Action(_) | Means::Nothing => {}
            Means::Hidden => {
                self.lost = true;
                return None;
            }
        }
        if over.torn || over.here.is_open(Part::Action, self.known) {
            self.lost |= !versions.is_empty();
            return None;
        }
        self.lost = true;
        let finding = self.unknown_action(word, place, over);
        self.lookup.findings.add(finding);
        None
    }

    fn unknown_action(&mut self, word: &Word<'_>, place: Place, over: &Over) -> Diagnostic {
        let versions = over.here.resources.as_deref().unwrap_or_default();
        let own = self.near(word.text, &self.known.actions.names(versions));
        let seen = self.lookup.nearest(self.module, word.text, &ACTION);
        let label = if over.policy { "no action of these resources" } else { "no action of this resource" };
        let finding = Diagnostic::new(&codes::UNKNOWN_ACTION, has_no(&over.called, "action", word.text), place)
            .label(label)
            .help(format!("declare it, as `action {}`, or name another", word.text));
        guessed(finding, place, &own.or(seen))
    }

    /// An element that what the rule is over has.
    fn element(&mut self, word: &Word<'_>, over: &Over) -> Option<Said<Box<str>>> {
        let name = spelt(word.text);
        let place = self.place(word.span);
        let versions = over.here.resources.as_deref().unwrap_or_default();
        let known = self.known;
        if over.here.has(Part::Element, &name, known) || over.here.is_open(Part::Element, known) {
            return Some(Said { value: name.into(), place });
        }
        self.lost = true;
        if over.torn {
            return None;
        }
        let nearest = self.near(word.text, &known.elements.names(versions));
        let finding = Diagnostic::new(&codes::UNKNOWN_ELEMENT, has_no(&over.called, "element", word.text), place)
            .label("none of its elements")
            .help(format!("declare it, as `elements {}`, or name another", word.text));
        self.lookup.findings.add(guessed(finding, place, &nearest));
        None
    }

    fn near(&mut self, name: &str, known: &[&str]) -> Nearest {
        let few = self.lookup.findings.budget.spend_many(known.len());
        suggest::nearest(name, known.iter().copied().filter(|_| few))
    }

    /// `retain …`
    pub(super) fn retain(
        &mut self,
        at: words::At,
        value: &Value<'_, ast::Retain<'_>>,
        here: &Here,
    ) -> Property<Retain> {
        let (value, question, place) = match value {
            Value::Given(ast::Retain::Forever) => (Open::Known(Retain::Forever), Box::default(), at.statement),
            Value::Given(ast::Retain::Rules(rules)) => {
                let span = rules.first().zip(rules.last()).map(|(first, last)| first.span.to(last.span));
                let place = span.map_or(at.statement, |span| at.place(span));
                let rules = rules.iter().map(|rule| self.retention(rule, here)).collect();
                (Open::Known(Retain::Rules(rules)), Box::default(), place)
            }
            Value::Undecided(question) => (Open::Undecided, question.text.into(), at.place(question.span)),
        };
        Property { value, question, place, statement: at.statement }
    }

    fn retention(&mut self, rule: &ast::Retention<'_>, here: &Here) -> Retention {
        let mut typer = Typer::new(self.lookup, self.known, self.asked, self.module, here);
        let ends: Vec<Expression> = rule.ends.iter().map(|end| typer.end(end)).collect();
        self.lost |= typer.lost;
        Retention { bound: rule.bound, ends, place: self.place(rule.span) }
    }
}

impl Typer<'_, '_, '_, '_, '_, '_> {
    /// The day on which a retention ends: after so long, or the day itself.
    fn end(&mut self, end: &ast::End<'_>) -> Expression {
        let made = match &end.after {
            Some(after) => {
                let span = after.amount.span.to(end.of.span);
                let by =
                    ast::Expression { span: after.amount.span.to(after.unit.span), says: ast::Term::Duration(*after) };
                let sides = ast::Term::Shift { from: Box::new(end.of.clone()), back: false, by: Box::new(by) };
                self.value(&ast::Expression { span, says: sides }, &Type::Date)
            }
            None => self.value(&end.of, &Type::Date),
        };
        if fits(&made.of, &Type::Date, self.known) {
            return made;
        }
        self.lost = true;
        let place = made.place;
        let what = named::called(self.lookup, &made.of);
        let text = super::findings::one_line(self.lookup.findings.sources.slice(place));
        let finding = Diagnostic::new(&codes::TYPE_MISMATCH, format!("`{text}` is {what}, not a date"), place)
            .label("`retain` ends on a date")
            .help("name a date of the record, as `record.created`");
        self.lookup.findings.add(finding);
        Expression { place, of: Type::Lost, says: Term::Lost }
    }
}

/// `none of a and b has an action x`, `r has no action x`.
fn has_no(called: &str, what: &str, name: &str) -> String {
    if called.starts_with("none of") {
        format!("{called} has {} {what} `{name}`", if what.starts_with(['a', 'e']) { "an" } else { "a" })
    } else {
        format!("{called} has no {what} `{name}`")
    }
}

/// An action that a resource does not have, asked by `permitted`.
pub(super) fn unknown_action(
    name: &str,
    called: &str,
    place: Place,
    versions: &[u32],
    catalog: &Catalog,
    findings: &mut Findings<'_>,
) -> Diagnostic {
    let own: Vec<&str> = versions
        .iter()
        .filter_map(|at| catalog.resources.get(*at as usize))
        .flat_map(|resource| resource.actions.iter().map(|action| &*action.name.value))
        .collect();
    let few = findings.budget.spend_many(own.len());
    let nearest = suggest::nearest(name, own.into_iter().filter(|_| few));
    let finding = Diagnostic::new(&codes::UNKNOWN_ACTION, has_no(called, "action", name), place)
        .label("no action of this resource")
        .help("name an action that it has");
    guessed(finding, place, &nearest)
}
