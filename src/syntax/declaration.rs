//! From the pairs of a text with faults to its declarations: what was lost is marked where it was lost, and the rest of the
//! declaration stands. The sentences are in `expected`.

use super::ast::{ActionEnd, Declaration, Head, Says, Sort, Statement, Word};
use super::expected;
use super::grammar::Rule;
use super::parse::{Reader, end_before};
use crate::source::Span;
use pest::iterators::Pair;

impl<'s> Reader<'s> {
    /// A declaration, whatever it lost.
    pub(super) fn declaration(&mut self, pair: Pair<'s, Rule>) -> Declaration<'s> {
        let outer = (self.wounded, self.owner, self.keyword, self.inside);
        let before = self.count();
        // Text behind a fault that fits nowhere follows from it.
        let mut faulted: Option<bool> = None;
        self.wounded = false;
        self.inside = false;
        self.keyword = "";
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let mut made = Declaration {
            sort: sort_of(rule),
            keyword: Word { text: "", span: Span { start: span.start, end: span.start } },
            name: None,
            title: None,
            urn: None,
            members: Vec::new(),
            head: head_of(rule),
            statements: Vec::new(),
            declarations: Vec::new(),
            span,
            wounded: false,
        };
        self.owner = (keyword_of(rule), None);
        let mut braces = Vec::new();
        let (mut expression, mut unopened) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_namespace
                | Rule::kw_organisation
                | Rule::kw_role
                | Rule::kw_group
                | Rule::kw_area
                | Rule::kw_package
                | Rule::kw_service
                | Rule::kw_register
                | Rule::kw_policy
                | Rule::kw_entity
                | Rule::kw_enum
                | Rule::kw_condition
                | Rule::kw_obligation
                | Rule::kw_action => {
                    made.keyword = self.word(&part);
                    self.owner.0 = part.as_str();
                    self.keyword = part.as_str();
                }
                Rule::bad_keyword => {
                    made.keyword = self.word(&part);
                    self.fault(&part);
                }
                Rule::word if made.name.is_none() => {
                    made.name = Some(self.word(&part));
                    self.owner.1 = Some(part.as_str());
                    if made.sort == Sort::Lost && made.keyword.text.is_empty() {
                        self.lost_keyword(&part);
                    }
                }
                found if Self::is_text(found) => made.title = Some(self.quoted(&part)),
                Rule::raw_head => made.urn = Some(self.word(&part)),
                Rule::path_list => made.members = self.paths(part),
                Rule::open => self.inside = !matches!(made.sort, Sort::Area | Sort::Lost),
                // Perhaps the values of an enum, that nobody may then call unknown.
                Rule::lost_rest => self.module.hides = true,
                Rule::bad_head if self.count() != before => {}
                Rule::bad_head => self.fault(&part),
                Rule::selector => made.head = self.selector(part).map_or(Head::Plain, Head::Selector),
                Rule::enum_values => made.head = self.enum_values(part),
                Rule::torn_parameter => {
                    let added = self.parameter(part);
                    if let Head::Parameters(all) = &mut made.head {
                        all.extend(added);
                    }
                }
                Rule::torn_expression if self.owner.0 == "condition" => {
                    expression = Some(part);
                }
                Rule::bad_paren if expression.is_some() => unopened = Some(part),
                Rule::kw_partial | Rule::torn_oblige_clause | Rule::lost_oblige_clause
                    if rule == Rule::shared_action =>
                {
                    if let Head::Action(end) = &mut made.head {
                        self.action_end(part, end);
                    }
                }
                Rule::package | Rule::lost_package => made.declarations.push(self.declaration(part)),
                Rule::lost_open | Rule::lost_brace | Rule::lost_area_open | Rule::lost_close => braces.push(part),
                Rule::lost_name
                | Rule::lost_urn
                | Rule::lost_equals
                | Rule::lost_selector
                | Rule::lost_open_paren
                | Rule::lost_comma
                | Rule::lost_after_comma
                | Rule::lost_paren => self.fault(&part),
                Rule::junk | Rule::field_junk if faulted.unwrap_or(self.count() != before) => {
                    made.statements.push(self.passed(&part));
                }
                _ => {
                    let before = self.count();
                    made.statements.push(self.statement(part));
                    faulted = Some(self.count() != before);
                }
            }
            self.owner = (
                if made.keyword.text.is_empty() { keyword_of(rule) } else { made.keyword.text },
                made.name.map(|name| name.text),
            );
        }
        self.braces(&braces);
        if let Some(part) = expression {
            made.head = Head::Condition(Box::new(self.unopened(part, unopened)));
        }
        made.wounded = self.wounded;
        (self.wounded, self.owner, self.keyword, self.inside) = outer;
        made
    }

    /// A block that lacks both braces is one fault.
    fn braces(&mut self, marks: &[Pair<'s, Rule>]) {
        match marks {
            [open, close] => {
                let at = |pair: &Pair<'s, Rule>| end_before(self.text, self.span(pair).start as usize);
                let (open, close) = (at(open), at(close));
                let finding = expected::no_braces(
                    self.owner,
                    self.place(Span::new(open, open)),
                    self.place(Span::new(close, close)),
                );
                self.report(finding);
            }
            _ => marks.iter().for_each(|mark| self.fault(mark)),
        }
    }

    fn lost_keyword(&mut self, name: &Pair<'s, Rule>) {
        let finding = expected::lost_keyword(name.as_str(), self.place(self.span(name)));
        // Its name stands, as that of whatever it may be.
        self.module.wounded = true;
        self.report(finding);
    }

    /// Text that is passed over, its fault being reported.
    fn passed(&mut self, pair: &Pair<'s, Rule>) -> Statement<'s> {
        self.lose(pair.as_str());
        let span = self.span(pair);
        Statement { span, keyword: Span { start: span.start, end: span.start }, says: Says::Broken }
    }

    /// Does it stand where declarations at the top do: in the first column, or in the second behind a lost keyword?
    pub(super) fn begins_line(&self, pair: &Pair<'s, Rule>) -> bool {
        let before = self.text.get(..self.span(pair).start as usize).unwrap_or("");
        let before = before.strip_suffix(' ').unwrap_or(before);
        before.is_empty() || before.ends_with('\n')
    }

    /// The statement that could not be read.
    pub(super) fn broken(&mut self, pair: &Pair<'s, Rule>) -> Statement<'s> {
        self.fault(pair);
        let span = self.span(pair);
        Statement { span, keyword: Span { start: span.start, end: span.start }, says: Says::Broken }
    }
}

/// What the head of a declaration is before it is read.
fn head_of<'s>(rule: Rule) -> Head<'s> {
    match rule {
        Rule::torn_obligation => Head::Parameters(Vec::new()),
        Rule::shared_action => Head::Action(ActionEnd::default()),
        _ => Head::Plain,
    }
}

fn sort_of(rule: Rule) -> Sort {
    match rule {
        Rule::torn_namespace => Sort::Namespace,
        Rule::organisation => Sort::Organisation,
        Rule::role => Sort::Role,
        Rule::torn_group => Sort::Group,
        Rule::area => Sort::Area,
        Rule::package => Sort::Package,
        Rule::service => Sort::Service,
        Rule::register => Sort::Register,
        Rule::torn_policy => Sort::Policy,
        Rule::entity => Sort::Entity,
        Rule::torn_enumeration => Sort::Enum,
        Rule::torn_condition => Sort::Condition,
        Rule::torn_obligation => Sort::Obligation,
        Rule::shared_action => Sort::Action,
        _ => Sort::Lost,
    }
}

fn keyword_of(rule: Rule) -> &'static str {
    match rule {
        Rule::torn_namespace => "namespace",
        Rule::organisation => "organisation",
        Rule::role => "role",
        Rule::torn_group => "group",
        Rule::area => "area",
        Rule::package | Rule::lost_package => "package",
        Rule::service => "service",
        Rule::register => "register",
        Rule::torn_policy => "policy",
        Rule::entity => "entity",
        Rule::torn_enumeration => "enum",
        Rule::torn_condition => "condition",
        Rule::torn_obligation => "obligation",
        Rule::shared_action => "action",
        _ => "declaration",
    }
}
