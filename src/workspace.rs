//! The only room that touches the disk: reads modules and suites with findings for what cannot be read, and writes
//! files so that a reader finds the old text or the new one, never half. Knows no format of what it carries.

mod find;
mod write;

pub use find::{Kind, Loaded, default_paths, exists, is_folder, name_of, names_in};
pub use find::{files_in, open, read_file, read_modules, read_modules_and_suites, read_text, stamp, text_of};
pub use write::{make_folder, remove_file, write_file, write_set};

/// Files larger than this are not read.
pub const LARGEST_FILE: u64 = 64 * 1024 * 1024;
