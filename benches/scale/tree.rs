//! The unit T: the tree of `syntax::ast` once more, with serde's derive, and the JSON that serde_json reads it from. The
//! JSON is made of what the parser's tree prints of itself, so it holds the same data; that the two trees print the
//! same is asserted before anything is measured.
#![allow(dead_code, reason = "what is read is there to be read, and printed by `Debug` alone")]

use fullmakt::syntax::ast;
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Word<'s> {
    text: &'s str,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Path<'s> {
    #[serde(borrow)]
    segments: Vec<Word<'s>>,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Module<'s> {
    #[serde(borrow)]
    name: Option<Path<'s>>,
    #[serde(default)]
    statements: Vec<Statement<'s>>,
    #[serde(default)]
    uses: Vec<Use<'s>>,
    #[serde(default)]
    declarations: Vec<Declaration<'s>>,
    #[serde(default)]
    wounded: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Use<'s> {
    #[serde(borrow)]
    path: Path<'s>,
    what: Used<'s>,
    #[serde(default)]
    span: Span,
    #[serde(default)]
    wounded: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Used<'s> {
    Last,
    #[serde(borrow)]
    Names(Vec<Word<'s>>),
    All(Span),
}

#[derive(Debug, Deserialize)]
pub(crate) enum Sort {
    Namespace,
    Organisation,
    Role,
    Group,
    Area,
    Package,
    Service,
    Lost,
    Later,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Declaration<'s> {
    sort: Sort,
    #[serde(borrow)]
    keyword: Word<'s>,
    name: Option<Word<'s>>,
    title: Option<Word<'s>>,
    urn: Option<Word<'s>>,
    #[serde(default)]
    members: Vec<Path<'s>>,
    #[serde(default)]
    statements: Vec<Statement<'s>>,
    #[serde(default)]
    declarations: Vec<Declaration<'s>>,
    #[serde(default)]
    span: Span,
    #[serde(default)]
    wounded: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Statement<'s> {
    #[serde(default)]
    span: Span,
    #[serde(default)]
    keyword: Span,
    #[serde(borrow)]
    says: Says<'s>,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Value<'s, T> {
    Given(T),
    #[serde(borrow)]
    Undecided(Word<'s>),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Says<'s> {
    Urn(Value<'s, Word<'s>>),
    Formerly(Word<'s>),
    About(Value<'s, Word<'s>>),
    For(Value<'s, Vec<Word<'s>>>),
    Delegable(Delegable<'s>),
    Services(Value<'s, Word<'s>>),
    Data(Value<'s, Word<'s>>),
    Code(Value<'s, Word<'s>>),
    Source(Value<'s, Path<'s>>),
    Held(Value<'s, Held<'s>>),
    Key(Value<'s, Word<'s>>),
    Covers(Value<'s, Word<'s>>),
    Agent(Value<'s, Word<'s>>),
    Grant(Grant<'s>),
    Allow { code: Word<'s>, why: Word<'s> },
    Valid(Days),
    Action { name: Word<'s>, title: Option<Word<'s>> },
    Permit(Permit<'s>),
    Form { sort: Word<'s>, urn: Word<'s> },
    Target(Vec<Word<'s>>),
    Later(&'s str),
    Broken,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Days {
    from: Option<Date>,
    before: Option<Date>,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Held<'s> {
    #[serde(borrow)]
    by: Vec<Word<'s>>,
    of: Option<Vec<Word<'s>>>,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Delegable<'s> {
    No,
    #[serde(borrow)]
    Undecided(Word<'s>),
    To {
        to: Vec<Path<'s>>,
        #[serde(default)]
        onward: bool,
        when: Option<Span>,
    },
}

#[derive(Debug, Deserialize)]
pub(crate) struct Grant<'s> {
    #[serde(default)]
    gives_use: bool,
    #[serde(default)]
    gives_delegation: bool,
    #[serde(borrow, default)]
    to: Vec<Path<'s>>,
    undecided: Option<Word<'s>>,
    days: Option<Days>,
    when: Option<Span>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Permit<'s> {
    #[serde(borrow)]
    actions: Vec<Word<'s>>,
    #[serde(default)]
    to: Vec<Path<'s>>,
    requires: Option<Requires<'s>>,
    days: Option<Days>,
    #[serde(default)]
    later: Vec<(&'s str, Span)>,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Requires<'s> {
    #[serde(borrow)]
    Package(Path<'s>),
    And(Vec<Requires<'s>>, Span),
    Or(Vec<Requires<'s>>, Span),
}

/// The parser's tree as JSON: one object a declaration, nothing that is not said, spans as `[start,end]` or (where a field may
/// be missing) left out.
pub(crate) fn json(tree: &ast::Module<'_>, spans: bool) -> String {
    let printed = format!("{tree:?}");
    let mut writer = Writer { rest: &printed, out: String::with_capacity(printed.len() / 2), spans };
    writer.value();
    writer.out
}

/// From what `derive(Debug)` prints to JSON.
struct Writer<'p> {
    rest: &'p str,
    out: String,
    spans: bool,
}

impl Writer<'_> {
    fn eat(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// One value; whether it says anything: `None`, `false` and `[]` do not.
    fn value(&mut self) -> bool {
        if self.rest.starts_with('"') {
            let end = self.rest[1..].find('"').map_or(self.rest.len(), |end| end + 2);
            self.out.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
            return true;
        }
        if self.eat("[") {
            let empty = self.rest.starts_with(']');
            self.list("]");
            return !empty;
        }
        let end = self.rest.find(|letter: char| !letter.is_alphanumeric() && letter != '-').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "None" => self.out.push_str("null"),
            "Some" => {
                self.eat("(");
                self.value();
                self.eat(")");
            }
            "Span" => return self.span(),
            _ if self.eat(" { ") => {
                let variant = word == "Allow" || word == "Action" || word == "Form" || word == "To";
                self.wrapped(word, variant, |writer| {
                    writer.out.push('{');
                    writer.fields();
                    writer.out.push('}');
                });
            }
            _ if self.eat("(") => self.wrapped(word, true, |writer| {
                // One value stands alone; of several the list is the value.
                if word == "And" || word == "Or" {
                    writer.list(")");
                } else {
                    writer.value();
                    writer.eat(")");
                }
            }),
            "true" | "false" => self.out.push_str(word),
            number if number.starts_with(|letter: char| letter.is_ascii_digit()) && !number.contains('-') => {
                self.out.push_str(number);
            }
            text => {
                self.out.push('"');
                self.out.push_str(text);
                self.out.push('"');
            }
        }
        word != "None" && word != "false"
    }

    fn span(&mut self) -> bool {
        self.eat(" { start: ");
        let (start, rest) = self.rest.split_once(", end: ").unwrap_or_default();
        let (end, rest) = rest.split_once(" }").unwrap_or_default();
        self.rest = rest;
        let (start, end) = if self.spans { (start, end) } else { ("0", "0") };
        self.out.extend(["[", start, ",", end, "]"]);
        self.spans
    }

    fn wrapped(&mut self, name: &str, variant: bool, inner: impl FnOnce(&mut Self)) {
        if variant {
            self.out.extend(["{\"", name, "\":"]);
        }
        inner(self);
        if variant {
            self.out.push('}');
        }
    }

    fn list(&mut self, close: &str) {
        self.out.push('[');
        let start = self.out.len();
        while !self.eat(close) {
            if self.out.len() > start {
                self.out.push(',');
            }
            self.value();
            self.eat(", ");
        }
        self.out.push(']');
    }

    fn fields(&mut self) {
        let start = self.out.len();
        while !self.eat(" }") {
            let before = self.out.len();
            if before > start {
                self.out.push(',');
            }
            let (name, rest) = self.rest.split_once(": ").unwrap_or_default();
            self.rest = rest;
            self.out.extend(["\"", name, "\":"]);
            if !self.value() {
                self.out.truncate(before);
            }
            self.eat(", ");
        }
    }
}
