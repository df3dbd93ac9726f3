//! Attributes in conditions: of one thing or of each member of a set, of whatever entity it may be, with the type that their
//! declaration gives them.

use super::super::findings::guessed;
use super::super::known::{Attribute, KINDS};
use super::super::spelling::spelt;
use super::path::OF_WHERE;
use super::place::Spot;
use super::{Typer, agree, named};
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{EntityName, Expression, SymbolId, Term, Type};
use crate::source::{Place, Span};
use crate::syntax::ast::Word;
use crate::terms::root::{BuiltIn, Root};

/// What conditions read of a resource.
const OF_RESOURCE: [&str; 4] = ["basis", "purposes", "elements", "data"];

impl Typer<'_, '_, '_, '_, '_, '_> {
    /// What `where` reads of a resource by its name alone.
    pub(super) fn of_where(&self, word: &str) -> Option<Expression> {
        if self.here.spot != Spot::Where || !OF_WHERE.contains(&word) {
            return None;
        }
        let place = self.place(Span::new(0, 0));
        let resource = Expression { place, of: Type::Resource, says: Term::Root(Root::Resource) };
        let of = self.of_resource(word)?;
        Some(Expression { place, of, says: Term::Attribute(Box::new(resource), word.into()) })
    }

    /// The type of an attribute of the resource.
    fn of_resource(&self, name: &str) -> Option<Type> {
        let one = match name {
            "basis" => Type::Basis,
            "purposes" => self.here.purpose.clone(),
            "elements" => Type::Element,
            "data" => return Some(Type::Level),
            "controller" | "processor" if self.here.spot == Spot::Where => {
                Type::Entity(EntityName::BuiltIn(BuiltIn::Organisation))
            }
            _ => return None,
        };
        Some(Type::Set(Box::new(one)))
    }

    /// The attributes after the beginning of a path.
    pub(super) fn attributes(&mut self, start: Expression, rest: &[Word<'_>]) -> Expression {
        let mut made = start;
        for word in rest {
            let place = Place { source: made.place.source, span: made.place.span.to(word.span) };
            if agree::is_lost(&made.of) && self.lost {
                return self.lost_at(place);
            }
            match self.attribute(&made, word) {
                Some(of) => {
                    let says = Term::Attribute(Box::new(made), spelt(word.text).into());
                    made = Expression { place, of, says };
                }
                None => return self.lost_at(place),
            }
        }
        made
    }

    /// The type of an attribute; `None` where that has its finding.
    fn attribute(&mut self, of: &Expression, word: &Word<'_>) -> Option<Type> {
        let place = self.place(word.span);
        let is_root = matches!(of.says, Term::Root(_));
        let (thing, set) = thing(&of.of);
        if !self.here.spot.may_ask_facts() && !matches!(thing, Type::Resource) {
            let finding = Diagnostic::new(
                &codes::ASKS_TOO_MUCH,
                format!(
                    "`{}` of {} cannot be asked in {}",
                    word.text,
                    named::called(self.lookup, thing),
                    self.here.spot.called()
                ),
                place,
            )
            .label("a fact, which is not known here")
            .help("ask for what the resource says of itself, or move the question to `when` of the rules");
            self.findings().add(finding);
            return None;
        }
        if !matches!(thing, Type::Resource) {
            self.reads.facts.get_or_insert(place);
        }
        let found = match thing {
            Type::Resource => self.of_resource(word.text),
            Type::Principal => self.first_of(&KINDS, word),
            Type::Entity(entity @ EntityName::BuiltIn(BuiltIn::Record)) => {
                let more = if is_root { &self.here.records } else { &self.known.record_entities };
                return self.of_record(*entity, more, word, set);
            }
            Type::Entity(entity) => self.first_of(&[*entity], word),
            other => {
                let what = named::called(self.lookup, other);
                let text = self.text(of.place);
                let finding =
                    Diagnostic::new(&codes::NO_ATTRIBUTES, format!("`{text}` is {what} and has no attributes"), place)
                        .label("no attribute of it")
                        .help(format!("leave `.{}` out", word.text));
                self.findings().add(finding);
                return None;
            }
        };
        let Some(found) = found else {
            self.unknown_attribute(of, thing, word, place);
            return None;
        };
        // Its declaration has the finding.
        self.lost |= agree::is_lost(&found) && !matches!(thing, Type::Resource);
        Some(member(found, set))
    }

    /// The type that the first of these entities gives the attribute. That they give it one alone is seen to where it is
    /// declared.
    fn first_of(&mut self, entities: &[EntityName], word: &Word<'_>) -> Option<Type> {
        let name = spelt(word.text);
        let known = self.known;
        let all = entities.iter().filter_map(|entity| Some((*entity, known.attribute(*entity, &name)?)));
        let mut first = None;
        for (entity, found) in all {
            self.touch(entity, found);
            first = first.or(Some(found));
        }
        first.map(|found| found.of.clone())
    }

    /// The module that declares an attribute is used.
    fn touch(&mut self, entity: EntityName, attribute: &Attribute) {
        let symbol = match entity {
            EntityName::Declared(id) => Some(id),
            EntityName::BuiltIn(_) => None,
        };
        if let Some(of) = attribute.module {
            self.lookup.touch(self.module, of, symbol);
        }
    }

    /// An attribute of a record, which may be of several entities.
    fn of_record(&mut self, every: EntityName, more: &[SymbolId], word: &Word<'_>, set: bool) -> Option<Type> {
        let name = spelt(word.text);
        let known = self.known;
        let declaring = known.record_attributes.get(&*name).map(Vec::as_slice).unwrap_or_default();
        let (few, many) = if declaring.len() < more.len() { (declaring, more) } else { (more, declaring) };
        let both = few.iter().filter(|id| many.binary_search(id).is_ok());
        let owners = std::iter::once(every).chain(both.map(|id| EntityName::Declared(*id)));
        let mut found = owners.filter_map(|owner| Some((owner, known.attribute(owner, &name)?)));
        let Some((entity, first)) = found.next() else {
            let place = self.place(word.span);
            let owners: Vec<EntityName> =
                std::iter::once(every).chain(more.iter().take(64).map(|id| EntityName::Declared(*id))).collect();
            let declare_in = match owners.as_slice() {
                [_, one] => *one,
                _ => every,
            };
            self.unknown_attribute_of(&owners, "a record".to_owned(), declare_in, word, place);
            return None;
        };
        self.touch(entity, first);
        if let Some((_, other)) = found.find(|(_, other)| other.of != first.of && !agree::is_lost(&other.of)) {
            let mut finding = Diagnostic::new(
                &codes::ATTRIBUTE_OF_TWO_TYPES,
                format!("`{name}` of the records that may be meant here has two types"),
                self.place(word.span),
            )
            .label(format!("{} or {}", named::called(self.lookup, &first.of), named::called(self.lookup, &other.of)))
            .help("give one of the attributes another name, or write a rule for each register");
            for place in [first.place, other.place].into_iter().flatten() {
                finding = finding.related("declared here", place);
            }
            self.findings().add(finding);
            return None;
        }
        self.lost |= agree::is_lost(&first.of);
        Some(member(first.of.clone(), set))
    }

    fn unknown_attribute(&mut self, of: &Expression, thing: &Type, word: &Word<'_>, place: Place) {
        match thing {
            Type::Resource => {
                let nearest = suggest::nearest(word.text, OF_RESOURCE);
                let finding = Diagnostic::new(
                    &codes::UNKNOWN_ATTRIBUTE,
                    format!("a resource has no attribute `{}`", word.text),
                    place,
                )
                .label("not among what is read of a resource")
                .help(match word.text {
                    "controller" | "processor" => format!("ask of somebody, as `party is {}`", word.text),
                    _ => "what is read of it is `basis`, `purposes`, `elements` and `data`".to_owned(),
                });
                let near = nearest.question().is_some();
                let finding = if near { guessed(finding, place, &nearest) } else { finding };
                self.findings().add(finding);
            }
            Type::Principal => {
                let text = self.text(of.place);
                self.unknown_attribute_of(
                    &KINDS,
                    format!("`{text}`"),
                    EntityName::BuiltIn(BuiltIn::Person),
                    word,
                    place,
                );
            }
            Type::Entity(entity) => {
                let what = named::called(self.lookup, thing);
                self.unknown_attribute_of(&[*entity], what, *entity, word, place);
            }
            _ => {}
        }
    }

    fn unknown_attribute_of(
        &mut self,
        owners: &[EntityName],
        what: String,
        declare_in: EntityName,
        word: &Word<'_>,
        place: Place,
    ) {
        self.lost = true;
        let known = self.known;
        let of_record = owners.first() == Some(&EntityName::BuiltIn(BuiltIn::Record));
        // Its declaration may have been lost.
        let own_hides = self.lookup.scopes.get(self.module.0 as usize).is_some_and(|scope| scope.hides);
        let torn = owners.iter().any(|owner| {
            let name = self.entity_name(*owner);
            known.lost_names.contains(&*name) || known.entities.get(owner).is_some_and(|entity| entity.torn)
        });
        if own_hides || torn {
            return;
        }
        // Of very many entities the first are looked through.
        let entities = || owners.iter().take(64).filter_map(|owner| known.entities.get(owner));
        let few = self.lookup.findings.budget.spend_many(entities().map(|entity| entity.attributes.len()).sum());
        let all = entities().filter(|_| few).flat_map(|entity| entity.attributes.keys());
        let nearest = suggest::nearest(word.text, all.map(|name| &**name));
        if of_record && self.here.records_lost && nearest.question().is_none() {
            return;
        }
        let entity = self.entity_name(declare_in);
        let finding =
            Diagnostic::new(&codes::UNKNOWN_ATTRIBUTE, format!("{what} has no attribute `{}`", word.text), place)
                .label("no attribute of that name is declared")
                .help(format!("declare it, as `entity {entity} {{ {} … }}`, or name another", word.text));
        let near = nearest.question().is_some();
        let finding = if near { guessed(finding, place, &nearest) } else { finding };
        self.findings().add(finding);
    }

    /// Where the attribute that an expression reads last is declared.
    pub(super) fn declared(&self, of: &Expression) -> Option<Place> {
        let Term::Attribute(base, name) = &of.says else { return None };
        let (thing, _) = thing(&base.of);
        match thing {
            Type::Principal => KINDS.iter().find_map(|entity| self.known.attribute(*entity, name)?.place),
            Type::Entity(entity) => {
                let more = self.known.record_attributes.get(name).and_then(|all| all.first()).copied();
                let own = self.known.attribute(*entity, name);
                let own = own.or_else(|| self.known.attribute(EntityName::Declared(more?), name));
                own?.place
            }
            _ => None,
        }
    }

    /// A finding with where the attribute that an expression reads is declared.
    pub(super) fn with_declared(&self, finding: Diagnostic, of: &Expression) -> Diagnostic {
        match (self.declared(of), &of.says) {
            (Some(place), Term::Attribute(_, name)) => finding.related(format!("`{name}` is declared here"), place),
            _ => finding,
        }
    }

    fn entity_name(&self, entity: EntityName) -> Box<str> {
        match entity {
            EntityName::BuiltIn(built_in) => built_in.word().into(),
            EntityName::Declared(id) => self.lookup.names.symbol(id).map_or("", |symbol| &*symbol.name).into(),
        }
    }
}

/// What has the attributes, and whether there may be several of it.
fn thing(of: &Type) -> (&Type, bool) {
    let mut of = of;
    let mut set = false;
    loop {
        match of {
            Type::OrNone(inner) => of = inner,
            Type::Set(inner) => {
                of = inner;
                set = true;
            }
            other => return (other, set),
        }
    }
}

/// The type of an attribute of one thing, or of each member of a set.
fn member(of: Type, set: bool) -> Type {
    match of {
        of @ Type::Set(_) => of,
        of if set => Type::Set(Box::new(of)),
        of => of,
    }
}
