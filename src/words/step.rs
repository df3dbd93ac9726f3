//! One step of a chain as a sentence, with where it stands.

use super::expression::expression;
use super::rule;
use super::speaker::{FactsSaid, Speaker, place_text};
use crate::decide::{Missing, Step, What};
use crate::facts::{EntityId, Given};
use crate::ir::{Line, Meaning, PackageId};
use crate::origins::Part;
use crate::terms::period::Period;

/// The sentence of a step; `above` is the one that it stands below, so that what that one names is not named again.
pub(super) fn sentence(step: &Step, above: Option<&Step>, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let name = |id: EntityId| facts.name(id, speaker);
    let for_party = |id: Option<EntityId>| id.map_or(String::new(), |id| format!(" for {}", name(id)));
    let short = |full: &str| speaker.short(full).to_owned();
    let thing = |what: What| match what {
        What::Package(_) => short(speaker.what(what)),
        What::Area(_) => format!("the area {}", short(speaker.what(what))),
    };
    let lacks = |who: Option<EntityId>, rest: String| match who {
        Some(who) => format!("{} does not hold {rest}", name(who)),
        None => format!("without login nobody holds {rest}"),
    };
    match step {
        Step::Holds { who, package, party } => {
            format!("{} holds {} for {}", name(*who), short(speaker.package(*package)), name(*party))
        }
        Step::MayPassOn { who, package, party } if above.and_then(about) == Some((*package, *party)) => {
            format!("{} may pass it on", name(*who))
        }
        Step::MayPassOn { who, package, party } => {
            format!("{} may pass {} on for {}", name(*who), short(speaker.package(*package)), name(*party))
        }
        Step::Delegation { index } => delegation(*index, speaker, facts),
        Step::Delegable { what, version, line, .. } => match line_of(*what, *version, *line, speaker) {
            Some(line) => format!("{} is delegable {}", thing(*what), rule::line(line, speaker)),
            None => format!("{} is delegable", thing(*what)),
        },
        Step::Grant { package, version, grant } => {
            let named = speaker.bundle.meaning.package(*package);
            let grant = named
                .and_then(|named| named.versions.get(*version as usize))
                .and_then(|body| body.grants.get(*grant as usize));
            grant.map_or("grant".to_owned(), |grant| {
                format!("{}{}", rule::grant(grant, speaker), rule::period(grant.period))
            })
        }
        Step::Role { index } => match facts.facts.role(*index) {
            Some(fact) => {
                let role = short(speaker.role(fact.role));
                {
                    // The end of a fact matters to who reads a decision; that it has begun is plain.
                    let end = rule::period(Period { from: None, before: fact.period.before });
                    format!("{} is {role}{}{}", name(fact.subject), for_party(fact.party), since(end))
                }
            }
            None => "a role".to_owned(),
        },
        Step::UnknownRole { subject, role, party } => {
            let role_name = short(speaker.role(*role));
            format!("{} may be {role_name}{}, which cannot be seen now", name(*subject), for_party(*party))
        }
        Step::IsParty { who } => format!("{0} is the party", name(*who)),
        Step::IsOrganisation { who, organisation } => {
            format!("{} is {}", name(*who), short(speaker.organisation(*organisation)))
        }
        Step::Anyone => "anyone may, also without login".to_owned(),
        Step::LacksPackage { who, package, party } => {
            lacks(*who, format!("{}{}", short(speaker.package(*package)), for_party(*party)))
        }
        Step::LacksRightToPassOn { who, what, party } => match who {
            Some(who) => format!("{} may not pass {} on{}", name(*who), thing(*what), for_party(*party)),
            None => format!("without login nobody may pass {} on", thing(*what)),
        },
        Step::LacksArea { who, area, party } => {
            lacks(*who, format!("the area {}{}", short(speaker.area(*area)), for_party(*party)))
        }
        Step::NotDelegable { what, receiver } => match receiver {
            Some(receiver) => format!("{} is not delegable to {}", thing(*what), name(*receiver)),
            None => format!("{} is delegable to nobody", thing(*what)),
        },
        Step::LacksRole { who: Some(who), role, party } => {
            format!("{} is not {}{}", name(*who), short(speaker.role(*role)), for_party(*party))
        }
        Step::LacksRole { who: None, role, .. } => format!("without login nobody is {}", short(speaker.role(*role))),
        Step::IsNotParty { who, party } => match (who, party) {
            (Some(who), Some(party)) => format!("{} is not {}", name(*who), name(*party)),
            _ => "without login nobody is the party".to_owned(),
        },
        Step::IsNotOrganisation { party: Some(party), organisation } => {
            format!("{} is not {}", name(*party), short(speaker.organisation(*organisation)))
        }
        Step::IsNotOrganisation { party: None, organisation } => {
            format!("without login nobody acts for {}", short(speaker.organisation(*organisation)))
        }
        Step::LacksKeyRole { who, party } => match (who, party) {
            (Some(who), Some(party)) => format!("{} does not act for {} by a key role", name(*who), name(*party)),
            _ => "without login nobody has a key role".to_owned(),
        },
        Step::ConditionHolds => "the condition holds".to_owned(),
        Step::ConditionFails { part } => format!("it is not so that {}", expression(part, speaker)),
        Step::ConditionUnknown { missing } => match &**missing {
            [] => "the condition is unknown".to_owned(),
            all => {
                let all: Vec<String> = all.iter().map(|one| lacking(one, speaker)).collect();
                format!("it is unknown: {}", all.join("; "))
            }
        },
        Step::OtherElements => "it is about other elements".to_owned(),
        Step::EitherIsOrganisation { who, organisation } => {
            format!("{} is {}", name(*who), short(speaker.organisation(*organisation)))
        }
        Step::Controls { who, processes } => {
            format!("{} {} the resource", name(*who), if *processes { "processes" } else { "controls" })
        }
        Step::LacksControl { party: Some(party), processes } => {
            format!("{} does not {} the resource", name(*party), if *processes { "process" } else { "control" })
        }
        Step::LacksControl { party: None, processes } => {
            format!("without login nobody {} the resource", if *processes { "processes" } else { "controls" })
        }
        Step::NotInForce => "it is not in force".to_owned(),
    }
}

/// What is missing, in a sentence: `party.birth_date is missing`.
pub(super) fn lacking(missing: &Missing, speaker: &Speaker<'_>) -> String {
    match missing {
        Missing::Role(role) => format!("who is {} cannot be seen now", speaker.short(speaker.role(*role))),
        Missing::Attribute(path) => format!("{path} is missing"),
        Missing::Undecided(what) => format!("{} is undecided", undecided(what, speaker)),
    }
}

/// What a value that nobody has decided stands in: `journal retain`, `the condition adult`, `permit view`.
pub(super) fn undecided(what: &str, speaker: &Speaker<'_>) -> String {
    match what.split_once(' ') {
        Some((name, "says")) => format!("the condition {}", speaker.short(name)),
        Some((name, open)) => format!("{open} of {}", speaker.short(name)),
        None => match what.split('/').collect::<Vec<_>>().as_slice() {
            [owner, effect, action, _] => format!("{effect} {action} of {}", speaker.short(owner)),
            _ => what.to_owned(),
        },
    }
}

/// The package and party that a step is about.
fn about(step: &Step) -> Option<(PackageId, EntityId)> {
    match step {
        Step::Holds { package, party, .. } | Step::MayPassOn { package, party, .. } => Some((*package, *party)),
        _ => None,
    }
}

/// `kari gave it on 2026-02-01, before 2027-01-01`
fn delegation(index: u32, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let Some(given) = facts.facts.delegation(index) else { return "a delegation".to_owned() };
    let what = match given.what {
        Given::Package(_) => "it".to_owned(),
        Given::Area(area) => format!("the area {}", speaker.short(speaker.area(area))),
    };
    format!("{} gave {what} on {}{}", facts.name(given.giver, speaker), given.given, since(rule::period(given.period)))
}

/// ` from …` after a comma.
fn since(period: String) -> String {
    if period.is_empty() { period } else { format!(",{period}") }
}

fn line_of<'b>(what: What, version: u32, line: u32, speaker: &Speaker<'b>) -> Option<&'b Line> {
    let meaning: &'b Meaning = &speaker.bundle.meaning;
    let lines = match what {
        What::Package(id) => &meaning.package(id)?.versions.get(version as usize)?.delegable,
        What::Area(id) => &meaning.area(id)?.versions.get(version as usize)?.delegable,
    };
    lines.get(line as usize)
}

/// Where a step stands: a fact in its document, a grant or a line in the author's text.
pub(super) fn origin(step: &Step, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Option<crate::origins::Origin> {
    match step {
        Step::Role { index } => facts.role_origin(*index),
        Step::Delegation { index } => facts.delegation_origin(*index),
        Step::Grant { package, version, grant } => speaker.origin(Part::Grant(*package, *version, *grant)).cloned(),
        Step::Delegable { what: What::Package(id), version, line, .. } => {
            speaker.origin(Part::Line(*id, *version, *line)).cloned()
        }
        Step::Delegable { what: What::Area(id), version, line, .. } => {
            speaker.origin(Part::AreaLine(*id, *version, *line)).cloned()
        }
        _ => None,
    }
}

/// `file:line:column` of a step; nothing where it stands nowhere.
pub(super) fn place(step: &Step, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    origin(step, speaker, facts).map_or(String::new(), |origin| place_text(&origin))
}
