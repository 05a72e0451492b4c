//! `add --on-demand` and `request`: ranges of a file alone.

mod bench;

use bench::{Bench, json_of};
use bgcopy_core::{FileRange, JobState, Reader};

fn state_and_filled(bench: &Bench, id: &str) -> (JobState, Vec<FileRange>) {
    let id = uuid::Uuid::try_parse(id).expect("an id");
    let (job, files) =
        Reader::open(bench.store()).and_then(|reader| reader.job(id)).expect("a job");
    (job.state, files[0].filled_ranges())
}

#[test]
fn on_demand_nothing_but_requested_ranges_is_transferred() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/1000000");
    let id = bench.run(&["add", "--on-demand", &url, "file"]).stdout.trim().to_owned();
    assert_eq!(state_and_filled(&bench, &id), (JobState::Suspended, Vec::new()));
    let out = bench.run(&["request", &id[..6], "999990-", "10-19"]);
    assert_eq!((out.code, out.stdout), (0, format!("{id} requested\n")), "{}", out.stderr);
    assert_eq!(bench.run(&["run"]).code, 0);
    let range = |initial_offset| FileRange { initial_offset, length: 10 };
    let here = (JobState::Suspended, vec![range(10), range(999_990)]);
    assert_eq!(state_and_filled(&bench, &id), here);

    let shown = json_of(&bench.run(&["show", "--json", &id]).stdout);
    let temporary = shown["files"][0]["temporary_name"].as_str().expect("its name").to_owned();
    let bytes = std::fs::read(temporary).expect("the temporary file");
    assert_eq!(bytes[10..20], Bench::generated(1, 20)[10..]);

    for (words, code) in [
        (["request", &id, "20-10"], 2),
        (["request", &id, "1000000-1000001"], 1),
        (["request", &id, "0-1000000"], 1),
    ] {
        let out = bench.run(&words);
        assert_eq!((out.code, out.stdout.as_str()), (code, ""), "{words:?}");
    }
    assert_eq!(bench.run(&["request", &id, "0-9", "--file", "1"]).code, 1, "there is one file");
    assert_eq!(state_and_filled(&bench, &id), here, "nothing changed");

    assert_eq!(bench.run(&["request", &id, "0-"]).code, 0);
    assert_eq!(bench.run(&["run"]).code, 0);
    assert_eq!(bench.run(&["complete", &id]).code, 0);
    assert_eq!(bench.content("file"), Bench::generated(1, 1_000_000));
}
