//! Facts by the million: CSV (a file a table), JSON Lines (a fact a line), and documents beside them. Files are read in
//! blocks, several blocks at once, and never held as a whole; who there is is read first, then what names it.

mod again;
mod against;
mod blocks;
mod csv;
mod document;
mod found;
mod gather;
mod given;
mod held;
mod json;
mod lines;
mod merge;
mod naming;
mod order;
mod out;
mod quick;
mod remembered;
mod slow;
mod split;
mod table;
mod who;
mod work;

use super::facts::FactPlaces;
use super::names::Names;
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::Facts;
use crate::source::{Place, Source, Sources, Span};
use std::io::{self, Read};

pub use table::Table;

/// What reads a file from its beginning.
pub type Opened = Box<dyn Read + Send>;

/// A file of facts, which is read more than once.
pub struct Input<'i> {
    /// Its name: the ending says its form, and of CSV the rest which table it is.
    pub name: String,
    /// Opens it.
    pub open: Box<dyn Fn() -> io::Result<Opened> + Sync + 'i>,
}

impl<'i> Input<'i> {
    /// A text as a file.
    #[must_use]
    pub fn of_text(name: &str, text: &'i str) -> Self {
        Self::of_bytes(name, text.as_bytes())
    }

    /// Bytes as a file.
    #[must_use]
    pub fn of_bytes(name: &str, bytes: &'i [u8]) -> Self {
        // What is opened must not borrow; what is opened so is small.
        Input { name: name.to_owned(), open: Box::new(move || Ok(Box::new(io::Cursor::new(bytes.to_vec())))) }
    }
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV: `people.csv`.
    Csv(Table),
    /// JSON Lines: `facts.jsonl`, `facts.ndjson`.
    Lines,
    /// A document: `facts.yaml`, `facts.json`.
    Document,
}

impl Form {
    /// The form that a name says.
    #[must_use]
    pub fn of(name: &str) -> Option<Form> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let (stem, ending) = file.rsplit_once('.')?;
        match ending {
            "csv" => Table::ALL.into_iter().find(|table| table.word() == stem).map(Form::Csv),
            "jsonl" | "ndjson" => Some(Form::Lines),
            "yaml" | "yml" | "json" => Some(Form::Document),
            _ => None,
        }
    }
}

/// What is read first, and what then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Who and what there is, and what is known of it that names nobody.
    Names,
    /// All else.
    Rest,
}

/// Reads facts from files, all of which are one world. Parts of texts with something wrong in them are added to `sources`.
///
/// # Errors
/// What is wrong, at most a hundred rows of it, and how many rows more there are; then no fact is handed on.
pub fn read(
    inputs: &[Input<'_>],
    names: &Names<'_>,
    sources: &mut Sources,
) -> Result<(Facts, FactPlaces), Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut forms = Vec::new();
    for input in inputs {
        match Form::of(&input.name) {
            Some(form) => forms.push((input, form)),
            None => findings.push(no_form(&input.name, sources)),
        }
    }
    if findings.is_empty() { gather::all(&forms, names, sources) } else { Err(findings) }
}

/// A file whose name does not say what it is: nobody should believe that it was read.
fn no_form(name: &str, sources: &mut Sources) -> Diagnostic {
    let place = Place { source: sources.add(Source::new(name, "")), span: Span { start: 0, end: 0 } };
    let file = name.rsplit('/').next().unwrap_or(name);
    let stems: Vec<String> = Table::ALL.map(|table| format!("{}.csv", table.word())).to_vec();
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    let nearest = suggest::nearest(file, stems.iter().copied());
    let all =
        format!("name it {}, or end it with `.jsonl`, `.yaml` or `.json`", super::fields::listed(stems.iter(), "or"));
    let finding =
        Diagnostic::new(&codes::UNKNOWN_TABLE, format!("the name of `{file}` does not say which facts it has"), place);
    finding.help(nearest.question().map_or(all.clone(), |question| format!("{question} Else {all}")))
}
