//! What texts cost that look short: nothing grows faster than they do.

use super::*;

#[test]
fn short_texts_cost_little() {
    let mut text = "module a\n".to_owned();
    for at in 0..2_500 {
        text.push_str(&format!(
            "service s{at} \"S\" {{ action x \"X\" permit x to self }}\npolicy p{at} for every service {{ forbid x }}\n"
        ));
    }
    given(&text).reports("policies-too-large").once().alone();
    let mut text = "module a\nentity context { on bool }\ncondition c0 = context.on\n".to_owned();
    for at in 1..3_000 {
        text.push_str(&format!("condition c{at} = c{} and c{}\n", at - 1, at / 2));
    }
    text.push_str("package p \"P\" { grant to self when c2999 }\nservice s \"S\" { action x \"X\" permit x to self when c2999 }\npolicy q for every service where c2999 { forbid x }\n");
    let given = given(&text);
    given.reports("root-out-of-place").under(["c2999", "c2999"]).alone();
}

#[test]
fn where_asks_each_named_condition_once() {
    let mut text = "module a\ncondition c0 = resource.data == special\n".to_owned();
    for at in 1..200 {
        text.push_str(&format!("condition c{at} = c{0} and (c{0} or c{0})\n", at - 1));
    }
    text.push_str("service s \"S\" { data special action x \"X\" permit x to self }\nservice t \"T\" { action x \"X\" permit x to self }\npolicy q for every service where c199 { forbid x }\n");
    let given = given(&text);
    given.is_clean();
    assert_eq!(given.catalog().policies[0].selects, [0]);
}

#[test]
fn as_deep_as_the_parser_lets_anybody_nest() {
    let nests =
        [("not (", ")"), ("context.login and (party.confidential or (", "))"), ("any(a in party.parents: ", ")")];
    for (open, close) in nests {
        // The deepest that is read.
        let (mut least, mut most) = (1, 4_000);
        while most - least > 1 {
            let middle = (least + most) / 2;
            let text = format!("{}context.login{}", open.repeat(middle), close.repeat(middle));
            let too_deep = rule(&text).finds().iter().any(|(name, _)| *name == "nested-too-deep");
            if too_deep { most = middle } else { least = middle }
        }
        assert!(least > 20 && least < 2_000, "{open}: {least}");
    }
}
