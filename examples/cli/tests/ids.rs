//! Jobs by the beginnings of their ids.

mod bench;

use bench::Bench;

fn added(bench: &Bench, name: &str) -> String {
    let added = bench.run(&["add", &bench.url("/gen/1/5"), name]);
    assert_eq!(added.code, 0, "{added:?}");
    added.stdout.trim().to_owned()
}

/// What every other id of these does not begin with.
fn beginning(id: &str, ids: &[String]) -> String {
    let is_own =
        |length: &usize| ids.iter().filter(|one| one.starts_with(&id[..*length])).count() == 1;
    id[..(1..id.len()).find(is_own).expect("ids differ")].to_owned()
}

#[test]
fn each_command_takes_the_beginning_of_an_id() {
    let bench = Bench::new();
    let ids: Vec<_> = (0..4).map(|number| added(&bench, &number.to_string())).collect();
    let (first, second) = (beginning(&ids[0], &ids), beginning(&ids[1], &ids).to_uppercase());
    let commands: [(&[&str], &str); 9] = [
        (&["suspend", &first], &ids[0]),
        (&["why", &first, &second], &ids[1]),
        (&["show", &first], &ids[0]),
        (&["watch", &second], &ids[1][..8]),
        (&["resume", &first], &ids[0]),
        (&["run", &first], &ids[0]),
        (&["complete", &first], &ids[0]),
        (&["cancel", &second, &second], &ids[1]),
        (&["rm", &beginning(&ids[2], &ids)], &ids[2]),
    ];
    for (command, id) in commands {
        let out = bench.run(command);
        assert_eq!(out.code, 0, "{command:?}: {out:?}");
        assert!(out.stdout.contains(id), "{command:?}: {out:?}");
    }
    assert!(bench.path("0").exists());
    assert!(bench.run(&["list"]).stdout.starts_with(&ids[3]), "it was not named");
}

#[test]
fn beginning_of_several_ids_names_them() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    let same = |ids: &[String], digit: &str| ids.iter().filter(|id| id.starts_with(digit)).count();
    let digit = loop {
        ids.push(added(&bench, &format!("name{}", ids.len())));
        if let Some(digit) =
            ["a", "b", "c", "d", "e", "f"].into_iter().find(|one| same(&ids, one) > 1)
        {
            break digit;
        }
    };
    let typed = digit.to_uppercase();
    for command in ["show", "why", "watch", "suspend", "resume", "complete", "cancel", "run"] {
        let out = bench.run(&[command, &typed]);
        assert_eq!(out.code, 1, "{command}: {out:?}");
        assert!(out.stderr.contains(&format!("several jobs begin with {typed}:")), "{out:?}");
        for (number, id) in ids.iter().enumerate() {
            let line = out.stderr.lines().find(|line| line.trim_start().starts_with(id));
            let named = line.is_some_and(|line| line.ends_with(&format!(" name{number}")));
            assert_eq!(named, id.starts_with(digit), "{command}: {id}: {out:?}");
        }
    }
    let list = bench.run(&["list"]).stdout;
    assert_eq!(list.lines().count(), ids.len(), "nothing happened to them: {list}");
    assert!(!list.contains("SUSPENDED"), "{list}");
}
