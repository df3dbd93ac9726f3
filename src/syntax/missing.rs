//! What is said where one word or value is missing. Like `expected`, it reads no text itself.

use super::expected::{Fault, article};
use super::grammar::Rule;
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Span};

/// The finding for a fault.
pub(super) fn say(fault: &Fault<'_>) -> Diagnostic {
    let place = fault.place;
    let keyword = fault.keyword;
    match fault.rule {
        Rule::lost_name if keyword == "module" => fault
            .finding(&codes::MISSING_NAME, "the `module` line names no module")
            .label("the name is missing here")
            .help("write the name of the module, which its path ends with: `module demo.clinic`"),
        Rule::lost_name => fault
            .finding(&codes::MISSING_NAME, format!("{} without a name", article(keyword)))
            .label("the name is missing here")
            .help(format!("write a name of the letters a–z, digits and `_` after `{keyword}`")),
        Rule::lost_path => fault
            .form("a `use` line does not say what is used")
            .label("the name of a module is missing here")
            .help("write the module and what is taken from it: `use demo.roles.{manager}`"),
        Rule::lost_first_segment | Rule::lost_segment => fault
            .form("a name is missing beside a dot")
            .label("no name stands before this dot")
            .help("write the module before the dot: `demo.roles.manager`, or remove the dot"),
        Rule::lost_used => fault
            .form("a `use` line ends with a dot")
            .label("nothing follows this dot")
            .help("write `*` for all names of the module, or `{a, b}` for some"),
        Rule::lost_dot => fault
            .form("a `use` line lacks the dot before the names")
            .label("`.` is missing here")
            .help("write `.` between the module and what is taken from it")
            .fix(place, ".")
            .certain(),
        Rule::lost_equals => fault
            .form(format!("{} lacks its `=`", fault.owner()))
            .label("`=` is missing here")
            .help("write `=` between the name of the group and its members")
            .fix(place, " =")
            .certain(),
        Rule::lost_urn if keyword == "namespace" => fault
            .form(format!("{} does not say its URN", fault.owner()))
            .label("the URN is missing here")
            .help("write the beginning that its URNs have in common: `namespace demo urn:demo { … }`"),
        Rule::lost_urn => fault
            .form(format!("the form of a {keyword} does not say its URN"))
            .label("the URN is missing here")
            .help(format!("write the form, with `{{name}}` for a segment: `{keyword} urn:demo:{keyword}:{{name}}`")),
        Rule::lost_value => {
            let help = match keyword {
                "services" | "key" | "covers" | "agent" => "`yes` or `no`",
                "data" => "`none`, `personal` or `special`",
                "code" => "the code",
                "from" => "the organisation that answers for the fact",
                "held" => "`by` and the kinds of those who hold it, as `by person for organisation`",
                _ => "`no`, or `to` and who may receive it",
            };
            fault
                .form(format!("expected {help} after `{keyword}`"))
                .label("the value is missing here")
                .help(format!("write {help}, or `undecided \"…\"` with the question that is open"))
        }
        Rule::bad_text => fault
            .form(format!("a text in quotation marks is no value of `{keyword}`"))
            .label("a word must stand here")
            .help("write the value without quotation marks, or `undecided` before the question that is open"),
        Rule::lost_question => fault
            .form("`undecided` without its question")
            .label("the question is missing here")
            .help("write what is open, in quotation marks: `undecided \"what a manager may do\"`"),
        Rule::lost_text => fault
            .form(format!("expected a text in quotation marks after `{keyword}`"))
            .label("the text is missing here")
            .help(format!("write the text in quotation marks: `{keyword} … \"…\"`").replace(" … ", " ")),
        Rule::lost_requires => fault
            .form("expected `requires` before the packages of a permit")
            .label("`requires` is missing here")
            .help("write `requires` before the packages")
            .fix(place, " requires"),
        Rule::lost_operand => fault
            .form(format!("expected a value after `{}`", fault.previous()))
            .label("nothing that can stand in a condition follows")
            .help(format!("write what belongs after `{}`, or remove it", fault.previous())),
        Rule::lost_infix | Rule::lost_infix_here => fault
            .form("two parts of a condition stand beside each other")
            .label("what joins them is missing here")
            .help("write `and` or `or` between two conditions, or an operator such as `==`, `in` or `is`"),
        Rule::bad_operator => {
            let (found, meant) = match fault.text {
                "=>" => ("`=>` compares nothing", ">="),
                "=<" => ("`=<` compares nothing", "<="),
                "=" => ("`=` compares nothing", "=="),
                "!" => ("`!` compares nothing", "!="),
                "&" | "&&" => ("`and` is written as a word", "and"),
                _ => ("`or` is written as a word", "or"),
            };
            let made = fault.form(found).label("no operator of the language").help(format!("write `{meant}`"));
            let made = made.fix(place, meant);
            // `!` may be meant for `not`, and `=>` for what follows from what.
            if matches!(fault.text, "!" | "=>") { made } else { made.certain() }
        }
        Rule::bad_colon => fault
            .form("a parenthesis with `:` in it, and no `any` or `all` before it")
            .label("`any` or `all` is missing before the parenthesis")
            .help("write `any(one in party.parents: …)` or `all(one in party.parents: …)`"),
        Rule::lost_law => fault
            .form("expected `law` before the name of a law")
            .label("`law` is missing before this")
            .help("write `law` before the text")
            .fix(Place { span: Span { end: place.span.start, ..place.span }, ..place }, "law ")
            .certain(),
        Rule::bad_dot => fault
            .form("a name is missing beside a dot")
            .label("no name follows this dot")
            .help("write the attribute after the dot: `party.birth_date`, or remove the dot"),
        Rule::bad_whom => fault
            .form("`for` stands behind no `is` and no `holds`")
            .label("nothing before this is a role or a package")
            .help("write `X is R for Y` or `X holds P for Y`"),
        Rule::lost_in => fault
            .form(format!("expected `in` and a set after `{keyword}(`"))
            .label("`in` is missing here")
            .help(format!("write `{keyword}(one in party.parents: …)`"))
            .fix(place, " in")
            .certain(),
        Rule::lost_colon if matches!(keyword, "any" | "all") => fault
            .form(format!("expected `:` after the set of `{keyword}`"))
            .label("`:` is missing here")
            .help("write `:` between the set and what is asked of each of it")
            .fix(place, ":")
            .certain(),
        Rule::lost_colon => fault
            .form("expected `:` after the name of a parameter")
            .label("`:` is missing here")
            .help("write `:` between the parameter and its type or value")
            .fix(place, ":")
            .certain(),
        Rule::lost_when => fault
            .form("expected `when` before a condition")
            .label("`when` is missing here")
            .help("write `when` before the condition")
            .fix(place, " when"),
        Rule::lost_oblige if keyword == "any" => fault
            .form("expected `oblige` after `any action`")
            .label("`oblige` is missing here")
            .help("write what every permit obliges to: `any action oblige log`"),
        Rule::lost_oblige => fault
            .form("expected `oblige` before an obligation")
            .label("`oblige` is missing here")
            .help("write `oblige` before the obligation")
            .fix(place, " oblige"),
        Rule::lost_action => fault
            .form("expected `action` after `any`")
            .label("`action` is missing here")
            .help("write `any action`")
            .fix(place, " action")
            .certain(),
        Rule::lost_type => fault
            .form(format!("`{keyword}` does not say of which type it is"))
            .label("the type is missing after this")
            .help("write a type: `bool`, `integer`, `string`, `date`, `datetime`, `duration`, an enum or an entity"),
        Rule::lost_of if keyword == "records" => fault
            .form("expected `of` after `records`")
            .label("`of` is missing here")
            .help("write `records of` before the entity of the records")
            .fix(place, " of"),
        Rule::lost_of => fault
            .form("expected `of` after `set`")
            .label("`of` is missing here")
            .help("write `set of` before the type of its members")
            .fix(place, " of")
            .certain(),
        Rule::lost_set => fault
            .form("expected `set` before `of`")
            .label("`set` is missing here")
            .help("write `set of` before the type of its members")
            .fix(place, " set")
            .certain(),
        Rule::lost_none => fault
            .form("expected `none` after `or`")
            .label("`none` is missing here")
            .help("write `or none` where there may be none")
            .fix(place, " none"),
        Rule::lost_or => fault
            .form("expected `or` before `none`")
            .label("`or` is missing here")
            .help("write `or none` where there may be none")
            .fix(place, " or")
            .certain(),
        Rule::lost_selector => fault
            .form(format!("{} does not say which resources it is for", fault.owner()))
            .label("`for` is missing here")
            .help("write `for` and the resources, or `for every register`"),
        Rule::lost_for => fault
            .form(format!("{} lacks its `for`", fault.owner()))
            .label("`for` is missing here")
            .help("write `for` before the resources")
            .fix(place, " for")
            .certain(),
        Rule::lost_sort_name => fault
            .form("expected a sort after `every`")
            .label("the sort is missing here")
            .help("write `every service`, `every register` or `every resource`"),
        Rule::lost_basis | Rule::lost_article => fault
            .form(format!("expected a legal basis after `{}`", fault.previous()))
            .label("the basis is missing here")
            .help("write an article, as `gdpr 6(1)(e)`, or a law, as `law \"The Health Act § 11\"`"),
        Rule::lost_after => fault
            .form("expected `after` behind a duration")
            .label("`after` is missing here")
            .help("write after what: `30 days after record.created`")
            .fix(place, " after")
            .certain(),
        Rule::lost_end => fault
            .form(format!("expected an end after `{}`", fault.previous()))
            .label("it is not said when it ends")
            .help("write `until` and a date, or a duration and `after` a date: `30 days after record.created`"),
        Rule::lost_by => fault
            .form("expected `by` after `held`")
            .label("`by` is missing here")
            .help("write `by` before the kinds of those who hold the role")
            .fix(place, " by")
            .certain(),
        Rule::lost_to if keyword == "delegable" => {
            let made = fault
                .form("expected `no` after `delegable`, or `to` and who may receive it")
                .label("neither `no` nor `to` stands here")
                .help("write `delegable no`, or `delegable to` and who may receive it");
            let answer = fault.after.trim_start();
            if answer.starts_with("yes") { made } else { made.fix(place, " to").certain() }
        }
        Rule::lost_to => fault
            .form("expected `to`, and then who is granted it")
            .label("`to` is missing here")
            .help("write `to` before the roles that are granted the package")
            .fix(place, " to")
            .certain(),
        Rule::lost_to_whom => fault
            .form("expected `to`, and then who is granted it")
            .label("this grant names nobody")
            .help("write `to` and the roles that are granted the package: `grant to manager`"),
        Rule::lost_and => fault
            .form("expected `and` before `onward`")
            .label("`and` is missing here")
            .help("write `and onward` where the receiver may pass it on")
            .fix(place, " and")
            .certain(),
        Rule::lost_onward => fault
            .form("expected `onward` after `and`")
            .label("`onward` is missing here")
            .help("write `and onward` where the receiver may pass it on, or remove `and`")
            .fix(place, " onward"),
        Rule::lost_code => fault
            .form("an `allow` does not say which warning it answers")
            .label("the code is missing here")
            .help("write the code of the warning and why it is meant: `allow FM0303 \"…\"`"),
        Rule::bad_days => fault
            .form(format!("expected `from` or `before` after `valid`, found `{}`", fault.first().0))
            .label("`from` or `before` is missing before this")
            .help("write `valid from 2026-01-01`, `valid before 2027-01-01`, or both"),
        Rule::lost_days => fault
            .form("expected `from` or `before` and a day after `valid`")
            .label("the period is missing here")
            .help("write `valid from 2026-01-01`, `valid before 2027-01-01`, or both"),
        _ => fault
            .form(format!("expected a day after `{}`", fault.previous()))
            .label("the day is missing here")
            .help("write the day as year, month and day: `2026-01-31`"),
    }
}
