//! Coverage for tools: figures, and every item with its points and the requests that showed them. Its schema is
//! `fullmakt schema coverage`.

use super::figures::{Figure, Figures};
use super::item::{Item, Kind, Point, Shown};
use super::{Coverage, Module};
use crate::origins::Origin;
use serde_json::{Map, Value, json};

/// The text of the file.
#[must_use]
pub fn text(coverage: &Coverage) -> String {
    let file = json!({
        "format": 1,
        "asked": coverage.asked,
        "figures": figures(&coverage.figures()),
        "modules": coverage.modules.iter().map(module).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    text
}

fn module(module: &Module) -> Value {
    json!({
        "module": module.name,
        "figures": figures(&module.figures()),
        "items": module.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn figures(figures: &Figures) -> Value {
    let of_kinds = Kind::ALL.into_iter().map(|kind| (kind.word().to_owned(), figure(figures.kind(kind))));
    let all = std::iter::once(("all".to_owned(), figure(figures.all())));
    Value::Object(all.chain(of_kinds).collect::<Map<_, _>>())
}

fn figure(figure: Figure) -> Value {
    let mut value = json!({ "covered": figure.covered, "of": figure.of });
    if let (Some(hundredths), Some(object)) = (figure.hundredths(), value.as_object_mut()) {
        let percent = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        let number: Option<serde_json::Number> = percent.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
        object.insert("percent".to_owned(), number.map_or(Value::Null, Value::Number));
    }
    value
}

fn item(item: &Item) -> Value {
    let mut value = json!({
        "kind": item.kind.word(),
        "text": item.text,
        "asked": item.asked,
        "points": item.points.iter().map(point).collect::<Vec<_>>(),
    });
    if let Some(object) = value.as_object_mut() {
        object.extend(item.within.iter().map(|within| ("within".to_owned(), json!(within))));
        object.extend(item.place.iter().map(|origin| ("place".to_owned(), place(origin))));
    }
    value
}

fn point(point: &Point) -> Value {
    json!({
        "aspect": point.aspect.word(),
        "covered": point.is_covered(),
        "times": point.times,
        "shown": point.shown.iter().map(shown).collect::<Vec<_>>(),
    })
}

fn shown(shown: &Shown) -> Value {
    let mut value = json!({ "name": shown.name });
    if let Some(object) = value.as_object_mut() {
        object.extend(shown.place.iter().map(|origin| ("place".to_owned(), place(origin))));
    }
    value
}

fn place(origin: &Origin) -> Value {
    json!({
        "file": &*origin.file,
        "line": origin.position.line,
        "column": origin.position.column,
        "offset": origin.offset,
        "length": origin.length,
    })
}
