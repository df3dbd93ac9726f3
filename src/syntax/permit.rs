//! From the pairs of the grammar to rules: their actions, what they require, and periods. Whether what is named exists is
//! not asked.

use super::ast::{self, Actions, Days, Expression, Requires, Says, Term};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use crate::source::Span;
use crate::terms::effect::RuleEffect;
use jiff::civil::Date;
use pest::iterators::Pair;

impl<'s> Reader<'s> {
    pub(super) fn permit(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let mut permit = ast::Rule {
            effect: RuleEffect::Permit,
            actions: Actions::Named(Vec::new()),
            title: None,
            of: None,
            to: Vec::new(),
            requires: None,
            when: None,
            oblige: Vec::new(),
            days: None,
            clauses: Vec::new(),
        };
        let mut days = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::actions => permit.actions = Actions::Named(self.words(part)),
                Rule::kw_any_action => {
                    let what = expected::later_statement("any action");
                    let span = self.span(&part);
                    self.later(what, span);
                    permit.actions = Actions::Any(span);
                }
                Rule::to_clause => {
                    self.keyword = "to";
                    for list in part.into_inner().filter(|list| list.as_rule() == Rule::path_list) {
                        permit.to.extend(self.paths(list));
                    }
                }
                Rule::requires_clause | Rule::lost_requires_clause => {
                    self.keyword = "requires";
                    let before = permit.requires.take();
                    let added = self.requires(part);
                    permit.requires = match (before, added) {
                        (Some(one), Some(two)) => {
                            let span = requires_span(&one).to(requires_span(&two));
                            let finding = expected::second_requires(self.place(requires_span(&two)));
                            self.report(finding);
                            Some(Requires::And(vec![one, two], span))
                        }
                        (one, two) => one.or(two),
                    };
                }
                Rule::later_clause => {
                    let (_, span) = self.later_clause(part);
                    permit.when = Some(Expression { span, says: Term::Broken });
                }
                Rule::from_clause | Rule::before_clause => days.push(part),
                _ => self.fault(&part),
            }
        }
        self.keyword = "permit";
        permit.days = self.days(days);
        Says::Rule(Box::new(permit))
    }

    fn requires(&mut self, pair: Pair<'s, Rule>) -> Option<Requires<'s>> {
        let mut made = None;
        let parts: Vec<_> = pair.into_inner().collect();
        let unopened = parts.iter().any(|part| part.as_rule() == Rule::bad_paren);
        for part in parts {
            match part.as_rule() {
                Rule::requirement | Rule::required => made = self.requirement(part, unopened),
                Rule::kw_requires => {}
                _ => self.fault(&part),
            }
        }
        made
    }

    /// Packages joined by one word; two different ones are a fault (`unopened`: a parenthesis was lost, which is the
    /// fault then).
    fn requirement(&mut self, pair: Pair<'s, Rule>, unopened: bool) -> Option<Requires<'s>> {
        let span = self.span(&pair);
        let mut terms = Vec::new();
        let mut joined: Option<&str> = None;
        let mut mixed = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => terms.push(Requires::Package(self.path(&part))),
                Rule::parenthesised => {
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::requirement => terms.extend(self.requirement(inner, unopened)),
                            _ => self.fault(&inner),
                        }
                    }
                }
                Rule::connective => {
                    let word = part.as_str();
                    if joined.is_some_and(|before| before != word) && !mixed && !unopened {
                        mixed = true;
                        let finding = expected::mixed(word, self.place(self.span(&part)));
                        self.report(finding);
                    }
                    joined.get_or_insert(word);
                }
                _ => self.fault(&part),
            }
        }
        match (terms.len(), joined) {
            (0 | 1, _) => terms.pop(),
            (_, Some("and")) => Some(Requires::And(terms, span)),
            _ => Some(Requires::Or(terms, span)),
        }
    }

    /// `from` and `before`, each once.
    pub(super) fn days(&mut self, parts: Vec<Pair<'s, Rule>>) -> Option<Days> {
        let mut days: Option<Days> = None;
        for part in parts {
            let span = self.span(&part);
            let first = part.as_rule() == Rule::from_clause;
            let clause = part.as_rule() == Rule::before_clause || first;
            if !clause {
                self.fault(&part);
                continue;
            }
            let outer = self.keyword;
            let mut day = None;
            for inner in part.into_inner() {
                match inner.as_rule() {
                    Rule::kw_from | Rule::kw_before => self.keyword = inner.as_str(),
                    _ => day = self.fault_or_day(inner),
                }
            }
            let so_far = days.get_or_insert(Days { from: None, before: None, span });
            so_far.span = so_far.span.to(span);
            let slot = if first { &mut so_far.from } else { &mut so_far.before };
            if slot.is_some() {
                let finding = expected::second_day(self.keyword, self.place(span));
                self.report(finding);
            } else {
                *slot = day;
            }
            self.keyword = outer;
        }
        days
    }

    fn fault_or_day(&mut self, pair: Pair<'s, Rule>) -> Option<Date> {
        if !matches!(pair.as_rule(), Rule::date | Rule::bad_date) {
            self.fault(&pair);
            return None;
        }
        let text = pair.as_str();
        let exact = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day = if exact { text.parse().ok() } else { None };
        if day.is_none() {
            let finding = expected::malformed_date(text, self.place(self.span(&pair)));
            self.report(finding);
        }
        day
    }
}

fn requires_span(requires: &Requires<'_>) -> Span {
    match requires {
        Requires::Package(path) => path.span,
        Requires::And(_, span) | Requires::Or(_, span) => *span,
    }
}
