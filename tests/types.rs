//! Conditions, rules over resources and the words they speak of: what they link to, what type each part has, and each
//! finding with its text.

mod cost;
mod faults;

use crate::support::{self, Given};
use fullmakt::model::{EntityName, Expression, IsWhat, Recipient, Term, Type, Value};
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::root::{BuiltIn, Root};

/// No rule is checked in these tests: the texts are short.
fn given(text: &str) -> Given {
    support::given(text).linked()
}

const PEOPLE: &str = "module people
entity person {
  birth_date   date
  death_date   date or none
  address      string
  confidential bool
  consent      consent_level
  parents      set of person
  height       integer
}
entity organisation { address string, size integer }
entity context { login bool, purpose purpose, application application, sent datetime, keep duration }
entity application { approved bool, elements set of element, applicant person, purposes set of purpose }
entity delegation { channel channel }
enum channel = invitation, form
enum consent_level = no_consent < basis < full
enum purpose = treatment, research, quality
enum identifier_kind = project_serial, national
obligation pseudonymise(identifier: identifier_kind)
obligation log
role guardian \"Guardian\" { from directorate held by person for person }
role researcher \"Researcher\" { from network held by person for organisation }
role health_authority \"Health authority\" { held by organisation }
organisation directorate \"Directorate\"
organisation network \"Network\"
condition child_at_home =
  today < party.birth_date + 16 years and party.address in party.parents.address
condition gives_for_self =
  giver == party and delegation.channel == invitation and delegation.given >= party.birth_date + 16 years
";

const REGISTERS: &str = "module registers
use people.*
action disclose \"Hand data out\" oblige log
action access \"See what is held\"
action erase \"Erase\"
package insight \"Insight\" {
  delegable  to person when gives_for_self
  grant to self
  grant use to guardian when child_at_home
}
service record_service \"Records\" {
  elements registrations, prescriptions
  action view \"See what is held\" partial
  permit view of registrations requires insight when context.login and party.consent >= basis
  permit view of prescriptions
    requires insight
    when context.login and party.consent >= basis and permitted visits.access
}
register visits \"Visits\" {
  controller directorate
  processor  network
  data       special
  basis      gdpr 6(1)(e), gdpr 9(2)(g), law \"The act § 11\"
  purposes   treatment, research, quality
  retain     at least 10 years after record.person.death_date or until record.created and at most 30 days after record.created
  elements   administrative, medical
  records of visit
  permit disclose of administrative, medical
    to researcher, health_authority
    when context.application.approved and element in context.application.elements
    oblige pseudonymise(identifier: project_serial)
  permit access to controller when record.ended < today
}
entity visit { ended date, next visit or none }
register consents \"Consents\" {
  basis gdpr 6(1)(a)
  data  undecided \"how sensitive\"
  retain forever
  permit disclose to directorate
}
policy rights for every register {
  any action oblige log
  permit access to self when record.person == party
  forbid disclose when record.restricted or record.overdue
  forbid disclose when not context.purpose in resource.purposes
  forbid erase \"kept\" when record.kept
  never  any action when subject != party and subject.confidential and not subject is guardian for party
}
policy withdrawal for every register in registers where gdpr 6(1)(a) in basis {
  forbid disclose when record.consent != given
}
policy sensitive for every resource where data >= personal and not (network in processor) { forbid any action }
policy named for visits, consents { forbid disclose when any(one in party.parents: one.confidential) }
";

fn good() -> Given {
    given(PEOPLE).and(REGISTERS)
}

#[test]
fn the_whole_language_is_linked() {
    let given = good();
    given.is_clean();
    let catalog = given.catalog();
    assert!(catalog.resources.iter().all(|resource| !resource.declared.wounded));
    assert!(catalog.policies.iter().all(|policy| !policy.declared.wounded));
    let name = |id| &*catalog.symbol(id).unwrap().name;
    let selects = |at: usize| -> Vec<&str> {
        catalog.policies[at].selects.iter().map(|at| name(catalog.resources[*at as usize].declared.symbol)).collect()
    };
    assert_eq!(selects(0), ["visits", "consents"]);
    assert_eq!(selects(1), ["consents"]);
    assert_eq!(selects(2), ["consents"]);
    assert_eq!(selects(3), ["visits", "consents"]);
    let actions =
        |at: usize| -> Vec<&str> { catalog.resources[at].actions.iter().map(|action| &*action.name.value).collect() };
    assert_eq!(actions(0), ["view"]);
    assert_eq!(actions(1), ["access", "disclose", "erase"]);
    assert_eq!(actions(2), ["access", "disclose", "erase"]);
    assert!(catalog.resources[1].actions[1].shared.is_some());
    assert_eq!(catalog.resources[1].actions[1].oblige.len(), 1);
}

/// The condition of the only rule of a service in a module that sees the people.
fn rule(condition: &str) -> Given {
    given(&format!(
        "module people.service\nuse people.*\nrole helper \"Helper\" {{ from directorate held by person }}\nservice s \"S\" {{\n  elements alpha, beta\n  action act \"Act\"\n  permit act to anyone when {condition}\n}}\n"
    ))
    .and(PEOPLE)
}

fn typed(condition: &str) -> Expression {
    let given = rule(condition);
    given.is_clean();
    given.catalog().resources[0].rules[0].when.clone().unwrap()
}

/// Both sides of a comparison.
fn sides(condition: &str) -> (Expression, Expression) {
    match typed(condition).says {
        Term::Compare(_, sides) => *sides,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_alone_is_what_the_other_side_makes_of_it() {
    let (left, right) = sides("context.purpose == research");
    assert!(matches!(left.of, Type::Enum(_)));
    assert!(matches!(&right.says, Term::Value(Value::Enum(_, name)) if **name == *"research"));
    let (left, _) = sides("research == context.purpose");
    assert!(matches!(&left.says, Term::Value(Value::Enum(..))));
    let (left, _) = sides("element in context.application.elements");
    assert!(matches!(left.says, Term::Root(Root::Element)));
    let (left, _) = sides("alpha in context.application.elements");
    assert!(matches!(&left.says, Term::Value(Value::Element(name)) if **name == *"alpha"));
    let (_, right) = sides("party == directorate");
    assert!(matches!(right.says, Term::Value(Value::Organisation(_))));
    let (_, right) = sides("record.consent != withdrawn");
    assert!(matches!(right.says, Term::Value(Value::Consent(_))));
    let (_, right) = sides("resource.data >= personal");
    assert!(matches!(right.says, Term::Value(Value::Level(_))));
    let (_, right) = sides("resource.data == none");
    assert!(matches!(right.says, Term::Value(Value::Level(_))));
    let (_, right) = sides("party.death_date == none");
    assert!(matches!(right.says, Term::Value(Value::None)));
    let (_, right) = sides("context.purpose in [research, quality]");
    assert!(matches!(&right.of, Type::Set(inner) if matches!(**inner, Type::Enum(_))));
    let (_, right) = sides("research in [quality, context.purpose]");
    assert!(matches!(&right.of, Type::Set(inner) if matches!(**inner, Type::Enum(_))));
}

#[test]
fn paths_go_through_entities_and_sets() {
    let (_, right) = sides("party.address in party.parents.address");
    assert_eq!(right.of, Type::Set(Box::new(Type::String)));
    let (_, right) = sides("party.birth_date in party.parents.parents.birth_date");
    assert_eq!(right.of, Type::Set(Box::new(Type::Date)));
    let (left, _) = sides("context.application.applicant.death_date < today");
    assert_eq!(left.of, Type::OrNone(Box::new(Type::Date)));
    let (left, _) = sides("record.person == party");
    assert_eq!(left.of, Type::Entity(EntityName::BuiltIn(BuiltIn::Person)));
    let (left, _) = sides("directorate.address == \"Storgata 1\"");
    assert!(matches!(left.says, Term::Attribute(..)));
    let (left, _) = sides("people.directorate.size > 3");
    assert_eq!(left.of, Type::Integer);
    // An attribute of somebody may be declared for any kind.
    let (left, _) = sides("party.size > 3");
    assert_eq!(left.of, Type::Integer);
    typed("any(one in party.parents: one.birth_date < party.birth_date and all(two in one.parents: two != one))");
}

#[test]
fn dates_moments_and_lengths_of_time() {
    let (_, right) = sides("today >= party.birth_date + 16 years");
    assert_eq!(right.of, Type::Date);
    let (left, _) = sides("now - 30 minutes > context.sent");
    assert_eq!(left.of, Type::DateTime);
    let (left, _) = sides("party.death_date + 10 years < 2026-01-31");
    assert_eq!(left.of, Type::OrNone(Box::new(Type::Date)));
    typed("now < 2026-01-31T12:00:00+01:00");
    typed("today + context.keep > party.birth_date and now - context.keep > context.sent");
    rule("party.birth_date < now")
        .reports("type-mismatch")
        .under(["party.birth_date < now"])
        .helps("write `today`")
        .alone()
        .mends();
    rule("context.sent > today").reports("type-mismatch").helps("write `now`").alone().mends();
    rule("now == today").reports("type-mismatch").helps("never compared").alone().has_no_fix();
    rule("today > party.birth_date + 3 hours").reports("wrong-unit").under(["3 hours"]).alone();
    rule("now > context.sent + 3 days").reports("wrong-unit").under(["3 days"]).alone();
    rule("today > party.birth_date + 16").reports("type-mismatch").under(["16"]).helps("`16 days`").alone();
    rule("today > party.address + 16 days").reports("type-mismatch").under(["party.address"]).alone();
    rule("context.keep < 3 days").reports("not-comparable").under(["<"]).alone();
    typed("context.keep == 3 days");
    rule("party.birth_date + 99999999 days < today").reports("number-too-large").under(["99999999"]).alone();
}

#[test]
fn what_is_not_compared_so() {
    rule("party.confidential == true").reports("not-comparable").under(["=="]).alone().mends();
    rule("true == party.confidential").reports("not-comparable").alone().mends();
    rule("party.confidential == false").reports("not-comparable").helps("`not party.confidential`").alone();
    rule("party.confidential == subject.confidential").reports("not-comparable").alone();
    rule("party.parents == subject").reports("not-comparable").helps("write `subject in party.parents`").alone();
    rule("party.parents == subject.parents").reports("not-comparable").helps("`all(").alone();
    rule("party.parents in subject.parents").reports("not-comparable").under(["party.parents"]).alone();
    rule("subject in party.address").reports("not-a-set").under(["party.address"]).alone();
    rule("context.purpose < research")
        .reports("not-comparable")
        .says("the values of `purpose` have no order")
        .related(["purpose", "purpose"])
        .alone();
    typed("party.consent >= basis");
    rule("party.address < \"M\"").reports("not-comparable").alone();
    rule("party.death_date < none").reports("not-comparable").alone();
    rule("party.birth_date == none").reports("type-mismatch").says("`party.birth_date` is never `none`").alone();
    rule("none in party.parents").reports("type-mismatch").alone();
    rule("party.height == party.address").reports("type-mismatch").under(["party.height == party.address"]).alone();
    rule("party.height in party.parents.address").reports("type-mismatch").under(["party.height"]).alone();
    rule("record.person == directorate").reports("type-mismatch").alone();
    rule("resource == resource").reports("not-comparable").alone();
    rule("context == context").reports("not-comparable").alone();
    rule("party.height in [1, \"two\"]").reports("type-mismatch").under(["\"two\""]).alone();
    rule("party.height in [party.height, \"two\"]").reports("type-mismatch").alone();
    rule("party.height < 99999999999999999999").reports("number-too-large").alone();
}

#[test]
fn what_is_no_condition() {
    rule("party.height").reports("not-a-condition").under(["party.height"]).alone();
    rule("not party.height").reports("not-a-condition").under(["party.height"]).alone();
    rule("context.login and party.address and party.height")
        .reports("not-a-condition")
        .under(["party.address", "party.height"])
        .alone();
    rule("any(one in party.parents: one)").reports("not-a-condition").under(["one"]).alone();
    rule("any(one in party.address: one == \"x\")").reports("not-a-set").under(["party.address"]).alone();
    rule("today").reports("not-a-condition").alone();
}

#[test]
fn names_that_mean_nothing_or_two_things() {
    rule("context.purpose == reserch").reports("unknown-value").under(["reserch"]).helps("`research`").alone().mends();
    rule("record.consent == gven").reports("unknown-value").under(["gven"]).alone().mends();
    rule("element == gamma").reports("unknown-value").under(["gamma"]).alone();
    rule("partty.confidential").reports("unknown-name").under(["partty"]).alone().mends();
    rule("child_at_hom").reports("unknown-name").under(["child_at_hom"]).alone();
    rule("party.confidental")
        .reports("unknown-attribute")
        .under(["confidental"])
        .helps("`confidential`")
        .alone()
        .mends();
    rule("context.logon").reports("unknown-attribute").under(["logon"]).alone().mends();
    rule("context.application.aproved").reports("unknown-attribute").under(["aproved"]).alone().mends();
    rule("resource.controller == party").reports("unknown-attribute").helps("`party is controller`").alone();
    rule("context.login.deeper").reports("no-attributes").under(["deeper"]).alone();
    rule("guardian").reports("wrong-sort").under(["guardian"]).alone();
    rule("nowhere.at.all").reports("unknown-name").under(["nowhere"]).alone();
    rule("people.nothing.at_all").reports("unknown-name").under(["nothing"]).alone();
    rule("any(party in party.parents: party.confidential)").reports("ambiguous-name").under(["party"]).alone();
    rule("any(directorate in party.parents: directorate.confidential)")
        .reports("ambiguous-name")
        .related(["directorate"])
        .alone();
    rule("any(x in party.parents: any(x in x.parents: x.confidential))").reports("ambiguous-name").under(["x"]).alone();
    rule("any(research in context.application.purposes: context.purpose == research)")
        .reports("ambiguous-name")
        .under(["research"])
        .related(["purpose"])
        .alone();
    // A value with the name of a condition.
    given("module a\nenum colour = red, green\nentity context { colour colour, on bool }\ncondition red = context.on\nservice s \"S\" { action x \"X\" permit x to anyone when context.colour == red }\n")
        .reports("ambiguous-name")
        .under(["red"])
        .related(["red", "colour"])
        .alone();
    // A root that cannot be read here hides no value of its name.
    given("module a\nenum part = holder, giver\nentity context { part part }\nservice s \"S\" { action x \"X\" permit x to anyone when context.part == holder }\n")
        .is_clean();
}

#[test]
fn what_somebody_is_or_holds() {
    assert!(matches!(
        typed("subject is guardian for party").says,
        Term::Is { what: IsWhat::Role(_), party: Some(_), .. }
    ));
    assert!(matches!(typed("party is health_authority").says, Term::Is { what: IsWhat::Role(_), party: None, .. }));
    assert!(matches!(typed("party is person").says, Term::Is { what: IsWhat::Kind(_), .. }));
    assert!(matches!(typed("party is controller").says, Term::Is { what: IsWhat::Controller, .. }));
    assert!(matches!(typed("party is directorate").says, Term::Is { what: IsWhat::Organisation(_), .. }));
    rule("subject is guardian").reports("for-whom").under(["guardian"]).related(["guardian"]).alone();
    rule("party is health_authority for subject").reports("for-whom").under(["subject"]).alone().mends();
    rule("party is organisation for subject").reports("for-whom").alone();
    rule("today is person").reports("type-mismatch").under(["today"]).alone();
    rule("party.parents is person").reports("type-mismatch").helps("any(").alone();
    rule("subject is guardan for party").reports("unknown-name").under(["guardan"]).alone().mends();
    rule("subject is pseudonymise").reports("wrong-sort").alone();
    rule("subject holds guardian for party").reports("wrong-sort").under(["guardian"]).alone();
    rule("permitted s.acd").reports("unknown-action").under(["acd"]).helps("`act`").alone();
    rule("permitted t.act").reports("unknown-name").under(["t"]).alone();
    rule("permitted act").reports("unknown-action").alone();
}

#[test]
fn what_can_be_read_where() {
    let package = |lines: &str| {
        given(&format!(
            "module people.a\nuse people.*\npackage p \"P\" {{ {lines} }}\npackage q \"Q\" {{ grant to guardian }}\n"
        ))
        .and(PEOPLE)
    };
    package("grant to guardian when holder.confidential and party.confidential and now > 2026-01-31T12:00:00Z")
        .is_clean();
    package(
        "delegable to person when giver == party and receiver is person and delegation.given < today grant to self",
    )
    .is_clean();
    package("grant to guardian when subject.confidential").reports("root-out-of-place").under(["subject"]).alone();
    package("grant to guardian when giver == party").reports("root-out-of-place").under(["giver"]).alone();
    package("delegable to person when holder == party").reports("root-out-of-place").under(["holder"]).alone();
    package("delegable to person when context.login").reports("root-out-of-place").under(["context"]).alone();
    package("grant to guardian when party is controller").reports("root-out-of-place").under(["controller"]).alone();
    package("grant to guardian when holder holds q for party").reports("asks-too-much").alone();
    package("grant to guardian when gives_for_self")
        .reports("root-out-of-place")
        .under(["gives_for_self"])
        .says("condition `gives_for_self` reads `giver`, which cannot be read in a condition of `grant`")
        .related(["giver"])
        .alone();
    package("grant to guardian when child_at_home").is_clean();
    rule("holder == party").reports("root-out-of-place").under(["holder"]).alone();
    rule("gives_for_self").reports("root-out-of-place").under(["gives_for_self"]).alone();
    let through = "module a\nrole r \"R\" { held by person for person }\npackage p \"P\" { grant to r when outer }\npackage q \"Q\" { grant to r }\ncondition outer = middle\ncondition middle = not inner\ncondition inner = party holds q for party\n";
    given(through).reports("asks-too-much").under(["outer"]).related(["party holds q for party"]).alone();
    given("module a\ncondition one = not two\ncondition two = one\n")
        .reports("condition-cycle")
        .says("conditions `one` and `two` name each other in a circle")
        .related(["one"])
        .alone();
    given("module a\ncondition one = not one\n")
        .reports("condition-cycle")
        .says("condition `one` names itself")
        .alone();
}

#[test]
fn entities_that_several_modules_add_to() {
    let one = "module a\nentity person { address string }\n";
    let same = "module b\nentity person { address string, size integer }\n";
    given(one).and(same).is_clean();
    let other = "module b\nentity person { address date }\n";
    given(one).and(other).reports("attribute-of-two-types").under(["address"]).related(["address"]).alone();
    let kind = "module b\nentity organisation { address date }\n";
    given(one).and(kind).reports("attribute-of-two-types").under(["address"]).alone();
    given("module a\nentity person { address string, address string }\n")
        .reports("duplicate-name")
        .under(["address"])
        .alone();
    given("module a\nentity record { created date }\n").reports("duplicate-name").under(["created"]).alone();
    // What is imported is added to; what is not is another entity.
    let declares = "module a\nentity thing { size integer }\n";
    let adds = "module b\nuse a.*\nentity thing { weight integer }\nentity context { thing thing }\nservice s \"S\" { action x \"X\" permit x to anyone when context.thing.size < context.thing.weight }\n";
    let given_both = given(declares).and(adds);
    given_both.is_clean();
    let catalog = given_both.catalog();
    let of: Vec<_> = catalog.entities.iter().map(|entity| entity.of).collect();
    assert_eq!(of[0], of[1]);
    given(declares).and(&adds.replace("use a.*\n", "")).reports("unknown-attribute").under(["size"]).alone();
    given(declares).and(&adds.replace("use a.*", "use a.thing")).is_clean();
    given("module a\nentity person { friend frend }\n").reports("unknown-name").under(["frend"]).alone();
    given("module a\nrole r \"R\" { held by person }\nentity person { friend r }\n")
        .reports("wrong-sort")
        .under(["r"])
        .alone();
    given("module a\nentity person { friend persn }\n").reports("unknown-name").under(["persn"]).alone().mends();
    given("module a\nenum e = one, two, one\n").reports("duplicate-name").under(["one"]).alone();
}

#[test]
fn registers_and_what_they_say() {
    let register =
        |lines: &str| given(&format!("module people.a\nuse people.*\nregister r \"R\" {{ {lines} }}\n")).and(PEOPLE);
    register("purposes research, tretment")
        .reports("unknown-value")
        .under(["tretment"])
        .related(["purpose"])
        .alone()
        .mends();
    register("controller guardian").reports("wrong-sort").under(["guardian"]).related(["guardian"]).alone();
    register("controller directorat").reports("unknown-name").alone().mends();
    register("basis gdpr 6(1)(x)").reports("unknown-legal-basis").under(["6(1)(x)"]).alone();
    register("elements a, b, a").reports("duplicate-name").under(["a"]).alone();
    register("records of purpose").reports("wrong-sort").under(["purpose"]).alone();
    register("retain 3 days after record.restricted").reports("type-mismatch").under(["record.restricted"]).alone();
    register("retain until record.restricted").reports("type-mismatch").under(["record.restricted"]).alone();
    register("retain 3 days after party.birth_date").reports("root-out-of-place").under(["party"]).alone();
    register("retain 3 hours after record.created").reports("wrong-unit").under(["3 hours"]).alone();
    register("delegable no").reports("misplaced-statement").alone();
    given("module a\nregister r \"R\" { purposes research }\n").reports("unknown-name").under(["research"]).alone();
    given("module a\nservice s \"S\" { retain forever }\n").reports("misplaced-statement").under(["retain"]).alone();
    let records = "module a\nentity visit { created date }\nregister r \"R\" { records of visit }\n";
    given(records).reports("duplicate-name").under(["created"]).alone();
    // Of two registers a record may be either.
    let two = "module a\nentity x { size integer }\nentity y { size string }\nregister r \"R\" { records of x }\nregister s \"S\" { records of y }\n";
    let policy = "policy p for r, s { forbid any action when record.size == 3 }\n";
    given(&format!("{two}{policy}"))
        .reports("attribute-of-two-types")
        .under(["size"])
        .related(["size", "size"])
        .alone();
    given(&format!("{two}{}", policy.replace("r, s", "r"))).is_clean();
}

#[test]
fn rules_name_what_is_there() {
    let service = |lines: &str| {
        given(&format!(
            "module people.a\nuse people.*\nrole helper \"Helper\" {{ from directorate held by person }}\nservice s \"S\" {{ elements alpha, beta action act \"A\" {lines} }}\n"
        ))
        .and(PEOPLE)
    };
    let good = service(
        "permit act of alpha to controller, directorate, self oblige log forbid any action \"never that\" to processor any action oblige log",
    );
    good.is_clean();
    let rules = &good.catalog().resources[0].rules;
    assert_eq!(rules[0].to.iter().map(|to| to.value).collect::<Vec<_>>()[0], Recipient::Controller);
    assert_eq!(rules[1].effect, RuleEffect::Forbid);
    assert_eq!(rules[1].actions, None);
    assert_eq!(rules[1].title.as_ref().unwrap().value, "never that".into());
    assert_eq!(rules[2].effect, RuleEffect::Oblige);
    service("permit act of gamma to self").reports("unknown-element").under(["gamma"]).alone();
    service("permit act of alpa to self").reports("unknown-element").under(["alpa"]).alone().mends();
    service("permit act to self oblige lg").reports("unknown-name").under(["lg"]).alone();
    service("permit act to self oblige pseudonymise")
        .reports("wrong-argument")
        .under(["pseudonymise"])
        .related(["pseudonymise"])
        .alone();
    service("permit act to self oblige pseudonymise(identifier: nationl)")
        .reports("unknown-value")
        .under(["nationl"])
        .alone()
        .mends();
    service("permit act to self oblige pseudonymise(identifier: 3)").reports("wrong-argument").under(["3"]).alone();
    service("permit act to self oblige pseudonymise(identifer: national)")
        .reports("wrong-argument")
        .under(["identifer"])
        .alone()
        .mends();
    service("permit act to self oblige pseudonymise(identifier: national, identifier: national)")
        .reports("wrong-argument")
        .alone();
    service("permit act to self oblige pseudonymise(identifier: party)").reports("root-out-of-place").alone();
    service("permit act to self oblige log(x: 3)").reports("wrong-argument").under(["x"]).alone();
    given("module a\nobligation tell(who: person)\n").reports("parameter-type").under(["who"]).alone();
}

#[test]
fn policies_select_and_shared_actions_dissolve() {
    let resources = "module a\nservice s \"S\" { action view \"V\" data personal permit view to self }\nregister r \"R\" { action view \"V\" action hand \"H\" data special permit view, hand to self }\n";
    let policy = |rest: &str| given(resources).and(&format!("module b\npolicy p {rest}\n"));
    let selects = |rest: &str| -> usize {
        let given = policy(rest);
        given.is_clean();
        given.catalog().policies[0].selects.len()
    };
    assert_eq!(selects("for every resource { forbid view }"), 2);
    assert_eq!(selects("for every register { forbid hand }"), 1);
    assert_eq!(selects("for every service in a { forbid view }"), 1);
    assert_eq!(selects("for every service in b { forbid any action }"), 0);
    assert_eq!(selects("for every resource where data == special { forbid any action }"), 1);
    assert_eq!(
        selects("for every resource where data > none and not resource.data == special { forbid any action }"),
        1
    );
    assert_eq!(selects("for a.s, a.r { forbid hand, view }"), 2);
    policy("for every resource { forbid viw }").reports("unknown-action").under(["viw"]).alone().mends();
    policy("for every service { forbid hand }").reports("unknown-action").under(["hand"]).alone();
    policy("for a.t { forbid hand }").reports("unknown-name").under(["t"]).alone();
    policy("for every servce { forbid view }").reports("unknown-word").under(["servce"]).alone().mends();
    policy("for every service in c { forbid view }").reports("unknown-module").under(["c"]).alone();
    policy("for every service where party == party { forbid view }").reports("root-out-of-place").alone();
    policy("for every service where subject is person { forbid view }").reports("asks-too-much").alone();
    policy("for every service where dta == special { forbid view }")
        .reports("unknown-name")
        .under(["dta"])
        .alone()
        .mends();
    policy("for every service where data == specal { forbid view }").reports("unknown-value").alone().mends();
    policy("for every service where elements { forbid view }").reports("not-a-condition").alone();
    // Two shared actions of one name on one resource.
    let one = "module c\naction show \"Show\"\npolicy c for a.s { permit show to self }\n";
    given(resources).and(one).is_clean();
    given(resources)
        .and(one)
        .and(&one.replace("module c", "module d"))
        .reports("ambiguous-name")
        .says("`show` means two shared actions of `s`")
        .under(["show"])
        .alone();
}

#[test]
fn what_is_used_without_a_name() {
    let words =
        "module words\nentity person { size integer }\nentity context { colour colour }\nenum colour = red, green\n";
    let uses = |import: &str, condition: &str| {
        given(words).and(&format!(
            "module a\n{import}\nservice s \"S\" {{ action x \"X\" permit x to anyone when {condition} }}\n"
        ))
    };
    uses("use words.*", "party.size > 3").is_clean();
    uses("use words.colour", "context.colour == red").is_clean();
    uses("use words.colour", "party.size > 3").reports("unused-import").under(["colour"]).alone();
    uses("use words.person", "party.size > 3").reports("unknown-name").helps("leave it out").alone();
}

#[test]
fn words_have_no_versions_and_plain_letters() {
    let one = "module a\nvalid before 2027-01-01\nenum e = one, two\n";
    let two = "module a\nvalid from 2027-01-01\nenum e = one, three\n";
    given(one).with("later/a.fmk", two).reports("duplicate-name").under(["e"]).related(["e"]).alone();
    given("module a\nenum e = én, two\n").reports("letters-in-name").under(["én"]).alone().mends();
    given("module a\nentity person { størrelse integer }\n")
        .reports("letters-in-name")
        .under(["størrelse"])
        .alone()
        .mends();
}

#[test]
fn what_has_no_type_is_told_where_it_is_used() {
    let service = "module a\nservice s \"S\" { action x \"X\" permit x to anyone when CONDITION }\n";
    let told = |condition: &str| given(&service.replace("CONDITION", condition)).finds().len();
    assert_eq!(told("any(one in resource.purposes: one.deeper == 3)"), 1);
    assert_eq!(told("resource.purposes.deeper == 3"), 1);
    assert_eq!(told("undecided \"which day\" + 3 days < today"), 1);
    assert_eq!(told("undecided \"whether\""), 0);
    let lost = format!("entity person {{ friend frend }}\n{}", service.replace("module a\n", ""));
    let found = given(&format!("module a\n{}", lost.replace("CONDITION", "party.friend.size > 3"))).finds();
    assert_eq!(found, [("unknown-name", "frend".to_owned())]);
}
