//! What conditions may speak of: entities and their attributes, enums, obligations, named conditions. Several declarations of
//! one entity become one.

use super::Lowering;
use crate::ir::{self, Attributes, Defined};
use crate::model::{self, Declared, Sort, SymbolId, Type};
use crate::origins::Part;

impl Lowering<'_> {
    pub(super) fn vocabulary(&mut self) {
        self.enums();
        let nothing = |name| Defined { name, body: ir::Entity { attributes: Attributes::new() } };
        self.bundle.meaning.entities = self.names(Sort::Entity).into_iter().map(nothing).collect();
        self.entities();
        self.obligations();
    }

    fn enums(&mut self) {
        let catalog = self.catalog;
        let all = self.versions(Sort::Enum, &catalog.enums, |of| &of.declared);
        for (at, (name, found)) in all.into_iter().enumerate() {
            let values = found.iter().flat_map(|of| &of.values).map(|value| value.value.clone()).collect();
            let ascending = found.iter().any(|of| of.ascending);
            for of in found {
                self.defined(&of.declared, of.declared.symbol, Part::Enum(at.into()));
            }
            self.bundle.meaning.enums.push(Defined { name, body: ir::Enum { ascending, values } });
        }
    }

    fn entities(&mut self) {
        for entity in &self.catalog.entities {
            let attributes = entity.attributes.iter();
            let attributes: Attributes =
                attributes.filter_map(|one| Some((one.name.value.clone(), self.type_of(&one.of)?))).collect();
            match entity.of {
                model::EntityName::BuiltIn(_) if attributes.is_empty() => {}
                model::EntityName::BuiltIn(one) => {
                    add(self.bundle.meaning.built_in.entry(one).or_default(), attributes)
                }
                model::EntityName::Declared(symbol) => {
                    let Some(id) = self.of_sort::<ir::EntityTypeId>(symbol, Sort::Entity) else { continue };
                    if let Some(defined) = self.bundle.meaning.entities.get_mut(id.index()) {
                        add(&mut defined.body.attributes, attributes);
                    }
                    // An addition elsewhere does not take the place, or the title, of the declaration.
                    if entity.declared.module
                        == self.catalog.symbol(symbol).map_or(entity.declared.module, |named| named.module)
                    {
                        self.defined(&entity.declared, symbol, Part::Entity(id));
                    }
                }
            }
        }
    }

    fn obligations(&mut self) {
        let catalog = self.catalog;
        let all = self.versions(Sort::Obligation, &catalog.obligations, |of| &of.declared);
        for (at, (name, found)) in all.into_iter().enumerate() {
            let parameters = found.iter().flat_map(|of| &of.parameters);
            let parameters =
                parameters.filter_map(|one| Some((one.name.value.clone(), self.type_of(&one.of)?))).collect();
            for of in found {
                self.defined(&of.declared, of.declared.symbol, Part::Obligation(at.into()));
            }
            self.bundle.meaning.obligations.push(Defined { name, body: ir::Obligation { parameters } });
        }
    }

    /// Names first: conditions speak of each other. After the tables that they speak of besides.
    pub(super) fn conditions(&mut self) {
        let catalog = self.catalog;
        let all = self.versions(Sort::Condition, &catalog.conditions, |of| &of.declared);
        for (at, (name, found)) in all.into_iter().enumerate() {
            let says = found.first().map_or(ir::Expression::Undecided, |of| self.expression(&of.says));
            if let Some(of) = found.first() {
                self.atoms.push((Part::Condition(at.into()), super::expression::atoms(&of.says)));
            }
            for of in found {
                self.defined(&of.declared, of.declared.symbol, Part::Condition(at.into()));
                self.questions(&of.declared, "says", Some(&of.says));
            }
            self.bundle.meaning.conditions.push(Defined { name, body: ir::Condition { says } });
        }
    }

    /// Where a name of the vocabulary stands, and its title.
    fn defined(&mut self, declared: &Declared, symbol: SymbolId, part: Part) {
        self.places.push((part, declared.place));
        if let Some(title) = &declared.title {
            let name: Box<str> = self.catalog.full(symbol).into();
            self.bundle.words.entry(name).or_default().title.get_or_insert(title.value.clone());
        }
    }

    /// `None` for what no attribute can be, and where a link is lost.
    fn type_of(&self, of: &Type) -> Option<ir::Type> {
        Some(match of {
            Type::Bool => ir::Type::Bool,
            Type::Integer => ir::Type::Integer,
            Type::String => ir::Type::String,
            Type::Date => ir::Type::Date,
            Type::DateTime => ir::Type::DateTime,
            Type::Duration => ir::Type::Duration,
            Type::Element => ir::Type::Element,
            Type::Consent => ir::Type::Consent,
            Type::Enum(of) => ir::Type::Enum(self.of_sort(*of, Sort::Enum)?),
            Type::Entity(model::EntityName::BuiltIn(one)) => ir::Type::Entity(ir::EntityName::BuiltIn(*one)),
            Type::Entity(model::EntityName::Declared(of)) => {
                ir::Type::Entity(ir::EntityName::Declared(self.of_sort(*of, Sort::Entity)?))
            }
            Type::Set(of) => ir::Type::Set(Box::new(self.type_of(of)?)),
            Type::OrNone(of) => ir::Type::OrNone(Box::new(self.type_of(of)?)),
            Type::Basis | Type::Level | Type::Principal | Type::Resource | Type::None | Type::Lost => return None,
        })
    }
}

/// Adds attributes; of one that is there already the first declaration counts.
fn add(into: &mut Attributes, attributes: Attributes) {
    for (name, of) in attributes {
        into.entry(name).or_insert(of);
    }
}
