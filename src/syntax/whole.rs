//! From the pairs of a text that has the form of the language to its tree. Says of nothing that it is wrong: a text with a fault
//! is refused, and read again by what knows faults.

use super::ast::{
    ActionEnd, Actions, Basis, Days, Declaration, Delegable, End, Field, Grant, Head, Held, Oblige, Requires, Retain,
    Retention, Rule as Line, Says, Selector, Sort, Statement, TypeName, Value, Word,
};
use super::grammar::Rule;
use super::parse::Reader;
use super::permit::day;
use crate::source::Span;
use crate::terms::bound::Bound;
use crate::terms::effect::RuleEffect;
use crate::terms::kind::Kind;
use crate::terms::level::Level;
use pest::iterators::{Pair, Pairs};

impl<'s> Reader<'s> {
    /// A declaration.
    pub(super) fn whole_declaration(&mut self, pair: &Pair<'s, Rule>) -> Declaration<'s> {
        let keyword = self.keyword_of(pair);
        let sort = sort_of(keyword.text);
        let mut parts = pair.clone().into_inner();
        let name = parts.next().map(|name| self.name(&name));
        self.refused |= name.is_some_and(|name| matches!(name.text, "about" | "formerly" | "delegable"));
        let mut made = Declaration {
            sort,
            keyword,
            name,
            title: None,
            urn: None,
            members: Vec::new(),
            head: head_of(sort),
            statements: Vec::with_capacity(if sort == Sort::Area { 0 } else { parts.len() }),
            declarations: Vec::new(),
            span: self.span(pair),
            wounded: false,
        };
        for part in parts {
            match part.as_rule() {
                Rule::statement => made.statements.push(self.whole_statement(&part)),
                Rule::string => made.title = Some(self.quoted(&part)),
                Rule::inner_package => made.declarations.push(self.whole_declaration(&part)),
                Rule::path => made.members.push(self.path(&part)),
                Rule::form => made.statements.push(self.whole_form(&part)),
                Rule::field => made.statements.push(self.whole_field_line(&part)),
                Rule::entity_allow => made.statements.push(self.whole_statement(&part)),
                Rule::urn_head => made.urn = Some(self.word(&part)),
                Rule::expression => made.head = Head::Condition(Box::new(self.expression(part, false))),
                Rule::every => made.head = self.every(part).map_or(Head::Plain, Head::Selector),
                _ => self.whole_head(&part, &mut made.head),
            }
        }
        if sort == Sort::Policy && !made.members.is_empty() {
            let members = std::mem::take(&mut made.members);
            self.refused |=
                members.first().and_then(|first| first.segments.first()).is_some_and(|one| one.text == "every");
            made.head = Head::Selector(Selector::Named(members));
        }
        made.statements.shrink_to_fit();
        made.declarations.shrink_to_fit();
        made
    }

    /// A part of a head that only one sort of declaration has.
    fn whole_head(&mut self, part: &Pair<'s, Rule>, head: &mut Head<'s>) {
        match head {
            Head::Values { values, .. } if part.as_rule() == Rule::name => values.push(self.name(part)),
            Head::Values { ascending, .. } => *ascending = true,
            Head::Parameters(fields) => fields.extend(self.whole_field(part.clone().into_inner())),
            Head::Action(end) => self.whole_end(part, end),
            _ => self.refused = true,
        }
    }

    /// `partial`, `oblige …`
    fn whole_end(&mut self, part: &Pair<'s, Rule>, end: &mut ActionEnd<'s>) {
        if part.as_rule() == Rule::partial {
            end.partial = Some(self.span(part));
        } else {
            self.whole_obliges(part, &mut end.oblige);
        }
    }

    /// The word that a declaration, a statement or a clause begins with.
    fn keyword_of(&self, pair: &Pair<'s, Rule>) -> Word<'s> {
        let text = pair.as_str();
        let length = text.bytes().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(text.len());
        let start = self.span(pair).start;
        let end = start + u32::try_from(length).unwrap_or(0);
        Word { text: text.get(..length).unwrap_or(text), span: Span { start, end } }
    }

    /// A line of a declaration, or beside the `module` line.
    pub(super) fn whole_statement(&mut self, pair: &Pair<'s, Rule>) -> Statement<'s> {
        let keyword = self.keyword_of(pair);
        let parts = pair.clone().into_inner();
        let says = match keyword.text {
            "grant" => self.whole_grant(parts),
            "urn" => self.whole_value(parts, |reader, part| reader.word(part)).map_or(Says::Broken, Says::Urn),
            "about" => self.whole_value(parts, |reader, part| reader.quoted(part)).map_or(Says::Broken, Says::About),
            "formerly" => self.whole_text(parts).map_or(Says::Broken, Says::Formerly),
            "delegable" => Says::Delegable(self.whole_delegable(parts)),
            "for" => Says::For(self.whole_list(parts, Self::kind)),
            "permit" | "forbid" | "never" => {
                let effect = RuleEffect::from_word(keyword.text).unwrap_or(RuleEffect::Permit);
                Says::Rule(Box::new(self.whole_rule(effect, parts)))
            }
            "action" => self.whole_action(parts),
            "held" => self.whole_held(parts),
            "from" => self.whole_value(parts, |reader, part| reader.path(part)).map_or(Says::Broken, Says::Source),
            "allow" => self.whole_allow(parts),
            "valid" => self.whole_days(parts).map_or(Says::Broken, Says::Valid),
            "any" => {
                let mut oblige = Vec::new();
                parts.for_each(|part| self.whole_obliges(&part, &mut oblige));
                Says::AnyAction(oblige)
            }
            "elements" => Says::Elements(self.whole_list(parts, Self::name)),
            "purposes" => Says::Purposes(self.whole_list(parts, Self::name)),
            "controller" => Says::Controller(self.whole_list(parts, Self::path)),
            "processor" => Says::Processor(self.whole_list(parts, Self::path)),
            "basis" => self.whole_bases(parts),
            "retain" => self.whole_retain(parts),
            "records" => self.whole_value(parts, |reader, part| reader.path(part)).map_or(Says::Broken, Says::Records),
            "target" => Says::Target(parts.map(|part| self.name(&part)).collect()),
            word => self.whole_property(word, parts),
        };
        self.refused |= matches!(says, Says::Broken);
        Statement { span: self.span(pair), keyword: keyword.span, says }
    }

    /// One value, or the question that stands for it.
    fn whole_value<T>(
        &mut self,
        mut parts: Pairs<'s, Rule>,
        given: impl Fn(&mut Self, &Pair<'s, Rule>) -> T,
    ) -> Option<Value<'s, T>> {
        let part = parts.next()?;
        Some(match part.as_rule() {
            Rule::question => Value::Undecided(self.quoted(&part)),
            _ => Value::Given(given(self, &part)),
        })
    }

    /// Several values, or the question that stands for them.
    fn whole_list<T>(
        &mut self,
        parts: Pairs<'s, Rule>,
        given: impl Fn(&mut Self, &Pair<'s, Rule>) -> T,
    ) -> Value<'s, Vec<T>> {
        let mut made = Vec::with_capacity(parts.len());
        for part in parts {
            if part.as_rule() == Rule::question {
                return Value::Undecided(self.quoted(&part));
            }
            made.push(given(self, &part));
        }
        Value::Given(made)
    }

    fn whole_text(&mut self, mut parts: Pairs<'s, Rule>) -> Option<Word<'s>> {
        parts.next().map(|part| self.quoted(&part))
    }

    fn kind(&mut self, pair: &Pair<'s, Rule>) -> Word<'s> {
        let word = self.word(pair);
        self.refused |= Kind::from_word(word.text).is_none();
        word
    }

    fn whole_property(&mut self, keyword: &str, parts: Pairs<'s, Rule>) -> Says<'s> {
        let Some(value) = self.whole_value(parts, |reader, part| reader.word(part)) else {
            return Says::Broken;
        };
        if let Value::Given(word) = value {
            self.refused |= match keyword {
                "code" => super::parse::is_reserved(word.text),
                "data" => Level::from_word(word.text).is_none(),
                _ => !matches!(word.text, "yes" | "no"),
            };
        }
        match keyword {
            "services" => Says::Services(value),
            "data" => Says::Data(value),
            "code" => Says::Code(value),
            "key" => Says::Key(value),
            "covers" => Says::Covers(value),
            "agent" => Says::Agent(value),
            _ => Says::Broken,
        }
    }

    fn whole_held(&mut self, parts: Pairs<'s, Rule>) -> Says<'s> {
        let mut held = Held { by: Vec::new(), of: None };
        for part in parts {
            match part.as_rule() {
                Rule::question => return Says::Held(Value::Undecided(self.quoted(&part))),
                Rule::held_for => held.of = Some(part.into_inner().map(|kind| self.kind(&kind)).collect()),
                _ => held.by.push(self.kind(&part)),
            }
        }
        Says::Held(Value::Given(held))
    }

    fn whole_delegable(&mut self, parts: Pairs<'s, Rule>) -> Delegable<'s> {
        let mut to = Vec::with_capacity(parts.len());
        let (mut onward, mut when) = (false, None);
        for part in parts {
            match part.as_rule() {
                Rule::question => return Delegable::Undecided(self.quoted(&part)),
                Rule::no => return Delegable::No,
                Rule::onward => onward = true,
                Rule::expression => when = Some(Box::new(self.expression(part, false))),
                _ => to.push(self.path(&part)),
            }
        }
        Delegable::To { to, onward, when }
    }

    fn whole_grant(&mut self, parts: Pairs<'s, Rule>) -> Says<'s> {
        let to = Vec::with_capacity(parts.len());
        let mut grant = Grant { gives_use: true, gives_delegation: true, to, undecided: None, days: None, when: None };
        for part in parts {
            match part.as_rule() {
                Rule::path => grant.to.push(self.path(&part)),
                Rule::question => self.once(&mut grant.undecided, |reader| reader.quoted(&part)),
                Rule::gives => {
                    grant.gives_use = part.as_str() == "use";
                    grant.gives_delegation = !grant.gives_use;
                }
                Rule::expression => self.once(&mut grant.when, |reader| reader.expression(part, false)),
                _ => self.whole_day(&part, &mut grant.days),
            }
        }
        grant.to.shrink_to_fit();
        Says::Grant(Box::new(grant))
    }

    /// Fills what may be said once.
    fn once<T>(&mut self, slot: &mut Option<T>, read: impl FnOnce(&mut Self) -> T) {
        self.refused |= slot.is_some();
        *slot = Some(read(self));
    }

    fn whole_days(&mut self, parts: Pairs<'s, Rule>) -> Option<Days> {
        let mut days = None;
        parts.for_each(|part| self.whole_day(&part, &mut days));
        days
    }

    /// `from D`, `before D`
    fn whole_day(&mut self, part: &Pair<'s, Rule>, days: &mut Option<Days>) {
        let span = self.span(part);
        let text = part.as_str();
        let found = text.get(text.len().saturating_sub(10)..).and_then(day);
        self.refused |= found.is_none();
        let days = days.get_or_insert(Days { from: None, before: None, span });
        days.span = days.span.to(span);
        let slot = if part.as_rule() == Rule::from_clause { &mut days.from } else { &mut days.before };
        self.refused |= slot.is_some();
        *slot = found;
    }

    fn whole_allow(&mut self, mut parts: Pairs<'s, Rule>) -> Says<'s> {
        match (parts.next(), parts.next()) {
            (Some(code), Some(why)) => Says::Allow { code: self.name(&code), why: self.quoted(&why) },
            _ => Says::Broken,
        }
    }

    fn whole_action(&mut self, mut parts: Pairs<'s, Rule>) -> Says<'s> {
        let Some(name) = parts.next().map(|part| self.name(&part)) else {
            return Says::Broken;
        };
        let (mut title, mut end) = (None, Box::<ActionEnd<'_>>::default());
        for part in parts {
            match part.as_rule() {
                Rule::string => title = Some(self.quoted(&part)),
                _ => self.whole_end(&part, &mut end),
            }
        }
        Says::Action { name, title, end }
    }

    fn whole_rule(&mut self, effect: RuleEffect, parts: Pairs<'s, Rule>) -> Line<'s> {
        let mut made = Line::of(effect);
        for part in parts {
            let rule = part.as_rule();
            if !matches!(rule, Rule::actions | Rule::any_action_words | Rule::string) {
                made.clauses.push(self.keyword_of(&part).span);
            }
            match rule {
                Rule::actions => {
                    made.actions = Actions::Named(part.into_inner().map(|name| self.name(&name)).collect());
                }
                Rule::any_action_words => made.actions = Actions::Any(self.span(&part)),
                Rule::string => made.title = Some(self.quoted(&part)),
                Rule::to_clause => made.to.extend(part.into_inner().map(|path| self.path(&path))),
                Rule::of_clause => {
                    let names = part.into_inner().map(|name| self.name(&name));
                    made.of.get_or_insert_default().extend(names);
                }
                Rule::requires_clause => {
                    let read =
                        |reader: &mut Self| part.into_inner().next().and_then(|inner| reader.whole_requires(inner));
                    self.refused |= made.requires.is_some();
                    made.requires = read(self);
                }
                Rule::when_clause => {
                    for condition in part.into_inner() {
                        self.once(&mut made.when, |reader| reader.expression(condition, false));
                    }
                }
                Rule::oblige_clause => self.whole_obliges(&part, &mut made.oblige),
                _ => self.whole_day(&part, &mut made.days),
            }
        }
        made
    }

    /// Packages joined by `and`, or by `or`.
    fn whole_requires(&mut self, pair: Pair<'s, Rule>) -> Option<Requires<'s>> {
        let span = self.span(&pair);
        let mut terms = Vec::new();
        let mut joined: Option<&str> = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => terms.push(Requires::Package(self.path(&part))),
                Rule::parenthesised => {
                    terms.extend(part.into_inner().next().and_then(|inner| self.whole_requires(inner)));
                }
                _ => {
                    let word = part.as_str();
                    self.refused |= joined.is_some_and(|before| before != word);
                    joined = Some(word);
                }
            }
        }
        match (terms.len(), joined) {
            (0 | 1, _) => terms.pop(),
            (_, Some("and")) => Some(Requires::And(terms, span)),
            _ => Some(Requires::Or(terms, span)),
        }
    }

    /// `oblige a(b: c), d`
    fn whole_obliges(&mut self, pair: &Pair<'s, Rule>, made: &mut Vec<Oblige<'s>>) {
        for part in pair.clone().into_inner() {
            let span = self.span(&part);
            let mut inner = part.into_inner();
            let Some(name) = inner.next().map(|name| self.path(&name)) else { continue };
            let mut arguments = Vec::new();
            for argument in inner {
                let mut halves = argument.into_inner();
                if let (Some(name), Some(value)) = (halves.next(), halves.next()) {
                    arguments.push((self.name(&name), self.operand(value)));
                }
            }
            made.push(Oblige { name, arguments, span });
        }
    }

    fn whole_bases(&mut self, parts: Pairs<'s, Rule>) -> Says<'s> {
        let all = parts.map(|part| match part.as_rule() {
            Rule::question => Value::Undecided(self.quoted(&part)),
            Rule::article => Value::Given(Basis::Gdpr(self.word(&part))),
            _ => Value::Given(Basis::Law(self.quoted(&part))),
        });
        let all: Vec<Value<'s, Basis<'s>>> = all.collect();
        Says::Basis(match all.as_slice() {
            [Value::Undecided(question)] => Value::Undecided(*question),
            _ => Value::Given(all),
        })
    }

    fn whole_retain(&mut self, parts: Pairs<'s, Rule>) -> Says<'s> {
        let mut rules = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::question => return Says::Retain(Value::Undecided(self.quoted(&part))),
                Rule::forever => return Says::Retain(Value::Given(Retain::Forever)),
                _ => rules.push(self.whole_retention(part)),
            }
        }
        Says::Retain(Value::Given(Retain::Rules(rules)))
    }

    fn whole_retention(&mut self, pair: Pair<'s, Rule>) -> Retention<'s> {
        let span = self.span(&pair);
        let (mut bound, mut ends) = (Bound::Exactly, Vec::new());
        for part in pair.into_inner() {
            if part.as_rule() == Rule::bound {
                bound = if part.as_str().ends_with("most") { Bound::AtMost } else { Bound::AtLeast };
                continue;
            }
            let mut after = None;
            for inner in part.into_inner() {
                match inner.as_rule() {
                    Rule::duration => after = self.duration(inner),
                    _ => ends.push(End { after: after.take(), of: self.sum(inner) }),
                }
            }
        }
        Retention { bound, ends, span }
    }

    fn whole_form(&mut self, pair: &Pair<'s, Rule>) -> Statement<'s> {
        let mut parts = pair.clone().into_inner();
        match (parts.next(), parts.next()) {
            (Some(sort), Some(urn)) if urn.as_rule() == Rule::urn_text => {
                let (sort, urn) = (self.word(&sort), self.word(&urn));
                Statement { span: self.span(pair), keyword: sort.span, says: Says::Form { sort, urn } }
            }
            _ => self.whole_statement(pair),
        }
    }

    fn whole_field_line(&mut self, pair: &Pair<'s, Rule>) -> Statement<'s> {
        let span = self.span(pair);
        match self.whole_field(pair.clone().into_inner()) {
            Some(field) => Statement { span, keyword: field.name.span, says: Says::Field(Box::new(field)) },
            None => Statement { span, keyword: span, says: Says::Broken },
        }
    }

    /// A name and its type.
    fn whole_field(&mut self, mut parts: Pairs<'s, Rule>) -> Option<Field<'s>> {
        let (name, kind) = (parts.next()?, parts.next()?);
        let name = self.name(&name);
        let span = self.span(&kind);
        let (mut set, mut of, mut or_none) = (false, None, false);
        for part in kind.into_inner() {
            match part.as_rule() {
                Rule::set_of => set = true,
                Rule::path => of = Some(self.path(&part)),
                _ => or_none = true,
            }
        }
        Some(Field { name, of: Some(TypeName { set, name: of?, or_none, span }) })
    }

    fn every(&mut self, pair: Pair<'s, Rule>) -> Option<Selector<'s>> {
        let (mut sort, mut module, mut condition) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => sort = Some(self.name(&part)),
                Rule::path => module = Some(self.path(&part)),
                _ => condition = Some(Box::new(self.expression(part, false))),
            }
        }
        sort.map(|sort| Selector::Every { sort, module, condition })
    }
}

fn sort_of(keyword: &str) -> Sort {
    match keyword {
        "namespace" => Sort::Namespace,
        "organisation" => Sort::Organisation,
        "role" => Sort::Role,
        "group" => Sort::Group,
        "area" => Sort::Area,
        "package" => Sort::Package,
        "service" => Sort::Service,
        "register" => Sort::Register,
        "policy" => Sort::Policy,
        "entity" => Sort::Entity,
        "enum" => Sort::Enum,
        "condition" => Sort::Condition,
        "obligation" => Sort::Obligation,
        "action" => Sort::Action,
        _ => Sort::Lost,
    }
}

/// What the head of a declaration is before it is read.
fn head_of<'s>(sort: Sort) -> Head<'s> {
    match sort {
        Sort::Obligation => Head::Parameters(Vec::new()),
        Sort::Action => Head::Action(ActionEnd::default()),
        Sort::Enum => Head::Values { values: Vec::new(), ascending: false },
        _ => Head::Plain,
    }
}
