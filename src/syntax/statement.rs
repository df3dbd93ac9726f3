//! From the pairs of the grammar to the statements of the tree. Whether a statement belongs where it stands is not asked.

use super::ast::{ActionEnd, Delegable, Grant, Held, Path, Says, Statement, Value, Word};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use crate::source::Span;
use crate::terms::effect::RuleEffect;
use crate::terms::kind::Kind;
use crate::terms::level::Level;
use pest::iterators::Pair;

/// The words that answer a question.
const YES_NO: &[&str] = &["yes", "no"];

impl<'s> Reader<'s> {
    /// A statement of any block.
    pub(super) fn statement(&mut self, pair: Pair<'s, Rule>) -> Statement<'s> {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        match rule {
            Rule::junk | Rule::field_junk => return self.broken(&pair),
            Rule::lost_urn_keyword => {
                let mut statement = self.broken(&pair);
                statement.says = Says::Urn(Value::Given(self.word(&pair)));
                return statement;
            }
            Rule::lost_sort => return self.broken(&pair),
            Rule::torn_form => return self.form(pair, span),
            Rule::field_line => return self.field_line(pair, span),
            _ => {}
        }
        let mut parts = pair.into_inner();
        let Some(keyword) = parts.next() else {
            return Statement { span, keyword: span, says: Says::Broken };
        };
        self.keyword = keyword.as_str();
        let keyword_span = self.span(&keyword);
        let parts: Vec<_> = parts.collect();
        let says = match rule {
            Rule::torn_urn => {
                let end = Span { start: keyword_span.end, end: keyword_span.end };
                let empty = Value::Given(Word { text: "", span: end });
                Says::Urn(self.value(parts, |reader, part| reader.word(&part)).unwrap_or(empty))
            }
            Rule::torn_about => {
                self.value(parts, |reader, part| reader.quoted(&part)).map_or(Says::Broken, Says::About)
            }
            Rule::torn_formerly => match self.value(parts, |reader, part| reader.quoted(&part)) {
                Some(Value::Given(text)) => Says::Formerly(text),
                _ => Says::Broken,
            },
            Rule::for_parties => self
                .value(parts, |reader, part| {
                    let before = reader.count();
                    let kinds = reader.words(part);
                    reader.kinds(&kinds, before);
                    kinds
                })
                .map_or(Says::Broken, Says::For),
            Rule::property => self.property(keyword.as_str(), parts),
            Rule::torn_source => {
                self.value(parts, |reader, part| reader.path(&part)).map_or(Says::Broken, Says::Source)
            }
            Rule::torn_held => self.held(parts),
            Rule::torn_delegable => self.delegable(parts),
            Rule::torn_grant => self.grant(parts),
            Rule::torn_allow => self.allow(parts),
            Rule::valid => self.days(parts).map_or(Says::Broken, Says::Valid),
            Rule::torn_action => self.action(parts),
            Rule::torn_rule_line => {
                let effect = RuleEffect::from_word(keyword.as_str()).unwrap_or(RuleEffect::Permit);
                self.rule(effect, parts)
            }
            Rule::torn_any_action => {
                let mut obliges = Vec::new();
                for part in parts {
                    match part.as_rule() {
                        Rule::torn_oblige_clause => obliges.extend(self.obliges(part)),
                        Rule::kw_action => {}
                        _ => self.fault(&part),
                    }
                }
                Says::AnyAction(obliges)
            }
            Rule::words => {
                let purposes = keyword.as_str() == "purposes";
                let value = self.value(parts, |reader, part| reader.words(part));
                value.map_or(Says::Broken, if purposes { Says::Purposes } else { Says::Elements })
            }
            Rule::torn_paths => {
                let controller = keyword.as_str() == "controller";
                let value = self.value(parts, |reader, part| reader.paths(part));
                value.map_or(Says::Broken, if controller { Says::Controller } else { Says::Processor })
            }
            Rule::torn_records => self.records(parts),
            Rule::torn_basis => self.value(parts, |reader, part| reader.bases(part)).map_or(Says::Broken, Says::Basis),
            Rule::torn_retain => self.retain(parts),
            Rule::torn_target => {
                let mut words = Vec::new();
                for part in parts {
                    words.extend(self.words(part));
                }
                Says::Target(words)
            }
            _ => Says::Broken,
        };
        Statement { span, keyword: keyword_span, says }
    }

    fn form(&mut self, pair: Pair<'s, Rule>, span: Span) -> Statement<'s> {
        let mut sort = None;
        let mut urn = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => sort = Some(self.word(&part)),
                Rule::raw => urn = Some(self.word(&part)),
                _ => {
                    self.keyword = sort.map_or("", |sort| sort.text);
                    self.fault(&part);
                }
            }
        }
        let keyword = sort.map_or(span, |sort| sort.span);
        let says = match (sort, urn) {
            (Some(sort), Some(urn)) => Says::Form { sort, urn },
            _ => Says::Broken,
        };
        Statement { span, keyword, says }
    }

    /// One value: `undecided "…"`, what `given` reads, or a fault.
    pub(super) fn value<T>(
        &mut self,
        parts: Vec<Pair<'s, Rule>>,
        given: impl Fn(&mut Self, Pair<'s, Rule>) -> T,
    ) -> Option<Value<'s, T>> {
        let mut value = None;
        for part in parts {
            match part.as_rule() {
                Rule::torn_undecided | Rule::bad_text => value = Some(Value::Undecided(self.question(part))),
                Rule::lost_value | Rule::lost_text => self.fault(&part),
                _ => value = Some(Value::Given(given(self, part))),
            }
        }
        value
    }

    /// The question after `undecided`; empty where it was lost.
    pub(super) fn question(&mut self, pair: Pair<'s, Rule>) -> Word<'s> {
        let whole = self.span(&pair);
        let lost = pair.as_rule() == Rule::bad_text;
        if lost {
            self.fault(&pair);
        }
        let mut question = Word { text: "", span: Span { start: whole.end, end: whole.end } };
        if lost {
            question = Word { text: pair.as_str().trim_matches('"'), span: whole };
        }
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::lost_question => self.fault(&part),
                rule if Self::is_text(rule) && !lost => question = self.quoted(&part),
                _ => {}
            }
        }
        question
    }

    /// Names with commas between them.
    pub(super) fn paths(&mut self, pair: Pair<'s, Rule>) -> Vec<Path<'s>> {
        let mut paths = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::torn_path => paths.push(self.path(&part)),
                _ => self.fault(&part),
            }
        }
        paths
    }

    /// Words with commas between them.
    pub(super) fn words(&mut self, pair: Pair<'s, Rule>) -> Vec<Word<'s>> {
        let mut words = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => words.push(self.word(&part)),
                _ => self.fault(&part),
            }
        }
        words
    }

    /// Are all of them kinds? Not asked where the list had a fault already (`before`: how many findings there were
    /// before it).
    fn kinds(&mut self, words: &[Word<'s>], before: usize) {
        if self.count() != before {
            return;
        }
        let kinds: Vec<_> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        for word in words {
            self.one_of(*word, &kinds);
        }
    }

    /// Reports a word that is none of those allowed.
    fn one_of(&mut self, word: Word<'s>, allowed: &[&str]) {
        if !allowed.contains(&word.text) {
            let finding = expected::unknown_word(word.text, self.keyword, allowed, self.place(word.span));
            self.report(finding);
        }
    }

    fn property(&mut self, keyword: &str, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let Some(value) = self.value(parts, |reader, part| reader.word(&part)) else {
            return Says::Broken;
        };
        if let Value::Given(word) = value {
            match keyword {
                "code" => {}
                "data" => {
                    let levels: Vec<_> = Level::ALL.iter().map(|level| level.word()).collect();
                    self.one_of(word, &levels);
                }
                _ => self.one_of(word, YES_NO),
            }
        }
        match keyword {
            "services" => Says::Services(value),
            "data" => Says::Data(value),
            "code" => Says::Code(value),
            "key" => Says::Key(value),
            "covers" => Says::Covers(value),
            _ => Says::Agent(value),
        }
    }

    fn held(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let before = self.count();
        let mut held = Held { by: Vec::new(), of: None };
        for part in parts {
            match part.as_rule() {
                Rule::torn_undecided | Rule::bad_text => return Says::Held(Value::Undecided(self.question(part))),
                Rule::word_list => held.by = self.words(part),
                Rule::torn_held_for => {
                    let mut of = Vec::new();
                    for inner in part.into_inner().filter(|inner| inner.as_rule() == Rule::word_list) {
                        of = self.words(inner);
                    }
                    held.of = Some(of);
                }
                _ => self.fault(&part),
            }
        }
        let all: Vec<_> = held.by.iter().chain(held.of.iter().flatten()).copied().collect();
        self.kinds(&all, before);
        if held.by.is_empty() { Says::Broken } else { Says::Held(Value::Given(held)) }
    }

    fn delegable(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let (mut receivers, mut passes_on, mut condition) = (None, false, None);
        for part in parts {
            match part.as_rule() {
                Rule::torn_undecided | Rule::bad_text => {
                    return Says::Delegable(Delegable::Undecided(self.question(part)));
                }
                Rule::torn_no => return Says::Delegable(Delegable::No),
                Rule::path_list => receivers = Some(self.paths(part)),
                Rule::torn_onward => {
                    passes_on = true;
                    part.into_inner().for_each(|mark| self.fault(&mark));
                }
                Rule::torn_when_clause | Rule::lost_when_clause => condition = self.condition(part).map(Box::new),
                Rule::kw_to => {}
                _ => self.fault(&part),
            }
        }
        match receivers {
            Some(to) => Says::Delegable(Delegable::To { to, onward: passes_on, when: condition }),
            None => Says::Broken,
        }
    }

    fn grant(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let mut grant =
            Grant { gives_use: true, gives_delegation: true, to: Vec::new(), undecided: None, days: None, when: None };
        let mut days = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::torn_undecided | Rule::bad_text => grant.undecided = Some(self.question(part)),
                Rule::torn_gives => {
                    grant.gives_use = part.as_str() == "use";
                    grant.gives_delegation = part.as_str() == "delegation";
                }
                Rule::path_list => grant.to = self.paths(part),
                Rule::torn_when_clause | Rule::lost_when_clause => {
                    let place = self.span(&part);
                    let added = self.condition(part);
                    if grant.when.is_some() {
                        let finding = expected::second_clause("when", self.place(place));
                        self.report(finding);
                    } else {
                        grant.when = added;
                    }
                }
                Rule::torn_from_clause | Rule::torn_before_clause => days.push(part),
                Rule::kw_to => {}
                _ => self.fault(&part),
            }
        }
        grant.days = self.days(days);
        Says::Grant(Box::new(grant))
    }

    fn allow(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let (mut code, mut reason) = (None, None);
        for part in parts {
            match part.as_rule() {
                Rule::word => code = Some(self.word(&part)),
                rule if Self::is_text(rule) => reason = Some(self.quoted(&part)),
                _ => self.fault(&part),
            }
        }
        match (code, reason) {
            (Some(code), Some(why)) => Says::Allow { code, why },
            _ => Says::Broken,
        }
    }

    fn action(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let (mut name, mut title, mut end) = (None, None, Box::<ActionEnd<'_>>::default());
        for part in parts {
            match part.as_rule() {
                Rule::word => name = Some(self.word(&part)),
                rule if Self::is_text(rule) => title = Some(self.quoted(&part)),
                _ => self.action_end(part, &mut end),
            }
        }
        name.map_or(Says::Broken, |name| Says::Action { name, title, end })
    }

    /// `partial`, `oblige …`
    pub(super) fn action_end(&mut self, part: Pair<'s, Rule>, end: &mut ActionEnd<'s>) {
        match part.as_rule() {
            Rule::kw_partial => end.partial = Some(self.span(&part)),
            Rule::torn_oblige_clause | Rule::lost_oblige_clause => end.oblige.extend(self.obliges(part)),
            _ => self.fault(&part),
        }
    }
}
