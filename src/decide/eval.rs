//! The questions and the rules of docs/meaning.md (Q2–Q7, U1–U4), asked once certainly and once possibly, and the
//! decision (C1–C3). How holding is found: `hold`.

use super::decision::{Cause, Decision, Effect, Link, Missing, Step, Trace, What};
use super::hold::{Cost, Holding, Node};
use super::index::Decider;
use super::open;
use super::request::{Action, On, Request};
use super::roles::{Pass, Roles};
use super::trace::Chain;
use crate::facts::EntityId;
use crate::ir::{AreaId, Package, PackageId, Recipient, Requires, ResourceId, RoleId, RuleId};
use crate::terms::kind::Kind;

/// Yes with its chain, or no with the first thing lacked.
type Answer = Result<(Cost, Vec<Link>), Step>;

/// Decides a request.
pub(super) fn decide(decider: &Decider<'_, '_>, request: &Request) -> Decision {
    let certain = Roles::new(decider, request.now, request.today, Pass::Certainly);
    let sure = Question::new(&certain, request);
    let (asked, yes) = sure.ask();
    if let Some(trace) = yes {
        return Decision {
            effect: Effect::Permit,
            cause: Cause::Permitted,
            traces: vec![trace],
            obligations: Vec::new(),
            released: None,
            missing: Vec::new(),
            open: Vec::new(),
        };
    }
    if certain.some_unknown() {
        let possible = Roles::new(decider, request.now, request.today, Pass::Possibly);
        let traces = Question::new(&possible, request).ask_all();
        if !traces.is_empty() {
            let mut missing: Vec<Missing> = traces
                .iter()
                .flat_map(|trace| &trace.chain)
                .filter_map(|link| match link.step {
                    Step::UnknownRole { role, .. } => Some(Missing::Role(role)),
                    _ => None,
                })
                .collect();
            missing.sort_unstable();
            missing.dedup();
            return Decision {
                effect: Effect::Deny,
                cause: Cause::Undecidable,
                traces,
                obligations: Vec::new(),
                released: None,
                missing,
                open: Vec::new(),
            };
        }
    }
    let open = open::met(&sure, request);
    Decision {
        effect: Effect::Deny,
        cause: Cause::NotGranted,
        traces: asked,
        obligations: Vec::new(),
        released: None,
        missing: Vec::new(),
        open,
    }
}

/// A request with everything that can matter to it.
pub(super) struct Question<'q, 'd, 'i, 'b> {
    pub(super) roles: &'q Roles<'d, 'i, 'b>,
    request: &'q Request,
    /// Subject and party, where somebody asks.
    pub(super) asking: Option<(EntityId, EntityId)>,
    pub(super) holding: Option<Holding<'q, 'd, 'i, 'b>>,
    /// Rules of the action asked for.
    rules: Vec<RuleId>,
    /// The packages asked for, of the area asked for, or required by a rule in force; in order (C4).
    pub(super) packages: Vec<PackageId>,
}

impl<'q, 'd, 'i, 'b> Question<'q, 'd, 'i, 'b> {
    pub(super) fn new(roles: &'q Roles<'d, 'i, 'b>, request: &'q Request) -> Self {
        let index = roles.decider.index;
        let asking = request.subject.zip(request.party());
        let rules = match (&request.on, &request.action) {
            (On::Resource(resource), action) => index.rules(*resource, action.word()).to_vec(),
            _ => Vec::new(),
        };
        let mut packages = Vec::new();
        match request.on {
            On::Package(package) => packages.push(package),
            On::Area(area) => packages = packages_of_area(roles, area, asking.map(|(_, party)| party)),
            On::Resource(resource) => {
                let in_force = rules.iter().filter_map(|rule| in_force(roles, *rule, resource));
                in_force
                    .filter_map(|(_, rule)| rule.requires.as_ref())
                    .for_each(|all| all.each(&mut |one| packages.push(one)));
            }
        }
        packages.sort_unstable();
        packages.dedup();
        let area_alone = match request.on {
            On::Area(area) => Some(area),
            _ => None,
        };
        let holding = asking.map(|(_, party)| Holding::find(roles, party, packages.iter().copied(), area_alone));
        Question { roles, request, asking, holding, rules, packages }
    }

    /// The trace that permits, if one does; and what each permit lacked.
    fn ask(&self) -> (Vec<Trace>, Option<Trace>) {
        let mut lacked = Vec::new();
        let mut best: Option<(Cost, Trace)> = None;
        for (rule, scope, answer) in self.answers() {
            match answer {
                Ok((cost, chain)) if best.as_ref().is_none_or(|(known, _)| cost < *known) => {
                    best = Some((cost, Trace { rule, scope, elements: Vec::new(), chain }));
                }
                Ok(_) => {}
                Err(step) => {
                    lacked.push(Trace { rule, scope, elements: Vec::new(), chain: vec![Link { depth: 0, step }] })
                }
            }
        }
        (lacked, best.map(|(_, trace)| trace))
    }

    /// Every trace that permits.
    fn ask_all(&self) -> Vec<Trace> {
        self.answers()
            .into_iter()
            .filter_map(|(rule, scope, answer)| {
                Some(Trace { rule, scope, elements: Vec::new(), chain: answer.ok()?.1 })
            })
            .collect()
    }

    /// The answers, one a rule in order of key, or one to the question itself.
    fn answers(&self) -> Vec<(Option<RuleId>, u32, Answer)> {
        match (self.request.on, &self.request.action) {
            (On::Package(package), Action::Use) => vec![(None, 0, self.holds(package))],
            (On::Package(package), Action::Delegate) => vec![(None, 0, self.may_delegate(package))],
            (On::Area(area), Action::Use) => vec![(None, 0, self.holds_area(area))],
            (On::Area(area), Action::Delegate) => vec![(None, 0, self.may_delegate_area(area))],
            (On::Package(_) | On::Area(_), Action::Named(_)) => Vec::new(),
            (On::Resource(resource), _) => self.rules.iter().map(|rule| self.rule(*rule, resource)).collect(),
        }
    }

    /// U1.
    fn rule(&self, id: RuleId, resource: ResourceId) -> (Option<RuleId>, u32, Answer) {
        let Some((scope, rule)) = in_force(self.roles, id, resource) else {
            return (Some(id), 0, Err(Step::NotInForce));
        };
        let answer = self.applies(rule.to, rule.requires.as_ref());
        (Some(id), scope, answer)
    }

    fn applies(&self, to: Option<Recipient>, requires: Option<&Requires>) -> Answer {
        let (mut cost, mut chain) = match to {
            Some(to) => self.is_for(to, requires.is_some())?,
            None => (Cost::NOTHING, Vec::new()),
        };
        if let Some(requires) = requires {
            let (needed, links) = self.requires(requires)?;
            cost = cost.and(needed);
            chain.extend(links);
        }
        if to.is_none() && requires.is_none() {
            return Err(Step::NotInForce);
        }
        Ok((cost, chain))
    }

    /// U2. Nested lists are at most as deep as the reader of bundles and the grammar allow.
    fn requires(&self, requires: &Requires) -> Answer {
        match requires {
            Requires::Package(package) => self.holds(*package),
            Requires::And(all) => {
                let mut whole = (Cost::NOTHING, Vec::new());
                for one in all {
                    let (cost, chain) = self.requires(one)?;
                    whole.0 = whole.0.and(cost);
                    whole.1.extend(chain);
                }
                Ok(whole)
            }
            Requires::Or(all) => {
                let mut first_lack = None;
                let mut best: Option<(Cost, Vec<Link>)> = None;
                for one in all {
                    match self.requires(one) {
                        Ok(answer) if best.as_ref().is_none_or(|known| answer.0 < known.0) => best = Some(answer),
                        Ok(_) => {}
                        Err(step) => first_lack = first_lack.or(Some(step)),
                    }
                }
                best.ok_or(first_lack.unwrap_or(Step::NotInForce))
            }
        }
    }

    /// U3, U4.
    fn is_for(&self, to: Recipient, requires_package: bool) -> Answer {
        let (who, party) = (self.asking.map(|(who, _)| who), self.asking.map(|(_, party)| party));
        let mut chain = Chain::default();
        match (to, self.asking) {
            (Recipient::Anyone, _) => chain.step(0, Step::Anyone),
            (Recipient::Itself, Some((who, party))) if who == party => chain.step(0, Step::IsParty { who }),
            (Recipient::Itself, _) => return Err(Step::IsNotParty { who, party }),
            (Recipient::Role(role), _) => {
                let status = self.is_status(role);
                let lack = Step::LacksRole {
                    who: if status { party } else { who },
                    role,
                    party: if status { None } else { party },
                };
                let Some((who, party)) = self.asking else { return Err(lack) };
                let holder = if status { party } else { who };
                let because = self.roles.has(holder, role, party).ok_or(lack)?;
                chain.role(0, because, holder, role, if status { None } else { Some(party) });
                if status && !requires_package {
                    self.acts_as_party(&mut chain)?;
                }
            }
            (Recipient::Organisation(organisation), _) => {
                let lack = Step::IsNotOrganisation { party, organisation };
                let party = party.ok_or(lack.clone())?;
                if self.roles.decider.facts.entity(party).and_then(|entity| entity.declared) != Some(organisation) {
                    return Err(lack);
                }
                chain.step(0, Step::IsOrganisation { who: party, organisation });
                if !requires_package {
                    self.acts_as_party(&mut chain)?;
                }
            }
            (Recipient::Controller, _) => return Err(Step::LacksControl { party, processes: false }),
            (Recipient::Processor, _) => return Err(Step::LacksControl { party, processes: true }),
        }
        Ok((Cost::NOTHING, chain.done()))
    }

    /// The subject is the party or has a key role for it (U4).
    fn acts_as_party(&self, chain: &mut Chain) -> Result<(), Step> {
        let lack =
            Step::LacksKeyRole { who: self.asking.map(|(who, _)| who), party: self.asking.map(|(_, party)| party) };
        let Some((who, party)) = self.asking else { return Err(lack) };
        if who == party {
            chain.step(0, Step::IsParty { who });
            return Ok(());
        }
        let (role, because) = self.roles.key(who, party).ok_or(lack)?;
        chain.role(0, because, who, role, Some(party));
        Ok(())
    }

    /// Q2.
    fn holds(&self, package: PackageId) -> Answer {
        let lack = Step::LacksPackage {
            who: self.asking.map(|(who, _)| who),
            package,
            party: self.asking.map(|(_, party)| party),
        };
        let (Some((who, party)), Some(holding)) = (self.asking, &self.holding) else { return Err(lack) };
        let node = holding.holds(who, package, party).ok_or(lack)?;
        Ok(self.told(holding, node, Chain::default()))
    }

    fn told(&self, holding: &Holding<'_, '_, '_, '_>, node: Node, mut chain: Chain) -> (Cost, Vec<Link>) {
        chain.node(holding, 0, node);
        (holding.cost(node).unwrap_or(Cost::NOTHING), chain.done())
    }

    /// Q3.
    fn may_delegate(&self, package: PackageId) -> Answer {
        let (who, party) = (self.asking.map(|(who, _)| who), self.asking.map(|(_, party)| party));
        let what = What::Package(package);
        let no_right = Step::LacksRightToPassOn { who, what, party };
        let (Some((giver, party)), Some(holding)) = (self.asking, &self.holding) else { return Err(no_right) };
        let mut chain = Chain::default();
        let agent = match self.request.to {
            Some(receiver) => {
                let not_delegable = Step::NotDelegable { what, receiver: Some(receiver) };
                if receiver == giver {
                    return Err(not_delegable);
                }
                let admitted = holding.package_admits(package, receiver, giver, party, false).ok_or(not_delegable)?;
                chain.delegable(0, what, admitted, receiver, giver);
                self.roles.agent(receiver, giver).map(|because| (receiver, because))
            }
            None => {
                if !self.has_a_line(what) {
                    return Err(Step::NotDelegable { what, receiver: None });
                }
                self.agent_to_receive(holding, package, giver, party)
            }
        };
        let free = holding.passes(giver, package, party);
        let bound = agent.and_then(|agent| Some((holding.passes_to_agents(giver, package, party)?, agent)));
        match (free, bound) {
            (Some(node), None) => Ok(self.told(holding, node, chain)),
            (Some(node), Some((other, _))) if holding.cost(node) <= holding.cost(other) => {
                Ok(self.told(holding, node, chain))
            }
            (_, Some((node, (receiver, (role, because))))) => {
                chain.role(0, because, receiver, role, Some(giver));
                Ok(self.told(holding, node, chain))
            }
            (None, None) => Err(no_right),
        }
    }

    /// Somebody with an agent role for the giver to whom the package is delegable (Q3 without a receiver).
    fn agent_to_receive(
        &self,
        holding: &Holding<'_, '_, '_, '_>,
        package: PackageId,
        giver: EntityId,
        party: EntityId,
    ) -> Option<(EntityId, (RoleId, super::roles::Because))> {
        if self.roles.decider.kind(giver) != Some(Kind::Organisation) {
            return None;
        }
        let mut found = None;
        self.roles.of_party(
            giver,
            |role| role.agent.is_yes(),
            |receiver, role, because| {
                let better = found.is_none_or(|(known, (at, by))| (receiver, because, role) < (known, by, at));
                if receiver != giver
                    && better
                    && holding.package_admits(package, receiver, giver, party, false).is_some()
                {
                    found = Some((receiver, (role, because)));
                }
            },
        );
        found
    }

    /// Has it a line in `delegable` that is not undecided?
    fn has_a_line(&self, what: What) -> bool {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let lines = match what {
            What::Package(package) => index.package(package, today).map(|(_, body)| &body.delegable),
            What::Area(area) => index.area(area, today).map(|(_, body)| &body.delegable),
        };
        lines.is_some_and(|lines| lines.iter().any(|line| matches!(line, crate::ir::Line::To { .. })))
    }

    /// Q5.
    fn holds_area(&self, area: AreaId) -> Answer {
        let (who, party) = (self.asking.map(|(who, _)| who), self.asking.map(|(_, party)| party));
        let lack = Step::LacksArea { who, area, party };
        let (Some((who, party)), Some(holding)) = (self.asking, &self.holding) else { return Err(lack) };
        if self.packages.is_empty() {
            return Err(lack);
        }
        let mut whole = (Cost::NOTHING, Vec::new());
        for package in &self.packages {
            let lack = Step::LacksPackage { who: Some(who), package: *package, party: Some(party) };
            let node = holding.holds_by_link(who, *package, party).ok_or(lack)?;
            let (cost, chain) = self.told(holding, node, Chain::default());
            whole.0 = whole.0.and(cost);
            whole.1.extend(chain);
        }
        Ok(whole)
    }

    /// Q6.
    fn may_delegate_area(&self, area: AreaId) -> Answer {
        let (who, party) = (self.asking.map(|(who, _)| who), self.asking.map(|(_, party)| party));
        let what = What::Area(area);
        let no_right = Step::LacksRightToPassOn { who, what, party };
        let (Some((giver, party)), Some(holding)) = (self.asking, &self.holding) else { return Err(no_right) };
        if self.packages.is_empty() {
            return Err(no_right);
        }
        let mut chain = Chain::default();
        let not_delegable = Step::NotDelegable { what, receiver: self.request.to };
        match self.request.to {
            Some(receiver) => {
                let admitted = holding.area_admits(area, receiver, giver, party, false).ok_or(not_delegable)?;
                chain.delegable(0, what, admitted, receiver, giver);
            }
            None if !self.has_a_line(what) => return Err(not_delegable),
            None => {}
        }
        let mut whole = (Cost::NOTHING, chain.done());
        for package in &self.packages {
            let (cost, links) = self.may_delegate(*package)?;
            whole.0 = whole.0.and(cost);
            whole.1.extend(links);
        }
        Ok(whole)
    }

    fn is_status(&self, role: RoleId) -> bool {
        self.roles.decider.index.role(role, self.roles.today).is_some_and(|role| role.of.is_none())
    }
}

/// The packages of an area (Q4), whether it is in force or not: their open questions are read all the same (C4).
fn packages_of_area(roles: &Roles<'_, '_, '_>, area: AreaId, party: Option<EntityId>) -> Vec<PackageId> {
    let index = roles.decider.index;
    let kind = party.and_then(|party| roles.decider.kind(party));
    let in_it = |body: &Package| {
        body.area == Some(area) && body.kinds.known().is_none_or(|kinds| kind.is_some_and(|kind| kinds.has(kind)))
    };
    let packages = index.packages_of_area(area).iter().copied();
    packages.filter(|package| index.package(*package, roles.today).is_some_and(|(_, body)| in_it(body))).collect()
}

/// The rule, if it and its resource are in force, and in which of its scopes (U1).
fn in_force<'b>(roles: &Roles<'_, '_, 'b>, id: RuleId, resource: ResourceId) -> Option<(u32, &'b crate::ir::Rule)> {
    let meaning = roles.decider.index.meaning;
    let rule = meaning.rule(id)?;
    meaning.resource(resource)?.on(roles.today)?;
    let scope = rule.scope(resource, roles.today)?;
    Some((u32::try_from(scope).unwrap_or(u32::MAX), rule))
}
