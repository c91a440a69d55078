//! Rules on `$ref` and on what it points to.

use std::collections::BTreeSet;

use super::{Report, context::Context, grammar::Kind, near::did_you_mean, node::Node};

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (kind, node) in &context.index.references {
        reference(context, report, *kind, node);
    }
    cycles(context, report);
    unused(context, report);
}

/// `ref-path-item`, `ref-siblings`, `outside-ref`, `dangling-ref`.
fn reference(context: &Context<'_>, report: &mut Report<'_>, kind: Kind, node: &Node<'_>) {
    let target = node.reference().unwrap_or_default();
    let Some(section) = kind.section() else {
        let what = "a path is a $ref, which the generator cannot follow";
        report.add("ref-path-item", &node.pointer, what, "write the operations inline");
        return;
    };
    let siblings: Vec<_> = node.entries().map(|(key, _)| key).filter(|key| *key != "$ref").collect();
    if !siblings.is_empty() {
        let what = format!(
            "OpenAPI 3.0 ignores siblings of $ref, and so does the generator: `{}` has no effect",
            siblings.join("`, `")
        );
        let mend = match kind {
            Kind::Schema => "wrap the $ref next to them: `allOf: [{ $ref: … }]`",
            _ => "move them to the component, or remove them",
        };
        report.add("ref-siblings", &node.pointer, what, mend);
    }
    let home = format!("#/components/{section}/");
    if target.strip_prefix(&home).is_none_or(|name| name.contains('/')) {
        let what = format!("`{target}` is not a reference to a component of this document");
        report.add("outside-ref", &node.pointer, what, format!("refer to one under `{home}`"));
    } else if context.at(target.trim_start_matches('#')).is_none() {
        let what = format!("`{target}` is not in this document");
        let one =
            section.strip_suffix("ies").map_or_else(|| section.trim_end_matches('s').to_owned(), |y| format!("{y}y"));
        let known: Vec<_> =
            context.root.get("components").into_iter().flat_map(|all| all.map(section)).map(|(name, _)| name).collect();
        let near = did_you_mean(target.strip_prefix(&home).unwrap_or_default(), known);
        report.add("dangling-ref", &node.pointer, what, format!("correct the name, or add the {one}{near}"));
    }
}

/// `ref-cycle`: references and `allOf` that lead back to where they began.
fn cycles(context: &Context<'_>, report: &mut Report<'_>) {
    let components = context.root.get("components");
    for (_, component) in components.into_iter().flat_map(|node| node.entries()).flat_map(|(_, it)| it.entries()) {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![component.clone()];
        while let Some(node) = ahead.pop() {
            let targets = node.reference().and_then(|target| context.at(target.strip_prefix('#')?));
            for next in targets.into_iter().chain(node.list("allOf")) {
                if next.pointer == component.pointer {
                    let what = "this component refers to itself and to nothing else";
                    report.add(
                        "ref-cycle",
                        &component.pointer,
                        what,
                        "break the cycle: one of the components needs its own content",
                    );
                    ahead.clear();
                    break;
                }
                if seen.insert(next.pointer.clone()) {
                    ahead.push(next);
                }
            }
        }
    }
}

/// `unused-component`: not reached from any operation, directly or through other components.
fn unused(context: &Context<'_>, report: &mut Report<'_>) {
    let mut used: BTreeSet<String> = BTreeSet::new();
    loop {
        let inside_used = |pointer: &str| {
            let mut steps = pointer.match_indices('/').map(|(at, _)| at).skip(3);
            let component = steps.next().map_or(pointer, |end| &pointer[..end]);
            !pointer.starts_with("/components/") || used.contains(component)
        };
        let found = context.index.references.iter().filter(|(_, node)| inside_used(&node.pointer));
        let found = found.filter_map(|(_, node)| node.reference()?.strip_prefix('#'));
        let found: BTreeSet<_> = found.map(str::to_owned).collect();
        if found == used {
            break;
        }
        used = found;
    }
    for (section, components) in context.root.map("components").filter(|(name, _)| *name != "securitySchemes") {
        for (name, component) in components.entries().filter(|(_, component)| !used.contains(&component.pointer)) {
            let what = format!("no operation uses `{name}` in {section}");
            report.add("unused-component", &component.pointer, what, "remove it, or refer to it");
        }
    }
}
