//! The canonical form of a text: its tokens and comments in their order, with the blanks and line ends between them
//! chosen anew. Changes no token and says nothing of a text that has faults.

use super::ast::{Declaration, Module, Says, Sort, Statement};
use super::comments::{Token, tokens};
use super::split::DEEPEST;
use crate::diag::Diagnostic;
use crate::source::{Source, SourceId, Span};

/// Longest line, in characters; what cannot be broken may be longer.
const WIDTH: usize = 100;
/// How much further in a statement goes on.
const FURTHER: usize = 4;

/// The canonical form of a text.
///
/// # Errors
/// The findings of a text that has faults of form: only what is read whole can be written anew.
pub fn format(source: &Source, id: SourceId) -> Result<String, Vec<Diagnostic>> {
    let parsed = super::parse(source, id);
    if !parsed.findings.is_empty() {
        return Err(parsed.findings);
    }
    let mut writer =
        Writer { tokens: tokens(source.text(), &parsed.module), at: 0, text: source.text(), out: String::new() };
    writer.items(&top(&parsed.module, &writer.tokens), 0, 0, false);
    writer.comments(usize::MAX, 0, false);
    writer.end_line();
    Ok(writer.out)
}

/// What stands on lines of its own.
#[derive(Clone, Copy)]
enum Item<'t, 's> {
    /// The `module` line or a `use` line.
    Line(Span),
    Statement(&'t Statement<'s>),
    Declaration(&'t Declaration<'s>),
}

impl Item<'_, '_> {
    fn span(&self) -> Span {
        match self {
            Item::Line(span) => *span,
            Item::Statement(statement) => statement.span,
            Item::Declaration(declaration) => declaration.span,
        }
    }
}

/// What stands at the top, in order.
fn top<'t, 's>(module: &'t Module<'s>, tokens: &[Token<'_>]) -> Vec<Item<'t, 's>> {
    let mut items = block(&module.statements, &module.declarations);
    items.extend(module.uses.iter().map(|line| Item::Line(line.span)));
    if let Some(name) = &module.name {
        let before = tokens.iter().rfind(|token| !token.comment && token.start < name.span.start as usize);
        let start = before.map_or(name.span.start as usize, |keyword| keyword.start);
        items.push(Item::Line(Span::new(start, name.span.end as usize)));
    }
    items.sort_by_key(Item::span);
    items
}

fn block<'t, 's>(statements: &'t [Statement<'s>], declarations: &'t [Declaration<'s>]) -> Vec<Item<'t, 's>> {
    let statements = statements.iter().map(Item::Statement);
    let mut items: Vec<_> = statements.chain(declarations.iter().map(Item::Declaration)).collect();
    items.sort_by_key(Item::span);
    items
}

/// Is the keyword of a statement padded, so that the values of a block stand below each other?
fn is_padded(statement: &Statement<'_>) -> bool {
    !matches!(
        statement.says,
        Says::Grant(_)
            | Says::Rule(_)
            | Says::Action { .. }
            | Says::AnyAction(_)
            | Says::Allow { .. }
            | Says::Valid(_)
            | Says::Target(_)
    )
}

/// The words that a long statement may go on below with, each on a line of its own.
fn clause_words(statement: &Statement<'_>) -> &'static [&'static str] {
    match statement.says {
        Says::Rule(_) => &["of", "to", "requires", "when", "oblige", "from", "before"],
        Says::Grant(_) => &["when", "from", "before"],
        Says::Delegable(_) => &["when"],
        Says::Action { .. } | Says::AnyAction(_) => &["oblige"],
        _ => &[],
    }
}

/// What separates two tokens of a line.
fn between(one: &str, two: &str) -> &'static str {
    let joined = matches!(two, "," | "." | ")" | "]" | "}" | ":") || matches!(one, "." | "(" | "[" | "{");
    // `any(x in S: …)`, `log(a: b)`; but `and (a or b)`.
    let called = two == "("
        && !matches!(one, "and" | "or" | "not" | "in" | "is" | "holds" | "for" | "requires" | "when" | "where")
        && one.ends_with(|last: char| last.is_alphanumeric() || last == '_');
    if joined || called { "" } else { " " }
}

/// Tokens as a line.
fn line(words: &[&str], pad: usize) -> String {
    let mut text = String::new();
    let mut before = None;
    for (index, word) in words.iter().enumerate() {
        if let Some(before) = before {
            text.push_str(between(before, word));
        }
        if index == 1 && pad > 0 {
            let length = text.trim_end().chars().count();
            text.extend(std::iter::repeat_n(' ', pad.saturating_sub(length)));
        }
        text.push_str(word);
        before = Some(*word);
    }
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}

struct Writer<'s> {
    tokens: Vec<Token<'s>>,
    /// The next token.
    at: usize,
    text: &'s str,
    out: String,
}

impl<'s> Writer<'s> {
    fn end_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn start_line(&mut self, indent: usize, blank: bool) {
        self.end_line();
        if blank && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Writes the comments that stand before `until`. `first`: nothing stands before them in their block. `true` if one
    /// has a line of its own.
    fn comments(&mut self, until: usize, indent: usize, mut first: bool) -> bool {
        let mut own_line = false;
        while let Some(token) = self.tokens.get(self.at).copied().filter(|token| token.comment && token.start < until) {
            if token.breaks == 0 && !self.out.is_empty() {
                self.out.push_str("  ");
            } else {
                self.start_line(indent, token.breaks > 1 && !first);
                own_line = true;
                first = false;
            }
            self.out.push_str(token.text);
            self.at += 1;
        }
        own_line
    }

    /// Writes what stands in a block, or at the top.
    fn items(&mut self, items: &[Item<'_, 's>], indent: usize, pad: usize, inner: bool) {
        let mut after_block = false;
        for (index, item) in items.iter().enumerate() {
            let start = item.span().start as usize;
            let multiline = self.is_multiline(item, indent);
            let force = after_block && multiline;
            if force {
                // A trailing comment stays with what is above it; the rest begins after a blank line.
                for token in self.tokens.iter_mut().skip(self.at).take_while(|token| token.start <= start) {
                    if token.breaks > 0 {
                        token.breaks = token.breaks.max(2);
                        break;
                    }
                    if !token.comment {
                        token.breaks = 2;
                    }
                }
            }
            let first = inner && index == 0;
            let commented = self.comments(start, indent, first);
            let breaks = self.tokens.get(self.at).map_or(0, |token| token.breaks);
            let blank = breaks > 1 && (commented || !first);
            match item {
                Item::Line(span) => self.flow(span.end, indent, 0, &[], blank),
                Item::Statement(statement) => {
                    let pad = if is_padded(statement) { pad } else { 0 };
                    self.flow(statement.span.end, indent, pad, clause_words(statement), blank);
                }
                Item::Declaration(declaration) => self.declaration(declaration, indent, blank),
            }
            after_block = multiline;
        }
    }

    /// The tokens of a span, comments among them.
    fn within(&self, span: Span) -> &[Token<'s>] {
        let from = self.tokens.partition_point(|token| token.start < span.start as usize);
        let to = self.tokens.partition_point(|token| token.start < span.end as usize);
        self.tokens.get(from..to).unwrap_or(&[])
    }

    /// Where the block of a declaration opens.
    fn brace(&self, declaration: &Declaration<'_>) -> Option<usize> {
        if declaration.members.is_empty() {
            self.within(declaration.span).iter().find(|token| token.text == "{").map(|token| token.start)
        } else {
            None
        }
    }

    fn is_multiline(&self, item: &Item<'_, 's>, indent: usize) -> bool {
        match item {
            Item::Declaration(declaration) => match self.brace(declaration) {
                Some(brace) => self.on_one_line(declaration, brace, indent).is_none(),
                None => false,
            },
            _ => false,
        }
    }

    /// A declaration as one line, if its block was written so, has no comment, and fits.
    fn on_one_line(&self, declaration: &Declaration<'s>, brace: usize, indent: usize) -> Option<String> {
        let span = declaration.span;
        let tokens = self.within(span);
        let head: Vec<_> = tokens.iter().take_while(|token| token.start <= brace).map(|token| token.text).collect();
        let has_comment = tokens.iter().any(|token| token.comment);
        if has_comment || !declaration.declarations.is_empty() {
            return None;
        }
        let mut text = line(&head, 0);
        if declaration.statements.is_empty() {
            text.push('}');
            return Some(text);
        }
        if self.text.get(brace..span.end as usize).unwrap_or("").contains('\n') {
            return None;
        }
        for (index, statement) in declaration.statements.iter().enumerate() {
            let words: Vec<_> = self.within(statement.span).iter().map(|token| token.text).collect();
            text.push_str(if index == 0 || text.ends_with(',') { " " } else { "  " });
            text.push_str(&line(&words, 0));
        }
        text.push_str(" }");
        (indent + width(&text) <= WIDTH).then_some(text)
    }

    fn declaration(&mut self, declaration: &Declaration<'s>, indent: usize, blank: bool) {
        let Some(brace) = self.brace(declaration) else {
            let clauses: &[&str] = if declaration.sort == Sort::Condition { &["="] } else { &["oblige"] };
            return self.flow(declaration.span.end, indent, 0, clauses, blank);
        };
        if let Some(text) = self.on_one_line(declaration, brace, indent) {
            self.start_line(indent, blank);
            self.out.push_str(&text);
            self.at = self.tokens.partition_point(|token| token.start < declaration.span.end as usize);
            return;
        }
        self.flow(u32::try_from(brace + 1).unwrap_or(u32::MAX), indent, 0, &["for", "where"], blank);
        let items = block(&declaration.statements, &declaration.declarations);
        let longest = declaration.statements.iter().filter(|statement| is_padded(statement));
        let longest = longest.map(|statement| width(self.text.get(statement.keyword.range()).unwrap_or(""))).max();
        self.items(&items, indent + 2, longest.map_or(0, |longest| longest + 1), true);
        let end = declaration.span.end as usize;
        self.comments(end, indent + 2, items.is_empty());
        self.start_line(indent, false);
        self.out.push('}');
        self.at += 1;
    }

    /// Writes the tokens up to `end`: on one line, or broken where a comment ends a line or the line is too long.
    fn flow(&mut self, end: u32, indent: usize, pad: usize, clauses: &[&str], blank: bool) {
        let mut first = true;
        let mut words: Vec<&'s str> = Vec::new();
        while let Some(token) = self.tokens.get(self.at).copied().filter(|token| token.start < end as usize) {
            self.at += 1;
            if !token.comment {
                words.push(token.text);
                continue;
            }
            if words.is_empty() {
                self.start_line(indent + FURTHER, false);
            } else {
                self.stretch(&words, indent, first.then_some(pad), clauses, blank);
                self.out.push_str("  ");
                words.clear();
                first = false;
            }
            self.out.push_str(token.text);
        }
        if !words.is_empty() {
            self.stretch(&words, indent, first.then_some(pad), clauses, blank);
        }
    }

    /// Writes tokens without a comment among them. `pad`: the statement begins with them.
    fn stretch(&mut self, words: &[&str], indent: usize, pad: Option<usize>, clauses: &[&str], blank: bool) {
        let begins = if pad.is_some() { indent } else { indent + FURTHER };
        self.start_line(begins, blank && pad.is_some());
        let whole = line(words, pad.unwrap_or(0));
        if begins + width(&whole) <= WIDTH {
            self.out.push_str(&whole);
            return;
        }
        for (index, part) in split(words, clauses).into_iter().enumerate() {
            let further = if index == 0 { begins } else { indent + FURTHER };
            if index > 0 {
                self.start_line(further, false);
            }
            self.fill(part, further, indent + FURTHER, if index == 0 { pad.unwrap_or(0) } else { 0 }, 0);
        }
    }

    /// Writes tokens on the line that is begun, of which `used` columns are; what is too long goes on below: behind a
    /// comma or the `=` of a declaration, before `and` and `or`, in parentheses (`depth`) only where it must.
    fn fill(&mut self, words: &[&str], mut used: usize, further: usize, pad: usize, depth: usize) -> usize {
        for (index, part) in breaks(words, depth).into_iter().enumerate() {
            let text = line(part, if index == 0 { pad } else { 0 });
            if index > 0 && used + 1 + width(&text) > WIDTH {
                self.start_line(further, false);
                used = further;
            } else if index > 0 {
                self.out.push(' ');
                used += 1;
            }
            if used + width(&text) > WIDTH && depth < DEEPEST && part.iter().any(|word| matches!(*word, "(" | "[")) {
                used = self.fill(part, used, further, if index == 0 { pad } else { 0 }, depth + 1);
            } else {
                used += width(&text);
                self.out.push_str(&text);
            }
        }
        used
    }
}

/// The clauses of a statement: `from` and `before` stay together.
fn split<'w, 's>(words: &'w [&'s str], clauses: &[&str]) -> Vec<&'w [&'s str]> {
    let mut cuts = vec![0];
    let mut open = 0usize;
    for (index, word) in words.iter().enumerate() {
        let before = |back: usize| words.get(index.wrapping_sub(back)).copied().unwrap_or("");
        let follows = *word == "before" && before(2) == "from" || before(1) == ".";
        let declared = before(1) == "=" && clauses.contains(&"=");
        if index > 1 && open == 0 && (declared || *word != "=" && clauses.contains(word) && !follows) {
            cuts.push(index);
        }
        match *word {
            "(" | "[" => open += 1,
            ")" | "]" => open = open.saturating_sub(1),
            _ => {}
        }
    }
    parts(words, cuts)
}

/// What may stand on lines of its own, at this depth of parentheses or above.
fn breaks<'w, 's>(words: &'w [&'s str], depth: usize) -> Vec<&'w [&'s str]> {
    let mut cuts = vec![0];
    let mut open = 0usize;
    let mut before = "";
    for (index, word) in words.iter().enumerate() {
        match *word {
            "(" | "[" => open += 1,
            ")" | "]" => open = open.saturating_sub(1),
            _ => {}
        }
        let joins = matches!(*word, "and" | "or") && before != ".";
        if index > 0 && open <= depth && (joins || matches!(before, "," | "=")) {
            cuts.push(index);
        }
        before = word;
    }
    parts(words, cuts)
}

fn parts<'w, 's>(words: &'w [&'s str], mut cuts: Vec<usize>) -> Vec<&'w [&'s str]> {
    cuts.push(words.len());
    cuts.windows(2).filter_map(|cut| words.get(*cut.first()?..*cut.last()?)).collect()
}
