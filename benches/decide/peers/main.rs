//! The workload that other engines are measured with (`work.rs` beside them), decided by Fullmakt: the same world, the same requests.
//! `run` puts this beside them, builds all and runs them one after the other. Their members are named by it, not here.

#[path = "../../work.rs"]
mod work;

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Asking, Decider, Effect, Index, Query, Scratch, What};
use fullmakt::facts::{Draft, Entity, EntityId, Known, RoleFact, Value};
use fullmakt::ir::{Bundle, PackageId, ResourceId};
use fullmakt::source::{Source, Sources};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::{Period, date_in_oslo};
use std::fmt::Write;
use work::*;

/// A package is what gives an action on one of theirs; a role of a user is a status.
fn policy(world: &World) -> String {
    let mut text = String::from("module w\nentity context { level integer, mfa bool, blocked bool }\n");
    for role in 0..R {
        let _ = writeln!(text, "role r{role:03} \"R\" {{ held by person }}");
    }
    let mut by: Vec<Vec<usize>> = vec![Vec::new(); P * A];
    for (role, package, actions) in &world.grants {
        actions.iter().for_each(|action| by[package * A + action].push(*role));
    }
    for (at, roles) in by.iter_mut().enumerate() {
        roles.sort_unstable();
        roles.dedup();
        let _ = write!(text, "package p{at:04} \"P {at}\" {{ about \"x\" for person delegable no services yes data none\n");
        if !roles.is_empty() {
            let names: Vec<String> = roles.iter().map(|role| format!("r{role:03}")).collect();
            let _ = writeln!(text, "  grant use to {}", names.join(", "));
        }
        text.push_str("}\n");
    }
    for (at, service) in world.svcs.iter().enumerate() {
        let mfa = if service.mfa { " and context.mfa" } else { "" };
        let _ = writeln!(
            text,
            "service s{at:04} \"S {at}\" {{ data none action act \"A\"\n  permit act requires p{:04} when context.level >= {}{mfa} and not context.blocked\n}}",
            service.pkg * A + service.act,
            service.min
        );
    }
    text
}

fn compiled(text: &str) -> Bundle {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("w.fmk", text));
    let compiled = compile(&sources, &[id], Options::default());
    match compiled.bundle {
        Some((bundle, _)) => bundle,
        None => panic!("{:?}", compiled.findings.first()),
    }
}

fn main() {
    for n in [1000, 10000] {
        let w = world(n, 4096);
        let base = hwm();
        let start = cpu();
        let bundle = compiled(&policy(&w));
        let index = Index::new(&bundle);
        let mut draft = Draft::default();
        for (user, roles) in w.users.iter().enumerate() {
            let id = EntityId(user as u32);
            draft.entities.push(Entity {
                name: format!("u{user:04}").into(),
                kind: Kind::Person,
                declared: None,
                attributes: Known::default(),
            });
            let has = |role: &usize| RoleFact {
                subject: id,
                role: bundle.meaning.role_named(&format!("w.r{role:03}")).unwrap(),
                party: None,
                period: Period::ALWAYS,
            };
            draft.roles.extend(roles.iter().map(has));
        }
        let facts = draft.store();
        let decider = Decider::new(&index, &facts);
        let load = cpu() - start;
        let act = index.action("act").unwrap();
        let now = "2026-03-02T11:00:00Z".parse().unwrap();
        let contexts: Vec<Known> = w
            .reqs
            .iter()
            .map(|q| {
                Known(vec![
                    ("blocked".into(), Value::Bool(q.blocked)),
                    ("level".into(), Value::Integer(q.level)),
                    ("mfa".into(), Value::Bool(q.mfa)),
                ])
            })
            .collect();
        let queries: Vec<Query<'_>> = w
            .reqs
            .iter()
            .zip(&contexts)
            .map(|(q, context)| {
                // Names stand in the order of their numbers.
                let asking = if q.svc {
                    Asking::Act(ResourceId(q.res as u32), act)
                } else {
                    Asking::Use(What::Package(PackageId((q.res * A + q.act) as u32)))
                };
                let who = EntityId(q.user as u32);
                Query { context, ..Query::new(now, date_in_oslo(now), who, who, asking) }
            })
            .collect();
        let mut scratch = Scratch::default();
        for (query, expected) in queries.iter().zip(&w.expect) {
            let permitted = decider.answer(&mut scratch, query).effect == Effect::Permit;
            assert_eq!(permitted, *expected, "{query:?}");
            let long = decider.decide(&query.request(&index));
            assert_eq!(long.effect == Effect::Permit, *expected, "the long way: {query:?}");
        }
        report(
            "fullmakt, requests by ids",
            n,
            load,
            base,
            |i| decider.answer(&mut scratch, &queries[i]).effect == Effect::Permit,
            &w,
            0.3,
        );
    }
}
