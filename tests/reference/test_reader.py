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
from conditions import MISSING
from reader import Asked, decide, oslo_date

PERSON = {"onward": False, "to": ["kind", "person"]}
ONWARD = {"onward": True, "to": ["kind", "person"]}
ORGANISATION = {"onward": False, "to": ["kind", "organisation"]}
BUNDLE = {"format": 1, "words": {}, "meaning": {
    "built_in": {}, "entities": {}, "enums": {}, "obligations": {}, "conditions": {},
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
    "resources": {"demo.report": [{"kind": "service", "data": "none", "actions": {"see": {}, "send": {}, "visit": {}}}]},
    "rules": {
        "demo.report/permit/send/0001": [{"requires": ["package", "demo.reading"]}],
        "demo.report/permit/see/0002": [{"to": ["role", "demo.member"]}],
        "demo.report/permit/visit/0003": [{"to": ["anyone"], "before": "2027-01-01"}]}}}
FACTS = {
    "people": {"kari": {}, "per": {}, "ola": {}}, "organisations": {"clinic": {}, "office": {}, "branch": {}},
    "roles": [{"subject": "kari", "role": "demo.manager", "party": "clinic", "from": "2020-01-01"},
              {"subject": "ola", "role": "demo.agent", "party": "office"},
              {"subject": "ola", "role": "demo.agent", "party": "branch"},
              {"subject": "clinic", "role": "demo.main_unit", "party": "branch"},
              {"subject": "clinic", "role": "demo.member"}],
    "delegations": [{"giver": "kari", "receiver": "per", "party": "clinic", "package": "demo.reporting",
                     "given": "2026-02-01", "before": "2027-01-01"}],
    "out_of_reach": []}
PERMIT = {"decision": "permit", "cause": "permitted", "obligations": [], "released": None, "open": []}


def deny(*questions, cause="not-granted"):
    return {"decision": "deny", "cause": cause, "obligations": [], "released": None, "open": list(questions)}


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
            self.facts["people"][receiver] = {}
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


def parsed(text):
    """A cell of an operator table as an expression."""
    text = text.strip()
    if text == "missing":
        return ["attr", ["context"], "unheard_of"]
    if text in ("none", "true", "false"):
        return ["none"] if text == "none" else text == "true"
    if text.startswith("["):
        return ["set", *map(parsed, filter(None, text[1:-1].split(",")))]
    if text.isdigit():
        return int(text)
    amount, _, unit = text.partition(" ")
    return ["duration", int(amount), unit if unit.endswith("s") else unit + "s"] if unit else ["date", text]


def applied(formula, row):
    """What a column of an operator table says, of the values of a row."""
    words = formula.replace("(", " ").replace(")", " ").replace(":", " ").split()
    if words[0] in ("any", "all"):
        return [words[0], words[1], row[words[3]], [words[5], ["variable", words[4]], int(words[6])]]
    if words[0] == "not":
        return ["not", row[words[1]]]
    return [words[1], row[words[0]], row[words[2]]]


def operator_tables():
    """The tables of docs/meaning.md: for each row and each column that has a formula, the expression and what it gives."""
    page = pathlib.Path(__file__).parents[2] / "docs" / "meaning.md"
    head = None
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        if cells is None or head is None:
            head = cells
        elif not cells[0].startswith("---"):
            row = {name: parsed(cell) for name, cell in zip(head, cells) if len(name) == 1}
            for formula, cell in zip(head, cells):
                if len(formula) > 1:
                    yield f"{formula} of {line}", applied(formula, row), cell


class Operators(unittest.TestCase):
    def test_tables(self):
        """Every row of every table. A condition is asked by itself; a value is compared with what the page says it is."""
        rows = 0
        for label, expression, cell in operator_tables():
            rows += 1
            with self.subTest(label):
                asked = Asked(BUNDLE, FACTS, {"at": "2026-03-01T12:00:00+01:00", "action": "see",
                                              "on": {"resource": "demo.report"}}, Counter())
                value = asked.value(expression, {"context": ("nameless", "context", {})})
                expected = MISSING if cell == "unknown" else asked.value(parsed(cell), {})
                self.assertEqual(value, expected)
        self.assertGreater(rows, 100)


class Registry(unittest.TestCase):
    """Elements, records, conditions and obligations: a register with two elements, by hand."""

    def setUp(self):
        self.bundle, self.facts, self.seen = copy.deepcopy(BUNDLE), copy.deepcopy(FACTS), Counter()
        self.meaning = self.bundle["meaning"]
        self.meaning["built_in"] = {"person": {"born": "date", "friends": ["set", ["entity", "person"]]},
                                    "context": {"login": "bool", "level": ["enum", "demo.level"]}, "delegation": {"paper": "bool"}}
        self.meaning["enums"] = {"demo.level": {"ascending": True, "values": ["low", "high"]}}
        self.meaning["conditions"] = {"demo.grown_up": {"says": [
            ">=", ["today"], ["+", ["attr", ["party"], "born"], ["duration", 18, "years"]]]}}
        self.meaning["entities"] = {"demo.case": {"attributes": {"closed": ["or_none", "date"]}}}
        closed = ["attr", ["record"], "closed"]
        self.meaning["resources"]["demo.npr"] = [{
            "kind": "register", "data": "special", "actions": {"see": {"partial": True, "oblige": [{"obligation": "demo.log"}]},
                                                               "erase": {}}, "elements": ["name", "place"],
            "controllers": [["organisation", "demo.register"], ["status", "demo.member"]], "records": "demo.case",
            "basis": [["gdpr", "6(1)(a)"]], "retain": {"kept": ["not", [">=", ["today"], closed]], "overdue": [">=", ["today"], closed]}}]
        self.rules = self.meaning["rules"] = {}
        self.request = {"at": "2026-03-01T12:00:00+01:00", "subject": "kari", "party": "kari", "action": "see",
                        "on": {"resource": "demo.npr"}, "context": {"login": True}}

    def rule(self, key, **says):
        self.rules.setdefault(key, []).append(says)

    def ask(self, **more):
        return decide(self.bundle, self.facts, self.request | more, self.seen)

    def cause(self, **more):
        return self.ask(**more)["cause"]

    def test_elements_and_obligations(self):
        self.rule("demo.npr/permit/see/01", of=["name"], to=["self"], oblige=[{"obligation": "demo.mask", "arguments": {"by": 1}}])
        self.rule("demo.all/oblige/any/02", on=["demo.npr"], oblige=[{"obligation": "demo.log"}])
        answer = self.ask()
        self.assertEqual((answer["cause"], answer["released"]), ("permitted", ["name"]))
        self.assertEqual(answer["obligations"], [{"obligation": "demo.mask", "arguments": {"by": 1}, "elements": ["name"]},
                                                 {"obligation": "demo.log", "elements": ["name"]}])
        self.assertEqual(self.cause(elements=["place"]), "not-granted")
        self.assertEqual(self.cause(elements=["unheard_of"]), "not-granted")
        self.rule("demo.all/forbid/any/03", on=["demo.npr"], of=["name"], oblige=[{"obligation": "demo.tell"}])
        answer = self.ask()
        self.assertEqual((answer["cause"], answer["released"]), ("forbidden", None))
        self.assertEqual(answer["obligations"], [{"obligation": "demo.tell", "elements": ["name"]}])

    def test_gravest(self):
        self.rule("demo.npr/permit/erase/01", of=["name"], to=["self"])
        self.assertEqual(self.cause(action="erase"), "not-granted")
        self.assertEqual(self.cause(action="erase", elements=["name"]), "permitted")
        self.rule("demo.npr/permit/erase/02", of=["place"], to=["self"], when=["attr", ["context"], "unheard_of"])
        self.assertEqual(self.cause(action="erase"), "undecidable")

    def test_conditions(self):
        self.rule("demo.npr/permit/see/01", to=["self"], when=["condition", "demo.grown_up"])
        self.assertEqual(self.cause(), "undecidable")
        self.facts["people"]["kari"] = {"born": "2008-03-02"}
        self.assertEqual(self.cause(), "not-granted")
        self.assertEqual(self.cause(at="2026-03-01T23:00:00Z"), "permitted")
        self.rules.clear()
        friends = ["attr", ["attr", ["party"], "friends"], "born"]
        self.rule("demo.npr/permit/see/01", to=["self"], when=["in", ["date", "2000-01-01"], friends])
        self.facts["people"] |= {"kari": {"friends": ["per", "ola"]}, "per": {"born": "2001-01-01"}}
        self.assertEqual(self.cause(), "undecidable")
        self.facts["people"]["ola"] = {"born": "2000-01-01"}
        self.assertEqual(self.cause(), "permitted")
        self.rules.clear()
        self.rule("demo.npr/permit/see/01", to=["self"], when=[">=", ["attr", ["context"], "level"], ["enum", "demo.level", "high"]])
        self.assertEqual([self.cause(context={"level": level}) for level in ("low", "high")], ["not-granted", "permitted"])

    def test_nobody(self):
        self.rule("demo.npr/permit/see/01", to=["anyone"])
        self.rule("demo.npr/forbid/see/02", when=["and", ["!=", ["subject"], ["party"]], ["attr", ["party"], "unheard_of"]])
        nobody = {"subject": None, "party": None}
        self.assertEqual(self.cause(**nobody), "permitted")
        self.rule("demo.npr/forbid/see/03", when=["is", ["subject"], ["kind", "person"]])
        self.assertEqual(self.cause(**nobody), "permitted")
        self.rule("demo.npr/forbid/see/04", when=["==", ["attr", ["record"], "person"], ["party"]])
        self.assertEqual(self.cause(**nobody), "undecidable")
        self.assertEqual(self.cause(**nobody, record={"person": "kari"}), "permitted")

    def test_records(self):
        self.facts["records"] = {"one": {"register": "demo.npr", "person": "kari", "closed": "none"}}
        self.rule("demo.npr/permit/see/01", to=["self"], when=["==", ["attr", ["record"], "person"], ["party"]])
        self.rule("demo.npr/forbid/see/02", when=["attr", ["record"], "overdue"])
        self.assertEqual(self.cause(record="one"), "permitted")
        self.assertEqual(self.cause(record={"person": "kari", "closed": "2026-03-01"}), "forbidden")
        self.assertEqual(self.cause(record={"person": "kari"}), "undecidable")
        self.assertEqual(self.cause(), "undecidable")

    def test_controllers(self):
        self.rule("demo.npr/permit/see/01", to=["controller"])
        self.assertEqual(self.cause(party="clinic"), "permitted")
        self.assertEqual(self.cause(subject="per", party="clinic"), "not-granted")
        self.rule("demo.npr/forbid/see/02", to=["controller"], when=["is", ["party"], ["kind", "person"]])
        self.assertEqual(self.cause(subject="clinic"), "forbidden")
        self.assertEqual(self.cause(), "not-granted")

    def test_conditional_grants_and_lines(self):
        package = self.meaning["packages"]["demo.reporting"][0]
        package["grants"] = [{"delegate": True, "use": True, "to": ["role", "demo.manager"], "when": [
            "==", ["attr", ["holder"], "born"], ["date", "2000-01-01"]]}]
        package["delegable"] = [{"onward": False, "to": ["kind", "person"], "when": ["attr", ["delegation"], "paper"]}]
        self.rule("demo.npr/permit/see/01", requires=["package", "demo.reporting"])
        self.rule("demo.npr/permit/erase/02", to=["anyone"], when=["not", ["holds", ["subject"], "demo.reporting", ["party"]]])
        causes = lambda who: (self.cause(subject=who, party="clinic"), self.cause(subject=who, party="clinic", action="erase"))
        self.assertEqual(causes("kari"), ("undecidable", "undecidable"))
        self.facts["people"]["kari"] = {"born": "2000-01-01"}
        self.assertEqual(causes("kari"), ("permitted", "not-granted"))
        self.assertEqual(causes("per"), ("undecidable", "undecidable"))
        self.facts["delegations"][0]["paper"] = True
        self.assertEqual(causes("per"), ("permitted", "not-granted"))
        self.facts["people"]["kari"] = {"born": "2000-01-02"}
        self.assertEqual(causes("per"), ("not-granted", "permitted"))

    def test_permitted(self):
        self.rule("demo.report/permit/see/01", to=["self"], when=["attr", ["context"], "login"])
        self.rule("demo.npr/permit/see/02", to=["self"], when=["permitted", "demo.report", "see"])
        self.assertEqual([self.cause(context=context) for context in ({"login": True}, {"login": False}, {})],
                         ["permitted", "not-granted", "undecidable"])

    def test_of_resource(self):
        self.rule("demo.npr/permit/see/01", to=["self"], when=["in", ["gdpr", "6(1)(a)"], ["attr", ["resource"], "basis"]])
        self.rule("demo.npr/forbid/see/02", when=["<=", ["attr", ["resource"], "data"], ["level", "personal"]])
        self.assertEqual(self.cause(), "permitted")
        self.meaning["resources"]["demo.npr"][0]["data"] = "undecided"
        self.assertEqual(self.cause(), "undecidable")


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
            facts, _, answers = compare.smallest({"facts": FACTS, "request": request}, bundle,
                                                 lambda bundle, facts, request: PERMIT if facts["delegations"] else deny())
        self.assertEqual(answers, (PERMIT, deny()))
        self.assertEqual((facts["roles"], facts["delegations"]), ([], FACTS["delegations"]))
        self.assertEqual((set(facts["people"]), set(facts["organisations"])), ({"kari", "per"}, {"clinic"}))


if __name__ == "__main__":
    unittest.main()
