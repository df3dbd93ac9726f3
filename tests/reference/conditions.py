"""Values and conditions, written from docs/meaning.md (E1–E14, F5, F6) and docs/bundle.md alone.

A value is a Python bool or int, a `Set`, or a tuple whose first member says what it is. What is unknown is MISSING,
a condition that is unknown too (E1). Who has a role, who holds and what is permitted, reader.py answers.
"""
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

MISSING, NONE = ("missing",), ("none",)
RECORD = {"person": ["entity", "person"], "created": "date", "consent": "consent", "restricted": "bool", "objected": "bool"}
LEVELS = ["none", "personal", "special"]


class Set:  # F5, E3: known members; `whole` if there are no others
    def __init__(self, values, whole=True):
        self.members, self.whole = [], whole and not any(value is MISSING for value in values)
        for value in values:
            if value is not MISSING:
                self.members.append(value)


def is_not(value):
    return MISSING if value is MISSING else not value


def all_of(values):  # E8
    values = list(values)
    return False if False in values else MISSING if MISSING in values else True


def any_of(values):  # E8
    values = list(values)
    return True if True in values else MISSING if MISSING in values else False


def same(one, two):  # E5
    if one is MISSING or two is MISSING:
        return MISSING
    if isinstance(one, Set) and isinstance(two, Set):
        inside = lambda all_in, other: all_of(any_of(same(member, one) for one in other.members) for member in all_in.members)
        return all_of([inside(one, two), inside(two, one)]) if one.whole and two.whole else MISSING
    return one == two and not (isinstance(one, tuple) and one[0] == "nameless")


def moved(value, by, sign):  # E10
    if MISSING in (value, by) or NONE in (value, by):
        return MISSING if MISSING in (value, by) else NONE
    _, amount, unit = by
    try:
        if value[0] == "datetime":
            minutes = {"hours": 60, "minutes": 1}[unit] * amount * sign
            return ("datetime", value[1] + timedelta(minutes=minutes))
        day = date.fromisoformat(value[1])
        if unit == "days":
            return ("date", (day + timedelta(days=amount * sign)).isoformat())
        months = day.year * 12 + day.month - 1 + {"years": 12, "months": 1}[unit] * amount * sign
        year, month = months // 12, months % 12 + 1
        return ("date", date(year, month, min(day.day, monthrange(year, month)[1] if 1 <= year <= 9999 else 28)).isoformat())
    except (OverflowError, ValueError, KeyError):
        return MISSING


class Conditions:
    """Conditions of one request. `place` says what each root, and each variable, stands for."""

    def truth(self, expression, place):
        """A condition. What it gives is counted by sentence."""
        value = self.value(expression, place)
        if isinstance(expression, list) and expression[0] in SENTENCES:
            outcome = "unknown" if value is MISSING else str(value).lower()
            self.seen[f"{SENTENCES[expression[0]]} {outcome}"] += 1
        return value

    def value(self, expression, place):  # E1
        if not isinstance(expression, list):
            return expression
        word, *parts = expression
        if word == "not":
            return is_not(self.truth(parts[0], place))
        if word in ("and", "or"):
            return (all_of if word == "and" else any_of)(self.truth(part, place) for part in parts)
        if word in COMPARED:
            return COMPARED[word](self, self.value(parts[0], place), self.value(parts[1], place))
        if word in ("any", "all"):
            return self.each(word, parts, place)
        if word in ("+", "-"):
            return self.shifted(parts, 1 if word == "+" else -1, place)
        if word == "attr":
            return self.attribute(self.value(parts[0], place), parts[1], place)
        if word == "variable":
            return place["variable", parts[0]]
        if word == "set":
            return Set([self.value(part, place) for part in parts])
        if word == "is":
            who = [self.value(part, place) for part in parts[:1] + parts[2:]]
            return self.of_somebody(who, lambda: self.is_one(who[0], parts[1], who[1:], place))
        if word == "holds":
            who, party = self.value(parts[0], place), self.value(parts[2], place)
            return self.of_somebody([who, party], lambda: self.holds(who[1], parts[1], party[1]))
        if word == "permitted":
            return self.permitted(parts[0], parts[1])
        if word == "condition":  # E14
            return self.truth(self.meaning["conditions"][parts[0]]["says"], place)
        if word == "undecided":
            return MISSING
        if word == "organisation":
            return ("entity", parts[0])
        if word == "datetime":
            return ("datetime", datetime.fromisoformat(parts[0]))
        if word == "none":
            return NONE
        return tuple(expression) if parts else place.get(word, MISSING)  # E2

    # Comparisons
    def less(self, one, two):  # E6
        if one is MISSING or two is MISSING:
            return MISSING
        if one is NONE or two is NONE:
            return False
        return self.rank(one) < self.rank(two)

    def rank(self, value):
        if isinstance(value, int):
            return value
        if value[0] == "enum":
            return self.meaning["enums"][value[1]]["values"].index(value[2])
        return LEVELS.index(value[1]) if value[0] == "level" else value[1]

    def less_or_same(self, one, two):
        return any_of([self.less(one, two), same(one, two)])

    def among(self, value, of):  # E7
        if of is MISSING:
            return MISSING
        members, whole = (of.members, of.whole) if isinstance(of, Set) else ([], True)
        return any_of([same(value, member) for member in members] + [False if whole and value is not MISSING else MISSING])

    def each(self, word, parts, place):  # E9
        name, of, condition = parts[0], self.value(parts[1], place), parts[2]
        members, whole = (of.members, of.whole) if isinstance(of, Set) else ([], of is NONE)
        found = [self.truth(condition, place | {("variable", name): member}) for member in members]
        return (any_of if word == "any" else all_of)(found if whole else found + [MISSING])

    def shifted(self, parts, sign, place):
        value = moved(self.value(parts[0], place), self.value(parts[1], place), sign)
        outcome = {MISSING: "unknown", NONE: "none"}.get(value, "moved")
        self.seen[f"E10 {outcome}"] += 1
        return value

    def of_somebody(self, who, asked):  # E11, E12
        if MISSING in who:
            return MISSING
        return False if NONE in who else asked()

    def is_one(self, who, what, party, place):  # E11
        if what[0] == "role":
            return self.has(who[1], what[1], party[0][1] if party else None)
        if what[0] == "kind":
            return self.entities.get(who[1]) == what[1]
        return who[1] == what[1] if what[0] == "organisation" else self.controls(who[1], what[0], place)

    # Attributes
    def attribute(self, of, name, place):  # E3
        if isinstance(of, Set):
            found, whole = [], of.whole
            for value in (self.attribute(member, name, place) for member in of.members):
                found += value.members if isinstance(value, Set) else [value]
                whole = whole and (not isinstance(value, Set) or value.whole)
            return Set(found, whole)
        if not isinstance(of, tuple):
            return MISSING
        if name in ("kept", "overdue") and (of is place.get("record") or same(of, place.get("record", MISSING)) is True):
            return self.retained(name, place)
        if of[0] == "resource":
            return self.of_resource(of[1], name)
        known, types = self.known_of(of)
        return self.typed(known[name], types[name]) if name in known and name in types else MISSING

    def known_of(self, of):  # F5, F6
        if of[0] == "entity":
            return self.attributes[of[1]], self.meaning["built_in"].get(self.entities[of[1]], {})
        if of[0] == "thing":
            return self.things[of[1], of[2]], self.types_of(of[1])
        return (of[2], self.types_of(of[1])) if of[0] == "nameless" else ({}, {})

    def types_of(self, sort):
        """The declared types of a sort of thing: a built-in word, an entity, or `("record", REGISTER)`."""
        built_in = self.meaning["built_in"]
        if isinstance(sort, tuple):
            entity = next((version["records"] for version in self.meaning["resources"].get(sort[1], ()) if "records" in version), None)
            return RECORD | built_in.get("record", {}) | self.meaning["entities"].get(entity, {"attributes": {}})["attributes"]
        if sort in ("context", "delegation"):
            return built_in.get(sort, {}) | ({"given": "date"} if sort == "delegation" else {})
        return self.meaning["entities"][sort]["attributes"]

    def typed(self, written, of):
        """What the facts say, as a value of a declared type."""
        if isinstance(of, str):
            if of == "datetime":
                return ("datetime", datetime.fromisoformat(written))
            if of == "duration":
                amount, unit = written.split()
                return ("duration", int(amount), unit if unit.endswith("s") else unit + "s")
            return written if of in ("bool", "integer") else ("name" if of == "element" else of, written)
        if of[0] == "or_none":
            return NONE if written in (None, "none") else self.typed(written, of[1])
        if of[0] == "set":
            return Set([self.typed(one, of[1]) for one in written])
        if of[0] == "enum":
            return ("enum", of[1], written)
        if of[1] in ("person", "organisation", "system_user"):
            return ("entity", written)
        sort = of[1]
        if sort == "record":
            sort = ("record", self.records[written]["register"] if isinstance(written, str) else None)
        return ("thing", sort, written) if isinstance(written, str) else ("nameless", sort, written)

    def of_resource(self, name, attribute):  # E4
        resource = self.resources[name]
        said = resource.get(attribute, [])
        if attribute == "purposes" and said:
            said = said["values"] if said["values"] == "undecided" else [["enum", said["enum"], one] for one in said["values"]]
        if said == "undecided":
            return MISSING
        if attribute == "data":
            return ("level", said)
        return Set([("name", one) if attribute == "elements" else MISSING if one == "undecided" else tuple(one) for one in said])

    def retained(self, name, place):  # E4
        if place["record"] is MISSING:
            return MISSING
        says = self.resources[place["resource"][1]].get("retain")
        if says is None or says == "undecided":
            return False if says is None else MISSING
        return self.truth(says[name], place)


COMPARED = {
    "==": lambda self, one, two: same(one, two), "!=": lambda self, one, two: is_not(same(one, two)),
    "<": Conditions.less, "<=": Conditions.less_or_same,
    ">": lambda self, one, two: self.less(two, one), ">=": lambda self, one, two: self.less_or_same(two, one),
    "in": Conditions.among}
SENTENCES = {"==": "E5", "!=": "E5", "<": "E6", "<=": "E6", ">": "E6", ">=": "E6", "in": "E7", "and": "E8 and", "or": "E8 or",
             "not": "E8 not", "any": "E9 any", "all": "E9 all", "is": "E11", "holds": "E12", "permitted": "E13", "condition": "E14"}
