//! Why a rule applies, as a chain; or the first thing that it lacks (docs/meaning.md, U1–U5). Says the same as `rules`.

use super::decision::{Link, Missing, Step};
use super::hold::Cost;
use super::roles::{Because, Pass};
use super::rules::{Over, Part, Rules};
use super::trace::Chain;
use super::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{PackageId, Recipient, Requires, RoleId, Rule};
use crate::terms::effect::RuleEffect;

/// What carries an answer, with its cost.
pub(super) type Proved = (Cost, Vec<Link>);

/// That, or the first thing lacked.
pub(super) type Proof = Result<Proved, Step>;

impl<'a> Rules<'_, 'a> {
    /// Why the rule applies to this part, in this pass.
    pub(super) fn proof(&self, pass: Pass, over: &Over<'a>, part: Part<'a>) -> Proof {
        let rule = over.rule;
        let mut chain = Chain::default();
        match self.has(rule, part) {
            Truth::So => {}
            Truth::Unknown if pass == Pass::Possibly => {
                let missing = vec![Missing::Undecided(format!("{} elements", self.name()).into())];
                chain.step(0, Step::ConditionUnknown { missing });
            }
            Truth::Not | Truth::Unknown => return Err(Step::OtherElements),
        }
        let mut cost = Cost::NOTHING;
        let mut links = chain.done();
        match (rule.to, &rule.requires) {
            (None, None) if rule.effect == RuleEffect::Permit => return Err(Step::NotInForce),
            (Some(to), _) => links.extend(self.recipient(pass, rule, to)?),
            (None, _) => {}
        }
        if let Some(requires) = &rule.requires {
            let (needed, chain) = self.needs(pass, requires)?;
            cost = cost.and(needed);
            links.extend(chain);
        }
        if let Some(when) = &rule.when {
            let scene = self.scene(part);
            let mut told = Chain::default();
            let step = match scene.truth(when) {
                Truth::So => {
                    scene.evidence(when, 1, &mut told);
                    Step::ConditionHolds
                }
                Truth::Unknown if pass == Pass::Possibly => {
                    Step::ConditionUnknown { missing: scene.missing(when, &rule.key).into_iter().collect() }
                }
                Truth::Not | Truth::Unknown => {
                    return Err(Step::ConditionFails { part: Box::new(scene.failing(when).clone()) });
                }
            };
            links.push(Link { depth: 0, step });
            links.extend(told.done());
        }
        Ok((cost, links))
    }

    fn name(&self) -> &'a str {
        self.case.roles.decider.index.meaning.resource(self.resource).map_or("", |named| &named.name)
    }

    /// U2.
    fn needs(&self, pass: Pass, requires: &Requires) -> Proof {
        match requires {
            Requires::Package(package) => self.holds(pass, *package),
            Requires::And(all) => {
                let mut whole = (Cost::NOTHING, Vec::new());
                for one in all {
                    let (cost, chain) = self.needs(pass, one)?;
                    whole.0 = whole.0.and(cost);
                    whole.1.extend(chain);
                }
                Ok(whole)
            }
            Requires::Or(all) => {
                let mut first_lack = None;
                let mut best: Option<(Cost, Vec<Link>)> = None;
                for one in all {
                    match self.needs(pass, one) {
                        Ok(answer) if best.as_ref().is_none_or(|known| answer.0 < known.0) => best = Some(answer),
                        Ok(_) => {}
                        Err(step) => first_lack = first_lack.or(Some(step)),
                    }
                }
                best.ok_or(first_lack.unwrap_or(Step::NotInForce))
            }
        }
    }

    fn holds(&self, pass: Pass, package: PackageId) -> Proof {
        let (who, party) = self.asking();
        let lack = Step::LacksPackage { who, package, party };
        let Some((who, party)) = self.case.asking else { return Err(lack) };
        let holding = self.case.holding(pass, party);
        let node = holding.holds(who, package, party).ok_or(lack)?;
        Ok(holding.told(node, Chain::default()))
    }

    fn asking(&self) -> (Option<EntityId>, Option<EntityId>) {
        (self.case.asking.map(|(who, _)| who), self.case.asking.map(|(_, party)| party))
    }

    /// U3–U5: is the rule for who asks?
    pub(super) fn recipient(&self, pass: Pass, rule: &Rule, to: Recipient) -> Result<Vec<Link>, Step> {
        let roles = self.case.roles;
        let (who, party) = self.asking();
        let mut chain = Chain::default();
        match (to, self.case.asking) {
            (Recipient::Anyone, _) => {
                chain.step(0, Step::Anyone);
                return Ok(chain.done());
            }
            (Recipient::Itself, Some((who, party))) if who == party => {
                chain.step(0, Step::IsParty { who });
                return Ok(chain.done());
            }
            (Recipient::Itself, _) => return Err(Step::IsNotParty { who, party }),
            (Recipient::Role(role), _) if roles.is_status(role) != Some(true) => {
                let lack = Step::LacksRole { who, role, party };
                let Some((who, party)) = self.case.asking else { return Err(lack) };
                let because = roles.has(pass, who, role, party).ok_or(lack)?;
                chain.role(0, because, who, role, Some(party));
                return Ok(chain.done());
            }
            _ => {}
        }
        // The party is it; of a forbid the subject, or the party.
        let forbids = rule.effect == RuleEffect::Forbid;
        let mut candidates: Vec<EntityId> = if forbids { who.into_iter().collect() } else { Vec::new() };
        candidates.extend(party.filter(|party| !candidates.contains(party)));
        let lack = match to {
            Recipient::Role(role) => Step::LacksRole { who: party, role, party: None },
            Recipient::Organisation(organisation) => Step::IsNotOrganisation { party, organisation },
            _ => Step::LacksControl { party, processes: to == Recipient::Processor },
        };
        let found =
            candidates.iter().filter_map(|who| self.is_it(pass, *who, to, forbids)).min_by_key(|(unknown, _)| *unknown);
        let (_, links) = found.ok_or(lack)?;
        let mut links = links;
        if !forbids && rule.requires.is_none() {
            links.extend(self.acts_as_party(pass)?);
        }
        Ok(links)
    }

    /// Is somebody what a rule names: has the status, is the organisation, controls or processes? And is that unknown?
    fn is_it(&self, pass: Pass, who: EntityId, to: Recipient, forbids: bool) -> Option<(bool, Vec<Link>)> {
        let roles = self.case.roles;
        let mut chain = Chain::default();
        let unknown = match to {
            Recipient::Role(role) => {
                let because = roles.has(pass, who, role, who)?;
                chain.role(0, because, who, role, None);
                because == Because::Unknown
            }
            Recipient::Organisation(organisation) => {
                if roles.decider.organisation(organisation) != Some(who) {
                    return None;
                }
                chain.step(
                    0,
                    match forbids {
                        true => Step::EitherIsOrganisation { who, organisation },
                        false => Step::IsOrganisation { who, organisation },
                    },
                );
                false
            }
            Recipient::Controller | Recipient::Processor => {
                let processes = to == Recipient::Processor;
                let scene = self.scene(Part::Whole);
                match scene.controls(who, processes) {
                    Truth::So => {
                        chain.step(0, Step::Controls { who, processes });
                        let status = scene.status_of_control(who, processes);
                        if let Some((role, because)) =
                            status.and_then(|role| Some((role, roles.has(pass, who, role, who)?)))
                        {
                            chain.role(1, because, who, role, None);
                        }
                        false
                    }
                    Truth::Unknown if pass == Pass::Possibly => {
                        let missing = scene.missing_to_control(who, processes).into_iter().collect();
                        chain.step(0, Step::ConditionUnknown { missing });
                        true
                    }
                    Truth::Unknown | Truth::Not => return None,
                }
            }
            Recipient::Anyone | Recipient::Itself => return None,
        };
        Some((unknown, chain.done()))
    }

    /// The subject is the party or has a key role for it (U4).
    fn acts_as_party(&self, pass: Pass) -> Result<Vec<Link>, Step> {
        let (who, party) = self.asking();
        let lack = Step::LacksKeyRole { who, party };
        let Some((who, party)) = self.case.asking else { return Err(lack) };
        let mut chain = Chain::default();
        if who == party {
            chain.step(0, Step::IsParty { who });
        } else {
            let (role, because): (RoleId, Because) = self.case.roles.key(pass, who, party).ok_or(lack)?;
            chain.role(0, because, who, role, Some(party));
        }
        Ok(chain.done())
    }
}
