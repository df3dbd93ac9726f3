//! What carries a decision, in one short phrase: `reporting ← given by kari ← manager`. The whole chain is for `step` and `json`.

use super::speaker::{FactsSaid, Speaker};
use crate::decide::{Link, Step, Trace};
use crate::facts::{EntityId, Given};

/// The phrases of several traces of what somebody asks for, each once.
pub(super) fn phrases(
    traces: &[Trace],
    asker: Option<EntityId>,
    speaker: &Speaker<'_>,
    facts: &FactsSaid<'_>,
) -> String {
    let mut all: Vec<String> = Vec::new();
    for trace in traces {
        let text = phrase(trace, asker, speaker, facts);
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    all.join("; ")
}

/// What a trace rests on: its first steps joined by commas, each followed back to where it comes from.
fn phrase(trace: &Trace, asker: Option<EntityId>, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let mut phrase = Phrase { asker, speaker, facts, parts: Vec::new(), holder: None, granted: None };
    // What stands below a line or a condition is not followed.
    let mut hidden_below = None;
    for Link { depth, step } in &trace.chain {
        if hidden_below.is_some_and(|above| *depth > above) {
            continue;
        }
        hidden_below = matches!(
            step,
            Step::Delegable { .. } | Step::ConditionHolds | Step::ConditionUnknown { .. } | Step::Grant { .. }
        )
        .then_some(*depth);
        if *depth == 0 {
            phrase.holder = None;
        }
        phrase.step(*depth, step);
    }
    phrase.parts.iter().map(|links| links.join(" ← ")).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

struct Phrase<'p> {
    asker: Option<EntityId>,
    speaker: &'p Speaker<'p>,
    facts: &'p FactsSaid<'p>,
    parts: Vec<Vec<String>>,
    /// Who the step above says to hold or pass on something.
    holder: Option<EntityId>,
    /// A grant was told at this depth: what follows there is what it names.
    granted: Option<u16>,
}

impl Phrase<'_> {
    fn name(&self, id: EntityId) -> String {
        self.facts.name(id, self.speaker)
    }

    /// A link of the part that is being told, or a part of its own.
    fn link(&mut self, depth: u16, text: String) {
        match self.parts.last_mut().filter(|_| depth > 0) {
            Some(links) => links.push(text),
            None => self.parts.push(vec![text]),
        }
    }

    fn step(&mut self, depth: u16, step: &Step) {
        let speaker = self.speaker;
        let short = |full: &str| speaker.short(full).to_owned();
        let granted = self.granted.take() == Some(depth);
        match step {
            Step::Anyone => self.link(depth, "anyone".to_owned()),
            Step::IsParty { .. } => self.link(depth, "self".to_owned()),
            Step::Holds { who, package, .. } => {
                let is_new = depth == 0 || granted;
                let text = if is_new { short(speaker.package(*package)) } else { self.name(*who) };
                if is_new || self.holder != Some(*who) {
                    self.link(depth, text);
                }
                self.holder = Some(*who);
            }
            Step::MayPassOn { who, .. } => {
                self.holder = Some(*who);
                if depth == 0 {
                    self.parts.push(Vec::new());
                }
            }
            Step::Delegation { index } => {
                if let Some(one) = self.facts.facts.delegation(*index) {
                    let area = match one.what {
                        Given::Package(_) => String::new(),
                        Given::Area(area) => format!(" with {}", short(speaker.area(area))),
                    };
                    let text = format!("given by {}{area}", self.name(one.giver));
                    self.link(depth, text);
                    self.holder = Some(one.giver);
                }
            }
            Step::Grant { .. } => self.granted = Some(depth),
            Step::Role { index } => {
                let Some(fact) = self.facts.facts.role(*index) else { return };
                let role = short(speaker.role(fact.role));
                let text = match (granted || depth == 0 && self.asker == Some(fact.subject), fact.party) {
                    (true, Some(_)) => role,
                    (true, None) if depth > 0 => role,
                    (_, None) => format!("{} is {role}", self.name(fact.subject)),
                    (false, Some(party)) if self.holder == Some(fact.subject) => {
                        format!("{role} of {}", self.name(party))
                    }
                    (false, Some(party)) => {
                        format!("{} is {role} of {}", self.name(fact.subject), self.name(party))
                    }
                };
                self.link(depth, text);
            }
            Step::UnknownRole { role, .. } => {
                let text = format!("perhaps {}", short(speaker.role(*role)));
                self.link(depth, text);
            }
            Step::IsOrganisation { organisation, .. } | Step::EitherIsOrganisation { organisation, .. } => {
                let text = short(speaker.organisation(*organisation));
                self.link(depth, text);
            }
            Step::Controls { processes, .. } => {
                self.link(depth, if *processes { "processor" } else { "controller" }.to_owned());
            }
            _ => {}
        }
    }
}
