//! `any(x in S: …)`, `all(x in S: …)`: the set, the variable, and what is asked of each member.

use super::super::lookup::Found;
use super::super::spelling::spelt;
use super::{Typer, agree, named};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, Sort, Term, Type};
use crate::source::Place;
use crate::syntax::ast::{self, Word};
use crate::terms::root::Root;

impl Typer<'_, '_, '_, '_, '_, '_> {
    pub(super) fn each(
        &mut self,
        all: bool,
        variable: &Word<'_>,
        (set, body): (&ast::Expression<'_>, &ast::Expression<'_>),
        place: Place,
        depth: usize,
    ) -> Expression {
        let set = self.typed(set, None, depth);
        let member = match &set.of {
            Type::Set(inner) => (**inner).clone(),
            of if agree::is_lost(of) => Type::Lost,
            of => {
                let word = if all { "all" } else { "any" };
                let text = self.text(set.place);
                let what = named::called(self.lookup, of);
                let finding = Diagnostic::new(&codes::NOT_A_SET, format!("`{text}` is {what}, not a set"), set.place)
                    .label(format!("`{word}` asks each member of a set"))
                    .help("name a set, or ask it of the one value, without `any` and `all`");
                self.lost = true;
                let finding = self.with_declared(finding, &set);
                self.findings().add(finding);
                Type::Lost
            }
        };
        self.judge_variable(variable);
        let name: Box<str> = spelt(variable.text).into();
        self.variables.push((name.clone(), member));
        let body = self.condition_at(body, depth);
        self.variables.pop();
        let says = Term::Each { all, variable: name, set: Box::new(set), body: Box::new(body) };
        Expression { place, of: Type::Bool, says }
    }

    /// A variable may have no name that means something else here.
    fn judge_variable(&mut self, word: &Word<'_>) {
        let place = self.place(word.span);
        let name = spelt(word.text);
        let (what, declared) = if self.variables.iter().any(|(known, _)| **known == *name) {
            ("a variable around it".to_owned(), None)
        } else if Root::from_word(&name).is_some() {
            ("what conditions read".to_owned(), None)
        } else {
            match self.lookup.peek(self.module, word.text) {
                Found::Symbol(id) if matches!(self.lookup.names.sort(id), Sort::Condition | Sort::Organisation) => {
                    let sort = self.lookup.names.sort(id).word();
                    (format!("the {sort} of that name"), self.lookup.names.symbol_place(id))
                }
                _ => return,
            }
        };
        let mut finding = Diagnostic::new(
            &codes::AMBIGUOUS_NAME,
            format!("`{}` means something else here already", word.text),
            place,
        )
        .label(format!("also {what}"))
        .help("give the variable another name");
        if let Some(declared) = declared {
            finding = finding.related("declared here", declared);
        }
        self.lost = true;
        self.findings().add(finding);
    }
}
