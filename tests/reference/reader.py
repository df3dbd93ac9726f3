"""A reader of `bundle.json`, written from docs/meaning.md and docs/bundle.md alone.

Plain recursion over lists: no index, no memo, nothing but the standard library. Each function
names the sentences of docs/meaning.md that it implements (E: conditions.py). It is slow on purpose:
what it is for is to be compared with `fullmakt decide`, so nothing of that may ever be taken over into it.
"""
import json
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone

from conditions import MISSING, NONE, Conditions, all_of, any_of

MOST_LINKS = 8
GRAVEST = ["forbidden", "undecidable", "not-granted"]
KINDS = {"people": "person", "organisations": "organisation", "system_users": "system_user"}


def last_sunday(year, month):
    """01:00 UTC of the last Sunday of March, September or October."""
    last = datetime(year, month, 30 if month == 9 else 31, 1)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def oslo_date(moment):  # T1
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    summer = last_sunday(utc.year, 3) <= utc < last_sunday(utc.year, 10 if utc.year >= 1996 else 9)
    return (utc + timedelta(hours=2 if summer else 1)).date().isoformat()


def fewest(ways, least=0):  # H7; None is no way, and nothing can be better than `least`
    best = None
    for links in ways:
        if links is not None and (best is None or links < best):
            best = links
        if best == least:
            break
    return best


def text(value):
    return json.dumps(value, sort_keys=True)


class Asked(Conditions):
    """One request, with what it stands on."""

    def __init__(self, bundle, facts, request, seen):
        meaning = self.meaning = bundle["meaning"]
        self.request, self.seen = request, seen
        self.now = datetime.fromisoformat(request["at"])
        self.today = oslo_date(self.now)
        self.roles, self.areas, self.packages, self.resources = (
            self.versions_in_force(meaning[table]) for table in ("roles", "areas", "packages", "resources"))
        self.attributes = {name: {} for name in meaning["organisations"]}  # F1, F5
        self.entities = {name: "organisation" for name in meaning["organisations"]}
        for table, kind in KINDS.items():
            for name, known in facts.get(table, {}).items():
                self.entities[name], self.attributes[name] = kind, known or {}
        self.things = {(sort, name): known for sort, named in facts.get("things", {}).items() for name, known in named.items()}
        self.records = facts.get("records", {})  # F6
        for name, known in self.records.items():
            self.things[("record", known["register"]), name] = known
        self.organisations = [name for name, kind in self.entities.items() if kind == "organisation"]
        self.role_facts = [fact for fact in facts["roles"] if self.in_force(fact)]  # F2
        self.out_of_reach = facts["out_of_reach"]  # F4
        self.action, self.on, self.area = request["action"], request["on"], request["on"].get("area")
        self.delegations = [d for d in facts["delegations"] if self.area is None or d.get("area") == self.area]  # Q4
        self.subject = request.get("subject")  # Q1
        self.party = request.get("party", self.subject) if self.subject is not None else None
        self.to = request.get("to") if self.subject is not None else None
        self.times = {"now": ("datetime", self.now), "today": ("date", self.today)}
        self.certainly, self.possibly = Holding(self, False), Holding(self, True)  # K1

    # Time, facts and roles
    def in_force(self, period):  # T2, T4
        return period.get("from", "") <= self.today and ("before" not in period or self.today < period["before"])

    def versions_in_force(self, names):  # T3
        return {name: version for name, versions in names.items() for version in versions if self.in_force(version)}

    def delegation_in_force(self, given):  # F3
        withdrawn = "withdrawn" in given and self.now >= datetime.fromisoformat(given["withdrawn"])
        self.seen["withdrawn link"] += withdrawn
        self.seen["run-out link"] += "before" in given and self.today >= given["before"]
        return self.in_force(given) and self.today >= given["given"] and not withdrawn

    def has(self, subject, name, party=None):  # R1, R2: the role for the party; without a party: the status
        role = self.roles.get(name)
        if role is None or ("for" in role) != (party is not None):
            return False
        if role.get("source") in self.out_of_reach:
            fits = self.entities.get(subject) in role["by"] and (party is None or self.entities.get(party) in role["for"])
            return MISSING if fits else False
        return any(fact["subject"] == subject and fact["role"] == name and fact.get("party") == party
                   for fact in self.role_facts)

    def has_marked(self, subject, mark, party):  # R3: a role that is `key`, `covers` or `agent`
        return any_of(self.has(subject, name, party) for name, role in self.roles.items() if role.get(mark) is True)

    def holds(self, subject, package, party):  # E12, U2, K1
        if subject is None:
            return False
        if self.certainly.cut(self.certainly.holds(subject, package, party)):
            return True
        return MISSING if self.possibly.cut(self.possibly.holds(subject, package, party)) else False

    # Requests
    def answer(self):
        if "resource" in self.on:
            cause, decided = self.decided(self.on["resource"], self.action, self.recorded(), self.request.get("elements"))
            answer = {"cause": cause, "obligations": self.obligations(cause, decided), "released": self.released(cause, decided)}
        else:
            cause = ("permitted" if self.certainly.question() else  # C3
                     "undecidable" if self.possibly.question() else "not-granted")
            answer = {"cause": cause, "obligations": [], "released": None}
        self.seen[cause] += 1
        return answer | {"decision": "permit" if cause == "permitted" else "deny",
                         "open": self.open_questions() if cause == "not-granted" else []}

    def recorded(self):
        """The record of the request: the name of one of the facts, or one written in its place."""
        record, sort = self.request.get("record"), ("record", self.on["resource"])
        if record is None:
            return MISSING
        return ("thing", sort, record) if isinstance(record, str) else ("nameless", sort, record)

    # Decisions on resources
    def decided(self, name, action, record, named=None, partial=None):  # Q8, C2
        """The cause, and of each element its cause and obligations. `partial`: None as the action says."""
        resource = self.resources.get(name, {})
        elements = resource.get("elements", [])
        if elements == "undecided" or not elements:
            asked = [(None, True)]
        else:
            asked = [(element, element in elements) for element in sorted(named or elements)]
        decided = [(element, *(self.of_element(name, action, record, element) if known else ("not-granted", [])))
                   for element, known in asked]
        if partial is None:
            partial = resource.get("actions", {}).get(action, {}).get("partial", False)
        causes = [cause for _, cause, _ in decided]
        if (any if partial else all)([cause == "permitted" for cause in causes]):
            self.seen["C2 partial"] += len(set(causes)) > 1
            return "permitted", decided
        self.seen["C2 gravest"] += len(set(causes)) > 1
        return next(cause for cause in GRAVEST if cause in causes), decided

    def of_element(self, name, action, record, element):  # C1, O1
        place = self.times | {
            "subject": ("entity", self.subject) if self.subject is not None else NONE,
            "party": ("entity", self.party) if self.subject is not None else NONE,
            "context": ("nameless", "context", self.request.get("context", {})), "resource": ("resource", name), "record": record,
            "element": MISSING if element is None else ("name", element)}
        found = {"permit": [], "forbid": [], "oblige": []}
        for effect, rule in self.rules_over(name, action):
            if effect == "never":
                self.seen["U6"] += 1
            else:
                applies = self.applies(effect, rule, place)
                self.tell(f"U1 {effect}", applies)
                found[effect].append((applies, rule.get("oblige", [])))
        forbids, permits = (any_of(applies for applies, _ in found[effect]) for effect in ("forbid", "permit"))
        cause = ("forbidden" if forbids is True else "undecidable" if forbids is MISSING else
                 "permitted" if permits is True else "undecidable" if permits is MISSING else "not-granted")
        obliged = [(effect, one) for effect, rules in found.items() for applies, oblige in rules if applies is True for one in oblige]
        if cause == "permitted":
            obliged += [("action", one) for one in self.resources[name]["actions"][action].get("oblige", [])]
            obliged = [(effect, one) for effect, one in obliged if effect != "forbid"]
        else:
            obliged = [(effect, one) for effect, one in obliged if effect == "forbid" and cause == "forbidden"]
        self.seen.update({f"O1 {effect}" for effect, _ in obliged})
        return cause, [one for _, one in obliged]

    def obligations(self, cause, decided):  # O2
        found = {}
        for element, one_cause, obliged in decided:
            for one in obliged if one_cause == cause else []:
                found.setdefault(text(one), []).extend([element] if element not in (None, *found.get(text(one), [])) else [])
        count = sum(one_cause == cause for _, one_cause, _ in decided)
        self.seen["O2 some elements"] += any(0 < len(elements) < count for elements in found.values())
        return [json.loads(one) | {"elements": elements} for one, elements in sorted(found.items())]

    def released(self, cause, decided):  # O3
        partial = self.resources.get(self.on["resource"], {}).get("actions", {}).get(self.action, {}).get("partial")
        if cause != "permitted" or not partial or decided[0][0] is None:
            return None
        self.seen["O3"] += 1
        return [element for element, one_cause, _ in decided if one_cause == "permitted"]

    def permitted(self, name, action):  # E13
        cause, _ = self.decided(name, action, MISSING, partial=False)
        return True if cause == "permitted" else MISSING if cause == "undecidable" else False

    # Rules
    def rules_over(self, name, action):  # Q7, and of U1 what is in force
        if action not in self.resources.get(name, {}).get("actions", {}):
            return
        for key, scopes in self.meaning["rules"].items():
            owner, effect, of, _ = key.split("/")
            for rule in scopes if of in (action, "any") else []:
                if name in rule.get("on", [owner]) and self.in_force(rule):
                    self.seen["U1 policy"] += "on" in rule
                    self.seen["U1 any"] += of == "any" and effect != "oblige"
                    yield effect, rule

    def applies(self, effect, rule, place):  # U1
        of = self.has_element(rule["of"], place) if "of" in rule else True
        if of is False or effect == "permit" and "to" not in rule and "requires" not in rule:
            return False
        parts = [of]
        if "to" in rule:
            parts.append(self.is_for(effect, rule["to"], "requires" in rule, place))
        if "requires" in rule:
            parts.append(self.tell("U2", self.required(rule["requires"])))
        if "when" in rule:
            parts.append(self.truth(rule["when"], place))
        return all_of(parts)

    def has_element(self, of, place):
        if place["element"] is MISSING:
            return MISSING if self.resources[place["resource"][1]].get("elements") == "undecided" else False
        self.seen["U1 of"] += 1
        return place["element"][1] in of

    def required(self, requires):  # U2
        if requires[0] == "package":
            return self.holds(self.subject, requires[1], self.party)
        return (all_of if requires[0] == "and" else any_of)(self.required(part) for part in requires[1:])

    def is_for(self, effect, to, requires, place):  # U3–U5
        if to == ["anyone"] or self.subject is None:
            return self.tell("U3", to == ["anyone"])
        if to == ["self"]:
            return self.tell("U3", self.subject == self.party)
        if to[0] == "role" and "for" in self.roles.get(to[1], {}):
            return self.tell("U3", self.has(self.subject, to[1], self.party))
        if effect == "forbid":
            return self.tell("U5", any_of(self.is_recipient(who, to, place) for who in (self.subject, self.party)))
        acts = requires or self.subject == self.party or self.has_marked(self.subject, "key", self.party)
        return self.tell("U4", all_of([self.is_recipient(self.party, to, place), acts]))

    def is_recipient(self, who, to, place):  # U4, U5
        if to[0] == "role":
            return self.has(who, to[1])
        return who == to[1] if to[0] == "organisation" else self.controls(who, to[0], place)

    def controls(self, who, what, place):  # E11
        named = self.resources[place["resource"][1]].get(what + "s", []) if "resource" in place else "undecided"
        if named == "undecided":
            return MISSING
        return any_of(who == name if kind == "organisation" else self.has(who, name) for kind, name in named)

    def tell(self, sentence, value):
        self.seen[f"{sentence} {'unknown' if value is MISSING else str(value).lower()}"] += 1
        return value

    # Open questions
    def open_questions(self):  # C4, C5
        mine = [given for given in self.delegations if self.subject is not None and given["receiver"] == self.subject
                and given["party"] == self.party and self.delegation_in_force(given)]
        found, areas = set(), {self.area} if self.area and (mine or self.action == "delegate") else set()
        for name in self.packages_read():
            package = self.packages.get(name, {})
            naming = [given for given in mine if package and (
                given.get("package") == name or "area" in given and given["area"] == package.get("area"))]
            areas |= {given["area"] for given in naming if "area" in given}
            if package.get("for") == "undecided":
                found.add(f"{name} for")
            for grant in package.get("grants", []):
                if grant.get("undecided") and self.in_force(grant) and ("to" not in grant or self.subject is not None
                        and self.certainly.cut(self.certainly.reaches(grant, self.subject, self.party, 0, MOST_LINKS + 1))):
                    found.add(" ".join([name, "grant"] + grant.get("to", [])))
            if self.action == "delegate" or naming:
                found |= self.undecided_lines(name, package)
        return sorted(found.union(*(self.undecided_lines(area, self.areas.get(area, {})) for area in areas)))

    def undecided_lines(self, name, thing):
        return {f"{name} delegable" for line in thing.get("delegable", []) if line.get("undecided")}

    def packages_of_area(self):  # Q4
        return [name for name, package in self.packages.items() if package.get("area") == self.area
                and (package["for"] == "undecided" or self.entities.get(self.party) in package["for"])]

    def packages_read(self):  # C4
        if "resource" in self.on:
            return [name for effect, rule in self.rules_over(self.on["resource"], self.action) if effect == "permit"
                    for name in self.named(rule.get("requires", ["and"]))]
        return [self.on["package"]] if "package" in self.on else self.packages_of_area()

    def named(self, requires):
        return [requires[1]] if requires[0] == "package" else [n for part in requires[1:] for n in self.named(part)]


class Holding:
    """Who holds, may pass on and receive, in one of the two passes of K1."""

    def __init__(self, asked, possibly):
        self.asked, self.possibly, self.seen, self.path = asked, possibly, asked.seen, set()
        self.entities, self.packages = asked.entities, asked.packages

    def so(self, value):  # K1
        return self.possibly if value is MISSING else value

    def has(self, subject, name, party=None):
        return self.so(self.asked.has(subject, name, party))

    def has_marked(self, subject, mark, party):
        return self.so(self.asked.has_marked(subject, mark, party))

    def when(self, condition, **roots):  # H2, D2
        if condition is None:
            return True
        roots = {name: value if isinstance(value, tuple) else ("entity", value) for name, value in roots.items()}
        value = self.asked.truth(condition, self.asked.times | roots)
        self.asked.tell("H2 when" if "holder" in roots else "D2 when", value)
        return self.so(value)

    def covering(self, party):  # H6, P1
        return [organisation for organisation in self.asked.organisations if self.has_marked(organisation, "covers", party)]

    def package_for(self, name, party):  # H1
        package = self.packages.get(name)
        fits = package is not None and package["for"] != "undecided" and self.entities.get(party) in package["for"]
        return package if fits else None

    def once(self, goal, ways, least):
        """A circle gives nothing: the shortest way to a goal never leads through the goal itself."""
        if goal in self.path:
            self.seen["cycle"] += 1
            return None
        self.path.add(goal)
        links = fewest(ways, least)
        self.path.remove(goal)
        return links

    def count(self, what, links):
        self.seen[what] += links is not None
        return links

    def cut(self, links):  # H7, P5
        self.seen["ninth link"] += links is not None and links > MOST_LINKS
        return links is not None and links <= MOST_LINKS

    # Holding
    def reaches(self, grant, subject, party, least, left):  # H2, without what makes the grant count
        to = grant["to"]
        if to[0] == "package":
            links = self.holds(subject, to[1], party, least=least, left=left)
        elif to == ["self"]:
            links = 0 if subject == party and least == 0 else None
        else:
            reached = self.has(subject, to[1], party) or subject == party and self.has(subject, to[1])
            links = 0 if reached and least == 0 else None
        return links if links is not None and self.when(grant.get("when"), holder=subject, party=party) else None

    def granted(self, package, right, subject, party, least, left):  # H2, H3, P1; `right` is use or delegate
        return fewest((self.reaches(grant, subject, party, least, left) for grant in package.get("grants", [])
                       if grant.get(right) and not grant.get("undecided") and self.asked.in_force(grant)), least)

    def holds(self, subject, name, party, rules="abcd", least=0, left=MOST_LINKS + 1):
        """H1, H7: the fewest links, but not fewer than `least` (Q5), of holding by one of the rules; `left`
        is how many links may still come, one more than may be, so that `cut` can count those."""
        package = self.package_for(name, party)
        def ways():
            yield self.count("rule a", self.granted(package, "use", subject, party, least, left))  # H3
            yield self.count("rule b", self.received(subject, name, party, False, left))  # H4
            if "c" in rules and self.entities[subject] == "person":  # H5
                for organisation in self.asked.organisations:
                    if self.has_marked(subject, "key", organisation):
                        yield self.count("rule c", self.holds(organisation, name, party, "ab", least, left))
            if "d" in rules:  # H6
                for organisation in self.covering(party):
                    yield self.count("rule d", self.holds(subject, name, organisation, "abc", least, left))
        if package is None or subject not in self.entities:
            return None
        return self.once((rules, subject, name, party, least), ways(), least)

    def received(self, subject, name, party, onward, left):  # H4; with `onward` P2
        package = self.packages[name]
        def ways():
            for given in self.asked.delegations:
                if given["receiver"] != subject or given["party"] != party or given["giver"] == subject:
                    continue
                if name != given.get("package") and ("area" not in given or package.get("area") != given["area"]):
                    continue
                things = [package] + ([self.asked.areas.get(given["area"])] if "area" in given else [])
                if self.asked.delegation_in_force(given) and all(
                        self.delegable(thing, subject, given["giver"], party, given, onward) for thing in things):
                    links = self.passes(given["giver"], name, party, subject, left - 1)
                    yield None if links is None else links + 1
        return self.once(("b", subject, name, party, onward), ways(), 1) if left > 0 else None

    # Delegable
    def delegable(self, thing, receiver, giver, party, given=None, onward=False):  # D1, D3
        given = given or {"given": self.asked.today}
        return thing is not None and any(
            self.admits(line["to"], receiver, giver, party)
            and self.when(line.get("when"), giver=giver, receiver=receiver, party=party, delegation=("nameless", "delegation", given))
            for line in thing.get("delegable", []) if not line.get("undecided") and (line["onward"] or not onward))

    def admits(self, to, receiver, giver, party):  # D2
        if to[0] == "kind":
            return self.entities.get(receiver) == to[1]
        return self.has(receiver, to[1], giver) or self.has(receiver, to[1], party) or self.has(receiver, to[1])

    # Passing on
    def passes(self, giver, name, party, receiver, left=MOST_LINKS + 1):  # P1–P4; no receiver: P1–P3
        package = self.package_for(name, party)
        def ways():
            yield self.count("P1", self.granted_to_pass(package, giver, party, left))
            yield self.count("P2", self.received(giver, name, party, True, left))
            if giver == party:
                yield self.count("P3", fewest(self.granted_to_pass(package, who, party, left) for who in self.entities))
            if receiver is not None and giver in self.asked.organisations and self.has_marked(receiver, "agent", giver):
                yield self.count("P4", self.holds(giver, name, party, "ab", 0, left))
        return None if package is None else fewest(ways())

    def granted_to_pass(self, package, giver, party, left):  # P1
        return fewest(self.granted(package, "delegate", giver, of, 0, left) for of in [party] + self.covering(party))

    # Requests
    def question(self):  # Q2–Q6
        asked = self.asked
        if asked.subject is None:
            return False
        if "package" in asked.on:
            return self.about(asked.on["package"], 0)
        area, names = asked.areas.get(asked.area), asked.packages_of_area()
        if area is None or not names or not all([self.about(name, 1) for name in names]):
            return False
        return asked.action == "use" or self.receivable(area)

    def about(self, name, least):  # Q2, Q3; of each package of an area Q5, Q6
        asked = self.asked
        if asked.action == "use":
            return self.cut(self.holds(asked.subject, name, asked.party, least=least))
        if asked.action != "delegate" or name not in self.packages or not self.receivable(self.packages[name]):
            return False
        to = [asked.to] if asked.to is not None else [None] + [
            other for other in self.entities if other != asked.subject and self.has_marked(other, "agent", asked.subject)
            and self.delegable(self.packages[name], other, asked.subject, asked.party)]
        return any(self.cut(self.passes(asked.subject, name, asked.party, receiver)) for receiver in to)

    def receivable(self, thing):  # Q3, Q6
        if self.asked.to is not None:
            return self.asked.to != self.asked.subject and self.delegable(thing, self.asked.to, self.asked.subject, self.asked.party)
        return any(not line.get("undecided") for line in thing.get("delegable", []))


def decide(bundle, facts, request, seen=None):  # C1–C5
    """The answer. `seen`, a Counter, is told what occurred on the way, each once."""
    met = Counter()
    answer = Asked(bundle, facts, request, met).answer()
    if seen is not None:
        seen.update({what for what, times in met.items() if times})
    return answer


if __name__ == "__main__":
    read = lambda path: json.load(open(path, encoding="utf-8"))
    print(json.dumps(decide(*map(read, sys.argv[1:4]))))
