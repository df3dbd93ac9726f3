"""Compares the answers of `fullmakt decide` with those of reader.py, pair by pair, and counts what occurred.

    compare.py DIR [--at-least N] [--each N] [--sentences N] [--fullmakt PATH]

DIR has pairs.jsonl, one pair a line: the path of a bundle, facts, a request and the answer of `decide`. Each way of holding and
each cause must have occurred in `--each` pairs, each sentence on conditions, rules and obligations in `--sentences`.
Knows nothing of how pairs are made, and nothing of what an answer means.
"""
import argparse
import copy
import functools
import json
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter

from reader import decide

PROCESSES = 2
KEPT = 20  # disagreements that a process hands back
EACH = ["rule a", "rule b", "rule c", "rule d", "P1", "P2", "P3", "P4", "permitted", "undecidable", "not-granted",
        "withdrawn link", "run-out link", "ninth link", "cycle", "forbidden"]
THREE = ["D2 when", "E5", "E6", "E7", "E8 and", "E8 or", "E8 not", "E9 all", "E9 any", "E11", "E12", "E13", "E14", "H2 when",
         "U1 permit", "U1 forbid", "U2", "U3", "U4", "U5"]
SENTENCES = [f"{sentence} {outcome}" for sentence in THREE for outcome in ("true", "false", "unknown")] + [
    "C2 gravest", "C2 partial", "E10 moved", "E10 none", "E10 unknown", "O1 action", "O1 forbid", "O1 oblige", "O1 permit",
    "O2 some elements", "O3", "U1 any", "U1 of", "U1 policy", "U6"]


@functools.lru_cache(maxsize=8)
def bundle_at(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def compare_share(directory, share):
    """Every line whose number falls to this share: how many, what was seen, where answers differ."""
    pairs, seen, different = 0, Counter(), []
    with open(directory / "pairs.jsonl", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if number % PROCESSES != share:
                continue
            pair = json.loads(line)
            answer = decide(bundle_at(directory / pair["bundle"]), pair["facts"], pair["request"], seen)
            pairs += 1
            if not alike(answer, pair["answer"]):
                seen["disagreements"] += 1
                different.append((size(pair["facts"]), number, pair))
                different = sorted(different, key=lambda found: found[:2])[:KEPT]
    return pairs, seen, different


def alike(one, two):
    """The same answer; the order of obligations tells nothing."""
    in_order = lambda answer: answer | {"obligations": sorted(json.dumps(each, sort_keys=True) for each in answer["obligations"])}
    return one is not None and two is not None and in_order(one) == in_order(two)


def size(facts):
    """How much there is in facts, or in a request: every value in every list and table."""
    if isinstance(facts, dict):
        return sum(1 + size(value) for value in facts.values())
    return sum(1 + size(value) for value in facts) if isinstance(facts, list) else 0


def ask_fullmakt(fullmakt, bundle, facts, request):
    """The answer of the command; None where it gives none."""
    with tempfile.TemporaryDirectory() as directory:
        files = {"facts.json": facts, "request.json": request | {"on": next(iter(request["on"].values()))}}
        for name, value in files.items():
            pathlib.Path(directory, name).write_text(json.dumps(value), encoding="utf-8")
        run = subprocess.run([fullmakt, "decide", "--facts", f"{directory}/facts.json", "--request",
                              f"{directory}/request.json", str(bundle), "--format", "json"],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            return None
        answer = json.loads(run.stdout)
        return {"decision": answer["decision"], "cause": answer["cause"], "open": as_questions(answer.get("open", [])),
                "obligations": [{"elements": []} | one for one in answer.get("obligations", [])], "released": answer.get("released")}


def as_questions(questions):
    """Open questions as sorted strings `NAME WHAT`."""
    return sorted(question if isinstance(question, str) else f"{question['name']} {question['what']}"
                  for question in questions)


def parts(facts, request):
    """Where there is something that can be taken away: paths of keys, from `facts` or `request` on."""
    for table in ("delegations", "roles", "out_of_reach"):
        yield from (("facts", table, at) for at in range(len(facts[table])))
    texts = json.dumps([facts, request])
    for table in ("people", "organisations", "system_users", "records"):
        for name, known in facts.get(table, {}).items():
            if texts.count(json.dumps(name)) == 1:
                yield "facts", table, name
            yield from below(known, ("facts", table, name))
    yield from below(facts.get("things", {}), ("facts", "things"))
    yield from (("request", key) for key in ("elements", "record", "context") if key in request)
    yield from below(request.get("context", {}), ("request", "context"))


def below(value, path):
    """All keys and members in a value, but for what says which register a record is of."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in entries:
        if key != "register":
            yield *path, key
            yield from below(part, (*path, key))


def smaller(facts, request):
    """The facts and the request without any one part."""
    for path in parts(facts, request):
        less = copy.deepcopy({"facts": facts, "request": request})
        owner = functools.reduce(lambda value, key: value[key], path[:-1], less)
        del owner[path[-1]]
        yield less["facts"], less["request"]


def smallest(pair, bundle, ask):
    """Parts are taken away one by one while the two still disagree. Facts that the command refuses (generated worlds
    have some that no register would hold) go first, as far as the reader does not need them."""
    facts, request, answers = pair["facts"], pair["request"], None
    first = decide(bundle_at(bundle), facts, request)
    refused = ask(bundle, facts, request) is None
    while True:
        for less in smaller(facts, request):
            theirs = ask(bundle, *less)
            if theirs is None and not refused:
                continue
            try:
                ours = decide(bundle_at(bundle), *less)
            except (KeyError, TypeError):
                continue
            if (refused and ours == first) if theirs is None else not alike(theirs, ours):
                (facts, request), answers, refused = less, theirs and (theirs, ours), theirs is None
                break
        else:
            return facts, request, answers


def show(directory, found, fullmakt):
    """The disagreement with the fewest facts, made smaller where the command can be asked."""
    _, number, pair = found
    bundle = directory / pair["bundle"]
    facts, request, answers = pair["facts"], pair["request"], None
    if fullmakt:
        ask = functools.partial(ask_fullmakt, fullmakt)
        if not alike(ask(bundle, facts, pair["request"]) or pair["answer"], pair["answer"]):
            print("the command answers this pair otherwise than the pair says")
        facts, request, answers = smallest(pair, bundle, ask)
    theirs, ours = answers or (pair["answer"], decide(bundle_at(bundle), facts, request))
    print(f"disagreement in line {number}, bundle {bundle}")
    for label, value in (("facts", facts), ("request", request), ("fullmakt", theirs), ("reader", ours)):
        print(f"  {label:9}{json.dumps(value, ensure_ascii=False)}")


def failures(pairs, seen, options):
    """Why this comparison is not enough."""
    if pairs == 0:
        return ["no pairs"]
    found = [f"{seen['disagreements']} disagreements"] if seen["disagreements"] else []
    if pairs < options.at_least:
        found.append(f"fewer than {options.at_least} pairs")
    found += [f"{what}: {seen[what]}, fewer than {least}" for names, least in ((EACH, options.each), (SENTENCES, options.sentences))
              for what in names if seen[what] < least]
    if not 0.25 * pairs <= seen["permitted"] <= 0.6 * pairs:
        found.append("permits are not between 25 % and 60 %")
    return found


def main(arguments):
    parser = argparse.ArgumentParser(description="compare pairs.jsonl with the reader")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--at-least", type=int, default=1, metavar="N")
    parser.add_argument("--each", type=int, default=0, metavar="N")
    parser.add_argument("--sentences", type=int, default=0, metavar="N")
    parser.add_argument("--fullmakt", metavar="PATH")
    options = parser.parse_args(arguments)
    with multiprocessing.Pool(PROCESSES) as pool:
        shares = pool.starmap(compare_share, [(options.directory, share) for share in range(PROCESSES)])
    pairs = sum(share[0] for share in shares)
    seen = sum((share[1] for share in shares), Counter())
    different = sorted((found for share in shares for found in share[2]), key=lambda found: found[:2])
    print(f"{pairs} pairs compared, {100 * seen['permitted'] / max(pairs, 1):.1f} % permits")
    for what in EACH + SENTENCES:
        print(f"  {what:18}{seen[what]:8}")
    if different:
        show(options.directory, different[0], options.fullmakt)
        print("disagreements in lines", ", ".join(str(found[1]) for found in different))
    wrong = failures(pairs, seen, options)
    for reason in wrong:
        print("failed:", reason)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
