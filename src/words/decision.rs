//! A decision for people: the answer first, then the chain that carries it, each line with its place. For a denial, each
//! permit of the action with the first thing that it lacked. For machines: `json`.

use super::speaker::{FactsSaid, Speaker, place_text};
use super::{rule, step};
use crate::decide::{Action, Cause, Decision, Effect, Link, Missing, Request, Step, Trace};
use crate::origins::Part;
use crate::terms::period::oslo;

pub use super::json::{json, to_text};

/// A line with its place.
struct Line {
    text: String,
    place: String,
}

/// The decision as text; every line ends with a line break.
#[must_use]
pub fn human(decision: &Decision, request: &Request, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let moment = request.now.to_zoned(oslo()).strftime("at %Y-%m-%d %H:%M Europe/Oslo").to_string();
    let mut lines = vec![Line { text: headline(decision, request, speaker, facts), place: moment }];
    // Which elements a rule decides is told where it is not the same for all.
    let all_alike = decision.traces.windows(2).all(|pair| match pair {
        [one, other] => one.elements == other.elements,
        _ => true,
    });
    for trace in &decision.traces {
        lines.push(Line { text: String::new(), place: String::new() });
        of_trace(trace, all_alike, speaker, facts, &mut lines);
    }
    let mut notes = Vec::new();
    if let Some(released) = &decision.released {
        notes.push(format!("  release  {}", released.join(", ")));
    }
    for obliged in &decision.obligations {
        let elements =
            if obliged.elements.is_empty() { String::new() } else { format!(" for {}", obliged.elements.join(", ")) };
        notes.push(format!("  oblige   {}{elements}", rule::oblige(&obliged.oblige, speaker)));
    }
    for missing in &decision.missing {
        let role = match missing {
            Missing::Role(role) => role,
            Missing::Attribute(path) => {
                notes.push(format!("  missing  {path}"));
                continue;
            }
            Missing::Undecided(what) => {
                let text = speaker.undecided_text(what).map_or("undecided", |text| text);
                notes.push(format!("  missing  {}: {text}", step::undecided(what, speaker)));
                continue;
            }
        };
        let source = speaker
            .bundle
            .meaning
            .role(*role)
            .and_then(|named| named.versions.iter().find_map(|version| version.source));
        let from = source.map_or(String::new(), |source| {
            format!(": {} is out of reach", speaker.short(speaker.organisation(source)))
        });
        notes.push(format!("  missing  who is {}{from}", speaker.short(speaker.role(*role))));
    }
    for question in &decision.open {
        let text = speaker.question_text(*question).map_or(String::new(), |text| format!(": {text}"));
        notes.push(format!(
            "  open     {} {}{text}",
            speaker.short(speaker.what(question.what)),
            open_in_short(*question, speaker)
        ));
    }
    if !notes.is_empty() {
        lines.push(Line { text: String::new(), place: String::new() });
        lines.extend(notes.into_iter().map(|text| Line { text, place: String::new() }));
    }
    aligned(&lines)
}

/// `permit   per may send report for clinic`
fn headline(decision: &Decision, request: &Request, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let who = request.subject.map_or("anyone".to_owned(), |id| facts.name(id, speaker));
    let (word, may) = match decision.effect {
        Effect::Permit => ("permit", "may"),
        Effect::Deny => ("deny", "may not"),
    };
    // Who has no login is nobody in particular.
    let may =
        if request.subject.is_none() && decision.effect == Effect::Deny { "may, without login, not" } else { may };
    let on = speaker.short(speaker.on(request.on));
    let asked = match (&request.action, request.to) {
        (Action::Delegate, Some(to)) => format!("delegate {on} to {}", facts.name(to, speaker)),
        (action, _) if !request.elements.is_empty() => {
            format!("{} {} of {on}", action.word(), request.elements.join(", "))
        }
        (action, _) => format!("{} {on}", action.word()),
    };
    let party =
        request.subject.and(request.party).map_or(String::new(), |id| format!(" for {}", facts.name(id, speaker)));
    let cause = match decision.cause {
        Cause::Permitted => "",
        Cause::Forbidden => ": forbidden",
        Cause::Undecidable => ": undecidable",
        Cause::NotGranted => ": not granted",
    };
    format!("{word:<8} {who} {may} {asked}{party}{cause}")
}

/// What is open, in short names.
pub(super) fn open_in_short(question: crate::decide::OpenQuestion, speaker: &Speaker<'_>) -> String {
    use crate::decide::OpenValue;
    match question.open {
        OpenValue::Kinds => "for".to_owned(),
        OpenValue::Delegable => "delegable".to_owned(),
        OpenValue::Grant => "grant".to_owned(),
        OpenValue::GrantToRole(role) => format!("grant to {}", speaker.short(speaker.role(role))),
        OpenValue::GrantToPackage(package) => format!("grant to {}", speaker.short(speaker.package(package))),
        OpenValue::GrantToItself => "grant to self".to_owned(),
    }
}

/// The rule, and its chain as a tree below it; without a rule the first steps stand where it would.
fn of_trace(trace: &Trace, all_alike: bool, speaker: &Speaker<'_>, facts: &FactsSaid<'_>, lines: &mut Vec<Line>) {
    let mut below = 0;
    if let Some(id) = trace.rule {
        let text = speaker.bundle.meaning.rule(id).map_or(String::new(), |body| rule::rule(body, trace.scope, speaker));
        let place = speaker.origin(Part::Rule(id, trace.scope)).map_or(String::new(), place_text);
        let elements = if all_alike { String::new() } else { format!("{}: ", trace.elements.join(", ")) };
        lines.push(Line { text: format!("  {elements}{text}"), place });
        below = 1;
    }
    // For each step, whether a later one stands beside it: found from the end, so that a long chain costs no more.
    let mut open_at: Vec<bool> = Vec::new();
    let mut continues = vec![false; trace.chain.len()];
    for (at, Link { depth, .. }) in trace.chain.iter().enumerate().rev() {
        let depth = usize::from(*depth);
        open_at.resize(depth + 1, false);
        if let (Some(open), Some(slot)) = (open_at.get_mut(depth), continues.get_mut(at)) {
            *slot = *open;
            *open = true;
        }
    }
    let mut bars: Vec<bool> = Vec::new();
    let mut above: Vec<&Step> = Vec::new();
    for (Link { depth, step }, more) in trace.chain.iter().zip(continues) {
        let depth = usize::from(*depth);
        bars.truncate(depth);
        let mut text = "  ".to_owned();
        let shown = depth + below;
        for level in 1..shown {
            let bar = bars.get(level - below).copied().unwrap_or(false);
            text.push_str(if bar { "│ " } else { "  " });
        }
        if shown > 0 {
            text.push_str(if more { "├ " } else { "└ " });
        }
        above.truncate(depth);
        text.push_str(&step::sentence(step, above.last().copied(), speaker, facts));
        above.push(step);
        lines.push(Line { text, place: step::place(step, speaker, facts) });
        bars.resize(depth, false);
        bars.push(more);
    }
}

/// Places in one column, two spaces behind the longest line that has one.
fn aligned(lines: &[Line]) -> String {
    let with_place = lines.iter().filter(|line| !line.place.is_empty());
    let column = with_place.map(|line| line.text.chars().count()).max().unwrap_or(0) + 2;
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        if !line.place.is_empty() {
            text.extend(std::iter::repeat_n(' ', column - line.text.chars().count()));
            text.push_str(&line.place);
        }
        text.push('\n');
    }
    text
}
