//! From the pairs of the grammar to conditions: operators bind as the language says, in the order that the grammar gives
//! operands and operators. Looks no name up and gives nothing a type.

use super::ast::{Basis, Duration, Expression, Path, Term, Word};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use super::split::DEEPEST;
use crate::source::Span;
use crate::terms::operator::Operator;
use pest::iterators::{Pair, Pairs};
use std::iter::Peekable;

/// The parts of one condition, in order.
type Parts<'s> = Peekable<Pairs<'s, Rule>>;

impl<'s> Reader<'s> {
    /// The condition of a clause: `when`, `where`, or what stands after a `=`.
    pub(super) fn condition(&mut self, pair: Pair<'s, Rule>) -> Option<Expression<'s>> {
        let (mut made, mut unopened) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::torn_expression | Rule::some_expression => made = Some(part),
                Rule::bad_paren => unopened = Some(part),
                Rule::kw_when | Rule::kw_where => self.keyword = part.as_str(),
                _ => self.fault(&part),
            }
        }
        made.map(|part| self.unopened(part, unopened))
    }

    /// A condition with what is left behind it of a part that lost its opening mark.
    pub(super) fn unopened(&mut self, expression: Pair<'s, Rule>, mark: Option<Pair<'s, Rule>>) -> Expression<'s> {
        let mut made = self.expression(expression, mark.is_some());
        if let Some(mark) = mark {
            self.fault(&mark);
            made.says = Term::Broken;
        }
        made
    }

    /// Operands and operators. `quiet`: a fault is known already, and what follows from it is none.
    pub(super) fn expression(&mut self, pair: Pair<'s, Rule>, quiet: bool) -> Expression<'s> {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::expression {
            return self.any_of(&mut pair.into_inner().peekable(), quiet);
        }
        let mut parts = pair.into_inner();
        let mark = parts.clone().find(|part| {
            matches!(
                part.as_rule(),
                Rule::lost_infix
                    | Rule::lost_infix_here
                    | Rule::bad_dot
                    | Rule::bad_whom
                    | Rule::bad_operator
                    | Rule::bad_bracket
            )
        });
        let Some(mark) = mark else {
            let lost = parts.clone().any(|part| part.as_rule() == Rule::lost_operand);
            return self.any_of(&mut parts.peekable(), quiet || lost);
        };
        // How the rest binds is not known; what stands within it is read all the same. One fault is said: the first.
        let first = parts.clone().find(|part| part.as_rule() == Rule::lost_operand || *part == mark);
        if !quiet {
            self.fault(&first.unwrap_or(mark));
        }
        for part in parts.by_ref() {
            match part.as_rule() {
                Rule::torn_bracketed
                | Rule::torn_listed
                | Rule::torn_list
                | Rule::torn_quantifier
                | Rule::torn_undecided => {
                    self.operand(part);
                }
                _ => {}
            }
        }
        Expression { span, says: Term::Broken }
    }

    /// `a or b`, `a and b`: one of the two words in one condition.
    fn any_of(&mut self, parts: &mut Parts<'s>, mut quiet: bool) -> Expression<'s> {
        let first = self.negated(parts, quiet);
        let mut joined: Option<&str> = None;
        let mut all = vec![first];
        while let Some(part) = parts.next() {
            let word = part.as_str();
            if joined.is_some_and(|before| before != word) && !quiet {
                quiet = true;
                let finding = expected::mixed(word, self.place(self.span(&part)));
                self.report(finding);
            }
            joined.get_or_insert(word);
            all.push(self.negated(parts, quiet));
        }
        let span = all.first().map_or(Span::new(0, 0), |one| one.span);
        let span = all.last().map_or(span, |last| span.to(last.span));
        let says = match (all.len(), joined) {
            (1, _) => return all.pop().unwrap_or(Expression { span, says: Term::Broken }),
            (_, Some("and")) => Term::And(all),
            _ => Term::Or(all),
        };
        Expression { span, says }
    }

    /// `not a`
    fn negated(&mut self, parts: &mut Parts<'s>, quiet: bool) -> Expression<'s> {
        let mut words = Vec::new();
        while let Some(part) = parts.next_if(|part| is_not(part)) {
            words.push(self.span(&part));
        }
        let mut made = self.compared(parts, quiet);
        if let Some(first) = words.get(self.room()) {
            self.too_deep(*first);
            made.says = Term::Broken;
            return made;
        }
        for word in words.into_iter().rev() {
            made = Expression { span: word.to(made.span), says: Term::Not(Box::new(made)) };
        }
        made
    }

    /// `a == b`: once.
    fn compared(&mut self, parts: &mut Parts<'s>, mut quiet: bool) -> Expression<'s> {
        let mut made = self.held_or_is(parts, quiet);
        let mut compared = false;
        while let Some(part) = parts.next_if(|part| is_comparison(part)) {
            let place = self.span(&part);
            if compared && !quiet {
                quiet = true;
                let finding = expected::chained(part.as_str(), self.place(place));
                self.report(finding);
            }
            let mut other = None;
            while let Some(not) = parts.next_if(|part| is_not(part)) {
                if !quiet {
                    quiet = true;
                    let finding = expected::misplaced_not(part.as_str(), self.place(self.span(&not)));
                    self.report(finding);
                }
                other = Some(());
            }
            let right = self.held_or_is(parts, quiet);
            let span = made.span.to(right.span);
            let says = match Operator::from_word(part.as_str()) {
                Some(operator) if !compared && other.is_none() => {
                    Term::Compare(operator, place, Box::new((made, right)))
                }
                _ => Term::Broken,
            };
            made = Expression { span, says };
            compared = true;
        }
        made
    }

    /// `X is R [for Y]`, `X holds P for Y`: once.
    fn held_or_is(&mut self, parts: &mut Parts<'s>, mut quiet: bool) -> Expression<'s> {
        let mut made = self.shifted(parts, quiet);
        let mut again = false;
        while let Some(part) = parts.next_if(|part| is_relation(part)) {
            if again && !quiet {
                quiet = true;
                let finding = expected::chained(part.as_str(), self.place(self.span(&part)));
                self.report(finding);
            }
            let holds = part.as_str() == "holds";
            let at = self.span(&part);
            self.keyword = part.as_str();
            let mut named = None;
            let mut end = at;
            if let Some(name) =
                parts.next_if(|part| matches!(part.as_rule(), Rule::path | Rule::torn_path | Rule::lost_item))
            {
                if name.as_rule() != Rule::lost_item {
                    let path = self.path(&name);
                    end = path.span;
                    named = Some(path);
                } else {
                    self.fault(&name);
                    quiet = true;
                }
            }
            let mut party = None;
            if let Some(whom) = parts.next_if(|part| matches!(part.as_rule(), Rule::whom | Rule::torn_whom)) {
                let one = self.whom(whom);
                end = one.span;
                party = Some(Box::new(one));
            }
            let span = made.span.to(end);
            let says = match named {
                Some(package) if holds && !again => Term::Holds { who: Box::new(made), package, party },
                Some(role) if !again => Term::Is { who: Box::new(made), role, party },
                _ => Term::Broken,
            };
            made = Expression { span, says };
            again = true;
        }
        made
    }

    fn whom(&mut self, pair: Pair<'s, Rule>) -> Expression<'s> {
        let mut span = self.span(&pair);
        for part in pair.into_inner() {
            if part.as_rule() == Rule::kw_for {
                span = self.span(&part);
                self.keyword = "for";
            } else {
                return self.operand(part);
            }
        }
        Expression { span, says: Term::Broken }
    }

    /// `a + 16 years`
    fn shifted(&mut self, parts: &mut Parts<'s>, quiet: bool) -> Expression<'s> {
        let mut made = match parts.next() {
            Some(part) => self.operand_or_not(part, quiet),
            None => Expression { span: Span::new(0, 0), says: Term::Broken },
        };
        let mut shifts = 0;
        while let Some(part) = parts.next_if(|part| part.as_rule() == Rule::shift) {
            shifts += 1;
            let by = match parts.next() {
                Some(part) => self.operand_or_not(part, quiet),
                None => Expression { span: self.span(&part), says: Term::Broken },
            };
            let span = made.span.to(by.span);
            if shifts > self.room() {
                if shifts == self.room() + 1 {
                    self.too_deep(self.span(&part));
                }
                made = Expression { span, says: Term::Broken };
                continue;
            }
            let back = part.as_str() == "-";
            made = Expression { span, says: Term::Shift { from: Box::new(made), back, by: Box::new(by) } };
        }
        made
    }

    /// An operand; where an operator stands there instead, a fault was reported before.
    fn operand_or_not(&mut self, part: Pair<'s, Rule>, quiet: bool) -> Expression<'s> {
        if part.as_rule() == Rule::kw_not {
            let span = self.span(&part);
            if !quiet {
                let finding = expected::misplaced_not("+", self.place(span));
                self.report(finding);
            }
            return Expression { span, says: Term::Broken };
        }
        self.operand(part)
    }

    /// What can be moved: a date after which something is due.
    pub(super) fn sum(&mut self, pair: Pair<'s, Rule>) -> Expression<'s> {
        let mut parts = pair.into_inner().peekable();
        let mut made = self.shifted(&mut parts, false);
        for mark in parts {
            self.fault(&mark);
            made.says = Term::Broken;
        }
        made
    }

    /// An operand.
    pub(super) fn operand(&mut self, pair: Pair<'s, Rule>) -> Expression<'s> {
        let span = self.span(&pair);
        let text = pair.as_str();
        let says = match pair.as_rule() {
            Rule::path if matches!(text, "true" | "false") => Term::Bool(text == "true"),
            Rule::path if text == "none" => Term::None,
            Rule::path | Rule::torn_path => {
                let path = self.path(&pair);
                return Expression { span: path.span, says: Term::Path(path) };
            }
            Rule::string | Rule::lost_quote => Term::String(self.quoted(&pair).text),
            Rule::constant => match text {
                "true" => Term::Bool(true),
                "false" => Term::Bool(false),
                _ => Term::None,
            },
            Rule::number | Rule::integer | Rule::date => self.number(text, span),
            Rule::datetime | Rule::moment => self.datetime(text, span),
            Rule::duration | Rule::torn_duration => self.duration(pair).map_or(Term::Broken, Term::Duration),
            Rule::torn_gdpr | Rule::torn_law => self.basis(pair).map_or(Term::Broken, Term::Basis),
            Rule::announced => self.announced(pair),
            Rule::torn_undecided => Term::Undecided(self.question(pair)),
            Rule::bracketed | Rule::torn_bracketed | Rule::torn_listed => return self.bracketed(pair, span),
            Rule::list | Rule::torn_list => self.deeper(span, |reader| Term::List(reader.list(pair))),
            Rule::quantifier | Rule::torn_quantifier => self.deeper(span, |reader| reader.quantifier(pair)),
            Rule::torn_permitted => {
                let mut says = Term::Broken;
                for part in pair.into_inner() {
                    match part.as_rule() {
                        Rule::torn_path => says = Term::Permitted(self.path(&part)),
                        _ => self.fault(&part),
                    }
                }
                says
            }
            _ => {
                self.fault(&pair);
                Term::Broken
            }
        };
        Expression { span, says }
    }

    /// `permitted …`, a legal basis, or an open question.
    fn announced(&mut self, pair: Pair<'s, Rule>) -> Term<'s> {
        let Some(part) = pair.into_inner().next() else { return Term::Broken };
        match part.as_rule() {
            Rule::path => Term::Permitted(self.path(&part)),
            Rule::article => Term::Basis(Basis::Gdpr(self.word(&part))),
            Rule::law_name => Term::Basis(Basis::Law(self.quoted(&part))),
            _ => Term::Undecided(self.quoted(&part)),
        }
    }

    /// Reads one level deeper, unless it is too deep.
    fn deeper(&mut self, span: Span, read: impl FnOnce(&mut Self) -> Term<'s>) -> Term<'s> {
        if self.room() == 0 {
            self.too_deep(span);
            return Term::Broken;
        }
        self.depth += 1;
        let made = read(self);
        self.depth -= 1;
        made
    }

    /// How many levels there still may be.
    fn room(&self) -> usize {
        DEEPEST.saturating_sub(self.depth)
    }

    fn too_deep(&mut self, span: Span) {
        self.module.wounded = true;
        if std::mem::replace(&mut self.deep, true) {
            return;
        }
        let start = span.start as usize;
        let finding = expected::condition_too_deep(self.place(Span::new(start, start + 1)), DEEPEST);
        self.report(finding);
    }

    fn bracketed(&mut self, pair: Pair<'s, Rule>, span: Span) -> Expression<'s> {
        let says = self.deeper(span, |reader| {
            let mut says = None;
            let parts = pair.into_inner();
            let colon = parts.clone().find(|part| part.as_rule() == Rule::bad_colon);
            for part in parts {
                match part.as_rule() {
                    Rule::expression | Rule::torn_expression | Rule::listed_expression if colon.is_none() => {
                        says = Some(reader.expression(part, false).says)
                    }
                    Rule::torn_expression | Rule::listed_expression => {}
                    _ => reader.fault(&part),
                }
            }
            says.unwrap_or(Term::Broken)
        });
        Expression { span, says }
    }

    fn list(&mut self, pair: Pair<'s, Rule>) -> Vec<Expression<'s>> {
        let mut made = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::lost_comma | Rule::lost_after_comma | Rule::lost_bracket => self.fault(&part),
                _ => made.push(self.operand(part)),
            }
        }
        made
    }

    fn quantifier(&mut self, pair: Pair<'s, Rule>) -> Term<'s> {
        let mut all = pair.as_str().starts_with("all");
        let (mut variable, mut set, mut body) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_quantifier => {
                    all = part.as_str() == "all";
                    self.keyword = part.as_str();
                }
                Rule::name => variable = Some(self.name(&part)),
                Rule::word => variable = Some(self.word(&part)),
                Rule::sum | Rule::torn_sum => set = Some(Box::new(self.sum(part))),
                Rule::expression | Rule::torn_expression => body = Some(Box::new(self.expression(part, false))),
                _ => self.fault(&part),
            }
        }
        match (variable, set, body) {
            (Some(variable), Some(set), Some(body)) => Term::Each { all, variable, set, body },
            _ => Term::Broken,
        }
    }

    /// Digits, or a day.
    fn number(&mut self, text: &'s str, span: Span) -> Term<'s> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Term::Integer(text);
        }
        if super::permit::day(text).is_some() {
            return Term::Date(text);
        }
        let finding = expected::malformed_date(text, self.place(span));
        self.report(finding);
        Term::Broken
    }

    /// A moment with its offset.
    fn datetime(&mut self, text: &'s str, span: Span) -> Term<'s> {
        let offset = text.ends_with('Z') || text.get(text.len().saturating_sub(6)..).is_some_and(is_offset);
        if offset && text.parse::<jiff::Timestamp>().is_ok() {
            return Term::DateTime(text);
        }
        let finding = expected::malformed_moment(text, self.place(span));
        self.report(finding);
        Term::Broken
    }

    pub(super) fn duration(&mut self, pair: Pair<'s, Rule>) -> Option<Duration<'s>> {
        let (mut amount, mut unit) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::amount | Rule::torn_amount => amount = Some(self.word(&part)),
                Rule::unit => unit = Some(self.word(&part)),
                _ => self.fault(&part),
            }
        }
        Some(Duration { amount: amount?, unit: unit? })
    }

    /// One legal basis.
    pub(super) fn basis(&mut self, pair: Pair<'s, Rule>) -> Option<Basis<'s>> {
        let law = pair.as_rule() == Rule::torn_law;
        let mut said: Option<Word<'s>> = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_gdpr | Rule::kw_law => self.keyword = part.as_str(),
                Rule::article => said = Some(self.word(&part)),
                rule if Self::is_text(rule) => said = Some(self.quoted(&part)),
                _ => self.fault(&part),
            }
        }
        said.map(if law { Basis::Law } else { Basis::Gdpr })
    }

    /// A path, or a fault.
    pub(super) fn path_or_fault(&mut self, pair: Pair<'s, Rule>) -> Option<Path<'s>> {
        if pair.as_rule() == Rule::torn_path {
            return Some(self.path(&pair));
        }
        self.fault(&pair);
        None
    }
}

fn is_not(part: &Pair<'_, Rule>) -> bool {
    matches!(part.as_rule(), Rule::not | Rule::kw_not)
}

fn is_comparison(part: &Pair<'_, Rule>) -> bool {
    matches!(part.as_rule(), Rule::compare | Rule::contained | Rule::torn_compare)
}

fn is_relation(part: &Pair<'_, Rule>) -> bool {
    matches!(part.as_rule(), Rule::is | Rule::holds | Rule::kw_is | Rule::kw_holds)
}

/// `+01:00`
fn is_offset(text: &str) -> bool {
    matches!(text.as_bytes(), [b'+' | b'-', a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()))
}
