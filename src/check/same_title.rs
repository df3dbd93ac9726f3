//! FM0206: two packages of one title that may be had by the same kind of party at the same time, so that nobody can
//! tell them apart in a list. However many share a title, it is one finding.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Package, Said};
use crate::terms::kind::{Kind, Kinds};
use crate::terms::open::Open;
use jiff::civil::Date;

/// A package with its kinds of party and its title.
type Titled<'c> = (&'c Package, Kinds, &'c Said<Box<str>>);

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut by_title: Vec<(String, Titled<'_>)> = Vec::with_capacity(context.catalog.packages.len());
    for package in &context.catalog.packages {
        let kinds = match package.kinds.as_ref().map(|kinds| kinds.value) {
            None => Kinds::ANY,
            Some(Open::Known(kinds)) => kinds,
            Some(Open::Undecided) => continue,
        };
        let Some(title) = &package.declared.title else { continue };
        // A wounded package may be for another kind or time than is left of it.
        if !package.declared.wounded && !package.declared.period.is_empty() {
            let key = title.value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            by_title.push((key, (package, kinds, title)));
        }
    }
    by_title.sort_by(|(one, _), (two, _)| one.cmp(two));
    for all in by_title.chunk_by(|(one, _), (two, _)| one == two) {
        if all.len() < 2 || all.first().is_some_and(|(key, _)| key.is_empty()) {
            continue;
        }
        let mut packages: Vec<Titled<'_>> = all.iter().map(|(_, titled)| *titled).collect();
        packages.sort_by_key(|(package, ..)| package.declared.place);
        let mut pairs: Vec<(usize, usize)> = Kind::ALL.into_iter().flat_map(|kind| meeting(&packages, kind)).collect();
        pairs.sort_unstable();
        pairs.dedup_by_key(|(later, _)| *later);
        let Some((later, earlier)) = pairs.first() else { continue };
        let (Some((later, _, title)), Some((earlier, _, first))) = (packages.get(*later), packages.get(*earlier))
        else {
            continue;
        };
        let (one, two) = (earlier.declared.symbol, later.declared.symbol);
        let message = match pairs.len() {
            1 => format!(
                "{} and {} have the same title",
                quoted(context.name_beside(one, two)),
                quoted(context.name_beside(two, one))
            ),
            more => format!("{} packages have the same title, {}", more + 1, quoted(&title.value)),
        };
        let mut finding = Diagnostic::new(&codes::SAME_TITLE, message, title.place)
            .label(format!(
                "the title of {} too, for the same kind of party at the same time",
                quoted(context.name_beside(one, two))
            ))
            .help("give one of them a title that tells them apart")
            .related(format!("the title of {}", quoted(context.name_beside(one, two))), first.place);
        for (package, _, title) in pairs.iter().skip(1).take(3).filter_map(|(later, _)| packages.get(*later)) {
            let name = context.name_beside(package.declared.symbol, two);
            finding = finding.related(format!("the title of {}", quoted(name)), title.place);
        }
        findings.push(finding);
    }
}

/// Packages for a kind that meet another of an earlier place in time, with that one: a sweep along the days on which
/// they begin, so that many of one title cost no more than sorting them.
fn meeting(packages: &[Titled<'_>], kind: Kind) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> =
        packages.iter().enumerate().filter(|(_, (_, kinds, _))| kinds.has(kind)).map(|(at, _)| at).collect();
    order.sort_by_key(|at| (packages.get(*at).and_then(|(package, ..)| package.declared.period.from), *at));
    let end =
        |at: usize| packages.get(at).and_then(|(package, ..)| package.declared.period.before).unwrap_or(Date::MAX);
    let symbol = |at: usize| packages.get(at).map(|(package, ..)| package.declared.symbol);
    let mut pairs = Vec::new();
    // Of what has begun, the last to end, and the last to end of another name.
    let mut open: [Option<usize>; 2] = [None, None];
    for at in order {
        let begins = packages.get(at).and_then(|(package, ..)| package.declared.period.from).unwrap_or(Date::MIN);
        let other = open.into_iter().flatten().find(|open| symbol(*open) != symbol(at) && end(*open) > begins);
        if let Some(other) = other {
            pairs.push((at.max(other), at.min(other)));
        }
        open = match open {
            [Some(first), second] if symbol(first) == symbol(at) => {
                [Some(if end(at) > end(first) { at } else { first }), second]
            }
            [Some(first), _] if end(at) > end(first) => [Some(at), Some(first)],
            [Some(first), Some(second)] if symbol(second) != symbol(at) && end(second) >= end(at) => {
                [Some(first), Some(second)]
            }
            [Some(first), _] => [Some(first), Some(at)],
            [None, _] => [Some(at), None],
        };
    }
    pairs
}
