//! Words of a closed list → values: yes and no, levels of data, kinds, sorts of a namespace's forms, articles. Links nothing. A
//! word that is no value of its statement has its finding already (`syntax`); here it is lost.

use super::findings::{Findings, guessed};
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{Held, Property, Sort};
use crate::source::{Place, SourceId};
use crate::syntax::ast::{self, Value, Word};
use crate::terms::{kind::Kind, kind::Kinds, legal_basis::LegalBasis, level::Level, open::Open};

/// Where a statement stands: its file and the whole of it.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) source: SourceId,
    pub(super) statement: Place,
}

impl At {
    pub(super) fn place(self, span: crate::source::Span) -> Place {
        Place { source: self.source, span }
    }
}

/// A property of a value or its open question; `None` where the value was not understood.
pub(super) fn property<'s, A, B>(
    at: At,
    value: &Value<'s, A>,
    place: impl FnOnce(&A) -> Place,
    read: impl FnOnce(&A) -> Option<B>,
) -> Option<Property<B>> {
    let (value, question, place) = match value {
        Value::Given(given) => (Open::Known(read(given)?), "".into(), place(given)),
        Value::Undecided(question) => (Open::Undecided, question.text.into(), at.place(question.span)),
    };
    Some(Property { value, question, place, statement: at.statement })
}

/// A text as it stands.
pub(super) fn text(at: At, value: &Value<'_, Word<'_>>) -> Option<Property<Box<str>>> {
    property(at, value, |word| at.place(word.span), |word| Some(word.text.into()))
}

/// `yes` or `no`.
pub(super) fn yes_or_no(at: At, value: &Value<'_, Word<'_>>) -> Option<Property<bool>> {
    one_word(at, value, |word| match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })
}

/// A level of data.
pub(super) fn level(at: At, value: &Value<'_, Word<'_>>) -> Option<Property<Level>> {
    one_word(at, value, Level::from_word)
}

fn one_word<T>(at: At, value: &Value<'_, Word<'_>>, read: impl Fn(&str) -> Option<T>) -> Option<Property<T>> {
    property(at, value, |word| at.place(word.span), |word| read(word.text))
}

/// Kinds; `None` where one is not understood (without it the rest would say something else).
fn kinds(words: &[Word<'_>]) -> Option<Kinds> {
    words.iter().map(|word| Kind::from_word(word.text)).collect::<Option<Kinds>>().filter(|kinds| !kinds.is_empty())
}

/// `for organisation, person`
pub(super) fn kinds_property(at: At, value: &Value<'_, Vec<Word<'_>>>) -> Option<Property<Kinds>> {
    property(at, value, |words| at.place(span_of(words).unwrap_or(at.statement.span)), |words| kinds(words))
}

pub(super) fn span_of(words: &[Word<'_>]) -> Option<crate::source::Span> {
    Some(words.first()?.span.to(words.last()?.span))
}

/// `held by … for …`
pub(super) fn held(at: At, value: &Value<'_, ast::Held<'_>>) -> Option<Property<Held>> {
    let place = |held: &ast::Held<'_>| {
        let last = held.of.as_deref().unwrap_or(&held.by).last().map(|word| word.span);
        let first = held.by.first().map(|word| word.span);
        at.place(first.zip(last).map_or(at.statement.span, |(first, last)| first.to(last)))
    };
    property(at, value, place, |held| {
        let of = match &held.of {
            Some(words) => Some(kinds(words)?),
            None => None,
        };
        Some(Held { by: kinds(&held.by)?, of })
    })
}

/// What a form of a namespace is for.
pub(super) fn form_sort(at: At, word: &Word<'_>, findings: &mut Findings<'_>) -> Option<Sort> {
    const SORTS: [Sort; 5] = [Sort::Role, Sort::Package, Sort::Area, Sort::Service, Sort::Register];
    let sort = SORTS.into_iter().find(|sort| sort.word() == word.text);
    if sort.is_none() {
        unknown(at, word, &SORTS.map(Sort::word), findings);
    }
    sort
}

pub(super) fn unknown(at: At, word: &Word<'_>, known: &[&str], findings: &mut Findings<'_>) {
    let place = at.place(word.span);
    let (last, before) = match known.split_last() {
        Some((last, before)) => (*last, before.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
        None => return,
    };
    let finding = Diagnostic::new(&codes::UNKNOWN_WORD, format!("`{}` is not known here", word.text), place)
        .label(format!("{before} or `{last}` is meant"))
        .help(format!("write {before} or `{last}`"));
    let nearest = suggest::nearest(word.text, known.iter().copied());
    findings.add(guessed(finding, place, &nearest));
}

/// A legal basis; an article that is none.
pub(super) fn legal_basis<'s>(written: &ast::Basis<'s>) -> Result<LegalBasis, Word<'s>> {
    match written {
        ast::Basis::Gdpr(article) => LegalBasis::gdpr(article.text).ok_or(*article),
        ast::Basis::Law(name) => Ok(LegalBasis::Law(name.text.into())),
    }
}

/// An article of the GDPR that is no basis for holding data.
pub(super) fn unknown_article(article: &Word<'_>, place: Place) -> Diagnostic {
    let message = format!("`gdpr {}` is no legal basis", article.text);
    Diagnostic::new(&codes::UNKNOWN_LEGAL_BASIS, message, place)
        .label("no such point of article 6(1) or 9(2)")
        .help("the legal bases are the points `6(1)(a)` to `6(1)(f)` and `9(2)(a)` to `9(2)(j)`")
}
