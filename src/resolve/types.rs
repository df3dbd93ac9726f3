//! Conditions as written → conditions with their links and types, each part by what the other side of it asks for. A part
//! that was lost has the type [`Type::Lost`], against which nothing is said. What one is true of is never asked here.

mod agree;
mod attribute;
mod bare;
mod compare;
mod each;
mod is;
mod literal;
pub(super) mod named;
mod path;
pub(super) mod place;
mod shift;

use super::findings::Findings;
use super::known::{Known, Reads};
use super::lookup::Lookup;
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, ModuleId, SymbolId, Term, Type, Value};
use crate::source::{Place, Span};
use crate::syntax::ast;
use crate::terms::level::Level;
use crate::terms::root::Root;
use place::Here;

/// Deeper than the parser lets anybody nest.
const DEPTH: usize = 300;

/// `permitted S.a`: whether the resource has the action is known when all rules are.
pub(super) struct Asked {
    pub(super) resource: SymbolId,
    pub(super) action: Box<str>,
    pub(super) place: Place,
    /// Something may have been lost here: then it is not said to be unknown.
    pub(super) module: ModuleId,
}

/// Types the conditions of one declaration.
pub(super) struct Typer<'y, 'n, 't, 's, 'f, 'd> {
    pub(super) lookup: &'y mut Lookup<'n, 't, 's, 'f, 'd>,
    pub(super) known: &'y Known,
    pub(super) asked: &'y mut Vec<Asked>,
    pub(super) module: ModuleId,
    pub(super) here: &'y Here,
    variables: Vec<(Box<str>, Type)>,
    /// What was read, those roots too that may not be.
    pub(super) reads: Reads,
    /// The named conditions that it names.
    pub(super) conditions: Vec<(SymbolId, Place)>,
    /// A part of it could not be understood.
    pub(super) lost: bool,
}

impl<'y, 'n, 't, 's, 'f, 'd> Typer<'y, 'n, 't, 's, 'f, 'd> {
    pub(super) fn new(
        lookup: &'y mut Lookup<'n, 't, 's, 'f, 'd>,
        known: &'y Known,
        asked: &'y mut Vec<Asked>,
        module: ModuleId,
        here: &'y Here,
    ) -> Self {
        Typer {
            lookup,
            known,
            asked,
            module,
            here,
            variables: Vec::new(),
            reads: Reads::default(),
            conditions: Vec::new(),
            lost: false,
        }
    }

    /// A condition: what is true or false.
    pub(super) fn condition(&mut self, written: &ast::Expression<'_>) -> Expression {
        self.condition_at(written, 0)
    }

    /// A value of a type that is asked for; what is not has its finding.
    pub(super) fn value(&mut self, written: &ast::Expression<'_>, hint: &Type) -> Expression {
        self.typed(written, Some(hint), 0)
    }

    fn condition_at(&mut self, written: &ast::Expression<'_>, depth: usize) -> Expression {
        let made = self.typed(written, Some(&Type::Bool), depth);
        if matches!(made.of, Type::Bool | Type::Lost) {
            return made;
        }
        let what = named::called(self.lookup, &made.of);
        let text = self.text(made.place);
        let help = match agree::plain(&made.of) {
            Type::Bool => "a condition may not be `none`: declare the attribute as `bool`".to_owned(),
            Type::Set(_) => format!("ask whether something is in it, as `… in {text}`, or `any(one in {text}: …)`"),
            _ => format!("compare it with a value, as `{text} == …`"),
        };
        let finding =
            Diagnostic::new(&codes::NOT_A_CONDITION, format!("`{text}` is {what}, not a condition"), made.place)
                .label("true or false is meant here")
                .help(help);
        let finding = self.with_declared(finding, &made);
        self.fail(finding, made.place)
    }

    /// An expression; a name alone in it may be a value of the type that is asked for.
    fn typed(&mut self, written: &ast::Expression<'_>, hint: Option<&Type>, depth: usize) -> Expression {
        let place = self.place(written.span);
        if depth > DEPTH {
            let finding =
                Diagnostic::new(&codes::NESTED_TOO_DEEP, "a condition is nested deeper than the limit", place)
                    .label("too deep here")
                    .help("give a part of it a name, as `condition name = …`");
            return self.fail(finding, place);
        }
        let depth = depth + 1;
        match &written.says {
            ast::Term::Or(all) => self.joined(all, place, Term::Or, depth),
            ast::Term::And(all) => self.joined(all, place, Term::And, depth),
            ast::Term::Not(inner) => {
                let inner = self.condition_at(inner, depth);
                Expression { place, of: Type::Bool, says: Term::Not(Box::new(inner)) }
            }
            ast::Term::Compare(operator, at, sides) => self.compare(*operator, *at, (&sides.0, &sides.1), place, depth),
            ast::Term::Is { who, role, party } => self.is(who, role, party.as_deref(), place, depth),
            ast::Term::Holds { who, package, party } => self.holds(who, package, party.as_deref(), place, depth),
            ast::Term::Each { all, variable, set, body } => self.each(*all, variable, (set, body), place, depth),
            ast::Term::Permitted(path) => self.permitted(path, place),
            ast::Term::Shift { from, back, by } => self.shift((from, *back, by), hint, place, depth),
            ast::Term::Path(path) => self.path(path, hint, place),
            ast::Term::Bool(value) => constant(place, Type::Bool, Value::Bool(*value)),
            ast::Term::None => match hint.map(agree::plain) {
                Some(Type::Level) => constant(place, Type::Level, Value::Level(Level::None)),
                _ => constant(place, Type::None, Value::None),
            },
            ast::Term::Integer(digits) => self.integer(digits, place),
            ast::Term::String(text) => constant(place, Type::String, Value::String((*text).into())),
            ast::Term::Date(text) => self.date(text, place),
            ast::Term::DateTime(text) => self.moment(text, place),
            ast::Term::Duration(duration) => self.duration(duration, place),
            ast::Term::Basis(basis) => self.basis(basis, place),
            ast::Term::List(all) => self.list(all, hint, place, depth),
            ast::Term::Undecided(question) => Expression {
                place,
                of: hint.cloned().unwrap_or(Type::Lost),
                says: Term::Undecided(question.text.into()),
            },
            ast::Term::Broken => self.lost_at(place),
        }
    }

    fn joined(
        &mut self,
        all: &[ast::Expression<'_>],
        place: Place,
        join: fn(Vec<Expression>) -> Term,
        depth: usize,
    ) -> Expression {
        let all = all.iter().map(|one| self.condition_at(one, depth)).collect();
        Expression { place, of: Type::Bool, says: join(all) }
    }

    fn place(&self, span: Span) -> Place {
        self.lookup.place(self.module, span)
    }

    /// What stands at a place, on one line.
    fn text(&self, place: Place) -> String {
        super::findings::one_line(self.lookup.findings.sources.slice(place))
    }

    fn lost_at(&mut self, place: Place) -> Expression {
        self.lost = true;
        Expression { place, of: Type::Lost, says: Term::Lost }
    }

    fn findings(&mut self) -> &mut Findings<'d> {
        self.lookup.findings
    }

    /// A finding, and what was lost by it.
    fn fail(&mut self, finding: Diagnostic, place: Place) -> Expression {
        self.findings().add(finding);
        self.lost_at(place)
    }

    /// A root is read.
    fn read(&mut self, root: Root, place: Place) {
        self.reads.roots.entry(root).or_insert(place);
    }

    /// Says that a root may not be read here, once for each place.
    fn out_of_place(&mut self, root: Root, place: Place) -> Diagnostic {
        let word = root.word();
        let spot = self.here.spot;
        let may: Vec<&str> = spot.roots().iter().map(|root| root.word()).collect();
        let finding =
            Diagnostic::new(&codes::ROOT_OUT_OF_PLACE, format!("`{word}` cannot be read in {}", spot.called()), place)
                .label("not known here");
        let all = may.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        match spot {
            place::Spot::Where => {
                finding.help("`where` reads `basis`, `purposes`, `elements`, `data`, `controller` and `processor`")
            }
            place::Spot::Argument => finding.help("an argument is a constant: a value, a number, a date or a text"),
            _ => finding.help(format!("what can be read here is {all}")),
        }
    }
}

fn constant(place: Place, of: Type, value: Value) -> Expression {
    Expression { place, of, says: Term::Value(value) }
}

/// Was it, or what it is made of, lost?
pub(super) fn is_lost(of: &Type) -> bool {
    agree::is_lost(of)
}

/// Can a value of the one be a value of the other?
pub(super) fn fits(one: &Type, two: &Type, known: &Known) -> bool {
    agree::agree(one, two, known)
}
