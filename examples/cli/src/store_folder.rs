//! Where the queue is kept.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::output::quoted;

const NAME: &str = "bgcopy";

/// The folder that was given, else the one the platform has for such things:
/// as an absolute path, because the current folder is nobody's promise.
pub fn find(given: Option<PathBuf>) -> Outcome<PathBuf> {
    let folder = match given {
        Some(folder) => folder,
        None => default(env::var_os("XDG_STATE_HOME").map(PathBuf::from), env::home_dir())
            .ok_or_else(|| {
                Failure::usage("there is no home folder: name the store with --store")
            })?,
    };
    std::path::absolute(&folder)
        .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))
}

/// What a command needs besides to work on this store: nothing if it is the
/// default one.
pub fn option(store: &Path) -> String {
    match find(None) {
        Ok(default) if default == store => String::new(),
        Ok(_) | Err(_) => format!(" --store {}", quoted(&store.to_string_lossy())),
    }
}

/// A relative state folder does not count, as its specification says.
fn default(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let home = home.filter(|home| home.is_absolute());
    if cfg!(target_os = "macos") {
        return home.map(|home| home.join("Library/Application Support").join(NAME));
    }
    state
        .filter(|state| state.is_absolute())
        .or_else(|| home.map(|home| home.join(".local/state")))
        .map(|state| Path::new(&state).join(NAME))
}

#[cfg(all(test, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn state_folder_comes_before_home() {
        let home = Some(PathBuf::from("/home/x"));
        let state = Some(PathBuf::from("/state"));
        assert_eq!(default(state, home.clone()), Some(PathBuf::from("/state/bgcopy")));
        let of_home = Some(PathBuf::from("/home/x/.local/state/bgcopy"));
        assert_eq!(default(None, home.clone()), of_home);
        assert_eq!(default(Some(PathBuf::from("relative")), home), of_home);
        assert_eq!(default(None, None), None);
    }
}
