//! Tests of the options that choose what is shown, what is kept, and what fails.

use crate::{
    common::xtask,
    repository::{BREAKING, COMPATIBLE, DOCS, Edit, POTENTIAL, TINY, edited, rules, two_files},
};

#[test]
fn the_exit_code_depends_on_the_most_severe_finding_and_fail_on() {
    let edits: [(&[Edit], [i32; 4]); 5] = [
        (&[], [0, 0, 0, 0]),
        (&[DOCS], [0, 0, 1, 0]),
        (&[COMPATIBLE, DOCS], [0, 0, 1, 0]),
        (&[POTENTIAL, DOCS], [0, 1, 1, 0]),
        (&[BREAKING, DOCS], [1, 1, 1, 0]),
    ];

    for (edits, wanted) in edits {
        let folder = two_files(TINY, &edited(edits));
        let files = ["base.yaml", "head.yaml"];
        let code = |when| folder.diff(&[&files[..], &["--fail-on", when]].concat()).code;

        assert_eq!(["breaking", "potential", "any", "never"].map(code), wanted, "{edits:?}");
        assert_eq!(folder.diff(&files).code, wanted[0], "{edits:?}");
    }
}

#[test]
fn hidden_findings_are_counted_and_still_fail() {
    let folder = two_files(TINY, &edited(&[BREAKING, POTENTIAL, COMPATIBLE, DOCS]));
    let shown = |arguments: &[&str]| {
        let ended = folder.diff(&[&["base.yaml", "head.yaml", "--fail-on", "any"], arguments].concat());
        assert_eq!(ended.code, 1, "{arguments:?}");
        assert!(ended.stdout.contains("\n1 breaking, 1 potentially breaking, 1 compatible, 1 docs-only, in "));
        let levels = ["\n!! breaking: ", "\n!  potential: ", "\n+  compatible: ", "\n.  docs: "];
        (levels.map(|level| ended.stdout.contains(level)), ended.last_line().to_owned())
    };

    assert_eq!(shown(&["--min-level", "docs"]).0, [true; 4]);
    assert_eq!(shown(&["--min-level", "compatible"]).0, [true, true, true, false]);
    assert_eq!(shown(&["--min-level", "potential"]).0, [true, true, false, false]);
    assert_eq!(shown(&["--min-level", "breaking"]).0, [true, false, false, false]);
    assert_eq!(
        shown(&["--max-rows", "1"]),
        ([true, false, false, false], "… and 3 more; --max-rows shows them".to_owned())
    );
    assert_eq!(shown(&["--max-rows", "0"]).0, [false; 4]);
    assert_eq!(shown(&["--max-rows", "2", "--min-level", "potential"]).0, [true, true, false, false]);
}

#[test]
fn an_operation_is_chosen_by_its_id_or_its_address() {
    let alive = edited(&[BREAKING, POTENTIAL, DOCS]).replace("It is alive.", "Pong.");
    let folder = two_files(TINY, &alive);
    let kept = |arguments: &[&str]| folder.rules(&[&["base.yaml", "head.yaml"], arguments].concat());

    assert_eq!(kept(&["--operation", "getPin"]), ["nullable-added", "param-removed"]);
    assert_eq!(kept(&["--operation", "GET /pins/{pinId}"]), ["nullable-added", "param-removed"]);
    assert_eq!(kept(&["--operation", "getUser"]), ["nullable-added", "docs"]);
    assert_eq!(
        kept(&["--operation", "getPin", "--operation", "GET /user"]),
        ["nullable-added", "param-removed", "docs"]
    );
    // An operation without an id is chosen by its address.
    assert_eq!(kept(&["--operation", "GET /ping"]), ["docs"]);
}

#[test]
fn an_operation_may_be_chosen_twice() {
    let folder = two_files(TINY, &edited(&[DOCS]));
    let kept = |arguments: &[&str]| folder.rules(&[&["base.yaml", "head.yaml"], arguments].concat());

    assert_eq!(kept(&["--operation", "getUser", "--operation", "GET /user"]), ["docs"]);
    assert_eq!(kept(&["--operation", "getUser", "--tag", "Account"]), ["docs"]);
}

#[test]
fn a_renamed_operation_is_found_by_both_names() {
    let folder = two_files(TINY, &TINY.replace("operationId: getPin", "operationId: getPinById"));

    for name in ["getPin", "getPinById", "GET /pins/{pinId}"] {
        assert_eq!(folder.rules(&["base.yaml", "head.yaml", "--operation", name]), ["op-id-renamed"], "{name}");
    }
    assert_eq!(folder.json(&["base.yaml", "head.yaml"])["operations"], 3, "it counts once");
}

#[test]
fn a_tag_keeps_all_its_operations() {
    let folder = two_files(TINY, &edited(&[POTENTIAL, DOCS]).replace("It is alive.", "Pong."));
    let kept = |tag| {
        let report = folder.json(&["base.yaml", "head.yaml", "--tag", tag]);
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["operation"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(kept("Pins"), ["getPin", "GET /ping"]);
    let mut account = kept("Account");
    account.sort();
    assert_eq!(account, ["GET /ping", "getUser"]);
}

#[test]
fn only_kept_findings_decide_the_exit_code() {
    let folder = two_files(TINY, &edited(&[BREAKING]));

    assert_eq!(folder.diff(&["base.yaml", "head.yaml", "--operation", "getUser"]).code, 1);
    assert_eq!(folder.diff(&["base.yaml", "head.yaml", "--operation", "GET /ping"]).code, 0);
}

#[test]
fn names_that_match_nothing_are_refused() {
    let folder = two_files(TINY, &edited(&[BREAKING]));
    for (option, name, wanted) in [
        ("--operation", "getNothing", "no operation is called \"getNothing\"; give an operationId, or method and path"),
        ("--operation", "GET /nothing", "no operation is called \"GET /nothing\""),
        ("--tag", "Nothing", "no operation has the tag \"Nothing\""),
        ("--explain", "nothing", "there is no rule \"nothing\"; `cargo xtask diff --list-rules` lists them"),
    ] {
        let files = if option == "--explain" { &[][..] } else { &["base.yaml", "head.yaml", "--no-rust"] };
        let ended = crate::common::Ended::of(folder.xtask().arg("diff").args(files).args([option, name]));

        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.lines().count()), (2, "", 1), "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(wanted), "{}", ended.stderr);
    }
}

#[test]
fn each_rule_is_listed_and_explained() {
    let listed = xtask(&["diff", "--list-rules"]);

    assert_eq!((listed.code, listed.stderr.as_str()), (0, ""));
    let rows: Vec<_> = listed.stdout.lines().collect();
    assert!(rows.len() >= 84, "{}", rows.len());
    for row in rows {
        let id = row.split_whitespace().next().unwrap();
        let explained = xtask(&["diff", "--explain", id]);
        assert_eq!((explained.code, explained.stderr.as_str()), (0, ""), "{id}");
        let paragraphs: Vec<_> = explained.stdout.split("\n\n").collect();
        let [title, why, facts] = paragraphs.as_slice() else { panic!("{id}: {}", explained.stdout) };
        let title = title.strip_prefix(&format!("{id}: ")).unwrap();
        assert!(row.ends_with(title), "{row}");
        assert!(why.ends_with('.'), "{id} is not explained: {why}");
        assert!(facts.contains("in requests: ") && facts.contains("in replies: ") && facts.contains("needs at most "));
    }
}

#[test]
fn wrong_usage_exits_2() {
    for arguments in [
        &["--format", "xml"][..],
        &["--fail-on", "sometimes"],
        &["--min-level", "bad"],
        &["--max-rows", "-1"],
        &["--max-rows", "many"],
        &["a", "b", "c"],
        &["--list-rules", "a"],
        &["--explain"],
        &["--explain", "docs", "--list-rules"],
        &["--nonsense"],
    ] {
        let ended = xtask(&[&["diff"], arguments].concat());

        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn the_order_of_findings_does_not_depend_on_the_order_of_edits() {
    let folder = two_files(&edited(&[BREAKING, POTENTIAL, COMPATIBLE, DOCS]), TINY);

    let report = folder.json(&["base.yaml", "head.yaml"]);

    let levels: Vec<_> = report["findings"].as_array().unwrap().iter().map(|each| each["level"].clone()).collect();
    let mut sorted = levels.clone();
    sorted.sort_by_key(|level| ["breaking", "potential", "compatible", "docs"].iter().position(|name| level == name));
    assert_eq!(levels, sorted);
    assert_eq!(rules(&report).len(), 4);
}
