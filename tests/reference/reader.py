"""A reader of `bundle.json`, written from docs/meaning.md and docs/bundle.md alone.

Plain recursion over lists: no index, no memo, nothing but the standard library. Each function
names the sentences of docs/meaning.md that it implements. It is slow on purpose: what it is for
is to be compared with `fullmakt decide`, so nothing of that may ever be taken over into it.
"""
import json
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone

MOST_LINKS = 8


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


class Reading:
    """One request, in one of the two passes of K1."""

    def __init__(self, bundle, facts, request, possibly, seen):
        meaning = bundle["meaning"]
        self.possibly, self.seen, self.path = possibly, seen, set()
        self.now = datetime.fromisoformat(request["at"])
        self.today = oslo_date(self.now)
        self.roles, self.areas, self.packages, self.resources, self.rules = (
            self.versions_in_force(meaning[table]) for table in ("roles", "areas", "packages", "resources", "rules"))
        self.entities = {name: "organisation" for name in meaning["organisations"]} | facts["entities"]  # F1
        self.organisations = [name for name, kind in self.entities.items() if kind == "organisation"]
        self.role_facts = [fact for fact in facts["roles"] if self.in_force(fact)]  # F2
        self.out_of_reach = facts["out_of_reach"]  # F4
        self.action, self.on, self.area = request["action"], request["on"], request["on"].get("area")
        self.delegations = [d for d in facts["delegations"] if self.area is None or d.get("area") == self.area]  # Q4
        self.subject = request.get("subject")  # Q1
        self.party = request.get("party", self.subject) if self.subject is not None else None
        self.to = request.get("to") if self.subject is not None else None

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
            return (self.possibly and self.entities.get(subject) in role["by"]
                    and (party is None or self.entities.get(party) in role["for"]))
        return any(fact["subject"] == subject and fact["role"] == name and fact.get("party") == party
                   for fact in self.role_facts)

    def has_marked(self, subject, mark, party):  # R3: a role that is `key`, `covers` or `agent`
        return any(role.get(mark) is True and self.has(subject, name, party) for name, role in self.roles.items())

    def covering(self, party):  # H6, P1
        return [organisation for organisation in self.organisations if self.has_marked(organisation, "covers", party)]

    # Holding
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

    def reaches(self, to, subject, party, least, left):  # H2, for what a grant names
        if to[0] == "package":
            return self.holds(subject, to[1], party, least=least, left=left)
        if to == ["self"]:
            reached = subject == party
        else:
            reached = self.has(subject, to[1], party) or subject == party and self.has(subject, to[1])
        return 0 if reached and least == 0 else None

    def granted(self, package, right, subject, party, least, left):  # H2, H3, P1; `right` is use or delegate
        return fewest((self.reaches(grant["to"], subject, party, least, left) for grant in package.get("grants", [])
                       if grant.get(right) and not grant.get("undecided") and self.in_force(grant)), least)

    def holds(self, subject, name, party, rules="abcd", least=0, left=MOST_LINKS + 1):
        """H1, H7: the fewest links, but not fewer than `least` (Q5), of holding by one of the rules; `left`
        is how many links may still come, one more than may be, so that `cut` can count those."""
        package = self.package_for(name, party)
        def ways():
            yield self.count("rule a", self.granted(package, "use", subject, party, least, left))  # H3
            yield self.count("rule b", self.received(subject, name, party, False, left))  # H4
            if "c" in rules and self.entities[subject] == "person":  # H5
                for organisation in self.organisations:
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
            for given in self.delegations:
                if given["receiver"] != subject or given["party"] != party or given["giver"] == subject:
                    continue
                if name != given.get("package") and ("area" not in given or package.get("area") != given["area"]):
                    continue
                things = [package] + ([self.areas.get(given["area"])] if "area" in given else [])
                if self.delegation_in_force(given) and all(
                        self.delegable(thing, subject, given["giver"], party, onward) for thing in things):
                    links = self.passes(given["giver"], name, party, subject, left - 1)
                    yield None if links is None else links + 1
        return self.once(("b", subject, name, party, onward), ways(), 1) if left > 0 else None

    # Delegable
    def delegable(self, thing, receiver, giver, party, onward=False):  # D1, D3
        return thing is not None and any(
            self.admits(line["to"], receiver, giver, party) for line in thing.get("delegable", [])
            if not line.get("undecided") and (line["onward"] or not onward))

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
            if receiver is not None and giver in self.organisations and self.has_marked(receiver, "agent", giver):
                yield self.count("P4", self.holds(giver, name, party, "ab", 0, left))
        return None if package is None else fewest(ways())

    def granted_to_pass(self, package, giver, party, left):  # P1
        return fewest(self.granted(package, "delegate", giver, of, 0, left) for of in [party] + self.covering(party))

    def cut(self, links):  # H7, P5
        self.seen["ninth link"] += links is not None and links > MOST_LINKS
        return links is not None and links <= MOST_LINKS

    # Requests
    def question(self):  # Q2–Q7, C1
        if "resource" in self.on:
            return any([self.applies(permit) for permit in self.permits()])
        if self.subject is None:
            return False
        if "package" in self.on:
            return self.asked(self.on["package"], 0)
        area, names = self.areas.get(self.area), self.packages_of_area()
        if area is None or not names or not all([self.asked(name, 1) for name in names]):
            return False
        return self.action == "use" or self.receivable(area)

    def asked(self, name, least):  # Q2, Q3; of each package of an area Q5, Q6
        if self.action == "use":
            return self.cut(self.holds(self.subject, name, self.party, least=least))
        if self.action != "delegate" or name not in self.packages or not self.receivable(self.packages[name]):
            return False
        to = [self.to] if self.to is not None else [None] + [
            other for other in self.entities if other != self.subject and self.has_marked(other, "agent", self.subject)
            and self.delegable(self.packages[name], other, self.subject, self.party)]
        return any(self.cut(self.passes(self.subject, name, self.party, receiver)) for receiver in to)

    def receivable(self, thing):  # Q3, Q6
        if self.to is not None:
            return self.to != self.subject and self.delegable(thing, self.to, self.subject, self.party)
        return any(not line.get("undecided") for line in thing.get("delegable", []))

    def packages_of_area(self):  # Q4
        return [name for name, package in self.packages.items() if package.get("area") == self.area
                and (package["for"] == "undecided" or self.entities.get(self.party) in package["for"])]

    # Rules
    def permits(self):  # Q7, and of U1 what is in force
        start, known = f"{self.on['resource']}/permit/{self.action}/", self.on["resource"] in self.resources
        return [rule for key, rule in self.rules.items() if known and key.startswith(start)]

    def applies(self, permit):  # U1
        return (("to" not in permit or self.is_for(permit["to"], "requires" in permit))
                and ("requires" not in permit or self.required(permit["requires"])))

    def required(self, requires):  # U2
        if requires[0] == "package":
            return self.subject is not None and self.cut(self.holds(self.subject, requires[1], self.party))
        return (all if requires[0] == "and" else any)([self.required(part) for part in requires[1:]])

    def is_for(self, to, requires):  # U3, U4
        if to == ["anyone"] or self.subject is None:
            return to == ["anyone"]
        if to == ["self"]:
            return self.subject == self.party
        if to[0] == "role" and "for" in self.roles.get(to[1], {}):
            return self.has(self.subject, to[1], self.party)
        is_party = self.has(self.party, to[1]) if to[0] == "role" else self.party == to[1]
        return is_party and (requires or self.subject == self.party or self.has_marked(self.subject, "key", self.party))

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
                        and self.cut(self.reaches(grant["to"], self.subject, self.party, 0, MOST_LINKS + 1))):
                    found.add(" ".join([name, "grant"] + grant.get("to", [])))
            if self.action == "delegate" or naming:
                found |= self.undecided_lines(name, package)
        return sorted(found.union(*(self.undecided_lines(area, self.areas.get(area, {})) for area in areas)))

    def undecided_lines(self, name, thing):
        return {f"{name} delegable" for line in thing.get("delegable", []) if line.get("undecided")}

    def packages_read(self):  # C4
        if "resource" in self.on:
            return [name for permit in self.permits() for name in self.named(permit.get("requires", ["and"]))]
        return [self.on["package"]] if "package" in self.on else self.packages_of_area()

    def named(self, requires):
        return [requires[1]] if requires[0] == "package" else [n for part in requires[1:] for n in self.named(part)]


def decide(bundle, facts, request, seen=None):  # K1, C1–C4
    """The answer. `seen`, a Counter, is told what occurred on the way, each once."""
    met = Counter()
    certainly = Reading(bundle, facts, request, False, met)
    if certainly.question():
        answer = {"decision": "permit", "cause": "permitted", "open": []}
    elif Reading(bundle, facts, request, True, met).question():
        answer = {"decision": "deny", "cause": "undecidable", "open": []}
    else:
        answer = {"decision": "deny", "cause": "not-granted", "open": certainly.open_questions()}
    if seen is not None:
        seen.update({what for what, times in met.items() if times} | {answer["cause"]})
    return answer


if __name__ == "__main__":
    read = lambda path: json.load(open(path, encoding="utf-8"))
    print(json.dumps(decide(*map(read, sys.argv[1:4]))))
