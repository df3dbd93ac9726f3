//! From the pairs of the grammar to what stands beside the declarations of a file: the `module` line, the `use` lines, and
//! text that belongs to nothing.

use super::ast::{Path, Use, Used, Word};
use super::expected;
use super::grammar::Rule;
use super::parse::Reader;
use crate::source::Span;
use pest::iterators::Pair;

impl<'s> Reader<'s> {
    pub(super) fn module_line(&mut self, pair: Pair<'s, Rule>) {
        let whole = self.span(&pair);
        let again = self.module_line;
        self.module_line = true;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path | Rule::torn_path if again => {
                    let finding = expected::second_module(self.place(whole));
                    self.report(finding);
                }
                Rule::path | Rule::torn_path => self.module.name = Some(self.path(&part)),
                Rule::kw_module => self.keyword = part.as_str(),
                _ => self.fault(&part),
            }
        }
    }

    pub(super) fn use_line(&mut self, pair: Pair<'s, Rule>) {
        let span = self.span(&pair);
        let mut path = Path { segments: Vec::new(), span: Span { start: span.end, end: span.end }, lost: false };
        let mut what = Used::Last;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_use => self.keyword = part.as_str(),
                Rule::path | Rule::torn_path => path = self.path(&part),
                Rule::name => {
                    let name = self.name(&part);
                    match &mut what {
                        Used::Names(names) => names.push(name),
                        _ => what = Used::Names(vec![name]),
                    }
                }
                Rule::star => what = Used::All(self.span(&part)),
                Rule::torn_names => {
                    let mut names = Vec::new();
                    for name in part.into_inner() {
                        match name.as_rule() {
                            Rule::name_list => names = self.words(name),
                            _ => self.fault(&name),
                        }
                    }
                    what = Used::Names(names);
                }
                _ => self.fault(&part),
            }
        }
        if !path.segments.is_empty() {
            self.module.uses.push(Use { path, what, span, wounded: self.wounded });
        }
    }

    /// Has nothing been read yet that a `module` line stands before?
    pub(super) fn is_at_the_start(&self) -> bool {
        !self.module_line && self.module.declarations.is_empty() && self.module.uses.is_empty()
    }

    /// Text that fits nowhere at the top: perhaps the module line without its keyword.
    pub(super) fn stray(&mut self, pair: &Pair<'s, Rule>) {
        let text = pair.as_str();
        let is_path = text.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-')
        });
        if self.is_at_the_start() && is_path {
            let mut start = self.span(pair).start as usize;
            let segments: Vec<_> = text
                .split('.')
                .map(|part| {
                    let span = Span::new(start, start + part.len());
                    start += part.len() + 1;
                    Word { text: part, span }
                })
                .collect();
            let span = self.span(pair);
            self.module_line = true;
            self.module.name = Some(Path { segments, span, lost: false });
            let finding = expected::module_keyword(text, self.place(span));
            self.report(finding);
        } else {
            self.fault(pair);
        }
    }
}
