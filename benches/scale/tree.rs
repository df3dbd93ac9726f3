//! The unit T: the tree of `syntax::ast` once more, with serde's derive, and the JSON that serde_json reads it from. The
//! JSON is made of what the parser's tree prints of itself, so it holds the same data; that the two trees print the
//! same is asserted before anything is measured.
#![allow(dead_code, reason = "what is read is there to be read, and printed by `Debug` alone")]
#![allow(clippy::large_enum_variant, reason = "it is the tree as it is")]

use fullmakt::syntax::ast;
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

#[derive(Debug, Deserialize)]
pub(crate) enum RuleEffect {
    Permit,
    Forbid,
    Never,
    Oblige,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

#[derive(Debug, Deserialize)]
pub(crate) enum Bound {
    Exactly,
    AtMost,
    AtLeast,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Word<'s> {
    text: &'s str,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Path<'s> {
    #[serde(default)]
    segments: Vec<Word<'s>>,
    #[serde(default)]
    span: Span,
    #[serde(default)]
    lost: bool,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Module<'s> {
    name: Option<Path<'s>>,
    #[serde(default)]
    statements: Vec<Statement<'s>>,
    #[serde(default)]
    uses: Vec<Use<'s>>,
    #[serde(default)]
    declarations: Vec<Declaration<'s>>,
    #[serde(default)]
    wounded: bool,
    #[serde(default)]
    hides: bool,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Use<'s> {
    path: Path<'s>,
    what: Used<'s>,
    #[serde(default)]
    span: Span,
    #[serde(default)]
    wounded: bool,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Used<'s> {
    Last,
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
    Register,
    Policy,
    Entity,
    Enum,
    Obligation,
    Condition,
    Action,
    Lost,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Declaration<'s> {
    sort: Sort,
    keyword: Word<'s>,
    name: Option<Word<'s>>,
    title: Option<Word<'s>>,
    urn: Option<Word<'s>>,
    #[serde(default)]
    members: Vec<Path<'s>>,
    #[serde(default)]
    head: Head<'s>,
    #[serde(default)]
    statements: Vec<Statement<'s>>,
    #[serde(default)]
    declarations: Vec<Declaration<'s>>,
    #[serde(default)]
    span: Span,
    #[serde(default)]
    wounded: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Head<'s> {
    #[default]
    Plain,
    Values {
        #[serde(default)]
        values: Vec<Word<'s>>,
        #[serde(default)]
        ascending: bool,
    },
    Parameters(Vec<Field<'s>>),
    Condition(Box<Expression<'s>>),
    Selector(Selector<'s>),
    Action(ActionEnd<'s>),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Selector<'s> {
    Named(Vec<Path<'s>>),
    Every { sort: Word<'s>, module: Option<Path<'s>>, condition: Option<Box<Expression<'s>>> },
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Field<'s> {
    name: Word<'s>,
    of: Option<TypeName<'s>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct TypeName<'s> {
    #[serde(default)]
    set: bool,
    name: Path<'s>,
    #[serde(default)]
    or_none: bool,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct ActionEnd<'s> {
    partial: Option<Span>,
    #[serde(default)]
    oblige: Vec<Oblige<'s>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Oblige<'s> {
    name: Path<'s>,
    #[serde(default)]
    arguments: Vec<(Word<'s>, Expression<'s>)>,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Statement<'s> {
    #[serde(default)]
    span: Span,
    #[serde(default)]
    keyword: Span,
    says: Says<'s>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's, T: Deserialize<'de>"))]
pub(crate) enum Value<'s, T> {
    Given(T),
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
    Grant(Box<Grant<'s>>),
    Allow {
        code: Word<'s>,
        why: Word<'s>,
    },
    Valid(Days),
    Action {
        name: Word<'s>,
        title: Option<Word<'s>>,
        #[serde(default)]
        end: Box<ActionEnd<'s>>,
    },
    Rule(Box<Rule<'s>>),
    AnyAction(Vec<Oblige<'s>>),
    Elements(Value<'s, Vec<Word<'s>>>),
    Records(Value<'s, Path<'s>>),
    Controller(Value<'s, Vec<Path<'s>>>),
    Processor(Value<'s, Vec<Path<'s>>>),
    Basis(Value<'s, Vec<Value<'s, Basis<'s>>>>),
    Purposes(Value<'s, Vec<Word<'s>>>),
    Retain(Value<'s, Retain<'s>>),
    Field(Box<Field<'s>>),
    Form {
        sort: Word<'s>,
        urn: Word<'s>,
    },
    Target(Vec<Word<'s>>),
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
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Held<'s> {
    #[serde(default)]
    by: Vec<Word<'s>>,
    of: Option<Vec<Word<'s>>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Delegable<'s> {
    No,
    Undecided(Word<'s>),
    To {
        #[serde(default)]
        to: Vec<Path<'s>>,
        #[serde(default)]
        onward: bool,
        when: Option<Box<Expression<'s>>>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Grant<'s> {
    #[serde(default)]
    gives_use: bool,
    #[serde(default)]
    gives_delegation: bool,
    #[serde(default)]
    to: Vec<Path<'s>>,
    undecided: Option<Word<'s>>,
    days: Option<Days>,
    when: Option<Expression<'s>>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Rule<'s> {
    effect: RuleEffect,
    actions: Actions<'s>,
    title: Option<Word<'s>>,
    of: Option<Vec<Word<'s>>>,
    #[serde(default)]
    to: Vec<Path<'s>>,
    requires: Option<Requires<'s>>,
    when: Option<Expression<'s>>,
    #[serde(default)]
    oblige: Vec<Oblige<'s>>,
    days: Option<Days>,
    #[serde(default)]
    clauses: Vec<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Actions<'s> {
    Named(Vec<Word<'s>>),
    Any(Span),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Requires<'s> {
    Package(Path<'s>),
    And(Vec<Requires<'s>>, Span),
    Or(Vec<Requires<'s>>, Span),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Basis<'s> {
    Gdpr(Word<'s>),
    Law(Word<'s>),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Retain<'s> {
    Forever,
    Rules(Vec<Retention<'s>>),
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Retention<'s> {
    bound: Bound,
    #[serde(default)]
    ends: Vec<End<'s>>,
    #[serde(default)]
    span: Span,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct End<'s> {
    after: Option<Duration<'s>>,
    of: Expression<'s>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Duration<'s> {
    amount: Word<'s>,
    unit: Word<'s>,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) struct Expression<'s> {
    #[serde(default)]
    span: Span,
    #[serde(default)]
    says: Term<'s>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(bound(deserialize = "'de: 's"))]
pub(crate) enum Term<'s> {
    Or(Vec<Expression<'s>>),
    And(Vec<Expression<'s>>),
    Not(Box<Expression<'s>>),
    Compare(Operator, Span, Box<(Expression<'s>, Expression<'s>)>),
    Is {
        who: Box<Expression<'s>>,
        role: Path<'s>,
        party: Option<Box<Expression<'s>>>,
    },
    Holds {
        who: Box<Expression<'s>>,
        package: Path<'s>,
        party: Option<Box<Expression<'s>>>,
    },
    Each {
        #[serde(default)]
        all: bool,
        variable: Word<'s>,
        set: Box<Expression<'s>>,
        body: Box<Expression<'s>>,
    },
    Permitted(Path<'s>),
    Shift {
        from: Box<Expression<'s>>,
        #[serde(default)]
        back: bool,
        by: Box<Expression<'s>>,
    },
    Path(Path<'s>),
    Bool(bool),
    #[default]
    None,
    Integer(&'s str),
    String(&'s str),
    Date(&'s str),
    DateTime(&'s str),
    Duration(Duration<'s>),
    Basis(Basis<'s>),
    List(Vec<Expression<'s>>),
    Undecided(Word<'s>),
    Broken,
}

/// The parser's tree as JSON: one object a declaration, nothing that is not said, spans as `[start,end]` or (where a field may
/// be missing) left out.
pub(crate) fn json(tree: &ast::Module<'_>, spans: bool) -> String {
    let printed = format!("{tree:?}");
    let mut writer = Writer { rest: &printed, out: String::with_capacity(printed.len() / 2), spans };
    writer.value();
    writer.out
}

/// Variants with named fields: their name is printed as that of a struct is.
const VARIANTS: &[&str] = &["Allow", "Action", "Form", "To", "Values", "Every", "Is", "Holds", "Each", "Shift"];

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

    /// One value; whether it says anything: what is there unless said otherwise does not.
    fn value(&mut self) -> bool {
        if self.rest.starts_with('"') {
            let end = self.rest[1..].find('"').map_or(self.rest.len(), |end| end + 2);
            self.out.push_str(&self.rest[..end]);
            self.rest = &self.rest[end..];
            return true;
        }
        if self.eat("[") {
            return self.list("]") > 0;
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
                self.wrapped(word, VARIANTS.contains(&word), |writer| {
                    writer.out.push('{');
                    writer.fields();
                    writer.out.push('}');
                });
            }
            _ if self.eat("(") => self.wrapped(word, !word.is_empty(), |writer| {
                // One value stands alone; of several the list is the value.
                let start = writer.out.len();
                if writer.list(")") == 1 && !word.is_empty() {
                    writer.out.remove(start);
                    writer.out.pop();
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
        !matches!(word, "None" | "false" | "Plain")
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

    /// How many values it has.
    fn list(&mut self, close: &str) -> usize {
        self.out.push('[');
        let mut count = 0;
        while !self.eat(close) {
            if count > 0 {
                self.out.push(',');
            }
            self.value();
            self.eat(", ");
            count += 1;
        }
        self.out.push(']');
        count
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
