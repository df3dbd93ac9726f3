//! Coverage as one page that needs nothing else: figures, then each text with its lines marked, by sign as well as by colour, and
//! below a line what was shown of it and what was not. Light and dark, as the reader has it.

use super::figures::Figures;
use super::item::{Aspect, Item, Kind, Point, Shown};
use super::{Coverage, together};
use crate::source::{Source, Sources};
use crate::words::speaker::place_text;
use std::collections::BTreeMap;

/// The page. Texts are taken from the sources that the places name.
#[must_use]
pub fn page(coverage: &Coverage, sources: &Sources) -> String {
    let mut files: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in coverage.items() {
        if let Some(origin) = &item.place {
            files.entry(&origin.file).or_default().push(item);
        }
    }
    let by_name: BTreeMap<&str, &Source> = sources.iter().map(|(_, source)| (source.name(), source)).collect();
    let mut out = String::from(HEAD);
    out.push_str(&summary(coverage));
    for (file, items) in files {
        if let Some(source) = by_name.get(file) {
            section(&mut out, file, source, &items);
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

const HEAD: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n",
    "<title>Coverage</title>\n<style>\n",
    include_str!("page.css"),
    "</style>\n</head>\n<body>\n<main>\n<h1>Coverage</h1>\n"
);

/// The figures of every module, and what the marks mean.
fn summary(coverage: &Coverage) -> String {
    let whole = coverage.figures();
    if whole.all().of == 0 {
        return "<p>There is nothing to cover.</p>\n".to_owned();
    }
    let mut out = format!("<p>{} requests were asked. ", coverage.asked);
    out.push_str(
        "<b class=\"full\">✓</b> everything is shown, <b class=\"part\">◐</b> some of it, <b class=\"none\">✗</b> nothing. \
         An atom is underlined: solid, dashed or wavy in the same order.</p>\n<div class=\"wide\"><table class=\"figures\">\n<thead><tr><th>module</th>",
    );
    for kind in Kind::ALL {
        out.push_str(&format!("<th>{}</th>", kind.title()));
    }
    out.push_str("<th>all</th></tr></thead>\n<tbody>\n");
    for module in &coverage.modules {
        let file = module.items.iter().find_map(|item| item.place.as_ref()).map(|origin| &*origin.file);
        let name = match file {
            Some(file) => format!("<a href=\"#{}\">{}</a>", escaped(file), escaped(&module.name)),
            None => escaped(&module.name),
        };
        out.push_str(&row(&name, &module.figures()));
    }
    if coverage.modules.len() > 1 {
        out.push_str(&row("all", &whole));
    }
    out.push_str("</tbody>\n</table></div>\n");
    out
}

fn row(name: &str, figures: &Figures) -> String {
    let of_kinds = Kind::ALL.into_iter().map(|kind| figures.kind(kind)).chain([figures.all()]);
    let cells: String = of_kinds
        .map(|figure| {
            let class = if figure.of == 0 { "nothing" } else { class_of(figure.covered, figure.of) };
            let count = format!("{} of {}", figure.covered, figure.of);
            format!("<td class=\"{class}\" title=\"{count}\">{figure}</td>")
        })
        .collect();
    format!("<tr><th>{name}</th>{cells}</tr>\n")
}

fn class_of(covered: usize, of: usize) -> &'static str {
    match covered {
        0 => "none",
        _ if covered == of => "full",
        _ => "part",
    }
}

fn sign_of(class: &str) -> &'static str {
    match class {
        "full" => "✓",
        "part" => "◐",
        _ => "✗",
    }
}

/// One text, line by line.
fn section(out: &mut String, file: &str, source: &Source, items: &[&Item]) {
    let mut by_line: BTreeMap<u32, Vec<&Item>> = BTreeMap::new();
    for item in items {
        let line = item.place.as_ref().map_or(0, |origin| origin.position.line);
        by_line.entry(line).or_default().push(item);
    }
    let marks = marks(items);
    let name = escaped(file);
    out.push_str(&format!("<section id=\"{name}\">\n<h2>{name}</h2>\n<table class=\"text\">\n"));
    let mut line = 1;
    while let Some(span) = source.line(line) {
        let text = marked(source.slice(span), span.start, &marks);
        match by_line.get(&line) {
            None => out.push_str(&format!(
                "<tr><td class=\"number\">{line}</td><td class=\"mark\"></td><td><pre>{text}</pre></td></tr>\n"
            )),
            Some(items) => of_line(out, line, &text, items),
        }
        line += 1;
    }
    out.push_str("</table>\n</section>\n");
}

/// A line on which something stands; what is missing is told at once, the rest where it is opened.
fn of_line(out: &mut String, line: u32, text: &str, items: &[&Item]) {
    let of: usize = items.iter().map(|item| item.points.len()).sum();
    let missing: usize = items.iter().map(|item| item.missing().count()).sum();
    let class = class_of(of - missing, of);
    let open = if missing > 0 { " open=\"open\"" } else { "" };
    out.push_str(&format!(
        "<tr class=\"{class}\"><td class=\"number\">{line}</td><td class=\"mark\">{} {}/{of}</td>\
         <td><details{open}><summary><pre>{text}</pre></summary>\n<ul>\n",
        sign_of(class),
        of - missing
    ));
    for same in together(items) {
        let Some(item) = same.first() else { continue };
        let within = item.within.as_ref().map_or(String::new(), |within| format!(" <i>{}</i>", escaped(within)));
        out.push_str(&format!("<li><code>{}</code>{within}<ul>\n", escaped(&item.text)));
        for item in same {
            item.points.iter().for_each(|point| out.push_str(&format!("<li>{}</li>\n", of_point(point, item.asked))));
        }
        out.push_str("</ul></li>\n");
    }
    out.push_str("</ul>\n</details></td></tr>\n");
}

fn of_point(point: &Point, asked: bool) -> String {
    match (point.is_covered(), asked) {
        (true, _) => {
            format!("<b class=\"full\">✓</b> {}{}", point.aspect.shown(), shown(point.aspect, &point.shown))
        }
        (false, true) => format!("<b class=\"none\">✗</b> {}", point.aspect.missing()),
        (false, false) => format!("<b class=\"none\">✗</b> {}: never asked", point.aspect.shown()),
    }
}

/// By which requests something was shown.
fn shown(aspect: Aspect, by: &[Shown]) -> String {
    let one = |shown: &Shown| {
        let place = shown.place.as_ref().map_or(String::new(), |origin| format!(" {}", place_text(origin)));
        format!("«{}»<small>{}</small>", escaped(&shown.name), escaped(&place))
    };
    match (aspect, by) {
        (_, []) => String::new(),
        (Aspect::Alone, [so, not]) => format!(": true in {}, false in {}", one(so), one(not)),
        (_, all) => format!(": {}", all.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

/// Where atoms stand that have no atom in them: start and end in bytes, and the class. In order, none in another.
fn marks(items: &[&Item]) -> Vec<(u32, u32, &'static str)> {
    let mut spans: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
    for item in items.iter().filter(|item| matches!(item.kind, Kind::Atoms | Kind::Mcdc)) {
        let Some(origin) = &item.place else { continue };
        let (covered, of) = spans.entry((origin.offset, origin.offset.saturating_add(origin.length))).or_default();
        *of += item.points.len();
        *covered += item.points.len() - item.missing().count();
    }
    let mut marks: Vec<(u32, u32, &'static str)> = Vec::new();
    for ((start, end), (covered, of)) in spans {
        // What began before and reaches over this one has it inside.
        while marks.last().is_some_and(|(_, last, _)| *last > start) {
            marks.pop();
        }
        marks.push((start, end, class_of(covered, of)));
    }
    marks
}

/// A stretch of text that begins at this byte, with the marks in it.
fn marked(text: &str, start: u32, marks: &[(u32, u32, &'static str)]) -> String {
    let end = start.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let (mut out, mut at) = (String::new(), start);
    let slice = |from: u32, to: u32| text.get((from - start) as usize..(to - start) as usize).unwrap_or("");
    let first = marks.partition_point(|(_, last, _)| *last <= start);
    for (from, to, class) in marks.iter().skip(first).take_while(|(from, ..)| *from < end) {
        let (from, to) = ((*from).max(at), (*to).min(end));
        if from < to {
            out.push_str(&escaped(slice(at, from)));
            out.push_str(&format!("<span class=\"{class}\">{}</span>", escaped(slice(from, to))));
            at = to;
        }
    }
    out.push_str(&escaped(slice(at, end)));
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // What no page may have; a text that has been compiled has none.
            '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
