//! Writing: every new file is complete on disk under a temporary name before the first takes its place; where one
//! cannot, those that did are put back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes one file, whole or not at all. A file that was there keeps its permissions; through a link the file that
/// it leads to is written.
///
/// # Errors
/// What the disk says.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let new = complete(&path, bytes)?;
    fs::rename(&new, &path).inspect_err(|_| remove_quietly(&new))
}

/// Creates a folder and those above it.
///
/// # Errors
/// What the disk says.
pub fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Removes a file.
///
/// # Errors
/// What the disk says.
pub fn remove_file(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Writes the files of a set into `folder`, in this order, and removes those of `stale` that the set does not have.
/// On failure everything is as it was.
///
/// # Errors
/// What the disk says, with the file that it says it of.
pub fn write_set(folder: &Path, files: &[(&str, &[u8])], stale: &[String]) -> io::Result<()> {
    let made = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| of(folder, &error))?;
    let written = replace_all(folder, files);
    if written.is_err() && made {
        // INVARIANT (whole): a folder that only a failed write made goes again; one with something in it stays.
        let _ = fs::remove_dir(folder);
    }
    written?;
    for name in stale.iter().filter(|name| is_plain(name) && !files.iter().any(|(kept, _)| kept == name)) {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(of(&folder.join(name), &error)),
            _ => {}
        }
    }
    // Not every system lets a folder be synchronised; the files themselves are.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Is it the name of a file in this very folder? (A list of files is data, and may say `../..`.)
fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|last| last == name)
}

fn replace_all(folder: &Path, files: &[(&str, &[u8])]) -> io::Result<()> {
    let mut steps: Vec<Step> = Vec::with_capacity(files.len());
    let result = files
        .iter()
        .try_for_each(|(name, bytes)| {
            let path = folder.join(name);
            if path.is_dir() {
                return Err(io::Error::other(format!("`{}` is a folder", path.display())));
            }
            let new = complete(&path, bytes).map_err(|error| of(&path, &error))?;
            steps.push(Step { path, new, old: None, done: false });
            Ok(())
        })
        .and_then(|()| steps.iter_mut().try_for_each(|step| step.put().map_err(|error| of(&step.path, &error))));
    for step in steps.iter_mut().rev() {
        step.finish(result.is_ok());
    }
    result
}

/// One file of a set on its way to its place.
struct Step {
    path: PathBuf,
    new: PathBuf,
    old: Option<PathBuf>,
    done: bool,
}

impl Step {
    fn put(&mut self) -> io::Result<()> {
        if self.path.exists() {
            let old = beside(&self.path, "old");
            remove_quietly(&old);
            if fs::hard_link(&self.path, &old).is_err() {
                fs::copy(&self.path, &old)?;
            }
            self.old = Some(old);
        }
        fs::rename(&self.new, &self.path)?;
        self.done = true;
        Ok(())
    }

    fn finish(&mut self, kept: bool) {
        if !self.done {
            remove_quietly(&self.new);
        }
        match (self.old.take(), kept) {
            (Some(old), false) if self.done => {
                let _ = fs::rename(&old, &self.path);
            }
            (Some(old), _) => remove_quietly(&old),
            (None, false) if self.done => remove_quietly(&self.path),
            (None, _) => {}
        }
    }
}

/// The text under a temporary name beside `path`, complete on disk.
fn complete(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let new = beside(path, "new");
    let written = OpenOptions::new().write(true).create(true).truncate(true).open(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(new),
        Err(error) => {
            remove_quietly(&new);
            Err(error)
        }
    }
}

/// A hidden name in the same folder, so that a rename is one step; with the process, so that two runs do not meet.
fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{}.{what}", std::process::id()))
}

fn remove_quietly(path: &Path) {
    // It may never have been made; and the failure that led here is the one to tell.
    let _ = fs::remove_file(path);
}

fn of(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}
