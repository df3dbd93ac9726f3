//! From the pairs of the grammar to the tree: a file, its pieces and its declarations. Marks what was lost where it was
//! lost; the sentences for that are in `expected`. Looks no name up.

use super::Parsed;
use super::ast::{Module, Path, Word};
use super::expected::{self, Fault};
use super::grammar::{Grammar, Rule};
use super::split;
use crate::diag::Diagnostic;
use crate::source::{Place, Source, SourceId, Span};
use pest::Parser;
use pest::iterators::Pair;

/// Reads a text piece by piece.
pub(super) fn parse(source: &Source, id: SourceId) -> Parsed<'_> {
    let mut reader = Reader::new(source.text(), id);
    for piece in split::pieces(source.text()) {
        reader.piece(&piece);
    }
    reader.finish()
}

/// What is known while a text is read.
pub(super) struct Reader<'s> {
    pub(super) text: &'s str,
    id: SourceId,
    /// Where the piece that is read begins in the text.
    base: usize,
    pub(super) module: Module<'s>,
    findings: Vec<Diagnostic>,
    /// The `module` line was seen, perhaps broken.
    pub(super) module_line: bool,
    /// Something of the declaration that is read was lost.
    pub(super) wounded: bool,
    /// The keyword and name of the declaration that is read.
    pub(super) owner: (&'s str, Option<&'s str>),
    /// The keyword of the statement that is read.
    pub(super) keyword: &'s str,
    /// Within the block of a declaration that no other stands in.
    pub(super) inside: bool,
    /// The declaration above ends in a fault.
    faulted: bool,
    /// A text that the strict rules read has a word where none of that kind can stand: it is read again.
    pub(super) refused: bool,
    /// How deep in parentheses and lists of a condition.
    pub(super) depth: usize,
    /// The declaration is nested too deep, and this is said.
    pub(super) deep: bool,
}

impl<'s> Reader<'s> {
    fn new(text: &'s str, id: SourceId) -> Self {
        let module = Module {
            name: None,
            statements: Vec::new(),
            uses: Vec::new(),
            declarations: Vec::new(),
            wounded: false,
            hides: false,
        };
        Reader {
            text,
            id,
            base: 0,
            module,
            findings: Vec::new(),
            module_line: false,
            wounded: false,
            owner: ("", None),
            keyword: "",
            inside: false,
            faulted: false,
            refused: false,
            depth: 0,
            deep: false,
        }
    }

    fn finish(mut self) -> Parsed<'s> {
        if !self.module_line {
            self.lose_all();
            self.findings.push(expected::no_module_line(self.place(Span::new(0, 0))));
        }
        self.module.declarations.shrink_to_fit();
        Diagnostic::sort(&mut self.findings);
        Parsed { module: self.module, findings: self.findings }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place { source: self.id, span }
    }

    pub(super) fn span(&self, pair: &Pair<'s, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.base + span.start(), self.base + span.end())
    }

    pub(super) fn word(&self, pair: &Pair<'s, Rule>) -> Word<'s> {
        Word { text: pair.as_str(), span: self.span(pair) }
    }

    /// The words of a text, without its marks; a missing mark is a fault.
    pub(super) fn quoted(&mut self, pair: &Pair<'s, Rule>) -> Word<'s> {
        let all = pair.as_str();
        let span = self.span(pair);
        let text = match pair.as_rule() {
            Rule::lost_quote => {
                self.fault(pair);
                all.strip_prefix('"').unwrap_or(all).trim_end()
            }
            Rule::lost_opening_quote => {
                self.fault(pair);
                all.strip_suffix('"').unwrap_or(all).trim()
            }
            // `string`, or a rule that is one.
            _ => all.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(all),
        };
        Word { text, span }
    }

    /// Is a pair a text in quotation marks, whole or not?
    pub(super) fn is_text(rule: Rule) -> bool {
        matches!(rule, Rule::string | Rule::lost_quote | Rule::lost_opening_quote)
    }

    /// A name where it is used, or declared: not one of the reserved words.
    pub(super) fn name(&mut self, pair: &Pair<'s, Rule>) -> Word<'s> {
        let word = self.word(pair);
        self.refused |= is_reserved(word.text);
        word
    }

    /// A path; a segment that was lost is a fault.
    pub(super) fn path(&mut self, pair: &Pair<'s, Rule>) -> Path<'s> {
        if pair.as_rule() == Rule::path {
            return self.whole_path(pair);
        }
        let mut segments = Vec::new();
        let mut lost = false;
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::word => segments.push(self.word(&part)),
                _ => {
                    lost = true;
                    self.fault(&part);
                }
            }
        }
        let span = match (segments.first(), segments.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => self.span(pair),
        };
        Path { segments, span, lost }
    }

    /// A path without blanks in it.
    fn whole_path(&mut self, pair: &Pair<'s, Rule>) -> Path<'s> {
        let span = self.span(pair);
        let text = pair.as_str();
        let dots = text.bytes().filter(|byte| *byte == b'.').count();
        let mut segments = Vec::with_capacity(dots + 1);
        let mut start = span.start;
        for part in text.split('.') {
            let end = start + u32::try_from(part.len()).unwrap_or(0);
            segments.push(Word { text: part, span: Span { start, end } });
            start = end + 1;
        }
        self.refused |= segments.first().is_some_and(|first| is_reserved(first.text));
        Path { segments, span, lost: false }
    }

    /// How many findings there are so far.
    pub(super) fn count(&self) -> usize {
        self.findings.len()
    }

    /// Reports a finding that leaves nothing unread.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.wounded = true;
        self.findings.push(finding);
    }

    /// This text could not be read. Within a block that no declaration stands in, one is in it only if it looks like one.
    pub(super) fn lose(&mut self, text: &str) {
        self.module.wounded = true;
        let first = text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or("");
        let declares =
            matches!(first, "condition" | "obligation" | "enum" | "group" | "organisation" | "action" | "role");
        self.module.hides |= !self.inside || declares || text.contains(['{', '=']);
    }

    /// Some text could not be read that may have declarations in it.
    pub(super) fn lose_all(&mut self) {
        self.module.wounded = true;
        self.module.hides = true;
    }

    /// Reports the fault that an error production marks.
    pub(super) fn fault(&mut self, pair: &Pair<'s, Rule>) {
        let rule = pair.as_rule();
        let mut span = self.span(pair);
        if span.length() == 0 {
            let at = end_before(self.text, span.start as usize);
            span = Span::new(at, at);
        }
        let fault = Fault {
            rule,
            text: pair.as_str(),
            place: self.place(span),
            before: self.text.get(..span.start as usize).unwrap_or(""),
            after: self.text.get(span.end as usize..).unwrap_or(""),
            keyword: self.keyword,
            owner: self.owner,
        };
        if fault.loses_text() {
            self.lose(pair.as_str());
        }
        let finding = expected::say(&fault);
        self.report(finding);
    }

    fn piece(&mut self, piece: &split::Piece) {
        self.base = piece.range.start;
        let text = self.text.get(piece.range.clone()).unwrap_or("");
        let before = self.findings.len();
        if !self.strictly(text) {
            self.tolerantly(text);
        }
        if let Some(at) = piece.too_deep {
            // What its declaration lacks stands in what is passed over.
            self.findings.truncate(before);
            self.lose_all();
            if let Some(last) = self.module.declarations.last_mut() {
                last.wounded = true;
            }
            let finding = expected::nested_too_deep(self.place(Span::new(at, at + 1)), split::DEEPEST);
            self.report(finding);
        }
    }

    /// Reads a text that has the form of the language. `false`, and nothing read, if it has not.
    fn strictly(&mut self, text: &'s str) -> bool {
        let Ok(pairs) = Grammar::parse(Rule::piece, text) else {
            return false;
        };
        let module = &self.module;
        let lengths = (module.statements.len(), module.uses.len(), module.declarations.len(), self.findings.len());
        let before = (module.name.clone(), (module.wounded, module.hides), self.module_line, self.faulted);
        self.refused = false;
        for pair in pairs.flat_map(Pair::into_inner) {
            self.top(pair);
        }
        self.refused |= self.findings.len() > lengths.3;
        if self.refused {
            self.module.statements.truncate(lengths.0);
            self.module.uses.truncate(lengths.1);
            self.module.declarations.truncate(lengths.2);
            self.findings.truncate(lengths.3);
            (self.module.name, (self.module.wounded, self.module.hides), self.module_line, self.faulted) = before;
        }
        !self.refused
    }

    /// Reads any text: what does not have the form of the language is marked.
    fn tolerantly(&mut self, text: &'s str) {
        match Grammar::parse(Rule::torn_piece, text) {
            Ok(pairs) => {
                for pair in pairs.flat_map(Pair::into_inner) {
                    self.top(pair);
                }
            }
            Err(error) => {
                let at = match error.location {
                    pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => self.base + at,
                };
                self.lose_all();
                let finding = expected::unreadable(self.place(Span::new(at, at)));
                self.report(finding);
            }
        }
    }

    fn top(&mut self, pair: Pair<'s, Rule>) {
        self.wounded = false;
        self.owner = ("", None);
        self.keyword = "";
        self.deep = false;
        let before = self.count();
        match pair.as_rule() {
            Rule::module_line | Rule::torn_module_line => self.module_line(pair),
            Rule::use_line | Rule::torn_use_line => self.use_line(pair),
            Rule::top_statement => {
                let statement = self.whole_statement(&pair);
                self.module.statements.push(statement);
            }
            Rule::torn_target | Rule::valid | Rule::torn_allow => {
                let statement = self.statement(pair);
                self.module.statements.push(statement);
            }
            Rule::lost_alone if self.faulted || self.is_at_the_start() || !self.begins_line(&pair) => self.stray(&pair),
            Rule::stray if self.faulted => self.lose_all(),
            Rule::stray => self.stray(&pair),
            Rule::EOI => {}
            _ => {
                let declaration = match pair.as_rule() {
                    Rule::declaration => self.whole_declaration(&pair),
                    _ => self.declaration(pair),
                };
                self.faulted = self.count() != before && declaration.statements.is_empty();
                self.module.declarations.push(declaration);
            }
        }
    }
}

/// Is this one of the words that are never names?
pub(super) fn is_reserved(word: &str) -> bool {
    let length = word.len();
    (2..=9).contains(&length)
        && matches!(
            word,
            "and"
                | "any"
                | "all"
                | "before"
                | "false"
                | "for"
                | "from"
                | "holds"
                | "in"
                | "is"
                | "none"
                | "not"
                | "oblige"
                | "of"
                | "onward"
                | "or"
                | "partial"
                | "requires"
                | "to"
                | "true"
                | "undecided"
                | "valid"
                | "when"
                | "where"
        )
}

/// Where the last token before `at` ends: blanks and comments are passed over.
pub(super) fn end_before(text: &str, at: usize) -> usize {
    let mut head = text.get(..at).unwrap_or(text);
    loop {
        let trimmed = head.trim_end();
        if !head.get(trimmed.len()..).is_some_and(|blank| blank.contains('\n')) && trimmed.len() != head.len() {
            return trimmed.len();
        }
        if trimmed.len() == head.len() {
            return head.len();
        }
        let line = trimmed.rfind('\n').map_or(0, |end| end + 1);
        match split::comment_in(trimmed.get(line..).unwrap_or("")) {
            Some(comment) => head = trimmed.get(..line + comment).unwrap_or(trimmed),
            None => return trimmed.len(),
        }
    }
}
