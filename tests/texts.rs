//! Texts as files of a build, checked: what the tests of the front wing share. Tests nothing itself.

use fullmakt::check::{Checked, Options, check};
use fullmakt::diag::{Diagnostic, Edit};
use fullmakt::resolve::resolve;
use fullmakt::source::{Source, Sources};
use fullmakt::syntax;
use std::collections::BTreeMap;

/// The texts of a build, by file name, checked.
pub struct Texts {
    /// What they were made of.
    pub sources: Sources,
    /// What the check says.
    pub checked: Checked,
}

impl Texts {
    /// Parsed, resolved and checked, in the order given.
    pub fn of(files: &[(String, String)], options: &Options) -> Texts {
        let mut sources = Sources::default();
        let ids: Vec<_> = files.iter().map(|(name, text)| sources.add(Source::new(name, text))).collect();
        let mut parsed = Vec::new();
        let mut found = Vec::new();
        for id in ids {
            let read = syntax::parse(sources.get(id).expect("a source just added"), id);
            found.extend(read.findings);
            parsed.push((id, read.module));
        }
        let resolved = resolve(&sources, &parsed);
        found.extend(resolved.findings);
        let checked = check(resolved.catalog, &sources, found, options);
        Texts { sources, checked }
    }

    /// Files in one text, split by lines `// file: name.fmk`; without such a line the file bears its module's name.
    pub fn split(text: &str) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix("// file: ").or_else(|| line.strip_prefix("# file: ")) {
                files.push((name.trim().to_owned(), String::new()));
                continue;
            }
            if files.is_empty() {
                files.push((String::new(), String::new()));
            }
            files.last_mut().expect("a file").1.push_str(line);
        }
        for (name, text) in &mut files {
            if name.is_empty() {
                let module = text.lines().find_map(|line| line.strip_prefix("module ")).unwrap_or("page");
                let module = module.split_whitespace().next().unwrap_or("page");
                *name = format!("{}.fmk", module.replace('.', "/"));
            }
        }
        files
    }

    /// `FM0201 page/example.fmk:3:9 "marked text"` for each finding that is not a note.
    pub fn said(&self) -> Vec<String> {
        self.checked.findings.iter().filter(|finding| finding.code.number != "FM0305").map(|it| self.line(it)).collect()
    }

    /// One finding in one line.
    pub fn line(&self, finding: &Diagnostic) -> String {
        let source = self.sources.get(finding.place.source).expect("a source");
        let at = source.position(finding.place.span.start);
        let marked = self.sources.slice(finding.place);
        format!("{} {}:{} {:?} {}", finding.code.number, at.line, at.column, marked, finding.message)
    }

    /// The files with the edits of these findings made.
    pub fn mended(&self, findings: &[&Diagnostic]) -> Vec<(String, String)> {
        let mut edits: BTreeMap<(u32, u32, u32), &Edit> = BTreeMap::new();
        for edit in findings.iter().flat_map(|finding| &finding.fix) {
            edits.insert((edit.place.source.0, edit.place.span.start, edit.place.span.end), edit);
        }
        let mut files: Vec<(String, String)> =
            self.sources.iter().map(|(_, source)| (source.name().to_owned(), source.text().to_owned())).collect();
        for edit in edits.values().rev() {
            let (_, text) = &mut files[edit.place.source.0 as usize];
            text.replace_range(edit.place.span.range(), &edit.text);
        }
        files
    }
}
