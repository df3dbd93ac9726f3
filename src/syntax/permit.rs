//! From the pairs of the grammar to rules: their actions, what they require, and periods. Whether what is named exists is
//! not asked.

use super::ast::{self, Actions, Days, Oblige, Requires, Says};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use crate::source::Span;
use crate::terms::effect::RuleEffect;
use jiff::civil::Date;
use pest::iterators::Pair;

impl<'s> Reader<'s> {
    pub(super) fn rule(&mut self, effect: RuleEffect, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let mut made = ast::Rule::of(effect);
        let keyword = self.keyword;
        let mut days = Vec::new();
        for part in parts {
            let clause = part.clone().into_inner().next().filter(|first| is_clause_word(first.as_rule()));
            if let Some(word) = &clause {
                self.keyword = word.as_str();
                let span = self.span(word);
                made.clauses.push(span);
            }
            match part.as_rule() {
                Rule::torn_actions => made.actions = Actions::Named(self.words(part)),
                Rule::kw_any_action | Rule::kw_any => made.actions = Actions::Any(self.span(&part)),
                rule if Self::is_text(rule) => made.title = Some(self.quoted(&part)),
                Rule::torn_to_clause => {
                    for list in part.into_inner().filter(|list| list.as_rule() == Rule::path_list) {
                        made.to.extend(self.paths(list));
                    }
                }
                Rule::torn_of_clause => {
                    for list in part.into_inner().filter(|list| list.as_rule() == Rule::word_list) {
                        let words = self.words(list);
                        made.of.get_or_insert_default().extend(words);
                    }
                }
                Rule::torn_requires_clause | Rule::lost_requires_clause => {
                    self.keyword = "requires";
                    let before = made.requires.take();
                    let added = self.requires(part);
                    made.requires = match (before, added) {
                        (Some(one), Some(two)) => {
                            let span = requires_span(&one).to(requires_span(&two));
                            let finding = expected::second_requires(self.place(requires_span(&two)));
                            self.report(finding);
                            Some(Requires::And(vec![one, two], span))
                        }
                        (one, two) => one.or(two),
                    };
                }
                Rule::torn_when_clause | Rule::lost_when_clause | Rule::lost_when_path => {
                    let place = self.span(clause.as_ref().unwrap_or(&part));
                    let added = self.condition(part);
                    if made.when.is_some() {
                        let finding = expected::second_clause("when", self.place(place));
                        self.report(finding);
                    } else {
                        made.when = added;
                    }
                }
                Rule::torn_oblige_clause | Rule::lost_oblige_clause => made.oblige.extend(self.obliges(part)),
                Rule::torn_from_clause | Rule::torn_before_clause => days.push(part),
                _ => self.fault(&part),
            }
            self.keyword = keyword;
        }
        made.days = self.days(days);
        Says::Rule(Box::new(made))
    }

    /// `oblige a(b: c), d`
    pub(super) fn obliges(&mut self, pair: Pair<'s, Rule>) -> Vec<Oblige<'s>> {
        let mut made = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_oblige => self.keyword = "oblige",
                Rule::torn_oblige => made.extend(self.oblige(part)),
                _ => self.fault(&part),
            }
        }
        made
    }

    fn oblige(&mut self, pair: Pair<'s, Rule>) -> Option<Oblige<'s>> {
        let span = self.span(&pair);
        let (mut name, mut arguments) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::torn_path => name = Some(self.path(&part)),
                Rule::torn_argument => {
                    let mut called = None;
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::word => called = Some(self.word(&inner)),
                            Rule::lost_name | Rule::lost_colon => self.fault(&inner),
                            _ => {
                                let value = self.operand(inner);
                                arguments.extend(called.map(|called| (called, value)));
                            }
                        }
                    }
                }
                _ => self.fault(&part),
            }
        }
        name.map(|name| Oblige { name, arguments, span })
    }

    fn requires(&mut self, pair: Pair<'s, Rule>) -> Option<Requires<'s>> {
        let mut made = None;
        let parts: Vec<_> = pair.into_inner().collect();
        let unopened = parts.iter().any(|part| part.as_rule() == Rule::bad_paren);
        for part in parts {
            match part.as_rule() {
                Rule::torn_requirement | Rule::required => made = self.requirement(part, unopened),
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
                Rule::torn_path => terms.push(Requires::Package(self.path(&part))),
                Rule::torn_parenthesised => {
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::torn_requirement => terms.extend(self.requirement(inner, unopened)),
                            _ => self.fault(&inner),
                        }
                    }
                }
                Rule::torn_connective => {
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
            let first = part.as_rule() == Rule::torn_from_clause;
            let clause = part.as_rule() == Rule::torn_before_clause || first;
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
        if !matches!(pair.as_rule(), Rule::torn_date | Rule::bad_date) {
            self.fault(&pair);
            return None;
        }
        let text = pair.as_str();
        let found = day(text);
        if found.is_none() {
            let finding = expected::malformed_date(text, self.place(self.span(&pair)));
            self.report(finding);
        }
        found
    }
}

impl ast::Rule<'_> {
    /// A rule without any clause.
    pub(super) fn of(effect: RuleEffect) -> Self {
        ast::Rule {
            effect,
            actions: Actions::Named(Vec::new()),
            title: None,
            of: None,
            to: Vec::new(),
            requires: None,
            when: None,
            oblige: Vec::new(),
            days: None,
            clauses: Vec::new(),
        }
    }
}

/// A day of the calendar, written with four digits, two and two.
pub(super) fn day(text: &str) -> Option<Date> {
    let exact = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if exact { text.parse().ok() } else { None }
}

/// The words that clauses of a rule begin with.
fn is_clause_word(rule: Rule) -> bool {
    use Rule::{kw_before, kw_from, kw_oblige, kw_of, kw_requires, kw_to, kw_when};
    matches!(rule, kw_before | kw_from | kw_oblige | kw_of | kw_requires | kw_to | kw_when)
}

fn requires_span(requires: &Requires<'_>) -> Span {
    match requires {
        Requires::Package(path) => path.span,
        Requires::And(_, span) | Requires::Or(_, span) => *span,
    }
}
