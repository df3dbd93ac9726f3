//! A name alone in a condition: a variable, a root, a condition, an organisation, or a value of the type on the other side.
//! Two of these at once are an error, and so is none.

use super::super::findings::guessed;
use super::super::lookup::{Found, OPERAND};
use super::super::spelling::spelt;
use super::place::Part;
use super::{Typer, agree, constant, named};
use crate::diag::suggest::Nearest;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{EntityName, Expression, Sort, SymbolId, Term, Type, Value};
use crate::source::Place;
use crate::syntax::ast::{Path, Word};
use crate::terms::level::Level;
use crate::terms::root::{BuiltIn, Consent, Root};

impl Typer<'_, '_, '_, '_, '_, '_> {
    /// Does a name alone mean something here, whatever is on the other side?
    pub(super) fn is_known_alone(&self, word: &Word<'_>) -> bool {
        if self.variable(word.text).is_some() || self.root(word.text).is_some() || self.of_where(word.text).is_some() {
            return true;
        }
        match self.lookup.peek(self.module, word.text) {
            Found::Symbol(id) => self.is_operand(id),
            Found::Two(one, two) => self.is_operand(one) || self.is_operand(two),
            Found::Hidden | Found::Nowhere => false,
        }
    }

    fn is_operand(&self, id: SymbolId) -> bool {
        matches!(self.lookup.names.sort(id), Sort::Condition | Sort::Organisation | Sort::Unknown)
    }

    fn variable(&self, name: &str) -> Option<&Type> {
        let name = spelt(name);
        self.variables.iter().rev().find(|(known, _)| **known == *name).map(|(_, of)| of)
    }

    /// The root that a word names, if it may be read here.
    fn root(&self, word: &str) -> Option<Root> {
        Root::from_word(word).filter(|root| self.here.spot.roots().contains(root))
    }

    /// A name alone.
    pub(super) fn bare(&mut self, path: &Path<'_>, word: &Word<'_>, hint: Option<&Type>, place: Place) -> Expression {
        let variable = self.variable(word.text).cloned();
        let found = self.lookup.peek(self.module, word.text);
        let value = hint.and_then(|hint| self.value_of(word.text, agree::plain(hint)));
        let mut meanings: Vec<(String, Option<Place>)> = Vec::new();
        let root = self.root(word.text);
        let attribute = self.of_where(word.text);
        if variable.is_some() {
            meanings.push((format!("the variable `{}`", word.text), None));
        }
        // That a variable has the name of a root or a declaration is said where it is introduced.
        let (root, attribute) = if variable.is_some() { (None, None) } else { (root, attribute) };
        if root.is_some() {
            meanings.push((format!("what every condition here may read, `{}`", word.text), None));
        }
        if attribute.is_some() {
            meanings.push((format!("`{}` of the resource", word.text), None));
        }
        let symbol = match found {
            _ if variable.is_some() => None,
            Found::Symbol(id) if self.is_operand(id) => Some(id),
            Found::Two(one, two) if self.is_operand(one) || self.is_operand(two) => {
                let finding = self.lookup.ambiguous(word, place, one, two);
                return self.fail(finding, place);
            }
            _ => None,
        };
        if let Some(id) = symbol.filter(|id| self.lookup.names.sort(*id) != Sort::Unknown) {
            let sort = self.lookup.names.sort(id).word();
            meanings.push((format!("the {sort} `{}`", word.text), self.lookup.names.symbol_place(id)));
        }
        if value.is_some()
            && let Some(hint) = hint
        {
            let (called, declared) = self.values_called(agree::plain(hint));
            meanings.push((called, declared));
        }
        if let [(one, _), (two, _), ..] = meanings.as_slice() {
            let mut finding =
                Diagnostic::new(&codes::AMBIGUOUS_NAME, format!("`{}` may mean two things", word.text), place)
                    .label(format!("{one}, or {two}"))
                    .help("give one of them another name");
            for (called, declared) in &meanings {
                if let Some(declared) = declared {
                    finding = finding.related(called.clone(), *declared);
                }
            }
            return self.fail(finding, place);
        }
        if let Some(of) = variable {
            return Expression { place, of, says: Term::Variable(spelt(word.text).into()) };
        }
        if let Some(value) = value {
            if let Value::Enum(id, _) = &value
                && let Some(of) = self.lookup.names.symbol(*id).map(|symbol| symbol.module)
            {
                self.lookup.touch(self.module, of, Some(*id));
            }
            let of = hint.map_or(Type::Lost, |hint| agree::plain(hint).clone());
            return constant(place, of, value);
        }
        if let Some(root) = root {
            return self.rooted(root, place);
        }
        if let Some(made) = attribute {
            self.read(Root::Resource, place);
            return Expression { place, ..made };
        }
        // From here on it is the name of a declaration, and the import that brings it is used.
        let found = self.lookup.bare(self.module, word.text);
        if let Some(id) = symbol {
            return match self.lookup.accept(self.module, path, id, &OPERAND) {
                Some(id) => self.symbol(id, place),
                None => self.lost_at(place),
            };
        }
        self.unknown_alone(path, word, found, hint, place)
    }

    /// A condition or an organisation.
    pub(super) fn symbol(&mut self, id: SymbolId, place: Place) -> Expression {
        if self.lookup.names.sort(id) == Sort::Organisation {
            let of = Type::Entity(EntityName::BuiltIn(BuiltIn::Organisation));
            return constant(place, of, Value::Organisation(id));
        }
        self.conditions.push((id, place));
        self.judge_reads(id, place);
        Expression { place, of: Type::Bool, says: Term::Condition(id) }
    }

    /// A root that may be read here.
    pub(super) fn rooted(&mut self, root: Root, place: Place) -> Expression {
        self.read(root, place);
        let of = match root {
            Root::Subject | Root::Party | Root::Holder | Root::Giver | Root::Receiver => Type::Principal,
            Root::Delegation => Type::Entity(EntityName::BuiltIn(BuiltIn::Delegation)),
            Root::Context => Type::Entity(EntityName::BuiltIn(BuiltIn::Context)),
            Root::Record => Type::Entity(EntityName::BuiltIn(BuiltIn::Record)),
            Root::Resource => Type::Resource,
            Root::Element => Type::Element,
            Root::Now => Type::DateTime,
            Root::Today => Type::Date,
        };
        Expression { place, of, says: Term::Root(root) }
    }

    /// What a named condition reads must be known where it is named.
    fn judge_reads(&mut self, id: SymbolId, place: Place) {
        let spot = self.here.spot;
        let known = self.known;
        let Some(reads) = known.conditions.get(&id) else { return };
        let name = self.lookup.names.symbol(id).map_or("", |symbol| &*symbol.name);
        let away = reads.roots.iter().find(|(root, _)| !spot.roots().contains(root));
        let finding = if let Some((root, read)) = away {
            Diagnostic::new(
                &codes::ROOT_OUT_OF_PLACE,
                format!("condition `{name}` reads `{}`, which cannot be read in {}", root.word(), spot.called()),
                place,
            )
            .label(format!("`{}` is not known here", root.word()))
            .help("write a condition of its own for this place")
            .related(format!("`{}` is read here", root.word()), *read)
        } else if let Some((asked, what)) = reads.asks.filter(|_| !spot.may_ask()) {
            Diagnostic::new(
                &codes::ASKS_TOO_MUCH,
                format!("condition `{name}` asks `{what}`, which cannot be asked in {}", spot.called()),
                place,
            )
            .label("holding does not depend on what is held or asked for")
            .help("write a condition of its own for this place")
            .related("it is asked here", asked)
        } else if let Some(asked) = reads.facts.filter(|_| !spot.may_ask_facts()) {
            Diagnostic::new(
                &codes::ASKS_TOO_MUCH,
                format!("condition `{name}` asks for facts, which are not known in {}", spot.called()),
                place,
            )
            .label("resources are selected before anybody asks")
            .help("write a condition of its own for this place")
            .related("it is asked here", asked)
        } else {
            return;
        };
        self.lost = true;
        self.findings().add(finding);
    }

    /// The value of a type that a name is.
    pub(super) fn value_of(&self, name: &str, of: &Type) -> Option<Value> {
        match of {
            Type::Enum(id) => {
                let name = spelt(name);
                let one = self.known.enums.get(id)?;
                one.named.get(&*name).map(|value| Value::Enum(*id, value.clone()))
            }
            Type::Element => {
                let name = spelt(name);
                let has = self.here.has(Part::Element, &name, self.known);
                has.then(|| Value::Element(name.into()))
            }
            Type::Consent => Consent::from_word(name).map(Value::Consent),
            Type::Level => Level::from_word(name).map(Value::Level),
            Type::Set(inner) | Type::OrNone(inner) => self.value_of(name, inner),
            _ => None,
        }
    }

    /// What the values of a type are called, and where it is declared.
    fn values_called(&self, of: &Type) -> (String, Option<Place>) {
        let place = match of {
            Type::Enum(id) => self.known.enums.get(id).map(|one| one.place),
            _ => None,
        };
        (named::called(self.lookup, of), place)
    }

    /// The values that a name could be.
    fn nearest_value(&mut self, name: &str, of: &Type) -> Nearest {
        let known = self.known;
        let budget = &mut self.lookup.findings.budget;
        match of {
            Type::Enum(id) => {
                let values = known.enums.get(id).map(|one| one.values.as_slice()).unwrap_or_default();
                let few = budget.spend_many(values.len());
                suggest::nearest(name, values.iter().map(|value| &**value).filter(|_| few))
            }
            Type::Element => {
                let all = known.elements.names(self.here.resources.as_deref().unwrap_or_default());
                let few = budget.spend_many(all.len());
                suggest::nearest(name, all.into_iter().filter(|_| few))
            }
            Type::Consent => suggest::nearest(name, Consent::ALL.iter().map(|value| value.word())),
            Type::Level => suggest::nearest(name, Level::ALL.iter().map(|level| level.word())),
            _ => Nearest::default(),
        }
    }

    /// Names that mean something alone here.
    fn nearest_alone(&mut self, name: &str) -> Nearest {
        let roots = self.here.spot.roots().iter().map(|root| root.word());
        let own = super::path::OF_WHERE.iter().copied().filter(|_| self.here.spot == super::place::Spot::Where);
        suggest::nearest(name, roots.chain(own).chain(self.variables.iter().map(|(name, _)| &**name)))
    }

    fn unknown_alone(
        &mut self,
        path: &Path<'_>,
        word: &Word<'_>,
        found: Found,
        hint: Option<&Type>,
        place: Place,
    ) -> Expression {
        if let Some(root) = Root::from_word(word.text) {
            self.read(root, place);
            let finding = self.out_of_place(root, place);
            return self.fail(finding, place);
        }
        // A type with values of its own: one of these was meant, whatever else has the name.
        let plain = hint.map(agree::plain).cloned();
        let values = match &plain {
            Some(Type::Enum(id)) => match self.known.enums.get(id) {
                Some(one) if !one.torn => true,
                _ => return self.lost_at(place),
            },
            Some(Type::Element | Type::Consent | Type::Level) => true,
            _ => false,
        };
        if let Some(of) = plain.filter(|_| values) {
            if of == Type::Element && self.here.is_open(Part::Element, self.known) {
                // Nobody has said yet which elements there are: it may be one.
                return constant(place, of, Value::Element(spelt(word.text).into()));
            }
            let finding = self.unknown_value(word, &of, place);
            return self.fail(finding, place);
        }
        match found {
            Found::Hidden => self.lost_at(place),
            Found::Symbol(id) => {
                self.lookup.accept(self.module, path, id, &OPERAND);
                self.lost_at(place)
            }
            Found::Two(one, two) => {
                let finding = self.lookup.ambiguous(word, place, one, two);
                self.fail(finding, place)
            }
            // What is on the other side was lost: it may be a value of that.
            Found::Nowhere if self.lost && hint.is_some_and(agree::is_lost) => self.lost_at(place),
            Found::Nowhere => {
                let nearest = self.nearest_alone(word.text);
                let finding = if nearest.question().is_some() {
                    let message = format!("there is no `{}`", word.text);
                    let finding = Diagnostic::new(&codes::UNKNOWN_NAME, message, place)
                        .label("a value or a condition is meant here");
                    guessed(finding, place, &nearest)
                } else {
                    self.lookup.unknown(self.module, word, place, &OPERAND)
                };
                self.fail(finding, place)
            }
        }
    }

    /// A name that is no value of the type on the other side.
    pub(super) fn unknown_value(&mut self, word: &Word<'_>, of: &Type, place: Place) -> Diagnostic {
        let (called, declared) = self.values_called(of);
        let nearest = self.nearest_value(word.text, of);
        let mut finding = Diagnostic::new(&codes::UNKNOWN_VALUE, format!("`{}` is not {called}", word.text), place)
            .label("none of its values");
        finding = match of {
            Type::Enum(id) => {
                let values = self.known.enums.get(id).map(|one| one.values.as_slice()).unwrap_or_default();
                finding.help(format!(
                    "its values are {}",
                    super::super::circles::listed(values.iter().map(|value| &**value))
                ))
            }
            Type::Consent => finding.help("its values are `given` and `withdrawn`"),
            Type::Level => finding.help("its values are `none`, `personal` and `special`"),
            _ => finding.help("declare it, as `elements …` of the resource, or name one that it has"),
        };
        if let Some(declared) = declared {
            finding = finding.related("declared here", declared);
        }
        let near = nearest.question().is_some();
        if near { guessed(finding, place, &nearest) } else { finding }
    }
}
