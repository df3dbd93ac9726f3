//! Named conditions → the catalog, with what each reads, those that it names included. A circle of them is told once.

use super::circles::{circles, listed};
use super::known::Reads;
use super::link::Work;
use super::types::Typer;
use super::types::place::{Here, Spot};
use crate::diag::{Diagnostic, codes};
use crate::model::{Condition, Expression, Sort, SymbolId, Term, Type};
use crate::source::Place;
use crate::syntax::ast::Head;
use rustc_hash::FxHashMap;

/// One condition, and the conditions that it names.
struct Named {
    symbol: SymbolId,
    reads: Reads,
    names: Vec<(SymbolId, Place)>,
}

/// Links them all.
pub(super) fn link(work: &mut Work<'_, '_, '_, '_, '_>) {
    let purpose = purpose(work);
    let here = Here {
        records: work.known.record_entities.clone(),
        records_lost: !work.known.lost_records.is_empty(),
        purpose,
        resources: None,
        ..Here::plain(Spot::Condition)
    };
    let mut all: Vec<Named> = Vec::new();
    work.each(&[Sort::Condition], |begun, work| {
        let mut declared = begun.declared;
        let says = match &begun.entry.tree.head {
            Head::Condition(says) => {
                let mut typer = Typer::new(&mut work.lookup, &work.known, &mut work.asked, begun.entry.module, &here);
                let says = typer.condition(says);
                declared.wounded |= typer.lost;
                let reads = std::mem::take(&mut typer.reads);
                let names = std::mem::take(&mut typer.conditions);
                if work.lookup.names.sort(declared.symbol) == Sort::Condition {
                    all.push(Named { symbol: declared.symbol, reads, names });
                }
                says
            }
            _ => {
                declared.wounded = true;
                Expression { place: declared.place, of: Type::Lost, says: Term::Lost }
            }
        };
        let lost = declared.wounded;
        work.catalog.conditions.push(Condition { declared, says });
        lost
    });
    spread(&mut all, work);
}

/// What all resources of the build have as purposes.
fn purpose(work: &Work<'_, '_, '_, '_, '_>) -> Type {
    super::resources::purpose(work.catalog.resources.iter()).unwrap_or(Type::Lost)
}

/// What a condition reads it reads also through those that it names. Each fact goes along each name once.
fn spread(all: &mut [Named], work: &mut Work<'_, '_, '_, '_, '_>) {
    let numbers: FxHashMap<SymbolId, usize> = all.iter().enumerate().map(|(at, one)| (one.symbol, at)).collect();
    let next: Vec<Vec<usize>> =
        all.iter().map(|one| one.names.iter().filter_map(|(id, _)| numbers.get(id).copied()).collect()).collect();
    let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (from, others) in next.iter().enumerate() {
        for to in others {
            if let Some(list) = named_by.get_mut(*to) {
                list.push(from);
            }
        }
    }
    let mut waiting: Vec<usize> = (0..all.len()).collect();
    while let Some(at) = waiting.pop() {
        let Some(reads) = all.get(at).map(|one| one.reads.clone()) else { continue };
        for above in named_by.get(at).into_iter().flatten() {
            if let Some(one) = all.get_mut(*above)
                && take(&mut one.reads, &reads)
            {
                waiting.push(*above);
            }
        }
    }
    tell_circles(all, &next, work);
    for one in all {
        work.known.conditions.entry(one.symbol).or_insert_with(|| std::mem::take(&mut one.reads));
    }
}

/// Whether anything was new.
fn take(own: &mut Reads, other: &Reads) -> bool {
    let before = (own.roots.len(), own.asks.is_some(), own.facts.is_some());
    for (root, place) in &other.roots {
        own.roots.entry(*root).or_insert(*place);
    }
    own.asks = own.asks.or(other.asks);
    own.facts = own.facts.or(other.facts);
    before != (own.roots.len(), own.asks.is_some(), own.facts.is_some())
}

fn tell_circles(all: &[Named], next: &[Vec<usize>], work: &mut Work<'_, '_, '_, '_, '_>) {
    for round in circles(next) {
        let edges: Vec<(SymbolId, SymbolId, Place)> = round
            .iter()
            .zip(round.iter().cycle().skip(1))
            .filter_map(|(from, to)| {
                let (from, to) = (all.get(*from)?, all.get(*to)?);
                let place = from.names.iter().find(|(id, _)| *id == to.symbol)?.1;
                Some((from.symbol, to.symbol, place))
            })
            .collect();
        let name = |id: SymbolId| work.lookup.names.symbol(id).map_or("", |symbol| &*symbol.name);
        let [(from, to, place), others @ ..] = edges.as_slice() else { continue };
        let message = if others.is_empty() {
            format!("condition `{}` names itself", name(*from))
        } else {
            let all: Vec<&str> = edges.iter().map(|(from, ..)| name(*from)).collect();
            format!("conditions {} name each other in a circle", listed(all.into_iter()))
        };
        let mut finding = Diagnostic::new(&codes::CONDITION_CYCLE, message, *place)
            .label(format!("`{}` names `{}` here", name(*from), name(*to)))
            .help(format!("write what is meant instead of `{}`", name(*to)));
        for (from, to, place) in others.iter().take(20) {
            finding = finding.related(format!("`{}` names `{}` here", name(*from), name(*to)), *place);
        }
        work.lookup.findings.add(finding);
    }
}
