//! Names → links: every name of every module is declared first, then every name that is used is looked up. Whatever
//! can say «there is no such …» or «… is not a …» lives here. Knows no rule about what is linked (`check` does), and
//! reads no text: it gets trees.

mod actions;
mod additions;
mod circles;
mod conditions;
mod declarations;
mod declare;
mod duplicates;
mod findings;
mod group;
mod known;
mod link;
mod lookup;
mod module_name;
mod obliges;
mod parts;
mod policies;
mod resources;
mod rules;
mod scope;
mod selects;
mod spelling;
mod statements;
mod types;
mod unused;
mod vocabulary;
mod words;

use crate::diag::Diagnostic;
use crate::model::Catalog;
use crate::source::{SourceId, Sources};
use crate::syntax::ast;

/// All declarations of a build with their links, and what was found on the way.
#[derive(Debug)]
pub struct Resolved {
    /// Complete even where there are findings: what could not be linked is left out and wounds its declaration.
    pub catalog: Catalog,
    /// Sorted; many of one wording are told by the first places and a count.
    pub findings: Vec<Diagnostic>,
}

/// Links the modules of a build. A file that could not be read at all belongs among them as a wounded tree without a
/// name: what it might have declared is then called unknown nowhere.
#[must_use]
pub fn resolve(sources: &Sources, parsed: &[(SourceId, ast::Module<'_>)]) -> Resolved {
    let mut findings = findings::Findings::new(sources);
    let names = declare::declare(parsed, &mut findings);
    duplicates::report(&names, &mut findings);
    let scopes = scope::scopes(&names, &mut findings);
    let linked = link::link(&names, scopes, &mut findings);
    circles::report_imports(&names, &linked.scopes, &mut findings);
    unused::report(&names, &linked, &mut findings);
    let catalog = Catalog { symbols: names.symbols, ..linked.catalog };
    Resolved { catalog, findings: findings.finish() }
}
