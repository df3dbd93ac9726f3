//! What docs/meaning.md says, run: its tables, row by row; that hiding anything gives nothing more; and each sentence that a decision
//! turns on, by a case. Policies and facts are made in memory: no text is read.

mod cases;
mod losing;
mod small;
mod tables;
mod text;
mod words;
