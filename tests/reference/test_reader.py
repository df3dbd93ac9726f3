"""The reader by hand: a small clinic whose answers can be read off docs/meaning.md."""
import contextlib
import copy
import io
import json
import pathlib
import sys
import tempfile
import unittest
from collections import Counter
from datetime import datetime

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import compare
from reader import decide, oslo_date

PERSON = {"onward": False, "to": ["kind", "person"]}
ONWARD = {"onward": True, "to": ["kind", "person"]}
ORGANISATION = {"onward": False, "to": ["kind", "organisation"]}
BUNDLE = {"format": 1, "words": {}, "meaning": {
    "organisations": {"demo.register": {}},
    "roles": {
        "demo.manager": [{"by": ["person"], "for": ["organisation"], "source": "demo.register", "key": True}],
        "demo.agent": [{"by": ["person"], "for": ["organisation"], "agent": True}],
        "demo.main_unit": [{"by": ["organisation"], "for": ["organisation"], "covers": True}],
        "demo.member": [{"by": ["organisation"]}]},
    "areas": {"demo.health": [{"delegable": [PERSON]}]},
    "packages": {
        "demo.reporting": [{"area": "demo.health", "for": ["organisation"], "delegable": [ONWARD, ORGANISATION], "grants": [
            {"delegate": True, "use": True, "to": ["role", "demo.manager"]},
            {"delegate": True, "use": True, "undecided": True, "to": ["role", "demo.agent"]}]}],
        "demo.reading": [{"for": ["organisation"], "grants": [{"use": True, "to": ["package", "demo.reporting"]}]}],
        "demo.unsettled": [{"for": "undecided", "delegable": [{"undecided": True}], "grants": [{"undecided": True}]}]},
    "resources": {"demo.report": [{"kind": "service", "actions": ["see", "send", "visit"]}]},
    "rules": {
        "demo.report/permit/send/0001": [{"requires": ["package", "demo.reading"]}],
        "demo.report/permit/see/0002": [{"to": ["role", "demo.member"]}],
        "demo.report/permit/visit/0003": [{"to": ["anyone"], "before": "2027-01-01"}]}}}
FACTS = {
    "entities": {"kari": "person", "per": "person", "ola": "person", "clinic": "organisation", "office": "organisation",
                 "branch": "organisation"},
    "roles": [{"subject": "kari", "role": "demo.manager", "party": "clinic", "from": "2020-01-01"},
              {"subject": "ola", "role": "demo.agent", "party": "office"},
              {"subject": "ola", "role": "demo.agent", "party": "branch"},
              {"subject": "clinic", "role": "demo.main_unit", "party": "branch"},
              {"subject": "clinic", "role": "demo.member"}],
    "delegations": [{"giver": "kari", "receiver": "per", "party": "clinic", "package": "demo.reporting",
                     "given": "2026-02-01", "before": "2027-01-01"}],
    "out_of_reach": []}
PERMIT = {"decision": "permit", "cause": "permitted", "open": []}


def deny(*questions, cause="not-granted"):
    return {"decision": "deny", "cause": cause, "open": list(questions)}


class Clinic(unittest.TestCase):
    def setUp(self):
        self.bundle, self.facts, self.seen = copy.deepcopy(BUNDLE), copy.deepcopy(FACTS), Counter()

    def ask(self, subject, action, party="clinic", at="2026-03-01T12:00:00+01:00", to=None, **on):
        request = {"at": at, "action": action, "on": on}
        request |= {key: value for key, value in (("subject", subject), ("party", party), ("to", to)) if value}
        return decide(self.bundle, self.facts, request, self.seen)

    def give(self, giver, receiver, **more):
        self.facts["delegations"].append({"giver": giver, "receiver": receiver, "party": "clinic", "given": "2026-02-01"} | more)

    def test_oslo(self):
        for moment, day in (("2026-03-28T23:30:00Z", "2026-03-29"), ("2026-03-28T22:59:59Z", "2026-03-28"),
                            ("2026-06-30T22:00:00Z", "2026-07-01"), ("2026-10-25T22:30:00Z", "2026-10-25"),
                            ("2026-12-31T23:00:00Z", "2027-01-01"), ("2026-07-01T00:30:00+05:00", "2026-06-30")):
            self.assertEqual(oslo_date(datetime.fromisoformat(moment)), day)

    def test_role_and_delegation(self):
        self.assertEqual(self.ask("kari", "send", resource="demo.report"), PERMIT)
        self.assertEqual(self.ask("per", "send", resource="demo.report"), PERMIT)
        self.assertEqual(self.ask("per", "use", package="demo.reporting", at="2026-12-31T23:00:00Z"), deny())
        self.assertEqual(self.seen["run-out link"], 1)
        self.facts["delegations"][0]["withdrawn"] = "2026-03-01T11:00:00Z"
        self.assertEqual(self.ask("per", "use", package="demo.reporting"), deny())
        self.assertEqual(self.seen["withdrawn link"], 1)

    def test_key_covers_agent(self):
        self.assertEqual(self.ask("kari", "use", party="branch", package="demo.reporting"), PERMIT)
        self.give("kari", "office", package="demo.reporting")
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), deny())
        self.give("office", "ola", package="demo.reporting")
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), PERMIT)
        self.assertEqual(self.ask("office", "delegate", package="demo.reporting"), PERMIT)
        self.assertEqual(self.ask("office", "delegate", package="demo.reporting", to="per"), deny())
        self.facts["roles"].append({"subject": "per", "role": "demo.manager", "party": "office"})
        self.facts["delegations"].pop(0)
        self.assertEqual(self.ask("per", "use", package="demo.reporting"), PERMIT)
        for way in ("rule a", "rule b", "rule c", "rule d", "P1", "P4"):
            self.assertGreater(self.seen[way], 0, way)

    def test_party_gives(self):
        self.give("clinic", "ola", package="demo.reporting")
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), PERMIT)
        self.facts["roles"].pop(0)
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), deny())

    def test_area(self):
        self.assertEqual(self.ask("per", "use", area="demo.health"), deny())
        self.give("kari", "per", area="demo.health")
        self.assertEqual(self.ask("per", "use", area="demo.health"), PERMIT)
        self.assertEqual(self.ask("kari", "use", area="demo.health"), deny())
        self.give("per", "kari", area="demo.health")  # the area is not onward, and a role takes nothing away
        self.assertEqual(self.ask("kari", "use", area="demo.health"), deny())
        self.bundle["meaning"]["areas"]["demo.health"][0]["delegable"] = [ONWARD]
        self.assertEqual(self.ask("kari", "use", area="demo.health"), PERMIT)
        self.assertEqual(self.ask("per", "delegate", area="demo.health", to="ola"), PERMIT)

    def test_nine_links(self):
        names = ["per"] + [f"person{number}" for number in range(2, 10)]
        for giver, receiver in zip(names, names[1:]):
            self.facts["entities"][receiver] = "person"
            self.give(giver, receiver, package="demo.reporting")
        self.assertEqual(self.ask("person8", "use", package="demo.reporting"), PERMIT)
        self.assertEqual(self.ask("person8", "delegate", package="demo.reporting", to="ola"), PERMIT)
        self.assertEqual(self.seen["ninth link"], 0)
        self.assertEqual(self.ask("person9", "use", package="demo.reporting"), deny())
        self.assertEqual(self.seen["ninth link"], 1)

    def test_circle(self):
        self.facts["delegations"] = []
        self.give("per", "ola", package="demo.reporting")
        self.give("ola", "per", package="demo.reporting")
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), deny())
        self.assertEqual(self.seen["cycle"], 1)

    def test_out_of_reach(self):
        self.facts["out_of_reach"] = ["demo.register"]
        self.assertEqual(self.ask("kari", "send", resource="demo.report"), deny(cause="undecidable"))
        self.assertEqual(self.ask("clinic", "send", resource="demo.report"), deny())

    def test_open_questions(self):
        self.facts["roles"].append({"subject": "ola", "role": "demo.agent", "party": "clinic"})
        question = "demo.reporting grant role demo.agent"
        self.assertEqual(self.ask("ola", "use", package="demo.reporting"), deny(question))
        self.assertEqual(self.ask("ola", "use", area="demo.health"), deny(question))
        self.assertEqual(self.ask("ola", "use", package="demo.unsettled"), deny("demo.unsettled for", "demo.unsettled grant"))
        self.assertEqual(self.ask("ola", "delegate", package="demo.unsettled"),
                         deny("demo.unsettled delegable", "demo.unsettled for", "demo.unsettled grant"))

    def test_permits(self):
        self.assertEqual(self.ask(None, "visit", party=None, resource="demo.report"), PERMIT)
        self.assertEqual(self.ask("ola", "visit", resource="demo.report", at="2027-01-01T00:00:00+01:00"), deny())
        self.assertEqual(self.ask("kari", "see", resource="demo.report"), PERMIT)
        self.assertEqual(self.ask("clinic", "see", party=None, resource="demo.report"), PERMIT)
        self.assertEqual(self.ask("ola", "see", resource="demo.report"), deny())


class Comparing(unittest.TestCase):
    REQUEST = {"at": "2026-03-01T12:00:00+01:00", "subject": "per", "party": "clinic", "action": "use",
               "on": {"package": "demo.reporting"}}

    def run_on(self, *answers, arguments=()):
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "bundle.json").write_text(json.dumps(BUNDLE))
            pathlib.Path(directory, "pairs.jsonl").write_text("".join(json.dumps(
                {"bundle": "bundle.json", "facts": FACTS, "request": self.REQUEST, "answer": answer}) + "\n"
                for answer in answers))
            with contextlib.redirect_stdout(io.StringIO()) as out:
                code = compare.main([directory, *arguments])
            return code, out.getvalue()

    def test_totals(self):
        self.assertEqual(self.run_on()[0], 1)
        code, text = self.run_on(deny(), PERMIT)
        self.assertEqual(code, 1)
        self.assertIn("2 pairs compared", text)
        self.assertIn("disagreement in line 1,", text)
        self.assertIn("fewer than 9 pairs", self.run_on(PERMIT, arguments=["--at-least", "9"])[1])
        self.assertIn("permits are not between", self.run_on(PERMIT)[1])

    def test_smallest(self):
        """Somebody who takes every delegation for good: what stays is the one that makes the difference."""
        with tempfile.TemporaryDirectory() as directory:
            bundle = pathlib.Path(directory, "bundle.json")
            bundle.write_text(json.dumps(BUNDLE))
            request = self.REQUEST | {"at": "2027-03-01T12:00:00+01:00"}
            facts, answers = compare.smallest({"facts": FACTS, "request": request}, bundle,
                                              lambda bundle, facts, request: PERMIT if facts["delegations"] else deny())
        self.assertEqual(answers, (PERMIT, deny()))
        self.assertEqual((facts["roles"], facts["delegations"]), ([], FACTS["delegations"]))
        self.assertEqual(set(facts["entities"]), {"kari", "per", "clinic"})


if __name__ == "__main__":
    unittest.main()
