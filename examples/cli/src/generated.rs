//! What is made of the definition of the command line: completions and man pages.

use std::fs;
use std::io::Write;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Arguments;
use crate::failure::{Failure, Outcome};
use crate::output;

/// Prints the script by which a shell completes command lines.
pub fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "bgcopy", &mut script);
    output::print(|out| out.write_all(&script));
}

/// Prints the man page of the program or, with a folder, writes it there together with
/// those of its commands.
pub fn man(folder: Option<&Path>) -> Outcome {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        let rendered = Man::new(built()).render(&mut page);
        output::print(|out| rendered.and_then(|()| out.write_all(&page)));
        return Ok(());
    };
    let refused = |error| Failure::failed(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(refused)?;
    for page in pages() {
        let file = page.generate_to(folder).map_err(refused)?;
        output::say(&output::in_line(&file.display().to_string()));
    }
    Ok(())
}

/// The pages of the program and of its commands.
fn pages() -> Vec<Man> {
    let command = built();
    let commands = command.get_subcommands().cloned().map(Man::new);
    commands.chain([Man::new(command.clone())]).collect()
}

/// The command line with the names and options that its commands have from it.
fn built() -> Command {
    let mut command = command().disable_help_subcommand(true);
    command.build();
    command
}

/// The command line without what is hidden: the generators show that.
fn command() -> Command {
    let all = Arguments::command();
    let visible: Vec<_> = all.get_subcommands().filter(|one| !one.is_hide_set()).cloned().collect();
    let about = all.get_about().cloned().unwrap_or_default();
    let after_help = all.get_after_help().cloned().unwrap_or_default();
    Command::new("bgcopy")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .after_help(after_help)
        .args(all.get_arguments())
        .subcommand_required(true)
        .subcommands(visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The options of a command by their long names.
    fn options(command: &Command) -> Vec<String> {
        let long = command.get_arguments().filter(|one| !one.is_hide_set());
        long.filter_map(|one| one.get_long().map(|name| format!("--{name}"))).collect()
    }

    #[test]
    fn completions_have_every_command_and_option() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(), "bgcopy", &mut script);
            let script = String::from_utf8(script).expect("text");
            assert!(!script.contains("demo-worker") && !script.contains("demo__worker"), "{shell}");
            for command in built().get_subcommands() {
                let name = command.get_name();
                assert!(script.contains(name), "{shell}: {name}");
                for option in options(command) {
                    // fish has `-l NAME`.
                    let fish = option.replace("--", "-l ");
                    let is_there = script.contains(&option) || script.contains(&fish);
                    assert!(is_there, "{shell}: {name} {option}");
                }
            }
        }
    }

    #[test]
    fn completions_of_bash_have_the_options_of_each_command() {
        let mut script = Vec::new();
        clap_complete::generate(Shell::Bash, &mut command(), "bgcopy", &mut script);
        let script = String::from_utf8(script).expect("text");
        for command in built().get_subcommands() {
            let name = command.get_name();
            let case = format!("        bgcopy__subcmd__{name})\n            opts=\"");
            let (_, rest) = script.split_once(&case).expect(name);
            let completed: Vec<_> = rest.split('"').next().expect(name).split(' ').collect();
            for option in options(command) {
                assert!(completed.contains(&option.as_str()), "{name} {option}: {completed:?}");
            }
        }
    }

    #[test]
    fn man_pages_have_every_command_and_option() {
        let text = |page: &Man| {
            let mut text = Vec::new();
            page.render(&mut text).expect("a page");
            String::from_utf8(text).expect("text").replace("\\-", "-")
        };
        let (command, pages) = (built(), pages());
        let main = pages.last().map(text).expect("a page");
        assert_eq!(pages.len(), command.get_subcommands().count() + 1);
        for (command, page) in command.get_subcommands().zip(&pages) {
            let name = command.get_name();
            assert_eq!(page.get_filename(), format!("bgcopy-{name}.1"));
            assert!(main.contains(&format!("bgcopy-{name}(1)")), "{name}");
            let page = text(page);
            for option in options(command) {
                assert!(page.contains(&option), "{name} {option}: {page}");
            }
        }
    }

    #[test]
    fn nothing_of_the_command_line_is_lost() {
        let (all, visible) = (Arguments::command(), command());
        assert_eq!(
            all.clone().render_long_help().to_string(),
            visible.clone().render_long_help().to_string()
        );
        assert_eq!(all.render_version(), visible.render_version());
    }
}
