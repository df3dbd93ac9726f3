//! Every way in which a formula can be so, looked through within a bound (a tableau). The one question, of which the
//! others are cases: does a formula follow from another?

use super::formula::{Domain, Formula};
use super::knowledge::Knowledge;

/// How many steps one question may take; then the answer is «not certain».
const STEPS: u32 = 4_096;
/// How deep a formula is read.
const DEPTH: u32 = 512;

/// The steps that many questions may take together; when they are spent nothing is certain any more.
#[derive(Clone, Copy, Debug)]
pub struct Effort(u32);

impl Effort {
    /// So many steps.
    #[must_use]
    pub fn of(steps: u32) -> Effort {
        Effort(steps)
    }

    /// Takes some steps for work done elsewhere; `false` where too few are left.
    pub fn spend(&mut self, steps: u32) -> bool {
        let has = self.0 >= steps;
        self.0 = self.0.saturating_sub(steps);
        has
    }

    /// Asks a question within the bound of one question.
    fn ask(&mut self, question: impl FnOnce(&mut u32) -> bool) -> bool {
        let most = self.0.min(STEPS);
        let mut steps = most;
        let answer = question(&mut steps);
        self.0 = self.0.saturating_sub(most - steps);
        answer
    }
}

/// Can it certainly never be so?
pub fn never(domains: &[Domain], formula: &Formula, effort: &mut Effort) -> bool {
    implies(domains, formula, &Formula::Constant(false), effort)
}

/// Can it certainly never be «not so»? (It may be unknown.)
pub fn always(domains: &[Domain], formula: &Formula, effort: &mut Effort) -> bool {
    effort.ask(|steps| follows(domains, formula, false, &Formula::Constant(false), steps))
}

/// Is the conclusion certainly so whenever the premise is? Not only not refuted: where the premise is so, the
/// conclusion is not even unknown.
pub fn implies(domains: &[Domain], premise: &Formula, conclusion: &Formula, effort: &mut Effort) -> bool {
    effort.ask(|steps| follows(domains, premise, true, conclusion, steps))
}

/// A branch: what is taken as so, what is still to be taken, and what asks for a choice.
#[derive(Clone)]
struct Branch<'f> {
    known: Knowledge,
    open: Vec<(&'f Formula, bool)>,
    choices: Vec<(&'f Formula, bool)>,
}

fn follows(domains: &[Domain], premise: &Formula, is: bool, conclusion: &Formula, steps: &mut u32) -> bool {
    let mut branches = vec![Branch { known: Knowledge::default(), open: vec![(premise, is)], choices: Vec::new() }];
    while let Some(mut branch) = branches.pop() {
        match settle(domains, &mut branch, steps) {
            None => return false,
            Some(false) => continue,
            Some(true) => {}
        }
        let Some((choice, is)) = branch.choices.pop() else {
            if judge(&branch.known, conclusion, DEPTH, steps) == Some(true) {
                continue;
            }
            return false;
        };
        // What is so already needs no choice.
        if judge(&branch.known, choice, DEPTH, steps) == Some(is) {
            branches.push(branch);
            continue;
        }
        let (Formula::And(parts) | Formula::Or(parts)) = choice else { continue };
        for part in parts.iter().rev() {
            let Some(left) = steps.checked_sub(1) else { return false };
            *steps = left;
            let mut next = branch.clone();
            next.open.push((part, is));
            branches.push(next);
        }
    }
    true
}

/// Takes all that needs no choice. `Some(false)`: a contradiction; `None`: too many steps.
fn settle<'f>(domains: &[Domain], branch: &mut Branch<'f>, steps: &mut u32) -> Option<bool> {
    while let Some((formula, is)) = branch.open.pop() {
        *steps = steps.checked_sub(1)?;
        match formula {
            Formula::Constant(value) if *value == is => {}
            Formula::Constant(_) => return Some(false),
            Formula::Atom(atom) => {
                if !branch.known.assume(domains, *atom, is) {
                    return Some(false);
                }
            }
            Formula::Not(inner) => branch.open.push((inner, !is)),
            Formula::And(parts) if is => branch.open.extend(parts.iter().map(|part| (part, true))),
            Formula::Or(parts) if !is => branch.open.extend(parts.iter().map(|part| (part, false))),
            Formula::And(_) | Formula::Or(_) => branch.choices.push((formula, is)),
        }
    }
    Some(true)
}

/// The value of a formula where only what is known is known.
fn judge(known: &Knowledge, formula: &Formula, depth: u32, steps: &mut u32) -> Option<bool> {
    let depth = depth.checked_sub(1)?;
    *steps = steps.checked_sub(1)?;
    match formula {
        Formula::Constant(is) => Some(*is),
        Formula::Atom(atom) => known.judge(*atom),
        Formula::Not(inner) => judge(known, inner, depth, steps).map(|is| !is),
        Formula::And(parts) | Formula::Or(parts) => {
            let ends = matches!(formula, Formula::Or(_));
            let mut unknown = false;
            for part in parts {
                match judge(known, part, depth, steps) {
                    Some(is) if is == ends => return Some(ends),
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            (!unknown).then_some(!ends)
        }
    }
}
