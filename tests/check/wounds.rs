//! A fault is one finding: with any one token taken out of a text in order, the checks of rules, registers and targets say
//! nothing new because of what was lost.

use super::{texts, tokens};
use std::collections::BTreeSet;

const TEXT: &str = r#"module demo.wounds
target xacml

organisation alpha "Alpha"
organisation beta "Beta"
role manager "Manager" { from alpha held by person for organisation }
role hospital "Hospital" { from beta held by organisation }
group all_of_them = manager, hospital
enum purpose = care, research
enum level = low < high
enum kind = serial, project
entity person { level level, parents set of person, address string }
entity context { purpose purpose, login bool, count integer }
obligation log
obligation mask(by: kind)
condition at_home = party.address in party.parents.address
condition grown = party.level > low and context.login
package insight "Insight" {
  about "Insight."
  delegable no
  services yes
  data special
  grant to manager when holder == party
}
action disclose "Hand out" oblige log
action erase "Erase"
service list "List" {
  elements one, two
  action view "View" partial
  permit view of one
    requires insight
    when at_home or context.count < 3
  permit view of two to alpha, beta when context.purpose == care
    oblige mask(by: serial)
}
register visits "Visits" {
  data special
  controller hospital
  processor beta
  basis gdpr 6(1)(a), gdpr 9(2)(a)
  purposes care
  retain at most 10 years after record.created
  elements one, two
  action view "View"
  permit view to all_of_them when grown
  permit view to self when not grown
  permit disclose of one to manager when permitted list.view oblige mask(by: project)
  permit disclose of two to manager oblige mask(by: serial)
}
policy rights for every register where gdpr 6(1)(a) in basis {
  forbid disclose when record.consent != given
  permit erase to controller
  forbid erase when record.kept
  never view to alpha
}
"#;

#[test]
fn a_lost_token_brings_no_finding_of_a_check() {
    assert_eq!(texts(TEXT).said(), [""; 0]);
    let mut wrong = Vec::new();
    for token in tokens(TEXT) {
        let mut torn = TEXT.to_owned();
        torn.replace_range(token.clone(), "");
        let texts = texts(&torn);
        let findings = &texts.checked.findings;
        let is_fault = |number: &str| number < "FM0301" || ("FM0330".."FM0350").contains(&number);
        if !findings.iter().any(|finding| finding.is_error() && is_fault(finding.code.number)) {
            // What is left is another text in order.
            continue;
        }
        let more: BTreeSet<String> = findings
            .iter()
            .filter(|finding| !is_fault(finding.code.number) && finding.code.number != "FM0315")
            .map(|finding| texts.line(finding))
            .collect();
        if !more.is_empty() {
            let line = TEXT[..token.start].lines().count();
            wrong.push(format!("{line} without `{}`: {more:#?} after {:#?}", &TEXT[token], texts.said()));
        }
    }
    assert!(wrong.is_empty(), "{} deletions:\n{}", wrong.len(), wrong.join("\n"));
}
