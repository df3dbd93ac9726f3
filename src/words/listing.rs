//! Answers to who and what: tables for people, JSON for tools. Looks for nobody.

use super::json::{self, Asked, ObligedSaid};
use super::speaker::{FactsSaid, Speaker, place_text};
use super::table::{Table, wrapped};
use super::{because, rule, step, value};
use crate::decide::{AboutOne, Beyond, Listing, Missing, Obliged, On, Request, Row, Whom};
use crate::facts::EntityId;
use crate::origins::Part;
use crate::terms::period::oslo;
use serde::Serialize;

/// How many exceptions are named in a table.
const MOST_NAMES: usize = 5;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub enum Question<'s> {
    /// Who may? It has no subject.
    Who(&'s Request),
    /// What may somebody?
    What(&'s AboutOne),
}

/// Says an answer.
#[derive(Clone, Copy, Debug)]
pub struct Said<'s> {
    /// To what.
    pub question: Question<'s>,
    /// The answer.
    pub listing: &'s Listing,
    /// The names.
    pub speaker: &'s Speaker<'s>,
    /// The facts.
    pub facts: &'s FactsSaid<'s>,
}

impl Said<'_> {
    /// As text, at most so wide where a width is given; every line ends with a line break.
    #[must_use]
    pub fn human(&self, width: Option<usize>) -> String {
        let mut text = format!("{}\n\n", self.headline());
        let rows = self.table(&self.listing.permitted, false);
        match rows.is_empty() {
            true => text.push_str(match self.question {
                Question::Who(_) => "  nobody\n",
                Question::What(_) => "  nothing\n",
            }),
            false => text.push_str(&rows.text(width)),
        }
        let undecidable = self.table(&self.listing.undecidable, true);
        if !undecidable.is_empty() {
            text.push_str("\nundecidable: what is missing decides\n\n");
            text.push_str(&undecidable.text(width));
        }
        let notes = self.notes();
        if !notes.is_empty() {
            text.push('\n');
        }
        for note in notes {
            for line in wrapped(&note, width.map_or(usize::MAX, |width| width.max(20))) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }

    /// `who may view letters of journal for clinic, at 2026-03-01 12:00 Europe/Oslo`
    fn headline(&self) -> String {
        let (asked, now) = match self.question {
            Question::Who(request) => {
                let on = self.speaker.short(self.speaker.on(request.on));
                let of = if request.elements.is_empty() {
                    String::new()
                } else {
                    format!("{} of ", request.elements.join(", "))
                };
                let to = request.to.map_or(String::new(), |id| format!(" to {}", self.name(id)));
                (format!("who may {} {of}{on}{to}", request.action.word()), request.now)
            }
            Question::What(about) => (format!("what {} may", self.name(about.subject)), about.now),
        };
        let party = self.party().map_or(String::new(), |id| format!(" for {}", self.name(id)));
        format!("{asked}{party}, {}", now.to_zoned(oslo()).strftime("at %Y-%m-%d %H:%M Europe/Oslo"))
    }

    /// The party that was named.
    fn party(&self) -> Option<EntityId> {
        match self.question {
            Question::Who(request) => request.party,
            Question::What(about) => about.party,
        }
    }

    fn name(&self, id: EntityId) -> String {
        self.facts.name(id, self.speaker)
    }

    fn table(&self, rows: &[Row], undecidable: bool) -> Table<'static> {
        let last = if undecidable { "missing" } else { "by" };
        let (first, joint): (&[&str], usize) = match self.question {
            Question::Who(_) => (&["who", "for"], 2),
            Question::What(_) => (&["for", "on", "action"], 1),
        };
        let mut table = Table::new(&[first, &["elements", "oblige", last]].concat(), joint);
        let mut rows = rows.iter().peekable();
        while let Some(row) = rows.next() {
            let [subject, party, elements, oblige, last] = self.cells(row, undecidable);
            // Elements that different rules carry in the same way stand in one row.
            let mut elements = vec![elements];
            while let Some(next) = rows.next_if(|next| {
                let [of_whom, for_whom, _, obliges, rests] = self.cells(next, undecidable);
                (next.on, &next.action) == (row.on, &row.action)
                    && (&of_whom, &for_whom, &obliges, &rests) == (&subject, &party, &oblige, &last)
            }) {
                elements.push(next.elements.join(", "));
            }
            let elements = elements.join(", ");
            let mut cells = match self.question {
                Question::Who(_) => vec![subject, party],
                Question::What(_) => {
                    // Actions of which all is alike stand in one row.
                    let mut actions = vec![row.action.word()];
                    while let Some(next) = rows.next_if(|next| {
                        let [_, for_whom, of, obliges, rests] = self.cells(next, undecidable);
                        next.on == row.on && (&for_whom, &of, &obliges, &rests) == (&party, &elements, &oblige, &last)
                    }) {
                        actions.push(next.action.word());
                    }
                    let on = self.speaker.short(self.speaker.on(row.on)).to_owned();
                    vec![party, on, actions.join(", ")]
                }
            };
            cells.extend([elements, oblige, last]);
            table.row(cells);
        }
        table
    }

    /// Who, for whom, which elements, what it obliges to, and by what or what is missing.
    fn cells(&self, row: &Row, undecidable: bool) -> [String; 5] {
        let subject = match row.subject {
            Whom::One(id) => self.name(id),
            Whom::Nobody => "without login".to_owned(),
            Whom::Anyone => format!("anyone{}", self.exceptions(&row.but)),
        };
        let party = match row.party {
            // It stands in the headline.
            _ if self.party().is_some() => String::new(),
            Whom::One(_) if row.party == row.subject => "self".to_owned(),
            Whom::One(id) => self.name(id),
            Whom::Anyone => "anyone".to_owned(),
            Whom::Nobody => String::new(),
        };
        let oblige: Vec<String> = row.obligations.iter().map(|one| rule::oblige(one, self.speaker)).collect();
        let last = if undecidable {
            row.missing.iter().map(|one| self.missing(one)).collect::<Vec<_>>().join(", ")
        } else {
            because::phrases(&row.traces, asker(row), self.speaker, self.facts)
        };
        [subject, party, row.elements.join(", "), oblige.join(", "), last]
    }

    fn exceptions(&self, but: &[EntityId]) -> String {
        let mut names: Vec<String> = but.iter().take(MOST_NAMES).map(|id| self.name(*id)).collect();
        match but.len().checked_sub(MOST_NAMES) {
            None if names.is_empty() => return String::new(),
            None | Some(0) => {}
            Some(more) => names.push(format!("{more} more")),
        }
        format!(" but {}", names.join(", "))
    }

    fn missing(&self, missing: &Missing) -> String {
        match missing {
            Missing::Role(role) => format!("who is {}", self.speaker.short(self.speaker.role(*role))),
            Missing::Attribute(path) => path.to_string(),
            Missing::Undecided(what) => format!("{} (undecided)", step::undecided(what, self.speaker)),
        }
    }

    /// What is not in the tables, and why.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if matches!(self.question, Question::What(about) if about.record.is_none()) && self.has_register() {
            notes.push("Of registers: where no record is named (--record).".to_owned());
        }
        for beyond in &self.listing.beyond {
            notes.push(match beyond {
                Beyond::ToAnyone(id) => {
                    let body = self.speaker.bundle.meaning.rule(*id);
                    let text = body.map_or(String::new(), |body| rule::rule(body, 0, self.speaker));
                    let place = self.speaker.origin(Part::Rule(*id, 0)).map_or(String::new(), place_text);
                    let place = if place.is_empty() { place } else { format!(" ({place})") };
                    format!("`{text}`{place} may permit it for others too: name the party with --for.")
                }
                Beyond::OutOfReach(role) => {
                    let role = self.speaker.short(self.speaker.role(*role));
                    format!("Who is {role} cannot be seen now, so it may be permitted for others too: name the party with --for.")
                }
            });
        }
        if self.listing.left_off > 0 {
            notes.push(format!("{} more are left off (--limit).", self.listing.left_off));
        }
        notes
    }

    fn has_register(&self) -> bool {
        let resources = &self.speaker.bundle.meaning.resources;
        let is_register = |row: &Row| match row.on {
            On::Resource(id) => {
                resources.get(id.index()).is_some_and(|named| named.versions.iter().any(|v| v.register))
            }
            On::Package(_) | On::Area(_) => false,
        };
        self.listing.permitted.iter().chain(&self.listing.undecidable).any(is_register)
    }

    /// As JSON; ends with a line break.
    #[must_use]
    pub fn json(&self) -> String {
        let question = match self.question {
            Question::Who(request) => WhatIsAsked::Who(json::asked(request, request.party, self.speaker, self.facts)),
            Question::What(about) => WhatIsAsked::What(AskedOfOne {
                at: json::moment(about.now),
                subject: self.facts.facts.name(about.subject).to_owned(),
                party: about.party.map(|id| self.facts.facts.name(id).to_owned()),
                context: (!about.context.0.is_empty()).then(|| value::known(&about.context, self.speaker, self.facts)),
                record: about.record.and_then(|id| Some(self.facts.facts.thing(id)?.name.into())),
            }),
        };
        let whole = Whole {
            format: 1,
            question,
            permitted: self.listing.permitted.iter().map(|row| self.row(row)).collect(),
            undecidable: self.listing.undecidable.iter().map(|row| self.row(row)).collect(),
            beyond: self.listing.beyond.iter().map(|one| self.beyond(one)).collect(),
            left_off: self.listing.left_off,
        };
        let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
        text.push('\n');
        text
    }

    fn row(&self, row: &Row) -> RowSaid {
        let name = |id: EntityId| self.facts.facts.name(id).to_owned();
        let one = |whom: Whom| match whom {
            Whom::One(id) => Some(name(id)),
            Whom::Anyone | Whom::Nobody => None,
        };
        let is_what = matches!(self.question, Question::What(_));
        let obliged = |one: &crate::ir::Oblige| {
            json::of_obliged(&Obliged { oblige: one.clone(), elements: Vec::new() }, self.speaker)
        };
        let rules = row.traces.iter().filter_map(|trace| self.speaker.bundle.meaning.rule(trace.rule?));
        let mut rules: Vec<String> = rules.map(|rule| rule.key.to_string()).collect();
        rules.dedup();
        RowSaid {
            subject: one(row.subject).filter(|_| !is_what),
            anyone: row.subject == Whom::Anyone,
            without_login: row.subject == Whom::Nobody,
            but: row.but.iter().map(|id| name(*id)).collect(),
            party: one(row.party),
            for_anyone: row.party == Whom::Anyone,
            action: is_what.then(|| row.action.word().to_owned()),
            on: is_what.then(|| self.speaker.on(row.on).to_owned()),
            elements: row.elements.iter().map(ToString::to_string).collect(),
            obligations: row.obligations.iter().map(obliged).collect(),
            by: because::phrases(&row.traces, asker(row), self.speaker, self.facts),
            rules,
            missing: row.missing.iter().map(|one| json::of_missing(one, self.speaker)).collect(),
        }
    }

    fn beyond(&self, beyond: &Beyond) -> BeyondSaid {
        match beyond {
            Beyond::ToAnyone(id) => {
                BeyondSaid { rule: self.speaker.bundle.meaning.rule(*id).map(|rule| rule.key.to_string()), role: None }
            }
            Beyond::OutOfReach(role) => BeyondSaid { rule: None, role: Some(self.speaker.role(*role).to_owned()) },
        }
    }
}

/// Who asks, of a row about one.
fn asker(row: &Row) -> Option<EntityId> {
    match row.subject {
        Whom::One(id) => Some(id),
        Whom::Anyone | Whom::Nobody => None,
    }
}

#[derive(Serialize)]
struct Whole {
    format: u32,
    question: WhatIsAsked,
    permitted: Vec<RowSaid>,
    undecidable: Vec<RowSaid>,
    beyond: Vec<BeyondSaid>,
    left_off: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WhatIsAsked {
    Who(Asked),
    What(AskedOfOne),
}

#[derive(Serialize)]
struct AskedOfOne {
    at: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<serde_json::Value>,
}

fn is_false(so: &bool) -> bool {
    !so
}

#[derive(Serialize)]
struct RowSaid {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    anyone: bool,
    #[serde(skip_serializing_if = "is_false")]
    without_login: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    but: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    for_anyone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elements: Vec<String>,
    obligations: Vec<ObligedSaid>,
    by: String,
    rules: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
}

#[derive(Serialize)]
struct BeyondSaid {
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
}
