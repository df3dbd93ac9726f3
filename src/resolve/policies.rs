//! Policies → the catalog: which versions of resources each is over, and then its rules. The budget of what all may select
//! is kept here; what `where` is true of is asked in `selects`.

use super::actions;
use super::circles::listed;
use super::link::{Begun, Work};
use super::lookup::RESOURCE;
use super::module_name::dotted;
use super::parts::Linker;
use super::resources::{self, Pending};
use super::rules::Over;
use super::scope::no_module;
use super::selects::Selecting;
use super::types::Typer;
use super::types::place::{Here, Spot};
use super::words;
use crate::diag::{Diagnostic, codes};
use crate::model::{Every, Expression, ModuleId, Policy, Sort};
use crate::source::Place;
use crate::syntax::ast::{self, Head, Path, Says, Selector, Word};

/// So many resources may all policies of a build select together, and so many steps may their `where` take: a thousand real
/// builds need fewer.
const SELECTED: usize = 4_000_000;
const STEPS: usize = 20_000_000;

/// A policy of which it is known what it is over.
pub(super) struct Chosen<'n, 't, 's> {
    pub(super) begun: Begun<'n, 't, 's>,
    pub(super) selects: Vec<u32>,
    /// Those of which `where` is unknown.
    unsettled: Vec<u32>,
    selector: Place,
    every: Option<Every>,
    /// What it is over was lost in part.
    lost: bool,
}

/// Policies, shared actions, and the rules of everything.
pub(super) fn link(pending: Vec<Pending<'_, '_, '_>>, work: &mut Work<'_, '_, '_, '_, '_>) {
    let mut chosen = Vec::new();
    let mut left = Left { selected: SELECTED, steps: STEPS, told: false };
    work.each(&[Sort::Policy], |begun, work| {
        let one = choose(begun, work, &mut left);
        let lost = one.lost;
        chosen.push(one);
        lost
    });
    actions::link(work);
    let shared = actions::dissolve(&pending, &chosen, &mut left, work);
    resources::finish(pending, &shared, work);
    for one in chosen {
        rules(one, &shared, work);
    }
    asked(work);
}

/// What is left of the budget.
pub(super) struct Left {
    selected: usize,
    steps: usize,
    told: bool,
}

impl Left {
    /// Takes so many steps, if there are so many.
    pub(super) fn take(&mut self, steps: usize, place: Place, work: &mut Work<'_, '_, '_, '_, '_>) -> bool {
        let enough = self.steps >= steps;
        self.steps = self.steps.saturating_sub(steps);
        if !enough {
            tell_limit(place, self, work);
        }
        enough
    }
}

fn choose<'n, 't, 's>(
    begun: Begun<'n, 't, 's>,
    work: &mut Work<'n, 't, 's, '_, '_>,
    left: &mut Left,
) -> Chosen<'n, 't, 's> {
    let mut lost = begun.declared.wounded;
    let module = begun.entry.module;
    let mut unsettled = Vec::new();
    let mut said = None;
    let (mut selects, selector) = match &begun.entry.tree.head {
        Head::Selector(Selector::Named(paths)) => {
            let span = paths.first().zip(paths.last()).map(|(first, last)| first.span.to(last.span));
            let selector = span.map_or(begun.declared.name_place, |span| work.lookup.place(module, span));
            (named(paths, module, work, &mut lost), selector)
        }
        Head::Selector(Selector::Every { sort, module: within, condition }) => {
            let last = condition.as_ref().map(|condition| condition.span);
            let last = last.or(within.as_ref().map(|path| path.span)).unwrap_or(sort.span);
            let selector = work.lookup.place(module, sort.span.to(last));
            let found = every(sort, within.as_ref(), module, work, &mut lost);
            let (found, condition) = match condition {
                Some(condition) => {
                    let (found, condition) = keep(condition, found, &mut unsettled, module, work, left, &mut lost);
                    (found, Some(condition))
                }
                None => (found, None),
            };
            said = Some(Every {
                registers: registers(sort.text).flatten(),
                within: within.as_ref().map(|path| dotted(path).into()),
                condition,
            });
            (found, selector)
        }
        _ => {
            lost = true;
            (Vec::new(), begun.declared.name_place)
        }
    };
    if selects.len() > left.selected {
        tell_limit(selector, left, work);
        selects.clear();
        unsettled.clear();
        lost = true;
    }
    left.selected -= selects.len();
    Chosen { begun, selects, unsettled, selector, every: said, lost }
}

fn tell_limit(place: Place, left: &mut Left, work: &mut Work<'_, '_, '_, '_, '_>) {
    if std::mem::replace(&mut left.told, true) {
        return;
    }
    let message = format!("the policies of this build are over more than {SELECTED} resources together");
    work.lookup.findings.add(
        Diagnostic::new(&codes::POLICIES_TOO_LARGE, message, place)
            .label("one too many")
            .help("put rules over the same resources into one policy"),
    );
}

/// All versions of these resources.
fn named(paths: &[Path<'_>], module: ModuleId, work: &mut Work<'_, '_, '_, '_, '_>, lost: &mut bool) -> Vec<u32> {
    let mut selects: Vec<u32> = Vec::new();
    for path in paths {
        match work.lookup.find(module, path, &RESOURCE) {
            Some(id) => {
                let versions = work.lookup.names.symbol(id).map(|symbol| symbol.versions.as_slice());
                selects.extend(versions.unwrap_or_default());
            }
            None => *lost = true,
        }
    }
    selects.sort_unstable();
    selects.dedup();
    selects
}

/// All versions of a sort, in a module and those below.
fn every(
    sort: &Word<'_>,
    within: Option<&Path<'_>>,
    module: ModuleId,
    work: &mut Work<'_, '_, '_, '_, '_>,
    lost: &mut bool,
) -> Vec<u32> {
    const WORDS: [&str; 3] = ["service", "register", "resource"];
    let place = work.lookup.place(module, sort.span);
    let Some(registers) = registers(sort.text) else {
        *lost = true;
        let at = words::At { source: place.source, statement: place };
        words::unknown(at, sort, &WORDS, work.lookup.findings);
        return Vec::new();
    };
    let names = work.lookup.names;
    let within = within.map(|path| (path, dotted(path)));
    let is_within = |module: ModuleId, name: &str| {
        let Some(unit) = names.unit(module) else { return false };
        let below = unit.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        below || names.home_by_name.get(name) == Some(&unit.home)
    };
    if let Some((path, name)) = &within {
        let at = names.homes.partition_point(|home| *home.name < **name);
        let there = names.homes.get(at).is_some_and(|home| {
            home.name.strip_prefix(&**name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        if !there && !names.home_by_name.contains_key(&**name) {
            *lost = true;
            if !names.nameless {
                let place = work.lookup.place(module, path.span);
                let budget = &mut work.lookup.findings.budget;
                let finding = no_module(names, place, name, None, &mut work.lookup.indices, budget);
                work.lookup.findings.add(finding);
            }
            return Vec::new();
        }
    }
    work.catalog
        .resources
        .iter()
        .zip(0..)
        .filter(|(resource, _)| registers.is_none_or(|registers| resource.register == registers))
        .filter(|(resource, _)| within.as_ref().is_none_or(|(_, name)| is_within(resource.declared.module, name)))
        .map(|(_, at)| at)
        .collect()
}

/// Registers alone, services alone, or both; `None`: another word.
fn registers(sort: &str) -> Option<Option<bool>> {
    match sort {
        "service" => Some(Some(false)),
        "register" => Some(Some(true)),
        "resource" => Some(None),
        _ => None,
    }
}

/// Those of which `where` is so, or is not known not to be so; and what it says.
fn keep(
    written: &ast::Expression<'_>,
    found: Vec<u32>,
    unsettled: &mut Vec<u32>,
    module: ModuleId,
    work: &mut Work<'_, '_, '_, '_, '_>,
    left: &mut Left,
    lost: &mut bool,
) -> (Vec<u32>, Expression) {
    let here = resources::here(Spot::Where, found, module, work);
    let mut typer = Typer::new(&mut work.lookup, &work.known, &mut work.asked, module, &here);
    let condition: Expression = typer.condition(written);
    let torn = typer.lost;
    *lost |= torn;
    let found = here.resources.unwrap_or_default();
    if torn {
        // What it selects is not known.
        return (found, condition);
    }
    let mut selecting = Selecting::new(&work.lookup.names.symbols, &work.catalog, left.steps);
    let mut kept = Vec::new();
    for at in found {
        let answer = selecting.is_so(at, &condition);
        if answer.is_none() {
            unsettled.push(at);
        }
        if answer != Some(false) {
            kept.push(at);
        }
    }
    left.steps = selecting.left;
    if left.steps == 0 {
        tell_limit(condition.place, left, work);
        *lost = true;
    }
    (kept, condition)
}

fn rules(chosen: Chosen<'_, '_, '_>, shared: &actions::Shared, work: &mut Work<'_, '_, '_, '_, '_>) {
    let Chosen { begun, selects, unsettled, selector, every, lost } = chosen;
    let module = begun.entry.module;
    let torn = lost || selects.is_empty();
    let here = resources::here(Spot::Rule, selects, module, work);
    let arguments = Here::argument(here.resources.as_deref());
    let over = Over { called: called(&here.resources, work), here, arguments, torn, policy: true };
    let (mut linker, catalog) = work.linker(&begun);
    linker.lost |= lost;
    let mut rules = Vec::new();
    for statement in &begun.says {
        match &statement.says {
            Says::Rule(rule) => rules.push(linker.rule(rule, statement.span, &over, shared)),
            Says::AnyAction(obliges) => rules.push(linker.any_action(obliges, statement.span, &over)),
            _ => {}
        }
    }
    let Linker { lost, .. } = linker;
    let mut declared = begun.declared;
    declared.wounded = lost;
    let selects = over.here.resources.unwrap_or_default();
    catalog.policies.push(Policy { declared, selects, unsettled, selector, every, rules });
    work.wound(module, lost);
}

/// What a policy is over, in words.
fn called(versions: &Option<Vec<u32>>, work: &Work<'_, '_, '_, '_, '_>) -> String {
    let versions = versions.as_deref().unwrap_or_default();
    let mut names: Vec<&str> = versions
        .iter()
        .take(64)
        .filter_map(|at| work.catalog.resources.get(*at as usize))
        .filter_map(|resource| work.lookup.names.symbol(resource.declared.symbol))
        .map(|symbol| &*symbol.name)
        .collect();
    names.dedup();
    match names.as_slice() {
        [one] => format!("`{one}`"),
        few if few.len() <= 3 => format!("none of {}", listed(few.iter().copied())),
        _ => "none of the resources that the policy is over".to_owned(),
    }
}

/// `permitted S.a`: S must have the action a, now that all have theirs.
fn asked(work: &mut Work<'_, '_, '_, '_, '_>) {
    for one in std::mem::take(&mut work.asked) {
        let versions = work.lookup.names.symbol(one.resource).map(|symbol| symbol.versions.clone()).unwrap_or_default();
        let actions = &work.known.actions;
        let known = actions.has(&one.action, Some(&versions)) || actions.is_open(Some(&versions));
        if known || actions.hides(&one.action, &versions) {
            continue;
        }
        work.wound(one.module, true);
        let name = work.lookup.names.symbol(one.resource).map_or("", |symbol| &*symbol.name);
        let finding = super::rules::unknown_action(
            &one.action,
            &format!("`{name}`"),
            one.place,
            &versions,
            &work.catalog,
            work.lookup.findings,
        );
        work.lookup.findings.add(finding);
    }
}
