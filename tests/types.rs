//! Conditions, rules over resources and the words they speak of: what they link to, what type each part has, and each
//! finding with its text.

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
role guardian \"Guardian\" { held by person for person }
role researcher \"Researcher\" { held by person for organisation }
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
