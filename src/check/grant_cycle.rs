//! FM0309: packages granted to each other in a circle. Such a circle gives nobody anything, so something else was
//! meant. Each knot of circles is one finding, with a shortest circle in it.

use super::circle::{Edge, circle, knots};
use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Grantee, Said, SymbolId};
use crate::terms::period::Period;
use std::collections::BTreeMap;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let is_package = |to: &Said<Grantee>| matches!(to.value, Grantee::Package(_));
    if !context.catalog.packages.iter().flat_map(|package| &package.grants).any(|grant| grant.to.iter().any(is_package))
    {
        return;
    }
    let mut numbers: BTreeMap<SymbolId, usize> = BTreeMap::new();
    let mut symbols: Vec<SymbolId> = Vec::new();
    let mut edges: Vec<Vec<Edge>> = Vec::new();
    let mut packages: Vec<_> = context.catalog.packages.iter().filter(|package| !package.declared.wounded).collect();
    packages.sort_by_key(|package| package.declared.place);
    let mut number = |symbol: SymbolId, edges: &mut Vec<Vec<Edge>>| {
        *numbers.entry(symbol).or_insert_with(|| {
            symbols.push(symbol);
            edges.push(Vec::new());
            symbols.len() - 1
        })
    };
    for package in &packages {
        number(package.declared.symbol, &mut edges);
    }
    for package in packages {
        let from = number(package.declared.symbol, &mut edges);
        for grant in package.grants.iter().filter(|grant| grant.undecided.is_none()) {
            let period =
                grant.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(package.declared.period);
            for to in grant.to.iter().filter(|_| !period.is_empty()) {
                if let Grantee::Package(other) = to.value {
                    let edge = Edge { to: number(other, &mut edges), place: to.place, period };
                    if let Some(edges) = edges.get_mut(from) {
                        edges.push(edge);
                    }
                }
            }
        }
    }
    for knot in knots(&edges) {
        if let Some(circle) = circle(&edges, &knot) {
            findings.extend(finding(context, &symbols, &circle));
        }
    }
}

fn finding(context: &Context<'_>, symbols: &[SymbolId], circle: &[(usize, Edge)]) -> Option<Diagnostic> {
    let symbol = |node: usize| symbols.get(node).copied();
    let (first, edge) = circle.first()?;
    let first = symbol(*first)?;
    let names: Vec<String> =
        circle.iter().filter_map(|(node, _)| Some(quoted(context.name_beside(symbol(*node)?, first)))).collect();
    let message = match names.as_slice() {
        [one] => format!("{one} is granted to those who hold it"),
        [one, two] => format!("{one} and {two} are granted to each other"),
        [one, two, three] => format!("{one}, {two} and {three} are granted to each other in a circle"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more are granted to each other in a circle", rest.len()),
        [] => return None,
    };
    let mut finding = Diagnostic::new(&codes::GRANT_CYCLE, message, edge.place)
        .label("a circle of grants gives nobody anything")
        .help("take one of these grants out");
    for (node, edge) in circle.iter().skip(1).take(7) {
        finding = finding
            .related(format!("{} is granted here", quoted(context.name_beside(symbol(*node)?, first))), edge.place);
    }
    Some(finding)
}
