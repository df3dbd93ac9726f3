//! `a + 16 years`, `a - 1 day`: dates are moved by years, months and days, moments by hours and minutes.

use super::{Typer, agree, named};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, Term, Type, Value};
use crate::source::Place;
use crate::syntax::ast;

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn shift(
        &mut self,
        (from, back, by): (&ast::Expression<'_>, bool, &ast::Expression<'_>),
        hint: Option<&Type>,
        place: Place,
        depth: usize,
    ) -> Expression {
        let hint = hint.filter(|hint| matches!(agree::plain(hint), Type::Date | Type::DateTime));
        let from = self.typed(from, hint, depth);
        let by = self.typed(by, Some(&Type::Duration), depth);
        let dates = match agree::plain(&from.of) {
            Type::Date => true,
            Type::DateTime => false,
            of if agree::is_lost(of) && self.lost => return self.lost_at(place),
            _ => {
                let text = self.text(from.place);
                let what = named::called(self.lookup, &from.of);
                let finding = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    format!("`{text}` is {what}, and only dates and moments are moved"),
                    from.place,
                )
                .label("a date or a moment is meant here")
                .help("move a date by years, months or days, or a moment by hours or minutes");
                return self.fail(finding, place);
            }
        };
        match (&by.of, &by.says) {
            (Type::Duration, Term::Value(Value::Duration(duration))) if duration.unit.is_of_dates() != dates => {
                let text = self.text(by.place);
                let moved = self.text(from.place);
                let what = named::called(self.lookup, agree::plain(&from.of));
                let units = if dates { "years, months or days" } else { "hours or minutes" };
                let finding = Diagnostic::new(
                    &codes::WRONG_UNIT,
                    format!("`{text}` cannot move `{moved}`, which is {what}"),
                    by.place,
                )
                .label("another unit is meant")
                .help(format!("{what} is moved by {units}"));
                return self.fail(finding, place);
            }
            (Type::Duration, _) => {}
            (of, _) if agree::is_lost(of) && self.lost => return self.lost_at(place),
            (of, says) => {
                let text = self.text(by.place);
                let what = named::called(self.lookup, of);
                let finding = Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    format!("`{text}` is {what}, not a length of time"),
                    by.place,
                )
                .label("a length of time is meant here");
                let finding = match says {
                    Term::Value(Value::Integer(_)) => finding.help(format!("say of what, as `{text} days`")),
                    _ => finding.help("write a number with its unit, as `16 years`"),
                };
                return self.fail(finding, place);
            }
        }
        let of = from.of.clone();
        Expression { place, of, says: Term::Shift { from: Box::new(from), back, by: Box::new(by) } }
    }
}
