//! XACML as XML text. The only door to the XML writer; decides nothing about what is written.

use super::model::{Attribute, Formula, Match, Policy, PolicySet, Rule, Target};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Write};

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const POLICIES: &str = "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-unless-permit";
const RULES: &str = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const DATE: &str = "http://www.w3.org/2001/XMLSchema#date";
const STRING_EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const STRING_IS_IN: &str = "urn:oasis:names:tc:xacml:1.0:function:string-is-in";
const DATE_ONE: &str = "urn:oasis:names:tc:xacml:1.0:function:date-one-and-only";
const DATE_UP_TO: &str = "urn:oasis:names:tc:xacml:1.0:function:date-less-than-or-equal";
const DATE_AFTER: &str = "urn:oasis:names:tc:xacml:1.0:function:date-greater-than";
const AND: &str = "urn:oasis:names:tc:xacml:1.0:function:and";
const OR: &str = "urn:oasis:names:tc:xacml:1.0:function:or";

/// The text of a policy set, UTF-8, two spaces to a level, with a line end at its end. Characters that XML 1.0 cannot
/// hold are written as U+FFFD.
///
/// # Errors
/// Those of the writer.
pub fn policy_set(set: &PolicySet, out: impl Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let start = BytesStart::new("PolicySet").with_attributes([
        ("xmlns", NAMESPACE),
        ("PolicySetId", &*clean(&set.id)),
        ("Version", "1.0"),
        ("PolicyCombiningAlgId", POLICIES),
    ]);
    within(&mut writer, start, |writer| {
        description(writer, set.description.as_deref())?;
        target(writer, &Target::default())?;
        set.policies.iter().try_for_each(|one| policy(writer, one))
    })?;
    writer.get_mut().write_all(b"\n")
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
    let start = BytesStart::new("Policy").with_attributes([
        ("PolicyId", &*clean(&policy.id)),
        ("Version", "1.0"),
        ("RuleCombiningAlgId", RULES),
    ]);
    within(writer, start, |writer| {
        description(writer, policy.description.as_deref())?;
        target(writer, &policy.target)?;
        policy.rules.iter().try_for_each(|one| rule(writer, one))
    })
}

fn rule<W: Write>(writer: &mut Writer<W>, rule: &Rule) -> io::Result<()> {
    let start = BytesStart::new("Rule").with_attributes([("RuleId", &*clean(&rule.id)), ("Effect", "Permit")]);
    within(writer, start, |writer| {
        target(writer, &rule.target)?;
        match &rule.condition {
            Some(condition) => within(writer, BytesStart::new("Condition"), |writer| formula(writer, condition)),
            None => Ok(()),
        }
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
        ("AttributeId", attribute.id),
        ("DataType", attribute.data_type),
        ("MustBePresent", required),
    ])))
}

/// Formulas are as deep as the `requires` of a permit, which readers limit.
fn formula<W: Write>(writer: &mut Writer<W>, one: &Formula) -> io::Result<()> {
    let (function, parts) = match one {
        Formula::Is(is) => return comparison(writer, is),
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

fn apply<W: Write>(
    writer: &mut Writer<W>,
    function: &str,
    inside: impl FnOnce(&mut Writer<W>) -> io::Result<()>,
) -> io::Result<()> {
    within(writer, BytesStart::new("Apply").with_attributes([("FunctionId", function)]), inside)
}
