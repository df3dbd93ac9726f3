//! Why nothing was tried, as findings: a run without mutants or without tests has told nothing, and fails.

use super::run::{Options, Trouble};
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, SourceId, Sources, Span};

impl Trouble {
    /// As findings. What is said of all modules stands at the first of them.
    #[must_use]
    pub fn findings(&self, options: &Options, sources: &Sources, module: Option<SourceId>) -> Vec<Diagnostic> {
        let place = whole(sources, module);
        match self {
            Trouble::NoMutants => {
                let message = "there is nothing to mutate: the modules grant, permit and forbid nothing";
                vec![
                    Diagnostic::new(&codes::NO_MUTANTS, message, place)
                        .label("nothing to change")
                        .help("name a module with packages, services or registers"),
                ]
            }
            Trouble::NothingMatches => {
                let asked = [
                    options.module.as_ref().map(|module| format!("--module {module}")),
                    options.filter.as_ref().map(|filter| format!("--filter {filter}")),
                ];
                let asked: Vec<String> = asked.into_iter().flatten().collect();
                let message = format!("there is no mutant of `{}`", asked.join(" "));
                vec![
                    Diagnostic::new(&codes::NO_MUTANTS, message, place)
                        .label("nothing to change")
                        .help("name a module of these, or a kind of change: docs/mutation.md lists them"),
                ]
            }
            Trouble::NoTests => {
                let message = "there is no suite to try mutants with: every one of them would survive";
                vec![
                    Diagnostic::new(&codes::MUTANTS_UNTESTED, message, place)
                        .label("nothing asks about it")
                        .help("write `NAME.test.yaml` beside `NAME.fmk`, with `cases:` or `tables:`"),
                ]
            }
            Trouble::Unmet(unmet) => unmet
                .iter()
                .map(|killer| {
                    let message = format!("`{}` differs before anything is mutated", killer.name);
                    Diagnostic::new(&codes::UNMET_BEFORE_MUTATION, message, killer.place)
                        .label("is not answered as expected")
                        .help("see what it gives with `fullmakt test`, and mend it first")
                })
                .collect(),
        }
    }
}

/// The first line of the first module.
fn whole(sources: &Sources, module: Option<SourceId>) -> Place {
    let source = module.unwrap_or(SourceId(0));
    let end = sources.get(source).and_then(|text| text.text().lines().next()).map_or(0, str::len);
    Place { source, span: Span::new(0, end) }
}
