//! The sentences that decisions turn on, each by a case of its own.

use super::small::*;
use fullmakt::decide::{Decision, Missing, On, OpenValue, Step};
use fullmakt::facts::{EntityId, Value};
use fullmakt::ir::*;
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::open::Open;
use fullmakt::terms::root::Root;
use jiff::civil::date;

const ON: On = On::Resource(JOURNAL);

fn years(amount: u32) -> Expression {
    value(Constant::Duration(Duration { unit: Unit::Years, amount }))
}

fn days(amount: u32) -> Expression {
    value(Constant::Duration(Duration { unit: Unit::Days, amount }))
}

fn missing(decision: &Decision) -> Vec<String> {
    let word = |one: &Missing| match one {
        Missing::Role(role) => format!("role {}", role.0),
        Missing::Attribute(path) => path.to_string(),
        Missing::Undecided(what) => format!("undecided {what}"),
    };
    decision.missing.iter().map(word).collect()
}

/// The obligations, each with its elements.
fn obliged(decision: &Decision) -> Vec<(u32, Vec<&str>)> {
    decision
        .obligations
        .iter()
        .map(|one| (one.oblige.obligation.0, one.elements.iter().map(|name| &**name).collect()))
        .collect()
}

/// The rules that carry a decision, each with its elements.
fn carried(decision: &Decision) -> Vec<(u32, Vec<&str>)> {
    let traces = decision.traces.iter();
    traces.filter_map(|trace| Some((trace.rule?.0, trace.elements.iter().map(|name| &**name).collect()))).collect()
}

fn steps(decision: &Decision) -> Vec<&Step> {
    decision.traces.iter().flat_map(|trace| &trace.chain).map(|link| &link.step).collect()
}

/// A guardian until the sixteenth birthday.
fn until_sixteen() -> Expression {
    compare(root(Root::Today), "<", shifted(path("party.birth_date"), false, years(16)))
}

#[test]
fn a_conditional_grant_ends_on_its_day() {
    let world = world()
        .grants(INSIGHT, Grantee::Role(GUARDIAN), Some(until_sixteen()))
        .role("kari", GUARDIAN, "ola")
        .knows("ola", "birth_date", Value::Date(date(2015, 6, 1)));
    let asks = world.asks("kari", "ola", "use", On::Package(INSIGHT));
    assert_eq!(world.cause(&at(asks.clone(), date(2031, 5, 31))), "permitted");
    assert_eq!(world.cause(&at(asks, date(2031, 6, 1))), "not-granted");
}

#[test]
fn a_conditional_grant_is_unknown_where_its_condition_is() {
    let world = world().grants(INSIGHT, Grantee::Role(GUARDIAN), Some(until_sixteen())).role("kari", GUARDIAN, "ola");
    let decision = world.decide(&world.asks("kari", "ola", "use", On::Package(INSIGHT)));
    assert_eq!(decision.cause.word(), "undecidable");
    assert_eq!(missing(&decision), ["party.birth_date"]);
    // Who has not even the role does not learn that something was missing.
    assert_eq!(world.cause(&world.asks("per", "ola", "use", On::Package(INSIGHT))), "not-granted");
    // Another way that is certain is enough.
    let world = world.grants(INSIGHT, Grantee::Role(GUARDIAN), None);
    assert_eq!(world.cause(&world.asks("kari", "ola", "use", On::Package(INSIGHT))), "permitted");
}

#[test]
fn the_condition_of_a_grant_speaks_of_its_holder() {
    let world = world()
        .grants(INSIGHT, Grantee::Role(GUARDIAN), Some(path("holder.trusted")))
        .role("kari", GUARDIAN, "ola")
        .role("per", GUARDIAN, "ola")
        .knows("kari", "trusted", Value::Bool(true))
        .knows("per", "trusted", Value::Bool(false))
        .gives("ola", "per", "ola", INSIGHT, date(2026, 1, 1));
    // Per holds by the delegation of the party, who may since Kari may (P3).
    assert_eq!(world.cause(&world.asks("kari", "ola", "use", On::Package(INSIGHT))), "permitted");
    assert_eq!(world.cause(&world.asks("per", "ola", "use", On::Package(INSIGHT))), "permitted");
    let alone = World { facts: fullmakt::facts::Draft { delegations: Vec::new(), ..world.facts.clone() }, ..world };
    assert_eq!(alone.cause(&alone.asks("per", "ola", "use", On::Package(INSIGHT))), "not-granted");
}

#[test]
fn a_conditional_line_judges_each_delegation() {
    let when = both(
        equal(root(Root::Giver), root(Root::Party)),
        both(
            path("delegation.by_invitation"),
            compare(path("delegation.given"), ">=", shifted(path("party.birth_date"), false, years(16))),
        ),
    );
    let mut world = world()
        .grants(INSIGHT, Grantee::Itself, None)
        .knows("ola", "birth_date", Value::Date(date(2010, 2, 1)))
        .gives_with("ola", "per", "ola", INSIGHT, date(2026, 2, 1), known([("by_invitation", Value::Bool(true))]))
        .gives_with("ola", "kari", "ola", INSIGHT, date(2026, 1, 31), known([("by_invitation", Value::Bool(true))]));
    world.package(INSIGHT).delegable = vec![line(Receiver::Kind(Kind::Person), false, Some(when))];
    assert_eq!(world.cause(&world.asks("per", "ola", "use", On::Package(INSIGHT))), "permitted");
    assert_eq!(world.cause(&world.asks("kari", "ola", "use", On::Package(INSIGHT))), "not-granted", "a day too young");
    // Asked before it is given nothing is known of a delegation but the day.
    let mut asks = world.asks("ola", "ola", "delegate", On::Package(INSIGHT));
    asks.to = Some(world.who("per"));
    let decision = world.decide(&asks);
    assert_eq!(
        (decision.cause.word(), missing(&decision)),
        ("undecidable", vec!["delegation.by_invitation".to_owned()])
    );
}

#[test]
fn what_is_held_for_who_covers_is_held_for_the_covered() {
    let world = world()
        .grants(REPORTING, Grantee::Role(MANAGER), None)
        .role("office", COVER, "branch")
        .role("kari", MANAGER, "office");
    assert_eq!(world.cause(&world.asks("kari", "branch", "use", On::Package(REPORTING))), "permitted");
    assert_eq!(world.cause(&world.asks("kari", "clinic", "use", On::Package(REPORTING))), "not-granted");
    assert_eq!(world.cause(&world.asks("kari", "branch", "delegate", On::Package(REPORTING))), "permitted");
    // The other way round it does not go.
    let other = super::small::world()
        .grants(REPORTING, Grantee::Role(MANAGER), None)
        .role("office", COVER, "branch")
        .role("kari", MANAGER, "branch");
    assert_eq!(other.cause(&other.asks("kari", "office", "use", On::Package(REPORTING))), "not-granted");
}

#[test]
fn an_organisation_lets_its_own_agents_act_for_a_client() {
    let mut world = world()
        .grants(REPORTING, Grantee::Role(MANAGER), None)
        .role("kari", MANAGER, "office")
        .role("per", AGENT, "clinic")
        .gives("kari", "clinic", "office", REPORTING, date(2026, 1, 1))
        .gives("clinic", "per", "office", REPORTING, date(2026, 1, 2))
        .gives("clinic", "ola", "office", REPORTING, date(2026, 1, 2));
    world.package(REPORTING).delegable =
        vec![line(Receiver::Kind(Kind::Organisation), false, None), line(Receiver::Kind(Kind::Person), false, None)];
    assert_eq!(world.cause(&world.asks("per", "office", "use", On::Package(REPORTING))), "permitted");
    assert_eq!(world.cause(&world.asks("ola", "office", "use", On::Package(REPORTING))), "not-granted", "no agent");
}

#[test]
fn a_forbid_beats_every_permit() {
    let world = world()
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone))
        .rule(&[JOURNAL], permit("view").to(Recipient::Itself))
        .rule(&[JOURNAL], forbid("any").when(path("party.confidential")).oblige(0));
    let hidden = world.clone().knows("ola", "confidential", Value::Bool(true));
    let decision = hidden.decide(&hidden.asks("ola", "", "view", ON));
    assert_eq!(decision.cause.word(), "forbidden");
    assert_eq!((carried(&decision), obliged(&decision)), (vec![(2, vec![])], vec![(0, vec![])]));
    assert_eq!(steps(&decision), [&Step::ConditionHolds]);
    let open = world.clone().knows("ola", "confidential", Value::Bool(false));
    assert_eq!(open.cause(&open.asks("ola", "", "view", ON)), "permitted");
    let unknown = world.decide(&world.asks("ola", "", "view", ON));
    assert_eq!((unknown.cause.word(), missing(&unknown)), ("undecidable", vec!["party.confidential".to_owned()]));
    // What decides nothing forbids nothing.
    let never = open.rule(&[JOURNAL], rule(RuleEffect::Never, "view").to(Recipient::Anyone));
    assert_eq!(never.cause(&never.asks("ola", "", "view", ON)), "permitted");
}

#[test]
fn any_action_is_any_that_the_resource_has() {
    let world = world().rule(&[JOURNAL, LETTERS], permit("any").to(Recipient::Anyone));
    assert_eq!(world.cause(&world.asks("ola", "", "disclose", ON)), "permitted");
    assert_eq!(world.cause(&world.asks("ola", "", "view", On::Resource(LETTERS))), "permitted");
    assert_eq!(world.cause(&world.asks("ola", "", "disclose", On::Resource(LETTERS))), "not-granted");
}

#[test]
fn without_a_subject_nobody_is_somebody_else() {
    let another = both(
        compare(root(Root::Subject), "!=", root(Root::Party)),
        either(path("subject.confidential"), path("party.confidential")),
    );
    let world = world()
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone))
        .rule(&[JOURNAL], permit("disclose").to(Recipient::Itself))
        .rule(&[JOURNAL], forbid("any").when(another));
    assert_eq!(world.cause(&world.asks("", "", "view", ON)), "permitted");
    assert_eq!(world.cause(&world.asks("", "", "disclose", ON)), "not-granted");
    let mut asks = world.asks("", "", "view", ON);
    asks.party = Some(world.who("ola"));
    assert_eq!(world.cause(&asks), "permitted", "where nobody asks there is no party");
}

#[test]
fn a_permit_that_names_nobody_permits_nothing() {
    let world = world().rule(&[JOURNAL], permit("view").when(value(Constant::Bool(true))));
    assert_eq!(world.cause(&world.asks("ola", "", "view", ON)), "not-granted");
}

#[test]
fn each_element_is_a_decision_of_its_own() {
    let world = world()
        .elements(JOURNAL, &["a", "b", "c"])
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).of(&["a", "b"]))
        .rule(&[JOURNAL], permit("view").to(Recipient::Itself).of(&["b", "c"]).when(path("context.login")));
    let asks = world.asks("ola", "", "view", ON);
    assert_eq!(world.cause(&of(asks.clone(), &["a", "b"])), "permitted");
    // One that is refused refuses all, for the gravest cause.
    let all = world.decide(&asks);
    assert_eq!((all.cause.word(), missing(&all)), ("undecidable", vec!["context.login".to_owned()]));
    assert_eq!(carried(&all), [(1, vec!["c"])]);
    let without = world.decide(&with(asks.clone(), "login", Value::Bool(false)));
    assert_eq!(without.cause.word(), "not-granted");
    assert_eq!(carried(&without), [(0, vec!["c"]), (1, vec!["c"])]);
    assert_eq!(
        steps(&without),
        [&Step::OtherElements, &Step::ConditionFails { part: Box::new(path("context.login")) }]
    );
    let login = world.decide(&with(asks.clone(), "login", Value::Bool(true)));
    assert_eq!((login.cause.word(), login.released), ("permitted", None));
    // A name that is no element of it.
    assert_eq!(world.cause(&of(asks, &["a", "z"])), "not-granted");
}

#[test]
fn a_partial_action_releases_what_is_permitted() {
    let mut world = world()
        .elements(JOURNAL, &["a", "b", "c"])
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).of(&["a", "b"]))
        .rule(&[JOURNAL], forbid("view").to(Recipient::Itself).of(&["b"]));
    world.resource(JOURNAL).actions[1].partial = true;
    let released = |decision: Decision| decision.released.map(|names| names.join(" "));
    let for_another = world.asks("kari", "ola", "view", ON);
    assert_eq!(released(world.decide(&for_another)).as_deref(), Some("a b"));
    let own = world.asks("ola", "", "view", ON);
    assert_eq!(released(world.decide(&own)).as_deref(), Some("a"));
    let refused = world.decide(&of(own, &["b", "c"]));
    assert_eq!((refused.cause.word(), refused.released), ("forbidden", None));
    // Where a resource has no elements there is nothing to release in part.
    world.resource(JOURNAL).elements = Open::Known(Vec::new());
    let world = world.rule(&[JOURNAL], permit("view").to(Recipient::Anyone));
    let whole = world.decide(&for_another);
    assert_eq!((whole.cause.word(), whole.released), ("permitted", None));
}

#[test]
fn a_condition_may_speak_of_the_element() {
    let world = world().elements(JOURNAL, &["a", "b"]).rule(
        &[JOURNAL],
        permit("view").to(Recipient::Anyone).when(compare(root(Root::Element), "in", path("context.approved"))),
    );
    let asks = world.asks("ola", "", "view", ON);
    let approved = |names: &[&str]| set(names.iter().map(|name| Value::Element((*name).into())));
    assert_eq!(world.cause(&with(asks.clone(), "approved", approved(&["a", "b"]))), "permitted");
    let some = with(asks.clone(), "approved", approved(&["a"]));
    assert_eq!(world.cause(&some), "not-granted");
    assert_eq!(world.cause(&of(some, &["a"])), "permitted");
    assert_eq!(missing(&world.decide(&asks)), ["context.approved"]);
    // Where it has none, there is no element to speak of.
    let mut whole = world.clone();
    whole.resource(JOURNAL).elements = Open::Known(Vec::new());
    assert_eq!(missing(&whole.decide(&with(asks.clone(), "approved", approved(&["a"])))), ["element"]);
    // A rule of elements says nothing of a resource that has none, and nobody knows where it is undecided.
    let mut named = whole.rule(&[JOURNAL], permit("disclose").to(Recipient::Anyone).of(&["a"]));
    let discloses = named.asks("ola", "", "disclose", ON);
    assert_eq!(named.cause(&discloses), "not-granted");
    named.resource(JOURNAL).elements = Open::Undecided;
    let decision = named.decide(&discloses);
    assert_eq!(
        (decision.cause.word(), missing(&decision)),
        ("undecidable", vec!["undecided m.journal elements".to_owned()])
    );
}

#[test]
fn obligations_say_where_they_come_from() {
    let mut world = world()
        .elements(JOURNAL, &["a", "b", "c"])
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).of(&["a", "b"]).oblige(1))
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).of(&["b"]).oblige(2))
        .rule(&[JOURNAL], permit("view").to(Recipient::Itself).of(&["c"]).oblige(1))
        .rule(&[JOURNAL], rule(RuleEffect::Oblige, "any").oblige(0))
        .rule(&[JOURNAL], forbid("view").when(path("context.blocked")).oblige(0));
    world.resource(JOURNAL).actions[1].oblige = vec![obligation(2)];
    let asks = with(world.asks("ola", "", "view", ON), "blocked", Value::Bool(false));
    let all = world.decide(&asks);
    assert_eq!(all.cause.word(), "permitted");
    let every = vec!["a", "b", "c"];
    assert_eq!(obliged(&all), [(0, every.clone()), (1, every.clone()), (2, every.clone())]);
    let one = world.decide(&of(asks.clone(), &["b"]));
    assert_eq!(obliged(&one), [(0, vec!["b"]), (1, vec!["b"]), (2, vec!["b"])]);
    // What is refused as forbidden obliges to what the forbid says, all else to nothing.
    let mut blocked = asks.clone();
    blocked.context.0[0].1 = Value::Bool(true);
    assert_eq!(obliged(&world.decide(&blocked)), [(0, every)]);
    assert_eq!(obliged(&world.decide(&world.asks("kari", "ola", "view", ON))), []);
}

/// The authority controls the journal, and each member controls its own.
fn controlled() -> World {
    let mut world = world();
    world.resource(JOURNAL).controllers =
        Open::Known(vec![Controlling::Organisation(AUTHORITY), Controlling::Status(MEMBER)]);
    world.role("clinic", MEMBER, "").role("kari", MANAGER, "clinic").role("per", EMPLOYEE, "clinic")
}

#[test]
fn a_permit_to_the_controller_is_for_who_acts_as_it() {
    let world = controlled().rule(&[JOURNAL], permit("view").to(Recipient::Controller));
    assert_eq!(world.cause(&world.asks("clinic", "", "view", ON)), "permitted");
    assert_eq!(world.cause(&world.asks("kari", "clinic", "view", ON)), "permitted", "a key role");
    assert_eq!(world.cause(&world.asks("per", "clinic", "view", ON)), "not-granted", "no key role");
    assert_eq!(world.cause(&world.asks("m.authority", "", "view", ON)), "permitted");
    assert_eq!(world.cause(&world.asks("office", "", "view", ON)), "not-granted");
    // With `requires` the package is enough.
    let with_package = controlled()
        .grants(REPORTING, Grantee::Role(EMPLOYEE), None)
        .rule(&[JOURNAL], permit("view").to(Recipient::Controller).requires(REPORTING));
    assert_eq!(with_package.cause(&with_package.asks("per", "clinic", "view", ON)), "permitted");
    assert_eq!(with_package.cause(&with_package.asks("kari", "clinic", "view", ON)), "not-granted");
    let mut open = world;
    open.resource(JOURNAL).controllers = Open::Undecided;
    let decision = open.decide(&open.asks("clinic", "", "view", ON));
    assert_eq!(missing(&decision), ["undecided m.journal controller"]);
}

#[test]
fn a_forbid_reads_subject_and_party() {
    let permitted = || controlled().rule(&[JOURNAL], permit("view").to(Recipient::Anyone));
    for to in [Recipient::Role(MEMBER), Recipient::Controller] {
        let world = permitted().rule(&[JOURNAL], forbid("view").to(to));
        assert_eq!(world.cause(&world.asks("per", "clinic", "view", ON)), "forbidden", "{to:?}: the party");
        assert_eq!(world.cause(&world.asks("clinic", "office", "view", ON)), "forbidden", "{to:?}: the subject");
        assert_eq!(world.cause(&world.asks("per", "office", "view", ON)), "permitted", "{to:?}: neither");
        assert_eq!(world.cause(&world.asks("", "", "view", ON)), "permitted", "{to:?}: nobody");
    }
    let world = permitted().rule(&[JOURNAL], forbid("view").to(Recipient::Organisation(AUTHORITY)));
    assert_eq!(world.cause(&world.asks("m.authority", "office", "view", ON)), "forbidden");
    let decision = world.decide(&world.asks("kari", "m.authority", "view", ON));
    let who = world.who("m.authority");
    assert_eq!(steps(&decision), [&Step::EitherIsOrganisation { who, organisation: AUTHORITY }]);
    let world = permitted().rule(&[JOURNAL], forbid("view").to(Recipient::Role(EMPLOYEE)));
    assert_eq!(world.cause(&world.asks("per", "clinic", "view", ON)), "forbidden");
    assert_eq!(world.cause(&world.asks("per", "office", "view", ON)), "permitted");
}

#[test]
fn a_role_out_of_reach_is_unknown_in_every_place() {
    let world = world()
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone))
        .rule(&[JOURNAL], permit("disclose").to(Recipient::Role(EMPLOYEE)))
        .rule(&[JOURNAL], forbid("view").when(is(root(Root::Subject), IsWhat::Role(EMPLOYEE), Some(root(Root::Party)))))
        .rule(&[JOURNAL], forbid("disclose").when(not(is(root(Root::Party), IsWhat::Role(MEMBER), None))))
        .role("clinic", MEMBER, "");
    let (views, discloses) = (world.asks("per", "clinic", "view", ON), world.asks("per", "clinic", "disclose", ON));
    assert_eq!((world.cause(&views), world.cause(&discloses)), ("permitted", "not-granted"));
    let unseen = world.out_of_reach();
    let employee = format!("role {}", EMPLOYEE.0);
    assert_eq!(missing(&unseen.decide(&views)), [employee]);
    assert_eq!(missing(&unseen.decide(&discloses)), [format!("role {}", MEMBER.0)]);
    // An organisation can be no employee, whatever cannot be seen.
    assert_eq!(unseen.cause(&unseen.asks("office", "clinic", "view", ON)), "permitted");
}

/// What `retain` becomes: overdue from the end, kept before it.
fn retain(end: Expression) -> Retain {
    let over = compare(root(Root::Today), ">=", end);
    Retain { kept: not(over.clone()), overdue: over }
}

#[test]
fn retention_counts_from_its_day() {
    let mut world = world()
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone))
        .rule(&[JOURNAL], forbid("view").when(path("record.overdue")))
        .rule(&[JOURNAL], permit("disclose").to(Recipient::Anyone).when(path("record.kept")));
    world.resource(JOURNAL).retain = Some(retain(shifted(path("record.created"), false, days(30))));
    let asks = |world: &World, action: &str, record: Option<Value>| {
        let decision = world.decide(&fullmakt::decide::Request { record, ..world.asks("ola", "", action, ON) });
        let missing = missing(&decision).join(" ");
        if missing.is_empty() {
            decision.cause.word().to_owned()
        } else {
            format!("{} {missing}", decision.cause.word())
        }
    };
    let created = |day| Some(nameless([("created", Value::Date(day))]));
    // 1 March is the thirtieth day after 30 January.
    for (record, view, disclose) in [
        (created(date(2026, 1, 31)), "permitted", "permitted"),
        (created(date(2026, 1, 30)), "forbidden", "not-granted"),
        (Some(nameless([("created", Value::None)])), "permitted", "permitted"),
        (Some(nameless([])), "undecidable record.created", "undecidable record.created"),
        (None, "undecidable record", "undecidable record"),
    ] {
        assert_eq!(asks(&world, "view", record.clone()), view, "{record:?}");
        assert_eq!(asks(&world, "disclose", record.clone()), disclose, "{record:?}");
    }
    let forever = Retain { kept: value(Constant::Bool(true)), overdue: value(Constant::Bool(false)) };
    world.resource(JOURNAL).retain = Some(forever);
    assert_eq!(asks(&world, "view", Some(nameless([]))), "permitted");
    assert_eq!(asks(&world, "disclose", Some(nameless([]))), "permitted");
    world.resource(JOURNAL).retain = None;
    assert_eq!(asks(&world, "view", Some(nameless([]))), "permitted");
    assert_eq!(asks(&world, "disclose", Some(nameless([]))), "not-granted");
    let undecided = Retain { kept: Expression::Undecided, overdue: Expression::Undecided };
    world.resource(JOURNAL).retain = Some(undecided);
    assert_eq!(asks(&world, "view", Some(nameless([]))), "undecidable undecided m.journal retain");
}

fn permitted(resource: ResourceId, action: &str) -> Expression {
    Expression::Permitted { resource, action: action.into() }
}

#[test]
fn permitted_asks_the_same_of_another_service() {
    let world = world()
        .elements(LETTERS, &["a", "b"])
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(permitted(LETTERS, "view")))
        .rule(&[LETTERS], permit("view").to(Recipient::Itself).of(&["a"]))
        .rule(&[LETTERS], permit("view").to(Recipient::Itself).of(&["b"]).when(path("context.login")));
    let asks = world.asks("ola", "", "view", ON);
    assert_eq!(world.cause(&with(asks.clone(), "login", Value::Bool(true))), "permitted");
    assert_eq!(world.cause(&with(asks.clone(), "login", Value::Bool(false))), "not-granted", "not every element");
    let decision = world.decide(&asks);
    assert_eq!((decision.cause.word(), missing(&decision)), ("undecidable", vec!["context.login".to_owned()]));
    // Also not where the other is partial.
    let mut partial = world.clone();
    partial.resource(LETTERS).actions[0].partial = true;
    assert_eq!(partial.cause(&with(asks.clone(), "login", Value::Bool(false))), "not-granted");
    // The record is this register's, not the other's.
    let record = world.rule(&[LETTERS], forbid("view").when(path("record.restricted")));
    let mut asks = with(asks, "login", Value::Bool(true));
    asks.record = Some(nameless([("restricted", Value::Bool(false))]));
    assert_eq!(missing(&record.decide(&asks)), ["record"]);
}

#[test]
fn what_asks_for_itself_is_unknown_and_a_long_row_is_no_trouble() {
    let circle = world()
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(permitted(LETTERS, "view")))
        .rule(&[LETTERS], permit("view").to(Recipient::Anyone).when(permitted(JOURNAL, "view")));
    assert_eq!(circle.cause(&circle.asks("ola", "", "view", ON)), "undecidable");
    let itself = world().rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(permitted(JOURNAL, "view")));
    assert_eq!(itself.cause(&itself.asks("ola", "", "view", ON)), "undecidable");
    let mut row = world();
    let body = row.bundle.meaning.resources[LETTERS.index()].clone();
    let many = 20_000;
    row.bundle.meaning.resources =
        (0..many).map(|at| Named { name: format!("m.r{at:05}").into(), ..body.clone() }).collect();
    for at in 1..many {
        let next = permitted(ResourceId::from(at), "view");
        row = row.rule(&[ResourceId::from(at - 1)], permit("view").to(Recipient::Anyone).when(next));
    }
    let row = row.rule(&[ResourceId::from(many - 1)], permit("view").to(Recipient::Anyone));
    assert_eq!(row.cause(&row.asks("ola", "", "view", ON)), "permitted");
}

#[test]
fn a_named_condition_is_what_it_says_where_it_is_named() {
    let mut world = world()
        .elements(JOURNAL, &["a", "b"])
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(Expression::Condition(ConditionId(1))))
        .grants(INSIGHT, Grantee::Itself, Some(Expression::Condition(ConditionId(2))));
    let condition = |name: &str, says| Defined { name: format!("m.{name}").into(), body: Condition { says } };
    world.bundle.meaning.conditions = vec![
        condition("adult", compare(shifted(path("party.birth_date"), false, years(18)), "<=", root(Root::Today))),
        condition(
            "first",
            both(
                equal(root(Root::Element), value(Constant::Element("a".into()))),
                Expression::Condition(ConditionId(0)),
            ),
        ),
        condition("open", both(Expression::Condition(ConditionId(0)), Expression::Undecided)),
    ];
    let world = world.knows("ola", "birth_date", Value::Date(date(2008, 3, 1)));
    let asks = of(world.asks("ola", "", "view", ON), &["a"]);
    assert_eq!(world.cause(&asks), "permitted", "eighteen today");
    assert_eq!(world.cause(&of(asks.clone(), &["b"])), "not-granted");
    let yesterday = world.decide(&at(asks, date(2026, 2, 28)));
    let adult = &world.bundle.meaning.conditions[0].body.says;
    assert_eq!(steps(&yesterday), [&Step::ConditionFails { part: Box::new(adult.clone()) }]);
    let open = world.decide(&world.asks("ola", "", "use", On::Package(INSIGHT)));
    assert_eq!((open.cause.word(), missing(&open)), ("undecidable", vec!["undecided m.open says".to_owned()]));
}

#[test]
fn conditions_that_stand_too_deep_in_each_other_are_unknown() {
    let nested = |depth: usize| {
        let mut world =
            world().rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(Expression::Condition(ConditionId(0))));
        world.bundle.meaning.conditions = (0..depth)
            .map(|at| {
                let says = match at + 1 {
                    next if next < depth => Expression::Condition(ConditionId::from(next)),
                    _ => value(Constant::Bool(true)),
                };
                Defined { name: format!("m.c{at:06}").into(), body: Condition { says } }
            })
            .collect();
        world.cause(&world.asks("ola", "", "view", ON))
    };
    assert_eq!(nested(100), "permitted");
    assert_eq!(nested(100_000), "undecidable");
    // A circle, too.
    let mut circle =
        world().rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(not(Expression::Condition(ConditionId(0)))));
    let says = Expression::And(vec![Expression::Condition(ConditionId(0)), Expression::Condition(ConditionId(0))]);
    circle.bundle.meaning.conditions = vec![Defined { name: "m.c".into(), body: Condition { says } }];
    assert_eq!(circle.cause(&circle.asks("ola", "", "view", ON)), "undecidable");
}

#[test]
fn who_holds_what_for_whom_may_be_asked_of_others() {
    let parent = Expression::Each {
        all: false,
        variable: "parent".into(),
        set: Box::new(path("party.parents")),
        body: Box::new(both(
            equal(
                Expression::Attribute(Box::new(Expression::Variable("parent".into())), "address".into()),
                path("party.address"),
            ),
            holds(Expression::Variable("parent".into()), INSIGHT, root(Root::Party)),
        )),
    };
    let text = |text: &str| Value::String(text.into());
    let base = world()
        .grants(INSIGHT, Grantee::Role(GUARDIAN), Some(until_sixteen()))
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(parent))
        .role("kari", GUARDIAN, "ola");
    let (kari, per) = (base.who("kari"), base.who("per"));
    let base = base
        .knows("ola", "parents", set([Value::Entity(kari), Value::Entity(per)]))
        .knows("ola", "address", text("Storgata 1"))
        .knows("kari", "address", text("Storgata 1"));
    let young = base.clone().knows("ola", "birth_date", Value::Date(date(2020, 1, 1)));
    assert_eq!(young.cause(&young.asks("per", "ola", "view", ON)), "permitted");
    // Nobody knows how old: the grant is unknown. Where the other parent lives matters not, as she does not hold it.
    let decision = base.decide(&base.asks("per", "ola", "view", ON));
    assert_eq!(missing(&decision), ["party.birth_date"]);
    let away = World { facts: young.facts.clone(), ..young.clone() };
    let mut away = away;
    let at = away.who("kari").0 as usize;
    away.facts.entities[at].attributes.0.clear();
    assert_eq!(missing(&away.decide(&away.asks("per", "ola", "view", ON))), ["party.parents.address"]);
}

#[test]
fn what_is_lacked_is_named_as_an_author_would() {
    let says = Expression::And(vec![
        compare(path("context.purpose"), "in", path("resource.purposes")),
        compare(path("party.address"), "in", path("party.parents.address")),
        not(path("record.consent")),
        path("context.signed"),
    ]);
    let mut world = world().rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(says));
    world.resource(JOURNAL).purposes = Some((EnumId(0), Open::Undecided));
    let request = with(world.asks("ola", "", "view", ON), "purpose", Value::Enum(EnumId(0), 0));
    let request = with(request, "signed", Value::Bool(true));
    assert_eq!(
        missing(&world.decide(&request)),
        ["party.address", "party.parents", "record", "undecided m.journal purposes"]
    );
    // One that is known not to be so needs no other.
    let mut unsigned = request;
    unsigned.context.0.iter_mut().filter(|(name, _)| &**name == "signed").for_each(|(_, so)| *so = Value::Bool(false));
    let decision = world.decide(&unsigned);
    assert_eq!((decision.cause.word(), missing(&decision)), ("not-granted", vec![]));
    assert_eq!(steps(&decision), [&Step::ConditionFails { part: Box::new(path("context.signed")) }]);
}

#[test]
fn organisations_and_levels_are_compared() {
    let register = value(Constant::Organisation(REGISTER));
    let special = value(Constant::Level(fullmakt::terms::level::Level::Special));
    let says = both(equal(path("context.asker"), register.clone()), compare(path("resource.data"), ">=", special));
    let world = world().rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(says)).rule(
        &[JOURNAL],
        permit("disclose").to(Recipient::Anyone).when(is(root(Root::Party), IsWhat::Organisation(REGISTER), None)),
    );
    let asker = |who: EntityId| with(world.asks("ola", "", "view", ON), "asker", Value::Entity(who));
    assert_eq!(world.cause(&asker(world.who("m.register"))), "permitted");
    assert_eq!(world.cause(&asker(world.who("m.authority"))), "not-granted");
    assert_eq!(world.cause(&world.asks("ola", "m.register", "disclose", ON)), "permitted");
    assert_eq!(world.cause(&world.asks("ola", "m.authority", "disclose", ON)), "not-granted");
}

#[test]
fn an_open_grant_is_met_where_its_condition_is_so() {
    let mut world = world()
        .grants(INSIGHT, Grantee::Role(GUARDIAN), Some(until_sixteen()))
        .role("kari", GUARDIAN, "ola")
        .knows("ola", "birth_date", Value::Date(date(2015, 6, 1)));
    world.package(INSIGHT).grants[0].undecided = true;
    let asks = world.asks("kari", "ola", "use", On::Package(INSIGHT));
    let met = |day| world.decide(&at(asks.clone(), day)).open.iter().map(|one| one.open).collect::<Vec<_>>();
    assert_eq!(met(date(2031, 5, 31)), [OpenValue::GrantToRole(GUARDIAN)]);
    assert_eq!(met(date(2031, 6, 1)), []);
}

#[test]
fn of_several_permits_the_shortest_chain_is_told_for_each_element() {
    let world = world()
        .elements(JOURNAL, &["a", "b"])
        .grants(REPORTING, Grantee::Role(MANAGER), None)
        .role("kari", MANAGER, "clinic")
        .gives("kari", "per", "clinic", REPORTING, date(2026, 1, 1))
        .rule(&[JOURNAL], permit("view").requires(REPORTING))
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).of(&["b"]));
    let decision = world.decide(&world.asks("per", "clinic", "view", ON));
    assert_eq!(carried(&decision), [(0, vec!["a"]), (1, vec!["b"])]);
    let kari = world.decide(&world.asks("kari", "clinic", "view", ON));
    assert_eq!(carried(&kari), [(0, vec!["a"]), (1, vec!["b"])]);
}

#[test]
fn a_condition_tells_the_facts_that_make_it_so() {
    let guards = is(root(Root::Subject), IsWhat::Role(GUARDIAN), Some(root(Root::Party)));
    let says = Expression::And(vec![
        either(guards, holds(root(Root::Subject), REPORTING, root(Root::Party))),
        not(is(root(Root::Party), IsWhat::Role(MEMBER), None)),
    ]);
    let world = world()
        .elements(JOURNAL, &["a", "b"])
        .grants(REPORTING, Grantee::Role(MANAGER), None)
        .rule(&[JOURNAL], permit("view").to(Recipient::Anyone).when(says))
        .role("kari", GUARDIAN, "ola")
        .role("per", MANAGER, "office");
    let told = |subject: &str, party: &str| {
        let decision = world.decide(&world.asks(subject, party, "view", ON));
        assert_eq!((decision.cause.word(), decision.traces.len()), ("permitted", 1));
        let links = decision.traces[0].chain.iter();
        links
            .map(|link| (link.depth, format!("{:?}", link.step).split(' ').next().unwrap_or("").to_owned()))
            .collect::<Vec<_>>()
    };
    let named = |steps: &[(u16, &str)]| steps.iter().map(|(at, step)| (*at, (*step).to_owned())).collect::<Vec<_>>();
    assert_eq!(told("kari", "ola"), named(&[(0, "Anyone"), (0, "ConditionHolds"), (1, "Role")]));
    assert_eq!(
        told("per", "office"),
        named(&[(0, "Anyone"), (0, "ConditionHolds"), (1, "Holds"), (2, "Grant"), (2, "Role")])
    );
}
