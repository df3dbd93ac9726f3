//! Fullmakt: a language for authority. Who may act for whom, with what, over which data.
//!
//! # The tour
//!
//! A text goes in on the left and becomes a bundle; a bundle, facts and a request become a decision on the right.
//!
//! ```text
//! binary      main, cli                        a command is a file and a row in COMMANDS
//! ────────────────────────────────────────────────────────────────────────────
//! face        lib  this page                   compile  the whole road on one page
//! ────────────────────────────────────────────────────────────────────────────
//! FRONT WING  text, places, names         │      ids, decisions, bytes   BACK WING
//!             syntax/   text → tree       │      decide/   request → decision
//!             resolve/  names → links     │      emit/     bundle → files
//!             check/    links obey rules  │      harness/  suites → verdicts
//!             model/    Catalog ─ lower ──┼────▶ ir/       Bundle, origins beside it
//! ────────────────────────────────────────────────────────────────────────────
//! doors       intake/  data in, with findings        words/  decisions said to people
//! ground      terms/  logic/  source  facts  diag/  xacml/   workspace  the disk
//! ```
//!
//! The wings meet in one file, [`lower`]. Three trees, each with one promise:
//!
//! - [`syntax::ast`], *as written*: may be wrong, knows its places;
//! - [`model::Catalog`], *linked and typed*: what it links to exists. A declaration that lost a part is
//!   *wounded*, and no check says «missing» or «unused» because of a wound;
//! - [`ir::Bundle`], *closed*: made from [`model::Sound`] alone, so that [`lower`] and [`decide`] cannot fail.
//!
//! What a bundle means is said in numbered sentences in `docs/meaning.md`; [`decide`] follows them, and so does a reader in
//! another language in `tests/reference/`. A back end may refuse to say something; it may never say something else.
//!
//! # As a library
//!
//! ```
//! use fullmakt::source::{Source, Sources};
//!
//! let mut sources = Sources::default();
//! let text = "module demo\n\nrole manager \"Manager\" { held by person for organisation }\n";
//! let id = sources.add(Source::new("demo.fmk", text));
//! let compiled = fullmakt::compile::compile(&sources, &[id], fullmakt::compile::Options::default());
//! assert!(compiled.findings.is_empty() && compiled.bundle.is_some());
//! ```

pub mod check;
pub mod compile;
pub mod decide;
pub mod diag;
pub mod emit;
pub mod facts;
pub mod harness;
pub mod intake;
pub mod ir;
pub mod logic;
pub mod lower;
pub mod model;
pub mod origins;
pub mod project;
pub mod prove;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod terms;
pub mod words;
pub mod workspace;
pub mod xacml;
