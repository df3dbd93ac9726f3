//! XACML as XML text. The only door to the XML writer; decides nothing about what is written.

use super::model::{
    Attribute, Combining, DataType, Formula, Match, Member, Obligation, Policy, PolicySet, Rule, Says, Target, Term,
    Test,
};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const DATE: &str = "http://www.w3.org/2001/XMLSchema#date";
const STRING_EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const STRING_IS_IN: &str = "urn:oasis:names:tc:xacml:1.0:function:string-is-in";
const DATE_ONE: &str = "urn:oasis:names:tc:xacml:1.0:function:date-one-and-only";
const DATE_UP_TO: &str = "urn:oasis:names:tc:xacml:1.0:function:date-less-than-or-equal";
const DATE_AFTER: &str = "urn:oasis:names:tc:xacml:1.0:function:date-greater-than";
const AND: &str = "urn:oasis:names:tc:xacml:1.0:function:and";
const OR: &str = "urn:oasis:names:tc:xacml:1.0:function:or";
const NOT: &str = "urn:oasis:names:tc:xacml:1.0:function:not";
const DATE_PLUS: &str = "urn:oasis:names:tc:xacml:3.0:function:date-add-yearMonthDuration";
const DATE_MINUS: &str = "urn:oasis:names:tc:xacml:3.0:function:date-subtract-yearMonthDuration";
const MOMENT_PLUS: &str = "urn:oasis:names:tc:xacml:3.0:function:dateTime-add-dayTimeDuration";
const MOMENT_MINUS: &str = "urn:oasis:names:tc:xacml:3.0:function:dateTime-subtract-dayTimeDuration";

impl Combining {
    fn word(self) -> &'static str {
        match self {
            Combining::DenyUnlessPermit => "deny-unless-permit",
            Combining::DenyOverrides => "deny-overrides",
            Combining::PermitOverrides => "permit-overrides",
        }
    }
}

impl DataType {
    /// Its identifier.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            DataType::String => STRING,
            DataType::Boolean => "http://www.w3.org/2001/XMLSchema#boolean",
            DataType::Integer => "http://www.w3.org/2001/XMLSchema#integer",
            DataType::Date => DATE,
            DataType::DateTime => "http://www.w3.org/2001/XMLSchema#dateTime",
            DataType::Months => "http://www.w3.org/2001/XMLSchema#yearMonthDuration",
            DataType::Minutes => "http://www.w3.org/2001/XMLSchema#dayTimeDuration",
        }
    }

    /// A function of XACML 1.0 over it: `date-less-than`.
    fn function(self, what: &str) -> String {
        let name = self.uri().rsplit('#').next().unwrap_or_default();
        format!("urn:oasis:names:tc:xacml:1.0:function:{name}-{what}")
    }
}

/// The text of a policy set, UTF-8, two spaces to a level, with a line end at its end. Characters that XML 1.0 cannot
/// hold are written as U+FFFD.
///
/// # Errors
/// Those of the writer.
pub fn policy_set(set: &PolicySet, out: impl Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    members(&mut writer, set, true)?;
    writer.get_mut().write_all(b"\n")
}

/// Sets are two deep: the whole, and one a resource.
fn members<W: Write>(writer: &mut Writer<W>, set: &PolicySet, outermost: bool) -> io::Result<()> {
    let combining = format!("urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:{}", set.combining.word());
    let mut start = BytesStart::new("PolicySet");
    if outermost {
        start.push_attribute(("xmlns", NAMESPACE));
    }
    start.push_attribute(("PolicySetId", &*clean(&set.id)));
    start.push_attribute(("Version", "1.0"));
    start.push_attribute(("PolicyCombiningAlgId", &*combining));
    within(writer, start, |writer| {
        description(writer, set.description.as_deref())?;
        target(writer, &set.target)?;
        set.members.iter().try_for_each(|member| match member {
            Member::Policy(one) => policy(writer, one),
            Member::PolicySet(one) => members(writer, one, false),
        })
    })
}

fn within<W: Write>(
    writer: &mut Writer<W>,
    start: BytesStart<'_>,
    inside: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    let end = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    inside(writer)?;
    writer.write_event(Event::End(end))
}

fn text<W: Write>(writer: &mut Writer<W>, start: BytesStart<'_>, text: &str) -> io::Result<()> {
    let end: BytesEnd<'static> = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    writer.write_event(Event::Text(BytesText::new(&clean(text))))?;
    writer.write_event(Event::End(end))
}

/// The text without characters that XML 1.0 cannot hold (production 2).
fn clean(text: &str) -> String {
    text.chars().map(|letter| if fits(letter) { letter } else { '\u{FFFD}' }).collect()
}

/// Can XML 1.0 hold the character?
#[must_use]
pub fn fits(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn description<W: Write>(writer: &mut Writer<W>, said: Option<&str>) -> io::Result<()> {
    said.map_or(Ok(()), |said| text(writer, BytesStart::new("Description"), said))
}

fn policy<W: Write>(writer: &mut Writer<W>, policy: &Policy) -> io::Result<()> {
    let combining = format!("urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:{}", policy.combining.word());
    let start = BytesStart::new("Policy").with_attributes([
        ("PolicyId", &*clean(&policy.id)),
        ("Version", "1.0"),
        ("RuleCombiningAlgId", &*combining),
    ]);
    within(writer, start, |writer| {
        description(writer, policy.description.as_deref())?;
        target(writer, &policy.target)?;
        policy.rules.iter().try_for_each(|one| rule(writer, one))
    })
}

fn rule<W: Write>(writer: &mut Writer<W>, rule: &Rule) -> io::Result<()> {
    let effect = if rule.permits { "Permit" } else { "Deny" };
    let start = BytesStart::new("Rule").with_attributes([("RuleId", &*clean(&rule.id)), ("Effect", effect)]);
    within(writer, start, |writer| {
        target(writer, &rule.target)?;
        if let Some(condition) = &rule.condition {
            within(writer, BytesStart::new("Condition"), |writer| formula(writer, condition))?;
        }
        if rule.obligations.is_empty() {
            return Ok(());
        }
        within(writer, BytesStart::new("ObligationExpressions"), |writer| {
            rule.obligations.iter().try_for_each(|one| obligation(writer, one, effect))
        })
    })
}

fn obligation<W: Write>(writer: &mut Writer<W>, one: &Obligation, effect: &str) -> io::Result<()> {
    let start = BytesStart::new("ObligationExpression")
        .with_attributes([("ObligationId", &*clean(&one.id)), ("FulfillOn", effect)]);
    if one.assignments.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    within(writer, start, |writer| {
        one.assignments.iter().try_for_each(|(id, value)| {
            let start =
                BytesStart::new("AttributeAssignmentExpression").with_attributes([("AttributeId", &*clean(id))]);
            within(writer, start, |writer| constant(writer, value.of.uri(), &value.value))
        })
    })
}

fn target<W: Write>(writer: &mut Writer<W>, target: &Target) -> io::Result<()> {
    if target.0.is_empty() {
        return writer.write_event(Event::Empty(BytesStart::new("Target")));
    }
    within(writer, BytesStart::new("Target"), |writer| {
        target.0.iter().try_for_each(|any_of| {
            within(writer, BytesStart::new("AnyOf"), |writer| {
                any_of.iter().try_for_each(|all_of| {
                    within(writer, BytesStart::new("AllOf"), |writer| {
                        all_of.iter().try_for_each(|one| match_element(writer, one))
                    })
                })
            })
        })
    })
}

fn match_element<W: Write>(writer: &mut Writer<W>, one: &Match) -> io::Result<()> {
    let (function, data_type, value, attribute) = match one {
        Match::Has(attribute, value) => (STRING_EQUAL, STRING, value, attribute),
        Match::From(attribute, value) => (DATE_UP_TO, DATE, value, attribute),
        Match::Before(attribute, value) => (DATE_AFTER, DATE, value, attribute),
    };
    within(writer, BytesStart::new("Match").with_attributes([("MatchId", function)]), |writer| {
        constant(writer, data_type, value)?;
        designator(writer, attribute)
    })
}

fn constant<W: Write>(writer: &mut Writer<W>, data_type: &str, value: &str) -> io::Result<()> {
    text(writer, BytesStart::new("AttributeValue").with_attributes([("DataType", data_type)]), value)
}

fn designator<W: Write>(writer: &mut Writer<W>, attribute: &Attribute) -> io::Result<()> {
    let required = if attribute.bag { "false" } else { "true" };
    writer.write_event(Event::Empty(BytesStart::new("AttributeDesignator").with_attributes([
        ("Category", attribute.category),
        ("AttributeId", &*clean(&attribute.id)),
        ("DataType", attribute.data_type),
        ("MustBePresent", required),
    ])))
}

/// Formulas are as deep as the `requires` of a permit, which readers limit.
fn formula<W: Write>(writer: &mut Writer<W>, one: &Formula) -> io::Result<()> {
    let (function, parts) = match one {
        Formula::Is(is) => return comparison(writer, is),
        Formula::Test(one) => return test(writer, one),
        Formula::All(parts) => (AND, parts),
        Formula::Any(parts) => (OR, parts),
    };
    apply(writer, function, |writer| parts.iter().try_for_each(|part| formula(writer, part)))
}

fn comparison<W: Write>(writer: &mut Writer<W>, one: &Match) -> io::Result<()> {
    let (function, value, attribute) = match one {
        Match::Has(attribute, value) => {
            return apply(writer, STRING_IS_IN, |writer| {
                constant(writer, STRING, value)?;
                designator(writer, attribute)
            });
        }
        Match::From(attribute, value) => (DATE_UP_TO, value, attribute),
        Match::Before(attribute, value) => (DATE_AFTER, value, attribute),
    };
    apply(writer, function, |writer| {
        constant(writer, DATE, value)?;
        apply(writer, DATE_ONE, |writer| designator(writer, attribute))
    })
}

fn test<W: Write>(writer: &mut Writer<W>, one: &Test) -> io::Result<()> {
    if one.negated {
        return apply(writer, NOT, |writer| says(writer, &one.says));
    }
    says(writer, &one.says)
}

fn says<W: Write>(writer: &mut Writer<W>, says: &Says) -> io::Result<()> {
    match says {
        Says::Flag(attribute) => only(writer, DataType::Boolean, attribute),
        Says::Equal(of, one, two) => apply(writer, &of.function("equal"), |writer| {
            term(writer, *of, one)?;
            term(writer, *of, two)
        }),
        Says::Less(of, one, two) => apply(writer, &of.function("less-than"), |writer| {
            term(writer, *of, one)?;
            term(writer, *of, two)
        }),
        Says::Among(of, one, attribute) => apply(writer, &of.function("is-in"), |writer| {
            term(writer, *of, one)?;
            designator(writer, attribute)
        }),
    }
}

fn only<W: Write>(writer: &mut Writer<W>, of: DataType, attribute: &Attribute) -> io::Result<()> {
    apply(writer, &of.function("one-and-only"), |writer| designator(writer, attribute))
}

/// A term is moved once: the language adds to what a text names.
fn term<W: Write>(writer: &mut Writer<W>, of: DataType, one: &Term) -> io::Result<()> {
    match one {
        Term::Constant(value) => constant(writer, value.of.uri(), &value.value),
        Term::Attribute(attribute) => only(writer, of, attribute),
        Term::Moved { from, by, back } => {
            let function = match (by.of, back) {
                (DataType::Months, false) => DATE_PLUS,
                (DataType::Months, true) => DATE_MINUS,
                (_, false) => MOMENT_PLUS,
                (_, true) => MOMENT_MINUS,
            };
            apply(writer, function, |writer| {
                term(writer, of, from)?;
                constant(writer, by.of.uri(), &by.value)
            })
        }
    }
}

fn apply<W: Write>(
    writer: &mut Writer<W>,
    function: &str,
    inside: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    within(writer, BytesStart::new("Apply").with_attributes([("FunctionId", function)]), inside)
}
