"""Compares another engine's decisions over policies.xml with those of decide, and shows that every permit matters.

Permit must be Permit, with the same obligations; whatever else the engine says (Deny, NotApplicable, Indeterminate, a refusal) is no permit. A
refused request or policy is a failure in any case. Standard library only.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

XACML = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"


def engine(folder, jobs, work):
    """The decision of each job and its obligations, in order; None where the engine refused it."""
    path = work / "jobs.jsonl"
    with open(path, "w", encoding="utf-8") as out:
        for number, (policy, request) in enumerate(jobs):
            out.write(json.dumps({"id": number, "policy": str(policy), "requestJson": request}) + "\n")
    command = ["java", "-Xmx2g", "-cp", f"{folder}/target/classes:{folder}/target/lib/*", "Yard", "serve", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for number, line in enumerate(process.stdout):
            answer = json.loads(line)
            assert answer["id"] == number
            if "error" in answer:
                yield None, [], f"{answer['error']}: {answer['message'][:600]}"
            else:
                result = answer["results"][0]
                yield result["decision"], obligations(result), ""
    assert process.returncode == 0, "the engine failed"


DURATION = re.compile(r"=P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?(?=[,)])")


def plain(text):
    """An obligation with its durations in months and minutes, since engines write the same duration in several ways."""
    def said(found):
        years, months, days, hours, minutes = (int(part or 0) for part in found.groups())
        return f"={years * 12 + months} months {(days * 24 + hours) * 60 + minutes} minutes"
    return DURATION.sub(said, text)


def obligations(result):
    """The obligations of a result, once each: name(argument=value,…)."""
    told = set()
    for one in result.get("obligations") or []:
        name = one["id"].removeprefix("urn:fullmakt:obligation:")
        arguments = sorted(f"{each['id'].rsplit(':', 1)[1]}={each['value']}" for each in one.get("assignments") or [])
        told.add(plain(f"{name}({','.join(arguments)})"))
    return sorted(told)


def asked(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def paired(pairs):
    """Pairs of the other comparison that say what an engine is asked."""
    path = pairs / "pairs.jsonl"
    if not path.exists():
        return
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if '"xacml"' in line:
                pair = json.loads(line)
                name = pair["bundle"].split("/")[0]
                yield {"bundle": name, "resource": None, "permit": pair["answer"]["decision"] == "permit",
                       "obligations": None, "request": pair["xacml"]}


def compare(arguments):
    """Every decision over whole policies."""
    work = arguments.asked
    count, wrong = collections.Counter(), []
    everything = list(asked(work / "requests.jsonl")) + list(paired(arguments.pairs))
    jobs = [(work / one["bundle"] / "policies.xml", one["request"]) for one in everything]
    for one, (decision, told, why) in zip(everything, engine(arguments.engine, jobs, work)):
        count["permit" if one["permit"] else "deny"] += 1
        same = decision is not None and (decision == "Permit") == one["permit"]
        # What only might be forbidden is denied without an obligation, whatever an engine adds to its refusal.
        if same and one["obligations"] is not None and (one["permit"] or one["obligations"]):
            same = told == sorted(plain(each) for each in one["obligations"])
            count["obliged"] += bool(told)
        if not same:
            wrong.append((one, decision, told, why))
    for one, decision, told, why in wrong[:5]:
        print(f"{one['bundle']}: decide says permit {one['permit']} {one['obligations']}, the engine {decision} {told} {why}"
              f"\n  {json.dumps(one['request'])}")
    bundles = len({one["bundle"] for one in everything})
    print(f"{count['permit'] + count['deny']} decisions over {bundles} policies.xml compared: {count['permit']} permits, "
          f"{count['deny']} denials, {count['obliged']} with obligations; {len(wrong)} differ")
    return everything, count["permit"] > 0 and count["deny"] > 0 and not wrong


def without_each_rule(path, out):
    """A file for each rule that permits, without it: the identifier of its policy's resource, the rule, the file."""
    xml.register_namespace("", XACML[1:-1])
    tree = xml.parse(path)
    root = tree.getroot()
    alone = [(policy, policy) for policy in root.findall(f"{XACML}Policy")]
    within = [(each, policy) for each in root.findall(f"{XACML}PolicySet") for policy in each.findall(f"{XACML}Policy")]
    for owner, policy in alone + within:
        resource = owner.find(f"{XACML}Target/{XACML}AnyOf/{XACML}AllOf/{XACML}Match/{XACML}AttributeValue").text
        for rule in policy.findall(f"{XACML}Rule[@Effect='Permit']"):
            place = list(policy).index(rule)
            policy.remove(rule)
            target = out / f"without-{len(list(out.iterdir()))}.xml"
            tree.write(target, encoding="utf-8", xml_declaration=True)
            policy.insert(place, rule)
            yield resource, rule.get("RuleId"), target


def undecided(meaning):
    """The rules that hang on what nobody has decided: they permit nothing, so nothing is lost without them."""
    def hangs(expression):
        if not isinstance(expression, list):
            return False
        operator, *parts = expression
        if operator == "condition":
            return hangs(meaning["conditions"][parts[0]]["says"])
        if operator == "and":
            return any(map(hangs, parts))
        return operator == "undecided" or operator == "or" and all(map(hangs, parts))
    return {name for name, versions in meaning["rules"].items()
            if all("when" in version and hangs(version["when"]) for version in versions)}


def mutate(arguments, everything):
    """Without any one rule something that was permitted is not."""
    work = arguments.asked
    permits = collections.defaultdict(list)
    for one in everything:
        if one["permit"] and one["resource"] is not None:
            permits[one["bundle"], one["resource"]].append(one["request"])
    rules, jobs, open_rules = [], [], 0
    for name in arguments.mutate.split(","):
        if not (work / name / "policies.xml").exists():
            continue
        idle_by_right = undecided(json.loads((work / name / "bundle.json").read_text(encoding="utf-8"))["meaning"])
        out = work / name / "without"
        out.mkdir(exist_ok=True)
        for old in out.iterdir():
            old.unlink()
        for resource, rule, target in without_each_rule(work / name / "policies.xml", out):
            if rule in idle_by_right:
                open_rules += 1
                continue
            requests = permits[name, resource]
            rules.append((name, rule, len(requests)))
            jobs.extend((target, request) for request in requests)
    answers = engine(arguments.engine, jobs, work)
    idle = []
    for name, rule, count in rules:
        decisions = [next(answers)[0] for _ in range(count)]
        if all(decision == "Permit" for decision in decisions):
            idle.append(f"{name}: {rule}")
    print(f"{len(rules)} rules taken out one by one, {len(jobs)} decisions; {len(idle)} make no difference here; "
          f"{open_rules} are left in, since nobody has decided what they hang on")
    for one in idle[:40]:
        print(f"  {one}")
    # Of the policies that are shipped every rule must be seen to matter. Of generated ones many hang on conditions that no
    # scene makes true; were it most of them, the export would have rules too many.
    shipped = [one for one in idle if one.startswith("suites:")]
    return bool(rules) and not shipped and len(idle) * 2 < len(rules)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", type=pathlib.Path)
    parser.add_argument("asked", type=pathlib.Path)
    parser.add_argument("pairs", type=pathlib.Path)
    parser.add_argument("--mutate", default="")
    arguments = parser.parse_args()
    everything, same = compare(arguments)
    matter = mutate(arguments, everything) if same and arguments.mutate else same
    sys.exit(0 if same and matter else 1)


if __name__ == "__main__":
    main()
