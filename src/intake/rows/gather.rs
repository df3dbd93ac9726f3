//! The order in which files are read: blocks of a file side by side, what they hold put together in the order of the text.
//! Same files, same facts, same findings, however many threads there are.

use super::against::Against;
use super::blocks::{Block, Blocks, Broken, LONGEST_ROW};
use super::found::Found;
use super::merge::Merge;
use super::out::{Faulty, Out};
use super::table::{Shape, Table};
use super::work::{ROW, TOLD, Work};
use super::{Form, Input, Opened, Stage, again, csv, document};
use crate::diag::{Diagnostic, codes};
use crate::facts::Facts;
use crate::intake::facts::FactPlaces;
use crate::intake::fields::Findings;
use crate::intake::names::Names;
use crate::intake::yaml::Node;
use crate::ir::Meaning;
use crate::source::{Place, SourceId, Sources, Span};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How many blocks are worked on side by side; always the same, so that what is told does not depend on the machine.
const SIDE_BY_SIDE: usize = 4;

/// What some blocks hold, and the lines that they begin on.
#[derive(Default)]
struct Done {
    outs: Vec<Result<Out, Faulty>>,
    lines: Vec<u32>,
}

/// What the columns of a file are, and how many bytes of its first block are a header.
type Begun = (BTreeMap<Table, Shape>, usize);

/// Blocks that are worked on side by side: each with how much of it is a header, and whether it is the first of its file.
#[derive(Default)]
struct Group {
    blocks: Vec<(Block, usize, bool)>,
    /// Why there is none behind them.
    broken: Option<Broken>,
}

/// One file.
pub(super) struct File<'f, 'i> {
    pub(super) input: &'f Input<'i>,
    pub(super) form: Form,
    /// A document, with its source.
    pub(super) node: Option<(Node, SourceId)>,
}

/// Reads all files.
pub(super) fn all(
    inputs: &[(&Input<'_>, Form)],
    names: &Names<'_>,
    sources: &mut Sources,
) -> Result<(Facts, FactPlaces), Vec<Diagnostic>> {
    let mut found = Found::new(sources);
    let mut files: Vec<File<'_, '_>> =
        inputs.iter().map(|(input, form)| File { input, form: *form, node: None }).collect();
    for file in files.iter_mut().filter(|file| file.form == Form::Document) {
        file.node = document::read(file.input, &mut found);
    }
    // People and all that the tables of theirs say stand in memory before the facts that name them, in this order.
    files.sort_by_key(|file| match file.form {
        Form::Csv(table) => Some(table),
        Form::Lines | Form::Document => None,
    });
    let mut merge = Merge::new(names);
    let nobody = Facts::default();
    let against = Against::new(names, &nobody, Stage::Names);
    for file in &files {
        file.read(&against, &mut merge, &mut found);
    }
    let (facts, twice) = merge.settle_names();
    again::tell(&files, &twice, &mut found);
    if found.lost {
        // Whom the rest names is not known.
        return Err(found.done());
    }
    let against = Against::new(names, &facts, Stage::Rest);
    for file in &files {
        file.read(&against, &mut merge, &mut found);
    }
    drop(against);
    let facts = merge.finish(facts);
    if found.all.is_empty() { Ok((facts, FactPlaces::default())) } else { Err(found.done()) }
}

impl Group {
    /// The next blocks.
    fn read(&mut self, blocks: &mut Blocks<Opened>) {
        while self.blocks.len() < SIDE_BY_SIDE {
            match blocks.next() {
                None => return,
                Some(Ok(block)) => self.blocks.push((block, 0, false)),
                Some(Err(broken)) => {
                    self.broken = Some(broken);
                    return;
                }
            }
        }
    }
}

impl File<'_, '_> {
    fn read(&self, against: &Against<'_, '_>, merge: &mut Merge<'_, '_>, found: &mut Found<'_>) {
        merge.begin(&self.input.name);
        let meaning = against.names.meaning;
        match self.form {
            Form::Document => {
                if let Some((node, source)) = &self.node {
                    let out = document::rows(node, *source, against, found);
                    merge.put(out);
                }
            }
            Form::Csv(table) if table.names_something() || against.stage == Stage::Rest => {
                self.blocks(against, merge, found, &mut |first, found| {
                    let (shape, skip) = self.header(table, first, meaning, against.stage, found)?;
                    // What is known of entities is read again only where it names others.
                    if against.stage == Stage::Rest && table.kind().is_some() && !shape.names_others() {
                        return None;
                    }
                    Some((BTreeMap::from([(table, shape)]), skip))
                });
            }
            Form::Csv(_) => {}
            Form::Lines => {
                let shapes: BTreeMap<Table, Shape> =
                    Table::ALL.into_iter().map(|table| (table, Shape::whole(table, meaning))).collect();
                self.blocks(against, merge, found, &mut |_, _| Some((shapes.clone(), 0)));
            }
        }
    }

    /// Works on all blocks, a few side by side. `begin` says what the columns are, and how much of the first block is a header.
    fn blocks(
        &self,
        against: &Against<'_, '_>,
        merge: &mut Merge<'_, '_>,
        found: &mut Found<'_>,
        begin: &mut dyn FnMut(&Block, &mut Found<'_>) -> Option<Begun>,
    ) {
        let reader = match (self.input.open)() {
            Ok(reader) => reader,
            Err(error) => return self.unreadable(&error, against.stage, found),
        };
        let mut blocks = Blocks::new(reader, matches!(self.form, Form::Csv(_)));
        let mut group = Group::default();
        group.read(&mut blocks);
        let Some((first, skip, is_first)) = group.blocks.first_mut() else {
            return self.ended(group.broken, against.stage, found);
        };
        if self.marked(first, against.stage, found) {
            return;
        }
        let Some((shapes, header)) = begin(first, found) else { return };
        (*skip, *is_first) = (header, true);
        // What the blocks before hold is put together, and the next are read, while some are worked on.
        let mut before = Done::default();
        while !group.blocks.is_empty() {
            let telling = found.told < TOLD;
            let some = &group.blocks;
            let work = || -> Vec<Result<Out, Faulty>> {
                let each = some.par_iter();
                each.map(|(block, skip, first)| self.block(block, *skip, *first, &shapes, against, telling)).collect()
            };
            let more = group.broken.is_none();
            let (outs, next) = rayon::join(work, || {
                self.put_all(std::mem::take(&mut before), against.stage, merge, found);
                let mut next = Group::default();
                if more {
                    next.read(&mut blocks);
                }
                next
            });
            before = Done { outs, lines: some.iter().map(|(block, _, _)| block.line).collect() };
            group.blocks.into_iter().for_each(|(block, _, _)| blocks.recycle(block));
            let broken = group.broken.take();
            group = next;
            group.broken = broken.or(group.broken);
        }
        self.put_all(before, against.stage, merge, found);
        if let Some(broken) = group.broken
            && (against.stage == Stage::Names || !self.is_read_twice())
        {
            self.broken(broken, found);
        }
    }

    /// There is no block at all.
    fn ended(&self, broken: Option<Broken>, stage: Stage, found: &mut Found<'_>) {
        match broken {
            Some(broken) if stage == Stage::Names || !self.is_read_twice() => self.broken(broken, found),
            None if matches!(self.form, Form::Csv(_)) => {
                let message = "the file is empty: it has not even a header".to_owned();
                let help = "write the header, the names of its columns";
                self.at_start(&codes::MALFORMED_HEADER, message, help, found);
            }
            _ => {}
        }
    }

    /// What is told in both stages is told in the first.
    fn is_read_twice(&self) -> bool {
        match self.form {
            Form::Csv(table) => table.names_something(),
            Form::Lines | Form::Document => true,
        }
    }

    fn block(
        &self,
        block: &Block,
        skip: usize,
        first: bool,
        shapes: &BTreeMap<Table, Shape>,
        against: &Against<'_, '_>,
        telling: bool,
    ) -> Result<Out, Faulty> {
        let text = std::str::from_utf8(&block.bytes).map_err(|error| not_utf8(block, error.valid_up_to()))?;
        let work = Work::new(against, block, text, telling);
        Ok(match (self.form, shapes.values().next()) {
            (Form::Csv(_), Some(shape)) => work.csv(shape, skip),
            _ => work.lines(shapes, first),
        })
    }

    fn put_all(&self, done: Done, stage: Stage, merge: &mut Merge<'_, '_>, found: &mut Found<'_>) {
        for (out, line) in done.outs.into_iter().zip(done.lines) {
            match out {
                Ok(out) => self.put(out, line, merge, found),
                Err(fault) if stage == Stage::Names || !self.is_read_twice() => {
                    found.lost = true;
                    found.tell(&self.input.name, fault);
                }
                Err(_) => {}
            }
        }
    }

    fn put(&self, out: Out, line: u32, merge: &mut Merge<'_, '_>, found: &mut Found<'_>) {
        let mut out = out;
        found.lost |= out.lost;
        found.more += out.more;
        for mut fault in std::mem::take(&mut out.faulty) {
            fault.line += line;
            found.tell(&self.input.name, fault);
        }
        merge.advance(line);
        merge.put(out);
    }

    /// Does it begin as a text of another kind does?
    fn marked(&self, block: &Block, stage: Stage, found: &mut Found<'_>) -> bool {
        let (message, help) = match block.bytes.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => ("the file begins with a byte order mark", "save it as UTF-8 without one"),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => ("the file is UTF-16", "save it as UTF-8"),
            [0, ..] | [_, 0, ..] => ("the file is UTF-16, or no text", "save it as UTF-8"),
            _ => return false,
        };
        if stage == Stage::Names || !self.is_read_twice() {
            self.at_start(&codes::NOT_PLAIN_TEXT, message.to_owned(), help, found);
        }
        true
    }

    fn header(
        &self,
        table: Table,
        first: &Block,
        meaning: &Meaning,
        stage: Stage,
        found: &mut Found<'_>,
    ) -> Option<(Shape, usize)> {
        let end = first_row(&first.bytes);
        let Ok(text) = std::str::from_utf8(first.bytes.get(..end).unwrap_or(&[])) else {
            let valid = std::str::from_utf8(&first.bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let fault = not_utf8(first, valid);
            found.lost = true;
            found.tell(&self.input.name, fault);
            return None;
        };
        let row = text.trim_end_matches(['\r', '\n']);
        let mut findings = Findings::default();
        let cells = csv::cells(row);
        let named: Vec<(&str, Place)> = cells
            .iter()
            .map(|cell| (&*cell.text, Place { source: ROW, span: Span::new(cell.start, cell.end) }))
            .collect();
        let shape = Shape::of_header(table, &named, meaning, &mut findings);
        if shape.is_none() && (stage == Stage::Names || !table.names_something()) {
            found.lost |= table.names_something();
            let fault = Faulty { text: row.to_owned(), line: 1, offset: 0, findings: findings.all };
            found.tell(&self.input.name, fault);
        }
        Some((shape?, end))
    }

    fn unreadable(&self, error: &std::io::Error, stage: Stage, found: &mut Found<'_>) {
        if stage == Stage::Names || !self.is_read_twice() {
            let message = format!("cannot read `{}`: {error}", self.input.name);
            self.at_start(&codes::UNREADABLE_FILE, message, "name a file that is there and may be read", found);
        }
    }

    fn at_start(&self, code: &'static crate::diag::Code, message: String, help: &str, found: &mut Found<'_>) {
        let place = Place { source: ROW, span: Span { start: 0, end: 0 } };
        let findings = vec![Diagnostic::new(code, message, place).help(help)];
        found.lost = true;
        found.tell(&self.input.name, Faulty { text: String::new(), line: 1, offset: 0, findings });
    }

    fn broken(&self, broken: Broken, found: &mut Found<'_>) {
        // A row without its end was handed on: what it names is known.
        let is_cut = matches!(broken, Broken::Cut { .. });
        let label = if is_cut { "ends here" } else { "begins here" };
        let (block, at, code, message, help) = match broken {
            Broken::Unreadable(error) => return self.unreadable(&error, Stage::Names, found),
            Broken::Cut { block } => {
                let help = "end it with one if it is whole; a file that was cut ends so, within a name or before a day";
                let starts = |at: &usize| block.bytes.get(*at).is_some_and(|byte| !(128..192).contains(byte));
                let at = (0..block.bytes.len()).rev().find(starts).unwrap_or(0);
                (block, at, &codes::MALFORMED_ROW, "the last row has no line end".to_owned(), help)
            }
            Broken::Unclosed { block, at } => {
                let message = "quotes are opened and not closed".to_owned();
                let help = "close them; within quotes each of them is written twice; a file that was cut ends so";
                (block, at, &codes::MALFORMED_ROW, message, help)
            }
            Broken::TooLong { block } => {
                let at = first_row_after(&block.bytes);
                let message = format!("a row is longer than {} MiB", LONGEST_ROW >> 20);
                (block, at, &codes::DATA_TOO_LARGE, message, "end each row with a line end")
            }
        };
        let before = block.bytes.get(..at).unwrap_or(&[]);
        let row = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let line = memchr::memchr_iter(b'\n', before).count();
        let text = String::from_utf8_lossy(block.bytes.get(row..(at + 200).min(block.bytes.len())).unwrap_or(&[]));
        let text = text.lines().next().unwrap_or("").to_owned();
        let at = (at - row).min(text.len());
        let letter = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let place = Place { source: ROW, span: Span::new(at, at + letter) };
        let line = block.line.saturating_add(u32::try_from(line).unwrap_or(u32::MAX));
        let offset = block.offset + u64::try_from(row).unwrap_or(0);
        let findings = vec![Diagnostic::new(code, message, place).label(label).help(help)];
        found.lost |= !is_cut;
        found.tell(&self.input.name, Faulty { text, line, offset, findings });
    }
}

/// How long the first row is, with its line end.
pub(super) fn first_row(bytes: &[u8]) -> usize {
    let mut quoted = false;
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        match bytes.get(at) {
            Some(b'"') => quoted = !quoted,
            _ if !quoted => return at + 1,
            _ => {}
        }
    }
    bytes.len()
}

/// Where the row begins that has no end.
fn first_row_after(bytes: &[u8]) -> usize {
    memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)
}

fn not_utf8(block: &Block, at: usize) -> Faulty {
    let before = block.bytes.get(..at).unwrap_or(&[]);
    let row = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', block.bytes.get(at..).unwrap_or(&[])).map_or(block.bytes.len(), |end| at + end);
    let mut text = String::new();
    for chunk in block.bytes.get(row..end).unwrap_or(&[]).utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    let byte = block.bytes.get(at).copied().unwrap_or(0);
    let place = Place { source: ROW, span: Span::new(at - row, at - row + 1) };
    let finding = Diagnostic::new(&codes::NOT_PLAIN_TEXT, "the text is not UTF-8", place)
        .label(format!("the byte {byte:#04x} is the first that does not fit"))
        .help("save the file as UTF-8");
    let line = u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX);
    let offset = block.offset + u64::try_from(row).unwrap_or(0);
    Faulty { text, line: block.line.saturating_add(line), offset, findings: vec![finding] }
}
