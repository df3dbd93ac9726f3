//! Reading: which files a run is about, in an order that does not depend on the disk, each once; and their texts,
//! with a finding for whatever cannot be read.

use super::LARGEST_FILE;
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Source, SourceId, Sources, Span};
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What was read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// All texts.
    pub sources: Sources,
    /// The modules, in order of name.
    pub modules: Vec<SourceId>,
    /// The suites, in order of name.
    pub suites: Vec<SourceId>,
    /// Files of facts, in order of name.
    pub facts: Vec<SourceId>,
    /// Paths of other files in YAML or JSON that stand in the folders, in order of name.
    pub others: Vec<String>,
    /// What could not be read.
    pub findings: Vec<Diagnostic>,
    /// Texts of which a part or all is missing; the modules among them (and folders that may hold some) are in `modules`
    /// too, so that nothing is called unknown because it may stand there.
    pub broken: BTreeSet<SourceId>,
}

impl Loaded {
    /// How many modules could be read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.modules.iter().filter(|id| !self.broken.contains(id)).count()
    }
}

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `NAME.fmk`
    Module,
    /// `NAME.test.yaml`
    Suite,
    /// `NAME.facts.yaml`
    Facts,
}

impl Kind {
    /// The kind of a file of this name; `None` for the rest.
    #[must_use]
    pub fn of(name: &str) -> Option<Kind> {
        if name.ends_with(".fmk") {
            Some(Kind::Module)
        } else if name.ends_with(".test.yaml") {
            Some(Kind::Suite)
        } else if name.ends_with(".facts.yaml") {
            Some(Kind::Facts)
        } else {
            None
        }
    }
}

/// The paths of a run that names none: `policies` if there is one, else the folder it runs in.
#[must_use]
pub fn default_paths() -> Vec<PathBuf> {
    vec![PathBuf::from(if Path::new("policies").is_dir() { "policies" } else { "." })]
}

/// Is there anything at this path?
#[must_use]
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Is it a folder?
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Reads the modules at these paths, in folders and those below.
#[must_use]
pub fn read_modules(paths: &[PathBuf]) -> Loaded {
    read(paths, &[Kind::Module])
}

/// Reads the modules at these paths, the suites among and beside them, and the files of facts in the folders.
#[must_use]
pub fn read_modules_and_suites(paths: &[PathBuf]) -> Loaded {
    read(paths, &[Kind::Module, Kind::Suite, Kind::Facts])
}

/// Changes when a file at these paths, or in folders below them, does. Reads no file.
#[must_use]
pub fn stamp(paths: &[PathBuf]) -> u64 {
    let mut search = Search::new(&[]);
    search.keeps_all = true;
    paths.iter().for_each(|path| search.given(path));
    let mut files: Vec<String> = search.others;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for name in files {
        let about = fs::metadata(&name).ok();
        let changed = about.as_ref().and_then(|about| about.modified().ok());
        (name, changed, about.map(|about| about.len())).hash(&mut hasher);
    }
    hasher.finish()
}

/// Reads one file.
///
/// # Errors
/// A finding, with what of the text there is.
pub fn read_file(path: &Path, sources: &mut Sources) -> Result<SourceId, Box<(SourceId, Diagnostic)>> {
    let name = name_of(path);
    match bytes_of(path) {
        Ok(bytes) => text_of(&name, bytes, sources),
        Err(error) => {
            let id = sources.add(Source::new(&name, ""));
            Err(Box::new((id, unreadable(id, format!("cannot read `{name}`: {}", reason(&error))))))
        }
    }
}

/// A file to be read from its beginning on, however long it is.
///
/// # Errors
/// What the disk says.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    Ok(Box::new(fs::File::open(path)?))
}

/// The files of a folder itself, sorted, without those whose names begin with a dot.
///
/// # Errors
/// What the disk says.
pub fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.retain(|path| {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        !hidden && !path.is_dir()
    });
    files.sort();
    Ok(files)
}

/// The text of a file of which nothing is to be told: what a run finds of an older one.
///
/// # Errors
/// What the disk says, also of a text that is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes_of(path)?).map_err(io::Error::other)
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What the disk says of the size is only a hint: a device has none.
    fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A text from the bytes of a file or a stream.
///
/// # Errors
/// A finding where there are too many or they are not UTF-8, with what of the text there is.
pub fn text_of(name: &str, bytes: Vec<u8>, sources: &mut Sources) -> Result<SourceId, Box<(SourceId, Diagnostic)>> {
    if bytes.len() as u64 > LARGEST_FILE {
        let id = sources.add(Source::new(name, ""));
        let message = format!("`{name}` is larger than {} MiB", LARGEST_FILE / 1024 / 1024);
        let finding = Diagnostic::new(&codes::FILE_TOO_LARGE, message, start_of(id));
        return Err(Box::new((
            id,
            finding.help("split the file; several modules may stand beside each other in a folder"),
        )));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(sources.add(Source::new(name, &text))),
        Err(error) => Err(Box::new(not_utf8(name, error.as_bytes(), error.utf8_error().valid_up_to(), sources))),
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

fn unreadable(id: SourceId, message: String) -> Diagnostic {
    Diagnostic::new(&codes::UNREADABLE_FILE, message, start_of(id))
}

fn start_of(source: SourceId) -> Place {
    Place { source, span: Span { start: 0, end: 0 } }
}

/// The text with `?` for each byte that is none of UTF-8, so that offsets stay those of the file.
fn not_utf8(name: &str, bytes: &[u8], first: usize, sources: &mut Sources) -> (SourceId, Diagnostic) {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    let id = sources.add(Source::new(name, &text));
    let byte = bytes.get(first).copied().unwrap_or(0);
    let place = Place { source: id, span: Span::new(first, first + 1) };
    let finding = Diagnostic::new(&codes::NOT_UTF8, format!("`{name}` is not UTF-8 text"), place)
        .label(format!("the byte {byte:#04x} is the first that does not fit"))
        .help("save the file as UTF-8");
    (id, finding)
}

fn read(paths: &[PathBuf], wanted: &[Kind]) -> Loaded {
    let mut search = Search::new(wanted);
    let mut paths: Vec<&PathBuf> = paths.iter().collect();
    paths.sort();
    for path in paths {
        search.given(path);
    }
    let Search { mut files, mut troubles, mut others, .. } = search;
    files.sort();
    troubles.sort();
    others.sort();
    let mut loaded = Loaded { others, ..Loaded::default() };
    for (path, message) in troubles {
        let id = loaded.sources.add(Source::new(&path, ""));
        loaded.findings.push(unreadable(id, message));
        loaded.broken.insert(id);
        if Kind::of(&path) != Some(Kind::Suite) {
            loaded.modules.push(id);
        }
    }
    for (_, kind, path) in files {
        let id = match read_file(&path, &mut loaded.sources) {
            Ok(id) => id,
            Err(trouble) => {
                let (id, finding) = *trouble;
                loaded.findings.push(finding);
                loaded.broken.insert(id);
                id
            }
        };
        match kind {
            Kind::Module => loaded.modules.push(id),
            Kind::Suite => loaded.suites.push(id),
            Kind::Facts => loaded.facts.push(id),
        }
    }
    loaded
}

/// A walk through folders.
struct Search<'w> {
    wanted: &'w [Kind],
    /// Name, kind and path.
    files: Vec<(String, Kind, PathBuf)>,
    /// Name and message.
    troubles: Vec<(String, String)>,
    /// Files that are of no kind.
    others: Vec<String>,
    /// All files are kept among the others, whatever their kind.
    keeps_all: bool,
    /// The real paths of files and folders that were met: a loop of links ends, and nothing is read twice.
    seen: BTreeSet<PathBuf>,
}

impl<'w> Search<'w> {
    fn new(wanted: &'w [Kind]) -> Self {
        Search {
            wanted,
            files: Vec::new(),
            troubles: Vec::new(),
            others: Vec::new(),
            keeps_all: false,
            seen: BTreeSet::new(),
        }
    }

    /// A path that the user wrote.
    fn given(&mut self, path: &Path) {
        let name = name_of(path);
        match fs::metadata(path) {
            Err(error) => self.troubles.push((name.clone(), format!("cannot read `{name}`: {}", reason(&error)))),
            Ok(about) if about.is_dir() => {
                if self.folder(path) == 0 {
                    self.troubles.push((name.clone(), format!("there is no module (`.fmk`) in `{name}`")));
                }
            }
            Ok(_) => {
                let kind = Kind::of(&name).unwrap_or(Kind::Module);
                self.file(path, kind);
                let (ending, of_other, other) = match kind {
                    Kind::Module => (".fmk", ".test.yaml", Kind::Suite),
                    Kind::Suite | Kind::Facts => (".test.yaml", ".fmk", Kind::Module),
                };
                let stem = path.to_str().and_then(|path| path.strip_suffix(ending));
                if let Some(beside) = stem.map(|stem| PathBuf::from(format!("{stem}{of_other}")))
                    && beside.is_file()
                {
                    self.file(&beside, other);
                }
            }
        }
    }

    fn file(&mut self, path: &Path, kind: Kind) {
        if self.keeps_all {
            self.others.push(name_of(path));
        }
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        if self.wanted.contains(&kind) && self.seen.insert(real) {
            self.files.push((name_of(path), kind, path.to_path_buf()));
        }
    }

    /// Walks a folder and all below it; says how many modules and suites there are, read before or not.
    fn folder(&mut self, path: &Path) -> usize {
        let mut met = 0;
        let mut open = vec![path.to_path_buf()];
        while let Some(folder) = open.pop() {
            let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
            if !self.seen.insert(real) {
                // It was walked before; whatever is in it is there.
                met += 1;
                continue;
            }
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    let name = name_of(&folder);
                    self.troubles.push((name.clone(), format!("cannot read `{name}`: {}", reason(&error))));
                    met += 1;
                    continue;
                }
            };
            let mut entries: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            entries.sort();
            for path in entries {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let kind = Kind::of(&name);
                match fs::metadata(&path) {
                    Ok(about) if about.is_dir() => {
                        if !name.starts_with('.') && name != "target" {
                            open.push(path);
                        }
                    }
                    Ok(about) if !about.is_file() => {}
                    // A link that leads nowhere is told when the file is read.
                    _ => {
                        if let Some(kind) = kind {
                            met += usize::from(kind != Kind::Facts);
                            self.file(&path, kind);
                        } else if name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json") {
                            self.others.push(name_of(&path));
                        }
                    }
                }
            }
        }
        met
    }
}

/// The names of the files in a folder that end so, sorted; none where there is no such folder.
///
/// # Errors
/// What the disk says.
pub fn names_in(folder: &Path, ending: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.collect::<io::Result<_>>()?;
    names.retain(|name| name.ends_with(ending));
    names.sort();
    Ok(names)
}

/// The path as it was written, with `/` between its parts and without `.` among them.
#[must_use]
pub fn name_of(path: &Path) -> String {
    let mut name = String::new();
    for part in path.components() {
        let text = part.as_os_str().to_string_lossy();
        match part {
            std::path::Component::CurDir => continue,
            std::path::Component::RootDir => {
                name.push('/');
                continue;
            }
            _ if name.is_empty() || name.ends_with('/') => {}
            _ => name.push('/'),
        }
        name.push_str(&text);
    }
    if name.is_empty() { ".".to_owned() } else { name }
}
