//! A condition written as text and read again is the same condition.

use super::small::*;
use fullmakt::compile::{Options, compile};
use fullmakt::ir::*;
use fullmakt::source::{Source, Sources};
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::level::Level;
use fullmakt::terms::root::{Consent, Root};
use fullmakt::words::Speaker;
use fullmakt::words::expression::expression;
use jiff::civil::date;

const VOCABULARY: &str = "module m
organisation authority \"The authority\"
role guardian \"Guardian\" { from authority held by person for person }
role member \"Member\" { from authority held by organisation }
entity person {
  birth_date date
  death_date date or none
  name       string
  number     integer
  so         bool
  trust      trust
  parents    set of person
}
entity context {
  login   bool
  sent    datetime
  purpose purpose
  keep    duration
  parts   set of element
  numbers set of integer
}
enum trust = low < middle < high
enum purpose = care, research
condition adult = party.birth_date + 18 years <= today
package insight \"Insight\" {
  about \"What is held of somebody.\"
  delegable to person
  grant to self
}
service letters \"Letters\" {
  action read \"Read them\"
  permit read to self
}
register journal \"Journal\" {
  controller authority
  data       special
  basis      gdpr 6(1)(e), gdpr 9(2)(g), law \"The act § 11\"
  purposes   care, research
  retain     30 days after record.created
  elements   notes, results
";

/// The vocabulary with a rule for each condition, compiled.
fn compiled(conditions: &[String]) -> Bundle {
    let mut text = VOCABULARY.to_owned();
    for (at, says) in conditions.iter().enumerate() {
        text.push_str(&format!("  action a{at:03} \"Do\"\n  permit a{at:03} to anyone\n    when {says}\n"));
    }
    text.push_str("}\n");
    let mut sources = Sources::default();
    let id = sources.add(Source::new("policies/m.fmk", &text));
    let compiled = compile(&sources, &[id], Options::default());
    let told = || {
        let errors = compiled.findings.iter().filter(|found| found.code.severity == fullmakt::diag::Severity::Error);
        let told =
            errors.map(|found| format!("{}: {} [{}]", found.code.name, found.message, sources.slice(found.place)));
        told.collect::<Vec<_>>().join("\n")
    };
    match &compiled.bundle {
        Some((bundle, _)) => bundle.clone(),
        None => panic!("{}\n{text}", told()),
    }
}

/// The conditions of the rules, in order.
fn conditions(bundle: &Bundle) -> Vec<Expression> {
    let rules = bundle.meaning.rules.iter().filter(|rule| rule.key.contains("/a"));
    rules.map(|rule| rule.when.clone().expect("a condition")).collect()
}

#[test]
fn what_an_author_writes_comes_back() {
    let texts = [
        "context.login",
        "not context.login",
        "not (context.login and party.so)",
        "(context.login or party.so) and subject == party",
        "(context.login and party.so) or subject != party",
        "today < party.birth_date + 16 years",
        "today - 1 day > party.birth_date + 1 month - 2 years",
        "now + 36 hours >= context.sent",
        "party.death_date == none",
        "party.trust >= middle",
        "context.purpose in resource.purposes",
        "context.purpose in [care, research]",
        "not context.purpose in resource.purposes",
        "party.number in [1, 2, 3]",
        "party.name == \"Kari\"",
        "party.name in party.parents.parents.name",
        "any(parent in party.parents: parent.so and not any(x in parent.parents: x == subject))",
        "all(parent in party.parents: parent.trust == high)",
        "subject is guardian for party",
        "not party is member",
        "subject is person and party is controller",
        "subject holds insight for party and permitted letters.read",
        "element in context.parts or element == notes",
        "record.consent == given",
        "record.kept and not record.overdue",
        "gdpr 6(1)(e) in resource.basis or law \"The act § 11\" in resource.basis",
        "resource.data == special",
        "party == authority",
        "adult",
        "context.sent < 2026-03-01T11:00:00Z",
        "party.birth_date < 2026-03-01",
        "context.keep == 3 months",
    ]
    .map(str::to_owned);
    let bundle = compiled(&texts);
    let speaker = Speaker::new(&bundle, None);
    let again: Vec<String> = conditions(&bundle).iter().map(|says| expression(says, &speaker)).collect();
    assert_eq!(again, texts);
}

/// Conditions by chance, of the right types.
struct Making<'d, 'b> {
    dice: &'d mut Dice,
    meaning: &'b Meaning,
    variables: Vec<String>,
}

impl Making<'_, '_> {
    fn person(&mut self) -> Expression {
        match self.dice.below(4) {
            0 => root(Root::Subject),
            1 if !self.variables.is_empty() => Expression::Variable(self.dice.pick(&self.variables).into()),
            2 => path("record.person"),
            _ => root(Root::Party),
        }
    }

    fn human(&mut self) -> Expression {
        match self.person() {
            Expression::Root(Root::Subject) => path("party"),
            other => other,
        }
    }

    fn of(&mut self, name: &str) -> Expression {
        Expression::Attribute(Box::new(self.human()), name.into())
    }

    fn enum_value(&mut self, name: &str, values: usize) -> Expression {
        let id = self.meaning.enum_named(name).expect("an enum");
        value(Constant::Enum(id, self.dice.below(values) as u32))
    }

    fn duration(&mut self, units: &[Unit]) -> Expression {
        value(Constant::Duration(Duration { unit: self.dice.pick(units), amount: self.dice.below(40) as u32 }))
    }

    fn day(&mut self) -> Expression {
        let day = match self.dice.below(3) {
            0 => root(Root::Today),
            _ => self.of("birth_date"),
        };
        if self.dice.chance(50) {
            return day;
        }
        let by = self.duration(&[Unit::Years, Unit::Months, Unit::Days]);
        let once = shifted(day, self.dice.chance(50), by);
        if self.dice.chance(70) {
            return once;
        }
        let by = self.duration(&[Unit::Years, Unit::Months, Unit::Days]);
        shifted(once, self.dice.chance(50), by)
    }

    fn order(&mut self) -> &'static str {
        self.dice.pick(&["==", "!=", "<", "<=", ">", ">="])
    }

    fn sameness(&mut self) -> &'static str {
        self.dice.pick(&["==", "!="])
    }

    fn condition(&mut self, depth: usize, within: char) -> Expression {
        if depth == 0 || self.dice.chance(15) {
            return self.leaf();
        }
        match self.dice.below(6) {
            0 | 1 if within != '&' => {
                Expression::And((0..2 + self.dice.below(2)).map(|_| self.condition(depth - 1, '&')).collect())
            }
            2 | 3 if within != '|' => {
                Expression::Or((0..2 + self.dice.below(2)).map(|_| self.condition(depth - 1, '|')).collect())
            }
            4 if within != '!' => not(self.condition(depth - 1, '!')),
            _ => {
                let variable = format!("x{}", self.variables.len());
                let set = Box::new(self.of("parents"));
                self.variables.push(variable.clone());
                let body = Box::new(self.condition(depth - 1, ' '));
                self.variables.pop();
                Expression::Each { all: self.dice.chance(50), variable: variable.into(), set, body }
            }
        }
    }

    fn leaf(&mut self) -> Expression {
        match self.dice.below(16) {
            0 => self.of("so"),
            1 => path("context.login"),
            2 => {
                let days = (self.day(), self.day());
                compare(days.0, self.order(), days.1)
            }
            3 => {
                let (one, other) = (self.of("trust"), self.enum_value("m.trust", 3));
                compare(one, self.order(), other)
            }
            4 => {
                let values = (0..1 + self.dice.below(2)).map(|_| self.enum_value("m.purpose", 2)).collect();
                compare(path("context.purpose"), "in", Expression::List(values))
            }
            5 => compare(path("context.purpose"), "in", path("resource.purposes")),
            6 => {
                let text = self.dice.pick(&["Kari", "the Øystein", "and or not"]);
                compare(self.of("name"), self.sameness(), value(Constant::String(text.into())))
            }
            7 => {
                let whom = self.human();
                is(self.person(), IsWhat::Role(self.meaning.role_named("m.guardian").expect("a role")), Some(whom))
            }
            8 => {
                let what = [
                    IsWhat::Role(self.meaning.role_named("m.member").expect("a role")),
                    IsWhat::Kind(Kind::Organisation),
                    IsWhat::Controller,
                    IsWhat::Processor,
                ];
                let who = root(self.dice.pick(&[Root::Subject, Root::Party]));
                is(who, self.dice.pick(&what), None)
            }
            9 => {
                let whom = self.person();
                holds(self.person(), self.meaning.package_named("m.insight").expect("a package"), whom)
            }
            10 => Expression::Permitted {
                resource: self.meaning.resource_named("m.letters").expect("a resource"),
                action: "read".into(),
            },
            11 => Expression::Condition(self.meaning.condition_named("m.adult").expect("a condition")),
            12 => compare(path("record.consent"), self.sameness(), value(Constant::Consent(Consent::Given))),
            13 => {
                let of = value(Constant::Basis(LegalBasis::gdpr("9(2)(g)").expect("a basis")));
                compare(of, "in", path("resource.basis"))
            }
            14 => compare(path("resource.data"), self.order(), value(Constant::Level(Level::Personal))),
            _ => {
                let moved =
                    shifted(root(Root::Now), self.dice.chance(50), self.duration(&[Unit::Hours, Unit::Minutes]));
                let moment = date(2026, 3, 1).at(11, 30, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a moment");
                match self.dice.chance(50) {
                    true => compare(moved, self.order(), path("context.sent")),
                    false => compare(path("context.sent"), self.order(), value(Constant::DateTime(moment.timestamp()))),
                }
            }
        }
    }
}

#[test]
fn a_condition_written_and_read_is_the_same() {
    let bare = compiled(&[]);
    let speaker = Speaker::new(&bare, None);
    let mut dice = Dice(4);
    for _ in 0..6 {
        let made: Vec<Expression> = (0..60)
            .map(|_| Making { dice: &mut dice, meaning: &bare.meaning, variables: Vec::new() }.condition(3, ' '))
            .collect();
        let texts: Vec<String> = made.iter().map(|says| expression(says, &speaker)).collect();
        let read = conditions(&compiled(&texts));
        assert_eq!(read.len(), made.len());
        for ((made, text), read) in made.iter().zip(&texts).zip(&read) {
            assert_eq!(read, made, "{text}");
        }
    }
}
