//! Conditions by chance: of every operator and type, well typed, nested, at the turns of days and years. Knows what a name
//! is, not what is so.

use super::vocabulary::{self, Of, Path};
use super::{DAYS, Dice};
use fullmakt::ir::*;
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::level::Level;
use fullmakt::terms::operator::Operator;
use fullmakt::terms::root::{BuiltIn, Consent, Root};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

/// Texts that attributes and constants have.
pub const TEXTS: [&str; 4] = ["Storgata 1", "Storgata 2", "Gågata 3 é", ""];

/// What a condition in some place may speak of.
pub struct Scope<'m> {
    /// The bundle as far as it is made.
    pub meaning: &'m Meaning,
    /// Paths.
    pub paths: Vec<Path>,
    /// May it ask who holds what?
    pub asks_holding: bool,
    /// Is there a resource, which has controllers?
    pub controlled: bool,
    /// What it may ask to be permitted.
    pub permitted: Vec<(ResourceId, Box<str>)>,
    /// Conditions that it may name.
    pub conditions: Vec<ConditionId>,
    /// Elements that it may name.
    pub elements: Vec<Box<str>>,
}

impl<'m> Scope<'m> {
    /// A scope with these roots, and with the moment.
    pub fn of(meaning: &'m Meaning, roots: &[(Root, Of)]) -> Scope<'m> {
        let plain = |of| Of::Plain(of);
        let mut all = vec![(Root::Now, plain(Type::DateTime)), (Root::Today, plain(Type::Date))];
        all.extend_from_slice(roots);
        Scope {
            meaning,
            paths: vocabulary::paths(meaning, &all, 3),
            asks_holding: false,
            controlled: false,
            permitted: Vec::new(),
            conditions: Vec::new(),
            elements: Vec::new(),
        }
    }

    /// That of grants.
    pub fn grant(meaning: &'m Meaning) -> Scope<'m> {
        Scope::of(meaning, &[(Root::Holder, Of::Principal), (Root::Party, Of::Principal)])
    }

    /// That of `delegable`.
    pub fn line(meaning: &'m Meaning) -> Scope<'m> {
        let delegation = (Root::Delegation, Of::built_in(BuiltIn::Delegation));
        let people = [Root::Giver, Root::Receiver, Root::Party].map(|root| (root, Of::Principal));
        Scope::of(meaning, &[&people[..], &[delegation]].concat())
    }

    /// A condition of at most so many levels.
    pub fn condition(&self, dice: &mut Dice, depth: usize) -> Expression {
        Writing { dice, scope: self, variables: Vec::new() }.condition(depth)
    }
}

/// A day that conditions and facts have: some are so many years before a day on which requests are made.
pub fn day(dice: &mut Dice) -> Date {
    match dice.below(20) {
        0 => dice.pick(&[date(1, 1, 1), date(9999, 12, 31), date(9999, 1, 31)]),
        1 | 2 => dice.pick(&[date(2024, 2, 29), date(2026, 2, 28), date(2026, 1, 31), date(2008, 2, 29)]),
        3..9 => dice.pick(&DAYS),
        _ => {
            let years = i16::try_from(dice.pick(&[0, 1, 16, 18])).expect("few years");
            let turn = dice.pick(&DAYS);
            date(turn.year() - years, turn.month(), turn.day())
        }
    }
}

/// A moment, most often near the turn of a day.
pub fn moment(dice: &mut Dice) -> Timestamp {
    let day = dice.pick(&DAYS).to_zoned(fullmakt::terms::period::oslo()).expect("a day").timestamp();
    let seconds = dice.pick(&[-86_400, -3600, -1, 0, 0, 60, 3600, 40 * 86_400]);
    day.saturating_add(SignedDuration::from_secs(seconds)).expect("a moment")
}

/// A length of time.
pub fn duration(dice: &mut Dice, of_dates: bool) -> Duration {
    let (unit, amounts): (Unit, &[u32]) = match (of_dates, dice.below(3)) {
        (true, 0) => (Unit::Years, &[1, 16, 18, 9000]),
        (true, 1) => (Unit::Months, &[1, 6, 12, 13]),
        (true, _) => (Unit::Days, &[0, 1, 30, 365]),
        (false, 0) => (Unit::Hours, &[1, 24, 48]),
        (false, _) => (Unit::Minutes, &[0, 1, 60, 525_600]),
    };
    Duration { unit, amount: dice.pick(amounts) }
}

/// A legal basis.
pub fn basis(dice: &mut Dice) -> LegalBasis {
    match dice.below(4) {
        0 => LegalBasis::Law("The Registers Act § 11".into()),
        1 => LegalBasis::Gdpr("6(1)(a)".into()),
        2 => LegalBasis::Gdpr("6(1)(e)".into()),
        _ => LegalBasis::Gdpr("9(2)(h)".into()),
    }
}

struct Writing<'w, 'm> {
    dice: &'w mut Dice,
    scope: &'w Scope<'m>,
    /// Paths that begin with a variable of an `any` or `all` around.
    variables: Vec<Path>,
}

fn value(constant: Constant) -> Expression {
    Expression::Value(constant)
}

fn compare(operator: Operator, one: Expression, two: Expression) -> Expression {
    Expression::Compare(operator, Box::new((one, two)))
}

impl Writing<'_, '_> {
    fn condition(&mut self, depth: usize) -> Expression {
        let chance = self.dice.below(100);
        if depth == 0 || chance >= 50 {
            return self.atom(depth);
        }
        if chance < 12 {
            return match self.condition(depth - 1) {
                Expression::Not(inner) => *inner,
                other => Expression::Not(Box::new(other)),
            };
        }
        let all = self.dice.chance(50);
        let mut parts = Vec::new();
        for _ in 0..2 + self.dice.below(2) {
            match self.condition(depth - 1) {
                Expression::And(more) if all => parts.extend(more),
                Expression::Or(more) if !all => parts.extend(more),
                part => parts.push(part),
            }
        }
        if all { Expression::And(parts) } else { Expression::Or(parts) }
    }

    fn atom(&mut self, depth: usize) -> Expression {
        let found = (0..12).find_map(|_| match self.dice.below(100) {
            0..22 => self.equal(),
            22..44 => self.before(),
            44..58 => self.among(),
            58..68 if depth > 0 => self.each(depth),
            68..77 => self.is(),
            77..83 => self.holds(),
            83..89 => self.path(|of| of == &Of::Plain(Type::Bool)).map(|path| path.says),
            89..95 => self.permitted(),
            95..98 => self.named(),
            98 => Some(Expression::Undecided),
            _ => Some(value(Constant::Bool(self.dice.chance(50)))),
        });
        found.unwrap_or_else(|| {
            compare(Operator::Less, Expression::Root(Root::Today), value(Constant::Date(self.dice.pick(&DAYS))))
        })
    }

    /// A path of a fitting type, most often one that begins with a variable and is short.
    fn path(&mut self, fits: impl Fn(&Of) -> bool) -> Option<Path> {
        let chosen = |dice: &mut Dice, from: &[Path]| {
            let found: Vec<&Path> = from.iter().filter(|path| fits(&path.of)).collect();
            let at = dice.below(found.len()).min(dice.below(found.len())).min(dice.below(found.len()));
            (!found.is_empty()).then(|| found[at].clone())
        };
        let inner = self.dice.chance(70).then(|| chosen(self.dice, &self.variables)).flatten();
        inner.or_else(|| chosen(self.dice, &self.scope.paths))
    }

    /// A constant of a type, or a day or moment that is moved.
    fn constant(&mut self, of: &Of) -> Option<Expression> {
        let dice = &mut *self.dice;
        Some(value(match of {
            Of::Plain(Type::Integer) => Constant::Integer(dice.below(4) as i64),
            Of::Plain(Type::String) => Constant::String(dice.pick(&TEXTS).into()),
            Of::Plain(Type::Date) => Constant::Date(day(dice)),
            Of::Plain(Type::DateTime) => Constant::DateTime(moment(dice)),
            Of::Plain(Type::Duration) => {
                let of_dates = dice.chance(60);
                Constant::Duration(duration(dice, of_dates))
            }
            Of::Plain(Type::Element) if !self.scope.elements.is_empty() => {
                Constant::Element(self.scope.elements[dice.below(self.scope.elements.len())].clone())
            }
            Of::Plain(Type::Consent) => Constant::Consent(dice.pick(&[Consent::Given, Consent::Withdrawn])),
            Of::Plain(Type::Enum(id)) => {
                let values = &self.scope.meaning.enum_at(*id).expect("an enum").body.values;
                Constant::Enum(*id, dice.below(values.len()) as u32)
            }
            Of::Basis => Constant::Basis(basis(dice)),
            Of::Level => Constant::Level(dice.pick(&[Level::Personal, Level::Special])),
            of if of == &Of::Principal || of == &Of::built_in(BuiltIn::Organisation) => {
                Constant::Organisation(OrganisationId::from(dice.below(self.scope.meaning.organisations.len())))
            }
            _ => return None,
        }))
    }

    /// An expression of a type other than this one: a path, a constant, or something moved.
    fn operand(&mut self, of: &Of, other: &Expression) -> Option<Expression> {
        let moves = matches!(of, Of::Plain(Type::Date | Type::DateTime));
        let either = |one: &Of| of == &Of::Principal || one.bare() == &Of::Principal;
        let path = self.path(|one| one.bare() == of || one.is_principal() && of.is_principal() && either(one));
        let path = path.map(|path| path.says).filter(|path| path != other);
        if moves && self.dice.chance(45) {
            let from = path.or_else(|| self.constant(of))?;
            let by = self.by(of)?;
            return Some(Expression::Shift { from: Box::new(from), back: self.dice.chance(30), by: Box::new(by) });
        }
        match path {
            Some(path) if self.dice.chance(45) => Some(path),
            path => self.constant(of).or(path),
        }
    }

    fn by(&mut self, of: &Of) -> Option<Expression> {
        let path = self.path(|one| one == &Of::Plain(Type::Duration));
        match path {
            Some(path) if self.dice.chance(15) => Some(path.says),
            _ => Some(value(Constant::Duration(duration(self.dice, of == &Of::Plain(Type::Date))))),
        }
    }

    fn equal(&mut self) -> Option<Expression> {
        let comparable = |of: &Of| match of.bare() {
            Of::Plain(Type::Bool) | Of::Set(_) | Of::Resource | Of::Record(_) => false,
            Of::Plain(Type::Entity(EntityName::BuiltIn(which))) => {
                !matches!(which, BuiltIn::Context | BuiltIn::Delegation)
            }
            _ => true,
        };
        let path = self.path(comparable)?;
        let other = if matches!(path.of, Of::OrNone(_)) && self.dice.chance(35) {
            value(Constant::None)
        } else {
            self.operand(path.of.bare(), &path.says)?
        };
        Some(compare(self.dice.pick(&[Operator::Equal, Operator::NotEqual]), path.says, other))
    }

    fn before(&mut self) -> Option<Expression> {
        use Operator::{Greater, GreaterOrEqual, Less, LessOrEqual};
        let meaning = self.scope.meaning;
        let ordered = |of: &Of| match of.bare() {
            Of::Plain(Type::Integer | Type::Date | Type::DateTime) | Of::Level => true,
            Of::Plain(Type::Enum(id)) => meaning.enum_at(*id).is_some_and(|one| one.body.ascending),
            _ => false,
        };
        let path = self.path(ordered)?;
        let other = self.operand(path.of.bare(), &path.says)?;
        Some(compare(self.dice.pick(&[Less, LessOrEqual, Greater, GreaterOrEqual]), path.says, other))
    }

    fn among(&mut self) -> Option<Expression> {
        if self.dice.chance(60) {
            let set = self.path(|of| matches!(of, Of::Set(inner) if inner.bare() != &Of::Plain(Type::Bool)))?;
            let Of::Set(inner) = set.of else { return None };
            let one = self.operand(inner.bare(), &set.says)?;
            return Some(compare(Operator::In, one, set.says));
        }
        let one =
            self.path(|of| !matches!(of.bare(), Of::Set(_) | Of::Resource | Of::Record(_) | Of::Plain(Type::Bool)))?;
        let mut list: Vec<Expression> = Vec::new();
        for _ in 0..1 + self.dice.below(3) {
            // A set has members of one type: people by their paths, organisations by name.
            let part = match one.of.bare() {
                Of::Principal => self.path(|of| of == &Of::Principal).map(|path| path.says),
                of => self
                    .operand(of, &one.says)
                    .filter(|part| !of.is_principal() || matches!(part, Expression::Value(_))),
            };
            list.extend(part.filter(|part| !list.contains(part)));
        }
        (!list.is_empty()).then(|| compare(Operator::In, one.says, Expression::List(list)))
    }

    fn each(&mut self, depth: usize) -> Option<Expression> {
        let set = self.path(|of| matches!(of, Of::Set(_)))?;
        let Of::Set(inner) = set.of else { return None };
        let variable: Box<str> = ["x", "y", "z"].get(self.variables.len().min(2)).copied().unwrap_or("z").into();
        if self.variables.iter().any(|path| path.says == Expression::Variable(variable.clone())) {
            return None;
        }
        let mut paths = vec![Path { says: Expression::Variable(variable.clone()), of: *inner }];
        vocabulary::grow(self.scope.meaning, &mut paths, 2);
        let outer = std::mem::replace(&mut self.variables, paths);
        let body = self.condition(depth - 1);
        self.variables = outer;
        Some(Expression::Each { all: self.dice.chance(50), variable, set: Box::new(set.says), body: Box::new(body) })
    }

    /// Somebody: most often one whom the request, or the grant or line, names.
    fn somebody(&mut self) -> Option<Path> {
        let named = |path: &&Path| path.of == Of::Principal && matches!(path.says, Expression::Root(_));
        let roots: Vec<&Path> = self.scope.paths.iter().filter(named).collect();
        if self.dice.chance(65) {
            return Some(roots[self.dice.below(roots.len())].clone());
        }
        self.path(Of::is_principal)
    }

    fn is(&mut self) -> Option<Expression> {
        let who = self.somebody()?;
        let fits = |kind: Kind, of: &Of| match of.bare() {
            Of::Plain(Type::Entity(EntityName::BuiltIn(which))) => which.word() == kind.word(),
            _ => true,
        };
        let (what, party) = match self.dice.below(10) {
            0..2 if who.of.bare() == &Of::Principal => (IsWhat::Kind(self.dice.pick(&Kind::ALL)), None),
            2..5 if self.scope.controlled => (self.dice.pick(&[IsWhat::Controller, IsWhat::Processor]), None),
            _ => {
                let id = RoleId::from(self.dice.below(self.scope.meaning.roles.len()));
                let role = self.scope.meaning.role(id)?.versions.first()?;
                if !role.by.iter().any(|kind| fits(kind, &who.of)) {
                    return None;
                }
                let party = match role.of {
                    None => None,
                    Some(kinds) => {
                        let party = self.somebody()?;
                        if party.says == who.says || !kinds.iter().any(|kind| fits(kind, &party.of)) {
                            return None;
                        }
                        Some(Box::new(party.says))
                    }
                };
                (IsWhat::Role(id), party)
            }
        };
        Some(Expression::Is { who: Box::new(who.says), what, party })
    }

    fn holds(&mut self) -> Option<Expression> {
        if !self.scope.asks_holding {
            return None;
        }
        let (who, party) = (self.somebody()?, self.somebody()?);
        let package = PackageId::from(self.dice.below(self.scope.meaning.packages.len()));
        Some(Expression::Holds { who: Box::new(who.says), package, party: Box::new(party.says) })
    }

    fn permitted(&mut self) -> Option<Expression> {
        let (resource, action) = self.scope.permitted.get(self.dice.below(self.scope.permitted.len()))?.clone();
        Some(Expression::Permitted { resource, action })
    }

    fn named(&mut self) -> Option<Expression> {
        self.scope.conditions.get(self.dice.below(self.scope.conditions.len())).copied().map(Expression::Condition)
    }
}
