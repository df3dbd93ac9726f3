//! Numbers, dates, moments, lengths of time and legal bases as written → their values.

use super::{Typer, constant};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, Type, Value};
use crate::source::Place;
use crate::syntax::ast;
use crate::terms::duration::{Duration, Unit};
use crate::terms::limit;
use crate::terms::period::date_in_oslo;
use jiff::Timestamp;

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn integer(&mut self, digits: &str, place: Place) -> Expression {
        match digits.parse::<i64>().ok().filter(|number| *number <= limit::INTEGER) {
            Some(number) => constant(place, Type::Integer, Value::Integer(number)),
            None => self.too_large(digits, place, &limit::INTEGER.to_string()),
        }
    }

    fn too_large(&mut self, digits: &str, place: Place, most: &str) -> Expression {
        let finding = Diagnostic::new(
            &codes::NUMBER_TOO_LARGE,
            format!("`{digits}` is larger than any number may be here"),
            place,
        )
        .label("too large")
        .help(format!("at most {most}"));
        self.fail(finding, place)
    }

    pub(super) fn date(&mut self, text: &str, place: Place) -> Expression {
        match text.parse::<jiff::civil::Date>().ok().filter(|date| (1..=9999).contains(&date.year())) {
            Some(date) => constant(place, Type::Date, Value::Date(date)),
            None => {
                let finding = Diagnostic::new(&codes::MALFORMED_DATE, format!("`{text}` is no date"), place)
                    .label("not in the calendar")
                    .help("write a day as `2026-01-31`");
                self.fail(finding, place)
            }
        }
    }

    pub(super) fn moment(&mut self, text: &str, place: Place) -> Expression {
        match text.parse::<Timestamp>().ok().filter(|moment| (1..=9999).contains(&date_in_oslo(*moment).year())) {
            Some(moment) => constant(place, Type::DateTime, Value::DateTime(moment)),
            None => {
                let finding = Diagnostic::new(&codes::MALFORMED_DATE, format!("`{text}` is no moment"), place)
                    .label("not a day and a time of day with their distance from UTC")
                    .help("write a moment as `2026-01-31T12:00:00+01:00`");
                self.fail(finding, place)
            }
        }
    }

    pub(super) fn duration(&mut self, written: &ast::Duration<'_>, place: Place) -> Expression {
        let Some(unit) = Unit::from_word(written.unit.text) else { return self.lost_at(place) };
        match written.amount.text.parse::<u32>().ok().filter(|amount| *amount <= Duration::MOST) {
            Some(amount) => constant(place, Type::Duration, Value::Duration(Duration { unit, amount })),
            None => {
                let at = self.place(written.amount.span);
                self.too_large(written.amount.text, at, &Duration::MOST.to_string())
            }
        }
    }

    pub(super) fn basis(&mut self, written: &ast::Basis<'_>, place: Place) -> Expression {
        match super::super::words::legal_basis(written) {
            Ok(basis) => constant(place, Type::Basis, Value::Basis(basis)),
            Err(article) => {
                let at = self.place(article.span);
                let finding = super::super::words::unknown_article(&article, at);
                self.fail(finding, place)
            }
        }
    }
}
