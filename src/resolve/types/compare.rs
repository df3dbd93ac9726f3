//! Comparisons: which side says what a name alone on the other means, and whether the two can be compared so.

use super::{Typer, agree, named};
use crate::diag::{Diagnostic, codes};
use crate::model::{EntityName, Expression, Term, Type, Value};
use crate::source::{Place, Span};
use crate::syntax::ast;
use crate::terms::operator::Operator;
use crate::terms::root::{BuiltIn, Root};

/// How much an expression says of its own type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// Nothing: it is what the other side makes of it.
    None,
    /// A name alone that means something.
    Alone,
    /// All.
    Whole,
}

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn compare(
        &mut self,
        operator: Operator,
        at: Span,
        (left, right): (&ast::Expression<'_>, &ast::Expression<'_>),
        place: Place,
        depth: usize,
    ) -> Expression {
        let (a, b) = if self.strength(left) >= self.strength(right) {
            let a = self.typed(left, None, depth);
            let hint = if operator == Operator::In { Type::Set(Box::new(a.of.clone())) } else { a.of.clone() };
            let b = self.typed(right, Some(&hint), depth);
            (a, b)
        } else {
            let b = self.typed(right, None, depth);
            let hint = match &b.of {
                Type::Set(inner) if operator == Operator::In => (**inner).clone(),
                other => other.clone(),
            };
            let a = self.typed(left, Some(&hint), depth);
            (a, b)
        };
        if let Some(finding) = self.misfit(operator, at, &a, &b, place) {
            self.lost = true;
            let finding = self.with_declared(finding, &a);
            let finding = self.with_declared(finding, &b);
            self.findings().add(finding);
        }
        Expression { place, of: Type::Bool, says: Term::Compare(operator, Box::new((a, b))) }
    }

    fn strength(&mut self, written: &ast::Expression<'_>) -> Strength {
        match &written.says {
            ast::Term::Path(path) => match path.segments.as_slice() {
                [word] if self.is_known_alone(word) => Strength::Alone,
                [_] => Strength::None,
                _ => Strength::Whole,
            },
            ast::Term::None | ast::Term::Undecided(_) | ast::Term::Broken => Strength::None,
            ast::Term::List(all) => all
                .iter()
                .map(|one| if is_list(one) { Strength::None } else { self.strength(one) })
                .max()
                .unwrap_or(Strength::None),
            _ => Strength::Whole,
        }
    }

    /// Why two values cannot be compared so.
    fn misfit(
        &mut self,
        operator: Operator,
        at: Span,
        a: &Expression,
        b: &Expression,
        place: Place,
    ) -> Option<Diagnostic> {
        if agree::is_lost(&a.of) || agree::is_lost(&b.of) {
            return None;
        }
        if operator == Operator::In {
            return self.not_in(a, b);
        }
        let at = self.place(at);
        if let Some(set) = [a, b].into_iter().find(|side| matches!(side.of, Type::Set(_))) {
            return Some(self.set_compared(operator, a, b, set, at));
        }
        if let Some(condition) = [a, b].into_iter().find(|side| matches!(agree::plain(&side.of), Type::Bool)) {
            return Some(self.condition_compared(a, b, condition, at));
        }
        if let Some(none) = [a, b].into_iter().find(|side| side.of == Type::None) {
            let other = if std::ptr::eq(none, a) { b } else { a };
            if operator.orders() {
                let finding = Diagnostic::new(&codes::NOT_COMPARABLE, "`none` is before and after nothing", at);
                return Some(
                    finding.label("asks which comes first").help("ask whether it is `none`, with `==` or `!=`"),
                );
            }
            return if may_be_none(other) { None } else { Some(self.never_none(other)) };
        }
        if !agree::agree(&a.of, &b.of, self.known) {
            return Some(self.mismatch(a, b, place));
        }
        self.unordered(operator, a, at)
    }

    fn not_in(&mut self, a: &Expression, b: &Expression) -> Option<Diagnostic> {
        let Type::Set(inner) = &b.of else {
            let text = self.text(b.place);
            let what = named::called(self.lookup, &b.of);
            return Some(
                Diagnostic::new(&codes::NOT_A_SET, format!("`{text}` is {what}, not a set"), b.place)
                    .label("`in` asks for a set here")
                    .help(format!("compare with `==`, or write a set, as `[{text}]`")),
            );
        };
        if matches!(a.of, Type::Set(_)) {
            let (one, two) = (self.text(a.place), self.text(b.place));
            return Some(
                Diagnostic::new(
                    &codes::NOT_COMPARABLE,
                    format!("`{one}` is a set, and `in` asks for one value"),
                    a.place,
                )
                .label("a set")
                .help(format!("write `any(one in {one}: one in {two})`, or `all(…)` if each is meant")),
            );
        }
        if matches!(agree::plain(&a.of), Type::Bool) {
            let text = self.text(a.place);
            return Some(
                Diagnostic::new(
                    &codes::NOT_COMPARABLE,
                    format!("`{text}` is a condition, and conditions are never compared"),
                    a.place,
                )
                .label("true or false")
                .help("join conditions with `and`, `or` and `not`"),
            );
        }
        if a.of == Type::None && !agree::may_be_none(inner) {
            let text = self.text(b.place);
            return Some(
                Diagnostic::new(&codes::TYPE_MISMATCH, format!("nothing in `{text}` is ever `none`"), a.place)
                    .label("never in it")
                    .help("leave the comparison out, or declare the attribute with `or none`"),
            );
        }
        if agree::agree(&a.of, inner, self.known) {
            return None;
        }
        let (one, two) = (named::called(self.lookup, &a.of), named::called(self.lookup, inner));
        let (left, right) = (self.text(a.place), self.text(b.place));
        Some(
            Diagnostic::new(
                &codes::TYPE_MISMATCH,
                format!("`{left}` is {one}, and what is in `{right}` is {two}"),
                a.place,
            )
            .label(one)
            .help(format!("compare it with values that are {two}")),
        )
    }

    fn set_compared(
        &mut self,
        operator: Operator,
        a: &Expression,
        b: &Expression,
        set: &Expression,
        at: Place,
    ) -> Diagnostic {
        let other = if std::ptr::eq(set, a) { b } else { a };
        let text = self.text(set.place);
        let with = self.text(other.place);
        let finding = Diagnostic::new(
            &codes::NOT_COMPARABLE,
            format!("`{text}` is a set, and sets are not compared with `{}`", operator.word()),
            at,
        )
        .label("one value on each side is meant");
        if matches!(other.of, Type::Set(_)) {
            return finding.help(format!("write `all(one in {text}: one in {with})`, or `any(…)` if one is enough"));
        }
        match operator {
            Operator::Equal => finding.help(format!("write `{with} in {text}`")),
            Operator::NotEqual => finding.help(format!("write `not {with} in {text}`")),
            _ => finding
                .help(format!("write `any(one in {text}: one {} …)`, or `all(…)` if each is meant", operator.word())),
        }
    }

    fn condition_compared(&mut self, a: &Expression, b: &Expression, condition: &Expression, at: Place) -> Diagnostic {
        let other = if std::ptr::eq(condition, a) { b } else { a };
        let literal = |side: &Expression| match side.says {
            Term::Value(Value::Bool(value)) => Some(value),
            _ => None,
        };
        let text = self.text(condition.place);
        let finding = Diagnostic::new(&codes::NOT_COMPARABLE, "conditions are joined, never compared", at)
            .label(format!("`{text}` is a condition"));
        // The side that is left when a `true` or `false` goes.
        let (kept, value) = match (literal(a), literal(b)) {
            (_, Some(value)) => (a, value),
            (Some(value), None) => (b, value),
            (None, None) => {
                let with = self.text(other.place);
                return finding
                    .help(format!("write `{text} and {with}`, or what else is meant, with `and`, `or` and `not`"));
            }
        };
        let source = at.source;
        let text = self.text(kept.place);
        let equal = self.lookup.findings.sources.slice(at) == Operator::Equal.word();
        if !equal && self.lookup.findings.sources.slice(at) != Operator::NotEqual.word() {
            return finding.help("join them with `and`, `or` and `not`");
        }
        if value != equal {
            return finding.help(format!("write `not {text}`"));
        }
        let goes = if std::ptr::eq(kept, a) {
            Span { start: a.place.span.end, end: b.place.span.end }
        } else {
            Span { start: a.place.span.start, end: b.place.span.start }
        };
        finding.help(format!("write `{text}`")).fix(Place { source, span: goes }, "").certain()
    }

    fn never_none(&mut self, other: &Expression) -> Diagnostic {
        let text = self.text(other.place);
        let finding = Diagnostic::new(&codes::TYPE_MISMATCH, format!("`{text}` is never `none`"), other.place)
            .label(named::called(self.lookup, &other.of));
        match &other.says {
            Term::Attribute(_, name) => {
                finding.help(format!("declare it with `or none`, as `{name} date or none`, if there may be none"))
            }
            _ => finding.help("leave the comparison out"),
        }
    }

    fn mismatch(&mut self, a: &Expression, b: &Expression, place: Place) -> Diagnostic {
        let (one, two) = (named::called(self.lookup, &a.of), named::called(self.lookup, &b.of));
        let (left, right) = (self.text(a.place), self.text(b.place));
        let finding =
            Diagnostic::new(&codes::TYPE_MISMATCH, format!("`{left}` is {one} and `{right}` is {two}"), place)
                .label("two types");
        for (side, other) in [(a, b), (b, a)] {
            let (from, to) = match (&side.says, agree::plain(&other.of)) {
                (Term::Root(Root::Now), Type::Date) => ("now", "today"),
                (Term::Root(Root::Today), Type::DateTime) => ("today", "now"),
                _ => continue,
            };
            if matches!(other.says, Term::Root(_)) {
                return finding.help("`now` is a moment and `today` its date: they are never compared");
            }
            return finding
                .help(format!("`{from}` is {}: write `{to}`", named::called(self.lookup, &side.of)))
                .fix(side.place, to);
        }
        finding.help("compare values of one type")
    }

    fn unordered(&mut self, operator: Operator, a: &Expression, at: Place) -> Option<Diagnostic> {
        let of = agree::plain(&a.of);
        let text = self.text(a.place);
        let finding = match of {
            Type::Resource => Diagnostic::new(&codes::NOT_COMPARABLE, "resources are not compared", at)
                .label("a resource on each side")
                .help("name the resources where the policy says what it is `for`"),
            Type::Entity(EntityName::BuiltIn(BuiltIn::Context | BuiltIn::Delegation)) => {
                let what = named::called(self.lookup, of);
                Diagnostic::new(&codes::NOT_COMPARABLE, format!("{what} is compared with nothing"), at)
                    .label("there is one alone")
                    .help("compare its attributes")
            }
            _ if !operator.orders() || agree::is_ordered(of, self.known) => return None,
            Type::Enum(id) => {
                let one = self.known.enums.get(id)?;
                Diagnostic::new(&codes::NOT_COMPARABLE, format!("the values of `{}` have no order", one.name), at)
                    .label("asks which comes first")
                    .help(format!("make it a scale, with `<` between its values, or ask with `in`: `{text} in [ … ]`"))
                    .related("declared here, without an order", one.place)
            }
            of => {
                let what = named::called(self.lookup, of);
                Diagnostic::new(
                    &codes::NOT_COMPARABLE,
                    format!("`{text}` is {what}, of which none comes before another"),
                    at,
                )
                .label("asks which comes first")
                .help("compare with `==` or `!=`")
            }
        };
        Some(finding)
    }

    pub(super) fn list(
        &mut self,
        all: &[ast::Expression<'_>],
        hint: Option<&Type>,
        place: Place,
        depth: usize,
    ) -> Expression {
        let inner = match hint {
            Some(Type::Set(inner)) => Some(&**inner),
            other => other,
        };
        let mut of = inner.filter(|inner| !agree::is_lost(inner)).cloned();
        // Else the member that says most of its own type says what the names alone among the others mean.
        let mut first = None;
        if of.is_none() {
            let strengths: Vec<Strength> = all.iter().map(|one| self.strength(one)).collect();
            let most = strengths.iter().max().copied().unwrap_or(Strength::None);
            let at = strengths.iter().position(|one| *one == most).filter(|_| most > Strength::None);
            if let Some((at, written)) = at.and_then(|at| Some((at, all.get(at)?))) {
                let made = self.typed(written, None, depth);
                of = Some(made.of.clone());
                first = Some((at, made));
            }
        }
        let mut parts = Vec::with_capacity(all.len());
        for (at, written) in all.iter().enumerate() {
            match first.take_if(|(first, _)| *first == at) {
                Some((_, made)) => parts.push(made),
                None => parts.push(self.typed(written, of.as_ref(), depth)),
            }
        }
        let of = self.type_of_members(&parts);
        Expression { place, of: Type::Set(Box::new(of)), says: Term::List(parts) }
    }

    /// The one type of the members of a set.
    fn type_of_members(&mut self, parts: &[Expression]) -> Type {
        let none = parts.iter().any(|part| part.of != Type::Lost && agree::may_be_none(&part.of));
        let mut of: Option<&Expression> = None;
        for part in parts.iter().filter(|part| part.of != Type::None && !agree::is_lost(&part.of)) {
            match of {
                Some(before) if !agree::agree(&before.of, &part.of, self.known) => {
                    let (one, two) = (named::called(self.lookup, &before.of), named::called(self.lookup, &part.of));
                    let text = self.text(part.place);
                    let message = format!("`{text}` is {two}, and another value of the set is {one}");
                    let finding = Diagnostic::new(&codes::TYPE_MISMATCH, message, part.place)
                        .label(two)
                        .help("the values of a set are of one type")
                        .related(one, before.place);
                    self.lost = true;
                    self.findings().add(finding);
                    return Type::Lost;
                }
                Some(_) => {}
                None => of = Some(part),
            }
        }
        let of = of.map_or(Type::Lost, |part| agree::plain(&part.of).clone());
        if none { agree::or_none(of) } else { of }
    }
}

/// Without a subject, `subject` and `party` are `none`.
fn may_be_none(of: &Expression) -> bool {
    agree::may_be_none(&of.of) || matches!(of.says, Term::Root(Root::Subject | Root::Party))
}

fn is_list(written: &ast::Expression<'_>) -> bool {
    matches!(written.says, ast::Term::List(_))
}
