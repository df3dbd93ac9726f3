//! From the pairs of the grammar to what entities and registers say: attributes, bases, purposes, retention, and the heads
//! of vocabulary. Whether what is named exists is not asked.

use super::ast::{Basis, End, Field, Head, Retain, Retention, Says, Selector, Statement, TypeName, Value};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use crate::source::Span;
use crate::terms::bound::Bound;
use pest::iterators::Pair;

impl<'s> Reader<'s> {
    /// An attribute of an entity.
    pub(super) fn field_line(&mut self, pair: Pair<'s, Rule>, span: Span) -> Statement<'s> {
        match self.field(pair) {
            Some(field) => Statement { span, keyword: field.name.span, says: Says::Field(Box::new(field)) },
            None => Statement { span, keyword: Span { start: span.start, end: span.start }, says: Says::Broken },
        }
    }

    /// A name and its type.
    fn field(&mut self, pair: Pair<'s, Rule>) -> Option<Field<'s>> {
        let (mut name, mut of) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => {
                    name = Some(self.word(&part));
                    self.keyword = part.as_str();
                }
                Rule::torn_type_name => of = self.type_name(part),
                Rule::torn_or_none => {}
                _ => self.fault(&part),
            }
        }
        name.map(|name| Field { name, of })
    }

    fn type_name(&mut self, pair: Pair<'s, Rule>) -> Option<TypeName<'s>> {
        let span = self.span(&pair);
        let (mut set, mut name, mut or_none) = (false, None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_set | Rule::kw_of => set = true,
                Rule::torn_path => name = Some(self.path(&part)),
                Rule::torn_or_none => {
                    or_none = true;
                    let marks = part.into_inner().filter(|mark| mark.as_rule() != Rule::kw_none);
                    marks.for_each(|mark| self.fault(&mark));
                }
                _ => self.fault(&part),
            }
        }
        name.map(|name| TypeName { set, name, or_none, span })
    }

    /// The values of an enum.
    pub(super) fn enum_values(&mut self, pair: Pair<'s, Rule>) -> Head<'s> {
        let mut values = Vec::new();
        let (mut commas, mut ascending, mut mixed) = (false, false, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => values.push(self.word(&part)),
                Rule::comma | Rule::torn_ascending => {
                    let up = part.as_rule() == Rule::torn_ascending;
                    if !mixed && (up && commas || !up && ascending) {
                        mixed = true;
                        let finding = expected::mixed_values(self.place(self.span(&part)));
                        self.report(finding);
                    }
                    commas |= !up;
                    ascending |= up;
                }
                _ => self.fault(&part),
            }
        }
        Head::Values { values, ascending }
    }

    /// A parameter of an obligation.
    pub(super) fn parameter(&mut self, pair: Pair<'s, Rule>) -> Option<Field<'s>> {
        self.field(pair)
    }

    /// `for a, b`, `for every register …`
    pub(super) fn selector(&mut self, pair: Pair<'s, Rule>) -> Option<Selector<'s>> {
        let mut made = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_for => self.keyword = "for",
                Rule::path_list => made = Some(Selector::Named(self.paths(part))),
                Rule::torn_every => {
                    let (mut sort, mut module, mut condition) = (None, None, None);
                    for inner in part.into_inner() {
                        match inner.as_rule() {
                            Rule::word => sort = Some(self.word(&inner)),
                            Rule::torn_path => module = Some(self.path(&inner)),
                            Rule::where_clause => condition = self.condition(inner).map(Box::new),
                            _ => {
                                self.keyword = "every";
                                self.fault(&inner);
                            }
                        }
                    }
                    made = sort.map(|sort| Selector::Every { sort, module, condition });
                }
                _ => self.fault(&part),
            }
        }
        made
    }

    /// `records of disclosure`
    pub(super) fn records(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let (marks, parts): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .filter(|part| part.as_rule() != Rule::kw_of)
            .partition(|part| part.as_rule() == Rule::lost_of);
        marks.iter().for_each(|mark| self.fault(mark));
        match self.value(parts, |reader, part| reader.path_or_fault(part)) {
            Some(Value::Given(Some(path))) => Says::Records(Value::Given(path)),
            Some(Value::Undecided(question)) => Says::Records(Value::Undecided(question)),
            _ => Says::Broken,
        }
    }

    /// Legal bases with commas between them.
    pub(super) fn bases(&mut self, pair: Pair<'s, Rule>) -> Vec<Value<'s, Basis<'s>>> {
        let mut made = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::torn_gdpr | Rule::torn_law => made.extend(self.basis(part).map(Value::Given)),
                Rule::lost_law => {
                    self.fault(&part);
                    made.push(Value::Given(Basis::Law(self.quoted(&part))));
                }
                Rule::torn_undecided => made.push(Value::Undecided(self.question(part))),
                _ => self.fault(&part),
            }
        }
        made
    }

    /// `retain …`
    pub(super) fn retain(&mut self, parts: Vec<Pair<'s, Rule>>) -> Says<'s> {
        let mut rules = Vec::new();
        for part in parts {
            match part.as_rule() {
                Rule::torn_undecided | Rule::bad_text => return Says::Retain(Value::Undecided(self.question(part))),
                Rule::kw_forever => return Says::Retain(Value::Given(Retain::Forever)),
                Rule::torn_retention => rules.extend(self.retention(part)),
                _ => self.fault(&part),
            }
        }
        if rules.is_empty() { Says::Broken } else { Says::Retain(Value::Given(Retain::Rules(rules))) }
    }

    fn retention(&mut self, pair: Pair<'s, Rule>) -> Option<Retention<'s>> {
        let span = self.span(&pair);
        let (mut bound, mut ends) = (Bound::Exactly, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_bound if part.as_str().ends_with("most") => bound = Bound::AtMost,
                Rule::kw_bound => bound = Bound::AtLeast,
                Rule::torn_end_of => ends.extend(self.end_of(part)),
                _ => self.fault(&part),
            }
        }
        (!ends.is_empty()).then_some(Retention { bound, ends, span })
    }

    fn end_of(&mut self, pair: Pair<'s, Rule>) -> Option<End<'s>> {
        let (mut after, mut of) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_until => self.keyword = "until",
                Rule::torn_duration => {
                    after = self.duration(part);
                    self.keyword = "after";
                }
                Rule::torn_sum => of = Some(self.sum(part)),
                _ => self.fault(&part),
            }
        }
        of.map(|of| End { after, of })
    }
}
