//! Lines of JSON, a fact on each: into the same batches as rows of CSV where they are in their usual form. Knows what
//! tells one sort of fact from another, and no other key.

use super::blocks::LONGEST_ROW;
use super::csv::{At, BATCH, Batch};
use super::json::{self, Entries};
use super::out::Out;
use super::table::{Shape, Table};
use super::work::{Plan, ROW, Work, malformed, place};
use super::{Stage, slow};
use crate::diag::{Diagnostic, codes, suggest};
use crate::intake::facts::Reader;
use crate::intake::fields::listed;
use crate::intake::yaml::{Node, Value};
use crate::ir::Type;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The key that says what a line is.
pub(super) const FACT: &str = "fact";

/// Rows of one table that wait for each other.
struct Waiting<'s, 'b> {
    shape: &'s Shape,
    plan: Plan<'s>,
    batch: Batch<'b>,
}

impl<'w, 'm> Work<'w, 'm> {
    /// All lines of a block. `first`: it is the first of its file.
    pub(super) fn lines(mut self, shapes: &BTreeMap<Table, Shape>, first: bool) -> Out {
        let mut findings = self.findings();
        let mut reader = Reader::new(self.against.names, self.against.facts, &mut findings);
        let mut waiting: BTreeMap<Table, Waiting<'_, 'w>> = shapes
            .iter()
            .map(|(table, shape)| {
                let plan = self.plan(shape);
                (*table, Waiting { shape, plan, batch: Batch::new(shape.columns.len()) })
            })
            .collect();
        let (mut start, mut number) = (0, 0);
        let text: &'w str = self.text;
        for whole in text.split_inclusive('\n') {
            let at = At { start, end: start + whole.len(), line: number };
            start = at.end;
            number += 1;
            let line = whole.trim_end();
            if line.is_empty() {
                continue;
            }
            match self.line(line, at, first && number == 1, &mut waiting) {
                Ok(Some(table)) => {
                    if let Some(full) = waiting.get_mut(&table).filter(|one| one.batch.rows.len() >= BATCH) {
                        self.flush(full, &mut reader);
                    }
                }
                Ok(None) => {}
                Err(finding) if self.against.stage == Stage::Names => {
                    self.out.lost = true;
                    reader.findings.push(*finding);
                    self.told(line, at.line, at.start, &mut reader);
                }
                // It has been said.
                Err(_) => {}
            }
        }
        for rest in waiting.values_mut() {
            self.flush(rest, &mut reader);
        }
        self.out
    }

    fn flush(&mut self, waiting: &mut Waiting<'_, 'w>, reader: &mut Reader<'_, '_>) {
        for row in self.rows(&waiting.plan, &waiting.batch) {
            let Some(at) = waiting.batch.rows.get(row) else { continue };
            let whole = self.text.get(at.start..at.end).unwrap_or("");
            let line = whole.trim_end();
            match json::node(line, 0, ROW) {
                Ok(node) => {
                    let node = without_fact(node);
                    slow::row(self.against, waiting.shape.table, &node, at.line, &mut self.out, reader);
                }
                Err(trouble) => reader.findings.push(malformed(trouble.message, trouble.at, line)),
            }
            self.told(line, at.line, at.start, reader);
        }
        waiting.batch.clear();
    }

    /// Puts a line into the batch of its table; of none where it is not of this stage, or says the format.
    fn line(
        &self,
        line: &'w str,
        at: At,
        first: bool,
        waiting: &mut BTreeMap<Table, Waiting<'_, 'w>>,
    ) -> Result<Option<Table>, Box<Diagnostic>> {
        if let Some(at) = line.find('\0') {
            let finding = Diagnostic::new(&codes::NOT_PLAIN_TEXT, "the text has a NUL in it", place(at, at + 1));
            let help = "a text that was cut or overwritten looks so; write it again";
            return Err(Box::new(finding.label("no letter").help(help)));
        }
        let entries: Entries<'w> = serde_json::from_str(line).map_err(|error| {
            let trouble = json::trouble(&error, line);
            let help = "each line is a map of its own, as `{\"fact\": \"person\", \"id\": \"kari\"}`";
            Box::new(malformed(trouble.message, trouble.at, line).help(help))
        })?;
        let mut said = entries.0.iter().filter(|(key, _)| json::plain(key.get()) == Some(FACT));
        let table = match said.next() {
            Some((_, value)) => {
                let word = json::string(value.get()).ok().filter(|_| value.get().starts_with('"'));
                let table = Table::ALL.into_iter().find(|table| word.as_deref() == Some(table.fact()));
                table.ok_or_else(|| Box::new(no_fact(word, line, value.get())))?
            }
            None if first && is_format(&entries) => return Ok(None),
            None => {
                let first = line.len() - line.trim_start().len();
                let finding = Diagnostic::new(
                    &codes::MISSING_KEY,
                    "a line does not say which fact it is",
                    place(first, first + 1),
                );
                let words = Table::ALL.map(Table::fact);
                let help = format!("write `\"fact\": …`, with {}", listed(&words, "or"));
                return Err(Box::new(finding.label("lacks `fact`").help(help)));
            }
        };
        let names = table.names_something();
        let Some(one) = waiting.get_mut(&table).filter(|_| names || self.against.stage == Stage::Rest) else {
            return Ok(None);
        };
        let columns = &one.shape.columns;
        let start = one.batch.cells.len();
        one.batch.cells.resize(start + columns.len(), "");
        let mut odd = line.len() > LONGEST_ROW;
        for (key, value) in &entries.0 {
            let Some(key) = json::plain(key.get()) else {
                odd = true;
                break;
            };
            if key == FACT {
                continue;
            }
            let column = columns.iter().position(|column| *column.name == *key);
            let cell = column.and_then(|at| Some((at, usual(value.get(), columns.get(at)?.of.as_ref())?)));
            match cell.and_then(|(at, text)| Some((one.batch.cells.get_mut(start + at)?, text))) {
                Some((cell, text)) if cell.is_empty() => *cell = text,
                _ => {
                    odd = true;
                    break;
                }
            }
        }
        odd |= said.next().is_some();
        one.batch.odd.push(odd);
        one.batch.rows.push(at);
        Ok(Some(table))
    }
}

/// The text of a value that has the form that its type usually has.
fn usual<'t>(raw: &'t str, of: Option<&Type>) -> Option<&'t str> {
    let mut of = of;
    while let Some(Type::OrNone(inner)) = of {
        of = Some(inner);
    }
    let is_text = raw.starts_with('"');
    match of {
        Some(Type::Set(_)) => None,
        Some(Type::Bool | Type::Integer) if is_text => (raw == "\"none\"").then_some("none"),
        Some(Type::Bool | Type::Integer) => (!raw.starts_with(['{', '['])).then_some(raw),
        _ => json::plain(raw).filter(|text| !text.is_empty()),
    }
}

fn is_format(entries: &Entries<'_>) -> bool {
    matches!(entries.0.as_slice(), [(key, value)] if key.get() == "\"format\"" && value.get() == "1")
}

fn no_fact(word: Option<Cow<'_, str>>, line: &str, raw: &str) -> Diagnostic {
    let start = raw.as_ptr().addr().saturating_sub(line.as_ptr().addr());
    let message = match &word {
        Some(word) => format!("no fact is called `{word}`"),
        None => "a fact is told by a word".to_owned(),
    };
    let words = Table::ALL.map(Table::fact);
    let nearest = word.as_deref().map_or_else(Default::default, |word| suggest::nearest(word, words.iter().copied()));
    let all = format!("write {}", listed(&words, "or"));
    let finding = Diagnostic::new(&codes::UNKNOWN_TABLE, message, place(start, start + raw.len())).label("this word");
    finding.help(nearest.question().map_or(all.clone(), |question| format!("{question} Else {all}")))
}

/// The row without the key that says what it is.
fn without_fact(node: Node) -> Node {
    let Value::Map(entries) = node.value else { return node };
    // Of several it keeps those behind the first, so that they are found to be too many.
    let first = entries.iter().position(|(key, _)| key.text() == Some(FACT));
    let entries = entries.into_iter().enumerate().filter(|(at, _)| Some(*at) != first).map(|(_, entry)| entry);
    Node { value: Value::Map(entries.collect()), place: node.place }
}
