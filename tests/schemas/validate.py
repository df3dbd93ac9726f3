#!/usr/bin/env python3
"""Every file that goes in or comes out fits the JSON Schema that `fullmakt schema NAME` prints, and what does not fit
is refused by both. Needs the packages jsonschema and PyYAML.

    validate.py FULLMAKT POLICIES WORK"""

import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2 as the tool reads it: `on` is a word and a date is a text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", __import__("re").compile("^(true|false)$"), list("tf"))

FACT_KEYS = ("people", "organisations", "system_users", "roles", "delegations", "out_of_reach", "records", "things")


def main(fullmakt, policies, work):
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)

    def run(*arguments):
        return subprocess.run([fullmakt, *map(str, arguments)], capture_output=True, text=True, check=False)

    checks = {}
    for name in ("bundle", "manifest", "origins", "attributes", "facts", "request", "suite", "coverage", "decision", "findings",
                 "mutants", "test", "who", "what"):
        schema = json.loads(run("schema", name).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        checks[name] = jsonschema.Draft202012Validator(schema)
    counts = dict.fromkeys(checks, 0)

    def fits(name, document):
        checks[name].validate(document)
        counts[name] += 1

    built = run("build", policies, "-o", work / "bundles")
    assert built.returncode == 0, built.stderr
    for name in ("bundle", "manifest", "origins", "attributes"):
        fits(name, json.loads((work / "bundles" / f"{name}.json").read_text("utf-8")))
    fits("findings", json.loads(run("check", policies, "--format", "json").stdout))
    tested = run("test", policies, "--format", "json", "--today", "2026-03-01")
    assert tested.returncode == 0, tested.stdout
    fits("test", json.loads(tested.stdout))
    differs = run("test", policies, "--format", "json", "--today", "2026-03-01", "--filter", "nothing is called so")
    assert differs.returncode == 4
    fits("test", json.loads(differs.stdout))
    run("test", policies, "--coverage=json", "-o", work / "coverage.json")
    fits("coverage", json.loads((work / "coverage.json").read_text("utf-8")))

    # A sample, so that it ends soon; every fate of a mutant is among it.
    fits("mutants", json.loads(run("mutate", policies, "--sample", "200", "--format", "json").stdout))

    for path in sorted(pathlib.Path(policies).rglob("*.test.yaml")):
        suite = yaml.load(path.read_text("utf-8"), Loader)
        fits("suite", suite)
        facts = {key: suite[key] for key in FACT_KEYS if key in suite}
        for used in suite.get("use", []):
            shared = yaml.load((path.parent / used).read_text("utf-8"), Loader)
            fits("facts", shared)
            for key in FACT_KEYS:
                if key in shared:
                    own = facts.get(key)
                    facts[key] = shared[key] if own is None else ({**shared[key], **own} if isinstance(own, dict) else shared[key] + own)
        fits("facts", facts)
        (work / "facts.json").write_text(json.dumps(facts), "utf-8")
        for case in suite.get("cases", [])[:20]:
            request = {"at": case.get("at", suite.get("clock")), **case.get("request", {})}
            if "action" not in request or request["at"] is None or "facts" in case:
                continue
            fits("request", request)
            (work / "request.json").write_text(json.dumps(request), "utf-8")
            decided = run("decide", "--facts", work / "facts.json", "--request", work / "request.json",
                          "--format", "json", "--explain", work / "bundles")
            if "more than one thing has this name" in decided.stderr:
                continue  # short in the module of the suite, of two modules in the bundle
            assert decided.returncode == 0, f"{path}: {case['name']}: {decided.stderr}"
            fits("decision", json.loads(decided.stdout))
            about = ["--facts", work / "facts.json", "--at", request["at"], "--format", "json", work / "bundles"]
            party = ["--for", request["party"]] if "party" in request else []
            listed = [run("who", request["action"], request["on"], *party, *about)]
            if "subject" in request:
                listed.append(run("what", request["subject"], *party, *about))
            for name, answer in zip(("who", "what"), listed):
                assert answer.returncode == 0, f"{path}: {case['name']}: {name}: {answer.stderr}"
                fits(name, json.loads(answer.stdout))

    for name, document in {
        "facts": {"records": {"r1": {"person": "ola"}}},
        "request": {"subject": "per", "action": "use"},
        "suite": {"cases": [{"name": "x", "request": {"action": "a", "on": "b", "elements": []}, "expect": "permit"}]},
        "test": {"format": 1, "met": True},
        "who": {"format": 1, "permitted": []},
        "what": {"format": 1, "permitted": [{"party": "clinic"}]},
        "bundle": {"format": 2, "meaning": {}, "words": {}},
    }.items():
        assert not checks[name].is_valid(document), f"{name}: {document} should not fit"
    assert all(counts.values()), counts
    print(", ".join(f"{count} {name}" for name, count in counts.items()), "fit their schemas")


if __name__ == "__main__":
    main(*sys.argv[1:])
