//! The bundle of the module of attributes: what is lowered, written, read back and decided; and the command over it.

use super::*;

fn built() -> (Bundle, Origins, Sources) {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> = [("demo/words.fmk", WORDS), ("demo/registers.fmk", REGISTERS)]
        .map(|(name, text)| sources.add(Source::new(name, text)))
        .into();
    let compiled = compile(&sources, &ids, Options::default());
    let (bundle, origins) = compiled.bundle.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    (bundle, origins, sources)
}

fn facts_of(bundle: &Bundle) -> Facts {
    let text = FACTS.split_once('\n').unwrap().1;
    facts::read(&Source::new("facts.yaml", text), SourceId(0), &Names::new(&bundle.meaning)).unwrap().0
}

#[test]
fn what_is_known_is_sorted_and_interned() {
    let (bundle, _, _) = built();
    let facts = facts_of(&bundle).draft();
    let kari = facts.entity_named("kari").unwrap();
    let ola = facts.entity(facts.entity_named("ola").unwrap()).unwrap();
    assert_eq!(ola.attributes.get("parents"), Some(&Value::Set(vec![Value::Entity(kari)])));
    let names: Vec<&str> = ola.attributes.0.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["address", "birth_date", "confidential", "consent", "parents"]);
    assert_eq!(facts.entity(kari).unwrap().attributes.get("death_date"), Some(&Value::None));
    assert_eq!(facts.things.len(), 4);
    assert!(facts.things.windows(2).all(|pair| (pair[0].sort, &pair[0].name) < (pair[1].sort, &pair[1].name)));
}

#[test]
fn the_bundle_of_everything_is_read_back_with_its_places() {
    let (bundle, origins, sources) = built();
    let text = json::bundle_text(&bundle);
    assert_eq!(crate::bundles::read(&text), Ok(bundle.clone()));
    assert!(!text.contains("demo.words.person"), "an addition is no entity of its own");
    let meaning = &bundle.meaning;
    let at = |part: Part| {
        let origin = &origins.places[&part];
        let source = sources.iter().find(|(_, source)| source.name() == &*origin.file).unwrap().1;
        source.text()[origin.offset as usize..][..origin.length as usize].to_owned()
    };
    let npr = meaning.resource_named("demo.registers.npr").unwrap();
    assert_eq!(at(Part::Element(npr, 0, 2)), "medical");
    assert_eq!(at(Part::Action(npr, 0, 1)), "action view \"See one's own\" partial");
    assert_eq!(at(Part::Retain(npr, 0)), "retain      30 days after record.created or until record.need_ended");
    assert!(
        at(Part::Condition(meaning.condition_named("demo.words.at_home").unwrap())).starts_with("condition at_home")
    );
    assert!(at(Part::Enum(meaning.enum_named("demo.words.purpose").unwrap())).starts_with("enum purpose"));
    assert!(at(Part::Entity(meaning.entity_named("demo.words.stay").unwrap())).starts_with("entity stay"));
    let rule = meaning
        .rules
        .iter()
        .position(|rule| rule.key.starts_with("demo.registers.secrecy/forbid") && rule.to.is_some())
        .unwrap();
    assert_eq!(at(Part::Rule(rule.into(), 0)), "forbid disclose to insurer");
    let again = fullmakt::emit::origins::read(
        &bundle,
        &fullmakt::emit::files(&bundle, &origins, &sources, &["json"])
            .unwrap()
            .into_iter()
            .find(|file| file.name == "origins.json")
            .map(|file| String::from_utf8(file.bytes).unwrap())
            .unwrap(),
    );
    // Where atoms stand, and what policies are over, is not written.
    let written = Origins { atoms: BTreeMap::new(), selections: Vec::new(), ..origins };
    assert_eq!(again, Some(written));
}

#[test]
fn retention_and_shared_actions_are_lowered_as_they_say() {
    let (bundle, _, _) = built();
    let text = json::bundle_text(&bundle);
    let line = |name: &str| text.lines().find(|line| line.starts_with(&format!("\"{name}"))).unwrap().to_owned();
    let npr = line("demo.registers.npr");
    let ends = [
        "[\">=\",[\"today\"],[\"+\",[\"attr\",[\"record\"],\"created\"],[\"duration\",30,\"days\"]]]",
        "[\">=\",[\"today\"],[\"attr\",[\"record\"],\"need_ended\"]]",
    ];
    assert!(
        npr.contains(&format!(
            "\"retain\":{{\"kept\":[\"and\",[\"not\",{}],[\"not\",{}]],\"overdue\":[\"or\",{},{}]}}",
            ends[0], ends[1], ends[0], ends[1]
        )),
        "{npr}"
    );
    let kpr = line("demo.registers.kpr");
    assert!(
        kpr.contains("\"retain\":{\"kept\":true,\"overdue\":false}") && kpr.contains("\"actions\":{\"disclose\":{}}"),
        "{kpr}"
    );
    let withdrawal = line("demo.registers.withdrawal/forbid/disclose/");
    assert!(withdrawal.contains("\"on\":[\"demo.registers.kpr\"]"), "{withdrawal}");
    let words = line("demo.registers.rights\"");
    assert!(words.contains("\"rules\":{\"forbid/disclose/") && words.contains("\"restricted\"}"), "{words}");
}

/// A forbid that is lost, or over fewer resources than it says, is the worst that writing and reading could do.
#[test]
fn a_forbid_over_every_register_survives_writing_and_reading_and_decides() {
    let (bundle, _, _) = built();
    let text = json::bundle_text(&bundle);
    let read = crate::bundles::read(&text).unwrap();
    let registers =
        bundle.meaning.resources.iter().flat_map(|named| &named.versions).filter(|one| one.register).count();
    assert_eq!(registers, 2);
    for before in bundle.meaning.rules.iter().filter(|rule| rule.key.starts_with("demo.registers.rights/forbid")) {
        let after = read.meaning.rules.iter().find(|rule| rule.key == before.key).expect("the rule");
        assert_eq!(after, before);
        assert_eq!(after.scopes.iter().flat_map(|scope| &scope.on).count(), registers);
    }
    let decide = |bundle: &Bundle, asked: &str| {
        let facts = facts_of(bundle);
        let names = Names::new(&bundle.meaning)
            .within(Scope { module: "demo.registers".into(), uses: vec!["demo.words".into()] });
        let now = "2026-03-01T12:00:00+01:00".parse().unwrap();
        let request = request::read(&Source::new("request.yaml", asked), SourceId(0), &names, &facts, now).unwrap();
        Index::new(bundle).decide(&facts, &request).cause
    };
    let context = "context: { purpose: research, application: a1 }";
    let asked = [
        (
            format!("{{ subject: per, action: disclose, on: npr, elements: [medical], record: r1, {context} }}"),
            Cause::Permitted,
        ),
        (
            format!("{{ subject: per, action: disclose, on: npr, elements: [medical], record: r3, {context} }}"),
            Cause::Forbidden,
        ),
        (
            format!(
                "{{ subject: per, action: disclose, on: npr, elements: [medical], record: {{ restricted: true }}, {context} }}"
            ),
            Cause::Forbidden,
        ),
        (format!("{{ subject: per, action: disclose, on: npr, elements: [medical], {context} }}"), Cause::Undecidable),
        (format!("{{ subject: per, action: disclose, on: kpr, record: r2, {context} }}"), Cause::Permitted),
        (
            format!(
                "{{ subject: per, action: disclose, on: kpr, record: {{ restricted: true, consent: given }}, {context} }}"
            ),
            Cause::Forbidden,
        ),
        (
            "{ subject: per, action: disclose, on: kpr, record: r2, context: { purpose: quality } }".to_owned(),
            Cause::Forbidden,
        ),
    ];
    for (asked, cause) in &asked {
        assert_eq!((decide(&bundle, asked), decide(&read, asked)), (*cause, *cause), "{asked}");
    }
    // Without any one of these lines some answer is another, so none of them is there for nothing.
    let rules: Vec<&str> = text.lines().filter(|line| line.starts_with("\"demo.registers.rights/forbid")).collect();
    assert_eq!(rules.len(), 2);
    for line in rules {
        let without = crate::bundles::read(&text.replace(&format!("{line}\n"), ""))
            .map(|one| asked.iter().map(|(asked, _)| decide(&one, asked)).collect::<Vec<_>>());
        if let Ok(causes) = without {
            assert!(causes.iter().zip(&asked).any(|(got, (_, cause))| got != cause), "{line}");
        }
    }
}

#[test]
fn what_the_command_says_stands_in_the_place_of_what_the_request_says() {
    let (bundle, _, _) = built();
    let facts = facts_of(&bundle);
    let names = Names::new(&bundle.meaning);
    let source = Source::new(
        "request.yaml",
        "{ subject: per, action: disclose, on: npr, record: r3, context: { login: true, purpose: quality } }",
    );
    let one = Source::new("--context", "purpose: research\n");
    let two = Source::new("--context", "login: false\n");
    let about = Source::new("--record", "record: r1\nelements: [\"medical\"]\n");
    let now: jiff::Timestamp = "2026-03-01T12:00:00+01:00".parse().unwrap();
    let besides = Besides { contexts: &[(&one, SourceId(1)), (&two, SourceId(2))], about: Some((&about, SourceId(3))) };
    let asked = request::read_with(&source, SourceId(0), &besides, &names, &facts, now).unwrap();
    assert_eq!(asked.today, date_in_oslo(now));
    let Known(context) = &asked.context;
    assert_eq!(context.len(), 2);
    assert_eq!(asked.context.get("login"), Some(&Value::Bool(false)));
    assert_eq!(asked.elements, ["medical".into()]);
    let Some(Value::Thing(record)) = asked.record else { panic!("{:?}", asked.record) };
    assert_eq!(facts.thing(record).unwrap().name, "r1");
    let wrong = Source::new("--context", "purpose: reserch\n");
    let besides = Besides { contexts: &[(&wrong, SourceId(1))], about: None };
    let findings = request::read_with(&source, SourceId(0), &besides, &names, &facts, now).unwrap_err();
    assert_eq!((findings.len(), findings[0].place.source), (1, SourceId(1)));
}

#[test]
fn flags_of_decide_are_read_as_data() {
    let scratch = crate::scratch::Scratch::new("decide_flags");
    let facts = FACTS.split_once('\n').unwrap().1;
    let request = "{ subject: per, action: disclose, on: npr, context: { purpose: employment } }";
    scratch.file("policies/demo/words.fmk", WORDS).file("policies/demo/registers.fmk", REGISTERS);
    scratch
        .file("facts.yaml", facts)
        .file("request.yaml", request)
        .file("context.yaml", "{ purpose: quality, application: a1 }");
    let decide = |more: &[&str]| {
        let all = [
            "decide",
            "--facts",
            "facts.yaml",
            "--request",
            "request.yaml",
            "--at",
            "2026-03-01T12:00:00+01:00",
            "policies",
        ];
        crate::cli::fullmakt(scratch.path(), &[&all, more].concat())
    };
    let about = ["--record", "r1", "--element", "medical"];
    let of = |context: &[&str]| decide(&[&about, context].concat());
    assert!(of(&[]).out.starts_with("deny "), "{}", of(&[]).out);
    for context in [
        ["--context", "context.yaml", "--context", "login=true"],
        ["--context", "purpose=research", "--context", "application={approved: true, elements: [medical]}"],
    ] {
        let run = of(&context);
        assert!(run.code == 0 && run.out.starts_with("permit "), "{}{}", run.out, run.err);
        assert!(run.out.contains("oblige   pseudonymise(identifier: serial)"), "{}", run.out);
    }
    let wrong = of(&["--context", "purpose=reserch"]);
    assert!(
        wrong.code == 3 && wrong.err.contains("--context:1:10") && wrong.err.contains("did you mean `research`?"),
        "{}",
        wrong.err
    );
    assert_eq!(of(&["--context", "nothing.yaml"]).code, 3);
}
