#!/usr/bin/env python3
"""What `fullmakt check --format sarif` prints fits the JSON Schema of SARIF 2.1.0, and its regions cover what the JSON of
the same findings covers: for the policies, for the *Wrong* of every page, and for names and texts with letters of two, three
and four bytes. Needs the package jsonschema.

    sarif.py FULLMAKT SCHEMA POLICIES PAGES WORK"""

import json
import pathlib
import subprocess
import sys
import urllib.parse

import jsonschema

LETTERS = 'module letters\n\nrole manager "Bærer 𝔸 å" { held person for organisation, }\npackage p "Åpen 😀" { about "{0} [a](b)" }\n'
ANSWERED = 'module letters\n\npackage p "P" { about "x" delegable no allow FM0303 "fordi «{0}» er ment" }\n'


def files_of(block):
    """The files of a block: those that its `// file:` lines name, or one by the name of its module."""
    files, name = {}, None
    for line in block.splitlines(keepends=True):
        if line.startswith("// file: "):
            name = line.removeprefix("// file: ").strip()
        else:
            files[name] = files.get(name, "") + line
    if None in files:
        text = files.pop(None)
        said = [line.split()[1] for line in text.splitlines() if line.startswith("module ") and len(line.split()) > 1]
        files[(said[0] if said else "page").replace(".", "/") + ".fmk"] = text
    return files


def offset(lines, line, column):
    """The offset in code points of a line and column, both from 1."""
    return sum(map(len, lines[: line - 1])) + column - 1


def covered(location, root):
    physical = location["physicalLocation"]
    text = (root / urllib.parse.unquote(physical["artifactLocation"]["uri"])).read_text("utf-8")
    lines, region = text.split("\n"), physical["region"]
    lines = [line + "\n" for line in lines]
    start = offset(lines, region["startLine"], region["startColumn"])
    end = offset(lines, region["endLine"], region["endColumn"])
    assert 0 <= start <= end <= len(text), region
    return len(text[:start].encode()), text[start:end]


def main(fullmakt, schema, policies, pages, work):
    schema = json.loads(pathlib.Path(schema).read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    own = jsonschema.Draft202012Validator(
        json.loads(subprocess.run([fullmakt, "schema", "findings"], capture_output=True, text=True, check=True).stdout)
    )
    work = pathlib.Path(work)
    texts = {"letters ø/𝔸 #1": {"letters.fmk": LETTERS}, "answered": {"letters.fmk": ANSWERED}}
    for page in sorted(pathlib.Path(pages).glob("FM*.md")):
        wrong = page.read_text("utf-8").split("\n## Wrong\n")[1].split("\n## ")[0]
        if "```fmk\n" in wrong:
            texts[page.stem] = files_of(wrong.split("```fmk\n")[1].split("```")[0])
    for name, files in texts.items():
        for file, text in files.items():
            path = work / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    results = fixes = suppressed = 0
    for root, paths in [(pathlib.Path.cwd(), policies), *((work, name) for name in texts)]:
        def printed(form):
            run = subprocess.run([fullmakt, "check", paths, "--format", form], capture_output=True, text=True, cwd=root, check=False)
            assert run.returncode in (0, 3) and not run.stderr, f"{paths}: {run.stderr}"
            return run.stdout
        log = json.loads(printed("sarif"))
        assert printed("sarif") == printed("sarif")
        for error in validator.iter_errors(log):
            sys.exit(f"{paths}: {error.json_path}: {error.message}")
        run = log["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        plain = json.loads(printed("json"))
        own.validate(plain)
        every = plain["findings"] + plain["answered"]
        assert len(every) == len(run["results"]), paths
        for finding, result in zip(every, run["results"]):
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding["code"]
            spots = [finding["place"], *(related["place"] for related in finding["related"])]
            for spot, location in zip(spots, result["locations"] + result.get("relatedLocations", []), strict=True):
                start, text = covered(location, root)
                assert (start, len(text.encode())) == (spot["offset"], spot["length"]), (paths, finding)
            results += 1
            fixes += len(result.get("fixes", []))
            suppressed += len(result.get("suppressions", []))
            assert bool(finding["fix"]) == ("fixes" in result) and ("answer" in finding) == ("suppressions" in result)
    assert results > 60 and fixes > 20 and suppressed, (results, fixes, suppressed)
    print(f"{results} results, {fixes} fixes and {suppressed} suppressions fit SARIF 2.1.0")


if __name__ == "__main__":
    main(*sys.argv[1:])
