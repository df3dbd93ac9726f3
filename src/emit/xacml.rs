//! The XACML back end: a bundle as one policy set (docs/attributes.md says what it reads). A policy a package, area and
//! resource; a rule for each way in which something is permitted. Evaluates nothing.

mod condition;
mod resource;

use super::attributes::{self, AllAsked};
use super::attributes::{
    ACTION, ITSELF, PACKAGE, PACKAGE_TO_PASS_ON, PARTY_KIND, RECEIVER_ADMITTED, RECEIVER_KIND, RECEIVER_ROLE, RESOURCE,
    ROLE, TODAY,
};
use super::backend::{Input, OutputFile};
use super::prune::{Pruning, Rules};
use super::ways::{Right, Source, Way, Ways};
use crate::diag::{Diagnostic, codes};
use crate::ir::{
    self, Area, AreaId, Bundle, Line, Meaning, Named, Package, PackageId, Receiver, ResourceId, RoleId, RuleId,
};
use crate::origins::Part;
use crate::source::{Place, SourceId, Span};
use crate::terms::{
    kind::{Kind, Kinds},
    period::Period,
};
use crate::xacml::model::{Attribute, Combining, Formula, Match, Member, Policy, PolicySet, Rule, Target};
use crate::xacml::write;
use std::collections::{BTreeMap, BTreeSet};

/// `attributes.json` and `policies.xml`.
pub(super) fn files(input: &Input<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    let findings = titles_beyond_xml(input);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut policies_text = Vec::new();
    // Writing to memory does not fail.
    let (policies, asked) = policies(input.bundle);
    let _ = write::policy_set(&policies, &mut policies_text);
    Ok(vec![
        OutputFile { name: "attributes.json", bytes: attributes::text(&input.bundle.meaning, &asked).into_bytes() },
        OutputFile { name: "policies.xml", bytes: policies_text },
    ])
}

/// A finding for each title with a character that XML cannot hold.
fn titles_beyond_xml(input: &Input<'_>) -> Vec<Diagnostic> {
    let meaning = &input.bundle.meaning;
    let title = |name: &str| input.bundle.words.get(name).and_then(|words| words.title.as_deref());
    let packages = meaning.packages.iter().enumerate().map(|(at, named)| (&*named.name, Part::Package(at.into(), 0)));
    let areas = meaning.areas.iter().enumerate().map(|(at, named)| (&*named.name, Part::Area(at.into(), 0)));
    let resources =
        meaning.resources.iter().enumerate().map(|(at, named)| (&*named.name, Part::Resource(at.into(), 0)));
    let beyond = |(name, part): (&str, Part)| {
        let letter = title(name)?.chars().find(|letter| !write::fits(*letter))?;
        let origin = input.origins.places.get(&part);
        let source =
            input.sources.iter().find(|(_, source)| origin.is_some_and(|origin| *origin.file == *source.name()));
        let span = origin.map_or(Span::new(0, 0), |origin| Span {
            start: origin.offset,
            end: origin.offset.saturating_add(origin.length),
        });
        let place = Place { source: source.map_or(SourceId(0), |(id, _)| id), span };
        let message =
            format!("the title of `{name}` has a character that XML cannot hold, U+{:04X}", u32::from(letter));
        let finding = Diagnostic::new(&codes::NOT_IN_XML, message, place);
        Some(
            finding
                .label("this declaration")
                .help("remove the character from the title, or leave `xacml` out of the targets"),
        )
    };
    packages.chain(areas).chain(resources).filter_map(beyond).collect()
}

/// The policies of a bundle, and the attributes that they read besides those of every bundle.
#[must_use]
pub fn policies(bundle: &Bundle) -> (PolicySet, AllAsked) {
    let meaning = &bundle.meaning;
    let mut rules: BTreeMap<ResourceId, Vec<RuleId>> = BTreeMap::new();
    for (at, rule) in meaning.rules.iter().enumerate() {
        let on: BTreeSet<ResourceId> = rule.scopes.iter().flat_map(|scope| &scope.on).copied().collect();
        for resource in on {
            rules.entry(resource).or_default().push(at.into());
        }
    }
    let ways = Ways::new(meaning);
    let pruning = Pruning::new(meaning, &ways);
    let export = Export { bundle, meaning, ways, rules, pruning };
    let mut asked = AllAsked::new();
    let packages = (0..meaning.packages.len()).filter_map(|at| export.package(PackageId::from(at)));
    let areas = (0..meaning.areas.len()).filter_map(|at| export.area(AreaId::from(at)));
    let mut members: Vec<Member> = packages.chain(areas).map(Member::Policy).collect();
    members.extend((0..meaning.resources.len()).filter_map(|at| export.resource(ResourceId::from(at), &mut asked)));
    let set = PolicySet {
        id: "urn:fullmakt:policies".to_owned(),
        description: Some(
            "What nothing here permits is denied. The attributes are those of attributes.json.".to_owned(),
        ),
        target: Target::default(),
        combining: Combining::DenyUnlessPermit,
        members,
    };
    (set, asked)
}

struct Export<'b> {
    bundle: &'b Bundle,
    meaning: &'b Meaning,
    ways: Ways<'b>,
    pruning: Pruning<'b>,
    /// Rules over each resource, in order of key.
    rules: BTreeMap<ResourceId, Vec<RuleId>>,
}

fn has(attribute: &'static Attribute, value: &str) -> Formula {
    Formula::Is(Match::Has(attribute, value.to_owned()))
}

/// What is asked on a resource, package or area.
fn on(identifier: &str) -> Target {
    Target(vec![vec![vec![Match::Has(&RESOURCE, identifier.to_owned())]]])
}

/// That today is in a period; nothing where it always is.
fn in_period(period: Period) -> impl Iterator<Item = Formula> {
    let from = period.from.map(|day| Formula::Is(Match::From(&TODAY, day.to_string())));
    let before = period.before.map(|day| Formula::Is(Match::Before(&TODAY, day.to_string())));
    from.into_iter().chain(before)
}

/// One of these, in order and once each; the one itself where there is only one.
fn any(formulas: impl IntoIterator<Item = Formula>) -> Formula {
    let all: BTreeSet<Formula> = formulas.into_iter().collect();
    let mut all: Vec<Formula> = all.into_iter().collect();
    match all.pop() {
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            Formula::Any(all)
        }
        None => Formula::Any(all),
    }
}

impl<'b> Export<'b> {
    fn policy(&self, name: &str, identifier: &str, rules: Rules, area: Option<AreaId>) -> Option<Policy> {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let written = self.pruning.rules(rules, area).into_iter().map(|(mut id, formula)| {
            let count = seen.entry(id.clone()).or_default();
            *count += 1;
            if *count > 1 {
                id = format!("{id}#{count}");
            }
            let (target, condition) = formula.split();
            Rule { id, permits: true, target, condition, obligations: Vec::new() }
        });
        let rules: Vec<Rule> = written.collect();
        if rules.is_empty() {
            return None;
        }
        Some(Policy {
            id: format!("urn:fullmakt:policy:{name}"),
            description: self.title(name),
            target: on(identifier),
            combining: Combining::DenyUnlessPermit,
            rules,
        })
    }

    fn title(&self, name: &str) -> Option<String> {
        self.bundle.words.get(name).and_then(|words| words.title.as_deref()).map(str::to_owned)
    }

    fn role(&self, id: RoleId) -> &'b str {
        self.meaning.role(id).map_or("", Named::<ir::Role>::identifier)
    }

    fn package_identifier(&self, id: PackageId) -> &'b str {
        self.meaning.package(id).map_or("", Named::<Package>::identifier)
    }

    /// What the attributes must hold for a way: its source, its period and, unless it is for any, the kind of the party: one
    /// alternative for each kind.
    fn way(&self, way: &Way) -> Vec<Formula> {
        let source = match way.source {
            Source::Itself => has(&ROLE, ITSELF),
            Source::Role(role) => has(&ROLE, self.role(role)),
            Source::Held(package) => has(&PACKAGE, self.package_identifier(package)),
        };
        let common: Vec<Formula> = std::iter::once(source).chain(in_period(way.period)).collect();
        if way.kinds == Kinds::ANY {
            return vec![Formula::All(common)];
        }
        let with_kind =
            |kind: Kind| Formula::All(common.iter().cloned().chain([has(&PARTY_KIND, kind.word())]).collect());
        way.kinds.iter().map(with_kind).collect()
    }

    fn source_name(&self, source: Source) -> &'b str {
        match source {
            Source::Itself => "self",
            Source::Role(role) => self.meaning.role(role).map_or("", |role| &role.name),
            Source::Held(package) => self.meaning.package(package).map_or("", |package| &package.name),
        }
    }

    /// `use` and `delegate` of a package (Q2, Q3).
    fn package(&self, id: PackageId) -> Option<Policy> {
        let named = self.meaning.package(id)?;
        if !self.ways.can_be_held(id) {
            return None;
        }
        let mut rules = Vec::new();
        let ways = self.ways.of(id, Right::Use);
        for way in &ways {
            let id = format!("{}/use/{}", named.name, self.source_name(way.source));
            rules.push((id, Formula::All(vec![has(&ACTION, "use"), any(self.way(way))])));
        }
        for (at, version) in named.versions.iter().enumerate() {
            let Some(receiver) = self.receiver(&version.delegable, named.identifier()) else { continue };
            let delegate = |source: Formula| Formula::All(vec![has(&ACTION, "delegate"), source, receiver.clone()]);
            for way in self.ways.of_version(id, at, Right::Delegate) {
                let id = format!("{}/delegate/{}", named.name, self.source_name(way.source));
                rules.push((id, delegate(any(self.way(&way)))));
            }
            let mut told = vec![has(&PACKAGE_TO_PASS_ON, named.identifier())];
            if named.versions.len() > 1 {
                told.extend(in_period(version.period));
            }
            rules.push((format!("{}/delegate/to-pass-on", named.name), delegate(Formula::All(told))));
        }
        self.policy(&named.name, named.identifier(), rules, None)
    }

    /// That the receiver is admitted, or that none is named; `None` where no line admits anybody (Q3, D2). Whom a line with a condition
    /// admits is told (A14).
    fn receiver(&self, lines: &[Line], identifier: &str) -> Option<Formula> {
        let admitted = lines.iter().filter_map(|line| match line {
            Line::To { when: Some(_), .. } => Some(has(&RECEIVER_ADMITTED, identifier)),
            Line::To { to: Receiver::Kind(kind), .. } => Some(has(&RECEIVER_KIND, kind.word())),
            Line::To { to: Receiver::Role(role), .. } => Some(has(&RECEIVER_ROLE, self.role(*role))),
            Line::Undecided => None,
        });
        let mut admitted: Vec<Formula> = admitted.collect();
        if admitted.is_empty() {
            return None;
        }
        admitted.push(has(&RECEIVER_KIND, "none"));
        Some(any(admitted))
    }

    /// `use` and `delegate` of an area (Q4–Q6): for each stretch of time in which it has the same packages, and each kind
    /// of party.
    fn area(&self, id: AreaId) -> Option<Policy> {
        let named = self.meaning.area(id)?;
        let mut rules = Vec::new();
        for version in &named.versions {
            for (period, packages) in self.ways.stretches(id, version.period) {
                for kind in Kind::ALL {
                    rules.extend(self.area_rules(named, version, period, &packages, kind).unwrap_or_default());
                }
            }
        }
        self.policy(&named.name, named.identifier(), rules, Some(id))
    }

    fn area_rules(
        &self,
        named: &Named<Area>,
        area: &Area,
        period: Period,
        packages: &[(PackageId, usize)],
        kind: Kind,
    ) -> Option<Rules> {
        let bodies = packages.iter().filter_map(|(id, version)| {
            let body = self.meaning.package(*id)?.versions.get(*version)?;
            body.kinds.known().is_none_or(|kinds| kinds.has(kind)).then_some((*id, *version, body))
        });
        let bodies: Vec<(PackageId, usize, &Package)> = bodies.collect();
        let impossible =
            |(id, _, body): &(PackageId, usize, &Package)| body.kinds.is_undecided() || !self.ways.can_be_held(*id);
        if bodies.is_empty() || bodies.iter().any(impossible) {
            return None;
        }
        let receiver = self.receiver(&area.delegable, named.identifier())?;
        let mut uses: Vec<Formula> = std::iter::once(has(&PARTY_KIND, kind.word())).chain(in_period(period)).collect();
        let mut delegates = Some(uses.clone());
        uses.push(has(&ACTION, "use"));
        delegates.iter_mut().for_each(|all| all.extend([has(&ACTION, "delegate"), receiver.clone()]));
        for (id, version, body) in &bodies {
            let held = self.ways.of_version(*id, *version, Right::Use);
            let held = held.iter().filter(|way| matches!(way.source, Source::Held(_)));
            let held = held.flat_map(|way| self.way(way)).chain([has(&PACKAGE, self.package_identifier(*id))]);
            uses.push(any(held));
            let ways = self.ways.of_version(*id, *version, Right::Delegate);
            let ways = ways.iter().flat_map(|way| self.way(way));
            let may_give = any(ways.chain([has(&PACKAGE_TO_PASS_ON, self.package_identifier(*id))]));
            // A package that cannot be passed on can still be held, by grants to who holds another of the area.
            delegates = delegates.zip(self.receiver(&body.delegable, self.package_identifier(*id))).map(
                |(mut all, admitted)| {
                    all.extend([may_give, admitted]);
                    all
                },
            );
        }
        let id = |action: &str| format!("{}/{action}/{kind}", named.name);
        let delegates = delegates.map(|all| (id("delegate"), Formula::All(all)));
        Some(std::iter::once((id("use"), Formula::All(uses))).chain(delegates).collect())
    }
}
